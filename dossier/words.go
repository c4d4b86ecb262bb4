package dossier

import (
	"strconv"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"habeas/claim"
	"habeas/crowd"
	"habeas/internal/locale"
)

// name returns what a person is called; a unit's label for an authority; ""
// for a unit that is not named.
func (w *writer) name(ref claim.Ref) string {
	if ref.Kind() == claim.RefUnit {
		return w.unit(ref)
	}
	name := ""
	if w.opt.Cover != nil && w.told.Naming(ref) != claim.NamedNone {
		name = w.opt.Cover(ref)
	}
	if name == "" {
		name = w.t("someone")
	}
	if n := w.Persons[ref].Count; n > 1 {
		name = w.t("group", name, n)
	}
	return person(ref, name)
}

// unit returns a unit by its label, or as what sort of unit it is; "" if it is not
// told.
func (w *writer) unit(ref claim.Ref) string {
	level := w.level(crowd.Unit)
	if level > exactUnit {
		w.leave("unit", w.why(crowd.Unit), ref)
	}
	switch {
	case level == exactUnit:
		return free(UnitLabel, unsigned(w.Cover(ref)))
	case level == sortOfUnit:
		return w.Term("unit", w.Units[ref].Kind)
	}
	return ""
}

// coarse returns d as this audience may have it.
func (w *writer) coarse(d claim.Date) claim.Date { return d.By(claim.Exactness(w.level(crowd.Date))) }

// date returns d in words, or "" if nothing was said.
func (w *writer) date(d claim.Date) string {
	if d.IsZero() {
		return ""
	}
	c := w.coarse(d)
	if c != d {
		w.leave("day", w.why(crowd.Date), "")
	}
	if c.IsZero() {
		return ""
	}
	p := c.Parts()
	return w.Printer.Date(locale.Date{From: locale.Moment(p.From), To: locale.Moment(p.To), Interval: p.Interval})
}

// place returns a place in words: its label, or what kind of place it is, and the
// region and country as far as they are known and told.
func (w *writer) place(ref claim.Ref) string {
	p := w.Places[ref]
	words := w.Term("place", p.Kind)
	level := w.level(crowd.Place)
	if level > exactPlace {
		w.leave("place", w.why(crowd.Place), ref)
	} else if p.Label != "" {
		words = free(PlaceLabel, unsigned(p.Label))
	}
	at := within(p)
	var in []string
	if at.district != "" && level <= placeDistrict {
		in = append(in, free(PlaceLabel, unsigned(at.district)))
	}
	if at.region != "" && level <= placeRegion {
		in = append(in, free(PlaceLabel, unsigned(at.region)))
	}
	if at.country != "" && level <= placeCountry {
		in = append(in, w.country(at.country))
	}
	if len(in) == 0 {
		return words
	}
	return w.t("say.chain", words, joinWith(in, w.T("list.comma")))
}

// An area is what a place lies in; what is not known is empty.
type area struct{ district, region, country string }

// within returns what p lies in, as far as it is known: a district only with its
// region, for by itself it is a way to say the place that none less exact follows.
func within(p claim.Place) area {
	switch {
	case p.Precision == "unknown":
		return area{}
	case p.Precision == "country":
		return area{country: p.Country}
	case p.Precision == "region" || p.Region == "":
		return area{region: p.Region, country: p.Country}
	}
	return area{p.District, p.Region, p.Country}
}

func joinWith(parts []string, comma string) string {
	s := parts[0]
	for _, p := range parts[1:] {
		s += comma + p
	}
	return s
}

func (w *writer) country(code string) string {
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if s := display.Regions(language.Make(w.Lang())).Name(r); s != "" {
		return s
	}
	return code
}

// value returns the value of an answer in words.
func (w *writer) value(f claim.Finding, a claim.Answer) string {
	v := a.Value
	switch v.Ref.Kind() {
	case claim.RefPlace:
		return w.place(v.Ref)
	case claim.RefPerson, claim.RefUnit:
		s := w.name(v.Ref)
		if v.Role != "" {
			s = w.t("event.who", w.Term(w.from(f.Predicate), v.Role), s)
		}
		return s
	}
	switch {
	case v.Term != "" && f.Predicate == claim.Exists:
		for _, voc := range []string{"pattern", "event", "place"} {
			if _, ok := claim.LookUp(voc, v.Term); ok {
				return w.Term(voc, v.Term)
			}
		}
	case v.Term != "":
		return w.Term(w.from(f.Predicate), v.Term)
	case f.Predicate == claim.Age || f.Predicate == claim.Born:
		return w.age(v, a)
	case v.N != 0:
		return strconv.Itoa(v.N)
	case v.Date != "":
		d, _ := claim.ParseDate(v.Date)
		return w.date(d)
	case f.Subject.Kind() == claim.RefPlace:
		return w.place(f.Subject)
	}
	return w.t("someone")
}

// from returns the vocabulary that the values of a predicate are from.
func (w *writer) from(predicate string) string {
	if t, _ := claim.LookUp("predicate", predicate); t.From != "" {
		return t.From
	}
	return "place" // "location"
}

// number tells sources apart that would read the same: "a fellow soldier (2)".
func (w *writer) number() {
	w.labels = map[claim.Ref]string{}
	speaks := map[string][]claim.Ref{} // by role, those who speak, each once
	note := func(ref claim.Ref) {
		s, ok := w.Sources[ref]
		if !ok {
			return
		}
		key, who := roleKey(s), mouth(s)
		for i, other := range speaks[key] {
			if mouth(w.Sources[other]) == who {
				w.labels[ref] = " (" + strconv.Itoa(i+1) + ")"
				return
			}
		}
		speaks[key] = append(speaks[key], ref)
		w.labels[ref] = " (" + strconv.Itoa(len(speaks[key])) + ")"
	}
	for _, r := range w.Live() {
		note(r.Source)
		for _, l := range r.Chain {
			note(l.Source)
		}
	}
	for ref := range w.labels {
		if len(speaks[roleKey(w.Sources[ref])]) == 1 {
			delete(w.labels, ref)
		}
	}
}

// mouth returns who it is that speaks through a source.
func mouth(s claim.Source) claim.Ref {
	switch {
	case s.Kind != "person" && s.Unit != "":
		return s.Unit
	case s.Person != "":
		return s.Person
	}
	return s.Ref
}

func roleKey(s claim.Source) string {
	if s.Role != "" {
		return s.Role
	}
	return "kind-" + s.Kind
}

// who returns what a source is called, in a grammatical case: "nom", "gen",
// "dat" or "ins".
func (w *writer) who(ref claim.Ref, c string) string {
	s, ok := w.Sources[ref]
	key := "dossier.who." + roleKey(s) + "." + c
	if !ok || !w.Has(key) || w.told.Naming(ref) == claim.NamedNone {
		return w.t("who.unknown." + c)
	}
	words := w.T(key) + w.labels[ref]
	if s.Label == "" {
		return words
	}
	if w.public {
		w.leave("label", "public", ref)
		return words
	}
	return w.t("say.chain", words, free(SourceText, unsigned(s.Label)))
}

// says returns who says r, and through whom it came.
func (w *writer) says(r *claim.Recorded) string {
	o := r.Origin
	var s string
	switch {
	case r.Stance == claim.Denies && !o.Known():
		s = w.t("say.denies_unknown")
	case r.Stance == claim.Denies:
		s = w.t("say.denies", w.who(o.Source, "nom"))
	case !o.Known():
		s = w.t("say.unknown")
	case r.Basis == "official":
		s = w.t("say.official", w.who(o.Source, "nom"))
	default:
		s = w.t("say.according", w.who(o.Source, "gen"))
	}
	if how := w.chain(r); how != "" {
		return w.t("say.chain", s, how)
	}
	return s
}

// chain returns how r came from its origin to the one who told us.
func (w *writer) chain(r *claim.Recorded) string {
	path := []claim.Ref{r.Source}
	for _, l := range r.Chain {
		path = append(path, l.Source)
	}
	if len(path) == 1 {
		if r.Basis == "told" {
			path = append(path, "")
		} else if key := "dossier.basis." + r.Basis; w.Has(key) {
			return w.T(key)
		} else {
			return ""
		}
	}
	var steps []string
	for i := len(path) - 1; i > 0; i-- {
		key := "chain.first"
		if i < len(path)-1 {
			key = "chain.next"
		}
		steps = append(steps, w.t(key, w.who(path[i], "ins"), w.who(path[i-1], "dat")))
	}
	return joinWith(steps, w.T("list.comma"))
}
