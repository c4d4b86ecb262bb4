package web

import (
	"net/url"
	"strings"
	"testing"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// What a sister tells. The names are invented.
const (
	takenName  = "Dobrynya Kostrikov"
	sisterTold = "My brother " + takenName + " was taken from our house by armed men. " +
		"He telephoned once in March and said that they keep him in a basement."
)

// A flow is the main flow as one browser goes through it.
type flow struct {
	*office
	b      *testkit.Browser
	script bool
	base   string            // path of the case
	seen   map[string][]byte // pages of those who must not see names
}

// TestMainFlow takes one testimony from the paste to the released files, by three
// members in a browser: once with script and once without. Afterwards no name is
// in the data directory, the log, a page that the analyst or the editor was
// shown, or a file that left.
func TestMainFlow(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			x := &flow{office: demoOffice(t), script: script, seen: map[string][]byte{}}
			x.b = testkit.NewBrowser(t, script)
			x.b.Resize(1280, 900)
			x.takeIn()
			x.findNames()
			x.takeClaim()
			x.agree()
			x.propose()
			x.approve()
			files := x.release()
			for _, c := range x.b.Complaints() {
				t.Error(c)
			}
			x.analyst()
			for name, b := range files {
				x.seen["released "+name] = b
			}
			x.seen["log"] = x.log.Bytes()
			canaries := append(demo.Canaries(), takenName, "Елисей Кудеяров")
			testkit.Sweep(t, canaries, []string{x.cfg.Dir}, x.seen, nil)
		})
	}
}

// step clicks what leads on. With script the page is changed in place, until
// then can be seen.
func (x *flow) step(selector, then string) {
	x.t.Helper()
	if x.script {
		x.b.Click(selector)
	} else {
		x.b.Follow(selector)
	}
	x.b.Wait(then)
}

// takeIn opens a case and takes a statement in.
func (x *flow) takeIn() {
	x.enter(x.b, "vera")
	x.b.Follow("nav.words a[href='/cases']")
	x.b.Follow("main a[href='/cases/new']")
	x.b.Fill("#case-title", "a man taken from his house")
	x.b.Follow("main .sheet button")
	u, err := url.Parse(x.b.Address())
	if err != nil {
		x.t.Fatal(err)
	}
	x.base = u.Path
	x.b.Follow(".next a")
	x.b.Set("#add-text", sisterTold)
	x.b.Set("#add-source_role", "sister")
	x.b.Follow("main .sheet button")
}

// findNames links the one name to a new person, says of other words that they
// are none, and settles the text.
func (x *flow) findNames() {
	x.b.Wait(".suspect")
	if got := x.b.Text(".passage q"); !strings.Contains(got, takenName) {
		x.t.Fatalf("the first words that look like a name are %q, want %q", got, takenName)
	}
	x.step("#new .acts button", ".sentences .chip")
	x.b.Wait("#bar button:not(.second)") // nothing else looks like a name
	x.b.Follow("#bar button")
	x.b.Wait(".sentences .chip")
	if strings.Contains(x.b.HTML(), "Dobrynya") || strings.Contains(x.b.HTML(), "Kostrikov") {
		x.t.Error("a name stands in the settled text")
	}
}

// takeClaim records that he was detained, and finds it on the page of the case.
func (x *flow) takeClaim() {
	x.step("#s-1 .num", "#take")
	x.b.Set("#take-type", "detention")
	x.b.Fill("#take-when", "2022-03")
	x.step("#take .acts button", "ol.claims > li")
	x.b.Follow(".crumbs a")
	x.b.Wait(".findings")
	got := strings.Join(strings.Fields(x.b.Text(".findings")), " ")
	for _, want := range []string{"held", "March 2022", "the sister", "1 independent origin"} {
		if !strings.Contains(got, want) {
			x.t.Errorf("the findings are %q, want %q among them", got, want)
		}
	}
}

// agree records that the sister agrees to be quoted to the public; without it
// nothing leaves.
func (x *flow) agree() {
	x.b.Follow("section[aria-labelledby=statements] th a")
	x.b.Wait("a[href$='/consent']")
	x.b.Follow("a[href$='/consent']")
	x.b.Wait("#agree-named_public")
	x.b.Set("#agree-named_public", "cover")
	x.b.Follow("form[action$='/consent'] button")
	x.b.Wait("section[aria-labelledby=back]")
	x.b.Follow(".casehead .tabs a")
	x.b.Wait(".findings")
}

// propose looks at a dossier as it would leave, and puts it before a second
// member.
func (x *flow) propose() {
	x.b.Follow(".tabs a[href$='/dossiers']")
	x.b.Set("#preview-audience", "public")
	x.b.Follow("section[aria-labelledby=make] button")
	x.b.Wait(".gate.is-clear")
	if got := x.b.Text(".paper"); !strings.Contains(got, "March 2022") {
		x.t.Errorf("the preview has nothing of the claim: %.300q", got)
	}
	x.b.Follow(".preview .sheet button")
	x.b.Wait(".steps")
	if strings.Contains(x.b.HTML(), "/approve") {
		x.t.Error("who proposed a dossier is offered to approve it")
	}
	x.b.Follow("form[action='/logout'] button")
}

// approve is the second member, who starts from what waits for them.
func (x *flow) approve() {
	x.enter(x.b, "omar")
	x.b.Follow("section[aria-labelledby=waiting] a")
	x.b.Set("#approve-reason", "the neighbours know it, and the prosecutor can act")
	x.b.Follow("form[action$='/approve'] button")
	x.b.Wait(".steps li.done + li.done")
	if strings.Contains(x.b.HTML(), "/release\"") || strings.Contains(x.b.HTML(), "/all.zip") {
		x.t.Error("a caseworker is offered to release a dossier or to download it")
	}
	x.b.Follow("form[action='/logout'] button")
}

// release is the editor. It returns the files that left.
func (x *flow) release() map[string][]byte {
	dir := x.t.TempDir()
	save := x.b.Saves(dir)
	x.enter(x.b, "ed")
	x.see("today")
	x.b.Follow("section[aria-labelledby=waiting] a")
	x.see("approved")
	x.b.Fill("#release-recipient", "the archive of the movement")
	x.b.Fill("#release-pass", passOf("ed").Reveal())
	x.b.Follow("form[action$='/release'] button")
	x.see("released")
	files := save("a[href$='/dossier.txt']", "a[href$='/dossier.html']", "a[href$='/all.zip']")
	if len(files) != 3 {
		x.t.Fatalf("got %d files, want the text, the page and both in an archive", len(files))
	}
	if text := string(files["dossier.txt"]); !strings.Contains(text, "March 2022") || !strings.Contains(text, "sister") {
		x.t.Errorf("the text that left has nothing of the claim: %.300q", text)
	}
	for _, page := range []string{x.base, x.base + "/history", x.base + "/people", x.base + "/dossiers", "/cases", "/"} {
		x.b.Open(x.http.URL + page)
		x.see("editor " + page)
	}
	return files
}

// see keeps the page as it stands.
func (x *flow) see(name string) { x.seen[name] = []byte(x.b.HTML()) }

// analyst walks every page of every case that the analyst is shown a link to,
// and searches.
func (x *flow) analyst() {
	v := x.member("ana")
	todo, done := []string{"/", "/cases", "/places", "/search", x.base}, map[string]bool{}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if done[path] {
			continue
		}
		done[path] = true
		page := v.Get(path).Want(200)
		for i := range page.Count("a[href]") {
			link, _, _ := strings.Cut(page.In("a[href]").At(i).Attr("href"), "#")
			if strings.HasPrefix(link, "/") && !done[link] {
				todo = append(todo, link)
			}
		}
	}
	v.Get("/search").Submit("main form", url.Values{"q": {"basement"}}).Want(200).In("#hits")
	if len(done) < 20 {
		x.t.Errorf("the analyst was led to only %d pages", len(done))
	}
	for name, b := range v.Seen() {
		x.seen["analyst "+name] = b
	}
}
