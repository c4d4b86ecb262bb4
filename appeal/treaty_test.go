package appeal_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/appeal"
)

// TestBonds: by what a State is bound on a day, and what of a span of days.
func TestBonds(t *testing.T) {
	r := register(t)
	for _, c := range []struct {
		state, treaty, span string
		on, began           appeal.Answer
	}{
		{"RU", "ECHR", "2022-09-15", appeal.Yes, appeal.Yes},
		{"RU", "ECHR", "2022-09-16", appeal.No, appeal.No},
		{"RU", "CED", "2025-01-01", appeal.No, appeal.Unknown}, // whether it began after what never was is no question
		{"RU", "OP1", "2025", appeal.Yes, appeal.Yes},
		{"UA", "CED", "2015-09-12", appeal.No, appeal.No},
		{"UA", "CED", "2015-09", appeal.No, appeal.Unknown}, // it may have been before and after
		{"UA", "CED", "2015-09-13/2026-01-01", appeal.Yes, appeal.Yes},
		{"BY", "OP1", "2023-02-08", appeal.No, appeal.No},
		{"RU", "ECHR", "1998-01/2023-01", appeal.No, appeal.Unknown},
	} {
		of, ok := r.Treaties(c.state)
		if !ok {
			t.Fatalf("nothing is known of %s", c.state)
		}
		bond := map[string]appeal.Bond{"CED": of.CED, "OP1": of.OP1, "ECHR": of.ECHR}[c.treaty]
		span, err := appeal.ParseSpan(c.span)
		if err != nil {
			t.Fatal(err)
		}
		if on, began := bond.On(span.From), bond.Began(span); on != c.on || began != c.began {
			t.Errorf("%s %s %s: got %q and %q, want %q and %q", c.state, c.treaty, c.span, on, began, c.on, c.began)
		}
		if of.Trust != appeal.Unconfirmed {
			t.Errorf("%s: nobody confirmed it, and it says %s", c.state, of.Trust)
		}
	}
	if _, ok := r.Treaties("XX"); ok {
		t.Error("something is known of a country that is none")
	}
	if got := (appeal.Bond{}).On(appeal.Date{}); got != appeal.Unknown {
		t.Errorf("got %q of what nobody said", got)
	}
}

// TestBadTreaties: what is wrong with an entry is said.
func TestBadTreaties(t *testing.T) {
	const sound = "treaties XX\nCED no\nOP1 1992-01-01..\nsource a book\nchecked 2026-11-27\nby whoever\nconfirmed no\n"
	for _, c := range []struct{ text, says string }{
		{sound, ""},
		{sound + sound, "twice"},
		{strings.Replace(sound, "CED no", "CED never", 1), "a period is"},
		{strings.Replace(sound, "treaties XX", "treaties XX-STATE", 1), "two letters"},
		{strings.Replace(sound, "1992-01-01..", "1992-01-01..1990-01-01", 1), "ends before"},
		{strings.Replace(sound, "confirmed no\n", "", 1), "confirmed"},
	} {
		_, err := appeal.ReadRegister(fstest.MapFS{"x.txt": {Data: []byte(c.text)}}, own(t))
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want an error that says %q", err, c.says)
		}
	}
}

// TestTermsOfBodies: ours on the way to a body stand before its own, and a term leads
// to the bodies that have it.
func TestTermsOfBodies(t *testing.T) {
	r := register(t)
	if got := strings.Join(r.Terms("RU-COURT-KAS"), " "); got != "RU-KAS-219 RU-KAS-DECIDE-226" {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(r.BodiesWith("RU-PROC-45"), " "); got != "RU-PROSECUTOR RU-PROSECUTOR-HIGHER" {
		t.Errorf("got %s", got)
	}
	for _, g := range r.Rungs() {
		if same, ok := r.Rung(g.ID); !ok || same.To != g.To || g.Term != "" && !slices.Contains(r.Terms(g.To), g.Term) {
			t.Errorf("step %s is not found, or its term is not one of %s", g.ID, g.To)
		}
	}
}

// TestReasonsHaveTheirParts: what a reason says in English it says in parts too, for who
// puts it in other words.
func TestReasonsHaveTheirParts(t *testing.T) {
	s := appeal.Situation{Body: "RU-PROSECUTOR", Outcome: "overdue", Facts: map[string]appeal.Answer{"party-OP1": appeal.Yes},
		Trust: map[string]appeal.Trust{"party-OP1": appeal.Unconfirmed}, Actors: []string{"RU-COURT-KAS"},
		Before: []appeal.Proceeding{{Body: "UN-WGEID"}, {Body: "EU-ECHR", Ended: true}, {}},
		Terms:  map[string]*appeal.Clock{"RU-KAS-219": termOf(t, "RU-KAS-219", "2025-04-03", "2025-05-01")}}
	seen := map[appeal.ReasonKind]bool{}
	for _, n := range register(t).Next(s) {
		for _, r := range n.Reasons {
			seen[r.Kind] = true
			ok := true
			switch r.Kind {
			case appeal.Holding:
				ok = len(r.Facts) > 0 && (r.Trust == appeal.Unconfirmed) == slices.Contains(r.Facts, "party-OP1")
			case appeal.Already:
				ok = r.With == n.To && r.Holds == appeal.No
			case appeal.Beside:
				ok = r.With != n.To && (r.With != "" || r.Bars == "" && r.Holds == appeal.Unknown)
			case appeal.TermOurs:
				ok = r.Term == n.Term && (r.State == appeal.NotStarted) == (s.Terms[r.Term] == nil)
			case appeal.IsActor:
				ok = n.To == "RU-COURT-KAS" && r.Holds == appeal.Unknown
			}
			if !ok || r.Text == "" {
				t.Errorf("%s: got %+v", n.ID, r)
			}
		}
	}
	if len(seen) != 6 {
		t.Errorf("got only %v", seen)
	}
}
