package clean

import "encoding/binary"

func isBMP(b []byte) bool {
	if len(b) < 54 || string(b[:2]) != "BM" {
		return false
	}
	switch binary.LittleEndian.Uint32(b[14:]) {
	case 40, 52, 56, 108, 124:
		return true
	}
	return false
}

// cleanBMP writes the shortest header that shows the same pixels.
func cleanBMP(j *job, b []byte) ([]byte, error) {
	le := binary.LittleEndian
	start, head := int64(le.Uint32(b[10:])), int64(le.Uint32(b[14:]))
	width, height := int64(int32(le.Uint32(b[18:]))), int64(int32(le.Uint32(b[22:])))
	bits, packing, colours := int64(le.Uint16(b[28:])), le.Uint32(b[30:]), int64(le.Uint32(b[46:]))
	if height < 0 {
		height = -height
	}
	if width <= 0 || height == 0 || width > mostPixels/height || bits > 32 || bits == 0 {
		return nil, refuse(Broken, "")
	}
	masks := int64(0)
	switch {
	case packing == 0:
	case packing == 3 && (bits == 16 || bits == 32):
		masks = 12
	case packing == 6 && (bits == 16 || bits == 32):
		masks = 16
	default: // run lengths, or a file of another format
		return nil, refuse(Unable, "")
	}
	if bits <= 8 && colours == 0 {
		colours = 1 << bits
	}
	if bits > 8 || colours > 256 {
		colours = 0
	}
	table := 14 + head
	if head == 40 {
		table += masks
	}
	size := (width*bits + 31) / 32 * 4 * height
	if table+4*colours > start || start+size > int64(len(b)) || 54+masks > int64(len(b)) {
		return nil, refuse(Broken, "")
	}
	out := make([]byte, 54, 54+masks+4*colours+size)
	copy(out, "BM")
	le.PutUint32(out[10:], uint32(54+masks+4*colours))
	le.PutUint32(out[14:], 40)
	copy(out[18:34], b[18:34]) // measures, planes, bits, packing
	le.PutUint32(out[34:], uint32(size))
	le.PutUint32(out[46:], uint32(colours))
	out = append(out, b[54:54+masks]...)
	out = append(out, b[table:table+4*colours]...)
	for i := int64(len(out)) - 4*colours + 3; i < int64(len(out)); i += 4 {
		out[i] = 0 // a byte that means nothing
	}
	out = append(out, b[start:start+size]...)
	le.PutUint32(out[2:], uint32(len(out)))
	if left := len(b) - len(out); left > 0 {
		j.removed("what is no pixel", "", "", left)
	}
	return out, nil
}
