package appeal_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"habeas/appeal"
)

// TestOursOpenByThemselves: silence and answers open the terms that a family must not
// miss, on the earliest day on which they may have begun.
func TestOursOpenByThemselves(t *testing.T) {
	set := own(t)
	for _, c := range []struct{ rule, facts, asOf, want string }{
		{"RU-APPEAL-REPLY", "registered 2025-03-03", "2025-04-02", ""},
		{"RU-APPEAL-REPLY", "registered 2025-03-03", "2025-04-03", "RU-KAS-219 overdue 2025-04-03: 2025-07-03 running"},
		{"RU-APPEAL-REPLY", "registered 2025-03-03", "", ""},
		{"RU-APPEAL-REPLY", "registered 2025-03-03", "2025-07-04", "RU-KAS-219 overdue 2025-04-03: 2025-07-03 overdue"},
		{"RU-APPEAL-REPLY", "registered 2025-03-06", "2025-04-06", "RU-KAS-219 overdue 2025-04-06 to 2025-04-08: 2025-07-07 to 2025-07-08 running"}, // perhaps over since the 5th, a Saturday
		{"RU-APPEAL-REPLY", "sent 2025-03-03", "2025-04-20", "RU-KAS-219 overdue 2025-04-03: 2025-07-03 running"},
		{"RU-APPEAL-REPLY", "registered 2025-03-03; met 2025-03-20", "2025-04-20", "RU-KAS-219 answered 2025-03-20: 2025-06-20 running"},
		{"RU-APPEAL-REPLY", "registered 2025-03-03; met 2025-04-30", "2025-05-05", "RU-KAS-219 overdue 2025-04-03: 2025-07-03 running; RU-KAS-219 answered 2025-04-30: 2025-07-30 running"}, // silence came first
		{"RU-APPEAL-REPLY", "registered 2025-03-03; extended 2025-04-01", "2025-04-20", ""},
		{"RU-APPEAL-REPLY", "registered 2025-03-03; forwarded 2025-03-07 registered 2025-03-12", "2025-04-14", "RU-KAS-219 overdue 2025-04-12: 2025-07-14 running"},
		{"UN-WGEID-STATE", "sent 2025-03-03; met 2025-08-31", "", "UN-WGEID-6M answered 2025-08-31: 2026-02-28 running"},
		{"UN-WGEID-STATE", "sent 2025-03-03", "2026-03-03", ""},
		{"UA-ERDR", "received 2025-02-11T09:30", "2025-02-13", "UA-CPC-303 overdue 2025-02-12: 2025-02-24 running"}, // ten days end on a Saturday
		{"UA-ERDR", "received 2025-02-11", "2025-02-14", "UA-CPC-303 overdue 2025-02-12 to 2025-02-13: 2025-02-24 running"},
		{"UA-ERDR", "received 2025-02-11T09:30", "2025-02-11T20:00", ""},
		{"RU-KAS-DECIDE-226", "received 2025-02-11; met 2025-03-03", "2025-03-05", "RU-KAS-APPEAL answered 2025-03-03: 2025-04-03 running"},
		{"TR-INFO", "received 2025-03-03; met 2025-03-10", "2025-03-11", "TR-INFO-REVIEW answered 2025-03-10: 2025-03-25 running"},
		{"CO-HABEAS", "received 2025-03-03T10:00; met 2025-03-04", "2025-03-04", "CO-HABEAS-APPEAL answered 2025-03-04: 2025-03-07 running"},
	} {
		clock := legalCase{0, c.rule, c.facts, c.asOf, "", "", ""}.clock(t, set)
		var got []string
		for _, o := range clock.Opened {
			got = append(got, fmt.Sprintf("%s %s %s: %s %s", o.Rule, o.Why, o.Start, o.Due, o.State))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s, %s, on %s: got %q, want %q", c.rule, c.facts, c.asOf, strings.Join(got, "; "), c.want)
		}
		if text := clock.Explain(); strings.Contains(text, "A TERM OF OURS RUNS") != (c.want != "") {
			t.Errorf("%s, %s: it is not said that one of ours runs:\n%s", c.rule, c.facts, text)
		}
	}
}

// TestOursNeverOpenLate: whatever is known, ours begins no later than on the day
// after the earliest day that may have been the last of theirs, or the day of the answer.
func TestOursNeverOpenLate(t *testing.T) {
	set := own(t)
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom([]string{"RU-APPEAL-REPLY", "RU-PROC-45", "RU-PROC-45-SHORT"}).Draw(t, "rule")
		r, _ := set.Rule(rule, appeal.Date{})
		start, asOf := drawDate(t, "start"), drawDate(t, "day")
		facts := appeal.Facts{Registered: appeal.On(start)}
		if rapid.Bool().Draw(t, "only received") {
			facts = appeal.Facts{Received: appeal.On(start)}
		}
		c := set.Reckon(r, facts, appeal.On(asOf))
		if c.State == appeal.Overdue && len(c.Opened) == 0 {
			t.Fatalf("%s from %s on %s is overdue, and nothing of ours runs", rule, start, asOf)
		}
		for _, o := range c.Opened {
			if o.Start.Earliest.Day.Compare(c.Due.Earliest.Day.AddDays(1)) > 0 {
				t.Fatalf("%s from %s: due %s, and ours is said to begin on %s", rule, start, c.Due, o.Start)
			}
		}
	})
}

// TestOnlyOursAreOpened: a rule that opens one that is not ours, or is itself not
// theirs, is a mistake.
func TestOnlyOursAreOpened(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{strings.Replace(soundRule, "next a court", "opens XX-LETTER | overdue", 1), "not ours"},
		{strings.Replace(soundRule, "next a court", "opens XX-GONE | overdue", 1), "no rule XX-GONE"},
		{strings.Replace(soundRule, "next a court", "opens XX-LETTER | late", 1), "none of"},
		{strings.NewReplacer("next a court", "opens XX-LETTER | overdue", "duty theirs", "duty ours").Replace(soundRule), "term of theirs"},
	} {
		if _, err := read(t, c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want an error that says %s", err, c.says)
		}
	}
}
