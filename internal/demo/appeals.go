package demo

import (
	"time"

	"habeas"
	"habeas/claim"
	"habeas/vault"
)

// authority says how a body can be written to, and of which kind it is.
func (r *recorder) authority(unit claim.Ref, body, jurisdiction, address string, by ...string) claim.Ref {
	if r.err != nil {
		return unit
	}
	a := claim.Authority{Jurisdiction: jurisdiction, Body: body}
	for _, way := range by {
		a.Channels = append(a.Channels, claim.Channel{By: way, Address: address})
	}
	u := claim.Unit{Ref: unit}
	if unit == "" {
		u = claim.Unit{Label: "the working group on disappearances", Kind: "international"}
	}
	unit, r.err = r.d.AddAuthority(r.ctx, r.by, u, a)
	return unit
}

func (r *recorder) authorities(o office) (group claim.Ref) {
	for _, of := range []struct {
		unit claim.Ref
		body string
	}{{o.ministry, "RU-BODY"}, {o.prosecutor, "RU-PROSECUTOR"}, {o.investigator, "RU-INVESTIGATOR"}} {
		r.authority(of.unit, of.body, "RU", "", "post", "portal", "e-mail")
	}
	return r.authority("", "UN-WGEID", "UN", "", "e-mail", "post")
}

func (r *recorder) letter(n habeas.NewAppeal) (ref claim.Ref) {
	if r.err == nil {
		ref, r.err = r.d.AddAppeal(r.ctx, r.by, r.id, n)
	}
	return ref
}

// step records what happened to a letter on a day. Numbers of letters are invented,
// and lead nowhere.
func (r *recorder) step(ref claim.Ref, what, on, tracking string) {
	if r.err != nil {
		return
	}
	s := claim.Step{What: what, On: on}
	if what == claim.StepSent {
		s.By = "post"
	}
	r.err = r.d.AddStep(r.ctx, r.by, r.id, ref, s, habeas.Numbers{Tracking: vault.NewText(tracking)})
}

// lettersA are the father's: to the prosecutors and the investigators, who did not
// answer.
func (r *recorder) lettersA(o office) {
	first := r.letter(habeas.NewAppeal{Title: "armed guard over those who refused", Kind: "complaint", Authority: o.prosecutor, Rules: []string{"RU-PROC-45"}})
	r.step(first, claim.StepSent, "2022-09-20", "19000418277340")
	r.step(first, claim.StepReceived, "2022-09-26", "")
	second := r.letter(habeas.NewAppeal{Title: "a beating in custody", Kind: "crime-report", Authority: o.investigator, Rules: []string{"RU-CPC-144"}})
	r.step(second, claim.StepSent, "2022-10-03", "19000418277357")
	r.step(second, claim.StepReceived, "2022-10-07", "")
}

// lettersB are the mother's: to the ministry, whose answer is in the case, and to
// the Working Group, within a term that runs.
func (r *recorder) lettersB(o office, group claim.Ref, reply claim.Ref, now time.Time) {
	first := r.letter(habeas.NewAppeal{Title: "where a lieutenant is held", Kind: "request", Authority: o.ministry, Rules: []string{"RU-APPEAL-REPLY"}})
	r.step(first, claim.StepSent, "2022-11-07", "19000418280012")
	r.step(first, claim.StepReceived, "2022-11-11", "")
	r.step(first, claim.StepRegistered, "2022-11-14", "")
	if r.err == nil {
		_, _, r.err = r.d.AddReply(r.ctx, r.by, r.id, first, habeas.NewReply{Answer: "explanation", Impact: "none", On: "2022-12-09", Said: "2022-12-05", Statement: reply})
	}
	second := r.letter(habeas.NewAppeal{Title: "a comrade who was led away", Kind: "urgent-action", Authority: group, Rules: []string{"UN-WGEID-URGENT", "UN-WGEID-SEND"}})
	r.step(second, claim.StepHappened, now.AddDate(0, -2, 0).Format(time.DateOnly), "")
}
