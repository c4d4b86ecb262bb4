package view

import (
	"context"
	"database/sql"

	"habeas/claim"
	"habeas/ledger"
)

// Everyone returns the persons of all cases of the circle.
func (v *View) Everyone(ctx context.Context) ([]PersonRow, error) {
	return bodies(ctx, v, `select stream, body from person order by stream, ref`, nil, personRow)
}

// Placed returns the cases in which some claim speaks of a place, or of any place
// if it is empty.
func (v *View) Placed(ctx context.Context, place claim.Ref) ([]ledger.ID, error) {
	const query = `select distinct stream from placed where place = ?1 or ?1 = '' order by stream`
	return settled(ctx, v, query, []any{string(place)}, func(rows *sql.Rows) (id ledger.ID, err error) {
		var b sql.RawBytes
		err = rows.Scan(&b)
		copy(id[:], b)
		return id, err
	})
}
