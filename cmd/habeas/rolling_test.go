package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"habeas/internal/testkit"
)

// anotherVersion returns a program that keeps views in another format than this one: that
// which HABEAS_OLDER names, a test of an older version built with go test -c; or this one,
// linked so that it says another version of the format, which it then neither reads nor
// leaves as it is.
func anotherVersion(t *testing.T) string {
	t.Helper()
	if older := os.Getenv("HABEAS_OLDER"); older != "" {
		return older
	}
	file := filepath.Join(t.TempDir(), "habeas")
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags", "-s -w -X habeas/internal/view.another=2", "-o", file, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// rolls replaces one node after the other by one of the other version, while strangers
// write and a member works: the second by a new one, a new one by an older one, and that
// by a new one again. Nobody who writes is refused; who works is told that their machine
// does not answer and finds everything on another; and each node folds its views anew,
// for the format is another.
func (e *ensemble) rolls(m *member, older string) {
	t := e.t
	t.Helper()
	letters := e.strangers(4)
	titles := []string{"A bridge", "The first case"}
	for i, step := range []struct {
		n  *node
		to string
	}{{e.nodes[1], ""}, {e.nodes[0], older}, {e.nodes[0], ""}} {
		title := []string{"A harbour", "A station", "A market"}[i]
		m.back()
		m.opens(title).Want(200)
		titles = append(titles, title)
		was := e.viewFiles(step.n)
		if step.n.older == "" && step.to != "" { // an older version may have less patience
			letters.slowly(step.n)
		}
		step.n.stop()
		step.n.older = step.to
		m.back()
		if m.sees(title) != 1 {
			t.Errorf("%s is not on the other nodes", title)
		}
		e.again(step.n)
		here := e.enters("http://" + step.n.listen)
		for _, title := range titles {
			becomes(t, time.Second, title+" is seen on a node of the other version", func() bool { return here.sees(title) == 1 })
		}
		if os.Getenv("HABEAS_OLDER") != "" {
			continue // perhaps of the same format
		}
		for path, f := range was {
			before, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			if now, err := os.Stat(path); err == nil && os.SameFile(before, now) {
				t.Errorf("step %d: a view of the other format was taken for one of ours", i)
			}
			f.Close()
		}
		if len(was) == 0 {
			t.Errorf("step %d: there was no view", i)
		}
	}
	letters.come()
	for status, n := range letters.states {
		// Who was about to be answered when a machine closed its door is told so, and
		// sends the same form again; that is no letter less and no letter more.
		if status != http.StatusOK && status != http.StatusBadGateway || status == http.StatusBadGateway && n > 1 {
			t.Errorf("%d forms of strangers were answered with %d", n, status)
		}
	}
}

// slowly has somebody write to a node who has sent half of a letter when it is told to
// stop, and the rest some seconds later.
func (c *strangers) slowly(n *node) {
	t := c.e.t
	t.Helper()
	once := testkit.VisitorTo(t, "http://"+n.intake).Get("/en/write").Want(200).In("[name=once]").Attr("value")
	body := url.Values{"text": {"It takes long to send this."}, "once": {once}}.Encode()
	conn := half(t, n.intake, "POST /en/write HTTP/1.1", body)
	c.want++
	c.all.Go(func() {
		for range 300 { // until others are turned away
			other, err := net.Dial("tcp", n.intake)
			if err != nil {
				break
			}
			other.Close()
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(stopOthers + time.Second)
		_, _ = io.WriteString(conn, body[len(body)/2:]) // if it was cut there is no answer
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("a letter that was on its way when a node was told to stop: %v", err)
			return
		}
		defer resp.Body.Close()
		if page, err := io.ReadAll(resp.Body); err != nil || !c.keeps(page) {
			t.Errorf("a letter that was on its way when a node was told to stop: got %d, %v", resp.StatusCode, err)
		}
	})
}

// back has a member who lost their session log in again.
func (m *member) back() {
	m.t.Helper()
	if page := m.Get("/cases"); page.Status == http.StatusUnauthorized {
		m.login(page)
	} else {
		page.Want(200)
	}
}

// viewFiles opens the files that the views of a node are in: so that no other file is
// taken for one of them afterwards.
func (e *ensemble) viewFiles(n *node) map[string]*os.File {
	e.t.Helper()
	all, err := filepath.Glob(filepath.Join(e.dir, n.args[1], "views", "*.db"))
	if err != nil {
		e.t.Fatal(err)
	}
	files := map[string]*os.File{}
	for _, path := range all {
		if files[path], err = os.Open(path); err != nil {
			e.t.Fatal(err)
		}
	}
	return files
}
