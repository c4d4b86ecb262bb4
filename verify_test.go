package habeas

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	_ "github.com/ncruces/go-sqlite3/driver"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

const testPassphrase = "quiet harbour under lantern"

// smallOffice makes an office with a keeper who is a caseworker, an analyst
// without the vault, and one case with one statement. It returns where it is.
func smallOffice(t testing.TB) Config {
	t.Helper()
	cfg := Config{Dir: filepath.Join(t.TempDir(), "office"), Cost: vault.Cost{Time: 1, Memory: 64}}
	d := founded(t, cfg)
	ctx := t.Context()
	by := loggedIn(t, d, "keeper")
	circle := caseCircle(t, d, by)
	analyst := NewMember{Handle: "analyst", Name: "The analyst", Passphrase: vault.NewText(testPassphrase), Roles: []ledger.Role{ledger.Analyst}}
	if err := d.AddMember(ctx, by, analyst, circle, false); err != nil {
		t.Fatal(err)
	}
	id, err := d.OpenCase(ctx, by, circle, NewCase{Title: "A disappearance", About: "person"})
	if err != nil {
		t.Fatal(err)
	}
	src, err := d.AddSource(ctx, by, id, claim.Source{Kind: "person", Role: "neighbour"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.AddStatement(ctx, by, id, NewStatement{Source: src, Said: "2022-11", Medium: "interview", Lang: "en",
		Title: "A neighbour", Raw: vault.NewText("They came in the evening and took him away.")})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func founded(t testing.TB, cfg Config) *Desk {
	t.Helper()
	d, err := Create(t.Context(), cfg, Founding{Circle: "Searches", Keeper: NewMember{
		Handle: "keeper", Name: "The keeper", Passphrase: vault.NewText(testPassphrase),
		Roles: []ledger.Role{ledger.Caseworker, ledger.Keeper},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func loggedIn(t testing.TB, d *Desk, handle string) Actor {
	t.Helper()
	token, err := d.Login(t.Context(), handle, vault.NewText(testPassphrase))
	if err != nil {
		t.Fatal(err)
	}
	by, err := d.Actor(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return by
}

func caseCircle(t testing.TB, d *Desk, by Actor) ledger.ID {
	t.Helper()
	circles, err := d.Circles(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range circles {
		if !c.Office {
			return c.ID
		}
	}
	t.Fatal("no circle for cases")
	return ledger.ID{}
}

func verifyAs(ctx context.Context, cfg Config, handle string) (*Verification, error) {
	return VerifyAs(ctx, cfg, handle, vault.NewText(testPassphrase), nil)
}

// TestVerify: whoever has the disk checks hashes and checkpoints, and a member
// also what they can open; the analyst's keys leave the vault closed.
func TestVerify(t *testing.T) {
	cfg := smallOffice(t)
	running, err := Open(cfg) // verifying works beside it
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	var last, end int64
	nobody, err := Verify(t.Context(), cfg.Dir, func(done, total int64) {
		if done < last || done > total {
			t.Errorf("progress went from %d to %d of %d", last, done, total)
		}
		last, end = done, total
	})
	if err != nil {
		t.Fatal(err)
	}
	if last != end {
		t.Errorf("progress ended at %d of %d", last, end)
	}
	if nobody.Root != running.Root() || nobody.Checkpoints == 0 || nobody.Clear == 0 || nobody.Opened != 0 {
		t.Errorf("without a key: got %+v", nobody)
	}
	keeper, err := verifyAs(t.Context(), cfg, "keeper")
	if err != nil {
		t.Fatal(err)
	}
	if keeper.Closed != 0 || keeper.Opened != nobody.Closed || keeper.Tree != nobody.Tree {
		t.Errorf("got %+v for the keeper, want everything opened, as in %+v", keeper, nobody)
	}
	analyst, err := verifyAs(t.Context(), cfg, "analyst")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := analyst.Closed, int64(1); got != want { // the original
		t.Errorf("got %d entries closed to the analyst, want %d", got, want)
	}
	if got, want := analyst.Opened+analyst.Closed+analyst.Clear, analyst.Size; got != want {
		t.Errorf("got %d entries accounted for, want %d", got, want)
	}
	if _, err := VerifyAs(t.Context(), cfg, "keeper", vault.NewText("wrong"), nil); faultKey(err) != "login.wrong" {
		t.Errorf("got %v for a wrong passphrase, want login.wrong", err)
	}
}

func faultKey(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Key()
	}
	return ""
}

// TestVerifyNamesDamage changes one thing in the file, as whoever has the disk
// can, and expects the entry to be named.
func TestVerifyNamesDamage(t *testing.T) {
	const unlock = `drop trigger entry_delete; drop trigger entry_update; drop trigger tree_delete;
		drop trigger tree_update; drop trigger checkpoint_delete; drop trigger checkpoint_update;`
	for _, tc := range []struct {
		name, change, want string
		number             int64
		gone               bool
	}{
		{"flipped byte", `update entry set payload = substr(payload, 1, 40) || x'ff00ff' || substr(payload, 44) where number = 9`,
			"store.payload_changed", 9, false},
		{"flipped byte in a directory entry", `update entry set payload = substr(payload, 1, 40) || x'ff00ff' || substr(payload, 44) where number = 0`,
			"store.payload_changed", 0, false},
		{"a payload in another's place", `create temp table two as select * from entry where number in (9, 11);
			update entry set payload = (select payload from two where two.number = 20 - entry.number),
			digest = (select digest from two where two.number = 20 - entry.number) where number in (9, 11)`,
			"store.entry_changed", 9, false},
		{"stream changed", `update entry set stream = randomblob(16) where number = 10`, "store.entry_changed", 10, false},
		{"row dropped", `delete from entry where number = 8`, "store.entry_missing", 8, true},
		{"last row dropped", `delete from entry where number = (select max(number) from entry)`, "store.entries_lost", -2, true},
		{"checkpoint edited", `update checkpoint set note = replace(note, char(10) || size || char(10), char(10) || (size + 1) || char(10))
			where size = (select size from checkpoint where size > 3 order by size limit 1)`, "store.checkpoint_unsigned", -3, false},
		{"hash edited", `update tree set hash = randomblob(32) where pos = 1`, "store.entry_changed", 1, false},
		{"emptied without a reason", `update entry set payload = null, pruned_by = 3 where number = 7`, "store.pruned_unexplained", 7, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := smallOffice(t)
			whole, err := Verify(t.Context(), cfg.Dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite3", "file:"+filepath.Join(cfg.Dir, "truth.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			want := tc.number
			switch tc.number {
			case -2:
				want = whole.Size - 1
			case -3:
				if err := db.QueryRow(`select min(size) - 1 from checkpoint where size > 3`).Scan(&want); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Exec(unlock + tc.change); err != nil {
				t.Fatal(err)
			}
			for who, verify := range map[string]func() (*Verification, error){
				"nobody": func() (*Verification, error) { return Verify(t.Context(), cfg.Dir, nil) },
				"keeper": func() (*Verification, error) { return verifyAs(t.Context(), cfg, "keeper") },
			} {
				v, err := verify()
				if got := faultKey(err); got != tc.want || v == nil {
					t.Errorf("%s: got %v, want %s", who, err, tc.want)
					continue
				}
				if got := v.First.Number; got != want {
					t.Errorf("%s: got entry %d, want %d", who, got, want)
				}
				if got := v.First.ID.IsZero(); got != tc.gone {
					t.Errorf("%s: got an ID: %t, want one: %t", who, !got, !tc.gone)
				}
			}
		})
	}
}

// TestVerifyNamesForgery appends as whoever holds the node's key can: hashes and
// checkpoint are right, and only authors and seals give it away.
func TestVerifyNamesForgery(t *testing.T) {
	stranger, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		seal func(d *Desk, by Actor, circle circleKeys) (ledger.Sealed, error)
		want string
		open bool // found without a key
	}{
		{"an author nobody knows", func(d *Desk, by Actor, c circleKeys) (ledger.Sealed, error) {
			return ledger.Seal(&ledger.Entry{Stream: c.id, Kind: "circle", Body: []byte("{}")}, stranger.Signer(), c.body.Key())
		}, "ledger.unknown_author", false},
		{"somebody else's signature", func(d *Desk, by Actor, c circleKeys) (ledger.Sealed, error) {
			s := ledger.Signer{ID: by.Member, Key: stranger.Signer().Key}
			return ledger.Seal(&ledger.Entry{Stream: c.id, Kind: "circle", Body: []byte("{}")}, s, c.body.Key())
		}, "ledger.bad_signature", false},
		{"a key of that name, not that key", func(d *Desk, by Actor, c circleKeys) (ledger.Sealed, error) {
			k := ledger.NewKey(c.body.Key().ID, []byte("another secret"))
			return ledger.Seal(&ledger.Entry{Stream: c.id, Kind: "circle", Body: []byte("{}")}, by.me.Signer(), k)
		}, "ledger.damaged", false},
		{"a holder made by the node", func(d *Desk, by Actor, c circleKeys) (ledger.Sealed, error) {
			return ledger.Publish(stranger.Public(ledger.UseMember), ledger.DirectoryStream(d.root), nil, d.now(), d.node.Signer())
		}, "ledger.unknown_author", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := smallOffice(t)
			d, err := Open(cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			by := loggedIn(t, d, "keeper")
			circle, _ := by.circle(caseCircle(t, d, by))
			s, err := tc.seal(d, by, circle)
			if err != nil {
				t.Fatal(err)
			}
			number, err := d.db.Append(t.Context(), []ledger.Sealed{s}, d.signer)
			if err != nil {
				t.Fatal(err)
			}
			v, err := verifyAs(t.Context(), cfg, "keeper")
			if got := faultKey(err); got != tc.want {
				t.Fatalf("got %v, want %s", err, tc.want)
			}
			if got, want := v.First, (Failure{number, s.Record().ID}); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			_, err = Verify(t.Context(), cfg.Dir, nil)
			if got, want := err != nil, tc.open; got != want {
				t.Errorf("found without a key: got %v, want an error: %t", err, want)
			}
		})
	}
}
