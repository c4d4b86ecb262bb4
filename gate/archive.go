package gate

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A member is a file in a ZIP archive.
type member struct {
	name  string
	bytes []byte
}

// archive reads every member of a ZIP archive, its name, and the comments and
// extra fields around it.
func (r *reader) archive(at string, b []byte, k kind, deep int) {
	z := zipReader{r: r, at: at, b: b}
	if why := z.read(); why != "" {
		r.refuse(at, why)
		return
	}
	if main := k.mainPart(); main != "" {
		ok := false
		for _, m := range z.members {
			ok = ok || m.name == main
		}
		if !ok {
			r.refuse(at, Disagrees)
		}
	}
	for _, m := range z.members {
		r.emit(inside(at, m.name), view{text: m.name}, true)
		r.member(at, m, deep)
	}
	r.sheets(at, z.members)
}

// plainBinary are members of office documents that have no format anybody else
// reads, but do not pack text: the paper and the printer a sheet was last
// printed on, and where lines broke.
var plainBinary = regexp.MustCompile(`^(layout-cache|xl/printerSettings/printerSettings\d+\.bin)$`)

func (r *reader) member(at string, m member, deep int) {
	in := inside(at, m.name)
	ending := strings.ToLower(path.Ext(m.name))
	k := sniff(m.bytes)
	switch {
	case len(m.bytes) == 0:
	case plainBinary.MatchString(m.name):
		r.binary(in, m.bytes)
	case ending != "" && endingKinds[ending] == unknown && k != unknown && k != anyText || k == unknown && endingKinds[ending] == unknown:
		r.refuse(in, UnknownPart)
	case k == anyText && endingKinds[ending] == unknown:
		r.text(in, m.bytes, []kind{plainText, htmlText}, deep)
	default:
		r.read(in, m.name, unknown, m.bytes, deep+1)
	}
}

// A zipReader takes an archive apart. It accepts only one in which members,
// listing and end fill the bytes without a gap, and the listing says the same as
// the members: then there is one way to read it.
type zipReader struct {
	r       *reader
	at      string
	b       []byte
	members []member
}

const (
	zipEnd       = "PK\x05\x06"
	zipListing   = "PK\x01\x02"
	zipMember    = "PK\x03\x04"
	zipDescribed = "PK\x07\x08"
	maxMembers   = 10000
)

func u16(b []byte) int { return int(binary.LittleEndian.Uint16(b)) }
func u32(b []byte) int { return int(binary.LittleEndian.Uint32(b)) }

func (z *zipReader) read() Reason {
	end := z.end()
	if end < 0 {
		return Malformed
	}
	tail := z.b[end:]
	count, listing, size := u16(tail[10:]), u32(tail[16:]), u32(tail[12:])
	if u16(tail[4:]) != 0 || u16(tail[6:]) != 0 || u16(tail[8:]) != count || listing+size != end {
		return Malformed
	}
	if count > maxMembers {
		return TooLarge
	}
	z.r.binary(z.r.numbered(z.at, "listing"), tail[22:])
	next, seen := 0, map[string]bool{}
	for at := listing; at < end; count-- {
		c := z.b[at:end]
		if len(c) < 46 || string(c[:4]) != zipListing {
			return Malformed
		}
		names, extra, comment := u16(c[28:]), u16(c[30:]), u16(c[32:])
		if len(c) < 46+names+extra+comment || u32(c[42:]) != next {
			return Malformed
		}
		name := string(c[46 : 46+names])
		z.r.binary(z.r.numbered(z.at, "listing"), c[46+names:46+names+extra+comment])
		folded := strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
		if seen[folded] || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return Malformed
		}
		seen[folded] = true
		n, why := z.member(c, name, listing)
		if why != "" {
			return why
		}
		next = n
		at += 46 + names + extra + comment
	}
	if count != 0 || next != listing {
		return Malformed
	}
	return ""
}

// end returns where the record at the end begins, or -1.
func (z *zipReader) end() int {
	for at := len(z.b) - 22; at >= 0 && at >= len(z.b)-22-0xFFFF; at-- {
		if string(z.b[at:at+4]) == zipEnd && at+22+u16(z.b[at+20:]) == len(z.b) {
			return at
		}
	}
	return -1
}

// member reads the member that c lists, and returns where the next one begins.
func (z *zipReader) member(c []byte, name string, listing int) (next int, why Reason) {
	at := u32(c[42:])
	if at+30 > listing || string(z.b[at:at+4]) != zipMember {
		return 0, Malformed
	}
	l := z.b[at:listing]
	flags, method, packed, size := u16(c[8:]), u16(c[10:]), u32(c[20:]), u32(c[24:])
	start := 30 + u16(l[26:]) + u16(l[28:])
	switch {
	case flags&(1|1<<6|1<<13) != 0:
		return 0, Encrypted
	case start+packed > len(l) || string(l[30:30+u16(l[26:])]) != name || u16(l[6:]) != flags || u16(l[8:]) != method:
		return 0, Malformed
	case method != 0 && method != 8:
		return 0, UnknownKind
	}
	described := flags&8 != 0
	if same := string(l[14:26]) == string(c[16:28]); !same && !(described && strings.Trim(string(l[14:26]), "\x00") == "") {
		return 0, Malformed
	}
	z.r.binary(z.r.numbered(z.at, "listing"), l[30+u16(l[26:]):start])
	if !z.r.take(z.at, size) {
		return 0, TooLarge
	}
	b, ok := unpack(l[start:start+packed], method, size)
	if !ok || crc32.ChecksumIEEE(b) != binary.LittleEndian.Uint32(c[16:]) {
		return 0, Malformed
	}
	if strings.HasSuffix(name, "/") && size > 0 {
		return 0, Malformed
	}
	z.members = append(z.members, member{name, b})
	next = at + start + packed
	if described {
		n := descriptor(z.b[next:listing], c)
		if n == 0 {
			return 0, Malformed
		}
		next += n
	}
	return next, ""
}

func unpack(packed []byte, method, size int) ([]byte, bool) {
	if method == 0 {
		return packed, len(packed) == size
	}
	in := bytes.NewReader(packed)
	b, err := io.ReadAll(io.LimitReader(flate.NewReader(in), int64(size)+1))
	return b, err == nil && len(b) == size && in.Len() == 0
}

// descriptor returns the length of the sizes that stand again behind a member,
// or 0 if they don't.
func descriptor(b, c []byte) int {
	sum, packed, size := c[16:20], c[20:24], c[24:28]
	short := string(sum) + string(packed) + string(size)
	long := string(sum) + string(packed) + "\x00\x00\x00\x00" + string(size) + "\x00\x00\x00\x00"
	for _, s := range []string{zipDescribed + long, zipDescribed + short, long, short} {
		if bytes.HasPrefix(b, []byte(s)) && (len(b) == len(s) || bytes.HasPrefix(b[len(s):], []byte(zipMember))) {
			return len(s)
		}
	}
	return 0
}

// inside returns the name of a part of the part at.
func inside(at, name string) string {
	if at == "" {
		return name
	}
	return at + "/" + name
}
