package dossier

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
)

var update = flag.Bool("update", false, "write the golden files")

// A file records a case for a test.
type file struct {
	t       testing.TB
	entries []ledger.Entry
	n       byte
}

func (f *file) ref(kind byte) claim.Ref {
	f.n++
	r := []byte(string(kind) + ":aaaaaaaaaaaaaaaa")
	r[2], r[3] = "abcdefghijkmnpqrstuvwxyz23456789"[f.n/32], "abcdefghijkmnpqrstuvwxyz23456789"[f.n%32]
	return claim.Ref(r)
}

func (f *file) write(kind string, body any) {
	f.t.Helper()
	if err := claim.Check(body); err != nil {
		f.t.Fatalf("%s %+v: %v", kind, body, err)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		f.t.Fatal(err)
	}
	e := ledger.Entry{Kind: kind, Body: raw}
	sum := sha256.Sum256(fmt.Append(nil, len(f.entries)))
	copy(e.ID[:], sum[:])
	if n := len(f.entries); n > 0 {
		e.After = []ledger.ID{f.entries[n-1].ID}
	}
	f.entries = append(f.entries, e)
}

func (f *file) person(cover string, count int) claim.Ref {
	p := claim.Person{Ref: f.ref('p'), Cover: cover, Count: count}
	f.write(claim.KindPerson, &p)
	return p.Ref
}

func (f *file) source(kind, role string, person, unit claim.Ref) claim.Ref {
	s := claim.Source{Ref: f.ref('s'), Kind: kind, Role: role, Person: person, Unit: unit}
	f.write(claim.KindSource, &s)
	return s.Ref
}

func (f *file) place(label, kind string) claim.Ref {
	p := claim.Place{Ref: f.ref('l'), Label: label, Kind: kind, Region: "Luhansk region", Country: "UA", Precision: "district"}
	f.write(claim.KindPlace, &p)
	return p.Ref
}

func (f *file) unit(label, kind string) claim.Ref {
	u := claim.Unit{Ref: f.ref('u'), Label: label, Kind: kind}
	f.write(claim.KindUnit, &u)
	return u.Ref
}

// agrees lets everybody have a statement.
func (f *file) agrees(st claim.Ref, named, place string) {
	c := claim.Consent{Statement: st, Giver: claim.GivenBySource}
	for _, t := range claim.Terms("audience") {
		if t.Key != claim.ToPartner {
			c.Uses = append(c.Uses, claim.Use{To: t.Key, Named: named, Place: place})
		}
	}
	f.write(claim.KindConsent, &c)
}

// to returns what a state has for an audience.
func to(st *claim.State, audience string) claim.Outward {
	return st.Outward(claim.Reader{Audience: audience}, today)
}

// A teller reads claims out of one statement.
type teller struct {
	*file
	c claim.Claim
}

func (f *file) statement(source claim.Ref, said, medium, text string) teller {
	st := claim.Statement{Ref: f.ref('t'), Source: source, Said: said, Received: said, Medium: medium}
	f.write(claim.KindStatement, &st)
	f.write(claim.KindText, &claim.Text{Statement: st.Ref, Version: 1, Text: text})
	f.agrees(st.Ref, claim.NamedCover, "exact")
	return teller{f, claim.Claim{Statement: st.Ref, Version: 1, End: len(text), Stance: claim.Asserts, Basis: "witnessed"}}
}

func (t teller) on(basis string, chain ...claim.Ref) teller {
	t.c.Basis, t.c.Chain = basis, nil
	for _, s := range chain {
		t.c.Chain = append(t.c.Chain, claim.Link{Source: s, How: "by-message"})
	}
	return t
}

func (t teller) at(place claim.Ref) teller {
	t.c.Where = place
	return t
}

func (t teller) denies() teller {
	t.c.Stance = claim.Denies
	return t
}

func (t teller) says(subject claim.Ref, predicate string, v claim.Value) {
	t.t.Helper()
	t.c.Subject, t.c.Predicate, t.c.Value = subject, predicate, v
	t.write(claim.KindClaim, &t.c)
}

// event records an event after another, with those in it as "role" and Ref in
// turn.
func (t teller) event(typ, when string, after claim.Ref, who ...any) claim.Ref {
	t.t.Helper()
	e := t.ref('e')
	t.c.When = when
	t.says(e, claim.Occurred, claim.Value{Term: typ})
	for i := 0; i < len(who); i += 2 {
		t.says(e, claim.Involved, claim.Value{Role: who[i].(string), Ref: who[i+1].(claim.Ref)})
	}
	if after != "" {
		t.says(e, claim.Follows, claim.Value{Ref: after})
	}
	return e
}

// officer is the case of the officer who refused in writing.
func officer(t testing.TB) *claim.State {
	f := &file{t: t}
	son, father := f.person("Gleb", 0), f.person("Pavel", 0)
	others := f.person("soldiers of another unit", 6)
	brigade := f.unit("the 5th motor rifles", "armed-forces")
	f.write(claim.KindCase, &claim.Case{Title: "The officer", About: "person", Affected: son})
	sonSpeaks := f.source("person", "son", son, "")
	fatherSpeaks := f.source("person", "father", father, "")
	cellar := f.place("the cellar under the post office", "basement")

	own := f.statement(fatherSpeaks, "2022-12-10", "interview",
		claim.MarkOf(son)+" would not listen to me. In the end they put him under guard.")
	told := own.on("witnessed", sonSpeaks)
	own.says(son, "relation", claim.Value{Ref: father, Role: "father"})
	own.says(son, "rank", claim.Value{Term: "junior-officer"})
	e := own.event("deployment", "2022-05-04", "", "subject", son)
	e = told.event("refusal-written", "", e, "refuser", son)
	e = told.event("disarming", "", e, "victim", son)
	e = told.at(cellar).event("armed-guard", "2022-08~", e, "victim", son, "held-by", brigade)
	e = told.at(cellar).event("beating", "", e, "victim", son, "carried-out", others)
	e = told.at(cellar).event("mock-execution", "", e, "victim", son, "carried-out", others)
	e = told.event("reassignment", "", e, "subject", son)
	own.event("return-home", "2022-11-21", e, "subject", son)
	own.event("appeal-made", "2022-09/2022-10", "", "applicant", father)
	mate := f.source("person", "fellow-soldier", f.person("Roman", 0), "")
	f.statement(mate, "2022-12-12", "call", "They kept us both.").at(cellar).
		event("armed-guard", "2022-08", "", "victim", son)
	return claim.Fold(f.entries)
}

// lieutenant is the case of the lieutenant who would not lead his men, with the
// denial of the head of state.
func lieutenant(t testing.TB) *claim.State {
	f := &file{t: t}
	son, mother := f.person("Denis", 0), f.person("Irina", 0)
	four := f.person("other officers", 4)
	f.write(claim.KindCase, &claim.Case{Title: "The lieutenant", About: "person", Affected: son})
	sonSpeaks := f.source("person", "son", son, "")
	motherSpeaks := f.source("person", "mother", mother, "")
	ministry := f.source("authority", "ministry", "", f.unit("the ministry", "ministry"))
	basement := f.place("the basement by the river", "basement")
	centre := f.place("the centre at the crossroads", "detention-centre")

	own := f.statement(motherSpeaks, "2022-12-10", "interview",
		"They sent "+claim.MarkOf(son)+" in July. He would not lead them, and they locked him up.")
	told := own.on("witnessed", sonSpeaks)
	own.event("deployment", "2022-07-05", "", "subject", son)
	told.event("refusal-oral", "2022-07", "", "refuser", son)
	told.at(centre).event("detention", "2022-07/..", "", "victim", son)
	own.event("last-contact", "2022-07-19", "", "subject", son)
	own.on("document", "").at(basement).event("transfer", "2022-08~", "", "victim", son, "victim", four)
	own.on("hearsay").at(basement).event("shelling", "2022-11~", "", "present", son, "present", four)
	own.on("official", ministry).event("declared-missing", "2022-12", "", "victim", son)
	own.on("opinion").denies().says(son, claim.Service, claim.Value{Term: "missing"})

	head := f.source("authority", "head-of-state", "", f.unit("the head of state", "head-of-state"))
	f.statement(head, "2022-12-07", "broadcast", "There is no such thing.").on("official").denies().
		says("", claim.Exists, claim.Value{Term: "unlawful-detention"})
	return claim.Fold(f.entries)
}

var today = time.Date(2022, 12, 20, 9, 0, 0, 0, time.UTC)

// covers gives other names than the case has, as a release does.
func covers(st *claim.State) func(claim.Ref) string {
	names := map[string]string{"Gleb": "Leonid", "Denis": "Artyom", "Pavel": "Mr L.", "Irina": "Mrs A.", "Roman": "Fyodor"}
	return func(r claim.Ref) string {
		if n, ok := names[st.Persons[r].Cover]; ok {
			return n
		}
		return st.Persons[r].Cover
	}
}

func TestGolden(t *testing.T) {
	for name, st := range map[string]*claim.State{"officer": officer(t), "lieutenant": lieutenant(t)} {
		if len(st.Problems)+len(st.Conflicts) > 0 {
			t.Fatalf("%s: %v %v", name, st.Problems, st.Conflicts)
		}
		for _, audience := range []string{ForPublic, ForAuthority} {
			for _, lang := range []string{"en", "ru"} {
				d, err := Render(to(st, audience), Options{Lang: lang, Cover: covers(st), Today: today})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range d.Draft.Files {
					golden(t, name+"_"+audience+"_"+lang+filepath.Ext(f.Name), f.Bytes)
				}
			}
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; read the difference, then run go test -update", name)
	}
}

// What the public must not read, in either file of either case, in any language.
func TestThePublicIsNotTold(t *testing.T) {
	secrets := []string{"Gleb", "Denis", "Pavel", "Irina", "Roman", "motor rifles", "post office", "crossroads", "river",
		"05-04", "4 May", "4 мая", "21 November", "19 July", "19 июля", "junior officer", "младший", "would not listen", "would not lead", "aaaa", "key \"", "dossier.", "term."}
	for name, st := range map[string]*claim.State{"officer": officer(t), "lieutenant": lieutenant(t)} {
		for _, lang := range []string{"en", "ru"} {
			d, err := Render(to(st, ForPublic), Options{Lang: lang, Cover: covers(st), Today: today})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range d.Draft.Files {
				for _, s := range secrets {
					if strings.Contains(string(f.Bytes), s) {
						t.Errorf("%s in %s: %s tells %q", name, lang, f.Name, s)
					}
				}
			}
			left := map[string]bool{}
			for _, o := range d.Left {
				left[o.What] = true
			}
			for _, what := range []string{"place", "day", "quotation"} {
				if !left[what] {
					t.Errorf("%s: leaving out a %s is not said: %v", name, what, d.Left)
				}
			}
		}
	}
}

func TestBothSidesAreShown(t *testing.T) {
	st := lieutenant(t)
	d, err := Render(to(st, ForPublic), Options{Lang: "en", Cover: covers(st), Today: today})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(d.Draft.Files[1].Bytes)), " ")
	for _, want := range []string{
		"liberty [⇄ contested]",
		"held according to the son (told by the son to the mother); since July 2022 from someone unknown (told by someone unknown to the mother); about August 2022",
		"the ministry, officially (told by the ministry to the mother)",
		"For it: 1 independent origin and 1 account of unknown origin.",
		"missing: December 2022",
		"denied by the head of state, speaking in general",
		"Opinion, not counted: missing in action: the mother does not think so",
		"Last known to be alive: July 2022",
		"basement or cellar (Luhansk region, Ukraine)",
		"victim: other officers (4 people)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestSameStateSameBytes(t *testing.T) {
	opt := Options{Lang: "ru", Today: today}
	a, err := Render(to(lieutenant(t), ForAuthority), opt)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Render(to(lieutenant(t), ForAuthority), opt)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Draft.Files {
		if !bytes.Equal(a.Draft.Files[i].Bytes, b.Draft.Files[i].Bytes) {
			t.Errorf("%s differs from one time to the next", a.Draft.Files[i].Name)
		}
	}
}

func TestRefused(t *testing.T) {
	st := officer(t)
	for audience, lang := range map[string]string{"everyone": "en", "": "en", ForPublic: "tlh"} {
		if _, err := Render(to(st, audience), Options{Lang: lang}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s in %s: got %v, want an invalid option", audience, lang, err)
		}
	}
}

// The gate can read what is made here, and text in it can't become markup.
func TestWhatIsMadeCanBeChecked(t *testing.T) {
	st := officer(t)
	d, err := Render(to(st, ForAuthority), Options{Lang: "en", Today: today, Title: `<script>&"`,
		Cover: func(claim.Ref) string { return "<b onclick=x>Gleb</b>" }})
	if err != nil {
		t.Fatal(err)
	}
	html := string(d.Draft.Files[0].Bytes)
	if strings.Contains(html, "<script") || strings.Contains(html, "<b ") || !strings.Contains(html, "&lt;b onclick=x&gt;Gleb") {
		t.Error("a cover name became markup")
	}
	if _, err := gate.Check(d.Draft, gate.NewIndex(gate.Key{}), gate.Options{}); err != nil {
		t.Errorf("the gate refuses a draft without names: %v", err)
	}
}
