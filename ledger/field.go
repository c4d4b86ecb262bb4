package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
)

// An installation in the field keeps a log of its own: other numbers, other checkpoints.
// So that nobody takes one for a fork of the other, and who seizes a laptop can't sign
// for the office, its log has another name, which its key alone signs.

// FieldOrigin returns the name of the log of an installation in the field.
func FieldOrigin(root, node ID) string { return Origin(root) + "/" + node.String() }

// Signers returns who may sign checkpoints of which log: nodes that of the office, and
// each installation in the field its own.
func (d *Directory) Signers() (note.Verifiers, error) {
	var all several
	var nodes []ed25519.PublicKey
	for _, h := range d.Find(func(h Holder) bool { return h.Use == UseNode || h.Use == UseField }) {
		if h.Use == UseNode {
			nodes = append(nodes, h.Sign)
			continue
		}
		one, err := NoteVerifiers(FieldOrigin(d.root, h.ID), h.Sign)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	of, err := NoteVerifiers(Origin(d.root), nodes...)
	return append(all, of), err
}

// several are lists of verifiers.
type several []note.Verifiers

// Verifier returns who is called name and has a key of that hash.
func (s several) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, list := range s {
		v, err := list.Verifier(name, hash)
		if _, unknown := errors.AsType[*note.UnknownVerifierError](err); !unknown {
			return v, err
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// Moved returns a record of another installation, to be appended here. Of one in clear
// it was checked that it can be read; who signed it is for the caller to find out, and
// of one that is sealed for who can open it. A record that is none is a fault of kind
// Damaged.
func Moved(r Record) (Sealed, error) {
	if !r.modeFits() || r.ID.IsZero() || r.Stream.IsZero() || len(r.Payload) > MaxPayload {
		return Sealed{}, errRecord("header")
	}
	if r.Mode == ModeClear {
		if _, err := OpenClear(r); err != nil {
			return Sealed{}, err
		}
	} else if len(r.Payload) < sha256.Size {
		return Sealed{}, fault.New(fault.Damaged, "ledger.damaged")
	}
	return Sealed{r}, nil
}

// TakenBack returns which key was taken back from whom, if that is what a notice says.
// Who signed it is not checked.
func TakenBack(o Opened) (key, from ID, ok bool) {
	n, err := readNotice(o)
	r, ok := n.(Revoke)
	return r.Key, r.From, ok && err == nil
}
