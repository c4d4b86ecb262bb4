package web

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/vault"
)

// Names of fields that every form has, or that are never kept.
const (
	tokenField = "form"   // the token: see checkForm
	whichField = "which"  // on a page of several forms, which one this is
	draftField = "draft"  // of a kept form that is sent again: dropped once it was taken
	sureField  = "sure"   // "1": words that look like names were looked at, and are none
	passField  = "pass"   // a passphrase, under this name or one that begins so: never shown again, never in a draft
	codeField  = "code"   // of a second factor; like a passphrase
	signField  = "signed" // by a passkey; too
)

// secret reports whether a field is never shown again, never kept, and never part
// of what a form is known by.
func secret(name string) bool {
	return name == passField || strings.HasPrefix(name, passField+".") || name == codeField || name == signField
}

// A Form is what was typed into one form, and what was wrong with it. The empty
// Form is a form nobody has filled yet.
type Form struct {
	values url.Values
	files  map[string]File
	fault  *fault.Error
	wrong  string                // the field that was refused for its bytes
	hints  map[string]*hintsView // what it was refused for, by field; see hintsAfter
	coming *incoming             // files that were not read yet; see readFields

	uploads []*habeas.Upload // and once they were, sealed
}

// A File came with a form.
type File struct {
	Name  string // as the browser said it: data, never a path
	Bytes []byte
}

// readForm reads the body of a POST. Of fields not named in raw it refuses what
// no one types: bytes that are not UTF-8, NULs, and controls that make text read
// otherwise than it is. The Form is returned with an error too, fit to be shown.
func readForm(w http.ResponseWriter, r *http.Request, raw []string) (*Form, error) {
	f := &Form{}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return f, fault.New(fault.Invalid, "form.unreadable")
	case media == "application/x-www-form-urlencoded":
		err = r.ParseForm()
		f.values = r.PostForm
	case media == "multipart/form-data":
		// Never more than the body's limit, so that no part is put on a disk.
		err = r.ParseMultipartForm(2 * maxBody)
		if err == nil {
			f.values, err = url.Values(r.MultipartForm.Value), f.readFiles(r)
		}
	default:
		return f, fault.New(fault.Invalid, "form.unreadable")
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return f, err
	}
	if err != nil {
		return f, fault.Wrap(err, fault.Invalid, "form.unreadable")
	}
	return f, f.clean(raw)
}

func (f *Form) readFiles(r *http.Request) error {
	f.files = map[string]File{}
	for name, headers := range r.MultipartForm.File {
		for _, h := range headers {
			if h.Size == 0 && h.Filename == "" {
				continue // an empty file input
			}
			src, err := h.Open()
			if err != nil {
				return err
			}
			b, err := io.ReadAll(src)
			if err := errors.Join(err, src.Close()); err != nil {
				return err
			}
			f.files[name] = File{Name: h.Filename, Bytes: b}
		}
	}
	return nil
}

// clean makes every field fit to be shown, and fails if it had to change one.
func (f *Form) clean(raw []string) error {
	var bad *fault.Error
	for name, values := range f.values {
		for i, v := range values {
			if slices.Contains(raw, name) {
				continue
			}
			if strings.HasPrefix(name, keepPrefix) {
				values[i] = strings.ToValidUTF8(v, string(utf8.RuneError)) // judged when it is sent where it belongs
				continue
			}
			v = strings.ReplaceAll(v, "\r\n", "\n")
			if clean := cleanText(v); clean != v {
				bad, f.wrong = fault.New(fault.Invalid, "form.bad_characters"), name
				v = clean
			}
			values[i] = v
		}
	}
	if bad != nil {
		return bad
	}
	return nil
}

// cleanText takes out of s what a field may not hold. Marks of direction that
// Arabic and Hebrew are written with stay; controls that embed or override one
// do not.
func cleanText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || 0x7f <= r && r < 0xa0, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// Get returns what was typed into a field, or "".
func (f *Form) Get(name string) string { return f.values.Get(name) }

// Trimmed returns what was typed without space around it.
func (f *Form) Trimmed(name string) string { return strings.TrimSpace(f.Get(name)) }

// All returns every value of a field, for boxes and repeated fields.
func (f *Form) All(name string) []string { return f.values[name] }

// Has reports whether value is among those of a field.
func (f *Form) Has(name, value string) bool { return slices.Contains(f.values[name], value) }

// Secret returns a field that must not be printed.
func (f *Form) Secret(name string) vault.Text { return vault.NewText(f.Get(name)) }

// File returns a file that came with the form. A form that was kept and sent
// again has the file's text as a field of the same name.
func (f *Form) File(name string) (File, bool) {
	if file, ok := f.files[name]; ok {
		return file, true
	}
	if text := f.Get(name); text != "" {
		return File{Name: f.Get(name + ".name"), Bytes: []byte(text)}, true
	}
	return File{}, false
}

// FileText returns the text of a file, to be put into a text field when its form
// comes back: a browser does not choose a file again.
func (f *Form) FileText(name string) string {
	file, _ := f.File(name)
	if !utf8.Valid(file.Bytes) {
		return ""
	}
	return string(file.Bytes)
}

// Failed reports whether the form was refused.
func (f *Form) Failed() bool { return f.fault != nil }

// Fault returns why the form was refused, or nil.
func (f *Form) Fault() *fault.Error { return f.fault }

// Is reports whether this is the form of that name on a page of several.
func (f *Form) Is(which string) bool { return f.Get(whichField) == which }

// For returns f if it is the form of that name, and otherwise an empty one: on a
// page of several forms, only the one that was sent comes back filled.
func (f *Form) For(which string) *Form {
	if f.Is(which) {
		return f
	}
	return &Form{}
}

// Wrong reports whether the refusal was about this field.
func (f *Form) Wrong(name string) bool {
	if f.fault == nil {
		return false
	}
	if f.wrong != "" {
		return f.wrong == name
	}
	for _, a := range f.fault.Args() {
		if fault.FieldName(a) == name {
			return true
		}
	}
	return false
}

// Why returns the refusal as a sentence, or "".
func (f *Form) Why(p *locale.Printer) string {
	switch {
	case f.fault == nil:
		return ""
	case f.wrong != "" && p.Has("field."+f.wrong):
		return p.T("ui.form.bad_characters_in", p.T("field."+f.wrong))
	}
	return p.Fault(f.fault)
}

// status returns the HTTP status of a page that shows f.
func (f *Form) status() int {
	if f.fault == nil {
		return http.StatusOK
	}
	return statusOf(f.fault)
}

// hash returns what tells f from a form with other words in it.
func (f *Form) hash() [32]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if name == tokenField || secret(name) {
			continue
		}
		fmt.Fprintf(h, "%q %q\n", name, f.values[name])
	}
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		fmt.Fprintf(h, "%q %q %x\n", name, f.files[name].Name, sha256.Sum256(f.files[name].Bytes))
	}
	for _, u := range f.uploads {
		fmt.Fprintf(h, "%s\n", u.SHA256())
	}
	return [32]byte(h.Sum(nil))
}

// secrets returns what hash leaves out.
func (f *Form) secrets() vault.Text {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if secret(name) {
			fmt.Fprintf(&b, "%q %q\n", name, f.values[name])
		}
	}
	return vault.NewText(b.String())
}

// kept returns what can be kept of f for later: everything but tokens and
// passphrases, with files as text where they are text.
func (f *Form) kept() map[string][]string {
	fields := map[string][]string{}
	for name, values := range f.values {
		if name == tokenField || secret(name) || name == draftField || name == uploadField || strings.Join(values, "") == "" ||
			strings.HasPrefix(name, saidPrefix) || strings.HasPrefix(name, sayPrefix) {
			continue
		}
		for _, v := range values {
			fields[name] = append(fields[name], strings.ToValidUTF8(v, string(utf8.RuneError)))
		}
	}
	for name := range f.files {
		if text := f.FileText(name); text != "" {
			fields[name] = []string{text}
			fields[name+".name"] = []string{strings.ToValidUTF8(f.files[name].Name, string(utf8.RuneError))}
		}
	}
	return fields
}
