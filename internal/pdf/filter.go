package pdf

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
	"io"
	"slices"
)

// Decode unpacks a stream. It stops at a filter that packs pictures, and returns
// the full name of it; "" if nothing is left. What can be read of a stream that
// breaks off is returned.
func (f *File) Decode(s *Stream) (b []byte, rest Name, err error) {
	filters, parms := f.one(s.Dict["Filter"], s.Dict["F"]), f.one(s.Dict["DecodeParms"], s.Dict["DP"])
	if len(filters) > 16 {
		return nil, "", ErrLarge
	}
	b = s.Raw
	for i, v := range filters {
		name, _ := f.Get(v).(Name)
		var p Dict
		if i < len(parms) {
			p = f.Dict(parms[i])
		}
		most := min(f.left, mostUnpacked)
		switch name {
		case "FlateDecode", "Fl":
			b, _ = Inflate(b, most)
			b = f.unpredict(b, p)
		case "LZWDecode", "LZW":
			early := f.Get(p["EarlyChange"]) != 0.0
			b = f.unpredict(unlzw(b, early, most), p)
		case "ASCIIHexDecode", "AHx":
			if end := bytes.IndexByte(b, '>'); end >= 0 {
				b = b[:end]
			}
			b = unhex(b)
		case "ASCII85Decode", "A85":
			b = un85(b)
		case "RunLengthDecode", "RL":
			b = unrun(b, most)
		case "Crypt":
		case "DCTDecode", "DCT":
			return b, "DCTDecode", nil
		case "CCITTFaxDecode", "CCF":
			return b, "CCITTFaxDecode", nil
		case "JBIG2Decode", "JPXDecode":
			return b, name, nil
		default:
			return nil, "", ErrBroken
		}
		if f.left -= int64(len(b)); f.left <= 0 || int64(len(b)) >= most {
			return nil, "", ErrLarge
		}
	}
	return b, "", nil
}

// Parms returns what the last filter of a stream is told.
func (f *File) Parms(s *Stream) Dict {
	if list := f.one(s.Dict["DecodeParms"], s.Dict["DP"]); len(list) > 0 && len(list) == len(f.one(s.Dict["Filter"], s.Dict["F"])) {
		return f.Dict(list[len(list)-1])
	}
	return nil
}

// one makes a list of the first that is there, which is one thing or a list.
func (f *File) one(vs ...any) []any {
	for _, v := range vs {
		switch v := f.Get(v).(type) {
		case nil:
		case []any:
			return v
		case String: // a name of a file
		default:
			return []any{v}
		}
	}
	return nil
}

// Inflate unpacks up to most bytes of b, and says how many of b it took.
func Inflate(b []byte, most int64) (out []byte, took int) {
	head := 0
	if len(b) >= 2 && b[0]&0x0f == 8 && (int(b[0])<<8|int(b[1]))%31 == 0 {
		head = 2
	} else if len(b) > 2 {
		head = 2 // a head that is wrong
	}
	in := bytes.NewReader(b[head:])
	out, _ = io.ReadAll(io.LimitReader(flate.NewReader(in), most))
	return out, len(b) - in.Len()
}

func un85(b []byte) []byte {
	b = bytes.TrimPrefix(bytes.TrimLeft(b, " \r\n\t"), []byte("<~"))
	if end := bytes.IndexByte(b, '~'); end >= 0 {
		b = b[:end]
	}
	b = slices.DeleteFunc(bytes.Clone(b), func(c byte) bool { return c != 'z' && (c < '!' || c > 'u') })
	out := make([]byte, 4*len(b)+4)
	n, _, _ := ascii85.Decode(out, b, true)
	return out[:n]
}

func unrun(b []byte, most int64) []byte {
	var out []byte
	for len(b) > 1 && b[0] != 128 && int64(len(out)) < most {
		n := int(b[0])
		if n < 128 {
			end := min(len(b), n+2)
			out = append(out, b[1:end]...)
			b = b[end:]
			continue
		}
		out = append(out, bytes.Repeat(b[1:2], 257-n)...)
		b = b[2:]
	}
	return out
}

// unlzw unpacks codes of 9 to 12 bits (ISO 32000-1, 7.4.4). early: they grow one
// code sooner than they must.
func unlzw(b []byte, early bool, most int64) []byte {
	const clear, end = 256, 257
	type entry struct {
		before int
		last   byte
		n      int
	}
	table := make([]entry, 258, 4096)
	for i := range 256 {
		table[i] = entry{-1, byte(i), 1}
	}
	var out []byte
	bits, have, width, before := 0, 0, 9, -1
	grow := 0
	if early {
		grow = 1
	}
	for _, c := range b {
		bits, have = bits<<8|int(c), have+8
		if have < width {
			continue
		}
		have -= width
		code := bits >> have & (1<<width - 1)
		switch {
		case code == end || int64(len(out)) >= most:
			return out
		case code == clear:
			table, width, before = table[:258], 9, -1
			continue
		case code > len(table) || code == len(table) && before < 0:
			return out
		}
		from := code
		if code == len(table) {
			from = before
		}
		n := table[from].n
		start := len(out)
		out = append(out, make([]byte, n)...)
		for k, at := start+n-1, from; k >= start; k-- {
			out[k] = table[at].last
			at = table[at].before
		}
		if code == len(table) {
			out = append(out, out[start])
		}
		if before >= 0 && len(table) < 4096 {
			table = append(table, entry{before, out[start], table[before].n + 1})
		}
		before = code
		for width < 12 && len(table)+grow >= 1<<width {
			width++
		}
	}
	return out
}

// unpredict undoes a predictor (ISO 32000-1, 7.4.4.4).
func (f *File) unpredict(b []byte, p Dict) []byte {
	value := func(key Name, otherwise int) int {
		if n, ok := f.Get(p[key]).(float64); ok && n > 0 && n < 1<<24 {
			return int(n)
		}
		return otherwise
	}
	predictor := value("Predictor", 1)
	bits, colors := value("BitsPerComponent", 8), value("Colors", 1)
	row := (bits*colors*value("Columns", 1) + 7) / 8
	switch {
	case predictor >= 10:
		return unfilter(b, row, max(1, bits*colors/8))
	case predictor == 2:
		return undiff(bytes.Clone(b), row, bits, colors)
	}
	return b
}

// unfilter undoes the filters of PNG, of rows with a byte before each.
func unfilter(b []byte, row, step int) []byte {
	out := make([]byte, 0, len(b))
	before := make([]byte, row)
	for len(b) > 1 {
		kind := b[0]
		line := make([]byte, row)
		n := copy(line, b[1:])
		b = b[1+n:]
		for i := range line {
			var left, corner byte
			if i >= step {
				left, corner = line[i-step], before[i-step]
			}
			switch kind {
			case 1:
				line[i] += left
			case 2:
				line[i] += before[i]
			case 3:
				line[i] += byte((int(left) + int(before[i])) / 2)
			case 4:
				line[i] += Paeth(left, before[i], corner)
			}
		}
		out = append(out, line[:n]...)
		before = line
	}
	return out
}

// Paeth returns whichever of its arguments is nearest to left + up - corner (PNG,
// 9.4).
func Paeth(left, up, corner byte) byte {
	l, u, c := int(left), int(up), int(corner)
	guess := l + u - c
	dl, du, dc := max(guess-l, l-guess), max(guess-u, u-guess), max(guess-c, c-guess)
	switch {
	case dl <= du && dl <= dc:
		return left
	case du <= dc:
		return up
	}
	return corner
}

// undiff undoes the predictor of TIFF, in place.
func undiff(b []byte, row, bits, colors int) []byte {
	for at := 0; at+row <= len(b); at += row {
		line := b[at : at+row]
		switch bits {
		case 8:
			for i := colors; i < row; i++ {
				line[i] += line[i-colors]
			}
		case 16:
			for i := 2 * colors; i+1 < row; i += 2 {
				n := int(line[i])<<8 + int(line[i+1]) + int(line[i-2*colors])<<8 + int(line[i-2*colors+1])
				line[i], line[i+1] = byte(n>>8), byte(n)
			}
		default:
			mask := byte(1<<bits - 1)
			last := make([]byte, colors)
			for i := 0; (i+1)*bits <= row*8; i++ {
				shift := 8 - bits - i*bits%8
				v := (line[i*bits/8]>>shift + last[i%colors]) & mask
				last[i%colors] = v
				line[i*bits/8] = line[i*bits/8]&^(mask<<shift) | v<<shift
			}
		}
	}
	return b
}
