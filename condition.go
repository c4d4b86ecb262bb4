package habeas

import (
	"context"
	"errors"
	"time"

	"habeas/fault"
	"habeas/internal/store"
)

// A Condition says how an office fares, for whoever runs its server and for programs
// that watch it. Nothing in it tells that somebody wrote, logged in or recorded
// something, or how much there is.
type Condition struct {
	Writes     bool // what members do can be recorded
	DiskFailed bool // it can't, because the disk failed
	Verifies   bool // the log and the sealed files did when they were last looked at
	Letters    bool // strangers can write
	Files      bool // there is room for files
	Refused    bool // a witness saw another log
	Shared     bool // the log is in a database of several nodes
	Answers    bool // that did when this node last asked it, a moment ago

	LogChecked, FilesChecked time.Time // zero before the first check since the start
}

// Condition returns how the office fares. It reads what is known already, asks how
// much of the disk is free, and opens nothing.
func (d *Desk) Condition(ctx context.Context) Condition {
	damage := d.db.Damage()
	answers := d.answers()
	c := Condition{
		Shared: d.db.Shared(), Answers: answers,
		Writes:     answers && d.mayWrite() && d.roomForText(),
		DiskFailed: d.db.Failed() && fault.KindOf(damage) == fault.Busy,
		Letters:    answers && d.Taking() == nil,
		Files:      d.TakesFiles(),
	}
	d.mu.Lock()
	c.LogChecked, c.FilesChecked = d.logCheck.At, d.files.At
	c.Verifies = fault.KindOf(damage) != fault.Damaged && d.logCheck.Bad == nil && !d.files.Bad()
	d.mu.Unlock()
	if d.cfg.Watch != nil {
		w, err := d.cfg.Watch(ctx)
		c.Refused = err == nil && w.Refused()
	}
	return c
}

// answers reports whether a shared database answered this node, which asks it four times a
// second. Files always do; so does a database that nobody has asked yet.
func (d *Desk) answers() bool {
	last := d.followed.Load()
	return last == nil || time.Since(*last) < mostSilent
}

// mostSilent is how long a database may take to answer.
const mostSilent = 3 * time.Second

// SharedClock returns by how much the clock of this machine is ahead of that of the
// database that an office in dir is in; ok is false if it is in files.
func SharedClock(ctx context.Context, dir string) (ahead time.Duration, ok bool, err error) {
	db, err := store.Open(dir, store.ReadOnly)
	if err != nil {
		return 0, false, err
	}
	ahead, err = db.ClockAhead(ctx)
	return ahead, db.Shared(), errors.Join(err, db.Close())
}

// QuickCheck looks whether the databases in dir can be read from end to end, beside a
// running server. It opens nothing that is sealed; [Verify] looks at what they hold.
func QuickCheck(ctx context.Context, dir string) error {
	db, err := store.Open(dir, store.ReadOnly)
	if err != nil {
		return err
	}
	return errors.Join(db.QuickCheck(ctx), db.Close())
}
