package ledger

import (
	"slices"
	"testing"
	"time"
)

// next returns a holder called word as the generation after s.
func (s somebody) next(word string) somebody {
	n := somebodyCalled(word, s.Use)
	n.Holder = n.Succeed(s.Holder, s.signer())
	return n
}

// A crew is an office with three members in a circle.
func newCrew(t *testing.T) (*office, ID) {
	o := newOffice(t)
	last := o.entries[0].e.ID
	for _, n := range []Notice{
		o.petro.Holder, o.odarka.Holder, o.circle.Holder,
		Grant{o.circle.ID, o.vera.ID}, Grant{o.circle.ID, o.petro.ID}, Grant{o.circle.ID, o.odarka.ID},
	} {
		last = o.says(o.vera, n, last)
	}
	return o, last
}

func (o *office) want(what string, m somebody, s Standing, has bool) {
	o.t.Helper()
	d := o.directory()
	if got := d.Standing(m.ID); got != s {
		o.t.Errorf("%s: got standing %d, want %d", what, got, s)
	}
	if got := d.Granted(o.circle.ID, m.ID); got != has {
		o.t.Errorf("%s: has the circle: %v, want %v", what, got, has)
	}
}

// Odarka crosses a border: she suspends herself, and two others call her back.
func TestSuspendedUntilTwoCallBack(t *testing.T) {
	o, last := newCrew(t)
	gone := o.says(o.odarka, Suspend{o.odarka.ID}, last)
	o.want("suspended", o.odarka, Suspended, false)
	if o.directory().Spent(o.circle.ID) {
		t.Error("a suspension spends the circle's key")
	}
	o.says(o.odarka, Return{o.odarka.ID}, gone)
	o.says(o.vera, Return{o.odarka.ID}, gone)
	o.says(o.vera, Return{o.odarka.ID}, gone)
	o.want("called back by herself and one other, twice", o.odarka, Suspended, false)
	o.says(o.petro, Return{o.odarka.ID}, last)
	o.want("called back by one who does not know", o.odarka, Suspended, false)
	o.says(o.petro, Return{o.odarka.ID}, gone)
	o.want("called back by two", o.odarka, Active, true)
	o.says(o.vera, Suspend{o.odarka.ID}, last)
	o.want("suspended by another who did not know", o.odarka, Suspended, false)
}

// Two suspend each other without knowing; neither can call anybody back.
func TestSuspensionsThatCross(t *testing.T) {
	o, last := newCrew(t)
	a := o.says(o.petro, Suspend{o.odarka.ID}, last)
	b := o.says(o.odarka, Suspend{o.petro.ID}, last)
	o.says(o.petro, Return{o.odarka.ID}, a, b)
	o.says(o.odarka, Return{o.petro.ID}, a, b)
	o.says(o.vera, Return{o.odarka.ID}, a, b)
	o.want("one side", o.odarka, Suspended, false)
	o.says(o.vera, Return{o.petro.ID}, a, b)
	o.want("the other", o.petro, Suspended, false)
}

// What a removed keeper signs afterwards, having got at the disk, gives nothing
// to anybody; what they had signed before stays.
func TestRemovedKeeperSignsOn(t *testing.T) {
	o, last := newCrew(t)
	helped := somebodyCalled("helped", UseMember, Caseworker)
	h := o.says(o.petro, helped.Holder, last)
	g := o.says(o.petro, Grant{o.circle.ID, helped.ID}, h)
	gone := o.says(o.vera, Remove{o.petro.ID}, g)
	o.want("removed", o.petro, Removed, false)
	o.want("invited before", helped, Active, true)
	if !o.directory().Spent(o.circle.ID) {
		t.Error("the circle goes on with a key that a removed member has")
	}

	accomplice := somebodyCalled("accomplice", UseMember, Keeper)
	a := o.says(o.petro, accomplice.Holder, gone)
	o.says(o.petro, Grant{o.circle.ID, accomplice.ID}, a)
	o.says(accomplice, Grant{o.circle.ID, accomplice.ID}, a)
	o.want("invited afterwards", accomplice, Unknown, false)
	o.says(o.petro, Return{o.petro.ID}, gone)
	o.says(accomplice, Return{o.petro.ID}, gone)
	o.want("calls himself back", o.petro, Removed, false)

	more := o.odarka.Holder
	more.Roles = []Role{Keeper}
	o.says(o.petro, more, gone)
	if got, _ := o.directory().Holder(o.odarka.ID); slices.Contains(got.Roles, Keeper) {
		t.Error("a removed keeper makes a keeper")
	}
}

// A removed member puts a grant under the ID of an entry that the removal knew.
func TestGrantUnderAnotherID(t *testing.T) {
	o, last := newCrew(t)
	o.says(o.vera, Remove{o.petro.ID}, last)
	accomplice := somebodyCalled("accomplice", UseMember, Caseworker)
	o.says(o.vera, accomplice.Holder, last)
	s, err := publish(Grant{o.circle.ID, accomplice.ID}, Entry{ID: last, Stream: o.stream}, o.petro.signer())
	if err != nil {
		t.Fatal(err)
	}
	o.add(s.Record())
	o.want("granted under another's ID", accomplice, Active, false)
	slices.Reverse(o.entries)
	o.want("and the other way round", accomplice, Active, false)
}

// Odarka, who is no keeper, makes the next generation of a circle she holds. She
// can give it to those who had the last one and to nobody else.
func TestNextGenerationOfACircle(t *testing.T) {
	o, last := newCrew(t)
	last = o.says(o.vera, Remove{o.petro.ID}, last)
	next := o.circle.next("next")
	last = o.says(o.odarka, next.Holder, last)
	if d := o.directory(); d.Spent(next.ID) || d.Granted(next.ID, o.odarka.ID) {
		t.Error("a generation that nobody was given yet is spent or given")
	}
	guest := somebodyCalled("guest", UseMember, Caseworker)
	last = o.says(o.vera, guest.Holder, last)
	for _, to := range []ID{o.vera.ID, o.petro.ID, o.odarka.ID, guest.ID} {
		o.says(o.odarka, Grant{next.ID, to}, last)
	}
	o.says(o.odarka, Grant{o.circle.ID, next.ID}, last)
	o.says(o.odarka, Grant{o.circle.ID, guest.ID}, last)
	d := o.directory()
	for who, want := range map[ID]bool{o.vera.ID: true, o.odarka.ID: true, o.petro.ID: false, guest.ID: false} {
		if got := d.Granted(next.ID, who); got != want {
			t.Errorf("%v has the next generation: %v, want %v", who, got, want)
		}
	}
	if !d.Granted(o.circle.ID, next.ID) || d.Granted(o.circle.ID, guest.ID) {
		t.Error("the generation before is not given to the next, or to a guest")
	}
	gens := d.Generations(o.circle.Of, UseCircleVault)
	if len(gens) != 2 || gens[0].ID != next.ID {
		t.Errorf("got %d generations, want the new one first", len(gens))
	}
	if !d.Spent(o.circle.ID) || !d.Spent(next.ID) {
		t.Error("a generation that was given to a removed member, in whatever way, is not spent")
	}

	// Petro has the old seed, and the disk.
	his := o.circle.next("his")
	o.says(o.petro, his.Holder, last)
	further := his.next("further")
	o.says(o.petro, further.Holder, last)
	if gens := o.directory().Generations(o.circle.Of, UseCircleVault); gens[0].ID != next.ID {
		t.Error("sealed to a generation that a removed member made")
	}
	forged := somebodyCalled("forged", UseCircleVault)
	forged.Holder = forged.Succeed(next.Holder, o.petro.signer())
	o.says(o.odarka, forged.Holder, last)
	if o.knows(forged) {
		t.Error("a generation that the one before does not prove is believed")
	}
}

// The same of a side of a case.
func TestNextGenerationOfACase(t *testing.T) {
	o, last := newCrew(t)
	o.in(o.fileStream, o.petro, o.file.Holder)
	grant := o.in(o.fileStream, o.petro, Grant{o.file.ID, o.circle.ID})
	d := o.directory()
	if d.Spent(o.file.ID) || !slices.Equal(d.Entitled(o.file.ID), []ID{o.circle.ID}) || !slices.Equal(d.GivenBy(o.file.ID, o.circle.ID), []ID{o.petro.ID}) {
		t.Error("the case is not its circle's")
	}
	o.says(o.vera, Remove{o.petro.ID}, last)
	if !o.directory().Spent(o.file.ID) || !o.directory().Granted(o.file.ID, o.circle.ID) {
		t.Error("a case goes on with keys that a removed member made, or is lost")
	}
	his := o.file.next("his")
	o.in(o.fileStream, o.petro, his.Holder)
	next := o.file.next("next")
	o.in(o.fileStream, o.odarka, next.Holder, grant)
	o.in(o.fileStream, o.petro, his.next("further").Holder)
	gens := o.directory().Generations(o.fileStream, UseCaseBody)
	if len(gens) != 4 || gens[0].ID != next.ID {
		t.Errorf("got %d generations, and %v first", len(gens), gens[0])
	}
	if tips := o.directory().Tips(o.fileStream); slices.Contains(tips, grant) || len(tips) != 4 {
		t.Errorf("got tips %v", tips)
	}
}

// The day is all that a directory entry says of its time.
func TestPublishedByTheDay(t *testing.T) {
	o := newOffice(t)
	s, err := Publish(o.petro.Holder, o.stream, nil, time.Date(2022, 12, 2, 1, 30, 0, 0, time.FixedZone("", 3*3600)), o.vera.signer())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := OpenClear(s.Record())
	if err != nil {
		t.Fatal(err)
	}
	e, err := opened.Verify(o.vera.Sign)
	if err != nil || !e.Time.Equal(time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got %v and %v", e.Time, err)
	}
}

// Somebody the circle was taken from, but who is still of the office, makes further
// generations of it from the seed they had; what they had made before stays.
func TestGenerationByWhoWasTakenOut(t *testing.T) {
	o, last := newCrew(t)
	first := o.circle.next("by odarka, who has it")
	last = o.says(o.odarka, first.Holder, last)
	for _, to := range []ID{o.vera.ID, o.odarka.ID} {
		last = o.says(o.odarka, Grant{first.ID, to}, last)
	}
	taken := o.says(o.vera, Revoke{first.ID, o.odarka.ID}, last)
	taken = o.says(o.vera, Revoke{o.circle.ID, o.odarka.ID}, taken)
	newest := func() ID { return o.directory().Generations(o.circle.Of, UseCircleVault)[0].ID }
	if newest() != first.ID || !o.directory().Spent(first.ID) {
		t.Error("what she made while she had the circle is not its newest, or not spent")
	}
	for i, after := range [][]ID{nil, {last}, {taken}} {
		further := first.next("further" + string(rune('0'+i)))
		further.Holder.Gen = 3
		beside := o.circle.next("beside" + string(rune('0'+i)))
		o.says(o.odarka, further.Holder, after...)
		o.says(o.odarka, beside.Holder, after...)
		if got := newest(); got != first.ID {
			t.Errorf("sealed to %v, which she made after the circle was taken from her", got)
		}
	}
	again := o.says(o.vera, Grant{first.ID, o.odarka.ID}, taken)
	hers := first.next("hers again")
	o.says(o.odarka, hers.Holder, again)
	if newest() != hers.ID {
		t.Error("given the circle again, she cannot renew it")
	}
}

// A circle's next keys are given, by somebody who does not know it, to sheets that
// were used.
func TestUsedSheetsAreGivenNothing(t *testing.T) {
	o, last := newCrew(t)
	sheets := somebodyCalled("sheets", UseRecovery)
	last = o.says(o.vera, sheets.Holder, last)
	last = o.says(o.vera, Grant{o.circle.ID, sheets.ID}, last)
	if d := o.directory(); !d.Granted(o.circle.ID, sheets.ID) || !slices.Contains(d.Entitled(o.circle.ID), sheets.ID) {
		t.Fatal("the sheets do not have the circle")
	}
	o.says(o.vera, Remove{sheets.ID}, o.says(o.vera, Revoke{o.circle.ID, sheets.ID}, last))
	next := o.circle.next("next")
	g := o.says(o.odarka, next.Holder, last)
	o.says(o.vera, Grant{next.ID, sheets.ID}, g)
	d := o.directory()
	if d.Granted(next.ID, sheets.ID) || slices.Contains(d.Entitled(next.ID), sheets.ID) {
		t.Error("used sheets have the next keys, and would be given those after them")
	}
	if !d.Spent(next.ID) {
		t.Error("keys that were given to used sheets are not spent")
	}
}
