package habeas

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// kindNumbers is the entry on the vault side that holds what leads from an appeal to
// a family: the numbers its letter got, and the address on it. It is under a source
// key that only this appeal has.
const kindNumbers = "appeal-numbers"

// Numbers are what leads from a letter to a family. Each may be empty.
type Numbers struct {
	Tracking     vault.Text // of the post
	Registration vault.Text // of the authority
	Address      vault.Text // where the answer is to go
}

func (n Numbers) empty() bool {
	return n.Tracking.Reveal()+n.Registration.Reveal()+n.Address.Reveal() == ""
}

// numbers is the body of a kindNumbers entry. It is only ever put into a draft.
type numbers struct {
	Appeal       claim.Ref `json:"appeal"`
	Tracking     string    `json:"tracking,omitempty"`
	Registration string    `json:"registration,omitempty"`
	Address      string    `json:"address,omitempty"`
}

// A NewAppeal is a letter to be written, or one that was.
type NewAppeal struct {
	Title     string // name-free
	Kind      string // vocabulary "appeal"
	Authority claim.Ref
	Rules     []string // ids of terms that run for it
	About     []claim.Ref
	Parent    claim.Ref // with Came
	Came      string    // vocabulary "appeal-origin"; with Step it may be left to that
	Step      string    // the id of the step of the register that it takes, see [Desk.NextSteps]; may be empty
	// Warned says that by was shown what [Desk.AllegedOf] says of the authority, and
	// goes on. Without it nothing is recorded if it says anything.
	Warned bool
}

// AddAuthority records how a body can be written to, for the whole office. The unit
// is recorded too if it has no reference yet.
func (d *Desk) AddAuthority(ctx context.Context, by Actor, u claim.Unit, a claim.Authority) (claim.Ref, error) {
	if err := d.may(by, describe); err != nil {
		return "", err
	}
	if err := kindFits(a); err != nil {
		return "", err
	}
	a.Unit = u.Ref
	if u.Ref == "" {
		a.Unit = claim.NewRef(claim.RefUnit) // to be checked; it gets its own
	}
	words := []string{}
	for i := range a.Channels {
		a.Channels[i].Reveals = a.Channels[i].Reveals || claim.ChannelReveals(a.Channels[i].By)
		words = append(words, a.Channels[i].Address)
	}
	if err := claim.Check(&a); err != nil {
		return "", err
	}
	if u.Ref == "" {
		ref, err := d.AddUnit(ctx, by, u)
		if err != nil {
			return "", err
		}
		a.Unit = ref
	}
	return a.Unit, d.writeOffice(ctx, by, claim.KindAuthority, &a, words...)
}

// kindFits fails if the register has no such kind of body, or has it under another law.
func kindFits(a claim.Authority) error {
	if a.Body == "" {
		return nil
	}
	reg, err := appeal.OwnRegister()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "appeal.rules")
	}
	if b, ok := reg.Body(a.Body); !ok || b.Jurisdiction != a.Jurisdiction {
		return fault.New(fault.Invalid, "appeal.other_law", fault.Field("body_kind"))
	}
	return nil
}

// AddAppeal records a letter in a case, before it is written or after.
func (d *Desk) AddAppeal(ctx context.Context, by Actor, id CaseID, n NewAppeal) (claim.Ref, error) {
	if err := d.may(by, appeals); err != nil {
		return "", err
	}
	if err := d.warned(ctx, by, &n); err != nil {
		return "", err
	}
	if err := d.carry(ctx, by, id, &n); err != nil {
		return "", err
	}
	m, err := d.newAppeal(ctx, by, id, n, ledger.ID{})
	if err != nil {
		return "", err
	}
	if m.began, err = d.carriedOver(ctx, by, m, n.Step); err != nil {
		return "", err
	}
	if err := d.writeAppeal(ctx, by, m, m.began...); err != nil {
		return "", err
	}
	if len(m.began) > 0 || n.Parent != "" {
		err = d.wake(ctx, by, id, m.Ref)
	}
	if err != nil || n.Parent == "" {
		return m.Ref, err
	}
	return m.Ref, d.wake(ctx, by, id, n.Parent) // its terms are taken further
}

// An AppealID says which appeal of which case.
type AppealID struct {
	Case   CaseID
	Appeal claim.Ref
}

// AddAppeals records the same letter in several cases, as one action: it is recorded
// in all or in none. About is taken from each case: the person
// it is about.
func (d *Desk) AddAppeals(ctx context.Context, by Actor, ids []CaseID, n NewAppeal) ([]AppealID, error) {
	if err := d.may(by, appeals); err != nil {
		return nil, err
	}
	if len(ids) == 0 || len(ids) > mostBatch || n.Parent != "" {
		return nil, fault.New(fault.Invalid, "appeal.too_many")
	}
	if err := d.warned(ctx, by, &n); err != nil {
		return nil, err
	}
	if err := d.carry(ctx, by, ids[0], &n); err != nil {
		return nil, err
	}
	batch := ledger.NewID()
	var writes []caseDrafts
	var wraps []vault.Wrap
	var made []madeAppeal
	var out []AppealID
	for _, id := range slices.Compact(slices.SortedFunc(slices.Values(ids), func(a, b CaseID) int { return bytes.Compare(a[:], b[:]) })) {
		m, err := d.newAppeal(ctx, by, id, n, batch)
		if err != nil {
			return nil, err
		}
		if m.began, err = d.carriedOver(ctx, by, m, n.Step); err != nil {
			return nil, err
		}
		drafts := append([]draft{{claim.KindAppeal, m.Appeal, m.keys.body.Key()}}, m.began...)
		writes, made = append(writes, caseDrafts{m.keys, drafts}), append(made, m)
		wraps, out = append(wraps, m.wrap), append(out, AppealID{m.keys.id, m.Ref})
	}
	if err := d.db.PutWraps(ctx, wraps...); err != nil {
		return nil, err
	}
	if err := d.writeToAll(ctx, by, writes); err != nil {
		return nil, err
	}
	for _, m := range made {
		if len(m.began) == 0 {
			continue
		}
		if err := d.wake(ctx, by, m.keys.id, m.Ref); err != nil {
			return out, err
		}
	}
	return out, nil
}

// warned fails if a body is said to have harmed somebody and by was not told so.
func (d *Desk) warned(ctx context.Context, by Actor, n *NewAppeal) error {
	alleged, err := d.AllegedOf(ctx, by, n.Authority)
	if err == nil && len(alleged) > 0 && !n.Warned {
		return fault.New(fault.Withheld, "appeal.alleged", fault.Field("warned"))
	}
	n.Warned = n.Warned && len(alleged) > 0
	return err
}

// mostBatch is how many cases one action can write to.
const mostBatch = 64

// A madeAppeal is an appeal that was checked, and the key its numbers will be under.
type madeAppeal struct {
	claim.Appeal
	keys   caseKeys
	wrap   vault.Wrap
	secret ledger.Key
	began  []draft // of terms of ours that run already
}

// newAppeal checks an appeal. Nothing is written.
func (d *Desk) newAppeal(ctx context.Context, by Actor, id CaseID, n NewAppeal, batch ledger.ID) (m madeAppeal, err error) {
	if m.keys, err = d.caseKeys(ctx, by, id); err != nil {
		return m, err
	}
	if m.keys.vault == nil {
		return m, fault.New(fault.Forbidden, "may.needs_vault")
	}
	state, err := d.state(ctx, by, m.keys)
	if err != nil {
		return m, err
	}
	m.Appeal = claim.Appeal{
		Ref: claim.NewRef(claim.RefAppeal), Title: strings.TrimSpace(n.Title), Kind: n.Kind, Authority: n.Authority, About: slices.Clone(n.About),
		Parent: n.Parent, Came: n.Came, Batch: batch, Warned: n.Warned,
	}
	if state.Case.Affected != "" && len(m.About) == 0 {
		m.About = []claim.Ref{state.Case.Affected}
	}
	if m.Rules, err = d.versions(ctx, by, n.Rules); err != nil {
		return m, err
	}
	if m.VaultKey, m.wrap, m.secret, err = newSource(m.keys.vault, id); err != nil {
		return m, err
	}
	if err := claim.Check(&m.Appeal); err != nil {
		return m, err
	}
	if err := d.nameFree(ctx, by, m.keys.circle, m.Title); err != nil {
		return m, err
	}
	if _, ok := state.Authority(n.Authority); !ok {
		return m, fault.New(fault.Invalid, "appeal.no_authority", fault.Field("authority"))
	}
	if _, ok := state.Appeal(n.Parent); n.Parent != "" && !ok {
		return m, fault.New(fault.Invalid, "record.unknown_ref")
	}
	return m, known(state, m.About...)
}

func (d *Desk) writeAppeal(ctx context.Context, by Actor, m madeAppeal, more ...draft) error {
	if err := d.db.PutWraps(ctx, m.wrap); err != nil {
		return err
	}
	_, err := d.write(ctx, by, m.keys.circle, m.keys.id, append([]draft{{claim.KindAppeal, m.Appeal, m.keys.body.Key()}}, more...)...)
	return err
}

// versions finds the rules of the ids, as they are law today.
func (d *Desk) versions(ctx context.Context, by Actor, ids []string) (out []claim.RuleVersion, err error) {
	set, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if len(set.Versions(id)) == 0 {
			return nil, fault.New(fault.Invalid, "appeal.no_rule", fault.Field("rule"))
		}
		r, _ := set.Rule(id, appeal.DateOf(d.now()))
		out = append(out, claim.RuleVersion{ID: id, Version: r.Version})
	}
	return out, nil
}

// appealIn opens an appeal of a case.
func (d *Desk) appealIn(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (caseKeys, *claim.State, *claim.Appealed, error) {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return k, nil, nil, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return k, nil, nil, err
	}
	a, ok := state.Appeal(ref)
	if !ok {
		return k, nil, nil, fault.New(fault.NotFound, "appeal.none")
	}
	return k, state, a, nil
}

// numbersDraft seals what leads to a family; nothing if there is nothing.
func (d *Desk) numbersDraft(ctx context.Context, k caseKeys, a *claim.Appealed, n Numbers) ([]draft, error) {
	if n.empty() {
		return nil, nil
	}
	if k.vault == nil {
		return nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	key, err := d.sourceKey(ctx, k.vault, a.VaultKey)
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.New(fault.NotFound, "appeal.numbers_erased")
	}
	if err != nil {
		return nil, err
	}
	return []draft{{kindNumbers, numbers{a.Ref, n.Tracking.Reveal(), n.Registration.Reveal(), n.Address.Reveal()}, key}}, nil
}

// AppealNumbers returns the numbers of an appeal, to who has names shown: of each
// sort the newest; none if they were erased.
func (d *Desk) AppealNumbers(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (n Numbers, err error) {
	if err := d.may(by, lookNames); err != nil {
		return n, err
	}
	k, _, a, err := d.appealIn(ctx, by, id, ref)
	if err != nil {
		return n, err
	}
	if k.vault == nil {
		return n, fault.New(fault.Forbidden, "may.needs_vault")
	}
	if !d.revealed(by, id) {
		return n, fault.New(fault.Forbidden, "reveal.first")
	}
	return d.numbersOf(ctx, k, a)
}

// numbersOf opens the numbers of an appeal.
func (d *Desk) numbersOf(ctx context.Context, k caseKeys, a *claim.Appealed) (n Numbers, err error) {
	keys, err := d.sourceKeys(ctx, k.vault, a.VaultKey)
	if fault.KindOf(err) == fault.NotFound {
		return n, nil
	}
	if err != nil {
		return n, err
	}
	return n, d.eachSealed(ctx, k.id, keys, func(e ledger.Entry) error {
		var found numbers
		if e.Kind != kindNumbers || json.Unmarshal(e.Body, &found) != nil || found.Appeal != a.Ref {
			return nil
		}
		for _, f := range []struct {
			to   *vault.Text
			from string
		}{{&n.Tracking, found.Tracking}, {&n.Registration, found.Registration}, {&n.Address, found.Address}} {
			if f.from != "" {
				*f.to = vault.NewText(f.from)
			}
		}
		return nil
	})
}

// An AuthorityRow is a body that can be written to.
type AuthorityRow struct {
	claim.Unit
	claim.Authority
}

// Authorities returns the bodies that can be written to, by what they are called.
func (d *Desk) Authorities(ctx context.Context, by Actor) (all []AuthorityRow, err error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	entries, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	office := claim.Fold(entries)
	for _, ref := range office.Authorities() {
		a, _ := office.Authority(ref)
		all = append(all, AuthorityRow{office.Units[ref], a})
	}
	slices.SortStableFunc(all, func(a, b AuthorityRow) int { return strings.Compare(a.Label, b.Label) })
	return all, nil
}

// Units returns the units that the office shares, by what they are called.
func (d *Desk) Units(ctx context.Context, by Actor) (all []claim.Unit, err error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	entries, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, u := range claim.Fold(entries).Units {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b claim.Unit) int {
		return strings.Compare(a.Label+"\x00"+string(a.Ref), b.Label+"\x00"+string(b.Ref))
	})
	return all, nil
}
