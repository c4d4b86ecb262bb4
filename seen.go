package habeas

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"golang.org/x/mod/sumdb/note"

	"habeas/internal/store"
	"habeas/internal/whole"
	"habeas/ledger"
)

// What this machine has seen of the log is the newest checkpoint of it, kept beside the
// pepper: outside the data directory and its backups, so that a directory that is put
// back from yesterday is not put back together with what tells.

// seenFile ends the name of the file; the pepper's comes before.
const seenFile = ".seen"

func (cfg Config) seenPath() string { return cfg.filled().Pepper + seenFile }

// checkSeen compares the log with what this machine has seen of it. A file that this
// office did not sign is passed over, and told of: whoever can put one there can also
// take away the right one.
func (d *Desk) checkSeen(ctx context.Context) error {
	signed, err := os.ReadFile(d.cfg.seenPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	known, err := d.ours()
	if err != nil {
		return err
	}
	cp, err := ledger.OpenCheckpoint(signed, known)
	if err != nil {
		d.cfg.Log.LogAttrs(ctx, slog.LevelError, "what this machine has seen of the log is not signed by this office, and does not count")
		return nil
	}
	d.sighted = cp.Size
	return d.db.CheckSeen(ctx, cp)
}

// keepSeen keeps the newest checkpoint, if it is newer than the one that is kept. That
// it can't be kept is told once, and hinders nothing.
func (d *Desk) keepSeen(ctx context.Context) {
	if !d.mayWrite() {
		return
	}
	d.sighting.Lock()
	defer d.sighting.Unlock()
	signed, size, err := d.db.Checkpoint(ctx)
	if err != nil || size <= d.sighted {
		return
	}
	if err := whole.Write(d.cfg.seenPath(), signed); err != nil {
		if !d.unsighted {
			d.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "what this machine has seen of the log can't be kept beside the pepper")
		}
		d.unsighted = true
		return
	}
	d.sighted, d.unsighted = size, false
}

// fsckSeen names a log that is whole, and shorter than what this machine or others have
// seen of it, or another.
func (d *Desk) fsckSeen(ctx context.Context, known note.Verifiers, survey *Survey, found func(Flaw)) error {
	var kept [][]byte
	if signed, err := os.ReadFile(d.cfg.seenPath()); err == nil {
		kept = append(kept, signed)
	}
	for a, err := range store.AnchorsIn(d.cfg.Dir).All() {
		if err != nil {
			return err
		}
		kept = append(kept, a.Checkpoint)
	}
	damaged := survey.Flaws > 0 // then the tree may be, and what is wrong in it is named
	for _, signed := range kept {
		cp, err := ledger.OpenCheckpoint(signed, known)
		if err != nil {
			continue // not of this office: it does not count when the office is opened either
		}
		if sum, err := d.db.SumOf(ctx, cp.Size); cp.Size <= survey.Entries && (damaged || err == nil && sum == cp.Root) {
			continue
		}
		survey.Flaws++
		found(Flaw{What: store.FlawSeen, Number: cp.Size})
	}
	return ctx.Err()
}
