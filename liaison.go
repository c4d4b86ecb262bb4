package habeas

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/internal/view"
	"habeas/ledger"
	"habeas/vault"
)

// Kinds of entry in the stream that two circles have together: that a person of
// one is a person of the other, and that this was taken back. Only who holds
// both circles can find the stream or open what is in it.
const (
	kindLiaison     = "liaison"
	kindLiaisonDone = "liaison-ended"
)

// PersonAt is a person in a case.
type PersonAt struct {
	Case   CaseID    `json:"case"`
	Person claim.Ref `json:"person"`
}

// liaison is the body of both kinds; an end has the link only.
type liaison struct {
	Link   ledger.ID  `json:"link"`
	Both   []PersonAt `json:"both,omitempty"` // two, of two circles
	Reason string     `json:"reason,omitempty"`
}

// A Liaison says that a person of a case is a person of a case of another circle.
// It is there only for members who hold both circles.
type Liaison struct {
	Link   ledger.ID
	Here   PersonAt
	There  PersonAt
	Circle Circle // where There is
	Cover  string // of There
	Title  string // of its case
	By     string // who recorded it
	At     time.Time
	Reason string
}

// Liaise records that a person is the one who has a cover name in another circle
// that by holds too. Members of one of the circles alone are told nothing: not
// that it was recorded, and not that the other circle exists.
func (d *Desk) Liaise(ctx context.Context, by Actor, here PersonAt, circle ledger.ID, cover, reason string) (ledger.ID, error) {
	if err := d.may(by, record); err != nil {
		return ledger.ID{}, err
	}
	k, err := d.caseKeys(ctx, by, here.Case)
	if err != nil {
		return ledger.ID{}, err
	}
	other, ok := by.circle(circle)
	if !ok || other.office {
		return ledger.ID{}, fault.New(fault.NotFound, "circle.none")
	}
	if other.id == k.circle.id {
		return ledger.ID{}, fault.New(fault.Invalid, "liaison.same_circle", fault.Field("circle"))
	}
	if len(strings.Fields(reason)) < 2 {
		return ledger.ID{}, fault.New(fault.Invalid, "liaison.reason", fault.Field("reason"))
	}
	for _, c := range []circleKeys{k.circle, other} {
		if err := d.nameFree(ctx, by, c, reason); err != nil {
			return ledger.ID{}, err
		}
	}
	if err := d.single(ctx, k.circle, here); err != nil {
		return ledger.ID{}, err
	}
	there, err := d.covered(ctx, other, cover)
	if err != nil {
		return ledger.ID{}, err
	}
	known, err := d.liaisons(ctx, k.circle, other)
	if err != nil {
		return ledger.ID{}, err
	}
	if slices.ContainsFunc(known, func(l recordedLiaison) bool {
		return slices.Contains(l.Both, here) && slices.Contains(l.Both, there)
	}) {
		return ledger.ID{}, fault.New(fault.Conflict, "liaison.already")
	}
	l := liaison{Link: ledger.NewID(), Both: []PersonAt{here, there}, Reason: reason}
	stream, key := betweenCircles(k.circle, other)
	return l.Link, d.append(ctx, by.me.Signer(), stream, nil, draft{kindLiaison, l, key})
}

// single fails unless a person is one person of a case.
func (d *Desk) single(ctx context.Context, c circleKeys, at PersonAt) error {
	cv, err := d.view(ctx, c)
	if err != nil {
		return err
	}
	persons, err := cv.view.Persons(ctx, at.Case)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(persons, func(p view.PersonRow) bool { return p.Ref == at.Person && p.Count < 2 }) {
		return fault.New(fault.NotFound, "person.none")
	}
	return nil
}

// covered finds the one person who has a cover name in a circle.
func (d *Desk) covered(ctx context.Context, c circleKeys, cover string) (PersonAt, error) {
	cv, err := d.view(ctx, c)
	if err != nil {
		return PersonAt{}, err
	}
	rows, err := cv.view.Covered(ctx, strings.TrimSpace(cover))
	if err != nil {
		return PersonAt{}, err
	}
	rows = slices.DeleteFunc(rows, func(p view.PersonRow) bool { return p.Count > 1 })
	if len(rows) != 1 {
		return PersonAt{}, fault.New(fault.Invalid, "liaison.no_such_cover", fault.Field("cover"))
	}
	return PersonAt{rows[0].Stream, rows[0].Ref}, nil
}

// EndLiaison takes a liaison of a case back. It stays ended; the two may be
// recorded as one anew.
func (d *Desk) EndLiaison(ctx context.Context, by Actor, id CaseID, link ledger.ID) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	for _, other := range by.others(k.circle) {
		known, err := d.liaisons(ctx, k.circle, other)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(known, func(l recordedLiaison) bool { return l.Link == link && l.at(id) >= 0 }) {
			stream, key := betweenCircles(k.circle, other)
			return d.append(ctx, by.me.Signer(), stream, nil, draft{kindLiaisonDone, liaison{Link: link}, key})
		}
	}
	return fault.New(fault.NotFound, "liaison.none")
}

// others returns the circles of a, but for c and the office.
func (a Actor) others(c circleKeys) []circleKeys {
	return slices.DeleteFunc(slices.Clone(a.circles), func(o circleKeys) bool { return o.office || o.id == c.id })
}

// Liaisons returns who in other circles of by's the people of a case are.
func (d *Desk) Liaisons(ctx context.Context, by Actor, id CaseID) ([]Liaison, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return nil, err
	}
	var out []Liaison
	for _, other := range by.others(k.circle) {
		known, err := d.liaisons(ctx, k.circle, other)
		if err != nil {
			return nil, err
		}
		for _, l := range known {
			i := l.at(id)
			if i < 0 {
				continue
			}
			m := NameMatch{Case: l.Both[1-i].Case, Person: l.Both[1-i].Person}
			if err := d.cover(ctx, by, &m); fault.KindOf(err) == fault.NotFound {
				continue // the other circle does not have that case any more
			} else if err != nil {
				return nil, err
			}
			out = append(out, Liaison{
				Link: l.Link, Here: l.Both[i], There: l.Both[1-i], Circle: m.Circle, Cover: m.Cover, Title: m.Title,
				By: names[l.author], At: l.time, Reason: l.Reason,
			})
		}
	}
	return out, nil
}

// recordedLiaison is a liaison that stands.
type recordedLiaison struct {
	liaison
	author ledger.ID
	time   time.Time
}

// at returns which of the two is in a case, or -1.
func (l liaison) at(id CaseID) int {
	return slices.IndexFunc(l.Both, func(p PersonAt) bool { return p.Case == id })
}

// liaisons returns what stands between two circles, under every generation of
// their keys. What was ended stays ended, in whatever order the entries came.
func (d *Desk) liaisons(ctx context.Context, a, b circleKeys) ([]recordedLiaison, error) {
	var all []recordedLiaison
	ended := map[ledger.ID]bool{}
	take := func(e ledger.Entry) error {
		l := recordedLiaison{author: e.Author, time: e.Time}
		if json.Unmarshal(e.Body, &l.liaison) != nil || !d.might(e.Author, record) {
			return nil // left out, as the fold leaves out what it cannot use
		}
		switch {
		case e.Kind == kindLiaisonDone:
			ended[l.Link] = true
		case e.Kind == kindLiaison && len(l.Both) == 2 && l.Both[0].Case != l.Both[1].Case:
			all = append(all, l)
		}
		return nil
	}
	for _, x := range a.body.all() {
		for _, y := range b.body.all() {
			stream, key := between(a.id, x, b.id, y)
			if err := d.eachSealed(ctx, stream, []ledger.Key{key}, take); err != nil {
				return nil, err
			}
		}
	}
	return slices.DeleteFunc(all, func(l recordedLiaison) bool { return ended[l.Link] }), nil
}

// betweenCircles returns the stream that two circles have together, and its key:
// made of the seeds of both, so that one of them leads to neither. With new keys
// of either, the two have another stream.
func betweenCircles(a, b circleKeys) (ledger.ID, ledger.Key) {
	return between(a.id, a.body.Holder, b.id, b.body.Holder)
}

func between(a ledger.ID, x *vault.Holder, b ledger.ID, y *vault.Holder) (ledger.ID, ledger.Key) {
	if bytes.Compare(a[:], b[:]) > 0 {
		x, y = y, x
	}
	p, q := x.Seed().Derive("liaison"), y.Seed().Derive("liaison")
	h := sha256.New()
	h.Write([]byte("habeas liaison stream v1"))
	h.Write(p[:])
	h.Write(q[:])
	stream := ledger.ID(h.Sum(nil)[:16])
	return stream, ledger.NewKey(stream, p[:], q[:])
}

// samePeople returns for people who are known to be one, in circles of by's, one
// of them that stands for all: for counting.
func (d *Desk) samePeople(ctx context.Context, by Actor) (map[PersonAt]PersonAt, error) {
	same := map[PersonAt]PersonAt{}
	for i, a := range by.circles {
		for _, b := range by.circles[i+1:] {
			if a.office || b.office {
				continue
			}
			known, err := d.liaisons(ctx, a, b)
			if err != nil {
				return nil, err
			}
			for _, l := range known {
				x, y := standsFor(same, l.Both[0]), standsFor(same, l.Both[1])
				if x != y {
					same[x] = y
				}
			}
		}
	}
	return same, nil
}

func standsFor(same map[PersonAt]PersonAt, p PersonAt) PersonAt {
	for {
		next, ok := same[p]
		if !ok {
			return p
		}
		p = next
	}
}
