package clean

import (
	"bytes"
	"encoding/binary"
)

// A cffIndex is a row of byte strings in a font of the Compact Font Format.
type cffIndex struct {
	items [][]byte
	end   int // of it
}

func readIndex(b []byte, at int) (x cffIndex, ok bool) {
	if at < 0 || at+2 > len(b) {
		return x, false
	}
	n := int(binary.BigEndian.Uint16(b[at:]))
	if n == 0 {
		return cffIndex{end: at + 2}, true
	}
	if at+3 > len(b) {
		return x, false
	}
	size := int(b[at+2])
	base := at + 3 + (n+1)*size - 1 // offsets count from 1
	if size < 1 || size > 4 || base+1 > len(b) {
		return x, false
	}
	offset := func(i int) (v int) {
		for _, c := range b[at+3+i*size : at+3+(i+1)*size] {
			v = v<<8 | int(c)
		}
		return v
	}
	for i := range n {
		from, to := base+offset(i), base+offset(i+1)
		if from > to || from < base+1 || to > len(b) {
			return x, false
		}
		x.items = append(x.items, b[from:to:to])
	}
	x.end = base + offset(n)
	return x, true
}

// topDict returns the whole numbers before each operator of a dictionary; operators
// of two bytes are 12<<8 and the second.
func topDict(b []byte) map[int][]int {
	out := map[int][]int{}
	var args []int
	for i := 0; i < len(b); {
		c := int(b[i])
		i++
		switch {
		case c == 12 && i < len(b):
			out[12<<8|int(b[i])], args = args, nil
			i++
		case c <= 21:
			out[c], args = args, nil
		case c == 28 && i+2 <= len(b):
			args = append(args, int(int16(binary.BigEndian.Uint16(b[i:]))))
			i += 2
		case c == 29 && i+4 <= len(b):
			args = append(args, int(int32(binary.BigEndian.Uint32(b[i:]))))
			i += 4
		case c == 30:
			for i < len(b) && b[i]&0x0f != 0x0f && b[i]>>4 != 0x0f {
				i++
			}
			i++
			args = append(args, 0)
		case c >= 32 && c <= 246:
			args = append(args, c-139)
		case c >= 247 && c <= 250 && i < len(b):
			args = append(args, (c-247)*256+int(b[i])+108)
			i++
		case c >= 251 && c <= 254 && i < len(b):
			args = append(args, -(c-251)*256-int(b[i])-108)
			i++
		}
	}
	return out
}

// Operators of the top dictionary that lead somewhere, and how many strings are
// known to all.
const (
	cffCharset, cffGlyphs = 15, 17
	cffROS                = 12<<8 | 30
	cffKnown              = 391
)

// cleanCFF overwrites the name of a font and all strings that are no names of
// glyphs, in place; nil if it is no such font.
func cleanCFF(b []byte) []byte {
	b = bytes.Clone(b)
	if len(b) < 4 {
		return nil
	}
	names, ok := readIndex(b, int(b[2]))
	tops, ok2 := readIndex(b, names.end)
	texts, ok3 := readIndex(b, tops.end)
	if !ok || !ok2 || !ok3 || len(tops.items) != 1 {
		return nil
	}
	for _, n := range names.items {
		fill(n)
	}
	top := topDict(tops.items[0])
	one := func(op int) int {
		if a := top[op]; len(a) > 0 {
			return a[0]
		}
		return 0
	}
	keep := map[int]bool{}
	if ros := top[cffROS]; ros != nil {
		for _, sid := range ros[:min(2, len(ros))] {
			keep[sid-cffKnown] = true
		}
	} else if glyphs, ok := readIndex(b, one(cffGlyphs)); ok {
		for _, sid := range glyphNames(b, one(cffCharset), len(glyphs.items)) {
			keep[sid-cffKnown] = true
		}
	}
	for i, s := range texts.items {
		if !keep[i] || !glyphName.Match(s) {
			fill(s)
		}
	}
	return b
}

func fill(b []byte) {
	for i := range b {
		b[i] = 'x'
	}
}

// glyphNames returns the numbers of the names of n glyphs.
func glyphNames(b []byte, at, n int) []int {
	if at <= 2 || at >= len(b) { // one that is known to all
		return nil
	}
	var out []int
	kind := b[at]
	for at++; len(out) < n-1 && at+2 <= len(b); {
		first, left := int(binary.BigEndian.Uint16(b[at:])), 0
		at += 2
		switch {
		case kind == 1 && at < len(b):
			left = int(b[at])
			at++
		case kind == 2 && at+2 <= len(b):
			left = int(binary.BigEndian.Uint16(b[at:]))
			at += 2
		}
		for i := 0; i <= left && len(out) < n-1; i++ {
			out = append(out, first+i)
		}
	}
	return out
}
