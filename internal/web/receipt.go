package web

import (
	"net/http"

	"habeas"
	"habeas/claim"
)

// A receiptView is an exhibit that proves that a letter was sent, or came.
type receiptView struct{ Words, Href string }

// receipts names exhibits of a case by their codes, which say nothing.
func (t teller) receipts(in habeas.CaseID, refs []claim.Ref) (all []receiptView) {
	for _, ref := range refs {
		if ref != "" {
			all = append(all, receiptView{t.p.T("ui.exhibit.one", habeas.ExhibitCode(ref)), exhibitPath(in, ref)})
		}
	}
	return all
}

// receiptForm offers the exhibits of the case as receipts, to who may see that they
// are there.
func (s *Server) receiptForm(p *appealPage, r *http.Request, by habeas.Actor) error {
	if !p.Vault || !casework.allows(by) {
		return nil
	}
	all, _, err := s.Desk.Exhibits(r.Context(), by, p.t.file.ID)
	options := []Option{{Label: p.T("ui.pick.none")}}
	for _, x := range all {
		options = append(options, Option{Value: string(x.Ref()), Label: p.exhibitWords(x.Ref()) + " · " + x.Media + " · " + p.t.statement(x.Statement)})
	}
	p.Receipt, p.HasReceipt = p.Step.Choose("step_receipt", "", options), len(all) > 0
	return err
}
