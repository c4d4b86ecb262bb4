package letter

import (
	"strings"

	"habeas/claim"
)

// A Step is something that was done before to find out or to complain, as far as
// the reader of a letter may know of it.
type Step struct {
	Date       claim.Date
	To         string      // the body
	What       string      // a term of "appeal", or words; may be empty
	About      []claim.Ref // whom it was about, if that is nobody the letter is about
	Registered bool        // the body is known to have registered it
	Number     string      // under which; may be empty
	Came       []Reply     // in order of time; none for no answer
}

// A Reply is something that came back.
type Reply struct {
	On   claim.Date
	What string // a term of "answer", or words
	To   string // the body it was sent on to; may be empty
}

// step puts an earlier letter into words.
func (f *filling) step(s Step) string {
	var parts []string
	if d := f.speaker.Date(s.Date); !d.IsZero() {
		parts = append(parts, f.dated(d))
	}
	what := f.Term("appeal", s.What)
	if own, ok := f.words["step."+s.What]; ok {
		what = own
	}
	for _, v := range []string{what, s.To} {
		if v = oneLine(v, mostLine); v != "" {
			parts = append(parts, v)
		}
	}
	if len(s.About) > 0 {
		parts = append(parts, fill(f.words["step.about"], f.who(s.About, "nom")))
	}
	if n := registered(f.words, s); n != "" {
		parts = append(parts, n)
	}
	for _, r := range s.Came {
		parts = append(parts, f.reply(r))
	}
	if len(s.Came) == 0 {
		parts = append(parts, f.words["step.silence"])
	}
	return strings.Join(parts, "; ") + "."
}

// registered says that a body registered a letter, as far as that is known.
func registered(words map[string]string, s Step) string {
	var parts []string
	if s.Registered {
		parts = append(parts, words["step.registered"])
	}
	if n := strings.TrimSpace(strings.TrimPrefix(oneLine(s.Number, mostLine), "№")); n != "" {
		parts = append(parts, words["step.number"]+" "+n)
	}
	return strings.Join(parts, ", ")
}

// reply puts what came back into words.
func (f *filling) reply(r Reply) string {
	what := r.What
	if own, ok := f.words["answer."+r.What]; ok {
		what = own
	}
	if to := oneLine(r.To, mostLine); to != "" {
		what += " (" + to + ")"
	}
	if d := f.speaker.Date(r.On); !d.IsZero() {
		return fill(f.words["step.came"], f.dated(d)) + f.colon() + oneLine(what, 2000)
	}
	return oneLine(what, 2000)
}
