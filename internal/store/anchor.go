package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/internal/whole"
	"habeas/ledger"
)

// Anchors are what others signed of the log: witnesses and time-stamping
// authorities. They lie in a directory beside the databases, in clear, one file
// each, so that they can be added beside a running server, and so that a database
// that was put back is not put back together with them.
type Anchors struct{ dir string }

// AnchorsIn returns the anchors of the store in dir.
func AnchorsIn(dir string) Anchors { return Anchors{filepath.Join(dir, "anchors")} }

// An Anchor is a checkpoint that was shown to others, and what they signed.
type Anchor struct {
	Size         int64
	Checkpoint   []byte  // as the office signed it
	Cosignatures []Other // lines of a signed note
	Tokens       []Other // RFC 3161
}

// Other is what somebody else signed. By names them, see [Anchors.KeepToken].
type Other struct {
	By   string
	Data []byte
}

// Signed returns the checkpoint with the lines of witnesses.
func (a Anchor) Signed() []byte {
	out := bytes.Clone(a.Checkpoint)
	for _, c := range a.Cosignatures {
		out = append(out, c.Data...)
	}
	return out
}

// anchorFile is SIZE.checkpoint, SIZE.BY.cosignature or SIZE.BY.DIGEST.tsr.
var anchorFile = regexp.MustCompile(`^(0|[1-9][0-9]{0,18})\.(?:(checkpoint)|([0-9a-f]{16})\.(cosignature)|([0-9a-f]{16})\.[0-9a-f]{16}\.(tsr))$`)

// By returns the name under which what a witness or an authority signed is kept:
// digits that say nothing of them but which of those known it is.
func By(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}

// files returns the names of files by size. Of one without a checkpoint there is
// nothing.
func (a Anchors) files() (map[int64][]string, error) {
	entries, err := os.ReadDir(a.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	all, whole := map[int64][]string{}, map[int64]bool{}
	for _, e := range entries {
		m := anchorFile.FindStringSubmatch(e.Name())
		if m == nil || !e.Type().IsRegular() {
			continue
		}
		size, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			continue
		}
		all[size] = append(all[size], e.Name())
		whole[size] = whole[size] || m[2] != ""
	}
	for size := range all {
		if !whole[size] {
			delete(all, size)
		}
	}
	return all, err
}

// All gives every anchor, the largest first, each read when it is asked for.
// Nothing is checked. It ends with the first error.
func (a Anchors) All() iter.Seq2[Anchor, error] {
	return func(yield func(Anchor, error) bool) {
		files, err := a.files()
		if err != nil {
			yield(Anchor{}, err)
			return
		}
		sizes := slices.Sorted(maps.Keys(files))
		for _, size := range slices.Backward(sizes) {
			one, err := a.read(size, files[size])
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

// At returns the anchor of a size, without a checkpoint if there is none.
func (a Anchors) At(size int64) (Anchor, error) {
	files, err := a.files()
	if err != nil {
		return Anchor{}, err
	}
	return a.read(size, files[size])
}

func (a Anchors) read(size int64, names []string) (Anchor, error) {
	one := Anchor{Size: size}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(a.dir, name))
		if err != nil {
			return one, err
		}
		m := anchorFile.FindStringSubmatch(name)
		switch {
		case m[2] != "":
			one.Checkpoint = b
		case m[4] != "":
			one.Cosignatures = append(one.Cosignatures, Other{m[3], b})
		default:
			one.Tokens = append(one.Tokens, Other{m[5], b})
		}
	}
	return one, nil
}

// KeepCheckpoint keeps a checkpoint of size that is to be shown to others. One
// that is there stays.
func (a Anchors) KeepCheckpoint(size int64, signed []byte) error {
	name := strconv.FormatInt(size, 10) + ".checkpoint"
	if _, err := os.Lstat(filepath.Join(a.dir, name)); err == nil {
		return nil
	}
	return a.keep(name, signed)
}

// KeepCosignature keeps the lines that a witness signed the checkpoint of size
// with. The caller has checked them.
func (a Anchors) KeepCosignature(size int64, witness string, lines []byte) error {
	return a.keep(strconv.FormatInt(size, 10)+"."+By(witness)+".cosignature", lines)
}

// KeepToken keeps a token of an authority over the checkpoint of size, beside any
// that is there. The caller has checked it.
func (a Anchors) KeepToken(size int64, authority string, token []byte) error {
	return a.keep(strconv.FormatInt(size, 10)+"."+By(authority)+"."+By(string(token))+".tsr", token)
}

// keep writes a file, whole or not at all.
func (a Anchors) keep(name string, b []byte) error {
	if err := whole.MakeDir(a.dir); err != nil {
		return err
	}
	return whole.Write(filepath.Join(a.dir, name), b)
}

// sweep removes what was being written by a process that ended, also by an earlier version.
func (a Anchors) sweep() error {
	older, err := filepath.Glob(filepath.Join(a.dir, "new-*"))
	for _, path := range older {
		err = errors.Join(err, os.Remove(path))
	}
	return errors.Join(err, whole.Sweep(a.dir))
}

// KeepRefusal keeps why a witness refused to sign, in the place of what it said
// before.
func (a Anchors) KeepRefusal(witness string, why []byte) error {
	return a.keep(By(witness)+".refused", why)
}

// Refusal returns why a witness refused to sign; nil if it did not.
func (a Anchors) Refusal(witness string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(a.dir, By(witness)+".refused"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// ForgetRefusal forgets why a witness refused: it signed since.
func (a Anchors) ForgetRefusal(witness string) error {
	err := os.Remove(filepath.Join(a.dir, By(witness)+".refused"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// notOurs ends the name of a file that was set aside.
const notOurs = ".not-ours"

// CheckAnchors looks again at what was shown to others, by who signed it: a
// checkpoint that none of known signed is nobody's, and does not count for Damage.
// Whoever can put one there could also take away those that do count, so nothing is
// lost by passing over it. A store that is open for writing sets such files aside. n
// is how many there are, with those that were set aside before. Nothing is done if the
// tree is damaged: then who may sign may be wrong too.
func (db *DB) CheckAnchors(ctx context.Context, known note.Verifiers) (n int, err error) {
	if !db.anchored {
		return 0, nil
	}
	anchors := AnchorsIn(db.dir)
	files, err := anchors.files()
	if err != nil {
		return 0, err
	}
	for size := range files {
		name := strconv.FormatInt(size, 10) + ".checkpoint"
		signed, err := os.ReadFile(filepath.Join(anchors.dir, name))
		if err != nil {
			return 0, err
		}
		if cp, err := ledger.OpenCheckpoint(signed, known); err == nil && cp.Size == size {
			continue
		}
		delete(files, size)
		if db.write == nil {
			n++
			continue
		}
		if err := os.Rename(filepath.Join(anchors.dir, name), filepath.Join(anchors.dir, name+notOurs)); err != nil {
			return n, err
		}
	}
	aside, err := filepath.Glob(filepath.Join(anchors.dir, "*.checkpoint"+notOurs))
	if err == nil {
		db.setDamage(explain(db.checkFiles(ctx, anchors, files)))
	}
	return n + len(aside), err
}

// checkAnchors compares the tree with the largest checkpoint that was shown to
// others. A log that is smaller, or another, was rolled back or rewritten. Who signed
// it is not known here; see CheckAnchors.
func (db *DB) checkAnchors(ctx context.Context) error {
	anchors := AnchorsIn(db.dir)
	files, err := anchors.files()
	if err != nil {
		return err
	}
	return db.checkFiles(ctx, anchors, files)
}

func (db *DB) checkFiles(ctx context.Context, anchors Anchors, files map[int64][]string) error {
	if len(files) == 0 {
		return nil
	}
	largest := slices.Max(slices.Collect(maps.Keys(files)))
	one, err := anchors.read(largest, files[largest])
	if err != nil {
		return err
	}
	n, err := db.Size(ctx)
	if err != nil {
		return err
	}
	cp, err := unverified(one.Checkpoint)
	if err != nil {
		return err
	}
	on, err := db.goesOn(ctx, cp, n)
	if err == nil && (cp.Size != largest || !on) {
		err = fault.New(fault.Damaged, "ledger.rewritten", fault.Count(largest))
	}
	return err
}

// goesOn reports whether the log, of n entries, begins with those a checkpoint is of.
func (db *DB) goesOn(ctx context.Context, cp ledger.Checkpoint, n int64) (bool, error) {
	if n < cp.Size {
		return false, nil
	}
	root, err := tlog.TreeHash(cp.Size, db.Hashes(ctx))
	return root == cp.Root, err
}

// CheckSeen compares the log with a checkpoint that was kept elsewhere, before the
// first use. If the log does not go on from it, that is its Damage from now on.
func (db *DB) CheckSeen(ctx context.Context, cp ledger.Checkpoint) error {
	n, err := db.Size(ctx)
	if err != nil || db.Damage() != nil {
		return err
	}
	on, err := db.goesOn(ctx, cp, n)
	if err == nil && !on {
		db.setDamage(fault.New(fault.Damaged, "ledger.rolled_back", fault.Count(cp.Size), fault.Count(n)))
	}
	return err
}
