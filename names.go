package habeas

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// Reveal shows by the real names of a case for ten minutes. It takes the
// passphrase again and a reason in words, and is an entry that everybody in the
// circle can read. The office is told that it was done. After so many on one day
// a colleague must agree to more.
func (d *Desk) Reveal(ctx context.Context, by Actor, id CaseID, reason string, pass vault.Text) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	if k.vault == nil {
		return fault.New(fault.Forbidden, "may.needs_vault")
	}
	if len(strings.Fields(reason)) < 2 {
		return fault.New(fault.Invalid, "reveal.reason", fault.Field("reason"))
	}
	if err := d.nameFree(ctx, by, k.circle, reason); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	if err := d.recordLook(ctx, by, k, reason); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if by.session.revealed == nil {
		return fault.New(fault.Locked, "session.ended")
	}
	by.session.revealed[id] = d.now().Add(revealLimit)
	return nil
}

// recordLook records a look at the names of a case, if by has one left today.
func (d *Desk) recordLook(ctx context.Context, by Actor, k caseKeys, reason string) error {
	leave, err := d.alone(ctx, &d.looking, "looks")
	if err != nil {
		return err
	}
	defer leave()
	b, err := d.budgetOf(ctx, by)
	if err != nil {
		return err
	}
	if !b.Looks.Left() {
		return fault.New(fault.Withheld, "budget.looks")
	}
	return d.writeTold(ctx, by, k, AuditShown, &claim.Act{What: claim.NamesShown, Reason: reason})
}

// Hide ends what Reveal began.
func (d *Desk) Hide(by Actor, id CaseID) error {
	if err := d.may(by, read); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(by.session.revealed, id)
	return nil
}

// revealed reports whether names of a case are shown to by.
func (d *Desk) revealed(by Actor, id CaseID) bool { return !d.revealedUntil(by, id).IsZero() }

func (d *Desk) revealedUntil(by Actor, id CaseID) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if by.session == nil {
		return time.Time{}
	}
	if until := by.session.revealed[id]; d.now().Before(until) {
		return until
	}
	return time.Time{}
}

// stepUp checks the passphrase of a member who is in session already. The login
// record of a member is found by its handle, which nobody keeps; so the session
// remembers where it is. Afterwards the session gets a new token, see Renew. A
// session in which the passphrase is wrong several times in a row ends: somebody
// else may have its cookie.
func (d *Desk) stepUp(ctx context.Context, by Actor, pass vault.Text) error {
	seed, err := d.openLogin(ctx, d.inside, by.handle, pass)
	if fault.KindOf(err) == fault.Invalid {
		return errors.Join(err, d.steppedWrong(by))
	}
	if err != nil {
		return err
	}
	defer seed.Wipe()
	me, err := vault.NewHolder(seed)
	if err != nil {
		return err
	}
	if me.ID() != by.Member {
		return fault.New(fault.Invalid, "login.wrong")
	}
	if err := d.may(by, own); err != nil { // somebody may have locked meanwhile
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	by.session.wrong, by.session.renew = 0, by.request
	return nil
}

// steppedWrong counts a wrong passphrase.
func (d *Desk) steppedWrong(by Actor) error {
	d.mu.Lock()
	by.session.wrong++
	tooMany := by.session.wrong >= mostWrong
	d.mu.Unlock()
	if !tooMany {
		return nil
	}
	return d.Leave(by)
}

// Identity returns the details of who a person is, while names are shown.
func (d *Desk) Identity(ctx context.Context, by Actor, id CaseID, person claim.Ref) ([]vault.Detail, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if k.vault == nil || !d.revealed(by, id) {
		return nil, fault.New(fault.Forbidden, "reveal.first")
	}
	all, err := d.details(ctx, k)
	return all[person], err
}

// details opens the identity details of a case, by person.
func (d *Desk) details(ctx context.Context, k caseKeys) (map[claim.Ref][]vault.Detail, error) {
	keys, err := d.sideKeys(ctx, k.vault.all())
	if err != nil {
		return nil, err
	}
	out := map[claim.Ref][]vault.Detail{}
	for n, err := range d.db.ByStream(ctx, k.id, -1) {
		if err != nil {
			return nil, err
		}
		if n.Pruned || n.Record.Mode != ledger.ModeSealed {
			continue
		}
		key, ok, err := keys.key(n.Record.Key)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		o, err := ledger.Open(n.Record, key)
		if err != nil {
			return nil, err
		}
		if o.Kind() != vault.KindDetail {
			continue
		}
		e, err := d.verify(o)
		if err != nil {
			return nil, err
		}
		det, err := vault.ReadDetail(e)
		if err != nil {
			return nil, err
		}
		out[det.Person] = append(out[det.Person], det)
	}
	return out, nil
}

// AddDetail records what a source gave about who a person is. Names among it are
// also written as keyed form hashes, so that the gate knows them.
func (d *Desk) AddDetail(ctx context.Context, by Actor, id CaseID, det vault.Detail) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return err
	}
	leave, err := d.readyShared(ctx, by)
	if err != nil {
		return err
	}
	defer leave()
	if err := d.checkNew(ctx, by, k, &claim.Person{Ref: det.Person, Cover: "-", Protection: claim.Protected}, det.Person); err != nil {
		return err
	}
	drafts, err := d.detailDrafts(ctx, by, k, det)
	if err != nil {
		return err
	}
	_, err = d.write(ctx, by, k.circle, id, drafts...)
	return err
}

// detailDrafts returns the entries for a detail: the detail for the vault, and
// the hashes of its names for the body.
func (d *Desk) detailDrafts(ctx context.Context, by Actor, k caseKeys, det vault.Detail) ([]draft, error) {
	if k.vault == nil {
		return nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	key := k.vault.Key()
	if det.Statement != "" {
		state, err := d.state(ctx, by, k)
		if err != nil {
			return nil, err
		}
		t, ok := state.Statement(det.Statement)
		if !ok {
			return nil, fault.New(fault.NotFound, "statement.none")
		}
		if key, err = d.sourceKey(ctx, k.vault, t.VaultKey); err != nil {
			return nil, err
		}
	}
	body, err := det.Body()
	if err != nil {
		return nil, err
	}
	drafts := []draft{{vault.KindDetail, body, key}}
	var names []name.Name
	for _, parts := range det.Names {
		names = append(names, vault.Parsed(parts))
	}
	if len(names) == 0 {
		return drafts, nil
	}
	forms, err := d.formsFor(ctx, by, k, det.Person, det.Statement, names)
	return append(drafts, forms...), err
}

// formsFor returns the entries that tell the gates of those circles of a case
// that by is in of names. A circle that by is not in is told when one of its own
// comes who may see names, see [Desk.mendNames]; nothing leaves it until then.
func (d *Desk) formsFor(ctx context.Context, by Actor, k caseKeys, person, st claim.Ref, names []name.Name) (drafts []draft, err error) {
	with, err := d.circlesWith(ctx, k.id)
	if err != nil {
		return nil, err
	}
	detail := ledger.NewID()
	for _, c := range by.circles {
		if !slices.Contains(with, c.id) {
			continue
		}
		key, err := d.gateKey(ctx, c)
		if err != nil {
			return nil, err
		}
		forms := claim.Forms{Person: person, Detail: detail, Statement: st, Circle: c.id, Hashes: gate.Compile(key, names...)}
		more, err := d.addShared(ctx, by, c, k.id, person, sharedPerson{Detail: detail, Hashes: forms.Hashes})
		if err != nil {
			return nil, err
		}
		drafts = append(append(drafts, draft{claim.KindForms, forms, k.body.Key()}), more...)
	}
	return drafts, nil
}
