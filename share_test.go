package habeas

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"habeas/claim"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// TestSharedAndTakenBack: Petro, who is in two circles, shares a case of the first
// with the second, where Lena is; adds a name; and takes it back.
func TestSharedAndTakenBack(t *testing.T) {
	c := newCrew(t)
	ctx := t.Context()
	ids := bulk(t, c.d, c.k, 2)
	second, err := c.d.NewCircle(ctx, c.k, "second", ourWords)
	c.ok(err)
	lena := NewMember{Handle: "lena", Name: "lena", Passphrase: ourWords, Roles: []ledger.Role{ledger.Caseworker}}
	c.ok(c.d.AddMember(ctx, c.as("k"), lena, second, true))
	c.ok(c.d.AddToCircle(ctx, c.as("k"), c.id["petro"], second, true, ourWords))
	_, err = c.d.AddPerson(ctx, c.k, ids[0], NewPerson{Protection: claim.Protected, Parts: hidden})
	c.ok(err)

	_, err = c.d.Case(ctx, c.as("lena"), ids[0])
	c.want("before it is shared", "case.none", err)
	c.want("by who is not in the other circle", "circle.none", c.d.Share(ctx, c.as("olena"), ids[0], second, true, ourWords))
	c.ok(c.d.Share(ctx, c.as("petro"), ids[0], second, true, ourWords))
	by := c.as("lena")
	f, err := c.d.Case(ctx, by, ids[0])
	c.ok(err)
	if len(f.State.Claims) != 12 || !f.Vault {
		t.Errorf("lena sees %d claims, vault %v", len(f.State.Claims), f.Vault)
	}
	_, err = c.d.Case(ctx, by, ids[1])
	c.want("the other case", "case.none", err)
	if letsOut(t, c.d, by, ids[0]) {
		t.Error("her gate does not know the names of the case")
	}

	// Olena, who is in the first circle only, adds a name; Lena's gate is told when
	// somebody comes who may see names in the case.
	other := []vault.Part{{Kind: "given", Text: vault.NewText("Lubomysl")}, {Kind: "family", Text: vault.NewText("Vorobchyk")}}
	_, err = c.d.AddPerson(ctx, c.as("olena"), ids[0], NewPerson{Protection: claim.Protected, Parts: other})
	c.ok(err)
	k, err := c.d.caseKeys(ctx, by, ids[0])
	c.ok(err)
	file := gate.Draft{Files: []gate.File{{Name: "a.txt", Media: "text/plain", Bytes: []byte("He saw Lubomysl Vorobchyk.")}}}
	_, err = c.d.clear(ctx, k, file, gate.Options{})
	c.want("before her gate is told", "gate.names_pending", err)
	by = c.as("lena")
	c.d.tending.Wait()
	if _, err = c.d.clear(ctx, k, file, gate.Options{}); err == nil || faultKey(err) == "gate.names_pending" {
		t.Errorf("the gate lets out a name of a shared case, or is never told: %v", err)
	}

	access, err := c.d.Access(ctx, by)
	c.ok(err)
	for _, a := range access {
		if a.ID == second && (len(a.Holders) != 3 || a.Cases != 1 || len(a.Shared) != 1 || a.Shared[0].Others != 1 || len(a.Shared[0].With) > 0) {
			t.Errorf("lena is told %+v of who has what", a)
		}
	}

	had := takeAll(t, c.d, by)
	from, err := c.d.db.Size(ctx)
	c.ok(err)
	c.want("by who has it through that circle only", "circle.own_case", c.d.Unshare(ctx, by, ids[0], second, ourWords))
	c.want("from a circle that has it not", "circle.none", c.d.Unshare(ctx, c.as("petro"), ids[1], second, ourWords))
	c.ok(c.d.Unshare(ctx, c.as("olena"), ids[0], second, ourWords))
	_, err = c.d.Case(ctx, by, ids[0])
	c.want("a page she had open", "case.none", err)
	by = c.as("lena")
	_, err = c.d.Case(ctx, by, ids[0])
	c.want("after it was taken back", "case.none", err)
	if found, err := c.d.Search(ctx, by, "basement"); err != nil || len(found.Hits) > 0 {
		t.Errorf("her view still finds %d of its sentences, %v", len(found.Hits), err)
	}
	var dump bytes.Buffer
	c.ok(c.d.Dump(ctx, by, &dump))
	if bytes.Contains(dump.Bytes(), []byte("basement")) {
		t.Error("her view still holds the case")
	}
	_, err = c.d.AddPerson(ctx, c.as("olena"), ids[0], NewPerson{Protection: claim.Protected, Parts: hidden})
	c.ok(err)
	if n, opened := had.opens(t, c.d, from, ids[0]); n == 0 || len(opened) > 0 {
		t.Errorf("of %d entries written since, her keys open %v", n, opened)
	}
	if f, err := c.d.Case(ctx, c.as("petro"), ids[0]); err != nil || len(f.State.Claims) != 12 {
		t.Errorf("petro has lost the case: %v", err)
	}

	// And shared again.
	c.ok(c.d.Share(ctx, c.as("petro"), ids[0], second, false, ourWords))
	f, err = c.d.Case(ctx, c.as("lena"), ids[0])
	c.ok(err)
	if f.Vault || len(f.State.Claims) != 12 {
		t.Errorf("shared without its vault, lena sees %d claims, vault %v", len(f.State.Claims), f.Vault)
	}
	if letsOut(t, c.d, c.as("lena"), ids[0]) {
		t.Error("her gate does not know the names of the case")
	}
}

// TestManyHands: several keepers give a circle to members and take it away, and
// add others, at the same time. What each was told last holds.
func TestManyHands(t *testing.T) {
	c := newCrew(t)
	ctx := t.Context()
	id := bulk(t, c.d, c.k, 1)[0]
	guests := []string{"a", "b", "c", "e"}
	for _, g := range guests {
		c.add(g)
	}
	var wg sync.WaitGroup
	last := make([]bool, len(guests))
	for i, g := range guests {
		wg.Go(func() {
			for turn := range 12 {
				for {
					by, err := c.login([]string{"k", "olena", "petro"}[(i+turn)%3])
					if err == nil {
						if turn%2 == 0 {
							err = c.d.TakeFromCircle(ctx, by, c.id[g], c.circle, ourWords)
						} else {
							err = c.d.AddToCircle(ctx, by, c.id[g], c.circle, true, ourWords)
						}
					}
					if key := faultKey(err); key == "circle.renewed" || key == "member.none" && turn%2 == 0 {
						continue // a colleague was faster: look again
					}
					if last[i] = turn%2 == 1; err != nil {
						t.Error(fmt.Errorf("%s, turn %d: %w", g, turn, err))
						return
					}
					break
				}
			}
		})
	}
	wg.Wait()
	c.d.tending.Wait()
	for i, g := range guests {
		_, err := c.d.Case(ctx, c.as(g), id)
		if has := err == nil; has != last[i] {
			t.Errorf("%s has the circle: %v (%v), want %v", g, has, err, last[i])
		}
	}
	c.reopen()
	for _, m := range []string{"k", "olena", "petro"} {
		if f, err := c.d.Case(ctx, c.as(m), id); err != nil || len(f.State.Claims) != 12 {
			t.Errorf("%s has lost the case: %v", m, err)
		}
	}
}
