package appeal_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"habeas/appeal"
)

// inventedRules hold what no law of the collection has yet.
const inventedRules = `
rule XX-COUNTED 1
jurisdiction XX
addressee any
law Invented Act art. 1
starts received
what it arrives
duty theirs
length 10 days
first-day counted
end next
end-law Invented Act art. 2
source a book
checked 2025-01-01
by nobody
confirmed yes

rule XX-MONTH 1
jurisdiction XX
addressee any
law Invented Act art. 3
starts received
what it arrives
duty theirs
length 1 month
first-day counted
end stays
source a book
checked 2025-01-01
by nobody
confirmed yes

rule XX-WORKED 1
jurisdiction XX
addressee any
law Invented Act art. 4
starts received
what it arrives
duty theirs
length 3 working days
first-day counted
end stays
source a book
checked 2025-01-01
by nobody
confirmed yes

rule XX-HOURS 1
jurisdiction XX
addressee any
law Invented Act art. 5
starts received
what it arrives
duty theirs
length 24 hours
extension more | by 12 hours | a judge says so | Invented Act art. 6
extension whole | to 48 hours | a judge says so | Invented Act art. 7
source a book
checked 2025-01-01
by nobody
confirmed yes

rule XX-LETTER 1
jurisdiction XX
addressee any
law Invented Act art. 8
starts received
what it arrives
duty theirs
length 10 days
first-day not counted
end stays
forwarded restarts
forward-rule XX-SEND
valid ..2024-06-30
source a book
checked 2025-01-01
by nobody
confirmed yes

rule XX-LETTER 2
jurisdiction XX
addressee any
law Invented Act art. 8 as amended
starts received
what it arrives
duty theirs
length 20 days
first-day not counted
end stays
forwarded restarts
forward-rule XX-SEND
valid 2024-07-01..
source a book
checked 2025-01-01
by nobody
confirmed yes

rule XX-SEND 1
jurisdiction XX
addressee any
law Invented Act art. 9
starts received
what it arrives
duty theirs
length 3 days
first-day not counted
end stays
source a book
checked 2025-01-01
by nobody
confirmed yes
`

// inventedDays is a country whose weekend is Friday and Saturday.
const inventedDays = `calendar XX
name Nowhere
zone Asia/Beirut
weekend Friday Saturday

year 2024
source a book
checked 2024-01-01
by nobody
confirmed partly
open one feast may move
off 2024-06-24 Invented Feast
`

func invented(t *testing.T) *appeal.Set {
	t.Helper()
	set, err := appeal.ReadSet(fstest.MapFS{"r.txt": {Data: []byte(inventedRules)}}, fstest.MapFS{"c.txt": {Data: []byte(inventedDays)}})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestInventedRules: ways of counting that no law here has, but an office may add.
func TestInventedRules(t *testing.T) {
	set := invented(t)
	for _, c := range []struct{ rule, facts, asOf, last, state, says string }{
		{"XX-COUNTED", "received 2024-06-10", "", "2024-06-19", "running", "is the first day"},
		{"XX-COUNTED", "received 2024-06-12", "", "2024-06-23", "running", "the next working day"}, // Friday the 21st, Saturday
		{"XX-COUNTED", "received 2024-06-15", "", "2024-06-25", "running", "Invented Feast"},
		{"XX-COUNTED", "received 2024-06-15", "", "2024-06-25", "running", "The calendar of XX for 2024 is not wholly confirmed."},
		{"XX-COUNTED", "received 2024-06-15", "", "2024-06-25", "running", "one feast may move"},
		{"XX-MONTH", "received 2024-01-31", "", "2024-02-28", "running", "1 month"},
		{"XX-MONTH", "received 2024-03-01", "", "2024-03-31", "running", "1 month"},
		{"XX-WORKED", "received 2024-06-20", "", "2024-06-25", "running", "working days"}, // Thursday, Sunday the 23rd, Tuesday the 25th
		{"XX-WORKED", "received 2024-06-21", "", "2024-06-26", "running", "working days"}, // Friday is not counted
		{"XX-HOURS", "received 2024-06-10T10:00; extended more@2024-06-10", "", "2024-06-11T22:00+03:00", "extended", "by 12 hours"},
		{"XX-HOURS", "received 2024-06-10T10:00; extended whole@2024-06-10", "", "2024-06-12T10:00+03:00", "extended", "to 48 hours"},
		{"XX-HOURS", "received 2024-06-10T10:00; extended whole@2024-06-10; extended more@2024-06-11", "", "2024-06-12T22:00+03:00", "extended", "48 hours in all + 12 hours"},
		{"XX-HOURS", "received 2024-06-10T10:00; extended more@2024-06-10; extended whole@2024-06-11", "", "2024-06-12T10:00+03:00", "extended", "48 hours in all"},
		{"XX-HOURS", "received 2024-03-31", "", "2024-04-01T01:00+03:00 to 2024-04-02T00:00+03:00", "running", "some hour"}, // the day begins at one o'clock
		{"XX-HOURS", "received 2024-06-10T10:00; zone America/Bogota", "2024-06-11T10:30", "2024-06-11T18:00+03:00", "overdue", ""},
		{"XX-HOURS", "received 2024-06-10T10:00; zone America/Bogota", "2024-06-11T09:30", "2024-06-11T18:00+03:00", "running", ""},
		{"XX-LETTER", "received 2024-06-25; forwarded 2024-07-02 received 2024-07-03", "", "2024-07-23", "forwarded", "as amended"},
		{"XX-LETTER", "received 2024-06-25; forwarded 2024-07-02 received 2024-07-03", "", "2024-07-23", "forwarded", "That was late: XX-SEND gives until 2024-06-28."},
		{"XX-LETTER", "received 2024-06-30/2024-07-01", "", "2024-07-10 to 2024-07-11", "running", "is not the law of the day on which it started"},
	} {
		clock := legalCase{0, c.rule, c.facts, c.asOf, c.last, c.state, ""}.clock(t, set)
		if text := clock.Explain(); clock.Due.String() != c.last || string(clock.State) != c.state || !strings.Contains(text, c.says) {
			t.Errorf("%s, %s: got %s, %s; want %s, %s and %q in:\n%s", c.rule, c.facts, clock.Due, clock.State, c.last, c.state, c.says, text)
		}
	}
	clock := legalCase{0, "XX-LETTER", "received 2024-06-25; forwarded 2024-06-27 received 2024-07-03", "", "", "", ""}.clock(t, set)
	if strings.Contains(clock.Explain(), "late") {
		t.Errorf("sent on in time, and it is said to be late:\n%s", clock.Explain())
	}
	if l := clock.Legs; len(l) != 2 || l[0].Forwarded.String() != "2024-06-27" || l[0].Version != 1 || l[0].Due.String() != "2024-07-05" || !l[1].Forwarded.IsZero() || l[1].Start.String() != "2024-07-03" {
		t.Errorf("got legs %+v", l)
	}
}

// TestZoneOfTheDayItIsLookedAt: midnight of the addressee is not midnight of the
// family.
func TestZoneOfTheDayItIsLookedAt(t *testing.T) {
	set := own(t)
	bogota, err := time.LoadLocation("America/Bogota")
	if err != nil {
		t.Fatal(err)
	}
	rule, _ := set.Rule("RU-PROC-45", appeal.Date{})
	start, _ := appeal.ParseDate("2025-03-03")
	f := appeal.Facts{Registered: appeal.On(start), Zone: bogota}
	for at, want := range map[string]appeal.State{
		"2025-04-02T15:30": appeal.IsDue,   // 23:30 in Moscow
		"2025-04-02T16:30": appeal.Overdue, // half past midnight in Moscow
		"2025-04-01T15:30": appeal.Running,
		"2025-04-01T16:30": appeal.IsDue,
	} {
		s, err := appeal.ParseSpan(at)
		if err != nil {
			t.Fatal(err)
		}
		if got := set.Reckon(rule, f, s).State; got != want {
			t.Errorf("at %s in Bogotá: got %s, want %s", at, got, want)
		}
	}
}

// TestWhatMayHaveComeLate: a notice on a day that may be after the end counts, and
// that it may be late is said.
func TestWhatMayHaveComeLate(t *testing.T) {
	set := own(t)
	clock := legalCase{0, "RU-APPEAL-REPLY", "registered 2025-03-06; extended 2025-04-07", "", "", "", ""}.clock(t, set)
	if text := clock.Explain(); !clock.Extended || !strings.Contains(text, "may have come after the term had ended") {
		t.Errorf("got extended %v:\n%s", clock.Extended, text)
	}
	if text := (legalCase{0, "RU-APPEAL-REPLY", "registered 2025-03-06; extended 2025-04-05", "", "", "", ""}).clock(t, set).Explain(); strings.Contains(text, "may have come") {
		t.Errorf("a notice in time is said to be late:\n%s", text)
	}
}
