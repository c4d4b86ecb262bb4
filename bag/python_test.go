package bag_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"habeas/bag"
)

// python returns a Python that has bagit-python of the Library of Congress. The test
// is skipped if there is none; ./test installs one, or fails.
func python(t *testing.T) string {
	t.Helper()
	at := os.Getenv("HABEAS_BAGIT")
	named := at != ""
	if !named {
		at = "python3"
	}
	if err := exec.Command(at, "-c", "import bagit").Run(); err != nil {
		if named {
			t.Fatalf("HABEAS_BAGIT names a Python without bagit-python: %v", err)
		}
		t.Skip("bagit-python is not installed; ./test installs it")
	}
	return at
}

func runPython(t *testing.T, at, program string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.Command(at, append([]string{"-c", program}, args...)...).CombinedOutput()
	return string(out), err
}

// onDisk writes a bag into a directory.
func onDisk(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bag")
	var open []*os.File
	w := bag.NewWriter(func(name string) (io.Writer, error) {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return nil, err
		}
		f, err := os.Create(to)
		open = append(open, f)
		return f, err
	})
	for name, body := range files {
		if err := w.Add(name, strings.NewReader(body)); err != nil {
			t.Fatal(name, err)
		}
	}
	if err := w.Close([]bag.Field{{Label: "Source-Organization", Value: "Invented Office"}}); err != nil {
		t.Fatal(err)
	}
	for _, f := range open {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const validates = `
import bagit, sys
b = bagit.Bag(sys.argv[1])
b.validate()
print(sorted(b.payload_files()), b.info)
`

// What we write, bagit-python finds valid, with every file of the payload; and it
// finds a change. Names with a per cent sign are left out: we write it as RFC 8493
// demands (section 2.1.3), and bagit-python 1.9.0 reads only line ends that way. No
// bundle has such a name.
func TestPythonReadsOurBags(t *testing.T) {
	at := python(t)
	dir := onDisk(t, map[string]string{
		"data/письмо.txt": "в подвале, invented", "data/two\nlines.txt": "a name of two lines",
		"data/deep/er/photo 1.jpeg": "\xff\xd8", "custody/events.json": "[]",
	})
	out, err := runPython(t, at, validates, dir)
	if err != nil || !strings.Contains(out, "Invented Office") {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"data/письмо.txt", "photo 1.jpeg"} {
		if !strings.Contains(out, name) {
			t.Errorf("it knows nothing of %s: %s", name, out)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "custody", "events.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := runPython(t, at, validates, dir); err == nil {
		t.Errorf("a tag file was changed, and it is valid: %s", out)
	}
}

const makes = `
import bagit, sys, os
d = sys.argv[1]
os.makedirs(os.path.join(d, "deep"))
for name in ["plain.txt", "100%.txt", "%0A.txt", "two\nlines.txt", "\u043f\u0438\u0441\u044c\u043c\u043e.txt", "deep/a b.txt"]:
    with open(os.path.join(d, name), "w") as f:
        f.write("invented: " + repr(name))
bagit.make_bag(d, {"Contact-Name": "Invented"}, checksums=sys.argv[2].split(","))
`

// What bagit-python makes, we find valid, with the digests that are trusted; with old
// ones we say so; and we find a change.
func TestOurReaderReadsPythons(t *testing.T) {
	at := python(t)
	for _, tc := range []struct {
		digests string
		weak    bool
	}{{"sha512", false}, {"sha256,sha512", false}, {"md5", true}} {
		t.Run(tc.digests, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bag")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if out, err := runPython(t, at, makes, dir, tc.digests); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			r := verify(t, root.FS())
			if r.Verdict() == bag.Invalid || r.Files != 6 || r.Weak != tc.weak {
				t.Fatalf("%v, %d files, weak %v: %v %v", r.Verdict(), r.Files, r.Weak, r.Errors, r.Warnings)
			}
			if err := os.WriteFile(filepath.Join(dir, "data", "100%.txt"), []byte("changed"), 0o600); err != nil {
				t.Fatal(err)
			}
			if r := verify(t, root.FS()); r.Verdict() != bag.Invalid {
				t.Errorf("a file was changed, and the bag is %v", r.Verdict())
			}
		})
	}
}
