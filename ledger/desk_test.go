package ledger

import (
	"fmt"
	"testing"
	"time"
)

// deskFor returns a desk key for weeks.
func deskFor(week, last int) somebody {
	d := somebodyCalled(fmt.Sprintf("desk %d-%d", week, last), UseDesk)
	d.Week, d.Last = week, last
	return d
}

func TestWeekOf(t *testing.T) {
	for _, tc := range []struct {
		day  string
		week int
	}{
		{"1970-01-05", 0}, {"1970-01-11", 0}, {"1970-01-12", 1}, {"2026-11-22", 2967}, {"2026-11-23", 2968}, {"2026-11-29", 2968},
	} {
		at, err := time.Parse(time.DateOnly, tc.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := WeekOf(at.Add(23 * time.Hour)); got != tc.week {
			t.Errorf("%s: got week %d, want %d", tc.day, got, tc.week)
		}
		if start := WeekStart(tc.week); start.Weekday() != time.Monday || start.After(at) || at.Sub(start) >= 7*24*time.Hour {
			t.Errorf("week %d starts on %v", tc.week, start)
		}
	}
}

// Who takes in signs keys ahead; nobody else does, a keeper neither.
func TestDesksAreSignedByWhoTakesIn(t *testing.T) {
	o := newOffice(t)
	taker := somebodyCalled("taker", UseMember, Intake)
	h := o.says(o.vera, taker.Holder)
	later := o.says(o.vera, o.petro.Holder, h)
	one, other, two := deskFor(5, 0), deskFor(5, 6), deskFor(7, 0)
	o.says(o.vera, other.Holder, later)
	o.says(o.petro, two.Holder, later)
	if got := o.directory().Desks(5); len(got) != 0 {
		t.Fatalf("signed by others: got %d desk keys", len(got))
	}
	a := o.says(taker, one.Holder, later)
	o.says(taker, Grant{one.ID, taker.ID}, a)
	for week, want := range map[int]int{4: 0, 5: 1, 6: 0} {
		if got := o.directory().Desks(week); len(got) != want {
			t.Errorf("week %d: got %d desk keys, want %d", week, len(got), want)
		}
	}
	if d := o.directory(); !d.Granted(one.ID, taker.ID) || d.Offline(one.ID) || d.DeskSpent(one.ID) {
		t.Error("the desk key is not as it was given")
	}
	o.says(o.vera, Grant{one.ID, o.vera.ID}, a)
	if o.directory().Granted(one.ID, o.vera.ID) {
		t.Error("a keeper gives a desk key to herself")
	}

	last := o.says(taker, other.Holder, a)
	if got := o.directory().Desks(6); len(got) != 1 || !o.directory().Offline(got[0].ID) {
		t.Error("a key that nobody was given is not that of an offline desk")
	}
	if got := o.directory().Desks(5); len(got) != 2 || got[0].ID != other.ID {
		t.Error("the offline desk does not come first")
	}
	ended := o.says(o.petro, Revoke{Key: other.ID, From: other.ID}, last)
	if got := o.directory().Desks(6); len(got) != 0 {
		t.Error("an offline desk that was ended is still sealed to")
	}
	far := deskFor(5, 9)
	last = o.says(taker, far.Holder, ended)
	if got := o.directory().Desks(9); len(got) != 1 {
		t.Error("another offline desk does not follow")
	}
	o.says(o.vera, Remove{taker.ID}, last)
	if d := o.directory(); !d.DeskSpent(one.ID) || len(d.Desks(9)) != 0 {
		t.Error("a removed member's desk keys are not spent, or their offline desk goes on")
	}
	evil := deskFor(8, 0)
	o.says(taker, evil.Holder, a)
	if got := o.directory().Desks(8); len(got) != 0 {
		t.Error("a removed member makes a desk key")
	}
}

func TestDeskThatIsNone(t *testing.T) {
	member := somebodyCalled("m", UseMember).Holder
	member.Week = 3
	noWeek, backwards, long := deskFor(0, 0).Holder, deskFor(5, 5).Holder, deskFor(5, 5+maxDeskWeeks).Holder
	for what, h := range map[string]Holder{"a member of a week": member, "no week": noWeek, "no longer than one": backwards, "for ever": long} {
		if h.valid() {
			t.Errorf("%s is taken for a holder", what)
		}
	}
	if !deskFor(5, 4+maxDeskWeeks).valid() {
		t.Error("a year of weeks is refused")
	}
}
