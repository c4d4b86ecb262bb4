package habeas

import (
	"crypto/ed25519"

	"golang.org/x/mod/sumdb/note"

	"habeas/ledger"
)

// afield reports whether this is an installation in the field. It may not be called
// while d.mu is held.
func (d *Desk) afield() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.isField()
}

func (d *Desk) isField() bool {
	if d.dir == nil {
		return false
	}
	h, ok := d.dir.Holder(d.self)
	return ok && h.Use == ledger.UseField
}

// origin returns the name of the log: that of the office, or of this installation in
// the field.
func (d *Desk) origin() string {
	if d.afield() {
		return ledger.FieldOrigin(d.root, d.self)
	}
	return ledger.Origin(d.root)
}

// loggers returns who signs checkpoints of this log: the nodes of the office, or this
// installation in the field alone.
func (d *Desk) loggers() []ledger.Holder {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.isField() {
		h, _ := d.dir.Holder(d.self)
		return []ledger.Holder{h}
	}
	return d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseNode })
}

// Verifiers returns who may sign checkpoints: the nodes that the directory
// knows.
func (d *Desk) Verifiers() (note.Verifiers, error) {
	var keys []ed25519.PublicKey
	for _, h := range d.loggers() {
		keys = append(keys, h.Sign)
	}
	return ledger.NoteVerifiers(d.origin(), keys...)
}
