package web

import (
	"net/http"
	"slices"
	"strconv"

	"habeas"
	"habeas/claim"
)

// answers fills in what was changed in a dossier, what a second member is asked about
// it, what was decided about it, and what they accepted.
func (p *dossierPage) answers(preview *habeas.Preview, row habeas.DossierRow) {
	p.Edits = p.t.changes(preview)
	for _, a := range preview.Choices.Asks {
		v := askView{Key: a.Key, Who: p.t.who(a.Person), Reason: a.Reason, What: p.T("ui.waived.hit")}
		if i := slices.IndexFunc(preview.Marked, func(m habeas.Marked) bool { return m.Key == a.Key }); i >= 0 {
			v.Words = preview.Marked[i].Words
		}
		p.Asks = append(p.Asks, v)
	}
	for _, d := range preview.Choices.Decided {
		v := askView{Key: d.Key, Reason: d.Reason, What: p.T("ui.waived." + d.As)}
		if i := slices.IndexFunc(preview.Warnings, func(w habeas.Warning) bool { return w.Key == d.Key }); i >= 0 {
			v.Words = preview.Warnings[i].Words
		}
		if d.As == habeas.LeftToSecond {
			p.Asks = append(p.Asks, v)
		} else if v.Words != "" {
			p.Decided = append(p.Decided, v)
		}
	}
	for i := range p.Asks {
		p.Asks[i].ID = "approve-accept-" + strconv.Itoa(i+1)
	}
	p.Waived = p.t.waived(row.Waived)
	for i, v := range p.Waived {
		if j := slices.IndexFunc(preview.Warnings, func(w habeas.Warning) bool { return w.Key == v.Key }); j >= 0 {
			p.Waived[i].Words = preview.Warnings[j].Words
		}
	}
	if p.Preview.Clear && slices.ContainsFunc(row.Waived, func(w habeas.Waived) bool { return w.As == claim.WaivedHit }) {
		p.Preview.Words = p.T("ui.out.clear.waived")
	}
	if row.Released != nil {
		p.Used = p.N("ui.waived.used", len(row.Used))
	}
	p.Refuse = p.In("refuse")
	p.Against = p.Refuse.Needed("why")
	p.Against.Label, p.Against.Hint = p.T("ui.out.refuse.why"), p.T("ui.out.refuse.hint")
}

// waived says which warnings were accepted, and by whom.
func (t teller) waived(all []habeas.Waived) []askView {
	var views []askView
	for _, w := range all {
		v := askView{Key: w.Key, What: t.p.T("ui.waived." + w.As), Reason: w.Reason, By: t.p.T("ui.waived.by", w.ByName, w.AcceptedName)}
		if w.Person != "" && t.st.Persons[w.Person].Cover != "" {
			v.Who = t.who(w.Person)
		}
		views = append(views, v)
	}
	return views
}

func (s *Server) refuseDossier(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "dossier", claim.RefDossier)
	if err != nil {
		return err
	}
	if err := s.Desk.Refuse(r.Context(), by, id, ref, f.Trimmed("why")); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/dossier/"+bare(ref))
}
