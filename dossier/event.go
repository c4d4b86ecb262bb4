package dossier

import (
	"slices"

	"habeas/claim"
)

// happened gives the events in order.
func (w *writer) happened() []section {
	s := section{Title: w.t("head.events")}
	for _, e := range w.Events {
		if e.Type() != "" {
			s.Entries = append(s.Entries, w.event(e))
		}
	}
	if len(s.Entries) == 0 {
		return nil
	}
	return []section{s}
}

func (w *writer) event(e claim.Event) entry {
	when := w.date(e.When)
	if when == "" {
		when = w.t("event.undated")
	}
	en := entry{Head: w.t("value.dated", w.Term("event", e.Type()), when)}
	for _, v := range e.Involved {
		if who := w.name(v.Who); who != "" {
			en.Paras = append(en.Paras, w.t("event.who", w.Term("role", v.Role), who))
		}
	}
	for _, p := range e.Where {
		en.Paras = append(en.Paras, w.t("event.where", w.place(p)))
	}
	f := w.Finding(e.Ref, claim.Occurred)
	if f.Contested {
		en.Mark, en.Word = "⇄", w.t("contested")
	}
	for _, a := range f.Answers {
		a.When, a.For = claim.Date{}, undated(a.For) // the head has the date
		l := w.answer(w.Term("event", a.Value.Term), a)
		l.Under = append(l.Under, w.quotes(a.For)...)
		if len(f.Answers) > 1 {
			en.Lines = append(en.Lines, l)
			continue
		}
		for _, u := range l.Under { // the head says what it was
			en.Lines = append(en.Lines, line{Text: u})
		}
		if en.Word == "" {
			en.Mark, en.Word = l.Mark, l.Word
		}
	}
	return en
}

// quotes gives the words that claims were read out of, each once.
func (w *writer) quotes(s claim.Support) []string {
	var quotes []string
	for _, say := range s {
		words := w.Passage(say.Claim.Claim)
		if words == "" || say.General {
			continue
		}
		if w.public {
			w.leave("quotation", "public", say.Claim.Statement)
			continue
		}
		if w.opt.Less.Some() {
			w.leave("quotation", "crowd", say.Claim.Statement)
			continue
		}
		if !w.told.Quotable(say.Claim.Statement) { // words can't be made coarser
			w.leave("quotation", "consent", say.Claim.Statement)
			continue
		}
		q := w.t("quote", free(Quotation, claim.Render(unsigned(words), w.name)))
		if !slices.Contains(quotes, q) {
			quotes = append(quotes, q)
		}
	}
	return quotes
}

func undated(s claim.Support) claim.Support {
	s = slices.Clone(s)
	for i := range s {
		s[i].When = claim.Date{}
	}
	return s
}
