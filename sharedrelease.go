package habeas

import (
	"context"
	"errors"
	"slices"

	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// mostWithheld is how many releases of a member are withheld because of other
// circles before nothing more of theirs leaves until a keeper looked: each tells
// them that somebody they named is known there.
const mostWithheld = 5

// passShared looks a dossier, as it would leave, through for the names of circles
// that are marked, but for the one whose gate it has passed. If it names somebody
// the fault is "shared.withheld", whatever was found and wherever; that is counted,
// and the office is told, before by is. All copies are looked at in any case, so the
// time does not tell which.
//
// Somebody whom the dossier may name stays allowed only as the same person of the
// same case, which the other circle then has, too: who they are to another case is
// that circle's own.
func (d *Desk) passShared(ctx context.Context, by Actor, k caseKeys, r *rendered, files []gate.File) error {
	leave, err := d.alone(ctx, &d.holding, "holds")
	if err != nil {
		return err
	}
	defer leave()
	marks, err := d.marks(ctx, by)
	if err != nil {
		return err
	}
	delete(marks, k.circle.id)
	if len(marks) == 0 {
		return nil
	}
	entries, err := d.audits(ctx, by)
	if err != nil {
		return err
	}
	if d.withheldOf(entries, by.Member) >= mostWithheld {
		return fault.New(fault.Withheld, "shared.stopped")
	}
	keys, err := d.openMarks(ctx, by, marks)
	if err != nil {
		return err
	}
	names, failed := false, error(nil)
	for circle, key := range keys {
		found, err := d.namesShared(ctx, marks[circle], key, k.id, r, files)
		names, failed = names || found, errors.Join(failed, err)
	}
	if !names {
		return failed
	}
	// Who goes away while this is written down has been told nothing yet.
	told := audited{What: AuditWithheld, Code: caseCode(k.circle, k.id), Dossier: r.Dossier}
	if err := d.audit(context.WithoutCancel(ctx), by, told); err != nil {
		return err
	}
	return fault.New(fault.Withheld, "shared.withheld")
}

// openMarks opens the keys of the copies of circles. Nothing is looked at before all
// of them are there: who must wait for one is not told what the others hold.
func (d *Desk) openMarks(ctx context.Context, by Actor, marks map[ledger.ID]checked) (map[ledger.ID]vault.CheckKey, error) {
	keys := map[ledger.ID]vault.CheckKey{}
	for circle, m := range marks {
		key, secret, err := d.sharedKey(ctx, m.Key, by.me)
		clear(secret)
		if err != nil {
			return nil, fault.Wrap(err, fault.Withheld, "shared.waiting")
		}
		keys[circle] = key
	}
	return keys, nil
}

// namesShared reports whether files name somebody whom a copy protects. What only
// may name somebody does not count: nobody here could look and decide.
func (d *Desk) namesShared(ctx context.Context, m checked, key vault.CheckKey, id CaseID, r *rendered, files []gate.File) (bool, error) {
	copied, err := d.readShared(ctx, m, key)
	if err != nil {
		return false, err
	}
	ix, err := copied.index()
	if err != nil {
		return false, err
	}
	opt := r.gateOptions()
	opt.Allowed = map[string]bool{}
	for _, person := range r.Named {
		opt.Allowed[aliasOf(key, id, person)] = true
	}
	_, err = gate.Check(gate.Draft{Files: files}, ix, opt)
	refusal, refused := errors.AsType[*gate.Refusal](err)
	if !refused {
		return false, err
	}
	if len(refusal.Unreadable) > 0 && r.Bundle == nil { // of a bundle somebody looked at all that can't be read
		return false, refusal
	}
	return slices.ContainsFunc(refusal.Hits, func(h gate.Hit) bool { return h.Verdict == gate.Block }), nil
}

// withheldOf counts the releases of a member that were withheld because of other
// circles since a keeper, and not they themselves, last looked.
func (d *Desk) withheldOf(entries []auditEntry, member ledger.ID) (n int) {
	for _, e := range entries {
		switch {
		case e.What == AuditWithheld && e.Author == member:
			n++
		case e.What == AuditLookedAt && e.Whom == member && e.Author != member && d.might(e.Author, manage):
			n = 0
		}
	}
	return n
}

// A Withholding says of a member how many of their releases were withheld because
// of other circles since a keeper last looked.
type Withholding struct {
	Member  ledger.ID
	Name    string
	N       int
	Stopped bool // nothing of theirs leaves until a keeper looks
	May     bool // who asks may say that they looked
}

// Withheld returns the members whose releases were withheld because of other circles
// and whom no keeper has looked at since, by ID. Nothing in it says what they named.
func (d *Desk) Withheld(ctx context.Context, by Actor) ([]Withholding, error) {
	if err := d.may(by, audit); err != nil {
		return nil, err
	}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return nil, err
	}
	entries, err := d.audits(ctx, by)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	members := d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseMember })
	d.mu.Unlock()
	var out []Withholding
	for _, m := range members {
		if n := d.withheldOf(entries, m.ID); n > 0 {
			out = append(out, Withholding{m.ID, names[m.ID], n, n >= mostWithheld, m.ID != by.Member && allowed(by.roles, manage)})
		}
	}
	return out, nil
}

// LookedAtWithheld says that by, a keeper, has asked a member about their releases
// that were withheld because of other circles: they may go on. It takes the
// passphrase, and the office sees it.
func (d *Desk) LookedAtWithheld(ctx context.Context, by Actor, member ledger.ID, pass vault.Text) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	if member == by.Member {
		return fault.New(fault.Forbidden, "shared.own")
	}
	entries, err := d.audits(ctx, by)
	if err != nil {
		return err
	}
	if d.withheldOf(entries, member) == 0 {
		return fault.New(fault.NotFound, "member.none")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	return d.audit(ctx, by, audited{What: AuditLookedAt, Whom: member})
}
