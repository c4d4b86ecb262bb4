package appeal_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/appeal"
	"habeas/claim"
)

func register(t *testing.T) *appeal.Register {
	t.Helper()
	r, err := appeal.OwnRegister()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// shown writes steps as a line each: where to, whether it is open, and whether it warns.
func shown(steps []appeal.NextStep) string {
	var lines []string
	for _, n := range steps {
		open := string(n.Open)
		if open == "" {
			open = "?"
		}
		if n.Warn {
			open += " actor"
		}
		lines = append(lines, n.To+" "+open)
	}
	return strings.Join(lines, ", ")
}

// reasons returns all the reasons of the step to a body.
func reasons(t *testing.T, steps []appeal.NextStep, to string) string {
	t.Helper()
	for _, n := range steps {
		if n.To == to {
			var all []string
			for _, r := range n.Reasons {
				all = append(all, fmt.Sprintf("%s: %s (%s)", r.Holds, r.Text, r.Law))
			}
			return strings.Join(all, "\n")
		}
	}
	t.Fatalf("no step to %s", to)
	return ""
}

func termOf(t *testing.T, rule, start, asOf string) *appeal.Clock {
	t.Helper()
	set := own(t)
	s, err := appeal.ParseSpan(start)
	if err != nil {
		t.Fatal(err)
	}
	on, err := appeal.ParseSpan(asOf)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := set.Rule(rule, s.From)
	var f appeal.Facts
	f.Set(r.Starts, s)
	return set.Reckon(r, f, on)
}

// A prosecutor was silent: the father may go to the higher one, to a court while his
// own three months run, and report a crime; what is not known is never said to be open.
func TestNextAfterSilentProsecutor(t *testing.T) {
	s := appeal.Situation{
		Jurisdiction: "RU", Body: "RU-PROSECUTOR", Outcome: "overdue",
		Facts: map[string]appeal.Answer{"detained": appeal.Yes, "disappeared": appeal.No, "family-consents": appeal.Yes},
		Terms: map[string]*appeal.Clock{
			"RU-KAS-219":     termOf(t, "RU-KAS-219", "2025-04-03", "2025-05-01"),
			"RU-PROC-HIGHER": termOf(t, "RU-PROC-HIGHER", "2025-04-03", "2025-05-01"),
		},
	}
	steps := register(t).Next(s)
	want := "RU-COURT-KAS yes, RU-PROSECUTOR-HIGHER yes, RU-INVESTIGATOR yes, UN-WGAD yes, UN-SR-TORTURE ?, UN-HRC ?, EU-ECHR ?, UN-WGEID no, UN-CED-30 no"
	if got := shown(steps); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s.Facts["disappeared"] = appeal.Yes
	s.Terms["UN-WGEID-URGENT"] = termOf(t, "UN-WGEID-URGENT", "2025-03-01", "2025-05-01")
	if got := shown(register(t).Next(s)); !strings.HasPrefix(got, "UN-WGEID yes, RU-COURT-KAS yes, RU-PROSECUTOR-HIGHER yes") {
		t.Errorf("the term that ends first does not come first: %s", got)
	}
	if got := reasons(t, steps, "RU-COURT-KAS"); !strings.Contains(got, "act by 2025-07-03") {
		t.Errorf("the last day of our own term is not said:\n%s", got)
	}
	s.Terms["RU-KAS-219"] = termOf(t, "RU-KAS-219", "2025-04-03", "2025-08-01")
	if got := reasons(t, register(t).Next(s), "RU-COURT-KAS"); !strings.Contains(got, "no: our term of RU-KAS-219 has passed, on 2025-07-03") {
		t.Errorf("that the term has passed is not said:\n%s", got)
	}
	delete(s.Terms, "RU-KAS-219")
	if got := reasons(t, register(t).Next(s), "RU-COURT-KAS"); !strings.Contains(got, "find out when it began") {
		t.Errorf("that our term is not known is not said:\n%s", got)
	}
}

// Whoever is an alleged actor is never just open.
func TestNextWarnsOfActors(t *testing.T) {
	s := appeal.Situation{Jurisdiction: "RU", Body: "RU-COMMAND", Outcome: "denied", Facts: map[string]appeal.Answer{"detained": appeal.Yes}, Actors: []string{"RU-PROSECUTOR"}}
	steps := register(t).Next(s)
	for _, n := range steps {
		if (n.To == "RU-PROSECUTOR") != n.Warn || n.Warn && n.Open != appeal.Unknown {
			t.Errorf("%s: warns %v and is open %q", n.To, n.Warn, n.Open)
		}
	}
	if got := reasons(t, steps, "RU-PROSECUTOR"); !strings.Contains(got, "alleged actor") {
		t.Errorf("got %s", got)
	}
}

// The mother of a missing man: three months for the urgent procedure, then the
// standard one is left.
func TestNextToWorkingGroup(t *testing.T) {
	s := appeal.Situation{Jurisdiction: "RU", Outcome: "none", Facts: map[string]appeal.Answer{"disappeared": appeal.Yes, "family-consents": appeal.Yes},
		Terms: map[string]*appeal.Clock{"UN-WGEID-URGENT": termOf(t, "UN-WGEID-URGENT", "2025-02-10", "2025-04-01")}}
	if got := reasons(t, register(t).Next(s), "UN-WGEID"); !strings.Contains(got, "act by 2025-05-10") {
		t.Errorf("got %s", got)
	}
	s.Terms["UN-WGEID-URGENT"] = termOf(t, "UN-WGEID-URGENT", "2025-02-10", "2025-06-01")
	steps := register(t).Next(s)
	if got := reasons(t, steps, "UN-WGEID"); steps[0].To != "UN-WGEID" || steps[0].Open != appeal.Yes || !strings.Contains(got, "standard procedure") {
		t.Errorf("after three months: got %s first, %s", steps[0].To, got)
	}
	s.Facts["family-consents"] = appeal.No
	if got := shown(register(t).Next(s)); !strings.Contains(got, "UN-WGEID no") {
		t.Errorf("without the family's consent: got %s", got)
	}
	delete(s.Facts, "family-consents")
	if got := shown(register(t).Next(s)); !strings.Contains(got, "UN-WGEID ?") {
		t.Errorf("nobody asked the family: got %s", got)
	}
}

// TestConflictTable: what being before one procedure does to another.
func TestConflictTable(t *testing.T) {
	ready := map[string]appeal.Answer{}
	for _, f := range appeal.FactNames() {
		ready[f] = appeal.Yes
	}
	for _, c := range []struct {
		before appeal.Proceeding
		to     string
		want   appeal.Answer
		says   string
	}{
		{appeal.Proceeding{Body: "UN-WGEID"}, "UN-HRC", appeal.Yes, "does not bar"},
		{appeal.Proceeding{Body: "UN-CED-31"}, "UN-HRC", appeal.No, "bars UN-HRC"},
		{appeal.Proceeding{Body: "UN-CED-31", Ended: true}, "UN-HRC", appeal.Yes, "no longer"},
		{appeal.Proceeding{Body: "EU-ECHR"}, "UN-HRC", appeal.No, "bars UN-HRC"},
		{appeal.Proceeding{Body: "UN-HRC", Ended: true}, "EU-ECHR", appeal.No, "bars EU-ECHR"},
		{appeal.Proceeding{Body: "UN-WGAD"}, "UN-HRC", appeal.Unknown, "not known"},
		{appeal.Proceeding{Body: "UN-HRC"}, "UN-HRC", appeal.No, "already"},
		{appeal.Proceeding{Body: "RU-COURT-KAS"}, "UN-HRC", appeal.Unknown, "not in the table"},
	} {
		s := appeal.Situation{Jurisdiction: "RU", Body: "RU-OMBUDSMAN", Outcome: "refused", Facts: ready, Before: []appeal.Proceeding{c.before}, Terms: map[string]*appeal.Clock{
			"UN-HRC-5Y": termOf(t, "UN-HRC-5Y", "2025-01-01", "2025-02-01"), "EU-ECHR": termOf(t, "EU-ECHR", "2025-01-01", "2025-02-01")}}
		steps := register(t).Next(s)
		for _, n := range steps {
			if n.To == c.to && n.Open != c.want {
				t.Errorf("%s after %v: got open %q, want %q", c.to, c.before, n.Open, c.want)
			}
		}
		if got := reasons(t, steps, c.to); !strings.Contains(got, c.says) {
			t.Errorf("%s after %v: got %s, want a reason that says %s", c.to, c.before, got, c.says)
		}
	}
}

// TestNothingKnownNothingOpen: whatever a step needs and nobody has said leaves it
// to be found out; a no to all of one condition closes it.
func TestNothingKnownNothingOpen(t *testing.T) {
	for _, b := range register(t).Bodies() {
		for _, n := range register(t).Next(appeal.Situation{Body: b.ID, Outcome: "overdue"}) {
			if len(n.If) > 0 && n.Open != appeal.Unknown {
				t.Errorf("from %s to %s: got %q with nothing known", b.ID, n.To, n.Open)
			}
			if n.Why == "" || n.Law == "" || n.Source == "" || n.Name == "" {
				t.Errorf("%s has no why, law, source or name", n.ID)
			}
		}
	}
}

// TestEveryBodyLeadsOn: silence of any body in a country's chain leaves some step,
// and the kinds of bodies are words of the vocabulary of units.
func TestEveryBodyLeadsOn(t *testing.T) {
	r := register(t)
	for _, b := range r.Bodies() {
		if _, ok := claim.LookUp("unit", b.Kind); !ok {
			t.Errorf("%s is a %q, which is no kind of unit", b.ID, b.Kind)
		}
		if b.Jurisdiction != "UN" && b.Jurisdiction != "COE" && len(r.Next(appeal.Situation{Body: b.ID, Outcome: "overdue"})) == 0 {
			t.Errorf("after %s nothing follows", b.ID)
		}
	}
}

// TestChannels: what a way of sending starts depends on the day, and the register
// says the same as the rules do.
func TestChannels(t *testing.T) {
	r, set := register(t), own(t)
	before, _ := appeal.ParseDate("2025-03-29")
	after, _ := appeal.ParseDate("2025-03-30")
	b, ok := r.Body("RU-BODY")
	if !ok {
		t.Fatal("no body RU-BODY")
	}
	for _, w := range b.Channels {
		want := [2]appeal.Answer{appeal.Yes, appeal.Yes}
		if w.Name == "e-mail" {
			want[1] = appeal.No
		}
		if got := [2]appeal.Answer{w.On(before), w.On(after)}; got != want {
			t.Errorf("%s: got %v, want %v", w.Name, got, want)
		}
		if w.Name == "Gosuslugi" && !strings.Contains(w.Reveals, "State") {
			t.Errorf("Gosuslugi: does not say that the State learns who writes: %s", w.Reveals)
		}
	}
	for _, b := range r.Bodies() {
		for _, id := range b.Rules {
			for _, v := range set.Versions(id) {
				for _, c := range v.NoClock {
					for _, w := range b.Channels {
						if w.Name == c.Name && w.Since != c.Since {
							t.Errorf("%s: by %s nothing starts since %s, and %s says since %s", b.ID, w.Name, w.Since, id, c.Since)
						}
					}
				}
			}
		}
	}
}

// TestBadRegisterIsNamedByLine: a mistake is an error with its file and line.
func TestBadRegisterIsNamedByLine(t *testing.T) {
	const sound = `body XX-BODY
jurisdiction XX
kind ministry
name any
rule EU-ECHR
channel post | the name | starts | a law
conflict XX-BODY | does not bar | a law
source a book
checked 2025-01-01
by nobody
confirmed yes
step XX-STEP
from any
to XX-BODY
after overdue
if detained or disappeared
why so
law a law
term EU-ECHR
source a book
checked 2025-01-01
by nobody
confirmed yes
`
	try := func(text string) error {
		_, err := appeal.ReadRegister(fstest.MapFS{"r.txt": {Data: []byte(text)}}, own(t))
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
		{"body XX-BODY", "body nothing", 1, "id"},
		{"rule EU-ECHR", "rule EU-NONE", 5, "no rule EU-NONE"},
		{"| starts |", "| starts soon |", 6, "starts"},
		{"| starts |", "| nothing since soon |", 6, "date"},
		{"conflict XX-BODY |", "conflict XX-NONE |", 7, "no body XX-NONE"},
		{"does not bar", "bars perhaps", 7, "none of"},
		{"from any", "from XX-NONE", 13, "no body XX-NONE"},
		{"to XX-BODY", "to any", 14, "no body any"},
		{"after overdue", "after lunch", 15, "none of"},
		{"if detained or disappeared", "if detained or sad", 16, `"sad" is no fact`},
		{"why so\n", "", 12, `"why"`},
		{"term EU-ECHR", "term EU-NONE", 19, "no rule EU-NONE"},
	} {
		e, ok := try(strings.Replace(sound, c.old, c.new, 1)).(*appeal.ReadError)
		if !ok || e.File != "r.txt" || e.Line != c.line || !strings.Contains(e.Reason, c.says) {
			t.Errorf("%q for %q: got %v; want r.txt:%d: … %s", c.new, c.old, e, c.line, c.says)
		}
	}
	if err := try(sound + sound); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("the same twice: got %v", err)
	}
}
