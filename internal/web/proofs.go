package web

import (
	"net/http"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/fault"
	"habeas/ledger"
)

// proofsView is what others put into an exhibit, or beside it, to prove where it comes
// from: what the last check found, and the form that checks it.
type proofsView struct {
	When  string
	Rows  []proofRow
	Bad   bool
	Check Part
	Files []checkbox
}

// A proofRow is one check.
type proofRow struct {
	Kind, Check string
	State       string
	Bad         bool
	Where       string // "" while names are not shown: it has names of files
	Hidden      bool
	Not         string // what it does not show, or why it shows nothing
	English     bool   // the words are of a later or an older version, in English
}

// proofs lays out what the last check found.
func (p *exhibitPage) proofs(x *habeas.ExhibitFile, beside []habeas.ProofFile) {
	v := &p.Proofs
	v.Check = p.In("proofs")
	for _, b := range beside {
		label := p.exhibitWords(b.Ref) + " (" + b.Ending + ")"
		v.Files = append(v.Files, box(v.Check, "beside", bare(b.Ref), label, b.Of))
	}
	for i := len(x.Events) - 1; i >= 0; i-- {
		e := x.Events[i]
		if e.Act != custody.Validated {
			continue
		}
		v.When, v.Bad = p.P.Clock(e.At.UTC())+" UTC", !e.Good
		for _, one := range e.Proofs {
			v.Rows = append(v.Rows, p.proof(one))
		}
		return
	}
}

// proof says how one check came out.
func (p *exhibitPage) proof(c custody.Proof) proofRow {
	row := proofRow{Kind: c.Kind, Bad: c.Result == custody.Failed.String(), Hidden: c.Where != "" && !p.Open}
	row.Check, row.English = p.proofWords(c.CheckKey, c.Check)
	not, other := p.proofWords(c.NotKey, c.Not)
	row.English = row.English || other
	switch {
	case row.Bad:
		row.State, row.Not = p.T("ui.proofs.failed"), not
	case c.Result == custody.Passed.String():
		row.State = p.T("ui.proofs.ok")
		if not != "" {
			row.Not = p.T("ui.proofs.not", not)
		}
	default:
		row.State, row.Not = p.T("ui.proofs.skipped"), not
	}
	if p.Open {
		row.Where = c.Where
	}
	return row
}

// proofWords returns words by their key, or as they were written down in English.
func (fr Frame) proofWords(key, words string) (string, bool) {
	if fr.P.Has("proof." + key) {
		return fr.T("proof." + key), false
	}
	return words, words != ""
}

func (s *Server) checkProofs(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onExhibit(w, r, "#proofs", func(id ledger.ID, ref claim.Ref) error {
		var beside []claim.Ref
		for _, v := range f.values["beside"] {
			one, err := claim.ParseRef("x:" + v)
			if err != nil {
				return fault.New(fault.Invalid, "exhibit.none")
			}
			beside = append(beside, one)
		}
		return s.Desk.CheckProofs(r.Context(), by, id, ref, beside)
	})
}
