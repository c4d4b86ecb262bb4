package clean

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

// A stillItem is one of the items of a still picture (ISO/IEC 23008-12).
type stillItem struct {
	kind    string
	data    []byte
	props   []uint16 // as ipma has them: the top bit says essential
	refs    map[string][]uint32
	visible bool
}

// A still is a picture that is being cleaned.
type still struct {
	*job
	file    []byte
	items   map[uint32]*stillItem
	primary uint32
	props   []box
}

// cleanStill writes the picture that is shown, the tiles it is made of, and its
// transparency: no other item, and no byte that is in none.
func cleanStill(j *job, b []byte) ([]byte, error) {
	places, rest, err := topBoxes(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	if rest > 0 {
		j.removed("bytes after the end", "", printable(b[int64(len(b))-rest:]), int(rest))
	}
	var top []box
	for _, p := range places {
		top = append(top, box{p.name, b[p.bodyStart:p.end]})
	}
	brands, err := ftyp(one(top, "ftyp"))
	if err != nil {
		return nil, err
	}
	for _, t := range top {
		if t.name != "ftyp" && t.name != "meta" && t.name != "mdat" {
			j.removed("data of a program", t.name, printable(t.body), len(t.body))
		}
	}
	s := &still{job: j, file: b, items: map[uint32]*stillItem{}}
	if err := s.read(one(top, "meta")); err != nil {
		return nil, err
	}
	if err := s.choose(); err != nil {
		return nil, err
	}
	return s.write(brands)
}

func (s *still) read(meta []byte) error {
	if len(meta) < 4 {
		return refuse(Broken, "meta")
	}
	in, err := boxes(meta[4:])
	if err != nil {
		return refuse(Broken, "meta")
	}
	iprp, err := boxes(one(in, "iprp"))
	if err != nil {
		return err
	}
	if s.props, err = boxes(one(iprp, "ipco")); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		body []byte
		read func(*cursor)
	}{
		{"pitm", one(in, "pitm"), func(c *cursor) { s.primary = c.id(c.version == 0) }},
		{"iinf", one(in, "iinf"), s.readInfo},
		{"iloc", one(in, "iloc"), func(c *cursor) { s.readPlaces(c, one(in, "idat")) }},
		{"iref", one(in, "iref"), s.readRefs},
		{"ipma", one(iprp, "ipma"), s.readProps},
	} {
		if step.body == nil && step.name == "iref" {
			continue
		}
		c := newCursor(step.body)
		if step.read(c); c.bad {
			return refuse(Broken, step.name)
		}
	}
	for _, b := range in {
		if !slices.Contains([]string{"hdlr", "pitm", "iinf", "iloc", "iref", "iprp", "idat", "dinf"}, b.name) {
			s.removed("data of a program", "meta/"+b.name, printable(b.body), len(b.body))
		}
	}
	return nil
}

// A cursor reads numbers from a box; bad is set if there are too few.
type cursor struct {
	b       []byte
	version byte
	flags   uint32
	bad     bool
}

func newCursor(b []byte) *cursor {
	c := &cursor{b: b}
	first := c.n(4)
	c.version, c.flags = byte(first>>24), uint32(first&0xffffff)
	return c
}

func (c *cursor) take(n uint64) []byte {
	if n > uint64(len(c.b)) {
		c.bad, c.b = true, nil
		return nil
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

// n reads a number of that many bytes.
func (c *cursor) n(bytes int) (v uint64) {
	for _, x := range c.take(uint64(bytes)) {
		v = v<<8 | uint64(x)
	}
	return v
}

func (c *cursor) id(short bool) uint32 {
	if short {
		return uint32(c.n(2))
	}
	return uint32(c.n(4))
}

func (s *still) readInfo(c *cursor) {
	n := c.id(c.version == 0)
	all, err := boxes(c.b)
	if err != nil || uint64(n) != uint64(len(all)) {
		c.bad = true
		return
	}
	for _, b := range all {
		e := newCursor(b.body)
		if b.name != "infe" || e.version < 2 || e.version > 3 {
			c.bad = true
			return
		}
		id := e.id(e.version == 2)
		e.n(2) // protection
		it := &stillItem{kind: string(e.take(4)), refs: map[string][]uint32{}}
		if name, _, _ := bytes.Cut(e.b, []byte{0}); len(name) > 0 {
			s.removed("name of an item", "iinf", string(name), len(name))
		}
		c.bad = c.bad || e.bad || s.items[id] != nil
		s.items[id] = it
	}
}

// readPlaces reads where items are, and takes their bytes.
func (s *still) readPlaces(c *cursor, idat []byte) {
	sizes := c.n(2)
	offset, length, base, index := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if c.version == 0 {
		index = 0
	}
	for range c.id(c.version < 2) {
		it := s.items[c.id(c.version < 2)]
		from := s.file
		if c.version > 0 {
			if method := c.n(2) & 15; method == 1 {
				from = idat
			} else if method > 1 {
				c.bad = true
			}
		}
		c.bad = c.bad || c.n(2) != 0 || it == nil // data of another file
		start := c.n(base)
		for range c.n(2) {
			c.n(index)
			at, n := start+c.n(offset), c.n(length)
			if c.bad || at > uint64(len(from)) || n > uint64(len(from))-at || uint64(len(it.data))+n > mostMemory {
				c.bad = true
				return
			}
			if n == 0 && length == 0 {
				n = uint64(len(from)) - at
			}
			it.data = append(it.data, from[at:at+n]...)
		}
		if c.bad {
			return
		}
	}
}

func (s *still) readRefs(c *cursor) {
	all, err := boxes(c.b)
	if err != nil {
		c.bad = true
		return
	}
	for _, b := range all {
		r := &cursor{b: b.body}
		from := s.items[r.id(c.version == 0)]
		for range r.n(2) {
			to := r.id(c.version == 0)
			if r.bad {
				break
			}
			if from != nil {
				from.refs[b.name] = append(from.refs[b.name], to)
			}
		}
		c.bad = c.bad || r.bad
	}
}

func (s *still) readProps(c *cursor) {
	for range c.n(4) {
		it := s.items[c.id(c.version == 0)]
		for range c.n(1) {
			var p uint16
			if c.flags&1 == 1 {
				p = uint16(c.n(2))
			} else {
				v := uint16(c.n(1))
				p = v&0x80<<8 | v&0x7f
			}
			if it != nil {
				it.props = append(it.props, p)
			}
		}
		if c.bad {
			return
		}
	}
}

// choose marks the items that are shown, and says which are left out.
func (s *still) choose() error {
	if err := s.show(s.primary, 0); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(s.items)) {
		it := s.items[id]
		if it.visible || len(it.refs["auxl"]) == 0 || !s.alpha(it) {
			continue
		}
		if of := s.items[it.refs["auxl"][0]]; of != nil && of.visible {
			if err := s.show(id, 0); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.items)) {
		it := s.items[id]
		if it.visible {
			continue
		}
		what := map[string]string{"Exif": "Exif", "mime": "XMP"}[it.kind]
		if what == "" {
			what = "picture that is not shown"
		}
		if it.kind == "Exif" && len(it.data) > 4 {
			if skip := uint64(binary.BigEndian.Uint32(it.data)) + 4; skip < uint64(len(it.data)) {
				s.exif(it.data[skip:], "Exif")
				continue
			}
		}
		s.removed(what, it.kind, printable(it.data), len(it.data))
	}
	return nil
}

// show marks an item, and those that it is made of.
func (s *still) show(id uint32, depth int) error {
	it := s.items[id]
	if it == nil || depth > 4 {
		return refuse(Broken, "meta")
	}
	if it.visible {
		return nil
	}
	it.visible = true
	switch it.kind {
	case "hvc1", "av01", "grid", "iden", "iovl":
	case "avc1", "jpeg":
		return refuse(Unable, it.kind)
	default:
		return refuse(Broken, fmt.Sprintf("item of %q", it.kind))
	}
	for _, to := range it.refs["dimg"] {
		if err := s.show(to, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// alpha reports whether an item is the transparency of another.
func (s *still) alpha(it *stillItem) bool {
	for _, p := range it.props {
		if i := int(p & 0x7fff); i > 0 && i <= len(s.props) && s.props[i-1].name == "auxC" {
			return bytes.Contains(s.props[i-1].body, []byte("auxid:1\x00")) || bytes.Contains(s.props[i-1].body, []byte("auxiliary:alpha"))
		}
	}
	return false
}
