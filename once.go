package habeas

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"habeas/fault"
	"habeas/vault"
)

// mostForms is how many forms a session remembers to have taken. A form that was
// shown before the oldest of them has to be looked over and sent again.
const mostForms = 256

// forms are the forms of a session: which were shown, and which were taken. A
// form is taken once: a second click on its button does not do a thing twice.
type forms struct {
	key   [32]byte // of the tokens
	shown uint64   // number of the newest token
	floor uint64   // tokens up to here are refused
	taken map[[32]byte]*takenForm
}

// A takenForm is what became of a form.
type takenForm struct {
	number uint64        // of its token
	body   [32]byte      // hash of what was in it
	over   chan struct{} // closed when it was dealt with
	out    Outcome
	failed bool // and may be sent again
	wait   int  // how many wait for it
}

// An Outcome is what a form was answered with.
type Outcome struct {
	Path string // where the browser was sent; "" if it was shown a page
	Page []byte // that page, given to who waited for it and then forgotten
}

// A Sent is a form that arrived: its token, what tells it from other forms with
// that token, and a hash of what is in it.
type Sent struct {
	Token string
	Which string
	Body  [32]byte

	Secret vault.Text // what Body leaves out: passphrases and codes
}

// A Taken is a form that is being dealt with. Close it with what it came to.
type Taken struct {
	d    *Desk
	f    *takenForm
	key  [32]byte
	from *session
}

// FormToken returns what a form of this session carries: a form made by somebody
// else is refused, and one that was sent is not taken again.
func (d *Desk) FormToken(by Actor) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if by.session == nil {
		return ""
	}
	f := &by.session.forms
	f.shown++
	return f.token(f.shown)
}

// token returns the token of a number: 8 bytes of it and 16 that prove it is ours.
func (f *forms) token(number uint64) string {
	b := binary.BigEndian.AppendUint64(nil, number)
	m := hmac.New(sha256.New, f.key[:])
	m.Write([]byte("habeas form v2\n"))
	m.Write(b)
	return hex.EncodeToString(append(b, m.Sum(nil)[:16]...))
}

// number returns the number of a token of f.
func (f *forms) number(token string) (uint64, bool) {
	b, err := hex.DecodeString(token)
	if err != nil || len(b) != 24 {
		return 0, false
	}
	n := binary.BigEndian.Uint64(b)
	return n, hmac.Equal([]byte(token), []byte(f.token(n))) && f.floor < n && n <= f.shown
}

// CheckForm fails with the fault "form.token" if the token is not this session's,
// or too old. It does not take the form: it is for what may be asked twice.
func (d *Desk) CheckForm(by Actor, token string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if by.session == nil || by.session.sealed == nil {
		return fault.New(fault.Locked, "session.ended")
	}
	if _, ok := by.session.forms.number(token); !ok {
		return fault.New(fault.Invalid, "form.token")
	}
	return nil
}

// TakeForm takes a form, once. For a form that was taken before, Taken is nil: if
// it said the same, the Outcome is that of the first time, waited for if it is not
// there yet; and otherwise, or if that can't be had any more, the fault is
// "form.sent". What a form failed with does not count: it may be sent again.
func (d *Desk) TakeForm(ctx context.Context, by Actor, sent Sent) (*Taken, Outcome, error) {
	if err := d.may(by, own); err != nil {
		return nil, Outcome{}, err
	}
	sent.Body = by.withSecret(sent)
	for {
		t, before, err := d.takeForm(by, sent)
		if before == nil {
			return t, Outcome{}, err
		}
		select {
		case <-before.over:
		case <-by.Done():
		case <-ctx.Done():
		}
		out, failed := d.cameTo(before)
		switch {
		case d.may(by, own) != nil:
			return nil, Outcome{}, fault.New(fault.Locked, "session.ended")
		case ctx.Err() != nil:
			return nil, Outcome{}, ctx.Err()
		case failed: // then this one is the first
		case before.body == sent.Body && (out.Path != "" || out.Page != nil):
			return nil, out, nil
		default:
			return nil, Outcome{}, fault.New(fault.Conflict, "form.sent")
		}
	}
}

// withSecret returns a hash of all that is in a form. Passphrases count: who types
// another new one must not be told that it was taken. It needs the member's seed to
// be made, so nobody can try passphrases on what is remembered.
func (a Actor) withSecret(sent Sent) [32]byte {
	key := a.me.Seed().Derive("what was typed into a form")
	m := hmac.New(sha256.New, key[:])
	m.Write(sent.Body[:])
	m.Write([]byte(sent.Secret.Reveal()))
	return [32]byte(m.Sum(nil))
}

// cameTo returns what a form came to. A page is forgotten with the last who
// waited for it.
func (d *Desk) cameTo(f *takenForm) (Outcome, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := f.out
	if f.wait--; f.wait == 0 {
		f.out.Page = nil
	}
	return out, f.failed
}

// takeForm takes a form if nobody did, and otherwise returns who did.
func (d *Desk) takeForm(by Actor, sent Sent) (*Taken, *takenForm, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := &by.session.forms
	n, ok := f.number(sent.Token)
	if !ok {
		return nil, nil, fault.New(fault.Invalid, "form.token")
	}
	key := sha256.Sum256([]byte(sent.Token + "\n" + sent.Which))
	if before := f.taken[key]; before != nil {
		before.wait++
		return nil, before, nil
	}
	if f.taken == nil {
		f.taken = map[[32]byte]*takenForm{}
	}
	t := &takenForm{number: n, body: sent.Body, over: make(chan struct{})}
	f.taken[key] = t
	f.forget()
	return &Taken{d, t, key, by.session}, nil, nil
}

// forget keeps the list short: it drops the form that was shown first, and
// refuses what was shown before it.
func (f *forms) forget() {
	if len(f.taken) <= mostForms {
		return
	}
	first := f.shown
	for _, t := range f.taken {
		first = min(first, t.number)
	}
	f.floor = first
	for k, t := range f.taken {
		if t.number <= f.floor {
			delete(f.taken, k)
		}
	}
}

// Done says what the form came to.
func (t *Taken) Done(out Outcome) { t.end(out, false) }

// Failed says that nothing was done, so that the form may be sent again.
func (t *Taken) Failed() { t.end(Outcome{}, true) }

func (t *Taken) end(out Outcome, failed bool) {
	t.d.mu.Lock()
	defer t.d.mu.Unlock()
	if t.f.wait == 0 {
		out.Page = nil
	}
	t.f.out, t.f.failed = out, failed
	if failed && t.from.forms.taken[t.key] == t.f {
		delete(t.from.forms.taken, t.key)
	}
	close(t.f.over)
}
