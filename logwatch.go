package habeas

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"log/slog"
	"time"

	"golang.org/x/mod/sumdb/note"

	"habeas/ledger"
)

// A LogWatch says who signed what the log was: witnesses, who sign that it only grew,
// and authorities, who sign when they saw it.
type LogWatch struct {
	Size        int64 // entries now
	Witnesses   []LogSigner
	Authorities []LogSigner
	SetAside    int // files that looked like checkpoints of this office, and were not signed by it
}

// A LogSigner is somebody who is asked to sign the log.
type LogSigner struct {
	Name  string
	Size  int64     // of the largest log that it signed; 0 if none
	At    time.Time // when it signed that, as it says
	Until time.Time // of an authority: when the certificate of its token ends
	Seen  int64     // of a witness that refused, because it saw another log: how many entries that had; otherwise 0
	Asked time.Time // when it refused
}

// Refused reports whether a witness saw another log than the one there is.
func (w LogWatch) Refused() bool {
	for _, s := range w.Witnesses {
		if s.Seen > 0 {
			return true
		}
	}
	return false
}

// LogWatched returns who signed the log, to keepers. asked is false if nobody is
// asked to.
func (d *Desk) LogWatched(ctx context.Context, by Actor) (w LogWatch, asked bool, err error) {
	if err := d.may(by, manage); err != nil {
		return w, false, err
	}
	if d.cfg.Watch == nil {
		return LogWatch{SetAside: d.aside}, false, nil
	}
	w, err = d.cfg.Watch(ctx)
	w.SetAside = d.aside
	return w, true, err
}

// checkAnchors passes over what lies among the things that others signed and was not
// signed by this office: otherwise whoever can write there could have nothing written
// any more.
func (d *Desk) checkAnchors() error {
	known, err := d.ours()
	if err != nil {
		return err
	}
	if d.aside, err = d.db.CheckAnchors(context.Background(), known); err == nil && d.aside > 0 {
		d.cfg.Log.LogAttrs(context.Background(), slog.LevelError, "files in anchors are not signed by this office, and do not count", slog.Int("files", d.aside))
	}
	return err
}

// ours returns who may have signed checkpoints of this office: this node, even if a log
// that was put back does not know it, and those that the directory knows.
func (d *Desk) ours() (note.Verifiers, error) {
	mine := d.node.Public(ledger.UseNode).Sign
	keys := []ed25519.PublicKey{mine}
	for _, h := range d.loggers() {
		if !bytes.Equal(mine, h.Sign) {
			keys = append(keys, h.Sign)
		}
	}
	return ledger.NoteVerifiers(d.origin(), keys...)
}
