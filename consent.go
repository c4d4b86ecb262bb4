package habeas

import (
	"context"
	"slices"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

// Consent records all that one giver agreed to about one statement, in place of
// what the same giver said before. To take it back is to record one that says so.
//
// It is sealed under the statement's own key: if that is destroyed, nothing says
// any more what was agreed to, and nothing may leave.
func (d *Desk) Consent(ctx context.Context, by Actor, id CaseID, c claim.Consent) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	k, _, t, err := d.statement(ctx, by, id, c.Statement)
	if err != nil {
		return err
	}
	words, refs := []string{c.Explained, c.Reason}, []claim.Ref{c.Person}
	for _, u := range c.Uses {
		words, refs = append(words, u.Label), append(refs, u.Of)
	}
	if err := d.nameFree(ctx, by, k.circle, words...); err != nil {
		return err
	}
	key, err := d.sourceKey(ctx, k.body, t.BodyKey)
	if err != nil {
		return err
	}
	return d.writeNew(ctx, by, k, key, claim.KindConsent, &c, refs...)
}

// Turn records that something which consents wait for has come, or has not.
func (d *Desk) Turn(ctx context.Context, by Actor, id CaseID, t claim.Turn) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	return d.decide(ctx, by, id, claim.KindTurn, &t, []claim.Ref{t.Person}, t.Reason)
}

// Stop records that a person who was found wants no contact, or wants it again.
func (d *Desk) Stop(ctx context.Context, by Actor, id CaseID, s claim.Stop) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	if s.Since > d.now().Format("2006-01-02") {
		return fault.New(fault.Invalid, "consent.to_come", fault.Field("since"))
	}
	if err := d.knownStatements(ctx, by, id, s.Statements); err != nil {
		return err
	}
	return d.decide(ctx, by, id, claim.KindStop, &s, []claim.Ref{s.Person}, s.Reason)
}

func (d *Desk) knownStatements(ctx context.Context, by Actor, id CaseID, refs []claim.Ref) error {
	if len(refs) == 0 {
		return nil
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if _, ok := state.Statement(ref); !ok {
			return fault.New(fault.NotFound, "statement.none")
		}
	}
	return nil
}

// Caution records that a source may be the danger, and how to deal with them.
func (d *Desk) Caution(ctx context.Context, by Actor, id CaseID, c claim.Caution) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	return d.decide(ctx, by, id, claim.KindCaution, &c, []claim.Ref{c.Source}, c.Reason)
}

// decide writes what members decided about a case, under the case's own key.
func (d *Desk) decide(ctx context.Context, by Actor, id CaseID, kind string, body any, refs []claim.Ref, words ...string) error {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	if err := d.nameFree(ctx, by, k.circle, words...); err != nil {
		return err
	}
	return d.writeNew(ctx, by, k, k.body.Key(), kind, body, refs...)
}

// outward returns what may be told today to the reader of a dossier.
func (d *Desk) outward(state *claim.State, r rendered) claim.Outward {
	return state.Outward(claim.Reader{Audience: r.Audience, Label: r.Partner}, d.now())
}

// stillAgreed fails if what a dossier rests on may not be told to its reader any
// more.
func (d *Desk) stillAgreed(ctx context.Context, by Actor, k caseKeys, r rendered) error {
	state, err := d.state(ctx, by, k)
	if err != nil {
		return err
	}
	if len(r.RestsOn) == 0 {
		return fault.New(fault.Withheld, "dossier.not_agreed")
	}
	agreed := map[claim.Ref]bool{}
	for _, a := range d.outward(state, r).Statements {
		agreed[a.Statement] = a.Agreed()
	}
	for _, ref := range r.RestsOn {
		if !agreed[ref] {
			return fault.New(fault.Withheld, "dossier.not_agreed")
		}
	}
	return nil
}

// noteTold notes what a dossier rests on and how: what may be handed over later is
// measured by it.
func (r *rendered) noteTold(told claim.Outward) {
	r.RestsOn, r.Told, r.As = told.RestsOn(), told.Told(), nil
	for _, a := range told.Statements {
		if !slices.Contains(r.RestsOn, a.Statement) {
			continue
		}
		if a.Named == claim.NamedName && !r.Names {
			a.Named = claim.NamedCover
		}
		r.As = append(r.As, claim.Allowance{Statement: a.Statement, Named: a.Named, Place: a.Place})
	}
}

// stillTold fails if a dossier that left may not be handed over again: a consent
// it rests on is over or allows less, or a claim in it stays inside since, because
// of a stop or a caution. That the case says more by now is no reason.
func (d *Desk) stillTold(ctx context.Context, by Actor, k caseKeys, r rendered) error {
	if err := d.stillAgreed(ctx, by, k, r); err != nil {
		return err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return err
	}
	now := d.outward(state, r)
	held := len(r.As) == 0 // nothing says how it was told
	for _, was := range r.As {
		held = held || !slices.ContainsFunc(now.Statements, func(a claim.Allowance) bool { return a.Statement == was.Statement && was.Within(a) })
	}
	may := now.Told()
	for _, c := range state.Live() {
		held = held || slices.Contains(r.Told, c.Entry) && !slices.Contains(may, c.Entry)
	}
	if held {
		return fault.New(fault.Withheld, "dossier.held")
	}
	return nil
}

// heed takes the meaning from entries that decide what may leave and that are by
// somebody who may not decide that: who holds the keys can write them past every
// page. They stay in their place, since others may have seen them.
func (d *Desk) heed(entries []ledger.Entry) {
	for i := range entries {
		if e := &entries[i]; claim.Decides(e.Kind) && !d.might(e.Author, record) && !d.might(e.Author, manage) && !d.might(e.Author, takeIn) {
			e.Kind = "unheeded"
		}
	}
}
