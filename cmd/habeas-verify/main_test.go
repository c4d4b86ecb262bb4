package main

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"habeas/custody/custodytest"
)

func verifies(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	if got := run(args, &o, &e); got != want {
		t.Errorf("%q: got exit code %d, want %d\n%s%s", args, got, want, &o, &e)
	}
	return o.String(), e.String()
}

func TestVerdicts(t *testing.T) {
	p := custodytest.NewParcel(t)
	dir := filepath.Join(t.TempDir(), "given")
	p.Lay(t, dir)
	archive := filepath.Join(t.TempDir(), "given.zip")
	p.Zip(t, archive)
	root := p.Trust.Root.String()
	for _, path := range []string{dir, archive} {
		out, _ := verifies(t, 0, "--root", root, "--witness", p.Witness, path)
		if !strings.HasPrefix(out, "VERIFIED\n") || !strings.Contains(out, "does not show: who made it, when and where") || !strings.Contains(out, "a court, invented") {
			t.Errorf("got %s", out)
		}
		out, _ = verifies(t, 0, path)
		if !strings.HasPrefix(out, "INTEGRITY ONLY\n") || !strings.Contains(out, "not done  the log is that of the office you named: it says "+root) {
			t.Errorf("got %s", out)
		}
		out, _ = verifies(t, 1, "--root", strings.Repeat("ab", 16), path)
		if !strings.HasPrefix(out, "BROKEN\n") {
			t.Errorf("got %s", out)
		}
	}
	var report struct {
		Verdict   string
		Checks    []struct{ Check, Result string }
		Items     []struct{ Events []struct{ Act string } }
		Witnesses []struct{ Name string }
	}
	out, _ := verifies(t, 0, "--json", "--root", root, "--witness", p.Witness, dir)
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Verdict != "VERIFIED" || len(report.Checks) != 13 || len(report.Items) != 2 || len(report.Items[0].Events) != 5 || report.Witnesses[0].Name != "partner.example" {
		t.Errorf("got %v, %s", err, out)
	}
}

func TestNotTried(t *testing.T) {
	p := custodytest.NewParcel(t)
	dir := t.TempDir()
	p.Lay(t, dir)
	file := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(file, []byte("no bundle"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{nil, "usage:"},
		{[]string{dir, dir}, "usage:"},
		{[]string{"--server", dir}, "usage:"},
		{[]string{filepath.Join(dir, "nowhere")}, "no such file"},
		{[]string{file}, "this is no bundle"},
		{[]string{t.TempDir()}, "this is no bundle"},
		{[]string{"--root", "x", dir}, "not a fingerprint"},
		{[]string{"--root", strings.Repeat("0", 32), dir}, "not a fingerprint"},
		{[]string{"--witness", "x\x1b[2J", dir}, `key of a witness: x\u001b[2J`},
		{[]string{"--least", "1", dir}, "asks for 1 witnesses, and 0"},
		{[]string{"--witness", p.Witness, "--witness", p.Witness, dir}, "twice"},
		{[]string{"--roots", file, dir}, "no certificate"},
	} {
		if out, errs := verifies(t, 2, tc.args...); !strings.Contains(errs, tc.want) || out != "" {
			t.Errorf("%q: got %q, %q, want %q", tc.args, out, errs, tc.want)
		}
	}
}

// What stands in a bundle is by whoever packed it: it moves no cursor.
func TestAttackNamesAreInert(t *testing.T) {
	p := custodytest.NewParcel(t)
	dir := t.TempDir()
	p.Lay(t, dir)
	for _, name := range []string{"\x1b]0;VERIFIED\a", "\u202egpj.exe", "\u009b2J", "line\nVERIFIED"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, more := range [][]string{nil, {"--json"}} {
		out, _ := verifies(t, 1, append(more, dir)...)
		if strings.ContainsAny(out, "\x1b\a\u202e\u009b") || strings.Contains(out, "\nVERIFIED") || !strings.Contains(out, `\u202e`) {
			t.Errorf("got %q", out)
		}
	}
}

// A link that leads out of the bundle is not followed, to a file or to a pipe that
// would never answer.
func TestAttackLinksOut(t *testing.T) {
	p := custodytest.NewParcel(t)
	secret := filepath.Join(t.TempDir(), "secret")
	for _, name := range []string{"data/E0001.jpg", "custody/checkpoint.txt", "custody", "bagit.txt"} {
		dir := t.TempDir()
		p.Lay(t, dir)
		path := filepath.Join(dir, name)
		if err := os.Rename(path, secret); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(secret, path); err != nil {
			t.Fatal(err)
		}
		verifies(t, 1, dir)
		if err := os.RemoveAll(secret); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	p.Lay(t, dir)
	pipe := filepath.Join(dir, "custody", "checkpoint.txt")
	if out, err := exec.Command("sh", "-c", `rm "$1" && mkfifo "$1"`, "sh", pipe).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	verifies(t, 1, dir)
}

func build(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program")
	}
	file := filepath.Join(t.TempDir(), "habeas-verify")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// TestBinary: it fits on any stick, needs no library, and asks nobody: under
// strace it makes no call of the network and opens no file for writing.
func TestBinary(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks at a program of Linux")
	}
	file := build(t)
	about, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if about.Size() >= 15<<20 {
		t.Errorf("it has %d bytes, 15 MiB or more", about.Size())
	}
	e, err := elf.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if libs, err := e.ImportedLibraries(); err != nil || len(libs) > 0 {
		t.Errorf("it needs %q, %v", libs, err)
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed: what the program asks of the system was not looked at")
	}
	p := custodytest.NewParcel(t)
	dir, archive := t.TempDir(), filepath.Join(t.TempDir(), "given.zip")
	p.Lay(t, dir)
	p.Zip(t, archive)
	for _, path := range []string{dir, archive} {
		calls := traced(t, file, "--root", p.Trust.Root.String(), "--witness", p.Witness, path)
		if !strings.Contains(calls, path) {
			t.Fatalf("strace saw nothing:\n%s", calls)
		}
		for line := range strings.Lines(calls) {
			call, _, _ := strings.Cut(line, `"`)
			if at := forbidden.FindString(call + line[strings.LastIndex(line, `"`)+1:]); at != "" && !strings.Contains(line, "readlink") {
				t.Errorf("%s: %s", at, line)
			}
		}
	}
}

// forbidden are calls of the network, and those that change files.
var forbidden = regexp.MustCompile(`socket|connect|bind\(|listen\(|accept|send|recv|io_uring|O_WRONLY|O_RDWR|O_CREAT|creat\(|rename|unlink|mkdir|mknod|symlink|link\(|chmod|chown|truncate|utime`)

// traced runs file, which must say VERIFIED, and returns the calls it made.
func traced(t *testing.T, file string, args ...string) string {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	out, err := exec.Command("strace", append([]string{"-f", "-o", trace, "-e", "trace=%network,%file,io_uring_setup", file}, args...)...).CombinedOutput()
	if err != nil && strings.Contains(string(out), "ptrace") {
		t.Skipf("strace may not trace here: %s", out)
	}
	if err != nil || !strings.HasPrefix(string(out), "VERIFIED\n") {
		t.Fatalf("%v\n%s", err, out)
	}
	calls, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	return string(calls)
}
