package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"habeas/stamp/stamptest"
)

// witnessed is an office and a witness that follows it, whose key it returns.
func witnessed(t *testing.T) (pl *place, key string) {
	t.Helper()
	pl = office(t)
	out, errs := pl.must(0, "witness", "init", "partner", "--name", "partner.example")
	if !strings.Contains(errs, "Keep partner/witness.key to yourself") {
		t.Errorf("got %s", errs)
	}
	logs, _ := pl.must(0, "checkpoint", "key", "office")
	pl.write("logs.txt", logs, 0o600)
	pl.must(0, "witness", "follow", "partner", "--from", "logs.txt")
	return pl, strings.TrimSpace(out)
}

func (pl *place) write1(name string, args ...string) string {
	pl.t.Helper()
	out, _ := pl.must(0, args...)
	pl.write(name, out, 0o600)
	return out
}

// TestWitnessByFile: what goes over and back on a stick, and what it stops.
func TestWitnessByFile(t *testing.T) {
	pl, key := witnessed(t)
	before := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(before, os.DirFS(filepath.Join(pl.dir, "office"))); err != nil {
		t.Fatal(err)
	}
	pl.write("statement.txt", "They came in the evening.", 0o600)
	pl.must(0, "import", "statement.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	pl.write1("request", "checkpoint", "request", "office", "--old", "0")
	line := pl.write1("answer", "witness", "cosign", "partner", "request")
	if !strings.HasPrefix(line, "— partner.example ") || strings.Count(line, "\n") != 1 {
		t.Errorf("got %q", line)
	}
	if out, _ := pl.must(0, "checkpoint", "accept", "office", "answer", "--witness", key); !strings.HasPrefix(out, "kept: partner.example signed the log at ") {
		t.Errorf("got %s", out)
	}
	if out, _ := pl.must(0, "checkpoint", "office"); !strings.HasSuffix(out, line) {
		t.Errorf("got %s, want %s in it", out, line)
	}
	out, _ := pl.must(0, "verify", "office", "--witness", key, "--least", "1")
	if !strings.Contains(out, "partner.example signed ") || !strings.Contains(out, "Everything verifies.") {
		t.Errorf("got %s", out)
	}
	other, _ := pl.must(0, "witness", "init", "stranger", "--name", "stranger.example")
	if _, errs := pl.must(1, "verify", "office", "--witness", strings.TrimSpace(other)); !strings.Contains(errs, "0 of the witnesses that are named signed this log, and 1 are asked for") {
		t.Errorf("got %s", errs)
	}
	if _, errs := pl.must(1, "checkpoint", "accept", "office", "answer", "--witness", strings.TrimSpace(other)); !strings.Contains(errs, "no line there is by that witness") {
		t.Errorf("got %s", errs)
	}
	if out, _ := pl.must(0, "witness", "show", "partner"); !strings.Contains(out, key) || !strings.Contains(out, " entries seen, 1 keys") {
		t.Errorf("got %s", out)
	}
	pl.rolledBack(before)
}

// rolledBack puts an old database in the place of the office's: nobody signs it,
// it says so, and nothing can be written.
func (pl *place) rolledBack(before string) {
	pl.t.Helper()
	for _, name := range []string{"truth.db", "truth.db-wal", "truth.db-shm"} {
		to := filepath.Join(pl.dir, "office", name)
		if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
			pl.t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(before, name)); err == nil {
			pl.write(filepath.Join("office", name), string(b), 0o600)
		}
	}
	if _, errs := pl.must(1, "checkpoint", "request", "office", "--old", "2"); !strings.Contains(errs, "no longer the one that was seen before") {
		pl.t.Errorf("got %s", errs)
	}
	if _, errs := pl.must(1, "verify", "office"); !strings.Contains(errs, "no longer the one that was seen before") || !strings.Contains(errs, "nothing was repaired") {
		pl.t.Errorf("got %s", errs)
	}
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0")
	if said := s.stop(); !strings.Contains(said, "no longer the one that was seen before") || !strings.Contains(said, "nothing can be written") {
		pl.t.Errorf("got %s", said)
	}
	if err := os.Rename(filepath.Join(pl.dir, "office", "anchors"), filepath.Join(pl.dir, "anchors.gone")); err != nil {
		pl.t.Fatal(err)
	}
	pl.write1("request", "checkpoint", "request", "office")
	if _, errs := pl.must(1, "witness", "cosign", "partner", "request"); !strings.Contains(errs, "not signed: the request does not begin at what this witness saw last: it is shown ") || !strings.Contains(errs, "rolled back") {
		pl.t.Errorf("got %s", errs)
	}
}

// TestServeAsks: a server has its log signed by a witness and an authority, and
// verify says so.
func TestServeAsks(t *testing.T) {
	authority := stamptest.New(t, true, stamptest.Good())
	stamps := httptest.NewServer(authority.Handler(t))
	defer stamps.Close()
	pl, key := witnessed(t)
	w := pl.start("witness", "serve", "partner", "--listen", "127.0.0.1:0")
	roots := filepath.Join(authority.Dir, "root.pem")
	as := []string{"--witness", w.address + "=" + key, "--roots", roots}
	s := pl.start(append([]string{"serve", "office", "--listen", "127.0.0.1:0", "--authority", stamps.URL}, as...)...)
	deadline := time.Now().Add(20 * time.Second)
	for {
		kept, _ := filepath.Glob(filepath.Join(pl.dir, "office", "anchors", "*.*.*"))
		if len(kept) == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %q", kept)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if said := s.stop(); strings.Contains(said, "level=WARN") || strings.Contains(said, stamps.URL) || strings.Contains(said, w.address) {
		t.Errorf("got %s", said)
	}
	if said := w.stop(); strings.Count(said, "127.0.0.1") > 1 {
		t.Errorf("the witness writes down who asks: %s", said)
	}
	out, _ := pl.must(0, append([]string{"verify", "office"}, as...)...)
	for _, want := range []string{"cosigned     1 times, and 1 of", "partner.example signed ", "stamped      1 times, 1 of them", "by Invented Stamps", "Everything verifies."} {
		if !strings.Contains(out, want) {
			t.Errorf("got %s, want %q in it", out, want)
		}
	}
	if out, _ = pl.must(0, "stamp", "office", "--authority", stamps.URL, "--roots", roots); !strings.Contains(out, "by Invented Stamps; stamp it anew before ") {
		t.Errorf("got %s", out)
	}
	other := stamptest.New(t, true, stamptest.Good())
	if _, errs := pl.must(1, "stamp", "office", "--authority", stamps.URL, "--roots", filepath.Join(other.Dir, "root.pem")); !strings.Contains(errs, "not kept: no chain to a root") {
		t.Errorf("got %s", errs)
	}
}

func TestMisusedOthers(t *testing.T) {
	pl, key := witnessed(t)
	pl.write("empty.pem", "", 0o600)
	for _, tc := range []struct{ args, want string }{
		{"serve office --witness " + key, "--witness is not URL=KEY"},
		{"serve office --witness http://witness.example.org=" + key, "not https"},
		{"serve office --authority https://stamps.example.org", "--roots"},
		{"serve office --authority https://stamps.example.org --roots empty.pem", "no certificate"},
		{"serve office --authority stamps --roots secret", "no certificate"},
		{"checkpoint accept office logs.txt --witness x", "not the key of a witness"},
		{"witness init partner --name partner.example", "not empty"},
		{"witness init new --name a+b", "without spaces or plus signs"},
		{"witness follow partner", "no log is named"},
		{"witness follow partner --log x", "not ORIGIN=KEY"},
		{"witness serve partner --listen 0.0.0.0:1", "this machine only"},
		{"witness cosign partner nowhere", "no such file"},
		{"checkpoint nowhere", "is missing"},
	} {
		if _, errs := pl.must(2, strings.Fields(tc.args)...); !strings.Contains(errs, tc.want) {
			t.Errorf("%s: got %s, want %q", tc.args, errs, tc.want)
		}
	}
	if err := os.Chmod(filepath.Join(pl.dir, "partner", "witness.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errs := pl.must(2, "witness", "show", "partner"); !strings.Contains(errs, "others on this machine can read") {
		t.Errorf("got %s", errs)
	}
}
