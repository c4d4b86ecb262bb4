package clean

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// exifNames are the fields that people ask about, by directory: of the picture
// and its camera, and, with 1<<16 added, of the place.
var exifNames = map[int]string{
	0x010e: "ImageDescription", 0x010f: "Make", 0x0110: "Model", 0x0131: "Software", 0x0132: "DateTime", 0x013b: "Artist", 0x8298: "Copyright",
	0x02bc: "XMP", 0x83bb: "IPTC", 0x8649: "Photoshop", 0x8773: "colour profile",
	0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized", 0x927c: "MakerNote", 0x9286: "UserComment", 0xa420: "ImageUniqueID",
	0xa430: "OwnerName", 0xa431: "BodySerialNumber", 0xa433: "LensMake", 0xa434: "LensModel", 0xa435: "LensSerialNumber",
	0x9c9b: "XPTitle", 0x9c9c: "XPComment", 0x9c9d: "XPAuthor", 0x9c9e: "XPKeywords", 0x9c9f: "XPSubject",
	1<<16 | 1: "GPSLatitudeRef", 1<<16 | 2: "GPSLatitude", 1<<16 | 3: "GPSLongitudeRef", 1<<16 | 4: "GPSLongitude", 1<<16 | 6: "GPSAltitude",
	1<<16 | 7: "GPSTimeStamp", 1<<16 | 0x1d: "GPSDateStamp",
}

func sortFields(fields []tiffField) {
	slices.SortFunc(fields, func(a, b tiffField) int { return int(a.tag) - int(b.tag) })
}

// exif says what an Exif block held, and returns which way is up: 1 to 8. A block
// that can't be read is only left out.
func (j *job) exif(b []byte, where string) (up int) {
	var o order = binary.LittleEndian
	if len(b) < 8 {
		return 1
	}
	if b[0] == 'M' {
		o = binary.BigEndian
	}
	j.removed("Exif", where, "", len(b))
	fields, next, err := tiffDirectory(b, o, int64(o.Uint32(b[4:])))
	if err != nil {
		return 1
	}
	up = 1
	for _, f := range fields {
		if n := f.numbers(o); f.tag == tiffOrientation && len(n) == 1 && n[0] >= 1 && n[0] <= 8 {
			up = int(n[0])
			continue
		}
		j.tiffRemoved(b, o, f, where)
	}
	if next != 0 {
		j.removed("small picture", where, "", 0)
	}
	return up
}

// tiffRemoved says what a field held, and the fields of the directory that it
// leads to.
func (j *job) tiffRemoved(b []byte, o order, f tiffField, where string) {
	if n := f.numbers(o); (f.tag == tiffExif || f.tag == tiffGPS) && len(n) == 1 {
		fields, _, err := tiffDirectory(b, o, n[0])
		if err != nil {
			return
		}
		for _, in := range fields {
			id := int(in.tag)
			if f.tag == tiffGPS {
				id |= 1 << 16
			}
			if name := exifNames[id]; name != "" {
				j.removed(name, where, in.text(o), 0)
			}
		}
		return
	}
	name := exifNames[int(f.tag)]
	if name == "" {
		name = fmt.Sprintf("field %d", f.tag)
	}
	j.removed(name, where, f.text(o), 0)
}
