package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"habeas"
	"habeas/receipt"
	"habeas/vault"
)

// begin takes a place for the body of x, and says how long it may be.
func (s *Server) begin(x *exchange, where places, most int64) error {
	err := where.take(x.r.Context(), patience)
	if _, full := errors.AsType[*refusal](err); full {
		// Nothing was read, so the form can't come back.
		return &refusal{status: http.StatusServiceUnavailable, key: "crowded_early"}
	}
	if err != nil {
		return err
	}
	x.hold(where.leave)
	if p, ok := x.r.Body.(*pace); ok {
		p.limit(most)
	}
	return nil
}

// letterFields are those of a first letter.
func (s *Server) letterFields(name string) kind {
	switch name {
	case onceField, textField, urgentField, namedField, placeField, delayField:
		return single
	case useField:
		return several
	case fileField:
		return file
	}
	for _, q := range s.Settings.questions() {
		if name == askField+q {
			return single
		}
	}
	return unknown
}

// write takes a first letter in and shows its receipt. The receipt follows from
// the form and from what is in it: the same form sent twice is one letter, and
// one that was changed in between is another.
func (s *Server) write(x *exchange) error {
	if err := s.begin(x, s.queue.newBodies, maxBody); err != nil {
		return err
	}
	in := &reading{s: s, x: x, fields: s.letterFields, ready: func() error {
		if _, ok := s.readOnce(forLetter, x.f.Get(onceField)); !ok {
			return &refusal{status: http.StatusConflict, key: "again"}
		}
		if err := s.Desk.Taking(); err != nil {
			return err
		}
		return s.queue.letters.wait(x.r.Context())
	}}
	defer in.discard()
	if err := in.read(); err != nil {
		return err
	}
	l, err := in.letter()
	if err != nil {
		return err
	}
	l.Uses, l.Delay = x.f.uses(), x.f.delay()
	n, _ := s.readOnce(forLetter, x.f.Get(onceField))
	r := receipt.From(s.secret("receipt", n[:], in.sum()))
	// What was sent whole is taken, also if the browser does not wait for the end:
	// it will send the same again.
	if err := s.Desk.Receive(context.WithoutCancel(x.r.Context()), r, l); err != nil {
		return err
	}
	return s.receiptPage(x, r, in.refused)
}

// letter returns what was written. It fails if that is nothing.
func (in *reading) letter() (habeas.Letter, error) {
	f := in.x.f
	l := habeas.Letter{
		Lang: in.x.p.Lang(), Text: vault.NewText(f.Get(textField)), Answers: f.answers(),
		Urgent: f.Chosen(urgentField, urgency()...) == "yes", Files: in.uploads, Refused: in.refused,
	}
	if strings.TrimSpace(f.Get(textField)) == "" && len(l.Answers) == 0 && len(l.Files) == 0 {
		return l, &refusal{status: http.StatusUnprocessableEntity, key: "empty", field: textField}
	}
	return l, nil
}

// A writePage is the form of a first letter.
type writePage struct {
	Frame
	Closed    string // why nothing can be taken now, or ""
	Once      string
	Questions []string
	Files     bool // there is room for files
	Uses      usesPart
}

func (s *Server) writePage(x *exchange) error {
	p := writePage{
		Frame: s.frame(x, "write"), Once: x.f.Get(onceField), Questions: s.Settings.questions(),
		Files: s.Desk.TakesFiles(), Uses: usesPart{x.p, x.f},
	}
	if err := s.Desk.Taking(); err != nil {
		p.Closed = asRefusal(err).say(x.p)
	}
	if _, ok := s.readOnce(forLetter, p.Once); !ok {
		p.Once = s.newOnce(forLetter)
	}
	return s.show(x, x.f.Status(), "write", p)
}

// A receiptPage shows a receipt, once.
type receiptPage struct {
	Frame
	Words         []string
	Digits        []string
	Own, Pressure string
	Refused       int
}

func (s *Server) receiptPage(x *exchange, r receipt.Receipt, refused int) error {
	own, pressure := r.Confirm(x.p.Lang())
	return s.show(x, http.StatusOK, "receipt", receiptPage{
		Frame: s.frame(x, ""), Words: strings.Fields(r.Words(x.p.Lang()).Reveal()), Digits: strings.Fields(r.Digits().Reveal()),
		Own: own.Reveal(), Pressure: pressure.Reveal(), Refused: refused,
	})
}

// Text returns the area for the letter.
func (p writePage) Text() textArea {
	return textArea{p.T("text"), p.T("text_hint"), p.Form.Get(textField), p.Form.Wrong(textField)}
}

// An asked is one question.
type asked struct{ Name, Label, Hint, Value string }

// Asked returns the questions.
func (p writePage) Asked() []asked {
	var all []asked
	for _, q := range p.Questions {
		name := askField + q
		all = append(all, asked{name, p.T(name), p.T(name + "_hint"), p.Form.Get(name)})
	}
	return all
}
