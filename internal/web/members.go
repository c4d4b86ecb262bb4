package web

import (
	"context"
	"net/http"

	"habeas"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
	"habeas/vault"
)

// memberRoutes are who is of the office, what each can open, and how that ends.
func (s *Server) memberRoutes() []route {
	return []route{
		// Who is of the office
		{pattern: "GET /people", need: member, serve: s.people},
		{pattern: "POST /people/{member}/suspend", need: member, serve: s.suspend, again: s.people},
		{pattern: "POST /people/{member}/return", need: member, serve: s.callBack, again: s.people},
		{pattern: "POST /people/{member}/remove", need: keeping, serve: s.remove, again: s.people},

		// What each can open
		{pattern: "GET /access", need: member, serve: s.access},
		{pattern: "POST /circle/{circle}/check", need: member, serve: s.markShared, again: s.access},
		{pattern: "POST /circle/{circle}/check/end", need: member, serve: s.unmarkShared, again: s.access},
		{pattern: "GET /circles", need: keeping, serve: s.circles},
		{pattern: "POST /circles", need: keeping, serve: s.newCircle, again: s.circles},
		{pattern: "POST /circle/{circle}/add", need: keeping, serve: s.addToCircle, again: s.circles},
		{pattern: "POST /circle/{circle}/take/{member}", need: keeping, serve: s.takeFromCircle, again: s.circles},
		{pattern: "GET /case/{case}/sharing", need: member, serve: s.sharing},
		{pattern: "POST /case/{case}/sharing", need: casework, serve: s.share, again: s.sharing},
		{pattern: "POST /case/{case}/sharing/{circle}/end", need: casework, serve: s.unshare, again: s.sharing},
	}
}

// membersPage is everybody who is or was of the office.
type membersPage struct {
	Frame
	Rows    []memberRow
	Keeps   bool // the reader is a keeper
	Audits  bool
	Backups string // the day until which old backups open
}

// A memberRow is one member, with what the reader may do.
type memberRow struct {
	Name, Roles, Standing    string
	Me                       bool
	Back                     string // who has called a suspended member back
	Suspend, Return, Removal *actForm
}

// An actForm is a form that takes the reader's own passphrase and nothing else.
type actForm struct {
	P              *locale.Printer
	Start          Part
	Action         string
	Open           bool
	Label, Do      string
	Warning, Limit string // what it does, and what it cannot undo
}

// actForm makes the form called which; key is the start of its words in the
// catalogue, which are about whom.
func (fr Frame) actForm(which, action, key, whom, limit string) *actForm {
	in := fr.In(which)
	return &actForm{P: fr.P, Start: in, Action: action, Open: in.Form.Failed(), Label: fr.T(key, whom), Do: fr.T(key + ".do"), Warning: fr.T(key + ".note"), Limit: limit}
}

func (s *Server) people(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	all, err := s.Desk.Members(r.Context(), by)
	if err != nil {
		return err
	}
	until, err := s.Desk.KeyBackupsUntil(by)
	if err != nil {
		return err
	}
	p := membersPage{Frame: s.frame(w, r, by, f, "people"), Keeps: keeping.allows(by), Audits: auditing.allows(by)}
	p.Backups = p.T("ui.members.limit", p.P.Day(until))
	names := map[ledger.ID]string{}
	for _, m := range all {
		names[m.ID] = p.colleague(m.Name)
	}
	for _, m := range all {
		p.Rows = append(p.Rows, p.row(m, names))
	}
	return s.show(w, f, "members", p)
}

func (p *membersPage) row(m habeas.Member, names map[ledger.ID]string) memberRow {
	id, name := m.ID.String(), names[m.ID]
	row := memberRow{Name: name, Roles: p.roles(m.Roles), Me: m.Me}
	var back []string
	for _, by := range m.Returns {
		back = append(back, names[by])
	}
	row.Back = p.P.List(back...)
	switch m.Standing {
	case ledger.Active:
		row.Standing = p.T("ui.members.active")
		if m.Invited {
			row.Standing = p.T("ui.members.invited")
		}
		key := "ui.members.suspend"
		if m.Me {
			key = "ui.members.suspend.me"
		}
		row.Suspend = p.actForm("suspend-"+id, "/people/"+id+"/suspend", key, name, p.Backups)
	case ledger.Suspended:
		row.Standing = p.T("ui.members.suspended")
		if !m.Me {
			row.Return = p.actForm("return-"+id, "/people/"+id+"/return", "ui.members.return", name, "")
		}
	default:
		row.Standing = p.T("ui.members.removed")
	}
	if p.Keeps && !m.Me && m.Standing != ledger.Removed {
		row.Removal = p.actForm("remove-"+id, "/people/"+id+"/remove", "ui.members.remove", name, p.Backups)
	}
	return row
}

// roles says in short what a member is there for.
func (fr Frame) roles(roles []ledger.Role) string {
	var words []string
	for _, r := range roles {
		words = append(words, fr.T("ui.role."+string(r)))
	}
	return fr.P.List(words...)
}

// onMember does something to the member that a path is about.
func onMember(r *http.Request, by habeas.Actor, f *Form, do func(context.Context, habeas.Actor, ledger.ID, vault.Text) error) error {
	id, err := memberIn(r)
	if err != nil {
		return err
	}
	return do(r.Context(), by, id, f.Secret(passField))
}

func memberIn(r *http.Request) (ledger.ID, error) {
	id, err := ledger.ParseID(r.PathValue("member"))
	if err != nil {
		return id, fault.Wrap(err, fault.NotFound, "member.none")
	}
	return id, nil
}

func (s *Server) suspend(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := onMember(r, by, f, s.Desk.Suspend); err != nil {
		return err
	}
	return see(w, r, "/people")
}

func (s *Server) callBack(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := onMember(r, by, f, s.Desk.Return); err != nil {
		return err
	}
	return see(w, r, "/people")
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	if err := onMember(r, by, f, s.Desk.Remove); err != nil {
		return err
	}
	return see(w, r, "/people")
}
