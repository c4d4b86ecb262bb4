package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"habeas/fault"
)

// A Key is a sealing key: one generation of a case, together with one source
// key of it, if the entry rests on one source. Each entry is sealed under a key
// of its own that is derived from this one and the entry's ID.
//
// A Key holds no printable secret: it keeps the secret behind two pointers, so
// that fmt prints an address, in unexported fields too. One would not do: with a
// verb that does not fit, such as %s, fmt follows it.
type Key struct {
	ID  ID
	prk **[sha256.Size]byte
}

// NewKey returns the sealing key called id that is made of the given secrets,
// in order: the source key, if any, then the seed of the case's generation.
func NewKey(id ID, secrets ...[]byte) Key {
	var ikm []byte
	for _, s := range secrets {
		ikm = append(ikm, s...)
	}
	defer clear(ikm)
	prk, err := hkdf.Extract(sha256.New, ikm, []byte("habeas sealing key v1"))
	if err != nil {
		panic(err) // unreachable: SHA-256 is always there
	}
	secret := (*[sha256.Size]byte)(prk)
	return Key{ID: id, prk: &secret}
}

// KeyID returns the public name of the sealing key made of a source key and a
// generation: the first 16 bytes of a hash of both IDs.
func KeyID(source, generation ID) ID {
	h := sha256.Sum256(append(append([]byte("habeas sealing key id v1"), source[:]...), generation[:]...))
	return ID(h[:16])
}

// Entry returns the 32-byte key of one entry. Giving it away opens that entry
// and no other, and the commitment in the payload keeps it from opening to
// anything else.
func (k Key) Entry(id ID) (secret [32]byte) {
	b, err := hkdf.Expand(sha256.New, (*k.prk)[:], "habeas entry key v1"+string(id[:]), len(secret))
	if err != nil {
		panic(err) // unreachable: the length is allowed
	}
	return [32]byte(b)
}

// Sealed is a signed and sealed record, or a signed directory entry in clear.
// Only [Seal], [Publish] and [Moved] make one, and a store takes nothing else.
type Sealed struct{ rec Record }

// Record returns what is written down.
func (s Sealed) Record() Record { return s.rec }

// Seal signs e as its author and seals it under key. It sets e.Author and e.Key,
// cuts e.Time to the millisecond, and sets e.ID if it is zero. e.Stream and
// e.Kind must be set, and e.After must hold no more than [MaxAfter] IDs. A body
// that is too large is the fault "ledger.too_large".
func Seal(e *Entry, by Signer, key Key) (Sealed, error) {
	var nonce [12]byte
	rand.Read(nonce[:])
	return seal(e, by, key, nonce)
}

func seal(e *Entry, by Signer, key Key, nonce [12]byte) (Sealed, error) {
	if key.prk == nil || e.Stream.IsZero() {
		return Sealed{}, errors.New("ledger: seal without key or stream")
	}
	rec, inner, err := sign(e, by, ModeSealed, key.ID)
	if err != nil {
		return Sealed{}, err
	}
	if Pad(len(inner))+payloadOverhead > MaxPayload {
		return Sealed{}, fault.New(fault.Invalid, "ledger.too_large", fault.Count(MaxPayload))
	}
	aead, commitment := entryCipher(key.Entry(e.ID))
	plain := make([]byte, Pad(len(inner)))
	copy(plain, inner)
	rec.Payload = append(append(make([]byte, 0, len(plain)+payloadOverhead), commitment...), nonce[:]...)
	rec.Payload = aead.Seal(rec.Payload, nonce[:], plain, rec.header())
	return Sealed{rec}, nil
}

// payloadOverhead is commitment, nonce and tag.
const payloadOverhead = 32 + 12 + 16

// entryCipher derives from an entry's key its cipher and the commitment to it.
func entryCipher(secret [32]byte) (cipher.AEAD, []byte) {
	b, err := hkdf.Expand(sha256.New, secret[:], "habeas entry seal v1", 64)
	if err != nil {
		panic(err) // unreachable: the length is allowed
	}
	block, err := aes.NewCipher(b[:32])
	if err != nil {
		panic(err) // unreachable: 32 bytes are an AES-256 key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // unreachable: AES has 16-byte blocks
	}
	return aead, b[32:]
}

// Open takes the seal off r. It fails if r was not sealed under key, or was
// changed, or carries another header than the one it was sealed with.
func Open(r Record, key Key) (Opened, error) {
	if r.Key != key.ID || key.prk == nil {
		return Opened{}, errors.New("ledger: wrong key")
	}
	return OpenWith(r, key.Entry(r.ID))
}

// OpenWith is Open for one who was given the key of this entry only.
func OpenWith(r Record, secret [32]byte) (Opened, error) {
	if r.Mode != ModeSealed || len(r.Payload) < payloadOverhead {
		return Opened{}, errRecord("payload")
	}
	aead, commitment := entryCipher(secret)
	if subtle.ConstantTimeCompare(commitment, r.Payload[:32]) == 0 {
		return Opened{}, errRecord("commitment")
	}
	plain, err := aead.Open(nil, r.Payload[32:44], r.Payload[44:], r.header())
	if err != nil {
		return Opened{}, errRecord("seal")
	}
	return parseInner(r, plain)
}

// A Signer signs entries for one holder. It does not print or encode its key;
// but fmt calls no methods in unexported fields, so keep none there.
type Signer struct {
	ID  ID
	Key ed25519.PrivateKey
}

// Format writes whose signer it is, whatever the verb.
func (s Signer) Format(f fmt.State, _ rune) { io.WriteString(f, "signer "+s.ID.String()) }

// MarshalText fails.
func (Signer) MarshalText() ([]byte, error) {
	return nil, errors.New("ledger: a signer cannot be encoded")
}

// sign completes e and returns its record without a payload and its inner
// bytes: the signature, then what it covers besides the header.
func sign(e *Entry, by Signer, mode byte, key ID) (Record, []byte, error) {
	if e.ID.IsZero() {
		e.ID = NewID()
	}
	e.Author, e.Key = by.ID, key
	e.Time = e.Time.UTC().Truncate(time.Millisecond)
	if len(e.After) > MaxAfter || len(e.Kind) > maxKind || e.Kind == "" {
		return Record{}, nil, errors.New("ledger: entry without a kind, or that follows too many")
	}
	if len(e.Body) > MaxPayload {
		return Record{}, nil, fault.New(fault.Invalid, "ledger.too_large", fault.Count(MaxPayload))
	}
	rec := Record{Mode: mode, ID: e.ID, Stream: e.Stream, Key: key}
	b := make([]byte, ed25519.SignatureSize, ed25519.SignatureSize+64+len(e.After)*16+len(e.Kind)+len(e.Body))
	b = append(b, e.Author[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time.UnixMilli()))
	b = append(b, byte(len(e.After)))
	for _, id := range e.After {
		b = append(b, id[:]...)
	}
	b = append(b, byte(len(e.Kind)))
	b = append(b, e.Kind...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.Body)))
	b = append(b, e.Body...)
	copy(b, ed25519.Sign(by.Key, signedBytes(rec, b[ed25519.SignatureSize:])))
	return rec, b, nil
}

// signedBytes returns what an author signs.
func signedBytes(r Record, content []byte) []byte {
	b := append([]byte("habeas entry v1\n"), r.header()...)
	return append(b, content...)
}

// An Opened is an entry without its seal. That it opened says that it was
// sealed by somebody who held the key; who wrote it is not yet checked.
type Opened struct {
	e       Entry
	rec     Record // no payload
	content []byte // what the signature covers, after the header
	sig     []byte
}

// Author returns the holder who is said to have signed.
func (o Opened) Author() ID { return o.e.Author }

// Kind returns what the entry is said to be.
func (o Opened) Kind() string { return o.e.Kind }

// Verify returns the entry if pub, which must be the public key of o.Author()
// as the directory has it, signed it.
func (o Opened) Verify(pub ed25519.PublicKey) (Entry, error) {
	if len(pub) != ed25519.PublicKeySize || !ed25519.Verify(pub, signedBytes(o.rec, o.content), o.sig) {
		return Entry{}, fault.New(fault.Damaged, "ledger.bad_signature")
	}
	return o.e, nil
}

// Followed returns the entry without checking who signed it. Use it only for an
// entry whose signature was checked when it was first followed, and whose leaf
// is under a root known since: a rebuild.
func (o Opened) Followed() Entry { return o.e }

// parseInner reads the inner bytes of r, with their padding if r is sealed.
func parseInner(r Record, b []byte) (Opened, error) {
	total := len(b)
	o := Opened{rec: r}
	o.rec.Payload = nil
	o.e = Entry{ID: r.ID, Stream: r.Stream, Key: r.Key}
	sig, ok := take(&b, ed25519.SignatureSize)
	start := b
	author, ok1 := take(&b, 16)
	ms, ok2 := take(&b, 8)
	n, ok3 := take(&b, 1)
	if !ok || !ok1 || !ok2 || !ok3 || n[0] > MaxAfter {
		return Opened{}, errRecord("content")
	}
	o.sig, o.e.Author = sig, ID(author)
	o.e.Time = time.UnixMilli(int64(binary.BigEndian.Uint64(ms))).UTC()
	for range n[0] {
		id, ok := take(&b, 16)
		if !ok {
			return Opened{}, errRecord("content")
		}
		o.e.After = append(o.e.After, ID(id))
	}
	n, ok = take(&b, 1)
	if !ok || n[0] == 0 || n[0] > maxKind {
		return Opened{}, errRecord("content")
	}
	kind, ok := take(&b, int(n[0]))
	size, ok1 := take(&b, 4)
	if !ok || !ok1 || binary.BigEndian.Uint32(size) > MaxPayload {
		return Opened{}, errRecord("content")
	}
	body, ok := take(&b, int(binary.BigEndian.Uint32(size)))
	if !ok {
		return Opened{}, errRecord("content")
	}
	o.e.Kind, o.e.Body = string(kind), body
	o.content = start[:len(start)-len(b)]
	want := total - len(b)
	if r.Mode == ModeSealed {
		want = Pad(want)
	}
	if total != want || !zero(b) {
		return Opened{}, errRecord("padding")
	}
	return o, nil
}

func take(b *[]byte, n int) ([]byte, bool) {
	if len(*b) < n {
		return nil, false
	}
	head := (*b)[:n:n]
	*b = (*b)[n:]
	return head, true
}

func zero(b []byte) bool {
	var x byte
	for _, c := range b {
		x |= c
	}
	return x == 0
}

// errRecord says which part of a record is not as the format wants it.
func errRecord(part string) error {
	return fault.Wrap(errors.New("ledger: malformed "+part), fault.Damaged, "ledger.damaged")
}
