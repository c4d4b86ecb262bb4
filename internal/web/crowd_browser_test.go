package web

import (
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/testkit"
)

// TestFewInABrowser tells how vera records an age and a place in its district, sees
// that a dossier says too much of one man, and says the age by ten years with
// one button; and how ed, when a claim in what left
// was taken back, tells who has it, with the words that stand there.
func TestFewInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	vera, file, told := o.aStatement(t, "vera", "lieutenant")
	base := o.http.URL + casePath(file.ID)
	b.Resize(1280, 900)
	o.enter(b, "vera")

	b.Open(o.http.URL + "/places/new")
	b.Fill("#place-label", "the old cannery")
	b.Fill("#place-district", "Ustyansk district")
	b.Fill("#place-region", "Severny oblast")
	b.Fill("#place-country", "ru")
	b.Set("#place-precision", "town")
	o.look(b, "place-new-district")
	b.Follow("form[action='/places'] button")
	b.Wait("h1")
	if got := b.Text("main"); !strings.Contains(got, "Ustyansk district, Severny oblast, RU") {
		t.Errorf("the place does not say what it lies in: %.300s", got)
	}

	b.Open(base + "/statement/" + bare(told[0].Ref) + "?s=2")
	b.Wait("#take")
	b.Click("input[name=kind][value=status]")
	b.Set("#take-subject", string(affected(file.State)))
	b.Set("#take-status", "age:")
	b.Set("#take-basis", "witnessed")
	o.look(b, "desk-age")
	b.Fill("#take-years", "34")
	b.Press("\r")
	b.Wait(".s.done")
	_, file, _ = o.aStatement(t, "vera", "lieutenant")
	if f := file.State.Finding(affected(file.State), claim.Age); len(f.Answers) != 1 || f.Answers[0].Value.N != 34 {
		t.Fatalf("what was recorded of the age is %+v", f.Answers)
	}

	b.Open(base + "/dossiers?audience=authority&in=en")
	b.Wait(".gate")
	o.look(b, "few")
	text := func() string { return b.Text(".preview pre") }
	if !strings.Contains(text(), "34") {
		t.Fatal("the age is not said")
	}
	b.Follow("form:has(input[name=less][value='age 1']) button")
	b.Wait(".gate")
	if got := text(); strings.Contains(got, "34") || !strings.Contains(got, "30-39") {
		t.Errorf("the age was to be said by ten years: %.2000s", got)
	}
	o.look(b, "few-less")

	out := o.released(t, "authority")
	omar, _, _ := o.aStatement(t, "omar", "lieutenant")
	var taken *claim.Recorded
	for _, c := range file.State.Live() {
		if c.Statement == told[0].Ref && c.Predicate == claim.Age {
			taken = c
		}
	}
	if err := o.desk.Withdraw(t.Context(), omar, file.ID, taken.Entry, "she was misheard"); err != nil {
		t.Fatal(err)
	}
	b.Open(o.http.URL + "/releases")
	b.Wait("table")
	if got := b.Text("table"); !strings.Contains(got, "was not told") || !strings.Contains(got, "the archive of the movement") {
		t.Errorf("the register does not say who was not told: %s", got)
	}
	o.look(b, "releases-untold")
	o.tell(b, out, file)
	if rows, err := o.desk.Releases(t.Context(), vera, affected(file.State)); err != nil || len(rows) != 1 || rows[0].Owes() {
		t.Errorf("who has it was told, and the register has %+v, %v", rows, err)
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// tell has ed tell who has a dossier that something in it changed.
func (o *office) tell(b *testkit.Browser, out claim.Ref, file *habeas.CaseFile) {
	b.Follow("form[action='/logout'] button")
	o.enter(b, "ed")
	b.Open(o.http.URL + casePath(file.ID) + "/dossier/" + bare(out))
	b.Wait("#told-how")
	o.look(b, "dossier-notice")
	if got := b.Text("pre[aria-labelledby=notice]"); !strings.Contains(got, "received a document from us") {
		o.t.Errorf("the notice says %q", got)
	}
	b.Fill("#told-how", "by registered letter")
	b.Follow("form[action$='/told'] button")
	b.Open(o.http.URL + "/releases")
	b.Wait("table")
	if got := b.Text("table"); strings.Contains(got, "was not told") || !strings.Contains(got, "was told") {
		o.t.Errorf("after the notice the register says: %s", got)
	}
	o.look(b, "releases-told")
}
