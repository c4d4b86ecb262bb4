package clean_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"habeas/clean"
)

func TestHTML(t *testing.T) {
	_, photo := dirtyJPEG(t, 1)
	data := base64.StdEncoding.EncodeToString(photo)
	n := 100
	next := func() string { n++; return token(n) }
	page := `<!DOCTYPE html><!-- ` + next() + ` --><html lang="` + next() + `"><head><title>` + next() + `</title><meta name="author" content="` + next() + `">
<style>p::after{content:"` + next() + `"}</style><script>var a="` + next() + `"</script><link href="` + next() + `"></head>
<body class="` + next() + `" onload="` + next() + `"><h1 id="` + next() + `">Seen heading</h1><p style="color:red">Seen words</p>
<p hidden>` + next() + `</p><p style="display: none">` + next() + `</p><span style="font-size:0">` + next() + `</span><template>` + next() + `</template>
<form><input type="hidden" value="` + next() + `"></form><a href="https://seen.example/x">link</a> <a href="file:///` + next() + `">other</a>
<img alt="` + next() + `" src="data:image/jpeg;base64,` + data + `"><img src="https://tracker.example/` + next() + `"><svg><title>` + next() + `</title></svg>
<custom-thing title="` + next() + `">seen inside</custom-thing><table><tr><td colspan="2" data-x="` + next() + `">seen cell</td></tr></table>
<noscript>` + next() + `</noscript><iframe srcdoc="` + next() + `"></iframe></body></html><!-- ` + next() + `-->`
	out, _ := cleaned(t, []byte(page), "html")
	for _, seen := range []string{"Seen heading", "Seen words", "seen inside", "seen cell", `colspan="2"`, "https://seen.example/x", "data:image/jpeg;base64,"} {
		if !bytes.Contains(out, []byte(seen)) {
			t.Errorf("%q is gone: %s", seen, out)
		}
	}
	if bytes.Contains(out, []byte("tracker.example")) {
		t.Error("a picture would be fetched")
	}
}

// Styles that make small, cut a corner or move a little do not hide.
func TestPageStylesThatShow(t *testing.T) {
	n := 100
	for _, style := range []string{"font-size:0.8em", "font-size: 0.85rem;color:red", "clip-path:circle(50%)", "margin-left:-120px", "opacity:0.9", "background-color:transparent", "overflow:hidden", "line-height:0", "opacity: 0.05"} {
		out, _ := cleaned(t, []byte("<!DOCTYPE html><html><head><style>p.a{"+style+"}</style></head><body><p class=a>Seen words</p></body></html>"), "html")
		if !bytes.Contains(out, []byte("Seen words")) {
			t.Errorf("%s hides: %s", style, out)
		}
	}
	for _, style := range []string{"font-size:0", "font-size: 0px ;", "font-size:0.0em", "clip:rect(0 0 0 0)", "clip-path: inset(50%)", "position:absolute;left:-9999px", "opacity:0", "visibility:hidden", "display : none", "color:transparent"} {
		n++
		cleaned(t, []byte("<!DOCTYPE html><html><head><style>p.a{"+style+"}</style></head><body><p class=a>"+token(n)+"</p><p style='"+style+"'>"+token(n+100)+"</p>Seen</body></html>"), "html")
	}
}

// A page in a character set of its own is read by what it says; one that says
// nothing is refused, since a wrong guess would hide names.
func TestPageOfAnotherCharacterSet(t *testing.T) {
	page := "<!DOCTYPE html><html><head><meta charset=\"windows-1251\"></head><body><p>\xcf\xf0\xe8\xe2\xe5\xf2</p></body></html>"
	out, _ := cleaned(t, []byte(page), "html")
	if !bytes.Contains(out, []byte("Привет")) {
		t.Errorf("%s", out)
	}
	for _, b := range []string{strings.Replace(page, `<meta charset="windows-1251">`, "", 1), "\xcf\xf0\xe8\xe2\xe5\xf2"} {
		if _, _, err := clean.Bytes([]byte(b)); err == nil {
			t.Errorf("guessed: %q", b)
		}
	}
}

func TestSVG(t *testing.T) {
	n := 100
	next := func() string { n++; return token(n) }
	drawing := `<?xml version="1.0"?><!-- ` + next() + ` --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
 inkscape:export-filename="/home/` + next() + `/x.png" id="` + next() + `" width="10" height="10">
<title>` + next() + `</title><desc>` + next() + `</desc><metadata>` + next() + `</metadata>
<style>/* ` + next() + ` */ .seen{fill:#ff0000} .not{display:none}</style><defs><linearGradient id="` + token(140) + `"><stop offset="0"/></linearGradient></defs>
<g inkscape:label="` + next() + `"><rect class="seen" data-x="` + next() + `" width="5" height="5" stroke="url(#` + token(140) + `)"/></g>
<text class="not">` + next() + `</text><text style="visibility:hidden">` + next() + `</text><text x="1" y="5">Seen words</text>
<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">` + next() + `</div></foreignObject><style>@import url("` + next() + `"); @media print { .seen { display: none } }</style><script>` + next() + `</script><a xlink:href="file:///` + next() + `"><circle r="3"/></a></svg>`
	out, _ := cleaned(t, []byte(drawing), "svg")
	for _, seen := range []string{"Seen words", `fill="#ff0000"`, "<linearGradient id=", "url(#i", "<circle"} {
		if !bytes.Contains(out, []byte(seen)) {
			t.Errorf("%q is gone: %s", seen, out)
		}
	}
}

func TestText(t *testing.T) {
	for name, c := range map[string]struct{ in, want, kind string }{
		"plain":     {"Visible \u200bwords\u2060 here   \r\nnext\t\n", "Visible words here\nnext\n", "text"},
		"cyrillic":  {"Видимые слова\ufeff", "Видимые слова", "text"},
		"persian":   {"می\u200cروم", "می\u200cروم", "text"},
		"tags":      {"a" + strings.Repeat("\U000e0041", 3) + "b", "ab", "text"},
		"table":     {"a,b\n1,2\n", "a,b\n1,2\n", "csv"},
		"semicolon": {"a;b\n1;\"x\ny\"\n", "a;b\n1;\"x\ny\"\n", "csv"},
		"wide":      {"\xff\xfea\x00b\x00", "ab", "text"},
	} {
		out, report, err := clean.Bytes([]byte(c.in))
		if err != nil || string(out) != c.want || report.Kind.Name != c.kind {
			t.Errorf("%s: %q, %v, %v", name, out, report, err)
		}
	}
	for _, b := range []string{`{\rtf1{\info{\author Invented}}words}`, "%!PS-Adobe\n%%For: Invented\n", `<?xml version="1.0"?><office:document/>`} {
		if _, _, err := clean.Bytes([]byte(b)); err == nil {
			t.Errorf("taken for text: %s", b)
		}
	}
	if _, _, err := clean.Bytes([]byte("windows \xcf\xf0\xe8")); err == nil {
		t.Error("text in a character set that is not known was taken")
	}
}

func zipped(t *testing.T, members map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.SetComment(token(1))
	for name, body := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Comment: token(2), Extra: []byte("\x99\x99\x04\x00" + "abcd")})
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(body))
	}
	z.Close()
	return b.Bytes()
}

// shown returns what was left out although it was shown.
func shown(report *clean.Report) (all []clean.Removed) {
	for _, r := range report.Removed {
		if r.Shown {
			all = append(all, r)
		}
	}
	return all
}

func TestZip(t *testing.T) {
	_, photo := dirtyJPEG(t, 6)
	in := zipped(t, map[string]string{"Users/" + token(3) + "/photo.jpg": string(photo), "note.txt": "Seen words\u200b"})
	out, report := cleaned(t, in, "zip")
	if !strings.Contains(fmt.Sprint(report.Removed), token(3)) {
		t.Error("does not say that a name is gone")
	}
	z, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil || len(z.File) != 2 || z.File[0].Name != "0001.jpg" || z.File[1].Name != "0002.txt" || z.Comment != "" {
		t.Errorf("%+v %v", z, err)
	}
	mixed := zipped(t, map[string]string{"a.txt": "Seen words", "b.exe": "MZ\x00\x00" + token(4), "__MACOSX/._a.txt": "\x00" + token(5), ".DS_Store": "\x00"})
	if _, report = cleaned(t, mixed, "zip"); len(shown(report)) != 1 || shown(report)[0].Where != "b.exe" {
		t.Errorf("what is left out of an archive: %+v", shown(report))
	}
	for name, members := range map[string]map[string]string{
		"a program":  {"a.exe": "MZ\x00\x00"},
		"leads out":  {"../a.txt": "x"},
		"too nested": {"a.zip": string(zipped(t, map[string]string{"b.zip": string(zipped(t, map[string]string{"c.zip": string(zipped(t, map[string]string{"d.txt": "x"}))}))}))},
		"bomb":       {"a.txt": strings.Repeat("a", 129<<20)},
	} {
		if _, _, err := clean.Bytes(zipped(t, members)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func FuzzCleanPages(f *testing.F) {
	for _, s := range []string{"<!DOCTYPE html><p>x<img src='data:,x'>", "<svg xmlns='http://www.w3.org/2000/svg'><style>a{fill:red}</style><a id='x'/></svg>", "a,b\n1,2\n", "\u200b \n", "<html><head><title>x</title></head>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		out, report, err := clean.Bytes(b)
		if err != nil {
			return
		}
		if kind, _ := clean.KindOf(bytes.NewReader(out), int64(len(out))); kind.Name != report.Kind.Name && report.Kind.Name == "text" {
			return // words that look like the beginning of a page
		}
		again, more, err := clean.Bytes(out)
		if len(out) > 0 && (err != nil || more.Kind == report.Kind && report.Kind.Name != "html" && !bytes.Equal(again, out)) {
			t.Errorf("%q is cleaned to %q, and that to %q, %v", b, out, again, err)
		}
	})
}
