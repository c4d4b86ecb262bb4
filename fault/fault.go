// Package fault holds the errors a person may read.
//
// A fault carries a kind, a catalogue key and arguments, none of which can hold
// free text: the parameter types of [New], [Wrap] and [Field] are unexported
// string types, so only a constant written in the source converts to them. The
// cause is for the operator's log alone, and the log prints only its type.
package fault

import (
	"errors"
	"time"
)

// A Kind says what the caller can do about a fault.
type Kind uint8

// Kinds of fault. Do not reorder.
const (
	Internal  Kind = iota // nothing the person can do
	Invalid               // correct the input and send it again
	NotFound              // there is nothing here, or nothing you may know of
	Conflict              // someone else wrote first; read again
	Forbidden             // you may not do this
	Locked                // log in (again) first
	Withheld              // the gate, or the desk's name check, refused
	Damaged               // what is stored does not verify
	Busy                  // too much at once; wait and try again
)

// These hold constants only, because no other package can name them.
type (
	key   string
	field string
)

// An Arg is a value a message may mention. Its set is closed on purpose: there
// is no Arg that holds text a person typed.
type Arg interface{ arg() }

// Args that messages may carry.
type (
	Count int       // a number of things, of bytes or a position
	Day   time.Time // a date
	named struct{ name string }
)

func (Count) arg() {}
func (Day) arg()   {}
func (named) arg() {}

// Field names a form field or an option. The name is a constant and is itself
// a catalogue key below "field.".
func Field(name field) Arg { return named{string(name)} }

// FieldName returns the name given to [Field], or "" for any other Arg.
func FieldName(a Arg) string {
	n, _ := a.(named)
	return n.name
}

// Error is a fault. The zero Error is an internal fault.
type Error struct {
	kind Kind
	key  string
	args []Arg
	err  error
}

// New returns a fault whose words are found in the catalogue under k.
func New(kind Kind, k key, args ...Arg) *Error {
	return &Error{kind: kind, key: string(k), args: args}
}

// Wrap is New with a cause. The cause is never shown to a person.
func Wrap(err error, kind Kind, k key, args ...Arg) *Error {
	return &Error{kind: kind, key: string(k), args: args, err: err}
}

// Key returns the catalogue key, such as "claim.source_required".
func (e *Error) Key() string {
	if e.key == "" {
		return "internal"
	}
	return e.key
}

// Args returns what the message may mention.
func (e *Error) Args() []Arg { return e.args }

// Kind returns the kind of e.
func (e *Error) Kind() Kind { return e.kind }

// Error returns the key: it is for logs and tests, not for people.
func (e *Error) Error() string { return e.Key() }

// Unwrap returns the cause, if any.
func (e *Error) Unwrap() error { return e.err }

// KindOf returns the kind of err, or Internal if it is not a fault.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.kind
	}
	return Internal
}
