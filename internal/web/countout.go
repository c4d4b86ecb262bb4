package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"habeas"
	"habeas/claim"
	"habeas/dossier"
	"habeas/fault"
	"habeas/internal/locale"
	"habeas/ledger"
)

func tablePath(circle ledger.ID, ref claim.Ref) string {
	return "/appeals/table/" + circle.String() + "/" + bare(ref)
}

// tablesOut says of which circles a table can leave, and which were proposed.
func (s *Server) tablesOut(r *http.Request, by habeas.Actor, p *countPage) error {
	rows, err := s.Desk.Tables(r.Context(), by)
	if err != nil {
		return err
	}
	t := teller{p: p.P, st: &claim.State{}}
	for _, row := range slices.Backward(rows) {
		p.Proposed = append(p.Proposed, t.dossierRow(row))
	}
	if !p.Composes {
		return nil
	}
	circles, err := s.Desk.Circles(r.Context(), by)
	for _, c := range circles {
		if !c.Office {
			p.Circles = append(p.Circles, countLink{"/appeals/table/" + c.ID.String(), p.T("ui.count.out.of", p.circleName(c))})
		}
	}
	return err
}

// tableOutPage is a table as it would leave, or one on its way out.
type tableOutPage struct {
	Frame
	Here     string
	Words    string // of which circle
	Bodies   boxField
	InLang   Field
	Why      string // nothing can leave
	View     *tableView
	Ready    bool
	Propose  Part
	Row      *dossierRow // nil of one that was not proposed
	Steps    []stepView
	Approve  Part
	Who      Field
	Refuse   Part
	Against  Field
	Release  passForm
	To       Field
	Wait     string
	Download string

	MayApprove, MayRefuse, MayRelease bool
}

// A tableView is a table as it leaves.
type tableView struct {
	Day, Gate string
	Clear     bool
	Lang, Dir string
	Tables    []countTable
	About     []string
}

// outward lays a table out, in the language in which it leaves.
func (fr Frame) outward(v *habeas.TablePreview, lang string) *tableView {
	p := locale.New(lang)
	t := &tableView{Day: p.T("ui.count.day", v.Counted.Day), Clear: v.Clear, Gate: fr.T("ui.count.out.clear"), Lang: p.Lang(), Dir: p.Dir()}
	if !v.Clear {
		t.Gate = fr.T("ui.count.out.hits")
	}
	for _, key := range dossier.AboutCounted() {
		t.About = append(t.About, p.T(key))
	}
	for _, part := range v.Counted.Parts {
		t.Tables = append(t.Tables, outwardPart(p, v.Counted.Columns, part))
	}
	return t
}

func outwardPart(p *locale.Printer, columns [][]string, part dossier.CountedPart) countTable {
	t := countTable{ID: "by-" + part.By, Caption: p.T("ui.count.by." + part.By)}
	words := []string{p.T("ui.count.letters"), p.T("ui.count.people")}
	for _, c := range columns {
		words = append(words, dossier.ColumnWords(p, c))
	}
	for _, since := range []string{"sent", "registered"} {
		for _, what := range []string{"lower", "median", "upper"} {
			words = append(words, p.T("ui.count.days."+since)+": "+p.T("ui.count."+what))
		}
	}
	t.Head = []countHead{{Words: t.Caption}}
	for _, w := range words {
		t.Head = append(t.Head, countHead{Words: w, Num: true})
	}
	for _, row := range part.Rows {
		line := countRow{Words: dossier.RowWords(p, part.By, row), Deep: row.Of > 0, All: row.Key == ""}
		numbers := append([]int{row.Letters, row.People}, row.Cells...)
		numbers = append(append(numbers, row.Sent[:]...), row.Entered[:]...)
		for i, n := range numbers {
			c := countCell{Label: words[i], Words: strconv.Itoa(n)}
			if n == dossier.Held {
				c.Words, c.Held = p.T("ui.count.held"), true
			}
			line.Cells = append(line.Cells, c)
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// tableOptions reads which table is to leave, from the form that came back or from the
// query.
func tableOptions(r *http.Request, f *Form, lang string) (opt habeas.TableOptions, err error) {
	if opt.Circle, err = parseID(r.PathValue("circle")); err != nil {
		return opt, err
	}
	opt.Lang, opt.Bodies = f.Get("in"), f.Has("bodies", "1")
	if r.Method == http.MethodGet {
		opt.Lang, opt.Bodies = r.URL.Query().Get("in"), r.URL.Query().Get("bodies") == "1"
	}
	if !slices.Contains(locale.Langs(), opt.Lang) {
		opt.Lang = lang
	}
	return opt, nil
}

func (s *Server) tableOutPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	p := tableOutPage{Frame: s.frame(w, r, by, f, "appeals")}
	opt, err := tableOptions(r, f, p.P.Lang())
	if err != nil {
		return err
	}
	p.Here = "/appeals/table/" + opt.Circle.String()
	preview, err := s.Desk.PreviewTable(r.Context(), by, opt)
	switch known, ok := errors.AsType[*fault.Error](err); {
	case ok && slices.Contains([]string{"count.few", "count.too_near"}, known.Key()):
		p.Why = p.P.Fault(known)
	case err != nil:
		return err
	default:
		p.View, p.Ready = p.outward(preview, opt.Lang), preview.Clear
	}
	if p.Words, err = s.circleWords(r, by, p.Frame, opt.Circle); err != nil {
		return err
	}
	look := p.In("look")
	var langs []Option
	for _, l := range locale.Langs() {
		langs = append(langs, Option{Value: l, Label: p.T("ui.language." + l)})
	}
	p.InLang = look.Choose("in", opt.Lang, langs)
	p.InLang.Value = opt.Lang
	p.Bodies = boxField{ID: "look-bodies", Name: "bodies", Label: p.T("ui.count.bodies"), On: opt.Bodies}
	p.Propose = p.In("propose")
	return s.show(w, f, "appeals_out", p)
}

func (s *Server) circleWords(r *http.Request, by habeas.Actor, fr Frame, id ledger.ID) (string, error) {
	circles, err := s.Desk.Circles(r.Context(), by)
	for _, c := range circles {
		if c.ID == id {
			return fr.T("ui.count.out.of", fr.circleName(c)), err
		}
	}
	return "", err
}

func (s *Server) proposeTable(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	opt, err := tableOptions(r, f, s.lang(r))
	if err != nil {
		return err
	}
	ref, err := s.Desk.ProposeTable(r.Context(), by, opt)
	if err != nil {
		return shownRefusal(err)
	}
	return see(w, r, tablePath(opt.Circle, ref))
}

// tableAt reads which table an address is of.
func tableAt(r *http.Request) (circle ledger.ID, ref claim.Ref, err error) {
	if circle, err = parseID(r.PathValue("circle")); err != nil {
		return circle, "", err
	}
	ref, err = bareRef(r, "dossier", claim.RefDossier)
	return circle, ref, err
}

func (s *Server) tablePage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	circle, ref, err := tableAt(r)
	if err != nil {
		return err
	}
	preview, row, err := s.Desk.Table(r.Context(), by, circle, ref)
	if err != nil {
		return err
	}
	p := tableOutPage{Frame: s.frame(w, r, by, f, "appeals"), Here: tablePath(circle, ref)}
	t := teller{p: p.P, st: &claim.State{}}
	shown := t.dossierRow(row)
	p.Row, p.View = &shown, p.outward(preview, row.Lang)
	p.Steps = []stepView{t.stepView("proposed", row.Proposed), t.stepView("approved", row.Approved), t.stepView("released", row.Released)}
	if row.Refused != nil {
		p.Steps = append(p.Steps[:1], t.stepView("refused", row.Refused))
	}
	if p.Words, err = s.circleWords(r, by, p.Frame, circle); err != nil {
		return err
	}
	p.Approve, p.Refuse = p.In("approve"), p.In("refuse")
	p.Who, p.Against = p.Approve.Needed("reason"), p.Refuse.Needed("why")
	p.Who.Label, p.Who.Hint = p.T("ui.count.who"), p.T("ui.out.approve.hint")
	p.Against.Label, p.Against.Hint = p.T("ui.out.refuse.why"), p.T("ui.out.refuse.hint")
	p.Release = passForm{p.P, p.In("release"), "release-pass"}
	p.To = p.Release.Start.Needed("recipient")
	p.To.Hint = p.T("ui.out.recipient.hint")
	p.next(preview, row, by)
	return s.show(w, f, "appeals_out", p)
}

// next says what is to be done, and by whom.
func (p *tableOutPage) next(v *habeas.TablePreview, row habeas.DossierRow, by habeas.Actor) {
	theirs := editing.allows(by) && row.Proposed.By != by.Member
	p.MayRefuse = theirs && row.Released == nil && row.Refused == nil
	switch {
	case row.Refused != nil:
		p.Wait = p.T("ui.out.wait.refused")
	case row.Released != nil:
		if releasing.allows(by) && v.Clear {
			p.Download = p.Here + "/all.zip"
		}
	case v.Stale:
		p.Wait = p.T("fault.count.stale")
	case row.Approved != nil:
		if p.MayRelease = releasing.allows(by) && v.Clear; !p.MayRelease {
			p.Wait = p.T("ui.out.wait.release")
		}
	default:
		if p.MayApprove = theirs && v.Clear; !p.MayApprove {
			p.Wait = p.T("ui.out.wait.approve")
		}
	}
}

// onTable does something with a table on its way out, and shows its page again.
func (s *Server) onTable(w http.ResponseWriter, r *http.Request, do func(ledger.ID, claim.Ref) error) error {
	circle, ref, err := tableAt(r)
	if err != nil {
		return err
	}
	if err := do(circle, ref); err != nil {
		return shownRefusal(err)
	}
	return see(w, r, tablePath(circle, ref))
}

func (s *Server) approveTable(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onTable(w, r, func(circle ledger.ID, ref claim.Ref) error {
		return s.Desk.ApproveTable(r.Context(), by, circle, ref, f.Trimmed("reason"))
	})
}

func (s *Server) refuseTable(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onTable(w, r, func(circle ledger.ID, ref claim.Ref) error {
		return s.Desk.RefuseTable(r.Context(), by, circle, ref, f.Trimmed("why"))
	})
}

func (s *Server) releaseTable(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	return s.onTable(w, r, func(circle ledger.ID, ref claim.Ref) error {
		_, err := s.Desk.ReleaseTable(r.Context(), by, circle, ref, f.Trimmed("recipient"), f.Secret(passField))
		return err
	})
}

// downloadTable sends the files of a table that was released.
func (s *Server) downloadTable(w http.ResponseWriter, r *http.Request, by habeas.Actor, _ *Form) error {
	circle, ref, err := tableAt(r)
	if err != nil {
		return err
	}
	cleared, err := s.Desk.ReleasedTable(r.Context(), by, circle, ref)
	if err != nil {
		return shownRefusal(err)
	}
	var b bytes.Buffer
	if _, err := cleared.WriteTo(&b); err != nil {
		return err
	}
	digest := cleared.Digest()
	return download(w, fmt.Sprintf("letters-%x.zip", digest[:4]), "application/zip", b.Bytes())
}
