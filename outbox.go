package habeas

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"time"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// An Outgoing is a letter, or a file of one, that only the offline desk opens.
type Outgoing struct {
	Name string    // what to call it: it says nothing
	Item ledger.ID // the letter it is or belongs to
	Age  io.Reader // an age file; read it before going on
}

// Outbox yields what waits for the offline desk, letter by letter, as age files. It
// needs nobody in session, since nobody here can open them.
func (d *Desk) Outbox(ctx context.Context) iter.Seq2[Outgoing, error] {
	return func(yield func(Outgoing, error) bool) {
		items, err := d.db.Waiting(ctx)
		if err != nil {
			yield(Outgoing{}, err)
			return
		}
		for _, it := range items {
			if !d.offline(it.Desk) {
				continue
			}
			if it, err = d.db.Item(ctx, it.ID); err != nil {
				yield(Outgoing{}, err)
				return
			}
			if !d.yieldItem(ctx, it, yield) {
				return
			}
		}
	}
}

// yieldItem yields a letter and its files, and reports whether to go on.
func (d *Desk) yieldItem(ctx context.Context, it store.Item, yield func(Outgoing, error) bool) bool {
	head, err := d.header(ctx, it.Key)
	if !yield(Outgoing{it.ID.String() + ".age", it.ID, io.MultiReader(bytes.NewReader(head), bytes.NewReader(it.Box))}, err) || err != nil {
		return false
	}
	blobs, err := d.db.BlobsOf(ctx, it.ID)
	if err != nil {
		yield(Outgoing{}, err)
		return false
	}
	for _, name := range blobs {
		head, err := d.header(ctx, store.BlobKey(name))
		if err != nil {
			yield(Outgoing{}, err)
			return false
		}
		f, err := d.db.OpenBlob(name)
		if err != nil {
			yield(Outgoing{}, err)
			return false
		}
		more := yield(Outgoing{it.ID.String() + "-" + name + ".age", it.ID, io.MultiReader(bytes.NewReader(head), f)}, nil)
		if err := f.Close(); err != nil || !more {
			return false
		}
	}
	return true
}

// header returns the header of an age file of the inbox.
func (d *Desk) header(ctx context.Context, key ledger.ID) ([]byte, error) {
	wraps, err := d.db.WrapsOf(ctx, key)
	if err == nil && len(wraps) == 0 {
		err = fault.New(fault.NotFound, "keys.gone")
	}
	if err != nil {
		return nil, err
	}
	return wraps[0].Box, nil
}

// DropLetter destroys a letter that only the offline desk opens, once it has it, or
// that nobody can open any more, because its keys are gone or it is damaged.
func (d *Desk) DropLetter(ctx context.Context, by Actor, id ledger.ID) error {
	if err := d.may(by, takeIn); err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.triage, "triage")
	if err != nil {
		return err
	}
	defer leave()
	it, err := d.db.Item(ctx, id)
	if err != nil {
		return err
	}
	_, why := d.openLetter(ctx, by, id)
	f, _ := errors.AsType[*fault.Error](why)
	if f == nil || !slices.Contains([]string{"intake.offline", "intake.lost", "intake.damaged", "keys.gone"}, f.Key()) {
		return fault.New(fault.Forbidden, "intake.not_offline")
	}
	if f.Key() == "intake.offline" { // somebody has it
		if err := d.db.Opened(ctx, id, dayNumber(d.now())); err != nil {
			return err
		}
	}
	if err := d.tellOffice(ctx, by, audited{What: AuditClosed}); err != nil {
		return err
	}
	return errors.Join(d.listLetters(it), d.takeOut(ctx, it))
}

// CloseUnread destroys letters that nobody has opened, such as a flood of junk; all, or
// none if one of them was opened, or came under a receipt whose use is held, since it
// may be a withdrawal. It takes the passphrase again, and the office is told how many.
func (d *Desk) CloseUnread(ctx context.Context, by Actor, pass vault.Text, ids ...ledger.ID) error {
	if err := d.may(by, takeIn); err != nil {
		return err
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.triage, "triage")
	if err != nil {
		return err
	}
	defer leave()
	var items []store.Item
	for _, id := range ids {
		it, err := d.db.Item(ctx, id)
		if err != nil {
			return err
		}
		t, err := d.db.Thread(ctx, it.Thread)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if it.Opened > 0 || it.Filer != nil || !it.Here || t.Held > 0 {
			return fault.New(fault.Conflict, "intake.opened")
		}
		items = append(items, it)
	}
	if err := d.tellOffice(ctx, by, audited{What: AuditClosed, N: len(items)}); err != nil {
		return err
	}
	listed := d.listLetters(items...)
	for _, it := range items {
		if err := d.takeOut(ctx, it); err != nil {
			return err
		}
	}
	return listed
}

// DeskRecipient returns the age recipient to which somebody may seal a file before
// they send it: the desk key of this week. A file sealed to it is opened with the
// letter it comes with.
func (d *Desk) DeskRecipient() (string, error) {
	desk, err := d.desk(context.Background())
	if err != nil {
		return "", err
	}
	return vault.AgeRecipient(desk), nil
}

// An Unopened is a letter that nobody has opened, as a clock is told of it.
type Unopened struct {
	ID     [16]byte // says nothing to who does not have the pepper
	Day    time.Time
	Urgent bool
}

// Unopened returns the letters that nobody has opened.
func (d *Desk) Unopened(ctx context.Context) (out []Unopened, err error) {
	items, err := d.db.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		if it.Opened > 0 {
			continue
		}
		out = append(out, Unopened{[16]byte(d.keyed("unopened", it.ID[:])), dayAt(it.Day), it.Urgent})
	}
	return out, nil
}

// ageMagic is how an age file begins.
const ageMagic = "age-encryption.org/v1\n"

// maxHeader is more than the header of an age file to a few recipients takes.
const maxHeader = 32 << 10

// unsealed returns what is in a file that its sender sealed to one of the desk keys
// before they sent it, and whether it was.
func unsealed(desks []*vault.Holder, from io.Reader) (io.Reader, bool, error) {
	in := bufio.NewReaderSize(from, maxHeader)
	head, err := in.Peek(maxHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	if !bytes.HasPrefix(head, []byte(ageMagic)) {
		return in, false, nil
	}
	for _, h := range desks {
		if _, err := h.OpenFile(nil, bytes.NewReader(head)); err == nil {
			r, err := h.OpenFile(nil, in)
			return r, true, err
		}
	}
	return in, false, nil
}
