package factor

import (
	"encoding/json"
	"errors"
	"time"
)

// A Kind says what is in a box.
type Kind string

// Kinds.
const (
	KindCode     Kind = "code"     // an app that makes codes
	KindPasskey  Kind = "passkey"  // a key in a device
	KindRecovery Kind = "recovery" // codes on paper
	KindChoice   Kind = "choice"   // no factor: what a member chose for their sessions
)

// Second reports whether a login asks for what is in a box of this kind. Recovery
// codes are only another answer to that question.
func (k Kind) Second() bool { return k == KindCode || k == KindPasskey }

// A Box is one row of what a member has: it is kept sealed to them.
type Box struct {
	Kind   Kind      `json:"kind"`
	Made   time.Time `json:"made"`
	Secret []byte    `json:"secret,omitempty"` // of an app
	Last   int64     `json:"last,omitempty"`   // the newest half minute a code was taken of
	Codes  []string  `json:"codes,omitempty"`  // recovery codes that are not on paper yet
	Hashes [][]byte  `json:"hashes,omitempty"` // of those not used yet
	Key    *Passkey  `json:"key,omitempty"`
	Idle   int       `json:"idle,omitempty"` // minutes without use after which a session ends
}

// Bytes returns a box to be sealed.
func (b Box) Bytes() ([]byte, error) { return json.Marshal(b) }

// ReadBox reads what Bytes returned. It takes nothing from a box that lacks what
// its kind needs: such a one would be a factor that everybody has.
func ReadBox(text []byte) (Box, error) {
	var b Box
	if err := json.Unmarshal(text, &b); err != nil {
		return Box{}, errors.New("factor: a box that cannot be read")
	}
	whole := false
	switch b.Kind {
	case KindCode:
		whole = len(b.Secret) >= 16
	case KindPasskey:
		whole = b.Key != nil && len(b.Key.ID) > 0 && len(b.Key.Public) > 0 && b.Key.Host != ""
	case KindRecovery, KindChoice:
		whole = true
	}
	if !whole {
		return Box{}, errors.New("factor: a box that lacks something")
	}
	return b, nil
}
