package vault

import (
	"crypto/hkdf"
	"crypto/sha256"

	"habeas/ledger"
)

// A CheckKey is what a circle's name hashes are under where others' releases are
// looked through for them. It is made of a secret that is wrapped to the circle
// and to those who may release, and of the pepper: so whoever has their keys and
// a copy of the disk opens nothing without what the server has besides.
type CheckKey struct {
	ID      ledger.ID  // hash of the secret alone, so that a wrap of another one is seen to be
	Entries ledger.Key // seals the entries
	Alias   [32]byte   // key of what stands for a person there
}

// CheckKey returns the key that is made of a secret of 32 bytes.
func (p Pepper) CheckKey(secret []byte) CheckKey {
	h := sha256.Sum256(append([]byte("habeas shared check v1"), secret...))
	k := CheckKey{ID: ledger.ID(h[:16])}
	ikm := append(append([]byte{}, secret...), p.Bytes()...)
	defer clear(ikm)
	derive := func(label string) []byte {
		b, err := hkdf.Key(sha256.New, ikm, nil, label, 32)
		if err != nil {
			panic(err) // unreachable: the length is allowed
		}
		return b
	}
	k.Entries = ledger.NewKey(k.ID, derive("habeas shared check entries v1"))
	k.Alias = [32]byte(derive("habeas shared check alias v1"))
	return k
}
