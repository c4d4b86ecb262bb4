// Package dossier makes a document from what a case says: two files with the
// same words, one HTML and one plain text. It makes drafts only; whether a draft
// may leave is for package gate to say.
//
// A dossier decides nothing. It gives the findings of package claim: what is
// said, by whom, through whom it came, how many independent origins there are on
// each side, and what is contested. People stand in it under cover names, and
// sources as what they are to the case: the father, the ministry.
//
// For the public, what could point at one person is left out: units, the names
// of places, days, rank, relations, anyone's own words. What was left out and
// why is returned beside the draft.
package dossier

import (
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/internal/locale"
)

// Audiences by which the two sorts of dossier are called: one for anybody, and one
// for those who act on it.
const (
	ForPublic    = "public"
	ForAuthority = "authority"
)

// sortOf returns the sort of dossier that an audience gets. What families get may
// be passed on by them or taken from them, and the press publishes.
func sortOf(audience string) string {
	switch audience {
	case ForPublic, "press", claim.ToFamily:
		return ForPublic
	}
	return ForAuthority
}

// Options say how it is made.
type Options struct {
	Lang  string                 // a language of package locale
	Cover func(claim.Ref) string // the cover name of a person for this audience; where it has none, "a person"
	Today time.Time              // the day the dossier is dated
	Names bool                   // some of what Cover gives are real names
	Title string                 // empty for a title without any detail
	Edits []Edit                 // what members chose to change in it; of two that meet the later counts
	Less  Less                   // what is said less exactly than this audience could have it
}

// A Document is a dossier before the gate.
type Document struct {
	Draft gate.Draft // dossier.html and dossier.txt
	Left  []Omission // what stays out of them, in the order it was met
	Told  Told       // what they say that could point at each person

	leaves []*leaf
	spots  map[string][]spot // by file, in order
}

// An Omission is something that the case says and the dossier does not. Its
// words are under "dossier.left." and "dossier.why.".
type Omission struct {
	What string    // "unit", "place", "day", "quotation", "rank", "relation", "age", "label", "text", "words" or "stray"
	Why  string    // "public", "consent", "crowd", "incomplete", "free" or "chosen"
	Ref  claim.Ref // the unit, place, source or subject, where it is one
	N    int       // how often it was met
}

// Render makes a dossier of what may be told to its reader. The same state and
// options give the same bytes.
func Render(out claim.Outward, opt Options) (*Document, error) {
	w, err := newWriter(out, opt)
	if err != nil {
		return nil, err
	}
	if err := checkEdits(opt.Edits); err != nil {
		return nil, err
	}
	pg := w.page()
	w.finish(pg)
	text, inText := pg.text()
	html, inHTML, err := pg.html()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "dossier.not_made")
	}
	return &Document{
		Draft: gate.Draft{Files: []gate.File{
			{Name: "dossier.html", Media: "text/html; charset=utf-8", Bytes: html},
			{Name: "dossier.txt", Media: "text/plain; charset=utf-8", Bytes: text},
		}},
		Left: w.left,
		Told: describe(w.State, w.level, w.quotable),

		leaves: pg.leaves, spots: map[string][]spot{"dossier.html": inHTML, "dossier.txt": inText},
	}, nil
}

// A writer puts the findings of a case into words for one audience.
type writer struct {
	*claim.State
	*locale.Printer
	opt    Options
	told   claim.Outward
	public bool
	left   []Omission
	labels map[claim.Ref]string // numbers of sources that would read the same
}

func newWriter(out claim.Outward, opt Options) (*writer, error) {
	if _, ok := claim.LookUp("audience", out.Reader.Audience); !ok {
		return nil, fault.New(fault.Invalid, "dossier.bad_audience")
	}
	p := locale.New(opt.Lang)
	if p.Lang() != opt.Lang {
		return nil, fault.New(fault.Invalid, "dossier.bad_language")
	}
	if !opt.Less.Valid() {
		return nil, fault.New(fault.Invalid, "dossier.bad_less")
	}
	return &writer{State: out.State, Printer: p, opt: opt, told: out, public: sortOf(out.Reader.Audience) == ForPublic}, nil
}

// leave notes that something was left out.
func (w *writer) leave(what, why string, ref claim.Ref) {
	for i := range w.left {
		if o := &w.left[i]; o.What == what && o.Why == why && o.Ref == ref {
			o.N++
			return
		}
	}
	w.left = append(w.left, Omission{what, why, ref, 1})
}
