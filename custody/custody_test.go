package custody_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/bag"
	"habeas/custody"
	"habeas/custody/custodytest"
	"habeas/ledger"
)

func verify(t *testing.T, p custodytest.Parcel, trust custody.Trust) *custody.Report {
	t.Helper()
	r, err := custody.Verify(context.Background(), p.Files, trust, nil)
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
	p := custodytest.NewParcel(t)
	if r := verify(t, p, p.Trust); r.Verdict() != custody.Verified {
		t.Errorf("%v: %q", r.Verdict(), failures(r))
	}
	if r := verify(t, p, custody.Trust{}); r.Verdict() != custody.IntegrityOnly {
		t.Errorf("with nothing known of the office: %v %q", r.Verdict(), failures(r))
	}
	other := p.Trust
	other.Root = ledger.NewID()
	if r := verify(t, p, other); r.Verdict() != custody.Broken {
		t.Errorf("as of another office: %v", r.Verdict())
	}
	other = p.Trust
	other.Least = 2
	if r := verify(t, p, other); r.Verdict() != custody.Broken {
		t.Errorf("with a witness too few: %v", r.Verdict())
	}
	for _, secret := range []string{"pixels with a place in them", "a secret of a source"} {
		for name, f := range p.Files {
			if bytes.Contains(f.Data, []byte(secret)) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	for _, want := range []string{"modification", "safe copy", "a court, invented", "validation", "an OpenPGP signature is of the file beside it, exhibit; does not show whose key it is"} {
		for _, name := range []string{"custody/report.html", "custody/premis.xml", "custody/case.jsonld"} {
			if !bytes.Contains(p.Files[name].Data, []byte(want)) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
}

// Of random bytes that are changed none is missed, and the file that is blamed is
// the one that was changed. HABEAS_EDITS says how many are tried.
func TestAttackOneByte(t *testing.T) {
	p := custodytest.NewParcel(t)
	var names []string
	total := 0
	for name, f := range p.Files {
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
		data := bytes.Clone(p.Files[name].Data)
		at := mathrand.IntN(len(data))
		data[at] ^= byte(1 + mathrand.IntN(255))
		broken := custodytest.Parcel{Files: fstest.MapFS{}, Trust: p.Trust}
		for n, f := range p.Files {
			broken.Files[n] = f
		}
		broken.Files[name] = &fstest.MapFile{Data: data, Mode: 0o600}
		r := verify(t, broken, p.Trust)
		if r.Verdict() != custody.Broken {
			t.Fatalf("%s, byte %d of %d, was changed, and it is %v", name, at, len(data), r.Verdict())
		}
		if first := failures(r)[0]; !strings.Contains(first, name) {
			t.Fatalf("%s, byte %d, was changed, and blamed is %q", name, at, failures(r))
		}
	}
}

// repacked packs a bundle anew, with what change makes of each file, nil being
// nothing, and more files.
func repacked(t *testing.T, p custodytest.Parcel, change func(name string, b []byte) []byte, more map[string]string) custodytest.Parcel {
	t.Helper()
	out := custodytest.Parcel{Files: fstest.MapFS{}, Trust: p.Trust}
	w := bag.NewWriter(func(name string) (io.Writer, error) {
		f := &fstest.MapFile{Mode: 0o600}
		out.Files[name] = f
		return (*custodytest.File)(f), nil
	})
	add := func(name string, b []byte) {
		if err := w.Add(name, bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range p.Files {
		if strings.HasPrefix(name, "data/") || strings.HasPrefix(name, "custody/") || name == "README.txt" {
			if b := change(name, f.Data); b != nil {
				add(name, b)
			}
		}
	}
	for name, text := range more {
		add(name, []byte(text))
	}
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	return out
}

// An exhibit that no entry speaks of, or a page that tells another story, is found
// in a bundle that is otherwise as it was.
func TestAttackAdded(t *testing.T) {
	p := custodytest.NewParcel(t)
	same := func(_ string, b []byte) []byte { return b }
	for _, name := range []string{"data/E0003.jpg", "data/more/E0001.jpg", "NOTES.html", "custody/affidavit.html", "custody/entries/x.key", "custody/stamps/1.tsr"} {
		r := verify(t, repacked(t, p, same, map[string]string{name: "invented"}), p.Trust)
		if got := failures(r); r.Verdict() != custody.Broken || len(got) != 1 || got[0] != "every file in the bundle is spoken of: "+name {
			t.Errorf("%s: %v %q", name, r.Verdict(), got)
		}
	}
}

// Whoever repacks a bundle with other contents makes a valid bag, and is found.
func TestAttackRepacked(t *testing.T) {
	p := custodytest.NewParcel(t)
	repack := func(change func(name string, b []byte) []byte) custodytest.Parcel { return repacked(t, p, change, nil) }
	var list struct {
		Items []struct{ Entries []string }
	}
	if err := json.Unmarshal(p.Files["custody/bundle.json"].Data, &list); err != nil {
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
				return p.Files["custody/entries/"+events[2]+".key"].Data
			}
			return b
		},
		"another story": func(n string, b []byte) []byte {
			return map[bool][]byte{true: bytes.ReplaceAll(b, []byte("a court, invented"), []byte("a friend, invented")), false: b}[n == "custody/report.html"]
		},
		"other instructions": func(n string, b []byte) []byte {
			return map[bool][]byte{true: []byte("All is well. No check is needed."), false: b}[n == "README.txt"]
		},
		"another story for programs": func(n string, b []byte) []byte {
			return map[bool][]byte{true: append(b, ' '), false: b}[n == "custody/premis.xml"]
		},
		"a smaller log": func(n string, b []byte) []byte {
			if n == "custody/checkpoint.txt" {
				return custodytest.New(t).Checkpoint()
			}
			return b
		},
	} {
		r := verify(t, repack(change), p.Trust)
		if r.Verdict() != custody.Broken {
			t.Errorf("%s: %v", what, r.Verdict())
		}
	}
	if r := verify(t, repack(func(_ string, b []byte) []byte { return b }), p.Trust); r.Verdict() != custody.Verified {
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
