package store

import (
	"context"
	"iter"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

var (
	selectIn      = q(`select key, stream, holder, box from wrap where holder = $1 and stream = $2 order by key`)
	selectStreams = q(`select distinct stream from wrap where holder = $1 order by stream`)
	selectNotices = q(`select ` + columns + ` from entry where stream = $1 and mode = $2 order by number`)
)

// WrapsIn returns what is wrapped to a holder of the keys of one stream, by key.
func (db *DB) WrapsIn(ctx context.Context, holder, stream ledger.ID) ([]vault.Wrap, error) {
	return db.wraps(ctx, selectIn, holder, stream)
}

// Streams returns the streams that some key wrapped to a holder is of.
func (db *DB) Streams(ctx context.Context, holder ledger.ID) (streams []ledger.ID, err error) {
	rows, err := db.keys.QueryContext(ctx, selectStreams, holder[:])
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, explain(err)
		}
		if len(b) != len(ledger.ID{}) {
			return nil, fault.New(fault.Damaged, "store.bad_key_row")
		}
		streams = append(streams, ledger.ID(b))
	}
	return streams, explain(rows.Err())
}

// Notices returns the entries in clear of a stream, in order.
func (db *DB) Notices(ctx context.Context, stream ledger.ID) iter.Seq2[Numbered, error] {
	return db.each(ctx, selectNotices, stream[:], ledger.ModeClear)
}
