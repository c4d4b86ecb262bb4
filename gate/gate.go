// Package gate is the only way out.
//
// Whatever leaves is rendered first; then [Check] reads the bytes that are about
// to leave, in every encoding it knows, for every form of every protected name,
// and only a draft in which it finds none (or only what a second member
// accepted) becomes a [Cleared], which is what every exit takes. What Check
// can't read it refuses.
//
// Names reach the gate as keyed hashes of their forms ([Compile], [Index]), so
// that whoever runs the check need not hold a single name. Anyone who holds the
// key and the hashes can try names against them: they are as secret as the
// working text of the circle, and sealed with it.
package gate

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"io/fs"
	"slices"
	"strings"

	"habeas/fault"
)

// A File is one file of a draft: the final bytes, as they would leave.
type File struct {
	Name  string // a slash-separated relative path
	Media string // a media type, such as "text/html; charset=utf-8"
	Bytes []byte
}

// A Draft is a rendered document that has not been checked.
type Draft struct{ Files []File }

// Options are what may pass although it was found.
type Options struct {
	// Allowed holds the persons whose consent says that this recipient may see
	// them named.
	Allowed map[string]bool
	// Accepted holds the [Hit.ID] of each review hit that a second member looked
	// at and accepted. A block can't be accepted.
	Accepted map[string]bool
	// Covers holds the cover names in use in this document. Where one is also a
	// given, other or called name of somebody, it is noted and stops nothing, but
	// beside another part of that person's name.
	Covers []string

	// Pictures says that somebody looked at every picture and drawing, and that
	// nobody protected can be recognised or is named in what they show. Otherwise
	// they are refused, unless OCR reads them.
	Pictures bool
	// OCR returns the text that a PNG or JPEG picture shows; nil if there is
	// nobody to read it. It is called from one goroutine at a time.
	OCR func(picture []byte) (string, error)
	// Pages returns each page of a PDF as a PNG picture, for OCR to read; nil if
	// there is nobody to draw them.
	Pages func(pdf []byte) ([][]byte, error)
}

// Cleared is a document that passed the gate. Only [Check] makes one. The zero
// Cleared holds nothing and can't be written.
type Cleared struct {
	files  []File
	digest [sha256.Size]byte
}

// Check reads every file of d, and its name, for the forms of every person in
// ix. It returns a [*Refusal] if it finds a name that may not leave, or a file
// that it can't read, and a fault if d is not a document at all.
//
// The bytes of d are copied before they are read: what was checked is what
// leaves.
func Check(d Draft, ix *Index, opt Options) (Cleared, error) {
	files, err := copyFiles(d.Files)
	if err != nil {
		return Cleared{}, err
	}
	if ix == nil {
		return Cleared{}, fault.New(fault.Invalid, "gate.no_index")
	}
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	found, unread := readDraft(files, ix, opt)
	r := &Refusal{Unread: unread}
	for _, u := range unread {
		if !slices.Contains(r.Unreadable, u.File) {
			r.Unreadable = append(r.Unreadable, u.File)
		}
	}
	for _, h := range found {
		if h.Verdict == Block || h.Verdict == Review && !opt.Accepted[h.ID] {
			r.Hits = append(r.Hits, h)
		}
	}
	if len(r.Hits) > 0 || len(r.Unreadable) > 0 {
		return Cleared{}, r
	}
	return Cleared{files: files, digest: digest(files)}, nil
}

func copyFiles(in []File) ([]File, error) {
	if len(in) == 0 {
		return nil, fault.New(fault.Invalid, "gate.empty_draft")
	}
	files := make([]File, len(in))
	for i, f := range in {
		if !fs.ValidPath(f.Name) || f.Name == "." || strings.ContainsRune(f.Name, '\\') {
			return nil, fault.New(fault.Invalid, "gate.bad_file_name", fault.Count(i+1))
		}
		files[i] = File{f.Name, f.Media, bytes.Clone(f.Bytes)}
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(files); i++ {
		if files[i].Name == files[i-1].Name {
			return nil, fault.New(fault.Invalid, "gate.same_file_name")
		}
	}
	return files, nil
}

// digest hashes the listing of files, which are sorted by name: the line
// "habeas cleared 1", then for each file its name, its media type and the
// SHA-256 of its bytes, each preceded by its length as eight bytes, big-endian.
func digest(files []File) [sha256.Size]byte {
	list := []byte("habeas cleared 1\n")
	put := func(b []byte) {
		list = binary.BigEndian.AppendUint64(list, uint64(len(b)))
		list = append(list, b...)
	}
	for _, f := range files {
		sum := sha256.Sum256(f.Bytes)
		put([]byte(f.Name))
		put([]byte(f.Media))
		put(sum[:])
	}
	return sha256.Sum256(list)
}

// DigestOf returns the digest that files have once they are cleared, see
// [Cleared.Digest]: to tell whether they are those that were.
func DigestOf(files []File) ([sha256.Size]byte, error) {
	sorted, err := copyFiles(files)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	return digest(sorted), nil
}

// Files returns a copy of the files, sorted by name; none for the zero Cleared.
func (c Cleared) Files() []File {
	files := slices.Clone(c.files)
	for i := range files {
		files[i].Bytes = bytes.Clone(files[i].Bytes)
	}
	return files
}

// File returns a copy of one file, and whether there is one of that name.
func (c Cleared) File(name string) (File, bool) {
	for _, f := range c.files {
		if f.Name == name {
			f.Bytes = bytes.Clone(f.Bytes)
			return f, true
		}
	}
	return File{}, false
}

// Digest returns the SHA-256 of the listing of the files: the line "habeas
// cleared 1", then for each file, sorted by name, its name, its media type and
// the SHA-256 of its bytes, each preceded by its length as eight bytes,
// big-endian. It is all zeroes for the zero Cleared.
func (c Cleared) Digest() [sha256.Size]byte { return c.digest }

// WriteTo writes the files as a ZIP archive, sorted by name, uncompressed and
// without times, so that the same document is always the same bytes. It writes
// nothing and fails if c is the zero Cleared.
func (c Cleared) WriteTo(w io.Writer) (int64, error) {
	if c.files == nil {
		return 0, fault.New(fault.Withheld, "gate.not_cleared")
	}
	n := &counter{w: w}
	z := zip.NewWriter(n)
	for _, f := range c.files {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			return n.n, err
		}
		if _, err := out.Write(f.Bytes); err != nil {
			return n.n, err
		}
	}
	err := z.Close()
	return n.n, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// A Refusal is why a draft may not leave: where a protected person can be
// recognised, and what could not be read. It never says what stands there.
type Refusal struct {
	Hits       []Hit    // blocks, and review hits that nobody accepted
	Unreadable []string // names of the files that could not be read
	Unread     []Unread // what of them could not be read, and why
}

// Error returns words without a name, a file name or a place in them.
func (r *Refusal) Error() string { return "gate: withheld" }

// Unwrap returns the fault to show: "gate.unreadable" if a file could not be
// read, otherwise "gate.withheld" with the number of hits.
func (r *Refusal) Unwrap() error {
	if len(r.Unreadable) > 0 {
		return fault.New(fault.Withheld, "gate.unreadable", fault.Count(len(r.Unreadable)))
	}
	return fault.New(fault.Withheld, "gate.withheld", fault.Count(len(r.Hits)))
}
