package clean

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
)

// A box is one of ISO/IEC 14496-12: a name and what it holds. A box of boxes can
// be walked with boxes.
type box struct {
	name string
	body []byte
}

// mostHead is how large what describes samples may be, which is read whole.
const mostHead = 128 << 20

// boxes returns the boxes that b is made of.
func boxes(b []byte) ([]box, error) {
	var all []box
	for len(b) > 0 {
		if len(b) == 4 && binary.BigEndian.Uint32(b) == 0 { // QuickTime ends lists so
			return all, nil
		}
		head, size, ok := boxHead(b, int64(len(b)))
		if !ok {
			return nil, refuse(Broken, "")
		}
		all = append(all, box{string(b[4:8]), b[head:size]})
		b = b[size:]
	}
	return all, nil
}

// boxHead reads the head of a box in a space of left bytes: how long the head is,
// and how long the box.
func boxHead(b []byte, left int64) (head, size int64, ok bool) {
	if len(b) < 8 {
		return 0, 0, false
	}
	head, size = 8, int64(binary.BigEndian.Uint32(b))
	switch {
	case size == 0: // to the end
		size = left
	case size == 1:
		if len(b) < 16 || binary.BigEndian.Uint64(b[8:]) > math.MaxInt64 {
			return 0, 0, false
		}
		head, size = 16, int64(binary.BigEndian.Uint64(b[8:]))
	}
	return head, size, head <= size && size <= left
}

// boxOf returns a box with all of parts in it.
func boxOf(name string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(out, name...), body...)
}

// full returns the version and flags at the beginning of a box.
func full(version byte, flags uint32) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(version)<<24|flags)
}

// one returns the body of the first box of that name; nil if there is none.
func one(all []box, name string) []byte {
	for _, b := range all {
		if b.name == name {
			return b.body
		}
	}
	return nil
}

// A place is where a box of the file itself is.
type place struct {
	name         string
	start, end   int64 // with its head
	bodyStart    int64
	bodyTooLarge bool
}

// topBoxes returns where the boxes of a file are. What follows the last whole box
// is in rest.
func topBoxes(r io.ReaderAt, size int64) (all []place, rest int64, err error) {
	for at := int64(0); at < size; {
		if len(all) > 1<<16 {
			return nil, 0, refuse(Broken, "")
		}
		b := make([]byte, min(16, size-at))
		if _, err := r.ReadAt(b, at); err != nil && err != io.EOF {
			return nil, 0, err
		}
		head, n, ok := boxHead(b, size-at)
		if !ok || !named(b[4:8]) {
			return all, size - at, nil
		}
		all = append(all, place{string(b[4:8]), at, at + n, at + head, n-head > mostHead})
		at += n
	}
	return all, 0, nil
}

func named(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' && c != 0xa9 {
			return false
		}
	}
	return true
}

// read returns the body of a box of the file.
func (p place) read(r io.ReaderAt) ([]byte, error) {
	if p.bodyTooLarge {
		return nil, refuse(Large, p.name)
	}
	b := make([]byte, p.end-p.bodyStart)
	if _, err := r.ReadAt(b, p.bodyStart); err != nil && err != io.EOF {
		return nil, err
	}
	return b, nil
}

// ftyp returns the box of brands, with nothing but brands in it.
func ftyp(body []byte) ([]byte, error) {
	if len(body) < 8 || len(body)%4 != 0 || len(body) > 256 {
		return nil, refuse(Broken, "ftyp")
	}
	out := append(bytes.Clone(body[:4]), 0, 0, 0, 0)
	for i := 8; i < len(body); i += 4 {
		if !named(body[i:i+4]) && binary.BigEndian.Uint32(body[i:]) != 0 {
			return nil, refuse(Broken, "ftyp")
		}
		out = append(out, body[i:i+4]...)
	}
	return boxOf("ftyp", out), nil
}
