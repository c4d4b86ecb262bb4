package web

import (
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// toldAgain is a statement that is not settled yet. Its names are invented.
const toldAgain = `I met Елисей Кудеяров in the spring. He told me that they were kept in the basement until July.

On Tuesday a man called Артамон Щебетун came to my door. I do not know who sent him.`

// aStatement returns the case whose title has words in it, and its statements.
func (o *office) aStatement(t *testing.T, handle, words string) (habeas.Actor, *habeas.CaseFile, []claim.Telling) {
	t.Helper()
	by, err := demo.Actor(t.Context(), o.desk, handle)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := o.desk.Cases(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if strings.Contains(row.Title, words) {
			file, err := o.desk.Case(t.Context(), by, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			return by, file, file.State.Statements
		}
	}
	t.Fatalf("no case has %q in its title", words)
	return by, nil, nil
}

func (o *office) enter(b *testkit.Browser, handle string) {
	b.Open(o.http.URL + "/login")
	for _, m := range demo.Members() {
		if m.Handle == handle {
			b.Fill("#handle", m.Handle)
			b.Fill("#pass", m.Passphrase)
		}
	}
	b.Press("\r")
	b.Wait("nav.words")
}

// TestCaseInABrowser opens the pages of a case with script, wide and narrow:
// they break no accessibility rule, and none is wider than the screen.
func TestCaseInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	base := o.http.URL + "/case/" + file.ID.String()
	b.Resize(1280, 900)
	o.enter(b, "vera")
	person := affected(file.State)
	entry := file.State.Claims[0].Entry.String()
	for _, p := range []struct{ name, path string }{
		{"case", ""}, {"people", "/people"}, {"person", "/person/" + bare(person)}, {"names", "/names"}, {"history", "/history"},
		{"statement-new", "/statements/new"}, {"desk", "/statement/" + bare(told[0].Ref)}, {"desk-take", "/statement/" + bare(told[0].Ref) + "?s=2"},
		{"claim", "/claim/" + entry}, {"dossiers", "/dossiers"}, {"preview", "/dossiers?audience=public&in=en"},
	} {
		b.Open(base + p.path)
		b.Wait("h1")
		o.look(b, p.name)
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// TestReadingInABrowser reads a statement with script: names are linked and a
// claim is taken without a page being left.
func TestReadingInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	base := o.http.URL + "/case/" + file.ID.String()
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(base + "/statements/new")
	b.Fill("#add-text", toldAgain)
	b.Set("#add-source", string(anySource(file.State)))
	b.Follow("main .sheet button")
	o.look(b, "desk-names")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

func anySource(st *claim.State) (first claim.Ref) {
	for ref := range st.Sources {
		if first == "" || ref < first {
			first = ref
		}
	}
	return first
}
