package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"

	"habeas/internal/sandbox"
	"habeas/vault"
)

// runSelf makes the test binary behave as habeas, with passphrases that cost
// little. It is no variable that habeas itself knows.
const runSelf = "TEST_RUNS_AS_COMMAND"

func TestMain(m *testing.M) {
	sandbox.Main(tasks())
	if os.Getenv(runSelf) != "" {
		p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, cost: vault.Cost{Time: 1, Memory: 64}}
		os.Exit(p.run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

const passphrase = "quiet harbour under lantern"

// A place is a directory in which habeas is run.
type place struct {
	t   *testing.T
	dir string
	env []string
	in  io.Reader

	program string // that is run; "" is this test as habeas
}

func newPlace(t *testing.T) *place {
	t.Helper()
	return &place{t: t, dir: t.TempDir()}
}

// office is a place with an office in "office" and its keeper's passphrase in
// "secret".
func office(t *testing.T) *place {
	t.Helper()
	pl := newPlace(t)
	pl.write("secret", passphrase+"\n", 0o600)
	pl.must(0, "init", "office", "--pepper", "office.pepper", "--handle", "keeper", "--name", "The keeper", "--recovery", "no", "--passphrase-file", "secret")
	return pl
}

func (pl *place) write(name, text string, mode os.FileMode) {
	pl.t.Helper()
	path := filepath.Join(pl.dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		pl.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		pl.t.Fatal(err)
	}
}

func (pl *place) command(ctx context.Context, args ...string) *exec.Cmd {
	pl.t.Helper()
	self, err := os.Executable()
	if err != nil {
		pl.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, cmp.Or(pl.program, self), args...)
	cmd.Dir = pl.dir
	cmd.Env = append([]string{runSelf + "=1", "TMPDIR=" + pl.dir, "HOME=" + pl.dir}, pl.env...)
	cmd.Stdin = pl.in
	return cmd
}

// must runs habeas and returns what it wrote; the test ends if it exits
// otherwise than expected.
func (pl *place) must(code int, args ...string) (out, errs string) {
	pl.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := pl.command(pl.t.Context(), args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		pl.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		pl.t.Fatalf("habeas %s: got exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout.String(), stderr.String())
	}
	return stdout.String(), stderr.String()
}

// A server is a habeas that runs until it is stopped.
type server struct {
	t         *testing.T
	cmd       *exec.Cmd
	out, errs bytes.Buffer // to be read after stop
	address   string
	ended     chan struct{}
}

var httpAddress = regexp.MustCompile(`http://\S+\n`)

// start runs habeas until it says where it listens.
func (pl *place) start(args ...string) *server {
	pl.t.Helper()
	s := &server{t: pl.t, cmd: pl.command(context.Background(), args...), ended: make(chan struct{})}
	r, w := io.Pipe()
	s.cmd.Stdout, s.cmd.Stderr = w, &s.errs
	if err := s.cmd.Start(); err != nil {
		pl.t.Fatal(err)
	}
	pl.t.Cleanup(func() { s.cmd.Process.Kill() }) // ended before, unless the test failed
	said, drained := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(s.ended)
		s.cmd.Wait()
		w.Close()
		<-drained
	}()
	go func() {
		defer close(drained)
		buf := make([]byte, 4096)
		for {
			n, err := r.Read(buf)
			s.out.Write(buf[:n])
			if at := httpAddress.FindString(s.out.String()); at != "" || err != nil {
				said <- strings.TrimSpace(at)
				break
			}
		}
		io.Copy(&s.out, r)
	}()
	if s.address = <-said; s.address == "" {
		<-s.ended
		pl.t.Fatalf("habeas %s did not say where it listens:\n%s%s", strings.Join(args, " "), s.out.String(), s.errs.String())
	}
	return s
}

// stop interrupts the server, which must end well, and returns what it wrote.
func (s *server) stop() string {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	<-s.ended
	if got := s.cmd.ProcessState.ExitCode(); got != 0 {
		s.t.Errorf("got exit code %d after SIGTERM, want 0: %s", got, s.errs.String())
	}
	return s.out.String() + s.errs.String()
}

// TestMisuse: whatever is misspelt is an error, says so in one line, and says
// what to do in the next.
func TestMisuse(t *testing.T) {
	for _, tc := range []struct {
		name, args, config, env string
		want, hint              string
	}{
		{"a flag", "serve --lisen 127.0.0.1:1 office", "", "", "unknown flag --lisen", "perhaps --listen is meant"},
		{"a command", "sevre office", "", "", "sevre", "habeas --help"},
		{"a key of the file", "serve --config c.json office", `{"lisen": "127.0.0.1:1"}`, "", `unknown key "lisen"`, "habeas --help"},
		{"no JSON", "serve --config c.json office", `listen = 1`, "", "is not a JSON object", `{"listen"`},
		{"two objects", "serve --config c.json office", `{} {}`, "", "more than one JSON object", ""},
		{"a list of numbers", "serve --config c.json office", `{"host": [1]}`, "", "not text", ""},
		{"an object", "serve --config c.json office", `{"listen": {}}`, "", "neither text nor a number", ""},
		{"a config file in the config file", "serve --config c.json office", `{"config": "d.json"}`, "", `unknown key "config"`, ""},
		{"a variable", "version", "", "HABEAS_LISEN=127.0.0.1:1", "unknown environment variable HABEAS_LISEN", "HABEAS_LISTEN for --listen"},
		{"a passphrase as a variable", "version", "", "HABEAS_PASSPHRASE=x", "unknown environment variable", "never read from the environment"},
		{"a passphrase as a flag", "verify --handle keeper --passphrase=x office", "", "", "unknown flag --passphrase", "--passphrase-file"},
		{"a passphrase for nobody", "verify --passphrase-file c.json office", "", "", "nobody to whom it belongs", "--handle"},
		{"no office", "verify office", "", "", "there is no office", "habeas init"},
		{"the network", "serve --listen 0.0.0.0:8080 office", "", "", "plain HTTP", "onion"},
		{"the network, in the file", "serve --config c.json office", `{"listen": ":8080"}`, "", "plain HTTP", "onion"},
		{"the network, in the demo", "demo --listen 192.0.2.1:80", "", "", "plain HTTP", "onion"},
		{"no port", "serve --listen 127.0.0.1 office", "", "", "not host:port", "127.0.0.1:8080"},
		{"nowhere to ask", "verify --handle keeper office", "", "", "no terminal", "--passphrase-file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pl := newPlace(t)
			pl.write("c.json", tc.config, 0o600)
			if tc.env != "" {
				pl.env = append(pl.env, tc.env)
			}
			cmd := pl.command(t.Context(), strings.Fields(tc.args)...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			cmd.Run()
			if got, want := cmd.ProcessState.ExitCode(), 2; got != want {
				t.Errorf("got exit code %d, want %d", got, want)
			}
			first, rest, _ := strings.Cut(stderr.String(), "\n")
			if !strings.HasPrefix(first, "habeas: error: ") || !strings.Contains(first, tc.want) || strings.HasSuffix(first, ".") {
				t.Errorf("got %q, want an error with %q", first, tc.want)
			}
			if tc.hint != "" && !strings.Contains(rest, tc.hint) {
				t.Errorf("got hints %q, want %q in them", rest, tc.hint)
			}
			for line := range strings.Lines(rest) {
				if !strings.HasPrefix(line, "habeas: hint: ") {
					t.Errorf("got line %q, want a hint", line)
				}
			}
		})
	}
}

// TestFlagOverEnvironmentOverFile sets one flag in three places. Each value is
// refused, and the refusal says which one was taken.
func TestFlagOverEnvironmentOverFile(t *testing.T) {
	pl := newPlace(t)
	pl.write("c.json", `{"listen": "192.0.2.1:1", "host": ["a.example", "b.example"]}`, 0o600)
	for _, tc := range []struct {
		env  []string
		args []string
		want string
	}{
		{[]string{"HABEAS_CONFIG=c.json"}, nil, "192.0.2.1:1"},
		{[]string{"HABEAS_CONFIG=c.json", "HABEAS_LISTEN=192.0.2.2:2"}, nil, "192.0.2.2:2"},
		{[]string{"HABEAS_CONFIG=c.json", "HABEAS_LISTEN=192.0.2.2:2"}, []string{"--listen", "192.0.2.3:3"}, "192.0.2.3:3"},
	} {
		pl.env = tc.env
		_, errs := pl.must(2, append([]string{"serve", "office"}, tc.args...)...)
		if !strings.Contains(errs, tc.want+" is more") {
			t.Errorf("with %q and %q: got %s, want %s", tc.env, tc.args, errs, tc.want)
		}
	}
}

// TestNoFlagHoldsASecret looks through the flags of all commands: what stands
// in an argument or a variable is seen by everybody on the machine.
func TestNoFlagHoldsASecret(t *testing.T) {
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	names := flagNames(parser.Model)
	if len(names) < 10 {
		t.Fatalf("found only %d flags", len(names))
	}
	for _, name := range names {
		for _, word := range []string{"pass", "secret", "key", "token"} {
			if strings.Contains(name, word) && !slices.Contains([]string{"passphrase-file", "keys", "keep-keys"}, name) { // a file, a directory, a time
				t.Errorf("--%s would hold a secret", name)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	out, _ := newPlace(t).must(0, "version")
	if !strings.HasPrefix(out, "habeas ") || !strings.Contains(out, "built with go") {
		t.Errorf("got %q", out)
	}
}
