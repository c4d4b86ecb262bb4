package gate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// A domain keeps hashes of one use from being taken for those of another.
type domain string

const (
	asForm     domain = "habeas form 2\n"     // a form as it is written
	asSkeleton domain = "habeas skeleton 2\n" // what all spellings of a name share
	asEdit     domain = "habeas edit 2\n"     // a stem less one letter, or whole
)

// A hasher makes keyed hashes: the first eight bytes of HMAC-SHA256 of a domain
// and a text, big-endian. It is not safe for concurrent use.
type hasher struct {
	mac   hash.Hash
	buf   []byte
	count int // bytes hashed so far: for tests
}

func newHasher(k Key) *hasher { return &hasher{mac: hmac.New(sha256.New, k[:])} }

func (h *hasher) sum(d domain, text string) uint64 {
	h.mac.Reset()
	h.buf = append(append(h.buf[:0], d...), text...)
	h.count += len(h.buf)
	h.mac.Write(h.buf)
	h.buf = h.mac.Sum(h.buf[:0])
	return binary.BigEndian.Uint64(h.buf)
}
