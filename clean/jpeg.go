package clean

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	jpegDHT  = 0xc4
	jpegJPG  = 0xc8
	jpegDAC  = 0xcc
	jpegRST0 = 0xd0
	jpegSOI  = 0xd8
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegDQT  = 0xdb
	jpegDNL  = 0xdc
	jpegDRI  = 0xdd
	jpegAPP0 = 0xe0
	jpegCOM  = 0xfe
)

// cleanJPEG keeps the tables, frames and scans, as they are: no pixel changes. Of
// the rest it makes anew what changes how they are shown: which way is up, and
// whether colours were transformed.
func cleanJPEG(j *job, b []byte) ([]byte, error) { return j.jpeg(b, true) }

// jpeg is cleanJPEG, also for the abbreviated streams in a TIFF if whole is false.
func (j *job) jpeg(b []byte, whole bool) ([]byte, error) {
	var out, head bytes.Buffer
	out.Write([]byte{0xff, jpegSOI})
	frames, scans, at := 0, 0, 2
	up := 1
	for at < len(b) {
		marker, body, next, err := jpegSegment(b, at)
		if err != nil {
			return nil, err
		}
		switch {
		case marker == jpegEOI:
			if rest := len(b) - next; rest > 0 {
				j.removed("bytes after the end", "", "", rest)
			}
			at = len(b)
			continue
		case marker == jpegSOI:
			return nil, refuse(Broken, "")
		case marker == jpegDQT || marker == jpegDHT || marker == jpegDAC || marker == jpegDRI || marker == jpegDNL || jpegFrame(marker):
			head.Write([]byte{0xff, marker})
			head.Write(b[next-len(body)-2 : next])
			if jpegFrame(marker) {
				frames++
			}
		case marker == jpegSOS:
			scans++
			end := jpegScanEnd(b, next)
			head.Write([]byte{0xff, marker})
			scan := b[next-len(body)-2 : end]
			for len(scan) > 0 && scan[len(scan)-1] == 0xff { // fillers
				scan = scan[:len(scan)-1]
			}
			head.Write(scan)
			next = end
		case marker >= jpegAPP0 && marker <= 0xef:
			if kept := j.jpegApp(int(marker-jpegAPP0), body, &up); kept != nil {
				out.Write(kept)
			}
		case marker == jpegCOM:
			j.removed("comment", "COM", string(body), len(body))
		default:
			return nil, refuse(Broken, fmt.Sprintf("marker %x", marker))
		}
		at = next
	}
	if whole && (frames != 1 || scans == 0) {
		return nil, refuse(Broken, "")
	}
	if up > 1 && whole {
		out.Write(orientation(up))
	}
	out.Write(head.Bytes())
	out.Write([]byte{0xff, jpegEOI})
	return out.Bytes(), nil
}

func jpegFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != jpegDHT && marker != jpegJPG && marker != jpegDAC
}

// jpegSegment returns the segment at a place, and where the next begins.
func jpegSegment(b []byte, at int) (marker byte, body []byte, next int, err error) {
	start := at
	for at < len(b) && b[at] == 0xff { // any number of these may stand before a marker
		at++
	}
	if at == start || at >= len(b) || b[at] == 0 {
		return 0, nil, 0, refuse(Broken, "")
	}
	marker = b[at]
	at++
	if marker == jpegSOI || marker == jpegEOI {
		return marker, nil, at, nil
	}
	if at+2 > len(b) {
		return 0, nil, 0, refuse(Broken, "")
	}
	n := int(binary.BigEndian.Uint16(b[at:]))
	if n < 2 || at+n > len(b) {
		return 0, nil, 0, refuse(Broken, "")
	}
	return marker, b[at+2 : at+n], at + n, nil
}

// jpegScanEnd returns where the next marker after coded data is that is not one to
// start anew.
func jpegScanEnd(b []byte, at int) int {
	for {
		i := bytes.IndexByte(b[at:], 0xff)
		if i < 0 || at+i+1 >= len(b) {
			return len(b)
		}
		at += i
		if c := b[at+1]; c != 0 && c != 0xff && (c < jpegRST0 || c > jpegRST0+7) {
			return at
		}
		at++
	}
}

// jpegApp says what an application segment held, and returns what to put in its
// place, if anything.
func (j *job) jpegApp(n int, body []byte, up *int) []byte {
	where := fmt.Sprintf("APP%d", n)
	switch {
	case n == 0 && bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) >= 14:
		if extra := len(body) - 14; extra > 0 {
			j.removed("small picture", where, "", extra)
		}
		kept := append([]byte{0xff, jpegAPP0, 0, 16}, body[:14]...)
		kept[16], kept[17] = 0, 0 // no small picture
		return kept
	case n == 14 && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12:
		if len(body) > 12 {
			j.removed("more than it should have", where, "", len(body)-12)
		}
		return append(append([]byte{0xff, jpegAPP0 + 14, 0, 14}, "Adobe\x00\x64\x00\x00\x00\x00"...), body[11])
	case n == 1 && bytes.HasPrefix(body, []byte("Exif\x00")) && len(body) > 6:
		if n := body[len(body)-7]; len(body) == 32 && n >= 2 && n <= 8 && bytes.Equal(orientation(int(n))[4:], body) {
			*up = int(n) // as this package writes it
		} else if o := j.exif(body[6:], where); o > 1 {
			*up = o
		}
	case n == 1 && bytes.HasPrefix(body, []byte("http://ns.adobe.com/")):
		j.removed("XMP", where, string(body), len(body))
	case n == 2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")):
		j.removed("colour profile", where, "", len(body))
	case n == 2 && bytes.HasPrefix(body, []byte("MPF\x00")):
		j.removed("list of more pictures", where, "", len(body))
	case n == 13:
		j.removed("IPTC", where, string(body), len(body))
	default:
		j.removed("data of a program", where, string(body), len(body))
	}
	return nil
}

// orientation returns an APP1 segment with one field: which way is up.
func orientation(up int) []byte {
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(up), 0, 0, 0, 0, 0, 0}
	seg := append([]byte{0xff, jpegAPP0 + 1, 0, byte(2 + 6 + len(tiff))}, "Exif\x00\x00"...)
	return append(seg, tiff...)
}
