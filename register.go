package habeas

import (
	"context"
	"slices"
	"time"

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
	Persons   []Passed
	Changed   int   // of the claims in it, those that do not count any more
	Withdrawn int   // of the statements it rests on, those whose use was taken back
	Told      *Step // that who has it was told so, since the last change; nil if nobody was
}

// Owes reports whether who has a dossier has yet to be told that it does not hold
// as it stands.
func (r ReleaseRow) Owes() bool {
	return r.Told == nil && (r.Changed > 0 || r.Withdrawn > 0 || r.Erased)
}

// since is what became of a case that dossiers left of. When is told by the place of
// an entry among those of the case, from 1: two may be of one second.
type since struct {
	live   map[ledger.ID]bool                 // claims
	gone   map[ledger.ID]int                  // claims that were corrected or taken back, and when
	back   map[claim.Reader]map[claim.Ref]int // statements that a reader may not be told any more
	erased map[claim.Ref]int                  // dossiers that went with a statement
	at     map[ledger.ID]int                  // entries
}

func sinceOf(state *claim.State, entries []ledger.Entry, now time.Time) *since {
	s := &since{map[ledger.ID]bool{}, map[ledger.ID]int{}, map[claim.Reader]map[claim.Ref]int{}, map[claim.Ref]int{}, map[ledger.ID]int{}}
	for i, e := range entries {
		s.at[e.ID] = i + 1
	}
	for _, r := range state.Claims {
		if r.Status == claim.Live {
			s.live[r.Entry] = true
		} else {
			s.gone[r.Entry] = s.at[r.By]
		}
	}
	for _, e := range state.Erasures {
		for _, ref := range e.Dossiers {
			s.erased[ref] = s.at[e.Entry]
		}
	}
	for _, a := range state.Acts {
		reader := claim.Reader{Audience: a.Audience, Label: a.Partner}
		if a.What != claim.Released || s.back[reader] != nil {
			continue
		}
		s.back[reader] = map[claim.Ref]int{}
		for _, allowed := range state.Outward(reader, now).Statements {
			if allowed.Why == claim.LeftWithdrawn {
				s.back[reader][allowed.Statement] = s.withdrawn(state, allowed.Statement)
			}
		}
	}
	return s
}

// withdrawn returns when consent to a statement was last taken back; 0 if its
// source did so by their receipt.
func (s *since) withdrawn(state *claim.State, st claim.Ref) (last int) {
	for _, c := range state.Consents[st] {
		if c.Said.Withdrawn {
			last = max(last, s.at[c.Entry])
		}
	}
	return last
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
		row := ReleaseRow{DossierRow: o.row}
		var last int
		row.Changed, row.Withdrawn, last = o.changed()
		row.Told = d.toldOf(o, last, names)
		for _, ref := range o.made.persons() {
			row.Persons = append(row.Persons, Passed{ref, o.of.persons[ref].Cover, slices.Contains(o.made.Named, ref), o.made.Said.Facts[ref]})
		}
		if person == "" || slices.ContainsFunc(row.Persons, func(p Passed) bool { return p.Person == person }) {
			rows = append(rows, row)
		}
	}
	if person != "" { // a table is of nobody
		return rows, nil
	}
	tables, err := d.Tables(ctx, by)
	for _, row := range tables {
		if row.Released != nil {
			rows = append(rows, ReleaseRow{DossierRow: row})
		}
	}
	slices.SortStableFunc(rows, func(a, b ReleaseRow) int { return b.Released.At.Compare(a.Released.At) })
	return rows, err
}

// changed returns how many of the claims of a dossier that left don't count any
// more, since they were corrected or taken back; how many of the statements it
// rests on whoever has it may not be told any more; and when the last of that was.
func (o outDossier) changed() (claims, statements int, last int) {
	for _, c := range o.made.Told {
		if !o.of.since.live[c] {
			claims++
			last = max(last, o.of.since.gone[c])
		}
	}
	back := o.of.since.back[claim.Reader{Audience: o.row.Audience, Label: o.row.Partner}]
	for _, st := range o.made.RestsOn {
		if at, is := back[st]; is {
			statements++
			last = max(last, at)
		}
	}
	return claims, statements, max(last, o.of.since.erased[o.row.Dossier])
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

// toldOf returns the last time that who has a dossier was told of a change, if that
// was after the last one.
func (d *Desk) toldOf(o outDossier, last int, names map[ledger.ID]string) *Step {
	var told *Step
	for _, a := range o.of.out.Acts {
		if a.What == claim.Corrected && a.Dossier == o.row.Dossier && a.Digest == o.row.Digest && o.of.since.at[a.Entry] > last && d.might(a.Author, release) {
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
	row, err := d.dossierRow(ctx, by, id, ref)
	if err != nil {
		return err
	}
	if row.Released == nil {
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
	act := &claim.Act{What: claim.Corrected, Dossier: ref, Audience: row.Audience, Lang: row.Lang, Digest: row.Digest, Reason: how}
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

// dossierRow returns a dossier and how far it has come.
func (d *Desk) dossierRow(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (DossierRow, error) {
	rows, err := d.Dossiers(ctx, by, id)
	if err != nil {
		return DossierRow{}, err
	}
	i := slices.IndexFunc(rows, func(r DossierRow) bool { return r.Dossier == ref })
	if i < 0 {
		return DossierRow{}, fault.New(fault.NotFound, "dossier.none")
	}
	return rows[i], nil
}
