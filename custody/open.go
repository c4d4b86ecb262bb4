package custody

import (
	"archive/zip"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"habeas/bag"
	"habeas/ledger"
)

// ErrNotABundle says that what was named is neither a directory with a bag nor a
// zip archive of one.
var ErrNotABundle = errors.New("this is no bundle: neither a directory with a bagit.txt, nor a zip archive of one")

// Open opens a bundle, a directory or a zip archive, for [Verify]. Nothing outside
// a directory is read, whatever links lie in it. The caller closes what is
// returned beside. Errors are those of the system, or [ErrNotABundle].
func Open(path string) (fs.FS, io.Closer, error) {
	about, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case about.IsDir():
		root, err := os.OpenRoot(path)
		if err != nil {
			return nil, nil, err
		}
		if _, err := root.Lstat("bagit.txt"); err != nil {
			root.Close()
			return nil, nil, ErrNotABundle
		}
		return root.FS(), root, nil
	case !about.Mode().IsRegular():
		return nil, nil, ErrNotABundle
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	fsys, err := OpenArchive(f, about.Size())
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return fsys, f, nil
}

// OpenArchive is [Open] of a zip archive of size bytes.
func OpenArchive(r io.ReaderAt, size int64) (fs.FS, error) {
	fsys, err := bag.OpenZip(r, size)
	if errors.Is(err, zip.ErrFormat) {
		return nil, ErrNotABundle
	}
	return fsys, err
}

// ReadTrust reads what whoever checks knows, as they name it to a command: the
// fingerprint of the office, keys of witnesses and how many of these must have
// signed (0 is all of them), and certificates of time-stamping authorities in
// PEM. What is empty is not known.
func ReadTrust(root string, witnesses []string, least int, roots []byte) (Trust, error) {
	t := Trust{Least: least}
	if root != "" {
		var err error
		if t.Root, err = ledger.ParseID(root); err != nil || t.Root.IsZero() {
			return t, errors.New("--root is not a fingerprint: it has 32 letters and digits")
		}
	}
	seen := map[string]bool{}
	for _, w := range witnesses {
		v, err := ledger.Cosignatures(w)
		if err != nil {
			return t, fmt.Errorf("--witness is not the key of a witness: %s", Printable(w))
		}
		if seen[v.Name()] {
			return t, fmt.Errorf("--witness names %s twice, and it counts once", Printable(v.Name()))
		}
		seen[v.Name()] = true
		t.Witnesses = append(t.Witnesses, v)
	}
	if least < 0 || least > len(t.Witnesses) {
		return t, fmt.Errorf("--least asks for %d witnesses, and %d are named with --witness", least, len(t.Witnesses))
	}
	if least == 0 {
		t.Least = len(t.Witnesses)
	}
	if len(roots) > 0 {
		t.Roots = x509.NewCertPool()
		if !t.Roots.AppendCertsFromPEM(roots) {
			return t, errors.New("--roots has no certificate in PEM")
		}
	}
	return t, nil
}
