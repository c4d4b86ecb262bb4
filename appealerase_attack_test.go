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
