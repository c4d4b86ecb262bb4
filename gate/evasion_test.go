package gate

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A carrier is a place in a format that holds text.
type carrier struct {
	what string
	file func(t testing.TB, s string) File
}

func textIn(name, media, before, after string, write func(string) string) func(testing.TB, string) File {
	return func(_ testing.TB, s string) File { return File{name, media, []byte(before + write(s) + after)} }
}

func asIs(s string) string { return s }

func packed(s string) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.Bytes()
}

func quotedJSON(s string) string { return fmt.Sprintf("%q", s) }

// carriers are the places where a name is put, a growing table.
func carriers() []carrier {
	esc := html.EscapeString
	run := func(s string) string { return "<w:r><w:t>" + esc(s) + "</w:t></w:r>" }
	page := func(before, after string) func(testing.TB, string) File {
		return textIn("a.html", "text/html", "<!doctype html><title>t</title>"+before, after, esc)
	}
	docx := func(name, before, after string) func(testing.TB, string) File {
		return func(t testing.TB, s string) File {
			return docxOf(t, "<w:p>"+run("ничего")+"</w:p>", name, xmlHead+before+esc(s)+after)
		}
	}
	note := "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents<FEFF%s>>>"
	return []carrier{
		{"text", textIn("a.txt", "text/plain", "Был ", " тут.", asIs)},
		{"Markdown", textIn("a.md", "text/markdown", "# Был ", " тут", asIs)},
		{"a link's title", textIn("a.md", "text/markdown", "[тут](x \"", "\")", asIs)},
		{"a reference", textIn("a.md", "text/markdown", "[тут][1]\n\n[1]: x '", "'", asIs)},
		{"a comment of Markdown", textIn("a.md", "text/markdown", "тут <!-- ", " -->", asIs)},
		{"a cell of Markdown", textIn("a.md", "text/markdown", "|а|б|\n|-|-|\n|", "|1|", asIs)},
		{"CSV", textIn("a.csv", "text/csv", "имя,год\n\"", "\",1990\n", asIs)},
		{"TSV", textIn("a.tsv", "text/tab-separated-values", "имя\tгод\n", "\t1990\n", asIs)},
		{"JSON", textIn("a.json", "application/json", `{"кто": [`, `]}`, quotedJSON)},
		{"a key of JSON", textIn("a.json", "application/json", `{`, `: 1}`, quotedJSON)},
		{"JSON in JSON", textIn("a.json", "application/json", `{"a": `, `}`, func(s string) string { return quotedJSON(`{"b": ` + quotedJSON(s) + `}`) })},
		{"HTML", page("<p>Был ", " тут.")},
		{"a heading", page("<h2>", "</h2>")},
		{"alt", page(`<img src=x alt="`, `">`)},
		{"aria-label", page(`<a aria-label='`, `'>x</a>`)},
		{"an attribute's comment", page("<!-- ", " -->")},
		{"hidden text", page(`<p style="display: none">`, "</p>")},
		{"template", page("<template>", "</template>")},
		{"noscript", page("<noscript>", "</noscript>")},
		{"JSON in a script", page(`<script type="application/json">{"a":"`, `"}</script>`)},
		{"content of a style", page("<style>p::before{content:'", "'}</style>")},
		{"srcset", textIn("a.html", "text/html", `<img srcset="x/`, `.png 2x">`, url.PathEscape)},
		{"mailto", textIn("a.html", "text/html", `<a href="mailto:x@x.org?subject=`, `">x</a>`, url.QueryEscape)},
		{"a page in an address", textIn("a.html", "text/html", `<iframe src="data:text/html;base64,`, `">`, func(s string) string { return base64.StdEncoding.EncodeToString([]byte("<p>" + s)) })},
		{"SVG", textIn("a.svg", "image/svg+xml", "<svg xmlns='x'><text>", "</text></svg>", esc)},
		{"SVG in an address", textIn("a.html", "text/html", `<img src="data:image/svg+xml,`, `">`, func(s string) string { return url.PathEscape("<svg xmlns='x'><text>" + s + "</text></svg>") })},
		{"DOCX", func(t testing.TB, s string) File { return docxOf(t, "<w:p>"+run("Был "+s)+"</w:p>") }},
		{"deleted text", func(t testing.TB, s string) File {
			return docxOf(t, "<w:p><w:del w:author='x'><w:r><w:delText>"+esc(s)+"</w:delText></w:r></w:del></w:p>")
		}},
		{"hidden text of DOCX", func(t testing.TB, s string) File {
			return docxOf(t, "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>"+esc(s)+"</w:t></w:r></w:p>")
		}},
		{"a field", func(t testing.TB, s string) File {
			return docxOf(t, "<w:p><w:r><w:instrText> AUTHOR "+esc(s)+" </w:instrText></w:r></w:p>")
		}},
		{"alt text of DOCX", func(t testing.TB, s string) File {
			return docxOf(t, `<w:p><wp:docPr xmlns:wp="x" descr="`+esc(s)+`"/></w:p>`)
		}},
		{"a comment's author", docx("word/comments.xml", `<w:comments xmlns:w="x"><w:comment w:author="`, `"><w:p/></w:comment></w:comments>`)},
		{"a comment", docx("word/comments.xml", `<w:comments xmlns:w="x"><w:comment><w:p><w:r><w:t>`, `</w:t></w:r></w:p></w:comment></w:comments>`)},
		{"a header", docx("word/header1.xml", `<w:hdr xmlns:w="x"><w:p><w:r><w:t>`, `</w:t></w:r></w:p></w:hdr>`)},
		{"a footnote", docx("word/footnotes.xml", `<w:footnotes xmlns:w="x"><w:p><w:r><w:t>`, `</w:t></w:r></w:p></w:footnotes>`)},
		{"who changed it last", docx("docProps/core.xml", `<c xmlns:cp="x"><cp:lastModifiedBy>`, `</cp:lastModifiedBy></c>`)},
		{"custom properties", docx("docProps/custom.xml", `<p><property name="x"><v>`, `</v></property></p>`)},
		{"a target", docx("word/_rels/document.xml.rels", `<R><Relationship Target="file:///C:/`, `/x"/></R>`)},
		{"a member's name", func(t testing.TB, s string) File {
			return docxOf(t, "", "word/"+strings.ReplaceAll(s, "/", "_")+".xml", xmlHead+"<a/>")
		}},
		{"XLSX", func(t testing.TB, s string) File { return xlsxOf(t, []string{"год", s}) }},
		{"ODT", func(t testing.TB, s string) File { return odtOf(t, "<text:p>Был "+esc(s)+"</text:p>") }},
		{"properties of ODT", func(t testing.TB, s string) File {
			return odtOf(t, "<text:p/>", "meta.xml", xmlHead+"<m><creator>"+esc(s)+"</creator></m>")
		}},
		{"a text in a ZIP", func(t testing.TB, s string) File { return File{"a.zip", "application/zip", zipOf(t, "b/c.txt", s)} }},
		{"a DOCX in a ZIP", func(t testing.TB, s string) File {
			return File{"a.zip", "application/zip", zipOf(t, "b.docx", string(docxOf(t, "<w:p>"+run(s)+"</w:p>").Bytes))}
		}},
		{"PDF", func(_ testing.TB, s string) File { return pdfOf(shown("Был "+s), "", "") }},
		{"invisible text", func(_ testing.TB, s string) File { return pdfOf("BT 3 Tr ET "+shown(s), "", "") }},
		{"a form in PDF", func(_ testing.TB, s string) File {
			b := shown(s)
			return pdfOf(shown("тут")+" /X1 Do", "", "", fmt.Sprintf("<</Subtype/Form/Length %d>>\nstream\n%s\nendstream", len(b), b))
		}},
		{"an annotation", func(_ testing.TB, s string) File {
			return pdfOf(shown("тут"), "/Annots[10 0 R]", "", fmt.Sprintf(note, hexOf(s)))
		}},
		{"a bookmark", func(_ testing.TB, s string) File {
			return pdfOf(shown("тут"), "", "/Outlines 10 0 R", "<</First 11 0 R>>", fmt.Sprintf("<</Title<FEFF%s>/Parent 10 0 R>>", hexOf(s)))
		}},
		{"an address in PDF", func(_ testing.TB, s string) File {
			return pdfOf(shown("тут"), "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(http://x.org/"+url.PathEscape(s)+")>>>>]", "")
		}},
		{"what a mark says", func(_ testing.TB, s string) File {
			return pdfOf("/Span <</ActualText <FEFF"+hexOf(s)+">>> BDC "+shown("тут")+" EMC", "", "")
		}},
		{"metadata of PDF", func(_ testing.TB, s string) File {
			x := "<x:xmpmeta xmlns:x='y'>" + esc(s) + "</x:xmpmeta>"
			return pdfOf(shown("тут"), "", "/Metadata 10 0 R", fmt.Sprintf("<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream", len(x), x))
		}},
		{"an attachment", func(_ testing.TB, s string) File {
			return pdfOf(shown("тут"), "", "/Names 10 0 R", "<</F(a.txt)/EF<</F 11 0 R>>>>", fmt.Sprintf("<</Type/EmbeddedFile/Length %d>>\nstream\n%s\nendstream", len(s), s))
		}},
		{"a packed stream", func(_ testing.TB, s string) File {
			b := packed(shown(s))
			return pdfOf("/X1 Do", "", "", fmt.Sprintf("<</Subtype/Form/Resources<</Font<</F1 5 0 R>>>>/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream", len(b), b))
		}},
		{"a comment in PDF", func(_ testing.TB, s string) File {
			f := pdfOf(shown("тут"), "", "")
			return File{f.Name, f.Media, append(f.Bytes, "% "+strings.ReplaceAll(s, "\n", " ")+"\n"...)}
		}},
		{"PNG text", func(t testing.TB, s string) File { return pngOf(t, "tEXt", []byte("Author\x00"+s)) }},
		{"PNG packed text", func(t testing.TB, s string) File {
			return pngOf(t, "iTXt", append([]byte("Author\x00\x01\x00ru\x00Автор\x00"), packed(s)...))
		}},
		{"PNG EXIF", func(t testing.TB, s string) File {
			return pngOf(t, "eXIf", []byte("II*\x00\x08\x00\x00\x00\x01\x00"+s+"\x00"))
		}},
		{"JPEG comment", func(t testing.TB, s string) File { return jpegOf(t, 0xFE, []byte(s)) }},
		{"JPEG EXIF", func(t testing.TB, s string) File {
			return jpegOf(t, 0xE1, []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00"+wide(s, true)[2:]+"\x00\x00"))
		}},
		{"JPEG IPTC", func(t testing.TB, s string) File {
			return jpegOf(t, 0xED, []byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x1c\x02P\x00"+string(rune(len(s)&0x7F))+s))
		}},
	}
}

// evasions write a name so that a reader still reads it.
var evasions = []struct {
	what string
	text string
}{
	{"as it is", "Ходырев"},
	{"another case", "Ходыреву"},
	{"both", "Кузьма Ходырев"},
	{"zero width", "Хо\u200bды\u200dрев"},
	{"soft hyphen", "Хо\u00adды\u00adрев"},
	{"lookalikes", "Xoдыpeв"},
	{"letters spaced out", "Х о д ы р е в"},
	{"capitals", "ХОДЫРЕВ"},
	{"romanised", "Khodyrev"},
	{"digits for letters", "Kh0dyrev"},
	{"turned around", "\u202eверыдоХ\u202c"},
	{"initials", "К. Ходырев"},
	{"stress", "Хо\u0301дырев"},
	{"base64", "0KXQvtC00YvRgNC10LI="},
	{"references", "&#1061;&#1086;&#1076;&#1099;&#1088;&#1077;&#1074;"},
	{"possessive", "Khodyrev's"},
	{"signs for letters", "Kh0dyr€v"},
	{"a sign at the beginning", "К. Хо|дырев"},
	{"brackets", "Хо(ды)рев"},
	{"strokes", "Хо/ды/рев"},
	{"dots", "Хо·ды·рев"},
	{"from its end", "верыдоХ"},
	{"capitals from their end", "ВЕРЫДОХ"},
	{"read by a program", "Ходьірев"},
	{"syllables", "Хо ды рев"},
	{"spaced after an initial", "К. Х о д ы р е в в яме"},
}

// looked are options under which pictures are no reason to refuse.
var looked = Options{Pictures: true}

// refused returns the refusal of a file, and fails if it is none.
func refusal(t testing.TB, f File, opt Options) *Refusal {
	t.Helper()
	_, err := Check(Draft{[]File{f}}, hodyrev(t), opt)
	r, ok := errors.AsType[*Refusal](err)
	if !ok {
		if err != nil {
			t.Fatal(err)
		}
		return nil
	}
	return r
}

// TestEvasions puts every disguise into every place, and expects it to be found
// or refused.
func TestEvasions(t *testing.T) {
	for _, c := range carriers() {
		for _, e := range evasions {
			if r := refusal(t, c.file(t, e.text), looked); r == nil {
				t.Errorf("%s, %s: it leaves", c.what, e.what)
			} else if len(r.Hits) == 0 && e.text == "Ходырев" {
				t.Errorf("%s: refused as %v, and not found", c.what, r.Unread)
			}
		}
		if r := refusal(t, c.file(t, "никто"), looked); r != nil {
			t.Errorf("%s without a name: refused as %v %v", c.what, r.Unread, r.Hits)
		}
	}
}

// A name in the middle of other words in any place is found.
func TestNameAnywhere(t *testing.T) {
	all := carriers()
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom(all).Draw(rt, "carrier")
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"Отец", "не", "знает", "ничего", "о", "том", "дне", "и", "2022", "года"}), 0, 30).Draw(rt, "words")
		at := rapid.IntRange(0, len(words)).Draw(rt, "at")
		s := strings.Join(words[:at], " ") + " Ходырев " + strings.Join(words[at:], " ")
		if r := refusal(t, c.file(t, strings.TrimSpace(s)), looked); r == nil || len(r.Hits) == 0 {
			rt.Fatalf("%s: not found in %q: %v", c.what, s, r)
		}
	})
}
