package clean

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// StillParts is how a still picture (ISO/IEC 23008-12: HEIC, AVIF) is put together.
type StillParts struct {
	Streams []StillStream
	Shown   StillLayer
}

// A StillStream is coded pictures of one kind, one after the other, as a decoder of
// films takes them: H.265 with start codes, or AV1 in IVF.
type StillStream struct {
	Format   string // "hevc" or "ivf"
	Pictures int
	Colours  *StillColours // nil: the coded pictures say it
	Data     []byte        `json:"-"`
}

// StillColours says how numbers of a coded picture are colours.
type StillColours struct {
	Matrix int  // ITU-T H.273, table 4
	Full   bool // they reach from 0 to the largest
}

// A StillLayer is a coded picture, or a grid of layers.
type StillLayer struct {
	Stream, N     int          // which coded picture it is, both from 0; of no meaning to a grid
	Grid          []StillLayer // row by row, from the top left
	Columns       int
	Width, Height int // of a grid, in pixels: what lies beyond is not shown
	Alpha         *StillLayer
	Turns         []StillTurn // in this order
}

// A StillTurn is a property that turns or crops.
type StillTurn struct {
	Name string // "irot", "imir" or "clap"
	Body []byte // as the standard has it
}

// Still reads how the picture in b is put together: the same items, by the same rules,
// as [Clean] keeps of it. Overlays are refused.
func Still(b []byte) (*StillParts, error) {
	left := int64(mostUnpack)
	s := &still{job: &job{Report: &Report{}, left: &left}, file: b, items: map[uint32]*stillItem{}}
	places, _, err := topBoxes(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	var top []box
	for _, p := range places {
		top = append(top, box{p.name, b[p.bodyStart:p.end]})
	}
	if err := s.read(one(top, "meta")); err != nil {
		return nil, err
	}
	if err := s.choose(); err != nil {
		return nil, err
	}
	p := &stillParts{still: s, streams: map[string]int{}}
	if p.Shown, err = p.layer(s.primary, true); err != nil {
		return nil, err
	}
	return &p.StillParts, nil
}

// stillParts are parts that are being read.
type stillParts struct {
	StillParts
	*still
	streams map[string]int // by all that its pictures have in common
	layers  int
	bytes   int64
}

// mostLayers bounds how many layers a picture has: a grid of 256 by 256 tiles would
// have more pixels than are read.
const mostLayers = 4096

func (p *stillParts) layer(id uint32, alpha bool) (l StillLayer, err error) {
	it := p.items[id]
	if p.layers++; it == nil || p.layers > mostLayers {
		return l, refuse(Large, "meta")
	}
	switch to := it.refs["dimg"]; it.kind {
	case "hvc1", "av01":
		if l.Stream, l.N, err = p.coded(it); err != nil {
			return l, err
		}
	case "grid":
		if err := l.grid(it.data, len(to)); err != nil {
			return l, err
		}
		for _, tile := range to {
			t, err := p.layer(tile, false)
			if err != nil {
				return l, err
			}
			l.Grid = append(l.Grid, t)
		}
	case "iden":
		if len(to) != 1 {
			return l, refuse(Broken, "iden")
		}
		if l, err = p.layer(to[0], true); err != nil {
			return l, err
		}
	default:
		return l, refuse(Unable, fmt.Sprintf("item of %q", it.kind))
	}
	for _, b := range p.propertiesOf(it) {
		if b.name == "irot" || b.name == "imir" || b.name == "clap" {
			l.Turns = append(l.Turns, StillTurn{b.name, b.body})
		}
	}
	if alpha && l.Alpha == nil {
		l.Alpha, err = p.alphaOf(id)
	}
	return l, err
}

// alphaOf returns the transparency of an item; nil if it has none.
func (p *stillParts) alphaOf(id uint32) (*StillLayer, error) {
	for of, it := range p.items {
		if it.visible && slices.Contains(it.refs["auxl"], id) && p.alpha(it) {
			l, err := p.layer(of, false)
			return &l, err
		}
	}
	return nil, nil
}

// propertiesOf returns the properties of an item in their order.
func (p *stillParts) propertiesOf(it *stillItem) (all []box) {
	for _, n := range it.props {
		if i := int(n & 0x7fff); i > 0 && i <= len(p.props) {
			all = append(all, p.props[i-1])
		}
	}
	return all
}

// grid reads what a grid of so many tiles says (its section 6.6.2.3.2).
func (l *StillLayer) grid(b []byte, tiles int) error {
	if len(b) < 8 || b[1]&1 == 1 && len(b) < 12 {
		return refuse(Broken, "grid")
	}
	l.Columns = int(b[3]) + 1
	if tiles != l.Columns*(int(b[2])+1) {
		return refuse(Broken, "grid")
	}
	if b[1]&1 == 1 {
		l.Width, l.Height = int(binary.BigEndian.Uint32(b[4:])), int(binary.BigEndian.Uint32(b[8:]))
	} else {
		l.Width, l.Height = int(binary.BigEndian.Uint16(b[4:])), int(binary.BigEndian.Uint16(b[6:]))
	}
	return nil
}

// coded puts a coded picture into a stream, and says where it is.
func (p *stillParts) coded(it *stillItem) (stream, n int, err error) {
	key := it.kind
	var config []byte
	var colours *StillColours
	for _, b := range p.propertiesOf(it) {
		switch {
		case b.name == "hvcC" && it.kind == "hvc1", b.name == "av1C" && it.kind == "av01":
			config = b.body
		case b.name == "colr" && len(b.body) >= 11 && string(b.body[:4]) == "nclx":
			colours = &StillColours{int(binary.BigEndian.Uint16(b.body[8:])), b.body[10]&0x80 != 0}
			key += string(b.body[:11])
		case b.name == "ispe":
			key += string(b.body)
		}
	}
	key += string(config)
	made, err := codedBytes(it, config)
	if err != nil {
		return 0, 0, err
	}
	if p.bytes += int64(len(made)); p.bytes > mostMemory {
		return 0, 0, refuse(Large, "mdat")
	}
	stream, known := p.streams[key]
	if !known {
		stream = len(p.Streams)
		p.streams[key] = stream
		s := StillStream{Format: "hevc", Colours: colours}
		if it.kind == "av01" {
			s.Format, s.Data = "ivf", ivfHead()
		}
		p.Streams = append(p.Streams, s)
	}
	s := &p.Streams[stream]
	n = s.Pictures
	if s.Pictures++; s.Format == "ivf" {
		s.Data = binary.LittleEndian.AppendUint32(s.Data, uint32(len(made)))
		s.Data = binary.LittleEndian.AppendUint64(s.Data, uint64(n))
	}
	s.Data = append(s.Data, made...)
	return stream, n, nil
}

// ivfHead begins a file of IVF with pictures of AV1. Decoders take their measures
// from the pictures.
func ivfHead() []byte {
	le := binary.LittleEndian
	head := append([]byte("DKIF\x00\x00\x20\x00AV01"), make([]byte, 20)...)
	le.PutUint16(head[12:], 16)
	le.PutUint16(head[14:], 16)
	le.PutUint32(head[16:], 25)
	le.PutUint32(head[20:], 1)
	return head
}

// codedBytes returns a coded picture with all that it needs before it.
func codedBytes(it *stillItem, config []byte) ([]byte, error) {
	if it.kind == "av01" {
		sets, err := av1Config(config)
		if err != nil {
			return nil, err
		}
		b, err := av1Filter(slices.Clone(it.data))
		return slices.Concat([]byte{0x12, 0}, sets[4:], b), err // after a temporal delimiter
	}
	sets, f, err := hevcConfig(config)
	if err != nil {
		return nil, err
	}
	var out []byte
	unit := func(nal []byte) { out = append(append(out, 0, 0, 0, 1), nal...) }
	for rest := sets[23:]; len(rest) > 0; {
		n := binary.BigEndian.Uint16(rest[1:])
		rest = rest[3:]
		for range n {
			end := 2 + int(binary.BigEndian.Uint16(rest))
			unit(rest[2:end])
			rest = rest[end:]
		}
	}
	b, err := f(slices.Clone(it.data))
	if err != nil {
		return nil, err
	}
	for size := int(config[21]&3) + 1; len(b) > 0; {
		n := 0
		for _, c := range b[:size] {
			n = n<<8 | int(c)
		}
		unit(b[size : size+n])
		b = b[size+n:]
	}
	return out, nil
}
