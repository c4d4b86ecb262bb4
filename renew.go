package habeas

import (
	"context"
	"log/slog"
	"runtime"
	"sync"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// Keys are renewed when somebody has them who must not have what is sealed from
// now on. Nothing says that a renewal was begun: that a key is spent, or that a
// case is not given to the newest keys of its circles, follows from the
// directory. So a renewal that was cut short goes on by itself, whoever comes
// next with the keys for it.

// renewAtOnce is how many cases are renewed in one transaction.
const renewAtOnce = 128

// tend does what is left to do with the keys by has: it wraps circles to those who
// came back, and renews circles that are spent. The cases, which may be many, and
// names that a gate must still be told of, follow while by goes on.
func (d *Desk) tend(ctx context.Context, by Actor) error {
	if !d.mayWrite() {
		return nil
	}
	if err := d.mend(ctx, by); err != nil {
		return err
	}
	if err := d.tendDesk(ctx, by); err != nil {
		return err
	}
	if err := d.renewCircles(ctx, by); err != nil {
		return err
	}
	d.tending.Go(func() {
		ctx := context.WithoutCancel(ctx)
		if err := d.RenewKeys(ctx, by, nil); err != nil && fault.KindOf(err) != fault.Locked {
			d.cfg.Log.LogAttrs(ctx, slog.LevelError, "keys wait to be renewed", slog.Int("kind", int(fault.KindOf(err))))
		}
	})
	return nil
}

func (d *Desk) renewCircles(ctx context.Context, by Actor) error {
	for _, c := range by.circles {
		if err := d.renewCircle(ctx, by, c); err != nil {
			return err
		}
	}
	return nil
}

// RenewKeys renews the keys of by's circles that are spent, and of the cases that
// are due, and tells gates of names they do not know. progress, which may be nil,
// is called with the cases that are done.
func (d *Desk) RenewKeys(ctx context.Context, by Actor, progress func(done, total int)) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	if !d.mayWrite() {
		return nil
	}
	leave, err := d.alone(ctx, &d.renewing, "renewals") // two would do everything twice
	if err != nil {
		return err
	}
	defer leave()
	if err := d.renewCircles(ctx, by); err != nil {
		return err
	}

	if by.circles, err = d.circlesOf(ctx, by.me); err != nil {
		return err
	}
	due, err := d.casesDue(ctx, by)
	if err != nil {
		return err
	}
	for i := 0; i < len(due); i += renewAtOnce {
		if err := d.may(by, own); err != nil {
			return err // the session ended: somebody else goes on
		}
		if err := d.renewCases(ctx, by, due[i:min(i+renewAtOnce, len(due))]...); err != nil {
			return err
		}
		done := min(i+renewAtOnce, len(due))
		d.mu.Lock()
		d.progress = [2]int{done, len(due)}
		d.mu.Unlock()
		if progress != nil {
			progress(done, len(due))
		}
	}
	if err := d.mendNames(ctx, by); err != nil {
		return err
	}
	return d.tendShared(ctx, by)
}

// Renewed returns how many cases were given new keys since the desk was opened, of
// those that were due when somebody last looked.
func (d *Desk) Renewed(by Actor) (done, due int, err error) {
	if err := d.may(by, own); err != nil {
		return 0, 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.progress[0], d.progress[1], nil
}

// casesDue returns the cases of by's circles whose keys must be renewed.
func (d *Desk) casesDue(ctx context.Context, by Actor) (due []CaseID, err error) {
	seen := map[CaseID]bool{}
	for _, c := range by.circles {
		streams, err := d.streamsOf(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, id := range streams {
			if seen[id] {
				continue
			}
			if err := d.readCase(ctx, id); err != nil {
				return nil, err
			}
			seen[id] = d.sideDue(id, ledger.UseCaseBody) || c.vault != nil && d.sideDue(id, ledger.UseCaseVault)
			if seen[id] {
				due = append(due, id)
			}
		}
	}
	return due, nil
}

// streamsOf returns the cases that some generation of a circle was given.
func (d *Desk) streamsOf(ctx context.Context, c circleKeys) (ids []CaseID, err error) {
	seen := map[CaseID]bool{c.id: true, {}: true}
	for _, h := range c.body.all() {
		streams, err := d.db.Streams(ctx, h.ID())
		if err != nil {
			return nil, err
		}
		for _, id := range streams {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// caseDue reports whether a side of a case that somebody holds must be renewed.
func (d *Desk) caseDue(k caseKeys) bool {
	return d.sideDue(k.id, ledger.UseCaseBody) || k.vault != nil && d.sideDue(k.id, ledger.UseCaseVault)
}

func (d *Desk) sideDue(id CaseID, use ledger.Use) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	gens := d.dir.Generations(id, use)
	if len(gens) == 0 {
		return false
	}
	if d.dir.Spent(gens[0].ID) {
		return true
	}
	for _, c := range d.sharedWith(id, gens) {
		if !d.dir.Granted(gens[0].ID, c.ID) {
			return true
		}
	}
	return false
}

// renewCircle makes the next generation of those sides of a circle that are spent
// and that by holds, and gives it to whoever is still of the circle.
func (d *Desk) renewCircle(ctx context.Context, by Actor, c circleKeys) error {
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	var wraps []vault.Wrap
	var notices []ledger.Notice
	_, over, err := d.notHere(ctx)
	if err != nil {
		return err
	}
	spent := false // the body, and so the view
	for _, s := range []*side{c.body, c.vault} {
		if s == nil {
			continue
		}
		d.mu.Lock()
		public, _ := d.dir.Holder(s.ID())
		due := d.dir.Spent(s.ID()) && d.dir.Generations(public.Of, public.Use)[0].ID == s.ID()
		to := d.dir.Entitled(s.ID())
		d.mu.Unlock()
		if !due {
			continue
		}
		spent = spent || s == c.body
		next, err := newSide()
		if err != nil {
			return err
		}
		w, n, err := d.succeed(next.Holder, s.Holder, public, to, over)
		if err != nil {
			return err
		}
		back, err := next.Wrap(s.ID(), c.id, s.Seed().Bytes())
		if err != nil {
			return err
		}
		wraps = append(append(wraps, w...), back)
		notices = append(append(notices, n...), ledger.Grant{Key: s.ID(), To: next.ID()})
	}
	if len(notices) == 0 {
		return nil
	}
	if err := d.db.PutWraps(ctx, wraps...); err != nil {
		return err
	}
	if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), notices...); err != nil {
		return err
	}
	if !spent {
		return nil
	}
	return d.dropView(ctx, c.id)
}

// succeed makes next the generation after prev, and gives it to the given
// holders. Members who are suspended, and those who are not here, are given it in
// the directory only: they can open it when they have come.
func (d *Desk) succeed(next, prev *vault.Holder, public ledger.Holder, to []ledger.ID, away map[ledger.ID]bool) ([]vault.Wrap, []ledger.Notice, error) {
	h := next.Public(public.Use).Succeed(public, prev.Signer())
	notices := []ledger.Notice{h}
	var wraps []vault.Wrap
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range to {
		if holder, _ := d.dir.Holder(id); holder.Of == public.Of {
			continue // the generation before has it from the one before that
		}
		notices = append(notices, ledger.Grant{Key: next.ID(), To: id})
		if away[id] || d.dir.Standing(id) == ledger.Suspended {
			continue
		}
		w, err := vault.NewWrap(d.dir, id, next.ID(), public.Of, next.Seed().Bytes())
		if err != nil {
			return nil, nil, err
		}
		wraps = append(wraps, w)
	}
	return wraps, notices, nil
}

// renewCases makes the next generation of those sides of cases that are due and
// that by holds, for the circles they are shared with.
func (d *Desk) renewCases(ctx context.Context, by Actor, ids ...CaseID) error {
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	type result struct {
		wraps   []vault.Wrap
		notices []placed
		err     error
	}
	results := make([]result, len(ids))
	var wg sync.WaitGroup
	turn := make(chan struct{}, runtime.NumCPU())
	for i, id := range ids {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			r := &results[i]
			r.wraps, r.notices, r.err = d.renewal(ctx, by, id)
		})
	}
	wg.Wait()
	var wraps []vault.Wrap
	var notices []placed
	for _, r := range results {
		if r.err != nil {
			return r.err
		}
		wraps, notices = append(wraps, r.wraps...), append(notices, r.notices...)
	}
	if len(notices) == 0 {
		return nil
	}
	if err := d.db.PutWraps(ctx, wraps...); err != nil {
		return err
	}
	return d.publishAll(ctx, by.me.Signer(), notices)
}

func (d *Desk) renewal(ctx context.Context, by Actor, id CaseID) (wraps []vault.Wrap, notices []placed, err error) {
	for _, use := range []ledger.Use{ledger.UseCaseBody, ledger.UseCaseVault} {
		if !d.sideDue(id, use) {
			continue
		}
		d.mu.Lock()
		gens := d.dir.Generations(id, use)
		var to []ledger.ID
		for _, c := range d.sharedWith(id, gens) {
			to = append(to, c.ID)
		}
		d.mu.Unlock()
		now, err := d.openNewest(ctx, by, id, gens[0])
		if err != nil {
			return nil, nil, err
		}
		if now == nil || len(to) == 0 {
			continue // it is not by's, or waits for its circle
		}
		next, err := newSide()
		if err != nil {
			return nil, nil, err
		}
		w, n, err := d.succeed(next.Holder, now, gens[0], to, nil)
		if err != nil {
			return nil, nil, err
		}
		wraps = append(wraps, w...)
		for _, notice := range n {
			notices = append(notices, placed{id, notice})
		}
	}
	return wraps, notices, nil
}

// openNewest opens one generation of a side of a case through any circle of by's.
// It returns nil if none was given it.
func (d *Desk) openNewest(ctx context.Context, by Actor, id CaseID, newest ledger.Holder) (*vault.Holder, error) {
	for _, c := range by.circles {
		through := c.body
		if newest.Use == ledger.UseCaseVault {
			through = c.vault
		}
		if c.office || through == nil {
			continue
		}
		for _, h := range through.all() {
			wraps, err := d.db.WrapsIn(ctx, h.ID(), id)
			if err != nil {
				return nil, err
			}
			for _, w := range wraps {
				if w.Key != newest.ID || !d.granted(w.Key, h.ID()) {
					continue
				}
				opened, err := h.UnwrapHolder(w)
				if err != nil {
					return nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
				}
				return opened, nil
			}
		}
	}
	return nil, nil
}
