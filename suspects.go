package habeas

import (
	"slices"
	"strings"
	"unicode"

	"habeas/claim"
	"habeas/gate"
	"habeas/vault"
)

// mark is a stretch of the text that is not plain words.
type mark struct {
	start, end int
	person     claim.Ref
	why        string
}

// marks returns links and suspects in order, without overlaps.
func (w *working) marks() []mark {
	var marks []mark
	for _, l := range sortedLinks(w.reading.Links) {
		marks = append(marks, mark{l.Start, l.End, l.Person, ""})
	}
	for _, s := range w.suspects() {
		marks = append(marks, mark{s.Start, s.End, "", s.Why})
	}
	slices.SortFunc(marks, func(a, b mark) int { return a.start - b.start })
	return marks
}

// suspects returns what still looks like a name: forms of names we know, and
// words that look like names of anybody, less what was linked, what was let
// stand, and public figures. Who is protected is shown whatever was said of the
// words elsewhere.
func (w *working) suspects() []gate.Span {
	plain := w.original.Plain.Reveal()
	var spans []gate.Span
	w.hits = namesIn(plain, w.index)
	for _, h := range w.hits {
		spans = append(spans, gate.Span{Start: h.Start, End: h.End, Why: h.Why})
	}
	looks := slices.DeleteFunc(gate.Suspects(plain, nil), func(s gate.Span) bool { return w.public(plain[s.Start:s.End]) })
	spans = join(append(spans, looks...))
	spans = withWords(less(within(spans, claim.Sentences(plain)), w.reading.Links), plain)
	return slices.DeleteFunc(spans, func(s gate.Span) bool {
		return slices.ContainsFunc(w.reading.Dismissed, func(d vault.Span) bool { return d.Start <= s.Start && s.End <= d.End })
	})
}

// join makes one span of those that overlap, and says first what is known.
func join(spans []gate.Span) []gate.Span {
	slices.SortStableFunc(spans, func(a, b gate.Span) int { return a.Start - b.Start })
	var out []gate.Span
	for _, s := range spans {
		last := len(out) - 1
		if last < 0 || s.Start >= out[last].End {
			out = append(out, s)
			continue
		}
		out[last].End = max(out[last].End, s.End)
		if s.Why == "known" {
			out[last].Why = s.Why
		}
	}
	return out
}

// within cuts spans at the ends of sentences, so that each stands in one.
func within(spans []gate.Span, sentences []claim.Span) []gate.Span {
	var out []gate.Span
	for _, s := range spans {
		for _, in := range sentences {
			if s.Start < in.End && in.Start < s.End {
				out = append(out, gate.Span{Start: max(s.Start, in.Start), End: min(s.End, in.End), Why: s.Why})
			}
		}
	}
	return out
}

// less cuts links out of spans.
func less(spans []gate.Span, links []vault.Link) []gate.Span {
	for _, l := range links {
		var rest []gate.Span
		for _, s := range spans {
			if l.End <= s.Start || s.End <= l.Start {
				rest = append(rest, s)
				continue
			}
			rest = append(rest, gate.Span{Start: s.Start, End: l.Start, Why: s.Why}, gate.Span{Start: l.End, End: s.End, Why: s.Why})
		}
		spans = rest
	}
	return spans
}

// withWords keeps the spans that hold a letter or a digit.
func withWords(spans []gate.Span, plain string) []gate.Span {
	return slices.DeleteFunc(spans, func(s gate.Span) bool {
		return s.Start >= s.End || !strings.ContainsFunc(plain[s.Start:s.End], func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	})
}
