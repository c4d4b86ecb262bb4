package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"habeas/custody"
)

// A walkedFile is a file that is to be added, or that is left out.
type walkedFile struct {
	root *os.Root // it is read through, so that no link leads out of the folder; nil for one that was named
	rel  string   // in root, or the path that was named
	name string   // what it is called as an exhibit: with its place in the folder
	size int64
	left string // why it is left out; "" if it is not
	bad  bool   // it could not be read: somebody has to look
}

// shown is what the file is called on the terminal, which obeys none of it.
func (f *walkedFile) shown() string {
	if f.root == nil {
		return custody.Printable(f.rel)
	}
	return custody.Printable(filepath.Join(f.root.Name(), f.rel))
}

// open opens the file, which is one and no device.
func (f *walkedFile) open() (io.ReadCloser, error) {
	var file *os.File
	var err error
	if f.root == nil {
		file, err = os.Open(f.rel)
	} else {
		file, err = f.root.Open(f.rel)
	}
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(refuse(f.shown()+" is not a file", "name files, or the folder they are in"), file.Close())
	}
	return file, nil
}

// Files and folders that operating systems make beside those of people.
var (
	systemFile   = regexp.MustCompile(`(?i)^(\.DS_Store|\._.*|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.nomedia|\.localized)$`)
	systemFolder = regexp.MustCompile(`(?i)^(\.Trashes|\.Spotlight-V100|\.fseventsd|\.TemporaryItems|\.thumbnails|System Volume Information|\$RECYCLE\.BIN|__MACOSX)$`)
)

// walk finds the files of what was named: files are taken as they are, folders are
// gone through in the order of their names. Close what it returns.
func walk(named []string, hidden bool) (files []walkedFile, err error) {
	defer func() {
		if err != nil {
			closeRoots(files)
		}
	}()
	for _, at := range named {
		info, err := os.Stat(at)
		switch {
		case err != nil:
			return files, err
		case info.IsDir():
			if files, err = walkFolder(files, at, hidden); err != nil {
				return files, err
			}
		case info.Mode().IsRegular():
			files = append(files, walkedFile{rel: at, name: filepath.Base(at), size: info.Size()})
		default:
			return files, refuse(at+" is not a file", "name files, or the folder they are in")
		}
	}
	return files, nil
}

// walkFolder appends what is in a folder and below it. Links are not followed.
func walkFolder(files []walkedFile, at string, hidden bool) ([]walkedFile, error) {
	root, err := os.OpenRoot(at)
	if err != nil {
		return files, err
	}
	base := filepath.Base(filepath.Clean(at))
	if base == "." || base == ".." || base == string(filepath.Separator) {
		base = ""
	}
	n := len(files)
	err = fs.WalkDir(root.FS(), ".", func(rel string, d fs.DirEntry, err error) error {
		f := walkedFile{root: root, rel: filepath.FromSlash(rel), name: path.Join(base, rel)}
		if err != nil {
			f.left, f.bad = "it can't be read", true
			files = append(files, f)
			return nil
		}
		if f.left = leftOut(rel, d, hidden); f.left == "" && d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			f.size = info.Size()
		}
		files = append(files, f)
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if len(files) == n { // nobody else has it to close it
		err = cmp.Or(err, root.Close())
	}
	return files, err
}

// leftOut says why something in a folder is left out, or "".
func leftOut(rel string, d fs.DirEntry, hidden bool) string {
	name := path.Base(rel)
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		return "it is a link; name what it leads to"
	case !d.IsDir() && !d.Type().IsRegular():
		return "it is no file"
	case d.IsDir() && systemFolder.MatchString(name), !d.IsDir() && systemFile.MatchString(name):
		return "the operating system made it"
	case rel != "." && strings.HasPrefix(name, ".") && !hidden:
		return "it is hidden; --hidden takes it"
	}
	return ""
}

func closeRoots(files []walkedFile) {
	for i, f := range files {
		if f.root != nil && (i == 0 || files[i-1].root != f.root) {
			_ = f.root.Close() // nothing was written through it
		}
	}
}
