// Package pdf reads and writes files of PDF (ISO 32000-1): their objects, the
// tables that say where those are, and how streams are packed. It knows nothing of
// pages, fonts or pictures.
//
// It reads as viewers do: a table that is wrong is made up for by looking through
// the file, and what an earlier revision said is not seen. Who has to know all that
// is in a file must not use it; who writes anew what a file shows may.
package pdf

import "errors"

// Why a file can't be read.
var (
	ErrBroken    = errors.New("pdf: no file of PDF that can be read")
	ErrEncrypted = errors.New("pdf: encrypted")
	ErrLarge     = errors.New("pdf: larger than its limits")
)

// Objects (ISO 32000-1, 7.3) are nil, bool, float64, String, Name, []any, Dict, Ref
// and *Stream. Words outside of them, such as operators, are Word.
type (
	String string // its bytes
	Name   string // without its solidus, unescaped
	Word   string
	Dict   map[Name]any
	Ref    int // the number of an object
)

// A Stream is a dictionary with bytes behind it.
type Stream struct {
	Dict Dict
	Raw  []byte // as packed
}

// mostNesting is how deep arrays and dictionaries may lie in each other.
const mostNesting = 64
