package crowd

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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

// A column is what one column of a table tells.
type column struct {
	name string
	kind Kind
}

// columns stand in the order in which the cells of a row go together as steps of
// one fact.
var columns = []column{
	{"rank", Rank},
	{"unit", Unit}, {"branch", Unit},
	{"role", Role},
	{"place", Place}, {"district", Place}, {"region", Place}, {"country", Place},
	{"date", Date},
	{"family", Family},
	{"age", Age},
}

// ReadTable reads a table of a population as CSV in UTF-8: a first row with the
// names of the columns, "count" and any of "rank", "unit", "branch", "role",
// "place", "district", "region", "country", "date", "family" and "age", in any
// order; then rows. A unit and its branch are one fact, and so are a place and
// what it lies in. A cell may give coarser values after the exact one, with a >
// between them: "2022-11 > 2022". An age is in whole years, or ten years such as
// "30-39". An empty cell is true of nothing. What is wrong is said with the number
// of the row, from 1.
func ReadTable(r io.Reader) (*Table, error) {
	rows := csv.NewReader(r)
	rows.TrimLeadingSpace = true
	head, err := rows.Read()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "crowd.bad_table", fault.Count(1))
	}
	t := &Table{}
	at, ok := t.head(head)
	if !ok {
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
		row, ok := tableRow(at, cells)
		if !ok {
			return nil, fault.New(fault.Invalid, "crowd.bad_table", fault.Count(n))
		}
		t.Rows = append(t.Rows, row)
	}
}

// head reads the names of the columns, and returns where each stands.
func (t *Table) head(names []string) (at map[string]int, ok bool) {
	at = map[string]int{}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\uFEFF")))
		if _, twice := at[name]; twice {
			return nil, false
		}
		at[name] = i
	}
	for _, c := range columns {
		if _, has := at[c.name]; has && !slices.Contains(t.Kinds, c.kind) {
			t.Kinds = append(t.Kinds, c.kind)
		}
	}
	for name := range at {
		if name != "count" && !slices.ContainsFunc(columns, func(c column) bool { return c.name == name }) {
			return nil, false
		}
	}
	_, counts := at["count"]
	return at, counts && len(t.Kinds) > 0
}

func tableRow(at map[string]int, cells []string) (Record, bool) {
	people, err := strconv.Atoi(strings.TrimSpace(cells[at["count"]]))
	if err != nil || people < 1 || people > 1_000_000_000 {
		return Record{}, false
	}
	r := Record{Count: people}
	for _, c := range columns {
		i, has := at[c.name]
		if !has || strings.TrimSpace(cells[i]) == "" {
			continue
		}
		steps, ok := cellSteps(c.kind, cells[i])
		if !ok {
			return Record{}, false
		}
		if n := len(r.Facts); n > 0 && r.Facts[n-1].Kind == c.kind {
			r.Facts[n-1].Steps = append(r.Facts[n-1].Steps, steps...)
		} else {
			r.Facts = append(r.Facts, Fact{c.kind, steps})
		}
	}
	return r, true
}

func cellSteps(kind Kind, cell string) (steps []string, ok bool) {
	if !utf8.ValidString(cell) {
		return nil, false
	}
	for step := range strings.SplitSeq(cell, ">") {
		if step = strings.TrimSpace(step); step == "" || step == Unsaid {
			return nil, false
		}
		steps = append(steps, step)
	}
	if kind == Age {
		return ageCell(steps)
	}
	return steps, true
}

// ageCell reads an age, and gives the ten years that it lies in where the cell
// does not.
func ageCell(steps []string) ([]string, bool) {
	const oldest = 120
	from, _, _ := strings.Cut(steps[0], "-")
	years, err := strconv.Atoi(from)
	if err != nil || years < 0 || years > oldest {
		return nil, false
	}
	all := AgeSteps(years)
	for skip := range all { // from the exact age, or from the ten years
		if all[skip] == steps[0] && len(steps) <= len(all)-skip && slices.Equal(steps, all[skip:skip+len(steps)]) {
			return all[skip:], true
		}
	}
	return nil, false
}
