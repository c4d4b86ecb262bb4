package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/receipt"
	"habeas/vault"
)

// only returns a function for [reading] that knows these fields, each once.
func only(names ...string) func(string) kind {
	return func(name string) kind {
		for _, n := range names {
			if n == name {
				return single
			}
		}
		return unknown
	}
}

// A returnPage asks for a receipt. What was typed into a form whose ticket ended
// stands in it too, and in the conversation that follows.
type returnPage struct{ Frame }

func (s *Server) returnPage(x *exchange) error {
	return s.show(x, x.f.Status(), "return", returnPage{s.frame(x, "return")})
}

// toReturn answers who asks for what only a form shows: after a reload, or from
// the history of a browser.
func (s *Server) toReturn(x *exchange) error {
	http.Redirect(x.w, x.r, "/"+x.p.Lang()+"/return", http.StatusSeeOther)
	return nil
}

// comeBack opens the conversation of a receipt. For one that can't be read, never
// was, or is no more, the answer is the same, and its keys are made all the same.
func (s *Server) comeBack(x *exchange) error {
	if err := s.begin(x, s.queue.smallBodies, 3*maxTyped); err != nil {
		return err
	}
	in := &reading{s: s, x: x, fields: only(receiptField, textField), ready: func() error { return s.queue.tries.wait(x.r.Context()) }}
	defer in.discard()
	if err := in.read(); err != nil {
		return err
	}
	r, err := receipt.Read(vault.NewText(x.f.Get(receiptField)))
	if err != nil {
		var nobody [32]byte
		rand.Read(nobody[:])
		r = receipt.From(nobody)
	}
	c, found := s.Desk.Converse(x.r.Context(), r)
	if err == nil {
		err = found
	}
	if err != nil {
		return err
	}
	delete(x.f.values, receiptField)
	return s.talk(x, r, c, outcome{})
}

// An outcome is what was just done.
type outcome struct {
	Done    string // the end of a key, or ""
	Refused int    // files that were not taken
	Away    bool   // the conversation can't be read now: only the form that was sent is shown
}

// A talkPage is a conversation: what was sent, what the office wrote, and what
// can be done now.
type talkPage struct {
	Frame
	outcome
	Sent     []sentLine
	Messages []messageLine
	Held     bool // a change waits to be read
	Stopped  bool // all was taken back
	Delay    int
	Ticket   string
	Once     string
	Files    bool
	Uses     usesPart
}

type sentLine struct {
	Day    string
	Opened bool
}

type messageLine struct {
	Day        string
	Paragraphs []string
}

// known reads a form of a conversation, and returns the receipt in its ticket.
func (s *Server) known(x *exchange, where places, most int64, fields func(string) kind) (*reading, receipt.Receipt, error) {
	var r receipt.Receipt
	if err := s.begin(x, where, most); err != nil {
		return &reading{}, r, err
	}
	in := &reading{s: s, x: x, fields: fields, ready: func() (err error) {
		if r, err = s.readTicket(x.f.Get(ticketField)); err != nil {
			return err
		}
		return s.queue.known.wait(x.r.Context())
	}}
	err := in.read()
	return in, r, err
}

func replyFields(name string) kind {
	if name == fileField {
		return file
	}
	return only(ticketField, onceField, textField, urgentField)(name)
}

// reply takes in a further letter.
func (s *Server) reply(x *exchange) error {
	in, r, err := s.known(x, s.queue.knownBodies, maxBody, replyFields)
	defer in.discard()
	if err != nil {
		return err
	}
	n, ok := s.readOnce(forReply, x.f.Get(onceField))
	if !ok {
		return &refusal{status: http.StatusConflict, key: "again"}
	}
	l, err := in.letter()
	if err != nil {
		return err
	}
	once := s.secret("reply", n[:], in.sum())
	if err := s.Desk.WriteAgain(context.WithoutCancel(x.r.Context()), r, nonce(once[:16]), l); err != nil {
		return err
	}
	return s.done(x, r, outcome{Done: "reply", Refused: in.refused})
}

func usesFields(name string) kind {
	if name == useField {
		return several
	}
	return only(ticketField, namedField, placeField)(name)
}

// changeUses changes what may be done with what was sent.
func (s *Server) changeUses(x *exchange) error {
	_, r, err := s.known(x, s.queue.smallBodies, maxSmall, usesFields)
	if err != nil {
		return err
	}
	if err := s.Desk.ChangeUses(x.r.Context(), r, x.f.uses()); err != nil {
		return err
	}
	return s.done(x, r, outcome{Done: "uses"})
}

// withdraw takes back what was sent. What the page then shows does not depend on
// which of the two words was typed.
func (s *Server) withdraw(x *exchange) error {
	_, r, err := s.known(x, s.queue.smallBodies, maxSmall, only(ticketField, wordField))
	if err != nil {
		return err
	}
	c, err := s.Desk.Converse(x.r.Context(), r)
	if err != nil {
		return err
	}
	if err := s.Desk.TakeBack(x.r.Context(), r, vault.NewText(x.f.Get(wordField))); err != nil {
		return err
	}
	// Not asked again: without a delay the receipt opens nothing any more, whichever
	// word it was.
	c.Stopped = true
	x.f = &Form{}
	return s.talk(x, r, c, outcome{Done: "withdraw"})
}

// done shows the conversation after something was done.
func (s *Server) done(x *exchange, r receipt.Receipt, o outcome) error {
	x.f = &Form{}
	c, err := s.Desk.Converse(x.r.Context(), r)
	if err != nil {
		return err
	}
	return s.talk(x, r, c, o)
}

// talkAgain shows the conversation again, with the form that was refused; that form
// alone while nothing can be read; or the form for a receipt, if it is not known whose
// conversation it was.
func (s *Server) talkAgain(x *exchange) error {
	r, err := s.readTicket(x.f.Get(ticketField))
	if err != nil {
		return s.returnPage(x)
	}
	c, err := s.Desk.Converse(x.r.Context(), r)
	if fault.KindOf(err) == fault.Busy {
		return s.talk(x, r, &habeas.Conversation{}, outcome{Away: true})
	}
	if err != nil {
		return s.returnPage(x)
	}
	return s.talk(x, r, c, outcome{})
}

func (s *Server) talk(x *exchange, r receipt.Receipt, c *habeas.Conversation, o outcome) error {
	p := talkPage{
		Frame: s.frame(x, ""), outcome: o, Held: c.Held && !c.Stopped, Stopped: c.Stopped, Delay: c.Delay,
		Ticket: s.ticket(r), Once: x.f.Get(onceField), Files: s.Desk.TakesFiles(), Uses: usesPart{x.p, usesForm(x.f, c.Uses)},
	}
	if _, ok := s.readOnce(forReply, p.Once); !ok {
		p.Once = s.newOnce(forReply)
	}
	for _, l := range c.Sent {
		p.Sent = append(p.Sent, sentLine{l.Day.Format(time.DateOnly), l.Opened})
	}
	for _, m := range c.Messages {
		p.Messages = append(p.Messages, messageLine{m.Day.Format(time.DateOnly), paragraphs(m.Text.Reveal())})
	}
	return s.show(x, x.f.Status(), "talk", p)
}

// usesForm returns the form of uses as it stands: as it was just sent, or as it
// is recorded.
func usesForm(f *Form, uses []claim.Use) *Form {
	if f.values[namedField] != nil {
		return f
	}
	filled := &Form{values: map[string][]string{}}
	for _, u := range uses {
		filled.values[useField] = append(filled.values[useField], u.To)
		filled.values[namedField] = []string{u.Named}
		filled.values[placeField] = []string{u.Place}
	}
	return filled
}

// paragraphs returns the lines of a text that hold something.
func paragraphs(text string) (all []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// Text returns the area for the next letter.
func (p talkPage) Text() textArea {
	return textArea{p.T("reply.text"), p.T("reply.text_hint"), p.Form.Get(textField), p.Form.Wrong(textField)}
}

// Shows reports whether the form that has a field is on the page.
func (p talkPage) Shows(field string) bool {
	if p.Away {
		_, sent := p.Form.values[field]
		return sent
	}
	return field == textField || !p.Stopped
}

// DelayWords says when keys are destroyed after a withdrawal.
func (p talkPage) DelayWords() string {
	if p.Delay == 0 {
		return p.T("withdraw.at_once")
	}
	return p.N("withdraw.after", p.Delay)
}
