package habeas

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"time"

	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// Inside its seal a bundle is rows: what it is, what its maker has, entries, wraps and
// files, in that order, and at last the maker's signature over the hash of all rows
// before it. docs/moving.md says which.

const (
	bundleFormat = 1
	hasAtOnce    = 1 << 16 // marks in a row
	pieceAtOnce  = 1 << 20 // bytes of a file in a row
	bundleLabel  = "habeas bundle v1\n"
)

// A bundleWriter writes rows, and a second time into what is signed. After an error it
// writes nothing more.
type bundleWriter struct {
	to, summed *store.RowWriter
	sum        hash.Hash
	err        error
}

func newBundleWriter(to io.Writer) (*bundleWriter, error) {
	w := &bundleWriter{sum: sha256.New()}
	var err1, err2 error
	w.to, err1 = store.NewRowWriter(to)
	w.summed, err2 = store.NewRowWriter(w.sum)
	return w, errors.Join(err1, err2)
}

func (w *bundleWriter) row(table string, values ...any) {
	row := store.Row{Table: table, Values: values}
	if w.err == nil {
		w.err = errors.Join(w.to.Write(row), w.summed.Write(row))
	}
}

// Write writes bytes of a file.
func (w *bundleWriter) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0 && w.err == nil; {
		n := min(len(rest), pieceAtOnce)
		w.row("piece", rest[:n])
		rest = rest[n:]
	}
	return len(b), w.err
}

func (w *bundleWriter) end(key ed25519.PrivateKey) error {
	if w.err != nil {
		return w.err
	}
	if err := w.summed.Close(); err != nil {
		return err
	}
	signed := ed25519.Sign(key, w.sum.Sum([]byte(bundleLabel)))
	if err := w.to.Write(store.Row{Table: "end", Values: []any{signed}}); err != nil {
		return err
	}
	return w.to.Close()
}

// A bundle is what one says, but for the bytes of its files.
type bundle struct {
	parcel
	root, from, to ledger.ID
	at             time.Time
	digest, signed []byte
}

// by reports whether the holder of key signed the bundle.
func (b *bundle) by(key ed25519.PublicKey) bool {
	return ed25519.Verify(key, append([]byte(bundleLabel), b.digest...), b.signed)
}

// unread is a bundle that is none, or not the whole of one.
var unreadBundle = refusedMove("the file is no bundle for this installation, or it was changed or cut short on the way", "copy it again from where it was made; if it is for another installation, apply it there")

// A bundleReader reads a bundle row by row.
type bundleReader struct {
	rows   *store.RowReader
	sum    hash.Hash
	summed *store.RowWriter
	out    bundle
	stage  int
	keep   func(f movedFile, b []byte) error // is given files piece by piece, and nil at the end of each; may be nil
	file   hash.Hash                         // of the one that is being read
}

// stages is in which order rows come.
var stages = map[string]int{"bundle": 0, "has": 1, "other": 2, "entry": 3, "wrap": 4, "file": 5, "piece": 5, "end": 6}

// readBundle reads a bundle without its seal to its end. That it is signed, and by
// whom, is for the caller to find out: until then nothing of it is to be believed. keep
// is given what is in its files, each of which is what its name says if keep was given
// nil for it.
func readBundle(in io.Reader, keep func(movedFile, []byte) error) (*bundle, error) {
	r := &bundleReader{rows: store.NewRowReader(in), sum: sha256.New(), keep: keep, stage: -1}
	var err error
	if r.summed, err = store.NewRowWriter(r.sum); err != nil {
		return nil, err
	}
	for r.stage < stages["end"] {
		row, err := r.rows.Read()
		if err != nil {
			return nil, unreadBundle
		}
		if err := r.take(row); err != nil {
			return nil, err
		}
	}
	if _, err := r.rows.Read(); err != io.EOF {
		return nil, unreadBundle
	}
	r.out.digest = r.sum.Sum(nil)
	return &r.out, nil
}

func (r *bundleReader) take(row store.Row) error {
	stage, known := stages[row.Table]
	if !known || stage < r.stage || r.stage < 0 && stage != 0 || stage == 0 && r.stage == 0 {
		return unreadBundle
	}
	r.stage = stage
	if row.Table != "piece" {
		if err := r.endFile(); err != nil {
			return err
		}
	}
	if row.Table == "end" {
		return r.end(row)
	}
	if err := r.summed.Write(row); err != nil {
		return unreadBundle
	}
	ok := false
	switch row.Table {
	case "bundle":
		ok = r.head(row.Values)
	case "has", "other":
		ok = r.has(row)
	case "entry":
		ok = r.entry(row.Values)
	case "wrap":
		var w vault.Wrap
		w, ok = wrapFrom(row)
		r.out.wraps = append(r.out.wraps, w)
	case "file":
		var f movedFile
		f, ok = fileFrom(store.Row{Table: "blob", Values: row.Values})
		name, err := hex.DecodeString(f.name)
		ok = ok && err == nil && len(name) == sha256.Size && hex.EncodeToString(name) == f.name
		r.out.files, r.file = append(r.out.files, f), sha256.New()
	case "piece":
		return r.piece(row.Values)
	}
	if !ok {
		return unreadBundle
	}
	return nil
}

func (r *bundleReader) head(v []any) bool {
	if len(v) != 6 {
		return false
	}
	f, ok1 := v[0].(int64)
	size, ok2 := v[4].(int64)
	at, ok3 := v[5].(int64)
	for i, id := range []*ledger.ID{&r.out.root, &r.out.from, &r.out.to} {
		b, ok := v[i+1].([]byte)
		if !ok || len(b) != 16 {
			return false
		}
		*id = ledger.ID(b)
	}
	r.out.size, r.out.at = size, time.UnixMilli(at).UTC()
	return ok1 && ok2 && ok3 && f == bundleFormat && size >= 0
}

func (r *bundleReader) has(row store.Row) bool {
	if len(row.Values) != 1 {
		return false
	}
	b, ok := row.Values[0].([]byte)
	if !ok || len(b)%16 != 0 {
		return false
	}
	if row.Table == "has" {
		r.out.entries = append(r.out.entries, splitIDs(b)...)
	} else {
		r.out.others = append(r.out.others, splitIDs(b)...)
	}
	return true
}

func (r *bundleReader) entry(v []any) bool {
	if len(v) != 1 {
		return false
	}
	b, ok := v[0].([]byte)
	var rec ledger.Record
	if !ok || rec.UnmarshalBinary(b) != nil {
		return false
	}
	r.out.records = append(r.out.records, rec)
	return true
}

func (r *bundleReader) piece(v []any) error {
	if len(v) != 1 || r.file == nil {
		return unreadBundle
	}
	b, ok := v[0].([]byte)
	if !ok || len(b) == 0 || len(b) > pieceAtOnce {
		return unreadBundle
	}
	r.file.Write(b)
	if r.keep == nil {
		return nil
	}
	return r.keep(r.out.files[len(r.out.files)-1], b)
}

func (r *bundleReader) endFile() error {
	if r.file == nil {
		return nil
	}
	f := r.out.files[len(r.out.files)-1]
	name, _ := hex.DecodeString(f.name)
	if !bytes.Equal(r.file.Sum(nil), name) {
		return unreadBundle
	}
	r.file = nil
	if r.keep == nil {
		return nil
	}
	return r.keep(f, nil)
}

func (r *bundleReader) end(row store.Row) error {
	if len(row.Values) != 1 {
		return unreadBundle
	}
	b, ok := row.Values[0].([]byte)
	if !ok || len(b) != ed25519.SignatureSize {
		return unreadBundle
	}
	r.out.signed = b
	return r.summed.Close()
}
