package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
)

// newAuthorityPage is the form that records a body and the ways to it.
type newAuthorityPage struct {
	Frame
	Start                           Part
	Unit, Label, Kind, Jurisdiction Field
	BodyKind, Within                Field
	Known                           bool // what is recorded of it stands in the form, to be corrected
	Ways                            []wayFields
}

// wayFields are one way to a body.
type wayFields struct{ By, Address Field }

// mostWays is how many ways the form has.
const mostWays = 3

func (s *Server) newAuthority(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	all, err := s.Desk.Units(r.Context(), by)
	if err != nil {
		return err
	}
	rows, err := s.Desk.Authorities(r.Context(), by)
	if err != nil {
		return err
	}
	unit := r.URL.Query().Get("unit")
	was, known := recordedBody(rows, unit)
	p := newAuthorityPage{Frame: s.frame(w, r, by, f, "appeals"), Known: known}
	p.Start = p.In("authority")
	units, within := []Option{{Label: p.T("ui.authority.other")}}, []Option{{Label: p.T("ui.authority.within.none")}}
	for _, u := range all {
		o := Option{Value: string(u.Ref), Label: u.Label}
		units, within = append(units, o), append(within, o)
	}
	p.Unit, p.Within = p.Start.Choose("unit", unit, units), p.Start.Choose("within", firstRef(was.Within), within)
	p.Label = p.Start.Field("body")
	p.Kind = p.Start.Choose("kind", cmp.Or(was.Kind, r.URL.Query().Get("kind"), "prosecutor"), terms(p.P, "unit"))
	p.Jurisdiction = p.Start.Filled("jurisdiction", cmp.Or(was.Jurisdiction, r.URL.Query().Get("jurisdiction")))
	p.Jurisdiction.Required = true
	p.BodyKind = p.Start.Choose("body_kind", cmp.Or(was.Body, r.URL.Query().Get("body_kind")), p.bodyKinds())
	for i := range mostWays {
		n := strconv.Itoa(i + 1)
		var way claim.Channel
		if i < len(was.Channels) {
			way = was.Channels[i]
		}
		by := p.Start.Choose("way."+n, way.By, append([]Option{{Label: p.T("ui.authority.way.none")}}, terms(p.P, "channel")...))
		address := p.Start.Filled("way_address."+n, way.Address)
		by.Label, address.Label = p.T("ui.authority.way", n), p.T("ui.authority.way.address", n)
		p.Ways = append(p.Ways, wayFields{by, address})
	}
	return s.show(w, f, "authority_new", p)
}

func (s *Server) addAuthority(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	u := claim.Unit{Ref: claim.Ref(f.Get("unit")), Label: f.Trimmed("body"), Kind: f.Get("kind")}
	if u.Ref == "" && u.Label == "" {
		return fault.New(fault.Invalid, "appeal.no_authority", fault.Field("body"))
	}
	a := claim.Authority{Jurisdiction: strings.ToUpper(f.Trimmed("jurisdiction")), Body: f.Get("body_kind")}
	for i := range mostWays {
		n := strconv.Itoa(i + 1)
		if by := f.Get("way." + n); by != "" {
			a.Channels = append(a.Channels, claim.Channel{By: by, Address: f.Trimmed("way_address." + n)})
		}
	}
	if within := claim.Ref(f.Get("within")); within != "" && within != u.Ref {
		a.Within = []claim.Ref{within}
	}
	if _, err := s.Desk.AddAuthority(r.Context(), by, u, a); err != nil {
		return err
	}
	return see(w, r, "/appeals")
}

// recordedBody returns what is recorded of a unit.
func recordedBody(rows []habeas.AuthorityRow, unit string) (habeas.AuthorityRow, bool) {
	i := slices.IndexFunc(rows, func(a habeas.AuthorityRow) bool { return string(a.Ref) == unit })
	if i < 0 {
		return habeas.AuthorityRow{}, false
	}
	return rows[i], true
}

func firstRef(all []claim.Ref) string {
	if len(all) == 0 {
		return ""
	}
	return string(all[0])
}

// bodyKinds returns the kinds of bodies of the register, by whose law they stand under.
func (p *newAuthorityPage) bodyKinds() []Option {
	options := []Option{{Label: p.T("ui.authority.kind.none")}}
	reg, err := appeal.OwnRegister()
	if err != nil {
		return options
	}
	bodies := reg.Bodies()
	slices.SortStableFunc(bodies, func(a, b appeal.Body) int { return cmp.Compare(a.Jurisdiction, b.Jurisdiction) })
	law := ""
	for _, b := range bodies {
		if b.Jurisdiction != law {
			law = b.Jurisdiction
			options = append(options, Option{Label: law, Group: true})
		}
		options = append(options, Option{Value: b.ID, Label: p.bodyWords(b.ID)})
	}
	return options
}

// An allegedView says that a body is itself said to have done something.
type allegedView struct{ Href, Case, Words string }

func (fr Frame) alleged(all []habeas.Alleged) (out []allegedView) {
	for _, a := range all {
		v := allegedView{Href: casePath(a.Case), Case: a.CaseTitle, Words: fr.T("ui.alleged." + a.Role)}
		if !slices.Contains([]string{"member", "holds"}, a.Role) {
			v.Words = fr.T("ui.alleged.role", fr.P.Term("role", a.Role))
		}
		if a.Through != "" && a.Words != "" && a.Through.Kind() != claim.RefPerson {
			v.Words = fr.T("ui.alleged.through", a.Words, v.Words)
		}
		v.Words += ": " + fr.T("ui.alleged.origins", a.Origins)
		out = append(out, v)
	}
	return out
}
