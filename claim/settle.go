package claim

import (
	"slices"

	"habeas/ledger"
)

// settle decides what became of each claim. The rules, for acts that had seen
// each other and for those that crossed:
//
//   - An undo cancels one correction, withdrawal or undo, and is itself
//     cancelled by an undo of it.
//   - A claim is replaced while a correction of it, or a correction of that
//     one, is not undone.
//   - A withdrawn claim stays withdrawn whatever else was decided meanwhile: a
//     correction that crossed with the withdrawal is withdrawn too, and where
//     an undo of the withdrawal crossed with its restoration, it is restored.
//   - A correction made by someone who had seen the withdrawal counts.
//   - Of two corrections, the later replaces the earlier; if they crossed, both
//     count and are a [Conflict].
func (f *folding) settle() {
	f.cancel()
	corrections := map[ledger.ID][]*node{}
	for _, n := range f.claims {
		c := n.body.(*Claim)
		if c.Replaces.IsZero() {
			continue
		}
		t := f.claimBefore(c.Replaces, n)
		if t == nil {
			f.noTarget(n, c.Replaces)
			continue
		}
		corrections[t.ID] = append(corrections[t.ID], n)
	}
	for i := len(f.claims) - 1; i >= 0; i-- {
		f.replace(f.claims[i], corrections)
	}
	for _, n := range f.acts {
		w, ok := n.body.(*Withdraw)
		if !ok {
			continue
		}
		t := f.claimBefore(w.Claim, n)
		if t == nil {
			f.noTarget(n, w.Claim)
			continue
		}
		if _, undone := f.undoneBy[n.ID]; !undone {
			f.withdraw(t, n, w.Reason, corrections)
		}
	}
	f.crossing(corrections)
}

// noTarget notes that n is about an entry that is not there, unless it was erased.
func (f *folding) noTarget(n *node, target ledger.ID) {
	if !f.lost(target) {
		f.problem(n, "claim.no_target")
	}
}

// claimBefore returns the claim that the later entry n acts on, or nil.
func (f *folding) claimBefore(id ledger.ID, n *node) *node {
	t, ok := f.byID[id]
	if !ok || id.IsZero() || t.at >= n.at {
		return nil
	}
	if t = f.present(t); t.at >= n.at && n.Kind == KindClaim {
		return nil // corrections go back in order, or one could correct itself
	}
	if _, ok := t.body.(*Claim); !ok {
		return nil
	}
	return t
}

// undoes returns what the undo n would cancel, or nil if that can't be undone.
func (f *folding) undoes(n *node) *node {
	u, ok := n.body.(*Undo)
	if !ok {
		return nil
	}
	t, ok := f.byID[u.Entry]
	if !ok || t.at >= n.at {
		return nil
	}
	switch b := t.body.(type) {
	case *Claim:
		if !b.Replaces.IsZero() {
			return t
		}
	case *Withdraw, *Undo:
		return t
	}
	return nil
}

// cancel finds which acts are undone. An undo comes after what it undoes, so
// going backwards each is decided before what it is about.
func (f *folding) cancel() {
	f.undoneBy = map[ledger.ID]ledger.ID{}
	for i := len(f.acts) - 1; i >= 0; i-- {
		n := f.acts[i]
		if _, ok := n.body.(*Undo); !ok {
			continue
		}
		t := f.undoes(n)
		if t == nil {
			f.noTarget(n, n.body.(*Undo).Entry)
			continue
		}
		if _, undone := f.undoneBy[n.ID]; undone {
			continue
		}
		f.undoneBy[t.ID] = n.ID
	}
	for _, w := range f.acts {
		if _, ok := w.body.(*Withdraw); ok && f.restored(w) {
			delete(f.undoneBy, w.ID)
		}
	}
}

// restored reports whether each undo of the withdrawal w that stands crossed
// with somebody's undo of another undo of it.
func (f *folding) restored(w *node) bool {
	var undos, restorations []*node
	for _, n := range f.acts {
		if u, ok := n.body.(*Undo); !ok || u.Entry != w.ID || n.at < w.at {
			continue
		}
		if by, undone := f.undoneBy[n.ID]; undone {
			restorations = append(restorations, f.byID[by])
		} else {
			undos = append(undos, n)
		}
	}
	for _, n := range undos {
		crossed := slices.ContainsFunc(restorations, func(r *node) bool {
			return !knows(f.nodes, n, r) && !knows(f.nodes, r, n)
		})
		if !crossed {
			return false
		}
	}
	return len(undos) > 0
}

// replace sets the status of the claim n by its corrections, which have theirs.
func (f *folding) replace(n *node, corrections map[ledger.ID][]*node) {
	r := f.State.byID[n.ID]
	if by, undone := f.undoneBy[n.ID]; undone && r.Status != Stray {
		r.Status, r.By = Undone, by
		if u, ok := f.byID[by].body.(*Undo); ok {
			r.Why = u.Reason
		}
	}
	for _, c := range corrections[n.ID] {
		rc := f.State.byID[c.ID]
		by, why := c.ID, rc.Reason
		if rc.Status == Undone || rc.Status == Stray {
			continue
		}
		if r.Status == Live || r.Status == Undone {
			r.Status, r.By, r.Why = Replaced, by, why
		}
	}
	// of corrections one of which had seen the other, the later counts
	siblings := corrections[n.ID]
	for i, a := range siblings {
		ra := f.State.byID[a.ID]
		for _, b := range siblings[i+1:] {
			if rb := f.State.byID[b.ID]; ra.Status == Live && rb.Status != Undone && knows(f.nodes, b, a) {
				ra.Status, ra.By, ra.Why = Replaced, b.ID, rb.Reason
			}
		}
	}
}

// withdraw takes back the claim t, and those corrections of it that crossed
// with the withdrawal w.
func (f *folding) withdraw(t, w *node, why string, corrections map[ledger.ID][]*node) {
	r := f.State.byID[t.ID]
	if r.Status == Live || r.Status == Replaced && !knows(f.nodes, w, f.byID[r.By]) && !knows(f.nodes, f.byID[r.By], w) {
		r.Status, r.By, r.Why = Withdrawn, w.ID, why
	}
	for _, c := range corrections[t.ID] {
		if !knows(f.nodes, c, w) && !knows(f.nodes, w, c) {
			f.withdraw(c, w, why, corrections)
		}
	}
}

// crossing lists corrections of one claim that both count.
func (f *folding) crossing(corrections map[ledger.ID][]*node) {
	for _, n := range f.claims {
		var live []*node
		for _, c := range corrections[n.ID] {
			if f.State.byID[c.ID].Status == Live {
				live = append(live, c)
			}
		}
		if len(live) > 1 {
			f.conflict(KindClaim, f.State.byID[n.ID].Subject, n.ID, live)
		}
	}
}
