package claim

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"habeas/fault"
)

func day(t testing.TB, s string) Day {
	t.Helper()
	if s == "" {
		return EarliestDay
	}
	if s == "∞" {
		return LatestDay
	}
	v, err := time.Parse("2006-01-02", s)
	if err != nil {
		t.Fatal(err)
	}
	return DayOf(v)
}

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatalf("ParseDate(%q): %v", s, err)
	}
	return d
}

func TestDateBounds(t *testing.T) {
	for _, tt := range []struct{ s, first, last string }{
		{"2022", "2022-01-01", "2022-12-31"},
		{"2022-07", "2022-07-01", "2022-07-31"},
		{"2022-07-11", "2022-07-11", "2022-07-11"},
		{"2024-02", "2024-02-01", "2024-02-29"},
		{"2022-11~", "2022-11-01", "2022-11-30"},
		{"2022-11-03?", "2022-11-03", "2022-11-03"},
		{"2022%", "2022-01-01", "2022-12-31"},
		{"2022-21", "2022-03-01", "2022-05-31"},
		{"2022-22", "2022-06-01", "2022-08-31"},
		{"2022-23~", "2022-09-01", "2022-11-30"},
		{"2022-24", "2021-12-01", "2023-02-28"},
		{"2022-XX", "2022-01-01", "2022-12-31"},
		{"2022-07-XX", "2022-07-01", "2022-07-31"},
		{"2022-XX-XX", "2022-01-01", "2022-12-31"},
		{"202X", "2020-01-01", "2029-12-31"},
		{"20XX", "2000-01-01", "2099-12-31"},
		{"2022-07/2022-12", "2022-07-01", "2022-12-31"},
		{"2022-07-11/2022-12", "2022-07-11", "2022-12-31"},
		{"../2022-12-20", "", "2022-12-20"},
		{"2022/..", "2022-01-01", "∞"},
		{"/2022", "", "2022-12-31"},
		{"2022-02-04/", "2022-02-04", "∞"},
		{"2022-06~/2022-08?", "2022-06-01", "2022-08-31"},
	} {
		d := date(t, tt.s)
		if got, want := d.Earliest(), day(t, tt.first); got != want {
			t.Errorf("%s: Earliest = %d, want %s", tt.s, got, tt.first)
		}
		if got, want := d.Latest(), day(t, tt.last); got != want {
			t.Errorf("%s: Latest = %d, want %s", tt.s, got, tt.last)
		}
		if got := d.String(); got != tt.s {
			t.Errorf("String = %q, want %q", got, tt.s)
		}
	}
}

func TestImpossibleDates(t *testing.T) {
	for _, s := range []string{
		"2022-13", "2022-00", "2022-02-29", "2022-04-31", "2022-07-00", "2022-20", "2022-25", "2022-21-01",
		"22", "022", "02022", "2022-7", "2022-07-1", "2022-07-111", "2022-", "-", "", "~", "2022~~", "2022 ", " 2022",
		"2XXX", "XXXX", "X022", "202X-07", "20XX-XX", "2022-XX-11", "2022-0X", "-202X", "-0000",
		"../..", "/", "/..", "../", "2022/2021", "2022-07/2022-06-30", "2022/2023/2024", "2022/tomorrow",
		"Y2022", "Y02022", "Y12345678901", "Y-", "Y12345-01", "12022", "July 2022", "11.07.2022", "2022-07-11T10:00:00Z",
		"２０２２", "2022‐07", "2022-07-11\x00",
	} {
		if s == "" {
			continue
		}
		d, err := ParseDate(s)
		if err == nil {
			t.Errorf("ParseDate(%q) = %v, want a fault", s, d.Parts())
		} else if fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseDate(%q): %v, want Invalid", s, err)
		}
	}
}

func TestFarYears(t *testing.T) {
	for _, tt := range []struct {
		s    string
		year int64
	}{{"-0044", -44}, {"0000", 0}, {"Y170002", 170002}, {"Y-17000", -17000}, {"-9999-12-31", -9999}} {
		y, _, _ := date(t, tt.s).Earliest().Date()
		if y != tt.year {
			t.Errorf("%s: year %d, want %d", tt.s, y, tt.year)
		}
	}
}

func TestDatesInTime(t *testing.T) {
	for _, tt := range []struct {
		a, b             string
		before, overlaps Truth
	}{
		{"2022-07", "2022-08", Certain, No},
		{"2022-07", "2022-07", Possible, Possible},
		{"2022-07-11", "2022-07-11", No, Certain},
		{"2022-07-11", "2022-07", Possible, Possible},
		{"2022-08", "2022-07", No, No},
		{"2022", "2022-07-11", Possible, Possible},
		{"2022-07/2022-12", "2022-09", No, Certain},
		{"2022-07/2022-12", "2022-12-31", Possible, Possible},
		{"2022-07/2022-12-31", "2022-12-31", No, Certain},
		{"2022-07-01/..", "2022-12", No, Certain},
		{"2022-07-01/", "2022-12", Possible, Possible},
		{"../2022-12-20", "2022-12-21", Certain, No},
		{"../2022-12-20", "2020", No, Certain},
		{"2022-07/2022-09", "2022-08/2022-12", No, Certain},
		{"2022-07/2022-08", "2022-08/2022-12", Possible, Possible},
	} {
		a, b := date(t, tt.a), date(t, tt.b)
		if got := a.Before(b); got != tt.before {
			t.Errorf("%s before %s: %d, want %d", a, b, got, tt.before)
		}
		if got := a.Overlaps(b); got != tt.overlaps {
			t.Errorf("%s overlaps %s: %d, want %d", a, b, got, tt.overlaps)
		}
		if got := b.Overlaps(a); got != tt.overlaps {
			t.Errorf("%s overlaps %s: %d, want %d", b, a, got, tt.overlaps)
		}
	}
}

func TestDatesInOrder(t *testing.T) {
	want := []string{"../2021", "2022/2022-03", "2022", "2022/2023", "2022-07-01", "2022-07", "2022-07-02", "2022-07/..", "2023", ""}
	want[5], want[6], want[7] = "2022-07", "2022-07/..", "2022-07-02"
	var got []Date
	for i := range want {
		got = append(got, date(t, want[(i*7+3)%len(want)]))
	}
	slices.SortFunc(got, Date.Compare)
	for i := range want {
		if got[i].String() != want[i] {
			t.Errorf("place %d: %q, want %q (%v)", i, got[i], want[i], got)
		}
	}
}

func TestDateByMonth(t *testing.T) {
	for s, want := range map[string]string{
		"2022-07-11": "2022-07", "2022-07-11~": "2022-07~", "2022": "2022", "2022-07": "2022-07",
		"2022-07-11/2022-07-19": "2022-07", "2022-07-11/..": "2022-07/..", "../2022-12-20": "../2022-12",
		"202X": "202X", "2022-XX": "2022", "-0044-03-15": "-0044-03", "Y123456": "Y123456", "": "",
	} {
		if got := date(t, s).By(ByMonth).String(); got != want {
			t.Errorf("%q by month = %q, want %q", s, got, want)
		}
	}
}

func TestDaysSince(t *testing.T) {
	now := time.Date(2022, 12, 20, 23, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		s           string
		least, most int
		ok          bool
	}{
		{"2022-07-20", 153, 153, true},
		{"2022-07", 142, 172, true},
		{"2022-12", 0, 19, true},
		{"2023", 0, 0, true},
		{"", 0, 0, false},
		{"2022/..", 0, 0, false},
	} {
		least, most, ok := date(t, tt.s).DaysSince(now)
		if least != tt.least || most != tt.most || ok != tt.ok {
			t.Errorf("%q: %d to %d, %t; want %d to %d, %t", tt.s, least, most, ok, tt.least, tt.most, tt.ok)
		}
	}
}

// Days agree with the standard library's calendar wherever that has one.
func TestDaysAreTheCalendars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.Int64Range(-3_000_000, 3_000_000).Draw(t, "day"))
		y, m, dd := d.Date()
		if got := civil(y, m, dd); got != d {
			t.Fatalf("civil(%d-%d-%d) = %d, want %d", y, m, dd, got, d)
		}
		want := time.Date(1970, 1, 1+int(d), 0, 0, 0, 0, time.UTC)
		if int(y) != want.Year() || m != int(want.Month()) || dd != want.Day() {
			t.Fatalf("day %d is %d-%d-%d, want %v", d, y, m, dd, want)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2022-11~", "2022-07/2022-12", "../2022-12-20", "Y-170000", "20XX", "2022-24%", "-0044-03-15/.."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		if d.String() != s {
			t.Errorf("ParseDate(%q).String() = %q", s, d)
		}
		if d.Earliest() > d.Latest() {
			t.Errorf("%q: from %d to %d", s, d.Earliest(), d.Latest())
		}
		if s != "" && d.Compare(d) != 0 || d.Before(d) == Certain || d.Overlaps(d) == No {
			t.Errorf("%q is not at its own time", s)
		}
		m := d.By(ByMonth)
		again, err := ParseDate(m.String())
		if err != nil || again.Parts() != m.Parts() || m.Earliest() > d.Earliest() || m.Latest() < d.Latest() {
			t.Errorf("%q by month is %q: %v", s, m, err)
		}
	})
}
