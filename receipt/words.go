package receipt

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// size is how many words there are: as many as five dice have throws, so that a
// receipt could be made without a machine.
const size = 7776

// The words are made by a rule: a consonant, a vowel, a consonant, a vowel. That
// makes 8,100; the 90 that say a syllable twice are left out, and 234 that nobody
// wants to read to a stranger. What is left is as many as are needed, in the order
// of the Latin alphabet. They belong to no language, so nobody owns the list.
//
// There is one list, and two scripts to write it in: each letter stands for the
// one in the same place of the other script. So a word means the same number in
// either, a Latin word never stands for two numbers nor does a Cyrillic one, and
// one who reads Cyrillic but types Latin letters types the right word. English,
// Spanish and every language that is not listed share the Latin script; Russian
// and Ukrainian share the Cyrillic, in letters that both alphabets and both
// keyboards have. One list for both also means that a word in either language is
// left out in both.
//
// The letters: c, q and x are not there, because c is the Cyrillic с, q is taken
// for g and 9, and x is the Cyrillic х. What has a mark on it is not there, because
// marks get lost, nor ц and щ, which are taken for each other. Last come two that
// have no like sound: w is ш for its shape, and y is ч for its. Consonants and
// vowels take turns, so that и is never taken for п or л, nor u for v.
//
// Changing one letter of this voids receipts: a test pins both lists.
const (
	consonants = "bdfghjklmnprstvwyz"
	vowels     = "aeiou"
	latin      = consonants + vowels
	cyrillic   = "бдфгхжклмнпрствшчз" + "аеиоу"
)

// What nobody wants to read to a stranger, in either script: obscenities and
// insults, in the four languages first and then in others, what sounds like them,
// parties, prisons, graves and torment. After a stem, every vowel is unwanted.
const (
	stems = `huj huy neg nig fag put ped fuk fak jeb yeb sik jod
		хул хер жоп жид пид пиз пис сук суч муд хач`
	unwanted = `nazi rape homo dike kike paki yido yida pusi pube mofo zeta nato gaza
		kona kono kulo kuli pene teta pito pija paja poya koje kojo moro pete joto sapo fosa
		kapo zulo sida mata luto gili zora piko falo
		bite bita biti kuro nike foda fode fika figa fige figi figo sega dupa
		pula pule puli futa fute futu hora hure hore puki gamo zina hara zobi
		kire buzi gago gote gotu jude juda
		наха нахе наху похе поху гово гаво сере сери соси сосу пука попа
		зека зеки зона сизо шизо шиза дура раба гада лоха зига зиги
		буча беда горе вина вину мука муки ката кати кату раша моча дума деби`
)

// list is made once, and then only read. It is in Latin script, and sorted.
var list = sync.OnceValue(func() []string {
	var syllables, all []string
	for _, c := range consonants {
		for _, v := range vowels {
			syllables = append(syllables, string(c)+string(v))
		}
	}
	without := strings.Fields(exchange(stems+" "+unwanted, cyrillic, latin))
	for _, a := range syllables {
		for _, b := range syllables {
			w := a + b
			if a != b && !slices.Contains(without, w) && !slices.Contains(without, w[:3]) {
				all = append(all, w)
			}
		}
	}
	return all
})

// word returns word n as it is written in a language.
func word(n int, lang string) string {
	w := list()[n]
	if lang == "ru" || lang == "uk" {
		return exchange(w, latin, cyrillic)
	}
	return w
}

// find returns which word w is, if it is one as it stands, in one script.
func find(w string) (int, bool) {
	if n, ok := slices.BinarySearch(list(), w); ok {
		return n, true
	}
	if strings.ContainsAny(w, latin) {
		return 0, false
	}
	return slices.BinarySearch(list(), exchange(w, cyrillic, latin))
}

// exchange puts, for each sign of from, the one in the same place of to.
func exchange(s, from, to string) string {
	other := []rune(to)
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(from, r); i >= 0 {
			return other[utf8.RuneCountInString(from[:i])]
		}
		return r
	}, s)
}
