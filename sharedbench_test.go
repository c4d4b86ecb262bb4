package habeas

import (
	"fmt"
	"testing"

	"habeas/claim"
	"habeas/gate"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// BenchmarkSharedCheck looks a text of 350 KB through for the names of 2,000 invented
// people of another circle: a release, without the rest of it.
func BenchmarkSharedCheck(b *testing.B) {
	d, keeper := office(b)
	ok := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	pass := vault.NewText("three small boats")
	home := circleOf(keeper)
	second, err := d.NewCircle(b.Context(), keeper, "two", pass)
	ok(err)
	keeper = enter(b, d)
	c, _ := keeper.circle(second)
	id, err := d.OpenCase(b.Context(), keeper, second, NewCase{Title: "many", About: "incident"})
	ok(err)
	k, err := d.caseKeys(b.Context(), keeper, id)
	ok(err)
	key, err := d.gateKey(b.Context(), c)
	ok(err)
	var drafts []draft
	for i := range 2000 {
		n := name.Name{{Kind: name.Given, Text: fmt.Sprintf("Добро%c%c", 'а'+rune(i%30), 'а'+rune(i/30%30))}, {Kind: name.Family, Text: fmt.Sprintf("Заре%cо%cич", 'б'+rune(i%29), 'а'+rune(i/29%30))}}
		f := claim.Forms{Person: claim.NewRef(claim.RefPerson), Detail: ledger.NewID(), Circle: second, Hashes: gate.Compile(key, n)}
		drafts = append(drafts, draft{claim.KindForms, f, k.body.Key()})
	}
	_, err = d.write(b.Context(), keeper, c, id, drafts...)
	ok(err)
	ok(d.AddMember(b.Context(), keeper, NewMember{Handle: "e", Name: "e", Passphrase: pass, Roles: []ledger.Role{ledger.Editor}}, home.id, false))
	ok(d.MarkShared(b.Context(), enter(b, d), second, pass))
	ours, err := d.OpenCase(b.Context(), enter(b, d), home.id, NewCase{Title: "ours", About: "incident"})
	ok(err)
	token, err := d.Login(b.Context(), "e", pass)
	ok(err)
	by, err := d.Actor(b.Context(), token)
	ok(err)
	k, err = d.caseKeys(b.Context(), by, ours)
	ok(err)
	var text []byte
	for len(text) < 350<<10 {
		text = fmt.Appendf(text, "On day %d somebody saw the others by the river, and nobody spoke.\n", len(text))
	}
	files := []gate.File{{Name: "a.txt", Media: "text/plain", Bytes: text}}
	for b.Loop() {
		ok(d.passShared(b.Context(), by, k, &rendered{}, files))
	}
}
