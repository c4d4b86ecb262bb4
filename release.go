package habeas

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/dossier"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/letter"
	"habeas/vault"
)

// kindRendered is the entry that holds a dossier's bytes. It has a source key of
// its own, so that it can be destroyed with what it rests on.
const kindRendered = "rendered"

// DossierOptions say for whom a dossier is, and in which language.
type DossierOptions struct {
	Audience string // vocabulary "audience"
	Partner  string // which one, if the audience is one; name-free
	Lang     string
	Names    bool         // by name, whoever agreed to that and nobody disagrees
	Less     dossier.Less // what is said less exactly than the reader could have it
	Choices               // what was decided about what the gate found in it
	Letter   *LetterDraft // it is no dossier, but a letter; it always counts as one with names
}

// A Preview is a dossier as it would leave, and what the gate says of it.
type Preview struct {
	Files      []gate.File
	Left       []dossier.Omission // what stays out, and why
	Statements []claim.Allowance  // which statements are used, and why others are not
	Hits       []gate.Hit
	Unreadable []string
	Unread     []gate.Unread     // why they could not be read
	Marked     []Marked          // the hits by where they stand, and what was chosen
	Warnings   []Warning         // what looks like a name
	Choices    Choices           // all that were made, so far
	Changed    []Change          // what the edits among them did
	Ready      bool              // it can be put before a second member
	forged     bool              // what was asked is not what stands there
	Few        []Few             // of whom it says what few share
	Again      []Again           // whom it names by what else is out, or the other way about: it does not leave
	Clear      bool              // the gate would let it out
	Letter     *letter.Letter    // of a letter: its words, with what each rests on, and the checklist
	Sentences  []letter.Sentence // of a letter: all that could be in it
	Appeal     claim.Ref         // of a letter: what it was drafted for
}

// A Step is something a member did with a dossier.
type Step struct {
	By     ledger.ID
	Name   string
	At     time.Time
	Reason string
}

// A DossierRow is a dossier and how far it has come.
type DossierRow struct {
	Case                         CaseID
	Dossier                      claim.Ref
	Audience, Lang, Digest       string
	Partner                      string // which one, if the audience is one
	To                           string // to whom it was released
	Names                        bool   // people stand in it by name
	Files                        int    // it is a bundle of so many files, see [Desk.Handover]
	Letter                       *LetterRow
	Table                        bool // it is a table of letters, and Case its circle, see [Desk.Table]
	Proposed, Approved, Released *Step
	Refused                      *Step
	Waived                       []Waived    // the warnings that who approved it accepted
	Used                         []ledger.ID // the claims in what was released
	Erased                       bool        // its bytes went with a statement they rest on
}

// rendered is the body of a kindRendered entry: what was made, and what it takes
// to make it again.
type rendered struct {
	Dossier  claim.Ref            `json:"dossier"`
	Audience string               `json:"audience"`
	Partner  string               `json:"partner,omitempty"`
	Lang     string               `json:"lang"`
	Day      time.Time            `json:"day"`
	Covers   map[claim.Ref]string `json:"covers"`
	RestsOn  []claim.Ref          `json:"rests_on"` // statements
	Told     []ledger.ID          `json:"told"`     // the claims in it
	As       []claim.Allowance    `json:"as"`       // how it uses each statement
	Files    []gate.File          `json:"files"`
	Less     dossier.Less         `json:"less,omitempty"`
	Choices  Choices              `json:"choices,omitzero"`
	Said     dossier.Told         `json:"said"`            // of each person
	Named    []claim.Ref          `json:"named,omitempty"` // who stands in it by name

	Names    bool      `json:"names,omitempty"`
	VaultKey ledger.ID `json:"vault_key,omitzero"` // of a dossier with names: the source key its Files are under, see kindNamed
	Bundle   *bundled  `json:"bundle,omitempty"`   // it is no dossier, but files that are handed over
	Letter   *drafted  `json:"letter,omitempty"`   // it is no dossier, but a letter to an authority
	Table    *tabled   `json:"table,omitempty"`    // it is no dossier, but counts of letters, and of a circle
	left     bool      // it was released
	salt     []byte
	passing  map[string]bool // who may pass the gate by name, once it was rendered
	waived   map[string]bool // by key, what of the choices a second member accepted
}

// Preview renders a dossier and runs the gate over it. Nothing is recorded.
func (d *Desk) Preview(ctx context.Context, by Actor, id CaseID, opt DossierOptions) (*Preview, error) {
	if err := d.may(by, compose); err != nil {
		return nil, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, err
	}
	r, err := d.newRendered(ctx, by, k, opt)
	if err != nil {
		return nil, err
	}
	_, p, err := d.render(ctx, by, k, &r)
	return p, err
}

// newRendered chooses what a dossier is made with: today's date, and cover names
// that are not the internal ones. Dossiers of a case for the same audience share
// them, so that readers can follow a person from one to the next.
func (d *Desk) newRendered(ctx context.Context, by Actor, k caseKeys, opt DossierOptions) (rendered, error) {
	if (opt.Audience == claim.ToPartner) != (strings.TrimSpace(opt.Partner) != "") {
		return rendered{}, fault.New(fault.Invalid, "consent.which_partner", fault.Field("partner"))
	}
	if err := d.nameFree(ctx, by, k.circle, opt.Partner); err != nil {
		return rendered{}, err
	}
	r := rendered{
		Audience: opt.Audience, Partner: opt.Partner, Lang: opt.Lang, Names: opt.Names || opt.Letter != nil, Less: opt.Less,
		Day: d.now().Truncate(24 * time.Hour), Covers: map[claim.Ref]string{}, salt: newSalt(),
	}
	if r.Names {
		if err := d.mayName(by, k); err != nil {
			return rendered{}, err
		}
	}
	if err := d.checkChoices(ctx, by, k, opt.Choices); err != nil {
		return rendered{}, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return r, err
	}
	if r.Letter, err = d.draftOf(state, opt); err != nil {
		return r, err
	}
	if err := d.takeTemplate(ctx, by, k, r.Letter); err != nil {
		return r, err
	}
	earlier, err := d.renderedOf(ctx, k)
	if err != nil {
		return r, err
	}
	rows := d.dossierRows(k.id, state, nil)
	for _, e := range earlier {
		if e.Audience == opt.Audience && strings.EqualFold(e.Partner, opt.Partner) {
			for p, c := range e.Covers {
				r.Covers[p] = c
			}
			if i := slices.IndexFunc(rows, func(row DossierRow) bool { return row.Dossier == e.Dossier }); i >= 0 {
				r.Choices.inherit(e.Choices, rows[i].Refused != nil)
			}
		}
	}
	r.Choices.Edits, r.Choices.Asks = opt.Edits, opt.Asks
	r.Choices.Decided = append(r.Choices.Decided, opt.Decided...)
	return r, d.drawPublicCovers(ctx, k, state, r.Lang, r.Covers, earlier)
}

// render makes the files of r from what the case says now and may be told to its
// reader, and checks them. It sets what r rests on.
func (d *Desk) render(ctx context.Context, by Actor, k caseKeys, r *rendered) (gate.Draft, *Preview, error) {
	state, err := d.state(ctx, by, k)
	if err != nil {
		return gate.Draft{}, nil, err
	}
	told := d.outward(state, *r)
	r.noteTold(told)
	names, err := d.namesFor(ctx, k, r, told)
	if err != nil {
		return gate.Draft{}, nil, err
	}
	out, err := dossier.Render(told, dossier.Options{
		Lang: r.Lang, Today: r.Day, Names: len(names) > 0, Less: r.Less, Edits: r.Choices.Edits,
		Cover: func(p claim.Ref) string { return cmp.Or(names[p], r.Covers[p]) },
	})
	if err != nil {
		return gate.Draft{}, nil, err
	}
	r.passing, r.Said, r.Named = passing(names), out.Told, slices.Sorted(maps.Keys(names))
	made, out, err := d.renderLetter(ctx, k, r, state, told, out)
	if err != nil {
		return gate.Draft{}, nil, err
	}
	all := r.gateOptions()
	all.Accepted = nil
	p, err := d.check(ctx, k, out.Draft, all)
	if err != nil {
		return gate.Draft{}, nil, err
	}
	p.Left, p.Statements, p.Letter = out.Left, told.Statements, made.Letter
	p.Sentences = made.all
	if err := d.weigh(ctx, by, r, p); err != nil {
		return gate.Draft{}, nil, err
	}
	if err := d.sayAgain(ctx, by, r, p); err != nil {
		return gate.Draft{}, nil, err
	}
	if err := d.sayChoices(ctx, k, r, out, p); err != nil {
		return gate.Draft{}, nil, err
	}
	p.settle(r)
	p.Clear = len(p.Hits)+len(p.Unreadable) == 0 && p.mayLeave() == nil
	p.Ready = p.ready()
	return out.Draft, p, nil
}

// check runs the gate over a draft and says in a preview what it found.
func (d *Desk) check(ctx context.Context, k caseKeys, draft gate.Draft, opt gate.Options) (*Preview, error) {
	p := &Preview{Files: draft.Files}
	_, err := d.clear(ctx, k, draft, opt)
	if refusal, ok := errors.AsType[*gate.Refusal](err); ok {
		p.Hits, p.Unreadable, p.Unread = refusal.Hits, refusal.Unreadable, refusal.Unread
		return p, nil
	}
	p.Clear = err == nil
	return p, err
}

// clear lets a draft through the gate, with what opt lets pass, or says why not.
func (d *Desk) clear(ctx context.Context, k caseKeys, draft gate.Draft, opt gate.Options) (gate.Cleared, error) {
	ix, err := d.exitIndex(ctx, k.circle)
	if err != nil {
		return gate.Cleared{}, err
	}
	return gate.Check(draft, ix, opt)
}

// Propose makes a dossier, keeps its bytes, and puts it before a second member.
// What the gate refuses can't be proposed.
func (d *Desk) Propose(ctx context.Context, by Actor, id CaseID, opt DossierOptions) (claim.Ref, error) {
	if err := d.may(by, compose); err != nil {
		return "", err
	}
	leave, err := d.alone(ctx, &d.proposing, "proposals") // or two that are made at once draw the same cover name
	if err != nil {
		return "", err
	}
	defer leave()
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return "", err
	}
	r, err := d.newRendered(ctx, by, k, opt)
	if err != nil {
		return "", err
	}
	draftFiles, p, err := d.render(ctx, by, k, &r)
	if err != nil {
		return "", err
	}
	if len(r.RestsOn) == 0 {
		return "", fault.New(fault.Withheld, "dossier.nothing")
	}
	if err := p.mayLeave(); err != nil {
		return "", err
	}
	if n := p.undecided(); n > 0 {
		return "", fault.New(fault.Withheld, "dossier.warnings_left", fault.Count(n))
	}
	r.Choices = r.Choices.tidy(p)
	asking := r // what is asked is not accepted; the gate must find nothing else
	asking.waive(asking.asked())
	cleared, err := d.clear(ctx, k, draftFiles, asking.gateOptions())
	if err != nil {
		return "", err
	}
	r.Dossier, r.Files = claim.NewRef(claim.RefDossier), cleared.Files()
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
	act := &claim.Act{What: claim.Proposed, Dossier: r.Dossier, Audience: r.Audience, Partner: r.Partner, Lang: r.Lang, Names: r.Names, Digest: r.mark(cleared.Digest())}
	if r.Letter != nil {
		act.Appeal = r.Letter.Appeal
	}
	if err := claim.Check(act); err != nil {
		return "", err
	}
	_, err = d.write(ctx, by, k.circle, id, append(more, draft{kindRendered, r, key}, draft{claim.KindAct, act, k.body.Key()})...)
	return r.Dossier, err
}

// Dossiers returns the dossiers of a case, in order.
func (d *Desk) Dossiers(ctx context.Context, by Actor, id CaseID) ([]DossierRow, error) {
	if err := d.may(by, read); err != nil {
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
	names, err := d.memberNames(ctx, by)
	return d.dossierRows(id, state, names), err
}

// Dossier returns a dossier's kept bytes, checked again with what the gate knows
// now, and what of the case, as it is now, stays out of such a dossier.
func (d *Desk) Dossier(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*Preview, DossierRow, error) {
	if err := d.may(by, read); err != nil {
		return nil, DossierRow{}, err
	}
	k, r, row, err := d.kept(ctx, by, id, ref)
	if err != nil {
		return nil, row, err
	}
	kept := r.Files
	now, again, err := d.render(ctx, by, k, &r)
	if err != nil {
		return nil, row, err
	}
	p, err := d.check(ctx, k, gate.Draft{Files: kept}, r.gateOptions())
	if err != nil {
		return nil, row, err
	}
	p.Left, p.Statements, p.Few, p.Again, p.Choices = again.Left, again.Statements, again.Few, again.Again, again.Choices
	if sameFiles(kept, now.Files) {
		p.Marked, p.Warnings, p.Changed, p.Ready, p.Letter = again.Marked, again.Warnings, again.Changed, again.Ready, again.Letter
	}
	if r.Letter != nil {
		p.Appeal = r.Letter.Appeal
	}
	p.Clear = p.Clear && p.mayLeave() == nil
	return p, row, nil
}

// kept finds a dossier, and checks that its bytes are those that were proposed.
func (d *Desk) kept(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (caseKeys, rendered, DossierRow, error) {
	return d.keptAs(ctx, by, id, ref, false)
}

// keptAs finds a dossier or, if bundle is set, files that are handed over: what the
// one says of who may have it does not go for the other.
func (d *Desk) keptAs(ctx context.Context, by Actor, id CaseID, ref claim.Ref, bundle bool) (caseKeys, rendered, DossierRow, error) {
	rows, err := d.Dossiers(ctx, by, id)
	if err != nil {
		return caseKeys{}, rendered{}, DossierRow{}, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return k, rendered{}, DossierRow{}, err
	}
	all, err := d.renderedOf(ctx, k)
	if err != nil {
		return k, rendered{}, DossierRow{}, err
	}
	i := slices.IndexFunc(rows, func(r DossierRow) bool { return r.Dossier == ref })
	j := slices.IndexFunc(all, func(r rendered) bool { return r.Dossier == ref })
	if i >= 0 && j < 0 && rows[i].Erased {
		return k, rendered{}, rows[i], fault.New(fault.NotFound, "dossier.erased")
	}
	if i < 0 || j < 0 || bundle != (all[j].Bundle != nil) || bundle != (rows[i].Files > 0) {
		return k, rendered{}, DossierRow{}, fault.New(fault.NotFound, "dossier.none")
	}
	r := all[j]
	r.left = rows[i].Released != nil
	r.waive(keysOf(rows[i].Waived))
	if r.Names {
		if err := d.mayName(by, k); err != nil {
			return k, rendered{}, rows[i], err
		}
		if err := d.openNamed(ctx, k, &r); err != nil {
			return k, rendered{}, rows[i], err
		}
	}
	files, err := gate.DigestOf(r.Files)
	if err != nil || r.mark(files) != rows[i].Digest {
		return k, rendered{}, DossierRow{}, fault.Wrap(err, fault.Damaged, "dossier.damaged")
	}
	return k, r, rows[i], nil
}

// Approve says that a second member has read a dossier. reason answers who else
// knows that this happened, and what they can do; accept has the keys of all that
// they were asked.
func (d *Desk) Approve(ctx context.Context, by Actor, id CaseID, ref claim.Ref, reason string, accept ...string) error {
	if err := d.may(by, approve); err != nil {
		return err
	}
	k, r, row, err := d.kept(ctx, by, id, ref)
	if err != nil {
		return err
	}
	if err := d.approvable(ctx, by, k, row, reason); err != nil {
		return err
	}
	r.waive(accept)
	if _, err := d.stillTrue(ctx, by, k, r, row); err != nil {
		return err
	}
	act := &claim.Act{What: claim.Approved, Dossier: ref, Audience: row.Audience, Lang: row.Lang, Digest: row.Digest, Reason: reason, Waived: r.waivers(row.Proposed.By, by.Member)}
	return d.writeNew(ctx, by, k, k.body.Key(), claim.KindAct, act)
}

// Release lets an approved dossier out, to somebody who is named in words. It
// takes the passphrase again; the bytes pass the gate once more, with every name
// known by now, and are refused if the case no longer says the same, or those it
// rests on no longer agree. Last, they are looked through for the names of other
// circles that are marked for it, see [Desk.MarkShared].
func (d *Desk) Release(ctx context.Context, by Actor, id CaseID, ref claim.Ref, to string, pass vault.Text) (gate.Cleared, error) {
	if err := d.may(by, release); err != nil {
		return gate.Cleared{}, err
	}
	k, r, row, err := d.kept(ctx, by, id, ref)
	if err != nil {
		return gate.Cleared{}, err
	}
	if err := releasable(row); err != nil {
		return gate.Cleared{}, err
	}
	if strings.TrimSpace(to) == "" {
		return gate.Cleared{}, fault.New(fault.Invalid, "dossier.to_whom", fault.Field("recipient"))
	}
	if err := d.nameFree(ctx, by, k.circle, to); err != nil {
		return gate.Cleared{}, err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return gate.Cleared{}, err
	}
	cleared, err := d.stillTrue(ctx, by, k, r, row)
	if err != nil {
		return gate.Cleared{}, err
	}
	if err := d.passShared(ctx, by, k, &r, cleared.Files()); err != nil {
		return gate.Cleared{}, err
	}
	act := &claim.Act{What: claim.Released, Dossier: ref, Audience: row.Audience, Partner: row.Partner, To: to, Lang: row.Lang, Digest: row.Digest,
		Entries: r.Told, Waived: r.waivers(row.Proposed.By, row.Approved.By)}
	err = d.releaseOnce(ctx, by, id, ref, func() error { return d.writeTold(ctx, by, k, AuditReleased, act) })
	if err != nil {
		return cleared, err
	}
	return cleared, d.noteLetter(ctx, by, id, r)
}

// stillTrue passes a kept dossier through the gate and makes it again from the
// case: what was withdrawn or corrected since must not leave.
func (d *Desk) stillTrue(ctx context.Context, by Actor, k caseKeys, r rendered, row DossierRow) (gate.Cleared, error) {
	if err := d.stillAgreed(ctx, by, k, r); err != nil {
		return gate.Cleared{}, err
	}
	again, p, err := d.render(ctx, by, k, &r)
	if err != nil {
		return gate.Cleared{}, err
	}
	if err := p.mayLeave(); err != nil {
		return gate.Cleared{}, err
	}
	if err := r.answered(p); err != nil {
		return gate.Cleared{}, err
	}
	cleared, err := d.clear(ctx, k, gate.Draft{Files: r.Files}, r.gateOptions())
	if err != nil {
		return gate.Cleared{}, err
	}
	now, err := d.clear(ctx, k, again, r.gateOptions())
	if err != nil {
		return gate.Cleared{}, err
	}
	if now.Digest() != cleared.Digest() || r.mark(cleared.Digest()) != row.Digest {
		return gate.Cleared{}, fault.New(fault.Conflict, "dossier.stale")
	}
	return cleared, nil
}
