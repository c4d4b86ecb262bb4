package gate

import (
	"strings"
	"testing"

	"habeas/name"
)

// TestAttackSplitNames hides a name in ways that a reader, or a machine that
// reads the page, still sees.
func TestAttackSplitNames(t *testing.T) {
	k := Key{7}
	ix := NewIndex(k)
	who := name.Name{{Kind: name.Given, Text: "Ростислав"}, {Kind: name.Patronymic, Text: "Богданович"}, {Kind: name.Family, Text: "Загорулько"}}
	if err := ix.Add("x", Compile(k, who), false); err != nil {
		t.Fatal(err)
	}
	page := func(s string) string { return "<!doctype html><title>t</title><p>" + s + "</p>" }
	for _, tt := range []struct{ what, media, text string }{
		{"as it is", "text/plain", "Там был Ростислав Загорулько."},
		{"wrapped as the text is", "text/plain", "  - held according to Ростислав\n      Загорулько (told)"},
		{"hyphenated at a line's end", "text/plain", "  - the place of Заго-\n      рулько"},
		{"inflected", "text/plain", "рядом с Загорулькой и Ростиславом Богдановичем"},
		{"in capitals", "text/plain", "РОСТИСЛАВ ЗАГОРУЛЬКО"},
		{"in small letters", "text/plain", "там был ростислав загорулько, и ещё один"},
		{"spaced out", "text/plain", "З а г о р у л ь к о"},
		{"zero-width", "text/plain", "Заго\u200bруль\u2060ко"},
		{"soft hyphen", "text/plain", "Заго\u00adрулько"},
		{"combining", "text/plain", "За\u0301гору\u0335лько"},
		{"look-alikes", "text/plain", "3агopулькo Pостислав"},
		{"another script", "text/plain", "Rostislav Zagorulko, Zahorulko Rostyslav"},
		{"entities", "text/html", page("&#1047;&#1072;&#x433;&#1086;&#1088;&#1091;&#1083;&#1100;&#1082;&#1086;")},
		{"tags inside", "text/html", page("Заг<b></b>ору<i>ль</i>ко")},
		{"a tag that breaks nothing", "text/html", page("Заг<ruby></ruby>ору<wbr>лько")},
		{"an unknown tag", "text/html", page("Заг<x-y>орулько</x-y>")},
		{"a label", "text/html", page("Заг<label>орулько</label>")},
		{"a comment inside", "text/html", page("Заго<!-- -->рулько")},
		{"in an attribute", "text/html", page(`<a title="Загорулько">x</a>`)},
		{"in an address", "text/html", page(`<a href="/%D0%97%D0%B0%D0%B3%D0%BE%D1%80%D1%83%D0%BB%D1%8C%D0%BA%D0%BE">x</a>`)},
		{"twice escaped", "text/html", page("&amp;#1047;&amp;#1072;&amp;#1075;&amp;#1086;&amp;#1088;&amp;#1091;&amp;#1083;&amp;#1100;&amp;#1082;&amp;#1086;")},
		{"right to left", "text/plain", "\u202eокьлурогаЗ\u202c"},
		{"initials", "text/plain", "Р. Б. Загорулько"},
		{"full-width and styled letters", "text/plain", "Ｚａｇｏｒｕｌｋｏ 𝐙𝐚𝐠𝐨𝐫𝐮𝐥𝐤𝐨"},
		{"underlined", "text/plain", "З_а_г_о_р_у_л_ь_к_о"},
		{"with dots", "text/plain", "З.а.г.о.р.у.л.ь.к.о"},
		{"with digits", "text/plain", "Zag0rulk0"},
		{"the mark around it", "text/plain", "⟦p:загорулько⟧ ⟦Загорулько⟧"},
		{"a no-break space", "text/plain", "Ростислав\u00a0Загорулько"},
		{"in a style", "text/html", "<!doctype html><style>p::before{content:\"\\417\\430\\433\\43e\\440\\443\\43b\\44c\\43a\\43e\"}</style>"},
		{"a title", "text/html", "<!doctype html><title>Загорулько</title>"},
		{"base64", "text/plain", "0JfQsNCz0L7RgNGD0LvRjNC60L4="},
	} {
		_, err := Check(Draft{Files: []File{{Name: "a.txt", Media: tt.media, Bytes: []byte(tt.text)}}}, ix, Options{})
		if err == nil {
			t.Errorf("%s: it leaves", tt.what)
		}
		if err != nil && strings.Contains(err.Error(), "агорул") {
			t.Errorf("%s: the refusal says the name", tt.what)
		}
	}
}
