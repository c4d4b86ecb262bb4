package clean

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// tracks writes which tracks there are.
func (m *mkv) tracks(body []byte) error {
	if m.filters != nil {
		return refuse(Broken, "")
	}
	m.filters, m.laced = map[uint64]filter{}, map[uint64]bool{}
	all, err := mkvList(body)
	if err != nil {
		return err
	}
	var out []byte
	for _, e := range all {
		if e.id != mkvTrack {
			continue
		}
		entry, err := m.track(e.body)
		if err != nil {
			return err
		}
		out = append(out, entry...)
	}
	if len(m.filters) == 0 {
		return refuse(Broken, "")
	}
	_, err = m.w.Write(mkvOf(mkvTracks, out))
	return err
}

func (m *mkv) track(body []byte) ([]byte, error) {
	all, err := mkvList(body)
	if err != nil {
		return nil, err
	}
	of := map[uint32][]byte{}
	for _, e := range all {
		of[e.id] = e.body
		if e.id == 0x536e || e.id == 0x258688 { // what people and programs call it
			m.removed("name of a track", "", printable(e.body), len(e.body))
		}
	}
	var number uint64
	for _, c := range of[mkvNumber] {
		number = number<<8 | uint64(c)
	}
	if kind := of[mkvType]; len(kind) != 1 || kind[0] != 1 && kind[0] != 2 {
		m.vanished("track that is neither pictures nor sound", "", string(of[mkvCodec]))
		return nil, nil
	}
	if of[mkvEncodings] != nil || number == 0 || m.filters[number] != nil {
		return nil, refuse(Unable, "track")
	}
	codec := string(bytes.TrimRight(of[mkvCodec], "\x00"))
	private, f, err := mkvCodecOf(codec, of[mkvPrivate])
	if err != nil {
		return nil, err
	}
	if private != nil && !bytes.Equal(private, of[mkvPrivate]) {
		m.removed("comments", "", printable(of[mkvPrivate]), len(of[mkvPrivate])-len(private))
	}
	m.filters[number], m.laced[number] = f, private == nil || codec == "A_OPUS" || codec == "A_VORBIS" || codec == "A_FLAC"
	entry := [][]byte{m.numbers(mkvTrack, all), mkvOf(mkvUID, binary.BigEndian.AppendUint64(nil, number)), mkvOf(mkvCodec, []byte(codec))}
	if private != nil {
		entry = append(entry, mkvOf(mkvPrivate, private))
	}
	for _, id := range []uint32{mkvVideo, mkvAudio} {
		if of[id] == nil {
			continue
		}
		in, err := mkvList(of[id])
		if err != nil {
			return nil, err
		}
		kept := m.numbers(id, in)
		for _, c := range in {
			if colour, err := mkvList(c.body); c.id == mkvColour && err == nil {
				kept = append(kept, mkvOf(mkvColour, m.numbers(mkvColour, colour))...)
			}
		}
		entry = append(entry, mkvOf(id, kept))
	}
	return mkvOf(mkvTrack, entry...), nil
}

// mkvCodecOf returns what a decoder needs to begin with, and the filter of blocks.
func mkvCodecOf(codec string, private []byte) ([]byte, filter, error) {
	bad := refuse(Broken, codec)
	switch codec {
	case "V_VP8", "V_VP9", "A_MPEG/L3", "A_AC3", "A_EAC3", "A_PCM/INT/LIT", "A_PCM/FLOAT/IEEE":
		return nil, keepAll, nil
	case "V_AV1":
		out, err := av1Config(private)
		return out, av1Filter, err
	case "V_MPEG4/ISO/AVC":
		f, err := avcFilter(private)
		return private, f, err
	case "V_MPEGH/ISO/HEVC":
		return hevcConfig(private)
	case "A_OPUS":
		if len(private) < 19 || string(private[:8]) != "OpusHead" {
			return nil, nil, bad
		}
		n := 19
		if private[18] != 0 { // which channel is which
			n = 21 + int(private[9])
		}
		if n > len(private) {
			return nil, nil, bad
		}
		return private[:n], keepAll, nil
	case "A_FLAC":
		if len(private) < 42 || string(private[:4]) != "fLaC" {
			return nil, nil, bad
		}
		out := slices.Clone(private[:42])
		out[4] |= 0x80 // the last of its blocks
		return out, keepAll, nil
	case "A_AAC":
		return private[:min(len(private), 16)], aacFilter, nil
	case "A_VORBIS":
		out, ok := vorbisPrivate(private)
		if !ok {
			return nil, nil, bad
		}
		return out, keepAll, nil
	}
	return nil, nil, refuse(Unable, codec)
}

// vorbisPrivate blanks the comments among the three packets that Vorbis begins
// with.
func vorbisPrivate(b []byte) ([]byte, bool) {
	if len(b) < 3 || b[0] != 2 {
		return nil, false
	}
	at, sizes := 1, [2]int{}
	for i := range sizes {
		for {
			if at >= len(b) {
				return nil, false
			}
			sizes[i] += int(b[at])
			at++
			if b[at-1] != 255 {
				break
			}
		}
	}
	first, third := at+sizes[0], at+sizes[0]+sizes[1]
	if third > len(b) || sizes[0] > 254 || !bytes.HasPrefix(b[at:], []byte("\x01vorbis")) {
		return nil, false
	}
	comment := "\x03vorbis\x00\x00\x00\x00\x00\x00\x00\x00\x01"
	out := append([]byte{2, byte(sizes[0]), byte(len(comment))}, b[at:first]...)
	return append(append(out, comment...), b[third:]...), true
}

// mostCluster is how large a cluster may be, which is held in memory.
const mostCluster = 256 << 20

// cluster writes a cluster, and returns where it ends.
func (m *mkv) cluster(c mkvElement) (end int64, err error) {
	if m.filters == nil {
		return 0, refuse(Unable, "tracks after their blocks")
	}
	var out []byte
	at := c.from
	for at < c.to {
		e, err := mkvNext(m.r, at, c.to)
		if err != nil && c.to-at < 1<<24 && len(out) > 0 { // cut in the middle, as recordings are
			m.removed("end that is not whole", "", "", int(c.to-at))
			at = c.to
			break
		}
		if err != nil {
			return 0, err
		}
		if c.open && e.id>>24 != 0 { // what lies beside clusters has names of four bytes
			break
		}
		if e.open || e.to-e.from > mostMember || len(out) > mostCluster {
			return 0, refuse(Large, "cluster")
		}
		body := make([]byte, e.to-e.from)
		if _, err := m.r.ReadAt(body, e.from); err != nil && err != io.EOF {
			return 0, err
		}
		kept, err := m.inCluster(e.id, body)
		if err != nil {
			return 0, err
		}
		out = append(out, kept...)
		at = e.to
	}
	_, err = m.w.Write(mkvOf(mkvCluster, out))
	return at, err
}

// inCluster returns what stands for an element of a cluster.
func (m *mkv) inCluster(id uint32, body []byte) ([]byte, error) {
	switch id {
	case mkvTimecode:
		if len(body) <= 8 {
			return mkvOf(id, body), nil
		}
	case mkvSimple:
		b, err := m.block(body)
		if err != nil || b == nil {
			return nil, err
		}
		return mkvOf(id, b), nil
	case mkvGroup:
		all, err := mkvList(body)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			if e.id != mkvBlock {
				continue
			}
			b, err := m.block(e.body)
			if err != nil || b == nil {
				return nil, err
			}
			return mkvOf(id, mkvOf(mkvBlock, b), m.numbers(mkvGroup, all)), nil
		}
	case mkvPrev, mkvPlace, mkvVoid, mkvCRC:
		return nil, nil
	}
	m.saved += len(body)
	return nil, nil
}

// block returns a block of a track that is kept, as it is to be written.
func (m *mkv) block(b []byte) ([]byte, error) {
	track, n := mkvVint(b, false)
	if n == 0 || len(b) < n+3 {
		return nil, refuse(Broken, "block")
	}
	f := m.filters[track]
	if f == nil {
		return nil, nil
	}
	if head := b[:n+3]; head[n+2]&6 == 0 {
		frame, err := f(slices.Clone(b[n+3:]))
		m.saved += len(b) - n - 3 - len(frame)
		return append(slices.Clone(head), frame...), err
	}
	if !m.laced[track] {
		return nil, refuse(Unable, "several frames in one block")
	}
	return b, nil
}
