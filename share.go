package habeas

import (
	"context"
	"slices"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// Share gives a case to another circle that by is in as well: its name-free side,
// or both. Nobody else can: a circle is told of names it must protect by who may
// see them and knows how it writes them down.
func (d *Desk) Share(ctx context.Context, by Actor, id CaseID, circle ledger.ID, withVault bool, pass vault.Text) error {
	if err := d.may(by, share); err != nil {
		return err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	c, ok := by.circle(circle)
	if !ok || c.office || c.id == k.circle.id || withVault && c.vault == nil {
		return fault.New(fault.NotFound, "circle.none")
	}
	if k.vault == nil {
		return fault.New(fault.Forbidden, "may.needs_vault")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	if err := d.hand(ctx, by, k, c, withVault); err != nil {
		return err
	}
	if err := d.audit(ctx, by, audited{What: AuditShared, Code: caseCode(k.circle, id)}); err != nil {
		return err
	}
	return d.tellNames(ctx, by, k, c)
}

// hand wraps every generation of a case to a circle, whose view is folded anew.
func (d *Desk) hand(ctx context.Context, by Actor, k caseKeys, c circleKeys, withVault bool) error {
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	k, err = d.openCase(ctx, by, k.id) // its keys may have been renewed since k was opened
	if err != nil {
		return err
	}
	type pair struct{ what, to *side }
	pairs := []pair{{k.body, c.body}}
	if withVault {
		pairs = append(pairs, pair{k.vault, c.vault})
	}
	var wraps []vault.Wrap
	var notices []ledger.Notice
	for _, p := range pairs {
		for _, h := range p.what.all() {
			w, err := p.to.Wrap(h.ID(), k.id, h.Seed().Bytes())
			if err != nil {
				return err
			}
			wraps = append(wraps, w)
			notices = append(notices, ledger.Grant{Key: h.ID(), To: p.to.ID()})
		}
	}
	if err := d.db.PutWraps(ctx, wraps...); err != nil {
		return err
	}
	return d.dropViewFor(ctx, c.id, func() error {
		if err := d.publish(ctx, by.me.Signer(), k.id, notices...); err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.trusted, c.id) // nobody of the circle has checked who signed what is in the case
		return nil
	})
}

// tellNames writes the names of a case down in the way a circle's gate reads
// them, for all that it has not been told of yet.
func (d *Desk) tellNames(ctx context.Context, by Actor, k caseKeys, c circleKeys) error {
	missing, gave, err := d.untold(ctx, k, c.id)
	if err != nil || len(missing) == 0 {
		return err
	}
	details, err := d.details(ctx, k)
	if err != nil {
		return err
	}
	key, err := d.gateKey(ctx, c)
	if err != nil {
		return err
	}
	leave, err := d.readyShared(ctx, by)
	if err != nil {
		return err
	}
	defer leave()
	var drafts []draft
	for given, ids := range missing {
		var names []name.Name
		for _, det := range details[given.person] {
			for _, parts := range det.Names {
				if det.Statement == given.by || given.by == "" && !gave[givenName{given.person, det.Statement}] {
					names = append(names, vault.Parsed(parts))
				}
			}
		}
		hashes := gate.Compile(key, names...)
		for _, id := range ids {
			forms := claim.Forms{Person: given.person, Detail: id, Statement: given.by, Circle: c.id, Hashes: hashes}
			more, err := d.addShared(ctx, by, c, k.id, given.person, sharedPerson{Detail: id, Hashes: hashes})
			if err != nil {
				return err
			}
			drafts = append(append(drafts, draft{claim.KindForms, forms, k.body.Key()}), more...)
			hashes = gate.Compile(key) // all of them are in the first
		}
	}
	_, err = d.write(ctx, by, k.circle, k.id, drafts...)
	return err
}

// A givenName is a person and the statement that gave names of theirs, or "" for
// what members added.
type givenName struct{ person, by claim.Ref }

// untold returns the details of a case, by who gave them, of which a circle's gate
// has not been told, or was told by an older version in another way, and all that
// gave some.
func (d *Desk) untold(ctx context.Context, k caseKeys, circle ledger.ID) (missing map[givenName][]ledger.ID, gave map[givenName]bool, err error) {
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return nil, nil, err
	}
	missing, gave = map[givenName][]ledger.ID{}, map[givenName]bool{}
	told := map[ledger.ID]bool{}
	entries, err := cv.view.OfKind(ctx, k.id, claim.KindForms)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		body, err := claim.Decode(e.Kind, e.Body)
		if err != nil {
			continue // the gate leaves it out, too
		}
		f := body.(*claim.Forms)
		by := givenName{f.Person, f.Statement}
		gave[by] = true
		if old, _ := gate.Outdated(f.Hashes); f.Circle == circle && !old {
			told[f.Detail] = true
		} else if !slices.Contains(missing[by], f.Detail) {
			missing[by] = append(missing[by], f.Detail)
		}
	}
	for by, ids := range missing {
		if missing[by] = slices.DeleteFunc(ids, func(id ledger.ID) bool { return told[id] }); len(missing[by]) == 0 {
			delete(missing, by)
		}
	}
	return missing, gave, nil
}

// mendNames tells the gates of by's circles of the names that others, who share a
// case with them, have written down since, and of those that an older version
// wrote down in another way.
func (d *Desk) mendNames(ctx context.Context, by Actor) error {
	for _, c := range by.circles {
		if c.vault == nil || c.office {
			continue
		}
		ix, err := d.circleIndex(ctx, c)
		if err != nil {
			return err
		}
		if ix.complete() {
			continue
		}
		cv, err := d.view(ctx, c)
		if err != nil {
			return err
		}
		cases := map[CaseID]bool{}
		for f, err := range cv.view.Forms(ctx) {
			if err != nil {
				return err
			}
			cases[f.Stream] = cases[f.Stream] || !ix.told[f.Detail]
		}
		for id, missing := range cases {
			if !missing {
				continue
			}
			k, err := d.caseKeys(ctx, by, id)
			if err != nil {
				return err
			}
			if k.vault == nil {
				continue // whoever shared it must do it
			}
			if err := d.tellNames(ctx, by, k, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// Unshare takes a case back from a circle, which goes on without it: the case gets
// new keys, and the circle's view is folded anew. by must have it through another
// circle, so no case is lost.
func (d *Desk) Unshare(ctx context.Context, by Actor, id CaseID, circle ledger.ID, pass vault.Text) error {
	if err := d.may(by, share); err != nil {
		return err
	}
	if _, err := d.caseKeys(ctx, by, id); err != nil {
		return err
	}
	by.circles = slices.DeleteFunc(slices.Clone(by.circles), func(c circleKeys) bool { return c.id == circle })
	k, err := d.openCase(ctx, by, id)
	if err != nil {
		return fault.Wrap(err, fault.Forbidden, "circle.own_case")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	if err := d.takeCase(ctx, by, id, circle); err != nil {
		return err
	}
	if err := d.audit(ctx, by, audited{What: AuditUnshared, Code: caseCode(k.circle, id)}); err != nil {
		return err
	}
	if _, err = d.caseKeys(ctx, by, id); err != nil { // which renews what is due
		return err
	}
	d.sharedDone(ctx, by)
	return nil
}

// takeCase takes every generation of a case from a circle, whose view is folded
// anew.
func (d *Desk) takeCase(ctx context.Context, by Actor, id CaseID, circle ledger.ID) error {
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	back, err := d.handedTo(ctx, id, circle)
	if err != nil {
		return err
	}
	if len(back) == 0 {
		return fault.New(fault.NotFound, "circle.none")
	}
	var notices []ledger.Notice
	for holder, keys := range back {
		for _, key := range keys {
			notices = append(notices, ledger.Revoke{Key: key, From: holder})
		}
	}
	err = d.dropViewFor(ctx, circle, func() error { return d.publish(ctx, by.me.Signer(), id, notices...) })
	if err != nil {
		return err
	}
	for holder, keys := range back {
		if err := d.db.DeleteWrapsTo(ctx, holder, keys...); err != nil {
			return err
		}
	}
	return nil
}

// handedTo returns the keys of a case that the holders of a circle were given.
func (d *Desk) handedTo(ctx context.Context, id CaseID, circle ledger.ID) (map[ledger.ID][]ledger.ID, error) {
	back := map[ledger.ID][]ledger.ID{}
	for _, use := range []ledger.Use{ledger.UseCaseBody, ledger.UseCaseVault} {
		gens, err := d.generations(ctx, id, use)
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		for _, g := range gens {
			for _, to := range d.dir.Entitled(g.ID) {
				if h, _ := d.dir.Holder(to); h.Of == circle {
					back[to] = append(back[to], g.ID)
				}
			}
		}
		d.mu.Unlock()
	}
	return back, nil
}
