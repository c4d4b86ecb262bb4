package habeas_test

import (
	"testing"
)

// TestPlacesCountAsTheirPagesDo compares the list of places, which is read from sums,
// with what folding all cases gives.
func TestPlacesCountAsTheirPagesDo(t *testing.T) {
	s := tell(t)
	by := s.as("vera")
	rows, err := s.Places(s.Context(), by)
	s.ok(err)
	spoken := 0
	for _, row := range rows {
		f, err := s.Place(s.Context(), by, row.Place.Ref, 0, 100)
		s.ok(err)
		if row.Accounts > 0 && len(f.Claims) == 0 || f.More {
			t.Errorf("%s: %d accounts, %d claims, more %v", row.Place.Label, row.Accounts, len(f.Claims), f.More)
		}
		if row.Accounts != f.Accounts || row.Origins != f.Origins || row.Persons != f.Persons {
			t.Errorf("%s: the list has %d, %d, %d; its page %d, %d, %d", row.Place.Label, row.Accounts, row.Origins, row.Persons, f.Accounts, f.Origins, f.Persons)
		}
		spoken += row.Accounts
	}
	if spoken == 0 {
		t.Error("nothing is said of any place")
	}
}
