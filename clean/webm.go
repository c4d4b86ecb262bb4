package clean

import (
	"bytes"
	"encoding/binary"
	"io"
	mathbits "math/bits"
)

// Elements of Matroska (RFC 9559) and WebM.
const (
	mkvHead, mkvSegment, mkvInfo, mkvTracks, mkvCluster     = 0x1a45dfa3, 0x18538067, 0x1549a966, 0x1654ae6b, 0x1f43b675
	mkvDocType, mkvTrack, mkvNumber, mkvUID, mkvType        = 0x4282, 0xae, 0xd7, 0x73c5, 0x83
	mkvCodec, mkvPrivate, mkvEncodings, mkvVideo, mkvAudio  = 0x86, 0x63a2, 0x6d80, 0xe0, 0xe1
	mkvColour, mkvTimecode, mkvSimple, mkvGroup, mkvBlock   = 0x55b0, 0xe7, 0xa3, 0xa0, 0xa1
	mkvCues, mkvSeek, mkvTags, mkvFiles, mkvChapters        = 0x1c53bb6b, 0x114d9b74, 0x1254c367, 0x1941a469, 0x1043a770
	mkvVoid, mkvCRC, mkvMuxer, mkvWriter, mkvPrev, mkvPlace = 0xec, 0xbf, 0x4d80, 0x5741, 0xab, 0xa7
)

// mkvNumbers are elements that hold a number of at most eight bytes, by the element
// they lie in.
var mkvNumbers = map[uint32][]uint32{
	mkvInfo:   {0x2ad7b1, 0x4489},                                               // scale, duration
	mkvTrack:  {mkvNumber, mkvType, 0xb9, 0x88, 0x9c, 0x23e383, 0x56aa, 0x56bb}, // enabled, default, lacing, duration, delays
	mkvVideo:  {0xb0, 0xba, 0x54b0, 0x54ba, 0x54b2, 0x9a, 0x9d},                 // measures, and how lines lie
	mkvAudio:  {0xb5, 0x78b5, 0x9f, 0x6264},                                     // rates, channels, bits
	mkvColour: {0x55b1, 0x55b2, 0x55b3, 0x55b4, 0x55b5, 0x55b6, 0x55b7, 0x55b8, 0x55b9, 0x55ba, 0x55bb, 0x55bc, 0x55bd},
	mkvGroup:  {0x9b, 0xfb, 0x75a2}, // duration, what it refers to, padding
}

// An mkvElement is an element in a file.
type mkvElement struct {
	id       uint32
	from, to int64 // its body; to is the end of what it lies in if it does not say its size
	open     bool  // it does not say its size
}

// mkvVint reads a number whose first byte says how long it is; with mark, that bit
// stays in it.
func mkvVint(b []byte, mark bool) (v uint64, n int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	n = mathbits.LeadingZeros8(b[0]) + 1
	if n > len(b) {
		return 0, 0
	}
	v = uint64(b[0])
	if !mark {
		v &= 1<<(8-n) - 1
	}
	for _, c := range b[1:n] {
		v = v<<8 | uint64(c)
	}
	return v, n
}

// mkvNext reads the element at a place that ends before end.
func mkvNext(r io.ReaderAt, at, end int64) (e mkvElement, err error) {
	bad := refuse(Broken, "")
	b := make([]byte, min(12, end-at))
	if _, err := r.ReadAt(b, at); err != nil && err != io.EOF {
		return e, err
	}
	id, n := mkvVint(b, true)
	if n == 0 || n > 4 {
		return e, bad
	}
	size, m := mkvVint(b[n:], false)
	if m == 0 {
		return e, bad
	}
	e = mkvElement{id: uint32(id), from: at + int64(n+m)}
	if size == 1<<(7*m)-1 {
		e.open, e.to = true, end
		return e, nil
	}
	if size > uint64(end-e.from) {
		return e, bad
	}
	e.to = e.from + int64(size)
	return e, nil
}

// mkvOf returns an element with its body.
func mkvOf(id uint32, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := binary.BigEndian.AppendUint32(nil, id)
	out = out[mathbits.LeadingZeros32(id)/8:]
	out = binary.BigEndian.AppendUint64(out, 1<<56|uint64(len(body)))
	return append(out, body...)
}

// An mkvBody is an element in memory.
type mkvBody struct {
	id   uint32
	body []byte
}

// mkvList returns the elements that b is made of.
func mkvList(b []byte) (all []mkvBody, err error) {
	r := bytes.NewReader(b)
	for at := int64(0); at < int64(len(b)); {
		e, err := mkvNext(r, at, int64(len(b)))
		if err != nil || e.open {
			return nil, refuse(Broken, "")
		}
		all = append(all, mkvBody{e.id, b[e.from:e.to]})
		at = e.to
	}
	return all, nil
}

func isMKV(doc string) func([]byte) bool {
	return func(b []byte) bool {
		return begins("\x1a\x45\xdf\xa3")(b) && bytes.Contains(b[:min(len(b), 128)], []byte(doc))
	}
}

// An mkv is a film that is being cleaned.
type mkv struct {
	*job
	w       io.Writer
	r       io.ReaderAt
	filters map[uint64]filter // by the number of a track; those of others are left out
	laced   map[uint64]bool   // tracks whose blocks may hold several frames
	saved   int
}

// cleanMKV writes the tracks of pictures and sound with their blocks, cluster by
// cluster.
func cleanMKV(j *job, w io.Writer, r io.ReaderAt, size int64) error {
	head, err := mkvNext(r, 0, size)
	if err != nil || head.open || head.to-head.from > 4096 {
		return refuse(Broken, "")
	}
	segment, err := mkvNext(r, head.to, size)
	if err != nil || segment.id != mkvSegment {
		return refuse(Broken, "")
	}
	doc := "webm"
	if j.Kind.Name == "mkv" {
		doc = "matroska"
	}
	out := mkvOf(mkvHead, mkvOf(0x4286, []byte{1}), mkvOf(0x42f7, []byte{1}), mkvOf(0x42f2, []byte{4}), mkvOf(0x42f3, []byte{8}), mkvOf(mkvDocType, []byte(doc)), mkvOf(0x4287, []byte{4}), mkvOf(0x4285, []byte{2}))
	out = append(out, 0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) // to the end of the file
	if _, err := w.Write(out); err != nil {
		return err
	}
	m := &mkv{job: j, w: w, r: r}
	if err := m.segment(segment); err != nil {
		return err
	}
	if rest := size - segment.to; rest > 0 {
		j.removed("bytes after the end", "", "", int(rest))
	}
	if m.saved > 0 {
		j.removed("messages between pictures", "", "", m.saved)
	}
	return nil
}

var mkvParts = map[uint32]string{mkvCues: "", mkvSeek: "", mkvVoid: "", mkvCRC: "", mkvTags: "tags", mkvFiles: "files in it", mkvChapters: "names of parts"}

func (m *mkv) segment(segment mkvElement) error {
	clusters := 0
	for at := segment.from; at < segment.to; {
		e, err := mkvNext(m.r, at, segment.to)
		if err != nil {
			if clusters > 0 { // cut in the middle, as recordings are
				m.removed("end that is not whole", "", "", int(segment.to-at))
				return nil
			}
			return err
		}
		var body []byte
		if e.id == mkvInfo || e.id == mkvTracks || e.id == mkvTags || e.id == mkvFiles || e.id == mkvChapters {
			if e.open || e.to-e.from > mostHead {
				return refuse(Broken, "")
			}
			body = make([]byte, e.to-e.from)
			if _, err := m.r.ReadAt(body, e.from); err != nil && err != io.EOF {
				return err
			}
		}
		switch e.id {
		case mkvInfo:
			err = m.info(body)
		case mkvTracks:
			err = m.tracks(body)
		case mkvCluster:
			clusters++
			e.to, err = m.cluster(e)
		default:
			if e.open {
				return refuse(Broken, "")
			}
			if what, ours := mkvParts[e.id]; !ours || what != "" {
				m.removed(what, "", printable(body), int(e.to-e.from))
			}
		}
		if err != nil {
			return err
		}
		at = e.to
	}
	if clusters == 0 {
		return refuse(Broken, "")
	}
	return nil
}

// numbers returns the numbers of an element that are kept.
func (m *mkv) numbers(of uint32, all []mkvBody) (out []byte) {
	for _, e := range all {
		for _, id := range mkvNumbers[of] {
			if e.id == id && len(e.body) <= 8 {
				out = append(out, mkvOf(e.id, e.body)...)
			}
		}
	}
	return out
}

func (m *mkv) info(body []byte) error {
	all, err := mkvList(body)
	if err != nil {
		return err
	}
	nameless := []byte("-")
	for _, e := range all {
		if len(e.body) > 8 || (e.id == mkvMuxer || e.id == mkvWriter) && !bytes.Equal(e.body, nameless) || e.id == 0x4461 {
			m.removed("name of a program, or a time", "", printable(e.body), len(e.body))
		}
	}
	_, err = m.w.Write(mkvOf(mkvInfo, m.numbers(mkvInfo, all), mkvOf(mkvMuxer, nameless), mkvOf(mkvWriter, nameless)))
	return err
}
