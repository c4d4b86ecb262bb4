package crowd

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"habeas/fault"
)

// A Table is the strength of a population that an office knows: how many people
// share some facts.
type Table struct {
	Kinds []Kind // what it tells of everybody in it
	Rows  []Record
}

// covers reports whether t tells of all that facts speak of; a nil table tells of
// nothing.
func (t *Table) covers(facts []Fact) bool {
	return t != nil && !slices.ContainsFunc(facts, func(f Fact) bool { return !slices.Contains(t.Kinds, f.Kind) })
}

// mostRows is how many rows a table may have.
const mostRows = 100_000

// ReadTable reads a table of a population as CSV in UTF-8: a first row with the
// names of the columns, "count" and any of "rank", "unit", "role", "place",
// "date" and "family", in any order; then rows. A cell may give coarser values
// after the exact one, with a > between them: "2022-11 > 2022". An empty cell is
// true of nothing. What is wrong is said with the number of the row, from 1.
func ReadTable(r io.Reader) (*Table, error) {
	rows := csv.NewReader(r)
	rows.TrimLeadingSpace = true
	head, err := rows.Read()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "crowd.bad_table", fault.Count(1))
	}
	t := &Table{}
	count := -1
	for i, h := range head {
		kind := Kind(strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\uFEFF"))))
		head[i] = string(kind)
		switch {
		case kind == "count" && count < 0:
			count = i
		case slices.Contains([]Kind{Rank, Unit, Role, Place, Date, Family}, kind) && !slices.Contains(t.Kinds, kind):
			t.Kinds = append(t.Kinds, kind)
		default:
			return nil, fault.New(fault.Invalid, "crowd.bad_table", fault.Count(1))
		}
	}
	if count < 0 || len(t.Kinds) == 0 {
		return nil, fault.New(fault.Invalid, "crowd.bad_table", fault.Count(1))
	}
	for n := 2; ; n++ {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil || n > mostRows {
			return nil, fault.Wrap(err, fault.Invalid, "crowd.bad_table", fault.Count(n))
		}
		row, ok := tableRow(head, cells, count)
		if !ok {
			return nil, fault.New(fault.Invalid, "crowd.bad_table", fault.Count(n))
		}
		t.Rows = append(t.Rows, row)
	}
}

func tableRow(head, cells []string, count int) (Record, bool) {
	people, err := strconv.Atoi(strings.TrimSpace(cells[count]))
	if err != nil || people < 1 || people > 1_000_000_000 {
		return Record{}, false
	}
	r := Record{Count: people}
	for i, cell := range cells {
		if i == count || strings.TrimSpace(cell) == "" {
			continue
		}
		f := Fact{Kind: Kind(head[i])}
		for step := range strings.SplitSeq(cell, ">") {
			if step = strings.TrimSpace(step); step == "" {
				return Record{}, false
			}
			f.Steps = append(f.Steps, step)
		}
		r.Facts = append(r.Facts, f)
	}
	return r, true
}
