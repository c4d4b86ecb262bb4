package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"habeas/fault"
	"habeas/vault"
)

// Files of any size come in forms whose route says so. Their fields stand before the
// file and are read first; the file itself is read only once it is known who sends it
// and that this server made the form, and goes into its seal as it comes.

// exhibitFile is the field that such a file comes in.
const exhibitFile = "ex_file"

// mostFields is how many fields such a form has at most.
const mostFields = 64

// An incoming is a form whose fields were read, and whose file was not.
type incoming struct {
	parts *multipart.Reader
	file  *multipart.Part
	body  io.Reader
}

// readFields reads the fields of a form up to its file.
func readFields(w http.ResponseWriter, r *http.Request) (*Form, error) {
	f := &Form{values: url.Values{}}
	r.Body = steadily(w, r.Body) // of no limit: what is read before its sender is known has one below
	parts, err := r.MultipartReader()
	if err != nil {
		return f, fault.Wrap(err, fault.Invalid, "form.unreadable")
	}
	left := int64(strangersBody)
	for range mostFields {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, f.clean(nil)
		}
		if err != nil {
			return f, fault.Wrap(err, fault.Invalid, "form.unreadable")
		}
		if part.FileName() != "" {
			f.coming = &incoming{parts, part, r.Body}
			return f, f.clean(nil)
		}
		b, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return f, fault.Wrap(err, fault.Invalid, "form.unreadable")
		}
		if left -= int64(len(b)); left < 0 {
			break
		}
		f.values.Add(part.FormName(), string(b))
	}
	return f, fault.New(fault.Invalid, "form.too_large")
}

// mostFiles is how many files come with one form, where no script sends them one by one.
const mostFiles = 100

// mostDrained is how much of a form is read that is refused. A browser reads no answer
// before it has sent all; of what is larger it says that the connection was lost.
const mostDrained = 80 << 20

// receive reads the files of a form whose sender is known into their seals. After the
// first one nothing comes but files.
func (s *Server) receive(x *exchange) error {
	in := x.f.coming
	if in == nil {
		return nil
	}
	x.f.coming = nil
	err := s.receiveFiles(x, in)
	if err != nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(in.body, mostDrained))
	}
	_ = http.NewResponseController(x.w).SetWriteDeadline(time.Now().Add(slowest)) // the one of the request may be over by now
	if _, known := errors.AsType[*fault.Error](err); err != nil && !known {
		return fault.Wrap(err, fault.Invalid, "form.unreadable")
	}
	return err
}

func (s *Server) receiveFiles(x *exchange, in *incoming) error {
	for part := in.file; ; {
		if part.FormName() != exhibitFile || part.FileName() == "" || len(x.f.uploads) == mostFiles {
			return fault.New(fault.Invalid, "form.unreadable")
		}
		u, err := s.Desk.UploadExhibit(x.r.Context(), x.by, vault.NewText(part.FileName()))
		if err != nil {
			return err
		}
		x.f.uploads = append(x.f.uploads, u)
		if _, err := io.Copy(u, part); err != nil {
			return err
		}
		if err := u.Close(); err != nil {
			return err
		}
		if part, err = in.parts.NextPart(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// discard destroys the files of a form that nothing came to own.
func (f *Form) discard() {
	for _, u := range f.uploads {
		u.Discard()
	}
}

// steadily returns a body that is read for as long as something comes.
func steadily(w http.ResponseWriter, body io.ReadCloser) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{steady{body, http.NewResponseController(w)}, body}
}

// steady reads for as long as something comes.
type steady struct {
	io.Reader
	conn *http.ResponseController
}

// Read implements [io.Reader].
func (s steady) Read(b []byte) (int, error) {
	_ = s.conn.SetReadDeadline(time.Now().Add(slowest)) // not every connection has one
	return s.Reader.Read(b)
}
