package web

import (
	"net/http"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// onAppeal does something to a letter and shows its page again.
func (s *Server) onAppeal(w http.ResponseWriter, r *http.Request, at string, do func(ledger.ID, claim.Ref) error) error {
	id, ref, err := caseAppeal(r)
	if err != nil {
		return err
	}
	if err := do(id, ref); err != nil {
		return err
	}
	return see(w, r, appealPath(id, ref)+at)
}

func (s *Server) addStep(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onAppeal(w, r, "#terms", func(id ledger.ID, ref claim.Ref) error {
		step := claim.Step{
			What: f.Get("step_what"), On: f.Trimmed("on"), Clock: f.Trimmed("clock"), Extension: f.Get("extension"),
			Reason: f.Trimmed("reason"), Void: f.Has("void", "1"), Receipt: claim.Ref(f.Get("step_receipt")),
		}
		switch step.What {
		case claim.StepSent:
			step.By = f.Get("by")
		case claim.StepFollow:
			step.Follow = f.Get("follow")
		}
		if before := f.Get("replaces"); before != "" {
			entry, err := ledger.ParseID(before)
			if err != nil {
				return fault.Wrap(err, fault.NotFound, "page.none")
			}
			step.Replaces = entry
		}
		n := habeas.Numbers{Tracking: vault.NewText(f.Trimmed("tracking")), Registration: vault.NewText(f.Trimmed("registration")), Address: vault.NewText(f.Trimmed("reply_address"))}
		if f.Has("all", "1") {
			_, err := s.Desk.AddStepToAll(r.Context(), by, id, ref, step, n)
			return err
		}
		return s.Desk.AddStep(r.Context(), by, id, ref, step, n)
	})
}

func (s *Server) addReply(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseAppeal(r)
	if err != nil {
		return err
	}
	_, opened, err := s.Desk.AddReply(r.Context(), by, id, ref, habeas.NewReply{
		Answer: f.Get("answer"), Impact: f.Get("impact"), On: f.Trimmed("on"), Said: f.Trimmed("said"), By: claim.Ref(f.Get("speaker")),
		Lang: f.Get("lang"), Text: vault.NewText(f.Get("text")), Title: f.Trimmed("title"),
	})
	if err != nil {
		return err
	}
	if opened != "" {
		ref = opened
	}
	return see(w, r, appealPath(id, ref)+"#terms")
}

func (s *Server) forward(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := caseAppeal(r)
	if err != nil {
		return err
	}
	var rules []string
	if rule := f.Get("term"); rule != "" {
		rules = []string{rule}
	}
	child, err := s.Desk.ForwardAppeal(r.Context(), by, id, ref, f.Trimmed("on"), claim.Ref(f.Get("authority")), rules)
	if err != nil {
		return err
	}
	return see(w, r, appealPath(id, child))
}

func (s *Server) heedTerm(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onAppeal(w, r, "#terms", func(id ledger.ID, ref claim.Ref) error {
		return s.Desk.HeedTerm(r.Context(), by, id, ref, f.Get("term"))
	})
}

func (s *Server) attachDossier(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onAppeal(w, r, "#came", func(id ledger.ID, ref claim.Ref) error {
		dossier, err := claim.ParseRef("d:" + f.Get("dossier"))
		if err != nil {
			return fault.New(fault.Invalid, "appeal.letter_audience", fault.Field("dossier"))
		}
		return s.Desk.AttachDossier(r.Context(), by, id, ref, dossier)
	})
}
