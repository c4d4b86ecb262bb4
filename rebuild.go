package habeas

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"habeas/internal/view"
	"habeas/internal/whole"
)

// Rebuild throws the views of by's circles away and folds them anew. Signatures
// of entries that the old view had followed are not checked again if the leaves
// up to there still have the root it noted.
func (d *Desk) Rebuild(ctx context.Context, by Actor, progress func(done, total int64)) error {
	if err := d.may(by, read); err != nil {
		return err
	}
	for _, c := range by.circles {
		if err := d.rebuild(ctx, c, progress); err != nil {
			return err
		}
	}
	return nil
}

// rebuild folds the view of a circle beside the old one, and puts it in its place
// when all of it was found to be true.
func (d *Desk) rebuild(ctx context.Context, c circleKeys, progress func(done, total int64)) error {
	d.viewMu.Lock()
	defer d.viewMu.Unlock()
	key, err := d.viewKey(ctx, c)
	if err != nil {
		return err
	}
	d.mu.Lock()
	var open []*circleView
	if cv := d.circles[c.id]; cv != nil {
		open = append(open, cv)
		delete(d.circles, c.id)
	}
	d.mu.Unlock()
	err = closeViews(open)
	path := d.viewPath(c.body.ID())
	beside := path + ".new"
	var known trust
	if old, openErr := view.Open(path, key); openErr == nil {
		if m, markErr := old.Mark(ctx); markErr == nil {
			known = trust{m.Size, m.Root}
		}
		err = errors.Join(err, old.Close())
	}
	if err != nil {
		return err
	}
	if err := d.fold(ctx, c, beside, key, known, progress); err != nil {
		return errors.Join(err, view.Remove(beside))
	}
	return errors.Join(view.Remove(path), os.Rename(beside, path), whole.SyncDir(filepath.Dir(path)), view.Remove(beside))
}

// fold folds a new view at path.
func (d *Desk) fold(ctx context.Context, c circleKeys, path string, key [32]byte, known trust, progress func(done, total int64)) error {
	v, err := view.Build(path, key)
	if err != nil {
		return err
	}
	if err = d.follow(ctx, c, v, known, progress); err != nil {
		return errors.Join(err, v.Close())
	}
	return v.Finish(ctx)
}

// Dump writes all that the views of by's circles hold, in an order of its own:
// two desks that followed the same entries dump the same bytes.
func (d *Desk) Dump(ctx context.Context, by Actor, w io.Writer) error {
	if err := d.may(by, read); err != nil {
		return err
	}
	for _, c := range by.circles {
		cv, err := d.view(ctx, c)
		if err != nil {
			return err
		}
		if err := cv.view.Dump(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
