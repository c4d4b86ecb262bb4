package clean

import (
	"encoding/binary"
	"math"
)

// preroll is how much sound before what is played stays, as a part of a second:
// decoders want some.
const preroll = 10

// cutUnshown leaves out the samples of a track that its edit list does not show: what
// somebody cut off on a telephone, which keeps it. What comes before the first shown
// picture, back to the one it is coded from, has to stay.
func (m *movie) cutUnshown(t *track) error {
	own := scaleOf(t.media)
	from, to := t.shown(scaleOf(m.head), own)
	if from >= to || t.table["stts"] == nil {
		return nil
	}
	f := &fragmented{allSync: true}
	if err := f.begin(t); err != nil {
		return err
	}
	if t.kind == "soun" {
		from -= own / preroll
	}
	first, last := f.needed(from, to)
	if first >= last || first == 0 && last == len(f.durations) {
		return nil
	}
	before := f.keep(first, last)
	m.removed("what was cut off", "elst", "", t.keep(first, last))
	t.tables(f)
	t.eachEdit(func(row []byte, start int64) {
		if start >= 0 {
			setStart(row, start-before)
		}
	})
	return nil
}

// scaleOf returns how many parts a second has in a box of times.
func scaleOf(times []byte) int64 {
	return int64(binary.BigEndian.Uint32(times[12+8*int(times[0]):]))
}

// eachEdit goes through the rows of the edit list: start is when in the track a part
// that is shown begins, or -1 where nothing is.
func (t *track) eachEdit(do func(row []byte, start int64)) {
	if t.edits == nil {
		return
	}
	wide := t.edits[0] == 1
	for rows := t.edits[8:]; len(rows) > 0; {
		if wide {
			do(rows[:20], int64(binary.BigEndian.Uint64(rows[8:])))
			rows = rows[20:]
		} else {
			do(rows[:12], int64(int32(binary.BigEndian.Uint32(rows[4:]))))
			rows = rows[12:]
		}
	}
}

func setStart(row []byte, start int64) {
	if len(row) == 20 {
		binary.BigEndian.PutUint64(row[8:], uint64(start))
	} else {
		binary.BigEndian.PutUint32(row[4:], uint32(start))
	}
}

// shown returns from when to when in the track something is shown, in parts of own;
// film is that of the film. If from is not before to, the track does not say.
func (t *track) shown(film, own int64) (from, to int64) {
	const most = 1 << 40 // what is later is no time
	from = math.MaxInt64
	t.eachEdit(func(row []byte, start int64) {
		length := uint64(binary.BigEndian.Uint32(row))
		if len(row) == 20 {
			length = binary.BigEndian.Uint64(row)
		}
		switch {
		case start < 0:
			return
		case start > most || length == 0 || length > 1<<31 || film == 0: // to the end
			to = math.MaxInt64
		default:
			to = max(to, start+int64(length)*own/film+1) // it may have been rounded
		}
		from = min(from, start)
	})
	return from, to
}

// needed returns which samples are shown between two times of the track, and those
// they are coded from.
func (f *fragmented) needed(from, to int64) (first, last int) {
	sync := map[int]bool{}
	if !f.allSync {
		for _, n := range f.sync {
			sync[int(n)-1] = true
		}
	}
	at, shown := int64(0), false
	for i, d := range f.durations {
		begins := at + int64(f.shifts[i])
		if !shown && begins <= from && (f.allSync || sync[i]) {
			first = i
		}
		shown = shown || begins+int64(d) > from
		if begins < to {
			last = i + 1
		}
		at += int64(d)
	}
	return first, last
}

// keep keeps what is told of some samples, and returns how long those before lasted.
func (f *fragmented) keep(first, last int) (before int64) {
	for _, d := range f.durations[:first] {
		before += int64(d)
	}
	f.durations, f.shifts, f.length = f.durations[first:last], f.shifts[first:last], 0
	for _, d := range f.durations {
		f.length += uint64(d)
	}
	var sync []uint32
	for _, n := range f.sync {
		if int64(n) > int64(first) && int64(n) <= int64(last) {
			sync = append(sync, n-uint32(first))
		}
	}
	f.sync = sync
	return before
}

// keep keeps some samples, and returns how many bytes the others had.
func (t *track) keep(first, last int) (gone int) {
	var kept [][]sample
	n := 0
	for _, c := range t.chunks {
		var chunk []sample
		for _, s := range c {
			if n >= first && n < last {
				chunk = append(chunk, s)
			} else {
				gone += int(s.size)
			}
			n++
		}
		if len(chunk) > 0 {
			kept = append(kept, chunk)
		}
	}
	t.chunks = kept
	return gone
}
