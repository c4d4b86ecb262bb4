package clean

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// isMovie reports whether a file of boxes is one of pictures that move or of
// sound, and of the kind that is asked for; isStill whether it is a picture.
func isMovie(kind string) func(b []byte) bool {
	return func(b []byte) bool {
		if len(b) < 12 || isStill(b) {
			return false
		}
		switch string(b[4:8]) {
		case "moov", "wide", "mdat", "free", "skip":
			return kind == "mov"
		case "ftyp":
		default:
			return false
		}
		switch string(b[8:12]) {
		case "qt  ":
			return kind == "mov"
		case "M4A ", "M4B ":
			return kind == "m4a"
		}
		return kind == "mp4"
	}
}

func isStill(b []byte) bool {
	if len(b) < 12 || string(b[4:8]) != "ftyp" {
		return false
	}
	switch string(b[8:12]) {
	case "heic", "heix", "heim", "heis", "mif1", "avif", "mif2":
		return true
	}
	return false
}

// A sample is a stretch of the file that is shown or played at once.
type sample struct{ at, size int64 }

// A track is one of pictures or of sound.
type track struct {
	head    []byte // tkhd
	edits   []byte // elst
	media   []byte // mdhd
	table   map[string][]byte
	kind    string // "vide" or "soun"
	entries []byte // stsd, made anew
	filter  filter // of its samples
	chunks  [][]sample
	sizes   []uint32 // of samples, as they are written
	offsets []int64  // of chunks, likewise
}

// cleanMovie writes the tracks of pictures and of sound with their samples. It
// takes what describes the samples from their tables alone, so that no byte of the
// file is copied that no sample is made of.
func cleanMovie(j *job, w io.Writer, r io.ReaderAt, size int64) error {
	places, rest, err := topBoxes(r, size)
	if err != nil {
		return err
	}
	if rest > 0 {
		j.removed("bytes after the end", "", "", int(rest))
	}
	var brands, moov []byte
	for _, p := range places {
		switch p.name {
		case "ftyp":
			b, err := p.read(r)
			if err != nil {
				return err
			}
			if brands, err = ftyp(b); err != nil {
				return err
			}
		case "moov":
			if moov, err = p.read(r); err != nil {
				return err
			}
		case "moof", "styp", "sidx", "mfra": // a film in pieces
		case "mdat", "wide":
		case "free", "skip":
			j.removed("free space", p.name, "", int(p.end-p.bodyStart))
		default:
			j.removed("data of a program", p.name, "", int(p.end-p.bodyStart))
		}
	}
	if brands == nil { // before there were brands
		brands = boxOf("ftyp", []byte("qt  \x00\x00\x00\x00qt  "))
	}
	if moov == nil {
		return refuse(Broken, "")
	}
	m := &movie{job: j, r: r, size: size}
	if err := m.open(moov); err != nil {
		return err
	}
	if len(m.tracks) == 0 {
		return refuse(Broken, "moov")
	}
	if m.pieces != nil {
		if err := m.fragments(places); err != nil {
			return err
		}
	}
	for _, t := range m.tracks {
		if err := m.cutUnshown(t); err != nil {
			return err
		}
	}
	return m.write(w, brands)
}

// A movie is one that is being cleaned.
type movie struct {
	*job
	r      io.ReaderAt
	size   int64
	head   []byte // mvhd
	tracks []*track
	saved  int64                  // bytes of samples that were filtered out
	pieces map[uint32]*fragmented // by track, if the film is in pieces
}

// timeless returns a box of times of version 0 or 1 with the times of making and
// changing set to nothing; need is how long version 0 is at least.
func timeless(name string, body []byte, need int) ([]byte, error) {
	if len(body) < need || body[0] > 1 || body[0] == 1 && len(body) < need+12 {
		return nil, refuse(Broken, name)
	}
	out := slices.Clone(body)
	n := 8
	if body[0] == 1 {
		n = 16
	}
	clear(out[4 : 4+n])
	return out[:need+int(body[0])*12], nil
}

func (m *movie) open(moov []byte) error {
	all, err := boxes(moov)
	if err != nil {
		return refuse(Broken, "moov")
	}
	var unable *Refused // of a track that can't be made anew, and of which kind such are
	var unableKind []string
	for _, b := range all {
		switch b.name {
		case "mvhd":
			if m.head, err = timeless("mvhd", b.body, 100); err != nil {
				return err
			}
			clear(m.head[len(m.head)-28 : len(m.head)-4]) // what players once kept there
		case "trak":
			t, err := m.track(b.body)
			r, refused := errors.AsType[*Refused](err)
			switch {
			case refused && r.Reason == Unable && t != nil:
				unable, unableKind = r, append(unableKind, t.kind)
			case err != nil:
				return err
			case t != nil:
				m.tracks = append(m.tracks, t)
			}
		case "mvex":
			if err := m.defaults(b.body); err != nil {
				return err
			}
		default:
			m.removed("data of a program", "moov/"+b.name, printable(b.body), len(b.body))
		}
	}
	if m.head == nil {
		return refuse(Broken, "mvhd")
	}
	for _, kind := range unableKind { // telephones add a second track of sound that few players know
		if !slices.ContainsFunc(m.tracks, func(t *track) bool { return t.kind == kind }) {
			return unable
		}
		m.vanished("second track: "+string(Unable), unable.Where, kind)
	}
	return nil
}

// printable returns what of b people can read, for a report.
func printable(b []byte) string {
	var out []byte
	for _, c := range b {
		if c >= ' ' && c < 0x7f || c >= 0x80 {
			out = append(out, c)
		}
		if len(out) > 300 {
			break
		}
	}
	return string(out)
}

// track reads a track; it is nil if it is neither of pictures nor of sound.
func (m *movie) track(b []byte) (*track, error) {
	trak, err := boxes(b)
	if err != nil {
		return nil, err
	}
	mdia, err := boxes(one(trak, "mdia"))
	if err != nil {
		return nil, err
	}
	minf, err := boxes(one(mdia, "minf"))
	if err != nil {
		return nil, err
	}
	stbl, err := boxes(one(minf, "stbl"))
	if err != nil {
		return nil, err
	}
	hdlr := one(mdia, "hdlr")
	if len(hdlr) < 12 {
		return nil, refuse(Broken, "hdlr")
	}
	t := &track{kind: string(hdlr[8:12]), table: map[string][]byte{}}
	if t.kind != "vide" && t.kind != "soun" {
		m.removed("track that is neither pictures nor sound", "trak", t.kind, len(b))
		return nil, nil
	}
	if t.head, err = timeless("tkhd", one(trak, "tkhd"), 84); err != nil {
		return nil, err
	}
	if edts, err := boxes(one(trak, "edts")); err == nil {
		t.edits = trimEdits(one(edts, "elst"))
	}
	if t.media, err = timeless("mdhd", one(mdia, "mdhd"), 24); err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint16(t.media[len(t.media)-4:], 0x55c4) // the language is not said
	m.leftOf("trak", trak, "tkhd", "edts", "mdia")
	m.leftOf("mdia", mdia, "mdhd", "hdlr", "minf")
	m.leftOf("minf", minf, "vmhd", "smhd", "hdlr", "dinf", "stbl")
	m.leftOf("stbl", stbl, "stsd", "stts", "ctts", "cslg", "stss", "stsc", "stsz", "stco", "co64", "sdtp")
	if name := printable(hdlr[min(len(hdlr), 24):]); len(name) > 0 {
		m.removed("name of a program", "hdlr", name, len(name))
	}
	for _, box := range stbl {
		t.table[box.name] = box.body
	}
	if t.entries, t.filter, err = m.entry(t.table["stsd"]); err != nil {
		return t, err
	}
	return t, t.samples(m.size)
}

// leftOf says which boxes are left out of another.
func (m *movie) leftOf(where string, all []box, kept ...string) {
	for _, b := range all {
		if !slices.Contains(kept, b.name) {
			m.removed("data of a program", where+"/"+b.name, printable(b.body), len(b.body))
		}
	}
}

// list reads a table of 32-bit numbers of a box: per entries of each row.
func list(body []byte, per int) ([]uint32, error) {
	if len(body) < 8 {
		return nil, refuse(Broken, "stbl")
	}
	n := int64(binary.BigEndian.Uint32(body[4:]))
	if 8+4*n*int64(per) > int64(len(body)) {
		return nil, refuse(Broken, "stbl")
	}
	out := make([]uint32, n*int64(per))
	for i := range out {
		out[i] = binary.BigEndian.Uint32(body[8+4*i:])
	}
	return out, nil
}

// samples reads which stretches of the file, of size bytes, the track is made of.
func (t *track) samples(size int64) error {
	sizes, err := t.sampleSizes(size)
	if err != nil {
		return err
	}
	runs, err := list(t.table["stsc"], 3)
	if err != nil {
		return err
	}
	offsets, err := t.chunkOffsets()
	if err != nil {
		return err
	}
	next, run := 0, 0
	for c, at := range offsets {
		for run+3 < len(runs) && uint32(c+1) >= runs[run+3] {
			run += 3
		}
		if run+2 >= len(runs) || runs[run+2] != 1 { // one description for all
			return refuse(Unable, "stsc")
		}
		var chunk []sample
		for range min(int64(runs[run+1]), int64(len(sizes)-next)) {
			n := int64(sizes[next])
			if at < 0 || at+n > size {
				return refuse(Broken, "stco")
			}
			chunk = append(chunk, sample{at, n})
			at += n
			next++
		}
		t.chunks = append(t.chunks, chunk)
	}
	if next != len(sizes) {
		return refuse(Broken, "stsc")
	}
	return nil
}

func (t *track) sampleSizes(file int64) ([]uint32, error) {
	body := t.table["stsz"]
	if len(body) < 12 {
		return nil, refuse(Unable, "stsz")
	}
	each, n := binary.BigEndian.Uint32(body[4:]), int64(binary.BigEndian.Uint32(body[8:]))
	if n > file || n > 1<<27 || each == 0 && 12+4*n > int64(len(body)) {
		return nil, refuse(Broken, "stsz")
	}
	sizes := make([]uint32, n)
	for i := range sizes {
		sizes[i] = each
		if each == 0 {
			sizes[i] = binary.BigEndian.Uint32(body[12+4*i:])
		}
	}
	return sizes, nil
}

func (t *track) chunkOffsets() ([]int64, error) {
	if body := t.table["co64"]; body != nil {
		pairs, err := list(body, 2)
		out := make([]int64, len(pairs)/2)
		for i := range out {
			out[i] = int64(uint64(pairs[2*i])<<32 | uint64(pairs[2*i+1]))
		}
		return out, err
	}
	narrow, err := list(t.table["stco"], 1)
	out := make([]int64, len(narrow))
	for i, n := range narrow {
		out[i] = int64(n)
	}
	return out, err
}
