package habeas

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// A Queued is a letter that waits in the inbox.
type Queued struct {
	ID      ledger.ID
	Thread  ledger.ID // the same for what came under one receipt
	Day     time.Time // on which it came
	Urgent  bool
	Opened  bool // by a member
	Mine    bool // whether by can open it
	Offline bool // nobody here can: see [Desk.UseOfflineDesk]
	Lost    bool // nobody anywhere can: the keys are gone
	Others  int  // letters that came under the same receipt, besides this one
	Held    bool // its source has stopped its use, or changed it
}

// MaxQueue is how many letters [Desk.Queue] returns.
const MaxQueue = 200

// Queue returns the first letters that wait, what is urgent first, then by day; and how
// many wait altogether.
func (d *Desk) Queue(ctx context.Context, by Actor) (first []Queued, all int, err error) {
	if err := d.may(by, takeIn); err != nil {
		return nil, 0, err
	}
	items, all, _, err := d.db.Queue(ctx, MaxQueue)
	if err != nil {
		return nil, 0, err
	}
	held, err := d.deskHolders(ctx, by)
	if err != nil {
		return nil, 0, err
	}
	for _, it := range items {
		q := Queued{
			ID: it.ID, Thread: it.Thread, Day: dayAt(it.Day), Urgent: it.Urgent, Opened: it.Opened > 0, Others: it.Others, Held: it.Held,
			Mine: slices.ContainsFunc(held, func(h *vault.Holder) bool { return h.ID() == it.Desk }),
		}
		if !q.Mine {
			why := d.whose(ctx, it.Desk)
			f, _ := errors.AsType[*fault.Error](why)
			q.Offline, q.Lost = f.Key() == "intake.offline", f.Key() == "intake.lost"
		}
		first = append(first, q)
	}
	return first, all, nil
}

// Letters returns how many letters wait, and how many of them are urgent.
func (d *Desk) Letters(ctx context.Context, by Actor) (all, urgent int, err error) {
	if err := d.may(by, takeIn); err != nil {
		return 0, 0, err
	}
	_, all, urgent, err = d.db.Queue(ctx, 0)
	return all, urgent, err
}

// An OpenedLetter is a letter as a member reads it.
type OpenedLetter struct {
	Queued
	Kind    string
	Lang    string
	Text    vault.Text
	Answers []Answered
	Uses    []claim.Use
	Delay   int
	Pressed bool // a withdrawal with the pressure word: it was not made freely
	Files   []LetterFile
	Refused int       // files that were not taken
	Due     time.Time // when what is here of it is destroyed, if it was withdrawn
	Filed   []Filed   // what came under the same receipt before, in cases that by can open

	Logged bool // the log says that it came, as it is

	wire  wireLetter
	item  store.Item
	desks []*vault.Holder // that its reader has
}

// A LetterFile is a file of a letter.
type LetterFile struct {
	Name vault.Text
	Size int64  // -1 if only reading tells
	Blob string // what its sealed bytes are called, in the store and in an outbox

	Exhibit claim.Ref // that it became; "" for a letter that waits, and for what was filed before there were exhibits
}

// A Filed is a statement that came under a receipt.
type Filed struct {
	Case      CaseID
	Statement claim.Ref
	Source    claim.Ref
	Item      ledger.ID // the letter it was
	Title     string    // of the case

	thread ledger.ID
}

// OpenLetter opens a letter. The first time its source can see that a person has.
func (d *Desk) OpenLetter(ctx context.Context, by Actor, id ledger.ID) (*OpenedLetter, error) {
	if err := d.may(by, takeIn); err != nil {
		return nil, err
	}
	l, err := d.openLetter(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if !l.Opened && d.mayWrite() {
		if err := d.db.Opened(ctx, id, dayNumber(d.now())); err != nil {
			return nil, err
		}
		if err := d.tellOffice(ctx, by, audited{What: AuditLetter}); err != nil {
			return nil, err
		}
	}
	l.Opened = true
	l.Filed, err = d.filed(ctx, by, l.wire.Thread)
	return l, err
}

func (d *Desk) openLetter(ctx context.Context, by Actor, id ledger.ID) (*OpenedLetter, error) {
	it, err := d.db.Item(ctx, id)
	if err != nil {
		return nil, err
	}
	if !it.Here {
		return nil, fault.New(fault.NotFound, "intake.no_letter")
	}
	l := &OpenedLetter{item: it}
	if l.desks, err = d.deskHolders(ctx, by); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(l.desks, func(h *vault.Holder) bool { return h.ID() == it.Desk }) {
		return nil, d.whose(ctx, it.Desk)
	}
	b, err := d.openItem(ctx, l.desks, it.Key, bytes.NewReader(it.Box))
	if err != nil {
		return nil, err
	}
	if l.wire, err = readLetter(it, b); err != nil {
		return nil, err
	}
	l.fill()
	t, err := d.db.Thread(ctx, it.Thread)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	l.Held = t.Held > 0
	if t.Due > 0 {
		l.Due = dayAt(t.Due)
	}
	others, err := d.db.ItemsOf(ctx, it.Thread)
	if err != nil {
		return nil, err
	}
	l.Others = len(others) - 1
	l.Logged, err = d.logged(ctx, l)
	return l, err
}

// ReadLetter reads a letter that was opened elsewhere: by an offline desk. What it
// cannot know of the inbox is not set.
func ReadLetter(item ledger.ID, opened []byte) (*OpenedLetter, error) {
	var of struct{ Letter struct{ Thread ledger.ID } }
	if err := json.Unmarshal(bytes.TrimRight(opened, "\x00"), &of); err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "intake.damaged")
	}
	l := &OpenedLetter{item: store.Item{ID: item, Thread: of.Letter.Thread}}
	var err error
	if l.wire, err = readLetter(l.item, opened); err != nil {
		return nil, err
	}
	l.fill()
	return l, nil
}

// readLetter reads what was sealed of an item, and refuses what its receipt did not
// sign: whoever can write to the tables could write letters.
func readLetter(it store.Item, b []byte) (w wireLetter, err error) {
	var signed signedLetter
	if err = json.Unmarshal(bytes.TrimRight(b, "\x00"), &signed); err == nil {
		err = json.Unmarshal(signed.Letter, &w)
	}
	if err != nil || w.Thread != it.Thread || threadID(w.Look, w.Public, w.Sign) != it.Thread ||
		len(w.Sign) != ed25519.PublicKeySize || !ed25519.Verify(w.Sign, signedAs(it.ID, signed.Letter), signed.Signature) {
		return w, fault.Wrap(err, fault.Damaged, "intake.damaged")
	}
	return w, nil
}

// logged reports whether the log has the leaf of a letter, and says the same of it.
func (d *Desk) logged(ctx context.Context, l *OpenedLetter) (bool, error) {
	n, err := d.db.Entry(ctx, l.wire.Leaf)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	o, err := ledger.Open(n.Record, leafKey(l.ID, l.wire.LeafKey))
	if err != nil {
		return false, nil
	}
	e, err := d.verify(o)
	var body received
	if err != nil || e.Kind != kindReceived || json.Unmarshal(e.Body, &body) != nil {
		return false, nil
	}
	return body.Item == l.ID && body.Sealed == hexSum(sha256.Sum256(l.item.Box)), nil
}

// fill copies what was sealed.
func (l *OpenedLetter) fill() {
	w, it := l.wire, l.item
	l.Queued = Queued{ID: it.ID, Thread: it.Thread, Day: dayAt(it.Day), Urgent: it.Urgent, Opened: it.Opened > 0, Mine: true}
	l.Kind, l.Lang, l.Text, l.Uses, l.Delay, l.Pressed, l.Refused = w.Kind, w.Lang, vault.NewText(w.Text), w.Uses, w.Delay, w.Pressed, w.Refused
	for _, a := range w.Answers {
		l.Answers = append(l.Answers, Answered{a.Question, vault.NewText(a.Text)})
	}
	for _, f := range w.Files {
		l.Files = append(l.Files, LetterFile{Name: vault.NewText(f.Name), Size: f.Size, Blob: f.Blob})
	}
}

// openItem opens what is stored under a key of the inbox.
func (d *Desk) openItem(ctx context.Context, desks []*vault.Holder, key ledger.ID, stored io.Reader) ([]byte, error) {
	r, err := d.openStored(ctx, desks, key, stored)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "intake.damaged")
	}
	return b, nil
}

func (d *Desk) openStored(ctx context.Context, desks []*vault.Holder, key ledger.ID, stored io.Reader) (io.Reader, error) {
	wraps, err := d.db.WrapsOf(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, w := range wraps {
		i := slices.IndexFunc(desks, func(h *vault.Holder) bool { return h.ID() == w.Holder })
		if i < 0 || w.Stream != d.deskStream() {
			continue
		}
		r, err := desks[i].OpenFile(w.Box, stored)
		if unreachable(err) {
			return nil, err
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "intake.damaged")
		}
		return r, nil
	}
	return nil, fault.New(fault.NotFound, "keys.gone")
}

// OpenLetterFile returns the bytes of a file of a letter; i counts from 0. A file
// that its sender sealed to the desk key is opened. Close it.
func (d *Desk) OpenLetterFile(ctx context.Context, by Actor, id ledger.ID, i int) (LetterFile, io.ReadCloser, error) {
	if err := d.may(by, takeIn); err != nil {
		return LetterFile{}, nil, err
	}
	l, err := d.openLetter(ctx, by, id)
	if err != nil {
		return LetterFile{}, nil, err
	}
	if i < 0 || i >= len(l.Files) {
		return LetterFile{}, nil, fault.New(fault.NotFound, "intake.no_file")
	}
	from, err := d.letterFile(ctx, l, i)
	if err != nil {
		return LetterFile{}, nil, err
	}
	f := l.Files[i]
	r, sealed, err := unsealed(l.desks, from)
	if err != nil {
		return LetterFile{}, nil, errors.Join(err, from.Close())
	}
	if sealed {
		f = f.bare()
	}
	return f, plainFile{r, from}, nil
}

// bare returns f as it is called without its seal, of a size that only reading tells.
func (f LetterFile) bare() LetterFile {
	return LetterFile{Name: vault.NewText(strings.TrimSuffix(f.Name.Reveal(), ".age")), Size: -1, Blob: f.Blob}
}

func (d *Desk) letterFile(ctx context.Context, l *OpenedLetter, i int) (io.ReadCloser, error) {
	blob, err := d.db.OpenBlob(l.wire.Files[i].Blob)
	if err != nil {
		return nil, err
	}
	r, err := d.openStored(ctx, l.desks, store.BlobKey(l.wire.Files[i].Blob), blob)
	if err != nil {
		return nil, errors.Join(err, blob.Close())
	}
	return plainFile{io.LimitReader(r, l.Files[i].Size), blob}, nil
}

// plainFile is a file as it was, without the zeros after it.
type plainFile struct {
	io.Reader
	io.Closer
}

// WriteToSource writes a message that whoever has the receipt of a letter reads when
// they come back.
func (d *Desk) WriteToSource(ctx context.Context, by Actor, id ledger.ID, text vault.Text) error {
	if err := d.may(by, takeIn); err != nil {
		return err
	}
	l, err := d.openLetter(ctx, by, id)
	if err != nil {
		return err
	}
	return d.writeToSource(ctx, l, text)
}

func (d *Desk) writeToSource(ctx context.Context, l *OpenedLetter, text vault.Text) error {
	if blank(text) {
		return fault.New(fault.Invalid, "intake.empty", fault.Field("text"))
	}
	if len(text.Reveal()) > MaxLetter {
		return fault.New(fault.Invalid, "intake.too_long", fault.Count(MaxLetter>>10))
	}
	b, err := json.Marshal(wireNote{text.Reveal()})
	if err != nil {
		return err
	}
	n := store.Note{ID: ledger.NewID(), Thread: l.item.Thread, Day: dayNumber(d.now())}
	if n.Box, err = vault.SealNote(l.wire.Public, noteInfo(n.Thread, n.ID), b); err != nil {
		return err
	}
	return d.db.PutNote(ctx, n)
}

// CloseLetter takes a letter out of the inbox without filing it: what was written
// and attached is destroyed, and cannot be had back. A word to its source, if there
// is one, stays for them.
func (d *Desk) CloseLetter(ctx context.Context, by Actor, id ledger.ID, word vault.Text) error {
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
	if l.Kind != LetterFirst && l.Kind != LetterMore {
		return fault.New(fault.Invalid, "intake.no_statement")
	}
	if !blank(word) {
		if err := d.writeToSource(ctx, l, word); err != nil {
			return err
		}
	}
	if err := d.tellOffice(ctx, by, audited{What: AuditClosed}); err != nil {
		return err
	}
	return errors.Join(d.listLetters(l.item), d.takeOut(ctx, l.item))
}

// tellOffice writes an audit of what by did.
func (d *Desk) tellOffice(ctx context.Context, by Actor, a audited) error {
	_, err := d.writeAudited(ctx, by, circleKeys{}, ledger.ID{}, a)
	return err
}

// filed returns the statements that came under a receipt, in the cases of by's
// circles.
func (d *Desk) filed(ctx context.Context, by Actor, thread ledger.ID) ([]Filed, error) {
	return d.filedUnder(ctx, by, func(id ledger.ID) bool { return id == thread })
}

// A Withdrawal is a statement that its source has withdrawn and nobody has erased.
type Withdrawal struct {
	Filed
	Due time.Time // the day its source chose
}

// Withdrawals returns the statements in by's circles that wait to be erased because
// their sources withdrew them, the most urgent first. Nothing of them leaves
// meanwhile. The server does not erase them by itself: whoever can write to its files
// could withdraw anything.
func (d *Desk) Withdrawals(ctx context.Context, by Actor) (out []Withdrawal, err error) {
	if err := d.may(by, erase); err != nil {
		return nil, err
	}
	due := map[ledger.ID]time.Time{}
	threads, err := d.db.Withdrawn(ctx)
	if err != nil || len(threads) == 0 {
		return nil, err
	}
	for _, t := range threads {
		due[t.ID] = dayAt(t.Due)
	}
	found, err := d.filedUnder(ctx, by, func(id ledger.ID) bool { return !due[id].IsZero() })
	for _, f := range found {
		out = append(out, Withdrawal{f, due[f.thread]})
	}
	slices.SortStableFunc(out, func(a, b Withdrawal) int { return a.Due.Compare(b.Due) })
	return out, err
}

// filedUnder returns the statements that came under receipts and were not erased, in
// the cases of by's circles.
func (d *Desk) filedUnder(ctx context.Context, by Actor, thread func(ledger.ID) bool) (found []Filed, err error) {
	seen := map[claim.Ref]bool{}
	for _, c := range by.circles {
		if c.office {
			continue
		}
		cv, err := d.view(ctx, c)
		if err != nil {
			return nil, err
		}
		entries, err := cv.view.AllOfKind(ctx, claim.KindStatement)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			var st claim.Statement
			if json.Unmarshal(e.Body, &st) == nil && !st.Thread.IsZero() && thread(st.Thread) && !seen[st.Ref] {
				seen[st.Ref] = true
				found = append(found, Filed{Case: e.Stream, Statement: st.Ref, Source: st.Source, Item: st.Batch, thread: st.Thread})
			}
		}
	}
	return d.titled(ctx, by, found)
}

// titled fills in what the cases are called, and leaves out what is not there any
// more.
func (d *Desk) titled(ctx context.Context, by Actor, found []Filed) (there []Filed, err error) {
	for _, f := range found {
		k, err := d.caseKeys(ctx, by, f.Case)
		if err != nil {
			return nil, err
		}
		state, err := d.state(ctx, by, k)
		if err != nil {
			return nil, err
		}
		if _, ok := state.Statement(f.Statement); !ok {
			continue
		}
		if _, gone := state.Erasure(f.Statement); gone {
			continue
		}
		f.Title = state.Case.Title
		there = append(there, f)
	}
	return there, nil
}

// Plain returns the letter as one text: each answer below its question, then what
// was written freely. question returns a question in the language of the letter.
func (l *OpenedLetter) Plain(question func(string) string) vault.Text {
	var parts []string
	for _, a := range l.Answers {
		parts = append(parts, question(a.Question)+"\n"+strings.TrimSpace(a.Text.Reveal()))
	}
	if !blank(l.Text) {
		parts = append(parts, strings.TrimSpace(l.Text.Reveal()))
	}
	return vault.NewText(strings.Join(parts, "\n\n"))
}
