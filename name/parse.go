package name

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Written is a name as it was written down, read into its parts.
type Written struct {
	Parts   Name    // in the order they were written
	Script  Script  // "" if it has letters of two
	Culture Culture // by whose custom the parts were told apart; "" if nothing shows one
}

// Parse returns the parts of [Read].
func Parse(s string) Name { return Read(s).Parts }

// Read reads a written name into typed parts.
//
// It knows "Family Given Patronymic", "Given Patronymic Family", "Given Family",
// "Family, Given", initials on either side, family names in capitals, a former
// family name in brackets or after "née" and its like, and an alias in quotation
// marks. Particles (van, de la, d', оглы) stay with the word they belong to. By
// culture it knows two family names of Spanish and Portuguese speakers; given
// name, father, grandfather and nisba, and kunyas, of Arabs; оглы, кызы and уулу;
// the order of Hungarians; the Bulgarian name after a father.
//
// What it can't tell it calls [Other]; the caller shows the result to the person
// who typed it, who may correct it. An empty string has no parts.
func Read(s string) Written {
	w := Written{Script: scriptOf(s), Culture: cultureOf(s)}
	var n Name
	comma := 0 // parts before the first comma
	for len(s) > 0 {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		kind, text, rest := next(s)
		s = rest
		ends := strings.HasSuffix(text, ",") || strings.HasSuffix(text, "،")
		text = strings.TrimSpace(strings.TrimRight(text, ",،"))
		if strings.IndexFunc(text, unicode.IsLetter) >= 0 {
			n = append(n, Part{kind, text})
		}
		if ends && comma == 0 && kind == "" {
			comma = len(n)
		}
	}
	if comma < len(n) && n[:comma].noGiven() {
		for i := range n[:comma] {
			if n[i].Kind == "" && !Small(Canon(n[i].Text)) {
				n[i].Kind = Family
			}
		}
	}
	w.Parts = n.gather(w.Culture).guess(w.Culture)
	return w
}

// noGiven reports whether n may be family names alone: a word, or several of which
// none is a given name or a patronymic.
func (n Name) noGiven() bool {
	return len(n) == 1 || !slices.ContainsFunc(n, func(p Part) bool { return knownGiven(Canon(p.Text)) || isPatronymic(Canon(p.Text)) })
}

// next cuts the first part off s: what stands in brackets or quotation marks, or
// a word. The kind is empty if the writing does not say it.
func next(s string) (kind Kind, text, rest string) {
	for _, pair := range []struct {
		open, close string
		kind        Kind
	}{{"(", ")", Maiden}, {"«", "»", Alias}, {"“", "”", Alias}, {"„", "“", Alias}, {"\"", "\"", Alias}} {
		if inner, ok := strings.CutPrefix(s, pair.open); ok {
			if text, rest, ok := strings.Cut(inner, pair.close); ok {
				return pair.kind, withoutBorn(text), rest
			}
			return "", "", inner
		}
	}
	end := strings.IndexFunc(s, unicode.IsSpace)
	if dot := strings.IndexByte(s, '.'); dot > 0 && dot+1 < len(s) && utf8.RuneCountInString(s[:dot]) <= 2 && (end < 0 || dot < end) {
		end = dot + 1 // И.И.Петров
	}
	if end <= 0 {
		return "", s, ""
	}
	return "", s[:end], s[end:]
}

// born reports whether w says that a former family name follows.
func born(w string) bool {
	switch w {
	case "nee", "ne", "born", "geb", "geborene", "roz", "rozena", "урожденная", "урожденный", "урожд", "урод", "уроджена":
		return true
	}
	return false
}

// withoutBorn takes a word such as "née" off what stands in brackets.
func withoutBorn(text string) string {
	first, rest, ok := strings.Cut(strings.TrimSpace(text), " ")
	if ok && born(Canon(first)) {
		return rest
	}
	return text
}

// gather joins particles to the word they belong to: van, ибн and their like to
// the one after them, оглы and кызы to the one before, and the two halves of
// Arabic names such as Abd al-Rahman and Nur al-Din.
func (n Name) gather(c Culture) Name {
	var out Name
	var held []string
	maiden := false
	for i, p := range n {
		w := Canon(p.Text)
		last := len(out) - 1
		switch {
		case p.Kind == "" && i > 0 && born(w) && i+1 < len(n):
			maiden = true
		case p.Kind == "" && last >= 0 && follows(w):
			out[last].Text += " " + p.Text
			out[last].Kind = Patronymic
		case p.Kind == "" && last >= 0 && len(held) == 0 && c == Arab && servant(Canon(out[last].Text), w):
			out[last].Text += " " + p.Text
		case p.Kind == "" && (Small(w) || beginsKunya(w)) && !n.isBen(i):
			held = append(held, p.Text)
		default:
			p.Kind = heldKind(p.Kind, held, c, last >= 0)
			if maiden && p.Kind == "" {
				p.Kind, maiden = Maiden, false
			}
			p.Text = strings.Join(append(held, p.Text), " ")
			held = nil
			out = append(out, p)
		}
	}
	if len(held) > 0 {
		out = append(out, Part{Text: strings.Join(held, " ")})
	}
	return out
}

// isBen reports whether the part at i is the given name Ben or Al, not a particle.
func (n Name) isBen(i int) bool {
	return i == 0 && len(n) > 1 && (n[0].Text == "Ben" || n[0].Text == "Al") && !knownArab(Canon(n[1].Text))
}

func knownArab(w string) bool {
	return arabicLines[w] != nil || aboutPlace(w) || strings.Contains(w, " ")
}

// heldKind returns the kind of a word, which may be given, after particles.
func heldKind(k Kind, held []string, c Culture, later bool) Kind {
	for _, h := range held {
		switch w := Canon(h); {
		case k != "":
		case beginsKunya(w):
			k = Kunya
		case c == Arab && sonOf(w) && later:
			k = Father
		}
	}
	return k
}

// servant reports whether a word and the next are two halves of one Arabic name.
func servant(before, w string) bool {
	switch last := before[strings.LastIndexByte(before, ' ')+1:]; last {
	case "عبد", "abd", "abdel", "abdul", "abdal", "abdur", "abdoul", "абд", "абдель", "абдул":
		return true
	}
	switch w {
	case "الدين", "الاسلام", "الله", "al din", "ad din", "ud din", "el din", "eddin", "eddine", "uddin", "ад дин", "эд дин", "аль дин":
		return true
	}
	return false
}

func follows(particle string) bool {
	switch particle {
	case "оглы", "оглу", "огли", "углы", "угли", "ўғли", "кызы", "кизи", "гызы", "қызы", "қизи", "заде", "уулу", "улы", "ұлы", "uulu", "uly",
		"oglu", "ogly", "ogli", "qizi", "kizi", "kyzy", "zade":
		return true
	}
	return false
}

// beginsKunya reports whether w, "father of" or "mother of", begins a kunya.
func beginsKunya(w string) bool {
	switch w {
	case "ابو", "ابي", "ام", "abu", "abou", "umm", "oum", "абу", "умм":
		return true
	}
	return false
}
