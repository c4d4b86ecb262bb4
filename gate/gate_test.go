package gate

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"habeas/fault"
	"habeas/name"
)

func oneFile(media, text string) Draft {
	return Draft{[]File{{"dossier", media, []byte(text)}}}
}

func hodyrev(t testing.TB) *Index {
	return indexOf(t, map[string]name.Name{"x": full("Кузьма", "", "Ходырев")})
}

func wide(s string, little bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		if little {
			b = append(b, byte(u), byte(u>>8))
		} else {
			b = append(b, byte(u>>8), byte(u))
		}
	}
	return string(b)
}

// However a name is written into a file, it is found, and where it stands.
func TestDisguises(t *testing.T) {
	numeric := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, "&#%d;", r)
		}
		return b.String()
	}
	escaped := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		return b.String()
	}
	quoted := func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, "=%02X", s[i])
		}
		return b.String()
	}
	b64 := base64.StdEncoding.EncodeToString
	const n = "Ходырев"
	for _, test := range []struct{ what, media, before, name, after string }{
		{"plain", "text/plain", "Был ", n, " тут."},
		{"with a charset", "text/plain; charset=utf-8", "Был ", n, " тут."},
		{"after a byte order mark", "text/plain", "\uFEFF", n, " тут."},
		{"zero width", "text/plain", "Был ", "Хо\u200bды\u200dрев", " тут."},
		{"soft hyphen", "text/plain", "Был ", "Хо\u00adдырев", " тут."},
		{"bidirectional marks", "text/plain", "Был \u202e", "Хо\u2066дырев", "\u202c тут."},
		{"stress mark", "text/plain", "Был ", "Хо\u0301дырев", " тут."},
		{"lookalikes", "text/plain", "Был ", "Xoдыpeв", " тут."},
		{"letters spaced out", "text/plain", "Был ", "Х о д ы р е в", " тут."},
		{"broken at a line end", "text/plain", "Был Ку-\nкурузник ", "Ходы-\nрев", " тут."},
		{"capitals inside", "text/plain", "Был ", "КузьмаХодырев", " тут."},
		{"markdown emphasis", "text/markdown", "Был ", "Хо**ды**рев", " тут."},
		{"percent", "text/plain", "см. https://x.org/?q=", url.QueryEscape(n), "&y=1"},
		{"percent, twice", "text/plain", "см. /", strings.ReplaceAll(url.QueryEscape(n), "%", "%25"), "/"},
		{"base64", "text/plain", "код ", b64([]byte(n)), " тут"},
		{"base64 in the middle", "text/plain", "код ", b64([]byte("Был тут Кузьма Ходырев, и ушёл.")), " тут"},
		{"base64 of base64", "text/plain", "код ", b64([]byte(b64([]byte("Ходырев Ходырев")))), " тут"},
		{"base64 of UTF-16", "text/plain", "код ", b64([]byte(wide(n+" "+n, true))[2:]), " тут"},
		{"base64, for addresses", "text/plain", "x/", base64.RawURLEncoding.EncodeToString([]byte("был Ходырев")), "/"},
		{"quoted-printable", "text/plain", "был ", quoted(n), " тут"},
		{"numeric references", "text/html", "<p>Был ", numeric(n), " тут."},
		{"named references", "text/html", "<p>Был ", "&KHcy;одырев", " тут."},
		{"references in plain text", "text/plain", "Был ", numeric(n), " тут."},
		{"markup inside", "text/html", "<p>Был ", "Хо<b class=\"a>b\">ды</b>рев", " тут."},
		{"comment inside", "text/html", "<p>Был ", "Хо<!-- не имя -->дырев", " тут."},
		{"word break tag", "text/html", "<p>Был ", "Хо<wbr>дырев", " тут."},
		{"two tags", "text/html", "<td>", "Кузьма</td><td class=\"x y z u v\">Ходырев", "</td>"},
		{"comment", "text/html", "<p>Был <!-- ", n, " --> тут."},
		{"title", "text/html", "<title>Дело ", n, "</title>"},
		{"alt", "text/html", "<img alt='", n, "'>"},
		{"alt without quotes", "text/html", "<img alt=", n, ">"},
		{"aria-label", "text/html", "<a aria-label=\"дело ", n, "\">"},
		{"meta", "text/html", "<meta name=author content=\"", n, "\">"},
		{"any attribute", "text/html", "<a data-who = \"", html.EscapeString(n), "\">"},
		{"references in an attribute", "text/html", "<a title=\"", numeric(n), "\">"},
		{"address", "text/html", "<a href=\"/p/", url.PathEscape(n), "\">"},
		{"script", "text/html", "<script>var a = '<b>", n, "'</script>"},
		{"escaped in a script", "text/html", "<script>var a = '", escaped(n), "'</script>"},
		{"style", "text/html", "<style>p::after{content:'", n, "'}</style>"},
		{"escaped in a style", "text/html", "<style>p::after{content:'", `\0425 одырев`, "'}</style>"},
		{"name of an attribute", "text/html", "<p ", n, " x=1>"},
		{"declaration", "text/html", "<!doctype ", n, ">"},
		{"unclosed comment", "text/html", "<p>x<!-- ", n, ""},
		{"unclosed tag", "text/html", "<p title=\"", n, ""},
		{"CSV", "text/csv", "имя,год\n", n, ",1990\n"},
		{"CSV cells", "text/csv", "имя,фамилия\n", "\"Кузьма\",\"Ходырев\"", ",1990\n"},
		{"JSON", "application/json", `{"who": ["`, n, `"]}`},
		{"JSON key", "application/json", `{"`, n, `": 1}`},
		{"JSON, escaped", "application/json", `{"who": "`, escaped(n), `"}`},
		{"romanised", "text/plain", "About ", "Khodyrev", " nothing."},
		{"in full width", "text/plain", "About ", "Ｋｈｏｄｙｒｅｖ", " nothing."},
	} {
		_, err := Check(oneFile(test.media, test.before+test.name+test.after), hodyrev(t), Options{})
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || len(refusal.Hits) == 0 {
			t.Errorf("%s: passed (%v)", test.what, err)
			continue
		}
		from, to := len(test.before), len(test.before+test.name)
		if !slices.ContainsFunc(refusal.Hits, func(h Hit) bool {
			return h.Verdict == Block && h.Start < to && from < h.End && h.Start >= from-2 && h.End <= to+2
		}) {
			t.Errorf("%s: got %+v, want a block at %d to %d", test.what, refusal.Hits, from, to)
		}
	}
}

func TestWideText(t *testing.T) {
	for _, little := range []bool{true, false} {
		text := wide("😀 Был Ходырев тут", little)
		_, err := Check(oneFile("text/plain", text), hodyrev(t), Options{})
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || len(refusal.Hits) != 1 {
			t.Fatalf("got %v, want one hit", err)
		}
		from := 2 + 2*len(utf16.Encode([]rune("😀 Был ")))
		if h := refusal.Hits[0]; h.Start != from || h.End != from+2*len([]rune("Ходырев")) {
			t.Errorf("got %d to %d, want from %d", h.Start, h.End, from)
		}
	}
}

func TestUnreadable(t *testing.T) {
	for _, test := range []struct{ what, media, text string }{
		{"a NUL", "text/plain", "a\x00b"},
		{"not UTF-8", "text/plain", "a\xffb"},
		{"half of UTF-16", "text/plain", "\xff\xfea"},
		{"a broken pair", "text/plain", "\xff\xfe\x00\xd8\x00\x00"},
		{"another charset", "text/plain; charset=windows-1251", "a"},
		{"no media type", "", "a"},
		{"an image", "image/png", "a"},
		{"a PDF", "application/pdf", "%PDF-1.7"},
		{"an SVG", "image/svg+xml", "<svg/>"},
		{"broken JSON", "application/json", `{"a": `},
		{"an embedded image", "text/html", `<img src="data:image/png;base64,AAAA">`},
		{"a hidden embedded image", "text/html", `<img src="&#100;ata:image/png;base64,AAAA">`},
	} {
		_, err := Check(oneFile(test.media, test.text), hodyrev(t), Options{})
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || len(refusal.Unreadable) != 1 {
			t.Errorf("%s: got %v, want it unreadable", test.what, err)
		}
		if got := fault.KindOf(err); got != fault.Withheld {
			t.Errorf("%s: got kind %v, want Withheld", test.what, got)
		}
	}
}

func TestFileNameIsChecked(t *testing.T) {
	for _, n := range []string{"дело-Ходырев.html", "khodyrev.txt", "2022/kuzma_khodyrev.txt", "%D0%A5%D0%BE%D0%B4%D1%8B%D1%80%D0%B5%D0%B2.txt"} {
		_, err := Check(Draft{[]File{{n, "text/plain", []byte("x")}}}, hodyrev(t), Options{})
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || len(refusal.Hits) != 1 || !refusal.Hits[0].InName {
			t.Errorf("%s: got %v", n, err)
		}
	}
}

func TestNoDocument(t *testing.T) {
	for what, d := range map[string]Draft{
		"nothing":      {},
		"no name":      {[]File{{"", "text/plain", nil}}},
		"absolute":     {[]File{{"/etc/x", "text/plain", nil}}},
		"climbing out": {[]File{{"../x", "text/plain", nil}}},
		"twice":        {[]File{{"x", "text/plain", nil}, {"x", "text/plain", nil}}},
	} {
		if _, err := Check(d, hodyrev(t), Options{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: got %v, want a fault", what, err)
		}
	}
	if _, err := Check(oneFile("text/plain", "x"), nil, Options{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no index: got %v, want a fault", err)
	}
}

// A refusal may be logged: nothing in it says a name.
func TestRefusalHidesName(t *testing.T) {
	_, err := Check(oneFile("text/plain", "Кузьма Ходырев"), hodyrev(t), Options{})
	for _, s := range []string{err.Error(), fmt.Sprintf("%v %+v", err, err), fmt.Sprint(errors.Unwrap(err))} {
		for _, part := range []string{"Ходырев", "Кузьма", hex.EncodeToString([]byte("Ходырев"))} {
			if strings.Contains(s, part) {
				t.Errorf("the refusal says %s", s)
			}
		}
	}
	if got, want := err.Error(), "gate: withheld"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Whom consent allows is named, and nobody else is; what was accepted passes, in
// the same bytes alone, and a block can't be accepted.
func TestOptions(t *testing.T) {
	ix := indexOf(t, map[string]name.Name{
		"x": full("Кузьма", "", "Ходырев"), "y": full("Иван", "", "Петров"),
	})
	check := func(text string, opt Options) []Hit {
		_, err := Check(oneFile("text/plain", text), ix, opt)
		r, _ := errors.AsType[*Refusal](err)
		if r == nil {
			return nil
		}
		return r.Hits
	}
	if got := check("Кузьма Ходырев", Options{Allowed: map[string]bool{"x": true}}); len(got) != 0 {
		t.Errorf("allowed: got %v, want none", got)
	}
	if got := check("Кузьма Ходырев", Options{Allowed: map[string]bool{"y": true}}); len(got) != 1 {
		t.Errorf("another allowed: got %v, want one", got)
	}
	hits := check("Видели Петрова.", Options{})
	if len(hits) != 1 || hits[0].Verdict != Review {
		t.Fatalf("got %v, want one for review", hits)
	}
	accepted := Options{Accepted: map[string]bool{hits[0].ID: true}}
	if got := check("Видели Петрова.", accepted); len(got) != 0 {
		t.Errorf("accepted: got %v, want none", got)
	}
	if got := check("Видели Петрова!", accepted); len(got) != 1 {
		t.Errorf("accepted elsewhere: got %v, want one", got)
	}
	block := check("Ходырев", Options{})
	if got := check("Ходырев", Options{Accepted: map[string]bool{block[0].ID: true}}); len(got) != 1 {
		t.Errorf("an accepted block: got %v, want one", got)
	}
}

func TestCleared(t *testing.T) {
	d := Draft{[]File{
		{"b.txt", "text/plain", []byte("Отец не знает ничего.")},
		{"a.html", "text/html", []byte("<p>Отец не знает ничего.</p>")},
	}}
	c, err := Check(d, hodyrev(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	copy(d.Files[0].Bytes, "Ходырев")
	f, ok := c.File("b.txt")
	if !ok || string(f.Bytes) != "Отец не знает ничего." {
		t.Errorf("got %q, want what was checked", f.Bytes)
	}
	copy(f.Bytes, "Ходырев")
	copy(c.Files()[1].Bytes, "Ходырев")
	if f, _ := c.File("b.txt"); string(f.Bytes) != "Отец не знает ничего." {
		t.Errorf("got %q, want what was checked", f.Bytes)
	}
	var one, two bytes.Buffer
	n, err := c.WriteTo(&one)
	if err != nil || n != int64(one.Len()) {
		t.Fatalf("got %d, %v, want %d bytes", n, err, one.Len())
	}
	if _, err := c.WriteTo(&two); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the archive is not the same twice")
	}
	z, err := zip.NewReader(bytes.NewReader(one.Bytes()), n)
	if err != nil || len(z.File) != 2 || z.File[0].Name != "a.html" {
		t.Errorf("got %v, %v, want two files", z.File, err)
	}
	again, err := Check(Draft{c.Files()}, hodyrev(t), Options{})
	if err != nil || again.Digest() != c.Digest() {
		t.Error("the digest is not the same for the same files")
	}
	other, err := Check(oneFile("text/plain", "x"), hodyrev(t), Options{})
	if err != nil || other.Digest() == c.Digest() {
		t.Error("the digest is the same for other files")
	}
}

func TestZeroClearedWritesNothing(t *testing.T) {
	var b bytes.Buffer
	if n, err := (Cleared{}).WriteTo(&b); err == nil || n != 0 || b.Len() != 0 {
		t.Errorf("got %d bytes and %v, want none and an error", b.Len(), err)
	}
	if got := (Cleared{}).Files(); len(got) != 0 {
		t.Errorf("got %v, want no files", got)
	}
	if _, ok := (Cleared{}).File("x"); ok {
		t.Error("got a file of nothing")
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		"<p>Хо<b>ды</b>рев", "<a title='Ходырев", "<!--", "<script></scrip", "&#1061;&KHcy", "<a =>", "</", "<a b=&#x425;>", "data:image/png",
		"%D0%A5 =D0=A5 \\u0425 0KXQvtC00YvRgNC10LI=",
	} {
		f.Add([]byte(s))
	}
	ix := hodyrev(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4096 {
			return
		}
		for _, media := range []string{"text/html", "text/plain", "application/json"} {
			c, err := Check(Draft{[]File{{"x", media, b}}}, ix, Options{})
			if err == nil {
				if bytes.Contains(b, []byte(" Ходырев ")) {
					t.Fatal("a name passed")
				}
				if got, _ := c.File("x"); !bytes.Equal(got.Bytes, b) {
					t.Fatal("what passed is not what was checked")
				}
				continue
			}
			r, ok := errors.AsType[*Refusal](err)
			if !ok {
				t.Fatal(err)
			}
			for _, h := range r.Hits {
				if h.Start < 0 || h.Start >= h.End || h.End > len(b) {
					t.Fatalf("hit %+v is not in %d bytes", h, len(b))
				}
			}
		}
	})
}
