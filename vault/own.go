package vault

import (
	"crypto/aes"
	"crypto/cipher"
)

// SealOwn seals text so that only h opens it, and only as what it was sealed as.
// Unlike a draft, nobody else can make it.
func (h *Holder) SealOwn(what string, text []byte) ([]byte, error) {
	aead, err := h.ownCipher()
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, text, []byte(what)), nil
}

// OpenOwn opens what SealOwn sealed.
func (h *Holder) OpenOwn(what string, box []byte) ([]byte, error) {
	aead, err := h.ownCipher()
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nil, box, []byte(what))
}

func (h *Holder) ownCipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(h.seed.derive("habeas own v1"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
