package web

import (
	"net/url"
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// TestLockedWhileTyping is a caseworker in the middle of a long statement when a
// colleague locks everything: sent too late, it is back after the login, whole,
// and can be sent on. Nobody else sees it.
func TestLockedWhileTyping(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			o := demoOffice(t)
			_, file, _ := o.aStatement(t, "vera", "lieutenant")
			base := casePath(file.ID)
			long := strings.Repeat(toldAgain+"\n\n«Тихо», — сказал он & ушёл. <b>Not a tag</b>\n\n", 150) + "The last line."
			b := testkit.NewBrowser(t, script)
			o.enter(b, "vera")
			b.Open(o.http.URL + base + "/statements/new")
			b.Set("#add-text", long)
			b.Fill("#add-title", "told twice")
			b.Set("#add-source", string(anySource(file.State)))

			omar := o.member("omar")
			omar.Get("/").Submit("form[action=/lock]", nil).Want(200)

			b.Follow("main .sheet button")
			if got := b.Text("main"); !strings.Contains(got, "kept for you") {
				t.Errorf("got %q, want to be told that the form was kept", got)
			}
			b.Fill("#handle", "vera")
			b.Fill("#pass", passOf("vera").Reveal())
			b.Follow("main .sheet button")
			if u, err := url.Parse(b.Address()); err != nil || u.Path != "/kept" {
				t.Fatalf("got to %s after the login, want the kept form", b.Address())
			}
			if got := b.Value("main textarea[name=text]"); got != long {
				t.Errorf("got %d characters back, want the %d that were typed", len(got), len(long))
			}
			if got := b.Value("main [name=title]"); got != "told twice" {
				t.Errorf("got title %q, want what was typed", got)
			}
			o.examine(b, "kept-statement")
			o.member("omar").Get("/kept").Want(200).HasNot("told twice")

			b.Follow("main .sheet button")
			b.Wait("#desk")
			if got := b.Text("h1"); !strings.EqualFold(got, "told twice") {
				t.Errorf("got %q, want the statement on the reading desk", got)
			}
			if got := b.Text("#s-1"); !strings.Contains(got, "in the spring") {
				t.Errorf("got %q as its first sentence", got)
			}
			b.Open(o.http.URL + "/kept")
			if got := b.HTML(); strings.Contains(got, "told twice") {
				t.Error("the form is still kept after it was sent")
			}
			for _, c := range b.Complaints() {
				t.Error(c)
			}
		})
	}
}
