package habeas

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"habeas/claim"
	"habeas/clean"
	"habeas/custody"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// An ExhibitFile is an exhibit of a case, with what came of it. What it is called and
// what was noted of it may name somebody.
type ExhibitFile struct {
	custody.Exhibit
	Statement claim.Ref
	N         int // which of the files of its statement it is, from 0; older ones are counted too
	Events    []CustodyEvent
	Whole     bool // each event names the one before it: none is missing and none was put between
	Safe      *SafeCopy
	Made      []*DerivedFile // what was made of it by hand or by redaction, in order
	Mark      *ExhibitMark   // that it shows what may hurt to see; nil if nobody says so
}

// Ref returns the reference of the exhibit.
func (x *ExhibitFile) Ref() claim.Ref { return claim.Ref(x.Exhibit.Ref) }

// Good reports whether the last check of the original found it unchanged. checked is
// false before the first one.
func (x *ExhibitFile) Good() (good, checked bool) {
	for _, e := range x.Events {
		if e.Act == custody.Fixity && e.SHA256 == x.SHA256 {
			good, checked = e.Good, true
		}
	}
	return good, checked
}

// A CustodyEvent is an event, with who wrote it down and when.
type CustodyEvent struct {
	custody.Event
	Entry ledger.ID
	By    ledger.ID
	Name  string // of By, as colleagues see it; empty for who is not known any more
	At    time.Time
}

// A SafeCopy is what was made of an exhibit, to be looked at in its place.
type SafeCopy struct {
	Media  string
	Size   int64
	SHA256 string
	Left   []vault.Left // what is in the original and not in it
}

// safeCopy is the purpose of files made to be looked at.
const safeCopy = "safe copy"

// A keptFile is an attachment with what is known of it.
type keptFile struct {
	vault.Attachment
	record *ExhibitFile // nil for one that was filed before there were exhibits
	entry  ledger.ID    // of the exhibit
	safe   *vault.Attachment
	made   []*madeFile // the other files made of it, in order
}

// last returns what the next event names as the one before it.
func (f *keptFile) last() ledger.ID {
	if n := len(f.record.Events); n > 0 {
		return f.record.Events[n-1].Entry
	}
	return f.entry
}

// UploadExhibit begins a file that a member adds to a statement: see [Desk.AddExhibit].
// It may have any size that there is room for, and no byte of it is ever on the disk in
// clear. name is what whoever gave it calls it.
func (d *Desk) UploadExhibit(ctx context.Context, by Actor, name vault.Text) (*Upload, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	holder, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return nil, err
	}
	u, err := d.uploadTo(name, holder.Public(ledger.UseDesk))
	if err != nil {
		return nil, err
	}
	u.holder, u.from = holder, by.session
	return u, nil
}

// AddExhibit records a file that was given with a statement: what it is called, its
// size and hashes as they were taken while it came, how it came, and what its
// collector notes. The statement's vault key seals all of it. u was closed.
func (d *Desk) AddExhibit(ctx context.Context, by Actor, id CaseID, st claim.Ref, u *Upload, came custody.Way, notes custody.Collected) (claim.Ref, error) {
	if err := d.may(by, lookNames); err != nil {
		return "", err
	}
	if u.holder == nil || u.kept == "" || u.taken {
		return "", fault.New(fault.Invalid, "exhibit.none_came", fault.Field("file"))
	}
	k, _, t, err := d.statement(ctx, by, id, st)
	if err != nil {
		return "", err
	}
	if k.vault == nil {
		return "", fault.New(fault.Forbidden, "may.needs_vault")
	}
	if err := d.db.Keep(ctx, t.VaultKey, u.kept); err != nil {
		return "", err
	}
	u.taken = true
	a := vault.Attachment{Name: u.name, Blob: u.kept, Seed: u.holder.Seed()}
	return d.recordFile(ctx, by, k, t, u.seal, a, custody.Exhibit{Came: came, Received: d.now(), Collected: notes})
}

// recordFile records a file whose sealed bytes the statement owns already: what opens
// it, what it is as an exhibit, and that it was received and hashed; all or none.
func (d *Desk) recordFile(ctx context.Context, by Actor, k caseKeys, t claim.Telling, w *vault.FileWriter, a vault.Attachment, x custody.Exhibit) (claim.Ref, error) {
	key, err := d.sourceKey(ctx, k.vault, t.VaultKey)
	if err != nil {
		return "", err
	}
	if x.Received.IsZero() {
		x.Received = d.now()
	}
	ref, long, begins := claim.NewRef(claim.RefExhibit), w.LongSum(), w.Begins()
	a.Statement, a.Size, a.SHA256, a.Header, a.Exhibit = t.Ref, w.Size(), hexSum(w.Sum()), w.Header(), ref
	x.Ref, x.Name, x.Size, x.SHA256, x.SHA512, x.Giver = string(ref), a.Name.Reveal(), a.Size, a.SHA256, hex.EncodeToString(long[:]), string(t.Source)
	if kind, ok := clean.KindOf(bytes.NewReader(begins), int64(len(begins))); ok { // by its first bytes: nothing is opened
		x.Media = kind.Media
	}
	if err := x.Check(); err != nil {
		return "", err
	}
	body, err := a.Body()
	if err != nil {
		return "", err
	}
	event := func(act custody.Act, tool string) draft {
		return draft{custody.KindEvent, following(func(ids []ledger.ID) any {
			return custody.Event{Exhibit: x.Ref, Before: ids[len(ids)-1], Act: act, SHA256: x.SHA256, Tool: tool, Good: true}
		}), key}
	}
	_, err = d.write(ctx, by, k.circle, k.id,
		draft{vault.KindAttachment, body, key}, draft{custody.KindExhibit, x, key}, event(custody.Received, ""), event(custody.Hashed, tool("SHA-256, SHA-512")))
	return ref, d.gone(ctx, t, err)
}

// gone removes a file that came to belong to a statement after the others had gone
// with it: err says that it was erased meanwhile, and nothing else does.
func (d *Desk) gone(ctx context.Context, t claim.Telling, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key() != "erase.gone" {
		return err
	}
	return errors.Join(err, d.db.ForgetBlobs(context.WithoutCancel(ctx), t.VaultKey))
}

// keptFiles returns the files of statements, in order, with what is known of each.
func (d *Desk) keptFiles(ctx context.Context, k caseKeys, statements ...claim.Telling) (files []*keptFile, err error) {
	if k.vault == nil {
		return nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	var all []ledger.Key
	of := map[ledger.ID]claim.Ref{} // by sealing key
	for _, t := range statements {
		keys, err := d.sourceKeys(ctx, k.vault, t.VaultKey)
		if fault.KindOf(err) == fault.NotFound {
			continue // its original is gone
		}
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			of[key.ID] = t.Ref
		}
		all = append(all, keys...)
	}
	var found fileReader
	err = d.eachSealed(ctx, k.id, all, func(e ledger.Entry) error { return found.read(e, of[e.Key]) })
	return found.whole(), err
}

// A fileReader gathers files and what is known of them, in the order of the log.
type fileReader struct {
	files  []*keptFile
	made   []*madeFile
	known  []knownExhibit
	events []knownEvent
	marks  []knownMark
}

type knownExhibit struct {
	custody.Exhibit
	entry ledger.ID
	st    claim.Ref
}

type knownEvent struct {
	CustodyEvent
	st claim.Ref
}

// read takes what an entry says of files of the statement whose key it is sealed
// under; what says something of another one says nothing.
func (r *fileReader) read(e ledger.Entry, st claim.Ref) error {
	switch e.Kind {
	case vault.KindAttachment:
		a, err := vault.ReadAttachment(e)
		if err != nil || a.Statement != st {
			return err
		}
		if a.Made != "" {
			r.made = append(r.made, &madeFile{Attachment: a, by: e.Author, at: e.Time})
			return nil
		}
		r.files = append(r.files, &keptFile{Attachment: a})
	case custody.KindExhibit:
		if x, err := custody.ReadExhibit(e); err == nil {
			r.known = append(r.known, knownExhibit{x, e.ID, st})
		}
	case custody.KindEvent:
		if v, err := custody.ReadEvent(e); err == nil {
			r.events = append(r.events, knownEvent{CustodyEvent{Event: v, Entry: e.ID, By: e.Author, At: e.Time}, st})
		}
	case kindMark:
		r.readMark(e, st)
	}
	return nil
}

// whole puts together what was read. Of two records of one exhibit the first is it.
func (r *fileReader) whole() []*keptFile {
	count := map[claim.Ref]int{}
	for _, f := range r.files {
		n := count[f.Statement]
		count[f.Statement]++
		i := slices.IndexFunc(r.known, func(x knownExhibit) bool {
			return f.Exhibit != "" && x.Ref == string(f.Exhibit) && x.st == f.Statement && x.SHA256 == f.SHA256
		})
		if i < 0 {
			continue
		}
		f.entry = r.known[i].entry
		f.record = &ExhibitFile{Exhibit: r.known[i].Exhibit, Statement: f.Statement, N: n, Whole: true}
		before := f.entry
		for _, v := range r.events {
			if v.Exhibit != string(f.Exhibit) || v.st != f.Statement {
				continue
			}
			f.record.Whole = f.record.Whole && v.Before == before
			before = v.Entry
			f.record.Events = append(f.record.Events, v.CustodyEvent)
		}
		f.record.Whole = f.record.Whole && len(f.record.Events) > 0
		r.derived(f)
		r.marked(f)
	}
	return r.files
}

// Exhibits returns the exhibits of a case, in the order they came, to who holds its
// vault. older is how many files it has from before there were exhibits.
func (d *Desk) Exhibits(ctx context.Context, by Actor, id CaseID) (all []*ExhibitFile, older int, err error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, 0, err
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return nil, 0, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return nil, 0, err
	}
	files, err := d.keptFiles(ctx, k, state.Statements...)
	if err != nil {
		return nil, 0, err
	}
	for _, f := range files {
		if f.record == nil {
			older++
			continue
		}
		all = append(all, f.record)
	}
	return all, older, d.nameEvents(ctx, by, all...)
}

// Exhibit returns one exhibit of a case.
func (d *Desk) Exhibit(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*ExhibitFile, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, err
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return nil, err
	}
	return f.record, d.nameEvents(ctx, by, f.record)
}

// nameEvents says who wrote events down.
func (d *Desk) nameEvents(ctx context.Context, by Actor, all ...*ExhibitFile) error {
	names, err := d.memberNames(ctx, by)
	for _, x := range all {
		for i := range x.Events {
			x.Events[i].Name = names[x.Events[i].By]
		}
		for _, m := range x.Made {
			m.Member = names[m.By]
		}
		if x.Mark != nil {
			x.Mark.Member = names[x.Mark.By]
		}
	}
	return err
}

// A heldFile is a file of a case that somebody is about to do something with.
type heldFile struct {
	*keptFile
	keys    caseKeys
	telling claim.Telling
}

// exhibit opens what is known of an exhibit.
func (d *Desk) exhibit(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (caseKeys, *heldFile, error) {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return k, nil, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return k, nil, err
	}
	files, err := d.keptFiles(ctx, k, state.Statements...)
	if err != nil {
		return k, nil, err
	}
	for _, f := range files {
		if f.record != nil && f.Exhibit == ref {
			t, _ := state.Statement(f.Statement)
			return k, &heldFile{f, k, t}, nil
		}
	}
	return k, nil, fault.New(fault.NotFound, "exhibit.none")
}
