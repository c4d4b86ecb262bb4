package vault

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"habeas/ledger"
)

// A Seed is the 32 bytes a holder is made of. It prints as an address.
type Seed struct{ p *[32]byte }

// NewSeed returns a random seed.
func NewSeed() Seed {
	var b [32]byte
	rand.Read(b[:])
	return Seed{&b}
}

// SeedFrom returns the seed with the given 32 bytes.
func SeedFrom(b []byte) (Seed, error) {
	if len(b) != 32 {
		return Seed{}, errors.New("vault: a seed has 32 bytes")
	}
	s := [32]byte(b)
	return Seed{&s}, nil
}

// Bytes returns a copy of the seed.
func (s Seed) Bytes() []byte { return append([]byte(nil), s.p[:]...) }

// Wipe overwrites the seed. Copies that the runtime made stay where they are.
func (s Seed) Wipe() { clear(s.p[:]) }

// derive returns 32 bytes for one purpose.
func (s Seed) derive(label string) []byte {
	b, err := hkdf.Key(sha256.New, s.p[:], nil, label, 32)
	if err != nil {
		panic(err) // unreachable: the length is allowed
	}
	return b
}

// Derive returns 32 bytes that only who holds the seed can compute, for the
// purpose named by label.
func (s Seed) Derive(label string) [32]byte { return [32]byte(s.derive("habeas derived v1 " + label)) }

// A Holder is a holder whose seed is at hand: it can sign and open wraps.
type Holder struct {
	id      ledger.ID
	seed    Seed
	decrypt hpke.PrivateKey
	sign    ed25519.PrivateKey
}

// NewHolder derives the keys of a holder. The encryption key is the one of the
// age identity with the same 32 bytes, so that stock age can open what is
// sealed to it as a file.
func NewHolder(s Seed) (*Holder, error) {
	decrypt, err := hpke.MLKEM768X25519().NewPrivateKey(s.derive("habeas holder encryption v1"))
	if err != nil {
		return nil, err
	}
	h := &Holder{seed: s, decrypt: decrypt, sign: ed25519.NewKeyFromSeed(s.derive("habeas holder signing v1"))}
	h.id = ledger.HolderID(decrypt.PublicKey().Bytes(), h.sign.Public().(ed25519.PublicKey))
	return h, nil
}

// ID returns the holder's ID.
func (h *Holder) ID() ledger.ID { return h.id }

// Seed returns the seed the holder is made of.
func (h *Holder) Seed() Seed { return h.seed }

// Signer signs entries for h.
func (h *Holder) Signer() ledger.Signer { return ledger.Signer{ID: h.id, Key: h.sign} }

// Public returns what the directory says of h, to be published by a member.
func (h *Holder) Public(use ledger.Use) ledger.Holder {
	return ledger.Holder{
		ID: h.id, Use: use,
		Encrypt: h.decrypt.PublicKey().Bytes(),
		Sign:    h.sign.Public().(ed25519.PublicKey),
	}
}

// A Wrap is a secret of 32 bytes sealed to a holder: a row of the key table.
type Wrap struct {
	Key    ledger.ID // the holder or source key whose secret is inside
	Stream ledger.ID // the case or circle the key is of; zero for a view's key
	Holder ledger.ID // who can open it
	Box    []byte
}

// info binds a wrap to what it is about, so that rows cannot be swapped.
func (w *Wrap) info() []byte {
	return fmt.Appendf(nil, "habeas wrap v1\n%s\n%s\n%s\n", w.Key, w.Stream, w.Holder)
}

// NewWrap seals the secret of key to a holder, which must come from the
// directory: a key that no signed entry vouches for is never wrapped to. For a
// holder just made, see [Holder.Wrap].
func NewWrap(d *ledger.Directory, to, key, stream ledger.ID, secret []byte) (Wrap, error) {
	h, ok := d.Holder(to)
	if !ok {
		return Wrap{}, errors.New("vault: no such holder in the directory")
	}
	return wrap(h.Encrypt, to, key, stream, secret)
}

// Wrap seals the secret of key to h itself.
func (h *Holder) Wrap(key, stream ledger.ID, secret []byte) (Wrap, error) {
	return wrap(h.decrypt.PublicKey().Bytes(), h.id, key, stream, secret)
}

func wrap(public []byte, to, key, stream ledger.ID, secret []byte) (Wrap, error) {
	if len(secret) != 32 {
		return Wrap{}, errors.New("vault: a wrapped secret has 32 bytes")
	}
	pub, err := hpke.MLKEM768X25519().NewPublicKey(public)
	if err != nil {
		return Wrap{}, err
	}
	w := Wrap{Key: key, Stream: stream, Holder: to}
	w.Box, err = hpke.Seal(pub, hpke.HKDFSHA256(), hpke.AES256GCM(), w.info(), secret)
	return w, err
}

// Unwrap opens a wrap made to h.
func (h *Holder) Unwrap(w Wrap) ([]byte, error) {
	if w.Holder != h.id {
		return nil, errors.New("vault: wrapped to another holder")
	}
	secret, err := hpke.Open(h.decrypt, hpke.HKDFSHA256(), hpke.AES256GCM(), w.info(), w.Box)
	if err != nil {
		return nil, fmt.Errorf("vault: open wrap: %w", err)
	}
	if len(secret) != 32 {
		return nil, errors.New("vault: a wrapped secret has 32 bytes")
	}
	return secret, nil
}

// UnwrapHolder opens a wrap that holds another holder's seed, and checks that it
// is that holder's.
func (h *Holder) UnwrapHolder(w Wrap) (*Holder, error) {
	secret, err := h.Unwrap(w)
	if err != nil {
		return nil, err
	}
	seed, err := SeedFrom(secret)
	if err != nil {
		return nil, err
	}
	inner, err := NewHolder(seed)
	if err != nil {
		return nil, err
	}
	if inner.id != w.Key {
		return nil, errors.New("vault: the wrap holds another holder's seed")
	}
	return inner, nil
}

// SealDraft seals text to a member's public key, for a form that arrived after
// the session ended.
func SealDraft(to ledger.Holder, text []byte) ([]byte, error) {
	pub, err := hpke.MLKEM768X25519().NewPublicKey(to.Encrypt)
	if err != nil {
		return nil, err
	}
	return hpke.Seal(pub, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("habeas draft v1"), text)
}

// OpenDraft opens what SealDraft sealed to h.
func (h *Holder) OpenDraft(box []byte) ([]byte, error) {
	return hpke.Open(h.decrypt, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("habeas draft v1"), box)
}

// Key returns the sealing key of what is written in a circle or case as such,
// rather than from one statement.
func (h *Holder) Key() ledger.Key { return ledger.NewKey(h.id, h.seed.derive("habeas entries v1")) }

// SourceKey returns the sealing key of what rests on one statement, whose source
// key is given, in the generation that h is of.
func (h *Holder) SourceKey(source ledger.ID, secret []byte) ledger.Key {
	return ledger.NewKey(ledger.KeyID(source, h.id), secret, h.seed.derive("habeas entries v1"))
}
