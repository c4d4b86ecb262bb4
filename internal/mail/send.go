package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"time"

	"habeas/fault"
)

// tries is how often an urgent mail is tried in one Send.
const tries = 3

// A Sender sends an office's one message. It does not change and may be shared.
type Sender struct {
	config   Config
	tls      *tls.Config
	letter   letter
	patience time.Duration // for connecting, and for each message
	pause    time.Duration // between tries
	now      func() time.Time
}

// NewSender returns a sender for c, or the fault that [Config.Check] returns.
func NewSender(c Config) (*Sender, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if _, err := c.password(); err != nil {
		return nil, err
	}
	roots, err := c.roots()
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(c.Server)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "mail.server")
	}
	return &Sender{
		config:   c,
		tls:      &tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12},
		letter:   newLetter(c.From, c.Lang),
		patience: 30 * time.Second,
		pause:    20 * time.Second,
		now:      time.Now,
	}, nil
}

// Send sends one message to each of to, one after the other, over one
// connection. Urgent changes nothing that is sent: an urgent mail that the
// server did not take is tried again, twice, after a short while.
//
// An error is a fault. If it is mail.some, at least one recipient's message was
// taken and to repeat the whole would wake that one again: see [Reached]. Taken
// is not read: a server may still lose or delay what it took.
func (s *Sender) Send(ctx context.Context, to []string, urgent bool) error {
	if len(to) == 0 {
		return fault.New(fault.Invalid, "mail.nobody")
	}
	if err := checkRecipients(to); err != nil {
		return err
	}
	r := round{left: once(to)}
	for n := 1; ; n++ {
		s.session(ctx, &r)
		if len(r.left) == 0 || !urgent || n == tries || !wait(ctx, s.pause) {
			return r.result(ctx)
		}
	}
}

// Reached reports whether Send, which returned err, woke anybody: whether what
// the mail was for counts as told.
func Reached(err error) bool {
	e, ok := errors.AsType[*fault.Error](err)
	return err == nil || ok && e.Key() == "mail.some"
}

// wait waits for d and reports whether ctx let it.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// A round is how far a Send has come.
type round struct {
	left    []string // to be tried again
	taken   int
	err     error // of the last session, a fault
	refused error // for good, a fault
}

func (r *round) result(ctx context.Context) error {
	err := cmp.Or(r.err, r.refused)
	switch {
	case err == nil:
		return nil
	case r.taken > 0:
		return fault.Wrap(err, fault.Busy, "mail.some")
	case ctx.Err() != nil:
		return fault.Wrap(ctx.Err(), fault.Busy, "mail.stopped")
	}
	return err
}

// session connects once and sends to those who are left.
func (s *Sender) session(ctx context.Context, r *round) {
	c, err := s.connect(ctx)
	if err != nil {
		r.err = err
		return
	}
	defer c.close()
	r.err = nil
	var again []string
	for i, a := range r.left {
		err := c.message(a, s)
		switch {
		case err == nil:
			r.taken++
			continue
		case permanent(err):
			r.refused = fault.Wrap(err, fault.Internal, "mail.refused")
		default:
			r.err = fault.Wrap(err, fault.Busy, "mail.refused")
			again = append(again, a)
		}
		if c.reset() != nil { // the connection is gone
			r.left = append(again, r.left[i+1:]...)
			return
		}
	}
	r.left = again
}

// permanent reports whether a server will say no again.
func permanent(err error) bool {
	answer, ok := errors.AsType[*textproto.Error](err)
	return ok && answer.Code >= 500
}
