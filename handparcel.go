package habeas

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"

	"filippo.io/age"

	"habeas/claim"
	"habeas/custody"
	"habeas/fault"
	"habeas/gate"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// A Parcel is a bundle on its way out. Only [Desk.TakeHandover] makes one: all that
// is said in it passed the gate as it is, and each file is one that consent and, of
// what no gate reads, two members let go. The zero Parcel can't be written.
type Parcel struct {
	Name    string            // of the file it is to be saved as
	Seen    Anchored          // who else saw the log that it speaks of
	cleared gate.Cleared      // every text in it, and what its sealed entries open to
	sealed  map[string][]byte // entries as they are in the log, their keys and proofs, and tokens
	files   []parcelFile
	to      []age.Recipient
	top     string // the one directory in it
}

type parcelFile struct {
	path, sum string
	open      func() (io.ReadCloser, error)
}

// Anchored says what others signed of the log that a bundle speaks of.
type Anchored struct {
	Size      int64 // entries
	Witnesses int
	Stamps    int
}

// parcel puts a bundle together but for the files, which it reads once.
func (d *Desk) parcel(ctx context.Context, k caseKeys, r *rendered, h *handing) (*Parcel, error) {
	p := &Parcel{top: "bundle-" + strings.TrimPrefix(string(r.Dossier), "d:")[:6], sealed: map[string][]byte{}}
	a, seen, err := d.anchorOf(ctx, h.last())
	if err != nil {
		return nil, err
	}
	p.Seen = seen
	b := custody.Bundle{Root: d.root, Checkpoint: a.Signed(), Size: a.Size, Hashes: d.db.Hashes(ctx)}
	for _, t := range a.Tokens {
		b.Stamps = append(b.Stamps, t.Data)
	}
	bodies := map[ledger.ID]json.RawMessage{}
	for _, f := range h.files {
		one := parcelFile{path: f.path, sum: f.sealed.SHA256, open: d.opener(f.sealed)}
		it := custody.Item{Ref: string(f.Exhibit), Path: f.path, SHA256: f.sealed.SHA256, Open: one.open}
		for i, g := range f.chain.given {
			it.Entries = append(it.Entries, g.Record.ID)
			if bodies[g.Record.ID] == nil {
				bodies[g.Record.ID] = f.chain.bodies[i]
				b.Entries = append(b.Entries, g)
			}
		}
		b.Items, p.files = append(b.Items, it), append(p.files, one)
	}
	if b.Directory, err = d.vouchers(ctx, b.Entries); err != nil {
		return nil, err
	}
	if _, p.to, err = vault.Recipients(r.Bundle.Keys); err != nil {
		return nil, err
	}
	said := map[string]*bytes.Buffer{}
	err = b.Write(func(name string) (io.Writer, error) {
		if strings.HasPrefix(name, "data/") {
			return io.Discard, ctx.Err()
		}
		said[name] = &bytes.Buffer{}
		return said[name], nil
	})
	if err != nil {
		return nil, err
	}
	return p, d.clearParcel(ctx, k, r, h, p, said, bodies)
}

// clearParcel has the gate read all that a bundle says, and keeps it. Words that may
// mean somebody else pass if they were accepted where they come from.
func (d *Desk) clearParcel(ctx context.Context, k caseKeys, r *rendered, h *handing, p *Parcel, said map[string]*bytes.Buffer, bodies map[ledger.ID]json.RawMessage) error {
	var draft gate.Draft
	for name, b := range said {
		media := gate.MediaOf(name)
		switch {
		case strings.HasPrefix(name, "custody/entries/"), strings.HasPrefix(name, "custody/stamps/"):
			p.sealed[name] = b.Bytes() // what these open to is read instead
			continue
		case strings.HasSuffix(name, ".jsonld"):
			media = "application/json"
		case media == "":
			media = "text/plain"
		}
		draft.Files = append(draft.Files, gate.File{Name: name, Media: media, Bytes: b.Bytes()})
	}
	for id, body := range bodies {
		draft.Files = append(draft.Files, gate.File{Name: openedDir + id.String() + ".json", Media: "application/json", Bytes: body})
	}
	opt := gate.Options{Allowed: map[string]bool{}, Accepted: map[string]bool{}}
	for _, f := range h.files {
		maps.Copy(opt.Allowed, f.allowed)
	}
	_, err := d.clear(ctx, k, draft, opt)
	if refusal, ok := errors.AsType[*gate.Refusal](err); ok {
		ask := asker{key: choiceKey(k)}
		for _, hit := range refusal.Hits {
			opt.Accepted[hit.ID] = slices.ContainsFunc(h.files, func(f *handed) bool { return r.waived[ask.hitKey(f.Exhibit, "", hit)] })
		}
	}
	p.cleared, err = d.clear(ctx, k, draft, opt)
	return err
}

// openedDir is where the gate finds what entries open to; it is in no bundle.
const openedDir = "opened/"

// opener returns what opens a sealed file.
func (d *Desk) opener(sealed vault.Attachment) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		_, r, err := d.openKept(sealed)
		if err != nil {
			return nil, err
		}
		return &checkedFile{ReadCloser: r, hash: sha256.New(), sum: sealed.SHA256}, nil
	}
}

// A checkedFile reads a file, and fails at its end if it is not the one that it should be.
type checkedFile struct {
	io.ReadCloser
	hash hash.Hash
	sum  string
}

// Read implements [io.Reader].
func (s *checkedFile) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	s.hash.Write(b[:n])
	if err == io.EOF && hex.EncodeToString(s.hash.Sum(nil)) != s.sum {
		return n, fault.New(fault.Damaged, "handover.changed")
	}
	return n, err
}

// anchorOf returns the state of the log that a bundle with entries up to last is to
// speak of: the newest that witnesses have seen or, if they have not seen those
// entries yet, that an authority has; otherwise the newest there is.
func (d *Desk) anchorOf(ctx context.Context, last int64) (store.Anchor, Anchored, error) {
	nodes, err := d.Verifiers()
	if err != nil {
		return store.Anchor{}, Anchored{}, err
	}
	var best store.Anchor
	for a, err := range store.AnchorsIn(d.cfg.Dir).All() {
		if err != nil {
			return best, Anchored{}, err
		}
		if a.Size <= last {
			break // the largest come first
		}
		c, err := ledger.OpenCheckpoint(a.Checkpoint, nodes)
		if err != nil || c.Size != a.Size {
			continue
		}
		if len(a.Cosignatures) > 0 {
			best = a
			break
		}
		if best.Size == 0 && len(a.Tokens) > 0 {
			best = a
		}
	}
	if best.Size == 0 {
		if best.Checkpoint, best.Size, err = d.db.Checkpoint(ctx); err != nil {
			return best, Anchored{}, err
		}
	}
	return best, Anchored{best.Size, len(best.Cosignatures), len(best.Tokens)}, nil
}

// A voucher is a directory entry about a holder.
type voucher struct {
	custody.Given
	opened ledger.Opened
	holder ledger.ID
}

// vouchers returns the directory entries by which an outsider knows that those who
// wrote entries are of this office: them, whoever let them in, up to the first
// keeper, and the keys that sign the state of the log. They hold no names, and
// nothing of anybody else.
func (d *Desk) vouchers(ctx context.Context, given []custody.Given) ([]custody.Given, error) {
	all, err := d.allVouchers(ctx)
	if err != nil {
		return nil, err
	}
	need := map[ledger.ID]bool{d.root: true}
	d.mu.Lock()
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseNode || h.Use == ledger.UseField }) {
		need[h.ID] = true
	}
	d.mu.Unlock()
	for _, g := range given {
		o, err := ledger.OpenWith(g.Record, g.Key)
		if err != nil {
			return nil, err
		}
		need[o.Author()] = true
	}
	for before := 0; before != len(need); {
		before = len(need)
		for _, v := range all {
			if need[v.holder] {
				need[v.opened.Author()] = true
			}
		}
	}
	var out []custody.Given
	var opened []ledger.Opened
	for _, v := range all {
		if need[v.holder] {
			out, opened = append(out, v.Given), append(opened, v.opened)
		}
	}
	dir, err := ledger.NewDirectory(d.root, opened)
	if err != nil {
		return nil, err
	}
	for id := range need {
		if _, ok := dir.Holder(id); !ok {
			return nil, fault.New(fault.Damaged, "keys.damaged")
		}
	}
	return out, nil
}

// allVouchers returns the entries about holders that the directory heeds.
func (d *Desk) allVouchers(ctx context.Context) (all []voucher, err error) {
	for n, err := range d.db.Notices(ctx, ledger.DirectoryStream(d.root)) {
		if err != nil {
			return nil, err
		}
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return nil, err
		}
		var h ledger.Holder
		if o.Kind() != ledger.KindHolder || json.Unmarshal(o.Followed().Body, &h) != nil {
			continue
		}
		d.mu.Lock()
		known, ok := d.dir.Holder(h.ID)
		pub, is := d.dir.Author(o)
		d.mu.Unlock()
		if !ok || !is || !bytes.Equal(known.Sign, h.Sign) {
			continue
		}
		if _, err := o.Verify(pub); err == nil {
			all = append(all, voucher{custody.Given{Number: n.Number, Record: n.Record}, o, h.ID})
		}
	}
	return all, nil
}

// WriteTo writes the bundle as a ZIP archive without times, encrypted with age if
// keys were named. It reads each file as it writes it, holds none in memory, and
// fails in the middle if one is not what its entries say: what was written so far is
// no archive then.
func (p *Parcel) WriteTo(w io.Writer) (n int64, err error) {
	if len(p.files) == 0 || len(p.cleared.Files()) == 0 {
		return 0, fault.New(fault.Withheld, "gate.not_cleared")
	}
	count := &counted{w: w}
	out := io.WriteCloser(nopCloser{count})
	if len(p.to) > 0 {
		if out, err = age.Encrypt(count, p.to...); err != nil {
			return count.n, err
		}
	}
	z := zip.NewWriter(out)
	add := func(name string, from io.Reader) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.top + "/" + name, Method: zip.Store})
		if err != nil {
			return err
		}
		_, err = io.Copy(f, from)
		return err
	}
	said := maps.Clone(p.sealed)
	for _, f := range p.cleared.Files() {
		if !strings.HasPrefix(f.Name, openedDir) {
			said[f.Name] = f.Bytes
		}
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if err := add(name, bytes.NewReader(said[name])); err != nil {
			return count.n, err
		}
	}
	for _, f := range p.files {
		r, err := f.open()
		if err != nil {
			return count.n, err
		}
		if err := errors.Join(add(f.path, r), r.Close()); err != nil {
			return count.n, fmt.Errorf("hand over %s: %w", f.path, err)
		}
	}
	err = errors.Join(z.Close(), out.Close())
	return count.n, err
}

// counted counts what is written.
type counted struct {
	w io.Writer
	n int64
}

// Write implements [io.Writer].
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

type nopCloser struct{ io.Writer }

// Close implements [io.Closer].
func (nopCloser) Close() error { return nil }

// ParseHanded reads what [HandedItem.String] writes.
func ParseHanded(s string) (HandedItem, error) {
	ref, which, _ := strings.Cut(s, "/")
	it := HandedItem{Exhibit: claim.Ref(ref), Which: which}
	parsed, err := claim.ParseRef(ref)
	if err != nil || parsed.Kind() != claim.RefExhibit {
		return it, fault.New(fault.Invalid, "claim.bad_ref")
	}
	return it, nil
}

// String names the file to a form or a command.
func (it HandedItem) String() string { return string(it.Exhibit) + "/" + it.Which }
