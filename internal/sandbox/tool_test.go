package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"habeas/internal/sandbox"
)

const standInName = "ffmpeg-taken-over"

// standIn is a tool that was taken over by the file that it reads: this very test,
// started as one. It says "held" unless it gets out.
func standIn() {
	if len(os.Args) < 2 || os.Args[0] != standInName {
		return
	}
	escapes := map[string]func(arg string) error{
		"read": func(name string) error { _, err := os.ReadFile(name); return err },
		"list": func(name string) error { _, err := os.ReadDir(name); return err },
		"make": func(name string) error { return os.WriteFile(name, []byte("x"), 0o600) },
		"dir":  func(name string) error { return os.Mkdir(name, 0o700) },
		"up": func(string) error {
			_ = syscall.Chdir("../../../..")
			_, err := os.ReadDir("home")
			return err
		},
		"net": func(string) error {
			c, err := net.DialTimeout("tcp", "127.0.0.1:9", time.Second)
			if err == nil {
				c.Close()
			} else if strings.Contains(err.Error(), "refused") {
				return nil
			}
			return err
		},
		"socket": func(string) error {
			_, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
			return err
		},
		"exec":  func(name string) error { return exec.Command(name).Run() },
		"fork":  func(string) error { return fork() },
		"mount": func(string) error { return mount() },
		"env": func(string) error {
			if len(os.Environ()) == 0 {
				return errors.New("none")
			}
			return nil
		},
		"fds": func(string) error {
			for fd := 3; fd < 64; fd++ {
				var st syscall.Stat_t
				if syscall.Fstat(fd, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFREG {
					return nil
				}
			}
			return errors.New("none")
		},
	}
	switch arg := strings.Join(os.Args[2:], " "); os.Args[1] {
	case "copy":
		_, _ = io.Copy(os.Stdout, os.Stdin)
	case "fail":
		fmt.Fprintln(os.Stderr, "an invented reason")
		os.Exit(1)
	case "eat":
		var all [][]byte
		for range 128 { // twice what it may
			all = append(all, make([]byte, 32<<20))
		}
		runtime.KeepAlive(all)
	case "spin":
		for {
		}
	case "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				os.Exit(0)
			}
		}
	default:
		if err := escapes[os.Args[1]](arg); err == nil {
			fmt.Print("escaped")
		} else {
			fmt.Print("held")
		}
	}
	os.Exit(0)
}

func tool(t *testing.T) sandbox.Tool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return sandbox.Tool{Name: standInName, Package: "none", Path: self}
}

// runTool gives the words of in to the tool. It skips where nothing can be confined.
func runTool(t *testing.T, in string, limits sandbox.Limits, args ...string) (string, error) {
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
	err = tool(t).Run(context.Background(), args, f, &out, limits)
	if errors.Is(err, sandbox.ErrWalls) {
		t.Skip(err)
	}
	return out.String(), err
}

var forTools = sandbox.Limits{Memory: 2 << 30, Time: 20 * time.Second, Output: 16 << 20}

func TestToolReadsAndWrites(t *testing.T) {
	long := strings.Repeat("words ", 1<<20)
	if out, err := runTool(t, long, forTools, "copy"); err != nil || out != long {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	_, err := runTool(t, "", forTools, "fail")
	if f, ok := errors.AsType[*sandbox.Failed](err); !ok || f.Text != "an invented reason" {
		t.Errorf("%v", err)
	}
}

// A tool that is taken over by a file reads nothing that the office keeps, writes
// nothing, reaches no network, and starts no program and no process.
func TestAttackToolIsHeld(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("not Linux")
	}
	data := t.TempDir() // as an office keeps its files, for everybody to read
	kept := filepath.Join(data, "desk.db")
	if err := os.WriteFile(kept, []byte("{{CANARY-Zoya}}"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HABEAS_CANARY", "seen")
	beside, err := os.Open(kept) // what this process has open is not passed on
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	for _, args := range [][]string{
		{"read", kept}, {"read", "/etc/passwd"}, {"read", "/etc/hostname"}, {"read", "/proc/self/environ"}, {"read", "/proc/1/environ"},
		{"list", data}, {"list", "/home"}, {"list", "/tmp"}, {"list", "/proc"}, {"list", "/var"}, {"list", "/usr/bin"}, {"up"},
		{"make", filepath.Join(data, "new")}, {"make", kept}, {"make", "/new"}, {"make", "/tmp/habeas-escaped"}, {"make", "/usr/lib/habeas-escaped"},
		{"dir", "/new"}, {"net"}, {"socket"}, {"exec", "/bin/true"}, {"exec", "/lib64/ld-linux-x86-64.so.2"}, {"fork"}, {"mount"}, {"env"}, {"fds"},
	} {
		if out, err := runTool(t, "", forTools, args...); err != nil || out != "held" {
			t.Errorf("%v: %q %v", args, out, err)
		}
	}
	if _, err := os.Stat(filepath.Join(data, "new")); err == nil {
		t.Error("a file was made")
	}
}

func TestToolIsEnded(t *testing.T) {
	short := forTools
	short.Time = time.Second
	if _, err := runTool(t, "", short, "spin"); !errors.Is(err, sandbox.ErrLimits) {
		t.Errorf("time: %v", err)
	}
	if out, err := runTool(t, "", forTools, "flood"); !errors.Is(err, sandbox.ErrLimits) || len(out) > 16<<20 {
		t.Errorf("output: %d bytes, %v", len(out), err)
	}
	if _, err := runTool(t, "", forTools, "eat"); err == nil {
		t.Error("memory: it had all that it wanted")
	}
}

func TestToolIsMissing(t *testing.T) {
	err := sandbox.Tool{Name: "no-such-tool-of-habeas", Package: "invented"}.Run(context.Background(), nil, nil, io.Discard, forTools)
	if m, ok := errors.AsType[*sandbox.Missing](err); !ok || !strings.Contains(m.Error(), "apt install invented") {
		t.Error(err)
	}
}
