package habeas

import (
	"fmt"
	"testing"

	"habeas/claim"
)

// TestPlaceInParts reads what is said of a place page by page, and compares how much there
// is, and of which days, with the claims on all pages.
func TestPlaceInParts(t *testing.T) {
	d, by := office(t)
	d.cfg.Invented = true
	ctx := t.Context()
	place, err := d.AddPlace(ctx, by, claim.Place{Label: "pit by the mill", Kind: "pit"})
	if err != nil {
		t.Fatal(err)
	}
	const n = 5
	cases := invented(n)
	for i := range cases {
		claims := cases[i].Statements[0].Claims
		claims[0].Where, claims[0].When = place, fmt.Sprintf("2022-0%d", i+1)
		if i%2 == 0 { // said without a day, too
			claims[1].Where = place
		}
	}
	if _, err := d.Fill(ctx, by, circleOf(by).id, cases); err != nil {
		t.Fatal(err)
	}
	var order []CaseID
	accounts, people := map[claim.Ref]bool{}, map[PersonAt]bool{}
	var first, last claim.Date
	for skip, more := 0, true; more; skip += 2 {
		f, err := d.Place(ctx, by, place, skip, 2)
		if err != nil || len(f.Claims) == 0 || skip > n {
			t.Fatal(skip, f, err)
		}
		more = f.More
		for _, c := range f.Claims {
			if len(order) == 0 || order[len(order)-1] != c.Case {
				order = append(order, c.Case)
			}
			accounts[c.Claim.Statement], people[PersonAt{c.Case, c.Claim.Subject}] = true, true
			if label := c.State.Cover(c.Claim.Where); label != "pit by the mill" {
				t.Errorf("the place is called %q", label)
			}
			if w := c.Claim.When; !w.IsZero() && (first.IsZero() || w.Compare(first) < 0) {
				first = w
			}
			if w := c.Claim.When; last.Compare(w) < 0 && !w.IsZero() || last.IsZero() {
				last = w
			}
		}
	}
	seen := map[CaseID]bool{}
	for _, id := range order {
		if seen[id] {
			t.Error("a case stands on two pages")
		}
		seen[id] = true
	}
	f, err := d.Place(ctx, by, place, 0, 2)
	if err != nil || len(seen) != n || f.Accounts != len(accounts) || f.Persons != len(people) || f.First != first || f.Last != last {
		t.Errorf("%d cases, %d accounts, %d people, %s to %s; its page says %+v, %s to %s, %v", len(seen), len(accounts), len(people), first, last, f.PlaceRow, f.First, f.Last, err)
	}
	if first.String() != "2022-01" || last.String() != "2022-05" {
		t.Errorf("the days are %s to %s", first, last)
	}
	if f, err := d.Place(ctx, by, place, n, 2); err != nil || f.More || len(f.Claims) != 0 {
		t.Errorf("after the last case: %v, %v", f, err)
	}
	if _, err := d.Place(ctx, by, claim.NewRef(claim.RefPlace), 0, 2); err == nil {
		t.Error("a place that is not there has a page")
	}
}
