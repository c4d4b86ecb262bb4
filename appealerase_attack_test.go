package habeas

import (
	"testing"

	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

// A member records a letter that names the keys of a statement, of the case and of
// another letter as its own, and a statement that names the key of a letter. Erasing
// the one does not destroy the other.
func TestErasureOfNumbersThatAreNotItsOwn(t *testing.T) {
	_, d, by, k, st := attacked(t)
	unit, err := d.AddAuthority(t.Context(), by, claim.Unit{Label: "the ombudsman", Kind: "ombudsman"}, claim.Authority{Jurisdiction: "RU"})
	if err != nil {
		t.Fatal(err)
	}
	mine, err := d.AddAppeal(t.Context(), by, k.id, NewAppeal{Title: "where he is", Kind: "request", Authority: unit})
	if err != nil {
		t.Fatal(err)
	}
	_, _, a, err := d.appealIn(t.Context(), by, k.id, mine)
	if err != nil {
		t.Fatal(err)
	}
	pass := vault.NewText(testPassphrase)
	for name, key := range map[string]ledger.ID{
		"a statement's original": st.VaultKey, "a statement's text": st.BodyKey, "the case": k.vault.ID(), "the case's body": k.body.ID(), "none": {},
	} {
		forged := a.Appeal
		forged.Ref, forged.VaultKey = claim.NewRef(claim.RefAppeal), key
		if _, err := d.write(t.Context(), by, k.circle, k.id, draft{claim.KindAppeal, forged, k.body.Key()}); err != nil {
			t.Fatal(err)
		}
		err := d.EraseNumbers(t.Context(), by, k.id, forged.Ref, ledger.Spam, pass)
		if got := keyOfFault(err); got != "appeal.keys" && got != "appeal.numbers_erased" {
			t.Errorf("with the key of %s: got %v, want it refused", name, err)
		}
		if _, gone, err := d.NumbersErased(t.Context(), by, k.id, forged.Ref); err != nil || gone {
			t.Errorf("with the key of %s: got erased %v, %v", name, gone, err)
		}
	}
	twin := a.Appeal
	twin.Ref = claim.NewRef(claim.RefAppeal)
	liar := st.Statement
	liar.Ref, liar.VaultKey = claim.NewRef(claim.RefStatement), a.VaultKey
	said := claim.Step{Appeal: mine, What: claim.StepErased, Why: ledger.Spam}
	if _, err := d.write(t.Context(), by, k.circle, k.id, draft{claim.KindAppeal, twin, k.body.Key()}, draft{claim.KindStatement, liar, k.body.Key()}, stepOf(k, said)); err != nil {
		t.Fatal(err)
	}
	if err := d.EraseNumbers(t.Context(), by, k.id, twin.Ref, ledger.Spam, pass); keyOfFault(err) != "appeal.keys" {
		t.Errorf("with the key of another letter: got %v, want it refused", err)
	}
	if _, err := d.Erase(t.Context(), by, k.id, ledger.Spam, pass, liar.Ref); keyOfFault(err) != "erase.keys" {
		t.Errorf("a statement with the key of a letter: got %v, want it refused", err)
	}
	if _, gone, err := d.NumbersErased(t.Context(), by, k.id, mine); err != nil || gone {
		t.Errorf("a record that says so and no more: got erased %v, %v", gone, err)
	}
	if _, err := d.Reading(t.Context(), by, k.id, st.Ref); err != nil {
		t.Errorf("the statement cannot be read any more: %v", err)
	}
}

// Power fails when the erasure of numbers was announced and nothing of it done: it is
// done before anybody logs in again, and nothing more is sealed under that key.
func TestErasureOfNumbersIsFinished(t *testing.T) {
	cfg, d, by, k, _ := attacked(t)
	unit, err := d.AddAuthority(t.Context(), by, claim.Unit{Label: "the ombudsman", Kind: "ombudsman"}, claim.Authority{Jurisdiction: "RU"})
	if err != nil {
		t.Fatal(err)
	}
	ref, err := d.AddAppeal(t.Context(), by, k.id, NewAppeal{Title: "where he is", Kind: "request", Authority: unit})
	if err != nil {
		t.Fatal(err)
	}
	step := claim.Step{What: claim.StepKnown, On: "2020-01-01"}
	number := Numbers{Tracking: vault.NewText("55519977340218")}
	if err := d.AddStep(t.Context(), by, k.id, ref, step, number); err != nil {
		t.Fatal(err)
	}
	_, _, a, err := d.appealIn(t.Context(), by, k.id, ref)
	if err != nil {
		t.Fatal(err)
	}
	late, err := d.numbersDraft(t.Context(), k, a, number) // on its way meanwhile
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.intendNumbers(t.Context(), by, k.id, ref, ledger.Withdrawn); err != nil {
		t.Fatal(err)
	}
	if _, err := d.write(t.Context(), by, k.circle, k.id, late...); keyOfFault(err) != "erase.gone" {
		t.Errorf("a number was sealed under a key that is to be destroyed: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if proof, err := Prove(t.Context(), cfg); err != nil || proof.Clean() {
		t.Fatalf("nothing was left to be done: this test would see nothing; %v", err)
	}
	again, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if proof, err := Prove(t.Context(), cfg); err != nil || !proof.Clean() || len(proof.Erasures) != 1 {
		t.Errorf("got %+v, %v; want nothing left", proof, err)
	}
	if _, gone, err := again.NumbersErased(t.Context(), loggedIn(t, again, "keeper"), k.id, ref); err != nil || !gone {
		t.Errorf("got erased %v, %v", gone, err)
	}
}
