// Package demo makes a throw-away office with the two founding cases, as a
// caseworker would have recorded them. Every name in it is invented; each is
// rare enough to be searched for in every byte the office writes.
package demo

import (
	"context"
	"strings"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// A Member is somebody who can log in to the demo.
type Member struct {
	Handle, Name, Passphrase string
	Roles                    []ledger.Role
	Vault                    bool // whether they hold the names
}

// Members returns who works in the demo office. The first is also its keeper.
func Members() []Member {
	return []Member{
		{"vera", "Vera, caseworker and keeper", "lantern orchard seven rivers", []ledger.Role{ledger.Caseworker, ledger.Intake, ledger.Keeper}, true},
		{"omar", "Omar, caseworker", "copper window quiet harvest", []ledger.Role{ledger.Caseworker, ledger.Intake}, true},
		{"ana", "Ana, analyst", "paper bridge winter almond", []ledger.Role{ledger.Analyst}, false},
		{"ed", "Ed, editor", "marble kettle slow thunder", []ledger.Role{ledger.Editor}, false},
	}
}

// Circle is the name of the demo's circle.
const Circle = "Refusers"

// Canaries returns the protected names of the demo, whole: they, their parts and
// their forms must be in no byte that is not sealed.
func Canaries() []string {
	var all []string
	for _, p := range []person{son, father, lieutenant, mother, comrade} {
		all = append(all, p.String())
	}
	return all
}

// A person's name, in typed parts.
type person = name.Name

// The people of the demo.
var (
	son        = person{{Kind: name.Given, Text: "Rostyslav"}, {Kind: name.Patronymic, Text: "Bohdanovych"}, {Kind: name.Family, Text: "Zahorulko"}}
	father     = person{{Kind: name.Given, Text: "Bohdan"}, {Kind: name.Patronymic, Text: "Severynovych"}, {Kind: name.Family, Text: "Zahorulko"}}
	lieutenant = person{{Kind: name.Given, Text: "Тихон"}, {Kind: name.Patronymic, Text: "Маркович"}, {Kind: name.Family, Text: "Воробейчиков"}}
	mother     = person{{Kind: name.Given, Text: "Пелагея"}, {Kind: name.Patronymic, Text: "Саввишна"}, {Kind: name.Family, Text: "Воробейчикова"}}
	comrade    = person{{Kind: name.Given, Text: "Елисей"}, {Kind: name.Patronymic, Text: "Прохорович"}, {Kind: name.Family, Text: "Кудеяров"}}
)

// Create makes the demo office. progress is told what is being done.
func Create(ctx context.Context, cfg habeas.Config, progress func(string)) (*habeas.Desk, error) {
	all := Members()
	progress("keys and members")
	d, err := habeas.Create(ctx, cfg, habeas.Founding{Keeper: newMember(all[0]), Circle: Circle})
	if err != nil {
		return nil, err
	}
	now := time.Now
	if cfg.Now != nil {
		now = cfg.Now
	}
	if err := fill(ctx, d, all, now(), progress); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func newMember(m Member) habeas.NewMember {
	return habeas.NewMember{Handle: m.Handle, Name: m.Name, Passphrase: vault.NewText(m.Passphrase), Roles: m.Roles}
}

// Actor logs a member of the demo in.
func Actor(ctx context.Context, d *habeas.Desk, handle string) (habeas.Actor, error) {
	for _, m := range Members() {
		if m.Handle == handle {
			token, err := d.Login(ctx, m.Handle, vault.NewText(m.Passphrase))
			if err != nil {
				return habeas.Actor{}, err
			}
			return d.Actor(ctx, token)
		}
	}
	return habeas.Actor{}, nil
}

func fill(ctx context.Context, d *habeas.Desk, all []Member, now time.Time, progress func(string)) error {
	by, err := Actor(ctx, d, all[0].Handle)
	if err != nil {
		return err
	}
	circles, err := d.Circles(ctx, by)
	if err != nil {
		return err
	}
	var circle ledger.ID
	for _, c := range circles {
		if !c.Office {
			circle = c.ID
		}
	}
	for _, m := range all[1:] {
		if err := d.AddMember(ctx, by, newMember(m), circle, m.Vault); err != nil {
			return err
		}
	}
	r := &recorder{ctx: ctx, d: d, by: by}
	shared := r.office()
	group := r.authorities(shared)
	progress("case A: the officer who put his refusal in writing")
	r.caseA(circle)
	r.lettersA(shared)
	progress("case B: the lieutenant who would not lead his men")
	reply := r.caseB(circle, shared)
	r.lettersB(shared, group, reply, now)
	if r.err == nil {
		r.err = d.Leave(by)
	}
	return r.err
}

// A recorder records one case. After an error it does nothing more.
type recorder struct {
	ctx  context.Context
	d    *habeas.Desk
	by   habeas.Actor
	id   habeas.CaseID
	err  error
	st   claim.Ref // the statement being read
	text string    // its working text, once settled
}

func (r *recorder) open(circle ledger.ID, title string) {
	if r.err == nil {
		r.id, r.err = r.d.OpenCase(r.ctx, r.by, circle, habeas.NewCase{Title: title, About: "person"})
	}
}

// about says whom the case is about.
func (r *recorder) about(title string, who claim.Ref) {
	if r.err == nil {
		r.err = r.d.ChangeCase(r.ctx, r.by, r.id, claim.Case{Title: title, About: "person", Affected: who})
	}
}

func (r *recorder) person(n person, note string) (ref claim.Ref) {
	if r.err == nil {
		ref, r.err = r.d.AddPerson(r.ctx, r.by, r.id, habeas.NewPerson{Protection: claim.Protected, Note: note, Parts: masked(n)})
	}
	return ref
}

func (r *recorder) group(description string, count int) (ref claim.Ref) {
	if r.err == nil {
		ref, r.err = r.d.AddPerson(r.ctx, r.by, r.id, habeas.NewPerson{Protection: claim.Protected, Count: count, Description: description})
	}
	return ref
}

func masked(n person) (parts []vault.Part) {
	for _, p := range n {
		parts = append(parts, vault.Part{Kind: p.Kind, Text: vault.NewText(p.Text)})
	}
	return parts
}

func (r *recorder) source(s claim.Source) (ref claim.Ref) {
	if r.err == nil {
		ref, r.err = r.d.AddSource(r.ctx, r.by, r.id, s)
	}
	return ref
}

// statement takes a statement in and starts reading it.
func (r *recorder) statement(s habeas.NewStatement, text string) {
	if r.err != nil {
		return
	}
	s.Raw = vault.NewText(text)
	r.st, r.err = r.d.AddStatement(r.ctx, r.by, r.id, s)
	r.text = ""
}

// link links the words that still look like names: those in names to their
// people, the others to nobody. Then it settles the text.
func (r *recorder) settle(names map[string]claim.Ref) {
	for r.err == nil {
		reading, err := r.d.Reading(r.ctx, r.by, r.id, r.st)
		if err != nil {
			r.err = err
			return
		}
		run, ok := firstSuspect(reading)
		if !ok {
			break
		}
		sp := vault.Span{Start: run.Start, End: run.End}
		if who := names[run.Text]; who != "" {
			r.err = r.d.Link(r.ctx, r.by, r.id, r.st, sp, who, true)
		} else {
			r.err = r.d.Dismiss(r.ctx, r.by, r.id, r.st, sp, true)
		}
	}
	if r.err == nil {
		r.err = r.d.Settle(r.ctx, r.by, r.id, r.st)
	}
	if r.err == nil {
		var f *habeas.CaseFile
		if f, r.err = r.d.Case(r.ctx, r.by, r.id); r.err == nil {
			t, _ := f.State.Statement(r.st)
			r.text = t.Newest().Text
		}
	}
}

// agrees records what was agreed to about the statement being read: the places in
// it as exactly as place says, nobody by name, for each of the audiences.
func (r *recorder) agrees(giver string, person claim.Ref, place string, audiences ...string) {
	if r.err != nil {
		return
	}
	c := claim.Consent{Statement: r.st, Giver: giver, Person: person, Explained: "who reads it, what can't be called back, and that no can be said at any time"}
	if giver != claim.GivenByNobody {
		c.Medium, c.Lang = "phone", "ru"
	} else {
		c.Explained = ""
	}
	for _, a := range audiences {
		c.Uses = append(c.Uses, claim.Use{To: a, Named: claim.NamedCover, Place: place})
	}
	r.err = r.d.Consent(r.ctx, r.by, r.id, c)
}

// everybody is who may have what was said in public.
func everybody() (audiences []string) {
	for _, t := range claim.Terms("audience") {
		if t.Key != claim.ToPartner {
			audiences = append(audiences, t.Key)
		}
	}
	return audiences
}

func firstSuspect(reading *habeas.Reading) (habeas.Run, bool) {
	for _, p := range reading.Pieces {
		for _, run := range p.Runs {
			if run.Suspect {
				return run, true
			}
		}
	}
	return habeas.Run{}, false
}

// passage returns a claim read out of the sentence that holds words.
func (r *recorder) passage(words, when string, where claim.Ref, basis string, chain ...claim.Link) claim.Claim {
	c := claim.Claim{Statement: r.st, Version: 1, When: when, Where: where, Stance: claim.Asserts, Basis: basis, Chain: chain}
	at := strings.Index(r.text, words)
	for _, s := range claim.Sentences(r.text) {
		if at >= s.Start && at < s.End {
			c.Start, c.End = s.Start, s.End
		}
	}
	return c
}

// event records an event, and who was in it: pairs of role and reference.
func (r *recorder) event(passage claim.Claim, event claim.Ref, kind string, involved ...habeas.Involved) (ref claim.Ref) {
	if r.err == nil {
		ref, r.err = r.d.RecordEvent(r.ctx, r.by, r.id, habeas.EventClaims{Passage: passage, Event: event, Type: kind, Involved: involved})
	}
	return ref
}

// says records that the passage says value of subject.
func (r *recorder) says(passage claim.Claim, subject claim.Ref, predicate string, v claim.Value) {
	if r.err != nil {
		return
	}
	passage.Subject, passage.Predicate, passage.Value = subject, predicate, v
	_, r.err = r.d.Record(r.ctx, r.by, r.id, passage)
}
