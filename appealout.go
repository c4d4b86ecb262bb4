package habeas

import (
	"context"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/dossier"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// tabled is what a [rendered] says of a table of letters. It is kept in the stream of
// its circle, since it is of no case, and says how many letters there were on a day:
// it stays true, and is not made again from the cases when it leaves.
type tabled struct {
	Counted dossier.Counted `json:"counted"`
	Bodies  bool            `json:"bodies,omitempty"` // by body, not only by whose law holds for them
	After   []claim.Ref     `json:"after,omitempty"`  // the tables that were out when it was made
}

// TableOptions say which table of letters leaves.
type TableOptions struct {
	Circle ledger.ID
	Lang   string
	Bodies bool // by body, not only by whose law holds for them
}

// A TablePreview is a table of letters as it would leave, and what the gate says.
type TablePreview struct {
	Counted dossier.Counted
	Files   []gate.File
	Hits    []gate.Hit
	Stale   bool // another table left since: it can't leave any more
	Clear   bool // the gate would let it out
}

// circleCase returns a circle as [Desk.write] and the gate take cases.
func circleCase(by Actor, id ledger.ID) (caseKeys, error) {
	c, ok := by.circle(id)
	if !ok || c.office {
		return caseKeys{}, fault.New(fault.NotFound, "circle.none")
	}
	return caseKeys{id: c.id, circle: c, body: c.body}, nil
}

// PreviewTable returns the table of letters of a circle as it would leave. Nothing is
// recorded.
func (d *Desk) PreviewTable(ctx context.Context, by Actor, opt TableOptions) (*TablePreview, error) {
	if err := d.may(by, compose); err != nil {
		return nil, err
	}
	k, r, err := d.newTable(ctx, by, opt)
	if err != nil {
		return nil, err
	}
	return d.lookAtTable(ctx, k, r, r.Table.After)
}

func (d *Desk) newTable(ctx context.Context, by Actor, opt TableOptions) (caseKeys, *rendered, error) {
	k, err := circleCase(by, opt.Circle)
	if err != nil {
		return k, nil, err
	}
	made, rows, err := d.tables(ctx, by, k)
	if err != nil {
		return k, nil, err
	}
	r := &rendered{Audience: claim.ToPublic, Lang: opt.Lang, Day: d.now().UTC().Truncate(24 * time.Hour), Table: &tabled{Bodies: opt.Bodies}}
	var out []dossier.Counted
	if r.Table.After = tablesOut(rows); len(r.Table.After) > 0 {
		for _, m := range made {
			if slices.Contains(r.Table.After, m.Dossier) {
				out = append(out, m.Table.Counted)
			}
		}
	}
	return k, r, d.circleTable(ctx, by, k, r, out)
}

// tables returns the tables of a circle that were proposed, and how far each has come.
func (d *Desk) tables(ctx context.Context, by Actor, k caseKeys) (made []rendered, rows []DossierRow, err error) {
	if made, err = d.renderedOf(ctx, k); err != nil {
		return nil, nil, err
	}
	if made = slices.DeleteFunc(made, func(r rendered) bool { return r.Table == nil }); len(made) == 0 {
		return nil, nil, nil
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, nil, err
	}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	rows = d.dossierRows(k.id, state, names)
	for i := range rows {
		rows[i].Table = true
	}
	return made, rows, nil
}

// tablesOut returns which tables left.
func tablesOut(rows []DossierRow) (out []claim.Ref) {
	for _, row := range rows {
		if row.Released != nil {
			out = append(out, row.Dossier)
		}
	}
	slices.Sort(out)
	return out
}

// lookAtTable runs the gate over a table.
func (d *Desk) lookAtTable(ctx context.Context, k caseKeys, r *rendered, out []claim.Ref) (*TablePreview, error) {
	p, err := d.check(ctx, k, gate.Draft{Files: r.Files}, gate.Options{})
	if err != nil {
		return nil, err
	}
	return &TablePreview{Counted: r.Table.Counted, Files: r.Files, Hits: p.Hits, Stale: r.overtaken(out), Clear: p.Clear}, nil
}

// Tables returns the tables of letters that were proposed in by's circles.
func (d *Desk) Tables(ctx context.Context, by Actor) (all []DossierRow, err error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	for _, c := range by.circles {
		if c.office {
			continue
		}
		_, rows, err := d.tables(ctx, by, caseKeys{id: c.id, circle: c, body: c.body})
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// ProposeTable makes a table of letters, keeps its bytes, and puts it before a second
// member. What the gate refuses can't be proposed.
func (d *Desk) ProposeTable(ctx context.Context, by Actor, opt TableOptions) (claim.Ref, error) {
	if err := d.may(by, compose); err != nil {
		return "", err
	}
	k, r, err := d.newTable(ctx, by, opt)
	if err != nil {
		return "", err
	}
	cleared, err := d.clear(ctx, k, gate.Draft{Files: r.Files}, gate.Options{})
	if err != nil {
		return "", err
	}
	r.Dossier, r.Files = claim.NewRef(claim.RefDossier), cleared.Files()
	act := &claim.Act{What: claim.Proposed, Dossier: r.Dossier, Audience: r.Audience, Lang: r.Lang, Digest: r.mark(cleared.Digest())}
	if err := claim.Check(act); err != nil {
		return "", err
	}
	_, err = d.write(ctx, by, k.circle, k.id, draft{kindRendered, r, k.body.Key()}, draft{claim.KindAct, act, k.body.Key()})
	return r.Dossier, err
}

// Table returns a table's kept bytes, checked again with what the gate knows now.
func (d *Desk) Table(ctx context.Context, by Actor, circle ledger.ID, ref claim.Ref) (*TablePreview, DossierRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, DossierRow{}, err
	}
	k, r, row, out, err := d.keptTable(ctx, by, circle, ref)
	if err != nil {
		return nil, row, err
	}
	p, err := d.lookAtTable(ctx, k, r, out)
	return p, row, err
}

// keptTable finds a table, and checks that its bytes are those that were proposed and
// say what its numbers are. It also returns which tables are out.
func (d *Desk) keptTable(ctx context.Context, by Actor, circle ledger.ID, ref claim.Ref) (k caseKeys, r *rendered, row DossierRow, out []claim.Ref, err error) {
	if k, err = circleCase(by, circle); err != nil {
		return k, nil, row, nil, err
	}
	made, rows, err := d.tables(ctx, by, k)
	if err != nil {
		return k, nil, row, nil, err
	}
	i := slices.IndexFunc(rows, func(r DossierRow) bool { return r.Dossier == ref })
	j := slices.IndexFunc(made, func(r rendered) bool { return r.Dossier == ref })
	if i < 0 || j < 0 {
		return k, nil, row, nil, fault.New(fault.NotFound, "dossier.none")
	}
	r, row = &made[j], rows[i]
	again, err := r.Table.Counted.Files(r.Lang)
	if err != nil {
		return k, nil, row, nil, err
	}
	digest, err := gate.DigestOf(r.Files)
	if err != nil || r.mark(digest) != row.Digest || !sameFiles(again, r.Files) {
		return k, nil, row, nil, fault.Wrap(err, fault.Damaged, "dossier.damaged")
	}
	return k, r, row, tablesOut(rows), nil
}

// tableLeaves passes a table through the gate, as it was proposed.
func (d *Desk) tableLeaves(ctx context.Context, k caseKeys, r *rendered, out []claim.Ref) (gate.Cleared, error) {
	if r.overtaken(out) {
		return gate.Cleared{}, fault.New(fault.Conflict, "count.stale")
	}
	return d.clear(ctx, k, gate.Draft{Files: r.Files}, gate.Options{})
}

// overtaken reports whether another table left since r was made: nobody has compared
// the two.
func (r *rendered) overtaken(out []claim.Ref) bool {
	return slices.ContainsFunc(out, func(ref claim.Ref) bool { return ref != r.Dossier && !slices.Contains(r.Table.After, ref) })
}

// ApproveTable says that a second member has read a table. reason answers who could be
// recognised in it.
func (d *Desk) ApproveTable(ctx context.Context, by Actor, circle ledger.ID, ref claim.Ref, reason string) error {
	if err := d.may(by, approve); err != nil {
		return err
	}
	k, r, row, out, err := d.keptTable(ctx, by, circle, ref)
	if err != nil {
		return err
	}
	if err := d.approvable(ctx, by, k, row, reason); err != nil {
		return err
	}
	if _, err := d.tableLeaves(ctx, k, r, out); err != nil {
		return err
	}
	act := &claim.Act{What: claim.Approved, Dossier: ref, Audience: row.Audience, Lang: row.Lang, Digest: row.Digest, Reason: reason}
	return d.writeNew(ctx, by, k, k.body.Key(), claim.KindAct, act)
}

// RefuseTable says that a second member has read a table and that it must not leave.
func (d *Desk) RefuseTable(ctx context.Context, by Actor, circle ledger.ID, ref claim.Ref, reason string) error {
	if err := d.may(by, approve); err != nil {
		return err
	}
	k, _, row, _, err := d.keptTable(ctx, by, circle, ref)
	if err != nil {
		return err
	}
	return d.refuse(ctx, by, k, row, reason)
}

// ReleaseTable lets an approved table out, to somebody who is named in words. It takes
// the passphrase again; the bytes pass the gate once more, with every name known by
// now, and the shared check of other circles.
func (d *Desk) ReleaseTable(ctx context.Context, by Actor, circle ledger.ID, ref claim.Ref, to string, pass vault.Text) (gate.Cleared, error) {
	if err := d.may(by, release); err != nil {
		return gate.Cleared{}, err
	}
	k, r, row, _, err := d.keptTable(ctx, by, circle, ref)
	if err != nil {
		return gate.Cleared{}, err
	}
	if err := releasable(row); err != nil {
		return gate.Cleared{}, err
	}
	if strings.TrimSpace(to) == "" {
		return gate.Cleared{}, fault.New(fault.Invalid, "dossier.to_whom", fault.Field("recipient"))
	}
	if err := d.nameFree(ctx, by, k.circle, to); err != nil {
		return gate.Cleared{}, err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return gate.Cleared{}, err
	}
	if err := d.passShared(ctx, by, k, r, r.Files); err != nil {
		return gate.Cleared{}, err
	}
	leave, err := d.alone(ctx, &d.releasing, "releases") // two tables that don't know of each other must not both leave
	if err != nil {
		return gate.Cleared{}, err
	}
	defer leave()
	k, r, row, out, err := d.keptTable(ctx, by, circle, ref)
	if err != nil {
		return gate.Cleared{}, err
	}
	if err := releasable(row); err != nil {
		return gate.Cleared{}, err
	}
	cleared, err := d.tableLeaves(ctx, k, r, out)
	if err != nil {
		return gate.Cleared{}, err
	}
	act := &claim.Act{What: claim.Released, Dossier: ref, Audience: row.Audience, To: to, Lang: row.Lang, Digest: row.Digest}
	return cleared, d.writeTold(ctx, by, k, AuditReleased, act)
}

// ReleasedTable returns the files of a table that was released, to be handed over
// again.
func (d *Desk) ReleasedTable(ctx context.Context, by Actor, circle ledger.ID, ref claim.Ref) (gate.Cleared, error) {
	if err := d.may(by, release); err != nil {
		return gate.Cleared{}, err
	}
	k, r, row, _, err := d.keptTable(ctx, by, circle, ref)
	if err != nil {
		return gate.Cleared{}, err
	}
	if row.Released == nil {
		return gate.Cleared{}, fault.New(fault.Forbidden, "dossier.not_released")
	}
	cleared, err := d.clear(ctx, k, gate.Draft{Files: r.Files}, gate.Options{})
	if err != nil {
		return gate.Cleared{}, err
	}
	return cleared, d.audit(ctx, by, audited{What: AuditTaken, Code: caseCode(k.circle, k.id)})
}
