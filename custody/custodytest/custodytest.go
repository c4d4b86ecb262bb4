// Package custodytest has a bundle that is handed over, for tests of what checks
// one.
package custodytest

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/bag"
	"habeas/custody"
	"habeas/ledger"
	"habeas/vault"
)

// An Office has a log in memory: a keeper, a node, and a caseworker, all invented.
type Office struct {
	tb     testing.TB
	keeper ledger.Signer
	node   ledger.Signer
	worker ledger.Signer
	log    []ledger.Record
	hashes []tlog.Hash
	dir    []custody.Given
	stream ledger.ID
	key    ledger.Key
}

// ReadHashes implements [tlog.HashReader].
func (o *Office) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = o.hashes[n]
	}
	return out, nil
}

func (o *Office) add(s ledger.Sealed) int64 {
	o.tb.Helper()
	r, n := s.Record(), int64(len(o.log))
	more, err := tlog.StoredHashesForRecordHash(n, r.LeafHash(), o)
	if err != nil {
		o.tb.Fatal(err)
	}
	o.log, o.hashes = append(o.log, r), append(o.hashes, more...)
	return n
}

func holder(t testing.TB, use ledger.Use, roles ...ledger.Role) (ledger.Holder, ledger.Signer) {
	t.Helper()
	h, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		t.Fatal(err)
	}
	p := h.Public(use)
	p.Roles = roles
	return p, h.Signer()
}

// New returns an office that nobody has given anything to.
func New(t testing.TB) *Office {
	t.Helper()
	o := &Office{tb: t}
	keeper, ks := holder(t, ledger.UseMember, ledger.Keeper)
	node, ns := holder(t, ledger.UseNode)
	worker, ws := holder(t, ledger.UseMember, ledger.Caseworker)
	o.keeper, o.node, o.worker = ks, ns, ws
	for _, h := range []ledger.Holder{keeper, node, worker} {
		s, err := ledger.Publish(h, ledger.DirectoryStream(keeper.ID), nil, time.Unix(1_790_000_000, 0), ks)
		if err != nil {
			t.Fatal(err)
		}
		o.dir = append(o.dir, custody.Given{Number: o.add(s), Record: s.Record()})
	}
	o.stream, o.key = ledger.NewID(), ledger.NewKey(ledger.NewID(), []byte("a secret of a source, invented"))
	return o
}

// Write seals an entry of the worker's and returns how it is given to others.
func (o *Office) Write(kind string, body any) custody.Given {
	o.tb.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		o.tb.Fatal(err)
	}
	e := &ledger.Entry{Stream: o.stream, Kind: kind, Time: time.Unix(1_790_000_100, 0), Body: b}
	s, err := ledger.Seal(e, o.worker, o.key)
	if err != nil {
		o.tb.Fatal(err)
	}
	return custody.Given{Number: o.add(s), Record: s.Record(), Key: o.key.Entry(e.ID)}
}

// Sums returns SHA-256 and SHA-512 of b in hex.
func Sums(b []byte) (short256, long512 string) {
	short, long := sha256.Sum256(b), sha512.Sum512(b)
	return hex.EncodeToString(short[:]), hex.EncodeToString(long[:])
}

// Exhibit records a file that a mother gave, that somebody looked at, whose proofs were
// checked, and of which a safe copy was made.
func (o *Office) Exhibit(ref string, original, copied []byte) (given []custody.Given, safe string) {
	sum, long := Sums(original)
	safe, _ = Sums(copied)
	x := custody.Exhibit{Ref: ref, Name: "DSC 1.jpg", Size: int64(len(original)), SHA256: sum, SHA512: long, Media: "image/jpeg", Came: custody.ByBrowser, Received: time.Unix(1_790_000_000, 0)}
	given = append(given, o.Write(custody.KindExhibit, x))
	event := func(e custody.Event) {
		e.Exhibit, e.Before = ref, given[len(given)-1].Record.ID
		given = append(given, o.Write(custody.KindEvent, e))
	}
	event(custody.Event{Act: custody.Viewed, SHA256: sum, Good: true})
	event(custody.Event{Act: custody.Validated, SHA256: sum, Tool: "habeas proofs", Good: true, Proofs: []custody.Proof{
		{Kind: "proofs beside files", Check: "an OpenPGP signature is of the file beside it", CheckKey: "pgp", Result: "ok", Where: "exhibit", Not: "whose key it is", NotKey: "not_key"},
	}})
	event(custody.Event{Act: custody.Derived, SHA256: safe, Parent: sum, Purpose: "safe copy", Tool: "habeas clean", Good: true})
	event(custody.Event{Act: custody.HandedOver, SHA256: safe, To: "a court, invented", Good: true})
	return given, safe
}

// Checkpoint signs the state of the log.
func (o *Office) Checkpoint() []byte {
	o.tb.Helper()
	size := int64(len(o.log))
	root, err := tlog.TreeHash(size, o)
	if err != nil {
		o.tb.Fatal(err)
	}
	signer, err := ledger.NoteSigner(ledger.Origin(o.keeper.ID), o.node.Key)
	if err != nil {
		o.tb.Fatal(err)
	}
	cp, err := ledger.SignCheckpoint(size, root, signer)
	if err != nil {
		o.tb.Fatal(err)
	}
	return cp
}

// Cosigned returns a checkpoint that a witness has signed, with what verifies that
// and its key as a command takes it.
func (o *Office) Cosigned(cp []byte) (signed []byte, v note.Verifier, key string) {
	t := o.tb
	t.Helper()
	seed := make([]byte, 32)
	rand.Read(seed)
	w, err := ledger.NewCosigner("partner.example", ed25519.NewKeyFromSeed(seed), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := ledger.NoteVerifiers(ledger.Origin(o.keeper.ID), o.node.Key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	line, _, err := w.Cosign(&ledger.Request{Checkpoint: cp}, nodes, ledger.Seen{})
	if err != nil {
		t.Fatal(err)
	}
	v, err = ledger.Cosignatures(w.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	if cp, err = ledger.Cosigned(cp, line, v); err != nil {
		t.Fatal(err)
	}
	return cp, v, w.VerifierKey()
}

func ids(g []custody.Given) (out []ledger.ID) {
	for _, x := range g {
		out = append(out, x.Record.ID)
	}
	return out
}

func open(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// NewLarge packs n exhibits, each the file that file returns and that was looked at,
// cleaned and handed over, to where create says. It returns what it takes to
// believe it.
func NewLarge(t testing.TB, n int, create func(name string) (io.Writer, error), file func(n int) []byte) custody.Trust {
	t.Helper()
	o := New(t)
	b := custody.Bundle{Root: o.keeper.ID, Directory: o.dir, Hashes: o}
	for i := range n {
		given, sum := o.Exhibit(fmt.Sprintf("x:%d", i), fmt.Appendf(nil, "original %d", i), file(i))
		b.Entries = append(b.Entries, given...)
		b.Items = append(b.Items, custody.Item{
			Ref: fmt.Sprintf("x:%d", i), Path: fmt.Sprintf("data/E%04d.jpg", i+1), SHA256: sum, Entries: ids(given),
			Open: func() (io.ReadCloser, error) { return open(file(i))() },
		})
	}
	cp, v, _ := o.Cosigned(o.Checkpoint())
	b.Checkpoint, b.Size = cp, int64(len(o.log))
	if err := b.Write(create); err != nil {
		t.Fatal(err)
	}
	return custody.Trust{Root: o.keeper.ID, Witnesses: []note.Verifier{v}, Least: 1}
}

// A Parcel is a bundle that was written, and what it takes to believe it.
type Parcel struct {
	Files   fstest.MapFS
	Trust   custody.Trust
	Witness string // the key of the witness in Trust, as a command takes it
}

// A File is one that is being written.
type File fstest.MapFile

// Write implements [io.Writer].
func (w *File) Write(b []byte) (int, error) { w.Data = append(w.Data, b...); return len(b), nil }

// NewParcel packs two exhibits of an office: a safe copy with its history, and a
// file as it was received. A witness has cosigned, and stamps have made a token
// each.
func NewParcel(t testing.TB, stamps ...func(over []byte) []byte) Parcel {
	t.Helper()
	o := New(t)
	original, copied, other := []byte("pixels with a place in them"), []byte("pixels"), []byte("a letter")
	o.Write(custody.KindExhibit, "an entry of another case, which is not handed over")
	first, safe := o.Exhibit("x:one", original, copied)
	second, _ := o.Exhibit("x:two", other, other)
	second = second[:2] // received and looked at: handed over as it is
	sum, _ := Sums(other)
	cp, v, key := o.Cosigned(o.Checkpoint())
	p := Parcel{Files: fstest.MapFS{}, Trust: custody.Trust{Root: o.keeper.ID, Witnesses: []note.Verifier{v}, Least: 1}, Witness: key}
	b := custody.Bundle{
		Root: o.keeper.ID, Entries: slices.Concat(first, second), Directory: o.dir, Checkpoint: cp, Size: int64(len(o.log)), Hashes: o,
		Items: []custody.Item{
			{Ref: "x:one", Path: "data/E0001.jpg", SHA256: safe, Entries: ids(first), Open: open(copied)},
			{Ref: "x:two", Path: "data/E0002.txt", SHA256: sum, Entries: ids(second), Open: open(other)},
		},
		Info: []bag.Field{{Label: "External-Description", Value: "invented"}},
	}
	for _, s := range stamps {
		b.Stamps = append(b.Stamps, s(custody.Stamped(cp)))
	}
	err := b.Write(func(name string) (io.Writer, error) {
		f := &fstest.MapFile{Mode: 0o600}
		p.Files[name] = f
		return (*File)(f), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Lay writes the parcel as a directory.
func (p Parcel) Lay(t testing.TB, dir string) {
	t.Helper()
	for name, f := range p.Files {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Zip writes the parcel as an archive with one directory.
func (p Parcel) Zip(t testing.TB, file string) {
	t.Helper()
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		w, err := z.Create("bundle/" + name)
		if err == nil {
			_, err = w.Write(p.Files[name].Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}
