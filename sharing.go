package habeas

import (
	"context"
	"slices"
	"time"
)

// Sharing returns the circles that have a case: those by is in, and how many more
// there are.
func (d *Desk) Sharing(ctx context.Context, by Actor, id CaseID) (SharedCase, error) {
	if err := d.may(by, read); err != nil {
		return SharedCase{}, err
	}
	if _, err := d.caseKeys(ctx, by, id); err != nil {
		return SharedCase{}, err
	}
	mine, err := d.circleNames(ctx, by)
	if err != nil {
		return SharedCase{}, err
	}
	all, err := d.circlesWith(ctx, id)
	if err != nil {
		return SharedCase{}, err
	}
	s := SharedCase{ID: id}
	for _, c := range all {
		if i := slices.IndexFunc(mine, func(m Circle) bool { return m.ID == c }); i >= 0 {
			s.With = append(s.With, mine[i])
		} else {
			s.Others++
		}
	}
	return s, nil
}

// KeyBackupsUntil returns the day by which a backup of the keys made now has to
// be destroyed: until then it opens what is taken from somebody now.
func (d *Desk) KeyBackupsUntil(by Actor) (time.Time, error) {
	if err := d.may(by, own); err != nil {
		return time.Time{}, err
	}
	return d.ErasedBy(d.now()), nil
}
