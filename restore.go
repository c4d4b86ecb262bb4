package habeas

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/internal/backup"
	"habeas/internal/store"
	"habeas/internal/whole"
	"habeas/ledger"
	"habeas/vault"
)

// A RestorePlan says from where an office is put back.
type RestorePlan struct {
	Data, Keys string         // directories that [Backup] wrote to
	With       []age.Identity // what opens them

	Until  time.Time // take the newest copy that was not made after it; zero takes the newest
	Pepper string    // where the pepper is, or will be: beside it is the list of erased keys
	NoList bool      // there is no such list any more; what was erased after the copy was made may come back
	Known  []byte    // a checkpoint of the log that somebody else kept; may be nil
	Lose   bool      // take what there is, though something newer is known to be lost
	Try    bool      // make sure that it would work, and leave nothing there: no key that signs, no sealed file
}

// Restored says what was put back, or would be.
type Restored struct {
	Verification
	At, KeysAt  time.Time // of the copies
	Later       int64     // entries that are newer than the copy of keys: what they rest on may not open
	Seen        int64     // entries of the log that this machine saw, if the copy is older or another: until [AcceptLoss] nothing can be written
	Lost        int64     // entries that are known to have been, and are in no copy
	Files       int       // sealed files
	Bytes       int64
	Lacking     int // files that were missing in the office already, or were erased while they were copied
	Wraps       int
	Logins      int
	Erasures    int    // that the log tells of
	Left        int    // wraps of erased keys that the copy holds, and that were left out
	Unconfirmed bool   // there was no list of erased keys
	Bucket      string // where the files were, and may lie still; what is put back has them here
}

// Restore puts an office back into dir, which must not exist or be empty. Nothing is
// there before all of it was verified: each file against what was written, each run
// against the key that signs the log, the log as [Verify] does. Keys of what was erased,
// as the log or the list beside the pepper tell, are never written; nor are those of
// views, which are folded anew.
func Restore(ctx context.Context, dir string, plan RestorePlan) (*Restored, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fault.New(fault.Conflict, "create.not_empty")
	}
	r := &restoring{plan: plan, dir: filepath.Clean(dir) + ".restoring", done: &Restored{}}
	// What an earlier one left that was cut short is of no use, and holds keys.
	if err := os.RemoveAll(r.dir); err != nil {
		return nil, err
	}
	defer os.RemoveAll(r.dir)
	for _, step := range []func(context.Context) error{r.look, r.log, r.judge, r.keys, r.files, r.rest} {
		if err := step(ctx); err != nil {
			return r.done, err
		}
	}
	if plan.Try {
		return r.done, nil
	}
	if err := whole.SyncTree(r.dir); err != nil {
		return nil, err
	}
	if err := os.Rename(r.dir, dir); err != nil {
		return nil, err
	}
	return r.done, whole.SyncDir(filepath.Dir(filepath.Clean(dir)))
}

// restoring is a restore on its way.
type restoring struct {
	plan     RestorePlan
	dir      string
	done     *Restored
	data     *backup.Place
	keyPlace *backup.Place
	runs     []*backup.Signed // of data
	keyRun   *backup.Signed
	anchors  map[string][]byte
	nodes    []ledger.Holder
	origin   string // of the log
	gone     map[erasedLine]bool
	letters  []ledger.ID        // keys of letters, of the list
	views    map[ledger.ID]bool // keys of views
}

func (r *restoring) last() *backup.Signed { return r.runs[len(r.runs)-1] }

// wrong is a copy that is not what it should be.
func wrong(what, then string) error { return &backup.Refused{What: what, Then: then, Found: true} }

// look reads which copies there are, and whether both are of one moment.
func (r *restoring) look(context.Context) (err error) {
	if r.data, err = backup.Look(r.plan.Data, backup.Data); err != nil {
		return err
	}
	if r.keyPlace, err = backup.Look(r.plan.Keys, backup.Keys); err != nil {
		return err
	}
	if r.runs, err = r.data.Runs(r.plan.With, r.plan.Until); err != nil {
		return err
	}
	keys, err := r.keyPlace.Runs(r.plan.With, r.plan.Until)
	if err != nil {
		return err
	}
	r.keyRun = keys[0]
	d, k := r.last(), r.keyRun
	r.done.At, r.done.KeysAt = d.At, k.At
	if d.Office != k.Office {
		return wrong("the copies of data and of keys are of two offices: "+d.Office+" and "+k.Office, "find the two that belong together")
	}
	r.done.Lost, r.done.Later = max(k.Size-d.Size, 0), max(d.Size-k.Size, 0)
	if d.ID == k.ID || r.plan.Lose {
		return nil
	}
	what := fmt.Sprintf("the newest copy of data is of %s, and that of keys of %s", d.At.Format(time.RFC3339), k.At.Format(time.RFC3339))
	switch {
	case r.done.Lost > 0:
		return wrong(what+fmt.Sprintf(": %d entries of the log are known to be missing", r.done.Lost), "find the newer copy of data; --accept-loss goes on without them")
	case r.done.Later > 0:
		return wrong(what+fmt.Sprintf(": what rests on the %d newest entries may never be opened again", r.done.Later), "find the newer copy of keys; --accept-loss goes on without it")
	}
	return wrong(what, "find the two that were made together; --accept-loss goes on with these")
}

// log puts the log and what waits into a new store.
func (r *restoring) log(ctx context.Context) error {
	if err := store.Create(r.dir); err != nil {
		return err
	}
	if err := r.small(); err != nil {
		return err
	}
	db, err := store.Open(r.dir, store.ReadWrite)
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := db.Load(ctx)
	if err != nil {
		return err
	}
	put := func(row store.Row) error { return l.Put(ctx, row) }
	// The newest run says which of all entries are empty by now.
	err = r.rows(r.data, r.last().Entries, func(row store.Row) error {
		if row.Table == "entry" || row.Table == "checkpoint" {
			return io.EOF
		}
		return put(row)
	})
	for _, run := range r.runs {
		if err == nil {
			err = r.rows(r.data, run.Entries, put)
		}
	}
	if err == nil {
		err = r.rows(r.data, r.last().Waiting, put)
	}
	if err == nil {
		err = l.Flush(ctx)
	}
	return err
}

// small reads the small files. What others signed is put there last: until the log is
// whole, it contradicts them.
func (r *restoring) small() error {
	r.anchors = map[string][]byte{}
	var identity []byte
	err := r.rows(r.data, r.last().Beside, func(row store.Row) error {
		if row.Table != beside || len(row.Values) != 2 {
			return fault.New(fault.Damaged, "store.unreadable")
		}
		name, ok1 := row.Values[0].(string)
		b, ok2 := row.Values[1].([]byte)
		switch {
		case !ok1 || !ok2:
			return fault.New(fault.Damaged, "store.unreadable")
		case name == identityFile:
			identity = b
		case name == bucketRow:
			r.done.Bucket = string(b)
		case (filepath.Dir(name) == anchorsDir || filepath.Dir(name) == movingDir) && filepath.IsLocal(name):
			r.anchors[name] = b
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.dir, identityFile), identity, 0o600); err != nil {
		return err
	}
	id, err := readIdentity(r.dir)
	if err == nil && id.Root.String() != r.last().Office {
		err = wrong("the copy says that it is of two offices", "take another copy")
	}
	return err
}

// rows reads a file of rows to its end, or until do returns [io.EOF].
func (r *restoring) rows(from *backup.Place, f backup.File, do func(store.Row) error) error {
	in, err := from.Read(f, r.plan.With)
	if err != nil {
		return err
	}
	defer in.Close()
	for rows := store.NewRowReader(in); ; {
		row, err := rows.Read()
		if err == nil {
			err = do(row)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			// If it is not the file that was written, that says more than a row which does not fit.
			if _, other := io.Copy(io.Discard, in); other != nil {
				return other
			}
			return err
		}
	}
}

// keys puts keys back, without those that must not be.
func (r *restoring) keys(ctx context.Context) error {
	db, err := store.Open(r.dir, store.ReadWrite)
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := db.LoadKeys(ctx)
	if err != nil {
		return err
	}
	l.Forget = func(key, stream ledger.ID) bool {
		if r.gone[erasedLine{key, stream}] {
			r.done.Left++
			return true
		}
		return r.views[key]
	}
	err = r.rows(r.keyPlace, r.keyRun.Rows, func(row store.Row) error { return l.Put(ctx, row) })
	if err == nil {
		err = l.Flush(ctx)
	}
	r.done.Wraps, r.done.Logins = l.Taken["wrap"], l.Taken["login"]
	if err != nil {
		return err
	}
	for line := range r.gone {
		if err := db.ForgetBlobs(ctx, line.key); err != nil {
			return err
		}
	}
	_, err = (&Desk{db: db, root: r.done.Root}).forgetLetters(ctx, r.letters)
	return err
}

// files puts sealed files back, or looks whether they could be.
func (r *restoring) files(ctx context.Context) error {
	db, err := store.Open(r.dir, store.ReadWrite)
	if err != nil {
		return err
	}
	defer db.Close()
	from := map[string]backup.File{}
	for _, run := range r.runs {
		for _, b := range run.Blobs {
			from[b.Name] = b.File
		}
	}
	snap, err := db.Snapshot(ctx)
	if err != nil {
		return err
	}
	names, err := snap.Blobs(ctx)
	snap.Close()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, ok := from[name]
		switch {
		case ok:
			if err := r.file(db, name, f); err != nil {
				return err
			}
		case slices.Contains(r.last().Lacking, name):
			r.done.Lacking++
		default:
			return wrong("a sealed file is in no run of the copy", "the backup of data was not copied as a whole; copy it again")
		}
	}
	return nil
}

func (r *restoring) file(db *store.DB, name string, f backup.File) error {
	in, err := r.data.Read(f, r.plan.With)
	if err != nil {
		return err
	}
	defer in.Close()
	other := wrong("a sealed file in the copy is another than its name says", "take another copy")
	sum := sha256.New()
	if r.plan.Try {
		n, err := io.Copy(sum, in)
		r.done.Files, r.done.Bytes = r.done.Files+1, r.done.Bytes+n
		if err == nil && hex.EncodeToString(sum.Sum(nil)) != name {
			err = other
		}
		return err
	}
	b, err := db.NewBlob()
	if err != nil {
		return err
	}
	n, err := io.Copy(b, in)
	if err != nil {
		return errors.Join(err, b.Discard())
	}
	r.done.Files, r.done.Bytes = r.done.Files+1, r.done.Bytes+n
	if kept, err := b.Keep(); err != nil || kept != name {
		return errors.Join(err, other)
	}
	return nil
}

// rest puts back what others signed and the key that signs the log, and looks whether
// the office would open.
func (r *restoring) rest(ctx context.Context) error {
	seed, err := hex.DecodeString(r.keyRun.Node)
	if err != nil {
		return wrong("the copy of keys lacks the key that signs the log", "take another copy")
	}
	node, err := nodeFrom(seed)
	if err != nil || !slices.ContainsFunc(r.nodes, func(h ledger.Holder) bool { return h.ID == node.ID() }) {
		return wrong("the key in the copy of keys is not one that signs the log of this office", "take another copy")
	}
	if err := os.Mkdir(filepath.Join(r.dir, anchorsDir), 0o700); err != nil {
		return err
	}
	for name, b := range r.anchors {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(r.dir, name)), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.dir, name), b, 0o600); err != nil {
			return err
		}
	}
	err = os.Mkdir(filepath.Join(r.dir, viewsDir), 0o700)
	if !r.plan.Try {
		err = errors.Join(err, writeSecret(filepath.Join(r.dir, nodeFile), seed))
	}
	if err != nil {
		return err
	}
	db, err := store.Open(r.dir, store.ReadOnly)
	if err != nil {
		return err
	}
	defer db.Close()
	known, err := verifiersOf(r.origin, r.nodes)
	if err == nil {
		_, err = db.CheckAnchors(ctx, known)
	}
	return errors.Join(err, db.Damage())
}

func nodeFrom(seed []byte) (*vault.Holder, error) {
	s, err := vault.SeedFrom(seed)
	if err != nil {
		return nil, err
	}
	return vault.NewHolder(s)
}

func verifiersOf(origin string, nodes []ledger.Holder) (note.Verifiers, error) {
	var keys []ed25519.PublicKey
	for _, h := range nodes {
		keys = append(keys, h.Sign)
	}
	return ledger.NoteVerifiers(origin, keys...)
}
