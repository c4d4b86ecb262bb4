package habeas

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

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
	if err := replaceFile(d.cfg.seenPath(), signed); err != nil {
		if !d.unsighted {
			d.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "what this machine has seen of the log can't be kept beside the pepper")
		}
		d.unsighted = true
		return
	}
	d.sighted, d.unsighted = size, false
}

// replaceFile writes a file that only its owner may read, whole or not at all. Nobody
// else may be writing it. What a process left that was killed, the next one writes over.
func replaceFile(path string, b []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
