package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/vault"
)

// A walk is the paths that stand for a route in a browser, and the name of the
// picture of each.
type walk struct{ name, path string }

// walks returns for every GET route the pages with real things in them. A route
// that is a file and not a page has none.
func (o *office) walks(t *testing.T) map[string][]walk {
	t.Helper()
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	_, other, _ := o.aStatement(t, "vera", "in writing")
	base, base2 := casePath(file.ID), casePath(other.ID)
	unread := o.unread(t, "lieutenant")
	desk := base + "/statement/"
	proposed, released := o.proposed(t, "public"), o.released(t, "authority")
	place := ""
	for ref := range file.State.Places {
		place = string(ref)
	}
	denial := told[0].Ref
	for _, r := range file.State.Claims {
		if r.Stance == claim.Denies {
			denial = r.Statement
		}
	}
	letters := o.letters(t)
	return map[string][]walk{
		"GET /intake":                   {{"intake", "/intake"}},
		"GET /intake/{letter}":          letters["letter"],
		"GET /intake/{letter}/look/{n}": letters["look"],
		"GET /intake/{letter}/file/{n}": {},

		"GET /login":               {{"login", "/login"}},
		"GET /help":                {{"help", "/help"}},
		"GET /login/second":        {},
		"GET /me":                  {{"me", "/me"}},
		"GET /me/passphrase":       {{"me-passphrase", "/me/passphrase"}},
		"GET /me/code":             {{"me-code", "/me/code"}},
		"GET /me/code/confirm":     {},
		"GET /me/passkey":          {{"me-passkey", "/me/passkey"}},
		"GET /me/passkey/confirm":  {},
		"GET /me/factor/{factor}":  {},
		"GET /me/recovery":         {{"me-recovery", "/me/recovery"}},
		"GET /asset/{hash}/{name}": {},
		"GET /favicon.ico":         {},
		"GET /kept":                {{"kept", "/kept"}},
		"GET /{$}":                 {{"today", "/"}},
		"GET /search":              {{"search", "/search"}},
		"GET /cases":               {{"cases", "/cases"}},
		"GET /cases/new":           {{"case-new", "/cases/new"}},
		"GET /places":              {{"places", "/places"}},
		"GET /places/new":          {{"place-new", "/places/new"}},
		"GET /units/new":           {{"unit-new", "/units/new"}},
		"GET /place/{ref}":         {{"place", "/place/" + place}},
		"GET /join":                {{"join", "/join"}},
		"GET /invites":             {{"invites", "/invites"}},
		"GET /again":               {{"again", "/again"}},
		"GET /recovery":            {{"recovery", "/recovery"}},
		"GET /lookup":              {{"lookup", "/lookup"}},
		"GET /people":              {{"members", "/people"}},
		"GET /access":              {{"access", "/access"}},
		"GET /circles":             {{"circles", "/circles"}},
		"GET /looks":               {{"looks", "/looks"}},
		"GET /audit":               {{"audit", "/audit"}},
		"GET /log":                 {{"log", "/log"}},
		"GET /releases":            {{"releases", "/releases"}},

		"GET /appeals":             {{"appeals", "/appeals"}},
		"GET /appeals/days.ics":    {},
		"GET /appeals/rules":       {{"appeal-rules", "/appeals/rules"}},
		"GET /authorities/new":     {{"authority-new", "/authorities/new"}},
		"GET /case/{case}/appeals": {{"case-appeals", base + "/appeals"}, {"case-appeals-a", base2 + "/appeals"}},
		"GET /case/{case}/appeals/new": {
			{"appeal-new", base + "/appeals/new"},
			{"appeal-onward", base2 + "/appeals/new?step=RU-BODY-TO-COURT&term=RU-KAS-219&parent=" + bare(other.State.Appeals[0].Ref) + "&authority=" + string(other.State.Appeals[0].Authority)},
			{"appeal-look", base2 + "/appeals/new?by=e-mail&term=RU-APPEAL-REPLY&term=RU-KAS-219&authority=" + string(other.State.Appeals[0].Authority)},
		},
		"GET /case/{case}/appeal/{appeal}": {
			{"appeal", appealPath(file.ID, file.State.Appeals[0].Ref)}, {"appeal-ours", appealPath(file.ID, file.State.Appeals[1].Ref)}, {"appeal-late", appealPath(other.ID, other.State.Appeals[0].Ref)},
		},

		"GET /case/{case}/appeal/{appeal}/numbers": {{"appeal-erase", appealPath(file.ID, file.State.Appeals[0].Ref) + "/numbers"}},
		"GET /appeals/table":                       {{"appeals-table", "/appeals/table"}, {"appeals-table-years", "/appeals/table?group=year&sort=letters"}},
		"GET /appeals/table/{circle}":              {{"appeals-out-few", "/appeals/table/" + file.Circle.ID.String()}},
		// See TestTableInABrowser.
		"GET /appeals/table/{circle}/{dossier}": {}, "GET /appeals/table/{circle}/{dossier}/all.zip": {},

		"GET /case/{case}/appeal/{appeal}/draft": {
			{"draft", appealPath(file.ID, file.State.Appeals[0].Ref) + "/draft?letter_form=ru-military-prosecutor+ru"}, {"draft-un", appealPath(other.ID, other.State.Appeals[0].Ref) + "/draft?letter_form=wgeid-urgent+en"},
		},

		"GET /case/{case}":                 {{"case-b", base}, {"case-a", base2}, {"case-empty", casePath(o.emptyCase(t))}, letters["case"][0]},
		"GET /case/{case}/history":         {{"history", base + "/history"}},
		"GET /case/{case}/sharing":         {{"sharing", base + "/sharing"}},
		"GET /case/{case}/liaisons":        {{"liaisons", base + "/liaisons"}},
		"GET /case/{case}/people":          {{"people", base + "/people"}},
		"GET /case/{case}/person/{person}": {{"person", base + "/person/" + bare(affected(file.State))}},
		"GET /case/{case}/names":           {{"names", base + "/names"}},
		"GET /case/{case}/statements/new":  {{"statement-new", base + "/statements/new"}},
		"GET /case/{case}/statement/{statement}": {
			{"desk", desk + bare(told[0].Ref)}, {"desk-take", desk + bare(told[0].Ref) + "?s=2"}, {"desk-denial", desk + bare(denial)},
			{"desk-unread", desk + bare(unread)}, {"desk-mark", desk + bare(unread) + "?s=2"},
			letters["desk"][0],
		},
		"GET /case/{case}/handover":         {{"handover", base + "/handover"}},
		"GET /case/{case}/bundle/{dossier}": {}, // see TestHandoverInABrowser
		"GET /case/{case}/exhibits":         {{"exhibits", base + "/exhibits"}, {"exhibits-none", base2 + "/exhibits"}},
		"GET /case/{case}/exhibit/{exhibit}": {
			{"exhibit", exhibitPath(file.ID, o.exhibit(file.ID, told[0].Ref, exhibitCalled, aPhotograph(t)))},
		},
		"GET /case/{case}/exhibit/{exhibit}/safe": {}, // see TestExhibitsInABrowser

		// See TestDerivedInABrowser.
		"GET /case/{case}/exhibit/{exhibit}/picture": {}, "GET /case/{case}/exhibit/{exhibit}/redact/picture": {},
		"GET /case/{case}/exhibit/{exhibit}/made": {}, "GET /case/{case}/exhibit/{exhibit}/redact": {},
		"GET /case/{case}/exhibit/{exhibit}/made/{n}": {}, "GET /case/{case}/exhibit/{exhibit}/made/{n}/safe": {}, "GET /case/{case}/exhibit/{exhibit}/made/{n}/picture": {},
		"GET /upload/{upload}":                            {},
		"GET /case/{case}/statement/{statement}/exhibits": {{"exhibit-new", desk + bare(told[0].Ref) + "/exhibits"}},
		"GET /case/{case}/statement/{statement}/consent":  {{"consent", desk + bare(told[0].Ref) + "/consent"}, {"consent-none", desk + bare(unread) + "/consent"}},
		"GET /case/{case}/settings":                       {{"settings", base + "/settings"}, {"case-without", base + "?without=" + string(told[0].Source)}},
		"GET /retention":                                  {{"retention", "/retention"}},
		"GET /case/{case}/statement/{statement}/erase":    {{"erase", desk + bare(told[0].Ref) + "/erase"}},
		"GET /case/{case}/statement/{statement}/reseal":   {{"reseal", desk + bare(told[0].Ref) + "/reseal"}},
		"GET /case/{case}/statement/{statement}/erased":   {}, // see TestErasedInABrowser
		"GET /case/{case}/batch/{entry}":                  {},
		"GET /case/{case}/claim/{entry}":                  {{"claim", base + "/claim/" + file.State.Claims[0].Entry.String()}},
		"GET /case/{case}/dossiers":                       {{"dossiers", base + "/dossiers"}, {"preview", base + "/dossiers?audience=public&in=en"}},
		"GET /case/{case}/dossier/{dossier}":              {{"dossier", base + "/dossier/" + bare(proposed)}, {"dossier-released", base + "/dossier/" + bare(released)}},
		"GET /case/{case}/dossier/{dossier}/all.zip":      {},
		"GET /case/{case}/dossier/{dossier}/file/{name}":  {},
	}
}

// unread puts a statement that nobody has read yet into a case.
func (o *office) unread(t *testing.T, words string) claim.Ref {
	t.Helper()
	by, file, _ := o.aStatement(t, "vera", words)
	st, err := o.desk.AddStatement(t.Context(), by, file.ID, habeas.NewStatement{
		Source: anySource(file.State), Received: "2022-12-20", Medium: "message", Lang: "en", Raw: vault.NewText(toldAgain),
	})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// emptyCase opens a case that nothing is in.
func (o *office) emptyCase(t *testing.T) habeas.CaseID {
	t.Helper()
	by, err := demo.Actor(t.Context(), o.desk, "vera")
	if err != nil {
		t.Fatal(err)
	}
	id, err := o.desk.OpenCase(t.Context(), by, o.circle(t.Context(), by), habeas.NewCase{Title: "a driver taken at a crossing", About: "person"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// proposed puts a dossier of case B before a second reader.
func (o *office) proposed(t *testing.T, audience string) claim.Ref {
	t.Helper()
	by, file, _ := o.aStatement(t, "vera", "lieutenant")
	ref, err := o.propose(t, by, file.ID, habeas.DossierOptions{Audience: audience, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// released lets a dossier of case B out, as three members would.
func (o *office) released(t *testing.T, audience string) claim.Ref {
	t.Helper()
	ref := o.proposed(t, audience)
	omar, file, _ := o.aStatement(t, "omar", "lieutenant")
	if err := o.desk.Approve(t.Context(), omar, file.ID, ref, "his comrades know it, and a prosecutor could act"); err != nil {
		t.Fatal(err)
	}
	ed, _, _ := o.aStatement(t, "ed", "lieutenant")
	if _, err := o.desk.Release(t.Context(), ed, file.ID, ref, "the archive of the movement", passOf("ed")); err != nil {
		t.Fatal(err)
	}
	return ref
}

func passOf(handle string) vault.Text {
	for _, m := range demo.Members() {
		if m.Handle == handle {
			return vault.NewText(m.Passphrase)
		}
	}
	return vault.Text{}
}

// TestEveryPageInABrowser walks every GET route as every member who may see it,
// two of them in English and two in Russian, two in the dark. The first two look
// closely at every page, the others at those that these may not see. No page breaks an
// accessibility rule, is wider than a screen of 320 pixels in either direction of
// writing, calls another host or breaks its own policy, and no link of any page
// leads nowhere. Set HABEAS_SHOTS to a directory to keep pictures.
func TestEveryPageInABrowser(t *testing.T) {
	o := demoOffice(t)
	pages := o.walks(t)
	examined := map[string]bool{}
	for _, m := range []struct {
		handle, lang string
		dark         bool
	}{{"vera", "en", false}, {"omar", "ru", true}, {"ana", "en", true}, {"ed", "ru", false}} {
		t.Run(m.handle, func(t *testing.T) {
			o.t = t
			b := testkit.NewBrowser(t, true)
			b.Resize(1280, 900)
			b.Dark(m.dark)
			o.enter(b, m.handle)
			if m.lang != "en" {
				b.Follow("form.langs button[lang=" + m.lang + "]")
			}
			links := map[string]string{}
			for _, rt := range o.web.routes() {
				if !strings.HasPrefix(rt.pattern, "GET ") || !mayAsk(rt.pattern, m.handle) {
					continue
				}
				stops, ok := pages[rt.pattern]
				if !ok {
					t.Errorf("route %s has no page to walk to", rt.pattern)
				}
				for _, p := range stops {
					b.Open(o.http.URL + p.path)
					b.Wait("h1")
					if !examined[p.name] || m.handle == "omar" {
						o.examine(b, m.handle+"-"+p.name)
						examined[p.name] = true
					}
					for _, l := range b.Links() {
						links[l] = p.path
					}
				}
			}
			for _, c := range b.Complaints() {
				t.Error(c)
			}
			o.follow(t, m.handle, links)
		})
	}
}

func mayAsk(pattern, handle string) bool {
	return allowed[pattern] == "all" || slices.Contains(strings.Fields(allowed[pattern]), handle)
}

// examine is look, and also turns the page.
func (o *office) examine(b *testkit.Browser, name string) {
	o.t.Helper()
	for _, v := range b.Axe() {
		o.t.Errorf("%s: %s", name, v)
	}
	for _, width := range []int{1280, 768, 320} {
		b.Resize(width, 900)
		if got := b.Wide(); got != 0 {
			o.t.Errorf("%s: %d px wider than a screen of %d", name, got, width)
		}
		shot(b, name+"-"+map[int]string{1280: "wide", 768: "mid", 320: "narrow"}[width])
	}
	b.Turn("rtl")
	if got := b.Wide(); got != 0 {
		o.t.Errorf("%s: %d px wider than a screen of 320, right to left", name, got)
	}
	b.Resize(1280, 900)
	shot(b, name+"-rtl")
}

// follow asks for every page that a member was shown a link to.
func (o *office) follow(t *testing.T, handle string, links map[string]string) {
	t.Helper()
	v := o.member(handle)
	for link, from := range links {
		path, _, _ := strings.Cut(link, "#")
		if path == "" || strings.HasPrefix(path, "?") {
			continue
		}
		if got := v.Get(path).Status; got != http.StatusOK {
			t.Errorf("a link on %s leads to %s, which answers %d", from, link, got)
		}
	}
}
