package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"habeas/internal/sandbox"
)

// secret is a file outside; a task that opens it has escaped.
const secret = "/etc/hostname"

func TestMain(m *testing.M) {
	standIn()
	sandbox.Main(map[string]sandbox.Task{
		"copy": func(in *os.File, out io.Writer) error { _, err := io.Copy(out, struct{ io.Reader }{in}); return err },
		"fail": func(*os.File, io.Writer) error { return errors.New("an invented reason") },
		"open": func(_ *os.File, out io.Writer) error { return escaped(os.ReadFile(secret)) },
		"make": func(_ *os.File, out io.Writer) error {
			return escaped(nil, os.WriteFile("/tmp/habeas-escaped", nil, 0o600))
		},
		"look": func(_ *os.File, out io.Writer) error { _, err := os.ReadDir("/"); return escaped(nil, err) },
		"dial": func(_ *os.File, out io.Writer) error {
			c, err := net.DialTimeout("tcp", "127.0.0.1:80", time.Second)
			if err == nil {
				c.Close()
			}
			if err != nil && strings.Contains(err.Error(), "refused") { // it reached the network
				err = nil
			}
			return escaped(nil, err)
		},
		"publish": func(in *os.File, out io.Writer) error { return escaped(nil, in.Chmod(0o666)) },
		"date":    func(in *os.File, out io.Writer) error { return escaped(nil, touch(in)) },
		"exec":    func(_ *os.File, out io.Writer) error { return escaped(exec.Command("/bin/true").CombinedOutput()) },
		"env": func(_ *os.File, out io.Writer) error {
			_, err := io.WriteString(out, strings.Join(os.Environ(), " "))
			return err
		},
		"eat": func(*os.File, io.Writer) error {
			var all [][]byte
			for {
				b := make([]byte, 64<<20)
				for i := range b {
					b[i] = 1
				}
				all = append(all, b)
				if len(all) > 1<<20 {
					return nil
				}
			}
		},
		"spin": func(*os.File, io.Writer) error {
			for i := 0; ; i++ {
				if i < 0 {
					return nil
				}
			}
		},
	})
	os.Exit(m.Run())
}

func escaped(_ []byte, err error) error {
	if err != nil {
		return nil // held
	}
	return errors.New("escaped")
}

func run(t *testing.T, task, in string, limits sandbox.Limits) (string, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(name, []byte(in), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	err = sandbox.Run(context.Background(), task, f, &out, limits)
	return out.String(), err
}

var usual = sandbox.Limits{Memory: 256 << 20, Time: 20 * time.Second}

func TestTaskReadsAndWrites(t *testing.T) {
	long := strings.Repeat("words ", 1<<20)
	if out, err := run(t, "copy", long, usual); err != nil || out != long {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}

func TestTaskFails(t *testing.T) {
	_, err := run(t, "fail", "", usual)
	if f, ok := errors.AsType[*sandbox.Failed](err); !ok || f.Text != "an invented reason" {
		t.Errorf("%v", err)
	}
}

// A task that is taken over opens no file, sees no directory, reaches no network
// and starts no program.
func TestAttackTaskIsHeld(t *testing.T) {
	if runtime.GOOS != "linux" || sandbox.Confinement() != "" {
		t.Skip(sandbox.Confinement())
	}
	if _, err := os.ReadFile(secret); err != nil {
		t.Fatal("the test has nothing to find:", err)
	}
	for _, task := range []string{"open", "make", "look", "dial", "exec", "publish", "date"} {
		if _, err := run(t, task, "", usual); err != nil {
			t.Errorf("%s: %v", task, err)
		}
	}
}

func TestTaskHasNoEnvironment(t *testing.T) {
	t.Setenv("HABEAS_CANARY", "seen")
	if out, err := run(t, "env", "", usual); err != nil || out != "" {
		t.Errorf("%q %v", out, err)
	}
}

func TestTaskIsEnded(t *testing.T) {
	if _, err := run(t, "spin", "", sandbox.Limits{Memory: 64 << 20, Time: time.Second}); !errors.Is(err, sandbox.ErrLimits) {
		t.Errorf("time: %v", err)
	}
	if runtime.GOOS != "linux" {
		return
	}
	if _, err := run(t, "eat", "", sandbox.Limits{Memory: 64 << 20, Time: 20 * time.Second}); !errors.Is(err, sandbox.ErrLimits) {
		t.Errorf("memory: %v", err)
	}
}
