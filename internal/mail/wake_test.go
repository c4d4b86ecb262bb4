package mail

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func link(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Symlink(from, to); err != nil {
		t.Skip(err)
	}
}

// A life is an office's mail, told with a clock. It asks each minute, stores its
// state each time it changes, and notes what was sent: "3 14:05 daily".
type life struct {
	t     *testing.T
	w     Waker
	s     State
	now   time.Time
	items []Waiting
	sent  []string
	fails bool // the server takes nothing
	asked int  // minutes drawn
}

// begin starts on day 1, a Saturday, at midnight UTC. Each day's minute is at.
func begin(t *testing.T, at int) *life {
	t.Helper()
	l := &life{t: t, w: Config{}.Waker(), now: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)}
	l.w.draw = func(n int) int {
		l.asked++
		if n != dayMinutes {
			t.Errorf("drew one of %d minutes", n)
		}
		return at
	}
	return l
}

// to lets the clock run until day and time, asking each minute.
func (l *life) to(day, hour, minute int) {
	for end := time.Date(2026, 8, day, hour, minute, 0, 0, time.UTC); l.now.Before(end); l.now = l.now.Add(time.Minute) {
		l.ask()
	}
}

func (l *life) ask() {
	before := string(l.s.Encode())
	next, kind := l.w.Next(l.s, l.now, l.items)
	if got := string(l.s.Encode()); got != before {
		l.t.Errorf("Next changed the state it was given: %s, before %s", got, before)
	}
	if kind == Nothing {
		l.s = next
		return
	}
	word := []string{"", "daily", "urgent", "everyone"}[kind]
	if l.fails {
		word = "failed"
	} else {
		l.s = next
	}
	l.sent = append(l.sent, fmt.Sprintf("%d %s %s", l.now.Day(), l.now.Format("15:04"), word))
}

// off jumps to day and hour with the machine off, and restarts: exact times are
// gone, and the state is what was stored.
func (l *life) off(day, hour int) {
	l.now = time.Date(2026, 8, day, hour, 0, 0, 0, time.UTC)
	s, err := DecodeState(l.s.Encode())
	if err != nil {
		l.t.Fatal(err)
	}
	if !s.Equal(l.s) {
		l.t.Errorf("stored %+v, got %+v", l.s, s)
	}
	l.s = s
	for i := range l.items {
		l.items[i].Arrived = l.items[i].Arrived.Truncate(24 * time.Hour)
	}
}

// comes adds a thing that came just now.
func (l *life) comes(n byte, urgent bool) {
	l.items = append(l.items, Waiting{ID: ID{n}, Arrived: l.now, Urgent: urgent})
}

func (l *life) opened(n byte) {
	l.items = slices.DeleteFunc(l.items, func(u Waiting) bool { return u.ID == ID{n} })
}

func (l *life) want(sent ...string) {
	l.t.Helper()
	if !slices.Equal(l.sent, sent) {
		l.t.Errorf("sent %q, want %q", l.sent, sent)
	}
}

const ten = 10 * 60 // the minute of 10:00

func TestStoryUrgentAtNight(t *testing.T) {
	l := begin(t, ten)
	l.to(1, 3, 17)
	l.comes(1, true)
	l.to(1, 6, 0)
	l.opened(1)
	l.to(3, 0, 0)
	l.want("1 03:17 urgent")
}

func TestStoryUrgentIsLeft(t *testing.T) {
	l := begin(t, ten)
	l.to(1, 3, 17)
	l.comes(1, true)
	l.to(2, 12, 0)
	// Told, then told to everyone once, and each day those of every day.
	l.want("1 03:17 urgent", "1 07:17 everyone", "1 10:00 daily", "2 10:00 daily")
}

func TestStoryNothingForThreeDays(t *testing.T) {
	l := begin(t, ten)
	l.to(4, 0, 0)
	l.want()
	if l.asked != 3 {
		t.Errorf("drew %d minutes for 3 days", l.asked)
	}
}

// TestStoryAfterTheMinute shows that a mail doesn't tell when something came.
func TestStoryAfterTheMinute(t *testing.T) {
	l := begin(t, ten)
	l.to(1, 10, 1)
	l.comes(1, false)
	l.to(2, 10, 1)
	l.want("2 10:00 daily")
	l.opened(1)
	l.to(4, 0, 0)
	l.want("2 10:00 daily")
}

// TestStoryDailyTellsNothing compares days on which something came at any hour
// since the minute before: the mail is the same.
func TestStoryDailyTellsNothing(t *testing.T) {
	for hour := 10; hour < 34; hour++ {
		l := begin(t, ten)
		l.to(1+hour/24, hour%24, 1)
		for n := range byte(1 + hour%3) {
			l.comes(n, false)
		}
		l.to(2, 11, 0)
		l.want("2 10:00 daily")
	}
}

func TestStoryLeftUnopened(t *testing.T) {
	l := begin(t, ten)
	l.to(1, 9, 0)
	l.comes(1, false) // 24 hours later is before day 2's minute
	l.to(1, 15, 0)
	l.comes(2, false) // 24 hours later is after it
	l.to(4, 12, 0)
	l.want("1 10:00 daily", "2 10:00 everyone", "3 10:00 everyone", "4 10:00 daily")
}

func TestStoryAWeekOffline(t *testing.T) {
	for _, hour := range []int{2, 10, 20} {
		l := begin(t, ten)
		l.to(1, 15, 0)
		l.comes(1, false)
		l.off(8, hour)
		l.to(8, 23, 59)
		l.want(fmt.Sprintf("8 %02d:00 everyone", max(hour, 10)))
		l.to(9, 12, 0)
		l.want(l.sent[0], "9 10:00 daily")
	}
}

func TestStoryUrgentThenOffline(t *testing.T) {
	l := begin(t, ten)
	l.to(1, 12, 0)
	l.comes(1, true)
	l.off(1, 12) // before anybody asked
	l.ask()      // only the day is known: late, rather than never
	l.off(1, 13)
	l.to(1, 23, 0)
	l.want("1 12:00 everyone")

	l = begin(t, ten)
	l.to(1, 2, 0)
	l.comes(1, true)
	l.to(1, 2, 1)
	l.off(1, 3)
	l.to(1, 9, 0)
	l.want("1 02:00 urgent", "1 04:00 everyone")
}

func TestStoryManyRestarts(t *testing.T) {
	l := begin(t, ten)
	l.comes(1, false)
	for hour := range 24 {
		l.off(1, hour)
		l.to(1, hour, 59)
	}
	l.want("1 10:00 daily")
	if l.asked != 1 {
		t.Errorf("drew %d minutes for one day", l.asked)
	}
}

func TestStoryReopened(t *testing.T) {
	l := begin(t, ten)
	l.to(1, 12, 0)
	l.comes(1, true)
	l.to(1, 12, 5)
	l.opened(1)
	l.to(1, 15, 0)
	l.comes(1, true) // put back: it needs a person again
	l.to(1, 20, 0)
	l.want("1 12:00 urgent", "1 15:00 urgent", "1 19:00 everyone")
}

// TestStoryFlood: a thousand urgent things in an hour are seven mails, and the
// one that comes in between waits no longer than the others.
func TestStoryFlood(t *testing.T) {
	l := begin(t, ten)
	l.w.urgentAfter = 30 * 24 * time.Hour
	l.to(1, 12, 0)
	for n := range 60 {
		for m := range 17 {
			l.items = append(l.items, Waiting{ID: ID{byte(n), byte(m)}, Arrived: l.now, Urgent: true})
		}
		l.to(1, 12, n+1)
	}
	l.to(1, 15, 0)
	l.want("1 12:00 urgent", "1 12:10 urgent", "1 12:20 urgent", "1 12:30 urgent", "1 12:40 urgent", "1 12:50 urgent", "1 13:00 urgent")
}

func TestStoryServerDown(t *testing.T) {
	l := begin(t, ten)
	l.comes(1, true)
	l.fails = true
	l.to(1, 0, 2)
	l.fails = false
	l.to(1, 0, 30)
	l.opened(1)
	l.comes(2, false)
	l.to(1, 10, 0)
	l.fails = true
	l.to(1, 10, 2)
	l.fails = false
	l.to(1, 23, 0)
	l.want("1 00:00 failed", "1 00:01 failed", "1 00:02 urgent", "1 10:00 failed", "1 10:01 failed", "1 10:02 daily")
}

func TestStoryNoDailyMail(t *testing.T) {
	l := begin(t, ten)
	l.w.daily = false
	l.to(1, 9, 0)
	l.comes(1, false)
	l.to(1, 20, 0)
	l.comes(2, true)
	l.to(1, 20, 30)
	l.opened(2)
	l.to(4, 0, 0)
	l.want("1 20:00 urgent", "2 10:00 everyone")
}

// TestStoryOneMailAtOnce: what is due together is one mail, the widest.
func TestStoryOneMailAtOnce(t *testing.T) {
	l := begin(t, ten)
	l.to(1, 6, 0)
	l.comes(1, true)
	l.to(1, 10, 0)
	l.comes(2, true)
	l.to(1, 10, 5)
	l.want("1 06:00 urgent", "1 10:00 everyone")
}

func TestStoryClocks(t *testing.T) {
	l := begin(t, ten)
	l.comes(1, false)
	l.now = time.Date(2099, 1, 1, 12, 0, 0, 0, time.UTC) // wrong for one minute
	l.ask()
	l.opened(1)
	l.comes(2, true)
	l.ask()
	l.now = time.Date(2026, 8, 2, 0, 0, 0, 0, time.UTC)
	l.comes(3, true)
	l.to(2, 0, 10)
	l.opened(2)
	l.opened(3)
	l.comes(4, false)
	l.to(2, 12, 0) // a wrong clock silenced neither
	l.want("1 12:00 everyone", "1 12:00 urgent", "2 00:00 everyone", "2 10:00 daily")
}

func TestLate(t *testing.T) {
	now := time.Date(2026, 8, 3, 12, 0, 0, 0, time.UTC)
	day := func(n, hour int) time.Time { return time.Date(2026, 8, n, hour, 0, 0, 0, time.UTC) }
	for _, tc := range []struct {
		arrived time.Time
		urgent  bool
		want    bool
	}{
		{day(2, 11), false, true},
		{day(2, 13), false, false},
		{day(2, 0), false, false}, // some time on that day
		{day(1, 0), false, true},
		{day(2, 0), true, true},
		{day(3, 0), true, false},
		{day(3, 12).Add(time.Second), false, false}, // came while we asked
		{day(4, 0), false, true},                    // the clock was wrong
		{time.Time{}, false, true},
	} {
		u := Waiting{Arrived: tc.arrived, Urgent: tc.urgent}
		after := map[bool]time.Duration{false: 24 * time.Hour, true: 13 * time.Hour}[tc.urgent]
		if got := u.late(now, after); got != tc.want {
			t.Errorf("%v, urgent %v: got %v, want %v", tc.arrived, tc.urgent, got, tc.want)
		}
	}
}

// TestDrawnAnew shows that each day has its minute, within the waking hours, in
// the office's own time, and that all minutes come.
func TestDrawnAnew(t *testing.T) {
	w := Config{Waking: Hours{8 * 60, 8*60 + 64}}.Waker()
	zone := time.FixedZone("", -9*3600)
	var s State
	seen := map[string]int{}
	for d := range 4000 {
		for n := range dayMinutes / 2 { // in steps of 2 minutes
			now := time.Date(2026, 1, 1+d, 0, 2*n+1, 0, 0, zone)
			var k Kind
			if s, k = w.Next(s, now, []Waiting{{ID: ID{1}, Arrived: now}}); k != Nothing {
				seen[now.Format("15:04")]++
				break
			}
		}
	}
	total := 0
	for at, n := range seen {
		if at < "08:00" || at >= "09:05" || n < 60 || n > 200 {
			t.Errorf("%d mails at %s", n, at)
		}
		total += n
	}
	if total != 4000 || len(seen) < 32 {
		t.Errorf("%d mails on 4000 days, at %d different times", total, len(seen))
	}
}

func TestRandom(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 2, 3, 64, 1440} {
		seen := map[int]bool{}
		for range 40 * max(n, 1) {
			x := random(n)
			if x < 0 || x >= max(n, 1) {
				t.Fatalf("got %d, want one of %d", x, n)
			}
			seen[x] = true
		}
		if len(seen) != max(n, 1) {
			t.Errorf("got %d of %d numbers", len(seen), n)
		}
	}
}

// TestPastTheMost shows that no number of things silences those that come after.
func TestPastTheMost(t *testing.T) {
	l := begin(t, ten)
	for n := range mostTold {
		l.items = append(l.items, Waiting{ID: ID{1, byte(n >> 8), byte(n)}, Arrived: l.now, Urgent: true})
	}
	l.ask()
	l.now = l.now.Add(Gap)
	l.ask()
	l.comes(2, true)
	l.ask()
	l.now = l.now.Add(Gap)
	l.ask()
	l.want("1 00:00 urgent", "1 00:10 urgent", "1 00:20 urgent")
	b := l.s.Encode()
	if s, err := DecodeState(b); err != nil || !s.Equal(l.s) {
		t.Errorf("a full state of %d bytes doesn't come back: %v", len(b), err)
	}
	if strings.Contains(string(b), `"02`) {
		t.Error("a full state got fuller")
	}
}
