package web

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"habeas"
	anchors "habeas/internal/anchor"
	"habeas/internal/testkit"
)

// again opens the office anew, as after the server was restarted.
func (o *office) again(watch func(context.Context) (habeas.LogWatch, error)) {
	o.t.Helper()
	_ = o.desk.Close() // it may be closed already
	o.cfg.Watch = watch
	var err error
	if o.desk, err = habeas.Open(o.cfg); err != nil {
		o.t.Fatal(err)
	}
	o.serve()
}

// watched is a log that a witness with an invented name and an authority signed.
func watched(seen int64) func(context.Context) (habeas.LogWatch, error) {
	at := time.Date(2022, 12, 20, 8, 30, 0, 0, time.UTC)
	w := habeas.LogWatch{
		Size: 120,
		Witnesses: []habeas.LogSigner{
			{Name: "partner.example", Size: 117, At: at, Seen: seen, Asked: at.AddDate(0, 0, 1)},
			{Name: "never.example"},
		},
		Authorities: []habeas.LogSigner{
			{Name: "stamps.example", Size: 120, At: at, Until: at.AddDate(1, 0, 0)},
			{Name: "ended.example", Size: 12, At: at, Until: at},
		},
	}
	return func(context.Context) (habeas.LogWatch, error) { return w, nil }
}

// TestWhoSignedTheLog: keepers read who signed the log, what waits, and when a
// certificate ends; nobody else does.
func TestWhoSignedTheLog(t *testing.T) {
	o := demoOffice(t)
	o.member("vera").Get("/log").Want(200).Has("Nobody is asked to sign the log").HasNot("not the one that was seen before")
	o.again(watched(0))
	v := o.member("vera")
	v.Get("/audit").Want(200).Follow("a[href=/log]").Want(200).
		Has("partner.example", "117", "waiting, entries not signed yet: 3", "never.example", "has not signed yet", "stamps.example", "signed the log as it is", "the certificate has ended").
		HasNot("not the one that was seen before")
	v.Get("/").Want(200).HasNot("not the one that was seen before")
	o.again(func(context.Context) (habeas.LogWatch, error) {
		return habeas.LogWatch{}, errors.New("the disk is gone")
	})
	v = o.member("vera")
	v.Get("/").Want(200) // the rest goes on
	v.Get("/log").Want(500)
}

// TestCopiesAreSaid: keepers read when the office was last copied, and whether anybody
// tried to put a copy back.
func TestCopiesAreSaid(t *testing.T) {
	o := demoOffice(t)
	o.member("vera").Get("/log").Want(200).Has("No copy was ever made").HasNot("tried")
	status := func(last, tried time.Time) {
		b, err := json.Marshal(habeas.BackupStatus{Last: last, Rehearsed: tried})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(o.cfg.Dir, "backup.json"), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := o.cfg.Now()
	status(now.AddDate(0, 0, -1), time.Time{})
	o.member("vera").Get("/log").Want(200).Has("Last copied on", "Nobody has tried").HasNot("No copy was ever made", "more than two days")
	status(now.AddDate(0, 0, -3), now.AddDate(0, -1, 0))
	o.member("vera").Get("/log").Want(200).Has("more than two days", "It was last tried on").HasNot("Nobody has tried")
	o.member("omar").Get("/log").HasNot("copied", "Copies of the office")
}

// TestAttackSplitIsSaid: a witness saw another log. Keepers read what happened and
// what to do; nobody else reads more than before.
func TestAttackSplitIsSaid(t *testing.T) {
	o := demoOffice(t)
	o.again(watched(130))
	v := o.member("vera")
	today := v.Get("/").Want(200)
	today.Has("not the one that was seen before")
	today.Follow("a[href=/log]").Want(200).Has("A witness refuses to sign", "REFUSED on", "130", "What may have happened", "What is safe", "Stop the server", "treat the server as taken over").HasNot("nothing can be written")
	for _, handle := range []string{"omar", "ana", "ed"} {
		other := o.member(handle)
		other.Get("/").Want(200).HasNot("not the one that was seen before", "partner.example")
		other.Get("/log").Want(403).HasNot("partner.example")
	}
}

// rolledBack puts an older database in the place of the one whose log was shown to
// others, and opens the office again.
func (o *office) rolledBack(change func()) {
	o.t.Helper()
	before := o.t.TempDir()
	databases := []string{"truth.db", "truth.db-wal", "truth.db-shm"}
	o.ok(o.desk.Close())
	for _, name := range databases {
		if b, err := os.ReadFile(filepath.Join(o.cfg.Dir, name)); err == nil {
			o.ok(os.WriteFile(filepath.Join(before, name), b, 0o600))
		}
	}
	o.again(nil)
	change()
	_, err := anchors.Request(o.t.Context(), o.cfg.Dir, 0)
	o.ok(err)
	o.ok(o.desk.Close())
	for _, name := range databases {
		at := filepath.Join(o.cfg.Dir, name)
		if err := os.Remove(at); err != nil && !os.IsNotExist(err) {
			o.t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(before, name)); err == nil {
			o.ok(os.WriteFile(at, b, 0o600))
		}
	}
	o.again(nil)
}

// TestAttackRolledBackIsSaid: yesterday's database was put in the place of today's.
// After the restart keepers read it, and nothing can be written.
func TestAttackRolledBackIsSaid(t *testing.T) {
	o := demoOffice(t)
	o.rolledBack(func() {
		_, file, told := o.aStatement(t, "vera", "lieutenant")
		o.exhibit(file.ID, told[0].Ref, "words.txt", []byte("words"))
	})
	if o.desk.Damage() == nil {
		t.Fatal("an older log was taken")
	}
	if o.desk.Taking() == nil {
		t.Error("strangers can write into a log that was rolled back")
	}
	v := o.member("vera")
	v.Get("/").Want(200).Has("not the one that was seen before")
	v.Get("/log").Want(200).Has("nothing can be written", "put the directory anchors back with it", "treat the server as taken over")
	o.again(func(context.Context) (habeas.LogWatch, error) {
		return habeas.LogWatch{}, errors.New("who signed can't be read")
	})
	o.member("vera").Get("/log").Want(200).Has("nothing can be written", "treat the server as taken over")
	other := o.visitor() // who is told no more than that what is stored does not verify
	o.login(other.Get("/login").Want(200), "omar").HasNot("treat the server as taken over")
	other.Get("/log").Want(403).HasNot("treat the server as taken over")
}

// TestAttackForgedAnchor: whoever can write to the disk puts a checkpoint of nobody
// beside the databases. The office still writes, and keepers are told.
func TestAttackForgedAnchor(t *testing.T) {
	o := demoOffice(t)
	o.ok(os.MkdirAll(filepath.Join(o.cfg.Dir, "anchors"), 0o700))
	forged := "habeas/forged\n999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— habeas/forged AAAAAAAA\n"
	o.ok(os.WriteFile(filepath.Join(o.cfg.Dir, "anchors", "999999.checkpoint"), []byte(forged), 0o600))
	o.again(nil)
	if err := o.desk.Damage(); err != nil {
		t.Fatalf("the office can't write: %v", err)
	}
	o.member("vera").Get("/log").Want(200).Has("set aside: 1").HasNot("not the one that was seen before")
}

// The page is looked at, wide and narrow, in an office whose log was split.
func TestLogInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	o.again(watched(130))
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + "/log")
	o.examine(b, "log-split")
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	o.exhibit(file.ID, told[0].Ref, "bundle.zip.ots", []byte("no proof"))
	ref := o.exhibit(file.ID, told[0].Ref, "bundle.zip", aBundle(t))
	o.ok(o.desk.CheckProofs(t.Context(), o.actor("vera"), file.ID, ref, nil))
	b.Open(o.http.URL + exhibitPath(file.ID, ref))
	o.examine(b, "exhibit-proofs")
}
