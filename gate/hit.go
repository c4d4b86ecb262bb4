package gate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
)

// A Verdict says what a hit means for the document.
type Verdict uint8

// Verdicts, from the mildest.
const (
	Allowed Verdict = iota // may be named here: a public figure, or consent
	Noted                  // a cover name in use, which is also somebody's given name
	Review                 // may be somebody else: a second member decides
	Block                  // names the person: it does not leave
)

// String returns "allowed", "noted", "review" or "block".
func (v Verdict) String() string {
	return [...]string{"allowed", "noted", "review", "block"}[min(v, Block)]
}

// MarshalText encodes v as its String.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// A Hit is a place where a person of the index can be recognised, or where a name
// stands that so many of them bear that they are not told apart. It holds no name.
type Hit struct {
	File    string  `json:"file"`
	InName  bool    `json:"in_name,omitempty"` // it is the name of the file, not what it holds
	Part    string  `json:"part,omitempty"`    // what of the file, such as "word/comments.xml" or "page 3"; "" is the file as given
	Start   int     `json:"start"`             // byte offsets into the file as given, or into what the part holds
	End     int     `json:"end"`
	Person  string  `json:"person"`           // empty if there are People
	People  int     `json:"people,omitempty"` // how many persons it may be, if more than can be told
	Class   string  `json:"class"`            // how the name is written: see package name's classes
	Verdict Verdict `json:"verdict"`

	// ID is the same whenever the same bytes are checked against the same
	// person, or the same number of People, and different as soon as a byte of
	// the file changes.
	ID string `json:"id"`

	order uint32 // in which persons were added
}

// hitID binds h to the bytes it was found in.
func hitID(h Hit, sum [sha256.Size]byte) string {
	b := append([]byte("habeas hit 2\n"), sum[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Start))
	b = binary.BigEndian.AppendUint64(b, uint64(h.End))
	b = binary.BigEndian.AppendUint64(b, uint64(h.People))
	if h.InName {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	for _, s := range []string{h.File, h.Person, h.Class} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	if h.Part != "" {
		b = append(b, h.Part...)
	}
	id := sha256.Sum256(b)
	return hex.EncodeToString(id[:8])
}

// WriteHits writes hits as JSON lines with the keys file, in_name (if true),
// part (if any), start, end, person, people (if any), class, verdict and id.
func WriteHits(w io.Writer, hits []Hit) error {
	enc := json.NewEncoder(w)
	for _, h := range hits {
		if err := enc.Encode(h); err != nil {
			return err
		}
	}
	return nil
}
