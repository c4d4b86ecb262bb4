package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"habeas"
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
	r.Body = struct {
		io.Reader
		io.Closer
	}{steady{http.MaxBytesReader(w, r.Body, habeas.MaxUpload+maxBody), http.NewResponseController(w)}, r.Body}
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

// receive reads the file of a form whose sender is known into its seal. Only one
// file comes with a form.
func (s *Server) receive(x *exchange) error {
	in := x.f.coming
	if in == nil {
		return nil
	}
	x.f.coming = nil
	if in.file.FormName() != exhibitFile {
		return fault.New(fault.Invalid, "form.unreadable")
	}
	u, err := s.Desk.UploadExhibit(x.r.Context(), x.by, vault.NewText(in.file.FileName()))
	if err == nil {
		x.f.upload = u
		if _, err = io.Copy(u, in.file); err == nil {
			err = u.Close()
		}
	}
	conn := http.NewResponseController(x.w)
	if err != nil { // a browser reads no answer before it has sent all
		_, _ = io.Copy(io.Discard, in.body)
	}
	_ = conn.SetWriteDeadline(time.Now().Add(slowest)) // the one of the request may be over by now
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return fault.Wrap(err, fault.Invalid, "intake.file_too_large", fault.Count(habeas.MaxUpload>>20))
	}
	if _, known := errors.AsType[*fault.Error](err); err != nil && !known {
		return fault.Wrap(err, fault.Invalid, "form.unreadable")
	}
	return err
}

// discard destroys the file of a form that nothing came to own.
func (f *Form) discard() {
	if f.upload != nil {
		f.upload.Discard()
	}
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
