package view

import (
	"context"
	"database/sql"
	"fmt"
	"io"
)

// dumped are the tables of a view in an order that does not depend on the order
// of folding, without numbers that do.
var dumped = []struct{ name, query string }{
	{"entry", `select hex(stream), hex(id), hex(key), kind, hex(author), time, hex(after), hex(body) from entry order by stream, id`},
	{"head", `select hex(stream), hex(id) from head order by stream, id`},
	{"case", `select hex(stream), title, about, affected, cover, persons, statements, claims, contested, unread, waiting, opened, review, until, time from caserow order by stream`},
	{"person", `select hex(stream), ref, cover, body from person order by stream, ref`},
	{"thing", `select hex(stream), ref, label, body from thing order by stream, ref`},
	{"placed", `select place, hex(stream), accounts, origins, people, first, latest, time from placed order by place, stream`},
	{"placesum", `select place, accounts, origins, persons from placesum where accounts > 0 order by place`},
	{"unread", `select hex(stream), at, body from unread order by stream, at`},
	{"forms", `select hex(stream), person, hex(circle), hex(detail), hex(hashes) from forms order by stream, person, detail, circle, entry`},
	{"doc", `select hex(stream), kind, at, ref, text from doc order by stream, kind, at`},
	{"term", `select term, doc, cnt from searchterm order by term`},
}

// Dump writes all a view holds, one row a line, such that two views of the same
// entries dump the same bytes however they were folded.
func (v *View) Dump(ctx context.Context, w io.Writer) error {
	if err := v.Settle(ctx); err != nil {
		return err
	}
	for _, table := range dumped {
		if err := v.dumpTable(ctx, w, table.name, table.query); err != nil {
			return err
		}
	}
	return nil
}

func (v *View) dumpTable(ctx context.Context, w io.Writer, name, query string) error {
	rows, err := v.read.QueryContext(ctx, query)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]sql.NullString, len(columns))
	dest := make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return explain(err)
		}
		if _, err := io.WriteString(w, name); err != nil {
			return err
		}
		for _, value := range values {
			if _, err := fmt.Fprintf(w, " %q", value.String); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}
