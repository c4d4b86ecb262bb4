package vault

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Text is plaintext that must not be printed, logged or encoded by accident.
//
// The words sit behind a pointer because fmt prints the unexported fields of an
// enclosing struct without calling their methods.
type Text struct{ p *string }

// NewText wraps s.
func NewText(s string) Text { return Text{&s} }

const mask = "[sealed]"

var errSealed = errors.New("vault: sealed text cannot be encoded")

// Reveal returns the words. Every use is a place where a name may come out:
// there are few, and a reviewer looks at each.
func (t Text) Reveal() string {
	if t.p == nil {
		return ""
	}
	return *t.p
}

// Empty reports whether there is nothing in t.
func (t Text) Empty() bool { return t.p == nil || *t.p == "" }

// String returns a mask.
func (Text) String() string { return mask }

// Format writes a mask, whatever the verb.
func (Text) Format(f fmt.State, _ rune) { io.WriteString(f, mask) }

// LogValue returns a mask.
func (Text) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText fails, and with it JSON and XML.
func (Text) MarshalText() ([]byte, error) { return nil, errSealed }

// MarshalBinary fails, and with it gob.
func (Text) MarshalBinary() ([]byte, error) { return nil, errSealed }
