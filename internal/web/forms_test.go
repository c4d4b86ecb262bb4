package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"habeas"
	"habeas/fault"
)

const newTitle = "an officer who refused in writing"

// TestFormComesBackFilled sends a form with something wrong in it, and gets back
// every word with a sentence that says what.
func TestFormComesBackFilled(t *testing.T) {
	o := newOffice(t)
	o.protect(t.Context(), "Zahorulko")
	v := o.member("vera")
	for _, c := range []struct {
		name string
		bad  string
		back string
		says string
	}{
		{"bidi override", "said \u202egnitirw ni\u202c to us", "said gnitirw ni to us", "“What it is called, without names” held characters"},
		{"isolate", "a\u2066b\u2069c", "abc", "held characters"},
		{"NUL", "a\x00b", "ab", "held characters"},
		{"not UTF-8", "a\xffb", "a\ufffdb", "held characters"},
		{"a name", "the cellar where Zahorulko was", "the cellar where Zahorulko was", "may name somebody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := v.Get("/places/new").Want(200)
			page = page.Submit("main form", url.Values{"label": {c.bad}, "kind": {"pit"}, "region": {"north"}, "country": {"UA"}, "aliases": {"one\ntwo"}}).Want(422)
			form := page.In("main form")
			for field, want := range map[string]string{"label": c.back, "region": "north", "country": "UA"} {
				if got := form.In("[name=" + field + "]").Attr("value"); got != want {
					t.Errorf("%s: got %q, want %q", field, got, want)
				}
			}
			if got, want := form.In("textarea").Text(), "one two"; strings.Join(strings.Fields(got), " ") != want {
				t.Errorf("aliases: got %q, want %q", got, want)
			}
			if got := form.In("[name=kind]").In("[selected]").Attr("value"); got != "pit" {
				t.Errorf("kind: got %q, want pit", got)
			}
			if got := page.In("[role=alert]").Text(); !strings.Contains(got, c.says) {
				t.Errorf("got %q, want it to say %q", got, c.says)
			}
		})
	}
	v.Get("/places").Want(200).HasNot("Zahorulko")
}

// TestLooksLikeAName refuses a title that seems to name somebody, until whoever
// typed it has looked and says that it does not.
func TestLooksLikeAName(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	const title = "what Pavel Mirnenko told us"
	page := v.Get("/cases/new").Submit("main form", url.Values{"title": {title}}).Want(422)
	page.In("main form").None("[name=sure]").In(".words-found").Has("Pavel Mirnenko")
	if got := page.In("main form").In("[name=title]").Attr("value"); got != title {
		t.Fatalf("title: got %q, want what was typed", got)
	}
	v.Get("/cases").HasNot("Mirnenko")
	page.Submit("main form", url.Values{"say.title.0": {"none"}}).Want(200)
	v.Get("/cases").Has(title)
	v.Get("/cases/new").None(".words-found")
}

// TestFormWithoutToken is what a page of somebody else could send.
func TestFormWithoutToken(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	circle := v.Get("/cases/new").In("[name=circle]").In("option").Attr("value")
	form := url.Values{"title": {newTitle}, "about": {"person"}, "circle": {circle}, "which": {"case"}}
	for _, bad := range []string{"", "0123456789abcdef0123456789abcdef", token(o.member("omar").Get("/"))} {
		form.Set("form", bad)
		page := v.Post("/cases", form).Want(422)
		if got := page.In("main form").In("[name=title]").Attr("value"); got != newTitle {
			t.Errorf("title: got %q, want what was typed", got)
		}
	}
	v.Get("/cases").HasNot(newTitle)
	// Sent from the page that came back, it is taken.
	page := v.Post("/cases", form).Want(422)
	page.Submit("main form", nil).Want(200)
	v.Get("/cases").Has(newTitle)
}

// TestSessionEndsWhileTyping is a caseworker who was called away: after the
// session had ended the form still arrives, is kept sealed, and waits.
func TestSessionEndsWhileTyping(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	page := v.Get("/cases/new").Want(200)
	o.pass(16 * time.Minute)
	page = page.Submit("main form", url.Values{"title": {newTitle}}).Want(401)
	page.Has("It was kept for you").HasNot(newTitle)

	// Somebody else who logs in sees nothing of it.
	o.member("omar").Get("/kept").Want(200).HasNot(newTitle)

	page = o.login(page, "vera").Want(200)
	if got, want := page.Address.Path, "/kept"; got != want {
		t.Fatalf("got to %s after login, want %s", got, want)
	}
	if got := page.In("[name=title]").Attr("value"); got != newTitle {
		t.Fatalf("title: got %q, want what was typed", got)
	}
	page.Submit("form[action=/cases]", url.Values{"title": {newTitle + ", looked over"}}).Want(200)
	v.Get("/cases").Has(newTitle + ", looked over")
	v.Get("/kept").Want(200).HasNot(newTitle)
}

// TestServerRestartsWhileTyping is the same when nobody remembers the session:
// the form travels with the login.
func TestServerRestartsWhileTyping(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	page := v.Get("/cases/new").Want(200)
	o.restart()
	page = page.Submit("main form", url.Values{"title": {newTitle}}).Want(401)
	page = page.Submit("form[action=/login]", url.Values{"handle": {"vera"}, "pass": {"wrong"}}).Want(422)
	page = o.login(page, "vera").Want(200)
	if got := page.In("[name=title]").Attr("value"); got != newTitle {
		t.Fatalf("title: got %q, want what was typed", got)
	}
	page.Submit("form[action=/kept/drop]", nil).Want(200).HasNot(newTitle)
}

// TestPassphraseIsNotKept sends a form with a passphrase after the session ended:
// the reason waits for its member, the passphrase does not.
func TestPassphraseIsNotKept(t *testing.T) {
	o := newOffice(t)
	for name, away := range map[string]func(){
		"idle":    func() { o.pass(16 * time.Minute) },
		"restart": o.restart,
	} {
		v := o.member("vera")
		away()
		const secret, reason = "canary passphrase", "the mother asks for a letter"
		page := v.Post("/case/"+strings.Repeat("0c", 16)+"/names", url.Values{"reason": {reason}, "pass": {secret}}).Want(401)
		page.HasNot(secret)
		page = o.login(page, "vera").Want(200)
		if got, want := page.Address.Path, "/kept"; got != want {
			t.Fatalf("%s: got to %s after login, want %s", name, got, want)
		}
		if got := page.In("[name=reason]").Attr("value"); got != reason {
			t.Errorf("%s: got %q, want %q", name, got, reason)
		}
		page.HasNot(secret).In("form[action=/kept/drop]")
		page.Submit("form[action=/kept/drop]", nil).Want(200).None("[name=reason]")
	}
}

func TestLoginSaysTheSame(t *testing.T) {
	o := newOffice(t)
	v := o.visitor()
	var said []string
	for _, c := range []url.Values{
		{"handle": {"vera"}, "pass": {"not it"}},
		{"handle": {"nobody of that name"}, "pass": {"not it"}},
		{"handle": {"vera"}, "pass": {""}},
	} {
		page := v.Get("/login").Submit("form[action=/login]", c).Want(422)
		said = append(said, page.In("[role=alert]").Text())
		page.HasNot("not it")
		if got := page.In("[name=handle]").Attr("value"); got != c.Get("handle") {
			t.Errorf("handle: got %q, want %q", got, c.Get("handle"))
		}
	}
	for _, s := range said[1:] {
		if s != said[0] {
			t.Errorf("got %q, want %q for every wrong login", s, said[0])
		}
	}
}

func TestCookie(t *testing.T) {
	o := newOffice(t)
	for _, secure := range []bool{false, true} {
		o.web.Secure = secure
		w := httptest.NewRecorder()
		o.web.setCookie(w, o.web.cookieName(sessionCookie), "x")
		got := w.Header().Get("Set-Cookie")
		want := "habeas=x; Path=/; HttpOnly; SameSite=Strict"
		if secure {
			want = "__Host-habeas=x; Path=/; HttpOnly; Secure; SameSite=Strict"
		}
		if got != want {
			t.Errorf("got cookie %q, want %q", got, want)
		}
	}
}

// TestLockEverything is the button for when somebody is at the door.
func TestLockEverything(t *testing.T) {
	o := newOffice(t)
	vera, ana := o.member("vera"), o.member("ana")
	ana.Get("/").Submit("form[action=/lock]", nil).Want(200)
	vera.Get("/").Want(401)
	ana.Get("/").Want(401)
	o.login(vera.Get("/"), "vera").Want(200)
	page := vera.Get("/").Submit("form[action=/logout]", nil).Want(200)
	page.Has("Log in")
	vera.Get("/cases").Want(401)
}

// TestLanguage is chosen by button and stays chosen.
func TestLanguage(t *testing.T) {
	o := newOffice(t)
	v := o.visitor()
	page := v.Get("/help").Want(200).Submit("form[action=/lang]", url.Values{"lang": {"ru"}}).Want(200)
	page.Has("Помощь")
	if got := page.In("html").Attr("lang"); got != "ru" {
		t.Errorf("got lang %q, want ru", got)
	}
	o.login(v.Get("/login"), "vera").Has("Сегодня")
	v.Get("/no/such/page").Want(404).Has("Здесь ничего нет")
}

// TestPanic shows and logs no value, and joins what is shown to what is logged.
func TestPanic(t *testing.T) {
	o := newOffice(t)
	const secret = "canary-in-a-panic"
	rt := route{pattern: "GET /broken", need: anyone, serve: func(http.ResponseWriter, *http.Request, habeas.Actor, *Form) error {
		panic(secret)
	}}
	w := httptest.NewRecorder()
	o.web.handle(rt).ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/broken?q="+secret, nil))
	if w.Code != 500 {
		t.Fatalf("got status %d, want 500", w.Code)
	}
	log := string(o.log.Bytes())
	if strings.Contains(w.Body.String()+log, secret) {
		t.Error("the value of a panic was shown or logged")
	}
	_, rest, found := strings.Cut(w.Body.String(), "Reference ")
	if !found || !strings.Contains(log, rest[:8]) || !strings.Contains(log, "GET /broken") || !strings.Contains(log, "forms_test.go") && !strings.Contains(log, "TestPanic") {
		t.Errorf("the log does not say where reference %.8s was: %s", rest, log)
	}
}

// TestLogHoldsNothing searches for words, and finds none of them in the log.
func TestLogHoldsNothing(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	const word = "canaryword"
	v.Get("/search").Submit("main form", url.Values{"q": {word}}).Want(200)
	v.Get("/case/" + strings.Repeat("c", 32) + "?x=" + word).Want(404)
	v.Get("/" + word).Want(404)
	v.Get("/cases/new").Submit("main form", url.Values{"title": {word + "\x00"}}).Want(422)
	log := string(o.log.Bytes())
	for _, no := range []string{word, strings.Repeat("c", 32), "127.0.0.1", "vera", "Mozilla", "Go-http-client"} {
		if strings.Contains(log, no) {
			t.Errorf("%q stands in the log", no)
		}
	}
	if !strings.Contains(log, `route="GET /case/{case}" status=404`) {
		t.Errorf("the log does not name the route: %.500s", log)
	}
}

// TestUploads are forms with a file, well and badly made.
func TestUploads(t *testing.T) {
	send := func(body string, media string) (*Form, error) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", media)
		return readForm(httptest.NewRecorder(), r, []string{"text"})
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "../../etc/passwd.txt")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(part, "the words of the file")
	m.WriteField("text", "raw\x00\r\n\u202e")
	m.Close()
	f, err := send(b.String(), m.FormDataContentType())
	if err != nil {
		t.Fatal(err)
	}
	file, ok := f.File("file")
	if !ok || string(file.Bytes) != "the words of the file" || strings.Contains(file.Name, "/") {
		t.Errorf("got file %q %q", file.Name, file.Bytes)
	}
	if got, want := f.Get("text"), "raw\x00\r\n\u202e"; got != want {
		t.Errorf("got %q, want it as it came: %q", got, want)
	}
	kept := (&Form{values: f.kept()})
	if file, ok := kept.File("file"); !ok || string(file.Bytes) != "the words of the file" {
		t.Errorf("the file was not kept: %q", kept.values)
	}
	for name, c := range map[string]struct{ body, media string }{
		"no media type":   {"a=b", ""},
		"json":            {`{"a":"b"}`, "application/json"},
		"bad escape":      {"a=%zz", "application/x-www-form-urlencoded"},
		"no boundary":     {"a", "multipart/form-data"},
		"cut off":         {b.String()[:b.Len()/2], m.FormDataContentType()},
		"too many fields": {strings.Repeat("a=1&", 20_000), "application/x-www-form-urlencoded"},
	} {
		if _, err := send(c.body, c.media); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: got %v, want a form that cannot be read", name, err)
		}
	}
	if _, err := send("a="+strings.Repeat("b", maxBody), "application/x-www-form-urlencoded"); asFault(err).Key() != "form.too_large" {
		t.Errorf("got %v, want too large", err)
	}
}

func FuzzReadForm(f *testing.F) {
	f.Add("a=b&which=x&title=%D0%B0%00%E2%80%AE", "application/x-www-form-urlencoded")
	f.Add("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nwords\r\n--x--\r\n", "multipart/form-data; boundary=x")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, body, media string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", media)
		form, err := readForm(httptest.NewRecorder(), r, []string{"text"})
		if form == nil {
			t.Fatal("got no form")
		}
		for name, values := range form.values {
			if name == "text" || err != nil && form.wrong == "" {
				continue
			}
			for _, v := range values {
				if !utf8.ValidString(v) || !strings.HasPrefix(name, keepPrefix) && cleanText(v) != v {
					t.Fatalf("%q: got %q", name, v)
				}
			}
		}
		for name, values := range form.kept() {
			for _, v := range values {
				if !utf8.ValidString(v) {
					t.Fatalf("kept %q: got %q", name, v)
				}
			}
		}
	})
}
