package ledger

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAccessThatCrosses: five members at two installations give and take back
// access to one case a thousand times, each knowing what their own installation
// knows, which now and then hears of the other. In whatever order the entries
// arrive, nothing is lost and nothing comes back: a circle has the case if somebody
// gave it in knowledge of every time that it was taken back.
func TestAccessThatCrosses(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	o := newOffice(t)
	members := []somebody{o.vera, o.petro, o.odarka}
	circles := []somebody{o.circle}
	for _, name := range []string{"danylo", "lena"} {
		members = append(members, somebodyCalled(name, UseMember, Caseworker))
	}
	for _, m := range members[1:] {
		o.says(o.vera, m.Holder)
	}
	for _, name := range []string{"two", "three"} {
		circles = append(circles, somebodyCalled(name, UseCircleVault).circle(somebodyCalled(name+"'s body", UseCircleBody)))
	}
	for _, c := range circles {
		o.says(o.vera, c.Holder)
	}
	o.in(o.fileStream, o.vera, o.file.Holder)

	type op struct {
		id    ID
		to    ID
		give  bool
		knows map[ID]bool
	}
	var ops []op
	knows := [2]map[ID]bool{{}, {}} // by installation
	tips := [2][]ID{}
	for i := range 1000 {
		at := i % 2
		if r.IntN(20) == 0 { // they exchange what they have
			for id := range knows[1-at] {
				knows[at][id] = true
			}
			tips[at] = append(slices.Clone(tips[at]), tips[1-at]...)
			slices.SortFunc(tips[at], func(a, b ID) int { return slices.Compare(a[:], b[:]) })
			tips[at] = slices.Compact(tips[at])
		}
		to, give := circles[r.IntN(3)].ID, r.IntN(2) == 0
		var n Notice = Revoke{o.file.ID, to}
		if give {
			n = Grant{o.file.ID, to}
		}
		id := o.in(o.fileStream, members[r.IntN(5)], n, tips[at]...)
		seen := map[ID]bool{}
		for k := range knows[at] {
			seen[k] = true
		}
		ops = append(ops, op{id, to, give, seen})
		knows[at][id], tips[at] = true, []ID{id}
	}
	want := map[ID]bool{}
	for _, g := range ops {
		if g.give && !slices.ContainsFunc(ops, func(x op) bool { return !x.give && x.to == g.to && !g.knows[x.id] }) {
			want[g.to] = true
		}
	}
	for range 5 {
		r.Shuffle(len(o.entries), func(i, j int) { o.entries[i], o.entries[j] = o.entries[j], o.entries[i] })
		d := o.directory()
		for _, c := range circles {
			if got := d.Granted(o.file.ID, c.ID); got != want[c.ID] {
				t.Fatalf("a circle has the case: %v, want %v", got, want[c.ID])
			}
		}
	}
	// The two hear all of each other, and one gives it once more.
	all := slices.Concat(tips[0], tips[1])
	o.in(o.fileStream, o.petro, Grant{o.file.ID, o.circle.ID}, all...)
	if !o.directory().Granted(o.file.ID, o.circle.ID) {
		t.Error("given in knowledge of everything, the circle does not have it")
	}
}
