// Package clean makes a file anew from what it shows: pixels, samples, text, and
// what is needed to show them. Everything else stays behind: who made it, with
// what, when and where, what it was called, what was there before, and bytes that
// no program reads.
//
// It keeps what is on a list and never removes what is on another: a format, a
// part or a field that it does not know is refused or left out. What can be seen
// and heard stays: faces, voices, number plates, and marks that a printer or a
// camera leaves in the pixels themselves are not looked for.
//
// Files may be hostile. Callers that open files of strangers run this package in a
// process of its own, see internal/sandbox.
package clean

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Kind is a format, recognised by content alone.
type Kind struct {
	Name  string // such as "jpeg"
	Ext   string // with its dot, as the cleaned file should end
	Media string
}

// A Removed is something that stays behind.
type Removed struct {
	What  string // of which sort, such as "GPSLatitude" or "comment"
	Where string // part of the file, such as "APP1" or "word/comments.xml"
	Value string // what it said, if that is short text; "" otherwise
	Bytes int64  // of the file; 0 if they can't be told apart
	Shown bool   // people could see or hear it in the file as it was
}

// A Report says what a file was and what was left out of it.
type Report struct {
	Kind    Kind
	Removed []Removed
}

// A Reason says why a file is refused.
type Reason string

// Why a file is refused.
const (
	Unknown   Reason = "a format that is not known"
	Broken    Reason = "not as its format asks"
	Unable    Reason = "something in it that can't be made anew"
	Large     Reason = "too large, or it says that it is"
	Encrypted Reason = "encrypted"
	Active    Reason = "a program in it"
	Nested    Reason = "files in it too deep in one another"
)

// A Refused says that a file was not cleaned.
type Refused struct {
	Reason Reason
	Where  string // the part of the file; "" if it is the file
}

// Error returns the reason and the place, in English.
func (r *Refused) Error() string {
	if r.Where == "" {
		return "clean: " + string(r.Reason)
	}
	return fmt.Sprintf("clean: %s: %s", r.Where, r.Reason)
}

func refuse(why Reason, where string) error { return &Refused{why, where} }

// deepest is how deep files may lie in each other: a picture in a document in an
// archive.
const deepest = 3

// mostMemory is how large a file may be that is read whole.
const mostMemory = 256 << 20

// A job is a file that is being cleaned.
type job struct {
	*Report
	depth int
	left  *int64 // bytes that may yet be unpacked, here and in files in it
}

func (j *job) removed(what, where, value string, n int) {
	j.Removed = append(j.Removed, Removed{What: what, Where: where, Value: short(value), Bytes: int64(n)})
}

// vanished is removed for what was shown.
func (j *job) vanished(what, where, value string) {
	j.removed(what, where, value, 0)
	j.Removed[len(j.Removed)-1].Shown = true
}

// short returns s if it can be shown in a line, or its beginning.
func short(s string) string {
	const most = 200
	clean := []rune(s)
	for i, r := range clean {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			clean[i] = ' '
		}
	}
	if len(clean) > most {
		clean = append(clean[:most], '…')
	}
	return string(clean)
}

// Clean writes to w the file of size bytes that r reads, made anew, and returns
// what was left out. The error is a [*Refused] if the file can't be cleaned; what
// was written to w then must not be used.
func Clean(w io.Writer, r io.ReaderAt, size int64) (*Report, error) {
	left := int64(mostUnpack)
	j := &job{Report: &Report{}, left: &left}
	if err := j.clean(w, r, size); err != nil {
		return nil, err
	}
	return j.Report, nil
}

// Bytes is Clean for a file in memory.
func Bytes(b []byte) ([]byte, *Report, error) {
	var out bytes.Buffer
	report, err := Clean(&out, bytes.NewReader(b), int64(len(b)))
	return out.Bytes(), report, err
}

func (j *job) clean(w io.Writer, r io.ReaderAt, size int64) error {
	f, ok := find(r, size)
	if !ok {
		return refuse(Unknown, "")
	}
	j.Kind = f.Kind
	if f.stream != nil {
		return f.stream(j, w, r, size)
	}
	if size > mostMemory {
		return refuse(Large, "")
	}
	b, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return err
	}
	out, err := f.whole(j, b)
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// inner cleans a file that lies in another at where, and returns it with its
// kind.
func (j *job) inner(b []byte, where string) ([]byte, Kind, error) {
	if j.depth+1 >= deepest {
		return nil, Kind{}, refuse(Nested, where)
	}
	in := &job{Report: &Report{}, depth: j.depth + 1, left: j.left}
	var out bytes.Buffer
	if err := in.clean(&out, bytes.NewReader(b), int64(len(b))); err != nil {
		if r, ok := err.(*Refused); ok {
			return nil, Kind{}, refuse(r.Reason, join(where, r.Where))
		}
		return nil, Kind{}, err
	}
	for _, r := range in.Removed {
		r.Where = join(where, r.Where)
		j.Removed = append(j.Removed, r)
	}
	return out.Bytes(), in.Kind, nil
}

// picture cleans a picture that lies in another file at where. One that can't be
// made anew is left out, which is told: out is nil then.
func (j *job) picture(b []byte, where string) (out []byte, kind Kind, err error) {
	out, kind, err = j.inner(b, where)
	switch r, refused := errors.AsType[*Refused](err); {
	case refused:
		j.vanished("picture: "+string(r.Reason), where, "")
		return nil, Kind{}, nil
	case err == nil && !strings.HasPrefix(kind.Media, "image/"):
		j.vanished("picture: "+string(Unknown), where, "")
		return nil, Kind{}, nil
	}
	return out, kind, err
}

func join(outer, inner string) string {
	if inner == "" {
		return outer
	}
	return outer + ": " + inner
}

// KindOf returns the kind of a file, if it is one that can be cleaned.
func KindOf(r io.ReaderAt, size int64) (Kind, bool) {
	f, ok := find(r, size)
	return f.Kind, ok
}
