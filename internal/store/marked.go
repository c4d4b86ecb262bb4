package store

import (
	"context"

	"habeas/fault"
	"habeas/ledger"
)

const selectMarked = `select key from inbox where mark = $1 order by id`

// Marked returns the keys of the letters that became the statements with these marks.
func (db *DB) Marked(ctx context.Context, marks ...[]byte) (keys []ledger.ID, err error) {
	one := Table{"inbox", []string{"key"}, false, "id"}
	for _, m := range marks {
		for row, err := range query(ctx, db.read, one, selectMarked, m) {
			if err != nil {
				return nil, err
			}
			b, ok := row.Values[0].([]byte)
			if !ok || len(b) != len(ledger.ID{}) {
				return nil, fault.New(fault.Damaged, "store.bad_key_row")
			}
			keys = append(keys, ledger.ID(b))
		}
	}
	return keys, nil
}
