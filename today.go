package habeas

import (
	"context"
	"slices"

	"habeas/claim"
	"habeas/internal/view"
	"habeas/ledger"
)

// Today is what needs a member.
type Today struct {
	Unread    []ReadingRow
	Contested []CaseRow
	Waiting   []DossierRow // for somebody who did not propose it
	Due       []DueRow     // to be looked at again

	Cases map[CaseID]CaseRow // those that Unread and Waiting are of
	More  TodayMore
}

// TodayMore is how much was left out of a [Today].
type TodayMore struct{ Unread, Contested, Due int }

// A ReadingRow is a statement that is not settled yet.
type ReadingRow struct {
	Case      CaseID
	Statement claim.Statement
}

// Today returns what needs by. If most is not 0, of statements to be read, and of what
// is contested or due, only the first so many cases are there, and how many more there
// are: each case with something to be read is folded, and there may be hundreds.
func (d *Desk) Today(ctx context.Context, by Actor, most int) (Today, error) {
	if err := d.may(by, read); err != nil {
		return Today{}, err
	}
	rows, total, err := d.needyCases(ctx, by, most)
	if err != nil {
		return Today{}, err
	}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return Today{}, err
	}
	t := Today{Cases: map[CaseID]CaseRow{}}
	if most == 0 {
		most = len(rows)
	}
	if t.Due, err = d.due(ctx, by, rows); err != nil {
		return Today{}, err
	}
	t.Due, t.More.Due = first(t.Due, most)
	reading, unread := 0, 0
	for _, r := range rows {
		if r.Contested > 0 {
			t.Contested = append(t.Contested, r)
		}
		if r.Unread == 0 && r.Waiting == 0 {
			continue
		}
		if r.Unread > 0 {
			if reading++; reading > most && r.Waiting == 0 {
				continue
			}
			unread += r.Unread
		}
		t.Cases[r.ID] = r
		if err := d.addCase(ctx, by, &t, r, names); err != nil {
			return Today{}, err
		}
	}
	t.Contested, _ = first(t.Contested, most)
	t.More.Contested, t.More.Unread = total.Contested-len(t.Contested), total.Unread-unread
	tables, err := d.Tables(ctx, by)
	t.wait(by, tables)
	return t, err
}

// first returns the first most of rows, and how many are left out.
func first[T any](rows []T, most int) ([]T, int) {
	n := min(most, len(rows))
	return rows[:n], len(rows) - n
}

// needyCases returns the cases that may be on somebody's page of today, and how many
// there are of each; see [view.View.NeedyCases]. Where the office says after how long
// cases are looked at, any may be. A case may be in two circles: whoever has several
// reads the rows of all.
func (d *Desk) needyCases(ctx context.Context, by Actor, most int) (rows []CaseRow, total view.Needy, err error) {
	rules, err := d.Retention(ctx, by)
	if err != nil {
		return nil, total, err
	}
	circles := len(slices.DeleteFunc(slices.Clone(by.circles), func(c circleKeys) bool { return c.office }))
	if most == 0 || circles != 1 {
		most = -1
	}
	if rows, err = d.caseRows(ctx, by, func(v *view.View, ctx context.Context) ([]view.CaseRow, error) {
		if len(rules) > 0 {
			return v.Cases(ctx)
		}
		total, err = v.NeedyCases(ctx, most)
		return total.Rows, err
	}); err != nil {
		return nil, total, err
	}
	if len(rules) == 0 && circles == 1 {
		return rows, total, nil
	}
	total = view.Needy{}
	for _, r := range rows {
		total.Unread += r.Unread
		if r.Contested > 0 {
			total.Contested++
		}
	}
	return rows, total, nil
}

// addCase adds what a case has for by. It is folded only if a dossier waits in it.
func (d *Desk) addCase(ctx context.Context, by Actor, t *Today, r CaseRow, names map[ledger.ID]string) error {
	if r.Unread > 0 {
		statements, err := d.unread(ctx, by, r)
		if err != nil {
			return err
		}
		for _, s := range statements {
			t.Unread = append(t.Unread, ReadingRow{r.ID, s})
		}
	}
	if r.Waiting == 0 {
		return nil
	}
	k, err := d.caseKeys(ctx, by, r.ID)
	if err != nil {
		return err
	}
	state, err := d.state(ctx, Actor{}, k)
	if err != nil {
		return err
	}
	t.wait(by, d.dossierRows(r.ID, state, names))
	return nil
}

// unread returns the statements of a case that are to be read, if by was given the side
// of it that has them.
func (d *Desk) unread(ctx context.Context, by Actor, r CaseRow) ([]claim.Statement, error) {
	given := false
	for _, c := range by.circles {
		if c.office || c.vault == nil || given {
			continue
		}
		keys, err := d.givenKeys(ctx, c.vault, r.ID, ledger.UseCaseVault)
		if err != nil {
			return nil, err
		}
		given = len(keys) > 0
	}
	c, ok := by.circle(r.Circle.ID)
	if !given || !ok {
		return nil, nil
	}
	cv, err := d.view(ctx, c)
	if err != nil {
		return nil, err
	}
	return cv.view.Unread(ctx, r.ID)
}

// wait adds what waits for by to be read, or to be let out.
func (t *Today) wait(by Actor, dossiers []DossierRow) {
	for _, row := range dossiers {
		if row.Released == nil && row.Refused == nil && !row.Erased && (row.Approved != nil || row.Proposed.By != by.Member) {
			t.Waiting = append(t.Waiting, row)
		}
	}
}
