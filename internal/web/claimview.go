package web

import (
	"strings"

	"habeas/claim"
)

// A claimView is a claim as a list shows it.
type claimView struct {
	ID, Anchor string
	Sentence   int // of the text it was read out of; 0 if that is not at hand
	What       string
	Who        who
	Value      valueWords
	When       string
	Where      string
	Denies     string // the word for it, if it denies
	Voice      voice
	Grade      string
	Live       bool
	State      string // what became of it
	Why        string
}

// claim shows r.
func (t teller) claim(r *claim.Recorded) claimView {
	v := claimView{
		ID: r.Entry.String(), Anchor: claimAnchor(r.Entry), What: t.p.Term("predicate", r.Predicate), Value: t.value(r.Predicate, r.Value),
		When: t.date(r.When), Voice: t.voice(r), Grade: t.grade(r), Live: r.Status == claim.Live,
	}
	switch {
	case r.Predicate == claim.Occurred:
		v.What, v.Value = v.Value.Text, valueWords{}
	case r.Predicate == claim.Involved:
		e, _ := t.st.Event(r.Subject)
		if v.What = t.p.Term("event", e.Type()); e.Type() == "" {
			v.What = t.p.T("ui.event.some")
		}
	case r.Subject != "":
		v.Who = t.who(r.Subject)
	}
	if r.Where != "" {
		v.Where = t.place(r.Where)
	}
	if r.Stance == claim.Denies {
		v.Denies = t.p.T("ui.mark.denied")
	}
	if r.Predicate == claim.Exists && r.Subject == "" {
		v.What, v.Value = t.p.T("ui.claim.exists", v.Value.Text), valueWords{}
	}
	if !v.Live {
		v.State, v.Why = t.statusWords(r), r.Why
	}
	return v
}

// grade returns the Admiralty code of a claim with its words, if it was graded.
func (t teller) grade(r *claim.Recorded) string {
	source, info := t.st.Sources[r.Source].Grade, r.Info
	if source == "" {
		source = "F"
	}
	if info == "" {
		info = "6"
	}
	if source+info == "F6" {
		return ""
	}
	return t.p.T("ui.claim.grade", source+info, t.p.Term("grade", source), t.p.Term("info", info))
}

// statusWords says what became of a claim, and by whom.
func (t teller) statusWords(r *claim.Recorded) string {
	for _, item := range t.st.History {
		if item.Entry == r.By {
			return t.p.T("ui.claim."+r.Status.String()+".by", t.member(item.Author), t.p.Clock(item.Time))
		}
	}
	return t.p.T("ui.claim." + r.Status.String())
}

// sentenceOf returns the number of the sentence that a passage begins in.
func sentenceOf(text string, start int) int {
	for i, s := range claim.Sentences(text) {
		if start < s.End {
			return i + 1
		}
	}
	return 0
}

// shown returns working text as a reader sees it, with cover names in it.
func (t teller) shown(text string) string {
	return strings.TrimSpace(claim.Render(text, func(ref claim.Ref) string { return t.st.Cover(ref) }))
}
