package view

import (
	"crypto/hkdf"
	"crypto/sha256"

	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // the cipher below
)

// The pages of a view are encrypted by a layer under the engine. It writes whole
// blocks of this many bytes.
const (
	cipher = "adiantum"
	block  = 4096
)

// pageKey returns the key of the cipher.
func pageKey(key [32]byte) []byte {
	b, err := hkdf.Expand(sha256.New, key[:], "habeas view pages v1", 32)
	if err != nil {
		panic(err) // unreachable: the length is allowed
	}
	return b
}
