package habeas_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"habeas"
	"habeas/internal/bucket/s3test"
	"habeas/internal/store"
	"habeas/internal/testkit"
	"habeas/ledger"
)

// An office in a shared database is copied by one of its servers while both run, its files
// are in the copy, and it is put back into files. No key of a view of either server is in
// what is put back, nor what was erased after the keys were copied.
func TestCopyOfASharedDatabase(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	vera := n.as("vera")
	f := n.caseOf(vera, "basement")
	mum := n.statement(f, "mother")
	n.exhibit(vera, f.ID, mum.Ref, exhibitName, aPicture(t))
	n.b.caseOf(n.b.as("omar"), "basement")
	boxes := n.boxes(mum.BodyKey, mum.VaultKey)
	views := n.boxes(n.ViewKeys(ledger.ID{})...)
	if len(boxes) < 2 || len(views) < 4 {
		t.Fatalf("got %d keys of a statement and %d of views: this test would see nothing", len(boxes), len(views))
	}
	c := n.copies()
	if done := n.backUp(c); done.Files != 1 || done.Lacking > 0 || done.Rows == 0 {
		t.Errorf("got %+v, want all of it copied", done)
	}
	testkit.Sweep(t, exhibitWords(), []string{c.plan.Data, c.plan.Keys}, nil, nil)
	before, dump := n.verified("vera"), n.dump(n.as("vera"))
	if again := n.backUp(c); again.Fresh != "" || again.New != again.Entries-before.Size {
		t.Errorf("got %+v, want only what is new", again)
	}
	plan := c.from(n.story)
	whole := &story{T: t, dir: t.TempDir(), now: n.now, seen: map[string][]byte{}}
	testkit.CopyTree(t, filepath.Dir(habeas.PepperBeside(whole.config().Dir)), filepath.Dir(habeas.PepperBeside(n.config().Dir)))
	n.ok(os.RemoveAll(whole.config().Dir))
	plan.Pepper = habeas.PepperBeside(whole.config().Dir)
	r, err := habeas.Restore(ctx, whole.config().Dir, plan)
	n.ok(err)
	if r.Tree != before.Tree || r.Files != 1 || r.Lacking > 0 {
		t.Errorf("got %+v, want all of it", r)
	}
	if files := whole.holding(views); files != nil {
		t.Errorf("keys of views are in %v", files)
	}
	if files := whole.holding(boxes); files == nil {
		t.Error("keys that nobody erased are not put back")
	}
	whole.open()
	if whole.dump(whole.as("vera")) != dump {
		t.Error("the views of the restored office are others")
	}
	n.ok(whole.Desk.Close())

	old := n.boxes(n.ViewKeys(n.circle(n.as("vera")))...)
	if len(old) != 2 {
		t.Fatalf("got %d keys of views of the circle, want one on each server", len(old))
	}

	// One server erases it; the copies are from before, and the list is beside the pepper.
	_, err = n.b.Erase(ctx, n.b.as("vera"), f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	n.ok(err)
	for _, box := range n.boxes(n.ViewKeys(ledger.ID{})...) {
		if slices.ContainsFunc(old, func(b []byte) bool { return bytes.Equal(b, box) }) {
			t.Error("the key of a view that held what was erased is still there")
		}
	}
	plan = c.from(n.story)
	plan.Pepper = habeas.PepperBeside(n.b.config().Dir)
	late := filepath.Join(t.TempDir(), "office")
	if r, err = habeas.Restore(ctx, late, plan); err != nil || r.Left != len(boxes) {
		t.Errorf("got %+v, %v, want %d keys left out", r, err, len(boxes))
	}
	n.within("the list of the other server", func() bool {
		list, err := os.ReadFile(habeas.ErasedBeside(habeas.PepperBeside(n.config().Dir)))
		return err == nil && bytes.Contains(list, []byte(mum.BodyKey.String()))
	})
}

// boxes returns what is wrapped of keys in the shared database.
func (n *twoNodes) boxes(keys ...ledger.ID) (boxes [][]byte) {
	n.Helper()
	db, err := store.Open(n.config().Dir, store.ReadOnly)
	n.ok(err)
	defer db.Close()
	for _, k := range keys {
		wraps, err := db.WrapsOf(n.Context(), k)
		n.ok(err)
		for _, w := range wraps {
			boxes = append(boxes, w.Box)
		}
	}
	return boxes
}

// An office whose files are in a bucket is copied with these, and put back without the
// bucket. Without the file that names the bucket nothing is copied, rather than a copy
// without evidence. What was moved into another store finds its files where they are.
func TestCopyOfABucket(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	server := s3test.InProcess(t)
	_, b := s.inBucket(server)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	photo := aPicture(t)
	ref := s.exhibit(vera, f.ID, mum.Ref, exhibitName, photo)
	c := s.copies()
	if done := s.backUp(c); done.Files != 1 || done.Lacking > 0 {
		t.Errorf("got %+v, want the file copied", done)
	}
	settings := habeas.BucketBeside(s.config().Dir)
	s.ok(os.Rename(settings, settings+"-"))
	_, err := habeas.Backup(ctx, s.config(), c.plan)
	s.refused(err, "bucket.needed")
	var flaws []habeas.Flaw
	survey, _, err := habeas.Fsck(ctx, s.config(), func(f habeas.Flaw) { flaws = append(flaws, f) })
	if err != nil || len(flaws) > 0 || survey.Away != 1 {
		t.Errorf("without the bucket: got %+v, %v, %v, want one file that was not looked at", survey, flaws, err)
	}
	s.ok(s.Desk.Close())
	to := s.config()
	to.Dir = filepath.Join(t.TempDir(), "moved")
	_, _, err = habeas.Migrate(ctx, s.config(), to)
	s.refused(err, "bucket.needed")
	s.ok(os.Rename(settings+"-", settings))
	if survey, _, err = habeas.Fsck(ctx, s.config(), nil); err != nil || survey.Files != 1 || survey.Away+survey.Flaws > 0 {
		t.Errorf("with the bucket: got %+v, %v", survey, err)
	}

	_, m, err := habeas.Migrate(ctx, s.config(), to)
	s.ok(err)
	if m.Files != 1 || m.Lacking > 0 || len(s.away(b)) != 1 {
		t.Errorf("moved: got %+v, want its file left where it is", m)
	}
	if here, err := os.ReadDir(filepath.Join(to.Dir, "blobs")); err != nil || len(here) > 0 {
		t.Errorf("%d files are here, too, %v", len(here), err)
	}
	to.Pepper = habeas.PepperBeside(s.config().Dir)
	_, err = habeas.Open(to)
	s.refused(err, "bucket.needed")

	s.open()
	r := s.restored(c.from(s))
	if r.Files != 1 || r.Lacking > 0 || r.Bucket == "" {
		t.Errorf("got %+v, want its file, and in which bucket it was", r)
	}
	s.ok(os.Rename(settings, settings+"-"))
	s.open()
	vera = s.as("vera")
	got := func() []byte {
		file, in, err := s.TakeExhibit(ctx, vera, f.ID, ref, false, pass("vera"))
		return s.all(file, in, err)
	}()
	if !bytes.Equal(got, photo) {
		t.Error("the photograph is another")
	}
}
