package portal

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestHeaders asks for everything there is, and for what there is not: every
// answer has the same headers, none sets a cookie, no page has a script or
// anything from elsewhere.
func TestHeaders(t *testing.T) {
	o := opened(t, func(s *Server) { s.Secure, s.Hosts, s.Onion = true, []string{"write.example.org"}, "abc.onion" })
	digits, own, _ := o.letter("x")
	style := regexp.MustCompile(`/asset/[^"]*`).FindString(o.get("/").body)
	ticket := func() string { return o.back(digits).hidden(ticketField) }
	pages := map[string]page{}
	for _, p := range []string{"/", "/en", "/favicon.ico", style, "/asset/0/portal.css", "/nope", "/xx/", "/en/nope", "/en/reply", "/en/write/", "//en", "/robots.txt", "/?" + strings.Repeat("q", maxQuery+1)} {
		pages["GET "+p] = o.get(p)
	}
	for _, lang := range Languages() {
		for _, p := range []string{"/", "/write", "/return"} {
			pages["GET /"+lang+p] = o.get("/" + lang + p)
		}
	}
	for _, m := range []string{"PUT", "DELETE", "OPTIONS", "TRACE", "BREW"} {
		pages[m] = o.do(o.request(m, "/en/", nil))
	}
	for _, p := range []string{"/", "/en/", "/nope", "/xx/write", "/en/write", "/en/return", "/en/reply", "/en/uses", "/en/withdraw", style} {
		pages["POST "+p] = o.send(p, textField, "x")
		pages["bare POST "+p] = o.do(o.request("POST", p, nil))
	}
	pages["a letter"] = o.send("/en/write", onceField, o.get("/en/write").hidden(onceField), textField, "x")
	pages["a reply"] = o.send("/en/reply", ticketField, ticket(), onceField, o.back(digits).hidden(onceField), textField, "x")
	pages["uses"] = o.send("/en/uses", ticketField, ticket(), useField, "un")
	pages["withdrawal"] = o.send("/en/withdraw", ticketField, ticket(), wordField, own)
	foreign := o.request("POST", "/en/write", nil)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	pages["foreign"] = o.do(foreign)
	host := o.request("GET", "/en/write", nil)
	host.Host = "evil.example"
	pages["host"] = o.do(host)
	proxied := o.request("GET", "/en/write", nil)
	proxied.Header.Set("X-Tor2Web", "encrypted")
	pages["proxied"] = o.do(proxied)

	for name, key := range map[string]string{"a letter": "receipt.taken", "a reply": "done.reply", "uses": "done.uses", "withdrawal": "done.withdraw"} {
		o.says(pages[name], "en", "portal."+key) // and not what was said of the refused ones before
	}
	for name, p := range pages {
		for header, want := range map[string]string{
			"Content-Security-Policy": contentPolicy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"X-Robots-Tag": "noindex, nofollow", "Strict-Transport-Security": "max-age=31536000",
			"Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
			"Set-Cookie":         "", "Server": "", "Last-Modified": "", "Etag": "",
		} {
			if got := p.header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		if regexp.MustCompile(`(?i)<script|javascript:|\son\w+=|style=|<img|src=|<iframe|@import|<form[^>]*action="[^/]`).MatchString(p.body) {
			t.Errorf("%s: has what it must not have", name)
		}
		if strings.Contains(p.body, "<html") && len(p.body)%pageSize != 0 {
			t.Errorf("%s: %d bytes are no multiple of %d", name, len(p.body), pageSize)
		}
		if strings.Contains(p.body, "portal.") && !strings.Contains(p.body, "/portal.css") || strings.Contains(p.bare(), "portal.") {
			t.Errorf("%s: a key without words", name)
		}
		if strings.Contains(p.body, digits) || strings.Contains(p.header.Get("Location"), "evil") {
			t.Errorf("%s: shows what it must not show", name)
		}
	}
	for _, name := range []string{"host", "proxied", "foreign"} {
		if strings.Contains(pages[name].body, "<form") || pages[name].status < 400 {
			t.Errorf("%s: gets a form", name)
		}
	}
	for name, want := range map[string]int{"GET /nope": 404, "GET /xx/": 404, "PUT": 405, "POST /en/": 405, "POST /xx/write": 405, "host": 421, "foreign": 403, "GET /en": 200, "GET /en/reply": 303} {
		if got := pages[name].status; got != want {
			t.Errorf("%s: status %d, want %d", name, got, want)
		}
	}
}

func TestOnionLocation(t *testing.T) {
	o := opened(t, func(s *Server) { s.Hosts, s.Onion = []string{"write.example.org"}, "abc.onion" })
	for _, c := range []struct{ host, path, want string }{
		{"write.example.org", "/ru/write?q=x", "http://abc.onion/ru/write"},
		{"abc.onion", "/ru/write", ""},
		{"other.onion", "/ru/write", ""},
		{"evil.example", "/", ""},
		{"write.example.org", "/%0d%0aX:y", "http://abc.onion/"},
	} {
		r := o.request("GET", c.path, nil)
		r.Host = c.host
		if got := o.do(r).header.Get("Onion-Location"); got != c.want {
			t.Errorf("%s%s: got %q, want %q", c.host, c.path, got, c.want)
		}
	}
}

// TestOriginNull sends our forms as old browsers do on plain HTTP and on onion
// names, and others' forms as all browsers do.
func TestOriginNull(t *testing.T) {
	o := opened(t)
	for _, c := range []struct {
		name, host string
		header     map[string]string
		want       bool
	}{
		{"null on an onion host", "abc.onion", map[string]string{"Origin": "null"}, true},
		{"null with our Referer", "abc.onion", map[string]string{"Origin": "null", "Referer": "http://abc.onion/en/write"}, true},
		{"null on this machine", "localhost", map[string]string{"Origin": "null"}, true},
		{"null by a new browser", "abc.onion", map[string]string{"Origin": "null", "Sec-Fetch-Site": "same-origin"}, true},
		{"no headers at all", "abc.onion", nil, true},
		{"our own origin", "abc.onion", map[string]string{"Origin": "http://abc.onion"}, true},
		{"null with another Referer", "abc.onion", map[string]string{"Origin": "null", "Referer": "http://evil.onion/"}, false},
		{"null from another site", "abc.onion", map[string]string{"Origin": "null", "Sec-Fetch-Site": "cross-site"}, false},
		{"another origin", "abc.onion", map[string]string{"Origin": "http://evil.onion"}, false},
		{"a sibling", "abc.onion", map[string]string{"Origin": "http://www.abc.onion", "Sec-Fetch-Site": "same-site"}, false},
	} {
		once := o.get("/en/write").hidden(onceField)
		r := o.request("POST", "/en/write", strings.NewReader(values([]string{onceField, once, textField, c.name}).Encode()))
		r.Host = c.host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range c.header {
			r.Header.Set(k, v)
		}
		if p := o.do(r); (p.digits() != "") != c.want {
			t.Errorf("%s: status %d, taken %v", c.name, p.status, p.digits() != "")
		}
	}
}

func TestLanguages(t *testing.T) {
	o := opened(t, func(s *Server) { s.Settings.Languages = []string{"uk", "en", "ar"} })
	for accept, want := range map[string]string{
		"": "uk", "de": "uk", "ar-SY,ar;q=0.9,en;q=0.8": "ar", "ru, en;q=0.5": "en", "\x01": "uk", strings.Repeat("en,", 2000): "uk", "en-GB": "en",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", accept)
		if got := o.exchange(httptest.NewRecorder(), r).p.Lang(); got != want {
			t.Errorf("%.20q: got %s, want %s", accept, got, want)
		}
	}
	p := o.get("/ar/")
	for _, want := range []string{`<html lang="ar" dir="rtl">`, `href="/uk/"`, "Українська", "English"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("no %q", want)
		}
	}
	if p := o.get("/ru/"); p.status != http.StatusNotFound {
		t.Errorf("status %d for a language that is not offered", p.status)
	}
	if strings.Contains(o.get("/").body, "Русский") {
		t.Error("a language that is not offered")
	}
}

// TestSlowBodies sends one byte now and then, and then a body that comes steadily.
func TestSlowBodies(t *testing.T) {
	body := &dribble{every: 200 * time.Millisecond, n: 1 << 20}
	p := newPace(io.NopCloser(body), http.NewResponseController(httptest.NewRecorder()), func() bool { return false })
	p.left = time.Second
	p.limit(1 << 30)
	began := time.Now()
	conn := &deadlines{}
	p.conn = http.NewResponseController(conn)
	body.until = func() time.Time { return conn.at }
	if _, err := io.Copy(io.Discard, p); err == nil || time.Since(began) > 3*time.Second {
		t.Errorf("a byte now and then: %v after %v", err, time.Since(began))
	}
	fast := newPace(io.NopCloser(strings.NewReader(strings.Repeat("x", 1<<20))), http.NewResponseController(conn), func() bool { return false })
	fast.limit(1 << 20)
	if n, err := io.Copy(io.Discard, fast); err != nil || n != 1<<20 || fast.left < graceMost-time.Second || !conn.at.IsZero() {
		t.Errorf("a steady body: %d, %v, %v left, deadline %v", n, err, fast.left, conn.at)
	}
	long := newPace(io.NopCloser(strings.NewReader(strings.Repeat("x", maxSmall+2))), http.NewResponseController(conn), func() bool { return false })
	if _, err := io.Copy(io.Discard, long); err == nil {
		t.Error("a body beyond its limit was read")
	}
}

// A dribble is a body of one byte now and then.
type dribble struct {
	every time.Duration
	n     int
	until func() time.Time
}

func (d *dribble) Read(b []byte) (int, error) {
	time.Sleep(d.every)
	if time.Now().After(d.until()) {
		return 0, fmt.Errorf("too slow")
	}
	b[0] = 'x'
	return 1, nil
}

// Deadlines notes the deadline that was set.
type deadlines struct {
	httptest.ResponseRecorder
	at time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error { d.at = t; return nil }

// TestHalfOpenHeaders leaves headers unfinished; others are served meanwhile.
func TestHalfOpenHeaders(t *testing.T) {
	o := opened(t)
	for range 200 {
		conn, err := net.Dial("tcp", o.srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET /en/ HTTP/1.1\r\nHost: localhost\r\nX-")
	}
	began := time.Now()
	if p := o.get("/en/write"); p.status != 200 || time.Since(began) > time.Second {
		t.Errorf("status %d after %v", p.status, time.Since(began))
	}
}

func TestLargeHeaders(t *testing.T) {
	o := opened(t)
	conn, err := net.Dial("tcp", o.srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go fmt.Fprintf(conn, "GET /en/ HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n", strings.Repeat("c", 8<<20))
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(line, "431") {
		t.Errorf("got %q, %v", line, err)
	}
}

// TestOverTLS writes over HTTP/2, whose deadlines are those of streams.
func TestOverTLS(t *testing.T) {
	o := opened(t)
	srv := httptest.NewUnstartedServer(o.srv.Config.Handler)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	body, media := form([]sentFile{{"x", strings.Repeat("y", 3<<20)}}, onceField, o.newOnce(forLetter), textField, "x")
	resp, err := srv.Client().Post(srv.URL+"/en/write", media, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.ProtoMajor != 2 || (page{body: string(b)}).digits() == "" || strings.Contains(string(b), `class="alert"`) {
		t.Errorf("over %s: status %d, %v", resp.Proto, resp.StatusCode, err)
	}
}
