package habeas

import (
	"context"
	"log/slog"
	"time"

	"habeas/internal/store"
)

// checkFilesEvery is how often the sealed files are read to their end.
const checkFilesEvery = 24 * time.Hour

// A FilesCheck is what the last check of all sealed files found.
type FilesCheck struct {
	store.BlobCheck
	At time.Time // zero before the first
}

// CheckFiles reads every sealed file to its end, once a day, and compares it with the
// hash it is kept under. It opens none, and can be done while everybody is locked
// out. Missing and changed files go to the log, by their number, and to the page of
// audits.
func (d *Desk) CheckFiles(ctx context.Context) error {
	d.mu.Lock()
	due := d.files.At.IsZero() || d.now().Sub(d.files.At) >= checkFilesEvery
	d.mu.Unlock()
	if !due || !d.reading.TryLock() {
		return nil
	}
	defer d.reading.Unlock()
	c, err := d.db.CheckBlobs(ctx)
	if err != nil {
		return err
	}
	if c.Bad() {
		d.cfg.Log.LogAttrs(ctx, slog.LevelError, "sealed files are missing or changed", slog.Int("missing", c.Missing), slog.Int("changed", c.Changed))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files = FilesCheck{c, d.now()}
	return nil
}

// FilesChecked returns what the last check of all sealed files found, to keepers and
// auditors.
func (d *Desk) FilesChecked(by Actor) (FilesCheck, error) {
	if err := d.may(by, audit); err != nil {
		return FilesCheck{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.files, nil
}
