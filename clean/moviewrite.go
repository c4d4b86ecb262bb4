package clean

import (
	"encoding/binary"
	"io"
	"slices"
)

// A turn is a chunk of a track in the order in which chunks lie in the file.
type turn struct {
	t  *track
	at int64
	n  int
}

func (m *movie) turns() []turn {
	var all []turn
	for _, t := range m.tracks {
		t.sizes, t.offsets = nil, make([]int64, len(t.chunks))
		for n, c := range t.chunks {
			at := int64(0)
			if len(c) > 0 {
				at = c[0].at
			}
			all = append(all, turn{t, at, n})
		}
	}
	slices.SortStableFunc(all, func(a, b turn) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	return all
}

// write writes the file: first what describes the samples, then these. Samples
// are read twice, since how many bytes are left of each has to be known before.
func (m *movie) write(w io.Writer, brands []byte) error {
	turns := m.turns()
	data := int64(0)
	perTrack := map[*track][][]uint32{}
	for _, t := range m.tracks {
		perTrack[t] = make([][]uint32, len(t.chunks))
	}
	err := m.eachSample(turns, func(u turn, b []byte) error {
		if data += int64(len(b)); data > 2*m.size {
			return refuse(Large, "stbl") // samples that are named many times
		}
		perTrack[u.t][u.n] = append(perTrack[u.t][u.n], uint32(len(b)))
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range m.tracks {
		t.sizes = slices.Concat(perTrack[t]...)
	}
	wide := data+mostHead > 1<<32-1
	head := int64(len(brands)+len(m.moov(wide))) + 8
	if wide {
		head += 8
	}
	at := head
	for _, u := range turns {
		u.t.offsets[u.n] = at
		for _, n := range perTrack[u.t][u.n] {
			at += int64(n)
		}
	}
	mdat := append(binary.BigEndian.AppendUint32(nil, uint32(8+data)), "mdat"...)
	if wide {
		mdat = binary.BigEndian.AppendUint64([]byte("\x00\x00\x00\x01mdat"), uint64(16+data))
	}
	for _, b := range [][]byte{brands, m.moov(wide), mdat} {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	if m.saved > 0 {
		m.removed("messages between pictures", "mdat", "", int(m.saved))
	}
	return m.eachSample(turns, func(_ turn, b []byte) error {
		_, err := w.Write(b)
		return err
	})
}

// eachSample reads the samples, as they are to be written.
func (m *movie) eachSample(turns []turn, each func(turn, []byte) error) error {
	m.saved = 0
	var buf []byte
	for _, u := range turns {
		for _, s := range u.t.chunks[u.n] {
			buf = slices.Grow(buf[:0], int(s.size))[:s.size]
			if _, err := m.r.ReadAt(buf, s.at); err != nil && err != io.EOF {
				return err
			}
			b, err := u.t.filter(buf)
			if err != nil {
				return err
			}
			m.saved += s.size - int64(len(b))
			if err := each(u, b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *movie) moov(wide bool) []byte {
	parts := [][]byte{boxOf("mvhd", m.head)}
	for _, t := range m.tracks {
		parts = append(parts, t.box(wide))
	}
	return boxOf("moov", parts...)
}

// box returns the track.
func (t *track) box(wide bool) []byte {
	trak := [][]byte{boxOf("tkhd", t.head)}
	if t.edits != nil {
		trak = append(trak, boxOf("edts", boxOf("elst", t.edits)))
	}
	hdlr := append(full(0, 0), 0, 0, 0, 0)
	hdlr = append(append(hdlr, t.kind...), make([]byte, 13)...)
	sort := boxOf("vmhd", full(0, 1), make([]byte, 8))
	if t.kind == "soun" {
		sort = boxOf("smhd", full(0, 0), make([]byte, 4))
	}
	dinf := boxOf("dinf", boxOf("dref", full(0, 0), []byte{0, 0, 0, 1}, boxOf("url ", full(0, 1))))
	stbl := [][]byte{t.entries}
	for _, name := range []string{"stts", "ctts", "cslg", "stss", "stsc", "sdtp"} {
		if b := t.table[name]; b != nil {
			stbl = append(stbl, boxOf(name, t.trimmed(name, b)))
		}
	}
	stsz := append(full(0, 0), 0, 0, 0, 0)
	stsz = binary.BigEndian.AppendUint32(stsz, uint32(len(t.sizes)))
	for _, n := range t.sizes {
		stsz = binary.BigEndian.AppendUint32(stsz, n)
	}
	name, places := "stco", binary.BigEndian.AppendUint32(full(0, 0), uint32(len(t.offsets)))
	for _, at := range t.offsets {
		if wide {
			places = binary.BigEndian.AppendUint64(places, uint64(at))
		} else {
			places = binary.BigEndian.AppendUint32(places, uint32(at))
		}
	}
	if wide {
		name = "co64"
	}
	stbl = append(stbl, boxOf("stsz", stsz), boxOf(name, places))
	minf := boxOf("minf", sort, dinf, boxOf("stbl", stbl...))
	return boxOf("trak", append(trak, boxOf("mdia", boxOf("mdhd", t.media), boxOf("hdlr", hdlr), minf))...)
}

// trimmed returns a table without what may follow its rows.
func (t *track) trimmed(name string, b []byte) []byte {
	row := map[string]int{"stts": 8, "ctts": 8, "stss": 4, "stsc": 12}[name]
	switch {
	case name == "sdtp":
		return b[:min(len(b), 4+len(t.sizes))]
	case name == "cslg":
		return b[:min(len(b), 24)]
	case len(b) < 8:
		return nil
	}
	n := 8 + int64(row)*int64(binary.BigEndian.Uint32(b[4:]))
	return b[:min(int64(len(b)), n)]
}
