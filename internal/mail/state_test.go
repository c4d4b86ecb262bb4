package mail

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestStateBytes holds what older programs wrote: if it fails, change the code.
func TestStateBytes(t *testing.T) {
	s := State{day: "2026-08-01", minute: 613, done: true, woken: time.Now(), told: map[ID]bool{{3}: false, {1}: false, {2}: true}}
	want := `{"v":1,"day":"2026-08-01","minute":613,"done":true,` +
		`"told":["01000000000000000000000000000000","03000000000000000000000000000000"],` +
		`"everyone":["02000000000000000000000000000000"]}`
	if got := string(s.Encode()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got, err := DecodeState([]byte(want))
	if err != nil || !got.Equal(s) || !got.woken.IsZero() {
		t.Errorf("got %+v (%v), want %+v", got, err, s)
	}
	if got, err := DecodeState(State{}.Encode()); err != nil || !got.Equal(State{}) {
		t.Errorf("got %+v (%v) for the zero state", got, err)
	}
}

func TestStateRefuses(t *testing.T) {
	const id = "01000000000000000000000000000000"
	form := func(v, day, minute, told, everyone string) string {
		return `{"v":` + v + `,"day":"` + day + `","minute":` + minute + `,"done":false,"told":[` + told + `],"everyone":[` + everyone + `]}`
	}
	if _, err := DecodeState([]byte(form("1", "2026-08-01", "5", `"`+id+`"`, ""))); err != nil {
		t.Fatal("the good one is refused")
	}
	for _, bad := range []string{
		"", "null", "{}", "[]", "1",
		form("2", "", "0", "", ""),
		form("1", "yesterday", "0", "", ""),
		form("1", "2026-02-30", "0", "", ""),
		form("1", "", "-1", "", ""),
		form("1", "", "1440", "", ""),
		form("1", "", "1.5", "", ""),
		form("1", "", "0", `"01"`, ""),
		form("1", "", "0", `"`+strings.Repeat("A", 32)+`"`, ""),
		form("1", "", "0", `"`+strings.Repeat("x", 32)+`"`, ""),
		form("1", "", "0", `"`+id+`","`+id+`"`, ""),
		form("1", "", "0", `"`+id+`"`, `"`+id+`"`),
		form("1", "", "0", `"`+strings.Repeat("ff", 16)+`","`+id+`"`, ""),
		form("1", "", "0", "", "") + "\n",
		form("1", "", "0", "", "") + "{}",
		strings.Replace(form("1", "", "0", "", ""), `"v":1`, `"v":1,"name":"x"`, 1),
		strings.Replace(form("1", "", "0", "", ""), `"v":1`, `"V":1`, 1),
		strings.Repeat(" ", mostState) + "{}",
	} {
		if s, err := DecodeState([]byte(bad)); keyOf(err) != "mail.state" || !s.Equal(State{}) {
			t.Errorf("%.80q: got %+v, %v", bad, s, err)
		}
	}
}

// FuzzState shows that whatever is stored, it is refused or means what it says,
// and that a Waker can go on from it.
func FuzzState(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add(State{}.Encode())
	f.Add(State{day: "2026-08-01", minute: 1439, done: true, told: map[ID]bool{{1}: true, {2}: false}}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeState(b)
		if err != nil {
			if keyOf(err) != "mail.state" {
				t.Errorf("got %v", err)
			}
			return
		}
		if got := s.Encode(); !bytes.Equal(got, b) {
			t.Errorf("got %q, want %q", got, b)
		}
		now := time.Date(2026, 8, 1, 23, 59, 0, 0, time.UTC)
		next, _ := Config{}.Waker().Next(s, now, []Waiting{{ID: ID{1}, Arrived: now, Urgent: true}})
		if got, err := DecodeState(next.Encode()); err != nil || !got.Equal(next) {
			t.Errorf("got %+v (%v), want %+v", got, err, next)
		}
	})
}
