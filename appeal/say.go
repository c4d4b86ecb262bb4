package appeal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"habeas/internal/locale"
)

// A Said is a sentence of a reckoning: which one, and what stands in it. Its words
// are in package locale, in every language, under "clock." and the key. An argument
// is a Date, a Span, a [Length], a [Start], a [State], a time.Weekday, the number of a
// year, a [Code], a [Quote] or a [ByWay].
type Said struct {
	Key  string
	Args []any
}

// A Code is an id of a rule, or a jurisdiction. It is the same in every language.
type Code string

// A Quote is taken from a rule or a calendar, as it stands there: in English.
type Quote string

// A ByWay is how a letter went: a term of the vocabulary "channel", if it is one.
type ByWay string

// A Run is a piece of a sentence. One that is Apart has a direction of its own,
// whatever stands around it; Lang is its language if that is not the sentence's.
type Run struct {
	Text, Lang string
	Apart      bool
}

func say(key string, args ...any) Said { return Said{key, args} }

// In returns the sentence in the language of p, with days as that writes them.
func (s Said) In(p *locale.Printer) (runs []Run) {
	words, at := p.Pieces("clock." + s.Key)
	for i, text := range words {
		if text != "" {
			runs = append(runs, Run{Text: text})
		}
		if i < len(at) && at[i] < len(s.Args) {
			runs = append(runs, argument(p, s.Args[at[i]]))
		}
	}
	return runs
}

// String returns the sentence in English, with days as [Date.String] writes them.
func (s Said) String() string {
	p := locale.New(locale.Default)
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		switch a := a.(type) {
		case Date:
			if args[i] = a; a.IsZero() {
				args[i] = "…"
			}
		case Span, Length, State, Start, ByWay:
			args[i] = a
		default:
			args[i] = argument(p, a).Text
		}
	}
	return p.T("clock."+s.Key, args...)
}

// MarshalText gives String.
func (s Said) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func argument(p *locale.Printer, a any) Run {
	switch a := a.(type) {
	case Date:
		return Run{Text: a.In(p)}
	case Span:
		return Run{Text: a.In(p)}
	case Length:
		return Run{Text: a.In(p)}
	case Start:
		return Run{Text: p.T("clock.starts." + string(a))}
	case State:
		return Run{Text: p.T("ui.appeal.state." + strings.ReplaceAll(string(a), " ", "_"))}
	case time.Weekday:
		return Run{Text: p.T("clock.weekday." + strconv.Itoa(int(a)))}
	case int:
		return Run{Text: strconv.Itoa(a)}
	case ByWay:
		return Run{Text: p.Term("channel", string(a)), Apart: true}
	case Code:
		return Run{Text: string(a), Apart: true}
	case Quote:
		return Run{Text: string(a), Apart: true, Lang: "en"}
	}
	return Run{}
}

// In returns the day as a language writes it inside a sentence, without an article;
// "…" for no day.
func (d Date) In(p *locale.Printer) string {
	if d.IsZero() {
		return "…"
	}
	return p.T("clock.day", d.day, p.T("date.month_of."+strconv.Itoa(d.month)), d.year)
}

// In returns when it was as a language writes it.
func (s Span) In(p *locale.Printer) string {
	switch {
	case s.clock > 0:
		return p.T("date.clock", s.From.In(p), fmt.Sprintf("%02d:%02d", (s.clock-1)/60, (s.clock-1)%60))
	case s.From == s.To:
		return s.From.In(p)
	}
	return p.T("clock.span", s.From.In(p), s.To.In(p))
}

// In returns the length as a language says it.
func (l Length) In(p *locale.Printer) string {
	switch l.Unit {
	case AtOnce:
		return p.T("clock.length.at_once")
	case Until:
		return p.T("clock.length.until", l.Date.In(p))
	case Hours:
		return p.N("clock.length.hours", l.N)
	case Days:
		return p.N("clock.length.days", l.N)
	case WorkingDays:
		return p.N("clock.length.working_days", l.N)
	case Months:
		return p.N("clock.length.months", l.N)
	case Years:
		return p.N("clock.length.years", l.N)
	}
	return p.T("clock.length.none")
}

// A Sum is the length of a term with what it was extended by.
type Sum struct {
	Parts []Length
	Whole bool // the first is the whole term, not what the law gives at first
}

// IsZero says whether there is nothing.
func (s Sum) IsZero() bool { return len(s.Parts) == 0 }

// String returns the lengths in English.
func (s Sum) String() string {
	return s.join(Length.String, func(l string) string { return l + " in all" })
}

// In returns the lengths as a language says them.
func (s Sum) In(p *locale.Printer) string {
	return s.join(func(l Length) string { return l.In(p) }, func(l string) string { return p.T("clock.length.in_all", l) })
}

func (s Sum) join(say func(Length) string, inAll func(string) string) string {
	var parts []string
	for i, l := range s.Parts {
		parts = append(parts, say(l))
		if i == 0 && s.Whole {
			parts[0] = inAll(parts[0])
		}
	}
	return strings.Join(parts, " + ")
}

// MarshalText gives String.
func (s Sum) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Text is what a step says: one sentence or more.
type Text []Said

// In returns the sentences in the language of p, with spaces between.
func (t Text) In(p *locale.Printer) (runs []Run) {
	for i, s := range t {
		if i > 0 {
			runs = append(runs, Run{Text: " "})
		}
		runs = append(runs, s.In(p)...)
	}
	return runs
}

// String returns the sentences in English.
func (t Text) String() string {
	var all []string
	for _, s := range t {
		all = append(all, s.String())
	}
	return strings.Join(all, " ")
}

// MarshalText gives String.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// doubt notes what is not certain, once.
func (r *reckoning) doubt(key string, args ...any) {
	s := say(key, args...)
	if !slices.ContainsFunc(r.clock.Doubts, func(o Said) bool { return o.Key == s.Key && slices.Equal(o.Args, s.Args) }) {
		r.clock.Doubts = append(r.clock.Doubts, s)
	}
}
