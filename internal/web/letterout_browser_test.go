package web

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// typedInTheLetter is what a caseworker types; it is invented.
const typedInTheLetter = "Прошу сообщить, на основании какого приказа его держат."

// TestLetterLeavesWithoutScript is a letter from its reckoning to the files, by two
// members, by keyboard, with no script: recorded, drafted, proposed, approved by the
// other, let out, taken, sent and answered. What a reader of the case who holds no
// names is shown has none of what was typed.
func TestLetterLeavesWithoutScript(t *testing.T) {
	o := demoOffice(t)
	vera, file, _ := o.aStatement(t, "vera", "in writing")
	o.ok(o.desk.AddMember(t.Context(), vera, habeas.NewMember{Handle: "noor", Name: "Noor", Passphrase: vault.NewText(noorPass), Roles: []ledger.Role{ledger.Editor, ledger.Caseworker}}, file.Circle.ID, true))
	base := casePath(file.ID)
	b := testkit.NewBrowser(t, false)
	b.Resize(1280, 900)
	o.enter(b, "vera")
	o.showNames(b, "vera", passOf("vera").Reveal(), base)
	at := o.recordByKeyboard(b, base, file.State.Appeals[0].Authority)
	made := o.draftByKeyboard(b)
	b.Open(o.http.URL + "/")
	b.Follow("form[action='/logout'] button")

	files := o.approveAndTake(t, b, base, made)
	o.readsLetter(t, files)
	b.Follow("form[action='/logout'] button")
	o.answerByKeyboard(b, at)
	for _, c := range b.Complaints() {
		if !strings.Contains(c, "422") { // the day that is none
			t.Error(c)
		}
	}
	seen := map[string][]byte{"log": o.log.Bytes()}
	for _, handle := range []string{"ana", "ed"} {
		for _, p := range []string{at, made, base + "/history", "/appeals", "/releases"} {
			seen[handle+" "+p] = o.member(handle).Get(p).Body
		}
	}
	testkit.Sweep(t, append(demo.Canaries(), typedInTheLetter, trackingSeen), []string{o.cfg.Dir}, seen, nil)
}

// recordByKeyboard chooses to whom, looks how long they have, and records the letter.
func (o *office) recordByKeyboard(b *testkit.Browser, base string, to claim.Ref) (at string) {
	o.t.Helper()
	b.Open(o.http.URL + base + "/appeals")
	b.Follow("a.act")
	b.Set("#look-authority", string(to))
	b.Follow("form[method=get] button")
	b.Wait("#look-RU-PROC-45")
	b.Set("#look-on", "2022-12-01")
	b.Follow("form[method=get] button") // without a term nothing is reckoned
	b.Wait("#record")
	b.Open(b.Address() + "&term=RU-PROC-45")
	b.Wait("#terms")
	o.look(b, "noscript-reckoned")
	b.Fill("#appeal-title", "an order that nobody showed")
	b.Follow("form[action$='/appeals'].sheet button")
	b.Wait("#came")
	address, _, _ := strings.Cut(strings.TrimPrefix(b.Address(), o.http.URL), "#")
	o.look(b, "noscript-appeal")
	return address
}

// draftByKeyboard writes the letter from a template and proposes it.
func (o *office) draftByKeyboard(b *testkit.Browser) (made string) {
	o.t.Helper()
	b.Follow("a[href$='/draft']")
	b.Set("#pick-letter_form", "ru-military-prosecutor ru")
	b.Follow("form[method=get] button")
	b.Wait("#said")
	b.Set("#preview-said-account", typedInTheLetter)
	b.Follow("form.typing button")
	b.Wait("#preview")
	if got := b.Text(".paper.written"); !strings.Contains(got, typedInTheLetter) {
		o.t.Errorf("the preview has nothing of what was typed: %.300q", got)
	}
	o.look(b, "noscript-draft")
	b.Follow("form.proposing button")
	b.Wait(".steps")
	if strings.Contains(b.HTML(), "/approve\"") {
		o.t.Error("who proposed a letter is offered to approve it")
	}
	o.look(b, "noscript-proposed")
	return strings.TrimPrefix(b.Address(), o.http.URL)
}

// approveAndTake is the second member, an editor who holds the names.
func (o *office) approveAndTake(t *testing.T, b *testkit.Browser, base, made string) map[string][]byte {
	save := b.Saves(t.TempDir())
	b.Open(o.http.URL + "/login")
	b.Fill("#handle", "noor")
	b.Fill("#pass", noorPass)
	b.Press("\r")
	b.Wait("nav.words")
	b.Open(o.http.URL + made)
	if strings.Contains(b.HTML(), typedInTheLetter) {
		t.Error("what was typed is shown while names are not")
	}
	o.showNames(b, "noor", noorPass, base)
	b.Open(o.http.URL + made)
	b.Set("#approve-reason", "his comrades know it, and a prosecutor could act")
	b.Follow("form[action$='/approve'] button")
	b.Wait("#release-recipient")
	o.look(b, "noscript-approved")
	b.Fill("#release-recipient", "the garrison prosecutor")
	b.Fill("#release-pass", noorPass)
	b.Follow("form[action$='/release'] button")
	b.Wait("a[href$='/all.zip']")
	o.look(b, "noscript-left")
	return save("a[href$='.docx']", "a[href$='.txt']", "a[href$='/all.zip']")
}

// readsLetter holds that every file that left has what was typed, and that the archive
// has all forms of it.
func (o *office) readsLetter(t *testing.T, files map[string][]byte) {
	kinds := map[string]bool{}
	for name, data := range files {
		kinds[path.Ext(name)] = true
		if path.Ext(name) == ".txt" && !strings.Contains(strings.Join(strings.Fields(string(data)), " "), typedInTheLetter) {
			t.Errorf("%s has nothing of what was typed", name)
		}
		if path.Ext(name) != ".zip" {
			continue
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		o.ok(err)
		for _, f := range z.File {
			r, err := f.Open()
			o.ok(err)
			inside, err := io.ReadAll(r)
			o.ok(err)
			if len(inside) == 0 {
				t.Errorf("%s is empty", f.Name)
			}
			kinds[path.Ext(f.Name)] = true
		}
	}
	for _, kind := range []string{".docx", ".odt", ".pdf", ".txt", ".zip"} {
		if !kinds[kind] {
			t.Errorf("no %s left", kind)
		}
	}
}

// answerByKeyboard records that the letter went, a day that is none, and the answer.
func (o *office) answerByKeyboard(b *testkit.Browser, at string) {
	o.t.Helper()
	o.enter(b, "vera")
	b.Open(o.http.URL + at)
	if !strings.Contains(b.HTML(), "a dossier went with it") {
		o.t.Error("the letter does not say that it went")
	}
	b.Fill("#step-on", "2022-02-30")
	b.Fill("#step-tracking", trackingSeen)
	b.Follow("form[action$='/step'] button")
	b.Wait("[role=alert]")
	if got := b.Value("#step-on") + " " + b.Value("#step-tracking"); got != "2022-02-30 "+trackingSeen {
		o.t.Errorf("what was typed came back as %q", got)
	}
	o.look(b, "noscript-day-refused")
	b.Fill("#step-on", "2022-12-02")
	b.Follow("form[action$='/step'] button")
	b.Wait("#came")
	b.Set("#reply-answer", "denial")
	b.Fill("#reply-on", "2022-12-20")
	b.Set("#reply-text", "We hold nobody of that name.")
	b.Fill("#reply-title", "what the prosecutor answers")
	b.Follow("form[action$='/reply'] button")
	b.Wait("#came")
	if got := b.Text("section[aria-labelledby=came]"); !strings.Contains(got, "denies holding the person") {
		o.t.Errorf("the answer is not there: %q", got)
	}
	o.look(b, "noscript-answered")
	b.Follow("nav.words a[href='/appeals']")
	b.Wait("#b-ours")
	if got := b.Text("main"); !strings.Contains(got, "an order that nobody showed") {
		o.t.Errorf("the board has nothing of the letter: %.400q", got)
	}
	o.look(b, "noscript-board")
}
