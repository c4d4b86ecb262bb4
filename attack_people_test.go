package habeas

import (
	"encoding/json"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/vault"
)

var hidden = []vault.Part{{Kind: "given", Text: vault.NewText("Dobrohost")}, {Kind: "family", Text: vault.NewText("Yaskulka")}}

// guarded makes an office whose case protects somebody.
func guarded(t *testing.T) (d *Desk, keeper, analyst Actor, id CaseID, person claim.Ref) {
	t.Helper()
	d = reopened(t, smallOffice(t))
	keeper, analyst = loggedIn(t, d, "keeper"), loggedIn(t, d, "analyst")
	id = firstCase(t, d, keeper)
	person, err := d.AddPerson(t.Context(), keeper, id, NewPerson{Protection: claim.Protected, Parts: hidden})
	if err != nil {
		t.Fatal(err)
	}
	return d, keeper, analyst, id, person
}

// letsOut reports whether the gate would let the name out.
func letsOut(t *testing.T, d *Desk, by Actor, id CaseID) bool {
	t.Helper()
	k, err := d.caseKeys(t.Context(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.check(t.Context(), k, gate.Draft{Files: []gate.File{{Name: "a.txt", Media: "text/plain", Bytes: []byte("He saw Dobrohost Yaskulka.")}}}, gate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Clear
}

// TestAttackUnprotect: a member without the vault tries to make the gate let a
// name out that they do not know.
func TestAttackUnprotect(t *testing.T) {
	d, _, analyst, id, person := guarded(t)
	f, err := d.Case(t.Context(), analyst, id)
	if err != nil {
		t.Fatal(err)
	}
	p := f.State.Persons[person]
	p.Protection = claim.Public
	if err := d.ChangePerson(t.Context(), analyst, id, p); faultKey(err) != "may.needs_vault" {
		t.Errorf("a member without the vault unprotects somebody: got %v", err)
	}
	k, err := d.caseKeys(t.Context(), analyst, id)
	if err != nil {
		t.Fatal(err)
	}
	// With the disk they can write what no page lets them: empty forms in the place
	// of the true ones.
	entries, err := d.circles[k.circle.id].view.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		var forms claim.Forms
		if e.Kind != claim.KindForms || json.Unmarshal(e.Body, &forms) != nil {
			continue
		}
		forms.Hashes = gate.Compile(gate.Key{})
		if _, err := d.write(t.Context(), analyst, k.circle, id, draft{claim.KindForms, forms, k.body.Key()}); err != nil {
			t.Fatal(err)
		}
	}
	if letsOut(t, d, analyst, id) {
		t.Error("empty forms took the place of a name's")
	}
	d.circles[k.circle.id].index = nil // as after a restart
	if letsOut(t, d, analyst, id) {
		t.Error("after a restart empty forms took the place of a name's")
	}
}

// TestAttackUnprotectElsewhere: the same by way of another case, which says that
// the person of this reference is a public figure.
func TestAttackUnprotectElsewhere(t *testing.T) {
	d, keeper, _, id, person := guarded(t)
	for range 4 { // streams sort at random
		other, err := d.OpenCase(t.Context(), keeper, caseCircle(t, d, keeper), NewCase{Title: "Another", About: "person"})
		if err != nil {
			t.Fatal(err)
		}
		k, err := d.caseKeys(t.Context(), keeper, other)
		if err != nil {
			t.Fatal(err)
		}
		p := claim.Person{Ref: person, Cover: "Heron", Protection: claim.Public}
		if _, err := d.write(t.Context(), keeper, k.circle, other, draft{claim.KindPerson, p, k.body.Key()}); err != nil {
			t.Fatal(err)
		}
		if letsOut(t, d, keeper, id) {
			t.Fatal("a case of its own unprotects somebody of another")
		}
	}
}

// TestAttackWordsBesideTheCheck: fields that look like codes hold no words.
func TestAttackWordsBesideTheCheck(t *testing.T) {
	d, keeper, analyst, id, _ := guarded(t)
	place := claim.Place{Label: "a cellar", Kind: "basement", Country: "DOBROHOST YASKULKA"}
	if _, err := d.AddPlace(t.Context(), analyst, place); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a name as a country: got %v", err)
	}
	place.Country, place.District = "", "the district of Dobrohost Yaskulka"
	if _, err := d.AddPlace(t.Context(), analyst, place); fault.KindOf(err) != fault.Withheld {
		t.Errorf("a name in a district: got %v", err)
	}
	f, err := d.Case(t.Context(), keeper, id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.AddStatement(t.Context(), keeper, id, NewStatement{Source: f.State.Statements[0].Source, Medium: "letter",
		Lang: "Dobrohost Yaskulka", Raw: vault.NewText("They came.")})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("a name as a language: got %v", err)
	}
}

// TestAttackOtherBytes: what was approved and what is handed over are the same
// bytes, whatever stands in the ledger under the dossier's reference.
func TestAttackOtherBytes(t *testing.T) {
	d, keeper, _, id, _ := guarded(t)
	k, err := d.caseKeys(t.Context(), keeper, id)
	if err != nil {
		t.Fatal(err)
	}
	ref := claim.NewRef(claim.RefDossier)
	r := rendered{Dossier: ref, Audience: "public", Lang: "en", Files: []gate.File{{Name: "a.txt", Media: "text/plain", Bytes: []byte("other words")}}}
	digest := strings.Repeat("ab", 32)
	drafts := []draft{{kindRendered, r, k.body.Key()}}
	for _, what := range []string{claim.Proposed, claim.Approved, claim.Released} {
		drafts = append(drafts, draft{claim.KindAct, claim.Act{What: what, Dossier: ref, Audience: "public", Lang: "en", Digest: digest}, k.body.Key()})
	}
	if _, err := d.write(t.Context(), keeper, k.circle, id, drafts...); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Dossier(t.Context(), keeper, id, ref); fault.KindOf(err) != fault.Damaged {
		t.Errorf("bytes that are not those proposed are shown: got %v", err)
	}
}

// TestAttackSteps: an analyst's steps count for nothing, whatever they sign.
func TestAttackSteps(t *testing.T) {
	d, keeper, analyst, id, _ := guarded(t)
	k, err := d.caseKeys(t.Context(), analyst, id)
	if err != nil {
		t.Fatal(err)
	}
	act := claim.Act{What: claim.Proposed, Dossier: claim.NewRef(claim.RefDossier), Audience: "public", Lang: "en", Digest: strings.Repeat("ab", 32)}
	if _, err := d.write(t.Context(), analyst, k.circle, id, draft{claim.KindAct, act, k.body.Key()}); err != nil {
		t.Fatal(err)
	}
	rows, err := d.Dossiers(t.Context(), keeper, id)
	if err != nil || len(rows) != 0 {
		t.Errorf("got %v and %v, want no dossier", rows, err)
	}
}

// TestAttackLockedMeanwhile: whoever locks everything while somebody is typing a
// passphrase locks that, too.
func TestAttackLockedMeanwhile(t *testing.T) {
	d, keeper, analyst, _, _ := guarded(t)
	if err := d.LockAll(analyst); err != nil {
		t.Fatal(err)
	}
	if err := d.stepUp(t.Context(), keeper, vault.NewText(testPassphrase)); faultKey(err) != "session.ended" {
		t.Errorf("got %v, want session.ended", err)
	}
}
