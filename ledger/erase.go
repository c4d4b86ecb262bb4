package ledger

import "slices"

// Kinds of notice about erasure. They are in clear, in the stream of the case, so
// that a server that holds no key can finish an erasure that was cut short, and
// so that whoever verifies without a key can tell what was erased from what is
// missing.
const (
	KindErase  = "erase"  // Erase
	KindErased = "erased" // Erased
)

// A Why says why source keys are destroyed.
type Why string

// Reasons for an erasure.
const (
	Withdrawn Why = "withdrawn" // the source took it back
	Ordered   Why = "ordered"   // a court or a law wants it
	Spam      Why = "spam"      // it should never have been taken in
	Mistaken  Why = "mistaken"  // it was brought in by mistake, such as with a wrong file
	Ended     Why = "ended"     // the time it was to be kept is over
	Resealed  Why = "resealed"  // a name was left in it; what it says was written anew
)

// Reasons returns every reason there is.
func Reasons() []Why { return []Why{Withdrawn, Ordered, Spam, Mistaken, Ended, Resealed} }

// MaxErase is how many keys one notice can name.
const MaxErase = 64

// An Erase says that source keys of a case are to be destroyed, and with them
// every entry before it in the case that is sealed under one of them. Any member
// may sign one. It is never taken back: from here on the payloads may be gone.
type Erase struct {
	Keys []ID `json:"keys"` // source keys, sorted, each once
	Why  Why  `json:"why"`
}

// An Erased says that all that an Erase announced was done. A node may sign one,
// for a server that was stopped in between finishes on its own.
type Erased struct {
	Of ID `json:"of"` // the entry of the Erase
}

func (Erase) kind() string  { return KindErase }
func (Erased) kind() string { return KindErased }

func (e Erase) valid() bool {
	increasing := func(a, b ID) bool { return slices.Compare(a[:], b[:]) < 0 }
	for i, k := range e.Keys {
		if k.IsZero() || i > 0 && !increasing(e.Keys[i-1], k) {
			return false
		}
	}
	return 0 < len(e.Keys) && len(e.Keys) <= MaxErase && slices.Contains(Reasons(), e.Why)
}

func (e Erased) valid() bool { return !e.Of.IsZero() }

// NewErase returns notices that name keys, in any order, as many as it takes.
func NewErase(why Why, keys ...ID) []Erase {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b ID) int { return slices.Compare(a[:], b[:]) })
	var out []Erase
	for part := range slices.Chunk(slices.Compact(keys), MaxErase) {
		out = append(out, Erase{Keys: part, Why: why})
	}
	return out
}

// SealedUnder returns the IDs of the sealing keys that are made of the source keys
// of e and one of the given holders, the generations of the case.
func (e Erase) SealedUnder(holders []ID) []ID {
	var ids []ID
	for _, k := range e.Keys {
		for _, h := range holders {
			ids = append(ids, KeyID(k, h))
		}
	}
	return ids
}

// ReadErase reads an entry of [KindErase], already verified.
func ReadErase(e Entry) (Erase, error) { return readAs[Erase](e) }

// ReadErased reads an entry of [KindErased], already verified.
func ReadErased(e Entry) (Erased, error) { return readAs[Erased](e) }

func readAs[T Notice](e Entry) (T, error) {
	var none T
	if e.Kind != none.kind() {
		return none, errRecord("kind")
	}
	n, err := readBody[T](Opened{e: e})
	if err != nil {
		return none, err
	}
	return n.(T), nil
}

// aboutErasure reports whether o is of a kind that the directory keeps nothing
// of: it says nothing of who is who.
func aboutErasure(o Opened) bool { return o.e.Kind == KindErase || o.e.Kind == KindErased }
