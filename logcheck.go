package habeas

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"habeas/fault"
	"habeas/internal/whole"
	"habeas/ledger"
)

// howFarFile says how far the log was checked. It saves time, and proves nothing:
// who can change the log can change this file too. [Verify] does not look at it.
const howFarFile = "checked.json"

// How the log is checked while a server runs: what is new each day and at the start,
// and of what is old a part each day, so that a disk that loses a bit is noticed
// within the month.
const (
	checkLogEvery = 24 * time.Hour
	checkLogDays  = 30
	checkLogSpan  = 4096 // entries that are read at once
)

// A LogCheck is what the last check of the log found.
type LogCheck struct {
	At      time.Time    // zero before the first since the office was opened
	Entries int64        // from the first on, each checked at least once
	Bad     *fault.Error // why it does not verify, or nil
}

// howFar is the file.
type howFar struct {
	Size  int64     `json:"size"`  // entries from the first on, each checked at least once
	Root  string    `json:"root"`  // of these, in hexadecimal
	Again int64     `json:"again"` // the next of the old ones to be read again
	Day   time.Time `json:"day"`   // on which old ones were read again
}

// CheckLog checks what is new in the log, and once a day some of what is old: the
// digest of each entry, the tree over them, who signed each checkpoint, and who
// signed each entry in clear. It opens nothing that is sealed; that is checked when
// somebody reads it, and by [VerifyAs]. If the hashes or the checkpoints do not
// verify, nothing is written any more. A log that is smaller than it was, or another, is told to
// keepers: somebody may have put an older copy back, who has to remove the file
// checked.json then.
func (d *Desk) CheckLog(ctx context.Context) error {
	if !d.checking.TryLock() {
		return nil
	}
	defer d.checking.Unlock()
	d.mu.Lock()
	due := d.logCheck.At.IsZero() || d.now().Sub(d.logCheck.At) >= checkLogEvery
	d.mu.Unlock()
	if !due {
		return nil
	}
	at, err := d.checkLog(ctx)
	bad, damaged := errors.AsType[*fault.Error](err)
	if damaged = damaged && bad.Kind() == fault.Damaged; err != nil && !damaged {
		return err
	}
	if damaged {
		d.cfg.Log.LogAttrs(ctx, slog.LevelError, "the log does not verify", slog.String("fault", bad.Key()))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.logCheck = LogCheck{At: d.now(), Entries: at.Size, Bad: bad}
	return nil
}

// checkLog returns how far the log is checked now.
func (d *Desk) checkLog(ctx context.Context) (at howFar, err error) {
	file := filepath.Join(d.cfg.Dir, howFarFile)
	if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &at) != nil {
		at = howFar{} // whatever it was, all is checked anew
	}
	n, err := d.db.Size(ctx)
	if err != nil {
		return at, err
	}
	if at.Size < 0 || at.Again < 0 || at.Again > at.Size {
		at = howFar{}
	}
	if at.Size > n {
		return at, fault.New(fault.Damaged, "ledger.rewritten", fault.Count(at.Size))
	}
	if root, err := d.db.RootAt(ctx, at.Size); at.Size > 0 && (err != nil || hex.EncodeToString(root[:]) != at.Root) {
		return at, errors.Join(err, fault.New(fault.Damaged, "ledger.rewritten", fault.Count(at.Size)))
	}
	if d.now().Sub(at.Day) >= checkLogEvery && at.Size > 0 {
		if at.Again == at.Size {
			at.Again = 0
		}
		if at.Again, err = d.checkSpan(ctx, at.Again, min(at.Size, at.Again+at.Size/checkLogDays+1), nil); err != nil {
			return at, err
		}
		at.Day = d.now()
	}
	if at.Day.IsZero() {
		at.Day = d.now()
	}
	if at.Size, err = d.checkSpan(ctx, at.Size, n, &at.Root); err != nil {
		return at, err
	}
	return at, d.keepChecked(file, at)
}

// checkSpan checks entries from one number up to another, and returns how far it
// came. root, unless nil, becomes that of all entries up to there.
func (d *Desk) checkSpan(ctx context.Context, from, to int64, root *string) (int64, error) {
	known, err := d.Verifiers()
	if err != nil {
		return from, err
	}
	for from < to {
		if err := ctx.Err(); err != nil {
			return from, err
		}
		rep, err := d.db.VerifySpan(ctx, from, min(checkLogSpan, to-from), known)
		if bad, ok := errors.AsType[*fault.Error](err); ok && bad.Kind() == fault.Damaged {
			d.db.Distrust(bad)
		}
		if err != nil {
			return from, err
		}
		if err := d.checkAuthors(ctx, from, from+rep.Entries); err != nil {
			return from, err
		}
		from += rep.Entries
		if root != nil {
			*root = hex.EncodeToString(rep.Root[:])
		}
	}
	return from, nil
}

// checkAuthors checks who signed the entries in clear of a span. Somebody may be in
// the log for a moment before this process knows them, so it asks twice.
func (d *Desk) checkAuthors(ctx context.Context, from, to int64) error {
	err := d.authorsOf(ctx, from, to)
	if fault.KindOf(err) != fault.Damaged {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return d.authorsOf(ctx, from, to)
	}
}

func (d *Desk) authorsOf(ctx context.Context, from, to int64) error {
	for n, err := range d.db.Since(ctx, from-1) {
		if err != nil {
			return err
		}
		if n.Number >= to {
			return nil
		}
		if n.Record.Mode != ledger.ModeClear {
			continue
		}
		if err := d.verifyAuthor(ctx, nil, n, &Verification{}); err != nil {
			return err
		}
	}
	return nil
}

// keepChecked writes the file, whole or not at all. Only what is on the disk counts
// as checked: after a crash the file never speaks of entries that are gone.
func (d *Desk) keepChecked(file string, at howFar) error {
	b, err := json.Marshal(at)
	if err != nil {
		return err
	}
	return whole.Write(file, append(b, '\n'))
}

// LogChecked returns what the last check of the log found, to keepers and auditors.
func (d *Desk) LogChecked(by Actor) (LogCheck, error) {
	if err := d.may(by, audit); err != nil {
		return LogCheck{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.logCheck, nil
}
