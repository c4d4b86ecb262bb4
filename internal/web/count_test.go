package web

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/gate"
	"habeas/internal/demo"
	"habeas/internal/locale"
	"habeas/internal/testkit"
)

// inLetterTitle stands in the title of every letter here, and in no word of any page.
const inLetterTitle = "brovkhalynta"

// lettersSent adds letters about so many people to a case of the demo: the first half
// of them was answered.
func (o *office) lettersSent(t *testing.T, n int) *habeas.CaseFile {
	t.Helper()
	ctx, vera := t.Context(), o.actor("vera")
	_, file, _ := o.aStatement(t, "vera", "in writing")
	to, err := o.desk.AddAuthority(ctx, vera, claim.Unit{Label: "the garrison court", Kind: "court"}, claim.Authority{Jurisdiction: "RU"})
	o.ok(err)
	for i := range n {
		p, err := o.desk.AddPerson(ctx, vera, file.ID, habeas.NewPerson{})
		o.ok(err)
		ref, err := o.desk.AddAppeal(ctx, vera, file.ID, habeas.NewAppeal{Title: "asking after " + inLetterTitle, Kind: "request", Authority: to, About: []claim.Ref{p}})
		o.ok(err)
		o.ok(o.desk.AddStep(ctx, vera, file.ID, ref, claim.Step{What: claim.StepSent, On: "2022-11-01", By: "post"}, habeas.Numbers{}))
		if i < n/2 {
			_, _, err = o.desk.AddReply(ctx, vera, file.ID, ref, habeas.NewReply{Answer: "denial", Impact: "none", On: "2022-11-21"})
			o.ok(err)
		}
	}
	return file
}

// TestTableWithoutScript counts letters, chooses and sorts by addresses alone, and lets
// a table out by forms alone.
func TestTableWithoutScript(t *testing.T) {
	o := demoOffice(t)
	file := o.lettersSent(t, 10)
	pages := map[string][]byte{}
	ana := o.member("ana")
	p := ana.Get("/appeals").Want(200)
	p.Has("Table of letters")
	p = ana.Get("/appeals/table").Want(200)
	p.Has("the garrison court", "All letters").In("caption#letters")
	p.None("section a") // who counts lets nothing out
	p = p.Submit("form[action=/appeals/table]", url.Values{"group": {"kind"}, "authority": {authorityOf(file, o)}}).Want(200)
	p.In("div[aria-labelledby=letters]").Has("5 (50 %)", "10")
	sorted := ana.Get("/appeals/table?group=authority&sort=letters").Want(200)
	sorted.In("th[aria-sort=descending]")
	if first := sorted.In("div[aria-labelledby=letters] tbody").Text(); !strings.HasPrefix(strings.TrimSpace(first), "the garrison court") {
		t.Errorf("the body with the most letters does not stand first: %.80q", first)
	}
	ana.Get("/appeals/table?group=year&from_year=2030").Want(200).Has("No letter fits this.")
	ana.Get("/appeals/table?group=person&kind=nothing&sort=%27&from_year=x&authority=x").Want(200).Has("the garrison court")
	pages["table"] = p.Body

	ed := o.member("ed")
	out := "/appeals/table/" + file.Circle.ID.String()
	ana.Get(out).Want(403)
	p = ed.Get("/appeals/table").Want(200).Follow("section a[href=" + out + "]").Want(200)
	p = p.Submit("form[method=get]", url.Values{"bodies": {"1"}, "in": {"es"}}).Want(200)
	p.In(".preview").Has("the garrison court", "Todos los escritos", "reservado")
	pages["preview"] = p.Body
	p = p.Submit("form[method=post][action="+out+"]", nil).Want(200)
	one := p.Address.Path
	p.None("form[action=" + one + "/approve]") // their own
	today := o.member("omar").Get("/").Want(200)
	today.Has("Table of letters")
	today.Follow("a[href="+one+"]").Want(200).
		Submit("form[action="+one+"/approve]", url.Values{"reason": {"one"}}).Want(422).
		Submit("form[action="+one+"/approve]", url.Values{"reason": {"nobody can be seen here"}}).Want(200)
	ed.Get(one + "/all.zip").Want(403)
	p = ed.Get(one).Want(200).Submit("form[action="+one+"/release]", url.Values{"recipient": {"the newspaper"}, "pass": {passOf("ed").Reveal()}}).Want(200)
	p.Has("the newspaper")
	zipped := ed.Get(one + "/all.zip").Want(200)
	files := unzipped(t, zipped.Body)
	if !slices.Contains(files["letters-by-authority.csv"], "the garrison court") || len(files) != 4 {
		t.Errorf("got %v", files)
	}
	ana.Get(one + "/all.zip").Want(403)
	ed.Get("/releases").Want(200).In("a[href=" + one + "]")
	o.member("omar").Get(one).Want(200).None("a[href=" + one + "/all.zip]")
	testkit.Sweep(t, append(demo.Canaries(), inLetterTitle), nil, pages, nil)
}

// authorityOf returns the body that lettersSent wrote to.
func authorityOf(file *habeas.CaseFile, o *office) string {
	all, err := o.desk.Authorities(o.t.Context(), o.actor("vera"))
	o.ok(err)
	for _, a := range all {
		if a.Label == "the garrison court" {
			return string(a.Authority.Unit)
		}
	}
	o.t.Fatal("no such body")
	return ""
}

// unzipped returns the first cell of each row of the CSV files in an archive.
func unzipped(t *testing.T, b []byte) map[string][]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = nil
		if gate.MediaOf(f.Name) != "text/csv" {
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			files[f.Name] = append(files[f.Name], row[0])
		}
	}
	return files
}

// TestTableInABrowser looks at what would leave, and at one that did, on screens of
// every width and right to left.
func TestTableInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	file := o.lettersSent(t, 10)
	o.enter(b, "ed")
	out := "/appeals/table/" + file.Circle.ID.String()
	for name, path := range map[string]string{"appeals-table-many": "/appeals/table", "appeals-out": out + "?bodies=1&in=ar"} {
		b.Open(o.http.URL + path)
		b.Wait("h1")
		o.examine(b, name)
	}
	ref, err := o.desk.ProposeTable(t.Context(), o.actor("vera"), habeas.TableOptions{Circle: file.Circle.ID, Lang: "uk", Bodies: true})
	o.ok(err)
	b.Open(o.http.URL + tablePath(file.Circle.ID, ref))
	b.Wait("h1")
	o.examine(b, "appeals-out-one")
	for _, c := range b.Complaints() {
		t.Errorf("the browser says %q", c)
	}
}

// TestBoardIsCut: of thousands of letters those that cannot wait stand on Today, and
// the rest is one link away.
func TestBoardIsCut(t *testing.T) {
	o := demoOffice(t)
	rows, err := o.desk.Board(t.Context(), o.actor("vera"))
	o.ok(err)
	r := httptest.NewRequest("GET", "/appeals", nil)
	var many []habeas.BoardRow
	for range 3 {
		many = append(many, rows...)
	}
	fr := Frame{P: locale.New("en")}
	for most, all := range map[int]bool{2: false, len(many): true} {
		lists, err := o.web.boardLists(r, o.actor("vera"), fr, many, most)
		o.ok(err)
		n := 0
		for _, l := range lists {
			n += len(l.Lines) + l.More
			if len(l.Lines) > most || all != (l.More == 0) {
				t.Errorf("%s lists %d letters and says there are %d more, of at most %d", l.ID, len(l.Lines), l.More, most)
			}
		}
		if n != len(many) {
			t.Errorf("got %d letters listed or counted, want %d", n, len(many))
		}
	}
	if len(rows) == 0 {
		t.Error("there is nothing on the board")
	}
	if mostLines(r) != mostOnBoard || mostLines(httptest.NewRequest("GET", "/appeals?all=1", nil)) <= mostOnBoard {
		t.Error("the board can't be asked for all of it")
	}
}
