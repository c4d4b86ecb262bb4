package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// ahead are the pages that a write-ahead log has whole and committed. The engine reads
// them there, and not in its file, where they may have been half-written when the power
// failed in the middle of a checkpoint; it writes them again with the next one.
type ahead struct {
	size int64          // of a page
	has  map[int64]bool // by number, from 1
}

// logged reads a write-ahead log up to its last whole transaction, as the engine does, see
// https://sqlite.org/fileformat2.html#walformat. One that is not there has no pages.
func logged(path string) (a ahead, err error) {
	a.has = map[int64]bool{}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	defer f.Close()
	const ofLog, ofFrame = 32, 24
	head := make([]byte, ofLog)
	if _, err := io.ReadFull(f, head); err != nil {
		return a, cutOff(err)
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch binary.BigEndian.Uint32(head) {
	case 0x377f0682:
	case 0x377f0683:
		order = binary.BigEndian
	default:
		return a, nil
	}
	var sum [2]uint32
	if sum = logSum(order, sum, head[:24]); sum != sumIn(head[24:]) {
		return a, nil
	}
	a.size = int64(binary.BigEndian.Uint32(head[8:]))
	frame := make([]byte, ofFrame+a.size)
	var since []int64
	for {
		if _, err := io.ReadFull(f, frame); err != nil {
			return a, cutOff(err)
		}
		sum = logSum(order, logSum(order, sum, frame[:8]), frame[ofFrame:])
		if !bytes.Equal(frame[8:16], head[16:24]) || sum != sumIn(frame[16:]) {
			return a, nil // left from an earlier log, or never finished
		}
		since = append(since, int64(binary.BigEndian.Uint32(frame)))
		if binary.BigEndian.Uint32(frame[4:]) != 0 { // a commit
			for _, n := range since {
				a.has[n] = true
			}
			since = since[:0]
		}
	}
}

// cutOff takes the end of a file for no error.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func sumIn(b []byte) [2]uint32 {
	return [2]uint32{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
}

// logSum goes on with the checksum of a log over a multiple of eight bytes.
func logSum(order binary.ByteOrder, sum [2]uint32, b []byte) [2]uint32 {
	for ; len(b) >= 8; b = b[8:] {
		sum[0] += order.Uint32(b) + sum[1]
		sum[1] += order.Uint32(b[4:]) + sum[0]
	}
	return sum
}
