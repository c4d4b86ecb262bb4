package portal

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// TestInABrowser tells the story of a receipt in Chromium with script switched
// off, left to right and right to left, on a wide screen and one of 320 px. Set
// HABEAS_SHOTS to a directory to keep pictures.
func TestInABrowser(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			b := testkit.NewBrowser(t, false)
			o := opened(t)
			photo := filepath.Join(t.TempDir(), "photo.jpg")
			if err := os.WriteFile(photo, []byte("not really one"), 0o600); err != nil {
				t.Fatal(err)
			}
			b.Resize(1280, 900)
			b.Open(o.srv.URL + "/")
			o.look(b, lang, "choose")
			b.Follow(`a[hreflang="` + lang + `"]`)
			o.look(b, lang, "front")
			b.Follow(`a.act`)
			o.look(b, lang, "write")
			b.Follow("form button") // nothing is written
			o.look(b, lang, "empty")
			b.Set("#f-text", "He was taken on the road.")
			b.Click("#use-court")
			b.Attach("#file-1", photo)
			b.Follow("form button")
			o.look(b, lang, "receipt")
			words := strings.Fields(regexp.MustCompile(`[0-9.]+`).ReplaceAllString(b.Text("ol.words"), " "))
			if len(words) != 8 {
				t.Fatalf("words %q", words)
			}
			own := b.Text(".oneword")

			b.Open(o.srv.URL + "/" + lang + "/return")
			o.look(b, lang, "return")
			b.Set("#f-receipt", "no receipt")
			b.Follow("form button")
			o.look(b, lang, "wrong")
			b.Set("#f-receipt", strings.Join(words, " "))
			b.Follow("form button")
			o.look(b, lang, "talk")
			b.Set("#f-text", "She called.")
			b.Follow(`form[action$="/reply"] button`)
			o.look(b, lang, "replied")
			b.Click("#use-press")
			b.Follow(`form[action$="/uses"] button`)
			b.Fill("#f-word", "wrong")
			b.Follow(`form[action$="/withdraw"] button`)
			o.look(b, lang, "wrong-word")
			b.Fill("#f-word", own)
			b.Follow(`form[action$="/withdraw"] button`)
			o.look(b, lang, "withdrawn")
			o.says(page{200, nil, b.HTML()}, lang, "portal.done.withdraw")
			if got := b.Address(); got != o.srv.URL+"/"+lang+"/withdraw" {
				t.Errorf("the address is %s", got)
			}
			for _, c := range b.Complaints() {
				if !strings.Contains(c, "422") { // the form that was sent empty
					t.Error(c)
				}
			}
		})
	}
}

// look checks the page that b shows.
func (o *office) look(b *testkit.Browser, lang, name string) {
	o.Helper()
	for _, v := range b.Axe() {
		o.Errorf("%s %s: %s", lang, name, v)
	}
	b.Resize(320, 640)
	if got := b.Wide(); got != 0 {
		o.Errorf("%s %s: %d px wider than a screen of 320", lang, name, got)
	}
	if dir := os.Getenv("HABEAS_SHOTS"); dir != "" {
		b.Shot(filepath.Join(dir, lang+"-"+name+"-narrow.png"))
	}
	b.Resize(1280, 900)
	if dir := os.Getenv("HABEAS_SHOTS"); dir != "" {
		b.Shot(filepath.Join(dir, lang+"-"+name+".png"))
	}
}

// TestInATextBrowser writes and comes back in w3m, which knows neither style
// sheets nor script.
func TestInATextBrowser(t *testing.T) {
	if _, err := exec.LookPath("w3m"); err != nil {
		t.Skip("no w3m")
	}
	o := opened(t)
	show := func(path string, fields ...string) string {
		args := []string{"-config", os.DevNull, "-no-cookie", "-dump", "-cols", "72"}
		if len(fields) > 0 {
			file := filepath.Join(t.TempDir(), "form")
			if err := os.WriteFile(file, []byte(values(fields).Encode()), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, "-post", file)
		}
		cmd := exec.CommandContext(t.Context(), "w3m", append(args, o.srv.URL+path)...)
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C.UTF-8", "http_proxy=", "HTTP_PROXY=")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(string(out)), " ")
	}
	all := words(t, "uk")
	has := func(page string, keys ...string) {
		t.Helper()
		for _, k := range keys {
			if !strings.Contains(page, all["portal."+k]) {
				t.Errorf("no %q in %.400s", k, page)
			}
		}
	}
	has(show("/uk/"), "front.lead", "front.limits.1", "write", "have")
	has(show("/uk/write"), "text", "ask.who", "urgent", "use.court", "named.cover", "delay.7", "send_hint")
	page := show("/uk/write", onceField, o.get("/uk/write").hidden(onceField), textField, "Що я знаю", useField, "court")
	has(page, "receipt.taken", "receipt.words", "receipt.pressure_keep")
	digits := regexp.MustCompile(`\b\d{4}\b`).FindAllString(page, -1)
	if len(digits) != 8 {
		t.Fatalf("groups of digits %q in %s", digits, page)
	}
	has(show("/uk/return", receiptField, strings.Join(digits, " ")), "talk.none", "talk.unopened", "reply.title", "withdraw.do")
}
