package custody_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"io"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
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

// An office in memory, with a log: a keeper, a node, and a caseworker.
type office struct {
	t      *testing.T
	keeper ledger.Signer
	node   ledger.Signer
	worker ledger.Signer
	log    []ledger.Record
	hashes []tlog.Hash
	dir    []custody.Given
	stream ledger.ID
	key    ledger.Key
}

func (o *office) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = o.hashes[n]
	}
	return out, nil
}

func (o *office) add(s ledger.Sealed) int64 {
	o.t.Helper()
	r, n := s.Record(), int64(len(o.log))
	more, err := tlog.StoredHashesForRecordHash(n, r.LeafHash(), o)
	if err != nil {
		o.t.Fatal(err)
	}
	o.log, o.hashes = append(o.log, r), append(o.hashes, more...)
	return n
}

func holder(t *testing.T, use ledger.Use, roles ...ledger.Role) (ledger.Holder, ledger.Signer) {
	t.Helper()
	h, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		t.Fatal(err)
	}
	p := h.Public(use)
	p.Roles = roles
	return p, h.Signer()
}

func newOffice(t *testing.T) *office {
	o := &office{t: t}
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

// write seals an entry of the worker's and returns how it is given to others.
func (o *office) write(kind string, body any) custody.Given {
	o.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	e := &ledger.Entry{Stream: o.stream, Kind: kind, Time: time.Unix(1_790_000_100, 0), Body: b}
	s, err := ledger.Seal(e, o.worker, o.key)
	if err != nil {
		o.t.Fatal(err)
	}
	return custody.Given{Number: o.add(s), Record: s.Record(), Key: o.key.Entry(e.ID)}
}

func sums(b []byte) (string, string) {
	short, long := sha256.Sum256(b), sha512.Sum512(b)
	return hex.EncodeToString(short[:]), hex.EncodeToString(long[:])
}

// exhibit records a file that a mother gave, that somebody looked at, and of which
// a safe copy was made.
func (o *office) exhibit(ref string, original, copied []byte) (given []custody.Given, safe string) {
	sum, long := sums(original)
	safe, _ = sums(copied)
	x := custody.Exhibit{Ref: ref, Name: "DSC 1.jpg", Size: int64(len(original)), SHA256: sum, SHA512: long, Media: "image/jpeg", Came: custody.ByBrowser, Received: time.Unix(1_790_000_000, 0)}
	given = append(given, o.write(custody.KindExhibit, x))
	event := func(e custody.Event) {
		e.Exhibit, e.Before = ref, given[len(given)-1].Record.ID
		given = append(given, o.write(custody.KindEvent, e))
	}
	event(custody.Event{Act: custody.Viewed, SHA256: sum, Good: true})
	event(custody.Event{Act: custody.Derived, SHA256: safe, Parent: sum, Purpose: "safe copy", Tool: "habeas clean", Good: true})
	event(custody.Event{Act: custody.HandedOver, SHA256: safe, To: "a court, invented", Good: true})
	return given, safe
}

func (o *office) checkpoint() []byte {
	o.t.Helper()
	size := int64(len(o.log))
	root, err := tlog.TreeHash(size, o)
	if err != nil {
		o.t.Fatal(err)
	}
	signer, err := ledger.NoteSigner(ledger.Origin(o.keeper.ID), o.node.Key)
	if err != nil {
		o.t.Fatal(err)
	}
	cp, err := ledger.SignCheckpoint(size, root, signer)
	if err != nil {
		o.t.Fatal(err)
	}
	return cp
}

// A parcel is a bundle that was written, and what it takes to believe it.
type parcel struct {
	files fstest.MapFS
	trust custody.Trust
}

type writer fstest.MapFile

func (w *writer) Write(b []byte) (int, error) { w.Data = append(w.Data, b...); return len(b), nil }

func parcelOf(t *testing.T) parcel {
	t.Helper()
	o := newOffice(t)
	original, copied, other := []byte("pixels with a place in them"), []byte("pixels"), []byte("a letter")
	o.write(custody.KindExhibit, "an entry of another case, which is not handed over")
	first, safe := o.exhibit("x:one", original, copied)
	second, _ := o.exhibit("x:two", other, other)
	second = second[:2] // received and looked at: handed over as it is
	sum, _ := sums(other)
	cp := o.checkpoint()
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
	v, err := ledger.Cosignatures(w.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	if cp, err = ledger.Cosigned(cp, line, v); err != nil {
		t.Fatal(err)
	}
	ids := func(g []custody.Given) (out []ledger.ID) {
		for _, x := range g {
			out = append(out, x.Record.ID)
		}
		return out
	}
	open := func(b []byte) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
	}
	p := parcel{files: fstest.MapFS{}, trust: custody.Trust{Root: o.keeper.ID, Witnesses: []note.Verifier{v}, Least: 1}}
	b := custody.Bundle{
		Root: o.keeper.ID, Entries: slices.Concat(first, second), Directory: o.dir, Checkpoint: cp, Size: int64(len(o.log)), Hashes: o,
		Items: []custody.Item{
			{Ref: "x:one", Path: "data/E0001.jpg", SHA256: safe, Entries: ids(first), Open: open(copied)},
			{Ref: "x:two", Path: "data/E0002.txt", SHA256: sum, Entries: ids(second), Open: open(other)},
		},
		Info: []bag.Field{{Label: "External-Description", Value: "invented"}},
	}
	err = b.Write(func(name string) (io.Writer, error) {
		f := &fstest.MapFile{Mode: 0o600}
		p.files[name] = f
		return (*writer)(f), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p parcel) verify(t *testing.T, trust custody.Trust) *custody.Report {
	t.Helper()
	r, err := custody.Verify(context.Background(), p.files, trust, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func failures(r *custody.Report) (out []string) {
	for _, l := range r.Lines {
		if l.Result == custody.Failed {
			out = append(out, l.Check+": "+l.Where)
		}
	}
	return out
}

func TestCourtChecksABundle(t *testing.T) {
	p := parcelOf(t)
	if r := p.verify(t, p.trust); r.Verdict() != custody.Verified {
		t.Errorf("%v: %q", r.Verdict(), failures(r))
	}
	if r := p.verify(t, custody.Trust{}); r.Verdict() != custody.IntegrityOnly {
		t.Errorf("with nothing known of the office: %v %q", r.Verdict(), failures(r))
	}
	other := p.trust
	other.Root = ledger.NewID()
	if r := p.verify(t, other); r.Verdict() != custody.Broken {
		t.Errorf("as of another office: %v", r.Verdict())
	}
	other = p.trust
	other.Least = 2
	if r := p.verify(t, other); r.Verdict() != custody.Broken {
		t.Errorf("with a witness too few: %v", r.Verdict())
	}
	for _, secret := range []string{"pixels with a place in them", "a secret of a source"} {
		for name, f := range p.files {
			if bytes.Contains(f.Data, []byte(secret)) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	for _, want := range []string{"modification", "safe copy", "a court, invented"} {
		for _, name := range []string{"custody/report.html", "custody/premis.xml", "custody/case.jsonld"} {
			if !bytes.Contains(p.files[name].Data, []byte(want)) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
}

// Of random bytes that are changed none is missed, and the file that is blamed is
// the one that was changed. HABEAS_EDITS says how many are tried.
func TestAttackOneByte(t *testing.T) {
	p := parcelOf(t)
	var names []string
	total := 0
	for name, f := range p.files {
		if len(f.Data) > 0 {
			names = append(names, name)
			total += len(f.Data)
		}
	}
	slices.Sort(names)
	edits := 1000
	if n, err := strconv.Atoi(os.Getenv("HABEAS_EDITS")); err == nil {
		edits = n
	}
	for range edits {
		name := names[mathrand.IntN(len(names))]
		data := bytes.Clone(p.files[name].Data)
		at := mathrand.IntN(len(data))
		data[at] ^= byte(1 + mathrand.IntN(255))
		broken := parcel{files: fstest.MapFS{}, trust: p.trust}
		for n, f := range p.files {
			broken.files[n] = f
		}
		broken.files[name] = &fstest.MapFile{Data: data, Mode: 0o600}
		r := broken.verify(t, p.trust)
		if r.Verdict() != custody.Broken {
			t.Fatalf("%s, byte %d of %d, was changed, and it is %v", name, at, len(data), r.Verdict())
		}
		if first := failures(r)[0]; !strings.Contains(first, name) {
			t.Fatalf("%s, byte %d, was changed, and blamed is %q", name, at, failures(r))
		}
	}
}

// Whoever repacks a bundle with other contents makes a valid bag, and is found.
func TestAttackRepacked(t *testing.T) {
	p := parcelOf(t)
	repack := func(change func(name string, b []byte) []byte) parcel {
		out := parcel{files: fstest.MapFS{}, trust: p.trust}
		w := bag.NewWriter(func(name string) (io.Writer, error) {
			f := &fstest.MapFile{Mode: 0o600}
			out.files[name] = f
			return (*writer)(f), nil
		})
		for name, f := range p.files {
			if strings.HasPrefix(name, "data/") || strings.HasPrefix(name, "custody/") || name == "README.txt" {
				if b := change(name, f.Data); b != nil {
					if err := w.Add(name, bytes.NewReader(b)); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if err := w.Close(nil); err != nil {
			t.Fatal(err)
		}
		return out
	}
	var list struct {
		Items []struct{ Entries []string }
	}
	if err := json.Unmarshal(p.files["custody/bundle.json"].Data, &list); err != nil {
		t.Fatal(err)
	}
	events := list.Items[0].Entries
	for what, change := range map[string]func(string, []byte) []byte{
		"another file": func(n string, b []byte) []byte {
			return map[bool][]byte{true: []byte("other pixels"), false: b}[n == "data/E0001.jpg"]
		},
		"a file less":   func(n string, b []byte) []byte { return map[bool][]byte{true: nil, false: b}[n == "data/E0001.jpg"] },
		"an event less": func(n string, b []byte) []byte { return bytes.ReplaceAll(b, []byte(`"`+events[1]+`",`), nil) },
		"events in turn": func(n string, b []byte) []byte {
			return bytes.ReplaceAll(bytes.ReplaceAll(bytes.ReplaceAll(b, []byte(events[1]), []byte("#")), []byte(events[2]), []byte(events[1])), []byte("#"), []byte(events[2]))
		},
		"a key of another": func(n string, b []byte) []byte {
			if n == "custody/entries/"+events[1]+".key" {
				return p.files["custody/entries/"+events[2]+".key"].Data
			}
			return b
		},
		"a smaller log": func(n string, b []byte) []byte {
			if n == "custody/checkpoint.txt" {
				return newOffice(t).checkpoint()
			}
			return b
		},
	} {
		r := repack(change).verify(t, p.trust)
		if r.Verdict() != custody.Broken {
			t.Errorf("%s: %v", what, r.Verdict())
		}
	}
	if r := repack(func(_ string, b []byte) []byte { return b }).verify(t, p.trust); r.Verdict() != custody.Verified {
		t.Errorf("as it was: %v %q", r.Verdict(), failures(r))
	}
}

func TestWriteRefusesNames(t *testing.T) {
	for _, name := range []string{"data/Kovalenko photo.jpg", "data/../x", "x.jpg", "data/a/b.jpg"} {
		b := custody.Bundle{Items: []custody.Item{{Path: name}}}
		if err := b.Write(func(string) (io.Writer, error) { return io.Discard, nil }); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}
