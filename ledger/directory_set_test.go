package ledger

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// said is all that a directory says, to be compared.
func said(d *Directory, everybody []ID) string {
	var s strings.Builder
	for _, h := range d.Find(func(Holder) bool { return true }) {
		fmt.Fprintf(&s, "%v %v %v %d %v %v\n", h.ID, h.Use, h.Of, h.Gen, h.Roles, h.Office)
	}
	for _, key := range everybody {
		fmt.Fprintf(&s, "%v %v %v\n", key, d.Standing(key), d.Spent(key))
		for _, use := range []Use{UseCircleVault, UseCaseBody} {
			for _, h := range d.Generations(d.holders[key].Of, use) {
				fmt.Fprintf(&s, "%v", h.ID)
			}
		}
		for _, to := range everybody {
			if d.Granted(key, to) {
				fmt.Fprintf(&s, "%v has %v\n", to, key)
			}
		}
	}
	for week := range 3 {
		for _, h := range d.Desks(week) {
			fmt.Fprintf(&s, "week %d: %v %v %v\n", week, h.ID, d.Offline(h.ID), d.DeskSpent(h.ID))
		}
	}
	return s.String()
}

// Whatever members and strangers sign, the directory is a function of the set of
// entries: of no order, no repetition and no division among calls.
func TestDirectoryIsOfTheSet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := newOffice(t)
		people := []somebody{o.vera, o.petro, o.odarka, o.stranger}
		things := append(slices.Clone(people), o.circle, o.file,
			somebodyCalled("node", UseNode), somebodyCalled("other", UseCaseBody).body(o.petro),
			somebodyCalled("petro", UseMember, Analyst), somebodyCalled("petro", UseMember, Editor),
			o.circle.next("circle 2"), o.circle.next("circle 2'"), o.circle.next("circle 2").next("circle 3"), o.file.next("file 2"), somebodyCalled("petro", UseCircleBody).circle(o.circle),
			somebodyCalled("petro", UseCaseBody).body(o.file),
			somebodyCalled("petro", UseMember, Intake), deskFor(1, 0), deskFor(1, 2), deskFor(2, 0))
		ids := map[ID]bool{}
		for _, s := range things {
			ids[s.ID] = true
		}
		everybody := slices.Collect(maps.Keys(ids))
		slices.SortFunc(everybody, func(a, b ID) int { return slices.Compare(a[:], b[:]) })
		if rapid.Bool().Draw(rt, "founded well") {
			o.says(o.vera, o.petro.Holder)
			o.says(o.vera, o.circle.Holder)
			o.says(o.petro, o.odarka.Holder)
		}
		for range rapid.IntRange(1, 15).Draw(rt, "entries") {
			by := rapid.SampledFrom(people).Draw(rt, "author")
			thing := rapid.SampledFrom(things).Draw(rt, "thing")
			to := rapid.SampledFrom(people).Draw(rt, "to")
			n := []Notice{
				thing.Holder, Grant{thing.ID, to.ID}, Revoke{thing.ID, to.ID}, Suspend{to.ID}, Return{to.ID}, Return{to.ID}, Remove{to.ID},
			}[rapid.IntRange(0, 6).Draw(rt, "kind")]
			stream := rapid.SampledFrom([]ID{o.stream, o.stream, o.fileStream, {0xf2}}).Draw(rt, "stream")
			var after []ID
			for range rapid.IntRange(0, 2).Draw(rt, "afters") {
				after = append(after, rapid.SampledFrom(o.entries).Draw(rt, "after").e.ID)
			}
			o.in(stream, by, n, after...)
		}
		want := said(o.directory(), everybody)
		r := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(rt, "shuffle")))
		for range 4 {
			mixed := slices.Concat(o.entries, o.entries[:r.IntN(len(o.entries))])
			r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			d, err := NewDirectory(o.vera.ID, nil)
			for len(mixed) > 0 && err == nil {
				n := 1 + r.IntN(len(mixed))
				err = d.Add(ID{}, mixed[:n])
				mixed = mixed[n:]
			}
			if err != nil {
				rt.Fatal(err)
			}
			if got := said(d, everybody); got != want {
				rt.Fatalf("got\n%s\nwant\n%s", got, want)
			}
		}
	})
}
