package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"habeas"
	"habeas/claim"
	"habeas/dossier"
	"habeas/internal/locale"
)

// countRoutes returns the routes of the table of letters, and of what leaves of it.
func (s *Server) countRoutes() []route {
	const one = "/appeals/table/{circle}/{dossier}"
	return []route{
		{pattern: "GET /appeals/table", need: counting, serve: s.countPage},
		{pattern: "GET /appeals/table/{circle}", need: editing, serve: s.tableOutPage},
		{pattern: "POST /appeals/table/{circle}", need: editing, serve: s.proposeTable, again: s.tableOutPage},
		{pattern: "GET " + one, need: reading, serve: s.tablePage},
		{pattern: "POST " + one + "/approve", need: editing, serve: s.approveTable, again: s.tablePage},
		{pattern: "POST " + one + "/refuse", need: editing, serve: s.refuseTable, again: s.tablePage},
		{pattern: "POST " + one + "/release", need: releasing, serve: s.releaseTable, again: s.tablePage},
		{pattern: "GET " + one + "/all.zip", need: releasing, serve: s.downloadTable},
	}
}

// countPage is the table of letters. Nothing on it says which.
type countPage struct {
	Frame
	By, FromYear, ToYear, To, Kind, Law Field
	Day, Unsent                         string
	Tables                              []countTable
	About                               []string
	Composes                            bool
	Circles                             []countLink
	Proposed                            []dossierRow
}

// A countLink leads somewhere.
type countLink struct{ Href, Words string }

// A countTable is a table as a page shows it.
type countTable struct {
	ID, Caption string
	Head        []countHead
	Rows        []countRow
}

// A countHead is the head of a column.
type countHead struct {
	Words, Href, Says string // the way to sort by it, and what that link says
	Sort              string // how it is sorted by it, as aria-sort has it, or ""
	Num               bool
}

// A countRow is a row: what it is of, and its numbers.
type countRow struct {
	Words string
	Deep  bool // it is part of the row above
	All   bool // it is of all letters
	Cells []countCell
}

// A countCell is one number.
type countCell struct {
	Label, Words string
	Held         bool
}

func (s *Server) countPage(w http.ResponseWriter, r *http.Request, by habeas.Actor, f *Form) error {
	q := r.URL.Query()
	ask := countQuery(q)
	counts, err := s.Desk.CountAppeals(r.Context(), by, ask)
	if err != nil {
		return err
	}
	bodies, err := s.Desk.Authorities(r.Context(), by)
	if err != nil {
		return err
	}
	labels, laws := map[string]string{}, []string{}
	for _, b := range bodies {
		labels[string(b.Authority.Unit)] = b.Label
		if !slices.Contains(laws, b.Jurisdiction) {
			laws = append(laws, b.Jurisdiction)
		}
	}
	slices.Sort(laws)
	p := countPage{Frame: s.frame(w, r, by, f, "appeals"), Composes: editing.allows(by)}
	p.Day, p.Unsent = p.T("ui.count.day", p.P.Day(s.Now())), ""
	if counts.Unsent > 0 {
		p.Unsent = p.T("ui.count.unsent", counts.Unsent)
	}
	p.choose(ask, counts.Years, bodies, laws)
	p.fill(ask, q, counts, labels)
	for _, key := range dossier.AboutCounted()[:4] {
		p.About = append(p.About, p.T(key))
	}
	if err := s.tablesOut(r, by, &p); err != nil {
		return err
	}
	return s.show(w, f, "appeals_table", p)
}

// countQuery reads what is counted from an address. What it does not know it leaves
// out.
func countQuery(q url.Values) habeas.AppealQuery {
	ask := habeas.AppealQuery{By: q.Get("group"), Jurisdiction: q.Get("jurisdiction")}
	if !slices.Contains(habeas.AppealGroupings(), ask.By) {
		ask.By = habeas.ByAuthority
	}
	if ref, err := claim.ParseRef(q.Get("authority")); err == nil {
		ask.Authority = ref
	}
	if _, ok := claim.LookUp("appeal", q.Get("kind")); ok {
		ask.Kind = q.Get("kind")
	}
	for name, to := range map[string]*int{"from_year": &ask.From, "to_year": &ask.To} {
		if n, err := strconv.Atoi(q.Get(name)); err == nil {
			*to = n
		}
	}
	return ask
}

// choose makes the fields by which letters are chosen.
func (p *countPage) choose(ask habeas.AppealQuery, years []int, bodies []habeas.AuthorityRow, laws []string) {
	in := p.In("count")
	anyOf := []Option{{Value: "", Label: p.T("ui.count.any")}}
	var groups []Option
	for _, g := range habeas.AppealGroupings() {
		groups = append(groups, Option{Value: g, Label: p.T("ui.count.by." + g)})
	}
	p.By = in.Choose("group", ask.By, groups)
	inYears := slices.Clone(anyOf)
	for _, y := range years {
		inYears = append(inYears, Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y)})
	}
	p.FromYear, p.ToYear = in.Choose("from_year", yearValue(ask.From), inYears), in.Choose("to_year", yearValue(ask.To), inYears)
	to := slices.Clone(anyOf)
	for _, b := range bodies {
		to = append(to, Option{Value: string(b.Authority.Unit), Label: b.Label})
	}
	p.To = in.Choose("authority", string(ask.Authority), to)
	p.Kind = in.Choose("kind", ask.Kind, append(slices.Clone(anyOf), terms(p.P, "appeal")...))
	of := slices.Clone(anyOf)
	for _, law := range laws {
		of = append(of, Option{Value: law, Label: law})
	}
	p.Law = in.Choose("jurisdiction", ask.Jurisdiction, of)
	p.Kind.Label, p.Law.Label = p.T("ui.count.by.kind"), p.T("ui.count.by.jurisdiction")
}

func yearValue(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// A countColumn is a column that rows can be sorted by.
type countColumn struct {
	key, words string
	value      func(habeas.Tally) int
	words1     func(habeas.Tally) string
}

// fill puts the numbers in words.
func (p *countPage) fill(ask habeas.AppealQuery, q url.Values, counts *habeas.AppealCounts, labels map[string]string) {
	if counts.Total.Letters == 0 {
		return
	}
	name := func(t habeas.Tally) string { return rowName(p.P, ask.By, t.Key, labels) }
	number := func(value func(habeas.Tally) int) func(habeas.Tally) string {
		return func(t habeas.Tally) string { return strconv.Itoa(value(t)) }
	}
	add := func(to []countColumn, key, words string, value func(habeas.Tally) int) []countColumn {
		return append(to, countColumn{key, words, value, number(value)})
	}
	letters := add(nil, "letters", p.T("ui.count.letters"), func(t habeas.Tally) int { return t.Letters })
	letters = add(letters, "people", p.T("ui.count.people"), func(t habeas.Tally) int { return t.People })
	for _, became := range habeas.Becomings() {
		letters = append(letters, countColumn{became, p.T("ui.count.became." + became), func(t habeas.Tally) int { return t.Became[became] }, func(t habeas.Tally) string {
			if t.Became[became] == 0 {
				return "0"
			}
			return p.T("ui.count.share", t.Became[became], t.Share(became))
		}})
	}
	p.Tables = append(p.Tables, p.table("letters", p.T("ui.count.title"), letters, ask, q, counts, name))
	for _, since := range []struct {
		key string
		of  func(habeas.Tally) habeas.Wait
	}{{"sent", func(t habeas.Tally) habeas.Wait { return t.SinceSent }}, {"registered", func(t habeas.Tally) habeas.Wait { return t.SinceRegister }}} {
		var days []countColumn
		days = add(days, since.key+"_answers", p.T("ui.count.answers"), func(t habeas.Tally) int { return since.of(t).Answers })
		for _, c := range []struct {
			key   string
			value func(habeas.Wait) int
		}{
			{"lower", func(w habeas.Wait) int { return w.Lower }}, {"median", func(w habeas.Wait) int { return w.Median }},
			{"upper", func(w habeas.Wait) int { return w.Upper }}, {"longest", func(w habeas.Wait) int { return w.Longest }},
		} {
			value := func(t habeas.Tally) int { return c.value(since.of(t)) }
			days = append(days, countColumn{since.key + "_" + c.key, p.T("ui.count." + c.key), value, func(t habeas.Tally) string {
				if since.of(t).Answers == 0 {
					return "–"
				}
				return strconv.Itoa(value(t))
			}})
		}
		if since.of(counts.Total).Answers > 0 {
			p.Tables = append(p.Tables, p.table(since.key, p.T("ui.count.days."+since.key), days, ask, q, counts, name))
		}
	}
}

// table lays out rows, sorted by the column that the address names: the largest first.
func (p *countPage) table(id, caption string, columns []countColumn, ask habeas.AppealQuery, q url.Values, counts *habeas.AppealCounts, name func(habeas.Tally) string) countTable {
	t := countTable{ID: id, Caption: caption}
	rows, by := slices.Clone(counts.Rows), q.Get("sort")
	if ask.By == habeas.ByAuthority {
		slices.SortStableFunc(rows, func(a, b habeas.Tally) int { return cmp.Compare(name(a), name(b)) })
	}
	link := func(key string) string {
		to := url.Values{}
		for _, k := range []string{"group", "from_year", "to_year", "authority", "kind", "jurisdiction"} {
			if q.Get(k) != "" {
				to.Set(k, q.Get(k))
			}
		}
		if key != "" {
			to.Set("sort", key)
		}
		return "/appeals/table?" + to.Encode() + "#" + id
	}
	first := p.T("ui.count.by." + ask.By)
	t.Head = append(t.Head, countHead{Words: first, Href: link(""), Says: p.T("ui.count.sort", first)})
	sorted := false
	for _, c := range columns {
		h := countHead{Words: c.words, Href: link(c.key), Says: p.T("ui.count.sort", c.words), Num: true}
		if c.key == by {
			h.Sort, sorted = "descending", true
			slices.SortStableFunc(rows, func(a, b habeas.Tally) int { return cmp.Compare(c.value(b), c.value(a)) })
		}
		t.Head = append(t.Head, h)
	}
	if !sorted {
		t.Head[0].Sort = "ascending"
		if ask.By == habeas.ByYear {
			t.Head[0].Sort = "descending"
		}
	}
	line := func(words string, of habeas.Tally) countRow {
		r := countRow{Words: words}
		for _, c := range columns {
			r.Cells = append(r.Cells, countCell{Label: c.words, Words: c.words1(of)})
		}
		return r
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, line(name(r), r))
	}
	all := line(p.T("ui.count.all"), counts.Total)
	all.All = true
	t.Rows = append(t.Rows, all)
	return t
}

// rowName says what a row is of.
func rowName(p *locale.Printer, by, key string, labels map[string]string) string {
	switch by {
	case habeas.ByAuthority:
		return cmp.Or(labels[key], "?")
	case habeas.ByKind:
		return p.Term("appeal", key)
	}
	return key
}
