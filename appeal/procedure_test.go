package appeal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/appeal"
	"habeas/claim"
)

func procedure(t *testing.T, id string) *appeal.Procedure {
	t.Helper()
	all, err := appeal.OwnProcedures()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i]
		}
	}
	t.Fatalf("no procedure %s", id)
	return nil
}

// TestReferencesAreWordsOfTheCase: every reference is a word that a case can have.
func TestReferencesAreWordsOfTheCase(t *testing.T) {
	own := map[string][]string{
		"vault":   {"names", "birth", "documents", "contacts"},
		"appeal":  {"sent"},
		"exhibit": {"photograph", "medical", "authority", "decision", "copy"},
		"office":  {"submitter", "contact", "signature"},
		"text": {"narrative", "why-no-remedy", "nationality", "other-procedures", "warrant", "official-reasons", "why-arbitrary",
			"danger", "purpose", "confidential-parts", "why-no-authority", "articles"},
	}
	all, err := appeal.OwnProcedures()
	if err != nil || len(all) < 8 {
		t.Fatalf("got %d procedures, %v", len(all), err)
	}
	for _, p := range all {
		for _, e := range p.Elements {
			for _, ref := range e.Refs {
				family, key, _ := strings.Cut(ref, ":")
				key, part, _ := strings.Cut(key, ".")
				ok := slices.Contains(own[family], key)
				switch family {
				case "claim":
					_, ok = claim.LookUp("predicate", key)
				case "consent":
					_, ok = claim.LookUp("audience", key)
				case "event":
					_, ok = claim.LookUp("event", key)
					if _, role := claim.LookUp("role", part); part != "" && part != "when" && part != "where" {
						ok = ok && role
					}
				}
				if !ok {
					t.Errorf("%s, element %s: nothing in a case is called %s", p.ID, e.ID, ref)
				}
			}
		}
	}
}

// The mother's case has a month and a place, no document and no photograph: it can
// go to the Working Group. Without what was tried it can't.
func TestChecklist(t *testing.T) {
	have := map[string]bool{}
	for _, r := range []string{"vault:names", "event:contact-lost.when", "claim:location", "event:detention.held-by", "text:why-no-remedy", "office:submitter", "office:contact", "claim:age", "consent:un"} {
		have[r] = true
	}
	check := func() appeal.Checklist {
		return procedure(t, "UN-WGEID-URGENT-CASE").Check(func(ref string) bool { return have[ref] })
	}
	c := check()
	if !c.Ready || c.Have["b"] != "event:contact-lost.when" || c.Have["birth"] != "claim:age" {
		t.Errorf("got ready %v, %v; missing %v", c.Ready, c.Have, ids(c.Missing))
	}
	if got := ids(c.Missing); got != "a-document a-photo answer narrative later" {
		t.Errorf("missing: got %s", got)
	}
	delete(have, "text:why-no-remedy")
	if c := check(); c.Ready || ids(c.Missing[:1]) != "e" {
		t.Errorf("without what was tried: got ready %v, missing %s", c.Ready, ids(c.Missing))
	}
	have["appeal:sent"] = true
	if c := check(); !c.Ready || c.Have["e"] != "appeal:sent" {
		t.Errorf("with a letter in the register: got ready %v, missing %s", c.Ready, ids(c.Missing))
	}
}

func ids(elements []appeal.Element) string {
	var s []string
	for _, e := range elements {
		s = append(s, e.ID)
	}
	return strings.Join(s, " ")
}

// TestEveryMustCounts: of each procedure, a case that has all but one thing that must
// be there is not ready, whichever it is; one that has all is.
func TestEveryMustCounts(t *testing.T) {
	all, err := appeal.OwnProcedures()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if c := p.Check(func(string) bool { return true }); !c.Ready || len(c.Missing) > 0 {
			t.Errorf("%s: with everything, missing %s", p.ID, ids(c.Missing))
		}
		if c := p.Check(func(string) bool { return false }); c.Ready || len(c.Missing) != len(p.Elements) {
			t.Errorf("%s: with nothing, missing %s", p.ID, ids(c.Missing))
		}
		for _, e := range p.Elements {
			c := p.Check(func(ref string) bool { return !slices.Contains(e.Refs, ref) })
			if missing := slices.ContainsFunc(c.Missing, func(m appeal.Element) bool { return m.ID == e.ID }); !missing || c.Ready && e.Need == appeal.Must {
				t.Errorf("%s without %s: ready %v, missing %s", p.ID, e.ID, c.Ready, ids(c.Missing))
			}
		}
		names := slices.ContainsFunc(p.Elements, func(e appeal.Element) bool {
			return e.Need == appeal.Must && slices.Contains(e.Refs, "office:submitter")
		})
		if p.Anonymous == "refused" && !names {
			t.Errorf("%s refuses who gives no name, and does not ask for it", p.ID)
		}
		if consent := slices.ContainsFunc(p.Elements, func(e appeal.Element) bool { return slices.Contains(e.Refs, "consent:un") }); p.Consent != "none" && !consent {
			t.Errorf("%s needs consent, and does not ask for it", p.ID)
		}
	}
}

// TestBadProceduresAreNamedByLine: a mistake is an error with its file and line.
func TestBadProceduresAreNamedByLine(t *testing.T) {
	const sound = `procedure XX-CASE
body UN-HRC
name a case
who anybody
consent none
anonymous refused
exhaustion none
language English
element a | must | the name | vault:names
source a book
checked 2025-01-01
by nobody
confirmed yes
`
	try := func(text string) error {
		_, err := appeal.ReadProcedures(fstest.MapFS{"p.txt": {Data: []byte(text)}}, own(t), register(t))
		return err
	}
	if err := try(sound); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		old, new string
		line     int
		says     string
	}{
		{"XX-CASE", "case", 1, "id"},
		{"UN-HRC", "UN-NONE", 2, "no body"},
		{"consent none", "consent perhaps", 5, "none of"},
		{"| must |", "| ought |", 9, "none of"},
		{"vault:names", "vault:names.first", 9, "no reference"},
		{"vault:names", "shelf:names", 9, "no reference"},
		{"vault:names", "vault:names\nelement a | must | again | vault:birth", 10, "twice"},
		{"language English", "language English\nterm UN-NONE", 9, "no rule"},
		{"who anybody\n", "", 1, `"who"`},
	} {
		e, ok := try(strings.Replace(sound, c.old, c.new, 1)).(*appeal.ReadError)
		if !ok || e.File != "p.txt" || e.Line != c.line || !strings.Contains(e.Reason, c.says) {
			t.Errorf("%q for %q: got %v; want p.txt:%d: … %s", c.new, c.old, e, c.line, c.says)
		}
	}
	if err := fmt.Sprint(try(sound + sound)); !strings.Contains(err, "twice") {
		t.Errorf("the same twice: got %v", err)
	}
}
