package picture_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"habeas/internal/sandbox"
	"habeas/picture"
)

func TestMain(m *testing.M) {
	sandbox.Main(map[string]sandbox.Task{picture.TaskName: picture.Task})
	os.Exit(m.Run())
}

// of returns a picture of the bytes of a file. It skips if a tool is not there, or
// can't be confined here.
func of(t *testing.T, b []byte, v picture.View) (image.Image, error) {
	t.Helper()
	out, err := picture.Of(context.Background(), file(t, b), v)
	switch {
	case errors.As(err, new(*sandbox.Missing)) || errors.Is(err, sandbox.ErrWalls):
		t.Skip(err)
	case err != nil:
		return nil, err
	}
	m, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return m, nil
}

func file(t *testing.T, b []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// aPDF has two pages: one that is black on its left half, and an empty one.
func aPDF() []byte {
	var b bytes.Buffer
	var at []int
	b.WriteString("%PDF-1.4\n")
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 5 0 R>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]>>",
		"<</Length 16>>\nstream\n0 0 200 200 re f\nendstream",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

func dark(m image.Image, x, y int) bool {
	r, g, b, _ := m.At(x, y).RGBA()
	return r+g+b < 3*0x4000
}

func TestPagesOfPDF(t *testing.T) {
	for page, black := range map[int]bool{0: true, 1: true, 2: false} {
		m, err := of(t, aPDF(), picture.View{Page: page, Size: 200})
		if err != nil {
			t.Fatal(err)
		}
		if m.Bounds().Dx() != 200 || m.Bounds().Dy() != 100 || dark(m, 50, 50) != black || dark(m, 150, 50) {
			t.Errorf("page %d: %v, dark %v %v", page, m.Bounds(), dark(m, 50, 50), dark(m, 150, 50))
		}
	}
	if _, err := of(t, aPDF(), picture.View{Page: 3}); !errors.Is(err, picture.ErrBroken) {
		t.Errorf("a page that is not there: %v", err)
	}
	if n, err := picture.Pages(context.Background(), file(t, aPDF())); n != 2 || err != nil {
		t.Errorf("%d pages, %v", n, err)
	}
}

// films returns a film of two seconds, white at first and then black, in formats.
func films(t *testing.T) map[string][]byte {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("no ffmpeg")
	}
	out := map[string][]byte{}
	for name, coder := range map[string][]string{"a.mp4": {"-movflags", "faststart"}, "a.mkv": nil, "a.webm": {"-c:v", "libvpx"}, "a.mov": {"-movflags", "faststart"}} {
		to := filepath.Join(t.TempDir(), name)
		args := []string{"-loglevel", "error", "-f", "lavfi", "-i", "color=white:s=320x160:r=10:d=1", "-f", "lavfi", "-i", "color=black:s=320x160:r=10:d=1",
			"-filter_complex", "concat=n=2", "-pix_fmt", "yuv420p"}
		if b, err := exec.Command("ffmpeg", append(append(args, coder...), to)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		b, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = b
	}
	return out
}

func TestFramesOfFilms(t *testing.T) {
	for name, b := range films(t) {
		for at, black := range map[time.Duration]bool{0: false, 1500 * time.Millisecond: true} {
			m, err := of(t, b, picture.View{At: at, Size: 160})
			if err != nil {
				t.Errorf("%s at %v: %v", name, at, err)
				continue
			}
			if m.Bounds().Dx() != 160 || m.Bounds().Dy() != 80 || dark(m, 80, 40) != black {
				t.Errorf("%s at %v: %v, dark %v", name, at, m.Bounds(), dark(m, 80, 40))
			}
		}
		if _, err := of(t, b, picture.View{At: time.Hour}); !errors.Is(err, picture.ErrBroken) && !errors.Is(err, picture.ErrLarge) {
			t.Errorf("%s: after its end: %v", name, err)
		}
	}
}

// stripes are what nobody could tell from grey once it is blurred.
func stripes(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.Gray{Y: uint8(255 * (x / 4 % 2))})
		}
	}
	return m
}

func encoded(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPhotographsAreMadeSmall(t *testing.T) {
	m, err := of(t, encoded(t, stripes(640, 320)), picture.View{Size: 320})
	if err != nil || m.Bounds().Dx() != 320 || m.Bounds().Dy() != 160 || !dark(m, 0, 80) {
		t.Errorf("%v %v", m, err)
	}
	if m, err := of(t, encoded(t, stripes(64, 32)), picture.View{Size: 320}); err != nil || m.Bounds().Dx() != 64 {
		t.Errorf("a small one: %v %v", m, err)
	}
}

// Formats that are not read in Go are read by ffmpeg.
func TestRarerFormats(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("no ffmpeg")
	}
	for _, ext := range []string{".bmp", ".tiff", ".webp"} {
		to := filepath.Join(t.TempDir(), "a"+ext)
		if b, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "color=black:s=320x160", "-frames:v", "1", to).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		b, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := of(t, b, picture.View{Size: 160}); err != nil || m.Bounds().Dx() != 160 || m.Bounds().Dy() != 80 || !dark(m, 80, 40) {
			t.Errorf("%s: %v %v", ext, m, err)
		}
	}
}

// Of a blurred picture nothing finer is left than a twelfth of it.
func TestBlurLeavesNothing(t *testing.T) {
	m, err := of(t, encoded(t, stripes(960, 480)), picture.View{Size: 960, Blur: true})
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds().Dx() != 960 {
		t.Errorf("%v", m.Bounds())
	}
	for x := range 960 {
		if y := color.GrayModel.Convert(m.At(x, 240)).(color.Gray).Y; y < 115 || y > 140 {
			t.Fatalf("at %d the stripes are seen: %d", x, y)
		}
	}
}

func TestPicturesAreRefused(t *testing.T) {
	if _, err := of(t, []byte("only words"), picture.View{}); !errors.Is(err, picture.ErrNone) {
		t.Errorf("words: %v", err)
	}
	cut := encoded(t, stripes(64, 64))
	if _, err := of(t, cut[:len(cut)/2], picture.View{}); !errors.Is(err, picture.ErrBroken) {
		t.Errorf("half a picture: %v", err)
	}
	huge := bytes.Clone(cut)
	copy(huge[16:], "\x00\x01\x00\x00\x00\x01\x00\x00") // says that it is 65536 wide and high
	if _, err := of(t, huge, picture.View{}); err == nil {
		t.Error("a huge picture was shown")
	}
	if _, err := of(t, []byte("%PDF-1.4\nbroken"), picture.View{}); !errors.Is(err, picture.ErrBroken) {
		t.Errorf("a broken PDF: %v", err)
	}
}

// What is kept beside a film is not seen by what reads it, whatever the film says.
func TestAttackFilmsLeadNowhere(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "kept.png")
	if err := os.WriteFile(kept, encoded(t, stripes(64, 64)), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a list":       "ffconcat version 1.0\nfile '" + kept + "'\n",
		"a play list":  "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://" + kept + "\n#EXT-X-ENDLIST\n",
		"a drawing":    `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file://` + kept + `"/></svg>`,
		"a magic word": "RIFF\x00\x00\x00\x00WEBPffconcat version 1.0\nfile '" + kept + "'\n",
	} {
		if m, err := of(t, []byte(text), picture.View{}); err == nil {
			t.Errorf("%s was shown: %v", name, m.Bounds())
		}
	}
}

func FuzzShow(f *testing.F) {
	var b bytes.Buffer
	_ = png.Encode(&b, stripes(24, 16))
	f.Add(b.Bytes(), 8, true)
	b.Reset()
	_ = jpeg.Encode(&b, stripes(24, 16), nil)
	f.Add(b.Bytes(), 0, false)
	f.Fuzz(func(t *testing.T, in []byte, size int, blur bool) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(in)); err != nil || c.Width*c.Height > 1<<20 {
			return
		}
		var out bytes.Buffer
		if picture.Show(&out, in, picture.View{Size: size % 2000, Blur: blur}) == nil && out.Len() == 0 {
			t.Error("nothing was written")
		}
	})
}
