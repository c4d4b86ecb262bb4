package claim

import (
	"crypto/rand"
	"encoding/base32"
	"strings"

	"habeas/fault"
)

// A Ref points at something a case speaks of. It is a letter for what it is, a
// colon, and 80 random bits: "p:3f7q…". It tells nothing else, and never
// changes.
type Ref string

// What a Ref may point at.
const (
	RefPerson    = 'p' // a person, or a group of people counted together
	RefEvent     = 'e'
	RefPlace     = 'l'
	RefUnit      = 'u' // a force, unit, body or authority
	RefSource    = 's'
	RefStatement = 't'
	RefDossier   = 'd'
	RefExhibit   = 'x' // a file given with a statement
	RefAppeal    = 'a' // a letter to an authority
)

var refBits = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// NewRef returns a random reference to a thing of kind k.
func NewRef(k byte) Ref {
	var b [10]byte
	rand.Read(b[:])
	return Ref(string(k) + ":" + refBits.EncodeToString(b[:]))
}

// ParseRef reads what NewRef made.
func ParseRef(s string) (Ref, error) {
	if len(s) == 18 && s[1] == ':' && strings.IndexByte("pelustdxa", s[0]) >= 0 {
		if b, err := refBits.DecodeString(s[2:]); err == nil && refBits.EncodeToString(b) == s[2:] {
			return Ref(s), nil
		}
	}
	return "", fault.New(fault.Invalid, "claim.bad_ref")
}

// Kind returns the letter that says what r points at, or 0 if r is empty.
func (r Ref) Kind() byte {
	if r == "" {
		return 0
	}
	return r[0]
}
