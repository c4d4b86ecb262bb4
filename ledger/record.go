package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
)

// Version is the version of the record format, the first byte of every record.
const Version = 1

// Modes of a record.
const (
	ModeSealed = 1 // the payload is sealed under Key
	ModeClear  = 2 // the payload is a directory entry in clear; Key is zero
)

// Limits of the format.
const (
	MaxPayload = 32 << 20 // bytes of payload; files larger than this are blobs, not entries
	MaxAfter   = 64       // entries that an entry can say it follows
	maxKind    = 64
	headerLen  = 2 + 3*16
)

// A Record is an entry as it is written down: header in clear, payload sealed
// or in clear. A Record may come from anywhere and is not to be believed.
type Record struct {
	Mode    byte
	ID      ID
	Stream  ID
	Key     ID
	Payload []byte
}

// header returns version, mode, id, stream and key, 50 bytes: the associated
// data of the seal and the start of the signed bytes, of the leaf and of the
// encoded record. It never holds the number, the circle or the present case, so
// that sharing a case or moving a submission re-encrypts nothing.
func (r *Record) header() []byte {
	b := make([]byte, 0, headerLen)
	b = append(b, Version, r.Mode)
	b = append(b, r.ID[:]...)
	b = append(b, r.Stream[:]...)
	return append(b, r.Key[:]...)
}

// LeafHash returns the RFC 6962 hash of the record's leaf, whose data are the
// header and the SHA-256 of the payload. So the leaf of a pruned record can
// still be checked by who kept the header and that digest.
func (r Record) LeafHash() tlog.Hash { return r.LeafHashFrom(sha256.Sum256(r.Payload)) }

// LeafHashFrom is LeafHash for a record whose payload is gone: digest is the
// SHA-256 the payload had.
func (r Record) LeafHashFrom(digest [32]byte) tlog.Hash {
	return tlog.RecordHash(append(r.header(), digest[:]...))
}

// modeFits reports whether r has a mode, and the key that goes with it.
func (r *Record) modeFits() bool {
	return r.Mode == ModeSealed || r.Mode == ModeClear && r.Key.IsZero()
}

// MarshalBinary returns the canonical bytes of r.
func (r Record) MarshalBinary() ([]byte, error) {
	if !r.modeFits() {
		return nil, errors.New("ledger: no such mode")
	}
	if len(r.Payload) > MaxPayload {
		return nil, fault.New(fault.Invalid, "ledger.too_large", fault.Count(MaxPayload))
	}
	b := binary.BigEndian.AppendUint32(r.header(), uint32(len(r.Payload)))
	return append(b, r.Payload...), nil
}

// UnmarshalBinary reads exactly one record. It shares no memory with b, and
// leaves r as it was if it fails.
func (r *Record) UnmarshalBinary(b []byte) error {
	if len(b) < headerLen+4 || b[0] != Version {
		return errRecord("header")
	}
	n := binary.BigEndian.Uint32(b[headerLen:])
	if n > MaxPayload || int(n) != len(b)-headerLen-4 {
		return errRecord("length")
	}
	got := Record{Mode: b[1], ID: ID(b[2:]), Stream: ID(b[18:]), Key: ID(b[34:]), Payload: bytes.Clone(b[headerLen+4:])}
	if !got.modeFits() {
		return errRecord("mode")
	}
	*r = got
	return nil
}

// Pad returns the number of bytes that n bytes are padded to, at least 256:
// Padmé (Nikitin et al. 2019), which wastes at most 12 % and tells an onlooker
// O(log log n) bits of n.
func Pad(n int) int {
	if n <= 256 {
		return 256
	}
	e := bits.Len(uint(n)) - 1
	s := bits.Len(uint(e))
	mask := 1<<(e-s) - 1
	return (n + mask) &^ mask
}
