package habeas

import (
	"context"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/custody"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// ProposeHandover puts files before a second member. Every one must go, and every
// question have an answer.
func (d *Desk) ProposeHandover(ctx context.Context, by Actor, id CaseID, opt HandoverOptions) (claim.Ref, error) {
	if err := d.may(by, compose); err != nil {
		return "", err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return "", err
	}
	r, err := d.newHandover(ctx, by, k, opt)
	if err != nil {
		return "", err
	}
	h, err := d.handing(ctx, by, k, &r)
	if err != nil {
		return "", err
	}
	if err := h.mayGo(); err != nil {
		return "", err
	}
	r.Dossier, r.Files = claim.NewRef(claim.RefDossier), []gate.File{h.draft}
	sum, err := gate.DigestOf(r.Files)
	if err != nil {
		return "", err
	}
	act := &claim.Act{What: claim.Proposed, Dossier: r.Dossier, Audience: r.Audience, Partner: r.Partner, Lang: r.Lang, Names: true, Files: len(h.files), Digest: r.mark(sum)}
	more, err := d.sealNamed(ctx, k, &r)
	if err != nil {
		return "", err
	}
	_, wrap, key, err := newSource(k.body, id)
	if err != nil {
		return "", err
	}
	if err := d.db.PutWraps(ctx, wrap); err != nil {
		return "", err
	}
	if err := d.checkNew(ctx, by, k, act); err != nil {
		return "", err
	}
	_, err = d.write(ctx, by, k.circle, id, append(more, draft{kindRendered, r, key}, draft{claim.KindAct, act, k.body.Key()})...)
	return r.Dossier, err
}

// mayGo fails if a file stays, or a question has no answer.
func (h *handing) mayGo() error {
	if stay := len(h.Files) - h.Goes(); stay > 0 || len(h.Files) == 0 {
		return fault.New(fault.Withheld, "handover.stays", fault.Count(stay))
	}
	open := 0
	for _, q := range h.Questions {
		if q.Reason == "" {
			open++
		}
	}
	if open > 0 {
		return fault.New(fault.Withheld, "handover.open", fault.Count(open))
	}
	return nil
}

// Handover returns what was proposed, looked at again with all that is known now.
func (d *Desk) Handover(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*Handover, DossierRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, DossierRow{}, err
	}
	k, r, row, err := d.keptAs(ctx, by, id, ref, true)
	if err != nil {
		return nil, row, err
	}
	h, err := d.handing(ctx, by, k, &r)
	if err != nil {
		return nil, row, err
	}
	h.Ready = h.Ready && h.asProposed(r, row) == nil
	if row.Released != nil && h.Ready {
		_, h.Seen, err = d.anchorOf(ctx, h.last())
	}
	return &h.Handover, row, err
}

// last returns the number of the last entry that is handed over.
func (h *handing) last() (last int64) {
	for _, f := range h.files {
		for _, g := range f.chain.given {
			last = max(last, g.Number)
		}
	}
	return last
}

// asProposed fails if what members decided about is not what there is now.
func (h *handing) asProposed(r rendered, row DossierRow) error {
	sum, err := gate.DigestOf([]gate.File{h.draft})
	if err != nil {
		return err
	}
	if r.mark(sum) != row.Digest {
		return fault.New(fault.Conflict, "dossier.stale")
	}
	return nil
}

// stillHanded looks at a bundle again: consent, the gate and custody must let it go,
// every question be accepted, and nothing have changed.
func (d *Desk) stillHanded(ctx context.Context, by Actor, k caseKeys, r *rendered, row DossierRow) (*handing, error) {
	if err := d.stillAgreed(ctx, by, k, *r); err != nil {
		return nil, err
	}
	accepted := r.waived
	h, err := d.handing(ctx, by, k, r)
	if err != nil {
		return nil, err
	}
	if err := h.mayGo(); err != nil {
		return nil, err
	}
	for _, q := range h.Questions {
		if !accepted[q.Key] {
			return nil, fault.New(fault.Withheld, "dossier.asks_left")
		}
	}
	r.waived = accepted
	return h, h.asProposed(*r, row)
}

// ApproveHandover says that a second member has looked at everything that is to be
// handed over. reason and accept are as in [Desk.Approve].
func (d *Desk) ApproveHandover(ctx context.Context, by Actor, id CaseID, ref claim.Ref, reason string, accept ...string) error {
	if err := d.may(by, approve); err != nil {
		return err
	}
	k, r, row, err := d.keptAs(ctx, by, id, ref, true)
	if err != nil {
		return err
	}
	if err := d.approvable(ctx, by, k, row, reason); err != nil {
		return err
	}
	r.waive(accept)
	if _, err := d.stillHanded(ctx, by, k, &r, row); err != nil {
		return err
	}
	act := &claim.Act{What: claim.Approved, Dossier: ref, Audience: row.Audience, Lang: row.Lang, Digest: row.Digest, Reason: reason, Waived: r.waivers(row.Proposed.By, by.Member)}
	return d.writeNew(ctx, by, k, k.body.Key(), claim.KindAct, act)
}

// ReleaseHandover lets what was approved out. It takes the passphrase again; each
// file is read to its end and compared with what was written down when it came, and
// that it was handed over, and to whom, is an event of its exhibit: so the bundle,
// which is made afterwards by [Desk.TakeHandover], holds it.
func (d *Desk) ReleaseHandover(ctx context.Context, by Actor, id CaseID, ref claim.Ref, pass vault.Text) error {
	if err := d.may(by, release); err != nil {
		return err
	}
	k, r, row, err := d.keptAs(ctx, by, id, ref, true)
	if err != nil {
		return err
	}
	if err := releasable(row); err != nil {
		return err
	}
	if err := d.nameFree(ctx, by, k.circle, r.Bundle.To); err != nil { // with every name known by now
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	h, err := d.stillHanded(ctx, by, k, &r, row)
	if err != nil {
		return err
	}
	read, err := d.readable(h)
	if err != nil {
		return err
	}
	if err := d.passShared(ctx, by, k, &r, read); err != nil {
		return err
	}
	for _, f := range h.files {
		good, err := d.checkSealed(ctx, by, f.held(k), f.sealed)
		if err != nil {
			return err
		}
		if !good {
			return fault.New(fault.Damaged, "handover.changed")
		}
	}
	act := &claim.Act{What: claim.Released, Dossier: ref, Audience: row.Audience, Partner: row.Partner, To: r.Bundle.To, Lang: row.Lang, Digest: row.Digest,
		Files: row.Files, Entries: r.Told, Waived: r.waivers(row.Proposed.By, row.Approved.By)}
	return d.releaseOnce(ctx, by, id, ref, func() error { return d.handOver(ctx, by, k, h, act) })
}

// handOver writes down who gets what, in the chain of each exhibit and in the case,
// all or none.
func (d *Desk) handOver(ctx context.Context, by Actor, k caseKeys, h *handing, act *claim.Act) error {
	if err := d.checkNew(ctx, by, k, act); err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.custodial, "custody")
	if err != nil {
		return err
	}
	defer leave()
	before := map[claim.Ref]func([]ledger.ID) ledger.ID{} // by exhibit
	var drafts []draft
	for _, f := range h.files {
		now, err := d.keptFiles(ctx, k, f.telling)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(now, func(o *keptFile) bool { return o.record != nil && o.Exhibit == f.Exhibit })
		if i < 0 {
			return fault.New(fault.NotFound, "exhibit.none")
		}
		key, err := d.sourceKey(ctx, k.vault, f.telling.VaultKey)
		if err != nil {
			return err
		}
		follows := before[f.Exhibit]
		if follows == nil {
			last := now[i].last()
			follows = func([]ledger.ID) ledger.ID { return last }
		}
		e := custody.Event{Exhibit: string(f.Exhibit), Act: custody.HandedOver, SHA256: f.sealed.SHA256, To: act.To, Note: string(act.Dossier), Good: true}
		drafts = append(drafts, draft{custody.KindEvent, following(func(ids []ledger.ID) any {
			e.Before = follows(ids)
			return e
		}), key})
		n := len(drafts) - 1
		before[f.Exhibit] = func(ids []ledger.ID) ledger.ID { return ids[n] }
	}
	_, err = d.writeAudited(ctx, by, k.circle, k.id, audited{What: AuditReleased, Code: caseCode(k.circle, k.id)}, append(drafts, draft{claim.KindAct, act, k.body.Key()})...)
	return err
}

// held returns the file as one that something is done with.
func (f *handed) held(k caseKeys) *heldFile { return &heldFile{f.keptFile, k, f.telling} }

// readable returns all that the gate can read of what is to leave, for those who look
// it through for the names of other circles.
func (d *Desk) readable(h *handing) ([]gate.File, error) {
	files := []gate.File{h.draft}
	for _, f := range h.files {
		some, _, _, err := d.legible(f)
		if err != nil {
			return nil, err
		}
		files = append(files, some...)
	}
	return files, nil
}

// TakeHandover makes a bundle of what was released, as often as it is asked for: not
// if what it holds may not be told that way any more. It takes the passphrase again,
// and that it left is an event of each exhibit. What a bundle says passes the gate
// once more, as it will be read. Nothing is sent before [Parcel.WriteTo].
func (d *Desk) TakeHandover(ctx context.Context, by Actor, id CaseID, ref claim.Ref, pass vault.Text) (*Parcel, error) {
	if err := d.may(by, release); err != nil {
		return nil, err
	}
	k, r, row, err := d.keptAs(ctx, by, id, ref, true)
	if err != nil {
		return nil, err
	}
	if row.Released == nil {
		return nil, fault.New(fault.Forbidden, "dossier.not_released")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return nil, err
	}
	if err := d.stillTold(ctx, by, k, r); err != nil {
		return nil, err
	}
	h, err := d.stillHanded(ctx, by, k, &r, row)
	if err != nil {
		return nil, err
	}
	p, err := d.parcel(ctx, k, &r, h)
	if err != nil {
		return nil, err
	}
	for _, f := range h.files {
		e := custody.Event{Act: custody.Released, SHA256: f.sealed.SHA256, To: r.Bundle.To, Note: string(ref), Good: true}
		if err := d.note(ctx, by, f.held(k), e); err != nil {
			return nil, err
		}
	}
	p.Name = "bundle-" + strings.TrimPrefix(string(ref), "d:")[:6] + ".zip"
	if len(p.to) > 0 {
		p.Name += ".age"
	}
	return p, d.audit(ctx, by, audited{What: AuditTaken, Code: caseCode(k.circle, k.id)})
}

// Handable returns the exhibits of a case, for who may propose that they are handed
// over and has names shown: what files are called may name somebody.
func (d *Desk) Handable(ctx context.Context, by Actor, id CaseID) ([]*ExhibitFile, error) {
	if err := d.may(by, compose); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if err := d.mayName(by, k); err != nil {
		return nil, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, err
	}
	files, err := d.keptFiles(ctx, k, state.Statements...)
	var all []*ExhibitFile
	for _, f := range files {
		if f.record != nil {
			all = append(all, f.record)
		}
	}
	return all, err
}
