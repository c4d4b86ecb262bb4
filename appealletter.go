package habeas

import (
	"context"
	"slices"

	"habeas/claim"
	"habeas/fault"
)

// letterAudiences are those for whom a dossier can go with a letter to an authority.
var letterAudiences = []string{"authority", "court", "un"}

// letterDossier reports whether a row is of a dossier for an authority, and not of
// files that are handed over.
func letterDossier(r DossierRow) bool {
	return !r.Erased && r.Files == 0 && slices.Contains(letterAudiences, r.Audience)
}

// LetterDossiers returns the dossiers of a case that can go with a letter: those that
// were approved by a second member, passed the gate and were released.
func (d *Desk) LetterDossiers(ctx context.Context, by Actor, id CaseID) ([]DossierRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	rows, err := d.Dossiers(ctx, by, id)
	return slices.DeleteFunc(rows, func(r DossierRow) bool {
		return r.Released == nil || !letterDossier(r)
	}), err
}

// AttachDossier records that a dossier went with an appeal: what it tells is then on
// the register under the authority. Nothing goes with a letter that was not released.
func (d *Desk) AttachDossier(ctx context.Context, by Actor, id CaseID, ref, dossier claim.Ref) error {
	if err := d.may(by, appeals); err != nil {
		return err
	}
	row, err := d.dossierRow(ctx, by, id, dossier)
	if err != nil {
		return err
	}
	if row.Released == nil {
		return fault.New(fault.Forbidden, "dossier.not_released")
	}
	if !letterDossier(row) {
		return fault.New(fault.Invalid, "appeal.letter_audience", fault.Field("dossier"))
	}
	return d.addSteps(ctx, by, id, ref, Numbers{}, claim.Step{What: claim.StepLetter, On: d.now().UTC().Format(isoDay), Dossier: dossier})
}
