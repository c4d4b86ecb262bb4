package habeas

import (
	"context"
	"time"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
)

// An erasing is an [ledger.Erase] as it stands in the log.
type erasing struct {
	number int64
	entry  ledger.ID
	stream ledger.ID
	notice ledger.Erase
	day    time.Time
	under  map[ledger.ID]bool // the sealing keys it destroys
}

// explained returns nil for an entry without its payload whose case holds a
// notice, signed by a member after it, that destroys the key it was sealed under;
// and the fault of damage for any other.
func (d *Desk) explained(ctx context.Context, n store.Numbered) error {
	bad := fault.New(fault.Damaged, "store.pruned_unexplained", fault.Count(n.Number))
	if n.PrunedBy <= n.Number {
		return bad
	}
	d.mu.Lock()
	e := d.erasings[n.PrunedBy]
	d.mu.Unlock()
	if e == nil {
		row, err := d.db.At(ctx, n.PrunedBy)
		if fault.KindOf(err) == fault.NotFound {
			return bad
		}
		if err != nil {
			return err
		}
		if e, err = d.erasing(ctx, row); err != nil {
			return bad
		}
	}
	if e.stream != n.Record.Stream || !e.under[n.Record.Key] {
		return bad
	}
	return nil
}

// erasing reads an Erase and checks who signed it, and keeps it.
func (d *Desk) erasing(ctx context.Context, n store.Numbered) (*erasing, error) {
	o, err := ledger.OpenClear(n.Record)
	if err != nil {
		return nil, err
	}
	entry, err := d.verify(o)
	if err != nil {
		return nil, err
	}
	notice, err := ledger.ReadErase(entry)
	if err != nil {
		return nil, err
	}
	generations, err := d.holdersOfCase(ctx, entry.Stream)
	if err != nil {
		return nil, err
	}
	e := &erasing{number: n.Number, entry: entry.ID, stream: entry.Stream, notice: notice, day: entry.Time, under: map[ledger.ID]bool{}}
	for _, id := range notice.SealedUnder(generations) {
		e.under[id] = true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.erasings == nil {
		d.erasings = map[int64]*erasing{}
	}
	d.erasings[n.Number] = e
	return e, nil
}

// holdersOfCase returns the holders that were ever a side of a case.
func (d *Desk) holdersOfCase(ctx context.Context, id CaseID) (ids []ledger.ID, err error) {
	if err := d.readCase(ctx, id); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, use := range []ledger.Use{ledger.UseCaseBody, ledger.UseCaseVault} {
		for _, h := range d.dir.Generations(id, use) {
			ids = append(ids, h.ID)
		}
	}
	return ids, nil
}
