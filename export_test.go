package habeas

import (
	"context"
	"io"

	"habeas/claim"
	"habeas/custody"
	"habeas/foreign"
	"habeas/ledger"
)

// EraseUpTo is Erase without a passphrase that stops after so many steps, as if
// the power had failed. It reports whether there were more.
func (d *Desk) EraseUpTo(ctx context.Context, by Actor, id CaseID, steps int, statements ...claim.Ref) (bool, error) {
	_, es, err := d.intend(ctx, by, id, ledger.Withdrawn, statements)
	if err != nil {
		return false, err
	}
	all := d.eraseSteps(by.me.Signer(), es)
	for i, step := range all {
		if i == steps {
			return true, nil
		}
		if err := step(ctx); err != nil {
			return false, err
		}
	}
	return len(all) > steps, nil
}

// NoteAs writes an event of an exhibit as it is, wherever it says that it belongs in
// the chain.
func (d *Desk) NoteAs(ctx context.Context, by Actor, id CaseID, ref claim.Ref, e custody.Event) error {
	k, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return err
	}
	key, err := d.sourceKey(ctx, k.vault, f.telling.VaultKey)
	if err != nil {
		return err
	}
	_, err = d.write(ctx, by, k.circle, id, draft{custody.KindEvent, e, key})
	return err
}

// ParseErased is for fuzzing.
func ParseErased(b []byte) int { return len(parseErased(b)) }

// TextsIn returns the words of an event that whoever gets it reads and somebody may
// have written.
func TextsIn(e custody.Event) []HandedText { return textsIn("x:one", CustodyEvent{Event: e}) }

// ProofsOf checks the proofs of a file of size bytes.
func (d *Desk) ProofsOf(ctx context.Context, size int64, open func() (io.ReadCloser, error)) error {
	_, err := d.proofsOf(ctx, size, foreign.Piece{Open: open}, nil)
	return err
}

// ViewKeys returns the IDs of the keys of the views of a circle, or of all if that is
// zero, on each node and in files.
func (d *Desk) ViewKeys(circle ledger.ID) (ids []ledger.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range d.dir.Find(func(h ledger.Holder) bool {
		return h.Use == ledger.UseCircleBody && (circle.IsZero() || h.Of == circle)
	}) {
		ids = append(ids, viewKeyOf(h.ID, ledger.ID{}))
		for _, node := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseNode }) {
			ids = append(ids, viewKeyOf(h.ID, node.ID))
		}
	}
	return ids
}

// Unfinished reports whether an erasure was announced of which d does not know that it is
// done.
func (d *Desk) Unfinished() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.unfinished
}

// AddSources is AddSource for many of the same, each in an entry of its own.
func (d *Desk) AddSources(ctx context.Context, by Actor, id CaseID, s claim.Source, many int) error {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	drafts := make([]draft, many)
	for i := range drafts {
		s.Ref = claim.NewRef(claim.RefSource)
		drafts[i] = draft{claim.KindSource, s, k.body.Key()}
	}
	_, err = d.write(ctx, by, k.circle, id, drafts...)
	return err
}
