package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// freePort returns an address of this machine that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// postOffice is a mail server that takes everything. What it takes comes out of the
// channel.
func postOffice(t *testing.T) (address string, mails chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	mails = make(chan string, 16)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go takeMail(c, mails)
		}
	}()
	return l.Addr().String(), mails
}

func takeMail(c net.Conn, mails chan<- string) {
	defer c.Close()
	in := bufio.NewReader(c)
	fmt.Fprint(c, "220 here\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch {
		case strings.HasPrefix(line, "DATA"):
			fmt.Fprint(c, "354 go on\r\n")
			var mail strings.Builder
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
				mail.WriteString(line)
			}
			mails <- mail.String()
		case strings.HasPrefix(line, "QUIT"):
			fmt.Fprint(c, "221 bye\r\n")
			return
		}
		fmt.Fprint(c, "250 yes\r\n")
	}
}

// writes sends a letter as a browser without script would, and returns its page.
func writes(t *testing.T, at, text string) string {
	t.Helper()
	page := string(get(t, "http://"+at+"/en/write"))
	once := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(page)
	if once == nil {
		t.Fatalf("there is no form: %s", page)
	}
	resp, err := http.PostForm("http://"+at+"/en/write", url.Values{"once": {once[1]}, "text": {text}, "urgent": {"yes"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !bytes.Contains(b, []byte(`<ol class="words">`)) {
		t.Fatalf("no receipt: %d %v %s", resp.StatusCode, err, b)
	}
	return string(b)
}

func get(t *testing.T, address string) []byte {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// demoPlace is a place with the demo in "office" and vera's passphrase in "vera".
func demoPlace(t *testing.T) *place {
	t.Helper()
	pl := newPlace(t)
	pl.start("demo", "--dir", "office", "--listen", "127.0.0.1:0").stop()
	pl.write("vera", demo.Members()[0].Passphrase, 0o600)
	return pl
}

const itsWords = "They keep Kashtanenko in the cellar of the sugar works."

// TestStrangerWakesPeople: while nobody is logged in somebody writes that it is
// urgent. Mail goes out that says nothing, and no word is on the disk or in the log.
func TestStrangerWakesPeople(t *testing.T) {
	pl := demoPlace(t)
	smtp, mails := postOffice(t)
	pl.write("mail.json", fmt.Sprintf(`{"server": %q, "security": "none", "from": "desk@example.org",
		"everyday": ["a@example.org"], "everyone": ["b@example.org"], "lang": "en"}`, smtp), 0o600)
	pl.write("portal.json", `{"name": {"en": "The Sugar Office"}, "questions": ["who"]}`, 0o600)
	at := freePort(t)
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0", "--intake", at, "--mail", "mail.json", "--portal", "portal.json")
	if front := string(get(t, "http://"+at+"/en/")); !strings.Contains(front, "The Sugar Office") {
		t.Error("the front page does not say whose it is")
	}
	writes(t, at, itsWords)
	mail := <-mails
	for _, told := range []string{"Kashtanenko", "cellar", "urgent", "letter", "127.0.0.1", "abeas", "Sugar"} {
		if strings.Contains(strings.ToLower(mail), strings.ToLower(told)) {
			t.Errorf("the mail says %q:\n%s", told, mail)
		}
	}
	said := s.stop()
	testkit.Sweep(t, []string{"Severyn Kashtanenko"}, []string{filepath.Join(pl.dir, "office")}, map[string][]byte{"log": []byte(said)}, nil)
}

// TestOfflineDesk: a key pair made elsewhere; what comes is carried over and opened
// by stock age, and the office's own key is not needed for it.
func TestOfflineDesk(t *testing.T) {
	pl := demoPlace(t)
	pl.must(0, "desk", "new", "far")
	pl.must(2, "desk", "new", "far") // a key that is written over is lost
	pl.must(0, "desk", "use", "office", "--pub", "far.pub", "--handle", "vera", "--passphrase-file", "vera")
	at := freePort(t)
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0", "--intake", at)
	writes(t, at, itsWords)
	pl.write("office.key", string(get(t, "http://"+at+"/en/office.key")), 0o600)
	out, _ := pl.must(0, "desk", "outbox", "office", "out")
	if !strings.HasPrefix(out, "1 files") {
		t.Errorf("got %q", out)
	}
	s.stop()
	pl.must(0, "desk", "read", "out", "read", "--own", "far.key")
	texts, err := filepath.Glob(filepath.Join(pl.dir, "read", "*.txt"))
	if err != nil || len(texts) != 1 {
		t.Fatalf("got %v, %v", texts, err)
	}
	pl.must(0, "import", texts[0], "office", "--handle", "vera", "--passphrase-file", "vera", "--new-case", "The sugar works", "--new-source", "person/mother")
	if b, err := os.ReadFile(texts[0]); err != nil || string(b) != itsWords+"\n" {
		t.Errorf("got %q, %v", b, err)
	}
	pl.write("photo.jpg", "a photograph of Kashtanenko", 0o600)
	pl.must(0, "seal", "--to", "office.key", "photo.jpg")
	pl.must(2, "seal", "--to", "office.key", "photo.jpg")

	key, err := os.Open(filepath.Join(pl.dir, "far.key"))
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	identities, err := age.ParseIdentities(key)
	if err != nil {
		t.Fatal(err)
	}
	letters, err := filepath.Glob(filepath.Join(pl.dir, "out", "*.age"))
	if err != nil || len(letters) != 1 {
		t.Fatalf("got %v, %v", letters, err)
	}
	for path, want := range map[string]string{letters[0]: itsWords, filepath.Join(pl.dir, "photo.jpg.age"): "a photograph of Kashtanenko"} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(f, identities...)
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(path), err)
		}
		b, err := io.ReadAll(r)
		f.Close()
		if err != nil || !bytes.Contains(b, []byte(want)) {
			t.Errorf("%s holds %q, %v", filepath.Base(path), b, err)
		}
	}
	testkit.Sweep(t, []string{"Severyn Kashtanenko"}, []string{filepath.Join(pl.dir, "office"), filepath.Join(pl.dir, "out")}, nil, nil)
}

// TestIntakeRefuses: what would expose those who write is refused before anything is
// opened.
func TestIntakeRefuses(t *testing.T) {
	pl := demoPlace(t)
	wrong, err := json.Marshal(offlineDesk{make([]byte, 10), make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	pl.write("wrong.pub", string(wrong), 0o600)
	pl.write("mail.json", `{"server": "mail.example.org:25", "security": "none"}`, 0o600)
	pl.write("odd.json", `{"servre": "x"}`, 0o600)
	pl.write("portal.json", `{"nmae": {}}`, 0o600)
	for _, tc := range []struct{ args, want string }{
		{"serve office --listen 127.0.0.1:0 --intake 0.0.0.0:8081", "plain HTTP"},
		{"serve office --listen 127.0.0.1:0 --portal portal.json", "not served"},
		{"serve office --listen 127.0.0.1:0 --intake 127.0.0.1:0 --portal portal.json", "nmae"},
		{"serve office --listen 127.0.0.1:0 --mail odd.json", "servre"},
		{"serve office --listen 127.0.0.1:0 --mail mail.json", "without encryption"},
		{"desk use office --pub wrong.pub --handle vera --passphrase-file vera", "offline desk"},
		{"desk use office --pub vera --handle vera --passphrase-file vera", "offline desk"},
		{"desk use office --pub wrong.pub --weeks 99 --handle vera --passphrase-file vera", "53 weeks"},
		{"desk outbox office office", "not empty"},
		{"seal --to vera wrong.pub", "no key"},
	} {
		_, errs := pl.must(2, strings.Fields(tc.args)...)
		if !strings.Contains(errs, tc.want) || strings.Contains(errs, "goroutine") {
			t.Errorf("%s: got %s, want %q", tc.args, errs, tc.want)
		}
	}
}
