package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// asks types a text into the title of a case, as the script does.
func (o *office) asks(v *testkit.Visitor, file, text string, more ...string) *testkit.Page {
	o.t.Helper()
	form := url.Values{"form": {token(v.Get("/help"))}, "case": {file}, "field": {"title"}, "at": {"add-title"}, "typed": {text}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return v.Post("/words", form)
}

// TestTypedByPages: what the server says of a text that is being typed, to each
// member, and what it never says.
func TestTypedByPages(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	id := file.ID.String()
	const text = "what Pavel Mirnenko said of Воробейчиков"
	cover := file.State.Cover(affected(file.State))

	ana := o.member("ana")
	said := o.asks(ana, id, text).Want(200)
	said.In("li.known").Has("names somebody the circle protects").None("select") // neither where nor who
	said.Has("Pavel Mirnenko", "nobody’s name", cover)
	if got := said.In("#add-title-words").Count("select"); got != 2 { // the name itself only looks like one to her
		t.Errorf("got %d choices, want one for each name", got)
	}

	vera := o.member("vera")
	said = o.asks(vera, id, text).Want(200)
	known := said.In("li.known").Has("Воробейчиков", "a name the circle protects", cover).HasNot("nobody’s name", "public figure")
	known.None(".chip")
	vera.Get(casePath(file.ID)+"/names").Submit("form[action="+casePath(file.ID)+"/names]", url.Values{"reason": {"calling them back"}, "pass": {passphrase("vera")}}).Want(200)
	o.asks(vera, id, text).Want(200).In("li.known").In("p").Has("Воробейчиков a name the circle protects", cover)

	for what, p := range map[string]*testkit.Page{
		"no such case":   o.asks(vera, strings.Repeat("0c", 16), text).Want(http.StatusNotFound),
		"who only looks": o.asks(o.member("ed"), id, "").Want(200),
		"another field":  o.asks(vera, id, text, "field", "pass").Want(200),
	} {
		if bytes.Contains(p.Body, []byte("words-found")) {
			t.Errorf("%s: got an answer, want none", what)
		}
	}
	// What stands in the answer beside what was typed is cover names.
	testkit.Sweep(t, append(demo.Canaries(), "Mirnenko"), []string{o.cfg.Dir}, map[string][]byte{"log": o.log.Bytes()}, nil)
	testkit.Sweep(t, demo.Canaries(), nil, map[string][]byte{"answer": o.asks(vera, id, "what Pavel Mirnenko said of us").Body}, nil)
}

// TestWordsAreDecidedOnce: a refused form asks about each word; a cover name is
// put in its place, and what is nobody's is not asked about again.
func TestWordsAreDecidedOnce(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	base := casePath(file.ID)
	who := affected(file.State)
	form := "form[action=" + base + "/people]"
	v := o.member("vera")
	page := v.Get(base+"/people").Submit(form, url.Values{"note": {"Pavel Mirnenko saw Воробейчиков; Mirnenkov did not"}}).Want(422)
	found := page.In(form).In(".words-found")
	choice := map[string]string{}
	for i := range found.Count("li") {
		li := found.In("li").At(i)
		choice[li.In("q").Text()] = li.In("select").Attr("name")
	}
	if len(choice) != 3 {
		t.Fatalf("got %v, want three words asked about", choice)
	}
	page = page.Submit(form, url.Values{choice["Pavel Mirnenko"]: {"none"}, choice["Воробейчиков"]: {string(who)}}).Want(422)
	note := page.In(form).In("[name=note]").Attr("value")
	if want := fmt.Sprintf("Pavel Mirnenko saw %s; Mirnenkov did not", file.State.Cover(who)); strings.TrimSpace(note) != want {
		t.Errorf("got note %q, want %q", note, want)
	}
	left := page.In(form).In(".words-found")
	if left.Count("li") != 1 {
		t.Error("want only what nobody decided to be asked about")
	}
	left.Has("Mirnenkov").HasNot("Pavel")
	page.Submit(form, url.Values{left.In("select").Attr("name"): {"public"}}).Want(200)
	o.member("ana").Get(base+"/people").Submit(form, url.Values{"note": {"again Pavel Mirnenko and Mirnenkov"}}).Want(200)
	_, file, _ = o.aStatement(t, "vera", "lieutenant")
	kinds := 0
	for _, item := range file.State.History {
		if item.Kind == "let-stand" {
			kinds++
		}
	}
	if kinds != 2 {
		t.Errorf("got %d decisions in the history, want 2", kinds)
	}
	v.Get(base + "/history").Has("Words that may stand").HasNot("Mirnenko")
}

// TestStatementIsMarkedAsItIsTyped: words said to be somebody while a statement is
// written are linked when it is there, and its text stays as it was.
func TestStatementIsMarkedAsItIsTyped(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	base := casePath(file.ID)
	v := o.member("vera")
	page := v.Post(base+"/statements", url.Values{
		"form": {token(v.Get("/help"))}, "which": {"add"}, "received": {"2022-12-20"}, "medium": {"interview"}, "in": {"en"}, "text": {"I saw Pavel Mirnenko at the Lagunov gate."}, "source": {string(anySource(file.State))},
		"said.text.0": {"Pavel Mirnenko"}, "say.text.0": {string(affected(file.State))}, "said.text.1": {"Lagunov"}, "say.text.1": {"none"},
	}).Want(200)
	page.In("#bar strong").Has("0 ")
	page.In("ol.sentences").Has(file.State.Cover(affected(file.State)), "Lagunov").HasNot("Mirnenko")
}

// TestReplaceWords puts a name in the place of words, and not inside others.
func TestReplaceWords(t *testing.T) {
	for _, c := range [][3]string{
		{"Ann, Anna and ann; Ann", "Ann", "Heron, Anna and ann; Heron"}, {"Ann", "", "Ann"}, {"", "Ann", ""},
		{"Иван и Иванов", "Иван", "Heron и Иванов"}, {"AnnAnn Ann", "Ann", "AnnAnn Heron"}, {"x", "x", "Heron"},
	} {
		f := &Form{values: url.Values{"note": {c[0]}, "pass": {c[0]}}}
		f.replace(c[1], "Heron")
		if got := f.Get("note"); got != c[2] {
			t.Errorf("%q: got %q, want %q", c[0], got, c[2])
		}
		if got := f.Get("pass"); got != c[0] {
			t.Errorf("pass: got %q, want it as it was", got)
		}
	}
	f := &Form{values: url.Values{"said.a.0": {"b"}, "say.a.0": {"none"}, "said.": {"x"}, "said.c": {"y"}, "said.d.1": {" "}, "say.d.1": {"none"}, "said.e.0": {"longer"}, "say.e.0": {"public"}}}
	if got, want := f.sayings(), []saying{{"e", "longer", "public"}, {"a", "b", "none"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
