package web

import (
	"net/http"
	"strings"

	"habeas"
	"habeas/fault"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

// comingRoutes are how people come into the office.
func (s *Server) comingRoutes() []route {
	return []route{
		{pattern: "GET /join", need: anyone, serve: s.joinPage},
		{pattern: "POST /join", need: anyone, serve: s.join, again: s.joinPage},
		{pattern: "GET /invites", need: keeping, serve: s.invites},
		{pattern: "POST /invites", need: keeping, serve: s.invite, again: s.invites},
		{pattern: "POST /invites/drop", need: keeping, serve: s.uninvite, again: s.invites},
		{pattern: "GET /again", need: member, serve: s.againPage},
		{pattern: "POST /again", need: keeping, serve: s.askAgain, again: s.againPage},
		{pattern: "POST /again/confirm", need: member, serve: s.confirmAgain, again: s.againPage},
		{pattern: "POST /again/invite", need: keeping, serve: s.inviteAgain, again: s.againPage},
	}
}

// againField is a passphrase typed a second time.
const againField = passField + ".again"

// joinPage is where somebody who was invited chooses how to log in.
type joinPage struct {
	Frame
	Start        Part
	Code, Handle Field
	Offer        string // a passphrase nobody else was offered
}

func (s *Server) joinPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := joinPage{Frame: s.frame(w, r, by, f, ""), Offer: paper.Words(paper.PhraseWords).Reveal()}
	p.Start = p.In("join")
	p.Code, p.Handle = p.Start.Needed("invitation"), handleField(p.Start)
	return s.show(w, f, "join", p)
}

// handleField is where somebody chooses the name they will log in with.
func handleField(in Part) Field {
	f := in.Needed("handle")
	f.Label, f.Hint = in.T("ui.handle"), in.T("ui.handle.hint")
	return f
}

// joinedPage says that somebody is a member now.
type joinedPage struct {
	Frame
	Strength string
}

func (s *Server) join(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := samePass(f); err != nil {
		return err
	}
	strength, err := s.Desk.Join(r.Context(), f.Secret("invitation"), f.Trimmed("handle"), f.Secret(passField))
	if err != nil {
		return err
	}
	p := joinedPage{Frame: s.frame(w, r, by, f, "")}
	p.Strength = p.P.T("ui.strength." + strength.Word())
	return s.show(w, f, "joined", p)
}

// samePass refuses a new passphrase that was not typed twice alike.
func samePass(f *Form) error {
	if f.Get(passField) != f.Get(againField) {
		return fault.New(fault.Invalid, "member.not_same", fault.Field("pass"))
	}
	return nil
}

// invitesPage is who was invited, and the form for one more.
type invitesPage struct {
	Frame
	Open   []inviteView
	Start  Part
	Name   Field
	Roles  []checkbox
	Shares []shareView
	Taken  bool // an invitation was just taken back
}

// An inviteView is an invitation that stands.
type inviteView struct {
	ID, Name, Roles, More, State string
	Drop                         Part
}

// A shareView is what somebody may be given of a circle.
type shareView struct {
	Name        string
	Body, Vault checkbox
	Both        bool // by holds both sides
}

func (s *Server) invites(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	rows, err := s.Desk.Invites(r.Context(), by)
	if err != nil {
		return err
	}
	circles, err := s.Desk.Circles(r.Context(), by)
	if err != nil {
		return err
	}
	p := invitesPage{Frame: s.frame(w, r, by, f, "people")}
	for _, row := range rows {
		v := inviteView{ID: row.Member.String(), Name: row.Name, Roles: roleWords(p.Frame, row.Roles)}
		v.More = p.T("ui.invites.more", row.By, p.P.Day(row.Until))
		v.State = p.T("ui.invites.state." + [...]string{"open", "late", "broken"}[row.State])
		v.Drop = p.In("drop-" + v.ID)
		p.Open = append(p.Open, v)
	}
	p.Start = p.In("invite")
	p.Name = p.Start.Needed("known_as")
	for _, role := range ledger.Roles() {
		p.Roles = append(p.Roles, box(p.Start, "role", string(role), p.T("ui.invites.role."+string(role)), false))
	}
	for _, c := range circles {
		if !c.Office {
			id := c.ID.String()
			p.Shares = append(p.Shares, shareView{
				Name: c.Name, Both: c.Vault,
				Body:  box(p.Start, "share", id, p.T("ui.invites.share.body"), false),
				Vault: box(p.Start, "share.vault", id, p.T("ui.invites.share.vault"), false),
			})
		}
	}
	return s.show(w, f, "invites", p)
}

// A checkbox is one of several of one name.
type checkbox struct {
	ID, Name, Value, Label string
	On                     bool
}

// box makes a checkbox, as it stands in a form that came back.
func box(in Part, name, value, label string, on bool) checkbox {
	if in.Form.Failed() {
		on = in.Form.Has(name, value)
	}
	return checkbox{ID: in.Which() + "-" + strings.ReplaceAll(name, ".", "-") + "-" + value, Name: name, Value: value, Label: label, On: on}
}

func roleWords(fr Frame, roles []ledger.Role) string {
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = fr.T("ui.invites.role." + string(role))
	}
	return strings.Join(words, ", ")
}

// codePage shows a code, this once.
type codePage struct {
	Frame
	Lines []string // the code, two words a line
	Days  string
}

func (s *Server) invite(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	inv := habeas.Invitation{Name: f.Trimmed("known_as")}
	for _, role := range f.All("role") {
		inv.Roles = append(inv.Roles, ledger.Role(role))
	}
	for _, name := range f.All("share") {
		id, err := parseID(name)
		if err != nil {
			return err
		}
		inv.Shares = append(inv.Shares, habeas.Share{Circle: id, Vault: f.Has("share.vault", name)})
	}
	code, err := s.Desk.Invite(r.Context(), by, inv, f.Secret(passField))
	if err != nil {
		return err
	}
	return s.showCode(w, r, by, f, code)
}

func (s *Server) showCode(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form, code vault.Text) error {
	p := codePage{Frame: s.frame(w, r, by, f, "people")}
	words := strings.Fields(code.Reveal())
	for i := 0; i+1 < len(words); i += 2 {
		p.Lines = append(p.Lines, words[i]+" "+words[i+1])
	}
	p.Days = p.N("ui.invites.days", habeas.InviteFor)
	return s.show(w, f, "code", p)
}

func (s *Server) uninvite(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(f.Get("member"))
	if err != nil {
		return err
	}
	if err := s.Desk.Uninvite(r.Context(), by, id); err != nil {
		return err
	}
	return see(w, r, "/invites")
}

// againPage is who lost their passphrase and is to be let in anew.
type againPage struct {
	Frame
	Keeper bool
	Rows   []againView
	Start  Part
	Who    Field
}

// An againView is one of them.
type againView struct {
	ID, Name, More   string
	Confirm, Invite  Part
	MayConfirm, Done bool
}

func (s *Server) againPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	rows, err := s.Desk.Again(r.Context(), by)
	if err != nil {
		return err
	}
	members, err := s.Desk.Members(r.Context(), by)
	if err != nil {
		return err
	}
	p := againPage{Frame: s.frame(w, r, by, f, "people"), Keeper: keeping.allows(by)}
	for _, row := range rows {
		v := againView{ID: row.ID.String(), Name: row.Name, Done: row.Ready, MayConfirm: !row.Mine && !row.Ready && row.Member != by.Member}
		v.More = p.T("ui.again.asked", row.By, p.P.Day(row.At))
		if row.Ready {
			v.More = p.T("ui.again.confirmed", row.By, row.ConfirmedBy)
		}
		v.Confirm, v.Invite = p.In("confirm-"+v.ID), p.In("invite-"+v.ID)
		p.Rows = append(p.Rows, v)
	}
	p.Start = p.In("ask")
	options := []Option{{Label: p.T("ui.pick.choose")}}
	for _, m := range members {
		if !m.Me && m.Standing == ledger.Active {
			options = append(options, Option{Value: m.ID.String(), Label: m.Name})
		}
	}
	p.Who = p.Start.Choose("member", "", options)
	p.Who.Required = true
	return s.show(w, f, "again", p)
}

func (s *Server) askAgain(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(f.Get("member"))
	if err != nil {
		return err
	}
	if err := s.Desk.AskAgain(r.Context(), by, id); err != nil {
		return err
	}
	return see(w, r, "/again")
}

func (s *Server) confirmAgain(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(f.Get("request"))
	if err != nil {
		return err
	}
	if err := s.Desk.ConfirmAgain(r.Context(), by, id, f.Secret(passField)); err != nil {
		return err
	}
	return see(w, r, "/again")
}

func (s *Server) inviteAgain(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, err := parseID(f.Get("request"))
	if err != nil {
		return err
	}
	code, err := s.Desk.InviteAgain(r.Context(), by, id, f.Secret(passField))
	if err != nil {
		return err
	}
	return s.showCode(w, r, by, f, code)
}
