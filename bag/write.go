package bag

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// A Writer makes a bag of version 1.0 with SHA-256 and SHA-512 of every file.
// Files are written as they come, to wherever the caller keeps them.
type Writer struct {
	create func(name string) (io.Writer, error)
	sums   map[string][2]string
	bytes  int64
	closed bool
}

// ErrName says that a name is no name of a file of a bag, or was used already.
var ErrName = errors.New("bag: not the name of a new file")

// NewWriter returns a Writer that writes each file to what create returns for it.
// What create returned before is not written to any more when it is called again.
func NewWriter(create func(name string) (io.Writer, error)) *Writer {
	return &Writer{create: create, sums: map[string][2]string{}}
}

// Add writes a file of the bag: of the payload if name begins with "data/", and
// otherwise a tag file. name is a slash-separated path in UTF-8.
func (w *Writer) Add(name string, r io.Reader) error {
	_, twice := w.sums[name]
	if w.closed || twice || !fs.ValidPath(name) || name == "." || name == "bagit.txt" || name == "bag-info.txt" || manifestName.MatchString(name) ||
		strings.HasPrefix(name, "~") || strings.ContainsRune(name, '\\') {
		return ErrName
	}
	return w.add(name, r)
}

func (w *Writer) add(name string, r io.Reader) error {
	to, err := w.create(name)
	if err != nil {
		return err
	}
	short, long := sha256.New(), sha512.New()
	n, err := io.Copy(io.MultiWriter(to, short, long), r)
	if err != nil {
		return err
	}
	if strings.HasPrefix(name, "data/") {
		w.bytes += n
	}
	w.sums[name] = [2]string{hex.EncodeToString(short.Sum(nil)), hex.EncodeToString(long.Sum(nil))}
	return nil
}

// Close writes what makes a bag of the files: bagit.txt, bag-info.txt with the
// fields of info and Payload-Oxum, and the lists of digests.
func (w *Writer) Close(info []Field) error {
	w.closed = true
	if err := w.add("bagit.txt", strings.NewReader("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")); err != nil {
		return err
	}
	var b bytes.Buffer
	payload := 0
	for name := range w.sums {
		if strings.HasPrefix(name, "data/") {
			payload++
		}
	}
	for _, f := range append(slices.Clone(info), Field{"Payload-Oxum", fmt.Sprintf("%d.%d", w.bytes, payload)}) {
		if strings.ContainsAny(f.Label, ":\r\n") || strings.ContainsAny(f.Value, "\r\n") || strings.TrimSpace(f.Label) != f.Label || f.Label == "" {
			return fmt.Errorf("bag: a field that can't be written: %q", f.Label)
		}
		fmt.Fprintf(&b, "%s: %s\n", f.Label, strings.TrimSpace(f.Value))
	}
	if err := w.add("bag-info.txt", &b); err != nil {
		return err
	}
	for i, kind := range []string{"sha256", "sha512"} {
		if err := w.add("manifest-"+kind+".txt", w.list(i, true)); err != nil {
			return err
		}
	}
	lists := [2]io.Reader{w.list(0, false), w.list(1, false)} // neither lists the other
	for i, kind := range []string{"sha256", "sha512"} {
		if err := w.add("tagmanifest-"+kind+".txt", lists[i]); err != nil {
			return err
		}
	}
	return nil
}

// list returns the digests of the payload, or of what is not, as sha256sum
// writes them.
func (w *Writer) list(kind int, payload bool) io.Reader {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(w.sums)) {
		if strings.HasPrefix(name, "data/") == payload {
			fmt.Fprintf(&b, "%s  %s\n", w.sums[name][kind], escape.Replace(name))
		}
	}
	return &b
}
