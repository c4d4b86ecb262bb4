package habeas

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/internal/view"
	"habeas/internal/whole"
)

// A shared log may go back behind what a node has followed: a replica that lagged took
// the place of the server, or somebody put an older copy in place. Then the node writes
// nothing and follows nothing any more. It goes on showing what its views hold, which may
// be all that is left of what is missing, and keepers read what happened.

// astray reports whether the shared log is no longer the one that this node followed, or
// does not verify.
func (d *Desk) astray() bool {
	return d.db.Shared() && fault.KindOf(d.db.Damage()) == fault.Damaged
}

// goAstray ends writing and following: seen entries were followed, and there are others,
// of which there are so many.
func (d *Desk) goAstray(seen, there int64) {
	d.db.Distrust(fault.New(fault.Damaged, "ledger.rolled_back", fault.Count(seen), fault.Count(there)))
	d.cfg.Log.LogAttrs(context.Background(), slog.LevelError, "the log is older than what was followed of it, or another: nothing is written any more")
}

// stillGoesOn looks whether the log begins with what it was when this was last called,
// which is in last.
func (d *Desk) stillGoesOn(ctx context.Context, last *trust) error {
	size := d.caught.Load()
	if size == last.size || d.astray() {
		return nil
	}
	if last.size > 0 {
		root, err := tlog.TreeHash(last.size, d.db.Hashes(ctx))
		if err != nil {
			return err
		}
		if root != last.root {
			d.goAstray(last.size, size)
			return nil
		}
	}
	root, err := tlog.TreeHash(size, d.db.Hashes(ctx))
	if err == nil {
		*last = trust{size, root}
	}
	return err
}

// caughtFile says, among the views of a node that was closed, how much of the log they
// may have followed.
const caughtFile = "caught"

func (d *Desk) caughtPath() string { return filepath.Join(d.cfg.Dir, viewsDir, caughtFile) }

// readCaught returns what that file says; ok is false if it is not there.
func (d *Desk) readCaught() (n int64, ok bool) {
	b, err := os.ReadFile(d.caughtPath())
	if err != nil {
		return 0, false
	}
	n, err = strconv.ParseInt(string(b), 10, 64)
	return n, err == nil && n >= 0
}

// joinNodes has this node begin where it was closed. If it was not, its views may have
// followed what they must not hold, and are removed. If the log is shorter than what was
// followed, nothing is touched.
func (d *Desk) joinNodes() error {
	if !d.db.Shared() {
		return nil
	}
	size, err := d.db.Size(context.Background())
	if err != nil {
		return err
	}
	n, closed := d.readCaught()
	if closed && n > size {
		d.caught.Store(n)
		d.goAstray(n, size)
		return nil
	}
	if !d.writer {
		return nil
	}
	if closed {
		d.caught.Store(n)
		return errors.Join(os.Remove(d.caughtPath()), whole.SyncDir(filepath.Dir(d.caughtPath())))
	}
	return d.dropAllViews()
}

func (d *Desk) dropAllViews() error {
	views, err := filepath.Glob(filepath.Join(d.cfg.Dir, viewsDir, "*.db"))
	for _, v := range views {
		err = errors.Join(err, view.Remove(v))
	}
	return err
}

// leaveNodes notes how far this node has come. Its views are closed.
func (d *Desk) leaveNodes() error {
	if !d.db.Shared() || !d.writer {
		return nil
	}
	return whole.Write(d.caughtPath(), strconv.AppendInt(nil, d.caught.Load(), 10))
}

// AcceptLoss has the office go on from the log that is there, although this machine has
// seen a longer one: somebody put an older backup in place on purpose, or a replica that
// lagged. It returns how many entries had been seen and how many there are. If the log is
// not shorter or another, the fault is of kind Conflict, and nothing was changed. With
// nodes it is for each of them, and views that show what is missing are folded anew.
func AcceptLoss(ctx context.Context, cfg Config) (seen, there int64, err error) {
	d, err := OpenReadOnly(cfg)
	if err != nil {
		return 0, 0, err
	}
	defer d.Close()
	if e, ok := errors.AsType[*fault.Error](d.db.Damage()); !ok || e.Key() != "ledger.rolled_back" {
		return 0, 0, fault.New(fault.Conflict, "ledger.not_rolled_back")
	}
	if there, err = d.db.Size(ctx); err != nil {
		return 0, 0, err
	}
	seen = max(d.sighted, d.caught.Load())
	for _, path := range []string{d.cfg.seenPath(), d.caughtPath()} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, 0, err
		}
	}
	return seen, there, nil
}
