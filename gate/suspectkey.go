package gate

import (
	"strings"
	"unicode/utf8"

	"habeas/name"
)

// keyEnds are case endings of Russian and Ukrainian names, the longest first.
var keyEnds = strings.Fields("ыми ими ого его ому ему иями ией ием ією ієм еем ою ею єю ии ия ию ий ії ія ію ій їй ый ой ей ея ее ом ем єм ым им ая яя ую юю ое ие ые ых их ої ові еві а я у ю е є ы и і ї ь й о")

// unbent are given names that end as if they were in a case.
var unbent = wordSet("максим ефим вадим артем ефрем карим рахим салим хаким ибрагим ібрагім трофим юхим касим алим тимофим")

// SuspectKey returns what the forms of one name have in common: its words in
// canonical spelling, with one space between, without the case endings of Russian
// and Ukrainian and without the English possessive. A decision about the words of
// a [Span] (this person, a public figure, nobody's name) is kept under this key
// and holds for every form: "Ходыреву" and "Ходырев" have the same key.
//
// The key is for comparing within one dossier. It is no name in any language, and
// different names may share one (Иванов and Иванова do).
func SuspectKey(text string) string {
	words := strings.Fields(name.Canon(strings.NewReplacer("'s ", " ", "’s ", " ").Replace(text + " ")))
	for i, w := range words {
		words[i] = wordKey(w)
	}
	return strings.Join(words, " ")
}

// wordKey returns the key of one word in canonical spelling.
func wordKey(w string) string {
	if r, _ := utf8.DecodeRuneInString(w); r < 0x400 || r > 0x52F || unbent[w] {
		return w
	}
	stem := w
	for _, end := range keyEnds {
		head, ok := strings.CutSuffix(w, end)
		if !ok || utf8.RuneCountInString(head) < 2 {
			continue
		}
		if end == "і" { // Ользі, Наталці
			if cut, ok := strings.CutSuffix(head, "ц"); ok {
				head = cut + "к"
			} else if cut, ok := strings.CutSuffix(head, "ьз"); ok {
				head = cut + "ьг"
			}
		}
		stem = head
		break
	}
	stem = strings.TrimRight(stem, "ь")
	for _, s := range [...]struct{ from, to string }{{"ів", "ов"}, {"їв", "єв"}, {"ек", "к"}, {"ок", "к"}, {"ец", "ц"}, {"ел", "л"}, {"ол", "л"}} {
		if head, ok := strings.CutSuffix(stem, s.from); ok && utf8.RuneCountInString(head) >= 2 {
			return head + s.to
		}
	}
	return stem
}
