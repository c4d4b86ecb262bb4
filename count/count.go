// Package count holds back the numbers of a table that are of few people.
//
// A table that leaves has sums, and whoever has the sums and all numbers but one has
// that one too. So more is held back than what is small: so much that, of every number
// that had to be, at least [Width]+1 values fit with all that is shown. It knows
// nothing of what is counted.
//
// What is not promised: that a number lies anywhere in particular among those that
// fit, or that nobody who knows how the others were chosen can tell some of those from
// the rest.
package count

import (
	"errors"
	"slices"
)

// Least is of how many people a number must be to be shown.
const Least = 5

// Width is how far apart the least and the largest number are at least that may stand
// where one had to be held back.
const Width = Least - 1

// A Table is numbers in rows and columns. Every row is part of another, but for the
// first, which is the sum of all; a row that others are part of is their sum.
type Table struct {
	Rows []Row
}

// A Row is one row of a table.
type Row struct {
	Of    int   // the place of the row it is part of, before it; of the first row it is 0
	Cells []int // one for each column, none below 0
}

// Total returns the sum of a row.
func (r Row) Total() (n int) {
	for _, c := range r.Cells {
		n += c
	}
	return n
}

// A Mask says of each row which numbers are held back: of each column and, after
// these, of the row's total.
type Mask [][]bool

// ErrSums says that the rows of a table are not the sums of their parts, or that it
// is none; ErrFew that no table can be shown: something has to be held back of the
// first row, whose numbers all others are compared with.
var (
	ErrSums = errors.New("count: the rows are not the sums of their parts")
	ErrFew  = errors.New("count: the sum of all has to be held back")
)

// Hide returns what is held back of t, given what has to be. Nothing is held back of
// the first row, nor of a column that is empty: nobody is in it, as its sum says.
//
// With the first row as it is, tables of the same letters by other things say no more
// together than each by itself, as long as they have the same columns: for any numbers
// that fit each of them there are letters that fit all.
func Hide(t Table, must Mask) (Mask, error) {
	if err := t.check(must); err != nil {
		return nil, err
	}
	if slices.Contains(must[0], true) {
		return nil, ErrFew
	}
	n := newNet(t)
	for i, e := range n.edges {
		n.edges[i].hidden = must[e.row][e.col]
	}
	for i, e := range n.edges {
		if e.fixed || !must[e.row][e.col] || n.spread(i, false) == Width {
			continue
		}
		if n.spread(i, true) < Width {
			return nil, ErrFew
		}
	}
	return n.mask(t), nil
}

// Spread returns how far a number that is held back can be from what it is, up and
// down together and no more than [Width], given all that mask shows of t: 0 if it can
// be computed from the rest.
func Spread(t Table, mask Mask, row, col int) int {
	n := newNet(t)
	at := -1
	for i, e := range n.edges {
		n.edges[i].hidden = mask[e.row][e.col]
		if e.row == row && e.col == col {
			at = i
		}
	}
	if at < 0 || !n.edges[at].hidden {
		return 0
	}
	return n.spread(at, false)
}

func (t Table) check(must Mask) error {
	if len(t.Rows) == 0 || len(must) != len(t.Rows) {
		return ErrSums
	}
	columns := len(t.Rows[0].Cells)
	sums, parts := make([][]int, len(t.Rows)), make([]bool, len(t.Rows))
	for i := range sums {
		sums[i] = make([]int, columns)
	}
	for i, r := range t.Rows {
		if len(r.Cells) != columns || len(must[i]) != columns+1 || i > 0 && (r.Of < 0 || r.Of >= i) || slices.ContainsFunc(r.Cells, func(c int) bool { return c < 0 }) {
			return ErrSums
		}
		if i == 0 {
			continue
		}
		parts[r.Of] = true
		for c, v := range r.Cells {
			sums[r.Of][c] += v
		}
	}
	for i, r := range t.Rows {
		if parts[i] && !slices.Equal(sums[i], r.Cells) {
			return ErrSums
		}
	}
	return nil
}
