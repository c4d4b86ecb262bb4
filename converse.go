package habeas

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// fadesAfter is how many days a message to a source stays after it was read.
const fadesAfter = 30

// A Conversation is what somebody sees who comes back with a receipt. It never
// holds what they wrote.
type Conversation struct {
	Sent     []SentLetter // in order
	Messages []Message    // from the office, in order; they fade 30 days after they were read
	Uses     []claim.Use
	Delay    int
	Held     bool // use has stopped: withdrawn, or a change waits to be read
	Stopped  bool // it was withdrawn
}

// A SentLetter says of one letter that it is there, and no more.
type SentLetter struct {
	Day    time.Time
	Opened bool // a person has opened it
}

// A Message is what the office wrote to a source.
type Message struct {
	Day  time.Time
	Text vault.Text
}

// wireNote is what is sealed of a message.
type wireNote struct {
	Text string `json:"text"`
}

func noteInfo(thread, note ledger.ID) string {
	return "habeas message v1\n" + thread.String() + "\n" + note.String()
}

// errNoReceipt is the answer to a receipt that never was, is erased, or was mistyped
// as another one: nothing tells which.
var errNoReceipt = fault.New(fault.NotFound, "intake.no_receipt")

// threadOf finds the thread of a receipt, with what its source chose.
func (d *Desk) threadOf(ctx context.Context, r receipt.Receipt) (receiptKeys, store.Thread, threadState, error) {
	var s threadState
	k, err := d.receiptKeys(r) // before it is looked up: that it is known must not take longer
	if err != nil {
		return k, store.Thread{}, s, err
	}
	t, err := d.db.ThreadOf(ctx, k.look)
	if fault.KindOf(err) == fault.NotFound {
		_, _ = k.holder.OpenNote(stateInfo(k.thread), d.nothing)
		return k, t, s, errNoReceipt
	}
	if err != nil {
		return k, t, s, err
	}
	b, err := k.holder.OpenNote(stateInfo(k.thread), t.State)
	if err != nil || t.ID != k.thread || json.Unmarshal(b, &s) != nil {
		return k, t, s, fault.Wrap(err, fault.Damaged, "intake.damaged")
	}
	if s.Gone > 0 && dayNumber(d.now()) >= s.Gone {
		return k, t, s, errNoReceipt
	}
	return k, t, s, nil
}

// Converse returns what somebody sees who comes back with a receipt. For one that
// never was, or that was erased, the fault is "intake.no_receipt".
func (d *Desk) Converse(ctx context.Context, r receipt.Receipt) (*Conversation, error) {
	k, t, s, err := d.threadOf(ctx, r)
	if err != nil {
		return nil, err
	}
	c := &Conversation{Uses: s.Uses, Delay: s.Delay, Held: t.Held > 0, Stopped: s.Gone > 0}
	items, err := d.db.ItemsOf(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		c.Sent = append(c.Sent, SentLetter{Day: dayAt(it.Day), Opened: it.Opened > 0})
	}
	notes, err := d.db.Notes(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	unread := false
	for _, n := range notes {
		var w wireNote
		b, err := k.holder.OpenNote(noteInfo(t.ID, n.ID), n.Box)
		if err != nil || json.Unmarshal(b, &w) != nil {
			continue // nobody of the office wrote it
		}
		unread = unread || n.Read == 0
		c.Messages = append(c.Messages, Message{Day: dayAt(n.Day), Text: vault.NewText(w.Text)})
	}
	if unread && d.mayWrite() {
		err = d.db.ReadNotes(ctx, t.ID, dayNumber(d.now()))
	}
	return c, err
}

// WriteAgain takes in a further letter of who came back: a statement of its own. Its
// Uses and Delay are not looked at. once tells a letter from the same one sent
// again.
func (d *Desk) WriteAgain(ctx context.Context, r receipt.Receipt, once [16]byte, l Letter) error {
	if l.empty() {
		return fault.New(fault.Invalid, "intake.empty", fault.Field("text"))
	}
	k, _, s, err := d.threadOf(ctx, r)
	if err != nil {
		return err
	}
	l.Uses, l.Delay = s.Uses, s.Delay
	return d.arrive(ctx, k, d.itemID(r, LetterMore, once), store.Arrival{}, l.wire(LetterMore), l.Files)
}

// ChangeUses records whom what was sent may be shown to from now on. Nothing
// leaves until a member has read it.
func (d *Desk) ChangeUses(ctx context.Context, r receipt.Receipt, uses []claim.Use) error {
	leave, err := d.alone(ctx, &d.wishing, "wishes")
	if err != nil {
		return err
	}
	defer leave()
	k, _, s, err := d.threadOf(ctx, r)
	if err != nil {
		return err
	}
	if s.Gone > 0 {
		return fault.New(fault.Conflict, "intake.stopped") // whoever forced it shall not undo it
	}
	s.Uses = uses
	return d.changeThread(ctx, r, k, s, wireLetter{Kind: LetterUses, Uses: uses, Delay: s.Delay}, 0)
}

// TakeBack stops all use at once; the keys are destroyed after the delay that was
// chosen. word is what was typed to confirm: the receipt's own word, or its
// pressure word, which does and shows the same but destroys nothing, and tells the
// office. It cannot be taken back, nor followed by another wish. Any other is the fault "intake.wrong_word".
func (d *Desk) TakeBack(ctx context.Context, r receipt.Receipt, word vault.Text) error {
	leave, err := d.alone(ctx, &d.wishing, "wishes")
	if err != nil {
		return err
	}
	defer leave()
	k, _, s, err := d.threadOf(ctx, r)
	if err != nil {
		return err
	}
	own, pressed := r.Confirms(word)
	if !own && !pressed {
		return fault.New(fault.Invalid, "intake.wrong_word", fault.Field("word"))
	}
	if s.Gone > 0 {
		return nil // it was done before
	}
	due := 0
	s.Gone = dayNumber(d.now()) + s.Delay
	if own {
		due = dayNumber(d.now()) + s.Delay
	}
	return d.changeThread(ctx, r, k, s, wireLetter{Kind: LetterStop, Delay: s.Delay, Pressed: pressed}, due)
}

// changeThread records what a source decided, and holds what came under the receipt.
func (d *Desk) changeThread(ctx context.Context, r receipt.Receipt, k receiptKeys, s threadState, l wireLetter, due int) error {
	s.Count++
	l.Number = s.Count
	state, err := sealState(k, s)
	if err != nil {
		return err
	}
	change := &store.Thread{State: state, Held: dayNumber(d.now()), Due: due}
	once := ledger.NewID()
	return d.arrive(ctx, k, d.itemID(r, l.Kind, once), store.Arrival{Change: change}, l, nil)
}

// tendThreads destroys what sources withdrew and nobody has taken into a case yet,
// once its day has come, and the messages that were read long ago. It needs no key.
func (d *Desk) tendThreads(ctx context.Context) error {
	if !d.mayWrite() {
		return nil
	}
	today := dayNumber(d.now())
	due, err := d.db.ThreadsDue(ctx, today)
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range due {
		errs = append(errs, d.endThread(ctx, t))
	}
	return errors.Join(append(errs, d.db.Fade(ctx, today-fadesAfter))...)
}

// endThread destroys what the inbox has of a thread. If something of it is in a
// case, or somebody began to file it, the thread stays, so that nobody uses that until
// it is erased there.
func (d *Desk) endThread(ctx context.Context, t store.Thread) error {
	leave, err := d.alone(ctx, &d.triage, "triage")
	if err != nil {
		return err
	}
	defer leave()
	items, err := d.db.ItemsOf(ctx, t.ID)
	if err != nil {
		return err
	}
	listed := d.listLetters(items...) // if it can't be, they are destroyed all the same
	if !slices.ContainsFunc(items, func(it store.Item) bool { return it.Filer != nil }) {
		return errors.Join(listed, d.db.CloseThread(ctx, d.deskStream(), t.ID))
	}
	return errors.Join(listed, d.db.EmptyThread(ctx, d.deskStream(), t.ID))
}
