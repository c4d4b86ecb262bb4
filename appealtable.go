package habeas

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"habeas/claim"
	"habeas/count"
	"habeas/dossier"
	"habeas/fault"
)

// What leaves of the table of letters is always of all letters of one circle that were
// sent: two tables of different years or kinds could be subtracted. Its numbers are
// held back where they are of fewer people than [count.Least], and more with them, see
// package count; and where a table that is out has the same number, but for fewer than
// that.

// tableColumns are the ways to sum up what became of letters, the most telling first.
// Each joins columns of the one before it.
var tableColumns = [][][]string{
	{{BecameAnswered}, {BecameLate}, {BecameToken}, {BecameSentOn}, {BecameOverdue}, {BecameWaiting}},
	{{BecameAnswered, BecameLate}, {BecameToken, BecameSentOn}, {BecameOverdue, BecameWaiting}},
	{{BecameAnswered, BecameLate}, {BecameToken, BecameSentOn, BecameOverdue, BecameWaiting}},
	{Becomings()},
}

// outwardTable makes what may leave of the letters of a circle, given what has left;
// day is YYYY-MM-DD. It takes the first columns of which every sum can be shown.
func outwardTable(all []letterCounted, labels map[claim.Ref]string, bodies bool, day string, out []dossier.Counted) (dossier.Counted, error) {
	all = slices.DeleteFunc(slices.Clone(all), func(l letterCounted) bool { return l.sent.IsZero() })
	parts := tableParts(all, labels, bodies)
	why := error(fault.New(fault.Withheld, "count.few"))
	for level := range tableColumns {
		c := dossier.Counted{Day: day, Columns: tableColumns[level]}
		err := error(nil)
		for _, p := range parts {
			var part dossier.CountedPart
			if part, err = p.hide(level, out); err != nil {
				break
			}
			c.Parts = append(c.Parts, part)
		}
		if err == nil {
			return c, nil
		}
		if !errors.Is(err, count.ErrFew) {
			return dossier.Counted{}, err
		}
		if level == len(tableColumns)-1 && slices.ContainsFunc(out, func(o dossier.Counted) bool { return parts[0].near(o, 0, Becomings()) }) {
			why = fault.New(fault.Withheld, "count.too_near")
		}
	}
	return dossier.Counted{}, why
}

// A tablePart is a table by one thing, before anything is held back.
type tablePart struct {
	by   string
	rows []tableRow
}

type tableRow struct {
	Tally
	label string
	of    int
	all   []letterCounted
}

// tableParts returns the tables that leave: bodies under whose law holds for them,
// kinds, and years.
func tableParts(all []letterCounted, labels map[claim.Ref]string, bodies bool) (parts []tablePart) {
	for _, by := range []string{ByJurisdiction, ByKind, ByYear} {
		p := tablePart{by: by, rows: []tableRow{{Tally: tallyOf("", all), all: all}}}
		p.add(0, by, nil)
		if by == ByJurisdiction && bodies {
			p.by = ByAuthority
			for _, r := range slices.Clone(p.rows[1:]) {
				p.add(slices.IndexFunc(p.rows, func(q tableRow) bool { return q.Key == r.Key }), ByAuthority, labels)
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// add adds the rows that a row is made of, after it.
func (p *tablePart) add(of int, by string, labels map[claim.Ref]string) {
	var rows []tableRow
	for key, group := range groupBy(p.rows[of].all, by) {
		rows = append(rows, tableRow{Tally: tallyOf(key, group), label: labels[claim.Ref(key)], of: of, all: group})
	}
	slices.SortFunc(rows, func(a, b tableRow) int { return cmp.Or(cmp.Compare(a.label, b.label), cmp.Compare(a.Key, b.Key)) })
	at := of + 1
	for i := range p.rows { // what follows moves
		if i > of && p.rows[i].of > of {
			p.rows[i].of += len(rows)
		}
	}
	p.rows = slices.Insert(p.rows, at, rows...)
}

// letters returns how many letters of a row became one of some things, and about how
// many people they are.
func (r tableRow) letters(became []string) (letters, people int) {
	for _, b := range became {
		letters += r.Became[b]
	}
	if len(became) == len(Becomings()) {
		return letters, r.People
	}
	return letters, peopleOf(slices.DeleteFunc(slices.Clone(r.all), func(l letterCounted) bool { return !slices.Contains(became, l.became) }))
}

// small reports whether a number is of too few.
func small(n int) bool { return 0 < n && n < count.Least }

// few reports whether what a row says of some things is of too few letters or people.
func (r tableRow) few(became []string) bool {
	letters, people := r.letters(became)
	return small(letters) || small(people)
}

// near reports whether a table that is out has a number for a row and some things that
// differs from the one of now by too little, or people of the row.
func (p *tablePart) near(out dossier.Counted, row int, became []string) bool {
	r := p.rows[row]
	for _, part := range out.Parts {
		lawOf := func(by string) bool { return by == ByAuthority || by == ByJurisdiction }
		if row > 0 && part.By != p.by && !(lawOf(part.By) && lawOf(p.by)) { // the sum of all is the same in each
			continue
		}
		i := slices.IndexFunc(part.Rows, func(o dossier.CountedRow) bool { return o.Key == r.Key })
		if i < 0 {
			continue
		}
		was := part.Rows[i]
		letters, people := r.letters(became)
		before, told := was.Letters, was.Letters != dossier.Held
		if len(became) < len(Becomings()) {
			before, told = sumOf(out.Columns, was.Cells, became)
		} else if was.People != dossier.Held && small(max(people-was.People, was.People-people)) {
			return true
		}
		if told && small(max(letters-before, before-letters)) {
			return true
		}
	}
	return false
}

// sumOf returns the sum of the columns that some things are made of, if they are and
// none of them is held back.
func sumOf(columns [][]string, cells []int, became []string) (sum int, ok bool) {
	n := 0
	for i, column := range columns {
		if !slices.Contains(became, column[0]) {
			continue
		}
		if cells[i] == dossier.Held || slices.ContainsFunc(column, func(b string) bool { return !slices.Contains(became, b) }) {
			return 0, false
		}
		n += len(column)
		sum += cells[i]
	}
	return sum, n == len(became)
}

// hide returns a table as it may leave, with the columns of a level. The fault is
// [count.ErrFew] if its sums can't be shown.
func (p *tablePart) hide(level int, out []dossier.Counted) (part dossier.CountedPart, err error) {
	columns := tableColumns[level]
	t, must := count.Table{}, count.Mask{}
	for i, r := range p.rows {
		row, hold := count.Row{Of: r.of}, make([]bool, len(columns)+1)
		for _, column := range columns {
			n, _ := r.letters(column)
			row.Cells = append(row.Cells, n)
		}
		for at := level; at < len(tableColumns); at++ { // a sum of columns tells as much as one
			for _, became := range tableColumns[at] {
				if at > level && len(became) < len(Becomings()) && !p.nearAny(out, i, became) {
					continue
				}
				if r.few(became) || p.nearAny(out, i, became) {
					p.hold(hold, columns, became)
				}
			}
		}
		t.Rows, must = append(t.Rows, row), append(must, hold)
	}
	mask, err := count.Hide(t, must)
	if err != nil {
		return part, err
	}
	part.By = p.by
	for i, r := range p.rows {
		part.Rows = append(part.Rows, r.outward(t.Rows[i], mask[i]))
	}
	return part, nil
}

func (p *tablePart) nearAny(out []dossier.Counted, row int, became []string) bool {
	return slices.ContainsFunc(out, func(o dossier.Counted) bool { return p.near(o, row, became) })
}

// hold holds back the columns that some things are made of, or the total if that is
// all.
func (p *tablePart) hold(hold []bool, columns [][]string, became []string) {
	if len(became) == len(Becomings()) {
		hold[len(columns)] = true
		return
	}
	for i, column := range columns {
		hold[i] = hold[i] || slices.Contains(became, column[0])
	}
}

// outward returns a row without what is held back. Of a row whose letters are not told
// nothing else is; how long answers took is told if enough people lie on either side.
func (r tableRow) outward(row count.Row, mask []bool) dossier.CountedRow {
	o := dossier.CountedRow{
		Key: r.Key, Label: r.label, Of: r.of, Letters: row.Total(), People: r.People,
		Sent: r.SinceSent.outward(), Entered: r.SinceRegister.outward(),
	}
	for i, n := range row.Cells {
		if mask[i] {
			n = dossier.Held
		}
		o.Cells = append(o.Cells, n)
	}
	if mask[len(row.Cells)] {
		o.Letters, o.People = dossier.Held, dossier.Held
		o.Sent, o.Entered = Wait{}.outward(), Wait{}.outward()
	}
	return o
}

// outward returns the quarters of a wait that may be told. The longest is one letter's,
// and never is.
func (w Wait) outward() [3]int {
	told := [3]int{dossier.Held, dossier.Held, dossier.Held}
	if few := min(w.Answers, w.people); few >= 4*count.Least {
		told = [3]int{w.Lower, w.Median, w.Upper}
	} else if few >= 2*count.Least {
		told[1] = w.Median
	}
	return told
}

// circleTable makes what may leave of the letters of a circle, as they are now.
func (d *Desk) circleTable(ctx context.Context, by Actor, k caseKeys, r *rendered, out []dossier.Counted) error {
	all, err := d.lettersIn(ctx, by, k.circle)
	if err != nil {
		return err
	}
	bodies, err := d.Authorities(ctx, by)
	if err != nil {
		return err
	}
	labels := map[claim.Ref]string{}
	for _, b := range bodies {
		labels[b.Authority.Unit] = b.Label
	}
	c, err := outwardTable(all, labels, r.Table.Bodies, r.Day.Format(isoDay), out)
	if err != nil {
		return err
	}
	r.Table.Counted = c
	r.Files, err = c.Files(r.Lang)
	return err
}
