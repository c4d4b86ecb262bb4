package habeas

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// keepKeys is how long backups of keys are kept unless [Config.KeyBackups] says
// otherwise.
const keepKeys = 30 * 24 * time.Hour

// An Erasing is what an erasure of statements would destroy, or one that is done
// destroyed, and what had left before.
type Erasing struct {
	Statements []claim.Statement
	Claims     int          // read out of them, whatever became of them
	Details    int          // identity details they gave; 0 for who does not hold the vault
	Files      int          // given with them
	Dossiers   []DossierRow // that rest on them and go with them, but for digest and recipient
	Backups    time.Time    // by this day the last backup that holds the keys has expired
}

// Released returns those of the dossiers that had left.
func (e *Erasing) Released() []DossierRow {
	return slices.DeleteFunc(slices.Clone(e.Dossiers), func(r DossierRow) bool { return r.Released == nil })
}

// ErasedBy returns the day by which a backup of the keys has to be
// destroyed that was made at a time: until then it opens what was erased there. With a
// shared database it is the day by which all is gone that holds what was deleted in it,
// if that is later: see [store.DB.Keeps].
func (d *Desk) ErasedBy(made time.Time) time.Time {
	keep := d.cfg.KeyBackups
	if keep == 0 {
		keep = keepKeys
	}
	return made.Add(max(keep, d.db.Keeps()))
}

// Erasing says what erasing statements of a case would destroy.
func (d *Desk) Erasing(ctx context.Context, by Actor, id CaseID, statements ...claim.Ref) (*Erasing, error) {
	if err := d.may(by, erase); err != nil {
		return nil, err
	}
	p, err := d.planErase(ctx, by, id, statements)
	if err != nil {
		return nil, err
	}
	return &p.Erasing, nil
}

// Erase destroys statements: both source keys of each, every entry sealed under
// them, the identity details they gave, the dossiers that rest on them, and the
// view they were in. What stays is that they were there, when they were erased,
// by whom and why, and to whom a dossier went. It takes the passphrase again, and
// cannot be taken back.
//
// When it returns without an error everything is done. If it fails or is cut
// short after the first entry was written, it is finished by the server when it
// is next started, or earlier: see [Desk.Sweep].
func (d *Desk) Erase(ctx context.Context, by Actor, id CaseID, why ledger.Why, pass vault.Text, statements ...claim.Ref) (*Erasing, error) {
	if err := d.may(by, erase); err != nil {
		return nil, err
	}
	if why == ledger.Resealed || !slices.Contains(ledger.Reasons(), why) {
		return nil, fault.New(fault.Invalid, "erase.why", fault.Field("why"))
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return nil, err
	}
	p, es, err := d.intend(ctx, by, id, why, statements)
	if err != nil {
		return nil, err
	}
	d.dropUploads(id, statements...)
	if err := d.finishErasing(ctx, by.me.Signer(), es); err != nil {
		return &p.Erasing, err
	}
	d.sharedDone(ctx, by)
	return &p.Erasing, nil
}

// UndoBatch erases the statements that were brought in together. See [Desk.Erase].
func (d *Desk) UndoBatch(ctx context.Context, by Actor, id CaseID, batch ledger.ID, pass vault.Text) (*Erasing, error) {
	if err := d.may(by, erase); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, err
	}
	var statements []claim.Ref
	for _, t := range state.Statements {
		if !batch.IsZero() && t.Batch == batch {
			statements = append(statements, t.Ref)
		}
	}
	if len(statements) == 0 {
		return nil, fault.New(fault.NotFound, "erase.no_batch")
	}
	return d.Erase(ctx, by, id, ledger.Mistaken, pass, statements...)
}

// An erasePlan is what is to be destroyed, by statement.
type erasePlan struct {
	Erasing
	keys caseKeys
	each []claim.Erased
	gone []ledger.ID // source keys
}

// intend writes down what is to be destroyed. From then on nothing more is sealed
// under those keys.
func (d *Desk) intend(ctx context.Context, by Actor, id CaseID, why ledger.Why, statements []claim.Ref) (*erasePlan, []*erasing, error) {
	if err := d.listErased(ledger.ID{}); err != nil {
		return nil, nil, err
	}
	d.sealing.Lock()
	defer d.sealing.Unlock()
	for try := 1; ; try++ {
		p, es, err := d.intendOnce(ctx, by, id, why, statements)
		if fault.KindOf(err) != fault.Busy || try == mostTries {
			return p, es, err
		}
	}
}

// mostTries is how often an erasure is planned when another one, which is being
// finished, takes the view away meanwhile. Nothing is written before the plan stands.
const mostTries = 20

func (d *Desk) intendOnce(ctx context.Context, by Actor, id CaseID, why ledger.Why, statements []claim.Ref) (*erasePlan, []*erasing, error) {
	if err := d.catchUp(ctx); err != nil {
		return nil, nil, err
	}
	size := d.caught.Load()
	p, err := d.planErase(ctx, by, id, statements)
	if err != nil {
		return nil, nil, err
	}
	var drafts []draft
	for i := range p.each {
		p.each[i].Why = why
		drafts = append(drafts, draft{claim.KindErased, &p.each[i], p.keys.body.Key()})
	}
	es, err := d.announce(ctx, by, size, p.keys, ledger.NewErase(why, p.gone...), drafts, nil)
	return p, es, err
}

// announce appends notices of erasure with what goes into the case with them, all
// or none, and refuses the keys they name from then on. d.sealing is held; size is how
// long the log was when what goes was looked for, and if another node has written since,
// the fault is of kind Busy.
func (d *Desk) announce(ctx context.Context, by Actor, size int64, k caseKeys, notices []ledger.Erase, drafts []draft, more []ledger.Sealed) ([]*erasing, error) {
	heads, err := d.headsOf(ctx, k)
	if err != nil {
		return nil, err
	}
	signer := by.me.Signer()
	var batch []ledger.Sealed
	for _, n := range notices {
		s, err := ledger.Publish(n, k.id, nil, d.now(), signer)
		if err != nil {
			return nil, err
		}
		batch = append(batch, s)
	}
	sealed, _, err := sealAll(signer, k.id, heads, d.now(), drafts)
	if err != nil {
		return nil, err
	}
	told, err := d.sealAudit(by, audited{What: AuditErased, Code: caseCode(k.circle, k.id), N: len(notices)})
	if err != nil {
		return nil, err
	}
	d.owning(batch)
	first, err := d.db.AppendSeen(ctx, slices.Concat(batch, more, sealed, told), d.signer, store.Seen{Clear: size - 1, Size: size})
	if err != nil {
		return nil, err
	}
	var es []*erasing
	for i := range notices {
		row, err := d.db.At(ctx, first+int64(i))
		if err != nil {
			return nil, err
		}
		e, err := d.erasing(ctx, row)
		if err != nil {
			return nil, err
		}
		d.spend(e)
		es = append(es, e)
	}
	return es, nil
}

// headsOf returns what a new entry of a case has to come after.
func (d *Desk) headsOf(ctx context.Context, k caseKeys) ([]ledger.ID, error) {
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return nil, err
	}
	heads, err := cv.view.Heads(ctx, k.id)
	return heads[:min(len(heads), ledger.MaxAfter)], err
}

// planErase finds everything that goes with statements.
func (d *Desk) planErase(ctx context.Context, by Actor, id CaseID, statements []claim.Ref) (*erasePlan, error) {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if k.vault == nil {
		return nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, err
	}
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return nil, err
	}
	entries, err := cv.view.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	generations, err := d.holdersOfCase(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &erasePlan{Erasing: Erasing{Backups: d.ErasedBy(d.now())}, keys: k}
	for _, st := range statements {
		t, ok := state.Statement(st)
		if !ok {
			return nil, fault.New(fault.NotFound, "statement.none")
		}
		if err := d.ownKeys(ctx, k, state, t); err != nil {
			return nil, err
		}
		p.Statements = append(p.Statements, t.Statement)
		p.gone = append(p.gone, t.BodyKey, t.VaultKey)
		p.each = append(p.each, claim.Erased{Statement: st, Gone: goneUnder(entries, generations, t.BodyKey)})
		n, files, err := d.countSealed(ctx, k, t)
		if err != nil {
			return nil, err
		}
		p.each[len(p.each)-1].Files = files
		p.Details, p.Files = p.Details+n, p.Files+files
		for _, c := range state.Claims {
			if c.Statement == st {
				p.Claims++
			}
		}
	}
	return p, d.planDossiers(ctx, by, p, state, entries, generations)
}

// goneUnder returns the entries that are sealed under a source key, in any of the
// generations.
func goneUnder(entries []ledger.Entry, generations []ledger.ID, source ledger.ID) (gone []claim.Gone) {
	under := ledger.Erase{Keys: []ledger.ID{source}}.SealedUnder(generations)
	for _, e := range entries {
		if slices.Contains(under, e.Key) {
			gone = append(gone, claim.Gone{Entry: e.ID, After: e.After})
		}
	}
	return gone
}

// ownKeys fails unless the keys that a statement names are its own: its record is
// written by a member, who may be an enemy, and name keys whose loss would take
// something else with it.
func (d *Desk) ownKeys(ctx context.Context, k caseKeys, state *claim.State, t claim.Telling) error {
	bad := fault.New(fault.Damaged, "erase.keys")
	if slices.ContainsFunc(state.Appeals, func(a *claim.Appealed) bool { return a.VaultKey == t.BodyKey || a.VaultKey == t.VaultKey }) {
		return bad
	}
	for _, other := range state.Statements {
		if other.Ref != t.Ref && (other.BodyKey == t.BodyKey || other.VaultKey == t.VaultKey || other.BodyKey == t.VaultKey || other.VaultKey == t.BodyKey) {
			return bad
		}
	}
	for _, key := range []ledger.ID{t.BodyKey, t.VaultKey} {
		d.mu.Lock()
		_, holder := d.dir.Holder(key)
		d.mu.Unlock()
		if holder || key.IsZero() {
			return bad
		}
	}
	keys, err := d.sourceKeys(ctx, k.vault, t.VaultKey)
	if fault.KindOf(err) == fault.NotFound {
		return nil // its original is gone already
	}
	if err != nil {
		return err
	}
	return d.eachSealed(ctx, k.id, keys, func(e ledger.Entry) error {
		if o, err := vault.ReadOriginal(e); err == nil && o.Statement != t.Ref {
			return bad
		}
		return nil
	})
}

// countSealed counts the identity details that a statement gave, and the files that
// were given with it.
func (d *Desk) countSealed(ctx context.Context, k caseKeys, t claim.Telling) (details, files int, err error) {
	keys, err := d.sourceKeys(ctx, k.vault, t.VaultKey)
	if fault.KindOf(err) == fault.NotFound {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	err = d.eachSealed(ctx, k.id, keys, func(e ledger.Entry) error {
		switch e.Kind {
		case vault.KindDetail:
			details++
		case vault.KindAttachment:
			if a, err := vault.ReadAttachment(e); err == nil && a.Made == "" {
				files++
			}
		}
		return nil
	})
	return details, files, err
}

// planDossiers adds the kept dossiers that rest on what is to go.
func (d *Desk) planDossiers(ctx context.Context, by Actor, p *erasePlan, state *claim.State, entries []ledger.Entry, generations []ledger.ID) error {
	sources := map[ledger.ID]ledger.ID{} // by what is sealed with them
	for _, h := range p.keys.body.all() {
		wraps, err := d.db.WrapsFor(ctx, h.ID())
		if err != nil {
			return err
		}
		for _, w := range wraps {
			for _, g := range generations {
				sources[ledger.KeyID(w.Key, g)] = w.Key
			}
		}
	}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return err
	}
	rows := d.dossierRows(p.keys.id, state, names)
	for _, e := range entries {
		source, known := sources[e.Key]
		var r rendered
		if e.Kind != kindRendered || !known || json.Unmarshal(e.Body, &r) != nil {
			continue
		}
		for i := range p.each {
			if !slices.Contains(r.RestsOn, p.each[i].Statement) {
				continue
			}
			p.each[i].Dossiers = append(p.each[i].Dossiers, r.Dossier)
			if slices.Contains(p.gone, source) {
				continue // with another of the statements
			}
			p.gone = append(p.gone, source)
			p.each[i].Gone = append(p.each[i].Gone, goneUnder(entries, generations, source)...)
			if _, only, err := d.namedUnder(ctx, p.keys, r); err != nil {
				return err
			} else if only {
				p.gone = append(p.gone, r.VaultKey) // its bytes, with names in them
			}
			for _, row := range rows {
				if row.Dossier == r.Dossier {
					p.Dossiers = append(p.Dossiers, row)
				}
			}
		}
	}
	return nil
}
