package portal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"time"

	"habeas/receipt"
	"habeas/vault"
)

// ticketTime is how long the forms of a conversation can be sent before the
// receipt has to be typed again.
const ticketTime = 30 * time.Minute

// ticketWords separates tickets from everything else under their key.
const ticketWords = "habeas portal ticket 1"

// digitsLen is the length of a receipt in digits.
const digitsLen = 8*4 + 7

func ticketSeal(key [32]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// ticket seals a receipt, so that the forms of a conversation carry it without
// showing it. All tickets are equally long.
func (s *Server) ticket(r receipt.Receipt) string {
	plain := make([]byte, 8, 8+digitsLen)
	binary.BigEndian.PutUint64(plain, uint64(s.Now().Add(ticketTime).Unix()))
	plain = append(plain, r.Digits().Reveal()...)
	return base64.RawURLEncoding.EncodeToString(s.tickets.Seal(nil, nil, plain, []byte(ticketWords)))
}

// readTicket returns the receipt in a ticket. One of another process or that is
// too old is errExpired.
func (s *Server) readTicket(ticket string) (receipt.Receipt, error) {
	if len(ticket) > 256 {
		return receipt.Receipt{}, errExpired()
	}
	b, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil {
		return receipt.Receipt{}, errExpired()
	}
	plain, err := s.tickets.Open(nil, nil, b, []byte(ticketWords))
	if err != nil || len(plain) < 8 || s.Now().Unix() > int64(binary.BigEndian.Uint64(plain)) {
		return receipt.Receipt{}, errExpired()
	}
	r, err := receipt.Read(vault.NewText(string(plain[8:])))
	if err != nil {
		return receipt.Receipt{}, errExpired()
	}
	return r, nil
}

func errExpired() error { return &refusal{status: 200, key: "expired"} }
