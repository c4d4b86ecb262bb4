package web

import (
	"net/http"
	"slices"

	"habeas"
	"habeas/claim"
)

// A stopForm is the part of a person's page about contact they do not want.
type stopForm struct {
	Holds      string // what holds now; "" if nothing does
	Inside     []who  // statements that stay inside as a whole
	Set, Lift  Part
	From       Field
	Since      Field
	Statements []boxField
	Reason     Field
	LiftReason Field
	Open       bool
}

// A turnForm is the part of a person's page about what consents wait for.
type turnForm struct {
	States []string
	Hints  []string
	Start  Part
	What   Field
	Come   Field
	Reason Field
	Open   bool
}

// stops says who in the case wants no contact.
func (t teller) stops() []string {
	var out []string
	for ref := range t.st.Stops {
		if s, ok := t.st.Stopped(ref); ok {
			out = append(out, t.p.T("ui.stop.holds", t.covered().who(ref).Text, t.p.Term("stop", s.From)))
		}
	}
	slices.Sort(out)
	return out
}

func (c caseFrame) stopForm(person claim.Ref) stopForm {
	v := stopForm{Set: c.In("stop"), Lift: c.In("lift")}
	was, holds := c.t.st.Stopped(person)
	if holds {
		v.Holds = c.T("ui.stop.since", c.P.Term("stop", was.From), c.t.dateText(was.Since))
	}
	v.From = v.Set.Choose("from", orText(was.From, "family"), terms(c.P, "stop"))
	v.From.Label = c.T("ui.stop.from")
	v.Since = v.Set.Filled("since", was.Since)
	v.Since.Required = true
	v.Reason, v.LiftReason = v.Set.Filled("reason", was.Reason), v.Lift.Field("reason")
	v.Open = v.Set.Form.Failed()
	told := slices.Clone(c.t.st.Statements)
	slices.Reverse(told)
	for _, t := range told {
		own := c.t.st.Sources[t.Source].Person == person
		on := slices.Contains(was.Statements, t.Ref)
		if on || own {
			v.Inside = append(v.Inside, who{Text: c.t.statement(t.Ref), Href: c.t.desk(t.Ref)})
		}
		if v.Set.Form.Failed() {
			on = v.Set.Form.Has("statement", string(t.Ref))
		}
		label := c.T("ui.stop.statement", c.t.statement(t.Ref), c.t.covered().source(t.Source).Text, c.t.dateText(t.Received))
		v.Statements = append(v.Statements, boxField{ID: "stop-" + bare(t.Ref), Name: "statement", Value: string(t.Ref), Label: label, On: on})
	}
	if !holds {
		v.Inside = nil
	}
	return v
}

func (c caseFrame) turnForm(person claim.Ref) turnForm {
	v := turnForm{Start: c.In("turn")}
	for _, term := range claim.Terms("turn") {
		come, sure := c.t.st.Come(person, term.Key)
		switch words := c.P.Term("turn", term.Key); {
		case sure:
			v.States = append(v.States, c.T("ui.turn.come", words))
		case come:
			v.States = append(v.States, c.T("ui.turn.disputed", words))
		case c.t.saidToHaveCome(person, term.Key):
			v.Hints = append(v.Hints, c.T("ui.turn.hint", words))
		}
	}
	v.What = v.Start.Choose("what", "", terms(c.P, "turn"))
	v.Come = v.Start.Choose("come", "1", []Option{{Value: "1", Label: c.T("ui.turn.yes")}, {Value: "0", Label: c.T("ui.turn.no")}})
	v.Reason = v.Start.Field("reason")
	v.What.Label, v.Come.Label = c.T("ui.turn.what"), c.T("ui.turn.is")
	v.Open = v.Start.Form.Failed() || len(v.Hints) > 0
	return v
}

// saidToHaveCome reports whether somebody in the file says that something has
// come which a consent waits for. What is said does not open or close anything.
func (t teller) saidToHaveCome(person claim.Ref, what string) bool {
	waits := false
	for _, given := range t.st.Consents {
		for _, n := range given {
			for _, u := range n.Said.Uses {
				waits = waits || u.Of == person && (u.Starts == what || u.Ends == what)
			}
		}
	}
	facet, value := claim.Liberty, "free"
	if what == "dead" {
		facet, value = claim.Life, "dead"
	}
	return waits && what != "abroad" && slices.ContainsFunc(t.st.Facet(person, facet).Now(), func(a claim.Answer) bool { return a.Value.Term == value })
}

func (s *Server) stop(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "person", claim.RefPerson)
	if err != nil {
		return err
	}
	stop := claim.Stop{Person: ref, From: f.Get("from"), Since: f.Trimmed("since"), Reason: f.Trimmed("reason")}
	for _, t := range f.All("statement") {
		stop.Statements = append(stop.Statements, claim.Ref(t))
	}
	if f.Is("lift") {
		stop = claim.Stop{Person: ref, From: "family", Lifted: true, Reason: stop.Reason}
	}
	if err := s.Desk.Stop(r.Context(), by, id, stop); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/person/"+bare(ref)+"#stop")
}

func (s *Server) turn(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "person", claim.RefPerson)
	if err != nil {
		return err
	}
	turn := claim.Turn{Person: ref, What: f.Get("what"), Come: f.Get("come") == "1", Reason: f.Trimmed("reason")}
	if err := s.Desk.Turn(r.Context(), by, id, turn); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/person/"+bare(ref)+"#turns")
}
