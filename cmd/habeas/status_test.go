package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// told are the metrics there are. Whoever adds one says why it tells nothing of when
// somebody wrote, logged in or worked.
var told = []string{
	"habeas_up", "habeas_start_timestamp_seconds", "habeas_ready", "habeas_disk_failed", "habeas_verifies", "habeas_letters_taken",
	"habeas_files_taken", "habeas_witness_refused", "habeas_faults_total", // of the office and its machine
	"habeas_database_answers",                                                                                           // with nodes
	"habeas_log_checked_timestamp_seconds", "habeas_files_checked_timestamp_seconds", "habeas_backup_timestamp_seconds", // by clocks
}

// over is a client that reaches a socket.
func over(socket string) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
}

func asks(t *testing.T, c *http.Client, address string) (int, string) {
	t.Helper()
	resp, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestStatusTellsNothingOfAnybody: programs that watch the server read whether it is
// up. What they read is the same before and after somebody wrote, somebody came back
// and somebody logged in; and neither members nor strangers reach it.
func TestStatusTellsNothingOfAnybody(t *testing.T) {
	pl := demoPlace(t)
	socket, at := filepath.Join(t.TempDir(), "s"), freePort(t) // of a short name, as sockets must have
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0", "--intake", at, "--status", "unix:"+socket)
	c := over(socket)
	for path, want := range map[string]string{"/healthz": "up\n", "/readyz": "ready\n"} {
		if code, body := asks(t, c, "http://habeas"+path); code != 200 || body != want {
			t.Errorf("%s: got %d %q, want %q", path, code, body, want)
		}
	}
	for _, path := range []string{"/", "/debug/pprof/", "/cases", "/metrics/", "/healthz/x"} {
		if code, _ := asks(t, c, "http://habeas"+path); code != 404 {
			t.Errorf("%s: got %d, want 404", path, code)
		}
	}
	_, before := asks(t, c, "http://habeas/metrics")
	line := regexp.MustCompile(`^([a-z_]+) [0-9.e+]+$`)
	for l := range strings.Lines(before) {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "# HELP ") || strings.HasPrefix(l, "# TYPE ") {
			continue
		}
		if m := line.FindStringSubmatch(l); m == nil || !slices.Contains(told, m[1]) {
			t.Errorf("a line that is not on the list, or has a label: %q", l)
		}
	}
	if !strings.Contains(before, "\nhabeas_ready 1\n") || !strings.Contains(before, "\nhabeas_letters_taken 1\n") || !strings.Contains(before, "\nhabeas_faults_total 0\n") {
		t.Errorf("got %s", before)
	}

	writes(t, at, itsWords)
	for _, pass := range []string{"wrong", demo.Members()[0].Passphrase} {
		page := string(get(t, s.address+"/login"))
		token := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(page)
		if token == nil {
			t.Fatal("there is no form to log in")
		}
		resp, err := http.PostForm(s.address+"/login", url.Values{"form": {token[1]}, "handle": {"vera"}, "pass": {pass}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	for _, path := range []string{"/nothing-here", "/metrics", "/healthz", "/readyz"} { // not there for members
		if _, body := asks(t, http.DefaultClient, s.address+path); strings.Contains(body, "habeas_up") || body == "up\n" || body == "ready\n" {
			t.Errorf("members reach %s", path)
		}
		if _, body := asks(t, http.DefaultClient, "http://"+at+path); strings.Contains(body, "habeas_up") || body == "up\n" || body == "ready\n" {
			t.Errorf("strangers reach %s", path)
		}
	}
	if _, after := asks(t, c, "http://habeas/metrics"); after != before {
		t.Errorf("somebody worked, and it shows:\n%s\n%s", before, after)
	}
	said := s.stop()
	if strings.Contains(said, "refused=") {
		t.Errorf("something was logged that may not be: %s", said)
	}
	testkit.Sweep(t, append(demo.Canaries(), "Kashtanenko"), nil, map[string][]byte{"log": []byte(said), "metrics": []byte(before)}, nil)
}

// TestStatusOnAPort: an address of this machine does, another does not; and a page
// whose name was pointed here gets nothing.
func TestStatusOnAPort(t *testing.T) {
	pl := office(t)
	if _, errs := pl.must(2, "serve", "office", "--listen", "127.0.0.1:0", "--status", "0.0.0.0:9100"); !strings.Contains(errs, "this machine only") {
		t.Errorf("got %s", errs)
	}
	at := freePort(t)
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0", "--status", at)
	if code, _ := asks(t, http.DefaultClient, "http://"+at+"/readyz"); code != 200 {
		t.Errorf("got %d, want 200", code)
	}
	r, err := http.NewRequest("GET", "http://"+at+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "elsewhere.example"
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another name: got %d, want 421", resp.StatusCode)
	}
	s.stop()
}
