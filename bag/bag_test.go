package bag_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/bag"
)

func verify(t *testing.T, fsys fs.FS) *bag.Report {
	t.Helper()
	r, err := bag.Verify(context.Background(), fsys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The suite of the Library of Congress: what is valid passes, also where it only
// deserves a warning; what is invalid on any system is so on all.
func TestConformance(t *testing.T) {
	const suite = "../../shared/data/bagit"
	dirs, err := filepath.Glob(suite + "/v*/*/*")
	if err != nil || len(dirs) == 0 {
		t.Skip("the suite is not at", suite)
	}
	n := 0
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		n++
		t.Run(strings.TrimPrefix(dir, suite+"/"), func(t *testing.T) {
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			r := verify(t, root.FS())
			want := []bag.Verdict{bag.Invalid}
			switch filepath.Base(filepath.Dir(dir)) {
			case "valid":
				want = []bag.Verdict{bag.Valid}
				if filepath.Base(dir) == "bag-with-leading-dot-slash-in-manifest" {
					want = []bag.Verdict{bag.Warned} // as warning/relative-path, which does the same
				}
			case "warning":
				want = []bag.Verdict{bag.Warned}
			}
			if !slices.Contains(want, r.Verdict()) {
				t.Errorf("%v, want %v\nerrors %v\nwarnings %v", r.Verdict(), want, r.Errors, r.Warnings)
			}
		})
	}
	if n < 40 {
		t.Errorf("only %d bags in the suite", n)
	}
}

// A bag in memory, as the Writer makes it.
func made(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	w := bag.NewWriter(func(name string) (io.Writer, error) {
		f := &fstest.MapFile{Mode: 0o600}
		out[name] = f
		return (*writer)(f), nil
	})
	files := map[string]string{
		"data/письмо.txt":           "в подвале, invented",
		"data/100%.txt":             "per cent",
		"data/two\nlines.txt":       "a name of two lines",
		"data/%0A.txt":              "a name that looks escaped",
		"data/deep/er/photo 1.jpeg": "\xff\xd8",
		"custody/events.json":       "[]",
	}
	for name, body := range files {
		if err := w.Add(name, strings.NewReader(body)); err != nil {
			t.Fatal(name, err)
		}
	}
	if err := w.Close([]bag.Field{{Label: "Source-Organization", Value: "Invented Office"}}); err != nil {
		t.Fatal(err)
	}
	return out
}

type writer fstest.MapFile

func (w *writer) Write(b []byte) (int, error) { w.Data = append(w.Data, b...); return len(b), nil }

func TestWriterMakesAValidBag(t *testing.T) {
	out := made(t)
	r := verify(t, out)
	if r.Verdict() != bag.Valid || r.Files != 5 || r.Version != "1.0" || r.Weak || len(r.Unlisted) > 0 {
		t.Errorf("%v: %+v", r.Verdict(), r)
	}
	if got := r.Digest("sha256", "data/100%.txt"); len(got) != 64 {
		t.Errorf("digest %q", got)
	}
	if !bytes.Contains(out["manifest-sha256.txt"].Data, []byte("data/100%25.txt")) {
		t.Error("a percent sign was not escaped")
	}
}

func TestWriterRefusesNames(t *testing.T) {
	w := bag.NewWriter(func(string) (io.Writer, error) { return io.Discard, nil })
	for _, name := range []string{"", ".", "/etc/passwd", "../x", "data/../x", "bagit.txt", "manifest-sha256.txt", "~/x", `data\x`} {
		if err := w.Add(name, strings.NewReader("")); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
	if err := w.Add("data/x", strings.NewReader("")); err != nil {
		t.Fatal(err)
	}
	if err := w.Add("data/x", strings.NewReader("")); err == nil {
		t.Error("one name twice was taken")
	}
}

// One byte of any file changed, a file more and a file less are found, and no
// other file is blamed.
func TestEveryChangeIsFound(t *testing.T) {
	whole := made(t)
	var names []string
	for name := range whole {
		names = append(names, name)
	}
	slices.Sort(names)
	for range 2000 {
		name := names[rand.IntN(len(names))]
		if len(whole[name].Data) == 0 {
			continue
		}
		broken := fstest.MapFS{}
		for n, f := range whole {
			broken[n] = f
		}
		data := bytes.Clone(whole[name].Data)
		at := rand.IntN(len(data))
		data[at] ^= byte(1 + rand.IntN(255))
		broken[name] = &fstest.MapFile{Data: data, Mode: 0o600}
		r := verify(t, broken)
		if r.Verdict() == bag.Invalid {
			for _, p := range r.Errors {
				if strings.HasPrefix(name, "data/") && p.Path != name {
					t.Fatalf("%s was changed at %d, and %+v is blamed", name, at, p)
				}
			}
			continue
		}
		// A tag manifest is in no list: a change to it that a bag can have is one
		// to capitals of its digests.
		if !strings.HasPrefix(name, "tagmanifest-") || !strings.EqualFold(string(data), string(whole[name].Data)) && len(r.Warnings) == 0 {
			t.Fatalf("%s changed at %d: %v", name, at, r.Verdict())
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "tagmanifest-") {
			continue
		}
		less := fstest.MapFS{}
		for n, f := range whole {
			if n != name {
				less[n] = f
			}
		}
		if v := verify(t, less).Verdict(); v != bag.Invalid {
			t.Errorf("without %s: %v", name, v)
		}
	}
	whole["data/more"] = &fstest.MapFile{Mode: 0o600}
	if v := verify(t, whole).Verdict(); v != bag.Invalid {
		t.Errorf("with a file more: %v", v)
	}
}

func TestLinksAreNoFiles(t *testing.T) {
	out := made(t)
	out["data/link"] = &fstest.MapFile{Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink | 0o777}
	r := verify(t, out)
	if r.Verdict() != bag.Invalid || r.Errors[0].Code != bag.NotAFile {
		t.Errorf("%v %v", r.Verdict(), r.Errors)
	}
}

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := z.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZip(t *testing.T) {
	for _, names := range [][]string{{"a/bagit.txt", "a/../../x"}, {"bagit.txt", "bagit.txt"}, {`data\x`}, {"/abs"}} {
		b := zipOf(t, names...)
		if _, err := bag.OpenZip(bytes.NewReader(b), int64(len(b))); err == nil {
			t.Errorf("%q was opened", names)
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, f := range made(t) {
		if strings.ContainsRune(name, '\n') {
			continue
		}
		w, err := z.Create("bundle/" + name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(f.Data)
	}
	z.Close()
	fsys, err := bag.OpenZip(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	r := verify(t, fsys)
	if len(r.Errors) == 0 || r.Errors[0].Path != "data/two\nlines.txt" {
		t.Errorf("%v", r.Errors)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "d41d8cd98f00b204e9800998ecf8427e  data/a\n", "Payload-Oxum: 0.1\n", "http://x - data/a\n")
	f.Add("BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-16\n", "\xff\xfed\x00", "a:b\n c", "")
	f.Fuzz(func(t *testing.T, decl, list, info, fetch string) {
		fsys := fstest.MapFS{
			"bagit.txt": {Data: []byte(decl)}, "manifest-md5.txt": {Data: []byte(list)},
			"bag-info.txt": {Data: []byte(info)}, "fetch.txt": {Data: []byte(fetch)}, "data/a": {},
		}
		r, err := bag.Verify(context.Background(), fsys, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict() != bag.Invalid && r.Digest("md5", "data/a") == "" {
			t.Errorf("valid without a digest: %q %q", decl, list)
		}
	})
}
