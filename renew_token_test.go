package habeas

import (
	"testing"

	"habeas/vault"
)

// TestAttackFetchTheNewToken: who has a copy of the cookie asks again and again, so
// that a request of theirs ends just after the member typed the passphrase and
// before the member's answer leaves.
func TestAttackFetchTheNewToken(t *testing.T) {
	d, _ := office(t)
	token, err := d.Login(t.Context(), "k", vault.NewText("three small boats"))
	if err != nil {
		t.Fatal(err)
	}
	member, err := d.Actor(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	thief, err := d.Actor(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.BeginCode(t.Context(), member, vault.NewText("three small boats")); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Renew(thief); ok {
		t.Fatal("the thief was given the new token")
	}
	fresh, ok := d.Renew(member)
	if !ok {
		t.Fatal("the member was not given the new token")
	}
	if _, err := d.Actor(t.Context(), token); err == nil {
		t.Error("the old token is still good")
	}
	if _, err := d.Actor(t.Context(), fresh); err != nil {
		t.Errorf("the new token is not: %v", err)
	}
}
