package letter

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
	"habeas/ledger"
	"habeas/name"
)

var update = flag.Bool("update", false, "write the golden files")

// A file records a case for a test.
type file struct {
	t       testing.TB
	entries []ledger.Entry
	n       byte
	who     claim.Ref // the last statement
}

// family says that the family of a person lets a statement name them.
func (f *file) family(person claim.Ref, to ...string) {
	c := claim.Consent{Statement: f.who, Giver: claim.GivenByFamily, Person: person}
	for _, a := range to {
		c.Uses = append(c.Uses, claim.Use{To: a, Named: claim.NamedName, Place: "exact"})
	}
	f.write(claim.KindConsent, &c)
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

func (f *file) person(cover, protection string, count int) claim.Ref {
	p := claim.Person{Ref: f.ref('p'), Cover: cover, Count: count, Protection: protection}
	f.write(claim.KindPerson, &p)
	return p.Ref
}

func (f *file) source(kind, role string, person, unit claim.Ref) claim.Ref {
	s := claim.Source{Ref: f.ref('s'), Kind: kind, Role: role, Person: person, Unit: unit}
	f.write(claim.KindSource, &s)
	return s.Ref
}

func (f *file) place(label, kind string) claim.Ref {
	p := claim.Place{Ref: f.ref('l'), Label: label, Kind: kind, Region: "Заречная область", Country: "RU", Precision: "district"}
	f.write(claim.KindPlace, &p)
	return p.Ref
}

func (f *file) unit(label, kind string) claim.Ref {
	u := claim.Unit{Ref: f.ref('u'), Label: label, Kind: kind}
	f.write(claim.KindUnit, &u)
	return u.Ref
}

// A reading reads claims out of one statement.
type reading struct {
	*file
	c claim.Claim
}

func (f *file) statement(source claim.Ref, said, medium, text, named string, to ...string) reading {
	st := claim.Statement{Ref: f.ref('t'), Source: source, Said: said, Received: said, Medium: medium}
	f.write(claim.KindStatement, &st)
	f.write(claim.KindText, &claim.Text{Statement: st.Ref, Version: 1, Text: text})
	c := claim.Consent{Statement: st.Ref, Giver: claim.GivenBySource}
	for _, a := range to {
		c.Uses = append(c.Uses, claim.Use{To: a, Named: named, Place: "exact"})
	}
	f.write(claim.KindConsent, &c)
	f.who = st.Ref
	return reading{f, claim.Claim{Statement: st.Ref, Version: 1, End: len(text), Stance: claim.Asserts, Basis: "witnessed"}}
}

func (t reading) on(basis string, chain ...claim.Ref) reading {
	t.c.Basis, t.c.Chain = basis, nil
	for _, s := range chain {
		t.c.Chain = append(t.c.Chain, claim.Link{Source: s, How: "by-message"})
	}
	return t
}

func (t reading) at(place claim.Ref) reading { t.c.Where = place; return t }

func (t reading) denies() reading { t.c.Stance = claim.Denies; return t }

func (t reading) says(subject claim.Ref, predicate, when string, v claim.Value) {
	t.t.Helper()
	t.c.Subject, t.c.Predicate, t.c.Value, t.c.When = subject, predicate, v, when
	t.write(claim.KindClaim, &t.c)
}

func (t reading) event(typ, when string, after claim.Ref, who ...any) claim.Ref {
	t.t.Helper()
	e := t.ref('e')
	t.says(e, claim.Occurred, when, claim.Value{Term: typ})
	for i := 0; i < len(who); i += 2 {
		t.says(e, claim.Involved, when, claim.Value{Role: who[i].(string), Ref: who[i+1].(claim.Ref)})
	}
	if after != "" {
		t.says(e, claim.Follows, when, claim.Value{Ref: after})
	}
	return e
}

// A testCase is an invented case: a soldier who refused, his mother who tells, a
// fellow soldier who agreed to nothing, and a ministry that denies.
type testCase struct {
	state                    *claim.State
	son, mother, mate, guard claim.Ref
}

const canary = "Белый Кенар" // the fellow soldier, who agreed to nothing

func soldier(t testing.TB) testCase {
	f := &file{t: t}
	c := testCase{son: f.person("Сосна", "", 0), mother: f.person("Ива", "", 0), mate: f.person(canary, "", 0), guard: f.person("Ворон", claim.Actor, 0)}
	f.write(claim.KindCase, &claim.Case{Title: "Солдат", About: "person", Affected: c.son})
	sonSpeaks := f.source("person", "son", c.son, "")
	motherSpeaks := f.source("person", "mother", c.mother, "")
	mateSpeaks := f.source("person", "fellow-soldier", c.mate, "")
	ministry := f.source("authority", "ministry", "", f.unit("министерство", "ministry"))
	unit := f.unit("воинская часть 00000", "armed-forces")
	cellar := f.place("подвал бывшей конторы", "basement")

	own := f.statement(motherSpeaks, "2022-12-10", "interview", claim.MarkOf(c.son)+" позвонил мне.", claim.NamedName, "authority", "un", "court")
	f.family(c.son, "authority", "un", "court")
	told := own.on("witnessed", sonSpeaks)
	own.says(c.son, claim.Born, "", claim.Value{Date: "1999"})
	own.says(c.son, "rank", "", claim.Value{Term: "private"})
	own.says(c.son, "member-of", "", claim.Value{Ref: unit})
	e := own.event("mobilisation", "2022-09-27", "", "subject", c.son)
	e = told.event("refusal-written", "2022-11", e, "refuser", c.son)
	e = told.at(cellar).event("detention", "2022-11~", e, "victim", c.son, "held-by", unit, "gave-orders", c.guard)
	told.at(cellar).event("beating", "", e, "victim", c.son, "carried-out", c.guard)
	e = own.event("last-contact", "2022-12-05", e, "subject", c.son)
	own.event("complaint-made", "2022-12", e, "applicant", c.mother)
	own.on("hearsay").says(c.son, claim.Life, "2022-12", claim.Value{Term: "alive"})

	silent := f.statement(mateSpeaks, "2022-12-12", "call", "Меня тоже держали.", claim.NamedCover, "lawyer")
	silent.at(cellar).event("torture", "2022-12-01", "", "victim", c.son, "victim", c.mate)

	reply := f.statement(ministry, "2022-12-15", "letter", "Таких мест нет.", claim.NamedName, "authority", "un", "court", "lawyer")
	reply.on("official").event("declared-missing", "2022-12-08", "", "victim", c.son)
	reply.on("official").denies().says("", claim.Exists, "", claim.Value{Term: "unofficial-places"})
	c.state = claim.Fold(f.entries)
	if len(c.state.Problems)+len(c.state.Conflicts) > 0 {
		t.Fatal(c.state.Problems, c.state.Conflicts)
	}
	return c
}

var today = time.Date(2022, 12, 20, 9, 0, 0, 0, time.UTC)

// facts are those of the case for a reader, in whose language people have names.
func (c testCase) facts(audience, lang string) Facts {
	named := map[string]map[claim.Ref]name.Name{
		"ru": {c.son: {{Kind: name.Family, Text: "Озерцов"}, {Kind: name.Given, Text: "Павел"}, {Kind: name.Patronymic, Text: "Ильич"}}},
		"uk": {c.son: {{Kind: name.Family, Text: "Озерцов"}, {Kind: name.Given, Text: "Павло"}, {Kind: name.Patronymic, Text: "Ілліч"}}},
	}
	for _, l := range []string{"en", "es", "fr"} {
		named[l] = map[claim.Ref]name.Name{c.son: {{Kind: name.Given, Text: "Pavel"}, {Kind: name.Family, Text: "Ozertsov"}}}
	}
	sender := map[string]name.Name{
		"ru": {{Kind: name.Family, Text: "Озерцова"}, {Kind: name.Given, Text: "Любовь"}, {Kind: name.Patronymic, Text: "Петровна"}},
		"uk": {{Kind: name.Family, Text: "Озерцова"}, {Kind: name.Given, Text: "Любов"}, {Kind: name.Patronymic, Text: "Петрівна"}},
		"en": {{Kind: name.Given, Text: "Lyubov"}, {Kind: name.Family, Text: "Ozertsova"}},
		"es": {{Kind: name.Given, Text: "Lyubov"}, {Kind: name.Family, Text: "Ozertsova"}},
		"fr": {{Kind: name.Given, Text: "Lyubov"}, {Kind: name.Family, Text: "Ozertsova"}},
	}
	out := c.state.Outward(claim.Reader{Audience: audience}, today)
	return Facts{
		Out: out, Today: today, Relation: "mother", Sender: Called{Name: sender[lang], Sex: name.Female},
		Called: func(r claim.Ref) Called {
			if n := named[lang][r]; n != nil && out.Naming(r) == claim.NamedName {
				return Called{Name: n, Sex: name.Male}
			}
			return Called{Cover: c.state.Cover(r), Sex: map[claim.Ref]name.Sex{c.mother: name.Female, c.guard: name.Male}[r]}
		},
		Fields: map[string]string{
			"addressee": "Военному прокурору Заречного гарнизона\n000000, г. Заречный, ул. Гарнизонная, 1", "sender.address": "000001, г. Лесной, ул. Садовая, 2, кв. 3",
			"decision": "бездействие по сообщению от 12 декабря 2022 г.", "earlier.to": "военная прокуратура Заречного гарнизона", "earlier.date": "12 декабря 2022 г.",
			"case.number": "0000", "state.reply": "The person is listed as missing in action.", "state.date": "15 December 2022",
			"grounds": "The reply names no place, no time and no source.\nTwo accounts of an earlier date say that he was held.",
		},
		Steps:      []Step{{Date: date(c.state, "2022-12-12"), To: "военная прокуратура Заречного гарнизона", What: "жалоба", Number: "№ 7"}},
		Enclosures: []string{"копия паспорта", "почтовая квитанция"},
	}
}

func date(_ *claim.State, s string) claim.Date {
	d, err := claim.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestGolden(t *testing.T) {
	c := soldier(t)
	for _, tpl := range Builtin().All() {
		audience := "authority"
		if tpl.To == "court" || tpl.To == "un" {
			audience = tpl.To
		}
		l, err := tpl.Fill(c.facts(audience, tpl.Lang))
		if err != nil {
			t.Fatalf("%s: %v", tpl.Key, err)
		}
		golden(t, tpl.Key+".txt", l.Plain(true))
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
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
		t.Errorf("%s differs; read the difference, then run go test ./letter -update", name)
	}
	if strings.Contains(string(got), canary) {
		t.Errorf("%s names somebody who agreed to nothing", name)
	}
}
