package web

import (
	"bytes"
	"image"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"habeas"
	"habeas/internal/testkit"
)

// aTelephonePicture is aFace in HEIC.
func aTelephonePicture(t *testing.T) []byte {
	t.Helper()
	if _, err := exec.LookPath("heif-enc"); err != nil {
		t.Skip("heif-enc is not installed")
	}
	if !habeas.Glimpses("image/heic") {
		t.Skip("what reads HEIC is not installed")
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a.jpg"), filepath.Join(dir, "a.heic")
	if err := os.WriteFile(from, aFace(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := exec.Command("heif-enc", from, "-o", to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	b, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reds counts the pixels of a picture that are red.
func reds(m image.Image) (n int) {
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, b, _ := m.At(x, y).RGBA(); r > 0x9000 && g < 0x5000 && b < 0x5000 {
				n++
			}
		}
	}
	return n
}

// TestTelephonePictureInABrowser looks at a picture in HEIC, which browsers can't show,
// and takes a face out of it.
func TestTelephonePictureInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	by, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, "IMG_0001.HEIC", aTelephonePicture(t))
	o.ok(o.desk.MakeSafeCopy(t.Context(), by, file.ID, ref))
	b.Resize(1280, 900)
	o.enter(b, "vera")
	o.looksIn(b, file.ID, ref)
	b.Wait(".veiled img")
	o.examine(b, "exhibit-heic")
	b.Open(o.http.URL + exhibitPath(file.ID, ref))
	b.Follow("a[href$='/redact']")
	b.Wait("#stage img")
	b.Drag("#stage", 440, 390, 560, 610)
	b.Wait("#stage .box")
	b.Follow(`p.acts button[value="preview"]`)
	b.Wait(".shown img")
	o.examine(b, "redact-heic")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// What the pages show of a picture in HEIC is a JPEG, and what is kept without the face
// has nothing of it.
func TestTelephonePicturePages(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, exhibitCalled, aTelephonePicture(t))
	at, v := exhibitPath(file.ID, ref), o.member("vera")
	page := o.shows(v, file.ID, ref)
	if src := page.In(".veiled img").Attr("src"); src != at+"/picture" {
		t.Errorf("%q is shown, want what browsers can show", src)
	}
	v.Get(at + "/safe").Want(404)
	if whole := v.Get(at + "/picture").Want(200); whole.Header.Get("Content-Type") != "image/jpeg" || red(t, whole.Body) == 0 {
		t.Error("the picture is not shown")
	}
	page = page.Follow("a[href=" + at + "/redact]").Want(200)
	if src := page.In("#stage img").Attr("src"); src != at+"/picture" {
		t.Errorf("boxes are drawn on %q", src)
	}
	cut := url.Values{"form": {token(page)}, "which": {"redact"}, "cut_left": {"44"}, "cut_top": {"38.5"}, "cut_right": {"56"}, "cut_bottom": {"62"}, "ex_why": {madeWhy}, "do": {"preview"}}
	try := v.Post(at+"/redact/try", cut).Want(200)
	if red(t, v.Get(try.In(".shown img").Attr("src")).Want(200).Body) != 0 {
		t.Error("the preview shows what is to be taken out")
	}
	kept := v.Post(at+"/redact", cut).Want(200)
	kept = kept.Submit("form[action="+at+"/made/1/look]", nil).Want(200)
	taken := v.Get(kept.In(".veiled img").Attr("src")).Want(200)
	m, err := png.Decode(bytes.NewReader(taken.Body))
	if err != nil || reds(m) != 0 || m.Bounds().Dx() != 640 {
		t.Errorf("the face is still there, or it is no PNG: %v", err)
	}
	o.leaked(v, at)
}
