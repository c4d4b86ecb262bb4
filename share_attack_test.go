package habeas

import (
	"bytes"
	"testing"

	"habeas/ledger"
)

// A second is a circle beside the crew's, with petro and somebody called lena, who
// is in it alone.
func (c *crew) second() ledger.ID {
	c.t.Helper()
	ctx := c.t.Context()
	second, err := c.d.NewCircle(ctx, c.as("k"), "second", ourWords)
	c.ok(err)
	m := NewMember{Handle: "lena", Name: "lena", Passphrase: ourWords, Roles: []ledger.Role{ledger.Caseworker}}
	c.ok(c.d.AddMember(ctx, c.as("k"), m, second, true))
	c.ok(c.d.AddToCircle(ctx, c.as("k"), c.id["petro"], second, true, ourWords))
	return second
}

// writes signs, as somebody with the disk can, that every generation of a case is
// given to every generation of a circle.
func (c *crew) writes(by Actor, id CaseID, circle ledger.ID) {
	c.t.Helper()
	for side, to := range map[ledger.Use]ledger.Use{ledger.UseCaseBody: ledger.UseCircleBody, ledger.UseCaseVault: ledger.UseCircleVault} {
		gens, err := c.d.generations(c.t.Context(), id, side)
		c.ok(err)
		for _, g := range gens {
			for _, h := range c.d.dir.Generations(circle, to) {
				c.ok(c.d.publish(c.t.Context(), by.me.Signer(), id, ledger.Grant{Key: g.ID, To: h.ID}))
			}
		}
	}
}

// renews removes a member, so that all cases go on with new keys, and lets
// everybody in.
func (c *crew) renews(gone string, left ...string) {
	c.t.Helper()
	c.ok(c.d.Remove(c.t.Context(), c.as("k"), c.id[gone], ourWords))
	c.d.tending.Wait()
	for range 2 {
		for _, m := range left {
			c.as(m)
			c.d.tending.Wait()
		}
	}
}

// TestAttackTakeACase: Lena, who is of another circle, writes to the disk that it
// was given a case, and waits for those who have the case to make that true.
func TestAttackTakeACase(t *testing.T) {
	c := newCrew(t)
	id := bulk(t, c.d, c.k, 1)[0]
	second := c.second()
	lena := c.as("lena")
	c.writes(lena, id, second)
	stream := ledger.DirectoryStream(c.d.root)
	for _, use := range []ledger.Use{ledger.UseCircleBody, ledger.UseCircleVault} { // and that she is of the first
		for _, h := range c.d.dir.Generations(c.circle, use) {
			c.ok(c.d.publish(t.Context(), lena.me.Signer(), stream, ledger.Grant{Key: h.ID, To: lena.Member}))
		}
	}
	c.renews("olena", "petro", "k", "lena")
	_, err := c.d.Case(t.Context(), c.as("lena"), id)
	c.want("a case that nobody gave her", "case.none", err)
	for _, m := range []string{"k", "petro"} {
		_, err := c.d.Case(t.Context(), c.as(m), id)
		c.ok(err)
	}
}

// TestAttackKeepACase: the same, of a case that her circle had, and that was taken
// back.
func TestAttackKeepACase(t *testing.T) {
	c := newCrew(t)
	id := bulk(t, c.d, c.k, 1)[0]
	second := c.second()
	c.ok(c.d.Share(t.Context(), c.as("petro"), id, second, true, ourWords))
	lena := c.as("lena")
	_, err := c.d.Case(t.Context(), lena, id)
	c.ok(err)
	c.ok(c.d.Unshare(t.Context(), c.as("olena"), id, second, ourWords))
	c.writes(c.as("lena"), id, second)
	c.renews("olena", "petro", "k", "lena")
	_, err = c.d.Case(t.Context(), c.as("lena"), id)
	c.want("a case that was taken back", "case.none", err)
	c.ok(c.d.Share(t.Context(), c.as("petro"), id, second, true, ourWords))
	_, err = c.d.Case(t.Context(), c.as("lena"), id)
	c.ok(err)
}

// TestShareAsKeysChange: Petro shares a case while somebody else's removal gives
// it new keys: Lena gets those that it goes on with.
func TestShareAsKeysChange(t *testing.T) {
	c := newCrew(t)
	id := bulk(t, c.d, c.k, 1)[0]
	second := c.second()
	before, err := c.d.openCase(t.Context(), c.as("petro"), id)
	c.ok(err)
	c.renews("olena", "k", "petro")
	petro := c.as("petro")
	c.d.tending.Wait()
	to, _ := petro.circle(second)
	c.ok(c.d.hand(t.Context(), petro, before, to, true))
	_, err = c.d.Case(t.Context(), c.as("lena"), id)
	c.ok(err)
}

// TestShareOutlivesSharer: whoever shared a case is removed, and a circle through
// which another came to it has it no more: those that have it keep it, whoever of
// them renews it.
func TestShareOutlivesSharer(t *testing.T) {
	c := newCrew(t)
	ctx := t.Context()
	id := bulk(t, c.d, c.k, 1)[0]
	second := c.second()
	c.ok(c.d.Share(ctx, c.as("petro"), id, second, true, ourWords))
	third, err := c.d.NewCircle(ctx, c.as("k"), "third", ourWords)
	c.ok(err)
	for _, m := range []string{"lena", "yana"} {
		if m == "yana" {
			c.ok(c.d.AddMember(ctx, c.as("k"), NewMember{Handle: m, Name: m, Passphrase: ourWords, Roles: []ledger.Role{ledger.Caseworker}}, third, true))
			continue
		}
		members, err := c.d.Members(ctx, c.as("k"))
		c.ok(err)
		for _, row := range members {
			if row.Name == m {
				c.ok(c.d.AddToCircle(ctx, c.as("k"), row.ID, third, true, ourWords))
			}
		}
	}
	c.ok(c.d.Share(ctx, c.as("lena"), id, third, true, ourWords))
	c.renews("petro", "lena", "yana", "olena", "k")
	for _, m := range []string{"lena", "yana", "olena", "k"} {
		if _, err := c.d.Case(ctx, c.as(m), id); err != nil {
			t.Errorf("%s lost the case when who shared it went: %v", m, err)
		}
	}
	c.ok(c.d.Unshare(ctx, c.as("olena"), id, second, ourWords))
	c.add("oleh")
	c.renews("olena", "yana", "lena", "k", "oleh")
	for _, m := range []string{"yana", "lena", "k", "oleh"} {
		if _, err := c.d.Case(ctx, c.as(m), id); err != nil {
			t.Errorf("%s lost the case with a circle between: %v", m, err)
		}
	}
}

// TestShareCutShort: the power fails as soon as the log says that a case was
// shared, and again when it says that it was taken back: Lena's view, which was
// there before, has it and has it no more.
func TestShareCutShort(t *testing.T) {
	c := newCrew(t)
	ctx := t.Context()
	id := bulk(t, c.d, c.k, 1)[0]
	second := c.second()
	_, err := c.d.Search(ctx, c.as("lena"), "basement")
	c.ok(err)
	petro := c.as("petro")
	k, err := c.d.openCase(ctx, petro, id)
	c.ok(err)
	to, _ := petro.circle(second)
	c.ok(c.d.hand(ctx, petro, k, to, true))
	c.reopen()
	f, err := c.d.Case(ctx, c.as("lena"), id)
	c.ok(err)
	if len(f.State.Claims) != 12 {
		t.Errorf("lena sees %d claims of what she was given", len(f.State.Claims))
	}
	c.ok(c.d.takeCase(ctx, c.as("olena"), id, second))
	c.reopen()
	var dump bytes.Buffer
	c.ok(c.d.Dump(ctx, c.as("lena"), &dump))
	if bytes.Contains(dump.Bytes(), []byte("basement")) {
		t.Error("her view still holds the case")
	}
}
