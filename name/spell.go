package name

import (
	"slices"
	"strings"
)

// spellings returns w first, then the other ways the same name is spelled in
// Cyrillic: in Russian if it is Ukrainian and the other way round, and from
// Latin script if it is Latin.
func spellings(w string, k Kind) []string {
	out := []string{w}
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
	if k != Patronymic && k != Callsign {
		out = append(out, sameArabic(w)...)
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

// fromLatinTable holds what Latin letters may stand for in Cyrillic, likeliest
// first; the longest group is read first. A ^ in front counts only at the
// beginning, a $ behind only at the end.
const fromLatinTable = "shch=щ sch=щ,ш sh=ш ch=ч,х zh=ж kh=х ts=ц,тс tz=ц ck=к ph=ф th=т x=кс " +
	"yu=ю iu=ю ju=ю ya=я ia=я,ия ja=я yo=е,йо jo=е,йо ye=е,є ie=е,є,ье je=е,є yi=ї,и ji=ї,и " +
	"skiy$=ский,ський sky$=ский,ський ski$=ский,ський skyi$=ський,ский skii$=ский,ський skij$=ский,ський skyy$=ський,ский " +
	"tsky$=цкий,цький tskyi$=цький,цкий tskiy$=цкий,цький tskyy$=цький,цкий skaya$=ская skaia$=ская ska$=ська,ская " +
	"iy$=ий,ій ij$=ий ii$=ий,ій yi$=ий yy$=ый,ий y$=ий,ый,и ey$=ей,ий ei$=ей ej$=ей ay=ай ai=ай oy=ой oi=ой uy=уй ui=уй ey=ей ei=ей aj=ай oj=ой ej=ей " +
	"a=а b=б c=ц,к d=д ^e=е,э e=е f=ф g=г h=х,г i=и,і j=й,дж k=к l=л,ль m=м n=н o=о p=п q=к r=р s=с t=т u=у v=в w=в ^y=й,и y=ы,и,й z=з"

// latinGroup is one entry of the table.
type latinGroup struct {
	from       string
	head, tail bool
	to         []string
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
		return len(b.from) - len(a.from)
	})
	return out
}

// maxRespelled bounds the Cyrillic spellings tried for one Latin word.
const maxRespelled = 24

// fromLatin returns Cyrillic spellings that a Latin word may stand for, likeliest
// first.
func fromLatin(w string) []string {
	type try struct {
		text string
		cost int
	}
	tries := []try{{}}
	for i := 0; i < len(w); {
		g, ok := groupAt(w, i)
		if !ok {
			return nil
		}
		var next []try
		for _, t := range tries {
			for cost, to := range g.to {
				next = append(next, try{t.text + to, t.cost + cost})
			}
		}
		slices.SortStableFunc(next, func(a, b try) int { return a.cost - b.cost })
		tries = next[:min(len(next), maxRespelled)]
		i += len(g.from)
	}
	out := make([]string, len(tries))
	for i, t := range tries {
		out[i] = t.text
	}
	return out
}

func groupAt(w string, i int) (latinGroup, bool) {
	for _, tied := range []bool{true, false} {
		for _, g := range latinGroups {
			if (g.head || g.tail) != tied || !strings.HasPrefix(w[i:], g.from) {
				continue
			}
			if (!g.head || i == 0) && (!g.tail || i+len(g.from) == len(w)) {
				return g, true
			}
		}
	}
	return latinGroup{}, false
}
