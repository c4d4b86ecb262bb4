package clean_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"habeas/clean"
)

// token is hidden in every place of a file where something can be hidden; n makes
// each its own.
func token(n int) string { return fmt.Sprintf("INVENTED-CANARY-%04d", n) }

// leaks returns the tokens that are left in b, in any encoding.
func leaks(b []byte) []string {
	var found []string
	for n := range 1000 {
		t := []byte(token(n))
		wide := func(o binary.ByteOrder) []byte {
			var w []byte
			for _, u := range utf16.Encode([]rune(string(t))) {
				w = append(w, 0, 0)
				o.PutUint16(w[len(w)-2:], u)
			}
			return w
		}
		for _, form := range [][]byte{t, wide(binary.LittleEndian), wide(binary.BigEndian), fmt.Appendf(nil, "%x", t)} {
			if bytes.Contains(b, form) {
				found = append(found, string(t))
				break
			}
		}
	}
	return found
}

func picture(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(r.IntN(256))
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

func same(t *testing.T, a, b []byte) {
	t.Helper()
	x, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal("before:", err)
	}
	y, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal("after:", err)
	}
	if x.Bounds() != y.Bounds() {
		t.Fatalf("%v is now %v", x.Bounds(), y.Bounds())
	}
	for py := x.Bounds().Min.Y; py < x.Bounds().Max.Y; py++ {
		for px := x.Bounds().Min.X; px < x.Bounds().Max.X; px++ {
			if x.At(px, py) != y.At(px, py) {
				t.Fatalf("pixel %d,%d changed", px, py)
			}
		}
	}
}

// cleaned cleans a file, and fails if a token is left in it or cleaning it again
// changes it.
func cleaned(t *testing.T, b []byte, kind string) ([]byte, *clean.Report) {
	t.Helper()
	out, report, err := clean.Bytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if report.Kind.Name != kind {
		t.Fatalf("taken for %s", report.Kind.Name)
	}
	if left := leaks(out); len(left) > 0 {
		t.Errorf("left in it: %v", left)
	}
	again, more, err := clean.Bytes(out)
	if err != nil || !bytes.Equal(again, out) {
		t.Errorf("cleaned again it is another file: %v\n%.600q\n%.600q", err, out, again)
	}
	if len(more.Removed) > 0 {
		t.Errorf("there was still something: %+v", more.Removed)
	}
	return out, report
}

// A tiffOf is an Exif block with tokens in fields of the picture, the camera, the
// place and the small picture, and a way that is up.
func tiffOf(first int, up byte) []byte {
	o := binary.BigEndian
	b := []byte("MM\x00*\x00\x00\x00\x08")
	text := func(n int) []byte { return []byte(token(n) + "\x00") }
	type entry struct {
		tag, kind uint16
		value     []byte
	}
	write := func(entries []entry, next uint32) {
		at := len(b)
		rest := at + 2 + 12*len(entries) + 4
		var values []byte
		b = o.AppendUint16(b, uint16(len(entries)))
		for _, e := range entries {
			b = o.AppendUint16(b, e.tag)
			b = o.AppendUint16(b, e.kind)
			size := map[uint16]int{2: 1, 3: 2, 4: 4, 7: 1}[e.kind]
			b = o.AppendUint32(b, uint32(len(e.value)/size))
			if len(e.value) <= 4 {
				b = append(b, append(e.value, make([]byte, 4-len(e.value))...)...)
				continue
			}
			b = o.AppendUint32(b, uint32(rest+len(values)))
			values = append(values, e.value...)
			if len(values)%2 == 1 {
				values = append(values, 0)
			}
		}
		b = o.AppendUint32(b, next)
		b = append(b, values...)
	}
	// Three directories, each of a size that is known: entries, values of 22 bytes.
	size := func(texts, shorts int) uint32 { return uint32(2 + 12*(texts+shorts) + 4 + 22*texts) }
	sub := 8 + size(2, 3)
	gps := sub + size(2, 0)
	thumb := gps + size(1, 0)
	link := func(at uint32) []byte { return o.AppendUint32(nil, at) }
	write([]entry{
		{0x010f, 2, text(first)}, {0x0112, 3, []byte{0, up}}, {0x0131, 2, text(first + 1)}, {0x8769, 4, link(sub)}, {0x8825, 4, link(gps)},
	}, thumb)
	write([]entry{{0x927c, 7, text(first + 2)}, {0x9286, 7, text(first + 3)}}, 0)
	write([]entry{{0x001d, 2, text(first + 4)}}, 0)
	write([]entry{{0x010e, 2, text(first + 5)}}, 0)
	return b
}

func segment(marker byte, body string) []byte {
	return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func dirtyJPEG(t *testing.T, up byte) (plain, dirty []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(64, 48), nil); err != nil {
		t.Fatal(err)
	}
	plain = b.Bytes()
	dirty = bytes.Clone(plain[:2])
	n := 0
	next := func() string { n++; return token(n) }
	for _, s := range [][]byte{
		segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01"+next()),
		segment(0xe0, "JFXX\x00\x10"+next()),
		segment(0xe1, "Exif\x00\x00"+string(tiffOf(50, up))),
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+next()),
		segment(0xe1, "http://ns.adobe.com/xmp/extension/\x00"+next()),
		segment(0xe2, "ICC_PROFILE\x00\x01\x01"+next()), segment(0xe2, "MPF\x00"+next()),
		segment(0xed, "Photoshop 3.0\x00"+next()), segment(0xec, next()), segment(0xef, next()), segment(0xe5, next()),
		segment(0xfe, next()), {0xff, 0xff, 0xff},
	} {
		dirty = append(dirty, s...)
	}
	dirty = append(dirty[:len(dirty)-1], plain[2:]...)
	dirty = append(dirty, next()...)
	return plain, append(dirty, plain...) // a second picture, as telephones put it
}

func TestJPEG(t *testing.T) {
	for up := byte(1); up <= 8; up++ {
		_, dirty := dirtyJPEG(t, up)
		out, report := cleaned(t, dirty, "jpeg")
		same(t, dirty, out)
		if turned := bytes.Contains(out, []byte("Exif")); turned != (up > 1) {
			t.Errorf("up %d: says which way is up: %v", up, turned)
		}
		words := fmt.Sprint(report.Removed)
		for _, want := range []string{"GPSDateStamp", "Make", "MakerNote", "UserComment", "comment", "XMP", "bytes after the end", token(54)} {
			if !strings.Contains(words, want) {
				t.Errorf("does not say that it left out %s: %s", want, words)
			}
		}
	}
}

func chunk(name, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func TestPNG(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(33, 20)); err != nil {
		t.Fatal(err)
	}
	plain := b.Bytes()
	dirty := bytes.Clone(plain[:33])
	for i, name := range []string{"tEXt", "zTXt", "iTXt", "eXIf", "tIME", "iCCP", "prVt", "pHYs", "sPLT", "hIST", "dSIG"} {
		dirty = append(dirty, chunk(name, token(i))...)
	}
	dirty = append(dirty, plain[33:len(plain)-12]...)
	dirty = append(dirty, chunk("tEXt", "late\x00"+token(20))...)
	dirty = append(dirty, plain[len(plain)-12:]...)
	dirty = append(dirty, token(21)...)
	out, _ := cleaned(t, dirty, "png")
	same(t, dirty, out)
}

// What lies behind the pixels in their own stream, packed or not, is what an
// editor left when it cut a picture.
func TestPNGBehindThePixels(t *testing.T) {
	rows := make([]byte, 4*(1+3*4)+len(token(1)))
	copy(rows[4*13:], token(1))
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(rows)
	w.Close()
	head := chunk("IHDR", "\x00\x00\x00\x04\x00\x00\x00\x04\x08\x02\x00\x00\x00")
	for _, stream := range []string{z.String(), z.String() + token(2)} {
		b := append([]byte("\x89PNG\r\n\x1a\n"), head...)
		b = append(append(b, chunk("IDAT", stream)...), chunk("IEND", "")...)
		out, report := cleaned(t, b, "png")
		if len(report.Removed) == 0 {
			t.Error("says nothing")
		}
		m, err := png.Decode(bytes.NewReader(out))
		if err != nil || m.Bounds().Dx() != 4 {
			t.Errorf("%v", err)
		}
	}
}

func TestGIF(t *testing.T) {
	var b bytes.Buffer
	frames := &gif.GIF{LoopCount: 3}
	for i := range 3 {
		m := image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{color.Black, color.White, color.RGBA{200, 0, 0, 255}})
		for p := range m.Pix {
			m.Pix[p] = byte((p + i) % 3)
		}
		frames.Image, frames.Delay = append(frames.Image, m), append(frames.Delay, 10)
	}
	if err := gif.EncodeAll(&b, frames); err != nil {
		t.Fatal(err)
	}
	plain := b.Bytes()
	at := bytes.IndexByte(plain[13:], '!') + 13
	hidden := func(label byte, n int) []byte {
		return append([]byte{'!', label, byte(len(token(n)))}, append([]byte(token(n)), 0)...)
	}
	dirty := bytes.Clone(plain[:at])
	dirty = append(dirty, hidden(0xfe, 1)...)
	dirty = append(dirty, append([]byte("!\xff\x0bXMP DataXMP"), hidden(0, 2)[2:]...)...)
	dirty = append(append(dirty, plain[at:len(plain)-1]...), hidden(0xfe, 3)...)
	dirty = append(append(dirty, ';'), token(4)...)
	out, _ := cleaned(t, dirty, "gif")
	x, err := gif.DecodeAll(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	y, err := gif.DecodeAll(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if y.LoopCount != 3 || len(y.Image) != 3 || y.Delay[1] != 10 {
		t.Errorf("another animation: %d %d %v", y.LoopCount, len(y.Image), y.Delay)
	}
	for i := range x.Image {
		if !bytes.Equal(x.Image[i].Pix, y.Image[i].Pix) {
			t.Errorf("picture %d changed", i)
		}
	}
}

func riff(chunks ...[]byte) []byte {
	body := bytes.Join(chunks, nil)
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(body)))
	return append(append(out, "WEBP"...), body...)
}

func webp(name, body string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func TestWebP(t *testing.T) {
	frame := strings.Repeat("\x00", 16) + string(webp("VP8 ", "abc")) + string(webp("XMP ", token(1)))
	b := riff(webp("VP8X", "\x2e\x01\x00\x00\x00\x00\x00\x00\x00\x00"), webp("ICCP", token(2)), webp("ANIM", "\x00\x00\x00\x00\x00\x00"),
		webp("ANMF", frame), webp("ALPH", "x"), webp("EXIF", token(3)), webp("XMP ", token(4)), webp("what", token(5)))
	out, _ := cleaned(t, append(b, token(6)...), "webp")
	want := riff(webp("VP8X", "\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00"), webp("ANIM", "\x00\x00\x00\x00\x00\x00"),
		webp("ANMF", strings.Repeat("\x00", 16)+string(webp("VP8 ", "abc"))), webp("ALPH", "x"))
	if !bytes.Equal(out, want) {
		t.Errorf("%q\nwant %q", out, want)
	}
}

func TestBMP(t *testing.T) {
	le := binary.LittleEndian
	for _, head := range []int{40, 124} {
		b := make([]byte, 14+head)
		copy(b, "BM")
		le.PutUint32(b[14:], uint32(head))
		le.PutUint32(b[18:], 3)
		le.PutUint32(b[22:], 2)
		le.PutUint16(b[26:], 1)
		le.PutUint16(b[28:], 24)
		if head > 100 {
			copy(b[14+40:], token(1))
		}
		b = append(b, token(2)...)
		le.PutUint32(b[10:], uint32(len(b)))
		pixels := []byte("abcdefghi\x00\x00\x00jklmnopqr\x00\x00\x00")
		b = append(append(b, pixels...), token(3)...)
		out, _ := cleaned(t, b, "bmp")
		if !bytes.Equal(out[54:], pixels) || len(out) != 54+len(pixels) {
			t.Errorf("%q", out)
		}
	}
}

func TestTIFF(t *testing.T) {
	// A grey picture of two strips in a file that is otherwise an Exif block.
	o := binary.BigEndian
	pixels := "0123456789abcdef"
	b := tiffOf(1, 6)
	at := len(b)
	b = append(b, pixels...)
	b = append(b, token(30)...)
	dir := uint32(len(b))
	short := func(tag, v uint16) []byte {
		return o.AppendUint16(append(o.AppendUint16(o.AppendUint16(nil, tag), 3), 0, 0, 0, 1), v)
	}
	entries := [][]byte{short(256, 4), short(257, 4), short(258, 8), short(259, 1), short(262, 1)}
	lists := dir + 2 + 12*10 + 4
	long2 := func(tag uint16, from uint32) []byte {
		return o.AppendUint32(append(o.AppendUint16(o.AppendUint16(nil, tag), 4), 0, 0, 0, 2), from)
	}
	text := func(tag uint16) []byte {
		return o.AppendUint32(o.AppendUint32(o.AppendUint16(o.AppendUint16(nil, tag), 2), uint32(len(token(30)))), uint32(at+len(pixels)))
	}
	entries = append(entries, text(270), long2(273, lists), short(278, 2), long2(279, lists+8), text(305))
	b = o.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		b = append(b, append(e, make([]byte, 12-len(e))...)...)
	}
	b = append(b, 0, 0, 0, 0)
	for _, n := range []uint32{uint32(at), uint32(at + 8), 8, 8} {
		b = o.AppendUint32(b, n)
	}
	o.PutUint32(b[4:], dir)
	out, _ := cleaned(t, b, "tiff")
	if !bytes.Contains(out, []byte(pixels[:8])) || !bytes.Contains(out, []byte(pixels[8:])) {
		t.Error("pixels are missing")
	}
	if _, err := exec.LookPath("exiftool"); err == nil {
		if words := exiftool(t, out, ".tif"); !strings.Contains(words, "Image Width") {
			t.Errorf("exiftool can't read it: %s", words)
		}
	}
}

// exiftool returns all that exiftool finds in a file.
func exiftool(t *testing.T, b []byte, ext string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file"+ext)
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command("exiftool", "-a", "-u", "-U", "-G1", name).CombinedOutput()
	return string(out)
}

func TestRefused(t *testing.T) {
	_, dirty := dirtyJPEG(t, 1)
	for name, c := range map[string]struct {
		b    string
		want clean.Reason
	}{
		"nothing":           {"", clean.Unknown},
		"a program":         {"\x7fELF....", clean.Unknown},
		"half a segment":    {string(dirty[:30]), clean.Broken},
		"no picture":        {"\xff\xd8\xff\xd9", clean.Broken},
		"absurd dimensions": {"\x89PNG\r\n\x1a\n" + string(chunk("IHDR", "\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\x00\x00\x00")), clean.Large},
		"tiff in a circle":  {"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00", clean.Broken},
		"webp too short":    {"RIFF\xff\xff\xff\xffWEBP", clean.Broken},
	} {
		_, _, err := clean.Bytes([]byte(c.b))
		if r, ok := errors.AsType[*clean.Refused](err); !ok || r.Reason != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, magic := range []string{"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "\x89PNG\r\n\x1a\n", "GIF89a", "RIFF\x20\x00\x00\x00WEBPVP8 ", "BM", "II*\x00\x08\x00\x00\x00", "MM\x00*\x00\x00\x00\x08"} {
		f.Add([]byte(magic + strings.Repeat("\x00\x01", 40)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		out, _, err := clean.Bytes(b)
		if err != nil || len(out) == 0 { // blanks alone come to nothing
			return
		}
		again, more, err := clean.Bytes(out)
		if err != nil || !bytes.Equal(again, out) || len(more.Removed) > 0 {
			t.Errorf("%q is cleaned to %q, and that to %q, %v, %v", b, out, again, more, err)
		}
	})
}

func BenchmarkPhotograph(b *testing.B) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, picture(4000, 3000), &jpeg.Options{Quality: 60}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(buf.Len()))
	for b.Loop() {
		if _, _, err := clean.Bytes(buf.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
