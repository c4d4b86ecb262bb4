package web

import (
	"net/http"
	"slices"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/internal/locale"
)

// releasesPage is the register of what left: who has what about whom.
type releasesPage struct {
	Frame
	About string // the cover name of the one person it is about, if it is
	Rows  []releaseRow
}

// A releaseRow is one dossier that left.
type releaseRow struct {
	dossierRow
	Persons []passedView
	Waived  []askView
	Used    string // how many claims are in it
	Since   string // what changed since, and whether who has it was told
}

// A passedView is what a dossier that left says of a person.
type passedView struct {
	Ref, Name string
	Named     bool
	Facts     string
}

func (s *Server) releases(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	person, err := claim.ParseRef("p:" + r.URL.Query().Get("person"))
	if err != nil { // of everybody
		person = ""
	}
	rows, err := s.Desk.Releases(r.Context(), by, person)
	if err != nil {
		return err
	}
	p := releasesPage{Frame: s.frame(w, r, by, f, "cases")}
	for _, row := range rows {
		t := teller{p: p.P, base: casePath(row.Case), st: &claim.State{}}
		v := releaseRow{dossierRow: t.dossierRow(row.DossierRow), Since: t.since(row), Waived: t.waived(row.Waived), Used: p.N("ui.waived.used", len(row.Used))}
		for _, q := range row.Persons {
			if q.Person == person {
				p.About = q.Cover
			}
			v.Persons = append(v.Persons, passedView{bare(q.Person), q.Cover, q.Named, t.facts(q.Facts)})
		}
		p.Rows = append(p.Rows, v)
	}
	return s.show(w, f, "releases", p)
}

// since says what changed in a dossier since it left, and whether who has it was
// told.
func (t teller) since(row habeas.ReleaseRow) string {
	var says []string
	if row.Changed > 0 {
		says = append(says, t.p.N("ui.releases.changed", row.Changed))
	}
	if row.Withdrawn > 0 {
		says = append(says, t.p.N("ui.releases.withdrawn", row.Withdrawn))
	}
	if row.Erased {
		says = append(says, t.p.T("ui.releases.erased"))
	}
	switch {
	case row.Owes():
		says = append(says, t.p.T("ui.releases.untold"))
	case row.Told != nil:
		says = append(says, t.p.T("ui.releases.told", t.step(row.Told)))
	}
	return strings.Join(says, " ")
}

// changes fills in what changed in a dossier since it left.
func (p *dossierPage) changes(rows []habeas.ReleaseRow, ref claim.Ref, may bool) {
	i := slices.IndexFunc(rows, func(r habeas.ReleaseRow) bool { return r.Dossier == ref })
	if i < 0 {
		return
	}
	p.Changed = p.t.since(rows[i])
	if p.MayTell = may && rows[i].Owes(); p.MayTell {
		theirs := locale.New(rows[i].Lang)
		p.Notice, p.NoticeLang = theirs.T("ui.releases.notice.words", theirs.Day(rows[i].Released.At)), rows[i].Lang
		p.Tell = p.In("told")
		p.How = p.Tell.Needed("how")
		p.How.Label, p.How.Hint = p.T("ui.releases.tell.how"), p.T("ui.releases.tell.hint")
	}
}

func (s *Server) tellChange(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, ref, err := inCase(r, "dossier", claim.RefDossier)
	if err != nil {
		return err
	}
	if err := s.Desk.TellChange(r.Context(), by, id, ref, f.Trimmed("how")); err != nil {
		return err
	}
	return see(w, r, casePath(id)+"/dossier/"+bare(ref))
}
