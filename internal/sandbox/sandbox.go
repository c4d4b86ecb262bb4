// Package sandbox opens files of strangers in a process of their own: this very
// program, started again with one task, a file to read, a place to write, and
// nothing else. It has no environment and no arguments but the name of the task,
// sees no data directory, and has limits of memory, time and open files. On Linux
// it can open no file, use no network and start no program; see [Confinement] for
// what a system does not give.
package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"
)

// A Task reads a file and writes what comes of it. It runs confined. What it
// returns as an error reaches the caller as text.
type Task func(in *os.File, out io.Writer) error

// name is what the program is called when it is started again.
const name = "habeas-sandbox"

// Limits bound a task.
type Limits struct {
	Memory int64         // bytes that the task may use
	Time   time.Duration // by the clock
	Output int64         // bytes that a tool may write; of no meaning to tasks
}

// ErrLimits says that a task used more than it may, or was ended.
var ErrLimits = errors.New("sandbox: the task used more memory or time than it may")

// A Failed is what a task returned as its error.
type Failed struct{ Text string }

// Error returns the text.
func (f *Failed) Error() string { return f.Text }

// Exit status of a task that failed by itself.
const failed = 3

// Run starts task with the file in as it stands, which may be larger than memory,
// and writes what the task writes to out. What it wrote must not be used if there
// is an error.
func Run(ctx context.Context, task string, in *os.File, out io.Writer, limits Limits) error {
	ctx, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	var said bytes.Buffer
	start := func(isolate bool) error {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		cmd := exec.CommandContext(ctx, self)
		cmd.Args = []string{name, task, fmt.Sprint(limits.Memory), fmt.Sprint(int64(limits.Time/time.Second) + 1)}
		cmd.Env, cmd.Dir = []string{}, "/"
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &limited{w: &said, left: 4096}
		cmd.WaitDelay = time.Second
		confineParent(cmd, isolate)
		return cmd.Run()
	}
	err := start(true)
	if err != nil && !errors.As(err, new(*exec.ExitError)) && ctx.Err() == nil { // namespaces are not to be had here
		err = start(false)
	}
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return nil
	case ended && exit.ExitCode() == failed:
		return &Failed{strings.TrimSpace(said.String())}
	case ended:
		return ErrLimits
	}
	return err
}

// Main runs the task, or becomes the tool, that this process was started for, if it
// was, and does not return then. It is called before anything else that the program does.
func Main(tasks map[string]Task) {
	becomeTool()
	if len(os.Args) != 4 || os.Args[0] != name {
		return
	}
	task := tasks[os.Args[1]]
	var memory, seconds int64
	if _, err := fmt.Sscan(os.Args[2], &memory); err != nil || task == nil {
		os.Exit(2)
	}
	if _, err := fmt.Sscan(os.Args[3], &seconds); err != nil {
		os.Exit(2)
	}
	debug.SetMemoryLimit(memory)
	if err := confine(memory, seconds); err != nil {
		fmt.Fprintln(os.Stderr, "the task could not be confined")
		os.Exit(2)
	}
	if err := task(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(failed)
	}
	os.Exit(0)
}

// limited is a writer that forgets what is too much.
type limited struct {
	w    io.Writer
	left int
}

// Write writes what there is room for.
func (l *limited) Write(b []byte) (int, error) {
	n := min(len(b), l.left)
	l.left -= n
	_, err := l.w.Write(b[:n])
	return len(b), err
}

// RunWith is [Run] for a task that is asked something first: it reads ask by
// [Asked], and then file. It comes by a pipe, so that none of it lies on the disk.
func RunWith(ctx context.Context, task string, ask any, file io.Reader, out io.Writer, limits Limits) error {
	line, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	go func() { // ends when all was read, or nobody reads any more
		defer w.Close()
		_, _ = io.Copy(w, io.MultiReader(bytes.NewReader(append(line, '\n')), file))
	}()
	return Run(ctx, task, r, out, limits)
}

// Asked reads what a task was asked into ask, and returns the file behind it.
func Asked(in *os.File, ask any) (io.Reader, error) {
	r := bufio.NewReader(in)
	line, err := r.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	return r, json.Unmarshal(line, ask)
}
