package habeas

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"habeas/factor"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// mostFactors is how many second factors a member has at most.
const mostFactors = 8

// A FactorRow is a second factor as its member sees it.
type FactorRow struct {
	ID   ledger.ID
	Kind factor.Kind
	Made time.Time // the day
	Left int       // recovery codes not used yet
	New  bool      // recovery codes not on paper yet
}

// Factors returns by's second factors, oldest first.
func (d *Desk) Factors(ctx context.Context, by Actor) ([]FactorRow, error) {
	if err := d.may(by, own); err != nil {
		return nil, err
	}
	all, err := d.boxes(ctx, by.me)
	if err != nil {
		return nil, err
	}
	var out []FactorRow
	for id, x := range all {
		if x.Kind != factor.KindChoice {
			out = append(out, FactorRow{id, x.Kind, x.Made, len(x.Codes) + len(x.Hashes), len(x.Codes) > 0})
		}
	}
	slices.SortFunc(out, func(a, b FactorRow) int {
		return cmp.Or(a.Made.Compare(b.Made), slices.Compare(a.ID[:], b.ID[:]))
	})
	return out, nil
}

// BeginCode begins to set up an app that makes codes. It takes the passphrase, and
// counts for nothing until ConfirmCode.
func (d *Desk) BeginCode(ctx context.Context, by Actor, pass vault.Text) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	if err := d.roomForFactor(ctx, by); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	return d.keepPending(by, pending{Secret: factor.NewSecret()})
}

// PendingCode returns the secret of the app that is being set up.
func (d *Desk) PendingCode(by Actor) ([]byte, error) {
	if err := d.may(by, own); err != nil {
		return nil, err
	}
	p, err := d.pendingOf(by)
	if err == nil && p.Secret == nil {
		err = fault.New(fault.NotFound, "factor.not_begun")
	}
	return p.Secret, err
}

// ConfirmCode ends what BeginCode began, with a code that the app shows. From now
// on a login asks for one. The first factor brings recovery codes with it.
func (d *Desk) ConfirmCode(ctx context.Context, by Actor, typed vault.Text) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	secret, err := d.PendingCode(by)
	if err != nil {
		return err
	}
	code := factor.Typed(typed.Reveal())
	step, ok := factor.Match(secret, code, d.now(), 0)
	if !ok && factor.Adrift(secret, code, d.now()) {
		return fault.New(fault.Invalid, "factor.clock", fault.Field("code"))
	}
	if !ok {
		return fault.New(fault.Invalid, "factor.code", fault.Field("code"))
	}
	return d.addFactor(ctx, by, factor.Box{Kind: factor.KindCode, Secret: secret, Last: step})
}

// addFactor writes a factor that was confirmed, and recovery codes if there are
// none.
func (d *Desk) addFactor(ctx context.Context, by Actor, x factor.Box) error {
	leave, err := d.alone(ctx, &d.factorMu, "factors")
	if err != nil {
		return err
	}
	defer leave()
	all, err := d.boxes(ctx, by.me)
	if err != nil {
		return err
	}
	if !all.fresh(x) {
		return fault.New(fault.Conflict, "factor.passkey")
	}
	x.Made = d.now().Truncate(24 * time.Hour)
	// The codes first: who has a second factor has another way in.
	if _, _, ok := all.has(factor.KindRecovery); !ok {
		codes := factor.Box{Kind: factor.KindRecovery, Made: x.Made, Codes: factor.NewRecovery()}
		if err := d.putBox(ctx, by.me, ledger.NewID(), codes); err != nil {
			return err
		}
	}
	if err := d.putBox(ctx, by.me, ledger.NewID(), x); err != nil {
		return err
	}
	return d.keepPending(by, pending{})
}

// DropFactor takes a second factor away. It takes the passphrase. With the last one
// the recovery codes go too.
func (d *Desk) DropFactor(ctx context.Context, by Actor, id ledger.ID, pass vault.Text) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.factorMu, "factors")
	if err != nil {
		return err
	}
	defer leave()
	all, err := d.boxes(ctx, by.me)
	if err != nil {
		return err
	}
	if !all[id].Kind.Second() {
		return fault.New(fault.NotFound, "factor.none")
	}
	if err := d.db.DropFactor(ctx, by.Member, id); err != nil {
		return err
	}
	delete(all, id)
	if codes, _, ok := all.has(factor.KindRecovery); ok && !all.second() {
		return d.db.DropFactor(ctx, by.Member, codes)
	}
	return nil
}

// RecoveryCodes returns the recovery codes that by has not noted yet.
func (d *Desk) RecoveryCodes(ctx context.Context, by Actor) ([]string, error) {
	if err := d.may(by, own); err != nil {
		return nil, err
	}
	all, err := d.boxes(ctx, by.me)
	if err != nil {
		return nil, err
	}
	_, x, _ := all.has(factor.KindRecovery)
	if len(x.Codes) == 0 {
		return nil, fault.New(fault.NotFound, "factor.no_codes")
	}
	return x.Codes, nil
}

// NoteCodes says that the recovery codes are on paper: they are never shown again.
func (d *Desk) NoteCodes(ctx context.Context, by Actor) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.factorMu, "factors")
	if err != nil {
		return err
	}
	defer leave()
	all, err := d.boxes(ctx, by.me)
	if err != nil {
		return err
	}
	id, x, ok := all.has(factor.KindRecovery)
	if !ok {
		return fault.New(fault.NotFound, "factor.no_codes")
	}
	for _, c := range x.Codes {
		x.Hashes = append(x.Hashes, factor.HashRecovery(c))
	}
	x.Codes = nil
	return d.putBox(ctx, by.me, id, x)
}

// NewCodes makes new recovery codes. Those there were open nothing any more. It
// takes the passphrase.
func (d *Desk) NewCodes(ctx context.Context, by Actor, pass vault.Text) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.factorMu, "factors")
	if err != nil {
		return err
	}
	defer leave()
	all, err := d.boxes(ctx, by.me)
	if err != nil {
		return err
	}
	if !all.second() {
		return fault.New(fault.Conflict, "factor.first")
	}
	id, _, ok := all.has(factor.KindRecovery)
	if !ok {
		id = ledger.NewID()
	}
	x := factor.Box{Kind: factor.KindRecovery, Made: d.now().Truncate(24 * time.Hour), Codes: factor.NewRecovery()}
	return d.putBox(ctx, by.me, id, x)
}

func (d *Desk) roomForFactor(ctx context.Context, by Actor) error {
	all, err := d.boxes(ctx, by.me)
	if err == nil && len(all) >= mostFactors {
		err = fault.New(fault.Conflict, "factor.too_many")
	}
	return err
}

// A pending is a second factor that is being set up, or a challenge to one. It is
// in the session, sealed to its member.
type pending struct {
	Secret    []byte `json:"secret,omitempty"`
	Options   string `json:"options,omitempty"`
	Challenge []byte `json:"challenge,omitempty"`
}

func (d *Desk) keepPending(by Actor, p pending) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	defer clear(text)
	aead, err := by.cipher()
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if by.session.sealed == nil {
		return fault.New(fault.Locked, "session.ended")
	}
	by.session.pending = aead.Seal(nil, nil, text, []byte("pending"))
	return nil
}

func (d *Desk) pendingOf(by Actor) (p pending, err error) {
	d.mu.Lock()
	sealed := by.session.pending
	d.mu.Unlock()
	if sealed == nil {
		return p, nil
	}
	aead, err := by.cipher()
	if err != nil {
		return p, err
	}
	text, err := aead.Open(nil, nil, sealed, []byte("pending"))
	if err != nil {
		return p, err
	}
	defer clear(text)
	return p, json.Unmarshal(text, &p)
}
