package portal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"log/slog"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"habeas"
	"habeas/fault"
	"habeas/vault"
)

// Limits of a form.
const (
	maxParts      = 60
	maxPartHeader = 128 << 10 // a file may have any name
	maxName       = 1 << 10   // of which so much is kept
	maxTyped      = 2 * habeas.MaxLetter
	chunk         = 32 << 10
)

// A reading is a form on its way in. Text stays in memory; files go into seals
// as they come. Whatever happens, discard must be called.
type reading struct {
	s      *Server
	x      *exchange
	fields func(name string) kind

	// ready is asked once, when the fields before the first file were read: whether
	// the form is ours, and whether it is its turn. If it fails, the rest of the
	// body is read and dropped, so that the browser is there to see why.
	ready func() error
	asked bool
	late  error // why nothing will come of it

	typed   int // bytes of text
	held    int // of which so many are counted as memory
	files   hash.Hash
	uploads []*habeas.Upload
	refused int
	buf     []byte
}

// read reads the body into x.f and the uploads. The Form holds what was typed
// even if it fails.
func (in *reading) read() error {
	in.x.f.values = map[string][]string{}
	in.files = sha256.New()
	media, params, err := mime.ParseMediaType(in.x.r.Header.Get("Content-Type"))
	switch {
	case err == nil && media == "application/x-www-form-urlencoded":
		err = in.encoded()
	case err == nil && media == "multipart/form-data":
		err = in.multipart(params["boundary"])
	default:
		return errUnreadable(err)
	}
	if err == nil {
		in.ask()
		err = in.late
	}
	return err
}

// ask asks whether to go on.
func (in *reading) ask() {
	if in.asked || in.late != nil {
		return
	}
	in.asked = true
	if in.typed > habeas.MaxLetter {
		in.late = &refusal{status: http.StatusRequestEntityTooLarge, key: "too_long", field: textField}
		return
	}
	in.late = in.ready()
}

// discard destroys the files that nobody took.
func (in *reading) discard() {
	for _, u := range in.uploads {
		u.Discard()
	}
}

// encoded reads a form without files.
func (in *reading) encoded() error {
	b, err := in.text(in.x.r.Body, 3*maxTyped)
	if err != nil {
		return err
	}
	in.typed = 0
	if i := strings.LastIndexByte(b, '%'); in.late != nil && i >= 0 && i > len(b)-3 {
		b = b[:i] // half a character, where it was cut
	}
	if strings.Count(b, "&") >= maxParts {
		return errUnreadable(nil)
	}
	values, err := url.ParseQuery(b)
	if err != nil {
		return errUnreadable(err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, v := range values[name] {
			if k := in.fields(name); k == file && v == "" {
				continue // of a browser that can't send files
			} else if k != single && k != several {
				return errUnreadable(nil)
			}
			in.typed += len(v)
			if err := in.set(name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// multipart reads a form part by part.
func (in *reading) multipart(boundary string) error {
	if boundary == "" || len(boundary) > 70 {
		return errUnreadable(nil)
	}
	src := &metered{r: in.x.r.Body}
	parts := multipart.NewReader(src, boundary)
	for n := 0; ; n++ {
		src.left, src.on = maxPartHeader, true
		p, err := parts.NextRawPart()
		if err == io.EOF {
			// Nothing sensible follows; it is read so that the connection is whole.
			if _, err = io.Copy(io.Discard, src); err == nil {
				return nil
			}
		}
		if err != nil || n == maxParts {
			return errUnreadable(err)
		}
		src.on = false
		if err := in.part(p); err != nil {
			return errUnreadable(err)
		}
	}
}

func (in *reading) part(p *multipart.Part) error {
	name := p.FormName()
	switch in.fields(name) {
	case file:
		return in.file(p)
	case single, several:
		if p.FileName() != "" {
			return errUnreadable(nil)
		}
		v, err := in.text(p, maxTyped-in.typed)
		if err != nil {
			return err
		}
		return in.set(name, v)
	}
	return errUnreadable(nil)
}

// text reads at most so many bytes, and drops what is beyond them.
func (in *reading) text(r io.Reader, most int) (string, error) {
	var b []byte
	buf := in.buffer()
	for {
		n, err := r.Read(buf[:4<<10])
		in.typed += n
		if len(b)+n > most {
			n = max(0, most-len(b))
			in.refuse(&refusal{status: http.StatusRequestEntityTooLarge, key: "too_long", field: textField})
		}
		if !in.remember(n) {
			n = 0
			in.refuse(errCrowded())
		}
		b = append(b, buf[:n]...)
		if err == io.EOF {
			return string(b), nil
		}
		if err != nil {
			return string(b), err
		}
	}
}

// refuse notes why nothing will come of the form, unless something was noted
// before.
func (in *reading) refuse(why error) {
	if in.late == nil {
		in.late = why
	}
}

// remember takes n bytes of memory for as long as the request lasts. It fails if
// all texts together have none left.
func (in *reading) remember(n int) bool {
	if n == 0 {
		return true
	}
	if !in.s.queue.texts.take(n) {
		return false
	}
	if in.held == 0 {
		in.x.hold(func() { in.s.queue.texts.give(in.held) })
	}
	in.held += n
	return true
}

func (in *reading) set(name, value string) error {
	if in.fields(name) == single && in.x.f.values[name] != nil {
		return errUnreadable(nil)
	}
	in.x.f.values[name] = append(in.x.f.values[name], cleanText(value))
	return nil
}

// file reads one file into a seal. One that can't be taken is read all the same,
// dropped and counted.
func (in *reading) file(p *multipart.Part) error {
	in.ask()
	buf := in.buffer()
	n, err := p.Read(buf)
	if n == 0 && err == io.EOF && p.FileName() == "" {
		return nil // an empty file input
	}
	name := fileName(p.FileName())
	in.mix([]byte(name))
	u, size := in.open(name), 0
	for {
		size += n
		in.files.Write(buf[:n])
		if u != nil && n > 0 {
			if _, err := u.Write(buf[:n]); err != nil {
				u = in.drop(u, err)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err // cut off
		}
		n, err = p.Read(buf)
	}
	in.mix(binary.BigEndian.AppendUint64(nil, uint64(size)))
	if u != nil {
		if err := u.Close(); err != nil {
			in.drop(u, err)
		}
	}
	return nil
}

// mix puts b into what the files are known by.
func (in *reading) mix(b []byte) {
	sum := sha256.Sum256(b)
	in.files.Write(sum[:])
}

// open begins an upload. It returns nil if the file can't be taken.
func (in *reading) open(name string) *habeas.Upload {
	if in.late != nil {
		return nil
	}
	ctx := in.x.r.Context()
	err := error(nil)
	if len(in.uploads) == habeas.MaxUploads {
		in.refused++
		return nil
	}
	if len(in.uploads) == 0 {
		if err = in.s.queue.files.take(ctx, filePatience); err == nil {
			in.x.hold(in.s.queue.files.leave)
		}
	}
	var u *habeas.Upload
	if err == nil {
		u, err = in.s.Desk.Upload(ctx, vault.NewText(name))
	}
	if err != nil {
		return in.drop(nil, err)
	}
	in.uploads = append(in.uploads, u)
	return u
}

// drop discards a file that can't be taken, and counts it.
func (in *reading) drop(u *habeas.Upload, why error) *habeas.Upload {
	in.refused++
	if u != nil {
		u.Discard()
		in.uploads = slices.DeleteFunc(in.uploads, func(o *habeas.Upload) bool { return o == u })
	}
	if k := fault.KindOf(why); k == fault.Internal || k == fault.Damaged {
		in.s.Log.LogAttrs(context.Background(), slog.LevelError, "file",
			slog.String("ref", in.x.ref), slog.String("fault", asRefusal(why).key), slog.String("cause", causeType(why)))
	}
	return nil
}

func (in *reading) buffer() []byte {
	if in.buf == nil {
		in.buf = make([]byte, chunk)
	}
	return in.buf
}

// sum returns what tells this form from one with other words or files in it.
func (in *reading) sum() []byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(in.x.f.values)) {
		if name == onceField || name == ticketField {
			continue
		}
		for _, v := range in.x.f.values[name] {
			n, w := sha256.Sum256([]byte(name)), sha256.Sum256([]byte(v))
			h.Write(n[:])
			h.Write(w[:])
		}
	}
	return in.files.Sum(h.Sum(nil))
}

// fileName returns what is kept of a file's name. It is data, never a path.
func fileName(s string) string {
	s = strings.ReplaceAll(cleanText(s), "\n", " ")
	if len(s) > maxName {
		s = s[:maxName]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return s
}

// A metered reader fails beyond left bytes while it is on.
type metered struct {
	r    io.Reader
	on   bool
	left int
}

// Read reads the next bytes.
func (m *metered) Read(b []byte) (int, error) {
	if !m.on {
		return m.r.Read(b)
	}
	if m.left <= 0 {
		return 0, errUnreadable(nil)
	}
	n, err := m.r.Read(b[:min(len(b), m.left)])
	m.left -= n
	return n, err
}

// errUnreadable returns err if it can be said, and otherwise that a form could
// not be read.
func errUnreadable(err error) error {
	if e, ok := errors.AsType[*refusal](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &refusal{status: http.StatusBadRequest, key: "unreadable", cause: err}
}
