package web

import (
	"bytes"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"habeas"
	"habeas/fault"
	"habeas/redact"
)

// mostCuts is how many parts a form may take out: as many as an address has room for.
const mostCuts = 60

// Names of the fields of a part that goes, in per cent and seconds; each may come
// many times, and those of one number belong together.
var (
	cutFields  = [...]string{"cut_left", "cut_top", "cut_right", "cut_bottom"}
	timeFields = [...]string{"cut_from", "cut_to"}
	muteFields = [...]string{"mute_from", "mute_to"}
)

// redactPage takes parts out of an exhibit: boxes that are drawn on it, and times.
type redactPage struct {
	caseFrame
	Words, Back string
	Ready       bool // it is shown to the reader as it is
	Start       Part
	Picture     string // what boxes are drawn on
	Sheet       *pageView
	Cuts        []cutView
	Blank       cutView // what script copies for a new box
	Mutes       []cutView
	Film, Sound bool
	At          string
	Preview     string // a picture of the result
	Only        string // what is said where there is no preview
	Cut         Field  // words of a document that go wherever they stand
	Why         Field
	Redact      string // path of the script
}

// A cutView is one part that goes, as fields.
type cutView struct {
	N      int
	Words  string
	Page   int  // of a document
	Here   bool // on the page that is shown
	Boxes  []numberView
	Times  []numberView
	DropIs string
	Try    string // where the button that drops it goes
}

// A numberView is a field that takes a number.
type numberView struct{ ID, Name, Label, Value, Most, Step string }

// redacts reports whether parts can be taken out of an exhibit here.
func redacts(x *habeas.ExhibitFile) bool { return x.Safe != nil && habeas.Redacts(x.Media) }

func (s *Server) redactPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseExhibit(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "exhibits")
	if err != nil {
		return err
	}
	x, err := s.Desk.Exhibit(r.Context(), by, id, ref)
	if err != nil {
		return err
	}
	of := habeas.FileOf{Exhibit: ref}
	p := redactPage{caseFrame: c, Words: c.exhibitWords(ref), Back: exhibitPath(id, ref), Start: c.In("redact"), Redact: s.assets.path("redact.js")}
	p.Here = p.Back + "/redact"
	shown, clear := s.Desk.LooksAtFile(by, id, of)
	if p.Ready = redacts(x) && shown && (clear || x.Mark == nil); !p.Ready {
		return s.show(w, f, "redact", p)
	}
	p.Film, p.Sound = strings.HasPrefix(x.Media, "video/"), strings.HasPrefix(x.Media, "audio/")
	do, value, _ := strings.Cut(f.Get("do"), ":")
	page := 0
	switch {
	case p.Sound:
	case p.Film:
		p.At = seconds(f.Get("cut_at"))
		p.Picture = p.Back + "/picture?at=" + p.At
	case x.Media == "application/pdf":
		pages, err := s.Desk.PagesOf(r.Context(), by, id, of)
		if err != nil {
			return err
		}
		if page, err = strconv.Atoi(f.Get("cut_shown")); err != nil || page < 1 {
			page = 1
		}
		if n, err := strconv.Atoi(value); do == "page" && err == nil && n > 0 {
			page = n
		}
		p.Sheet = c.sheet(p.Back, page, pages)
		page, p.Picture = p.Sheet.Number, p.Sheet.Picture
	case slices.Contains(pictures[:], x.Safe.Media):
		p.Picture = p.Back + "/safe"
	default:
		p.Picture = p.Back + "/picture"
	}
	p.fields(f, page, do, value)
	if do == "preview" && f.fault == nil && !p.Film && !p.Sound && len(p.Cuts) > 0 {
		p.Preview = p.Here + "/picture?" + p.query(f, page)
	}
	if p.Film || p.Sound {
		p.Only = p.T("ui.redact.only_after")
	}
	p.Why = p.Start.Field("ex_why")
	if p.Sheet != nil {
		p.Cut = p.Start.Field("ex_cut")
	}
	return s.show(w, f, "redact", p)
}

// seconds returns a number of seconds as it was typed, or "0".
func seconds(text string) string {
	if n, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && n >= 0 && n < 1e6 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return "0"
}

// fields lays out the parts that were typed so far, with what do asks for.
func (p *redactPage) fields(f *Form, page int, do, value string) {
	drop := -1
	if n, err := strconv.Atoi(value); err == nil && do == "drop" {
		drop = n
	}
	pages := f.All("cut_page")
	for i := range min(len(f.All(cutFields[0])), mostCuts) {
		on := page
		if i < len(pages) {
			if n, err := strconv.Atoi(pages[i]); err == nil {
				on = n
			}
		}
		if i+1 != drop {
			p.Cuts = append(p.Cuts, p.cut(f, i, len(p.Cuts)+1, on, on == page))
		}
	}
	if do == "add" && len(p.Cuts) < mostCuts {
		p.Cuts = append(p.Cuts, p.cut(&Form{}, 0, len(p.Cuts)+1, page, true))
	}
	p.Blank = p.cut(&Form{}, 0, 0, page, true)
	if !p.Film && !p.Sound {
		return
	}
	dropMute := -1
	if n, err := strconv.Atoi(value); err == nil && do == "unmute" {
		dropMute = n
	}
	for i := range min(len(f.All(muteFields[0])), mostCuts) {
		if i+1 != dropMute {
			p.Mutes = append(p.Mutes, p.mute(f, i, len(p.Mutes)+1))
		}
	}
	if do == "mute" && len(p.Mutes) < mostCuts {
		p.Mutes = append(p.Mutes, p.mute(&Form{}, 0, len(p.Mutes)+1))
	}
}

func (p *redactPage) cut(f *Form, i, n, page int, here bool) cutView {
	v := cutView{N: n, Words: p.T("ui.redact.box", n), Page: page, Here: here, DropIs: p.T("ui.redact.drop", n), Try: p.Here + "/try"}
	if p.Sheet != nil {
		v.Words = p.T("ui.redact.box.page", n, page)
	}
	for k, name := range cutFields {
		v.Boxes = append(v.Boxes, p.number(f, name, i, n, [...]string{"40", "40", "60", "60"}[k], "100", "0.1"))
	}
	if p.Film {
		for _, name := range timeFields {
			v.Times = append(v.Times, p.number(f, name, i, n, "0", "1000000", "0.1"))
		}
	}
	return v
}

func (p *redactPage) mute(f *Form, i, n int) cutView {
	v := cutView{N: n, Words: p.T("ui.redact.mute", n), DropIs: p.T("ui.redact.unmute", n), Try: p.Here + "/try"}
	for _, name := range muteFields {
		v.Times = append(v.Times, p.number(f, name, i, n, "0", "1000000", "0.1"))
	}
	return v
}

func (p *redactPage) number(f *Form, name string, i, n int, otherwise, most, step string) numberView {
	v := numberView{ID: name + "-" + strconv.Itoa(n), Name: name, Label: p.T("field." + name), Value: otherwise, Most: most, Step: step}
	if all := f.All(name); i < len(all) {
		v.Value = all[i]
	}
	return v
}

// query returns the boxes of a form for the address of a picture: numbers, no words.
func (p *redactPage) query(f *Form, page int) string {
	q := url.Values{"page": {strconv.Itoa(max(page, 1))}}
	for _, c := range p.Cuts {
		for _, n := range c.Boxes {
			q.Add(n.Name, n.Value)
		}
		if p.Sheet != nil {
			q.Add("cut_page", strconv.Itoa(c.Page))
		}
	}
	return q.Encode()
}

// plan reads what goes. A part that is none is refused: what somebody meant to take
// out must not stay because a number was mistyped.
func plan(v url.Values) (redact.Plan, error) {
	var plan redact.Plan
	if n := len(v[cutFields[0]]); n > mostCuts || len(v[muteFields[0]]) > mostCuts {
		return plan, fault.New(fault.Invalid, "exhibit.cut", fault.Count(n))
	}
	for i := range v[cutFields[0]] {
		wrong := fault.New(fault.Invalid, "exhibit.cut", fault.Count(i+1))
		var at [4]float64
		for k, name := range cutFields {
			n, ok := numberAt(v[name], i)
			if !ok || n > 100 {
				return plan, wrong
			}
			at[k] = n
		}
		if at[0] >= at[2] || at[1] >= at[3] {
			return plan, wrong
		}
		down, up := func(n float64) int { return int(math.Floor(n * 10)) }, func(n float64) int { return int(math.Ceil(n * 10)) }
		c := redact.Cut{Box: redact.Box{Left: down(at[0]), Top: down(at[1]), Right: up(at[2]), Bottom: up(at[3])}}
		if pages := v["cut_page"]; len(pages) > 0 {
			n, ok := numberAt(pages, i)
			if c.Page = int(n); !ok || c.Page < 1 {
				return plan, wrong
			}
		}
		var ok bool
		if c.Span, ok = spanAt(v, timeFields, i); !ok {
			return plan, wrong
		}
		plan.Cuts = append(plan.Cuts, c)
	}
	for i := range v[muteFields[0]] {
		span, ok := spanAt(v, muteFields, i)
		if !ok {
			return plan, fault.New(fault.Invalid, "exhibit.cut_mute", fault.Count(i+1))
		}
		plan.Mute = append(plan.Mute, span)
	}
	return plan, nil
}

// spanAt reads a time. It is all of it if nothing is said, and to 0 is its end.
func spanAt(v url.Values, names [2]string, i int) (s redact.Span, ok bool) {
	if len(v[names[0]]) == 0 {
		return s, true
	}
	from, ok1 := numberAt(v[names[0]], i)
	to, ok2 := numberAt(v[names[1]], i)
	if !ok1 || !ok2 || to != 0 && to <= from {
		return s, false
	}
	return redact.Span{From: time.Duration(from * float64(time.Second)), To: time.Duration(to * float64(time.Second))}, true
}

func numberAt(all []string, i int) (float64, bool) {
	if i >= len(all) {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(all[i]), 64)
	return n, err == nil && n >= 0 && n <= 1e6
}

// tryRedaction shows the form again with what its buttons ask for: one more part, one
// less, another page, or what would be kept.
func (s *Server) tryRedaction(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if f.Get("do") == "preview" {
		if _, err := plan(f.values); err != nil {
			return err
		}
	}
	return s.redactPage(w, r, by, f)
}

// redact takes out what a form says and keeps the result.
func (s *Server) redact(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseExhibit(r)
	if err != nil {
		return err
	}
	p, err := plan(f.values)
	if err != nil {
		return err
	}
	for line := range strings.Lines(f.Get("ex_cut")) {
		if line = strings.TrimSpace(line); line != "" {
			p.Words = append(p.Words, line)
		}
	}
	if f.Trimmed("ex_why") == "" {
		return fault.New(fault.Invalid, "exhibit.why", fault.Field("ex_why"))
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longest)) // a film takes long
	of, err := s.Desk.Redact(r.Context(), by, id, ref, p, f.Trimmed("ex_why"))
	if err != nil {
		return err
	}
	return see(w, r, filePath(id, of))
}

// longest is how long a file may take to be made anew.
const longest = 45 * time.Minute

// redactedPicture sends a picture of what would be kept.
func (s *Server) redactedPicture(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	id, ref, err := caseExhibit(r)
	if err != nil {
		return err
	}
	p, err := plan(r.URL.Query())
	if err != nil {
		return err
	}
	b, err := s.Desk.PreviewRedaction(r.Context(), by, id, ref, p, habeas.Glimpsed{Page: pageOf(r)})
	if err != nil {
		return err
	}
	s.sendFile(w, habeas.PictureMedia, "inline", int64(len(b)), bytes.NewReader(b))
	return nil
}
