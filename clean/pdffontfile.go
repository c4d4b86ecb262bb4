package clean

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"
)

// glyphName is how names of glyphs look.
var glyphName = regexp.MustCompile(`^[A-Za-z0-9._]{1,40}$`)

// sfntKept are the tables of TrueType and OpenType that viewers of PDF read.
func sfntKept() []string {
	return []string{"CFF ", "cmap", "cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "post", "prep", "vhea", "vmtx"}
}

// cleanSfnt copies the tables of a font that draw, without names and times; nil if
// it is none. Names of glyphs stay if the encoding has them.
func cleanSfnt(b []byte, composite bool, names map[string]bool) []byte {
	be := binary.BigEndian
	if len(b) < 12 || len(b) < 12+16*int(be.Uint16(b[4:])) || string(b[:4]) == "ttcf" {
		return nil
	}
	tables := map[string][]byte{}
	for i := range int(be.Uint16(b[4:])) {
		e := b[12+16*i:]
		at, n := int(be.Uint32(e[8:])), int(be.Uint32(e[12:]))
		if at > len(b) {
			continue
		}
		tables[string(e[:4])] = bytes.Clone(b[at:min(len(b), at+n)])
	}
	if head := tables["head"]; len(head) >= 54 {
		clear(head[8:12])
		clear(head[20:36])
	}
	if tables["post"] != nil {
		tables["post"] = cleanPost(tables["post"], names)
	}
	if cff := tables["CFF "]; cff != nil {
		if tables["CFF "] = cleanCFF(cff); tables["CFF "] == nil {
			return nil
		}
	}
	if composite {
		delete(tables, "post")
	}
	var kept []string
	for _, tag := range sfntKept() {
		if tables[tag] != nil {
			kept = append(kept, tag)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	slices.Sort(kept)
	return writeSfnt(b[:4], kept, tables)
}

func writeSfnt(version []byte, kept []string, tables map[string][]byte) []byte {
	be := binary.BigEndian
	n := len(kept)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := bytes.Clone(version)
	for _, v := range []int{n, 16 * power, log, 16 * (n - power)} {
		out = be.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	for _, tag := range kept {
		t := tables[tag]
		padded := append(bytes.Clone(t), make([]byte, (4-len(t)%4)%4)...)
		var sum uint32
		for i := 0; i < len(padded); i += 4 {
			sum += be.Uint32(padded[i:])
		}
		out = append(out, tag...)
		out = be.AppendUint32(be.AppendUint32(be.AppendUint32(out, sum), uint32(at+len(body))), uint32(len(t)))
		body = append(body, padded...)
	}
	return append(out, body...)
}

// cleanPost keeps the names of glyphs that are asked for.
func cleanPost(b []byte, names map[string]bool) []byte {
	be := binary.BigEndian
	if len(b) < 32 {
		return nil
	}
	head := bytes.Clone(b[:32])
	if be.Uint32(b) != 0x20000 || len(b) < 34 || len(b) < 34+2*int(be.Uint16(b[32:])) {
		if be.Uint32(b) != 0x10000 {
			be.PutUint32(head, 0x30000)
		}
		return head
	}
	n := int(be.Uint16(b[32:]))
	var all []string
	for rest := b[34+2*n:]; len(rest) > 0 && len(rest) > int(rest[0]); rest = rest[1+int(rest[0]):] {
		all = append(all, string(rest[1:1+int(rest[0])]))
	}
	out := be.AppendUint16(head, uint16(n))
	var kept []byte
	count := 0
	for i := range n {
		index := int(be.Uint16(b[34+2*i:]))
		if own := index - 258; own >= 0 { // not one of the usual names
			index = 0
			if own < len(all) && names[all[own]] && glyphName.MatchString(all[own]) {
				index = 258 + count
				count++
				kept = append(append(kept, byte(len(all[own]))), all[own]...)
			}
		}
		out = be.AppendUint16(out, uint16(index))
	}
	return append(out, kept...)
}

// eexec undoes, or does, the encryption of Type 1 fonts, which is no secret.
func eexec(b []byte, undo bool) []byte {
	out := make([]byte, len(b))
	r := uint16(55665)
	for i, c := range b {
		out[i] = c ^ byte(r>>8)
		if undo {
			r = (uint16(c)+r)*52845 + 22719
		} else {
			r = (uint16(out[i])+r)*52845 + 22719
		}
	}
	return out
}

var fontName = regexp.MustCompile(`/FontName\s*/[^\s/()<>\[\]{}%]*`)

// cleanType1 copies a Type 1 font without comments and strings, and returns how
// long its part is that is not encrypted; nil if it is none.
func cleanType1(b []byte) ([]byte, int) {
	b = withoutSegments(b)
	i := bytes.Index(b, []byte("eexec"))
	if i < 0 {
		return nil, 0
	}
	head := fontName.ReplaceAll(quietly(b[:i]), []byte("/FontName /F0"))
	out := append([]byte("%!PS-AdobeFont-1.0: F0\n"), bytes.TrimSpace(head)...)
	out = append(out, " eexec\n"...)
	clear := len(out)
	rest := b[i+5:]
	for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\r' || rest[0] == '\n' || rest[0] == '\t') {
		rest = rest[1:]
	}
	if len(rest) < 8 {
		return nil, 0
	}
	if isHexText(rest[:8]) {
		rest = fromHex(rest)
	}
	secret := eexec(rest, true)
	end := bytes.LastIndex(secret, []byte("closefile"))
	if end < 4 {
		return nil, 0
	}
	body := append([]byte("F0F0"), bytes.TrimSpace(quietly(secret[4:end]))...)
	return append(out, eexec(append(body, " closefile\n"...), false)...), clear
}

// withoutSegments takes away the heads of segments that a font for a printer has.
func withoutSegments(b []byte) []byte {
	var out []byte
	for len(b) > 6 && b[0] == 0x80 && (b[1] == 1 || b[1] == 2) {
		n := int(binary.LittleEndian.Uint32(b[2:]))
		end := min(len(b), 6+n)
		out = append(out, b[6:end]...)
		b = b[end:]
	}
	if out == nil {
		return b
	}
	return out
}

func isHexText(b []byte) bool {
	for _, c := range b {
		if !bytes.ContainsRune([]byte("0123456789abcdefABCDEF \r\n\t"), rune(c)) {
			return false
		}
	}
	return true
}

func fromHex(b []byte) []byte {
	var out []byte
	high := -1
	for _, c := range b {
		n := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
		switch {
		case c <= ' ' || n < 0:
		case high < 0:
			high = n
		default:
			out, high = append(out, byte(high<<4|n)), -1
		}
	}
	return out
}

// programs are the words before which a number says how many bytes follow.
var programs = regexp.MustCompile(`^(RD|-\||\-\!)$`)

// quietly copies PostScript without comments and with empty strings. Programs of
// glyphs are copied as they are.
func quietly(b []byte) []byte {
	var out, last []byte // last: the word before
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c == '%':
			for i < len(b) && b[i] != '\r' && b[i] != '\n' {
				i++
			}
			continue
		case c == '(':
			depth := 0
			for ; i < len(b); i++ {
				if b[i] == '\\' {
					i++
				} else if b[i] == '(' {
					depth++
				} else if b[i] == ')' {
					if depth--; depth == 0 {
						break
					}
				}
			}
			i = min(i+1, len(b))
			out = append(out, "()"...)
			continue
		case c <= ' ':
			out = append(out, c)
			i++
			continue
		}
		start := i
		for i++; i < len(b) && b[i] > ' ' && bytes.IndexByte([]byte("(%/[]{}"), b[i]) < 0; i++ {
		}
		word := b[start:i]
		out = append(out, word...)
		if n := wholeNumber(last); programs.Match(word) && n > 0 && i+1+n <= len(b) {
			out = append(out, b[i:i+1+n]...)
			i += 1 + n
		}
		last = word
	}
	return out
}

func wholeNumber(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<20 {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}
