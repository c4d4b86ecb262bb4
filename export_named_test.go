package habeas

import (
	"context"

	"habeas/ledger"
)

// NamedLeft returns the entries that hold a dossier with names and that somebody
// with the vault can still open.
func (d *Desk) NamedLeft(ctx context.Context, by Actor, id CaseID) (left []string) {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return []string{err.Error()}
	}
	keys, err := d.sideKeys(ctx, k.vault.all())
	if err != nil {
		return []string{err.Error()}
	}
	for n, err := range d.db.ByStream(ctx, id, -1) {
		if err != nil {
			return append(left, err.Error())
		}
		key, ok, err := keys.key(n.Record.Key)
		if err != nil || !ok || n.Pruned || n.Record.Mode != ledger.ModeSealed {
			continue
		}
		if o, err := ledger.Open(n.Record, key); err == nil && o.Kind() == kindNamed {
			left = append(left, o.Kind())
		}
	}
	return left
}
