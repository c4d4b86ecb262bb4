package name

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// guess gives a kind to the parts that have none.
func (n Name) guess(c Culture) Name {
	open := n.plain()
	if len(open) > 1 {
		open = n.capitals(open)
	}
	family := slices.ContainsFunc(n, func(p Part) bool { return p.Kind == Family })
	switch {
	case len(open) == 0:
	case c == Arab:
		n.arab(open, family)
	case family:
		n.give(open, Given)
	case c == Iberian && len(open) > 1:
		n.iberian(open)
	case len(open) == 1:
		n[open[0]].Kind = n.only(open[0])
	default:
		f := n.familyOf(open)
		n[f].Kind = Family
		if c == Bulgarian && len(open) == 3 && f == open[2] {
			n[open[1]].Kind = Patronymic
		}
		n.give(open, Given)
	}
	return n
}

// give gives a kind to those of open that have none.
func (n Name) give(open []int, k Kind) {
	for _, i := range open {
		if n[i].Kind == "" {
			n[i].Kind = k
		}
	}
}

// plain gives a kind to patronymics and initials, and returns where the other
// parts without one are.
func (n Name) plain() (open []int) {
	patronymic := n.patronymic()
	for i := range n {
		c := Canon(n[i].Text)
		switch {
		case n[i].Kind != "":
		case i == patronymic:
			n[i].Kind = Patronymic
		case utf8.RuneCountInString(c) == 1 || strings.HasSuffix(n[i].Text, "."):
			n[i].Kind = Given
			if i > 0 && n[i-1].Kind == Given && utf8.RuneCountInString(Canon(n[i-1].Text)) == 1 {
				n[i].Kind = Patronymic
			}
		default:
			open = append(open, i)
		}
	}
	return open
}

// patronymic returns where the patronymic stands, or -1. Some family names end
// like one (Абрамович, Станкевич): of two the later is it, unless a given name
// stands before the other; and the last of two parts is one only after a father
// whose name is known.
func (n Name) patronymic() int {
	at := -1
	for i, p := range n {
		c := Canon(p.Text)
		if p.Kind != "" || len(n) < 2 || !isPatronymic(c) {
			continue
		}
		if at < 0 || i > 0 && IsGiven(Canon(n[i-1].Text)) && !(at > 0 && IsGiven(Canon(n[at-1].Text))) {
			at = i
		}
	}
	if at >= 0 && len(n) == 2 && endsIn(Canon(n[at].Text), "ович", "евич", "ovich", "evich", "ovych") && !afterFather(Canon(n[at].Text)) {
		return -1
	}
	return at
}

// afterFather reports whether w is made of a given name of the lists.
func afterFather(w string) bool {
	for _, latin := range append(fromLatin(w), w) {
		for _, end := range []string{"ович", "евич", "йович"} {
			stem, ok := strings.CutSuffix(latin, end)
			if !ok {
				continue
			}
			stem = strings.TrimSuffix(stem, "ь")
			for _, back := range []string{"", "й", "ий", "ь", "а", "о"} {
				if sameNames[stem+back] != nil || arabicLines[stem+back] != nil {
					return true
				}
			}
			if strings.Contains(" павл льв яковл ", " "+stem+" ") {
				return true
			}
		}
	}
	return false
}

// capitals makes those parts of open that are written in capitals family names,
// if others are not, and returns the others.
func (n Name) capitals(open []int) []int {
	var rest, caps []int
	for _, i := range open {
		if s := n[i].Text; inCapitals(s) {
			caps = append(caps, i)
		} else {
			rest = append(rest, i)
		}
	}
	if len(caps) == 0 || len(rest) == 0 {
		return open
	}
	n.give(caps, Family)
	return rest
}

// inCapitals reports whether the last word of s is written in capitals.
func inCapitals(s string) bool {
	s = s[strings.LastIndexByte(s, ' ')+1:]
	return s == strings.ToUpper(s) && s != strings.ToLower(s) && utf8.RuneCountInString(s) > 1
}

// arab reads given name, father, grandfather and family name or nisba, in that
// order, of which any but the first may lack. A last name that is nobody's given
// name is of the family.
func (n Name) arab(open []int, family bool) {
	for _, i := range open {
		if k := articleKind(n[i].Text); k != "" && (i > 0 || len(open) == 1) {
			n[i].Kind, family = k, true
		}
	}
	open = slices.DeleteFunc(open, func(i int) bool { return n[i].Kind != "" })
	if last := len(open) - 1; last > 0 && !family && !n.fatherAfter(open[last]) {
		if known := knownGiven(Canon(n[open[last]].Text)); !known || last == 1 && open[last] < 2 || last > 2 {
			n[open[last]].Kind = Family
		}
	}
	line := []Kind{Given, Father, Grandfather}
	for i := range n {
		switch {
		case n[i].Kind == Father && len(line) == 3: // no given name stands before
			line = line[2:]
		case n[i].Kind == "" || n[i].Kind == Father:
			n[i].Kind = line[0]
			line = line[min(1, len(line)-1):]
		}
	}
	n.lastSon(family)
}

// fatherAfter reports whether a part that is said to be a father's name stands
// after the part at i.
func (n Name) fatherAfter(i int) bool {
	return slices.ContainsFunc(n[i:], func(p Part) bool { return p.Kind == Father })
}

// lastSon makes a family name of the last "bin Laden" of a name that has none,
// unless it is a given name.
func (n Name) lastSon(family bool) {
	last := len(n) - 1
	if family || last < 1 || slices.ContainsFunc(n, func(p Part) bool { return p.Kind == Family }) {
		return
	}
	words := strings.Fields(Canon(n[last].Text))
	if len(words) > 1 && sonOf(words[0]) && !knownGiven(words[len(words)-1]) {
		n[last].Kind = Family
	}
}

// articleKind returns what a name with the Arabic article is: a nisba if it ends
// like one, otherwise a family name; "" without article.
func articleKind(s string) Kind {
	c := Canon(s)
	bare, ok := strings.CutPrefix(c, "ال")
	if !ok || utf8.RuneCountInString(bare) < 3 {
		first, rest, two := strings.Cut(c, " ")
		if bare = rest; !two || !isArticle(first) && first != "as" && first != "an" && first != "az" && first != "ас" && first != "ан" && first != "аз" {
			return ""
		}
	}
	if endsIn(bare, "i", "y", "и", "й", "ي", "يه", "iyya", "iya", "ия") {
		return Nisba
	}
	return Family
}

// iberian reads one or more given names, of which the first parts are, and family
// names, which are the rest: at least one, and two where nothing else is known.
func (n Name) iberian(open []int) {
	given := 0
	for given < len(open)-1 && knownGiven(Canon(n[open[given]].Text)) {
		given++
	}
	if given == 0 {
		given = max(1, min(2, len(open)-2))
	}
	n.give(open[:given], Given)
	n.give(open[given:], Family)
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

// familyOf picks which of the open parts is the family name: the one with a
// particle, the one that is no given name, the one that looks like a family name,
// the one before a given name and patronymic, or the last.
func (n Name) familyOf(open []int) int {
	test := []func(string) bool{
		func(s string) bool { first, _, two := strings.Cut(Canon(s), " "); return two && Small(first) },
		func(s string) bool { return !knownGiven(Canon(s)) },
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

// familyLike reports whether w ends as family names of many countries do.
func familyLike(w string) bool {
	return anyEnds([]string{w},
		"ов", "ова", "ев", "ева", "єв", "єва", "ин", "ина", "ін", "іна", "їн", "їна", "ын", "ына",
		"ский", "ская", "ський", "ська", "цкий", "цкая", "цький", "цька", "ской", "ски", "скі", "цкі",
		"енко", "ко", "чук", "юк", "ук", "як", "ів", "їв", "ых", "их", "дзе", "швили", "швілі", "ян", "янц", "ец", "ець", "оглу", "зода", "оў", "аў",
		"ov", "ova", "ev", "eva", "sky", "ski", "skiy", "skyi", "skaya", "ska", "cki", "cka", "enko", "chuk", "uk", "yan",
		"shvili", "dze", "oglu", "zade", "zada", "wicz", "czyk", "czak", "owa", "ewa", "dottir", "sson",
	)
}

// isPatronymic reports whether w ends as patronymics do.
func isPatronymic(w string) bool {
	return anyEnds([]string{w},
		"ович", "евич", "йович", "ївич", "льич", "мич", "кич", "зьмич", "тич", "авіч", "евіч", "овна", "евна", "івна", "ївна", "ична", "инична", "інічна", "аўна", "еўна",
		"ovich", "evich", "iovych", "ovych", "iovich", "yovych", "ovna", "evna", "ivna", "yivna", "ichna", "inichna",
		" оглы", " кызы", "оглы", "кызы", "қызы", "ұлы",
	)
}
