package name

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A scheme writes Cyrillic in Latin, without the marks that canonical spelling
// takes off. head holds what differs at the beginning of a word and, if
// afterVowel, after a vowel, ъ or ь; tail what differs at its end.
type scheme struct {
	letters    *alphabet
	head       *alphabet
	tail       []ending
	russian    bool
	ukrainian  bool
	afterVowel bool
}

type ending struct{ from, to string }

// base is what all schemes for a language share; a scheme names what differs.
const (
	basicRu = "а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya і=i ї=i є=e ў=u " +
		"ј=j љ=lj њ=nj ћ=c ђ=dj џ=dz ѓ=gj ќ=kj ѕ=dz қ=q ғ=gh ң=ng ө=o ү=u ұ=u һ=h ә=a "
	basicUk = "а=a б=b в=v г=h д=d е=e ж=zh з=z и=y й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ь= ю=iu я=ia і=i ї=i є=ie ъ= ы=y э=e ў=u "
)

// schemes are those in which any case of a name may stand.
var schemes = []scheme{
	// What most people write.
	{letters: letters(basicRu), tail: tails("ий=y ый=y"), russian: true},
	// ICAO 9303, Russian passports since 2014.
	{letters: letters(basicRu + "й=i ю=iu я=ia ъ=ie"), russian: true},
	// BGN/PCGN 1947.
	{letters: letters(basicRu), head: letters("е=ye"), afterVowel: true, russian: true},
	// ISO 9:1995, and the scholarly romanisation.
	{letters: letters(basicRu + "ж=z й=j х=h ц=c ч=c ш=s щ=s ю=u я=a э=e є=e ї=i"), russian: true, ukrainian: true},
	{letters: letters(basicRu + "ж=z й=j х=ch ц=c ч=c ш=s щ=sc ю=ju я=ja є=je ї=ji"), russian: true, ukrainian: true},
	// Newspapers: Dmitri, Yuri.
	{letters: letters(basicRu), tail: tails("ий=i ый=i ей=ei ай=ai ой=oi"), russian: true},
	// Ukrainian 2010, for passports and places.
	{letters: letters(basicUk), head: letters("є=ye ї=yi й=y ю=yu я=ya"), ukrainian: true},
	// BGN/PCGN 1965, and what most people write.
	{letters: letters(basicUk + "й=y ю=yu я=ya є=ye ї=yi"), ukrainian: true},
	{letters: letters(basicUk + "й=y ю=yu я=ya є=ye ї=yi"), tail: tails("ий=y ій=iy"), ukrainian: true},
}

// pressSchemes are those that few use for other cases than the nominative: papers
// and the press of other countries.
var pressSchemes = []scheme{
	// GOST 7.79-2000 B.
	{letters: letters(basicRu + "й=j х=x ц=cz щ=shh ъ= ы=y"), russian: true},
	// Russian passports of 2000 to 2010, and what many write: Scherbakov.
	{letters: letters(basicRu + "ъ="), tail: tails("ий=iy ый=yy"), russian: true},
	{letters: letters(basicRu + "щ=sch"), tail: tails("ий=y ый=y"), russian: true},
	// French: Khrouchtchev, Chtcherbakov; so were Russian passports before 2000.
	{letters: letters(basicRu + "ж=j у=ou ч=tch ш=ch щ=chtch ю=iou й=i я=ia"), tail: tails("ин=ine ий=i ый=y"), head: letters("е=ie"), russian: true},
	{letters: letters(basicUk + "ж=j у=ou ч=tch ш=ch щ=chtch ю=iou й=i я=ia"), tail: tails("ий=yi"), ukrainian: true},
	// German: Chruschtschow, Schewtschenko.
	{letters: letters(basicRu + "в=w ж=sch з=s й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja"), tail: tails("ий=i ый=y ев=ew"), russian: true},
	{letters: letters(basicRu + "в=w ж=sch з=s й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja"), tail: tails("ев=jow ий=ij"), russian: true},
	{letters: letters(basicRu + "в=w ж=sch з=s й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja"), tail: tails("чев=tschow шев=schow щев=schtschow"), russian: true},
	{letters: letters(basicUk + "в=w ж=sch з=s й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja є=je ї=ji"), tail: tails("ий=yj"), ukrainian: true},
	// Polish: Chruszczow, Szewczenko.
	{letters: letters(basicRu + "в=w ж=z й=j х=ch ц=c ч=cz ш=sz щ=szcz ю=ju я=ja"), tail: tails("ий=ij ский=ski цкий=cki чев=czow щев=szczow ев=iew"), russian: true},
	{letters: letters(basicUk + "в=w ж=z й=j х=ch ц=c ч=cz ш=sz щ=szcz ю=ju я=ja є=je ї=ji"), tail: tails("ський=ski цький=cki"), ukrainian: true},
	// Spanish: Jrushchov, Shevchenko.
	{letters: letters(basicRu + "х=j й=i"), tail: tails("чев=chov щев=shchov ий=i ый=i"), russian: true},
	// Belarus: passports, and the national romanisation of 2007.
	{letters: letters(basicRu + "г=h й=i ю=iu я=ia ў=u"), russian: true},
	{letters: letters(basicRu + "г=h ж=z й=j х=ch ц=c ч=c ш=s ю=iu я=ia ў=u"), head: letters("е=je ю=ju я=ja"), afterVowel: true, russian: true},
	// Bulgarian, by the law of 2009.
	{letters: letters(basicRu + "х=h щ=sht ъ=a ь=y ю=yu я=ya"), tail: tails("ия=ia"), russian: true},
	// Kazakh passports.
	{letters: letters(basicRu + "х=kh і=i қ=k ғ=g ң=n ө=o ү=u ұ=u й=i"), russian: true},
}

// An alphabet says what each Cyrillic letter is in Latin. set is what it says
// anything about, since a letter may be nothing.
type alphabet struct {
	latin [tableEnd - 0x400]string
	set   [tableEnd - 0x400]bool
}

func letters(list string) *alphabet {
	var a alphabet
	for p := range strings.FieldsSeq(list) {
		from, to, _ := strings.Cut(p, "=")
		c := []rune(from)[0] - 0x400
		a.latin[c], a.set[c] = to, true
	}
	return &a
}

// tails reads endings; the longest must be found first.
func tails(list string) []ending {
	var out []ending
	for p := range strings.FieldsSeq(list) {
		from, to, _ := strings.Cut(p, "=")
		out = append(out, ending{from, to})
	}
	slices.SortStableFunc(out, func(a, b ending) int { return len(b.from) - len(a.from) })
	return out
}

// romanise writes a Cyrillic word in Latin by every scheme of its language, or
// of both if it may be either. ks is also written x.
func romanise(w string) []string { return write(schemes, w) }

// inPress writes a Cyrillic word in Latin as [romanise] does, by the schemes that
// other countries' papers and press write names in the nominative.
func inPress(w string) []string { return write(pressSchemes, w) }

func write(schemes []scheme, w string) []string {
	ru, uk := !strings.ContainsAny(w, onlyUkrainian), !strings.ContainsAny(w, onlyRussian)
	if !ru && !uk {
		ru, uk = true, true
	}
	var room [48]rune
	word := room[:0]
	for _, c := range w {
		word = append(word, c)
	}
	ks := strings.Contains(w, "кс")
	var written [256]byte
	all := written[:0] // every spelling once, one behind the other
	var ends [48]int
	n := 0
	for i := range schemes {
		s := &schemes[i]
		if !(s.russian && ru || s.ukrainian && uk) || n+2 > len(ends) {
			continue
		}
		from := len(all)
		all = s.append(all, w, word)
		if all, n = once(all, from, ends[:], n); ks && n > 0 && ends[n-1] == len(all) && len(all) > from {
			latin := strings.ReplaceAll(string(all[from:]), "ks", "x")
			at := len(all)
			all = append(all, latin...)
			all, n = once(all, at, ends[:], n)
		}
	}
	text, at := string(all), 0
	out := make([]string, n)
	for i, end := range ends[:n] {
		out[i], at = text[at:end], end
	}
	return out
}

// once keeps what stands in all from from on as spelling number n, unless it is
// empty or one of those before it.
func once(all []byte, from int, ends []int, n int) ([]byte, int) {
	at := 0
	for _, end := range ends[:n] {
		if string(all[at:end]) == string(all[from:]) {
			return all[:from], n
		}
		at = end
	}
	if len(all) == from {
		return all, n
	}
	ends[n] = len(all)
	return all, n + 1
}

// append writes the word w, which is also word, behind b.
func (s *scheme) append(b []byte, w string, word []rune) []byte {
	tail := ""
	for _, t := range s.tail {
		if strings.HasSuffix(w, t.from) {
			word, tail = word[:len(word)-utf8.RuneCountInString(t.from)], t.to
			break
		}
	}
	var before rune
	for _, c := range word {
		at := c - 0x400
		switch {
		case at < 0 || at >= tableEnd-0x400:
		case s.head != nil && s.head.set[at] && (before == 0 || s.afterVowel && opensNext(before)):
			b = append(b, s.head.latin[at]...)
		case c == 'г' && before == 'з' && s.ukrainian && !s.russian:
			b = append(b, "gh"...)
		default:
			b = append(b, s.letters.latin[at]...)
		}
		before = c
	}
	return append(b, tail...)
}

// opensNext reports whether the letter after c is read as at the beginning.
func opensNext(c rune) bool {
	switch c {
	case 'а', 'е', 'є', 'и', 'і', 'ї', 'о', 'у', 'ы', 'э', 'ю', 'я', 'й', 'ъ', 'ь':
		return true
	}
	return false
}
