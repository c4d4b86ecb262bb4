package web

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	stdjpeg "image/jpeg"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/testkit"
	"habeas/ledger"
)

// Words in and around files that were made of an exhibit; the names are invented.
const (
	madeBy     = "Rostyslava Hnatovska"
	madeText   = "Here speaks Avksentii Poltoratskyi."
	madeWhy    = "the face of Melaniia Sukhodolska"
	markedAs   = "the wounds of Trokhym Bezborodko"
	madeCalled = "Zenovii Krushelnytskyi.txt"
)

func derivedCanaries() []string {
	return append(exhibitCanaries(), "Rostyslava Hnatovska", "Avksentii Poltoratskyi", "Melaniia Sukhodolska", "Trokhym Bezborodko", "Zenovii Krushelnytskyi")
}

// aFace is a grey JPEG with a red square in its middle, and a comment.
func aFace(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 640, 320))
	for y := range 320 {
		for x := range 640 {
			m.Set(x, y, color.Gray{uint8(120 + (x/20+y/20)%2*60)})
		}
	}
	draw.Draw(m, image.Rect(288, 128, 352, 192), image.NewUniform(color.RGBA{220, 0, 0, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	comment := append([]byte{0xff, 0xfe, 0, byte(len(exhibitComment) + 2)}, exhibitComment...)
	return slices.Concat(b.Bytes()[:2], comment, b.Bytes()[2:])
}

// red counts the pixels of a JPEG that are red.
func red(t *testing.T, b []byte) (n int) {
	t.Helper()
	m, err := stdjpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, _, _ := m.At(x, y).RGBA(); r > g+0x3000 {
				n++
			}
		}
	}
	return n
}

// shows makes the safe copy of an exhibit, shows the names of its case, and looks.
func (o *office) shows(v *testkit.Visitor, id ledger.ID, ref claim.Ref) *testkit.Page {
	o.t.Helper()
	at := exhibitPath(id, ref)
	v.Get(at).Want(200).Submit("form[action="+at+"/safe]", nil).Want(200)
	v.Get(at).Want(200).Submit("form[action="+casePath(id)+"/names]", url.Values{"reason": {"looking at it"}, "pass": {passOf("vera").Reveal()}}).Want(200)
	return v.Get(at).Want(200).Submit("form[action="+at+"/look]", nil).Want(200)
}

// TestDerivedPages: a translation is typed, a transcript sent, a face taken out. All
// of it is on the page of the exhibit, and no name is outside of a page that shows
// names.
func TestDerivedPages(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, exhibitCalled, aFace(t))
	at, v := exhibitPath(file.ID, ref), o.member("vera")
	add := v.Get(at).Want(200).Follow("a[href=" + at + "/made]").Want(200)
	sendFile(v, add, "", nil, url.Values{"which": {"made"}, "ex_made": {"transcript"}, "ex_of": {"0"}}).Want(422).Has("Type the text or choose a file")
	both := sendFile(v, add, madeCalled, []byte("words"), url.Values{"which": {"made"}, "ex_made": {"transcript"}, "ex_of": {"0"}, "ex_typed": {madeText}, "ex_who": {madeBy}})
	both.Want(422).Has("not both")
	if got := both.In("[name=ex_who]").Attr("value"); got != madeBy {
		t.Errorf("got %q back, want what was typed", got)
	}
	page := sendFile(v, add, madeCalled, []byte(madeText), url.Values{"which": {"made"}, "ex_made": {"transcript"}, "ex_of": {"0"}, "ex_lang": {"ru"}, "ex_who": {madeBy}, "ex_why": {madeWhy}}).Want(200)
	page.Has("transcript", "Russian", "original").HasNot("Hnatovska", "Sukhodolska", "Krushelnytskyi", "Poltoratskyi")
	add = v.Get(at + "/made").Want(200)
	sendFile(v, add, "", nil, url.Values{"which": {"made"}, "ex_made": {"translation"}, "ex_of": {"1"}, "ex_typed": {madeText}}).Want(422).Has("in which language")
	page = sendFile(v, add, "", nil, url.Values{"which": {"made"}, "ex_made": {"translation"}, "ex_of": {"1"}, "ex_lang": {"en"}, "ex_typed": {madeText}}).Want(200)
	page.Has("translation", "transcript").HasNot("Poltoratskyi")
	v.Get(at + "/made/3").Want(404)
	v.Get(at + "/made/0").Want(404)
	v.Get(at + "/made/2/safe").Want(409)

	o.shows(v, file.ID, ref)
	page = v.Get(at+"/made/2").Want(200).Submit("form[action="+at+"/made/2/look]", nil).Want(200)
	page.In("pre").Has("Avksentii Poltoratskyi")
	v.Get(at+"/made/1").Want(200).Has("Rostyslava Hnatovska", "Melaniia Sukhodolska", "Zenovii Krushelnytskyi")
	got := v.Get(at+"/made/1").Submit("form[action="+at+"/made/1/take]", url.Values{"pass": {passOf("vera").Reveal()}, "ex_which": {"original"}}).Want(200)
	if string(got.Body) != madeText || got.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("got %q", got.Body)
	}

	add = v.Get(at + "/made").Want(200) // the same words again, made of themselves
	sendFile(v, add, madeCalled, []byte(madeText), url.Values{"which": {"made"}, "ex_made": {"working copy"}, "ex_of": {"1"}}).Want(200)
	page = v.Get(at).Want(200)
	page.In(".tree a[href=" + at + "/made/3]")
	page.In(".tree").Has("transcript 1", "translation 2", "safe copy")
	page.In(".tree li li li a[href=" + at + "/made/2]")
	page = page.Submit("form[action="+at+"/check]", nil).Want(200)
	page.Has("The chain is whole", "transcript 1")
	v.Get("/audit").Want(200).In("tbody").Has("took an attached file")
	for _, who := range []string{"ana", "ed"} {
		for _, path := range []string{"/made", "/made/1", "/made/2/safe", "/picture", "/redact", "/redact/picture"} {
			if status := o.member(who).Get(at + path).Status; status != http.StatusForbidden {
				t.Errorf("%s as %s: got %d", path, who, status)
			}
		}
	}
	o.leaked(v, at)
}

// leaked closes the office and looks for canaries where none may be.
func (o *office) leaked(v *testkit.Visitor, at string) {
	o.t.Helper()
	left := map[string][]byte{"log": o.log.Bytes(), "address": []byte(at)}
	for what, b := range v.Seen() {
		head, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
		left["head of "+what] = head
	}
	o.ok(o.desk.Close())
	testkit.Sweep(o.t, derivedCanaries(), []string{o.cfg.Dir}, left, nil)
}

// TestRedactionPages: boxes are typed without script, looked at, and kept; the
// pixels are gone.
func TestRedactionPages(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, exhibitCalled, aFace(t))
	at, v := exhibitPath(file.ID, ref), o.member("vera")
	v.Get(at + "/redact").Want(200).Has("Look at its safe copy first").None("#stage")
	v.Get(at + "/redact/picture?cut_left=1&cut_top=1&cut_right=2&cut_bottom=2").Want(404)
	page := o.shows(v, file.ID, ref)
	page = page.Follow("a[href=" + at + "/redact]").Want(200)
	if src := page.In("#stage img").Attr("src"); src != at+"/safe" {
		t.Errorf("boxes are drawn on %q, want the safe copy", src)
	}
	box := url.Values{"cut_left": {"44"}, "cut_top": {"38.5"}, "cut_right": {"56"}, "cut_bottom": {"62"}}
	with := func(more url.Values) url.Values {
		all := url.Values{"form": {token(page)}, "which": {"redact"}}
		for _, from := range []url.Values{box, more} {
			for name, values := range from {
				all[name] = values
			}
		}
		return all
	}
	try := v.Post(at+"/redact/try", url.Values{"form": {token(page)}, "which": {"redact"}, "do": {"add"}}).Want(200)
	try.In("#cut_left-1")
	v.Post(at+"/redact/try", with(url.Values{"do": {"drop:1"}})).Want(200).None("#cut_left-1")
	for _, wrong := range []url.Values{{"cut_right": {"40"}}, {"cut_right": {"NaN"}}, {"cut_right": {"101"}}, {"cut_right": {"-1"}}, {"cut_bottom": nil}, {"cut_page": {"x"}}} {
		wrong["do"] = []string{"preview"}
		v.Post(at+"/redact/try", with(wrong)).Want(422).Has("Box 1 is none")
	}
	try = v.Post(at+"/redact/try", with(url.Values{"do": {"preview"}})).Want(200)
	if got := try.In("#cut_top-1").Attr("value"); got != "38.5" {
		t.Errorf("got %q back, want what was typed", got)
	}
	preview := v.Get(try.In(".shown img").Attr("src")).Want(200)
	if red(t, preview.Body) != 0 || red(t, v.Get(at+"/safe").Want(200).Body) == 0 {
		t.Error("the preview shows what is to be taken out, or nothing was there")
	}
	v.Post(at+"/redact", with(url.Values{"ex_why": {" "}})).Want(422).Has("what the redaction is for").In("#cut_top-1")
	kept := v.Post(at+"/redact", with(url.Values{"ex_why": {madeWhy}})).Want(200)
	kept.Has("redaction 1", "SHA-256 of what it was made of", "Melaniia Sukhodolska")
	kept = kept.Submit("form[action="+at+"/made/1/look]", nil).Want(200)
	shown := v.Get(kept.In(".veiled img").Attr("src")).Want(200)
	taken := kept.Submit("form[action="+at+"/made/1/take]", url.Values{"pass": {passOf("vera").Reveal()}, "ex_which": {"original"}}).Want(200)
	if red(t, taken.Body) != 0 || !bytes.Equal(taken.Body, shown.Body) || bytes.Contains(taken.Body, []byte("Obolonchyk")) {
		t.Error("what was to be taken out is still there")
	}
	v.Get(at).Want(200).Has("redaction 1", "habeas redact, clean")
	o.leaked(v, at)
}

// TestMarkedPages: of a marked exhibit only a blur is sent until somebody asks.
func TestMarkedPages(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, exhibitCalled, aFace(t))
	at, v := exhibitPath(file.ID, ref), o.member("vera")
	page := v.Get(at).Want(200).Submit("form[action="+at+"/mark]", url.Values{"ex_mark": {markedAs}}).Want(200)
	page.Has("it may hurt to see").HasNot("Bezborodko")
	page = o.shows(v, file.ID, ref)
	page.Has("Trokhym Bezborodko", "Show it as it is").None(".veiled").None("[src='" + at + "/safe']")
	v.Get(at + "/safe").Want(409)
	blur := v.Get(page.In(".shown img").Attr("src")).Want(200)
	if red(t, blur.Body) > 0 && len(blur.Body) > 8000 {
		t.Errorf("the blur has %d bytes", len(blur.Body))
	}
	v.Get(at + "/redact").Want(200).None("#stage")
	v.Get(casePath(file.ID) + "/exhibits").Want(200).Has("it may hurt to see")
	page = page.Submit("form[action="+at+"/look]", nil).Want(200)
	page.In(".veiled img")
	v.Get(at + "/safe").Want(200)
	page = page.Submit("form[action="+at+"/mark]", nil).Want(200)
	page.None(".notice[role=note]")
	o.leaked(v, at)
}

// TestSmallPictures: small pictures stand in the list after one act, while names are
// shown, and not before.
func TestSmallPictures(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, exhibitCalled, aFace(t))
	at, v := exhibitPath(file.ID, ref), o.member("vera")
	list := casePath(file.ID) + "/exhibits"
	o.ok(o.desk.MakeSafeCopy(t.Context(), o.actor("vera"), file.ID, ref))
	v = o.member("vera")
	v.Get(list).Want(200).None("form[action=" + list + "/small]").None("th img")
	v.Get(at).Want(200).Submit("form[action="+casePath(file.ID)+"/names]", url.Values{"reason": {"looking at it"}, "pass": {passOf("vera").Reveal()}}).Want(200)
	page := v.Get(list).Want(200)
	page.None("th img")
	page = page.Submit("form[action="+list+"/small]", nil).Want(200)
	src := page.In("th img").Attr("src")
	small := v.Get(src).Want(200)
	if config, err := stdjpeg.DecodeConfig(bytes.NewReader(small.Body)); err != nil || config.Width != 160 {
		t.Errorf("got a picture %d wide, %v", config.Width, err)
	}
	if h := small.Header; h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("got headers %v", h)
	}
	v.Get(at).Want(200).Has("looked at")
	v.Get(list).Want(200).Submit("form[action="+casePath(file.ID)+"/hide]", nil).Want(200)
	v.Get(list).Want(200).None("th img")
	v.Get(src).Want(409)
}

// aDocument is a PDF of three pages with nothing but a number on each.
func aDocument() []byte {
	var b bytes.Buffer
	at := []int{0}
	add := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at)-1, body)
	}
	b.WriteString("%PDF-1.4\n")
	add("<</Type/Catalog/Pages 2 0 R>>")
	add("<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3>>")
	for i := range 3 {
		add(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents %d 0 R/Resources<</Font<</F 9 0 R>>>>>>", 6+i))
	}
	for i := range 3 {
		s := fmt.Sprintf("1 0 0 rg 180 130 40 40 re f 0 g BT /F 40 Tf 60 200 Td (Page %d) Tj ET", i+1)
		add(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(s), s))
	}
	add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at))
	for _, n := range at[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(at), xref)
	return b.Bytes()
}

// TestDocumentPages: a document is shown page by page, without script, and a part of
// one page is taken out.
func TestDocumentPages(t *testing.T) {
	if !habeas.Glimpses("application/pdf") {
		t.Skip("what draws pages is not installed")
	}
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, "paper.pdf", aDocument())
	at, v := exhibitPath(file.ID, ref), o.member("vera")
	v.Get(at + "/picture?page=1").Want(404) // nothing is opened before somebody asks
	page := o.shows(v, file.ID, ref)
	page.Has("Page 1 of 3")
	first := v.Get(page.In(".shown img").Attr("src")).Want(200)
	if red(t, first.Body) == 0 {
		t.Error("the page is not shown")
	}
	v.Get(at + "/safe").Want(404) // as a file of its own it is only taken
	page = page.Follow("a[rel=next]").Want(200)
	page.Has("Page 2 of 3").In("a[rel=prev]")
	second := v.Get(page.In(".shown img").Attr("src")).Want(200)
	if bytes.Equal(first.Body, second.Body) {
		t.Error("the second page looks like the first")
	}
	v.Get(at + "?page=99").Want(200).Has("Page 3 of 3")
	v.Get(at + "/picture?page=99").Want(404)

	page = v.Get(at + "/redact").Want(200)
	box := url.Values{
		"form": {token(page)}, "which": {"redact"}, "cut_shown": {"1"}, "cut_page": {"2"},
		"cut_left": {"44"}, "cut_top": {"42"}, "cut_right": {"56"}, "cut_bottom": {"58"},
	}
	box.Set("do", "page:2")
	page = v.Post(at+"/redact/try", box).Want(200)
	page.Has("Page 2 of 3", "Box 1, page 2").In("fieldset[data-here]")
	box.Set("do", "page:3")
	page = v.Post(at+"/redact/try", box).Want(200)
	page.Has("Page 3 of 3", "Box 1, page 2").None("#cutlist fieldset[data-here]")
	box.Set("do", "preview")
	box.Set("cut_shown", "2")
	page = v.Post(at+"/redact/try", box).Want(200)
	if red(t, v.Get(page.In(".shown img").Attr("src")).Want(200).Body) != 0 {
		t.Error("the preview shows what is to be taken out")
	}
	box.Del("do")
	box.Set("ex_why", madeWhy)
	box.Set("ex_cut", "Nobodyatall\n\n")
	kept := v.Post(at+"/redact", box).Want(200)
	kept.Has("Nowhere found: Nobodyatall")
	kept = kept.Submit("form[action="+at+"/made/1/look]", nil).Want(200)
	for n, want := range map[string]bool{"1": true, "2": false, "3": true} {
		if got := red(t, v.Get(at+"/made/1/picture?page="+n).Want(200).Body) > 0; got != want {
			t.Errorf("page %s: red is %v, want %v", n, got, want)
		}
	}
	o.leaked(v, at)
}

// aSound is a second of silence, as WAV.
func aSound() []byte {
	var b bytes.Buffer
	b.WriteString("RIFF\x64\x1f\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x40\x1f\x00\x00")
	b.Write(bytes.Repeat([]byte{0x80}, 8000))
	return b.Bytes()
}

// TestSoundPages: sound is played from its safe copy, muted at first, in parts, and
// only after somebody asked.
func TestSoundPages(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, "voice.wav", aSound())
	at, v := exhibitPath(file.ID, ref), o.member("vera")
	page := o.shows(v, file.ID, ref)
	audio := page.In("audio[muted][controls]")
	if audio.Attr("preload") != "none" || audio.Attr("src") != at+"/safe" {
		t.Errorf("got preload %q of %q", audio.Attr("preload"), audio.Attr("src"))
	}
	part := func(header string) *testkit.Page {
		req, err := http.NewRequest(http.MethodGet, v.Base()+at+"/safe", nil)
		o.ok(err)
		if header != "" {
			req.Header.Set("Range", header)
		}
		return v.Do(req)
	}
	whole := part("").Want(200)
	middle := part("bytes=4000-4099").Want(206)
	if !bytes.Equal(middle.Body, whole.Body[4000:4100]) {
		t.Error("a part is not of the whole")
	}
	part("bytes=99999-").Want(416)
	for _, p := range []*testkit.Page{whole, middle} {
		h := p.Header
		if h.Get("Content-Type") != "audio/wav" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Content-Security-Policy") != filePolicy || h.Get("Last-Modified") != "" || h.Get("Etag") != "" {
			t.Errorf("got headers %v", h)
		}
	}
	page.Submit("form[action="+at+"/mark]", nil).Want(200).None("audio").Has("Show it as it is")
	part("").Want(409)
	v.Get(at + "/picture").Want(404)
	page = v.Get(at).Want(200).Submit("form[action="+at+"/look]", nil).Want(200)
	page.In("audio[muted]")
	part("bytes=0-9").Want(206)

	page = v.Get(at + "/redact").Want(200)
	page.None("#stage").None("#boxes")
	try := url.Values{"form": {token(page)}, "which": {"redact"}, "do": {"mute"}}
	v.Post(at+"/redact/try", try).Want(200).In("#mute_from-1")
	v.Post(at+"/redact", url.Values{"form": {token(page)}, "which": {"redact"}, "mute_from": {"2"}, "mute_to": {"1"}, "ex_why": {"x"}}).Want(422).Has("Silence 1 is none")
	v.Post(casePath(file.ID)+"/hide", url.Values{"form": {token(page)}, "back": {at}}).Want(200)
	part("bytes=0-9").Want(409)
	o.leaked(v, at)
}
