package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Tool is a program of this system that reads files of strangers, such as
// ffmpeg.
type Tool struct {
	Name    string // as it is looked for, and as it is told that it is called
	Package string // of Debian, that has it
	Path    string // of the program; "": it is looked for on the PATH
}

// A Missing says that a tool is not installed.
type Missing struct{ Tool Tool }

// Error says how to get it.
func (m *Missing) Error() string {
	return fmt.Sprintf("needs %s: apt install %s", m.Tool.Name, m.Tool.Package)
}

// ErrWalls says that this system does not let a tool be confined. It was not run.
var ErrWalls = errors.New("sandbox: this system has no namespaces for a tool to be confined in")

// toolName is what this program is called when it is started again to become a
// tool.
const toolName = "habeas-tool"

// noWalls is the exit status of what could not be confined.
const noWalls = 125

// Find returns where the tool is; the error is a [*Missing] if it is not.
func (t Tool) Find() (string, error) {
	path := t.Path
	if path == "" {
		var err error
		if path, err = exec.LookPath(t.Name); err != nil {
			return "", &Missing{t}
		}
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", &Missing{t}
	}
	return filepath.Abs(path)
}

// Run runs the tool with args. It reads in as its standard input, from where it
// stands, and what it writes to its standard output goes to out, up to
// limits.Output bytes; what is in out must not be used if there is an error. The
// tool sees the libraries and fonts of the system and no other file, has no network
// and no environment, writes no file and starts no program. It is not run at all
// where that can't be had: [ErrWalls]. A tool that is not there is a [*Missing], one
// that ends with an error a [*Failed] with what it said.
func (t Tool) Run(ctx context.Context, args []string, in *os.File, out io.Writer, limits Limits) error {
	path, err := t.Find()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	var said bytes.Buffer
	capped := &capped{w: out, left: limits.Output}
	cmd := exec.CommandContext(ctx, self)
	cmd.Args = append([]string{toolName, path, fmt.Sprint(limits.Memory), fmt.Sprint(int64(limits.Time/time.Second) + 1), t.Name}, args...)
	cmd.Env, cmd.Dir = []string{}, "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, capped, &limited{w: &said, left: 4096}
	cmd.WaitDelay = time.Second
	if !walled(cmd) {
		return ErrWalls
	}
	err = cmd.Run()
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case capped.over, ctx.Err() != nil:
		return ErrLimits
	case err == nil:
		return nil
	case ended && exit.ExitCode() == noWalls, !ended && cmd.Process == nil:
		return ErrWalls
	case ended && exit.ExitCode() > 0:
		return &Failed{strings.ToValidUTF8(strings.TrimSpace(said.String()), "\ufffd")}
	case ended:
		return ErrLimits
	}
	return err
}

// capped is a writer that fails at what is too much.
type capped struct {
	w    io.Writer
	left int64
	over bool
}

// Write writes what there is room for, or fails.
func (c *capped) Write(b []byte) (int, error) {
	if int64(len(b)) > c.left {
		c.over = true
		return 0, ErrLimits
	}
	c.left -= int64(len(b))
	return c.w.Write(b)
}

// becomeTool makes this process the tool that it was started for, if it was, and
// does not return then.
func becomeTool() {
	if len(os.Args) < 5 || os.Args[0] != toolName {
		return
	}
	var memory, seconds int64
	_, err := fmt.Sscan(os.Args[2]+" "+os.Args[3], &memory, &seconds)
	if err == nil {
		err = become(os.Args[1], os.Args[4:], memory, seconds) // returns only if it fails
	}
	fmt.Fprintln(os.Stderr, "the tool could not be confined:", err)
	os.Exit(noWalls)
}
