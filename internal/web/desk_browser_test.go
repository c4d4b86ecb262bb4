package web

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/chromedp/chromedp/kb"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
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
	b.Set("#add-text", toldAgain)
	b.Set("#add-source", string(anySource(file.State)))
	b.Follow("main .sheet button")
	o.look(b, "desk-names")
	b.Set("#link-person", string(affected(file.State)))
	b.Click("#link .acts button")
	b.Wait(".sentences .chip")
	b.Click("#dismiss .acts button")
	b.Wait("#bar button:not(.second)")
	o.look(b, "desk-clean")
	if got := b.Text("#bar strong"); !strings.HasPrefix(got, "0 ") {
		t.Errorf("got %q left", got)
	}
	b.Follow("#bar button")
	at := b.Address()

	b.Press("jj") // to the second sentence
	b.Press("n")
	b.Wait("#take")
	o.look(b, "desk-taking")
	b.Click("label[for=kind-status]")
	b.Wait(".only-status")
	b.Set("#take-subject", string(affected(file.State)))
	b.Set("#take-status", "liberty:held")
	b.Fill("#take-when", "2022-13")
	b.Click("#take .acts button")
	b.Wait("[role=alert]")
	if got := b.Value("#take-when"); got != "2022-13" {
		t.Errorf("got date %q back, want what was typed", got)
	}
	b.Set("#take-when", "../2022-07")
	b.Click("#take .acts button")
	b.Wait("ol.claims > li")
	o.look(b, "desk-taken")
	if got := b.Text("ol.claims"); !strings.Contains(got, "until July 2022") {
		t.Errorf("got %q, want the claim", got)
	}
	if got := b.Address(); got != at {
		t.Errorf("the page was left for %s", got)
	}
	for _, c := range b.Complaints() {
		if !strings.Contains(c, "422") { // the date that is none
			t.Error(c)
		}
	}
}

// TestClaimByKeyboard takes a claim as somebody does who takes forty a day: no
// mouse, and few enough keys for ten seconds.
func TestClaimByKeyboard(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + casePath(file.ID) + "/statement/" + bare(told[0].Ref))
	before := map[ledger.ID]bool{}
	for _, r := range file.State.Claims {
		before[r.Entry] = true
	}
	keys := 0
	press := func(text string) {
		keys += utf8.RuneCountInString(text)
		b.Press(text)
	}
	press("jjj") // the third sentence
	press("n")
	b.Wait("#take")
	b.Wait("#find:focus")
	press("deten")
	b.Wait("#found li[aria-selected=true]")
	o.look(b, "desk-finding")
	if got := b.Text("#found li[aria-selected=true]"); !strings.HasPrefix(got, "detention") {
		t.Errorf("got %q first, want detention", got)
	}
	press("\r")
	b.Wait("#take-when:focus")
	if got := b.Focused(); got != "take-when" {
		t.Fatalf("the focus is on %s, want the date", got)
	}
	press("2022-07\r")
	b.Wait(".s.done")
	o.look(b, "desk-found")
	if keys > 20 {
		t.Errorf("a claim took %d keys, want at most 20", keys)
	}
	if got := b.Focused(); got != "A" {
		t.Errorf("the focus is on %s, want the number of the sentence", got)
	}
	_, file, _ = o.aStatement(t, "vera", "lieutenant")
	var says []string
	for _, r := range file.State.Claims {
		if !before[r.Entry] {
			says = append(says, r.Predicate+" "+r.Value.Term+r.Value.Role+" "+r.When.String())
		}
	}
	slices.Sort(says)
	if want := []string{"involved victim 2022-07", "occurred detention 2022-07"}; !slices.Equal(says, want) {
		t.Errorf("got claims %q, want %q", says, want)
	}
	// A status is found as well, and Escape and the arrows do what they do in any list.
	press("j")
	press("n")
	b.Wait("#take")
	b.Press("missing")
	b.Wait("#found li[aria-selected=true]")
	b.Press(kb.Escape)
	b.Press(" ")
	b.Wait("#found li[aria-selected=true]")
	for range 8 {
		if b.Text("#found li[aria-selected=true]") == "missing liberty" {
			break
		}
		b.Press(kb.ArrowDown)
	}
	b.Press("\r")
	if got := b.Value("#take-status"); got != "liberty:missing" {
		t.Errorf("got %q, want that somebody is missing", got)
	}
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
