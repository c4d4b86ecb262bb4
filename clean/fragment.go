package clean

import "encoding/binary"

// Flags of fragments (ISO/IEC 14496-12, sections 8.8.7 and 8.8.8).
const (
	hasBase, hasEntry, hasDuration, hasSize, hasFlags        = 0x1, 0x2, 0x8, 0x10, 0x20
	runOffset, runFirst                                      = 0x1, 0x4
	runDuration, runSize, runFlags, runShift                 = 0x100, 0x200, 0x400, 0x800
	notSync                                           uint32 = 0x10000
)

// A fragmented is what is known of a track whose samples are described piece by
// piece, as messengers and recorders write them.
type fragmented struct {
	defaults  [3]uint32 // duration, size and flags of a sample
	durations []uint32
	shifts    []int32
	sync      []uint32 // numbers of samples at which playing can begin, from 1
	allSync   bool
	length    uint64 // of all samples
}

// trackID returns the number of a track, as it is in its head.
func (t *track) trackID() uint32 {
	if t.head[0] == 1 {
		return binary.BigEndian.Uint32(t.head[20:])
	}
	return binary.BigEndian.Uint32(t.head[12:])
}

// defaults reads what samples of tracks are like if nothing else is said.
func (m *movie) defaults(mvex []byte) error {
	all, err := boxes(mvex)
	if err != nil {
		return refuse(Broken, "mvex")
	}
	m.pieces = map[uint32]*fragmented{}
	for _, b := range all {
		if b.name != "trex" {
			continue
		}
		c := newCursor(b.body)
		id := uint32(c.n(4))
		c.n(4)
		f := &fragmented{allSync: true}
		for i := range f.defaults {
			f.defaults[i] = uint32(c.n(4))
		}
		if c.bad || m.pieces[id] != nil {
			return refuse(Broken, "trex")
		}
		m.pieces[id] = f
	}
	return nil
}

// fragments reads the pieces of a film, and gives its tracks the tables that say
// the same for all of them.
func (m *movie) fragments(places []place) error {
	byID := map[uint32]*track{}
	for _, t := range m.tracks {
		byID[t.trackID()] = t
		f := m.pieces[t.trackID()]
		if f == nil {
			return refuse(Broken, "mvex")
		}
		if err := f.begin(t); err != nil {
			return err
		}
	}
	for _, p := range places {
		if p.name != "moof" {
			continue
		}
		b, err := p.read(m.r)
		if err != nil {
			return err
		}
		in, err := boxes(b)
		if err != nil {
			return refuse(Broken, "moof")
		}
		for _, traf := range in {
			if traf.name != "traf" {
				continue
			}
			if err := m.fragment(traf.body, byID, p.start); err != nil {
				return err
			}
		}
	}
	scale := uint64(binary.BigEndian.Uint32(m.head[12+8*int(m.head[0]):]))
	longest := uint64(0)
	for id, t := range byID {
		longest = max(longest, t.settle(m.pieces[id], scale))
	}
	setDuration(m.head, 16, 24, longest)
	return nil
}

// begin reads the samples that a track has before the first piece.
func (f *fragmented) begin(t *track) error {
	count := 0
	for _, c := range t.chunks {
		count += len(c)
	}
	if count == 0 {
		return nil
	}
	runs, err := list(t.table["stts"], 2)
	if err != nil {
		return err
	}
	each := func(runs []uint32, do func(v uint32)) {
		n := 0
		for i := 0; i+1 < len(runs); i += 2 {
			for k := uint32(0); k < runs[i] && n < count; k++ {
				do(runs[i+1])
				n++
			}
		}
	}
	each(runs, func(v uint32) { f.durations, f.length = append(f.durations, v), f.length+uint64(v) })
	if t.table["ctts"] != nil {
		if runs, err = list(t.table["ctts"], 2); err != nil {
			return err
		}
		each(runs, func(v uint32) { f.shifts = append(f.shifts, int32(v)) })
	}
	f.shifts = append(f.shifts, make([]int32, max(0, count-len(f.shifts)))...)
	if t.table["stss"] != nil {
		f.allSync = false
		f.sync, err = list(t.table["stss"], 1)
	}
	if len(f.durations) != count {
		return refuse(Broken, "stts")
	}
	if t.table["stss"] == nil {
		for i := range count {
			f.sync = append(f.sync, uint32(i+1))
		}
	}
	return err
}

// fragment reads one piece of one track, in the part of the file that begins at
// start.
func (m *movie) fragment(traf []byte, byID map[uint32]*track, start int64) error {
	in, err := boxes(traf)
	if err != nil {
		return refuse(Broken, "traf")
	}
	c := newCursor(one(in, "tfhd"))
	id := uint32(c.n(4))
	t, f := byID[id], m.pieces[id]
	if t == nil {
		return nil // of a track that is left out
	}
	at := start
	if c.flags&hasBase != 0 {
		at = int64(c.n(8))
	}
	if c.flags&hasEntry != 0 && c.n(4) != 1 {
		return refuse(Unable, "tfhd")
	}
	defaults := f.defaults
	for i, flag := range []uint32{hasDuration, hasSize, hasFlags} {
		if c.flags&flag != 0 {
			defaults[i] = uint32(c.n(4))
		}
	}
	if c.bad {
		return refuse(Broken, "tfhd")
	}
	if b := one(in, "tfdt"); b != nil {
		d := newCursor(b)
		begin := d.n(4 + 4*int(d.version&1))
		if n := len(f.durations); !d.bad && n > 0 && begin > f.length && begin-f.length < 1<<31 { // a gap
			f.durations[n-1] += uint32(begin - f.length)
			f.length = begin
		}
	}
	base := at
	for _, b := range in {
		if b.name == "trun" {
			if at, err = t.run(f, newCursor(b.body), defaults, base, at, m.size); err != nil {
				return err
			}
		}
	}
	return nil
}

// run reads a run of samples, which begins at a place if it does not say another,
// and returns where it ends.
func (t *track) run(f *fragmented, c *cursor, defaults [3]uint32, base, at, size int64) (int64, error) {
	n := c.n(4)
	if c.flags&runOffset != 0 {
		at = base + int64(int32(c.n(4)))
	}
	first := defaults[2]
	if c.flags&runFirst != 0 {
		first = uint32(c.n(4))
	}
	var chunk []sample
	for i := range n {
		v := defaults
		if i == 0 {
			v[2] = first
		}
		for k, flag := range []uint32{runDuration, runSize, runFlags} {
			if c.flags&flag != 0 {
				v[k] = uint32(c.n(4))
			}
		}
		shift := int32(0)
		if c.flags&runShift != 0 {
			shift = int32(c.n(4))
		}
		if c.bad || at < 0 || at+int64(v[1]) > size || int64(len(f.durations)) >= size {
			return 0, refuse(Broken, "trun")
		}
		chunk = append(chunk, sample{at, int64(v[1])})
		at += int64(v[1])
		f.durations, f.shifts = append(f.durations, v[0]), append(f.shifts, shift)
		f.length += uint64(v[0])
		if v[2]&notSync == 0 {
			f.sync = append(f.sync, uint32(len(f.durations)))
		} else {
			f.allSync = false
		}
	}
	if len(chunk) > 0 {
		t.chunks = append(t.chunks, chunk)
	}
	return at, nil
}

// tables gives a track its tables.
func (t *track) tables(f *fragmented) {
	words := func(version byte, n int, all ...uint32) []byte {
		b := binary.BigEndian.AppendUint32(full(version, 0), uint32(n))
		for _, v := range all {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		return b
	}
	var stts, ctts, stsc []uint32
	for i, d := range f.durations {
		if n := len(stts); n > 0 && stts[n-1] == d {
			stts[n-2]++
		} else {
			stts = append(stts, 1, d)
		}
		if s := uint32(f.shifts[i]); len(ctts) > 0 && ctts[len(ctts)-1] == s {
			ctts[len(ctts)-2]++
		} else {
			ctts = append(ctts, 1, s)
		}
	}
	for i, c := range t.chunks {
		if n := len(stsc); n == 0 || stsc[n-2] != uint32(len(c)) {
			stsc = append(stsc, uint32(i+1), uint32(len(c)), 1)
		}
	}
	t.table = map[string][]byte{"stts": words(0, len(stts)/2, stts...), "stsc": words(0, len(stsc)/3, stsc...)}
	if len(ctts) > 2 || len(ctts) == 2 && ctts[1] != 0 {
		t.table["ctts"] = words(1, len(ctts)/2, ctts...)
	}
	if !f.allSync {
		t.table["stss"] = words(0, len(f.sync), f.sync...)
	}
	setDuration(t.media, 16, 24, f.length)
}

// settle gives a track of a film in pieces its tables, and returns how long it is by
// the scale of the film.
func (t *track) settle(f *fragmented, scale uint64) (length uint64) {
	t.tables(f)
	if own := uint64(binary.BigEndian.Uint32(t.media[12+8*int(t.media[0]):])); own > 0 {
		length = f.length * scale / own
	}
	setDuration(t.head, 20, 28, length)
	if t.edits != nil && len(t.edits) >= 12 && binary.BigEndian.Uint32(t.edits[4:]) == 1 { // it said nothing, or how long the first piece is
		setDuration(t.edits, 8, 8, length)
	}
	return length
}

// setDuration writes how long something is into a box of version 0, where it has
// 32 bits, or 1.
func setDuration(b []byte, at0, at1 int, length uint64) {
	if b[0] == 1 {
		binary.BigEndian.PutUint64(b[at1:], length)
		return
	}
	binary.BigEndian.PutUint32(b[at0:], uint32(min(length, 1<<32-1)))
}

// trimEdits returns an edit list without what may follow its rows; nil if it has
// none.
func trimEdits(b []byte) []byte {
	if len(b) < 8 || b[0] > 1 {
		return nil
	}
	row := int64(12 + 8*int(b[0]))
	n := int64(binary.BigEndian.Uint32(b[4:]))
	if n == 0 || 8+n*row > int64(len(b)) {
		return nil
	}
	return append([]byte{}, b[:8+n*row]...)
}
