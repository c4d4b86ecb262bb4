package habeas

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

// kindAudit is an entry of the office circle: that a member did something which
// others must be able to see, without what it was about. Its time is the day.
const kindAudit = "audit"

// What an audit says was done. The set only grows; a word unknown here is shown
// as it is read, as something else.
const (
	AuditShown    = "names-shown"
	AuditLookedUp = "name-looked-up"
	AuditTried    = "names-tried" // refused words, N of them
	AuditAgreed   = "looks-agreed"
	AuditReleased = "dossier-released"
	AuditTaken    = "dossier-taken" // downloaded, after its release
	AuditShared   = "case-shared"
	AuditUnshared = "case-unshared"
	AuditErased   = "statement-erased"
	AuditLetter   = "letter-opened" // for the first time
	AuditClosed   = "letter-closed" // and what it held destroyed
	AuditOriginal = "file-taken"    // an attached file, to one's own device

	AuditWithheld  = "release-withheld" // it names somebody of a circle marked for the shared check
	AuditLookedAt  = "withheld-looked-at"
	AuditCheckedOn = "shared-check-on"
	AuditCheckEnd  = "shared-check-off"

	// These are read out of the directory.
	AuditJoined       = "member-joined"
	AuditGranted      = "granted"
	AuditGrantedNames = "granted-names"
	AuditRevoked      = "revoked"
	AuditRevokedNames = "revoked-names"
	AuditSuspended    = "suspended"
	AuditReturned     = "returned"
	AuditRemoved      = "removed"
)

// audited is the body of an audit.
type audited struct {
	What string    `json:"what"`
	Code string    `json:"code,omitempty"` // of the case, see caseCode
	Whom ledger.ID `json:"whom,omitzero"`  // the member it is about
	N    int       `json:"n,omitempty"`

	Dossier claim.Ref `json:"dossier,omitempty"` // tells dossiers apart, and nothing of them
}

// An AuditLine is something a member did, by the day.
type AuditLine struct {
	Day  time.Time
	By   ledger.ID
	Name string // of By, as colleagues see it; empty for who is not known any more
	What string
	Code string // tells cases apart, and nothing of them
	Case CaseID // which case that is, to who holds its circle; zero to others
	Whom string // the member it is about, or ""
	N    int

	Dossier claim.Ref // which one it was, if that was written down

	number int64 // in the log
}

// Audit returns what members did that their colleagues must be able to see, the
// last first: looks at names, exports, who was given what. There is nothing of
// any case in it but a code.
func (d *Desk) Audit(ctx context.Context, by Actor) ([]AuditLine, error) {
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
	codes, err := d.ownCodes(ctx, by)
	if err != nil {
		return nil, err
	}
	var lines []AuditLine
	for _, e := range entries {
		lines = append(lines, AuditLine{
			Day: e.Time, By: e.Author, Name: names[e.Author], What: e.What,
			Code: e.Code, Case: codes[e.Code], Whom: names[e.Whom], N: e.N, Dossier: e.Dossier, number: e.number,
		})
	}
	more, err := d.directoryLines(ctx, names)
	if err != nil {
		return nil, err
	}
	lines = append(lines, more...)
	slices.SortFunc(lines, func(a, b AuditLine) int { return cmp.Compare(b.number, a.number) })
	return lines, nil
}

// directoryLines returns what the directory says of members: who came, and who
// was given the keys of a circle or lost them.
func (d *Desk) directoryLines(ctx context.Context, names map[ledger.ID]string) (lines []AuditLine, err error) {
	for n, err := range d.db.Notices(ctx, ledger.DirectoryStream(d.root)) {
		if err != nil {
			return nil, err
		}
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return nil, err
		}
		e, err := d.verify(o)
		if err != nil {
			continue // nobody believes it: it did not happen
		}
		if what, whom := d.noticed(e); what != "" {
			lines = append(lines, AuditLine{Day: e.Time, By: e.Author, Name: names[e.Author], What: what, Whom: names[whom], number: n.Number})
		}
	}
	return lines, nil
}

// noticed says what a directory entry did to which member, or "" if to none. The
// office is every member's, and not worth a line.
func (d *Desk) noticed(e ledger.Entry) (what string, whom ledger.ID) {
	var body struct {
		ID, Key, To, From, Member ledger.ID
	}
	if json.Unmarshal(e.Body, &body) != nil {
		return "", whom
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key, _ := d.dir.Holder(body.Key)
	names := key.Use == ledger.UseCircleVault
	switch e.Kind {
	case ledger.KindHolder:
		what, whom = AuditJoined, body.ID
	case ledger.KindGrant:
		what, whom = either(names, AuditGrantedNames, AuditGranted), body.To
	case ledger.KindRevoke:
		what, whom = either(names, AuditRevokedNames, AuditRevoked), body.From
	case ledger.KindSuspend:
		what, whom = AuditSuspended, body.Member
	case ledger.KindReturn:
		what, whom = AuditReturned, body.Member
	case ledger.KindRemove:
		what, whom = AuditRemoved, body.Member
	}
	renewed := e.Kind == ledger.KindGrant && key.Gen > 1 && d.dir.Granted(key.Prev, whom) // what they had, under new keys
	if h, ok := d.dir.Holder(whom); !ok || h.Use != ledger.UseMember || key.Office || renewed {
		return "", whom
	}
	return what, whom
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// auditEntry is an audit and who wrote it when.
type auditEntry struct {
	audited
	Author ledger.ID
	Time   time.Time
	number int64
}

// audits returns the audits of the office, in order.
func (d *Desk) audits(ctx context.Context, by Actor) ([]auditEntry, error) {
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	cv, err := d.view(ctx, office)
	if err != nil {
		return nil, err
	}
	entries, err := cv.view.OfKind(ctx, office.id, kindAudit)
	if err != nil {
		return nil, err
	}
	var out []auditEntry
	for _, e := range entries {
		a := auditEntry{Author: e.Author, Time: e.Time, number: e.Number}
		if json.Unmarshal(e.Body, &a.audited) != nil {
			continue
		}
		if b, err := hex.DecodeString(a.Code); err != nil || len(b) != codeLen {
			a.Code = "" // whoever wrote it meant something else
		}
		if ref, err := claim.ParseRef(string(a.Dossier)); err != nil || ref.Kind() != claim.RefDossier {
			a.Dossier = ""
		}
		out = append(out, a)
	}
	return out, nil
}

// caseCode returns what stands for a case in the office's audits. Who holds the
// circle can tell which case it is; to others it tells that two lines are about
// the same one, and does not lead to its page. It changes with the circle's keys.
func caseCode(c circleKeys, id CaseID) string { return codeUnder(c.body.Holder, id) }

func codeUnder(h *vault.Holder, id CaseID) string {
	key := h.Seed().Derive("case code")
	m := hmac.New(sha256.New, key[:])
	m.Write(id[:])
	return hex.EncodeToString(m.Sum(nil)[:codeLen])
}

const codeLen = 8

// ownCodes returns the cases of by's circles by their codes, of every generation
// of the circles' keys.
func (d *Desk) ownCodes(ctx context.Context, by Actor) (map[string]CaseID, error) {
	codes := map[string]CaseID{}
	for _, c := range by.circles {
		streams, err := d.casesIn(ctx, c.body)
		if err != nil {
			return nil, err
		}
		for id := range streams {
			for _, h := range c.body.all() {
				codes[codeUnder(h, id)] = id
			}
		}
	}
	return codes, nil
}

// casesIn returns the streams of the cases that one side of a circle was given.
func (d *Desk) casesIn(ctx context.Context, s *side) (map[CaseID]bool, error) {
	ids := map[CaseID]bool{}
	for _, h := range s.all() {
		streams, err := d.db.Streams(ctx, h.ID())
		if err != nil {
			return nil, err
		}
		for _, id := range streams {
			ids[id] = true
		}
	}
	return ids, nil
}

// audit tells the office that by did something.
func (d *Desk) audit(ctx context.Context, by Actor, a audited) error {
	_, err := d.writeAudited(ctx, by, circleKeys{}, ledger.ID{}, a)
	return err
}

// writeTold is writeNew for an act on a case that the office is told of.
func (d *Desk) writeTold(ctx context.Context, by Actor, k caseKeys, what string, act *claim.Act) error {
	if err := d.checkNew(ctx, by, k, act); err != nil {
		return err
	}
	_, err := d.writeAudited(ctx, by, k.circle, k.id, audited{What: what, Code: caseCode(k.circle, k.id)}, draft{claim.KindAct, act, k.body.Key()})
	return err
}

// writeAudited is write, and tells the office in the same commit: neither is ever
// there without the other. Without drafts it only tells the office.
func (d *Desk) writeAudited(ctx context.Context, by Actor, c circleKeys, stream ledger.ID, a audited, drafts ...draft) ([]ledger.ID, error) {
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	var sealed []ledger.Sealed
	var ids []ledger.ID
	touched := []circleKeys{office}
	if len(drafts) > 0 {
		cv, err := d.view(ctx, c)
		if err != nil {
			return nil, err
		}
		heads, err := cv.view.Heads(ctx, stream)
		if err != nil {
			return nil, err
		}
		if sealed, ids, err = sealAll(by.me.Signer(), stream, heads[:min(len(heads), ledger.MaxAfter)], d.now(), drafts); err != nil {
			return nil, err
		}
		touched = append(touched, c)
	}
	told, err := d.sealAudit(by, a)
	if err != nil {
		return nil, err
	}
	if _, err := d.commit(ctx, append(sealed, told...)); err != nil {
		return nil, err
	}
	for _, c := range touched { // as in write
		if _, err := d.view(ctx, c); err != nil {
			d.cfg.Log.ErrorContext(ctx, "a view is behind")
		}
	}
	return ids, nil
}

// sealAudit seals what the office is told. It has no heads: an audit follows from
// nothing, and nothing follows from it.
func (d *Desk) sealAudit(by Actor, a audited) ([]ledger.Sealed, error) {
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	told, _, err := sealAll(by.me.Signer(), office.id, nil, day(d.now()), []draft{{kindAudit, a, office.body.Key()}})
	return told, err
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
