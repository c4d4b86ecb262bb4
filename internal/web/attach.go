package web

import (
	"net/http"
	"slices"
	"strconv"

	"habeas"
	"habeas/claim"
	"habeas/internal/locale"
)

// An attachView is a file that came with a statement, and the form that takes it to
// one's own device.
type attachView struct {
	P            *locale.Printer
	Name, Size   string
	Href         string // of its page
	Action       string
	Start        Part
	PassID, Does string
}

// attached lists the files of a statement for who holds its names. They may be called
// after somebody: once the text is without names, so is this list, unless names are
// shown.
func (p *deskPage) attached(files []habeas.LetterFile) {
	for i, file := range files {
		n := strconv.Itoa(i)
		in := p.In("attached-" + n)
		v := attachView{P: p.P, Size: p.size(file.Size), Action: p.Here + "/file/" + n, Start: in, PassID: "attached-" + n + "-pass"}
		v.Name = p.T("ui.attach.one_file", i+1)
		if !p.Settled || p.Open {
			v.Name = fileName(file.Name.Reveal(), i)
		}
		if file.Exhibit != "" {
			v.Href = exhibitPath(p.t.file.ID, file.Exhibit)
		}
		v.Does = p.T("ui.attach.do", i+1)
		p.AttachedOpen = p.AttachedOpen || in.Form.Failed()
		p.Attached = append(p.Attached, v)
	}
	p.AttachedWords = p.N("ui.attach.files", len(files))
}

// takeAttachment sends a file that came with a statement, after the passphrase.
func (s *Server) takeAttachment(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	id, st, err := caseStatement(r)
	if err != nil {
		return err
	}
	n, err := fileNumber(r)
	if err != nil {
		return err
	}
	file, body, err := s.Desk.OpenAttachment(r.Context(), by, id, st, n, f.Secret(passField))
	if err != nil {
		return err
	}
	defer body.Close()
	s.sendDownload(w, savedName(file.Name.Reveal(), n), file.Size, body)
	return nil
}

// A heldView is a statement whose source has stopped its use.
type heldView struct {
	Words   string // which statement, where that is not plain
	Href    string
	Says    string
	Erase   string // path of the page that erases it, for who may and where it should be
	Letters bool   // the reader may read the letter that says so
	Link    string // words of the link to either
}

// held returns what to know of a statement whose use its source has stopped, or nil.
// It leads to the page that erases it only once the letter was read and is no
// sign of force: until then nobody knows whether that is what its source wants.
func (c caseFrame) held(st claim.Ref) *heldView {
	if !c.t.st.Held(st) {
		return nil
	}
	v := &heldView{}
	given := slices.DeleteFunc(slices.Clone(c.t.st.Consents[st]), func(n claim.Noted[claim.Consent]) bool { return n.Said.Giver != claim.GivenBySource })
	switch {
	case slices.ContainsFunc(given, func(n claim.Noted[claim.Consent]) bool { return n.Said.Pressure }):
		v.Says = c.T("ui.held.pressed")
	case slices.ContainsFunc(given, func(n claim.Noted[claim.Consent]) bool { return n.Said.Withdrawn }):
		v.Says = c.T("ui.held.withdrawn")
		if c.Adds {
			v.Erase, v.Link = c.t.desk(st)+"/erase", c.T("ui.erase.link")
		}
	default:
		v.Says, v.Letters, v.Link = c.T("ui.held.unread"), c.TakesIn, c.T("ui.held.letters")
	}
	return v
}

// allHeld returns what held says of every statement of a case that is.
func (c caseFrame) allHeld() (all []*heldView) {
	for _, t := range c.t.st.Statements {
		if v := c.held(t.Ref); v != nil {
			if v.Words = c.t.statement(t.Ref); c.t.opens(t.Ref) {
				v.Href = c.t.desk(t.Ref)
			}
			all = append(all, v)
		}
	}
	return all
}
