package habeas

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"time"

	"habeas/claim"
	"habeas/custody"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// A Filing says where a letter goes.
type Filing struct {
	Case     CaseID    // zero for a new one
	Circle   ledger.ID // of a new one
	Title    string    // likewise; name-free
	Role     string    // of the source, as it is named to others: vocabulary "source-role"
	Label    string    // name-free words, where no role fits
	Question func(string) string
	Without  string // the text of a letter of which there are only files
}

// FileLetter makes a letter a statement of a case, with what its source agreed to,
// and its files attachments of it: all is sealed anew, and then destroyed in the
// inbox. Cut short it can be done again, and does nothing twice.
func (d *Desk) FileLetter(ctx context.Context, by Actor, id ledger.ID, f Filing) (CaseID, claim.Ref, error) {
	if err := d.may(by, takeIn); err != nil {
		return CaseID{}, "", err
	}
	leave, err := d.alone(ctx, &d.triage, "triage")
	if err != nil {
		return CaseID{}, "", err
	}
	defer leave()
	l, err := d.openLetter(ctx, by, id)
	if err != nil {
		return CaseID{}, "", err
	}
	if l.Kind != LetterFirst && l.Kind != LetterMore {
		return CaseID{}, "", fault.New(fault.Invalid, "intake.no_statement")
	}
	before, err := d.filed(ctx, by, l.wire.Thread)
	if err != nil {
		return CaseID{}, "", err
	}
	s := claim.Source{Ref: claim.NewRef(claim.RefSource), Kind: "person", Role: f.Role, Label: f.Label}
	if err := claim.Check(&s); err != nil {
		return CaseID{}, "", err // before a case is opened for it
	}
	i := slices.IndexFunc(before, func(b Filed) bool { return b.Item == id })
	if i < 0 {
		return d.fileNew(ctx, by, l, f, s, before)
	}
	return before[i].Case, before[i].Statement, d.fileRest(ctx, by, l, before[i].Case, before[i].Statement)
}

// fileNew files a letter of which there is no statement yet that by knows of.
func (d *Desk) fileNew(ctx context.Context, by Actor, l *OpenedLetter, f Filing, s claim.Source, before []Filed) (CaseID, claim.Ref, error) {
	text := l.Plain(f.Question)
	if blank(text) {
		text = vault.NewText(f.Without)
	}
	if _, err := readOriginal(NewStatement{Raw: text, Plain: true}); err != nil {
		return CaseID{}, "", err // before a case is opened for it
	}
	first, err := d.db.File(ctx, l.ID, d.keyed("filer", by.Member[:], l.ID[:]))
	if err != nil {
		return CaseID{}, "", err
	}
	if !first {
		return CaseID{}, "", fault.New(fault.Conflict, "intake.begun") // in a case that by may not know of
	}
	var st claim.Ref
	if f.Case.IsZero() {
		f.Case, err = d.OpenCase(ctx, by, f.Circle, NewCase{Title: f.Title, About: "person"})
	}
	if err == nil {
		st, err = d.fileText(ctx, by, l, f, s, before, text)
	}
	if err != nil {
		return f.Case, st, errors.Join(err, d.db.Unclaim(ctx, l.ID))
	}
	return f.Case, st, d.fileRest(ctx, by, l, f.Case, st)
}

// keyed returns a hash that says nothing to who does not have the pepper.
func (d *Desk) keyed(what string, of ...[]byte) []byte {
	m := hmac.New(sha256.New, d.pepper.Bytes())
	m.Write([]byte("habeas inbox v1 " + what + "\n"))
	for _, b := range of {
		m.Write(b)
	}
	return m.Sum(nil)[:16]
}

// fileText records the source, unless the case has it, and the statement.
func (d *Desk) fileText(ctx context.Context, by Actor, l *OpenedLetter, f Filing, s claim.Source, before []Filed, text vault.Text) (claim.Ref, error) {
	k, err := d.caseKeys(ctx, by, f.Case)
	if err != nil {
		return "", err
	}
	if k.vault == nil {
		return "", fault.New(fault.Forbidden, "may.needs_vault")
	}
	var source claim.Ref
	for _, b := range before {
		if b.Case == f.Case {
			source = b.Source
		}
	}
	if source == "" {
		if err := d.nameFree(ctx, by, k.circle, s.Label); err != nil {
			return "", err
		}
		if err := d.writeNew(ctx, by, k, k.body.Key(), claim.KindSource, &s); err != nil {
			return "", err
		}
		source = s.Ref
	}
	day := l.Day.Format(time.DateOnly)
	return d.addStatement(ctx, by, f.Case, NewStatement{
		Source: source, Said: day, Received: day, Medium: "form", Lang: l.Lang, Raw: text, Plain: true, Batch: l.ID, Thread: l.wire.Thread,
	})
}

// fileRest records what was agreed to, and the files, unless they are there, and takes
// the letter out of the inbox.
func (d *Desk) fileRest(ctx context.Context, by Actor, l *OpenedLetter, id CaseID, st claim.Ref) error {
	k, state, t, err := d.statement(ctx, by, id, st)
	if err != nil {
		return err
	}
	if err := d.db.Mark(ctx, l.ID, d.keyed("mark", t.VaultKey[:])); err != nil {
		return err
	}
	if len(state.Consents[st]) == 0 {
		if err := d.consentOf(ctx, by, k, t, claim.Consent{Uses: l.Uses, Lang: l.Lang}); err != nil {
			return err
		}
	}
	there, err := d.keptFiles(ctx, k, t)
	if err != nil {
		return err
	}
	for i := len(there); i < len(l.Files); i++ {
		if err := d.attach(ctx, by, k, t, l, i); err != nil {
			return err
		}
	}
	return d.takeOut(ctx, l.item)
}

// consentOf records what a source said in the form about a statement.
func (d *Desk) consentOf(ctx context.Context, by Actor, k caseKeys, t claim.Telling, c claim.Consent) error {
	key, err := d.sourceKey(ctx, k.body, t.BodyKey)
	if err != nil {
		return err
	}
	c.Statement, c.Giver, c.Medium = t.Ref, claim.GivenBySource, "form"
	return d.writeNew(ctx, by, k, key, claim.KindConsent, &c)
}

// attach seals a file of a letter anew, so that it goes with the statement's key. A
// file that its sender sealed is attached as it is inside; if that is damaged, as it
// came.
func (d *Desk) attach(ctx context.Context, by Actor, k caseKeys, t claim.Telling, l *OpenedLetter, i int) error {
	err := d.attachAs(ctx, by, k, t, l, i, l.desks)
	if errors.Is(err, errInside) {
		err = d.attachAs(ctx, by, k, t, l, i, nil)
	}
	return err
}

// errInside says that what is inside a sealed file cannot be read.
var errInside = errors.New("habeas: damaged inside its sender's seal")

// attachAs is attach with the desk keys that open what a sender sealed.
func (d *Desk) attachAs(ctx context.Context, by Actor, k caseKeys, t claim.Telling, l *OpenedLetter, i int, desks []*vault.Holder) (err error) {
	from, err := d.letterFile(ctx, l, i)
	if err != nil {
		return err
	}
	defer from.Close()
	holder, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return err
	}
	blob, err := d.db.NewBlob()
	if err != nil {
		return err
	}
	owned := false
	defer func() {
		if !owned {
			err = errors.Join(err, blob.Discard())
		}
	}()
	w, err := vault.SealFile(blob, holder.Public(ledger.UseDesk))
	if err != nil {
		return err
	}
	f := l.Files[i]
	if f, err = copyFile(w, desks, f, from, l.wire.Files[i].SHA256); err != nil {
		return err
	}
	name, err := blob.Keep()
	if err != nil {
		return err
	}
	if err := d.db.Keep(ctx, t.VaultKey, name); err != nil {
		return err
	}
	owned = true
	a := vault.Attachment{Name: f.Name, Blob: name, Seed: holder.Seed()}
	_, err = d.recordFile(ctx, by, k, t, w, a, custody.Exhibit{Came: custody.ByIntake, Received: l.Day})
	return err
}

// copyFile copies a file of a letter into its new seal, without the one its sender
// may have put it in, and compares what was read with its hash.
func copyFile(w *vault.FileWriter, desks []*vault.Holder, f LetterFile, from io.Reader, sum string) (LetterFile, error) {
	h := sha256.New()
	from = io.TeeReader(from, h)
	r, sealed, err := unsealed(desks, from)
	if err != nil {
		return f, err
	}
	if sealed {
		f = f.bare()
	}
	if _, err := io.Copy(w, r); unreachable(err) {
		return f, err
	} else if err != nil && sealed {
		return f, errInside
	} else if err != nil {
		return f, fault.Wrap(err, fault.Damaged, "intake.damaged")
	}
	f.Size = w.Size()
	if err := w.Close(); err != nil {
		return f, err
	}
	if _, err := io.Copy(io.Discard, from); err != nil {
		return f, err
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return f, fault.New(fault.Damaged, "intake.damaged")
	}
	return f, nil
}

// Attachments returns the files that came with a statement, to who holds the vault.
func (d *Desk) Attachments(ctx context.Context, by Actor, id CaseID, st claim.Ref) (files []LetterFile, err error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, err
	}
	k, _, t, err := d.statement(ctx, by, id, st)
	if err != nil {
		return nil, err
	}
	all, err := d.keptFiles(ctx, k, t)
	for _, a := range all {
		f := LetterFile{Name: a.Name, Size: a.Size, Blob: a.Blob}
		if a.record != nil {
			f.Exhibit = a.Exhibit
		}
		files = append(files, f)
	}
	return files, err
}

// OpenAttachment returns the bytes of a file that came with a statement, to be taken
// to one's own device: it takes the passphrase again, and the office is told. Close
// it.
func (d *Desk) OpenAttachment(ctx context.Context, by Actor, id CaseID, st claim.Ref, i int, pass vault.Text) (LetterFile, io.ReadCloser, error) {
	if err := d.may(by, lookNames); err != nil {
		return LetterFile{}, nil, err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return LetterFile{}, nil, err
	}
	k, _, t, err := d.statement(ctx, by, id, st)
	if err != nil {
		return LetterFile{}, nil, err
	}
	all, err := d.keptFiles(ctx, k, t)
	if err != nil {
		return LetterFile{}, nil, err
	}
	if i < 0 || i >= len(all) {
		return LetterFile{}, nil, fault.New(fault.NotFound, "intake.no_file")
	}
	file, r, err := d.openKept(all[i].Attachment)
	if err != nil {
		return LetterFile{}, nil, err
	}
	err = d.taken(ctx, by, &heldFile{all[i], k, t}, all[i].SHA256)
	if err != nil {
		return LetterFile{}, nil, errors.Join(err, r.Close())
	}
	return file, r, nil
}

// Heed does what a source asked for in a letter that is no statement: it records
// what may be done with what came under the receipt, in the cases that by can open.
// Once that is recorded of all of it, by whomever, the letter leaves the inbox, and
// what came is held no more unless it was withdrawn. Before that the fault is
// "intake.elsewhere", and a colleague has to go on; while letters wait that are not
// filed or closed it is "intake.file_first", because they were sent under what was
// agreed to before. Of several wishes the newest is recorded, and takes the others
// along; if a newer one was destroyed unread, what came stays held for good.
func (d *Desk) Heed(ctx context.Context, by Actor, id ledger.ID) error {
	if err := d.may(by, takeIn); err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.triage, "triage")
	if err != nil {
		return err
	}
	defer leave()
	l, err := d.openLetter(ctx, by, id)
	if err != nil {
		return err
	}
	if l.Kind != LetterUses && l.Kind != LetterStop {
		return fault.New(fault.Invalid, "intake.no_wish")
	}
	older, newer, gone, err := d.wishes(ctx, by, l)
	if err != nil {
		return err
	}
	if newer {
		return fault.New(fault.Conflict, "intake.newer")
	}
	if gone { // what came stays held
		return d.takeOut(ctx, l.item)
	}
	before, err := d.filed(ctx, by, l.wire.Thread)
	if err != nil {
		return err
	}
	for _, b := range before {
		if err := d.heedOne(ctx, by, l, b); err != nil {
			return err
		}
	}
	if err := d.heeded(ctx, l, older); err != nil {
		return err
	}
	for _, it := range older {
		if err := d.takeOut(ctx, it); err != nil {
			return err
		}
	}
	if l.Kind == LetterUses {
		released, err := d.db.Release(ctx, l.item.Thread, l.ID)
		if err != nil {
			return err
		}
		if !released && l.Due.IsZero() {
			return fault.New(fault.Conflict, "intake.file_first") // something came meanwhile
		}
	}
	return d.takeOut(ctx, l.item)
}

// wishes returns the other letters under the receipt of one that are no statement and
// can be opened. newer says that one of them is newer, and waits; gone, that there was a
// newer one, and nobody will read it: then nothing tells what holds.
func (d *Desk) wishes(ctx context.Context, by Actor, l *OpenedLetter) (older []store.Item, newer, gone bool, err error) {
	t, err := d.db.Thread(ctx, l.item.Thread)
	if err != nil {
		return nil, false, false, err
	}
	items, err := d.db.ItemsOf(ctx, l.item.Thread)
	if err != nil {
		return nil, false, false, err
	}
	for _, it := range items {
		if it.ID == l.ID || !it.Here {
			continue
		}
		other, err := d.openLetter(ctx, by, it.ID)
		if err != nil || other.Kind != LetterUses && other.Kind != LetterStop {
			continue
		}
		if other.wire.Number > l.wire.Number {
			newer = true
		} else {
			older = append(older, other.item)
		}
	}
	return older, newer, !newer && t.Wishes != l.wire.Number, nil
}

// heedOne records what a letter asks for of one statement.
func (d *Desk) heedOne(ctx context.Context, by Actor, l *OpenedLetter, b Filed) error {
	k, _, t, err := d.statement(ctx, by, b.Case, b.Statement)
	if err != nil {
		return err
	}
	c := claim.Consent{Uses: l.Uses, Withdrawn: l.Kind == LetterStop && !l.Pressed, Pressure: l.Pressed}
	if err := d.consentOf(ctx, by, k, t, c); err != nil {
		return err
	}
	return d.db.PutHeeded(ctx, l.ID, b.Item)
}

// heeded fails if a letter is not heeded of everything that came under its receipt,
// or something waits that was sent under what was agreed to before.
func (d *Desk) heeded(ctx context.Context, l *OpenedLetter, older []store.Item) error {
	items, err := d.db.ItemsOf(ctx, l.item.Thread)
	if err != nil {
		return err
	}
	done, err := d.db.Heeded(ctx, l.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(items, func(it store.Item) bool { return it.Filer != nil && !it.Here && !done[it.ID] }) {
		return fault.New(fault.Conflict, "intake.elsewhere")
	}
	if slices.ContainsFunc(items, func(it store.Item) bool {
		return it.Here && it.ID != l.ID && !slices.ContainsFunc(older, func(o store.Item) bool { return o.ID == it.ID })
	}) {
		return fault.New(fault.Conflict, "intake.file_first")
	}
	return nil
}

// holdStopped tells a case which of its statements are held by their source. One
// whose receipt is not known any more is, too.
func (d *Desk) holdStopped(ctx context.Context, state *claim.State) error {
	for _, t := range state.Statements {
		if t.Thread.IsZero() {
			continue
		}
		thread, err := d.db.Thread(ctx, t.Thread)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err != nil || thread.Held > 0 {
			state.Hold(t.Ref)
		}
	}
	return nil
}
