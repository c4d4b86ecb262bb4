package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"habeas/fault"
)

// A Pepper is 32 random bytes kept outside the data directory and its backups.
// Without it a stolen database gives nothing to guess passphrases against.
type Pepper struct{ seed Seed }

// NewPepper returns a random pepper.
func NewPepper() Pepper { return Pepper{NewSeed()} }

// PepperFrom returns the pepper with the given 32 bytes, which are not all zero.
func PepperFrom(b []byte) (Pepper, error) {
	s, err := SeedFrom(b)
	return Pepper{s}, err
}

// Bytes returns a copy of the pepper.
func (p Pepper) Bytes() []byte { return p.seed.Bytes() }

// Cost is the cost of turning a passphrase into a key: Argon2id with one lane.
type Cost struct {
	Time   uint32 // passes
	Memory uint32 // KiB
}

// DefaultCost takes about 0.4 s of one core and 128 MiB.
var DefaultCost = Cost{Time: 3, Memory: 128 << 10}

// Limits of a login record. Whoever can write the table of logins can ask for as
// much work as these let them.
const (
	maxPassphrase = 1 << 10 // bytes, as normalised
	maxTime       = 64
	minMemory     = 8 // KiB, below which Argon2 takes more than it says
	maxMemory     = 1 << 20
)

// Handle returns what a login name is stored as.
func (p Pepper) Handle(name string) []byte {
	m := hmac.New(sha256.New, p.Bytes())
	m.Write([]byte("habeas handle v1\n" + strings.ToLower(norm.NFKC.String(strings.TrimSpace(name)))))
	return m.Sum(nil)
}

// Device returns what a browser's token is stored as, for a login name whose
// Handle is given: it says neither which browser nor whose.
func (p Pepper) Device(token string, handle []byte) []byte {
	m := hmac.New(sha256.New, p.Bytes())
	m.Write([]byte("habeas device v1\n"))
	m.Write(handle)
	m.Write([]byte(token))
	return m.Sum(nil)
}

// CostOf returns the cost a login record was made at.
func CostOf(record []byte) (Cost, bool) {
	if len(record) != loginLen || record[0] != 1 {
		return Cost{}, false
	}
	return Cost{binary.BigEndian.Uint32(record[1:]), binary.BigEndian.Uint32(record[5:])}, true
}

// A login record is: version 1, time and memory (4 bytes each, big endian), salt
// (16), nonce (12), and the member's seed under AES-256-GCM (48).
const (
	loginHead = 1 + 4 + 4 + 16
	loginLen  = loginHead + 12 + 32 + 16
)

// NewLogin seals a member's seed under a passphrase, however it was typed: it is
// normalised (NFKC). One of more than 1 KiB is the fault "login.too_long".
func (p Pepper) NewLogin(handle string, passphrase Text, cost Cost, seed Seed) ([]byte, error) {
	b := make([]byte, loginHead, loginLen)
	b[0] = 1
	binary.BigEndian.PutUint32(b[1:], cost.Time)
	binary.BigEndian.PutUint32(b[5:], cost.Memory)
	rand.Read(b[9:])
	aead, err := p.loginCipher(passphrase, b)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, 12)
	rand.Read(nonce)
	ad := append(p.Handle(handle), b...)
	return aead.Seal(append(b, nonce...), nonce, (*seed.p)[:], ad), nil
}

// OpenLogin opens a login record; that it opens is the login check. A wrong
// passphrase is the fault "login.wrong". With a nil record, for a name that is
// not known, it does the work that cost asks for and fails in the same way; that
// is the same work as long as all records were made at that cost.
func (p Pepper) OpenLogin(handle string, passphrase Text, cost Cost, record []byte) (Seed, error) {
	known := len(record) == loginLen && record[0] == 1
	if !known {
		record = make([]byte, loginLen)
		record[0] = 1
		binary.BigEndian.PutUint32(record[1:], cost.Time)
		binary.BigEndian.PutUint32(record[5:], cost.Memory)
	}
	aead, err := p.loginCipher(passphrase, record[:loginHead])
	if err != nil {
		return Seed{}, err
	}
	ad := append(p.Handle(handle), record[:loginHead]...)
	seed, err := aead.Open(nil, record[loginHead:loginHead+12], record[loginHead+12:], ad)
	if err != nil || !known {
		return Seed{}, fault.New(fault.Invalid, "login.wrong")
	}
	return SeedFrom(seed)
}

// loginCipher runs Argon2id over the passphrase with the cost and salt in head.
func (p Pepper) loginCipher(passphrase Text, head []byte) (cipher.AEAD, error) {
	typed := passphrase.Reveal()
	if len(typed) > 4*maxPassphrase { // composing makes text at most three times shorter
		return nil, fault.New(fault.Invalid, "login.too_long")
	}
	words := norm.NFKC.String(typed)
	if len(words) > maxPassphrase {
		return nil, fault.New(fault.Invalid, "login.too_long")
	}
	time, memory := binary.BigEndian.Uint32(head[1:]), binary.BigEndian.Uint32(head[5:])
	if time == 0 || time > maxTime || memory < minMemory || memory > maxMemory {
		return nil, errors.New("vault: cost of a login record out of range")
	}
	slow := argon2.IDKey([]byte(words), head[9:25], time, memory, 1, 32)
	key, err := hkdf.Key(sha256.New, append(slow, p.Bytes()...), nil, "habeas login v1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
