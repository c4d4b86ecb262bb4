package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/internal/bucket/s3test"
	"habeas/internal/demo"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/internal/testkit"
	"habeas/vault"
)

// A node is one server of an office, as a process.
type node struct {
	*server
	args           []string
	listen, intake string
	older          string // the program that it runs, if that is of another version
}

// An ensemble is an office on three machines: three processes on one database and one
// bucket, and before them what sends people to one of them.
type ensemble struct {
	*place
	db      *postgrestest.Server
	url     string // of the database
	bucket  *s3test.Proxy
	nodes   []*node
	members *balancer
	letters *balancer
	ids     []string    // of a case and a statement in it
	status  string      // the socket at which the first node says how it fares
	mails   chan string // but for those of the first node, for a letter that was urgent
}

// ensembleOf makes an office whose database db is, with three nodes. Its URL may be
// another than that at which it was made. The second runs a program of another version, if
// there is one.
func ensembleOf(t *testing.T, db *postgrestest.Server, older string, other func(url string) string) *ensemble {
	t.Helper()
	e := &ensemble{place: newPlace(t), db: db, url: db.Database(t)}
	files := s3test.InProcess(t)
	e.bucket = s3test.NewProxy(t, files)
	settings, err := os.ReadFile(files.Settings(t, e.bucket.URL, ""))
	if err != nil {
		t.Fatal(err)
	}
	settings = bytes.Replace(settings, []byte(`"patience":20`), []byte(`"patience":1`), 1)
	dirs := []string{"one", "two", "three"}
	for _, dir := range dirs {
		e.write(dir+".bucket", string(settings), 0o600)
	}
	e.write("secret", demo.Members()[0].Passphrase, 0o600)
	d, err := demo.Create(t.Context(), habeas.Config{Dir: filepath.Join(e.dir, "one"), Database: other(e.url) + "\n", Cost: vault.Cost{Time: 1, Memory: 64}}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	e.write("said.txt", "It was in the evening.", 0o600)
	out, _ := e.must(0, "import", "said.txt", "one", "--handle", "vera", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	if e.ids = regexp.MustCompile(`(?s)case (\w{32}).*(t:\w+) said.txt`).FindStringSubmatch(out); e.ids == nil {
		t.Fatal(out)
	}
	for _, dir := range dirs[1:] {
		e.must(0, "node", "add", "one", dir, "--handle", "vera", "--passphrase-file", "secret")
	}
	var smtp string
	smtp, e.mails = postOffice(t)
	e.write("mail.json", fmt.Sprintf(`{"server": %q, "security": "none", "from": "desk@example.org",
		"everyday": ["a@example.org"], "everyone": ["b@example.org"], "lang": "en", "no_daily": true}`, smtp), 0o600)
	for _, dir := range dirs {
		n := &node{listen: freePort(t), intake: freePort(t)}
		n.args = []string{"serve", dir, "--listen", n.listen, "--intake", n.intake, "--mail", "mail.json"}
		switch dir {
		case "one":
			e.status = filepath.Join(e.dir, "s")
			n.args = append(n.args, "--status", "unix:"+e.status)
		case "two":
			n.older = older
		}
		e.again(n)
		if e.nodes = append(e.nodes, n); len(e.nodes) == 1 {
			writes(t, n.intake, "Somebody is in danger.")
			<-e.mails
			time.Sleep(time.Second) // each who is woken gets one
			for range len(e.mails) {
				<-e.mails
			}
		}
	}
	e.members = newBalancer(t, "node", func(n *node) string { return n.listen }, e.nodes)
	e.letters = newBalancer(t, "", func(n *node) string { return n.intake }, []*node{e.nodes[2], e.nodes[1], e.nodes[0]})
	return e
}

// kill ends a node at once, as when its machine loses power.
func (n *node) kill() {
	n.cmd.Process.Kill()
	<-n.ended
}

// again starts a node that ended.
func (e *ensemble) again(n *node) {
	e.program = n.older
	n.server, e.program = e.start(n.args...), ""
}

// Moments at which a balancer ends a node that has a form to deal with.
type moment int

const (
	never    moment = iota
	within          // some milliseconds after it has the form
	answered        // when it has answered, and before anybody was told
)

// A balancer stands before the nodes as haproxy does in docs/scale.md: it sends a browser
// where its cookie says, and to another node if that one takes no connection. What a
// node began to deal with it sends to no other.
type balancer struct {
	URL    string
	cookie string // "" sends all to the first that answers
	at     func(*node) string
	nodes  []*node
	dialer http.RoundTripper

	mu  sync.Mutex
	arm moment
	hit *node // that was ended
}

// broken is the page that is shown when a node dies at work, and a word of it.
const broken = "<p>This machine stopped while it was dealing with this. Go back and send it again.</p>"

func newBalancer(t *testing.T, cookie string, at func(*node) string, nodes []*node) *balancer {
	t.Helper()
	b := &balancer{cookie: cookie, at: at, nodes: nodes, dialer: &http.Transport{DisableKeepAlives: true}}
	front := httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(front.Close)
	b.URL = front.URL
	return b
}

func (b *balancer) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // what is cut short is refused by whoever gets it
	for _, n := range b.order(r) {
		out := r.Clone(r.Context())
		out.RequestURI, out.URL.Scheme, out.URL.Host = "", "http", b.at(n)
		out.Body = io.NopCloser(bytes.NewReader(body))
		what := b.takes(r)
		if what == within {
			go func() { time.Sleep(3 * time.Millisecond); b.end(n) }()
		}
		resp, err := b.dialer.RoundTrip(out)
		if what == answered {
			b.end(n)
			err = io.ErrUnexpectedEOF
		}
		if op, ok := err.(*net.OpError); ok && op.Op == "dial" {
			continue
		}
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, broken)
			return
		}
		defer resp.Body.Close()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		if b.cookie != "" {
			http.SetCookie(w, &http.Cookie{Name: b.cookie, Value: b.at(n), Path: "/", HttpOnly: true})
		}
		w.WriteHeader(resp.StatusCode)
		io.Copy(w, resp.Body)
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

// order returns the nodes to be tried for a request.
func (b *balancer) order(r *http.Request) (first []*node) {
	var rest []*node
	c, err := r.Cookie(b.cookie)
	for _, n := range b.nodes {
		if err == nil && c.Value == b.at(n) {
			first = append(first, n)
		} else {
			rest = append(rest, n)
		}
	}
	return append(first, rest...)
}

// takes returns at what moment of a request its node is to end.
func (b *balancer) takes(r *http.Request) moment {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Method != http.MethodPost {
		return never
	}
	what := b.arm
	b.arm = never
	return what
}

func (b *balancer) next(m moment) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.arm, b.hit = m, nil
}

func (b *balancer) end(n *node) {
	n.kill()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hit = n
}

// ended returns the node that was ended, once it is.
func (b *balancer) ended(t *testing.T) *node {
	t.Helper()
	for range 500 {
		b.mu.Lock()
		n := b.hit
		b.mu.Unlock()
		if n != nil {
			return n
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("no node was ended")
	return nil
}

// A member is Vera with a browser.
type member struct {
	*testkit.Visitor
	*ensemble
}

func (e *ensemble) enters(at string) *member {
	e.t.Helper()
	m := &member{testkit.VisitorTo(e.t, at), e}
	m.login(m.Get("/login"))
	return m
}

func (m *member) login(page *testkit.Page) *testkit.Page {
	m.t.Helper()
	return page.Submit("form[action=/login]", url.Values{"handle": {"vera"}, "pass": {demo.Members()[0].Passphrase}}).Want(200)
}

// opens sends the form that opens a case.
func (m *member) opens(title string) *testkit.Page {
	m.t.Helper()
	return m.Get("/cases/new").Want(200).Submit("main form", url.Values{"title": {title}})
}

// sees returns how many cases with a title the member is shown.
func (m *member) sees(title string) int {
	m.t.Helper()
	return bytes.Count(m.Get("/cases").Want(200).Body, []byte(">"+title+"<"))
}

// becomes waits until something is so, for as long as it is promised to take at most.
func becomes(t *testing.T, most time.Duration, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(most); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not after %v", what, most)
		}
	}
}

// everywhere fails the test unless each node that runs shows a case once.
func (e *ensemble) everywhere(titles ...string) {
	e.t.Helper()
	for _, n := range e.nodes {
		m := e.enters("http://" + n.listen)
		for _, title := range titles {
			if got := m.sees(title); got != 1 {
				e.t.Errorf("%s at %s: got %d times", title, n.listen, got)
			}
		}
	}
}

func (e *ensemble) dirs() []string {
	return []string{filepath.Join(e.dir, "one"), filepath.Join(e.dir, "two"), filepath.Join(e.dir, "three")}
}

// has reports whether a page says something.
func has(p *testkit.Page, words string) bool { return strings.Contains(string(p.Body), words) }
