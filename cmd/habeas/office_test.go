package main

import (
	"database/sql"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "github.com/ncruces/go-sqlite3/driver"

	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// answers reports the status of the login page.
func (s *server) answers() int {
	s.t.Helper()
	resp, err := http.Get(s.address + "/login")
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestDemo: one command, and the office is there, on another port if the usual
// one is taken; it leaves nothing behind.
func TestDemo(t *testing.T) {
	if l, err := net.Listen("tcp", "127.0.0.1:8080"); err == nil {
		defer l.Close() // otherwise somebody else has it
	}
	pl := newPlace(t)
	s := pl.start("demo")
	if strings.HasSuffix(s.address, ":8080") {
		t.Errorf("got address %s, want one that was free", s.address)
	}
	if got, want := s.answers(), http.StatusOK; got != want {
		t.Errorf("got status %d of the login page, want %d", got, want)
	}
	said := s.stop()
	for _, m := range demo.Members() {
		if !strings.Contains(said, m.Handle) || !strings.Contains(said, m.Passphrase) {
			t.Errorf("got %s, want %s and their passphrase in it", said, m.Handle)
		}
	}
	left, err := os.ReadDir(pl.dir)
	if err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left behind, want nothing", left, err)
	}
}

// TestDemoKept: a demo with a directory stays, holds no name in any byte, and is
// an office like any other.
func TestDemoKept(t *testing.T) {
	pl := newPlace(t)
	said := pl.start("demo", "--dir", "office", "--listen", "127.0.0.1:0").stop()
	names, _ := pl.must(0, "demo", "--canaries")
	canaries := strings.Split(strings.TrimSpace(names), "\n")
	if got, want := len(canaries), len(demo.Canaries()); got != want {
		t.Fatalf("got %d canaries, want %d", got, want)
	}
	testkit.Sweep(t, canaries, []string{pl.dir}, map[string][]byte{"output": []byte(said)}, nil)
	_, errs := pl.must(2, "demo", "--dir", "office", "--listen", "127.0.0.1:0")
	if !strings.Contains(errs, "not empty") {
		t.Errorf("got %s, want that it is not empty", errs)
	}
	ana := demo.Members()[2]
	pl.write("ana", ana.Passphrase, 0o600)
	pl.must(0, "rebuild", "office", "--handle", ana.Handle, "--passphrase-file", "ana")
	all, _ := pl.must(0, "verify", "office")
	hers, _ := pl.must(0, "verify", "office", "--handle", ana.Handle, "--passphrase-file", "ana")
	closed := regexp.MustCompile(`not opened +(\d+)`)
	if a, b := closed.FindString(all), closed.FindString(hers); a == b || a == "" || strings.HasSuffix(b, " 0") {
		t.Errorf("got %q without a key and %q for the analyst, want fewer, and some", a, b)
	}
}

// TestServe: one server at a time; what only reads works beside it.
func TestServe(t *testing.T) {
	pl := office(t)
	pl.write("statement.txt", "They came in the evening.", 0o600)
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0")
	if got, want := s.answers(), http.StatusOK; got != want {
		t.Errorf("got status %d, want %d", got, want)
	}
	for _, args := range [][]string{
		{"serve", "office", "--listen", "127.0.0.1:0"},
		{"rebuild", "office", "--handle", "keeper", "--passphrase-file", "secret"},
		{"import", "statement.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret"},
	} {
		_, errs := pl.must(2, args...)
		if !strings.Contains(errs, "is using this store") || !strings.Contains(errs, "habeas: hint: ") {
			t.Errorf("%s beside a server: got %s", args[0], errs)
		}
	}
	pl.must(0, "verify", "office")
	pl.must(0, "verify", "office", "--handle", "keeper", "--passphrase-file", "secret")
	if said := s.stop(); strings.Contains(said, "keeper") || strings.Contains(said, passphrase) {
		t.Errorf("the server wrote who is who: %s", said)
	}
	pl.start("serve", "office", "--listen", "127.0.0.1:0").stop()
}

func TestInitRefuses(t *testing.T) {
	for _, tc := range []struct {
		name  string
		setUp func(pl *place)
		args  string
		want  string
	}{
		{"data that is there", func(pl *place) { pl.write("office/other", "", 0o600) }, "office --pepper p", "not empty"},
		{"a pepper that is there", func(pl *place) { pl.write("p", "", 0o600) }, "office --pepper p", "pepper file already"},
		{"a pepper inside", nil, "office --pepper office/p", "must not be inside"},
		{"a directory others read", func(pl *place) { os.Chmod(filepath.Join(pl.dir, "office"), 0o755) }, "office --pepper p", "others on this machine may read"},
		{"a directory others write to", func(pl *place) { os.Chmod(pl.dir, 0o777) }, "office --pepper p", "others on this machine may write"},
		{"no place for the pepper", nil, "office --pepper none/p", "does not exist"},
		{"a short passphrase", func(pl *place) { pl.write("secret", "short", 0o600) }, "office --pepper p", "too easy to guess"},
		{"a passphrase that is the handle", func(pl *place) { pl.write("secret", "keeper keeper the keeper lantern orchard", 0o600) }, "office --pepper p", "too easy to guess"},
		{"an empty passphrase", func(pl *place) { pl.write("secret", "\n", 0o600) }, "office --pepper p", "empty"},
		{"a passphrase others read", func(pl *place) { pl.write("secret", passphrase, 0o644) }, "office --pepper p", "others on this machine may read the passphrase"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pl := newPlace(t)
			pl.write("secret", passphrase, 0o600)
			if err := os.Mkdir(filepath.Join(pl.dir, "office"), 0o700); err != nil {
				t.Fatal(err)
			}
			if tc.setUp != nil {
				tc.setUp(pl)
			}
			_, errs := pl.must(2, append(strings.Fields("init "+tc.args), "--handle", "keeper", "--name", "The keeper", "--recovery", "no", "--passphrase-file", "secret")...)
			if !strings.Contains(errs, tc.want) {
				t.Errorf("got %s, want %q", errs, tc.want)
			}
			if _, err := os.Stat(filepath.Join(pl.dir, "office", "truth.db")); err == nil {
				t.Error("an office was made")
			}
		})
	}
}

// TestImport: what is no statement is named and left, the rest is taken, and all
// of it is sealed.
func TestImport(t *testing.T) {
	pl := office(t)
	pl.write("good.txt", "Severyn Kashtanenko was taken in the evening.", 0o600)
	pl.write("page.html", "<!doctype html><p>Kashtanenko was seen in a basement.</p><script>x</script>", 0o600)
	pl.write("old.txt", "\xcf\xf0\xe8\xe2\xe5\xf2", 0o600)
	pl.write("picture.txt", "GIF89a\x00\x00", 0o600)
	pl.write("empty.md", " \n", 0o600)
	out, errs := pl.must(1, "import", "good.txt", "old.txt", "picture.txt", "empty.md", "missing.txt", "page.html", "office",
		"--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--said", "2022-11~", "--passphrase-file", "secret")
	for _, want := range []string{"old.txt: the text is not in UTF-8", "picture.txt: this is not text", "empty.md: there is no text",
		"missing.txt: open missing.txt", "4 of 6 files were refused", "importing: 100 %"} {
		if !strings.Contains(errs, want) {
			t.Errorf("got %s, want %q", errs, want)
		}
	}
	ids := regexp.MustCompile(`case (\w{32}), source (s:\w+), batch \w{32}\nt:\w+ good.txt\nt:\w+ page.html\n$`).FindStringSubmatch(out)
	if ids == nil {
		t.Fatalf("got %q", out)
	}
	again, _ := pl.must(0, "import", "good.txt", "office", "--handle", "keeper", "--case", ids[1], "--source", ids[2], "--passphrase-file", "secret")
	if !strings.Contains(again, " good.txt\n") {
		t.Errorf("got %q", again)
	}
	testkit.Sweep(t, []string{"Severyn Kashtanenko"}, []string{filepath.Join(pl.dir, "office")}, nil, nil)
	for _, tc := range []struct{ change, want string }{
		{"--case=ffffffffffffffffffffffffffffffff", "no such case"},
		{"--case=x", "identifier is damaged"},
		{"--source=s:x", "reference is damaged"},
		{"--said=yesterday", "date"},
		{"--medium=telepathy", "take one of interview, "},
	} {
		args := []string{"import", "good.txt", "office", "--handle", "keeper", "--case", ids[1], "--source", ids[2], "--passphrase-file", "secret"}
		_, errs := pl.must(2, append(args, tc.change)...)
		if !strings.Contains(errs, tc.want) {
			t.Errorf("with %s: got %s, want %q", tc.change, errs, tc.want)
		}
	}
	_, errs = pl.must(2, "import", "good.txt", "office", "--handle", "nobody", "--case", ids[1], "--source", ids[2], "--passphrase-file", "secret")
	if !strings.Contains(errs, "do not open anything here") {
		t.Errorf("got %s for somebody unknown", errs)
	}
}

// change changes the ledger as whoever has the disk can.
func (pl *place) change(query string) {
	pl.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(pl.dir, "office", "truth.db"))
	if err != nil {
		pl.t.Fatal(err)
	}
	if _, err := db.Exec(query); err != nil {
		pl.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		pl.t.Fatal(err)
	}
}

// TestServeDamaged: an office that lost its last entry says so, can be read, and
// takes nothing new in.
func TestServeDamaged(t *testing.T) {
	pl := office(t)
	pl.change(`drop trigger entry_delete; delete from entry where number = (select max(number) from entry)`)
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0")
	if got, want := s.answers(), http.StatusOK; got != want {
		t.Errorf("got status %d, want %d", got, want)
	}
	if said := s.stop(); !strings.Contains(said, "habeas: warning: there are fewer entries than the checkpoint") || !strings.Contains(said, "nothing can be written") {
		t.Errorf("got %s", said)
	}
	pl.write("statement.txt", "They came in the evening.", 0o600)
	_, errs := pl.must(1, "import", "statement.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	if !strings.Contains(errs, "fewer entries") {
		t.Errorf("got %s", errs)
	}
	pl.must(1, "verify", "office")
}

// TestVerifyNamesTheEntry: one byte of the disk flips.
func TestVerifyNamesTheEntry(t *testing.T) {
	pl := office(t)
	pl.must(0, "verify", "office")
	pl.change(`drop trigger entry_update; update entry set payload = x'00' || substr(payload, 2) where number = 5`)
	for _, more := range [][]string{nil, {"--handle", "keeper", "--passphrase-file", "secret"}} {
		_, errs := pl.must(1, append([]string{"verify", "office"}, more...)...)
		if !regexp.MustCompile(`habeas: error: entry 5 \(\w{32}\) does not verify: `).MatchString(errs) || !strings.Contains(errs, "nothing was repaired") {
			t.Errorf("got %s", errs)
		}
	}
}
