package habeas

import (
	"context"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
)

// A Waived is a warning about a dossier that a second member accepted.
type Waived struct {
	claim.Waiver
	ByName, AcceptedName string
}

// asked returns the keys of what a second member has to decide about r.
func (r *rendered) asked() []string {
	var keys []string
	for _, a := range r.Choices.Asks {
		keys = append(keys, a.Key)
	}
	for _, a := range r.Choices.Decided {
		if a.As == LeftToSecond {
			keys = append(keys, a.Key)
		}
	}
	return keys
}

// waive says what a second member accepted. Only what was asked counts.
func (r *rendered) waive(keys []string) {
	r.waived = map[string]bool{}
	for _, k := range r.asked() {
		r.waived[k] = slices.Contains(keys, k)
	}
}

// accepted returns the IDs of the hits that may pass. They are bound to the bytes
// that were proposed, and to whom they may mean.
func (r *rendered) accepted() map[string]bool {
	ids := map[string]bool{}
	for _, a := range r.Choices.Asks {
		for _, id := range a.Hits {
			ids[id] = r.waived[a.Key]
		}
	}
	return ids
}

// waivers returns what a release says of the warnings that were waived.
func (r *rendered) waivers(by, accepted ledger.ID) []claim.Waiver {
	var all []claim.Waiver
	for _, a := range r.Choices.Asks {
		all = append(all, claim.Waiver{Key: a.Key, As: claim.WaivedHit, Hits: a.Hits, Person: a.Person, Reason: a.Reason, By: by, Accepted: accepted})
	}
	for _, a := range r.Choices.Decided {
		all = append(all, claim.Waiver{Key: a.Key, As: a.As, Reason: a.Reason, By: by, Accepted: accepted})
	}
	return all
}

// settle takes the hits that a second member accepted out of a preview. It first
// looks whether each that was asked about is one they were shown: who wrote the
// dossier down may have added others to it.
func (p *Preview) settle(r *rendered) {
	for _, a := range r.Choices.Asks {
		i := slices.IndexFunc(p.Marked, func(m Marked) bool { return m.Key == a.Key })
		for _, id := range a.Hits {
			p.forged = p.forged || i < 0 || !slices.ContainsFunc(p.Marked[i].Hits, func(n int) bool { return p.Hits[n].ID == id })
		}
	}
	accepted := r.accepted()
	var hits []gate.Hit
	now := map[int]int{} // where each stands that is left
	for n, h := range p.Hits {
		if h.Verdict != gate.Review || !accepted[h.ID] {
			now[n] = len(hits)
			hits = append(hits, h)
		}
	}
	p.Hits = hits
	p.Marked = slices.DeleteFunc(p.Marked, func(m Marked) bool { _, left := now[m.Hits[0]]; return !left })
	for i := range p.Marked {
		for j, n := range p.Marked[i].Hits {
			p.Marked[i].Hits[j] = now[n]
		}
	}
}

// answered fails if something about a dossier was neither decided nor accepted.
func (r *rendered) answered(p *Preview) error {
	if p.forged {
		return fault.New(fault.Damaged, "dossier.damaged")
	}
	if n := p.undecided(); n > 0 {
		return fault.New(fault.Withheld, "dossier.warnings_left", fault.Count(n))
	}
	for _, key := range r.asked() {
		if !r.waived[key] {
			return fault.New(fault.Withheld, "dossier.asks_left")
		}
	}
	return nil
}

// keysOf returns the keys of waivers.
func keysOf(all []Waived) []string {
	var keys []string
	for _, w := range all {
		keys = append(keys, w.Key)
	}
	return keys
}

func waivedOf(all []claim.Waiver, names map[ledger.ID]string) []Waived {
	var out []Waived
	for _, w := range all {
		out = append(out, Waived{w, names[w.By], names[w.Accepted]})
	}
	return out
}

// Refuse says that a second member has read a dossier and that it must not leave:
// reason says why, for who makes it anew. It holds whatever others approve, unless
// it has left already.
func (d *Desk) Refuse(ctx context.Context, by Actor, id CaseID, ref claim.Ref, reason string) error {
	if err := d.may(by, approve); err != nil {
		return err
	}
	row, err := d.dossierRow(ctx, by, id, ref)
	if err != nil {
		return err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	return d.refuse(ctx, by, k, row, reason)
}

func (d *Desk) refuse(ctx context.Context, by Actor, k caseKeys, row DossierRow, reason string) error {
	switch {
	case row.Released != nil:
		return fault.New(fault.Conflict, "dossier.released")
	case row.Refused != nil:
		return fault.New(fault.Conflict, "dossier.refused")
	case row.Proposed.By == by.Member:
		return fault.New(fault.Forbidden, "dossier.own")
	case len(strings.Fields(reason)) < 2:
		return fault.New(fault.Invalid, "dossier.ask_reason", fault.Field("why"))
	}
	if err := d.nameFree(ctx, by, k.circle, reason); err != nil {
		return err
	}
	act := &claim.Act{What: claim.Refused, Dossier: row.Dossier, Audience: row.Audience, Lang: row.Lang, Digest: row.Digest, Reason: reason}
	return d.writeNew(ctx, by, k, k.body.Key(), claim.KindAct, act)
}

// approvable fails unless by may approve what is proposed, for a reason.
func (d *Desk) approvable(ctx context.Context, by Actor, k caseKeys, row DossierRow, reason string) error {
	switch {
	case row.Proposed.By == by.Member:
		return fault.New(fault.Forbidden, "dossier.own")
	case row.Approved != nil:
		return fault.New(fault.Conflict, "dossier.approved")
	case row.Refused != nil:
		return fault.New(fault.Conflict, "dossier.refused")
	case len(strings.Fields(reason)) < 2:
		return fault.New(fault.Invalid, "dossier.reason", fault.Field("reason"))
	}
	return d.nameFree(ctx, by, k.circle, reason)
}

// releasable fails unless what was proposed was approved, and has not left.
func releasable(row DossierRow) error {
	switch {
	case row.Approved == nil:
		return fault.New(fault.Forbidden, "dossier.not_approved")
	case row.Refused != nil:
		return fault.New(fault.Conflict, "dossier.refused")
	case row.Released != nil:
		return fault.New(fault.Conflict, "dossier.released")
	}
	return nil
}

// releaseOnce writes that something leaves, unless somebody wrote that meanwhile: the
// register has one reader of it.
func (d *Desk) releaseOnce(ctx context.Context, by Actor, id CaseID, ref claim.Ref, write func() error) error {
	leave, err := d.alone(ctx, &d.releasing, "releases")
	if err != nil {
		return err
	}
	defer leave()
	row, err := d.dossierRow(ctx, by, id, ref)
	if err == nil {
		err = releasable(row)
	}
	if err != nil {
		return err
	}
	return write()
}

// sameFiles reports whether two listings are of the same bytes.
func sameFiles(a, b []gate.File) bool {
	x, errX := gate.DigestOf(a)
	y, errY := gate.DigestOf(b)
	return errX == nil && errY == nil && x == y
}

// dossierRows puts the acts about each dossier together. A step counts only if
// it is about the bytes that were proposed, and by somebody who might take it.
func (d *Desk) dossierRows(id CaseID, state *claim.State, names map[ledger.ID]string) []DossierRow {
	var rows []DossierRow
	for _, a := range state.Acts {
		step := &Step{By: a.Author, Name: names[a.Author], At: a.Time, Reason: a.Reason}
		i := slices.IndexFunc(rows, func(r DossierRow) bool { return r.Dossier == a.Dossier && r.Digest == a.Digest })
		switch {
		case a.What == claim.Proposed && d.might(a.Author, compose):
			rows = append(rows, DossierRow{Case: id, Erased: state.DossierErased(a.Dossier), Dossier: a.Dossier, Audience: a.Audience, Partner: a.Partner, Names: a.Names, Files: a.Files, Lang: a.Lang, Digest: a.Digest, Proposed: step, Letter: letterRow(state, a.Appeal)})
		case i < 0:
		case a.What == claim.Refused && a.Author != rows[i].Proposed.By && rows[i].Released == nil && d.might(a.Author, approve):
			rows[i].Refused = step
		case a.What == claim.Approved && a.Author != rows[i].Proposed.By && d.might(a.Author, approve):
			rows[i].Approved, rows[i].Waived = step, waivedOf(a.Waived, names)
		case a.What == claim.Released && rows[i].Approved != nil && rows[i].Refused == nil && d.might(a.Author, release):
			rows[i].Released, rows[i].To, rows[i].Used = step, a.To, a.Entries
		}
	}
	return rows
}
