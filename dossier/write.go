package dossier

import (
	"slices"

	"habeas/claim"
	"habeas/crowd"
)

func (w *writer) page() *page {
	w.number()
	p := &page{Lang: w.Lang(), Dir: w.Dir(), Title: free(TitleText, unsigned(w.opt.Title)), Prepared: w.t("prepared", w.Day(w.opt.Today.UTC()))}
	if p.Title == "" {
		p.Title = w.t("title")
	}
	covers := "read.covers"
	if w.opt.Names {
		covers = "read.names"
	}
	p.Notes = []string{w.t("read.claims"), w.t("read.origins"), w.t(covers), w.t("read." + sortOf(w.told.Reader.Audience))}
	for _, s := range [][]section{w.people(), w.happened(), w.general()} {
		p.Sections = append(p.Sections, s...)
	}
	for _, r := range w.Claims {
		if r.Status == claim.Stray {
			w.leave("stray", "incomplete", r.Claim.Statement)
		}
	}
	return p
}

func (w *writer) t(key string, args ...any) string { return w.T("dossier."+key, args...) }

// people gives a section for everyone whose status is spoken of, the affected
// person first.
func (w *writer) people() []section {
	var refs []claim.Ref
	if w.Case.Affected != "" {
		refs = append(refs, w.Case.Affected)
	}
	for _, f := range w.Findings() {
		if f.Subject.Kind() == claim.RefPerson && !slices.Contains(refs, f.Subject) {
			refs = append(refs, f.Subject)
		}
	}
	var sections []section
	for _, ref := range refs {
		s := section{Title: w.t("head.status", w.name(ref))}
		for _, facet := range claim.Facets() {
			f := w.Finding(ref, facet)
			f.Answers = w.Facet(ref, facet).Values()
			if len(f.Answers)+len(f.Opinions) > 0 {
				s.Entries = append(s.Entries, w.finding(w.Term("predicate", facet), f))
			}
		}
		if len(s.Entries) > 0 {
			s.Paras = w.lastAlive(ref)
		}
		s.Entries = append(s.Entries, w.more(ref)...)
		if len(s.Entries) > 0 {
			sections = append(sections, s)
		}
	}
	return sections
}

// more gives what else is said of a person.
func (w *writer) more(ref claim.Ref) []entry {
	var entries []entry
	for _, f := range w.Findings() {
		t, _ := claim.LookUp("predicate", f.Predicate)
		if f.Subject != ref || t.Facet {
			continue
		}
		switch f.Predicate {
		case "said":
			w.leave("text", "free", ref)
			continue
		case "member-of":
			if w.level(crowd.Unit) >= Most(crowd.Unit) {
				w.leave("unit", w.why(crowd.Unit), ref)
				continue
			}
		case claim.Age, claim.Born:
			if w.level(crowd.Age) > exactAge {
				w.leave("age", w.why(crowd.Age), ref)
			}
			if w.level(crowd.Age) >= Most(crowd.Age) {
				continue
			}
			entries = append(entries, w.finding(w.ageHead(f.Predicate), f))
			continue
		case "rank", "capacity", "relation":
			if k := kindOf(f.Predicate); w.level(k) > 0 {
				w.leave(map[crowd.Kind]string{crowd.Rank: "rank", crowd.Role: "rank", crowd.Family: "relation"}[k], w.why(k), ref)
				continue
			}
		}
		entries = append(entries, w.finding(w.Term("predicate", f.Predicate), f))
	}
	return entries
}

func (w *writer) lastAlive(ref claim.Ref) []string {
	d, by := w.LastKnownAlive(ref)
	if d.IsZero() {
		return []string{w.t("alive.never")}
	}
	var says []string
	for _, r := range by {
		if s := w.says(r); !slices.Contains(says, s) {
			says = append(says, s)
		}
	}
	paras := []string{w.t("alive", w.t("say.dated", w.date(d), w.List(says...)))}
	if least, most, ok := w.coarse(d).DaysSince(w.opt.Today); ok {
		if least == most {
			paras = append(paras, w.N("dossier.days", least))
		} else {
			paras = append(paras, w.N("dossier.days_between", most, least))
		}
	}
	return paras
}

// finding gives one finding with its answers.
func (w *writer) finding(head string, f claim.Finding) entry {
	e := entry{Head: head}
	if f.Contested {
		e.Mark, e.Word = "⇄", w.t("contested")
	}
	for _, a := range f.Answers {
		e.Lines = append(e.Lines, w.answer(w.value(f, a), a))
	}
	for _, o := range f.Opinions {
		key := "opinion.for"
		if o.Claim.Stance == claim.Denies {
			key = "opinion.against"
		}
		v := claim.Answer{Value: o.Claim.Value, When: o.When}
		text := w.t("value.dated", w.value(f, v), w.t(key, w.who(o.Claim.Source, "nom")))
		e.Lines = append(e.Lines, line{Text: w.t("opinion", text)})
	}
	return e
}

// answer gives a value with both sides. Where those who assert it give several
// dates, each stands with who gives it.
func (w *writer) answer(text string, a claim.Answer) line {
	l := line{Text: text}
	dated := slices.ContainsFunc(a.For, func(s claim.Say) bool { return w.coarse(s.When) != w.coarse(a.When) })
	if when := w.date(a.When); when != "" && !dated {
		l.Text = w.t("value.dated", text, when)
	}
	switch {
	case len(a.For) == 0:
		l.Mark, l.Word = "✕", w.t("denied")
	case a.Corroborated():
		l.Mark, l.Word = "●●", w.t("corroborated")
	}
	for _, say := range a.For {
		s := w.says(say.Claim)
		if when := w.date(say.When); dated && when != "" {
			s = w.t("say.dated", s, when)
		}
		l.under(s)
	}
	l.under(w.t("for", w.count(a.For)))
	for _, say := range a.Against {
		s := w.says(say.Claim)
		if say.General {
			s = w.t("say.general", s)
		}
		l.under(s)
	}
	if len(a.Against) > 0 {
		l.under(w.t("against", w.count(a.Against)))
	}
	if a.Clashes {
		l.under(w.t("clash"))
	}
	return l
}

// under adds s to what stands under l, unless it does already.
func (l *line) under(s string) {
	if !slices.Contains(l.Under, s) {
		l.Under = append(l.Under, s)
	}
}

// count says how many stand on one side.
func (w *writer) count(s claim.Support) string {
	var parts []string
	if n := len(s.Origins()); n > 0 {
		parts = append(parts, w.N("dossier.origins", n))
	}
	if n := s.Unknown(); n > 0 {
		parts = append(parts, w.N("dossier.unknown", n))
	}
	if len(parts) == 0 {
		return w.t("nobody")
	}
	return w.List(parts...)
}

// general gives what is said to exist or not, and everything about a place that
// is no event.
func (w *writer) general() []section {
	s := section{Title: w.t("head.general")}
	for _, f := range w.Findings() {
		if f.Predicate == claim.Exists {
			for _, a := range f.Answers {
				e := entry{Head: w.t("exists", w.value(f, a))}
				if l := w.answer("", a); a.Contested() {
					e.Mark, e.Word = "⇄", w.t("contested")
				} else {
					e.Mark, e.Word = l.Mark, l.Word
				}
				e.Lines = []line{
					{Text: w.t("for", w.count(a.For)), Under: w.sayAll(a.For)},
					{Text: w.t("against", w.count(a.Against)), Under: w.sayAll(a.Against)},
				}
				s.Entries = append(s.Entries, e)
			}
		}
	}
	if len(s.Entries) == 0 {
		return nil
	}
	return []section{s}
}

func (w *writer) sayAll(s claim.Support) []string {
	var says []string
	for _, say := range s {
		if t := w.says(say.Claim); !slices.Contains(says, t) {
			says = append(says, t)
		}
	}
	return says
}
