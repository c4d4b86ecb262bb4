package habeas

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/fault"
	"habeas/gate"
)

// nameFree refuses words that name somebody whom the circle protects, and words
// that look like the name of anybody unless by has said that they are none. It
// is asked for every free text that goes to the body side.
func (d *Desk) nameFree(ctx context.Context, by Actor, c circleKeys, words ...string) error {
	if err := d.namesNobody(ctx, by, c, words...); err != nil {
		return err
	}
	for _, w := range words {
		spans, err := d.looksLikeNames(ctx, by, c, w)
		if err != nil {
			return err
		}
		if len(spans) > 0 {
			return fault.New(fault.Withheld, "desk.suspect_in_field")
		}
	}
	return nil
}

// opens reports whether a span is the first word of a field, suspect for its
// capital alone, and the field goes on without one: that is how any field begins.
func opens(field string, s gate.Span) bool {
	rest := strings.TrimSpace(field[s.End:])
	next, _ := utf8.DecodeRuneInString(rest)
	return s.Why == gate.WhyCapital && strings.TrimSpace(field[:s.Start]) == "" && !strings.ContainsAny(field[s.Start:s.End], " ") &&
		rest != "" && !unicode.IsUpper(next)
}

// namesNobody refuses words that name somebody whom the circle protects. It is
// enough where capitals are expected: places and authorities.
func (d *Desk) namesNobody(ctx context.Context, by Actor, c circleKeys, words ...string) error {
	if strings.TrimSpace(strings.Join(words, "")) == "" {
		return nil
	}
	giveBack, err := d.try(ctx, by)
	if err != nil {
		return err
	}
	ix, err := d.gateIndex(ctx, c)
	if err != nil {
		giveBack()
		return err
	}
	for _, w := range words {
		for _, h := range gate.Scan([]byte(w), ix) {
			if h.Verdict <= gate.Allowed {
				continue
			}
			told, err := d.told(ctx, by, c, w, ix)
			if err != nil {
				giveBack()
				return err
			}
			if told {
				giveBack()
				return fault.New(fault.Withheld, "desk.name_in_field")
			}
			return d.namedSomebody(ctx, by)
		}
	}
	giveBack()
	return nil
}
