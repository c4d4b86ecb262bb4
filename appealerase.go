package habeas

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// ErasingNumbers says what erasing the numbers of an appeal would destroy: how many
// there are of each sort, corrected ones among them.
type ErasingNumbers struct {
	Tracking, Registration, Address int
	Backups                         time.Time // by this day the last backup that holds the key has expired
}

// A NumbersErased is when the numbers of an appeal were erased, by whom and why.
type NumbersErased struct {
	At      time.Time
	By      ledger.ID
	Why     ledger.Why
	Backups time.Time // by this day the last backup that held the key had to be destroyed
}

// ErasingNumbers says what erasing the numbers of an appeal and the address for its
// answer would destroy. It shows none of them.
func (d *Desk) ErasingNumbers(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*ErasingNumbers, error) {
	if err := d.may(by, erase); err != nil {
		return nil, err
	}
	e, _, _, err := d.planNumbers(ctx, by, id, ref)
	return e, err
}

// EraseNumbers destroys the key that only this appeal has, and with it every number
// the letter got and every address for its answer. The letter, what became of it and
// its terms stay; so does what was typed into a letter that was drafted. It takes the
// passphrase again, and cannot be taken back. When it fails or is cut short after it
// was announced it is finished as any erasure is: see [Desk.Erase].
func (d *Desk) EraseNumbers(ctx context.Context, by Actor, id CaseID, ref claim.Ref, why ledger.Why, pass vault.Text) error {
	if err := d.may(by, erase); err != nil {
		return err
	}
	if why == ledger.Resealed || !slices.Contains(ledger.Reasons(), why) {
		return fault.New(fault.Invalid, "erase.why", fault.Field("why"))
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	if err := d.listErased(ledger.ID{}); err != nil {
		return err
	}
	es, err := d.intendNumbers(ctx, by, id, ref, why)
	if err != nil {
		return err
	}
	return d.finishErasing(ctx, by.me.Signer(), es)
}

// intendNumbers writes down that the numbers are to be destroyed. From then on nothing
// more is sealed under their key.
func (d *Desk) intendNumbers(ctx context.Context, by Actor, id CaseID, ref claim.Ref, why ledger.Why) ([]*erasing, error) {
	d.sealing.Lock()
	defer d.sealing.Unlock()
	for try := 1; ; try++ {
		if err := d.catchUp(ctx); err != nil {
			return nil, err
		}
		size := d.caught.Load()
		_, k, a, err := d.planNumbers(ctx, by, id, ref)
		if err == nil {
			step := claim.Step{Appeal: ref, What: claim.StepErased, Why: why}
			var es []*erasing
			if es, err = d.announce(ctx, by, size, k, ledger.NewErase(why, a.VaultKey), []draft{stepOf(k, step)}, nil); err == nil {
				return es, nil
			}
		}
		if fault.KindOf(err) != fault.Busy || try == mostTries {
			return nil, err
		}
	}
}

// planNumbers finds what goes with the key of an appeal. It fails unless the key is
// its own: the record of an appeal is written by a member, who may be an enemy, and
// name a key whose loss would take something else with it.
func (d *Desk) planNumbers(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*ErasingNumbers, caseKeys, *claim.Appealed, error) {
	k, state, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return nil, k, nil, err
	}
	if k.vault == nil {
		return nil, k, nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	keys, err := d.sourceKeys(ctx, k.vault, a.VaultKey)
	if fault.KindOf(err) == fault.NotFound {
		return nil, k, nil, fault.New(fault.NotFound, "appeal.numbers_erased")
	}
	if err != nil {
		return nil, k, nil, err
	}
	if err := d.ownKey(ctx, k, state, a); err != nil {
		return nil, k, nil, err
	}
	e := &ErasingNumbers{Backups: d.ErasedBy(d.now())}
	err = d.eachSealed(ctx, id, keys, func(entry ledger.Entry) error {
		var n numbers
		if entry.Kind != kindNumbers || json.Unmarshal(entry.Body, &n) != nil || n.Appeal != ref {
			return fault.New(fault.Damaged, "appeal.keys")
		}
		for _, f := range []struct {
			n    *int
			said string
		}{{&e.Tracking, n.Tracking}, {&e.Registration, n.Registration}, {&e.Address, n.Address}} {
			if f.said != "" {
				*f.n++
			}
		}
		return nil
	})
	return e, k, a, err
}

// ownKey fails if the key of an appeal is somebody else's too. What is sealed under it
// on the vault side is looked at by who calls it.
func (d *Desk) ownKey(ctx context.Context, k caseKeys, state *claim.State, a *claim.Appealed) error {
	bad := fault.New(fault.Damaged, "appeal.keys")
	d.mu.Lock()
	_, holder := d.dir.Holder(a.VaultKey)
	d.mu.Unlock()
	if holder || a.VaultKey.IsZero() {
		return bad
	}
	if slices.ContainsFunc(state.Statements, func(t claim.Telling) bool { return t.BodyKey == a.VaultKey || t.VaultKey == a.VaultKey }) ||
		slices.ContainsFunc(state.Appeals, func(o *claim.Appealed) bool { return o.Ref != a.Ref && o.VaultKey == a.VaultKey }) {
		return bad
	}
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return err
	}
	entries, err := cv.view.Case(ctx, k.id)
	if err != nil {
		return err
	}
	generations, err := d.holdersOfCase(ctx, k.id)
	if err != nil {
		return err
	}
	if len(goneUnder(entries, generations, a.VaultKey)) > 0 {
		return bad
	}
	return nil
}

// NumbersErased says when the numbers of an appeal were erased, and whether they were.
// A record that says so counts only if the key is gone.
func (d *Desk) NumbersErased(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (e NumbersErased, gone bool, err error) {
	if err := d.may(by, read); err != nil {
		return e, false, err
	}
	_, _, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return e, false, err
	}
	s, said := a.Last(claim.StepErased)
	if !said {
		return e, false, nil
	}
	left, err := d.db.Wrapped(ctx, id, []ledger.ID{a.VaultKey})
	if err != nil || left > 0 {
		return e, false, err
	}
	return NumbersErased{s.Time, s.Author, s.Said.Why, d.ErasedBy(s.Time)}, true, nil
}
