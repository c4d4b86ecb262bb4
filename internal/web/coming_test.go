package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/paper"
	"habeas/vault"
)

const chosen = "granite teapot under moving clouds"

// code reads the code of a page that shows one.
func code(p *testkit.Page) string {
	return strings.Join(strings.Fields(p.In(".bigcode").Text()), " ")
}

// TestInvitedByPages: a keeper makes a code on a page, and somebody new types it
// with nothing but the address.
func TestInvitedByPages(t *testing.T) {
	o := newOffice(t)
	keeper := o.member("vera")
	p := keeper.Get("/invites").Want(200)
	words := demo.Members()[0].Passphrase
	again := p.Submit("form[action=/invites]", url.Values{"known_as": {"Ilse Brandt"}, "pass": {words}}).Want(422)
	if got := again.In("input[name=known_as]").Attr("value"); got != "Ilse Brandt" {
		t.Errorf("got %q in the form that came back", got)
	}
	circle := p.In("input[name=share]").Attr("value")
	shown := again.Submit("form[action=/invites]", url.Values{
		"known_as": {"Ilse Brandt"}, "role": {"analyst"}, "share": {circle}, "pass": {words},
	}).Want(200)
	c := code(shown)
	if n := len(strings.Fields(c)); n != paper.CodeWords {
		t.Fatalf("got %q", c)
	}
	keeper.Get("/invites").Has("Ilse Brandt").HasNot(strings.Fields(c)[0] + " " + strings.Fields(c)[1])

	ilse := o.visitor()
	form := ilse.Get("/join").Want(200)
	wrong := form.Submit("form[action=/join]", url.Values{"invitation": {c}, "handle": {"ilse"}, "pass": {chosen}, "pass.again": {"another"}}).Want(422)
	if got := wrong.In("input[name=invitation]").Attr("value"); got != c {
		t.Errorf("got %q back, want the code that was typed", got)
	}
	wrong.HasNot(chosen)
	in := wrong.Submit("form[action=/join]", url.Values{"invitation": {c}, "handle": {"ilse"}, "pass": {chosen}, "pass.again": {chosen}}).Want(200)
	in.In("main").Has("passphrase is")
	ilse.Get("/login").Submit("form[action=/login]", url.Values{"handle": {"ilse"}, "pass": {chosen}}).Want(200)
	ilse.Get("/cases").Want(200)
	ilse.Get("/invites").Want(403)
	o.visitor().Get("/join").Submit("form[action=/join]", url.Values{"invitation": {c}, "handle": {"two"}, "pass": {chosen}, "pass.again": {chosen}}).Want(422)
	for _, s := range []string{c, chosen, "Ilse", "ilse"} {
		if strings.Contains(string(o.log.Bytes()), s) {
			t.Errorf("the log holds %q", s)
		}
	}
}

// TestTakenBackByPages: a keeper takes an invitation back, and the code is dead.
func TestTakenBackByPages(t *testing.T) {
	o := newOffice(t)
	keeper := o.member("vera")
	words := demo.Members()[0].Passphrase
	c := code(keeper.Get("/invites").Submit("form[action=/invites]", url.Values{"known_as": {"Jonas"}, "role": {"editor"}, "pass": {words}}).Want(200))
	keeper.Get("/invites").Submit("form[action=/invites/drop]", nil).Want(200).HasNot("Jonas")
	o.visitor().Get("/join").Submit("form[action=/join]", url.Values{"invitation": {c}, "handle": {"jonas"}, "pass": {chosen}, "pass.again": {chosen}}).Want(422)
}

// TestLetInAnewByPages: two members, one code, the same person.
func TestLetInAnewByPages(t *testing.T) {
	o := newOffice(t)
	all := demo.Members()
	keeper, ana := o.member("vera"), o.member("ana")
	asked := keeper.Get("/again").Want(200)
	var omar string
	options := asked.In("select[name=member]")
	for i := range options.Count("option") {
		if opt := options.In("option").At(i); strings.HasPrefix(opt.Text(), "Omar") {
			omar = opt.Attr("value")
		}
	}
	keeper.Get("/again").Submit("form[action=/again]", url.Values{"member": {omar}}).Want(200).Has("Omar")
	keeper.Get("/again").None("form[action=/again/confirm]")
	keeper.Get("/again").None("form[action=/again/invite]")
	ana.Get("/again").Submit("form[action=/again/confirm]", url.Values{"pass": {"wrong"}}).Want(422)
	ana.Get("/again").Submit("form[action=/again/confirm]", url.Values{"pass": {all[2].Passphrase}}).Want(200)
	c := code(keeper.Get("/again").Submit("form[action=/again/invite]", url.Values{"pass": {all[0].Passphrase}}).Want(200))
	back := o.visitor()
	back.Get("/join").Submit("form[action=/join]", url.Values{"invitation": {c}, "handle": {"omar"}, "pass": {chosen}, "pass.again": {chosen}}).Want(200)
	back.Get("/login").Submit("form[action=/login]", url.Values{"handle": {"omar"}, "pass": {chosen}}).Want(200)
	back.Get("/").Want(200).Has("Omar")
}

// TestSheetsByPages: until the codes are typed back from paper, the first page
// says that nothing is recoverable; the sheets are on no other page.
func TestSheetsByPages(t *testing.T) {
	o := newOffice(t)
	keeper := o.member("vera")
	words := demo.Members()[0].Passphrase
	keeper.Get("/").Has("no recovery")
	o.member("omar").Get("/").HasNot("recovery")
	keeper.Get("/recovery").Submit("form[action=/recovery/sheets]", url.Values{"pass": {"wrong"}}).Want(422)
	sheets := keeper.Get("/recovery").Submit("form[action=/recovery/sheets]", url.Values{"pass": {words}}).Want(200)
	if got := sheets.Count(".slip"); got != 3 {
		t.Fatalf("got %d sheets, want 3", got)
	}
	keeper.Get("/").Has("not recoverable yet")
	var codes []string
	for i := range 3 {
		slip := sheets.In(".slip").At(i)
		codes = append(codes, slip.In(".checkcode .code").Text())
		read, err := paper.Read(vault.NewText(groups(slip)))
		if err != nil || read.Check() != codes[i] {
			t.Errorf("sheet %d as printed: got %v", i, err)
		}
		keeper.Get("/recovery").HasNot(strings.Fields(groups(slip))[0])
	}
	keeper.Get("/recovery").Submit("form[action=/recovery/check]", url.Values{"check": {"000-000"}}).Want(422)
	keeper.Get("/recovery").Submit("form[action=/recovery/check]", url.Values{"check": {strings.Join(codes, "\n")}}).Want(200).Has("Recoverable")
	keeper.Get("/").HasNot("recoverable yet")
}

func groups(slip testkit.Part) string {
	var all []string
	for i := range slip.Count("td") {
		all = append(all, slip.In("td").At(i).Text())
	}
	return strings.Join(all, " ")
}

// A firstRun is a server in whose directory there is no office.
type firstRun struct {
	*FirstRun
	url  string
	made chan *habeas.Desk
}

func newFirst(t *testing.T) *firstRun {
	t.Helper()
	f := &firstRun{made: make(chan *habeas.Desk, 8)}
	f.FirstRun = &FirstRun{
		Config: habeas.Config{Dir: filepath.Join(t.TempDir(), "data"), Cost: vault.Cost{Time: 1, Memory: 64}},
		Code:   paper.Words(paper.CodeWords), Made: func(d *habeas.Desk) { f.made <- d },
	}
	f.Config.Pepper = habeas.PepperBeside(f.Config.Dir)
	h, err := f.Handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.Close()
		for len(f.made) > 0 {
			(<-f.made).Close()
		}
	})
	f.url = srv.URL
	return f
}

func (f *firstRun) form(code string) url.Values {
	return url.Values{
		"setup_code": {code}, "organisation": {"The bureau"}, "first_circle": {"Cases"},
		"known_as": {"Vera"}, "handle": {"vera"}, "pass": {chosen}, "pass.again": {chosen},
	}
}

// TestFirstRun: nothing but the set-up page is there, nobody gets in without the
// code, and with it there is an office whose pages follow.
func TestFirstRun(t *testing.T) {
	f := newFirst(t)
	v := testkit.VisitorTo(t, f.url)
	for _, path := range []string{"/login", "/cases", "/help", "/join", "/recovery"} {
		v.Get(path).Want(404)
	}
	page := v.Get("/").Want(200)
	page.HasNot(f.Code.Reveal())
	wrong := page.Submit("form[action=/setup]", f.form("bada seki bada seki bada seki bada seki")).Want(422)
	wrong.Has("not the code").HasNot(chosen)
	weak := f.form(f.Code.Reveal())
	weak["pass"], weak["pass.again"] = []string{"vera2026"}, []string{"vera2026"}
	v.Get("/").Submit("form[action=/setup]", weak).Want(422)
	if _, err := os.Stat(f.Config.Dir); err == nil {
		t.Error("something was made before all was right")
	}
	wrong.Submit("form[action=/setup]", f.form(strings.ToUpper(f.Code.Reveal()))).Want(200).Has((<-f.made).Root().String())
	v.Get("/setup").Want(404)
	v.Get("/").Want(401)
	v.Get("/login").Submit("form[action=/login]", url.Values{"handle": {"vera"}, "pass": {chosen}}).Want(200).Has("no recovery")
	v.Get("/recovery").Want(200)
}

// TestRaceOfSetUps: of ten who have the code at once, one makes the office.
func TestRaceOfSetUps(t *testing.T) {
	f := newFirst(t)
	f.tries = make(chan struct{}, 10)
	var wg sync.WaitGroup
	status := make([]int, 10)
	for i := range status {
		v := testkit.VisitorTo(t, f.url)
		page := v.Get("/").Want(200)
		token := page.In("form[action=/setup] input[name=form]").Attr("value")
		wg.Go(func() {
			form := f.form(f.Code.Reveal())
			form.Set("form", token)
			form.Set("which", "setup")
			status[i] = v.Post("/setup", form).Status
		})
	}
	wg.Wait()
	won := 0
	for _, s := range status {
		switch s {
		case http.StatusOK:
			won++
		case http.StatusConflict, http.StatusNotFound, http.StatusMethodNotAllowed:
		default:
			t.Errorf("got status %d", s)
		}
	}
	if won != 1 || len(f.made) != 1 {
		t.Errorf("%d of 10 made an office, and %d were made, want 1", won, len(f.made))
	}
}

// TestSetUpAfterData: with an office there, the same code makes no second one.
func TestSetUpAfterData(t *testing.T) {
	f := newFirst(t)
	v := testkit.VisitorTo(t, f.url)
	page := v.Get("/").Want(200)
	if err := os.MkdirAll(f.Config.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.Config.Dir, "habeas.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	page.Submit("form[action=/setup]", f.form(f.Code.Reveal())).Want(409)
}

// TestGuessingTheSetUpCode: a wrong code takes a second, however many are sent at
// once only a few are looked at, and the right one still makes the office.
func TestGuessingTheSetUpCode(t *testing.T) {
	f := newFirst(t)
	var wg sync.WaitGroup
	status := make([]int, 3*triesAtOnce)
	began := time.Now()
	for i := range status {
		v := testkit.VisitorTo(t, f.url)
		token := v.Get("/").Want(200).In("form[action=/setup] input[name=form]").Attr("value")
		wg.Go(func() {
			form := f.form("bada seki bada seki bada seki bada seki")
			form.Set("form", token)
			form.Set("which", "setup")
			status[i] = v.Post("/setup", form).Status
		})
	}
	wg.Wait()
	for _, s := range status {
		if s != http.StatusUnprocessableEntity && s != http.StatusServiceUnavailable {
			t.Errorf("got status %d", s)
		}
	}
	looked := 0
	for _, s := range status {
		if s == http.StatusUnprocessableEntity {
			looked++
		}
	}
	if least := time.Duration((looked+triesAtOnce-1)/triesAtOnce) * wrongCode; looked == 0 || time.Since(began) < least {
		t.Errorf("%d codes were looked at in %v, want at least %v", looked, time.Since(began), least)
	}
	testkit.VisitorTo(t, f.url).Get("/").Submit("form[action=/setup]", f.form(f.Code.Reveal())).Want(200)
}
