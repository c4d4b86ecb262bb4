package web

import (
	"net/http"
	"slices"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/locale"
)

// placesPage lists the places that the office shares.
type placesPage struct {
	Frame
	Places []placeLine
	New    bool // the member may add one
}

// A placeLine is one place, in words.
type placeLine struct {
	Href, Label, Kind, Where string
	Aliases                  string
	Accounts, Origins        int
	Persons                  int
}

func (s *Server) places(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	rows, err := s.Desk.Places(r.Context(), by)
	if err != nil {
		return err
	}
	p := placesPage{Frame: s.frame(w, r, by, f, "places"), New: recorder.allows(by)}
	for _, row := range rows {
		p.Places = append(p.Places, lineOf(p.P, row))
	}
	return s.show(w, f, "places", p)
}

func lineOf(p *locale.Printer, row habeas.PlaceRow) placeLine {
	return placeLine{
		Href: "/place/" + string(row.Place.Ref), Label: row.Place.Label, Kind: p.Term("place", row.Place.Kind),
		Where: whereWords(row.Place), Aliases: strings.Join(row.Place.Aliases, "; "),
		Accounts: row.Accounts, Origins: row.Origins, Persons: row.Persons,
	}
}

// whereWords returns what is known of where a place is, coarse.
func whereWords(pl claim.Place) string {
	parts := slices.DeleteFunc([]string{pl.District, pl.Region, pl.Country}, func(s string) bool { return s == "" })
	return strings.Join(parts, ", ")
}

// placePage is one place and who says what of it.
type placePage struct {
	Frame
	Place     placeLine
	Precision string
	Span      string // from the first to the last day it is spoken of, in words, or ""
	Accounts  []placeAccount

	Later, Earlier string // the pages beside this one, or ""
}

// mostPlaced is of how many cases the accounts stand on one page of a place.
const mostPlaced = 10

// A placeAccount is what one statement says of one thing that was at the place.
type placeAccount struct {
	What   string
	People []who
	When   string
	Voice  voice
	Case   who
	Denied bool
}

func (s *Server) place(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	ref, err := pathRef(r, "ref", claim.RefPlace)
	if err != nil {
		return err
	}
	from := fromOf(r)
	file, err := s.Desk.Place(r.Context(), by, ref, from, mostPlaced)
	if err != nil {
		return err
	}
	p := placePage{Frame: s.frame(w, r, by, f, "places")}
	p.Place = lineOf(p.P, file.PlaceRow)
	if file.Place.Precision != "" && file.Place.Precision != "unknown" {
		p.Precision = p.P.Term("precision", file.Place.Precision)
	}
	p.Accounts = accountsOf(p.P, file.Claims)
	p.Span = spanOf(p.P, file)
	p.Later, p.Earlier = beside("/place/"+string(ref), from, mostPlaced, file.More)
	return s.show(w, f, "place", p)
}

// spanOf says from when to when a place is spoken of.
func spanOf(p *locale.Printer, file *habeas.PlaceFile) string {
	if file.First.IsZero() {
		return ""
	}
	first, last := dateWords(p, file.First), dateWords(p, file.Last)
	if first == last {
		return first
	}
	return p.T("ui.place.span", first, last)
}

// accountsOf puts together what one statement says of one event: that it
// happened, and who was in it.
func accountsOf(p *locale.Printer, claims []habeas.PlaceClaim) []placeAccount {
	type key struct {
		habeas.CaseID
		statement, subject claim.Ref
		stance             string
	}
	var accounts []placeAccount
	at := map[key]int{}
	for _, c := range claims {
		t := teller{p: p, st: c.State, base: casePath(c.Case), file: &habeas.CaseFile{ID: c.Case, State: c.State}}
		k := key{c.Case, c.Claim.Statement, c.Claim.Subject, c.Claim.Stance}
		i, again := at[k]
		if !again || c.Claim.Subject.Kind() != claim.RefEvent {
			i = len(accounts)
			at[k] = i
			accounts = append(accounts, placeAccount{
				What: whatOf(t, c.Claim), When: t.date(c.Claim.When), Voice: t.voice(c.Claim),
				Case: who{Text: c.State.Case.Title, Href: t.base}, Denied: c.Claim.Stance == claim.Denies,
			})
			if c.Claim.Subject.Kind() == claim.RefPerson {
				accounts[i].People = []who{t.who(c.Claim.Subject)}
			}
		}
		if c.Claim.Predicate == claim.Involved {
			accounts[i].People = append(accounts[i].People, t.who(c.Claim.Value.Ref))
		}
	}
	return accounts
}

// whatOf says what a claim is of: for a claim about an event, what happened.
func whatOf(t teller, r *claim.Recorded) string {
	if e, ok := t.st.Event(r.Subject); ok && e.Type() != "" {
		return t.p.Term("event", e.Type())
	}
	return t.claim(r).What
}

// dateWords returns a date in the words of a language.
func dateWords(p *locale.Printer, d claim.Date) string {
	parts := d.Parts()
	return p.Date(locale.Date{From: locale.Moment(parts.From), To: locale.Moment(parts.To), Interval: parts.Interval})
}

// pathRef reads a reference of a URL. One that is none, or of another kind,
// names nothing.
func pathRef(r *http.Request, name string, kind byte) (claim.Ref, error) {
	ref, err := claim.ParseRef(r.PathValue(name))
	if err != nil || ref.Kind() != kind {
		return "", fault.Wrap(err, fault.NotFound, "page.none")
	}
	return ref, nil
}

// newPlacePage is the form that adds a place.
type newPlacePage struct {
	Frame
	Start                                                     Part
	Label, Kind, District, Region, Country, Aliases, Accuracy Field
}

func (s *Server) newPlace(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := newPlacePage{Frame: s.frame(w, r, by, f, "places")}
	p.Start = p.In("place")
	p.Label = p.Start.Needed("label")
	p.Kind = p.Start.Choose("kind", "basement", terms(p.P, "place"))
	p.District = p.Start.Field("district")
	p.Region, p.Country, p.Aliases = p.Start.Field("region"), p.Start.Field("country"), p.Start.Field("aliases")
	p.Accuracy = p.Start.Choose("precision", "unknown", terms(p.P, "precision"))
	return s.show(w, f, "place_new", p)
}

// terms returns a vocabulary as the choices of a select.
func terms(p *locale.Printer, vocabulary string) []Option {
	var options []Option
	for _, t := range claim.Terms(vocabulary) {
		options = append(options, Option{Value: t.Key, Label: p.Term(vocabulary, t.Key)})
	}
	return options
}

func (s *Server) addPlace(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	ref, err := s.Desk.AddPlace(r.Context(), by, claim.Place{
		Label: f.Trimmed("label"), Kind: f.Get("kind"), District: f.Trimmed("district"), Region: f.Trimmed("region"),
		Country: strings.ToUpper(f.Trimmed("country")), Aliases: lines(f.Get("aliases")), Precision: f.Get("precision"),
	})
	if err != nil {
		return err
	}
	return see(w, r, "/place/"+string(ref))
}

// lines returns the lines of a text field that hold something.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// newUnitPage is the form that adds a unit or an authority.
type newUnitPage struct {
	Frame
	Start       Part
	Label, Kind Field
}

func (s *Server) newUnit(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := newUnitPage{Frame: s.frame(w, r, by, f, "places")}
	p.Start = p.In("unit")
	p.Label = p.Start.Needed("label")
	p.Kind = p.Start.Choose("kind", "armed-forces", terms(p.P, "unit"))
	return s.show(w, f, "unit_new", p)
}

func (s *Server) addUnit(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if _, err := s.Desk.AddUnit(r.Context(), by, claim.Unit{Label: f.Trimmed("label"), Kind: f.Get("kind")}); err != nil {
		return err
	}
	return see(w, r, "/places")
}
