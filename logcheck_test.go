package habeas_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"habeas"
	"habeas/fault"
)

// checkedLog has the log checked on the next day, and returns what that found.
func (s *story) checkedLog() habeas.LogCheck {
	s.Helper()
	s.now = s.now.AddDate(0, 0, 1)
	s.ok(s.CheckLog(s.Context()))
	c, err := s.LogChecked(s.as("vera"))
	s.ok(err)
	return c
}

// noted is what the file says of how far the log was checked.
func (s *story) noted() (at struct{ Size, Again int64 }) {
	s.Helper()
	b, err := os.ReadFile(filepath.Join(s.config().Dir, "checked.json"))
	s.ok(err)
	s.ok(json.Unmarshal(b, &at))
	return at
}

// alter changes truth.db behind the back of the server, which is started anew.
func (s *story) alter(statement string) {
	s.Helper()
	s.ok(s.Desk.Close())
	s.change("truth.db", "drop trigger entry_update")
	s.change("truth.db", statement)
	var err error
	s.Desk, err = habeas.Open(s.config())
	s.ok(err)
}

// The log is checked in parts: the new ones each day, and the old ones within a month.
func TestLogIsCheckedInParts(t *testing.T) {
	s := tell(t)
	if _, err := s.LogChecked(s.as("ana")); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("who is neither keeper nor auditor: got %v", err)
	}
	first := s.checkedLog()
	if first.Bad != nil || first.Entries == 0 || first.At != s.now {
		t.Fatalf("got %+v, want a log that verifies", first)
	}
	_, err := s.NewCircle(s.Context(), s.as("vera"), "Others", pass("vera"))
	s.ok(err)
	days := 0
	for before := s.noted(); ; days++ {
		if days > 31 {
			t.Fatal("after a month not every old entry was read again")
		}
		c, at := s.checkedLog(), s.noted()
		if c.Bad != nil || c.Entries < first.Entries || at.Size != c.Entries {
			t.Fatalf("day %d: got %+v and %+v", days, c, at)
		}
		if at.Again < before.Again || at.Again == at.Size {
			break
		}
		before = at
	}
	if days < 20 {
		t.Errorf("all was read again within %d days, want about a month", days)
	}
}

// A byte of an old entry is lost on the disk. It is found within a month, and then
// nothing is written any more.
func TestLostByteIsFound(t *testing.T) {
	s := tell(t)
	s.checkedLog()
	s.alter("update entry set payload = zeroblob(length(payload)) where number = (select min(number) from entry where mode <> 2 and number > 20)")
	if err := s.Damage(); err != nil {
		t.Fatalf("found at once, so that this tests nothing: %v", err)
	}
	for day := range 32 {
		s.now = s.now.AddDate(0, 0, 1)
		s.ok(s.CheckLog(s.Context()))
		if s.Damage() == nil {
			continue
		}
		if fault.KindOf(s.Damage()) != fault.Damaged || s.Taking() == nil {
			t.Errorf("day %d: Damage is %v, and letters are taken: %v", day, s.Damage(), s.Taking())
		}
		c, err := s.LogChecked(s.as("vera"))
		if err != nil || c.Bad == nil || c.Bad.Key() != "store.payload_changed" {
			t.Errorf("got %+v, %v, want store.payload_changed", c, err)
		}
		return
	}
	t.Error("nothing was found in a month")
}

// Yesterday's databases were put back, and nobody else had seen the log: the file
// beside them says so.
func TestOlderLogIsTold(t *testing.T) {
	s := tell(t)
	c := s.checkedLog()
	file := filepath.Join(s.config().Dir, "checked.json")
	b, err := json.Marshal(map[string]any{"size": c.Entries + 5, "root": "00", "again": 0, "day": time.Time{}})
	s.ok(err)
	s.ok(os.WriteFile(file, b, 0o600))
	if c := s.checkedLog(); c.Bad == nil || c.Bad.Key() != "ledger.rewritten" {
		t.Errorf("a smaller log: got %+v", c)
	}
	b, err = json.Marshal(map[string]any{"size": c.Entries - 5, "root": "00", "again": 0, "day": time.Time{}})
	s.ok(err)
	s.ok(os.WriteFile(file, b, 0o600))
	if c := s.checkedLog(); c.Bad == nil || c.Bad.Key() != "ledger.rewritten" {
		t.Errorf("another log: got %+v", c)
	}
	s.ok(os.WriteFile(file, []byte("{"), 0o600))
	if c := s.checkedLog(); c.Bad != nil || s.noted().Size != c.Entries {
		t.Errorf("a file that can't be read: got %+v", c)
	}
	if s.Damage() != nil {
		t.Errorf("the file alone ended all writing: %v", s.Damage())
	}
}
