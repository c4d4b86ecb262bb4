package clean

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// order is the order of bytes of a file.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// A tiffField is an entry of a directory of TIFF 6.0.
type tiffField struct {
	tag, kind uint16
	count     uint32
	value     []byte // all of it, in the order of bytes of the file
}

// tiffSizes are the sizes of the kinds of value.
var tiffSizes = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8}

// tiffDirectory reads the directory at a place, and where the next one is.
func tiffDirectory(b []byte, o order, at int64) (fields []tiffField, next int64, err error) {
	bad := refuse(Broken, "")
	if at < 8 || at+2 > int64(len(b)) {
		return nil, 0, bad
	}
	n := int64(o.Uint16(b[at:]))
	end := at + 2 + 12*n
	if end+4 > int64(len(b)) {
		return nil, 0, bad
	}
	for p := at + 2; p < end; p += 12 {
		f := tiffField{tag: o.Uint16(b[p:]), kind: o.Uint16(b[p+2:]), count: o.Uint32(b[p+4:])}
		if int(f.kind) >= len(tiffSizes) || f.kind == 0 {
			return nil, 0, bad
		}
		size := tiffSizes[f.kind] * int64(f.count)
		from := p + 8
		if size > 4 {
			from = int64(o.Uint32(b[p+8:]))
		}
		if from+size > int64(len(b)) {
			return nil, 0, bad
		}
		f.value = b[from : from+size]
		fields = append(fields, f)
	}
	return fields, int64(o.Uint32(b[end:])), nil
}

// numbers returns the value as whole numbers; nil if it is none.
func (f tiffField) numbers(o order) []int64 {
	out := make([]int64, 0, f.count)
	for i := range int64(f.count) {
		switch f.kind {
		case 1:
			out = append(out, int64(f.value[i]))
		case 3:
			out = append(out, int64(o.Uint16(f.value[2*i:])))
		case 4:
			out = append(out, int64(o.Uint32(f.value[4*i:])))
		default:
			return nil
		}
	}
	return out
}

// text returns the value for people.
func (f tiffField) text(o order) string {
	switch f.kind {
	case 2, 1, 7:
		return strings.Trim(string(f.value), "\x00 ")
	case 5, 10:
		var parts []string
		for i := 0; i+8 <= len(f.value) && len(parts) < 4; i += 8 {
			if d := o.Uint32(f.value[i+4:]); d > 0 {
				parts = append(parts, fmt.Sprintf("%.5g", float64(o.Uint32(f.value[i:]))/float64(d)))
			}
		}
		return strings.Join(parts, " ")
	}
	if n := f.numbers(o); len(n) > 0 && len(n) < 8 {
		return strings.Trim(fmt.Sprint(n), "[]")
	}
	return ""
}

// tiffKept are the fields that say how to show the pixels (TIFF 6.0, and its
// supplements for JPEG).
var tiffKept = map[uint16]bool{
	254: true, 255: true, 256: true, 257: true, 258: true, 259: true, 262: true, 266: true, 274: true, 277: true, 278: true,
	284: true, 292: true, 293: true, 317: true, 320: true, 322: true, 323: true, 332: true, 334: true, 338: true, 339: true,
	347: true, 529: true, 530: true, 531: true, 532: true,
}

// Fields that say where the pixels are and how many bytes they have.
const (
	tiffStrips, tiffStripBytes = 273, 279
	tiffTiles, tiffTileBytes   = 324, 325
	tiffPacking, tiffTables    = 259, 347
	tiffExif, tiffGPS          = 0x8769, 0x8825
	tiffOrientation            = 274
	mostPages                  = 4096
)

// cleanTIFF writes every page with the fields that show it, and its pixels as they
// are packed.
func cleanTIFF(j *job, b []byte) ([]byte, error) {
	var o order = binary.LittleEndian
	if len(b) < 8 {
		return nil, refuse(Broken, "")
	}
	if b[0] == 'M' {
		o = binary.BigEndian
	}
	t := &tiff{job: j, in: b, o: o, out: bytes.Clone(b[:8])}
	link := int64(4) // where to say where the next directory is
	seen := map[int64]bool{}
	for at := int64(o.Uint32(b[4:])); at != 0; {
		if seen[at] || len(seen) >= mostPages {
			return nil, refuse(Broken, "")
		}
		seen[at] = true
		fields, next, err := tiffDirectory(b, o, at)
		if err != nil {
			return nil, err
		}
		if link, err = t.page(fields, link); err != nil {
			return nil, err
		}
		at = next
	}
	if len(seen) == 0 {
		return nil, refuse(Broken, "")
	}
	return t.out, nil
}

// A tiff is one that is being cleaned.
type tiff struct {
	*job
	in, out []byte
	o       order
}

// most is how long the file may become: longer than it was only by what tables
// take.
func (t *tiff) most() int { return 2*len(t.in) + 1<<20 }

// page writes a page, and where it is to link; it returns where the next is to be
// linked.
func (t *tiff) page(fields []tiffField, link int64) (int64, error) {
	var kept []tiffField
	by := map[uint16]tiffField{}
	for _, f := range fields {
		if _, twice := by[f.tag]; twice {
			return 0, refuse(Broken, "")
		}
		by[f.tag] = f
		switch {
		case tiffKept[f.tag]:
			kept = append(kept, f)
		case f.tag == tiffStrips || f.tag == tiffTiles || f.tag == tiffStripBytes || f.tag == tiffTileBytes:
		default:
			t.tiffRemoved(t.in, t.o, f, "")
		}
	}
	packing := int64(1)
	if n := by[tiffPacking].numbers(t.o); len(n) == 1 {
		packing = n[0]
	}
	if packing == 6 { // superseded JPEG, whose parts lie anywhere
		return 0, refuse(Unable, "")
	}
	for i, f := range kept {
		if f.tag == tiffTables {
			tables, err := t.jpeg(f.value, false)
			if err != nil {
				return 0, err
			}
			kept[i].value, kept[i].count = tables, uint32(len(tables))
		}
	}
	for _, tags := range [][2]uint16{{tiffStrips, tiffStripBytes}, {tiffTiles, tiffTileBytes}} {
		at, n := by[tags[0]].numbers(t.o), by[tags[1]].numbers(t.o)
		if len(at) != len(n) {
			return 0, refuse(Broken, "")
		}
		if len(at) == 0 {
			continue
		}
		places, sizes, err := t.strips(at, n, packing == 7)
		if err != nil {
			return 0, err
		}
		kept = append(kept, tiffField{tags[0], 4, uint32(len(at)), places}, tiffField{tags[1], 4, uint32(len(at)), sizes})
	}
	if len(t.out) > t.most() {
		return 0, refuse(Large, "") // many pages that name one value
	}
	return t.directory(kept, link), nil
}

// strips copies pixels, and returns where they are now and how many bytes.
func (t *tiff) strips(at, n []int64, packedJPEG bool) (places, sizes []byte, err error) {
	for i := range at {
		if at[i]+n[i] > int64(len(t.in)) {
			return nil, nil, refuse(Broken, "")
		}
		strip := t.in[at[i] : at[i]+n[i]]
		if packedJPEG {
			if strip, err = t.jpeg(strip, false); err != nil {
				return nil, nil, err
			}
		}
		if len(t.out)+len(strip) > t.most() {
			return nil, nil, refuse(Large, "") // one strip that many fields name
		}
		places = t.o.AppendUint32(places, uint32(len(t.out)))
		sizes = t.o.AppendUint32(sizes, uint32(len(strip)))
		t.out = append(t.out, strip...)
		if len(t.out)%2 == 1 {
			t.out = append(t.out, 0)
		}
	}
	return places, sizes, nil
}

// directory writes a directory with its values.
func (t *tiff) directory(fields []tiffField, link int64) int64 {
	sortFields(fields)
	entries := t.o.AppendUint16(nil, uint16(len(fields)))
	for _, f := range fields {
		entries = t.o.AppendUint16(entries, f.tag)
		entries = t.o.AppendUint16(entries, f.kind)
		entries = t.o.AppendUint32(entries, f.count)
		if len(f.value) <= 4 {
			entries = append(entries, append(bytes.Clone(f.value), make([]byte, 4-len(f.value))...)...)
			continue
		}
		entries = t.o.AppendUint32(entries, uint32(len(t.out)))
		t.out = append(t.out, f.value...)
		if len(t.out)%2 == 1 {
			t.out = append(t.out, 0)
		}
	}
	t.o.PutUint32(t.out[link:], uint32(len(t.out)))
	t.out = append(t.out, entries...)
	next := int64(len(t.out))
	t.out = append(t.out, 0, 0, 0, 0)
	return next
}
