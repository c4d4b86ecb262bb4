package name

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// A scheme writes Cyrillic in Latin, without the marks that canonical spelling
// takes off. head holds what differs at the beginning of a word and, if
// afterVowel, after a vowel, ъ or ь; hushed after ч and щ; hard after ж, ц and ш;
// soft after л; tail what differs at its end.
type scheme struct {
	letters    *alphabet
	head       string // as letters reads it; nothing if it is empty
	hushed     string
	hard       string
	soft       string
	tail       []ending
	russian    bool
	ukrainian  bool
	afterVowel bool
}

type ending struct {
	from, to string
	letters  int // of from
}

// tables are a scheme made ready: the alphabet of the first letter, and of one
// after each place.
type tables struct {
	scheme
	head  *alphabet
	after [5]*alphabet
}

func ready(list []scheme) []tables {
	var out []tables
	for _, s := range list {
		t := tables{scheme: s, head: s.letters.with(s.head)}
		t.after = [...]*alphabet{
			elsewhere: s.letters, behindVowel: s.letters, behindCh: s.letters.with(s.hushed), behindSh: s.letters.with(s.hard), behindL: s.letters.with(s.soft),
		}
		if s.afterVowel {
			t.after[behindVowel] = t.head
		}
		out = append(out, t)
	}
	return out
}

// A place is what a letter makes of that of the next.
type place uint8

const (
	elsewhere   place = iota
	behindVowel       // or a sign
	behindCh          // or щ
	behindSh          // ж or ц
	behindL
)

// A cyrillic is a letter of a word, counted from U+0400, and its place.
type cyrillic struct {
	letter uint16
	place  place
}

// base is what all schemes for a language share; a scheme names what differs.
const (
	basicRu = "а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya і=i ї=i є=e ў=u " +
		"ј=j љ=lj њ=nj ћ=c ђ=dj џ=dz ѓ=gj ќ=kj ѕ=dz қ=q ғ=gh ң=ng ө=o ү=u ұ=u һ=h ә=a "
	basicUk = "а=a б=b в=v г=h д=d е=e ж=zh з=z и=y й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ь= ю=iu я=ia і=i ї=i є=ie ъ= ы=y э=e ў=u "
)

// polish and western are what Polish, and what Czech, Slovene and others write
// otherwise.
const (
	polish  = "в=w е=ie ж=z й=j х=ch ц=c ч=cz ш=sz щ=szcz ю=iu я=ia є=ie ї=ji "
	western = "ж=z й=j х=ch ц=c ч=c ш=s щ=sc ю=ju я=ja є=je ї=ji "
)

// schemes are those in which any case of a name may stand. Languages that decline
// names in Latin letters come early, for only the first spellings are declined.
var schemes = ready([]scheme{
	// What most people write.
	{letters: letters(basicRu), tail: tails("ий=y ый=y"), russian: true},
	// Ukrainian 2010, for passports and places.
	{letters: letters(basicUk), head: "є=ye ї=yi й=y ю=yu я=ya", ukrainian: true},
	// Polish: Chruszczow, Szewczenko.
	{letters: letters(basicRu + polish), head: "е=je ю=ju я=ja", afterVowel: true, hushed: "е=e", hard: "е=e и=y", soft: "е=e ю=u я=a",
		tail: tails("ий=ij ый=yj ский=ski цкий=cki чев=czow щев=szczow жев=zow шев=szow"), russian: true},
	{letters: letters(basicUk + polish + "і=i е=e"), head: "є=je ю=ju я=ja", afterVowel: true, soft: "є=e ю=u я=a",
		tail: tails("ий=yj ський=ski цький=cki"), ukrainian: true},
	// Slovene, Croatian and Serbian; Czech and Slovak.
	{letters: letters(basicRu + western + "х=h"), tail: tails("ий=i ый=i ський=ski цький=cki"), russian: true, ukrainian: true},
	{letters: letters(basicRu + western), tail: tails("ский=sky цкий=cky ый=y"), russian: true},
	{letters: letters(basicUk + western), tail: tails("ський=sky цький=cky"), ukrainian: true},
	// ICAO 9303, Russian passports since 2014.
	{letters: letters(basicRu + "й=i ю=iu я=ia ъ=ie"), russian: true},
	// BGN/PCGN 1947.
	{letters: letters(basicRu), head: "е=ye", afterVowel: true, russian: true},
	// Newspapers: Dmitri, Yuri.
	{letters: letters(basicRu), tail: tails("ий=i ый=i ей=ei ай=ai ой=oi"), russian: true},
	// BGN/PCGN 1965, and what most people write.
	{letters: letters(basicUk + "й=y ю=yu я=ya є=ye ї=yi"), ukrainian: true},
	{letters: letters(basicUk + "й=y ю=yu я=ya є=ye ї=yi"), tail: tails("ий=y ій=iy"), ukrainian: true},
})

// pressSchemes are those that few use for other cases than the nominative: papers
// and the press of other countries.
var pressSchemes = ready([]scheme{
	// ISO 9:1995, and the scholarly romanisation.
	{letters: letters(basicRu + "ж=z й=j х=h ц=c ч=c ш=s щ=s ю=u я=a э=e є=e ї=i"), russian: true, ukrainian: true},
	{letters: letters(basicRu + western), russian: true, ukrainian: true},
	// GOST 7.79-2000 B.
	{letters: letters(basicRu + "й=j х=x ц=cz щ=shh ъ= ы=y"), russian: true},
	// Russian passports of 2000 to 2010, and what many write: Scherbakov.
	{letters: letters(basicRu + "ъ="), tail: tails("ий=iy ый=yy"), russian: true},
	{letters: letters(basicRu + "щ=sch"), tail: tails("ий=y ый=y"), russian: true},
	// French: Khrouchtchev, Chtcherbakov; so were Russian passports before 2000.
	{letters: letters(basicRu + "ж=j у=ou ч=tch ш=ch щ=chtch ю=iou й=i я=ia"), tail: tails("ин=ine ий=i ый=y"), head: "е=ie", russian: true},
	{letters: letters(basicUk + "ж=j у=ou ч=tch ш=ch щ=chtch ю=iou й=i я=ia"), tail: tails("ий=yi"), ukrainian: true},
	// German: Chruschtschow, Schewtschenko.
	{letters: letters(basicRu + "в=w ж=sch з=s й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja"), tail: tails("ий=i ый=y ев=ew"), russian: true},
	{letters: letters(basicRu + "в=w ж=sch з=s й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja"), tail: tails("ев=jow ий=ij"), russian: true},
	{letters: letters(basicRu + "в=w ж=sch з=s й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja"), tail: tails("чев=tschow шев=schow щев=schtschow"), russian: true},
	{letters: letters(basicUk + "в=w ж=sch з=s й=j х=ch ц=z ч=tsch ш=sch щ=schtsch ю=ju я=ja є=je ї=ji"), tail: tails("ий=yj"), ukrainian: true},
	// Spanish: Jrushchov, Shevchenko.
	{letters: letters(basicRu + "х=j й=i"), tail: tails("чев=chov щев=shchov ий=i ый=i"), russian: true},
	// Belarus: passports, and the national romanisation of 2007.
	{letters: letters(basicRu + "г=h й=i ю=iu я=ia ў=u"), russian: true},
	{letters: letters(basicRu + "г=h ж=z й=j х=ch ц=c ч=c ш=s ю=iu я=ia ў=u"), head: "е=je ю=ju я=ja", afterVowel: true, russian: true},
	// Bulgarian, by the law of 2009.
	{letters: letters(basicRu + "х=h щ=sht ъ=a ь=y ю=yu я=ya"), tail: tails("ия=ia"), russian: true},
	// Kazakh passports.
	{letters: letters(basicRu + "х=kh і=i қ=k ғ=g ң=n ө=o ү=u ұ=u й=i"), russian: true},
})

// An alphabet says what each Cyrillic letter is in Latin: up to seven letters in
// the low bytes, the first lowest, and their number in the highest byte.
type alphabet [tableEnd - 0x400]uint64

func letters(list string) *alphabet { return new(alphabet).with(list) }

// with returns a with what list says instead; a letter may be nothing.
func (a alphabet) with(list string) *alphabet {
	for p := range strings.FieldsSeq(list) {
		from, to, _ := strings.Cut(p, "=")
		packed := uint64(len(to)) << 56
		for i := range len(to) {
			packed |= uint64(to[i]) << (8 * i)
		}
		a[[]rune(from)[0]-0x400] = packed
	}
	return &a
}

// tails reads endings; the longest must be found first.
func tails(list string) []ending {
	var out []ending
	for p := range strings.FieldsSeq(list) {
		from, to, _ := strings.Cut(p, "=")
		out = append(out, ending{from, to, utf8.RuneCountInString(from)})
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

func write(schemes []tables, w string) []string {
	ru, uk := !strings.ContainsAny(w, onlyUkrainian), !strings.ContainsAny(w, onlyRussian)
	if !ru && !uk {
		ru, uk = true, true
	}
	var room [48]cyrillic
	word := room[:0]
	for _, c := range w {
		if c >= 0x400 && c < tableEnd {
			word = append(word, cyrillic{uint16(c - 0x400), placeOf(c)})
		}
	}
	ks := strings.Contains(w, "кс")
	var written [1024]byte
	all := written[:0] // every spelling once, one behind the other
	var places [48]int
	ends := places[:0]
	for i := range schemes {
		s := &schemes[i]
		if !(s.russian && ru || s.ukrainian && uk) {
			continue
		}
		from, had := len(all), len(ends)
		all, ends = once(s.append(all, w, word), from, ends)
		if ks && len(ends) > had {
			all = append(all, strings.ReplaceAll(string(all[from:]), "ks", "x")...)
			all, ends = once(all, ends[had], ends)
		}
	}
	text, at := string(all), 0
	out := make([]string, len(ends))
	for i, end := range ends {
		out[i], at = text[at:end], end
	}
	return out
}

// once keeps what stands in all from from on as one more spelling, unless it is
// empty or one of those before it. ends are where they end.
func once(all []byte, from int, ends []int) ([]byte, []int) {
	at := 0
	for _, end := range ends {
		if string(all[at:end]) == string(all[from:]) {
			return all[:from], ends
		}
		at = end
	}
	if len(all) == from {
		return all, ends
	}
	return all, append(ends, len(all))
}

// append writes the word w, whose letters are word, behind b.
func (s *tables) append(b []byte, w string, word []cyrillic) []byte {
	tail := ""
	for _, t := range s.tail {
		if strings.HasSuffix(w, t.from) && t.letters <= len(word) {
			word, tail = word[:len(word)-t.letters], t.to
			break
		}
	}
	at := len(b)
	b = slices.Grow(b, 8*len(word)+8)[:at+8*len(word)+8]
	in := s.head
	for i, c := range word {
		packed := in[c.letter]
		if c.letter == 'г'-0x400 && i > 0 && word[i-1].letter == 'з'-0x400 && s.ukrainian && !s.russian {
			packed = 2<<56 | 'h'<<8 | 'g'
		}
		binary.LittleEndian.PutUint64(b[at:], packed)
		at += int(packed >> 56)
		in = s.after[c.place]
	}
	return append(b[:at], tail...)
}

func placeOf(c rune) place {
	switch c {
	case 'а', 'е', 'є', 'и', 'і', 'ї', 'о', 'у', 'ы', 'э', 'ю', 'я', 'й', 'ъ', 'ь':
		return behindVowel
	case 'ч', 'щ':
		return behindCh
	case 'ж', 'ц', 'ш':
		return behindSh
	case 'л':
		return behindL
	}
	return elsewhere
}
