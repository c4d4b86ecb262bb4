package letter

import (
	"slices"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/fault"
)

func fillForm(t *testing.T, id, lang string, f Facts) *Letter {
	t.Helper()
	p, ok := ProcedureByID(id)
	if !ok {
		t.Fatalf("no procedure %s", id)
	}
	l, err := p.Fill(f, lang)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestProceduresGolden(t *testing.T) {
	c := soldier(t)
	for _, p := range Procedures() {
		golden(t, p.ID+"_en.txt", fillForm(t, p.ID, "en", c.facts("un", "en")).Plain(true))
	}
	for _, lang := range []string{"es", "fr"} {
		golden(t, "wgeid-urgent_"+lang+".txt", fillForm(t, "wgeid-urgent", lang, c.facts("un", lang)).Plain(true))
	}
}

// What the Working Group can't do without is in its form, or listed as missing,
// with who may submit and whose consent is needed.
func TestElementsOfDisappearance(t *testing.T) {
	c := soldier(t)
	l := fillForm(t, "wgeid-urgent", "en", c.facts("un", "en"))
	want := map[string]string{
		"person-name":       "Pavel Ozertsov",
		"disappeared-when":  "about November 2022",
		"disappeared-where": "подвал бывшей конторы (Заречная область, Russia)",
		"last-seen-when":    "5 December 2022",
		"actors":            "held by: воинская часть 00000; who gave the orders: Ворон; who carried it out: Ворон",
		"steps-taken":       "12 December 2022; жалоба; военная прокуратура Заречного гарнизона; no. 7; no answer.",
		"submitter-name":    "Lyubov Ozertsova",
	}
	for _, a := range l.Checklist {
		if w, ok := want[a.ID]; ok && (a.State != Filled || a.Value != w) {
			t.Errorf("%s: %s %q, want %q", a.ID, a.State, a.Value, w)
		}
		delete(want, a.ID)
	}
	if len(want) > 0 {
		t.Errorf("not asked for: %v", want)
	}
	if got := ids(l.Missing()); !slices.Equal(got, []string{"consent-family"}) {
		t.Errorf("missing: %v", got)
	}
	for _, never := range []string{"2022-11", "1 November", "30 November"} {
		if strings.Contains(string(l.Plain(false)), never) {
			t.Errorf("the form is more exact than what was said: %q", never)
		}
	}
	p, _ := ProcedureByID("wgeid-urgent")
	if !slices.Contains(p.Submitters, "family") || !slices.Contains(p.Consent, "family") {
		t.Errorf("%+v", p)
	}
	f := c.facts("un", "en")
	f.Fields["consent"], f.Steps = "the mother agreed in writing", nil
	if got := ids(fillForm(t, "wgeid-urgent", "en", f).Missing()); !slices.Equal(got, []string{"steps-taken"}) {
		t.Errorf("without steps: missing %v", got)
	}
	f.Fields["steps.none"] = "Those who were asked are said to have taken part."
	if got := ids(fillForm(t, "wgeid-urgent", "en", f).Missing()); len(got) > 0 {
		t.Errorf("with a reason for no steps: missing %v", got)
	}
}

// With nothing known every element that must be there is missing, and none of the
// others stands in the form.
func TestEmptyForms(t *testing.T) {
	for _, p := range Procedures() {
		f := Facts{Out: claim.Fold(nil).Outward(claim.Reader{Audience: "un"}, today)}
		l, err := p.Fill(f, "en")
		if err != nil {
			t.Fatal(err)
		}
		must := 0
		for _, e := range p.Elements() {
			if e.Must && !slices.Contains(e.Fields, "signature") {
				must++
			}
		}
		if got := l.Missing(); len(got) != must {
			t.Errorf("%s: %d of %d are missing: %v", p.ID, len(got), must, ids(got))
		}
		for _, want := range []string{"Occupation", "Later sightings"} {
			if strings.Contains(string(l.Plain(false)), want) {
				t.Errorf("%s: %q stands there with nothing behind it", p.ID, want)
			}
		}
	}
}

func TestLanguagesOfProcedures(t *testing.T) {
	c := soldier(t)
	for _, p := range Procedures() {
		for _, lang := range append(Langs(), "ar", "tlh") {
			_, err := p.Fill(c.facts("un", lang), lang)
			if ok := slices.Contains(p.Langs, lang); ok != (err == nil) {
				t.Errorf("%s in %s: %v", p.ID, lang, err)
			} else if !ok && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s in %s: %v", p.ID, lang, err)
			}
		}
	}
}

// The profiles: what is alleged is said to be, crimes have no names of crimes, and
// whoever must not be named as having done it is not, anywhere.
func TestProfiles(t *testing.T) {
	c := soldier(t)
	f := c.facts("lawyer", "en")
	f.Called = func(r claim.Ref) Called { return Called{Cover: c.state.Cover(r)} }
	f.Profile = Cautious()
	said, err := Sentences(f, "en")
	if err != nil {
		t.Fatal(err)
	}
	f = c.facts("un", "en")
	f.Profile = Cautious()
	more, err := Sentences(f, "en")
	if err != nil {
		t.Fatal(err)
	}
	l := fillForm(t, "special-procedures", "en", f)
	text := string(l.Plain(false))
	for _, s := range append(said, more...) {
		text += s.Text + "\n"
		if !s.Denied && !strings.Contains(s.Text, "alleged") && !strings.Contains(s.Text, "official") {
			t.Errorf("%q is not said to be alleged", s.Text)
		}
	}
	for _, never := range []string{"воинская часть", "Ворон", "tortured", "27 September", "5 December", "бывшей конторы"} {
		if strings.Contains(text, never) {
			t.Errorf("%q stands in what is told with caution:\n%s", never, text)
		}
	}
	for _, want := range []string{"ill-treated", "September 2022", "armed forces unit", "basement"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not stand in\n%s", want, text)
		}
	}
	plain, err := Sentences(c.facts("un", "en"), "en")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range plain {
		if strings.Contains(s.Text, "alleged") {
			t.Errorf("alleged without being asked: %q", s.Text)
		}
	}
}

// What nobody has read in a source is marked, in every procedure.
func TestUnconfirmedProcedures(t *testing.T) {
	for _, p := range Procedures() {
		if p.Confirmed() {
			t.Errorf("%s is shown as confirmed, and holds what nobody has read", p.ID)
		}
		if p.Cite == "" || p.Checked == "" || len(p.States) == 0 || len(p.Conditions) == 0 {
			t.Errorf("%+v lacks something", p)
		}
	}
}
