package ledger

import (
	"crypto/rand"
	"encoding/hex"

	"habeas/fault"
)

// An ID is 128 random bits, or 128 bits of a hash where a comment says so. It
// names an entry, a stream, a holder or a key, and tells nothing else.
type ID [16]byte

// NewID returns a random ID.
func NewID() (id ID) {
	rand.Read(id[:])
	return id
}

// ParseID reads the 32 lower-case hexadecimal digits that String writes.
func ParseID(s string) (id ID, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(id) || hex.EncodeToString(b) != s {
		return ID{}, fault.New(fault.Invalid, "ledger.bad_id")
	}
	return ID(b), nil
}

// String returns 32 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// IsZero reports whether id is unset.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText implements [encoding.TextMarshaler].
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *ID) UnmarshalText(b []byte) (err error) {
	*id, err = ParseID(string(b))
	return err
}
