package habeas

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"habeas/fault"
	"habeas/internal/backup"
	"habeas/internal/store"
	"habeas/internal/whole"
)

// Migrate copies an office into another store and compares both: from the directory
// from.Dir, or the shared database that this names, into the directory to.Dir, which must
// not exist or be empty, and the database to.Database if that is not empty, which must be
// empty too. No server may run. The office that was copied is not changed; only one of
// the two may go on. Files in a bucket stay there.
//
// Cut short, it leaves nothing of a directory; in a shared database it leaves rows that
// only its owner can remove.
func Migrate(ctx context.Context, from, to Config) (*Verification, *store.Moved, error) {
	if entries, err := os.ReadDir(to.Dir); err == nil && len(entries) > 0 {
		return nil, nil, fault.New(fault.Conflict, "create.not_empty")
	}
	old, err := store.Open(from.Dir, store.ReadWrite)
	if err != nil {
		return nil, nil, err
	}
	defer old.Close()
	id, err := readIdentity(from.Dir)
	if err != nil {
		return nil, nil, err
	}
	if held, err := old.Held(ctx); err != nil || held {
		return nil, nil, errors.Join(err, fault.New(fault.Busy, "store.in_use"))
	}
	if err := (&Desk{cfg: from, db: old, root: id.Root}).bucketFor(true); err != nil {
		return nil, nil, err
	}
	// Until all of it was compared, it is called something else.
	dir := filepath.Clean(to.Dir) + ".copying"
	if err := os.RemoveAll(dir); err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	place := store.Place{Dir: dir, Database: to.Database}
	if err := store.CreateAt(place); err != nil {
		return nil, nil, err
	}
	anew, err := store.OpenAt(place, store.ReadWrite)
	if err != nil {
		return nil, nil, err
	}
	v, m, err := migrate(ctx, from.Dir, dir, old, anew)
	if err = errors.Join(err, anew.Close()); err != nil {
		return v, m, err
	}
	if err := whole.SyncTree(dir); err != nil {
		return v, m, err
	}
	if err := os.Rename(dir, to.Dir); err != nil {
		return v, m, err
	}
	return v, m, whole.SyncDir(filepath.Dir(filepath.Clean(to.Dir)))
}

// migrate copies between stores of whatever engine, and small files between the
// directories that belong to them.
func migrate(ctx context.Context, from, dir string, old, anew *store.DB) (*Verification, *store.Moved, error) {
	if err := old.Damage(); err != nil {
		return nil, nil, err
	}
	m, err := store.Move(ctx, old, anew)
	if err != nil {
		return nil, nil, err
	}
	if err := moveSmall(from, dir); err != nil {
		return nil, m, err
	}
	id, err := readIdentity(dir)
	if err != nil {
		return nil, m, err
	}
	verified := func(db *store.DB) (*Verification, error) {
		return (&Desk{db: db, root: id.Root, self: id.Node, cases: map[CaseID]bool{}, openers: map[CaseID]CaseID{}}).verifyAll(ctx, nil, nil)
	}
	before, err := verified(old)
	if err != nil {
		return before, m, err
	}
	after, err := verified(anew)
	if err != nil {
		return after, m, err
	}
	sum, err := old.Sum(ctx)
	if err != nil {
		return after, m, err
	}
	same, err := anew.Sum(ctx)
	if err == nil && (*before != *after || sum != same) {
		err = &backup.Refused{What: "the copy is not what it was copied from", Then: "keep the old one; nothing of it was changed", Found: true}
	}
	return after, m, err
}

func moveSmall(from, to string) error {
	for row, err := range besideRows(from) {
		if err != nil {
			return err
		}
		name := row.Values[0].(string)
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), row.Values[1].([]byte), 0o600); err != nil {
			return err
		}
	}
	seed, err := readSecret(filepath.Join(from, nodeFile))
	if err != nil {
		return fault.Wrap(err, fault.Damaged, "store.no_node_key")
	}
	return errors.Join(writeSecret(filepath.Join(to, nodeFile), seed), os.Mkdir(filepath.Join(to, viewsDir), 0o700))
}
