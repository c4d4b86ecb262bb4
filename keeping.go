package habeas

import (
	"context"
	"slices"
	"strings"

	"habeas/claim"
)

// A DueRow is a case that somebody has to look at again.
type DueRow struct {
	CaseRow
	On    string // EDTF: since when
	Ended bool   // it is kept longer than was decided
}

// Keep records when a case is looked at again, and until when it is kept. Nothing
// ends by itself: from then on it is shown as due.
func (d *Desk) Keep(ctx context.Context, by Actor, id CaseID, kept claim.Keeping) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	return d.decide(ctx, by, id, claim.KindKeeping, &kept, nil, kept.Reason)
}

// Retain records how long cases are kept that nothing else was decided for.
func (d *Desk) Retain(ctx context.Context, by Actor, r claim.Retention) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	return d.writeOffice(ctx, by, claim.KindRetention, &r)
}

// Retention returns how long cases are kept that nothing else was decided for:
// of decisions that crossed, all of them.
func (d *Desk) Retention(ctx context.Context, by Actor) ([]claim.Retention, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	ov, err := d.view(ctx, office)
	if err != nil {
		return nil, err
	}
	said, err := ov.view.OfKind(ctx, office.id, claim.KindRetention)
	if err != nil || len(said) == 0 {
		return nil, err
	}
	// Which of them count is known by what their authors had seen: by all entries.
	entries, err := ov.view.Without(ctx, office.id, kindAudit)
	if err != nil {
		return nil, err
	}
	var out []claim.Retention
	for _, n := range claim.Fold(entries).Retention {
		out = append(out, n.Said)
	}
	return out, nil
}

// due returns those of rows that are to be looked at, the longest due first.
func (d *Desk) due(ctx context.Context, by Actor, rows []CaseRow) ([]DueRow, error) {
	office, err := d.Retention(ctx, by)
	if err != nil {
		return nil, err
	}
	today := d.now().Format("2006-01-02")
	var out []DueRow
	for _, r := range rows {
		review, until := r.Review, r.Until
		for _, o := range office {
			on, end := o.Of(r.Opened)
			if r.Review == "" {
				review = sooner(review, on)
			}
			if r.Until == "" {
				until = sooner(until, end)
			}
		}
		switch {
		case until != "" && until < today:
			out = append(out, DueRow{r, until, true})
		case review != "" && review <= today:
			out = append(out, DueRow{r, review, false})
		}
	}
	slices.SortStableFunc(out, func(a, b DueRow) int { return strings.Compare(a.On, b.On) })
	return out, nil
}

// sooner returns the earlier of two days, of which each may be empty.
func sooner(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}
