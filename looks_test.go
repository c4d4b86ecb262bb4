package habeas_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/name"
	"habeas/vault"
)

func TestNameIsLookedUpWhole(t *testing.T) {
	s := tell(t)
	by := s.as("vera")
	f := s.caseOf(by, "basement")
	for asked, want := range map[string]name.Likeness{
		"Воробейчиков Тихон Маркович": name.Same,
		"Tikhon Vorobeychikov":        name.Variant,
		"Тихон Варобейчиков":          name.Near,
	} {
		found, err := s.LookUp(s.Context(), by, vault.NewText(asked))
		s.ok(err)
		if len(found) != 1 || found[0].Alike != want || found[0].Case != f.ID || found[0].Person != affected(f) || found[0].Cover != f.State.Cover(affected(f)) {
			t.Fatalf("got %+v, want the lieutenant by his cover name, %v", found, want)
		}
		b, err := json.Marshal(found)
		s.ok(err)
		s.seen["found "+want.String()] = b
	}
	found, err := s.LookUp(s.Context(), by, vault.NewText("Остромир Белоконь"))
	s.ok(err)
	if len(found) != 0 {
		t.Errorf("got %+v, want nobody", found)
	}
	for _, part := range []string{"", "Тихон", "Воробейчиков", "Т. Воробейчиков", "Тихон В.", "«Сокол»"} {
		_, err := s.LookUp(s.Context(), by, vault.NewText(part))
		s.refused(err, "lookup.partial")
	}
	_, err = s.LookUp(s.Context(), by, vault.NewText(strings.Repeat("Тихон ", 50)))
	s.refused(err, "lookup.too_long")
	_, err = s.LookUp(s.Context(), s.as("ana"), vault.NewText("Тихон Воробейчиков"))
	s.refused(err, "may.not")
	// Colleagues see how often, nobody sees what.
	lines, err := s.Audit(s.Context(), by)
	s.ok(err)
	n := 0
	for _, l := range lines {
		if l.What == habeas.AuditLookedUp {
			n++
			if l.By != by.Member || l.Code != "" || !l.Case.IsZero() || l.Day != s.now.Truncate(24*time.Hour) {
				t.Errorf("got %+v, want the member and the day only", l)
			}
		}
	}
	if n != 4 {
		t.Errorf("got %d look-ups told, want 4", n)
	}
	b, err := json.Marshal(lines)
	s.ok(err)
	s.seen["audit"] = b
	s.sweep()
}

// TestNewNameIsFound: what a session keeps follows the case.
func TestNewNameIsFound(t *testing.T) {
	s := tell(t)
	by := s.as("vera")
	f := s.caseOf(by, "basement")
	asked := vault.NewText("Яромир Белоконь")
	if found, err := s.LookUp(s.Context(), by, asked); err != nil || len(found) != 0 {
		t.Fatalf("got %v and %v before he is known", found, err)
	}
	omar := s.as("omar")
	ref, err := s.AddPerson(s.Context(), omar, f.ID, habeas.NewPerson{Parts: []vault.Part{
		{Kind: name.Given, Text: vault.NewText("Яромир")}, {Kind: name.Family, Text: vault.NewText("Белоконь")}}})
	s.ok(err)
	found, err := s.LookUp(s.Context(), by, asked)
	s.ok(err)
	if len(found) != 1 || found[0].Person != ref || found[0].Alike != name.Same {
		t.Errorf("got %+v, want who was added since", found)
	}
}

func TestLooksAreFewADay(t *testing.T) {
	s := tell(t)
	vera, omar := s.as("vera"), s.as("omar")
	f := s.caseOf(vera, "basement")
	look := func() error { return s.Reveal(s.Context(), vera, f.ID, "calling the mother back", pass("vera")) }
	for range 20 {
		s.ok(look())
	}
	s.refused(look(), "budget.looks")
	s.refused(s.Agree(s.Context(), vera, vera.Member, pass("vera")), "budget.own")
	s.refused(s.Agree(s.Context(), s.as("ana"), vera.Member, pass("ana")), "may.not")
	s.refused(s.Agree(s.Context(), omar, vera.Member, vault.NewText("wrong")), "login.wrong")
	s.refused(s.Agree(s.Context(), omar, habeas.CaseID{1}, pass("omar")), "member.none")
	// Turning the server off and on is no way round.
	s.ok(s.Desk.Close())
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
	vera, omar = s.as("vera"), s.as("omar")
	s.refused(look(), "budget.looks")
	if b := s.budget(s.as("ana"), vera); b.Looks != (habeas.Spent{Used: 20, Most: 20}) || b.Name == "" {
		t.Errorf("got %+v, want a colleague to see it", b)
	}
	if got := len(s.caseOf(vera, "basement").State.Acts); got != 20 {
		t.Errorf("got %d acts in the case, want the 20 that were allowed", got)
	}
	s.ok(s.Agree(s.Context(), omar, vera.Member, pass("omar")))
	s.refused(s.Agree(s.Context(), omar, vera.Member, pass("omar")), "budget.agreed")
	s.ok(look())
	if b := s.budget(omar, vera); b.Looks != (habeas.Spent{Used: 21, Most: 40}) || len(b.Agreed) != 1 || b.Open {
		t.Errorf("got %+v, want that he agreed to as much again", b)
	}
	s.now = s.now.Add(24 * time.Hour)
	vera = s.as("vera")
	s.ok(look())
	if b := s.budget(s.as("omar"), vera); b.Looks != (habeas.Spent{Used: 1, Most: 20}) {
		t.Errorf("got %+v, want a new day", b)
	}
	s.sweep()
}

func (s *story) budget(by, of habeas.Actor) habeas.Budget {
	s.Helper()
	all, err := s.Budgets(s.Context(), by)
	s.ok(err)
	for _, b := range all {
		if b.Member == of.Member {
			return b
		}
	}
	s.Fatal("no budget of a colleague")
	return habeas.Budget{}
}

// TestFieldIsNoOracle: an analyst types one name after the other into a title, to
// learn which of them are protected.
func TestFieldIsNoOracle(t *testing.T) {
	s := tell(t)
	ana := s.as("ana")
	f := s.caseOf(ana, "basement")
	try := func(words string) error {
		return s.ChangeCase(s.Context(), ana.Sure(), f.ID, claim.Case{Title: words, About: "person"})
	}
	for i := range 10 {
		s.ok(try(fmt.Sprint("the one in the basement ", i)))
		s.refused(try("Воробейчиков"), "desk.name_in_field")
	}
	s.refused(try("Воробейчиков"), "budget.tries")
	s.refused(try("Белоконь"), "budget.tries") // the same answer, whoever is protected
	if b := s.budget(s.as("omar"), ana); b.Tries != (habeas.Spent{Used: 10, Most: 10}) {
		t.Errorf("got %+v, want a colleague to see it", b.Tries)
	}
	s.ok(s.Desk.Close())
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
	ana = s.as("ana")
	s.refused(try("Белоконь"), "budget.tries")
	s.ok(s.Agree(s.Context(), s.as("omar"), ana.Member, pass("omar")))
	s.refused(try("Воробейчиков"), "desk.name_in_field")
	s.ok(try("the one in the basement"))
	s.now = s.now.Add(24 * time.Hour)
	ana = s.as("ana")
	s.refused(try("Воробейчиков"), "desk.name_in_field")
	s.sweep()
}

// TestOfficeIsToldOfExports: a release, and each time its files are taken, are on
// the record of the office, by a code.
func TestOfficeIsToldOfExports(t *testing.T) {
	s := tell(t)
	ed, vera := s.as("ed"), s.as("vera")
	f := s.caseOf(ed, "basement")
	ref, err := s.Propose(s.Context(), ed, f.ID, habeas.DossierOptions{Audience: "authority", Lang: "en"})
	s.ok(err)
	s.ok(s.Approve(s.Context(), s.as("omar"), f.ID, ref, "only the ministry will read it"))
	_, err = s.Release(s.Context(), ed, f.ID, ref, "the ministry", pass("ed"))
	s.ok(err)
	_, err = s.Released(s.Context(), ed, f.ID, ref)
	s.ok(err)
	lines, err := s.Audit(s.Context(), vera)
	s.ok(err)
	var got []string
	for _, l := range lines {
		if l.By == ed.Member {
			got = append(got, l.What)
			if l.Case != f.ID || len(l.Code) != 16 {
				t.Errorf("got %+v, want the case for who holds its circle", l)
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint([]string{habeas.AuditTaken, habeas.AuditReleased}) {
		t.Errorf("got %v told of the editor, want the release and the download", got)
	}
	s.sweep()
}
