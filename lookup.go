package habeas

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/internal/view"
	"habeas/name"
	"habeas/vault"
)

// How a name may be looked up.
const (
	namesIdle  = 10 * time.Minute // after which a session forgets the names it looked through
	maxAsked   = 200              // bytes of a name
	mostFound  = 20
	wholeParts = 12 // parts of a name; more is no name
)

// A NameMatch is somebody whose name is like one that was looked up. It says who
// it may be by cover name, and never what they are called.
type NameMatch struct {
	Case   CaseID
	Circle Circle
	Title  string // of the case
	Person claim.Ref
	Cover  string
	Alike  name.Likeness
}

// LookUp returns the people, in cases whose vault by holds, whose names are like
// a whole name, the most alike first. A part of a name is refused: with it one
// could read the vault out piece by piece. Each use is counted and told to the
// office, without the name, before anything is looked at.
func (d *Desk) LookUp(ctx context.Context, by Actor, full vault.Text) ([]NameMatch, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, err
	}
	asked, err := wholeName(full)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(by.circles, circleKeys.namesPeople) {
		return nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	if err := d.recordLookUp(ctx, by); err != nil {
		return nil, err
	}
	known, err := d.knownNames(ctx, by)
	if err != nil {
		return nil, err
	}
	return d.matches(ctx, by, known, name.NewAsked(asked))
}

// namesPeople reports whether c holds the names of people in its cases.
func (c circleKeys) namesPeople() bool { return c.vault != nil && !c.office }

func wholeName(full vault.Text) (name.Name, error) {
	if len(full.Reveal()) > maxAsked {
		return nil, fault.New(fault.Invalid, "lookup.too_long", fault.Field("name"))
	}
	n := name.Parse(full.Reveal())
	if len(n) > wholeParts || !n.Whole() {
		return nil, fault.New(fault.Invalid, "lookup.partial", fault.Field("name"))
	}
	return n, nil
}

// recordLookUp tells the office of a look-up, if by has one left today. In which
// circle something was found, and what, is not said: it would tell other circles
// whom this one knows.
func (d *Desk) recordLookUp(ctx context.Context, by Actor) error {
	leave, err := d.alone(ctx, &d.looking, "looks")
	if err != nil {
		return err
	}
	defer leave()
	b, err := d.budgetOf(ctx, by)
	if err != nil {
		return err
	}
	if !b.LookUps.Left() {
		return fault.New(fault.Withheld, "budget.lookups")
	}
	return d.audit(ctx, by, audited{What: AuditLookedUp})
}

// A knownName is one name of a person.
type knownName struct {
	Person claim.Ref
	Name   name.Name
}

// A nameIndex is every name that a member may look at, as far as the log had come.
// Between requests it is there only sealed under a key of its member, and no
// key with it.
type nameIndex struct {
	Size  int64
	Names map[CaseID][]knownName
}

// knownNames returns the names of the cases whose vault by holds. The first time
// in a session it reads all of them, later those of the cases that changed.
func (d *Desk) knownNames(ctx context.Context, by Actor) (*nameIndex, error) {
	ix, err := d.keptNames(by)
	if err != nil {
		return nil, err
	}
	size, err := d.db.Size(ctx)
	if err != nil {
		return nil, err
	}
	changed := map[CaseID]bool{}
	if len(ix.Names) > 0 && ix.Size < size {
		for n, err := range d.db.Since(ctx, ix.Size-1) {
			if err != nil {
				return nil, err
			}
			changed[n.Record.Stream] = true
		}
	}
	now := nameIndex{Size: size, Names: map[CaseID][]knownName{}}
	for _, c := range by.circles {
		if !c.namesPeople() {
			continue
		}
		streams, err := d.casesIn(ctx, c.vault)
		if err != nil {
			return nil, err
		}
		for id := range streams {
			names, ok := ix.Names[id]
			if !ok || changed[id] {
				if names, err = d.namesIn(ctx, by, id); err != nil {
					return nil, err
				}
			}
			now.Names[id] = names
		}
	}
	return &now, d.keepNames(by, &now)
}

// namesIn returns the names of the people of a case. A row that leads to no case
// by holds is passed by.
func (d *Desk) namesIn(ctx context.Context, by Actor, id CaseID) ([]knownName, error) {
	k, err := d.caseKeys(ctx, by, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && k.vault == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	details, err := d.details(ctx, k)
	if err != nil {
		return nil, err
	}
	names := []knownName{}
	for person, all := range details {
		for _, det := range all {
			for _, parts := range det.Names {
				names = append(names, knownName{person, vault.Parsed(parts)})
			}
		}
	}
	return names, nil
}

// keptNames opens the names that by's session keeps, if any.
func (d *Desk) keptNames(by Actor) (*nameIndex, error) {
	d.mu.Lock()
	sealed := by.session.names
	d.mu.Unlock()
	ix := &nameIndex{}
	if sealed == nil {
		return ix, nil
	}
	aead, err := by.cipher()
	if err != nil {
		return nil, err
	}
	b, err := aead.Open(nil, nil, sealed, []byte("names"))
	if err != nil {
		return nil, fault.Wrap(err, fault.Locked, "session.ended")
	}
	defer clear(b)
	if json.Unmarshal(b, ix) != nil {
		return &nameIndex{}, nil // read anew
	}
	return ix, nil
}

// keepNames seals ix into by's session for ten minutes more.
func (d *Desk) keepNames(by Actor, ix *nameIndex) error {
	b, err := json.Marshal(ix)
	if err != nil {
		return err
	}
	defer clear(b)
	aead, err := by.cipher()
	if err != nil {
		return err
	}
	sealed := aead.Seal(nil, nil, b, []byte("names"))
	d.mu.Lock()
	defer d.mu.Unlock()
	if by.session.sealed == nil {
		return fault.New(fault.Locked, "session.ended")
	}
	by.session.names, by.session.asked = sealed, d.now()
	return nil
}

// forgetNames makes every session forget the names it keeps: something was erased.
func (d *Desk) forgetNames() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.sessions {
		s.names = nil
	}
}

// matches returns who is like the asked name, with cover names.
func (d *Desk) matches(ctx context.Context, by Actor, known *nameIndex, asked *name.Asked) ([]NameMatch, error) {
	var found []NameMatch
	for id, names := range known.Names {
		best := map[claim.Ref]name.Likeness{}
		for _, k := range names {
			if l := asked.Alike(k.Name); l > best[k.Person] {
				best[k.Person] = l
			}
		}
		for person, l := range best {
			found = append(found, NameMatch{Case: id, Person: person, Alike: l})
		}
	}
	slices.SortFunc(found, func(a, b NameMatch) int {
		return cmp.Or(cmp.Compare(b.Alike, a.Alike), slices.Compare(a.Case[:], b.Case[:]), cmp.Compare(a.Person, b.Person))
	})
	found = found[:min(len(found), mostFound)]
	for i := range found {
		if err := d.cover(ctx, by, &found[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// cover fills in what by may read of a match.
func (d *Desk) cover(ctx context.Context, by Actor, m *NameMatch) error {
	k, err := d.caseKeys(ctx, by, m.Case)
	if err != nil {
		return err
	}
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return err
	}
	if m.Circle, err = d.describe(ctx, k.circle, cv); err != nil {
		return err
	}
	persons, err := cv.view.Persons(ctx, m.Case)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(persons, func(p view.PersonRow) bool { return p.Ref == m.Person }); i >= 0 {
		m.Cover = persons[i].Cover
	}
	entries, err := cv.view.OfKind(ctx, m.Case, claim.KindCase)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if body, err := claim.Decode(e.Kind, e.Body); err == nil {
			m.Title = body.(*claim.Case).Title
		}
	}
	return nil
}

// oldNames reports whether a session has kept names unused for too long.
func (s *session) oldNames(now time.Time) bool {
	return s.names != nil && now.Sub(s.asked) >= namesIdle
}
