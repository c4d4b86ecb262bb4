package appeal_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/appeal"
)

const soundRule = `# invented
rule XX-LETTER 1
jurisdiction XX
addressee any body
law Invented Act art. 1
starts registered
what the letter gets a number
duty theirs
length 30 days
first-day not counted
end next
end-law Invented Act art. 2
extension notice | by 10 days | once | Invented Act art. 3
extension whole | to 2 months | the head decides | Invented Act art. 4
forwarded restarts
no-clock pigeon | 2024-01-01 | XX-LETTER
next a court
valid 2020-01-01..2030-12-31
source a book
checked 2025-01-01
by an invented lawyer
confirmed partly
open art. 3 was not read
`

// TestRuleIsRead: every word of an entry arrives.
func TestRuleIsRead(t *testing.T) {
	rules, err := appeal.ReadRules("x.txt", soundRule)
	if err != nil || len(rules) != 1 {
		t.Fatalf("got %d rules, %v", len(rules), err)
	}
	r := rules[0]
	got := fmt.Sprint(r.ID, r.Version, r.Jurisdiction, r.Addressee, r.Law, r.Starts, r.What, r.Duty, r.Length, r.FirstDay, r.End, r.EndLaw, r.Extensions, r.Forwarded, r.NoClock, r.Next, r.From, r.To, r.Source, r.Checked, r.By, r.Trust, r.Open, r.File, r.Line)
	want := "XX-LETTER 1 XX any body Invented Act art. 1 registered the letter gets a number theirs 30 days false next Invented Act art. 2 [{notice false 10 days once Invented Act art. 3} {whole true 2 months the head decides Invented Act art. 4}] restarts [{pigeon 2024-01-01 XX-LETTER}] [a court] 2020-01-01 2030-12-31 a book 2025-01-01 an invented lawyer partly [art. 3 was not read] x.txt 2"
	if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestBadRulesAreNamedByLine: each mistake is an error with its file and line.
func TestBadRulesAreNamedByLine(t *testing.T) {
	for _, c := range []struct {
		old, new string
		line     int
		says     string
	}{
		{"rule XX-LETTER 1", "rule letter 1", 2, "an id"},
		{"rule XX-LETTER 1", "rule XX-LETTER 0", 2, "version"},
		{"rule XX-LETTER 1\n", "law first\n", 2, "begins with"},
		{"duty theirs", "duty mine", 8, "none of"},
		{"duty theirs\n", "", 2, `"duty"`},
		{"duty theirs", "dutty theirs", 8, `"dutty"`},
		{"duty theirs", "duty theirs\nduty ours", 9, "twice"},
		{"duty theirs", "duty", 8, "nothing stands after"},
		{"length 30 days", "length 30", 9, "a length is"},
		{"length 30 days", "length 0 days", 9, "a length is"},
		{"length 30 days", "length 030 days", 9, "a length is"},
		{"length 30 days", "length none", 2, `only a term of days`},
		{"first-day not counted\n", "", 2, "first-day"},
		{"end next\n", "end sometimes\n", 11, "none of"},
		{"end-law Invented Act art. 2\n", "", 2, "end-law"},
		{"extension notice | by 10 days | once |", "extension notice | by 10 days |", 13, "parts"},
		{"by 10 days", "after 10 days", 13, `"by" or "to"`},
		{"by 10 days", "by 10 hours", 2, "hours are extended by hours"},
		{"to 2 months", "to 2 days", 2, "shorter"},
		{"extension whole", "extension notice", 2, `two extensions`},
		{"2024-01-01 | XX-LETTER", "2024-02-30 | XX-LETTER", 16, "date"},
		{"valid 2020-01-01..2030-12-31", "valid 2030-01-01..2020-12-31", 18, "ends before it begins"},
		{"valid 2020-01-01..2030-12-31", "valid 2020", 18, "period"},
		{"checked 2025-01-01", "checked 2025-02-29", 20, "date"},
		{"confirmed partly", "confirmed surely", 22, "none of"},
		{"open art. 3 was not read\n", "", 2, `needs "open"`},
		{"starts registered", "starts happened", 2, "starts anew"},
		{"starts registered", "starts sent\nregistration XX-LETTER", 2, "start when registered"},
		{"what the letter", "what \x07the letter", 7, "cannot be seen"},
		{"what the letter", "what \xffthe letter", 7, "UTF-8"},
		{"what the letter", "what " + strings.Repeat("a", 3000), 7, "too long"},
	} {
		if !strings.Contains(soundRule, c.old) {
			t.Fatalf("%q is not in the rule", c.old)
		}
		rules, err := appeal.ReadRules("x.txt", strings.Replace(soundRule, c.old, c.new, 1))
		e, ok := err.(*appeal.ReadError)
		if !ok || e.File != "x.txt" || e.Line != c.line || !strings.Contains(e.Reason, c.says) || rules != nil {
			t.Errorf("%q for %q: got %v, %v; want no rules and x.txt:%d: … %s", c.new, c.old, rules, err, c.line, c.says)
		}
	}
}

// TestRulesFitEachOther: what an entry says of another is checked, and so is what
// versions say of each other.
func TestRulesFitEachOther(t *testing.T) {
	second := strings.NewReplacer("LETTER 1", "LETTER 2", "valid 2020-01-01..2030-12-31", "valid 2031-01-01..").Replace(soundRule)
	if _, err := read(t, soundRule+second); err != nil {
		t.Fatalf("two versions that follow each other: %v", err)
	}
	for _, c := range []struct{ text, says string }{
		{soundRule + soundRule, "twice"},
		{soundRule + strings.Replace(second, "valid 2031", "valid 2030", 1), "same days"},
		{soundRule + strings.Replace(second, "valid 2031-01-01", "valid 2030-12-31", 1), "same days"},
		{strings.Replace(soundRule, "| XX-LETTER", "| XX-OTHER", 1), "no rule XX-OTHER"},
		{strings.Replace(soundRule, "next a court", "next XX-COURT", 1), "no rule XX-COURT"},
		{strings.Replace(soundRule, "forwarded restarts", "forwarded restarts\nforward-rule XX-SEND", 1), "no rule XX-SEND"},
		{strings.Replace(soundRule, "length 30 days", "length 30 working days", 1), "no calendar of XX"},
	} {
		_, err := read(t, c.text)
		if e, ok := err.(*appeal.ReadError); !ok || e.Line < 1 || !strings.Contains(e.Reason, c.says) {
			t.Errorf("got %v, want an error that says %s", err, c.says)
		}
	}
}

func read(t *testing.T, rules string) (*appeal.Set, error) {
	t.Helper()
	return appeal.ReadSet(fstest.MapFS{"x.txt": {Data: []byte(rules)}}, fstest.MapFS{})
}

const soundCalendar = `calendar XX
name Nowhere
zone Europe/Kyiv
weekend Friday Saturday

year 2024
source a book
checked 2024-01-01
by nobody
confirmed yes
off 2024-02-29 Leap Feast
work 2024-03-02 worked, for a day off on 2024-02-29
`

// TestCalendarIsRead: weekends need not be Saturday and Sunday.
func TestCalendarIsRead(t *testing.T) {
	c, err := appeal.ReadCalendar("c.txt", soundCalendar)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"2024-02-29": false, "2024-03-01": false, "2024-03-02": true, "2024-03-03": true, "2024-03-08": false} {
		d, err := appeal.ParseDate(text)
		if working, _, known := c.Working(d); err != nil || working != want || !known {
			t.Errorf("%s: got %v, %v, want %v", text, working, known, want)
		}
	}
	d, _ := appeal.ParseDate("2025-01-01")
	if _, _, known := c.Working(d); known {
		t.Error("a year that is not there is said to be known")
	}
}

// TestBadCalendarsAreNamedByLine: each mistake is an error with its file and line.
func TestBadCalendarsAreNamedByLine(t *testing.T) {
	for _, c := range []struct {
		old, new string
		line     int
		says     string
	}{
		{"calendar XX", "calendar Nowhere", 1, "jurisdiction"},
		{"zone Europe/Kyiv", "zone Europe/Nowhere", 3, "zone"},
		{"zone Europe/Kyiv", "zone Local", 3, "zone"},
		{"weekend Friday Saturday", "weekend Friday Friday", 4, "twice"},
		{"weekend Friday Saturday", "weekend Sunday Monday Tuesday Wednesday Thursday Friday Saturday", 4, "some day"},
		{"year 2024", "year 24", 6, "years"},
		{"confirmed yes", "confirmed partly", 6, "open"},
		{"off 2024-02-29 Leap Feast", "off 2023-02-28 Leap Feast", 11, "another year"},
		{"off 2024-02-29 Leap Feast", "off 2024-02-30 Leap Feast", 11, "date"},
		{"off 2024-02-29 Leap Feast", "off 2024-02-29", 11, "why"},
		{"off 2024-02-29 Leap Feast", "off 2024-02-29 Leap\noff 2024-02-29 Feast", 12, "twice"},
		{"off 2024-02-29 Leap Feast", "off 2024-03-02 Leap Feast", 6, "off and worked"},
		{"work 2024-03-02 worked", "work 2024-03-03 worked", 12, "weekend"},
		{"year 2024", "year 2024\nsource a\nchecked 2024-01-01\nby b\nconfirmed yes\nyear 2024", 11, "twice"},
	} {
		_, err := appeal.ReadCalendar("c.txt", strings.Replace(soundCalendar, c.old, c.new, 1))
		e, ok := err.(*appeal.ReadError)
		if !ok || e.File != "c.txt" || e.Line != c.line || !strings.Contains(e.Reason, c.says) {
			t.Errorf("%q for %q: got %v; want c.txt:%d: … %s", c.new, c.old, err, c.line, c.says)
		}
	}
}

// TestOfficeRuleStandsInPlace: a rule that an office had reviewed replaces all
// versions of its id, and nothing else; one that does not fit changes nothing.
func TestOfficeRuleStandsInPlace(t *testing.T) {
	set := own(t)
	text := strings.NewReplacer("XX-LETTER 1", "EU-ECHR 7", "| XX-LETTER", "| EU-ECHR", "valid 2020-01-01..2030-12-31\n", "").Replace(soundRule)
	rules, err := appeal.ReadRules("ours.txt", text)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := set.With(rules)
	if err != nil {
		t.Fatal(err)
	}
	if v := mine.Versions("EU-ECHR"); len(v) != 1 || v[0].Version != 7 || len(mine.Rules()) != len(set.Rules())-1 {
		t.Errorf("got %d versions and %d rules, want the reviewed one alone", len(v), len(mine.Rules()))
	}
	if len(set.Versions("EU-ECHR")) != 2 {
		t.Error("the old set was changed")
	}
	rules[0].Registration = "XX-GONE"
	if _, err := set.With(rules); err == nil {
		t.Error("a rule that speaks of one that is not there was taken")
	}
}

// TestWhatIsNotCertainIsSaid: what is not confirmed and what is ours is loud in what
// is printed, and what is neither is not.
func TestWhatIsNotCertainIsSaid(t *testing.T) {
	set := own(t)
	const loud, unconfirmed = "THIS TERM IS OURS. Missing this cannot be repaired.", "NOT CONFIRMED"
	for _, r := range set.Rules() {
		start, _ := appeal.ParseDate("2025-02-11")
		c := reckoned(set, r, appeal.On(start))
		text := c.Explain()
		if strings.Contains(text, loud) != (r.Duty == appeal.Ours) {
			t.Errorf("%s: whose term it is, %s, is not said as it should be", r.ID, r.Duty)
		}
		if strings.Contains(text, unconfirmed) != (r.Trust != appeal.Confirmed) || (r.Trust == appeal.Partly) != strings.Contains(text, "IN PART") {
			t.Errorf("%s: confirmed %s, and that is not said", r.ID, r.Trust)
		}
		for _, o := range r.Open {
			if !strings.Contains(text, o) {
				t.Errorf("%s: does not say what is open: %s", r.ID, o)
			}
		}
		if !strings.Contains(text, r.Law) || c.Version != r.Version || !strings.Contains(text, fmt.Sprintf("%s v%d", r.ID, r.Version)) {
			t.Errorf("%s: the law or the version is missing", r.ID)
		}
	}
}

// TestEveryRuleSaysWhoChecked: no entry is without source, day and hand, and none
// claims that a lawyer looked at it.
func TestEveryRuleSaysWhoChecked(t *testing.T) {
	for _, r := range own(t).Rules() {
		if r.Source == "" || r.Checked.IsZero() || !strings.Contains(r.By, "no lawyer has looked at it") {
			t.Errorf("%s: source %q, checked %s by %q", r.ID, r.Source, r.Checked, r.By)
		}
		if strings.Contains(r.Source, "general knowledge") && r.Trust == appeal.Confirmed {
			t.Errorf("%s is confirmed from general knowledge", r.ID)
		}
	}
}
