package habeas

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

var ourWords = vault.NewText("three small boats") // of everybody in these stories

// A crew is an office of three who hold one circle: k, who keeps it, and olena and
// petro, who are caseworkers too.
type crew struct {
	t      testing.TB
	cfg    Config
	d      *Desk
	k      Actor
	circle ledger.ID
	id     map[string]ledger.ID
}

func newCrew(t testing.TB) *crew {
	d, k := office(t)
	c := &crew{t: t, cfg: d.cfg, d: d, k: k, circle: circleOf(k).id, id: map[string]ledger.ID{"k": k.Member}}
	c.add("olena")
	c.add("petro")
	return c
}

func (c *crew) ok(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatalf("%v (%s)", err, faultKey(err))
	}
}

// add makes a member who holds both sides of the circle.
func (c *crew) add(handle string) {
	c.t.Helper()
	m := NewMember{Handle: handle, Name: handle, Passphrase: ourWords, Roles: []ledger.Role{ledger.Caseworker, ledger.Keeper}}
	c.ok(c.d.AddMember(c.t.Context(), c.as("k"), m, c.circle, true))
	members, err := c.d.Members(c.t.Context(), c.as("k"))
	c.ok(err)
	for _, m := range members {
		if m.Name == handle {
			c.id[handle] = m.ID
		}
	}
}

func (c *crew) login(handle string) (Actor, error) {
	token, err := c.d.Login(c.t.Context(), handle, ourWords)
	if err != nil {
		return Actor{}, err
	}
	return c.d.Actor(c.t.Context(), token)
}

func (c *crew) as(handle string) Actor {
	c.t.Helper()
	by, err := c.login(handle)
	c.ok(err)
	return by
}

func (c *crew) want(what, key string, err error) {
	c.t.Helper()
	if got := faultKey(err); err == nil || got != key {
		c.t.Errorf("%s: got %v (%s), want %s", what, err, got, key)
	}
}

// reopen closes the desk and opens it again, locked.
func (c *crew) reopen() {
	c.t.Helper()
	c.ok(c.d.Close())
	d, err := Open(c.cfg)
	c.ok(err)
	c.d = d
	c.t.Cleanup(func() { d.Close() })
}

// A loot is every key that somebody ever held, and the secrets under them.
type loot struct {
	holders []*vault.Holder
	secrets map[ledger.ID][]byte // of sources
}

// takeAll is what a member could have copied while they were of the office.
func takeAll(t testing.TB, d *Desk, by Actor) loot {
	l := loot{holders: []*vault.Holder{by.me}, secrets: map[ledger.ID][]byte{}}
	for i := 0; i < len(l.holders); i++ {
		h := l.holders[i]
		wraps, err := d.db.WrapsFor(t.Context(), h.ID())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wraps {
			if inner, err := h.UnwrapHolder(w); err == nil {
				l.holders = append(l.holders, inner)
			} else if secret, err := h.Unwrap(w); err == nil {
				l.secrets[w.Key] = secret
			}
		}
	}
	return l
}

// opens returns the numbers of the sealed entries, from a number on, that any of
// the keys open, by itself or together with any secret; and of how many. If
// streams are given, only theirs are looked at.
func (l loot) opens(t testing.TB, d *Desk, from int64, streams ...ledger.ID) (n int, opened []int64) {
	var keys []ledger.Key
	for _, h := range l.holders {
		keys = append(keys, h.Key())
		for source, secret := range l.secrets {
			keys = append(keys, h.SourceKey(source, secret))
		}
	}
	for r, err := range d.db.Since(t.Context(), from-1) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Record.Mode != ledger.ModeSealed || len(streams) > 0 && !slices.Contains(streams, r.Record.Stream) {
			continue
		}
		n++
		for _, k := range keys {
			as := r.Record
			as.Key = k.ID
			_, err := ledger.Open(as, k)
			_, asIs := ledger.Open(r.Record, k)
			if err == nil || asIs == nil {
				opened = append(opened, r.Number)
			}
		}
	}
	return n, opened
}

// TestCaseIsLookedAtTooEarly: while petro opens cases, somebody looks again and again which
// are due for new keys, and finds keys of cases of which the log does not speak yet. When
// olena is removed, these are due like any other.
func TestCaseIsLookedAtTooEarly(t *testing.T) {
	c := newCrew(t)
	ctx := t.Context()
	unborn := ledger.NewID()
	c.ok(c.d.readCase(ctx, unborn))
	if c.d.cases[unborn] {
		t.Error("a case of which the log says nothing is not read again")
	}
	k, petro := c.as("k"), c.as("petro")
	ended := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() {
		for !closed(ended) {
			if _, err := c.d.casesDue(ctx, k); err != nil {
				t.Error(err)
			}
		}
	})
	var ids []CaseID
	for range 20 {
		id, err := c.d.OpenCase(ctx, petro, c.circle, NewCase{Title: "One more", About: "incident"})
		c.ok(err)
		ids = append(ids, id)
	}
	close(ended)
	looking.Wait()
	c.ok(c.d.Remove(ctx, c.as("k"), c.id["olena"], ourWords))
	petro = c.as("petro")
	for _, id := range ids {
		_, err := c.d.caseKeys(ctx, petro, id)
		c.ok(err)
		if gens, err := c.d.generations(ctx, id, ledger.UseCaseBody); err != nil || len(gens) != 2 {
			t.Errorf("case %v has %d generations of keys, %v, want a new one", id, len(gens), err)
		}
	}
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// TestRemovedMemberOpensNothingNew: Olena is removed while she reads. With every
// key she ever held and the disk as it is afterwards she opens nothing that is
// written from then on, not even a new claim on a statement she has read.
func TestRemovedMemberOpensNothingNew(t *testing.T) {
	c := newCrew(t)
	ctx := t.Context()
	ids := bulk(t, c.d, c.k, 3)
	olena := c.as("olena")
	f, err := c.d.Case(ctx, olena, ids[0])
	c.ok(err)
	had := takeAll(t, c.d, olena)
	before, err := c.d.db.Size(ctx)
	c.ok(err)
	if n, opened := had.opens(t, c.d, 0); len(opened) < n-4 { // but for what is between the others and their own keys
		t.Fatalf("olena opens %d of %d entries before: this test would see nothing", len(opened), n)
	}

	c.ok(c.d.Remove(ctx, c.as("k"), c.id["olena"], ourWords))
	_, err = c.d.Case(ctx, olena, ids[0])
	c.want("a page she had open", "session.ended", err)
	_, err = c.login("olena")
	c.want("a new login", "login.wrong", err)
	if _, err := c.d.db.Login(ctx, c.d.pepper.Handle("olena")); err == nil {
		t.Error("her login record is still there")
	}

	petro := c.as("petro")
	old := f.State.Claims[0].Claim
	old.Predicate, old.Value = "life", claim.Value{Term: "alive"}
	_, err = c.d.Record(ctx, petro, ids[0], old)
	c.ok(err)
	for _, id := range ids {
		_, err = c.d.AddPerson(ctx, petro, id, NewPerson{Protection: claim.Protected, Parts: hidden})
		c.ok(err)
	}
	_, err = c.d.OpenCase(ctx, petro, c.circle, NewCase{Title: "Later", About: "incident"})
	c.ok(err)
	c.d.tending.Wait()
	var found loot
	found.holders, found.secrets = had.holders, had.secrets
	for _, h := range had.holders { // with what the new disk adds
		wraps, err := c.d.db.WrapsFor(ctx, h.ID())
		c.ok(err)
		for _, w := range wraps {
			if inner, err := h.UnwrapHolder(w); err == nil && !slices.ContainsFunc(found.holders, func(o *vault.Holder) bool { return o.ID() == inner.ID() }) {
				t.Errorf("the new disk gives her a key she did not have: %v", inner.ID())
			} else if secret, err := h.Unwrap(w); err == nil {
				found.secrets[w.Key] = secret
			}
		}
	}
	after := before
	for r, err := range c.d.db.Since(ctx, before-1) { // the removal itself, and who was told
		c.ok(err)
		if r.Record.Mode == ledger.ModeSealed {
			after = r.Number
			break
		}
	}
	if n, opened := found.opens(t, c.d, after); n < 6 || len(opened) > 0 {
		t.Errorf("of %d entries written after the removal she opens %v", n, opened)
	}

	// The others go on, and a stranger to all of it verifies the log.
	g, err := c.d.Case(ctx, petro, ids[0])
	c.ok(err)
	if len(g.State.Claims) != len(f.State.Claims)+1 {
		t.Errorf("petro sees %d claims, want those of before and one more than %d", len(g.State.Claims), len(f.State.Claims))
	}
	views, err := os.ReadDir(filepath.Join(c.cfg.Dir, viewsDir))
	c.ok(err)
	for _, v := range views {
		for _, h := range had.holders {
			if name := h.ID().String() + ".db"; v.Name() == name {
				t.Errorf("a view that she can open is still there: %s", name)
			}
		}
	}
	c.reopen()
	c.ok(c.d.Close())
	v, err := VerifyAs(ctx, c.cfg, "petro", ourWords, nil)
	c.ok(err)
	if v.Closed > 0 {
		t.Errorf("petro can't open %d entries after the renewal", v.Closed)
	}
}

// TestSuspensionAndReturn: Olena suspends herself before a border, and comes back
// when two others have called her.
func TestSuspensionAndReturn(t *testing.T) {
	c := newCrew(t)
	ctx := t.Context()
	id := bulk(t, c.d, c.k, 1)[0]
	olena := c.as("olena")
	c.ok(c.d.Suspend(ctx, olena, olena.Member, ourWords))
	_, err := c.d.Case(ctx, olena, id)
	c.want("her page", "session.ended", err)
	_, err = c.login("olena")
	c.want("her login", "login.wrong", err)
	if wraps, err := c.d.db.WrapsFor(ctx, olena.Member); err != nil || len(wraps) > 0 {
		t.Errorf("%d wraps of hers are left, and %v", len(wraps), err)
	}
	k := c.as("k")
	c.ok(c.d.Return(ctx, k, olena.Member, ourWords))
	c.want("one calls twice", "member.called_back", c.d.Return(ctx, k, olena.Member, ourWords))
	_, err = c.login("olena")
	c.want("after one call", "login.wrong", err)

	// Meanwhile somebody else is removed, and the circle goes on with new keys.
	c.add("danylo")
	c.ok(c.d.Remove(ctx, k, c.id["danylo"], ourWords))
	c.d.tending.Wait()
	c.ok(c.d.Return(ctx, c.as("petro"), olena.Member, ourWords))
	if f, err := c.d.Case(ctx, c.as("olena"), id); err != nil || len(f.State.Claims) == 0 {
		t.Errorf("back again she can't read the case: %v", err)
	}
}

// TestOneSuspensionADay, and a circle is never left to fewer than two without a
// second member, nor to nobody at all.
func TestWhoMayStopWhom(t *testing.T) {
	c := newCrew(t)
	ctx := t.Context()
	c.add("danylo")
	k := c.as("k")
	c.ok(c.d.Suspend(ctx, k, c.id["danylo"], ourWords))
	c.want("a second one on one day", "member.one_a_day", c.d.Suspend(ctx, k, c.id["olena"], ourWords))
	c.want("with a wrong passphrase", "login.wrong", c.d.Suspend(ctx, c.as("petro"), c.id["olena"], vault.NewText("wrong words here")))
	c.ok(c.d.Suspend(ctx, c.as("petro"), c.id["olena"], ourWords))
	c.want("down to one", "member.second_needed", c.d.Remove(ctx, k, c.id["petro"], ourWords))
	c.want("the same member again", "member.second_needed", c.d.Remove(ctx, k, c.id["petro"], ourWords))
	analyst := NewMember{Handle: "lena", Name: "lena", Passphrase: ourWords, Roles: []ledger.Role{ledger.Keeper}}
	other, err := c.d.createCircle(ctx, k.me, "other", false)
	c.ok(err)
	c.ok(c.d.AddMember(ctx, c.as("k"), analyst, other.id, false))
	c.ok(c.d.Remove(ctx, c.as("lena"), c.id["petro"], ourWords))
	c.want("the last who holds a circle", "member.last_holder", c.d.Remove(ctx, c.as("lena"), c.id["k"], ourWords))
	c.want("oneself", "member.yourself", c.d.Remove(ctx, k, k.Member, ourWords))
	c.want("nobody", "member.none", c.d.Remove(ctx, k, ledger.NewID(), ourWords))
}

// TestRemovalCutShort: a removal that is ended at random points goes on, after a
// restart, until nothing is due.
func TestRemovalCutShort(t *testing.T) {
	c := newCrew(t)
	ids := bulk(t, c.d, c.k, 40)
	cut := 0
	for round := 0; cut < 200; round++ {
		name := fmt.Sprintf("guest%d", round)
		c.add(name)
		k := c.as("k")
		c.ok(c.d.publish(t.Context(), k.me.Signer(), ledger.DirectoryStream(c.d.root), ledger.Remove{Member: c.id[name]}))
		for due := true; due; {
			ctx, stop := context.WithTimeout(t.Context(), time.Duration(rand.IntN(int(8*time.Millisecond))))
			err := c.d.RenewKeys(ctx, k, nil)
			stop()
			if due = err != nil; due {
				cut++
			}
			if cut%20 == 0 {
				c.reopen()
				k = c.as("k")
			}
		}
		left, err := c.d.casesDue(t.Context(), k)
		c.ok(err)
		if k = c.as("k"); len(left) > 0 || c.d.dir.Spent(circleOf(k).body.ID()) {
			t.Fatalf("round %d: %d cases are still due", round, len(left))
		}
		if wraps, err := c.d.db.WrapsFor(t.Context(), c.id[name]); err != nil || cut%20 == 0 && len(wraps) > 0 {
			t.Fatalf("round %d: %d wraps are left, %v", round, len(wraps), err)
		}
	}
	c.reopen()
	by := c.as("olena")
	for _, id := range ids {
		if f, err := c.d.Case(t.Context(), by, id); err != nil || len(f.State.Claims) != 12 {
			t.Fatalf("a case was lost: %v", err)
		}
	}
	c.ok(c.d.Close())
	if v, err := VerifyAs(t.Context(), c.cfg, "olena", ourWords, nil); err != nil || v.Closed > 0 {
		t.Errorf("verify: %v, %v", v, err)
	}
}
