package name

import (
	"cmp"
	"slices"
	"strings"
)

// spellings returns w first, then the other ways the same name is spelled in
// Cyrillic: in Russian if it is Ukrainian and the other way round, and from
// Latin script if it is Latin.
func spellings(w string, k Kind) []string {
	out := []string{w}
	if k != Patronymic && k != Callsign {
		out = append(out, sameArabic(w)...)
	}
	switch {
	case isCyrillic(w):
		out = append(out, neighbours(w, k)...)
		switch {
		case k.own():
			out = append(out, sameGiven(w)...)
		case k == Patronymic:
			out = append(out, samePatronymic(w)...)
		}
	case w[0] < 0x80:
		out = append(out, fromLatin(w)...)
		if k.own() {
			for _, c := range out {
				out = append(out, sameGiven(c)...)
			}
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(out, func(s string) bool {
		had := seen[s]
		seen[s] = true
		return had
	})
}

// Patronymic heads and tails pair the beginnings and the ends of Russian and Ukrainian
// patronymics that the general rules don't turn into each other.
var (
	patronymicHeads = strings.Fields("александр олександр алексе олексі владимир володимир николаевич миколайович николаевна миколаївна " +
		"михаил михайл дмитри дмитр евген євген павл павл василь васил григорь григор анатоль анатол степан степан федор федор " +
		"елисе єлисе яковл яков кирилл кирил даниил данил фом хом")
	patronymicTails = strings.Fields("еевич ійович еевна іївна ьевич ійович ьевна іївна ьевич ьович ьевич ович ьевна івна аевич айович аевна аївна " +
		"овна івна евна івна овна ївна евич ович иевич ович иевна івна лович ович ловна івна")
)

// samePatronymic returns the patronymic w as it may be in the other language.
func samePatronymic(w string) []string {
	heads := []string{w}
	for i := 0; i < len(patronymicHeads); i += 2 {
		ru, uk := patronymicHeads[i], patronymicHeads[i+1]
		if rest, ok := strings.CutPrefix(w, ru); ok {
			heads = append(heads, uk+rest)
		}
		if rest, ok := strings.CutPrefix(w, uk); ok {
			heads = append(heads, ru+rest)
		}
	}
	out := heads[1:]
	for _, h := range heads {
		for i := 0; i < len(patronymicTails); i += 2 {
			ru, uk := patronymicTails[i], patronymicTails[i+1]
			if stem, ok := strings.CutSuffix(h, ru); ok {
				out = append(out, ruHardToUk.Replace(stem)+uk, ruToUk.Replace(stem)+uk)
			}
			if stem, ok := strings.CutSuffix(h, uk); ok && stem != "" {
				out = append(out, ukToRu.Replace(stem)+ru)
			}
		}
	}
	return out
}

// Letters that only one of the two languages has.
const (
	onlyRussian   = "ыэъ"
	onlyUkrainian = "іїє"
)

// neighbours writes a name of one language in the other, as passports and papers
// do: Зеленський, Зеленский; Сидорчук, Сидорчук; Рыбалко, Рибалко.
func neighbours(w string, k Kind) []string {
	var out []string
	if !strings.ContainsAny(w, onlyRussian) {
		ru := ukToRu.Replace(w)
		out = append(out, ru, strings.ReplaceAll(strings.ReplaceAll(ukHardToRu.Replace(w), "ыи", "ий"), "ый", "ий"))
		if strings.HasSuffix(ru, "ий") && k != Patronymic {
			out = append(out, strings.TrimSuffix(ru, "ий")+"ый")
		}
		for _, s := range []struct{ uk, ru string }{
			{"івна", "овна"}, {"івна", "евна"}, {"ївна", "евна"}, {"йович", "евич"}, {"ович", "евич"}, {"їн", "ин"},
		} {
			if stem, ok := strings.CutSuffix(w, s.uk); ok && (k == Patronymic || s.uk == "їн") {
				out = append(out, ukToRu.Replace(stem)+s.ru)
			}
		}
	}
	if !strings.ContainsAny(w, onlyUkrainian) {
		uk := ruToUk.Replace(w)
		out = append(out, uk, ruHardToUk.Replace(w))
		for _, s := range []struct{ ru, uk string }{
			{"ский", "ський"}, {"цкий", "цький"}, {"ская", "ська"}, {"цкая", "цька"}, {"ый", "ий"}, {"ая", "а"},
			{"овна", "івна"}, {"евна", "ївна"}, {"евна", "івна"}, {"евич", "йович"}, {"евич", "ович"}, {"ец", "ець"},
			{"ей", "ій"}, {"ин", "ін"}, {"ов", "ів"}, {"ев", "єв"}, {"ева", "єва"},
		} {
			if stem, ok := strings.CutSuffix(w, s.ru); ok {
				out = append(out, ruToUk.Replace(stem)+s.uk, ruHardToUk.Replace(stem)+s.uk)
			}
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == w || s == "" })
}

var (
	ukToRu     = strings.NewReplacer("ськ", "ск", "цьк", "цк", "зьк", "зк", "ць", "ц", "і", "и", "ї", "и", "є", "е", "йо", "е", "ьо", "е")
	ukHardToRu = strings.NewReplacer("ськ", "ск", "цьк", "цк", "зьк", "зк", "ць", "ц", "и", "ы", "і", "и", "ї", "и", "є", "е")
	ruToUk     = strings.NewReplacer("ы", "и", "э", "е", "ъ", "")
	ruHardToUk = strings.NewReplacer("и", "і", "ы", "и", "э", "е", "ъ", "")
)

// fromLatinTable holds what Latin letters may stand for in Cyrillic, in English,
// German, French, Polish, Czech and Slovene spellings without marks; the longest
// group is read first. A ^ in front counts only at the beginning, a $ behind only at
// the end. What the table of sounds can't tell apart stands likeliest first.
const fromLatinTable = "schtsch=щ szcz=щ shch=щ tsch=ч dsch=дж sch=щ,ш,ск,сх tch=ч tsh=ч dzh=дж sh=ш,сх sz=ш,с,з ch=ч,х,ш,к cz=ч,ц zh=ж kh=х,к ts=ц,тс tz=ц,тц ck=к,цк ph=ф,п th=т rh=р " +
	"rz=р,рз,рж,ж,ш zs=ж,зс cs=ч,кс dz=дз,ц dj=дж,дь,дй gh=г,х gn=гн,нь gu=гу,г qu=кв,к x=кс,х,з " +
	"yu=ю iu=ю,иу ju=ю,жу,джу,ху ya=я,йя ia=я,ия ja=я,джа,жа,ха yo=е,йо,ио jo=е,йо,джо,жо,хо ye=е,є ie=е,ие,ье,є,и je=е,є,дже,же yi=ї,и,ии ji=ї,и,цзи,джи " +
	"oo=у,оо,о ou=у,оу,ау ee=и,ее,э ea=и,еа,е,эа ei=ай,ей,эй,еи ai=ай,аи,э,ей au=ау,о,ав eu=ой,е,еу,ев,ойе oe=е,э,у,оэ ue=ю,уэ,уе ae=е,э,аэ uy=уй,ю " +
	"skiy$=ский,ський sky$=ский,ський,ски ski$=ский,ський,ски skyi$=ський,ский skii$=ский skij$=ский,ський skyy$=ський,ский skyj$=ський,ский " +
	"cky$=цкий,цький,ки cki$=цкий,цький tsky$=цкий,цький tskyi$=цький,цкий tskiy$=цкий,цький tskyy$=цький,цкий skaya$=ская skaia$=ская skaja$=ская ska$=ська,ская,ска cka$=цька,цкая,цка " +
	"iy$=ий,ій ij$=ий,ій,ей ii$=ий,ій,ии yi$=ий yy$=ый,ий yj$=ый,ий y$=и,ий,ый ey$=ей,и ei$=ей,ай ej$=ей ay$=ай,ей ai$=ай oy$=ой oi$=ой,уа uy$=уй ui$=уй aj$=ай oj$=ой uj$=уй i$=и,ий " +
	"ay=ай,ей,эй oy=ой ey=ей,эй aj=ай oj=ой ej=ей,ежд e$=е,,э es$=ес,с,з off$=ов,офф eff$=ев,ефф " +
	"a=а,е,э,ей,ъ b=б c=ц,к,ч,с d=д ^e=е,э,и,є e=е,,э,и f=ф g=г,дж,ж ^h=х,г, h=х,г, i=и,ай,ы,й ^j=дж,й,ж,х,я j=й,ж,дж,х,ь k=к l=л,ль m=м n=н o=о,оу,а,у p=п q=к,ч r=р s=с,ш,з t=т u=у,а,ю,ю v=в,ф w=в,у ^y=й,и,ы y=и,ы,й,ай z=з,ж,ц,с,дз"

// latinGroup is one entry of the table.
type latinGroup struct {
	from       string
	head, tail bool
	to         []string
}

// ties returns in how many ways g is tied to a place in the word.
func (g latinGroup) ties() int {
	switch {
	case g.head && g.tail:
		return 2
	case g.head || g.tail:
		return 1
	}
	return 0
}

var latinGroups = makeLatinGroups()

func makeLatinGroups() []latinGroup {
	var out []latinGroup
	for p := range strings.FieldsSeq(fromLatinTable) {
		from, to, _ := strings.Cut(p, "=")
		g := latinGroup{to: strings.Split(to, ",")}
		from, g.head = strings.CutPrefix(from, "^")
		g.from, g.tail = strings.CutSuffix(from, "$")
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b latinGroup) int {
		return cmp.Or(len(b.from)-len(a.from), b.ties()-a.ties())
	})
	return out
}

const (
	maxRespelled = 24 // Cyrillic spellings of one Latin word
	maxTries     = 48 // beginnings of them that are kept
	laterCost    = 3  // of a later entry of a group
)

// A try is one choice of what a group of letters stands for, after that of from,
// and what all so far cost; see soundTable.
type try struct {
	text       string
	cost, from int
}

// fromPolish writes Polish in letters that fewer languages read otherwise.
var fromPolish = strings.NewReplacer("szcz", "shch", "sz", "sh", "cz", "ch", "ch", "kh", "w", "v", "ie", "e", "ja", "ya", "ju", "yu", "je", "ye", "j", "y")

// fromLatin returns Cyrillic spellings that a Latin word may stand for, likeliest
// first.
func fromLatin(w string) []string {
	if !isLatin(w) {
		return nil
	}
	var all, out []string
	if strings.Contains(w, "sz") || strings.Contains(w, "cz") || endsIn(w, "ow", "ew", "owa", "ewa", "wski") {
		if slavic := respell(fromPolish.Replace(w)); len(slavic) > 0 {
			all = slavic[:min(len(slavic), 3)]
		}
	}
	all = append(all, respell(w)...)
	put := func(s string) {
		if s != "" && len(out) < maxRespelled && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	const first = 4
	for i, s := range all {
		if i == first {
			for _, s := range all[:first] {
				put(strings.ReplaceAll(s, "и", "і"))
			}
		}
		put(s)
	}
	return out
}

// respell returns Cyrillic spellings of w, plain Latin, likeliest first.
func respell(w string) []string {
	rows := [][]try{{{}}}
	for i := 0; i < len(w); {
		last := rows[len(rows)-1]
		var next []try
		if i > 0 && w[i] == w[i-1] && !isVowelSound(w[i]) && w[i] != 'c' { // a double is written or not
			for from, t := range last {
				next = append(next, try{"", t.cost + laterCost, from}, try{strings.TrimSuffix(t.text, "ь"), t.cost, from})
			}
			i++
		} else {
			g := groupAt(w, i)
			for n, to := range g.to {
				sounds, _ := soundsOf(to)
				cost := laterCost*n + soundsOfLatin.between(w, i, i+len(g.from), string(sounds))
				for from, t := range last {
					next = append(next, try{to, t.cost + cost, from})
				}
			}
			i += len(g.from)
		}
		slices.SortStableFunc(next, func(a, b try) int { return a.cost - b.cost })
		rows = append(rows, next[:min(len(next), maxTries)])
	}
	var out []string
	for at := range min(len(rows[len(rows)-1]), maxRespelled) {
		text, from := "", at
		for i := len(rows) - 1; i > 0; i-- {
			t := rows[i][from]
			text, from = t.text+text, t.from
		}
		out = append(out, text)
	}
	return out
}

// groupAt returns the group at i of w, which is plain Latin: every letter is one.
func groupAt(w string, i int) latinGroup {
	for _, g := range latinGroups {
		if strings.HasPrefix(w[i:], g.from) && (!g.head || i == 0) && (!g.tail || i+len(g.from) == len(w)) {
			return g
		}
	}
	return latinGroup{from: w[i : i+1]}
}
