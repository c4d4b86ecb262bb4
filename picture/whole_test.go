package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"habeas/clean"
	"habeas/internal/sandbox"
	"habeas/picture"
)

// whole returns all pixels of a picture. It skips as of does.
func whole(t *testing.T, b []byte) (image.Image, error) {
	t.Helper()
	var out bytes.Buffer
	err := picture.PNG(context.Background(), &out, file(t, b))
	switch {
	case errors.As(err, new(*sandbox.Missing)) || errors.Is(err, sandbox.ErrWalls):
		t.Skip(err)
	case err != nil:
		return nil, err
	}
	m, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return m, nil
}

// made runs a program that makes the file to, and returns it.
func made(t *testing.T, to, program string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip(program, "is not installed")
	}
	if b, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", program, args, err, b)
	}
	b, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// corners is a picture of which no turn is the same as another.
func corners(w, h int, base uint8) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{base, uint8(255 * x / w), uint8(255 * y / h), 255}
			if x < w/4 && y < h/2 {
				c = color.NRGBA{255, 255, 255, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// still returns m in HEIC, or AVIF if the name says so, as libheif writes it.
func still(t *testing.T, m image.Image, name string, more ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in.png"), filepath.Join(dir, name)
	if err := os.WriteFile(from, encoded(t, m), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-q", "90"}, more...)
	if strings.HasSuffix(name, ".avif") {
		args = append(args, "-A")
	}
	return made(t, to, "heif-enc", append(args, from, "-o", to)...)
}

// byLibheif returns what libheif shows of a picture.
func byLibheif(t *testing.T, b []byte) image.Image {
	t.Helper()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in.heic"), filepath.Join(dir, "out.png")
	if err := os.WriteFile(from, b, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(made(t, to, "heif-convert", from, to)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// alike fails unless two pictures have the same size, and nearly the same pixels.
func alike(t *testing.T, what string, a, b image.Image, near float64) {
	t.Helper()
	if a.Bounds().Size() != b.Bounds().Size() {
		t.Errorf("%s: %v and %v", what, a.Bounds(), b.Bounds())
		return
	}
	sum, n := 0.0, 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA), color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B), int(p.A) - int(q.A)} {
				sum, n = sum+float64(max(d, -d)), n+1
			}
		}
	}
	if sum/float64(n) > near {
		t.Errorf("%s: pixels differ by %.1f on average", what, sum/float64(n))
	}
}

func TestHEICAndAVIFAreShown(t *testing.T) {
	clear := corners(96, 64, 20)
	for y := range 64 {
		for x := range 30 {
			clear.Pix[clear.PixOffset(x+60, y)+3] = 0
		}
	}
	for name, b := range map[string][]byte{
		"a.heic": still(t, corners(200, 120, 20), "a.heic"), "odd.heic": still(t, corners(101, 67, 20), "odd.heic"), "a.avif": still(t, corners(200, 120, 20), "a.avif"),
		"fine.heic": still(t, corners(96, 64, 20), "a.heic", "-p", "chroma=444"), "clear.heic": still(t, clear, "a.heic"), "clear.avif": still(t, clear, "a.avif"),
	} {
		m, err := whole(t, b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		alike(t, name, m, byLibheif(t, b), 3)
		if m, err := of(t, b, picture.View{Size: 50}); err != nil || max(m.Bounds().Dx(), m.Bounds().Dy()) != 50 {
			t.Errorf("%s: made small: %v", name, err)
		}
		if p := color.NRGBAModel.Convert(m.At(80, 30)).(color.NRGBA); strings.HasPrefix(name, "clear") && p != (color.NRGBA{}) {
			t.Errorf("%s: what can't be seen is still there", name)
		}
		if _, err := whole(t, b[:len(b)*2/3]); !errors.Is(err, picture.ErrBroken) {
			t.Errorf("%s: cut off: %v", name, err)
		}
	}
}

// A tiledStill is a grid of two by two tiles of HEIC, as phones write it.
type tiledStill struct {
	config []byte // box of the tiles
	tiles  [4][]byte
	size   [2]byte // of the whole, in pixels
	turns  [][]byte
}

func boxOf(name string, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), []byte(name), body)
}

func (s tiledStill) file() []byte {
	be := binary.BigEndian
	infos, items := []byte{0, 0, 0, 0, 0, 5}, []byte{0, 5}
	for id := byte(1); id <= 5; id++ {
		kind, hidden := "hvc1", byte(1)
		if id == 5 {
			kind, hidden = "grid", 0
		}
		infos = append(infos, boxOf("infe", []byte{2, 0, 0, hidden, 0, id, 0, 0}, []byte(kind), []byte{0})...)
	}
	grid := []byte{0, 0, 1, 1, 0, s.size[0], 0, s.size[1]}
	uses := []byte{0, 0, 0, 0, 0, 0, 0, 5}
	for id := byte(1); id <= 4; id++ {
		uses = append(uses, 0, id, 2, 0x81, 2)
	}
	uses = append(uses, 0, 5, byte(1+len(s.turns)), 3)
	for i := range s.turns {
		uses = append(uses, 0x80|byte(4+i))
	}
	ispe := func(w, h byte) []byte { return boxOf("ispe", []byte{0, 0, 0, 0, 0, 0, 0, w, 0, 0, 0, h}) }
	props := append([][]byte{s.config, ispe(64, 64), ispe(s.size[0], s.size[1])}, s.turns...)
	ftyp := boxOf("ftyp", []byte("heic\x00\x00\x00\x00mif1heic"))
	meta := func(start int) []byte {
		places := append([]byte{1, 0, 0, 0, 0x44, 0}, items...)
		at := start
		for i, tile := range s.tiles {
			places = append(places, 0, byte(i+1), 0, 0, 0, 0, 0, 1)
			places = be.AppendUint32(be.AppendUint32(places, uint32(at)), uint32(len(tile)))
			at += len(tile)
		}
		places = append(places, 0, 5, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, byte(len(grid)))
		return boxOf("meta", make([]byte, 4), boxOf("hdlr", make([]byte, 8), []byte("pict"), make([]byte, 13)), boxOf("pitm", []byte{0, 0, 0, 0, 0, 5}),
			boxOf("iinf", infos), boxOf("iref", make([]byte, 4), boxOf("dimg", []byte{0, 5, 0, 4, 0, 1, 0, 2, 0, 3, 0, 4})),
			boxOf("iprp", boxOf("ipco", props...), boxOf("ipma", uses)), boxOf("iloc", places), boxOf("idat", grid))
	}
	return slices.Concat(ftyp, meta(len(ftyp)+len(meta(0))+8), boxOf("mdat", s.tiles[:]...))
}

// tiles returns a grid of four pictures that are told apart.
func tiles(t *testing.T) tiledStill {
	t.Helper()
	s := tiledStill{size: [2]byte{120, 100}}
	for i := range s.tiles {
		b := still(t, corners(64, 64, uint8(80*i)), "a.heic")
		config, data := bytes.Index(b, []byte("hvcC"))-4, bytes.Index(b, []byte("mdat"))+4
		s.config = b[config : config+int(binary.BigEndian.Uint32(b[config:]))]
		s.tiles[i] = b[data : data-8+int(binary.BigEndian.Uint32(b[data-8:]))]
	}
	return s
}

// A picture of a phone comes out whole and upright, whichever way it was held.
func TestTilesAreWholeAndUpright(t *testing.T) {
	s := tiles(t)
	irot := func(n byte) []byte { return boxOf("irot", []byte{n}) }
	imir := func(n byte) []byte { return boxOf("imir", []byte{n}) }
	clap := boxOf("clap", []byte{0, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 60, 0, 0, 0, 1, 0, 0, 0, 10, 0, 0, 0, 1, 255, 255, 255, 251, 0, 0, 0, 1})
	for what, turns := range map[string][][]byte{
		"as it is": nil, "1": {irot(1)}, "2": {irot(2)}, "3": {irot(3)}, "top to bottom": {imir(0)}, "left to right": {imir(1)},
		"turned and mirrored": {irot(1), imir(1)}, "mirrored and turned": {imir(1), irot(1)}, "cropped": {clap}, "cropped and turned": {clap, irot(3)},
	} {
		s.turns = turns
		b := s.file()
		m, err := whole(t, b)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		alike(t, what, m, byLibheif(t, b), 3)
	}
	s.turns = nil
	s.tiles[2] = nil
	if _, err := whole(t, s.file()); !errors.Is(err, picture.ErrBroken) {
		t.Errorf("a tile is not there: %v", err)
	}
}

// tagged returns a TIFF with the way that is up changed, or with another page.
func tagged(b []byte, up byte, again bool) []byte {
	b = bytes.Clone(b)
	le := binary.LittleEndian
	at := int(le.Uint32(b[4:]))
	n := int(le.Uint16(b[at:]))
	dir := bytes.Clone(b[at+2 : at+2+12*n])
	i := 0
	for i < n && le.Uint16(dir[12*i:]) < 0x112 {
		i++
	}
	dir = slices.Insert(dir, 12*i, 0x12, 1, 3, 0, 1, 0, 0, 0, up, 0, 0, 0)
	le.PutUint32(b[4:], uint32(len(b)))
	whole := append(le.AppendUint16(nil, uint16(n+1)), dir...)
	if again {
		whole = le.AppendUint32(whole, uint32(at)) // as it was
	} else {
		whole = append(whole, 0, 0, 0, 0)
	}
	return append(b, whole...)
}

func TestScansAreWholeAndUpright(t *testing.T) {
	dir := t.TempDir()
	from := filepath.Join(dir, "in.png")
	m := corners(120, 80, 20)
	if err := os.WriteFile(from, encoded(t, m), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.bmp", "a.tiff", "a.webp"} {
		to := filepath.Join(dir, name)
		b := made(t, to, "ffmpeg", "-loglevel", "error", "-i", from, "-pix_fmt", map[string]string{"a.bmp": "bgr24", "a.tiff": "rgb24", "a.webp": "bgra"}[name], to)
		got, err := whole(t, b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		alike(t, name, got, m, 3)
		if name != "a.tiff" {
			continue
		}
		for up := byte(2); up <= 8; up++ {
			got, err := whole(t, tagged(b, up, false))
			if err != nil {
				t.Fatal(err)
			}
			alike(t, name+" turned", got, picture.Turned(m, int(up)), 1)
			if small, err := of(t, tagged(b, up, false), picture.View{Size: 60}); err != nil || (small.Bounds().Dx() > small.Bounds().Dy()) != (up < 5) {
				t.Errorf("%d is shown lying: %v", up, err)
			}
		}
		if _, err := whole(t, tagged(b, 1, true)); !errors.Is(err, picture.ErrPages) {
			t.Errorf("several pages: %v", err)
		}
		if _, err := of(t, tagged(b, 1, true), picture.View{}); err != nil {
			t.Errorf("the first of several pages: %v", err)
		}
	}
}

func FuzzStill(f *testing.F) {
	s := tiledStill{size: [2]byte{120, 100}, config: boxOf("hvcC", make([]byte, 21), []byte{3, 1, 32, 0, 1, 0, 2, 64, 1})}
	for i := range s.tiles {
		s.tiles[i] = []byte{0, 0, 0, 3, 38, 1, byte(i)}
	}
	if parts, err := clean.Still(s.file()); err != nil || len(parts.Streams) != 1 || parts.Streams[0].Pictures != 4 {
		f.Fatalf("%+v %v", parts, err)
	}
	f.Add(s.file())
	f.Add(bytes.ReplaceAll(s.file(), []byte("hv"), []byte("av")))
	f.Fuzz(func(t *testing.T, b []byte) {
		parts, err := clean.Still(b)
		if err != nil {
			return
		}
		for _, s := range parts.Streams {
			if s.Pictures == 0 || len(s.Data) > 100*len(b)+1<<16 && s.Pictures < 100 {
				t.Errorf("%d pictures of %d bytes", s.Pictures, len(s.Data))
			}
		}
	})
}
