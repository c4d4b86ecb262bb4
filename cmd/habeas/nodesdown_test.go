package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas/internal/store/postgres/postgrestest"
	"habeas/internal/testkit"
)

// TestThreeNodes: a member works on one of three nodes, and it is killed at work, at
// different moments; strangers write all the while. Nothing that anybody was told is
// lost, nothing is there twice, and everybody is told what happened. Then the database
// is stopped and started again. One of them is of another version, and at the end each is
// replaced by one of the other.
func TestThreeNodes(t *testing.T) {
	t.Parallel()
	db := postgrestest.Own(t)
	older := anotherVersion(t)
	e := ensembleOf(t, db, older, func(url string) string { return url })
	m := e.enters(e.members.URL)
	m.opens("A bridge").Want(200)
	other := e.enters("http://" + e.nodes[2].listen)
	becomes(t, time.Second, "a case of one node is seen on another", func() bool { return other.sees("A bridge") == 1 })

	letters := e.strangers(8)
	e.letters.next(answered)
	dead := []*node{e.letters.ended(t), m.diesAt(within, "The first case")}
	for _, n := range dead {
		e.again(n)
	}
	last := m.diesAt(answered, "The second case")
	e.stopped(m, db)
	letters.come()
	e.again(last)
	e.everywhere("A bridge", "The first case", "The second case", "After the stop")
	e.rolls(m, older)
	select {
	case again := <-e.mails:
		t.Errorf("people were woken more than once for one letter: %s", again)
	default:
	}
	for _, n := range e.nodes {
		n.stop()
	}
	for _, dir := range []string{"one", "two", "three"} {
		e.must(0, "verify", dir)
		e.must(0, "verify", dir, "--handle", "vera", "--passphrase-file", "secret")
	}
	testkit.Sweep(t, []string{"Severyn Kashtanenko", "A bridge", "The first case"}, e.dirs(), nil, nil)
}

// diesAt has the member's node end while it opens a case. They are told so, log in on
// another, and find the case or the form.
func (m *member) diesAt(at moment, title string) (dead *node) {
	m.t.Helper()
	page := m.Get("/cases/new").Want(200)
	form := url.Values{"title": {title}}
	m.members.next(at)
	said := page.Submit("main form", form)
	dead = m.members.ended(m.t)
	if said.Status == 200 { // it was quick enough to say that it is done
		out := m.Get("/cases").Want(401)
		out.Has("does not answer now")
		m.login(out)
		if m.sees(title) != 1 {
			m.t.Errorf("%s was said to be there", title)
		}
		return dead
	}
	if !has(said, "Go back and send it again") {
		m.t.Fatalf("got %d %s", said.Status, said.Body)
	}
	late := page.Submit("main form", form).Want(401)
	late.Has("may have been recorded there or not")
	kept := m.login(late)
	if got, want := kept.Address.Path, "/kept"; got != want {
		m.t.Fatalf("got to %s after login, want %s", got, want)
	}
	if got := kept.In("[name=title]").Attr("value"); got != title {
		m.t.Errorf("title: got %q, want what was typed", got)
	}
	there := m.sees(title)
	if at == answered && there != 1 {
		m.t.Errorf("%s: got %d after the node had answered", title, there)
	}
	if there == 0 {
		kept.Submit("form[action=/cases]", nil).Want(200)
	} else {
		kept.Submit("form[action=/kept/drop]", nil).Want(200)
	}
	if got := m.sees(title); got != 1 {
		m.t.Errorf("%s: got %d times", title, got)
	}
	return dead
}

// stopped ends the database under a member who reads and writes, and starts it again.
func (e *ensemble) stopped(m *member, db *postgrestest.Server) {
	e.t.Helper()
	page := m.Get("/cases/new").Want(200)
	watched := over(e.status)
	ready := func() (string, bool) {
		code, _ := asks(e.t, watched, "http://habeas/readyz")
		_, all := asks(e.t, watched, "http://habeas/metrics")
		return all, code == 200
	}
	if all, ok := ready(); !ok || !strings.Contains(all, "\nhabeas_database_answers 1\n") {
		e.t.Errorf("before the database stops: got ready %v\n%s", ok, all)
	}
	db.Stop(e.t)
	m.Get("/cases").Want(503).Has("database does not answer")
	becomes(e.t, 5*time.Second, "programs that watch a node see that the database is away", func() bool {
		all, ok := ready()
		return !ok && strings.Contains(all, "\nhabeas_database_answers 0\n") && strings.Contains(all, "\nhabeas_letters_taken 0\n")
	})
	late := make(chan *testkit.Page)
	go func() { late <- page.Submit("main form", url.Values{"title": {"After the stop"}}) }()
	time.Sleep(time.Second)
	db.Start(e.t)
	said := <-late
	if said.Status != 200 { // it was not waited for
		if !has(said, "database") {
			e.t.Errorf("got %d %s", said.Status, said.Body)
		}
		m.opens("After the stop").Want(200)
	}
	becomes(e.t, 15*time.Second, "the office goes on", func() bool { return m.Get("/cases").Status == 200 })
	becomes(e.t, 15*time.Second, "programs that watch a node see that it is ready", func() bool { _, ok := ready(); return ok })
	for check, f := range e.examinedAt("one") {
		if want := map[string]state{"nodes": good, "databases": good, "copies": warn}[check]; want != "" && f.State != want {
			e.t.Errorf("the doctor finds %+v, want it %s", f, want)
		}
	}
}

// examinedAt returns what the doctor says of a node, by check.
func (e *ensemble) examinedAt(dir string) map[string]finding {
	e.t.Helper()
	out, _ := e.command(e.t.Context(), "doctor", dir, "--json").Output() // what the machine lacks is bad
	var all []finding
	if err := json.Unmarshal(out, &all); err != nil {
		e.t.Fatalf("%v: %s", err, out)
	}
	by := map[string]finding{}
	for _, f := range all {
		by[f.Check] = f
	}
	if by["nodes"].Says == "" {
		e.t.Error("the doctor says nothing of clocks")
	}
	return by
}

// Strangers write. Whoever is cut off sends the same form again until
// they have a receipt.
type strangers struct {
	e      *ensemble
	before int // letters
	want   int // that are written
	mu     sync.Mutex
	all    sync.WaitGroup
	shown  map[string]bool // receipts, as typed
	refuse []string
	states map[int]int // how often a form was answered with what
}

var (
	onceMark = regexp.MustCompile(`name="once" value="([^"]+)"`)
	shownKey = regexp.MustCompile(`(?s)<ol class="words">(.*?)</ol>`)
	oneWord  = regexp.MustCompile(`<bdi translate="no">([^<]+)</bdi>`)
)

// strangers has three of them write so many letters each.
func (e *ensemble) strangers(each int) *strangers {
	c := &strangers{e: e, before: e.letterCount(), want: 3 * each, shown: map[string]bool{}, states: map[int]int{}}
	for i := range 3 {
		c.all.Go(func() {
			for k := range each {
				c.one(fmt.Sprintf("Letter %d of stranger %d", k, i))
				time.Sleep(300 * time.Millisecond)
			}
		})
	}
	return c
}

func (c *strangers) one(text string) {
	form := url.Values{"text": {text}}
	for range 200 {
		resp, err := http.Get(c.e.letters.URL + "/en/write")
		if err != nil {
			continue
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if m := onceMark.FindSubmatch(b); m != nil {
			form.Set("once", string(m[1]))
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	for range 200 {
		resp, err := http.PostForm(c.e.letters.URL+"/en/write", form)
		if err != nil {
			continue
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		c.mu.Lock()
		c.states[resp.StatusCode]++
		c.mu.Unlock()
		if c.keeps(b) {
			return
		}
		if resp.StatusCode == http.StatusConflict {
			c.mu.Lock()
			c.refuse = append(c.refuse, text)
			c.mu.Unlock()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// keeps notes the receipt that a page shows, if it does.
func (c *strangers) keeps(page []byte) bool {
	list := shownKey.FindSubmatch(page)
	if list == nil {
		return false
	}
	var words []string
	for _, w := range oneWord.FindAllSubmatch(list[1], -1) {
		words = append(words, string(w[1]))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown[strings.Join(words, " ")] = true
	return true
}

// come waits for the last letter. Each was told a receipt of its own that works, and is
// there once.
func (c *strangers) come() {
	t := c.e.t
	t.Helper()
	c.all.Wait()
	if len(c.shown) != c.want || len(c.refuse) > 0 {
		t.Errorf("got %d receipts, and %d were refused: %q", len(c.shown), len(c.refuse), c.refuse)
	}
	if letters := c.e.letterCount() - c.before; letters != c.want {
		t.Errorf("got %d letters, want %d", letters, c.want)
	}
	for words := range c.shown {
		page := testkit.VisitorTo(t, c.e.letters.URL).Get("/en/return").Want(200)
		back := page.Submit("main form", url.Values{"receipt": {words}})
		if back.Status != 200 || !has(back, `name="ticket"`) {
			t.Errorf("a receipt that was shown opens nothing: %d", back.Status)
		}
	}
}

// letterCount returns how many letters there are.
func (e *ensemble) letterCount() (n int) {
	e.t.Helper()
	db, err := sql.Open("pgx", e.url)
	if err != nil {
		e.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`select count(*) from inbox`).Scan(&n); err != nil {
		e.t.Fatal(err)
	}
	return n
}
