package name

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a written name into typed parts, in the order they were written.
//
// It knows "Family Given Patronymic", "Given Patronymic Family", "Given Family",
// "Family, Given", initials on either side, a family name in capitals, a former
// family name in brackets and an alias in quotation marks, in Cyrillic and in
// Latin. What it can't tell it calls [Other]; the caller shows the result to the
// person who typed it, who may correct it. An empty string has no parts.
func Parse(s string) Name {
	var n Name
	comma := false
	for len(s) > 0 {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		kind, text, rest := next(s)
		s = rest
		if strings.HasSuffix(text, ",") {
			text = strings.TrimSuffix(text, ",")
			comma = comma || len(n) == 0
		}
		if text = strings.TrimSpace(text); strings.IndexFunc(text, unicode.IsLetter) >= 0 {
			n = append(n, Part{kind, text})
		}
	}
	n = gatherParticles(n)
	if comma && len(n) > 1 && n[0].Kind == "" {
		n[0].Kind = Family
	}
	return n.guess()
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
				return pair.kind, text, rest
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

// gatherParticles joins van, ибн and their like to the word after them, or the
// word before for оглы and кызы.
func gatherParticles(n Name) Name {
	var out Name
	held, kunya := "", false
	for _, p := range n {
		c := Canon(p.Text)
		switch {
		case p.Kind == "" && len(out) > 0 && follows(c):
			out[len(out)-1].Text += " " + p.Text
			out[len(out)-1].Kind = Patronymic
		case p.Kind == "" && (Small(c) || beginsKunya(c)):
			held += p.Text + " "
			kunya = kunya || beginsKunya(c)
		default:
			if kunya && p.Kind == "" {
				p.Kind = Kunya
			}
			p.Text = held + p.Text
			held, kunya = "", false
			out = append(out, p)
		}
	}
	if held != "" {
		out = append(out, Part{Text: strings.TrimSpace(held)})
	}
	return out
}

func follows(particle string) bool {
	switch particle {
	case "оглы", "оглу", "огли", "кызы", "кизи", "гызы", "заде", "углы", "уулу", "улы", "oglu", "ogly", "qizi", "kizi", "kyzy", "zade":
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

// guess gives a kind to the parts that have none.
func (n Name) guess() Name {
	family := false
	var open []int
	for i := range n {
		c := Canon(n[i].Text)
		switch {
		case n[i].Kind != "":
		case len(n) > 1 && isPatronymic(c):
			n[i].Kind = Patronymic
		case utf8.RuneCountInString(c) == 1 || strings.HasSuffix(n[i].Text, "."):
			n[i].Kind = Given
			if i > 0 && n[i-1].Kind == Given && utf8.RuneCountInString(Canon(n[i-1].Text)) == 1 {
				n[i].Kind = Patronymic
			}
		default:
			open = append(open, i)
		}
		family = family || n[i].Kind == Family
	}
	if len(open) == 1 && !family {
		i := open[0]
		n[i].Kind = n.only(i)
		return n
	}
	if !family && len(open) > 0 {
		f := n.familyOf(open)
		n[f].Kind = Family
	}
	for _, i := range open {
		if n[i].Kind == "" {
			n[i].Kind = Given
		}
	}
	return n
}

// only says what the one open part i is, when every other is known.
func (n Name) only(i int) Kind {
	c := Canon(n[i].Text)
	given, patronymic := false, false
	for _, p := range n {
		given = given || p.Kind == Given
		patronymic = patronymic || p.Kind == Patronymic
	}
	switch {
	case given || familyLike(c) && sameGiven(c) == nil:
		return Family
	case IsGiven(c) || patronymic:
		return Given
	case len(n) > 1:
		return Family
	}
	return Other
}

// familyOf picks which of the open parts is the family name: one in capitals
// among others that aren't, the one that is no given name, the one that looks
// like a family name, the one before a given name and patronymic, or the last.
func (n Name) familyOf(open []int) int {
	test := []func(string) bool{
		func(s string) bool {
			return s == strings.ToUpper(s) && s != strings.ToLower(s) && utf8.RuneCountInString(s) > 1
		},
		func(s string) bool { return sameGiven(Canon(s)) == nil && !IsGiven(Canon(s)) },
		func(s string) bool { return familyLike(Canon(s)) },
	}
	for _, is := range test {
		found, count := -1, 0
		for _, i := range open {
			if is(n[i].Text) {
				found, count = i, count+1
			}
		}
		if count == 1 {
			return found
		}
	}
	first, last := open[0], open[len(open)-1]
	if last+1 < len(n) && n[last+1].Kind == Patronymic {
		return first
	}
	return last
}

// familyLike reports whether w ends as Russian and Ukrainian family names do.
func familyLike(w string) bool {
	for _, s := range []string{
		"ов", "ова", "ев", "ева", "єв", "єва", "ин", "ина", "ін", "іна", "їн", "їна", "ын", "ына",
		"ский", "ская", "ський", "ська", "цкий", "цкая", "цький", "цька", "ской",
		"енко", "ко", "чук", "юк", "ук", "як", "ів", "їв", "ых", "их", "дзе", "швили", "швілі", "ян", "янц", "ец", "ець",
		"ov", "ova", "ev", "eva", "sky", "ski", "skiy", "skyi", "skaya", "ska", "enko", "chuk", "uk", "yan",
	} {
		if strings.HasSuffix(w, s) && len(w) > len(s)+2 {
			return true
		}
	}
	return false
}

// isPatronymic reports whether w ends as patronymics do.
func isPatronymic(w string) bool {
	for _, s := range []string{
		"ович", "евич", "йович", "ївич", "льич", "мич", "кич", "зьмич", "овна", "евна", "івна", "ївна", "ична", "инична", "інічна",
		"ovich", "evich", "iovych", "ovych", "iovich", "yovych", "ovna", "evna", "ivna", "yivna", "ichna", "inichna",
		" оглы", " кызы", "оглы", "кызы",
	} {
		if strings.HasSuffix(w, s) && len(w) > len(s)+2 {
			return true
		}
	}
	return false
}
