package main

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"habeas/internal/bucket/s3test"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/internal/testkit"
)

// TestFailover: a replica that lacks nothing takes the place of the database while a
// form is on its way. Before that, a bucket answers 503 and 500.
func TestFailover(t *testing.T) {
	t.Parallel()
	db := postgrestest.Own(t)
	var r *postgrestest.Server
	e := ensembleOf(t, db, "", func(url string) string {
		r = db.Replica(t, true)
		return db.Or(r, url)
	})
	m := e.enters(e.members.URL)
	m.opens("Before").Want(200)
	statement := "/case/" + e.ids[1] + "/statement/" + strings.TrimPrefix(e.ids[2], "t:")
	for name, trouble := range map[string]s3test.Trouble{"a.txt": s3test.Down, "b.txt": s3test.Broken} {
		e.bucket.Plan(s3test.Always(trouble))
		m.files(statement, name).Want(503).Has("does not answer")
		e.bucket.Plan(nil)
		m.files(statement, name).Want(200)
	}

	page := m.Get("/cases/new").Want(200)
	db.Stop(t)
	late := make(chan *testkit.Page)
	go func() { late <- page.Submit("main form", url.Values{"title": {"On its way"}}) }()
	time.Sleep(300 * time.Millisecond)
	r.Promote(t)
	if said := <-late; said.Status != 200 { // it was refused, and says so; the browser has it still
		said.Want(503).Has("database does not answer", "Nothing was recorded")
		becomes(t, 20*time.Second, "the office goes on", func() bool { return m.Get("/cases").Status == 200 })
		if m.sees("On its way") != 0 {
			t.Error("what was refused is there")
		}
		page.Submit("main form", url.Values{"title": {"On its way"}}).Want(200)
	}
	for _, n := range e.nodes {
		any := testkit.VisitorTo(t, "http://"+n.listen)
		becomes(t, 20*time.Second, "each node goes on", func() bool { return any.Get("/login").Status == 200 })
	}
	e.everywhere("Before", "On its way")
	m.opens("After").Want(200)
	for _, n := range e.nodes[1:] {
		other := e.enters("http://" + n.listen)
		becomes(t, time.Second, "what was written since is seen", func() bool { return other.sees("After") == 1 })
		exhibits := other.Get("/case/" + e.ids[1] + "/exhibits").Want(200)
		if got := strings.Count(string(exhibits.Body), "text/plain"); got < 2 {
			t.Errorf("got %d exhibits, want 2", got)
		}
	}
	for _, n := range e.nodes {
		n.stop()
	}
	e.must(0, "verify", "two", "--handle", "vera", "--passphrase-file", "secret")
}

// files sends the form by which a file comes with a statement.
func (m *member) files(statement, name string) *testkit.Page {
	m.t.Helper()
	page := m.Get(statement + "/exhibits").Want(200)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, value := range map[string]string{"form": page.In("main [name=form]").Attr("value"), "which": page.In("main [name=which]").Attr("value")} {
		_ = w.WriteField(field, value)
	}
	part, _ := w.CreateFormFile("ex_file", name)
	_, _ = part.Write([]byte("What is in " + name + "\n"))
	_ = w.Close()
	req, err := http.NewRequest(http.MethodPost, m.Base()+page.Address.Path, &body)
	if err != nil {
		m.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return m.Do(req)
}

// TestFailoverBehind: a replica that lagged takes the place of the database, without
// what was acknowledged last. No node writes on, and each says why.
func TestFailoverBehind(t *testing.T) {
	t.Parallel()
	db := postgrestest.Own(t)
	var r *postgrestest.Server
	e := ensembleOf(t, db, "", func(url string) string {
		r = db.Replica(t, false)
		return db.Or(r, url)
	})
	var all []*member
	for _, n := range e.nodes {
		all = append(all, e.enters("http://"+n.listen))
	}
	r.Stop(t)
	all[0].opens("Lost").Want(200)
	for _, m := range all {
		becomes(t, time.Second, "it is seen", func() bool { return m.sees("Lost") == 1 })
	}
	db.Stop(t)
	r.Start(t)
	r.Promote(t)
	for i, m := range all {
		said := m.opens("Too late")
		if said.Status < 500 || !has(said, "Nothing can be written") {
			t.Errorf("node %d: got %d %s", i, said.Status, said.Body)
		}
		if m.sees("Lost") != 1 {
			t.Errorf("node %d does not show what its views hold", i)
		}
	}
	n := e.nodes[0] // what this machine has seen is remembered, and keepers come in to read so
	n.stop()
	e.again(n)
	m := e.enters("http://" + n.listen)
	m.Get("/log").Want(200).Has("This machine has seen", "Nothing can be written")
	if said := m.opens("Too late"); said.Status < 500 || m.sees("Lost") != 1 {
		t.Errorf("the node after a restart: got %d", said.Status)
	}
	testkit.VisitorTo(t, "http://"+n.intake).Get("/en/write").Want(200).Has("taken at the moment").HasNot("has seen")
	n.stop()
	if out, _ := e.must(0, "fsck", "one", "--accept-loss"); !strings.Contains(out, "seen") {
		t.Errorf("got %s", out)
	}
	e.again(n)
	m = e.enters("http://" + n.listen)
	m.opens("After the loss").Want(200)
	if m.sees("Lost") != 0 {
		t.Error("what the log has not is shown after the loss was accepted")
	}
}
