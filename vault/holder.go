package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"habeas/ledger"
)

// A Seed is the 32 bytes a holder is made of. It prints as an address, in
// unexported fields too: with a verb that does not fit, fmt follows one pointer.
type Seed struct{ p **[32]byte }

func seedOf(b [32]byte) Seed { p := &b; return Seed{&p} }

// NewSeed returns a random seed.
func NewSeed() Seed {
	var b [32]byte
	rand.Read(b[:])
	return seedOf(b)
}

// SeedFrom returns the seed with the given 32 bytes. It refuses zeros, which are
// what is left of a seed that was wiped.
func SeedFrom(b []byte) (Seed, error) {
	if len(b) != 32 || [32]byte(b) == [32]byte{} {
		return Seed{}, errors.New("vault: a seed has 32 bytes that are not all zero")
	}
	return seedOf([32]byte(b)), nil
}

// Bytes returns a copy of the seed.
func (s Seed) Bytes() []byte { return bytes.Clone((*s.p)[:]) }

// Wipe overwrites the seed. Copies that the runtime made stay where they are.
func (s Seed) Wipe() { clear((*s.p)[:]) }

// derive returns 32 bytes for one purpose.
func (s Seed) derive(label string) []byte {
	b, err := hkdf.Key(sha256.New, (*s.p)[:], nil, label, 32)
	if err != nil {
		panic(err) // unreachable: the length is allowed
	}
	return b
}

// Derive returns 32 bytes that only who holds the seed can compute, for the
// purpose named by label.
func (s Seed) Derive(label string) [32]byte { return [32]byte(s.derive("habeas derived v1 " + label)) }

// A Holder is a holder whose seed is at hand: it can sign and open wraps. It
// prints no key.
type Holder struct {
	id      ledger.ID
	seed    Seed
	decrypt *hpke.PrivateKey // a pointer, so that fmt prints an address
	verify  ed25519.PublicKey
}

// NewHolder derives the keys of a holder. It keeps a copy of the seed, so that
// wiping s does not turn h into a holder whose seed everybody knows.
//
// The encryption key is that of the age identity (AGE-SECRET-KEY-PQ-1…) with the
// 32 bytes that are derived for it here, so stock age opens a file that was
// sealed to the holder's public key. Wraps are not age files.
func NewHolder(s Seed) (*Holder, error) {
	s, err := SeedFrom((*s.p)[:])
	if err != nil {
		return nil, err
	}
	decrypt, err := hpke.MLKEM768X25519().NewPrivateKey(s.derive("habeas holder encryption v1"))
	if err != nil {
		return nil, err
	}
	h := &Holder{seed: s, decrypt: &decrypt}
	h.verify = h.Signer().Key.Public().(ed25519.PublicKey)
	h.id = ledger.HolderID(h.encrypt(), h.verify)
	return h, nil
}

// ID returns the holder's ID.
func (h *Holder) ID() ledger.ID { return h.id }

// Seed returns the seed the holder is made of.
func (h *Holder) Seed() Seed { return h.seed }

// Signer signs entries for h.
func (h *Holder) Signer() ledger.Signer {
	return ledger.Signer{ID: h.id, Key: ed25519.NewKeyFromSeed(h.seed.derive("habeas holder signing v1"))}
}

// encrypt returns the public key that h is sealed to.
func (h *Holder) encrypt() []byte { return (*h.decrypt).PublicKey().Bytes() }

// Public returns what the directory says of h, to be published by a member.
func (h *Holder) Public(use ledger.Use) ledger.Holder {
	return ledger.Holder{
		ID: h.id, Use: use,
		Encrypt: h.encrypt(),
		Sign:    h.verify,
	}
}

// A Wrap is a secret of 32 bytes sealed to a holder: a row of the key table.
//
// Anybody can make one, since a holder's public key is all it takes. So that a
// wrap opens says nothing of where its secret comes from: a holder's seed is
// checked by [Holder.UnwrapHolder]; any other secret must never be a key by
// itself, but be mixed with what only the holder knows, by [Holder.SourceKey] or
// [Holder.Bind].
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
// directory: a key that no signed entry vouches for is never wrapped to. Nor is
// a node's, whose seed lies on the server's disk. For a holder just made, see
// [Holder.Wrap].
func NewWrap(d *ledger.Directory, to, key, stream ledger.ID, secret []byte) (Wrap, error) {
	h, ok := d.Holder(to)
	if !ok || h.Use == ledger.UseNode || h.Use == ledger.UseField {
		return Wrap{}, errors.New("vault: no such holder in the directory, or a node")
	}
	return wrap(h.Encrypt, to, key, stream, secret)
}

// Wrap seals the secret of key to h itself.
func (h *Holder) Wrap(key, stream ledger.ID, secret []byte) (Wrap, error) {
	return wrap(h.encrypt(), h.id, key, stream, secret)
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

// Unwrap opens a wrap made to h. Anybody may have made it: see [Wrap].
func (h *Holder) Unwrap(w Wrap) ([]byte, error) {
	if w.Holder != h.id {
		return nil, errors.New("vault: wrapped to another holder")
	}
	secret, err := hpke.Open(*h.decrypt, hpke.HKDFSHA256(), hpke.AES256GCM(), w.info(), w.Box)
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

// Bind returns the key that is made of a secret wrapped to h and of h's own
// seed, for the purpose that key names. Who puts a wrap of their own making in
// the place of another does not know it; and without the wrap it is gone, even
// for who has the seed.
func (h *Holder) Bind(key ledger.ID, secret []byte) [32]byte {
	own := h.seed.derive("habeas bound v1")
	b, err := hkdf.Key(sha256.New, append(bytes.Clone(secret), own...), nil, "habeas bound key v1"+string(key[:]), 32)
	if err != nil {
		panic(err) // unreachable: the length is allowed
	}
	return [32]byte(b)
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
	return hpke.Open(*h.decrypt, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("habeas draft v1"), box)
}

// Key returns the sealing key of what is written in a circle or case as such,
// rather than from one statement.
func (h *Holder) Key() ledger.Key { return ledger.NewKey(h.id, h.seed.derive("habeas entries v1")) }

// SourceKey returns the sealing key of what rests on one statement, whose source
// key is given, in the generation that h is of.
func (h *Holder) SourceKey(source ledger.ID, secret []byte) ledger.Key {
	return ledger.NewKey(ledger.KeyID(source, h.id), secret, h.seed.derive("habeas entries v1"))
}
