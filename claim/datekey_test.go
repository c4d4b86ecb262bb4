package claim

import (
	"cmp"
	"testing"
)

// TestKeysSortAsDates compares how dates sort with how their keys do.
func TestKeysSortAsDates(t *testing.T) {
	var dates []Date
	for _, text := range []string{"2022", "2022-03", "2022-03-05", "2022-03-05/2022-04", "../2022-03", "2022-03/..", "2022~", "2022-21", "202X", "-0044", "1969-12-31", "1970-01-01", "0001", "19XX", "2022-03?"} {
		d, err := ParseDate(text)
		if err != nil {
			t.Fatal(text, err)
		}
		dates = append(dates, d)
		if again, err := DateOfKey(d.Key()); err != nil || again != d {
			t.Errorf("%s comes back as %s, %v", d, again, err)
		}
	}
	for _, a := range dates {
		for _, b := range dates {
			if want, got := a.Compare(b), cmp.Compare(a.Key(), b.Key()); want != got {
				t.Errorf("%s and %s compare as %d, their keys as %d", a, b, want, got)
			}
		}
	}
	if d, err := DateOfKey(Date{}.Key()); err != nil || !d.IsZero() {
		t.Errorf("no date comes back as %s, %v", d, err)
	}
	if _, err := DateOfKey("0123456789abcdef0123456789abcdef and no date"); err == nil {
		t.Error("what is no key is read")
	}
}
