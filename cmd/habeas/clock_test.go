package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// A father asks when the prosecutor owes him an answer, and until when he may sue.
func TestClock(t *testing.T) {
	pl := newPlace(t)
	for _, c := range []struct {
		args  string
		wants []string
		nots  []string
	}{
		{"--rule RU-APPEAL-REPLY --start 2025-03-03 --as-of 2025-04-03",
			[]string{"RU-APPEAL-REPLY v1", "59-FZ of 2 May 2006, art. 12(1)", "30 days", "Last day: 2025-04-02", "State: overdue", "!! A TERM OF OURS RUNS BECAUSE OF THIS: RU-KAS-219", "Act by 2025-07-03 (running)"}, []string{"THIS TERM IS OURS", "NOT CONFIRMED"}},
		{"--rule UN-WGEID-STATE --start 2025-03-03 --met 2025-08-31",
			[]string{"!! A TERM OF OURS RUNS BECAUSE OF THIS: UN-WGEID-6M", "Act by 2026-02-28", "NOT CONFIRMED: let a lawyer confirm it"}, nil},
		{"--rule RU-APPEAL-REPLY --received 2025-03-06 --as-of 2025-04-03",
			[]string{"Last day: 2025-04-05 to 2025-04-09", "art. 8(2)", "When it was registered is not known"}, nil},
		{"--rule RU-APPEAL-REPLY --start 2025-03-06 --registered 2025-03-07 --as-of 2025-04-03",
			[]string{"2025-03-07", "Last day: 2025-04-06 to 2025-04-07"}, []string{"is not known"}},
		{"--rule RU-APPEAL-REPLY --sent 2025-04-06 --channel e-mail",
			[]string{"starts no clock", "547-FZ", "State: not started"}, []string{"Last day"}},
		{"--rule RU-CPC-144 --start 2025-03-03 --extended checks@2025-03-13 --extended head@2025-03-06 --as-of 2025-03-20",
			[]string{"extended to 10 days", "extended to 30 days", "Last day: 2025-04-02", "State: extended"}, nil},
		{"--rule RU-APPEAL-REPLY --start 2025-03-03 --forwarded 2025-03-07,,2025-03-12 --as-of 2025-04-01",
			[]string{"is no answer", "art. 8(3)", "Last day: 2025-04-11", "State: forwarded"}, nil},
		{"--rule RU-KAS-219 --start 2024-11-30 --as-of 2025-02-01",
			[]string{"!! THIS TERM IS OURS. Missing this cannot be repaired.", "Last day: 2025-02-28"}, []string{"NOT CONFIRMED"}},
		{"--rule UN-WGEID-6M --start 2025-03-31 --as-of 2025-04-01",
			[]string{"!! THIS TERM IS OURS", "!! NOT CONFIRMED: let a lawyer", "Last day: 2025-09-30"}, nil},
		{"--rule UN-WGEID-URGENT --start 2025-03 --as-of 2025-04-01",
			[]string{"Last day: 2025-06-01 to 2025-06-30", "Act by 2025-06-01"}, nil},
		{"--rule EU-ECHR --start 2022-01-31", []string{"EU-ECHR v1", "Last day: 2022-07-31"}, nil},
		{"--rule EU-ECHR --start 2022-02-01", []string{"EU-ECHR v2", "Last day: 2022-06-01"}, nil},
		{"--rule RU-CPC-144 --start 2025-02-12T02:00 --zone Asia/Vladivostok", []string{"Last day: 2025-02-14"}, nil},
		{"--rule TR-INFO --start 2027-12-20", []string{"There is no calendar of TR for 2028", "or later"}, nil},
		{"--rule RU-APPEAL-REPLY --start 2025-03-03 --met 2025-04-30", []string{"State: met, too late"}, nil},
	} {
		out, _ := pl.must(0, append([]string{"clock"}, strings.Fields(c.args)...)...)
		for _, w := range c.wants {
			if !strings.Contains(out, w) {
				t.Errorf("%s: does not say %q:\n%s", c.args, w, out)
			}
		}
		for _, n := range c.nots {
			if strings.Contains(out, n) {
				t.Errorf("%s: says %q:\n%s", c.args, n, out)
			}
		}
	}
}

// The list shows what is ours and what is not confirmed, and both commands speak JSON.
func TestClockListAndJSON(t *testing.T) {
	pl := newPlace(t)
	out, _ := pl.must(0, "clock", "--list")
	for line := range strings.Lines(out) {
		for id, marks := range map[string]string{"RU-KAS-219 ": "  OURS\n", "RU-APPEAL-REG ": "  NOT CONFIRMED\n", "RU-APPEAL-REPLY ": ", art. 12(1))\n", "RU-CPC-125 ": "  NOT CONFIRMED IN PART\n"} {
			if strings.HasPrefix(line, id) && !strings.HasSuffix(line, marks) {
				t.Errorf("got %q, want it to end with %q", line, marks)
			}
		}
	}
	if n := strings.Count(out, "\n"); n < 50 {
		t.Errorf("got %d rules, want all", n)
	}
	var clock struct {
		Rule    string
		Version int
		State   string
		Due     struct{ Earliest, Latest string }
		Steps   []struct{ Kind, Law, Text string }
	}
	out, _ = pl.must(0, "clock", "--json", "--rule", "RU-APPEAL-REPLY", "--start", "2025-03-06", "--as-of", "2025-04-06")
	if err := json.Unmarshal([]byte(out), &clock); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if clock.Version != 1 || clock.State != "due" || clock.Due.Earliest != "2025-04-05" || clock.Due.Latest != "2025-04-07" || len(clock.Steps) < 3 {
		t.Errorf("got %+v", clock)
	}
	var rules []struct{ ID string }
	out, _ = pl.must(0, "clock", "--list", "--json")
	if err := json.Unmarshal([]byte(out), &rules); err != nil || len(rules) < 50 {
		t.Errorf("got %d rules, %v", len(rules), err)
	}
}

// What cannot be is refused with what to give instead; a file of rules with a mistake
// is named by its line, and nothing is reckoned with it.
func TestClockRefuses(t *testing.T) {
	pl := newPlace(t)
	pl.write("mine.txt", "# invented\nrule XX-LETTER 1\nlength soon\n", 0o600)
	pl.write("good.txt", "rule XX-LETTER 1\njurisdiction XX\naddressee any\nlaw Invented Act\nstarts received\nwhat it arrives\nduty ours\nlength 10 days\nfirst-day not counted\nend stays\nsource a book\nchecked 2025-01-01\nby an invented lawyer\nconfirmed yes\n", 0o600)
	for args, want := range map[string]string{
		"":                                     "there is no rule",
		"--rule RU-NOTHING --start 2025-01-01": "habeas clock --list",
		"--rule RU-KAS-219":                    "give --start",
		"--rule RU-KAS-219 --start 2025-02-30": `--start "2025-02-30" is no date`,
		"--rule RU-KAS-219 --start 30.01.2025": "YYYY-MM-DD",
		"--rule RU-KAS-219 --start 2025-01-01 --zone X":                 "is no zone",
		"--rule RU-CPC-144 --start 2025-01-01 --extended head@soon":     "is no date",
		"--rule RU-CPC-144 --start 2025-01-01 --forwarded 2025-01-02,x": "is no date",
		"--rule RU-CPC-144 --start 2025-01-01 --met 2025":               "is no date",
		"--rule XX-LETTER --start 2025-01-01 --rules mine.txt":          "mine.txt:3: a length is",
	} {
		out, errs := pl.must(2, append([]string{"clock"}, strings.Fields(args)...)...)
		if !strings.Contains(errs, want) || out != "" {
			t.Errorf("%s: got %s%s, want an error that says %s", args, out, errs, want)
		}
	}
	out, _ := pl.must(0, "clock", "--rules", "good.txt", "--rule", "XX-LETTER", "--start", "2025-01-01")
	if !strings.Contains(out, "Last day: 2025-01-11") {
		t.Errorf("a rule of one's own: got %s", out)
	}
	pl.write("days.txt", "calendar TR\nname Türkiye\nzone Europe/Istanbul\nweekend Saturday Sunday\nyear 2027\nsource a book\nchecked 2027-01-01\nby an invented lawyer\nconfirmed yes\nyear 2028\nsource a book\nchecked 2027-01-01\nby an invented lawyer\nconfirmed yes\n", 0o600)
	out, _ = pl.must(0, "clock", "--days", "days.txt", "--rule", "TR-INFO", "--start", "2027-12-20")
	if !strings.Contains(out, "Last day: 2028-01-10") {
		t.Errorf("a calendar of one's own: got %s", out)
	}
	pl.write("days.txt", "calendar TR\nyear soon\n", 0o600)
	if _, errs := pl.must(2, "clock", "--days", "days.txt", "--list"); !strings.Contains(errs, "days.txt:1: ") {
		t.Errorf("a calendar with a mistake: got %s", errs)
	}
}
