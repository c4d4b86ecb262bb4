package habeas

import (
	"testing"

	"habeas/claim"
	"habeas/gate"
	"habeas/vault"
)

// TestOlderForms: a name that a version before this one wrote down for the gate is
// not in an index. Nothing leaves until a member who may see it has been there,
// and then the gate knows it.
func TestOlderForms(t *testing.T) {
	ctx := t.Context()
	d := reopened(t, smallOffice(t))
	keeper, analyst := loggedIn(t, d, "keeper"), loggedIn(t, d, "analyst")
	d.tending.Wait()
	id := firstCase(t, d, keeper)
	person, err := d.AddPerson(ctx, keeper, id, NewPerson{Protection: claim.Protected})
	if err != nil {
		t.Fatal(err)
	}
	k, err := d.caseKeys(ctx, keeper, id)
	if err != nil {
		t.Fatal(err)
	}
	drafts, err := d.detailDrafts(ctx, keeper, k, vault.Detail{Person: person, Names: [][]vault.Part{hidden}})
	if err != nil {
		t.Fatal(err)
	}
	older := 0
	for _, draft := range drafts {
		if f, ok := draft.body.(claim.Forms); ok {
			f.Hashes[0] = 1
			older++
		}
	}
	if older == 0 {
		t.Fatal("no forms were written")
	}
	if _, err := d.write(ctx, keeper, k.circle, id, drafts...); err != nil {
		t.Fatal(err)
	}
	file := gate.Draft{Files: []gate.File{{Name: "a.txt", Media: "text/plain", Bytes: []byte("He saw Dobrohost Yaskulka.")}}}
	if _, err := d.clear(ctx, k, file, gate.Options{}); faultKey(err) != "gate.names_pending" {
		t.Errorf("with forms of an older version: got %v, want gate.names_pending", err)
	}
	if err := d.RenewKeys(ctx, analyst, nil); err != nil {
		t.Errorf("a member without the vault: got %v", err)
	}
	if _, err := d.clear(ctx, k, file, gate.Options{}); faultKey(err) != "gate.names_pending" {
		t.Errorf("after a member without the vault came: got %v, want gate.names_pending", err)
	}
	for range 2 { // the second time there is nothing to do
		if err := d.RenewKeys(ctx, keeper, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.exitIndex(ctx, k.circle); err != nil {
		t.Errorf("after a member with the vault came: got %v", err)
	}
	if letsOut(t, d, keeper, id) || letsOut(t, d, analyst, id) {
		t.Error("the gate lets out a name that an older version wrote down")
	}
}
