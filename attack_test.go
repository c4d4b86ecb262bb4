package habeas

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/claim"
	"habeas/fault"
	"habeas/internal/view"
	"habeas/ledger"
	"habeas/vault"
)

// The tests below are attacks: each does what somebody hostile would do, and
// fails if it works.

// withDisk runs SQL on a file of the store, as whoever has the disk can.
func withDisk(t *testing.T, cfg Config, file, change string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(cfg.Dir, file))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(change, args...); err != nil {
		t.Fatal(err)
	}
}

const noTriggers = `drop trigger entry_delete; drop trigger entry_update; drop trigger tree_delete;
	drop trigger tree_update; drop trigger checkpoint_delete; drop trigger checkpoint_update;`

func reopened(t testing.TB, cfg Config) *Desk {
	t.Helper()
	d, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func firstCase(t *testing.T, d *Desk, by Actor) CaseID {
	t.Helper()
	rows, err := d.Cases(t.Context(), by)
	if err != nil || len(rows) == 0 {
		t.Fatal("no case", err)
	}
	return rows[0].ID
}

// TestAttackViewKeyOfMyOwn: whoever has the disk puts a wrap of a secret of
// theirs in the place of the view's key and of the gate's, and waits until
// somebody logs in and writes a view that they can read.
func TestAttackViewKeyOfMyOwn(t *testing.T) {
	cfg := smallOffice(t)
	d := reopened(t, cfg)
	by := loggedIn(t, d, "keeper")
	circle, _ := by.circle(caseCircle(t, d, by))
	mine := [32]byte{1, 2, 3}
	for what, key := range map[string]ledger.ID{"view": keyOf(circle.body.ID(), "view"), "gate": keyOf(circle.id, "gate")} {
		public, _ := d.dir.Holder(circle.body.ID())
		w, err := vault.NewWrap(d.dir, public.ID, key, ledger.ID{}, mine[:])
		if err != nil {
			t.Fatal(err)
		}
		if err := d.db.PutWraps(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if got, err := d.circleSecret(t.Context(), circle, key); err == nil && got == mine {
			t.Errorf("the key of the %s is one that whoever has the disk chose", what)
		}
	}
	path := d.viewPath(circle.body.ID())
	if err := errors.Join(d.Close(), view.Remove(path)); err != nil {
		t.Fatal(err)
	}
	d = reopened(t, cfg)
	if _, err := d.Cases(t.Context(), loggedIn(t, d, "keeper")); err != nil {
		t.Fatal(err)
	}
	if v, err := view.Open(path, mine); err == nil {
		v.Close()
		t.Error("a view was written that whoever has the disk can read")
	}
}

// TestAttackOlderLog: whoever has the disk puts an older log back beside a newer
// view. What is written then must not go unseen.
func TestAttackOlderLog(t *testing.T) {
	cfg := smallOffice(t)
	older, err := os.ReadFile(filepath.Join(cfg.Dir, "truth.db"))
	if err != nil {
		t.Fatal(err)
	}
	d := reopened(t, cfg)
	by := loggedIn(t, d, "keeper")
	id := firstCase(t, d, by)
	for range 3 {
		if _, err := d.AddSource(t.Context(), by, id, claim.Source{Kind: "person", Role: "father"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		os.Remove(filepath.Join(cfg.Dir, "truth.db"+suffix))
	}
	if err := os.WriteFile(filepath.Join(cfg.Dir, "truth.db"), older, 0o600); err != nil {
		t.Fatal(err)
	}
	d = reopened(t, cfg)
	token, err := d.Login(t.Context(), "keeper", vault.NewText(testPassphrase))
	if err == nil {
		if by, err = d.Actor(t.Context(), token); err == nil {
			_, err = d.Case(t.Context(), by, id)
		}
	}
	if got := faultKey(err); got != "ledger.rewritten" {
		t.Errorf("a log older than the view: got %v, want ledger.rewritten", err)
	}
}

// TestAttackForgedBeforeRebuild: an analyst with the disk, who holds the body
// keys, writes in a caseworker's name over an entry that every view has followed,
// and waits for a rebuild, which checks no signature again.
func TestAttackForgedBeforeRebuild(t *testing.T) {
	for _, digestToo := range []bool{false, true} { // and the tree, and what the node signs
		cfg := smallOffice(t)
		d := reopened(t, cfg)
		by := loggedIn(t, d, "analyst")
		id := firstCase(t, d, by)
		k, err := d.caseKeys(t.Context(), by, id)
		if err != nil {
			t.Fatal(err)
		}
		var caseEntry ledger.ID
		var number int64
		for n, err := range d.db.ByStream(t.Context(), id, -1) {
			if err != nil {
				t.Fatal(err)
			}
			if n.Record.Key == k.body.Key().ID {
				caseEntry, number = n.Record.ID, n.Number
				break
			}
		}
		keeper := loggedIn(t, d, "keeper")
		forger, err := vault.NewHolder(vault.NewSeed())
		if err != nil {
			t.Fatal(err)
		}
		s, err := ledger.Seal(&ledger.Entry{ID: caseEntry, Stream: id, Kind: claim.KindCase, Body: []byte(`{"title":"forged","about":"person"}`)},
			ledger.Signer{ID: keeper.Member, Key: forger.Signer().Key}, k.body.Key())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		withDisk(t, cfg, "truth.db", noTriggers)
		withDisk(t, cfg, "truth.db", `update entry set payload = ?1 where number = ?2`, s.Record().Payload, number)
		if digestToo {
			withDisk(t, cfg, "truth.db", `update entry set digest = ?1 where number = ?2`, digestBytes(s.Record().Payload), number)
			newTree(t, cfg)
		}
		d = reopened(t, cfg)
		token, err := d.Login(t.Context(), "keeper", vault.NewText(testPassphrase))
		if faultKey(err) == "ledger.rewritten" {
			continue // seen at once
		}
		if by, err = d.Actor(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		err = d.Rebuild(t.Context(), by, nil)
		if fault.KindOf(err) != fault.Damaged {
			t.Errorf("digest too %t: got %v, want the rebuild to find it", digestToo, err)
		}
		rows, err := d.Cases(t.Context(), by)
		for _, r := range rows {
			if r.Title == "forged" {
				t.Errorf("digest too %t: members read what somebody forged (%v)", digestToo, err)
			}
		}
	}
}

// newTree makes the tree and the newest checkpoint fit the entries as they are
// now, as whoever has the disk, and so the node's key, can.
func newTree(t *testing.T, cfg Config) {
	t.Helper()
	d := reopened(t, cfg)
	var tree growing
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, hashes[i])
		}
		return out, nil
	})
	for n, err := range d.db.Since(t.Context(), -1) {
		if err != nil {
			t.Fatal(err)
		}
		leaf := n.Record.LeafHashFrom(n.Digest)
		more, err := tlog.StoredHashesForRecordHash(n.Number, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		tree.add(leaf)
		hashes = append(hashes, more...)
	}
	signed, err := ledger.SignCheckpoint(tree.size, tree.root(), d.signer)
	if err = errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	for pos, h := range hashes {
		withDisk(t, cfg, "truth.db", `update tree set hash = ?1 where pos = ?2`, h[:], pos)
	}
	withDisk(t, cfg, "truth.db", `update checkpoint set note = ?1 where size = ?2`, string(signed), tree.size)
}

// TestAttackAnothersOpenView: a keeper makes a holder for a circle that they are
// not in, and gives it to themselves.
func TestAttackAnothersOpenView(t *testing.T) {
	cfg := smallOffice(t)
	d := reopened(t, cfg)
	by := loggedIn(t, d, "keeper")
	circle, _ := by.circle(caseCircle(t, d, by))
	if _, err := d.view(t.Context(), circle); err != nil {
		t.Fatal(err)
	}
	mine, err := newSide()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.view(t.Context(), circleKeys{id: circle.id, body: mine}); err == nil {
		t.Error("the open view of a circle was given to who does not hold it")
	}
}

// TestAttackLinksBeyondTheText: a reading that points beyond its text must not
// keep others from reading the statement.
func TestAttackLinksBeyondTheText(t *testing.T) {
	d := reopened(t, smallOffice(t))
	by := loggedIn(t, d, "keeper")
	id := firstCase(t, d, by)
	f, err := d.Case(t.Context(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	st := f.State.Statements[0].Ref
	k, state, tell, err := d.statement(t.Context(), by, id, st)
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.working(t.Context(), k, state, tell)
	if err != nil {
		t.Fatal(err)
	}
	w.reading.Links = []vault.Link{{Start: 2, End: 1 << 20, Person: claim.NewRef(claim.RefPerson)}, {Start: 1 << 19, End: 1 << 20, Person: claim.NewRef(claim.RefPerson)}}
	if err := d.saveReading(t.Context(), by, w); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reading(t.Context(), by, id, st); err != nil {
		t.Errorf("got %v, want the statement", err)
	}
	if err := d.Settle(t.Context(), by, id, st); err != nil && fault.KindOf(err) == fault.Internal {
		t.Errorf("got %v, want it settled or refused", err)
	}
}

// TestAttackHandleTaken: a second member of the same handle would overwrite the
// seed of the first, which nobody can give back.
func TestAttackHandleTaken(t *testing.T) {
	d := reopened(t, smallOffice(t))
	by := loggedIn(t, d, "keeper")
	m := NewMember{Handle: " Analyst", Name: "Another", Passphrase: vault.NewText("something else entirely"), Roles: []ledger.Role{ledger.Analyst}}
	if err := d.AddMember(t.Context(), by, m, caseCircle(t, d, by), false); fault.KindOf(err) != fault.Conflict {
		t.Errorf("got %v, want a conflict", err)
	}
	loggedIn(t, d, "analyst")
}

// TestAttackSweepDuringLogin: requests of nobody sweep the sessions. They must
// not close a view under somebody who is just logging in.
func TestAttackSweepDuringLogin(t *testing.T) {
	d := reopened(t, smallOffice(t))
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				_, _ = d.Actor(ctx, "nobody's token")
			}
		})
	}
	for range 40 {
		token, err := d.Login(t.Context(), "keeper", vault.NewText(testPassphrase))
		if err != nil {
			t.Errorf("logging in: %v", err)
			break
		}
		if err := d.Logout(token); err != nil {
			t.Error(err)
		}
	}
	stop()
	wg.Wait()
}

// TestAttackCrowd logs in, locks, reads, writes and rebuilds all at once. It is
// for the race detector, and for whoever waits for a lock for ever.
func TestAttackCrowd(t *testing.T) {
	d := reopened(t, smallOffice(t))
	id := firstCase(t, d, loggedIn(t, d, "keeper"))
	var wg sync.WaitGroup
	bad := func(err error) bool {
		switch fault.KindOf(err) {
		case fault.Internal, fault.Damaged:
			return err != nil
		}
		return false
	}
	for n := range 6 {
		wg.Go(func() {
			handle := []string{"keeper", "analyst"}[n%2]
			for i := range 12 {
				token, err := d.Login(t.Context(), handle, vault.NewText(testPassphrase))
				if bad(err) {
					t.Errorf("login: %v", err)
				}
				if err != nil {
					continue // somebody locked meanwhile
				}
				by, err := d.Actor(t.Context(), token)
				if bad(err) {
					t.Errorf("actor: %v", err)
				}
				if err := crowdDoes(t.Context(), d, by, id, n, i); bad(err) {
					t.Errorf("%s, step %d: %v (%T)", handle, (n+i)%6, err, errors.Unwrap(err))
				}
			}
		})
	}
	wg.Wait()
}

func crowdDoes(ctx context.Context, d *Desk, by Actor, id CaseID, n, i int) error {
	switch (n + i) % 6 {
	case 0:
		_, err := d.AddSource(ctx, by, id, claim.Source{Kind: "person", Role: "father"})
		return err
	case 1:
		_, err := d.Case(ctx, by, id)
		return err
	case 2:
		return d.Rebuild(ctx, by, nil)
	case 3:
		return d.LockAll(by)
	case 4:
		_, err := d.Search(ctx, by, "neighbour")
		return errors.Join(err, d.Leave(by))
	}
	_, err := d.Today(ctx, by, 0)
	return err
}

func digestBytes(b []byte) []byte {
	h := sha256.Sum256(b)
	return h[:]
}
