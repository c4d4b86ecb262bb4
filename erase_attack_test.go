package habeas

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// attacked opens a small office as its keeper, with its case and its statement.
func attacked(t *testing.T) (Config, *Desk, Actor, caseKeys, claim.Telling) {
	t.Helper()
	cfg := smallOffice(t)
	d, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	by := loggedIn(t, d, "keeper")
	rows, err := d.Cases(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	k, err := d.caseKeys(t.Context(), by, rows[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	state, err := d.state(t.Context(), by, k)
	if err != nil {
		t.Fatal(err)
	}
	return cfg, d, by, k, state.Statements[0]
}

func (d *Desk) announced(t *testing.T, by Actor, k caseKeys, keys ...ledger.ID) []*erasing {
	t.Helper()
	d.sealing.Lock()
	defer d.sealing.Unlock()
	es, err := d.announce(t.Context(), by, 0, k, ledger.NewErase(ledger.Spam, keys...), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return es
}

// A member announces that the keys of the case itself are destroyed, and of the
// circle, as if they were those of a source. Nothing of them is.
func TestErasureOfACaseIsNone(t *testing.T) {
	_, d, by, k, st := attacked(t)
	es := d.announced(t, by, k, k.body.ID(), k.vault.ID(), k.circle.body.ID(), by.Member, keyOf(k.circle.id, "gate"))
	if err := d.finishErasing(t.Context(), by.me.Signer(), es); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reading(t.Context(), by, k.id, st.Ref); err != nil {
		t.Errorf("the case cannot be read any more: %v", err)
	}
	if _, err := d.gateKey(t.Context(), k.circle); err != nil {
		t.Errorf("the gate's key is gone: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := Open(d.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	by = loggedIn(t, d, "keeper")
	if _, err := d.Reading(t.Context(), by, k.id, st.Ref); err != nil {
		t.Errorf("after a start: %v", err)
	}
}

// A member records a statement that names the keys of another one. Whoever erases
// it as spam would destroy that.
func TestStatementWithTheKeysOfAnother(t *testing.T) {
	_, d, by, k, st := attacked(t)
	forged := st.Statement
	forged.Ref, forged.Title = claim.NewRef(claim.RefStatement), "spam"
	if _, err := d.write(t.Context(), by, k.circle, k.id, draft{claim.KindStatement, forged, k.body.Key()}); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []claim.Ref{forged.Ref, st.Ref} {
		if _, err := d.Erase(t.Context(), by, k.id, ledger.Spam, vault.NewText(testPassphrase), ref); keyOfFault(err) != "erase.keys" {
			t.Errorf("got %v, want it refused", err)
		}
	}
	forged.Ref, forged.BodyKey, forged.VaultKey = claim.NewRef(claim.RefStatement), k.body.ID(), k.vault.ID()
	if _, err := d.write(t.Context(), by, k.circle, k.id, draft{claim.KindStatement, forged, k.body.Key()}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Erase(t.Context(), by, k.id, ledger.Spam, vault.NewText(testPassphrase), forged.Ref); keyOfFault(err) != "erase.keys" {
		t.Errorf("with the keys of the case: got %v, want it refused", err)
	}
}

func keyOfFault(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Key()
	}
	return ""
}

// A claim was on its way when its statement was erased. It is not written: it
// would stand there under a key that nobody has.
func TestClaimThatCrossesAnErasure(t *testing.T) {
	_, d, by, k, st := attacked(t)
	key, err := d.sourceKey(t.Context(), k.body, st.BodyKey)
	if err != nil {
		t.Fatal(err)
	}
	wraps, err := d.db.WrapsOf(t.Context(), st.BodyKey)
	if err != nil || len(wraps) == 0 {
		t.Fatal("no wraps")
	}
	if _, err := d.Erase(t.Context(), by, k.id, ledger.Withdrawn, vault.NewText(testPassphrase), st.Ref); err != nil {
		t.Fatal(err)
	}
	late := claim.Claim{Statement: st.Ref, Version: 1, End: 4, Subject: claim.NewRef(claim.RefPerson)}
	if _, err := d.write(t.Context(), by, k.circle, k.id, draft{claim.KindClaim, late, key}); keyOfFault(err) != "erase.gone" {
		t.Errorf("got %v, want erase.gone", err)
	}
	if err := d.db.PutWraps(t.Context(), wraps...); err != nil {
		t.Fatal(err)
	}
	if _, err := d.sourceKey(t.Context(), k.body, st.BodyKey); keyOfFault(err) != "keys.gone" {
		t.Errorf("somebody who had read its wrap before put it back: %v", err)
	}
}

// Whoever has the disk empties an entry and says that a notice explains it which
// is about another key, another case, or by nobody. It is damage all the same.
func TestEmptiedByANoticeThatExplainsNothing(t *testing.T) {
	cfg, d, by, k, st := attacked(t)
	circle, ok := by.circle(k.circle.id)
	if !ok {
		t.Fatal("no circle")
	}
	other, err := d.OpenCase(t.Context(), by, circle.id, NewCase{Title: "Another", About: "person"})
	if err != nil {
		t.Fatal(err)
	}
	ok2, err := d.openCase(t.Context(), by, other)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := d.announced(t, by, ok2, st.BodyKey)[0].number
	unrelated := d.announced(t, by, k, ledger.NewID())[0].number
	byNode, err := ledger.Publish(ledger.Erase{Keys: []ledger.ID{st.BodyKey}, Why: ledger.Spam}, k.id, nil, d.now(), d.node.Signer())
	if err != nil {
		t.Fatal(err)
	}
	forged, err := d.db.Append(t.Context(), []ledger.Sealed{byNode}, d.signer)
	if err != nil {
		t.Fatal(err)
	}
	key, err := d.sourceKey(t.Context(), k.body, st.BodyKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for name, notice := range map[string]int64{"of another case": elsewhere, "of another key": unrelated, "by the server": forged} {
		edited := filepath.Join(t.TempDir(), "office")
		if err := os.Mkdir(edited, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{"truth.db", "keys.db", identityFile, nodeFile} {
			b, err := os.ReadFile(filepath.Join(cfg.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(edited, file), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(edited, "truth.db"))
		if err != nil {
			t.Fatal(err)
		}
		done, err := db.Exec(`update entry set payload = null, pruned_by = ? where key = ?`, notice, key.ID[:])
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := done.RowsAffected(); n == 0 {
			t.Fatal("nothing was emptied: this test would see nothing")
		}
		db.Close()
		if _, err := Verify(t.Context(), edited, nil); keyOfFault(err) != "store.pruned_unexplained" {
			t.Errorf("a notice %s: got %v, want damage", name, err)
		}
	}
}
