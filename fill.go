package habeas

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"habeas/claim"
	"habeas/gate"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// A Filling is an invented case that is written as a whole, see [Desk.Fill].
type Filling struct {
	Case       claim.Case
	Persons    []FilledPerson
	Sources    []claim.Source
	Statements []FilledStatement
}

// A FilledPerson is a person with an invented name.
type FilledPerson struct {
	claim.Person
	Name name.Name
}

// A FilledStatement is a statement that was read: its one working text, and the
// claims out of that. Which keys it is sealed under Fill says.
type FilledStatement struct {
	claim.Statement
	Text   string
	Claims []claim.Claim
	Unread bool // has no working text yet
}

// Fill writes invented cases into a circle: signed, sealed and committed as any
// entry, but all in one batch, and without asking the gate whether their words name
// somebody. So it does nothing unless [Config].Invented says that nothing in this
// office is real. It is for measuring large offices. Views follow when they are next
// asked for. It returns how many entries the log has then.
func (d *Desk) Fill(ctx context.Context, by Actor, circle ledger.ID, cases []Filling) (size int64, err error) {
	if err := d.may(by, openCase); err != nil {
		return 0, err
	}
	c, ok := by.circle(circle)
	if !d.cfg.Invented || !ok || c.office || c.vault == nil {
		return 0, errors.New("habeas: only a circle of an invented office can be filled")
	}
	key, err := d.gateKey(ctx, c)
	if err != nil {
		return 0, err
	}
	forms := gate.NewCompiler(key)
	made := make([]filled, len(cases))
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				made[i].err = made[i].make(c, forms, by.me.Signer(), d.now(), &cases[i])
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	wg.Wait()
	var all filled
	for _, m := range made {
		all.wraps, all.notices, all.sealed = append(all.wraps, m.wraps...), append(all.notices, m.notices...), append(all.sealed, m.sealed...)
		all.err = errors.Join(all.err, m.err)
	}
	if all.err != nil {
		return 0, all.err
	}
	if err := d.db.PutWraps(ctx, all.wraps...); err != nil {
		return 0, err
	}
	if err := d.publishAll(ctx, by.me.Signer(), all.notices); err != nil {
		return 0, err
	}
	first, err := d.commit(ctx, all.sealed)
	return first + int64(len(all.sealed)), err
}

// filled is a case that is sealed and not yet written.
type filled struct {
	wraps   []vault.Wrap
	notices []placed
	sealed  []ledger.Sealed
	err     error

	keys   caseKeys
	drafts []draft
}

func (f *filled) make(c circleKeys, forms *gate.Compiler, by ledger.Signer, at time.Time, from *Filling) error {
	sides, err := newCase()
	if err != nil {
		return err
	}
	f.keys = sides
	f.keys.id = ledger.CaseStream(sides.body.ID(), sides.vault.ID())
	wraps, notices, err := foundCase(f.keys.id, sides, c)
	if err != nil {
		return err
	}
	f.wraps = wraps
	for _, n := range notices {
		f.notices = append(f.notices, placed{f.keys.id, n})
	}
	body := sides.body.Key()
	f.drafts = append(f.drafts, draft{claim.KindCase, from.Case, body})
	for _, p := range from.Persons {
		if err := f.person(c.id, forms, p); err != nil {
			return err
		}
	}
	for _, s := range from.Sources {
		f.drafts = append(f.drafts, draft{claim.KindSource, s, body})
	}
	for i := range from.Statements {
		if err := f.statement(&from.Statements[i]); err != nil {
			return err
		}
	}
	f.sealed, _, err = sealAll(by, f.keys.id, nil, at, f.drafts)
	return err
}

func (f *filled) person(circle ledger.ID, compiler *gate.Compiler, p FilledPerson) error {
	var parts []vault.Part
	for _, n := range p.Name {
		parts = append(parts, vault.Part{Kind: n.Kind, Text: vault.NewText(n.Text)})
	}
	detail, err := vault.Detail{Person: p.Ref, Names: [][]vault.Part{parts}}.Body()
	if err != nil {
		return err
	}
	forms := claim.Forms{Person: p.Ref, Detail: ledger.NewID(), Circle: circle, Hashes: compiler.Compile(p.Name)}
	body := f.keys.body.Key()
	f.drafts = append(f.drafts, draft{claim.KindPerson, p.Person, body}, draft{vault.KindDetail, detail, f.keys.vault.Key()}, draft{claim.KindForms, forms, body})
	return nil
}

func (f *filled) statement(s *FilledStatement) error {
	bodyID, bodyWrap, bodyKey, err := newSource(f.keys.body, f.keys.id)
	if err != nil {
		return err
	}
	vaultID, vaultWrap, vaultKey, err := newSource(f.keys.vault, f.keys.id)
	if err != nil {
		return err
	}
	f.wraps = append(f.wraps, bodyWrap, vaultWrap)
	st := s.Statement
	st.BodyKey, st.VaultKey = bodyID, vaultID
	raw, err := vault.Original{Statement: st.Ref, Media: "text/plain", Raw: vault.NewText(s.Text), Plain: vault.NewText(s.Text)}.Body()
	if err != nil {
		return err
	}
	f.drafts = append(f.drafts, draft{claim.KindStatement, st, bodyKey}, draft{vault.KindOriginal, raw, vaultKey})
	if s.Unread {
		return nil
	}
	f.drafts = append(f.drafts, draft{claim.KindText, claim.Text{Statement: st.Ref, Version: 1, Text: s.Text}, bodyKey})
	for _, c := range s.Claims {
		f.drafts = append(f.drafts, draft{claim.KindClaim, c, bodyKey})
	}
	return nil
}
