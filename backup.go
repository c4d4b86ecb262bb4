package habeas

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"habeas/fault"
	"habeas/internal/backup"
	"habeas/internal/store"
	"habeas/vault"
)

// A BackupPlan says where copies of an office go, to whom they are encrypted, and how
// long they are kept. Zero durations are the usual ones.
type BackupPlan struct {
	Data, Keys string   // directories, of which neither is in the other
	To         []string // public keys, as age takes them

	KeepKeys time.Duration // no copy of keys is older, if there is a run each day; not more than [Config.KeyBackups]
	KeepData time.Duration // a set of data is thrown away when its newest run is older; 180 days
	Anew     time.Duration // after which all data is copied anew, into another set; 90 days
}

// BackupDone says what a run copied.
type BackupDone struct {
	Entries, New int64  // of the log, and of these the ones that no earlier run had
	Files        int    // sealed files that were copied
	Lacking      int    // that are missing or changed in the office, or were erased meanwhile
	Rows         int    // of keys
	Fresh        string // why all data was copied anew; "" if it was not
	Keys, Sets   int    // old copies of keys, and sets of data, that were thrown away
}

const (
	keepData   = 180 * 24 * time.Hour
	backupAnew = 90 * 24 * time.Hour
	leastKeys  = 2 * 24 * time.Hour
)

// Backup copies an office, beside a running server: the log as far as it was not
// copied before, what waits to be read, sealed files, and apart from these all keys.
// Everything is of one moment but the sealed files, which are read after it. It can be
// cut short anywhere: then there was no run, and what was copied of files stays.
func Backup(ctx context.Context, cfg Config, plan BackupPlan) (done *BackupDone, err error) {
	cfg = cfg.filled()
	o, err := plan.options(cfg)
	if err != nil {
		return nil, err
	}
	d, err := locked(cfg.Dir)
	if err != nil {
		return nil, err
	}
	defer d.db.Close()
	d.cfg = cfg
	if err := errors.Join(d.readNode(), d.checkAnchors(), d.bucketFor(true)); err != nil {
		return nil, err
	}
	if err := d.checkSeen(ctx); err != nil {
		return nil, err
	}
	if err := d.Damage(); err != nil {
		return nil, err // the copies that there are must not be driven out by this
	}
	m, err := backup.Begin(o, func(size int64, root string) bool {
		h, err := d.db.SumOf(ctx, size)
		return err == nil && hex.EncodeToString(h[:]) == root
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	c := &copying{d: d, m: m, done: &BackupDone{Fresh: m.Fresh}}
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	if c.done.Keys, c.done.Sets, err = m.Expire(); err != nil {
		return c.done, err
	}
	return c.done, noteBackup(cfg.Dir, func(s *BackupStatus) { s.Last, s.Entries = o.Now, c.done.Entries })
}

// options checks a plan.
func (plan BackupPlan) options(cfg Config) (o backup.Options, err error) {
	for _, dir := range []string{plan.Data, plan.Keys} {
		if err := CheckBackups(cfg, dir); err != nil {
			return o, err
		}
	}
	_, to, err := vault.Recipients(plan.To)
	if err != nil {
		return o, err
	}
	if len(to) == 0 {
		return o, &backup.Refused{What: "nobody is named to whom the copies are encrypted", Then: "make a key with age-keygen on another machine, and name its public half with --to"}
	}
	o = backup.Options{Data: plan.Data, Keys: plan.Keys, Office: cfg.Dir, To: to, Now: cfg.Now().UTC(), KeepKeys: plan.KeepKeys, KeepData: plan.KeepData, Anew: plan.Anew}
	said := cfg.KeyBackups
	if said == 0 {
		said = keepKeys
	}
	if o.KeepKeys == 0 {
		o.KeepKeys = said
	}
	if o.KeepData == 0 {
		o.KeepData = keepData
	}
	if o.Anew == 0 {
		o.Anew = backupAnew
	}
	switch {
	case o.KeepKeys > said:
		return o, &backup.Refused{What: "copies of keys would be kept for longer than people are told when something of theirs is erased",
			Then: "keep them for " + inDays(said) + " at most"}
	case o.KeepKeys < leastKeys:
		return o, &backup.Refused{What: "copies of keys would be thrown away at once", Then: "keep them for " + inDays(leastKeys) + " at least"}
	}
	return o, nil
}

func inDays(d time.Duration) string { return (time.Duration(d.Hours()/24) * 24 * time.Hour).String() }

// copying is a run of [Backup].
type copying struct {
	d    *Desk
	m    *backup.Maker
	done *BackupDone
}

func (c *copying) run(ctx context.Context) error {
	snap, err := c.d.db.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snap.Close()
	run := backup.Run{Office: c.d.root.String(), Size: snap.Size}
	root, err := c.d.db.SumOf(ctx, snap.Size)
	if err != nil {
		return err
	}
	run.Root = hex.EncodeToString(root[:])
	c.done.Entries, c.done.New = snap.Size, snap.Size-c.m.From()
	keys := run
	keys.Node = hex.EncodeToString(c.d.node.Seed().Bytes())
	if keys.Rows, err = c.m.Rows(func(w io.Writer) (err error) {
		c.done.Rows, err = writeRows(w, snap.Keys(ctx))
		return err
	}); err != nil {
		return err
	}
	names, err := snap.Blobs(ctx)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		to   *backup.File
		rows iter.Seq2[store.Row, error]
	}{{&run.Entries, snap.Entries(ctx, c.m.From())}, {&run.Waiting, snap.Waiting(ctx)}, {&run.Beside, c.beside(ctx)}} {
		if *part.to, err = c.m.Part(func(w io.Writer) error {
			_, err := writeRows(w, part.rows)
			return err
		}); err != nil {
			return err
		}
	}
	snap.Close() // or nothing that is erased meanwhile could be taken out of the log
	if run.Lacking, err = c.files(ctx, names); err != nil {
		return err
	}
	key := c.d.node.Signer().Key
	return errors.Join(c.m.EndData(run, key), c.m.EndKeys(keys, key))
}

func writeRows(w io.Writer, rows iter.Seq2[store.Row, error]) (n int, err error) {
	out, err := store.NewRowWriter(w)
	if err != nil {
		return 0, err
	}
	for row, err := range rows {
		if err == nil {
			err = out.Write(row)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, out.Close()
}

// files copies sealed files, and returns the names of those that can't be.
func (c *copying) files(ctx context.Context, names []string) (lacking []string, err error) {
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c.m.HasBlob(name) {
			continue
		}
		err := c.m.Blob(name, func(w io.Writer) error { return c.d.copyBlob(name, w) })
		switch {
		case fault.KindOf(err) == fault.Damaged:
			lacking = append(lacking, name)
		case err != nil:
			return nil, err
		default:
			c.done.Files++
		}
	}
	c.done.Lacking = len(lacking)
	return lacking, nil
}

// copyBlob copies a sealed file. If it is not there, or not what its name says, the
// fault is of kind Damaged.
func (d *Desk) copyBlob(name string, to io.Writer) error {
	f, err := d.db.OpenBlob(name)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, sum), f); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != name {
		return fault.New(fault.Damaged, "store.no_blob")
	}
	return nil
}

// beside is the table of small files of the directory, as rows.
const beside = "beside"

// anchorsDir is where what others signed lies.
const anchorsDir = "anchors"

// bucketRow is the row that says in which bucket files were.
const bucketRow = "bucket"

// beside is besideRows, and in which bucket files are: whoever restores has to know where
// more of them lie.
func (c *copying) beside(ctx context.Context) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for row, err := range besideRows(c.d.cfg.Dir) {
			if !yield(row, err) || err != nil {
				return
			}
		}
		if place, err := c.d.db.BucketPlace(ctx); err != nil || place != "" {
			yield(store.Row{Table: beside, Values: []any{bucketRow, []byte(place)}}, err)
		}
	}
}

// besideRows yields what the office is, what others signed, and with which installations
// bundles are exchanged.
func besideRows(dir string) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		names := []string{identityFile}
		for _, sub := range []string{anchorsDir, movingDir} {
			entries, err := os.ReadDir(filepath.Join(dir, sub))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				yield(store.Row{}, err)
				return
			}
			for _, e := range entries {
				if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), "new-") && !strings.HasPrefix(e.Name(), ".") {
					names = append(names, filepath.Join(sub, e.Name()))
				}
			}
		}
		for _, name := range names {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if errors.Is(err, os.ErrNotExist) && name != identityFile {
				continue // a refusal that was taken back
			}
			if !yield(store.Row{Table: beside, Values: []any{name, b}}, err) || err != nil {
				return
			}
		}
	}
}
