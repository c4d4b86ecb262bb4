package vault

import (
	"bytes"
	"crypto/hpke"

	"habeas/ledger"
)

// SealNote seals text to a public key, for the purpose that info names, so that its
// length tells little: it is filled up with blanks.
func SealNote(public []byte, info string, text []byte) ([]byte, error) {
	pub, err := hpke.MLKEM768X25519().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	text = append(bytes.Clone(text), bytes.Repeat([]byte{' '}, ledger.Pad(len(text))-len(text))...)
	return hpke.Seal(pub, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info), text)
}

// OpenNote opens what SealNote sealed to h, without the blanks.
func (h *Holder) OpenNote(info string, box []byte) ([]byte, error) {
	b, err := hpke.Open(*h.decrypt, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info), box)
	return bytes.TrimRight(b, " "), err
}
