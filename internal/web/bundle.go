package web

import (
	"mime"
	"net/http"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

func bundlePath(id ledger.ID, ref claim.Ref) string { return casePath(id) + "/bundle/" + bare(ref) }

// bundlePage is files on their way out.
type bundlePage struct {
	caseFrame
	Row        dossierRow
	Steps      []stepView
	NamesFirst bool
	View       *handoverView
	Waived     []askView // what was accepted
	Stale      string    // why it can't leave as it is
	MayApprove bool
	Approve    Part
	Who        Field // who else knows that this happened, and what they can do
	MayRefuse  bool
	Refuse     Part
	Against    Field // why it must not leave
	Wait       string
	MayRelease bool
	Release    passForm
	MayTake    bool
	Take       passForm
	Seen       string // who else saw the log that the bundle will speak of
	Unseen     bool
	Changed    string // since it left
	MayTell    bool
	Tell       Part
	Told       string // where that is written down
	How        Field  // how those who have it were told
	Notice     string
}

func (s *Server) bundlePage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	ref, err := bareRef(r, "dossier", claim.RefDossier)
	if err != nil {
		return err
	}
	c, err := s.caseFrame(w, r, by, f, "dossiers")
	if err != nil {
		return err
	}
	if !c.Vault {
		return fault.New(fault.Forbidden, "may.needs_vault")
	}
	c.Here = bundlePath(c.t.file.ID, ref)
	p := bundlePage{caseFrame: c, NamesFirst: !c.Open}
	if p.NamesFirst {
		return s.show(w, f, "bundle", p)
	}
	h, row, err := s.Desk.Handover(r.Context(), by, c.t.file.ID, ref)
	gone := row.Erased && row.Released != nil // who has it has still to be told
	if err != nil && !gone {
		return err
	}
	if gone {
		h = &habeas.Handover{}
	} else {
		p.View = c.t.handover(h, c.In("approve"))
	}
	p.Row, p.Waived = c.t.dossierRow(row), c.t.waived(row.Waived)
	p.Steps = []stepView{c.t.stepView("proposed", row.Proposed), c.t.stepView("approved", row.Approved), c.t.stepView("released", row.Released)}
	if row.Refused != nil {
		p.Steps = append(p.Steps[:1], c.t.stepView("refused", row.Refused))
	}
	p.Approve, p.Refuse = c.In("approve"), c.In("refuse")
	p.Who, p.Against = p.Approve.Needed("reason"), p.Refuse.Needed("why")
	p.Who.Label, p.Who.Hint = c.T("ui.out.approve.who"), c.T("ui.out.approve.hint")
	p.Against.Label, p.Against.Hint = c.T("ui.out.refuse.why"), c.T("ui.out.refuse.hint")
	p.Release, p.Take = passForm{c.P, c.In("release"), "release-pass"}, passForm{c.P, c.In("take"), "take-pass"}
	if !h.Ready && row.Refused == nil && !gone {
		p.Stale = c.T("ui.handover.stale")
	}
	p.MayRefuse = row.Released == nil && row.Refused == nil && row.Proposed.By != by.Member
	p.next(h, row, by)
	if row.Released != nil {
		rows, err := s.Desk.Releases(r.Context(), by, "")
		if err != nil {
			return err
		}
		p.changes(rows, ref, by)
	}
	return s.show(w, f, "bundle", p)
}

// next says what is to be done, and by whom.
func (p *bundlePage) next(h *habeas.Handover, row habeas.DossierRow, by habeas.Actor) {
	switch {
	case row.Refused != nil:
		p.Wait = p.T("ui.out.wait.refused")
	case row.Released != nil:
		if p.MayTake = releasing.allows(by) && h.Ready; p.MayTake {
			p.Seen, p.Unseen = p.T("ui.handover.seen", h.Seen.Size, h.Seen.Witnesses, h.Seen.Stamps), h.Seen.Witnesses+h.Seen.Stamps == 0
		}
	case row.Approved != nil:
		if p.MayRelease = releasing.allows(by) && h.Ready; !p.MayRelease {
			p.Wait = p.T("ui.out.wait.release")
		}
	default:
		if p.MayApprove = row.Proposed.By != by.Member && h.Ready; !p.MayApprove {
			p.Wait = p.T("ui.out.wait.approve")
		}
	}
}

// changes says what changed since it left.
func (p *bundlePage) changes(rows []habeas.ReleaseRow, ref claim.Ref, by habeas.Actor) {
	for _, row := range rows {
		if row.Dossier != ref {
			continue
		}
		p.Changed = p.t.since(row)
		if p.MayTell = row.Owes() && releasing.allows(by); p.MayTell {
			p.Notice = p.T("ui.handover.notice", p.P.Day(row.Released.At))
			p.Tell, p.Told = p.In("told"), p.Base+"/dossier/"+bare(ref)+"/told"
			p.How = p.Tell.Needed("how")
			p.How.Label, p.How.Hint = p.T("ui.releases.tell.how"), p.T("ui.releases.tell.hint")
		}
	}
}

// onBundle does something with files on their way out, and shows their page again.
func (s *Server) onBundle(w http.ResponseWriter, r *http.Request, do func(ledger.ID, claim.Ref) error) error {
	id, ref, err := inCase(r, "dossier", claim.RefDossier)
	if err != nil {
		return err
	}
	if err := do(id, ref); err != nil {
		return shownRefusal(err)
	}
	return see(w, r, bundlePath(id, ref))
}

func (s *Server) approveBundle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onBundle(w, r, func(id ledger.ID, ref claim.Ref) error {
		return s.Desk.ApproveHandover(r.Context(), by, id, ref, f.Trimmed("reason"), f.All("accept")...)
	})
}

func (s *Server) refuseBundle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onBundle(w, r, func(id ledger.ID, ref claim.Ref) error {
		return s.Desk.Refuse(r.Context(), by, id, ref, f.Trimmed("why"))
	})
}

func (s *Server) releaseBundle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onBundle(w, r, func(id ledger.ID, ref claim.Ref) error {
		return s.Desk.ReleaseHandover(r.Context(), by, id, ref, f.Secret(passField))
	})
}

// takeBundle sends the bundle, after the passphrase, as it is made.
func (s *Server) takeBundle(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "dossier", claim.RefDossier)
	if err != nil {
		return err
	}
	p, err := s.Desk.TakeHandover(r.Context(), by, id, ref, f.Secret(passField))
	if err != nil {
		return shownRefusal(err)
	}
	s.sendFrom(w, mime.FormatMediaType("attachment", map[string]string{"filename": p.Name}), p.WriteTo)
	return nil
}

// notADossier sends on who asks for files that are handed over as for a dossier.
func (s *Server) notADossier(w http.ResponseWriter, r *http.Request, by habeas.Actor, ref claim.Ref, why error) error {
	id, err := parseID(r.PathValue("case"))
	if err != nil || faultKey(why) != "dossier.none" {
		return why
	}
	rows, err := s.Desk.Dossiers(r.Context(), by, id)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Dossier == ref && row.Files > 0 {
			return see(w, r, bundlePath(id, ref))
		}
	}
	return why
}
