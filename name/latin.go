package name

import "strings"

// Case tables for names in Latin letters: Polish, Czech, Slovak, Slovene,
// Croatian and Serbian, which decline every name they can, foreign ones too
// (Johnsona, Johnsonem, Johnsonom). They are written on canonical spelling, where
// ł is l and ą is a: what is lost with the marks (hard n or soft ń) is given both
// ways. Like the Cyrillic tables, they are the union of all those languages.

// Endings of adjectives and of nouns.
const (
	skLatin = "i y iego iemu im imi ima a iej ie ich o eho emu ym em e ou ych ymi yma ega ih ej u og oga om oj ij iy aya aja aia oy ami "
	adLatin = "y i ego emu ym im ymi yma ima a ej e ych o eho em ou ega ih ich om og oj u imi "

	belongLatin = "- a u em om ovi owi ie e y i ej ou o oj oy ych ym ymi ih im imi ove owie ow om ami ach uv ova ega emu "

	hardLatin = "- a u owi em ie e owie ow om ami ach y i ovi ove um ich ech ih ima ama oma ema im ze " + wivesLatin
	// -owa, -ówna and -ová of wives and daughters, and possessives: Novákův, Novakova.
	wivesLatin = "owa owej owna owny ownie owne ownej uv ov ova ovo ovu ovy ovou ovych ovym ovymi ovem ovega ovemu ovih ovim ovimi ovog ovom ovoj "
	evLatin    = "ev eva evo evu evi eve evega evemu evih evim evimi evog evom evoj evou "
	softLatin  = "ia iowi iem iu iowie iow iom iami iach ie i iowa iowej iowna "

	feminineLatin = "a y i e ie u o ou om am ami ama ach ah ech ich - owie ow owi ovi ove um uv ov ova ovo ovou owa owej owna ej "
	herLatin      = "in ina ino inu inou ine ini iny inych inym inega inemu inih inim inog inom "
	neuterLatin   = "o a u em om ech ich ih oma y i e ie owi ovi owie ow ami ach ove um uv ov ova ovo ovu ovou ovi ovega ovemu ovih owa owej a ej "

	vowelLatin = "ego emu m mi ch ho mu owie ow ja ju jem jev jeva jevo jevi jeve jevega om va vu ova ove ovou ov ovi a owi em ev eva evo eve evi evega evou evem " +
		"u e ami ach um uv ech ich ji je jih jema "
)

var latinAdjectives = []rule{
	{"ski", "sk", skLatin}, {"cki", "ck", skLatin}, {"zki", "zk", skLatin},
	{"sky", "sk", skLatin}, {"cky", "ck", skLatin}, {"zky", "zk", skLatin},
	{"ska", "sk", skLatin}, {"cka", "ck", skLatin}, {"zka", "zk", skLatin},
	{"skiy", "sk", skLatin}, {"skyi", "sk", skLatin}, {"skii", "sk", skLatin}, {"skij", "sk", skLatin}, {"skyy", "sk", skLatin},
	{"skaya", "sk", skLatin}, {"skaia", "sk", skLatin}, {"skaja", "sk", skLatin}, {"skoy", "sk", skLatin}, {"skoj", "sk", skLatin},
	{"ova", "ov", belongLatin}, {"eva", "ev", belongLatin}, {"owa", "ow", belongLatin}, {"ewa", "ew", belongLatin},
	{"ina", "in", belongLatin}, {"yna", "yn", belongLatin},
	{"ov", "ov", belongLatin}, {"ev", "ev", belongLatin}, {"in", "in", belongLatin}, {"yn", "yn", belongLatin},
	{"ow", "ow", belongLatin}, {"ew", "ew", belongLatin},
	{"yj", "", adLatin}, {"ij", "", adLatin}, {"yy", "", adLatin}, {"iy", "", adLatin},
	{"ki", "k", skLatin}, {"gi", "g", skLatin},
	{"y", "", adLatin}, {"i", "", adLatin + skLatin},
	{"a", "", "ej ych ym ymi e ou"}, // Cicha, Krawcowa
}

// latinCases declines a word in Latin letters as a part of kind k.
func latinCases(w string, k Kind) []string {
	if len(w) < 2 {
		return nil
	}
	var out []string
	if !k.own() || endsIn(w, "y", "i", "ij") {
		out = apply(latinAdjectives, w)
		out = append(out, softAdjective(w)...)
	}
	switch w[len(w)-1] {
	case 'a':
		return append(out, latinInA(w, k)...)
	case 'o':
		return append(out, latinInO(w, k)...)
	case 'e', 'i', 'y', 'u':
		return append(out, latinInVowel(w, k)...)
	}
	return append(out, consonantLatin(w)...)
}

// latinInA declines a noun in -a.
func latinInA(w string, k Kind) []string {
	stem := w[:len(w)-1]
	out := attach(stem, feminineLatin)
	out = append(out, softened(stem, true)...)
	out = append(out, attach(stem, herLatin)...)
	if !k.own() { // Zarembianka, of the Zarembas
		out = append(out, attach(stem, "anka anki ance anke ianka ianki iance ianke")...)
	}
	out = append(out, fleetingLatin(stem)...)
	out = append(out, attach(w, "ja ju jem jev jeva")...) // Nikola, Nikolaja
	if endsIn(stem, "s", "z", "c", "j") {                 // Janša, Janšev
		out = append(out, attach(stem, evLatin)...)
	}
	for _, end := range []string{"ja", "ya"} { // Maja, Mai; Goya, Goi
		if s, ok := strings.CutSuffix(w, end); ok {
			out = append(out, attach(s, "i ii yj")...)
		}
	}
	if s, ok := strings.CutSuffix(w, "ia"); ok { // Basia, Baś; Amelia, Amelij
		out = append(out, attach(s, "- ij yj")...)
	}
	if s, ok := strings.CutSuffix(w, "ca"); ok && k.own() { // Jessica, Jessiki
		out = append(out, s+"ki")
	}
	if s, ok := strings.CutSuffix(w, "ova"); ok && len(s) > 2 && len(sameNames[s]) == 0 {
		out = append(out, s) // Nováková, of the Nováks
	}
	return out
}

// latinInO declines a noun in -o.
func latinInO(w string, k Kind) []string {
	stem := w[:len(w)-1]
	out := attach(stem, neuterLatin)
	out = append(out, softened(stem, true)...)
	out = append(out, attach(w, "ja ju jem jev jeva na nu nem va vu vi vem")...)
	if k.own() { // Bruno, Brunona
		out = append(out, attach(w, "nowi nie nowie now nom nami nach")...)
	}
	if endsIn(stem, "k", "g") {
		out = append(out, stem+"iem")
	} else if s, ok := strings.CutSuffix(stem, "c"); ok { // Marco, Markiem
		out = append(out, s+"kiem")
	}
	out = append(out, attach(w, "u um uv ech vi")...) // Szabó, Szabóů
	return out
}

// latinInVowel declines a noun in -e, -i, -y or -u.
func latinInVowel(w string, k Kind) []string {
	stem := w[:len(w)-1]
	out := attach(w, vowelLatin)
	out = append(out, attach(stem, "i ii iu u ou em ego emu om owie ow om ami ach eho a ovi y e ove um uv ech ich ym ymi ych go")...)
	if w[len(w)-1] == 'e' { // Sartre, Sartrze; Peterle, Peterleta
		out = append(out, attach(stem, "eta etu etom ete eti etov etih etoma etova etovo etovi etove etovega etovem etem")...)
		out = append(out, attach(stem, "ja ju jem jev jeva")...)
		if k.own() { // Libuše, Libušin
			out = append(out, attach(stem, herLatin)...)
		}
		out = append(out, stem+"ie")
		out = append(out, softened(stem, false)...)
	}
	return out
}

// consonantLatin declines a noun that ends in a consonant.
func consonantLatin(w string) []string {
	var out []string
	for _, s := range latinStems(w) {
		out = append(out, attach(s, hardLatin)...)
		out = append(out, softened(s, false)...)
		switch s[len(s)-1] {
		case 'c', 'j', 's', 'z', 'r', 'n', 'l', 'h':
			out = append(out, attach(s, evLatin)...)
		}
		if strings.ContainsAny(s[len(s)-1:], "nszcbpwm") && !endsIn(s, "cz", "sz", "rz", "ow", "ew") {
			out = append(out, attach(s, softLatin)...)
		}
		if s[len(s)-1] == 'r' { // Lazarja, Igorja
			out = append(out, attach(s, "ja ju jem jev jema ji je jih jeva jevo jevi jeve jevega jevemu jevem jevim jevih jevimi")...)
		}
	}
	for _, end := range []string{"us", "os", "as", "es", "is"} { // Kopernikus, Kopernika
		if s, ok := strings.CutSuffix(w, end); ok && len(s) > 3 {
			out = append(out, attach(s, "a ovi u em om e")...)
			out = append(out, softened(s, false)...)
		}
	}
	if s, ok := strings.CutSuffix(w, "x"); ok { // Felix, Feliksa
		out = append(out, attach(s+"ks", hardLatin)...)
	}
	if endsIn(w, "s", "x", "z", "ch", "sh") {
		out = append(out, w+"es")
	}
	return out
}

func endsIn(w string, ends ...string) bool {
	for _, e := range ends {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// latinStems returns what the cases of a word ending in a consonant are made
// from: itself, and without a fleeting vowel (Dudek: Dudk-, Wróbel: Wróbl-,
// Kwiecień: Kwietn-, Gołąb: Gołęb-).
func latinStems(w string) []string {
	out := []string{w}
	for _, f := range []struct{ end, stem string }{
		{"ciek", "ck"}, {"rzec", "rc"}, {"rzel", "rl"}, {"ciol", "tl"}, {"ciec", "cc"}, {"cien", "tn"}, {"dzien", "dn"}, {"zdziel", "zdl"}, {"ciel", "tl"}, {"dziel", "dl"},
		{"svec", "sevc"}, {"iek", "k"}, {"iec", "c"}, {"iel", "l"}, {"iol", "l"}, {"ien", "n"}, {"ier", "r"}, {"ies", "s"}, {"iew", "w"},
		{"ek", "k"}, {"ec", "c"}, {"el", "l"}, {"en", "n"}, {"er", "r"}, {"et", "t"}, {"ev", "v"}, {"ew", "w"}, {"es", "s"}, {"em", "m"},
		{"ol", "l"}, {"ok", "k"}, {"ot", "t"}, {"ac", "c"}, {"ar", "r"}, {"ak", "k"}, {"ab", "eb"}, {"az", "ez"}, {"ag", "eg"}, {"uj", "oj"}, {"un", "on"},
	} {
		head, ok := strings.CutSuffix(w, f.end)
		if !ok || head == "" && w != "svec" || len(head) < 2 && len(f.end) < 4 && w != "lev" && w != "lew" && w != "dab" && w != "pies" {
			continue
		}
		if len(f.end) == 2 && strings.ContainsAny(head[len(head)-1:], "aeiou") {
			continue
		}
		if f.end == "ak" && !strings.HasSuffix(head, "c") { // Vučak
			continue
		}
		out = append(out, head+f.stem)
		break
	}
	return out
}

// softened gives the cases before which Polish and Czech soften the end of the
// stem: in -e of all nouns, and in Polish plurals.
func softened(stem string, feminine bool) []string {
	var out []string
	for _, f := range []struct{ end, to string }{
		{"iast", "iescie"}, {"iazd", "iezdzie"}, {"iat", "iecie"}, {"iar", "ierze"}, {"iol", "iele"},
		{"st", "scie"}, {"zd", "zdzie"}, {"sl", "sle"}, {"zn", "znie"}, {"sn", "snie"},
		{"t", "cie"}, {"t", "ci"}, {"d", "dzie"}, {"d", "dzi"}, {"r", "rze"}, {"rr", "rze"}, {"tt", "cie"}, {"th", "cie"}, {"th", "sie"}, {"x", "ksie"}, {"c", "sie"}, {"l", "le"}, {"r", "re"}, {"r", "rzy"},
	} {
		if s, ok := strings.CutSuffix(stem, f.end); ok {
			out = append(out, s+f.to)
		}
	}
	shifts := []struct{ end, to string }{{"k", "c"}, {"g", "dz"}, {"g", "z"}, {"ch", "sz"}, {"ch", "s"}, {"h", "z"}, {"h", "sz"}, {"k", "cz"}}
	for _, f := range shifts {
		s, ok := strings.CutSuffix(stem, f.end)
		switch {
		case ok && feminine:
			out = append(out, attach(s+f.to, "e in ina i ino inu inou ich yna yny ynie yne")...)
		case ok:
			out = append(out, attach(s+f.to, "e y i ich ih")...)
			out = append(out, stem+"iem")
		}
	}
	return out
}

// softAdjective gives the Polish and Czech plural of men: Kowalscy, Horští,
// Dobrzy, Chudzi, Dłudzy, Cisi.
func softAdjective(w string) []string {
	if !strings.ContainsAny(w[len(w)-1:], "yia") {
		return nil
	}
	stem := w[:len(w)-1]
	for _, f := range []struct{ end, to string }{
		{"sk", "scy sti"}, {"ck", "ccy cti"}, {"k", "cy ci"}, {"g", "dzy"}, {"ch", "si"}, {"sz", "si"}, {"r", "rzy ri"}, {"st", "sci"},
		{"t", "ci"}, {"zd", "zdzi"}, {"d", "dzi"},
	} {
		if s, ok := strings.CutSuffix(stem, f.end); ok {
			return attach(s, f.to)
		}
	}
	return nil
}

// fleetingLatin gives the genitive plural of a noun in -ka, -na or -la.
func fleetingLatin(stem string) []string {
	for _, c := range []string{"k", "n", "l", "r", "w", "c"} {
		if s, ok := strings.CutSuffix(stem, c); ok && s != "" && !strings.ContainsAny(s[len(s)-1:], "aeiouy") {
			return []string{s + "e" + c, s + "ie" + c}
		}
	}
	return nil
}

// latinShorts holds the commonest of these endings, for a Cyrillic name in Latin
// letters.
var latinShorts = []rule{
	{"skiy", "sk", skShort}, {"skyi", "sk", skShort}, {"skij", "sk", skShort}, {"skii", "sk", skShort}, {"skyy", "sk", skShort},
	{"ski", "sk", skShort}, {"sky", "sk", skShort},
	{"skaya", "sk", skShort}, {"skaia", "sk", skShort}, {"skaja", "sk", skShort}, {"ska", "sk", skShort},
	{"ov", "ov", belongShort}, {"ev", "ev", belongShort}, {"in", "in", belongShort}, {"yn", "yn", belongShort},
	{"ova", "ov", belongShort}, {"eva", "ev", belongShort}, {"ina", "in", belongShort}, {"yna", "yn", belongShort},
	{"ko", "k", "a i u em om ovi owi ie ami"},
	{"aya", "", "y yy yi iy a oy ej oj"}, {"aia", "", "y yy yi iy a oy ej oj"},
	{"ia", "i", "i e u o ou om ej y"},
	{"a", "", "y i e ie u o ou oy oj om ovi"},
	{"o", "", "a u em om ovi owi ie i e"},
	{"yy", "", "aya a oj ego eho emu ym"}, {"yi", "", "aya aia a oj ego eho emu ym"},
	{"y", "y", "ego ho mu m ja"}, {"i", "i", "ego ho mu m ja"}, {"e", "e", "go ho mu m ja"}, {"u", "u", "ja ju jem"},
	{"", "", "a u em om ovi owi ie e y ov ova ove ovou"},
}

const (
	skShort     = "y i iy iego iemu im ego eho emu ym ega em a aya aia aja ej oj oy ou ie e og om "
	belongShort = "- a u em om ovi owi ie e y ej ou ove oy oj as ym "
)

// latinShort declines a romanised nominative, in the commonest forms alone.
func latinShort(w string) []string {
	if len(w) < 3 {
		return nil
	}
	return apply(latinShorts, w)
}
