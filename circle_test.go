package habeas

import (
	"bytes"
	"errors"
	"testing"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// TestOtherCircleIsNothing: to a member of another circle a case that exists and
// one that does not are the same, and nothing of it is in their views.
func TestOtherCircleIsNothing(t *testing.T) {
	ctx := t.Context()
	d, by := office(t)
	id, err := d.OpenCase(ctx, by, circleOf(by).id, NewCase{Title: "The lighthouse keeper", About: "person"})
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.createCircle(ctx, by.me, "two", false)
	if err != nil {
		t.Fatal(err)
	}
	words := vault.NewText("two small boats")
	stranger := NewMember{Handle: "z", Name: "Z", Passphrase: words, Roles: []ledger.Role{ledger.Caseworker}}
	if err := d.AddMember(ctx, enter(t, d), stranger, second.id, true); err != nil {
		t.Fatal(err)
	}
	token, err := d.Login(ctx, "z", words)
	if err != nil {
		t.Fatal(err)
	}
	z, err := d.Actor(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	for what, id := range map[string]CaseID{"a case of another circle": id, "no case at all": ledger.NewID()} {
		_, read := d.Case(ctx, z, id)
		_, wrote := d.AddPerson(ctx, z, id, NewPerson{})
		_, listed := d.Dossiers(ctx, z, id)
		for _, err := range []error{read, wrote, listed} {
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key() != "case.none" {
				t.Errorf("%s: got %v, want case.none", what, err)
			}
		}
	}
	if rows, err := d.Cases(ctx, z); err != nil || len(rows) != 0 {
		t.Errorf("got cases %v and %v, want none", rows, err)
	}
	if found, err := d.Search(ctx, z, "lighthouse"); err != nil || len(found.Hits) != 0 {
		t.Errorf("got hits %v and %v, want none", found.Hits, err)
	}
	if found, err := d.Search(ctx, by, "lighthouse"); err != nil || len(found.Hits) != 1 {
		t.Errorf("got hits %v and %v for its own circle, want one", found.Hits, err)
	}
	var dump bytes.Buffer
	if err := d.Dump(ctx, z, &dump); err != nil {
		t.Fatal(err)
	}
	if dump.Len() == 0 || bytes.Contains(bytes.ToLower(dump.Bytes()), []byte("lighthouse")) {
		t.Error("the views of another circle hold the title of the case")
	}
}
