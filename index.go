package habeas

import (
	"context"
	"errors"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/internal/view"
	"habeas/ledger"
)

// A circleIndex is the gate's index of everybody a circle protects, and how far
// in the view it has come. It grows with the view; only a change to what it
// holds already makes it anew.
type circleIndex struct {
	circle ledger.ID
	gate   *gate.Index
	size   int64 // of the log, as the view's mark has it
	public map[claim.Ref]bool
	told   map[ledger.ID]bool // details whose names are in gate as it writes them today; false if only another circle's gate knows them
}

// complete reports whether the index has every name there is: in a case that is
// shared, somebody of another circle may have written one down for theirs only,
// and an older version may have written it in a way that is no longer read.
func (ix *circleIndex) complete() bool {
	for _, told := range ix.told {
		if !told {
			return false
		}
	}
	return true
}

// errChanged says that an index holds something that is no longer so.
var errChanged = errors.New("habeas: the index must be made anew")

// gateIndex returns the gate's index of everybody the circle protects, as the
// ledger has it now.
func (d *Desk) gateIndex(ctx context.Context, c circleKeys) (*gate.Index, error) {
	ix, err := d.circleIndex(ctx, c)
	if err != nil {
		return nil, err
	}
	return ix.gate, nil
}

// exitIndex is gateIndex for what is to leave, and fails while a name is missing
// in it.
func (d *Desk) exitIndex(ctx context.Context, c circleKeys) (*gate.Index, error) {
	ix, err := d.circleIndex(ctx, c)
	if err != nil {
		return nil, err
	}
	if !ix.complete() {
		return nil, fault.New(fault.Withheld, "gate.names_pending")
	}
	return ix.gate, nil
}

func (d *Desk) circleIndex(ctx context.Context, c circleKeys) (*circleIndex, error) {
	cv, err := d.view(ctx, c)
	if err != nil {
		return nil, err
	}
	cv.mu.Lock()
	defer cv.mu.Unlock()
	mark, err := cv.view.Mark(ctx)
	if err != nil {
		return nil, err
	}
	if cv.index != nil && cv.index.size != mark.Size {
		if err := cv.index.grow(ctx, cv.view); errors.Is(err, errChanged) {
			cv.index = nil
		} else if err != nil {
			return nil, err
		}
	}
	if cv.index == nil {
		if cv.index, err = newIndex(ctx, c.id, cv); err != nil {
			return nil, err
		}
	}
	cv.index.size = mark.Size
	return cv.index, nil
}

// newIndex makes the index of a view from all it holds.
func newIndex(ctx context.Context, circle ledger.ID, cv *circleView) (*circleIndex, error) {
	ix := &circleIndex{circle: circle, gate: gate.NewIndex(cv.gateKey), public: map[claim.Ref]bool{}, told: map[ledger.ID]bool{}}
	persons, err := cv.view.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range persons { // protected, if any case says so
		was, known := ix.public[p.Ref]
		ix.public[p.Ref] = isPublic(p.Person) && (was || !known)
	}
	for f, err := range cv.view.Forms(ctx) {
		if err != nil {
			return nil, err
		}
		if err := ix.add(f.Forms); err != nil {
			return nil, err
		}
	}
	return ix, nil
}

// grow takes in what the view has taken in since. It fails with errChanged if
// that changes what is in ix.
func (ix *circleIndex) grow(ctx context.Context, v *view.View) error {
	for e, err := range v.Entries(ctx, ix.size-1) {
		if err != nil {
			return err
		}
		switch e.Kind {
		case claim.KindPerson:
			body, _ := claim.Decode(e.Kind, e.Body)
			p, ok := body.(*claim.Person)
			if !ok {
				continue // the fold leaves it out, too
			}
			if was, known := ix.public[p.Ref]; known && was != isPublic(*p) {
				return errChanged
			}
			ix.public[p.Ref] = isPublic(*p)
		case claim.KindForms:
			body, _ := claim.Decode(e.Kind, e.Body)
			f, ok := body.(*claim.Forms)
			if !ok {
				continue
			}
			if err := ix.add(*f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (ix *circleIndex) add(f claim.Forms) error {
	mine := f.Circle == ix.circle
	old, readable := gate.Outdated(f.Hashes)
	ix.told[f.Detail] = ix.told[f.Detail] || mine && !old
	if !mine || !readable {
		return nil
	}
	return ix.gate.Add(string(f.Person), f.Hashes, ix.public[f.Person])
}

// isPublic reports whether the gate may let a person be named: a public figure,
// or an official in office.
func isPublic(p claim.Person) bool {
	return p.Protection == claim.Public || p.Protection == claim.Official
}
