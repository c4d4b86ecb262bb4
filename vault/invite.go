package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"habeas/fault"
)

// An invitation record is: version 2, the day until which it opens (4 bytes, big
// endian, days since 1970), nonce (12), and the holder's seed
// under AES-256-GCM (48). It stands where login records stand, under a hash that
// no handle has. A locked server reads the day, and throws away what is past it.
const (
	inviteVersion = 2
	inviteHead    = 1 + 4
	inviteLen     = inviteHead + 12 + 32 + 16
)

const day = 24 * time.Hour

// Invitation returns what an invitation code is stored as. The code is one that
// nobody can guess, as package paper makes them; it is not stretched.
func (p Pepper) Invitation(code Text) []byte {
	m := hmac.New(sha256.New, p.Bytes())
	m.Write([]byte("habeas invitation v1\n" + code.Reveal()))
	return m.Sum(nil)
}

// NewInvitation seals a new member's seed under a code until the end of a day.
func (p Pepper) NewInvitation(code Text, until time.Time, seed Seed) ([]byte, error) {
	b := make([]byte, inviteHead, inviteLen)
	b[0] = inviteVersion
	binary.BigEndian.PutUint32(b[1:], uint32(until.UTC().Unix()/int64(day/time.Second)))
	aead, err := p.inviteCipher(code)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, 12)
	rand.Read(nonce)
	return aead.Seal(append(b, nonce...), nonce, (*seed.p)[:], append(p.Invitation(code), b...)), nil
}

// ReadInvitation returns the last moment at which an invitation record opens, if
// record is one.
func ReadInvitation(record []byte) (until time.Time, ok bool) {
	if len(record) != inviteLen || record[0] != inviteVersion {
		return time.Time{}, false
	}
	last := int64(binary.BigEndian.Uint32(record[1:])) + 1
	return time.Unix(last*int64(day/time.Second), 0).UTC().Add(-time.Second), true
}

// OpenInvitation opens an invitation record. A code that does not open it is the
// fault "invite.wrong", one that is too late is "invite.late".
func (p Pepper) OpenInvitation(code Text, record []byte, now time.Time) (Seed, error) {
	until, ok := ReadInvitation(record)
	if !ok {
		return Seed{}, fault.New(fault.Invalid, "invite.wrong")
	}
	aead, err := p.inviteCipher(code)
	if err != nil {
		return Seed{}, err
	}
	nonce := record[inviteHead : inviteHead+12]
	seed, err := aead.Open(nil, nonce, record[inviteHead+12:], append(p.Invitation(code), record[:inviteHead]...))
	if err != nil {
		return Seed{}, fault.New(fault.Invalid, "invite.wrong")
	}
	defer clear(seed)
	if now.After(until) {
		return Seed{}, fault.New(fault.Invalid, "invite.late")
	}
	return SeedFrom(seed)
}

func (p Pepper) inviteCipher(code Text) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, append([]byte(code.Reveal()), p.Bytes()...), nil, "habeas invitation key v1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
