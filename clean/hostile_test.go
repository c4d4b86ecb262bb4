package clean_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"habeas/clean"
)

// mostWork is how many bytes a small hostile file may make this package allocate
// in all: what it unpacks of one archive, and some trees of it.
const mostWork = 3 << 30

// held fails if cleaning b allocates more than most bytes, or if it is taken and
// should not be.
func held(t *testing.T, name string, b []byte, most uint64, taken bool) []byte {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out, _, err := clean.Bytes(b)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > most {
		t.Errorf("%s: %d bytes of file took %d MB", name, len(b), used>>20)
	}
	if _, refused := errors.AsType[*clean.Refused](err); err != nil && !refused {
		t.Errorf("%s: %v", name, err)
	}
	if taken != (err == nil) {
		t.Errorf("%s: %v", name, err)
	}
	return out
}

// packed returns a zip archive of members in their order, which may have the same
// name.
func packed(t *testing.T, members ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.Create(m[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAttackArchives(t *testing.T) {
	zeros := strings.Repeat("\x00", 100<<20)
	one := packed(t, [2]string{"a.txt", zeros})
	var many [][2]string
	for i := range 12 {
		many = append(many, [2]string{fmt.Sprint(i, ".zip"), string(one)})
	}
	var crowd [][2]string
	for i := range 10_001 {
		crowd = append(crowd, [2]string{fmt.Sprint(i), "a"})
	}
	held(t, "a bomb", one, mostWork, false)
	held(t, "bombs in an archive", packed(t, many...), mostWork, false)
	held(t, "a crowd of members", packed(t, crowd...), 64<<20, false)
	held(t, "one name twice", packed(t, [2]string{"a.txt", "one"}, [2]string{"a.txt", "two"}), 1<<20, false)
	for _, name := range []string{"../a.txt", "/etc/a.txt", "a/../../a.txt", `..\a.txt`, "a\x00.txt"} {
		b := packed(t, [2]string{name, "words"})
		out := held(t, name, b, 4<<20, name == "a\x00.txt")
		if bytes.Contains(out, []byte("a\x00")) {
			t.Errorf("%q: the name is kept", name)
		}
	}
	// Members that lie in one another's bytes: one local file, listed a thousand times.
	b := packed(t, [2]string{"0000.txt", strings.Repeat("a", 1<<20)})
	end := bytes.Index(b, []byte("PK\x01\x02"))
	entry := b[end:bytes.LastIndex(b, []byte("PK\x05\x06"))]
	dir := []byte{}
	for i := range 1000 {
		e := bytes.Clone(entry)
		copy(e[46:], fmt.Sprintf("%04d", i))
		dir = append(dir, e...)
	}
	tail := bytes.Clone(b[len(b)-22:])
	binary.LittleEndian.PutUint16(tail[8:], 1000)
	binary.LittleEndian.PutUint16(tail[10:], 1000)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(dir)))
	held(t, "one member under many names", append(append(bytes.Clone(b[:end]), dir...), tail...), mostWork, false)
}

func TestAttackMarkup(t *testing.T) {
	docx := func(body string) []byte {
		f := form{}.ownOffice("word/document.xml")
		f["word/document.xml"] = body
		members, _, _ := f.fill(100)
		return zipped(t, members)
	}
	w := `<w:document ` + spacesW + `><w:body>`
	entities := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	held(t, "entities", docx(entities+w+`<w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>`), 8<<20, false)
	held(t, "an outer entity", docx(`<!DOCTYPE x SYSTEM "file:///etc/passwd" [<!ENTITY a SYSTEM "file:///etc/passwd">]>`+w+`&a;</w:body></w:document>`), 8<<20, false)
	held(t, "deep", docx(w+strings.Repeat("<w:tbl>", 100_000)), 64<<20, false)
	held(t, "deep and closed", docx(w+strings.Repeat("<w:sdt>", 190)+strings.Repeat("</w:sdt>", 190)+`</w:body></w:document>`), 8<<20, true)
	held(t, "deep HTML", []byte("<!DOCTYPE html>"+strings.Repeat("<div>", 100_000)), 256<<20, false)
	held(t, "deep SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg">`+strings.Repeat("<g>", 100_000)), 256<<20, false)
	held(t, "many attributes", docx(w+`<w:p `+strings.Repeat(`w:x="1" `, 200_000)+`/></w:body></w:document>`), 512<<20, true)
	styles := strings.Repeat(`.a{fill:red}`, 2_000)
	held(t, "styles for all", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><style>`+styles+`</style>`+strings.Repeat(`<g class="a"/>`, 2_000)+`</svg>`), 2<<30, true)
	held(t, "too many styles", []byte("<!DOCTYPE html><html><head><style>"+strings.Repeat("p{display:none}", 50_000)+"</style></head><body>"+strings.Repeat("<b>a</b>", 50_000)+"</body></html>"), 512<<20, false)
	ods := func(cell string) []byte {
		members, _, _ := openForm("ods", "spreadsheet", "", "", `<office:spreadsheet><table:table table:name="A"><table:table-column table:visibility="collapse" table:number-columns-repeated="2000000000"/><table:table-row table:number-rows-repeated="2000000000">`+cell+`</table:table-row></table:table></office:spreadsheet>`).fill(100)
		return zipped(t, members)
	}
	held(t, "cells that are repeated", ods(`<table:table-cell table:number-columns-repeated="2000000000"><text:p>a</text:p></table:table-cell>`), 16<<20, true)
	held(t, "styles in a circle", func() []byte {
		members, _, _ := openForm("odt", "text", "", `<style:style style:name="a" style:family="text" style:parent-style-name="b"/><style:style style:name="b" style:family="text" style:parent-style-name="a"/>`,
			`<office:text><text:p><text:span text:style-name="a">x</text:span></text:p></office:text>`).fill(100)
		return zipped(t, members)
	}(), 16<<20, true)
}

// One picture that a thousand places show is cleaned once.
func TestAttackPictureOfManyPlaces(t *testing.T) {
	_, photo := dirtyJPEG(t, 1)
	f := form{
		"word/document.xml":            `<w:document ` + spacesW + `><w:body><w:p>` + strings.Repeat(`<w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri="u">`+pictured("pic", "rp")+`</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`, 1000) + `</w:p></w:body></w:document>`,
		"word/_rels/document.xml.rels": rels("rp", "image", "media/p.jpg"),
		"word/media/p.jpg":             string(photo),
	}.ownOffice("word/document.xml")
	for name := range f {
		f[name] = strings.ReplaceAll(f[name], "@@", "x")
	}
	held(t, "one picture", zipped(t, f), 64<<20, true)
}

// Tables of films and pictures that say of few bytes that they are many.
func TestAttackTables(t *testing.T) {
	be := binary.BigEndian
	box := func(name string, parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return append(append(be.AppendUint32(nil, uint32(8+len(body))), name...), body...)
	}
	words := func(all ...uint32) (b []byte) {
		for _, w := range all {
			b = be.AppendUint32(b, w)
		}
		return b
	}
	entry := box("avc1", make([]byte, 78), box("avcC", []byte{1, 66, 0, 10, 0xff, 0xe0, 0}))
	film := func(sizes, chunks, offsets []byte, more ...[]byte) []byte {
		stbl := box("stbl", box("stsd", words(0, 1), entry), box("stts", words(0, 1, 1, 1)), box("stsz", sizes), box("stsc", chunks), box("stco", offsets))
		trak := box("trak", box("tkhd", append(words(0, 0, 0, 1), make([]byte, 68)...)), box("mdia", box("mdhd", make([]byte, 24)), box("hdlr", append([]byte("\x00\x00\x00\x00\x00\x00\x00\x00vide"), make([]byte, 13)...)), box("minf", stbl)))
		moov := append([][]byte{box("mvhd", make([]byte, 100)), trak}, more...)
		return slicesOf(box("ftyp", []byte("isom\x00\x00\x00\x00isom")), box("moov", moov...), box("mdat", bytes.Repeat([]byte{0, 0, 0, 4, 0x65, 1, 2, 3}, 8192)))
	}
	one := words(0, 1, 1)
	held(t, "a sample of all there is, again and again", film(words(0, 60000, 100_000), words(0, 1, 1, 100_000, 1), words(0, 1, 500)), 64<<20, false)
	held(t, "one chunk at many places", film(words(0, 8, 8000), words(0, 1, 1, 8, 1), append(words(0, 1000), bytes.Repeat(words(500), 1000)...)), 64<<20, false)
	held(t, "four thousand million samples", film(words(0, 0, 0xffffffff), one, words(0, 1, 500)), 64<<20, false)
	held(t, "a table longer than its box", film(words(0, 8, 1), words(0, 0xffffffff, 1), words(0, 1, 500)), 64<<20, false)
	trex := box("mvex", box("trex", words(0, 1, 1, 1, 0, 0)))
	moof := box("moof", box("traf", box("tfhd", words(0, 1)), box("trun", words(0, 0xffffffff))))
	held(t, "a run of four thousand million samples", append(film(words(0, 0, 0), words(0, 0), words(0, 0), trex), moof...), 2<<30, false)
	strips := func(count int) []byte {
		b := []byte("II*\x00\x08\x00\x00\x00")
		le := binary.LittleEndian
		b = le.AppendUint16(b, 2)
		at := uint32(8 + 2 + 24 + 4)
		for i, tag := range []uint16{273, 279} {
			b = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(b, tag), 4), uint32(count)), at+uint32(4*count*i))
		}
		b = append(b, 0, 0, 0, 0)
		for range count {
			b = le.AppendUint32(b, 8)
		}
		for range count {
			b = le.AppendUint32(b, uint32(8*count))
		}
		return b
	}
	held(t, "one strip that many fields name", strips(50_000), mostWork, false)
	pages := []byte("II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00")
	held(t, "pages in a circle", pages, 1<<20, false)
	held(t, "a picture of 2^62 pixels", []byte("\x89PNG\r\n\x1a\n"+string(chunk("IHDR", "\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\x00\x00\x00"))), 1<<20, false)
	held(t, "ten thousand empty frames", append([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), bytes.Repeat([]byte(",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00"), 10_000)...), 512<<20, false)
}

func slicesOf(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// A file that is two at once is one afterwards.
func TestAttackTwoInOne(t *testing.T) {
	plain, _ := dirtyJPEG(t, 1)
	archive := packed(t, [2]string{"secret.txt", token(1)})
	for name, first := range map[string][]byte{"a picture": plain, "a page": []byte("<!DOCTYPE html><html><body><p>words</p></body></html>")} {
		out, _, err := clean.Bytes(append(bytes.Clone(first), archive...))
		if err == nil && (bytes.Contains(out, []byte("PK\x03\x04")) || len(leaks(out)) > 0) {
			t.Errorf("%s: the archive behind it is still there", name)
		}
	}
	for _, c := range [][2]string{{"GIF89a\x01\x00\x01\x00\x00\x00\x00=1;alert(1)", "a script that begins as a picture"}, {"\xff\xd8\xff\xe0<script>", "a page that begins as a picture"}} {
		held(t, c[1], []byte(c[0]), 1<<20, false)
	}
}
