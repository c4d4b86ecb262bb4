package habeas

import (
	"context"
	"slices"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// A NewCase is a file to be opened.
type NewCase struct {
	Title string // name-free
	About string // "person", "incident" or "pattern"
}

// A NewPerson is somebody to be recorded in a case.
type NewPerson struct {
	Protection  string
	Count       int          // more than 1 for a group
	Description string       // of a group, name-free; a person gets a cover name instead
	Note        string       // name-free
	Parts       []vault.Part // the real name, if it is known
}

// OpenCase opens a case in a circle: its two sides are made and given to the
// circle.
func (d *Desk) OpenCase(ctx context.Context, by Actor, circle ledger.ID, c NewCase) (CaseID, error) {
	if err := d.may(by, openCase); err != nil {
		return CaseID{}, err
	}
	ck, ok := by.circle(circle)
	if !ok || ck.office || ck.vault == nil {
		return CaseID{}, fault.New(fault.NotFound, "circle.none")
	}
	body := &claim.Case{Title: c.Title, About: c.About}
	if err := claim.Check(body); err != nil {
		return CaseID{}, err
	}
	if err := d.nameFree(ctx, by, ck, c.Title); err != nil {
		return CaseID{}, err
	}
	sides, err := newCase()
	if err != nil {
		return CaseID{}, err
	}
	id := ledger.CaseStream(sides.body.ID(), sides.vault.ID())
	wraps, notices, err := foundCase(id, sides, ck)
	if err != nil {
		return CaseID{}, err
	}
	if err := d.db.PutWraps(ctx, wraps...); err != nil {
		return CaseID{}, err
	}
	if err := d.publish(ctx, by.me.Signer(), id, notices...); err != nil {
		return CaseID{}, err
	}
	_, err = d.write(ctx, by, ck, id, draft{claim.KindCase, body, sides.body.Key()})
	return id, err
}

// foundCase returns what makes the two sides of a case and gives them to a circle.
func foundCase(id CaseID, sides caseKeys, circle circleKeys) ([]vault.Wrap, []ledger.Notice, error) {
	var notices []ledger.Notice
	var wraps []vault.Wrap
	for _, s := range []struct {
		use          ledger.Use
		side, circle *side
		other        ledger.ID
	}{
		{ledger.UseCaseBody, sides.body, circle.body, sides.vault.ID()},
		{ledger.UseCaseVault, sides.vault, circle.vault, sides.body.ID()},
	} {
		w, err := s.circle.Wrap(s.side.ID(), id, s.side.Seed().Bytes())
		if err != nil {
			return nil, nil, err
		}
		h := s.side.Public(s.use)
		h.Of, h.Gen, h.Other = id, 1, s.other
		notices = append(notices, h, ledger.Grant{Key: s.side.ID(), To: s.circle.ID()})
		wraps = append(wraps, w)
	}
	return wraps, notices, nil
}

// ChangeCase replaces what is recorded of the case itself, such as whom it is
// about.
func (d *Desk) ChangeCase(ctx context.Context, by Actor, id CaseID, c claim.Case) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	if err := d.nameFree(ctx, by, k.circle, c.Title); err != nil {
		return err
	}
	return d.writeNew(ctx, by, k, k.body.Key(), claim.KindCase, &c, c.Affected)
}

// AddPerson records a person, with a cover name that is drawn. A real name goes
// to the vault.
func (d *Desk) AddPerson(ctx context.Context, by Actor, id CaseID, p NewPerson) (claim.Ref, error) {
	if err := d.may(by, record); err != nil {
		return "", err
	}
	return d.addPerson(ctx, by, id, p, "")
}

func (d *Desk) addPerson(ctx context.Context, by Actor, id CaseID, p NewPerson, st claim.Ref) (claim.Ref, error) {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return "", err
	}
	if err := d.nameFree(ctx, by, k.circle, p.Description, p.Note); err != nil {
		return "", err
	}
	person := &claim.Person{Ref: claim.NewRef(claim.RefPerson), Protection: p.Protection, Count: p.Count, Note: p.Note, Cover: p.Description}
	if p.Count < 2 {
		if person.Cover, err = d.drawCover(ctx, k, p.Parts); err != nil {
			return "", err
		}
	}
	if err := claim.Check(person); err != nil {
		return "", err
	}
	drafts, leave, err := d.personDrafts(ctx, by, k, person, false)
	if err != nil {
		return "", err
	}
	defer leave()
	if len(p.Parts) > 0 {
		detail := vault.Detail{Person: person.Ref, Statement: st, Names: [][]vault.Part{p.Parts}}
		more, err := d.detailDrafts(ctx, by, k, detail)
		if err != nil {
			return "", err
		}
		drafts = append(drafts, more...)
	}
	_, err = d.write(ctx, by, k.circle, id, drafts...)
	return person.Ref, err
}

// ChangePerson replaces what is recorded of a person on the name-free side.
func (d *Desk) ChangePerson(ctx context.Context, by Actor, id CaseID, p claim.Person) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return err
	}
	was, known := state.Persons[p.Ref]
	words := []string{p.Note}
	if p.Cover != was.Cover { // one that was drawn may well look like a name
		words = append(words, p.Cover)
	}
	if err := d.nameFree(ctx, by, k.circle, words...); err != nil {
		return err
	}
	if known && isPublic(p) && !isPublic(was) && k.vault == nil { // who does not know who it is cannot know that
		return fault.New(fault.Forbidden, "may.needs_vault")
	}
	if err := d.checkNew(ctx, by, k, &p, p.Ref); err != nil {
		return err
	}
	drafts, leave, err := d.personDrafts(ctx, by, k, &p, true)
	if err != nil {
		return err
	}
	defer leave()
	_, err = d.write(ctx, by, k.circle, id, drafts...)
	return err
}

// AddSource records who speaks.
func (d *Desk) AddSource(ctx context.Context, by Actor, id CaseID, s claim.Source) (claim.Ref, error) {
	if err := d.may(by, record); err != nil {
		return "", err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return "", err
	}
	if err := d.nameFree(ctx, by, k.circle, s.Label); err != nil {
		return "", err
	}
	s.Ref = claim.NewRef(claim.RefSource)
	return s.Ref, d.writeNew(ctx, by, k, k.body.Key(), claim.KindSource, &s, s.Person, s.Unit)
}

// AddPlace records a place, coarsely, for the whole office.
func (d *Desk) AddPlace(ctx context.Context, by Actor, p claim.Place) (claim.Ref, error) {
	if err := d.may(by, describe); err != nil {
		return "", err
	}
	p.Ref = claim.NewRef(claim.RefPlace)
	return p.Ref, d.writeOffice(ctx, by, claim.KindPlace, &p, append(slices.Clone(p.Aliases), p.Label, p.District, p.Region)...)
}

// AddUnit records a unit or authority for the whole office.
func (d *Desk) AddUnit(ctx context.Context, by Actor, u claim.Unit) (claim.Ref, error) {
	if err := d.may(by, describe); err != nil {
		return "", err
	}
	u.Ref = claim.NewRef(claim.RefUnit)
	return u.Ref, d.writeOffice(ctx, by, claim.KindUnit, &u, u.Label)
}

func (d *Desk) writeOffice(ctx context.Context, by Actor, kind string, body any, words ...string) error {
	office, err := by.office()
	if err != nil {
		return err
	}
	if err := claim.Check(body); err != nil {
		return err
	}
	for _, c := range by.circles {
		if err := d.namesNobody(ctx, by, c, words...); err != nil {
			return err
		}
	}
	_, err = d.write(ctx, by, office, office.id, draft{kind, body, office.body.Key()})
	return err
}

// Record takes a claim from a passage.
func (d *Desk) Record(ctx context.Context, by Actor, id CaseID, c claim.Claim) (ledger.ID, error) {
	if err := d.may(by, record); err != nil {
		return ledger.ID{}, err
	}
	c.Replaces, c.Reason = ledger.ID{}, ""
	ids, err := d.record(ctx, by, id, c)
	if err != nil {
		return ledger.ID{}, err
	}
	return ids[0], nil
}

// EventClaims are several claims about one event, read out of one passage.
type EventClaims struct {
	Passage  claim.Claim // statement, version, start, end, when, where, stance, basis, chain and info of all of them
	Event    claim.Ref   // empty for an event that no other claim is about yet
	Type     string
	Involved []Involved
}

// Involved is who took part in an event, and how.
type Involved struct {
	Role string
	Ref  claim.Ref // a person or unit
}

// RecordEvent takes the claims about an event from a passage: that it occurred,
// and who was involved. They are recorded together or not at all.
func (d *Desk) RecordEvent(ctx context.Context, by Actor, id CaseID, e EventClaims) (claim.Ref, error) {
	if err := d.may(by, record); err != nil {
		return "", err
	}
	if e.Event == "" {
		e.Event = claim.NewRef(claim.RefEvent)
	}
	occurred := e.Passage
	occurred.Replaces, occurred.Reason = ledger.ID{}, ""
	occurred.Subject, occurred.Predicate, occurred.Value = e.Event, claim.Occurred, claim.Value{Term: e.Type}
	claims := []claim.Claim{occurred}
	for _, in := range e.Involved {
		c := occurred
		c.Predicate, c.Value = claim.Involved, claim.Value{Ref: in.Ref, Role: in.Role}
		claims = append(claims, c)
	}
	_, err := d.record(ctx, by, id, claims...)
	return e.Event, err
}

// record checks claims of one statement and writes them under its source key.
func (d *Desk) record(ctx context.Context, by Actor, id CaseID, claims ...claim.Claim) ([]ledger.ID, error) {
	k, state, t, err := d.statement(ctx, by, id, claims[0].Statement)
	if err != nil {
		return nil, err
	}
	key, err := d.sourceKey(ctx, k.body, t.BodyKey)
	if err != nil {
		return nil, err
	}
	var drafts []draft
	for _, c := range claims {
		if err := claim.Check(&c); err != nil {
			return nil, err
		}
		if text, ok := t.Version(c.Version); !ok || c.Start < 0 || c.End > len(text.Text) || c.Start >= c.End {
			return nil, fault.New(fault.Invalid, "claim.bad_passage", fault.Field("passage"))
		}
		if err := known(state, claimRefs(c)...); err != nil {
			return nil, err
		}
		if err := d.nameFree(ctx, by, k.circle, c.Value.Text, c.Reason); err != nil {
			return nil, err
		}
		drafts = append(drafts, draft{claim.KindClaim, c, key})
	}
	return d.write(ctx, by, k.circle, id, drafts...)
}

// claimRefs returns what a claim points at that must be recorded already. An
// event is there as soon as a claim is about it.
func claimRefs(c claim.Claim) []claim.Ref {
	refs := []claim.Ref{c.Subject, c.Value.Ref, c.Where}
	for _, l := range c.Chain {
		refs = append(refs, l.Source)
	}
	return refs
}

// Correct records a claim in place of another, with c.Reason. The other stays in
// the history.
func (d *Desk) Correct(ctx context.Context, by Actor, id CaseID, old ledger.ID, c claim.Claim) (ledger.ID, error) {
	if err := d.may(by, record); err != nil {
		return ledger.ID{}, err
	}
	if c.Reason == "" {
		return ledger.ID{}, fault.New(fault.Invalid, "record.no_reason", fault.Field("reason"))
	}
	if err := d.liveClaim(ctx, by, id, old); err != nil {
		return ledger.ID{}, err
	}
	c.Replaces = old
	ids, err := d.record(ctx, by, id, c)
	if err != nil {
		return ledger.ID{}, err
	}
	return ids[0], nil
}

func (d *Desk) liveClaim(ctx context.Context, by Actor, id CaseID, entry ledger.ID) error {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return err
	}
	r, ok := state.Recorded(entry)
	if !ok {
		return fault.New(fault.NotFound, "claim.none")
	}
	if r.Status != claim.Live {
		return fault.New(fault.Conflict, "claim.not_live")
	}
	return nil
}

// Withdraw takes a claim back, with a reason.
func (d *Desk) Withdraw(ctx context.Context, by Actor, id CaseID, c ledger.ID, reason string) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	if err := d.liveClaim(ctx, by, id, c); err != nil {
		return err
	}
	return d.amend(ctx, by, id, claim.KindWithdraw, &claim.Withdraw{Claim: c, Reason: reason}, reason)
}

// Undo cancels the effect of a correction, a withdrawal or an undo.
func (d *Desk) Undo(ctx context.Context, by Actor, id CaseID, entry ledger.ID, reason string) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(state.History, func(i claim.Item) bool { return i.Entry == entry && i.Undoable }) {
		return fault.New(fault.Conflict, "record.not_undoable")
	}
	return d.amend(ctx, by, id, claim.KindUndo, &claim.Undo{Entry: entry, Reason: reason}, reason)
}

func (d *Desk) amend(ctx context.Context, by Actor, id CaseID, kind string, body any, reason string) error {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	if err := d.nameFree(ctx, by, k.circle, reason); err != nil {
		return err
	}
	return d.writeNew(ctx, by, k, k.body.Key(), kind, body)
}

// writeNew checks a body and what it points at, and writes it.
func (d *Desk) writeNew(ctx context.Context, by Actor, k caseKeys, key ledger.Key, kind string, body any, refs ...claim.Ref) error {
	if err := d.checkNew(ctx, by, k, body, refs...); err != nil {
		return err
	}
	_, err := d.write(ctx, by, k.circle, k.id, draft{kind, body, key})
	return err
}

func (d *Desk) checkNew(ctx context.Context, by Actor, k caseKeys, body any, refs ...claim.Ref) error {
	if err := claim.Check(body); err != nil {
		return err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return err
	}
	return known(state, refs...)
}

// known fails if a reference points at nothing in the case or the office.
func known(state *claim.State, refs ...claim.Ref) error {
	for _, r := range refs {
		ok := true
		switch r.Kind() {
		case claim.RefPerson:
			_, ok = state.Persons[r]
		case claim.RefSource:
			_, ok = state.Sources[r]
		case claim.RefPlace:
			_, ok = state.Places[r]
		case claim.RefUnit:
			_, ok = state.Units[r]
		}
		if !ok {
			return fault.New(fault.Invalid, "record.unknown_ref")
		}
	}
	return nil
}
