package habeas

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/crowd"
	"habeas/dossier"
	"habeas/fault"
	"habeas/internal/view"
	"habeas/ledger"
)

// Few is a person of whom a dossier says what too few people share, though it
// names nobody.
type Few struct {
	Person claim.Ref
	crowd.Risk
	Less []dossier.Less // for each offer, what to make the dossier with
}

// Again is a person whom one of two dossiers names and the other does not, of whom
// both say what shows that they are the same; the other dossier is out.
type Again struct {
	After   bool // the one that is out does not name them: it would from now on
	Person  claim.Ref
	Case    CaseID
	Dossier claim.Ref
	To      string // who has the other
	At      time.Time
	Shared  []crowd.Fact // a date, a place or a unit
	Order   bool         // the same happened to them in the same order
}

// A digest is what is needed of a case by the others of its circle. It is made
// anew when the case or the office's lists have changed.
type caseDigest struct {
	last, office int64
	known        dossier.Told
	out          claim.State // its acts and erasures alone; where a dossier is out, its letters too
	since        *since      // only where a dossier is out
	persons      map[claim.Ref]claim.Person
}

// digests returns the cases of a circle, by stream.
func (d *Desk) digests(ctx context.Context, by Actor, c circleKeys) (map[CaseID]*caseDigest, error) {
	cv, err := d.view(ctx, c)
	if err != nil {
		return nil, err
	}
	shared, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	var office int64
	for _, e := range shared {
		office = max(office, e.Number)
	}
	cv.mu.Lock()
	defer cv.mu.Unlock()
	rows, err := cv.view.Cases(ctx)
	if err != nil {
		return nil, err
	}
	all := map[CaseID]*caseDigest{}
	for _, row := range rows {
		dg := cv.digests[row.Stream]
		if dg == nil || dg.last != row.Last || dg.office != office {
			if dg, err = d.digest(ctx, cv.view, row.Stream, shared); err != nil {
				return nil, err
			}
			dg.last, dg.office = row.Last, office
		}
		all[row.Stream] = dg
	}
	cv.digests = all
	return all, nil
}

func (d *Desk) digest(ctx context.Context, v *view.View, id CaseID, office []ledger.Entry) (*caseDigest, error) {
	entries, err := v.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	entries = append(entries, office...)
	d.heed(entries)
	state := claim.Fold(entries)
	dg := &caseDigest{known: dossier.Known(state), out: claim.State{Acts: state.Acts, Erasures: state.Erasures}, persons: state.Persons}
	if slices.ContainsFunc(dg.out.Acts, func(a claim.Done) bool { return a.What == claim.Released }) {
		dg.since = sinceOf(state, entries, d.now())
		dg.out.Appeals, dg.out.Units = state.Appeals, state.Units // of which letters were
	}
	return dg, nil
}

// weigh says in a preview of whom the dossier says too much, though it names
// nobody.
func (d *Desk) weigh(ctx context.Context, by Actor, r *rendered, p *Preview) error {
	facts, counts := map[claim.Ref][]crowd.Fact{}, map[claim.Ref]int{}
	for _, c := range by.circles {
		if c.office {
			continue
		}
		all, err := d.digests(ctx, by, c)
		if err != nil {
			return err
		}
		for _, dg := range all {
			for ref, p := range dg.persons {
				counts[ref] = max(p.Count, 1)
				facts[ref] = append(facts[ref], dg.known.Facts[ref]...)
			}
		}
	}
	var known []crowd.Record
	for ref, n := range counts {
		known = append(known, crowd.Record{Facts: facts[ref], Count: n})
	}
	for _, ref := range slices.Sorted(maps.Keys(r.Said.Facts)) {
		if r.passing[string(ref)] || counts[ref] >= crowd.Least {
			continue
		}
		for _, risk := range crowd.Weigh(r.Said.Facts[ref], known, d.cfg.Population, crowd.Least) {
			f := Few{Person: ref, Risk: risk}
			for _, o := range risk.Offers {
				f.Less = append(f.Less, r.Less.With(o.Fact, o.Step))
			}
			p.Few = append(p.Few, f)
		}
	}
	return nil
}

// sayAgain says in a preview whom the dossier names by what it shares with one
// that is out and has their name, and whom one that is out would name by what it
// shares with this one.
func (d *Desk) sayAgain(ctx context.Context, by Actor, r *rendered, p *Preview) error {
	out, err := d.out(ctx, by)
	if err != nil {
		return err
	}
	for _, o := range out {
		if o.row.Dossier == r.Dossier {
			continue
		}
		for _, ref := range o.made.Named {
			if a, same := o.again(r, ref); same && !r.passing[string(ref)] {
				p.Again = append(p.Again, a)
			}
		}
		for _, ref := range r.Named {
			a, same := o.again(r, ref)
			if !same || slices.Contains(o.made.Named, ref) {
				continue
			}
			may, err := d.mayBeNamedIn(ctx, by, o, ref)
			if err != nil {
				return err
			}
			if a.After = true; !may {
				p.Again = append(p.Again, a)
			}
		}
	}
	slices.SortStableFunc(p.Again, func(a, b Again) int {
		switch {
		case a.After == b.After:
			return 0
		case b.After:
			return -1
		}
		return 1
	})
	return nil
}

// An outDossier is a dossier that was released, and what it was made of.
type outDossier struct {
	row  DossierRow
	made rendered
	of   *caseDigest
}

// again returns what shows that a person is the same in r and in o, if anything
// does.
func (o outDossier) again(r *rendered, ref claim.Ref) (Again, bool) {
	a := Again{
		Person: ref, Case: o.row.Case, Dossier: o.row.Dossier, To: o.row.To, At: o.row.Released.At,
		Shared: crowd.Shared(r.Said.Facts[ref], o.made.Said.Facts[ref]),
		Order:  crowd.SameOrder(r.Said.Events[ref], o.made.Said.Events[ref]),
	}
	return a, len(a.Shared) > 0 || a.Order
}

// mayBeNamedIn reports whether who has a dossier that is out may learn the name of
// a person in it: whether it could be made for them with the name today.
func (d *Desk) mayBeNamedIn(ctx context.Context, by Actor, o outDossier, ref claim.Ref) (bool, error) {
	k, err := d.caseKeys(ctx, by, o.row.Case)
	if err != nil {
		return false, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return false, err
	}
	return slices.Contains(d.outward(state, o.made).Named(), ref), nil
}

// out returns the dossiers that were released from any case that by may open, in
// the order they left.
func (d *Desk) out(ctx context.Context, by Actor) ([]outDossier, error) {
	var out []outDossier
	had := map[claim.Ref]bool{}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, c := range by.circles {
		if c.office {
			continue
		}
		all, err := d.digests(ctx, by, c)
		if err != nil {
			return nil, err
		}
		for id, dg := range all {
			if dg.since == nil {
				continue
			}
			made, err := d.renderedOf(ctx, caseKeys{id: id, circle: c})
			if err != nil {
				return nil, err
			}
			for _, row := range d.dossierRows(id, &dg.out, names) {
				i := slices.IndexFunc(made, func(r rendered) bool { return r.Dossier == row.Dossier })
				if row.Released == nil || had[row.Dossier] {
					continue
				}
				had[row.Dossier] = true
				o := outDossier{row: row, of: dg}
				if i >= 0 { // it was erased with a statement otherwise
					o.made = made[i]
				}
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, func(a, b outDossier) int {
		if c := a.row.Released.At.Compare(b.row.Released.At); c != 0 {
			return c
		}
		return strings.Compare(string(a.row.Dossier), string(b.row.Dossier))
	})
	return out, nil
}

// mayLeave fails if a dossier names somebody by what else is out, or what is out
// would name somebody by it.
func (p *Preview) mayLeave() error {
	switch {
	case len(p.Again) == 0:
		return nil
	case p.Again[0].After: // the others come first
		return fault.New(fault.Withheld, "dossier.again_after", fault.Count(len(p.Again)))
	}
	return fault.New(fault.Withheld, "dossier.again", fault.Count(len(p.Again)))
}
