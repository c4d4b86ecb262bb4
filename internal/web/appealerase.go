package web

import (
	"net/http"

	"habeas"
	"habeas/claim"
	"habeas/ledger"
)

// numbersPage says what erasing the numbers of a letter would destroy, and asks for a
// reason and the passphrase.
type numbersPage struct {
	caseFrame
	Title   string
	Goes    string
	Backups string
	Start   Part
	Why     Field
	PassID  string
}

func (s *Server) numbersPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseAppeal(r)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "appeals")
	if err != nil {
		return err
	}
	plan, err := s.Desk.ErasingNumbers(r.Context(), by, id, ref)
	if err != nil {
		return err
	}
	c.Here = appealPath(id, ref)
	p := numbersPage{caseFrame: c, Title: c.t.who(ref).Text, Backups: c.P.Day(plan.Backups), Start: c.In("numbers"), PassID: "numbers-pass"}
	if a, ok := c.t.st.Appeal(ref); ok {
		p.Title = a.Title
	}
	p.Goes = c.T("ui.numbers.goes", plan.Tracking, plan.Registration, plan.Address)
	var whys []Option
	for _, why := range ledger.Reasons() {
		if why != ledger.Resealed {
			whys = append(whys, Option{Value: string(why), Label: c.numbersWhy(why)})
		}
	}
	p.Why = p.Start.Choose("why", string(ledger.Withdrawn), whys)
	return s.show(w, f, "appeal_erase", p)
}

// numbersWhy says why numbers were erased: it is a family that takes them back, and no
// source.
func (fr Frame) numbersWhy(why ledger.Why) string {
	if why == ledger.Withdrawn {
		return fr.T("ui.numbers.why.withdrawn")
	}
	return fr.T("ui.erase.why." + string(why))
}

func (s *Server) eraseNumbers(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onAppeal(w, r, "#came", func(id ledger.ID, ref claim.Ref) error {
		return s.Desk.EraseNumbers(r.Context(), by, id, ref, ledger.Why(f.Get("why")), f.Secret(passField))
	})
}

// An erasedNumbers is that the numbers of a letter are gone.
type erasedNumbers struct{ Words, Backups string }

// numbersGone says on the page of a letter that its numbers were erased.
func (s *Server) numbersGone(p *appealPage, r *http.Request, by habeas.Actor, a *habeas.AppealFile) error {
	e, gone, err := s.Desk.NumbersErased(r.Context(), by, a.Case, a.Ref)
	if err != nil || !gone {
		return err
	}
	v := erasedNumbers{Words: p.T("ui.numbers.erased", p.P.Day(e.At), p.t.member(e.By), p.numbersWhy(e.Why))}
	key := "ui.erase.backups"
	if e.Backups.Before(s.Now()) {
		key = "ui.erased.expired"
	}
	v.Backups = p.T(key, p.P.Day(e.Backups))
	p.Gone = &v
	return nil
}
