package web

import (
	"net/url"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// What is typed into a letter; all of it is invented.
const (
	typedAddress = "904 Vyhadana lane, Nevidomsk"
	typedAccount = "Reply to this office, not to the garrison."
	typedName    = "Zlatomir Vyrvydub"
)

// TestLetterIsWritten is a communication to the Working Group by forms alone: chosen,
// refused and typed again, looked at, proposed, approved by another, and taken.
func TestLetterIsWritten(t *testing.T) {
	o := demoOffice(t)
	v := o.member("vera")
	_, file, _ := o.aStatement(t, "vera", "in writing")
	at := appealPath(file.ID, file.State.Appeals[0].Ref)
	v.Get(at).Want(200).Has("Write the letter")
	v.Get(at + "/draft?letter_form=wgeid-urgent+en").Want(200).Has("have names shown first").HasNot(`name="letter_from"`)
	reveal := func(b *testkit.Visitor, handle string) {
		t.Helper()
		b.Get(casePath(file.ID)+"/names").Want(200).Submit("form.narrow", url.Values{"reason": {"for a letter to them"}, "pass": {passOf(handle).Reveal()}}).Want(200)
	}
	reveal(v, "vera")
	p := v.Get(at + "/draft").Want(200)
	p.Has("Жалоба военному прокурору", "urgent procedure").None("form.proposing")
	p = p.Submit("form[method=get]", url.Values{"letter_form": {"wgeid-urgent en"}}).Want(200)
	p.Has("within three months", "Whose consent is needed: the family", "Date of the disappearance", "missing", "needed", "WGEID")

	father := ""
	for _, src := range file.State.Sources {
		if src.Role == "father" {
			father = string(src.Person)
		}
	}
	// The father may not be named to the UN: no address of his, and what was typed is still there.
	const look = "form.typing"
	said := url.Values{"letter_sender": {father}, "said.sender.address": {typedAddress}, "said.account": {typedAccount}, "said.consent": {"the family, in November"}}
	p = p.Submit(look, said).Want(422)
	p.Has("may not be named to this reader", typedAccount).HasNot("What it must have")
	p.In("#preview-said-sender-address").Has(typedAddress)
	p = p.Submit(look, url.Values{"said.sender.address": {""}, "letter_sender": {""}, "letter_from": {typedName}}).Want(200)
	p.Has("As it reads, with its sources", typedAccount, "Sources")
	p.In("#note-1").Has("1.")
	p.Has("Sentences to leave out")
	p.None("form.proposing") // who is Zlatomir?
	out := p.In("#leave-1").Attr("value")
	p.Submit("form.notice", nil).Want(200).HasNot(typedAccount) // names are hidden meanwhile
	late := p.Submit("form.chosen", url.Values{"do.1": {"nobody"}}).Want(200)
	late.Has("have names shown first", typedAccount).None("form.proposing")
	late.None("#preview")
	reveal(v, "vera")
	p = p.Submit("form.chosen", url.Values{"do.1": {"nobody"}}).Want(200)
	p.Has(typedName, typedAccount)
	p = p.Submit("form.typing", url.Values{"leave": {out}}).Want(200)
	if got := p.In("form.proposing [name=leave]").Attr("value"); got != out {
		t.Errorf("got %q to leave out, want %q", got, out)
	}
	p = p.Submit("form.proposing", nil).Want(200)
	p.Has("stand in this dossier by name", typedAccount)
	made := p.Address.Path
	ref := "d:" + made[strings.LastIndex(made, "/")+1:]
	v.Get(at).Want(200).Has("Drafted letters").In("[href=" + made + "]")

	omar := o.member("omar")
	omar.Get(made).HasNot(typedAccount)
	reveal(omar, "omar")
	q := omar.Get(made).Want(200)
	q.Has(typedAccount, "What it must have", "The letter it was drafted for")
	q.Submit("form[action="+made+"/approve]", url.Values{"reason": {"his comrades know, and somebody may ask"}}).Want(200)
	for _, handle := range []string{"ana", "ed"} {
		page := o.member(handle).Get(made)
		testkit.Sweep(t, append(demo.Canaries(), typedName, "Vyhadana"), nil, map[string][]byte{handle: page.Body, handle + " appeal": o.member(handle).Get(at).Want(200).Body}, nil)
	}
	rows, err := o.desk.LettersFor(t.Context(), o.actor("vera"), file.ID, file.State.Appeals[0].Ref)
	o.ok(err)
	if len(rows) != 1 || rows[0].Dossier != claim.Ref(ref) || rows[0].Approved == nil {
		t.Errorf("got %+v, want one letter that was approved", rows)
	}
}
