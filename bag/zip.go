package bag

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"strings"
)

// mostFiles is how many files an archive may list, as many as fit in memory
// beside everything else.
const mostFiles = 1 << 20

// ErrNotABag says that an archive holds no bag, or that two of its files have one
// name.
var ErrNotABag = errors.New("bag: the archive does not hold one bag")

// OpenZip returns the bag in a zip archive, which is either its root or the one
// directory there. An archive whose files have names that lead out of it, or one
// name twice, is none: what is checked must be what is unpacked.
func OpenZip(r io.ReaderAt, size int64) (fs.FS, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	if len(z.File) > mostFiles {
		return nil, ErrNotABag
	}
	seen, tops := map[string]bool{}, map[string]bool{}
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if !fs.ValidPath(name) || strings.ContainsRune(name, '\\') || seen[name] {
			return nil, ErrNotABag
		}
		seen[name] = true
		top, _, _ := strings.Cut(name, "/")
		tops[top] = true
	}
	if seen["bagit.txt"] || len(tops) != 1 {
		return z, nil
	}
	for top := range tops {
		return fs.Sub(z, top)
	}
	return z, nil
}
