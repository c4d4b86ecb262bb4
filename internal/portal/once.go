package portal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// What a form is for: the mark of one does not do for another.
const (
	forLetter = "letter"
	forReply  = "reply"
)

// A nonce makes one form different from all others.
type nonce [16]byte

// newOnce returns the mark that a form carries: a nonce, and proof that this
// process made it, or another node of the office. What follows from the nonce is the same when the same form is
// sent twice.
func (s *Server) newOnce(purpose string) string {
	var n nonce
	rand.Read(n[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(append(n[:], s.markOf(purpose, n)...))
}

// readOnce returns the nonce of a mark, if this process or another node made it.
func (s *Server) readOnce(purpose, once string) (n nonce, ok bool) {
	if len(once) > 64 {
		return n, false
	}
	b, err := base64.RawURLEncoding.DecodeString(once)
	if err != nil || len(b) != 32 {
		return n, false
	}
	n = nonce(b[:16])
	return n, hmac.Equal(b[16:], s.markOf(purpose, n))
}

func (s *Server) markOf(purpose string, n nonce) []byte {
	mark := s.secret("once "+purpose, n[:])
	return mark[:16]
}

// secret returns what only this process, or another node, can make of the parts, the
// same each time.
func (s *Server) secret(label string, parts ...[]byte) [32]byte {
	key := s.subkey(label)
	h := hmac.New(sha256.New, key[:])
	for _, p := range parts {
		h.Write(p) // of fixed lengths
	}
	return [32]byte(h.Sum(nil))
}

func (s *Server) subkey(label string) [32]byte {
	h := hmac.New(sha256.New, s.key[:])
	h.Write([]byte(label))
	return [32]byte(h.Sum(nil))
}
