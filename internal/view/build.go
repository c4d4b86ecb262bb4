package view

import (
	"context"
	"errors"
	"os"
)

// Build opens a new view at path that is folded as a whole: nothing it holds is safe
// before [View.Finish], and after any error its files are thrown away. Its pages are
// enciphered once, into their place; by way of a log they would be three times.
func Build(path string, key [32]byte) (*View, error) {
	if err := Remove(path); err != nil {
		return nil, err
	}
	v := &View{path: path}
	v.changed.Store(true)
	if err := v.build(path, key); err != nil {
		v.Close()
		return nil, explain(err)
	}
	return v, nil
}

func (v *View) build(path string, key [32]byte) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	if v.write, err = openPool(path, key, "pragma journal_mode=off; pragma synchronous=off; pragma locking_mode=exclusive; pragma cache_size=-65536;"); err != nil {
		return err
	}
	v.write.SetMaxOpenConns(1)
	v.read = v.write // which sees what it wrote; two would wait for each other
	if err := v.create(); err != nil {
		return err
	}
	v.entries, err = prepareBulk(v.write, insertEntry, 9)
	return err
}

// Finish settles a view that [Build] opened, closes it, and returns when all of it is
// on the disk.
func (v *View) Finish(ctx context.Context) error {
	if err := errors.Join(v.Settle(ctx), v.Close()); err != nil {
		return err
	}
	f, err := os.OpenFile(v.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
