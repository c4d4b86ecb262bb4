package habeas

import (
	"context"
	"slices"

	"habeas/claim"
	"habeas/crowd"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
)

// A ReleaseRow is one dossier that left, for the register: who has what about
// whom.
type ReleaseRow struct {
	DossierRow
	Persons []Passed
	Changed int   // of the claims in it, those that do not count any more
	Told    *Step // that who has it was told so, of the last change; nil if nobody was
}

// Passed is what a dossier that left says of a person.
type Passed struct {
	Person claim.Ref
	Cover  string
	Named  bool
	Facts  []crowd.Fact
}

// Releases returns all that left of cases that by may open, the last first: of
// everybody, or, if person is not empty, what is about them.
func (d *Desk) Releases(ctx context.Context, by Actor, person claim.Ref) ([]ReleaseRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	out, err := d.out(ctx, by)
	if err != nil {
		return nil, err
	}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return nil, err
	}
	var rows []ReleaseRow
	for _, o := range slices.Backward(out) {
		row := ReleaseRow{DossierRow: o.row, Changed: o.changed(), Told: d.toldOf(o, names)}
		for _, ref := range o.made.persons() {
			row.Persons = append(row.Persons, Passed{ref, o.of.persons[ref].Cover, slices.Contains(o.made.Named, ref), o.made.Said.Facts[ref]})
		}
		if person == "" || slices.ContainsFunc(row.Persons, func(p Passed) bool { return p.Person == person }) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// changed returns how many of the claims of a dossier that left don't count any
// more: they were corrected, or taken back.
func (o outDossier) changed() int {
	n := 0
	for _, c := range o.made.Told {
		if !o.of.live[c] {
			n++
		}
	}
	return n
}

// persons returns whom a dossier says anything of, in order.
func (r rendered) persons() []claim.Ref {
	refs := slices.Clone(r.Named)
	for ref := range r.Said.Facts {
		refs = append(refs, ref)
	}
	for ref := range r.Said.Events {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// toldOf returns the last time that who has a dossier was told of a change.
func (d *Desk) toldOf(o outDossier, names map[ledger.ID]string) *Step {
	var told *Step
	for _, a := range o.of.out.Acts {
		if a.What == claim.Corrected && a.Dossier == o.row.Dossier && a.Digest == o.row.Digest && d.might(a.Author, release) {
			told = &Step{By: a.Author, Name: names[a.Author], At: a.Time, Reason: a.Reason}
		}
	}
	return told
}

// TellChange records that who has a dossier was told that it does not hold as it
// stands; how says how they were told, without names.
func (d *Desk) TellChange(ctx context.Context, by Actor, id CaseID, ref claim.Ref, how string) error {
	if err := d.may(by, release); err != nil {
		return err
	}
	rows, err := d.Dossiers(ctx, by, id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(r DossierRow) bool { return r.Dossier == ref })
	if i < 0 {
		return fault.New(fault.NotFound, "dossier.none")
	}
	if rows[i].Released == nil {
		return fault.New(fault.Forbidden, "dossier.not_released")
	}
	if len(how) == 0 {
		return fault.New(fault.Invalid, "dossier.how_told", fault.Field("how"))
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	if err := d.nameFree(ctx, by, k.circle, how); err != nil {
		return err
	}
	act := &claim.Act{What: claim.Corrected, Dossier: ref, Audience: rows[i].Audience, Lang: rows[i].Lang, Digest: rows[i].Digest, Reason: how}
	return d.writeNew(ctx, by, k, k.body.Key(), claim.KindAct, act)
}

// Released returns the files of a dossier that was released, to be handed over
// again: not if what it tells may not be told that way any more.
func (d *Desk) Released(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (gate.Cleared, error) {
	if err := d.may(by, release); err != nil {
		return gate.Cleared{}, err
	}
	k, r, row, err := d.kept(ctx, by, id, ref)
	if err != nil {
		return gate.Cleared{}, err
	}
	if row.Released == nil {
		return gate.Cleared{}, fault.New(fault.Forbidden, "dossier.not_released")
	}
	if err := d.stillTold(ctx, by, k, r); err != nil {
		return gate.Cleared{}, err
	}
	if _, _, err := d.render(ctx, by, k, &r); err != nil { // who may be named now
		return gate.Cleared{}, err
	}
	cleared, err := d.clear(ctx, k, gate.Draft{Files: r.Files}, r.gateOptions())
	if err != nil {
		return gate.Cleared{}, err
	}
	return cleared, d.audit(ctx, by, audited{What: AuditTaken, Code: caseCode(k.circle, k.id)})
}

// ReleasedWith returns the dossiers that left and rest on a statement: who has
// what it said.
func (d *Desk) ReleasedWith(ctx context.Context, by Actor, id CaseID, st claim.Ref) ([]DossierRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	rows, err := d.Dossiers(ctx, by, id)
	if err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	all, err := d.renderedOf(ctx, k)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(row DossierRow) bool {
		return row.Released == nil || !slices.ContainsFunc(all, func(r rendered) bool {
			return r.Dossier == row.Dossier && slices.Contains(r.RestsOn, st)
		})
	}), nil
}
