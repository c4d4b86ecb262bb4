package portal

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"habeas"
	"habeas/internal/locale"
)

//go:embed page/*.html
var pageFiles embed.FS

// pages holds the parsed templates by name. Each is a set of its own, so that
// one page's words never stand in another.
type pages map[string]*template.Template

// parsePages reads page/layout.html and page/part_*.html into every page.
func parsePages() (pages, error) {
	shared, err := template.New("layout").ParseFS(pageFiles, "page/layout.html", "page/part_*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(pageFiles, "page/*.html")
	if err != nil {
		return nil, err
	}
	all := pages{}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || strings.HasPrefix(name, "part_") {
			continue
		}
		set, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if all[name], err = set.ParseFS(pageFiles, file); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// A Frame is what every page has around its own matter. Page structs embed it.
type Frame struct {
	P        *locale.Printer
	Form     *Form // what was typed and refused; empty otherwise
	Style    string
	Leave    string
	office   string // name of the organisation, or ""
	page     string // end of the path that shows this page in every language; "-" if none does
	settings *Settings
}

// frame returns the frame of a page. page is the end of its path, "" for the
// first, which all languages have.
func (s *Server) frame(x *exchange, page string) Frame {
	name, _ := wordsIn(s.Settings.Name, x.p.Lang())
	return Frame{P: x.p, Form: x.f, Style: s.style.path(), Leave: s.Settings.leave(), office: name, page: page, settings: &s.Settings}
}

// T returns words of the catalogue, see [locale.Printer.T].
func (fr Frame) T(key string, args ...any) string { return fr.P.T("portal."+key, args...) }

// N returns words for a number of things, see [locale.Printer.N].
func (fr Frame) N(key string, n int, args ...any) string { return fr.P.N("portal."+key, n, args...) }

// Lang returns the language of the page.
func (fr Frame) Lang() string { return fr.P.Lang() }

// Dir returns the direction of the page.
func (fr Frame) Dir() string { return fr.P.Dir() }

// Office returns the name of the organisation, or words in its place.
func (fr Frame) Office() string {
	if fr.office == "" {
		return fr.T("office")
	}
	return fr.office
}

// At returns the path of a page in the language of this one.
func (fr Frame) At(page string) string { return "/" + fr.Lang() + "/" + page }

// Alert returns why the form was refused, to stand on top of the page; or "".
func (fr Frame) Alert() string {
	if fr.Form.fault == nil {
		return ""
	}
	return fr.Form.fault.say(fr.P)
}

// AlertAt returns the field that the refusal is about, or "".
func (fr Frame) AlertAt() string {
	if fr.Form.fault == nil {
		return ""
	}
	return fr.Form.fault.field
}

// A langLink leads to a page in another language.
type langLink struct {
	Lang, Dir, Name, Href string
	Here                  bool
}

// Langs returns the languages of the page, each by its own name.
func (fr Frame) Langs() []langLink {
	var all []langLink
	for _, l := range fr.settings.langs() {
		p := locale.New(l)
		all = append(all, langLink{l, p.Dir(), p.T("portal.self"), "/" + l + "/" + fr.page, l == fr.Lang()})
	}
	return all
}

// A usesPart is the choice of what may be done with an account.
type usesPart struct {
	p    *locale.Printer
	Form *Form
}

// A choice is one box or one button of several.
type choice struct {
	ID, Name, Value, Label string
	Chosen                 bool
}

// T returns words of the catalogue.
func (u usesPart) T(key string) string { return u.p.T("portal." + key) }

// Audiences returns a box for each sort of recipient.
func (u usesPart) Audiences() []choice {
	var all []choice
	for _, to := range audiences() {
		all = append(all, choice{"use-" + to, useField, to, u.p.T("portal.use." + to), u.Form.Has(useField, to)})
	}
	return all
}

// Namings returns the ways of naming people.
func (u usesPart) Namings() []choice { return choices(u.p, u.Form, namedField, namings()) }

// Places returns the ways of giving places.
func (u usesPart) Places() []choice {
	return defaultSecond(choices(u.p, u.Form, placeField, exactness()))
}

// Urgency returns whether somebody is in danger.
func (fr Frame) Urgency() []choice { return choices(fr.P, fr.Form, urgentField, urgency()) }

// Delays returns when keys are destroyed after a withdrawal.
func (fr Frame) Delays() []choice {
	return defaultSecond(choices(fr.P, fr.Form, delayField, delays()))
}

// defaultSecond puts buttons whose default is given first, and the smallest
// second, in order.
func defaultSecond(all []choice) []choice {
	all[0], all[1] = all[1], all[0]
	return all
}

// choices returns a button for each value of a field.
func choices(p *locale.Printer, f *Form, name string, values []string) []choice {
	chosen := f.Chosen(name, values...)
	var all []choice
	for _, v := range values {
		all = append(all, choice{name + "-" + v, name, v, p.T("portal." + name + "." + v), v == chosen})
	}
	return all
}

// pageSize is what all pages are padded to a multiple of: from outside, one looks
// like another.
const pageSize = 32 << 10

// show renders a page and sends it.
func (s *Server) show(x *exchange, status int, name string, page any) error {
	t := s.pages[name]
	if t == nil {
		return fmt.Errorf("portal: no page %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", page); err != nil {
		return err
	}
	pad(&b)
	x.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	x.w.WriteHeader(status)
	// An error here is a reader who left; there is nobody to tell.
	_, _ = x.w.Write(b.Bytes())
	return nil
}

// pad adds a comment, up to a multiple of pageSize.
func pad(b *bytes.Buffer) {
	const begin, end = "<!-- ", " -->\n"
	b.WriteString(begin)
	b.WriteString(strings.Repeat(".", pageSize-1-(b.Len()+len(end)-1)%pageSize))
	b.WriteString(end)
}

// A textArea is the main thing of a form.
type textArea struct {
	Label, Hint, Value string
	Wrong              bool
}

// FileInputs returns the numbers of the inputs for files: several, for browsers
// that choose one file at a time.
func (fr Frame) FileInputs() []int { return []int{1, 2, 3} }

// FilesHint says how many files can be sent at once, and how large each.
func (fr Frame) FilesHint() string {
	return fr.N("files_hint", habeas.MaxUploads, habeas.MaxUpload>>20)
}
