package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	groupLine = regexp.MustCompile(`(?m)^  [ 1][0-9]   (\w{5}   \w{5}   \w{5}   \w{5})$`)
	checkLine = regexp.MustCompile(`(?m)^  check code  (\S+)$`)
	codeLine  = regexp.MustCompile(`(?m)^  ((?:[a-z]{4} ){7}[a-z]{4})$`)
)

// sheetsIn returns the sheets in what was shown, as they would be typed.
func sheetsIn(t *testing.T, shown string) []string {
	t.Helper()
	lines := groupLine.FindAllStringSubmatch(strings.ReplaceAll(shown, "\r", ""), -1)
	if len(lines) == 0 || len(lines)%4 != 0 {
		t.Fatalf("found %d lines of sheets in %s", len(lines), shown)
	}
	var sheets []string
	for i := 0; i < len(lines); i += 4 {
		sheets = append(sheets, lines[i][1]+"\n"+lines[i+1][1]+"\n"+lines[i+2][1]+"\n"+lines[i+3][1]+"\n")
	}
	return sheets
}

// TestRecoveryAtTheTerminal walks from set-up to recovery: what is shown is typed
// back, tried, and used once; whoever used it is a keeper, and the office
// verifies.
func TestRecoveryAtTheTerminal(t *testing.T) {
	pl := newPlace(t)
	pl.write("secret", passphrase+"\n", 0o600)
	shown, _ := pl.must(0, "init", "office", "--pepper", "p", "--office", "The bureau", "--handle", "keeper", "--name", "The keeper", "--recovery", "yes", "--passphrase-file", "secret")
	if !strings.Contains(shown, "not recoverable yet") {
		t.Errorf("an office whose sheets nobody looked at calls itself recoverable: %s", shown)
	}
	sheets := sheetsIn(t, shown)
	if len(sheets) != 3 || len(checkLine.FindAllString(shown, -1)) != 3 {
		t.Fatalf("got %d sheets", len(sheets))
	}
	pl.write("two", sheets[1]+"\n\n"+sheets[0], 0o600)
	pl.write("half", sheets[0]+"\n"+sheets[0], 0o600)
	pl.write("one", sheets[0], 0o600)
	pl.write("pepper", sheets[2], 0o600)
	pl.write("open", sheets[1]+"\n"+sheets[0], 0o644)
	pl.write("new", "copper ladder beside quiet rivers", 0o600)
	drill := []string{"recovery", "drill", "office", "--pepper", "p", "--sheets-file"}
	restore := []string{"recovery", "restore", "office", "--pepper", "p", "--handle", "next", "--name", "Next", "--passphrase-file", "new", "--sheets-file"}
	for file, want := range map[string]string{"half": "same half", "one": "1 sheets", "open": "others on this machine may read"} {
		if _, errs := pl.must(2, append(drill, file)...); !strings.Contains(errs, want) {
			t.Errorf("drill with %s: got %s, want %q", file, errs, want)
		}
	}
	if out, _ := pl.must(0, append(drill, "two")...); !strings.Contains(out, "No circle was opened") {
		t.Errorf("got %s", out)
	}
	_, errs := pl.must(2, "recovery", "pepper", "office", "--pepper", "p", "--sheets-file", "pepper")
	if !strings.Contains(errs, "already") {
		t.Errorf("a pepper that is there: got %s", errs)
	}
	before, err := os.ReadFile(filepath.Join(pl.dir, "p"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(pl.dir, "p")); err != nil {
		t.Fatal(err)
	}
	pl.must(0, "recovery", "pepper", "office", "--pepper", "p", "--sheets-file", "pepper")
	if after, err := os.ReadFile(filepath.Join(pl.dir, "p")); err != nil || string(after) != string(before) {
		t.Errorf("the pepper is not what it was: %v", err)
	}
	again, _ := pl.must(0, append(restore, "two")...)
	if got := len(sheetsIn(t, again)); got != 3 {
		t.Errorf("got %d new sheets, want 3", got)
	}
	if _, errs := pl.must(2, append(restore, "two")...); !strings.Contains(errs, "used or replaced") {
		t.Errorf("used twice: got %s", errs)
	}
	pl.must(0, "verify", "office", "--pepper", "p", "--handle", "next", "--passphrase-file", "new")
	pl.must(0, "verify", "office", "--pepper", "p", "--handle", "keeper", "--passphrase-file", "secret")
}

// TestMemberIsInvitedAtTheTerminal: the code that is shown lets somebody in, once,
// on the page.
func TestMemberIsInvitedAtTheTerminal(t *testing.T) {
	pl := office(t)
	args := []string{"member", "add", "office", "--handle", "keeper", "--passphrase-file", "secret", "--name", "Omar", "--role", "caseworker"}
	if _, errs := pl.must(2, append(args, "--vault", "Nowhere")...); !strings.Contains(errs, "no circle of yours") {
		t.Errorf("got %s", errs)
	}
	out, _ := pl.must(0, append(args, "--vault", "Cases")...)
	code := codeLine.FindStringSubmatch(out)
	if code == nil {
		t.Fatalf("got no code: %s", out)
	}
	list, _ := pl.must(0, "member", "list", "office", "--handle", "keeper", "--passphrase-file", "secret")
	if !strings.Contains(list, "Omar") || !strings.Contains(list, "invited until") || strings.Contains(list, code[1]) {
		t.Errorf("got %s", list)
	}
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0")
	form := url.Values{"invitation": {code[1]}, "handle": {"omar"}, "pass": {passphrase}, "pass.again": {passphrase}}
	if got := s.post("/join", "/join", form); got != http.StatusOK {
		t.Errorf("got status %d of the code, want 200", got)
	}
	if got := s.post("/join", "/join", form); got != http.StatusUnprocessableEntity {
		t.Errorf("got status %d of the code the second time, want 422", got)
	}
	if said := s.stop(); strings.Contains(said, code[1]) || strings.Contains(said, "omar") {
		t.Errorf("the server wrote who came: %s", said)
	}
	pl.must(0, "verify", "office", "--handle", "omar", "--passphrase-file", "secret")
}

var tokenInput = regexp.MustCompile(`name="form" value="([^"]+)"`)

// post sends a form of a page.
func (s *server) post(page, path string, form url.Values) int {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	resp, err := client.Get(s.address + page)
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if m := tokenInput.FindSubmatch(text); err == nil && m != nil {
		form.Set("form", string(m[1]))
	}
	resp, err = client.PostForm(s.address+path, form)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestFirstRunAtTheTerminal: serve on an empty directory prints a code; with it
// there is an office, and the next start serves that.
func TestFirstRunAtTheTerminal(t *testing.T) {
	pl := newPlace(t)
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0")
	code := codeLine.FindStringSubmatch(s.out.String())
	if code == nil {
		t.Fatalf("got no code: %s", s.out.String())
	}
	form := url.Values{"setup_code": {code[1]}, "first_circle": {"Cases"}, "known_as": {"Vera"}, "handle": {"vera"}, "pass": {passphrase}, "pass.again": {passphrase}}
	if got := s.post("/", "/setup", form); got != http.StatusOK {
		t.Errorf("got status %d, want 200", got)
	}
	if got := s.answers(); got != http.StatusOK {
		t.Errorf("got status %d of the login page, want 200", got)
	}
	if said := s.stop(); strings.Count(said, code[1]) != 1 || strings.Contains(said, "vera") || strings.Contains(said, passphrase) {
		t.Errorf("the server wrote who came: %s", said)
	}
	pl.write("secret", passphrase, 0o600)
	pl.must(0, "verify", "office", "--handle", "vera", "--passphrase-file", "secret")
	again := pl.start("serve", "office", "--listen", "127.0.0.1:0")
	if got := again.post("/login", "/setup", form); got != http.StatusNotFound {
		t.Errorf("got status %d of a second set-up, want 404", got)
	}
	if said := again.stop(); codeLine.MatchString(said) {
		t.Error("an office that is there prints a code")
	}
}

// TestUnsafePlacesAreRefused: each thing that somebody sets up wrongly ends the
// command before anything is opened, and says what to do.
func TestUnsafePlacesAreRefused(t *testing.T) {
	for _, tc := range []struct {
		name, args, want string
		setUp            func(pl *place)
	}{
		{"data others read", "serve office", "chmod 600", func(pl *place) { os.Chmod(filepath.Join(pl.dir, "office", "keys.db"), 0o644) }},
		{"a directory others read", "serve office", "chmod 700", func(pl *place) { os.Chmod(filepath.Join(pl.dir, "office"), 0o755) }},
		{"a pepper others read", "serve office", "can read the pepper", func(pl *place) { os.Chmod(filepath.Join(pl.dir, "office.pepper"), 0o640) }},
		{"a pepper moved inside", "serve office --pepper office/p", "must not be inside", func(pl *place) {
			os.Rename(filepath.Join(pl.dir, "office.pepper"), filepath.Join(pl.dir, "office", "p"))
		}},
		{"a link to a pepper inside", "serve office", "must not be inside", func(pl *place) {
			os.Rename(filepath.Join(pl.dir, "office.pepper"), filepath.Join(pl.dir, "office", "p"))
			os.Symlink(filepath.Join("office", "p"), filepath.Join(pl.dir, "office.pepper"))
		}},
		{"data of another user", "serve office", "another user", func(pl *place) {
			if err := os.Chown(filepath.Join(pl.dir, "office", "truth.db"), 12345, 12345); err != nil {
				pl.t.Skip("only root gives files away")
			}
		}},
		{"backups inside", "serve office --backups office/backups", "inside the data", nil},
		{"backups beside", "serve office --backups backups", "beside the data", nil},
		{"backups around", "serve office --backups .", "pepper is inside", nil},
		{"the network", "serve office --listen 0.0.0.0:0", "plain HTTP", nil},
		{"the network, and a proxy", "serve office --listen 0.0.0.0:0 --behind-proxy --host a.example", "private address", nil},
		{"a public address, and a proxy", "serve office --listen 192.0.2.1:0 --behind-proxy --host a.example", "private address", nil},
		{"a proxy nobody can reach", "serve office --listen 127.0.0.1:0 --behind-proxy", "needs the name", nil},
		{"no pepper at set-up", "serve empty/office", "does not exist", nil},
		{"set-up where others write", "serve others/office", "others on this machine may write", func(pl *place) {
			os.Mkdir(filepath.Join(pl.dir, "others"), 0o700)
			os.Chmod(filepath.Join(pl.dir, "others"), 0o777)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pl := office(t)
			if tc.setUp != nil {
				tc.setUp(pl)
			}
			_, errs := pl.must(2, strings.Fields(tc.args)...)
			if !strings.Contains(errs, tc.want) || !strings.Contains(errs, "habeas: hint: ") {
				t.Errorf("got %s, want %q and a hint", errs, tc.want)
			}
		})
	}
}

// TestNothingGoesToADisk: a server that runs leaves no core, whatever the limits
// it was started with.
func TestNothingGoesToADisk(t *testing.T) {
	pl := office(t)
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0")
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", s.cmd.Process.Pid))
	if err != nil {
		t.Skip("this system does not show limits: ", err)
	}
	if !regexp.MustCompile(`Max core file size +0 +0 `).Match(limits) {
		t.Errorf("got limits %s, want no core", limits)
	}
	s.stop()
}
