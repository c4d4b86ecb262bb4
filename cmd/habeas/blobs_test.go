package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"habeas/internal/bucket/s3test"
)

// Sealed files move into a bucket and out of it, and commands find the bucket beside the
// data. Nothing works with settings that others may read, and nothing says the key.
func TestBlobsMove(t *testing.T) {
	server := s3test.InProcess(t)
	pl := office(t)
	pl.write("one.txt", "It was in the evening.", 0o600)
	out, _ := pl.must(0, "import", "one.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	ids := regexp.MustCompile(`(?s)case (\w{32}).*(t:\w+) one.txt`).FindStringSubmatch(out)
	if ids == nil {
		t.Fatal(out)
	}
	add := func(file string) {
		t.Helper()
		pl.write(file, "what is in "+file, 0o600)
		pl.must(0, "exhibit", "add", "office", "--handle", "keeper", "--passphrase-file", "secret", "--case", ids[1], "--statement", ids[2], file)
	}
	blobs := func() int {
		t.Helper()
		all, err := os.ReadDir(filepath.Join(pl.dir, "office", "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	add("here.txt")
	if _, errs := pl.must(2, "blobs", "move", "office", "--to", "bucket"); !strings.Contains(errs, "--bucket") {
		t.Errorf("without a bucket: got %q", errs)
	}
	settings, err := json.Marshal(map[string]any{"endpoint": server.Endpoint, "bucket": s3test.Bucket, "key": "habeas", "secret": "HushHushHush", "patience": 1})
	if err != nil {
		t.Fatal(err)
	}
	pl.write("office.bucket", string(settings), 0o644)
	_, errs := pl.must(2, "blobs", "move", "office", "--to", "bucket")
	if !strings.Contains(errs, "0600") || strings.Contains(errs, "HushHush") {
		t.Errorf("settings that others may read: got %q", errs)
	}
	pl.write("office.bucket", string(settings), 0o600)
	if out, _ := pl.must(0, "blobs", "move", "office", "--to", "bucket"); !strings.Contains(out, "1 files of") || blobs() != 0 {
		t.Errorf("got %q, and %d files here", out, blobs())
	}
	add("there.txt")
	if blobs() != 0 {
		t.Errorf("%d files are here", blobs())
	}
	if proof, _ := pl.must(0, "erase", "--prove", "office"); !strings.Contains(proof, "holds 2 files; nothing owns 0") {
		t.Errorf("got %q", proof)
	}
	if err := os.Rename(filepath.Join(pl.dir, "office.bucket"), filepath.Join(pl.dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if _, errs := pl.must(2, "blobs", "move", "office", "--to", "dir"); !strings.Contains(errs, "--bucket") {
		t.Errorf("without its bucket: got %q", errs)
	}
	pl.must(0, "blobs", "move", "office", "--to", "dir", "--bucket", "elsewhere")
	if blobs() != 2 {
		t.Errorf("moved out: %d files are here, want 2", blobs())
	}
	add("again.txt")
}

// The process is killed while a request is on its way, at another one each time. No file
// is lost, and the last run ends with all of them moved and what they are called.
func TestBlobsMoveKilled(t *testing.T) {
	server := s3test.InProcess(t)
	proxy := s3test.NewProxy(t, server)
	pl := office(t)
	pl.write("one.txt", "It was in the evening.", 0o600)
	out, _ := pl.must(0, "import", "one.txt", "office", "--handle", "keeper", "--new-case", "A search", "--new-source", "person/mother", "--passphrase-file", "secret")
	ids := regexp.MustCompile(`(?s)case (\w{32}).*(t:\w+) one.txt`).FindStringSubmatch(out)
	if ids == nil {
		t.Fatal(out)
	}
	add := []string{"exhibit", "add", "office", "--handle", "keeper", "--passphrase-file", "secret", "--case", ids[1], "--statement", ids[2]}
	for i := range 3 {
		name := "file" + strconv.Itoa(i)
		pl.write(name, strings.Repeat(name, 1+i*2<<20), 0o600) // the last is sent in parts
		add = append(add, name)
	}
	pl.must(0, add...)
	settings, err := os.ReadFile(server.Settings(t, proxy.URL, ""))
	if err != nil {
		t.Fatal(err)
	}
	pl.write("office.bucket", string(settings), 0o600)
	for _, to := range []string{"bucket", "dir"} {
		kills := 0
		for at := 8; ; at += 5 {
			cmd := pl.command(t.Context(), "blobs", "move", "office", "--to", to)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			n := 0
			proxy.Plan(func(*http.Request) s3test.Trouble {
				if n++; n == at {
					_ = cmd.Process.Kill()
					return s3test.Lost
				}
				return s3test.None
			})
			if err := cmd.Wait(); err == nil {
				break
			} else if at > 200 || cmd.ProcessState.Exited() {
				t.Fatalf("to %s: %v", to, err)
			}
			kills++
		}
		proxy.Plan(nil)
		if kills < 2 {
			t.Errorf("to %s: killed %d times, so the test tries nothing", to, kills)
		}
	}
	all, err := os.ReadDir(filepath.Join(pl.dir, "office", "blobs"))
	if err != nil || len(all) != 3 {
		t.Errorf("got %v, %v, want three files", all, err)
	}
	for _, f := range all {
		b, err := os.ReadFile(filepath.Join(pl.dir, "office", "blobs", f.Name()))
		if sum := sha256.Sum256(b); err != nil || hex.EncodeToString(sum[:]) != f.Name() {
			t.Errorf("%s is not what it is called: %v", f.Name(), err)
		}
	}
}
