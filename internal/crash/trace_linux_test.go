package crash

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A tracer follows a process and records each call of the system by which it changes
// files below a directory, or has them synced: whoever wrote the code that calls it, no
// file is written past it. What is mapped into memory is not seen; of what this program
// writes that is only the index of a write-ahead log (-shm), which the engine makes anew
// after the power was cut.
type tracer struct {
	root string // absolute, with links followed
	disk *platter
	at   map[int]*called // by thread, the call that it is in
	err  error
}

// A called is a call that began.
type called struct {
	nr    uint64
	args  [6]uint64
	paths [2]string // as the call names them, absolute
	there bool      // something has the first name
}

// record runs a process to its end and records what it does below a directory.
func record(t *testing.T, root string, c *exec.Cmd) *platter {
	t.Helper()
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		t.Fatal(err)
	}
	tr := &tracer{root: root, disk: &platter{}, at: map[int]*called{}}
	if tr.disk.root, err = read(root); err != nil {
		t.Fatal(err)
	}
	errs, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer errs.Close()
	c.Stderr = errs
	status, err := tr.run(c)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("LEFT OUT: the system lets no process be followed here")
	}
	if err = errors.Join(err, tr.err); err != nil {
		t.Fatal(err)
	}
	if status != 0 {
		said, _ := os.ReadFile(errs.Name())
		t.Fatalf("the process ended with %d: %s", status, said)
	}
	return tr.disk
}

// run follows the process. A thread that follows others is asked by none but itself.
func (tr *tracer) run(c *exec.Cmd) (status int, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := c.Start(); err != nil {
		return 0, err
	}
	defer c.Process.Release()
	var ws unix.WaitStatus
	if _, err := unix.Wait4(c.Process.Pid, &ws, 0, nil); err != nil {
		return 0, err
	}
	const follow = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(c.Process.Pid, follow); err != nil {
		return 0, err
	}
	seen := map[int]bool{c.Process.Pid: true}
	for tid := c.Process.Pid; ; {
		deliver := 0
		switch sig := ws.StopSignal(); {
		case !ws.Stopped():
			delete(seen, tid)
			if tid == c.Process.Pid {
				status = ws.ExitStatus()
			}
		case sig == unix.SIGTRAP|0x80:
			tr.stopped(tid)
		case sig == unix.SIGTRAP, sig == unix.SIGSTOP && !seen[tid]: // something of the tracing itself
		default:
			deliver = int(sig)
		}
		if ws.Stopped() {
			seen[tid] = true
			unix.PtraceSyscall(tid, deliver) // it may be gone
		}
		const ofThisThread = 0x20000000 // __WNOTHREAD
		if tid, err = unix.Wait4(-1, &ws, unix.WALL|ofThisThread, nil); err != nil {
			if errors.Is(err, unix.ECHILD) {
				err = nil
			}
			return status, err
		}
	}
}

// stopped looks at a call that begins or ends.
func (tr *tracer) stopped(tid int) {
	var info struct {
		op        uint8
		_         [3]uint8
		_         uint32
		_, _      uint64
		nr        uint64 // of the call; when it ends, what it returns
		args      [6]uint64
		_         uint64
		isFailure bool
	}
	const getInfo, entry, exit = 0x420e, 1, 2
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, getInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0); errno != 0 {
		tr.fail(errno)
		return
	}
	switch info.op {
	case entry:
		tr.at[tid] = tr.begins(tid, info.nr, info.args)
	case exit:
		c := tr.at[tid]
		delete(tr.at, tid)
		if n := int64(info.nr); c != nil && n >= 0 {
			tr.fail(tr.ended(tid, c, n))
		}
	}
}

func (tr *tracer) fail(err error) {
	if tr.err == nil && err != nil && !errors.Is(err, unix.ESRCH) {
		tr.err = err
	}
}

// named are the calls that name files: where in their arguments the directory and the
// name of each stand; -1 for a name without a directory.
func namedIn(nr uint64) (at [][2]int) {
	switch nr {
	case unix.SYS_OPENAT, unix.SYS_MKDIRAT, unix.SYS_UNLINKAT:
		return [][2]int{{0, 1}}
	case unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_LINKAT:
		return [][2]int{{0, 1}, {2, 3}}
	case unix.SYS_TRUNCATE:
		return [][2]int{{-1, 0}}
	}
	return nil
}

// onFiles are the calls that change an open file, and have it as their first argument.
var onFiles = []uint64{unix.SYS_WRITE, unix.SYS_PWRITE64, unix.SYS_WRITEV, unix.SYS_PWRITEV, unix.SYS_PWRITEV2, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE,
	unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_SENDFILE, unix.SYS_COPY_FILE_RANGE, unix.SYS_SPLICE}

func (tr *tracer) begins(tid int, nr uint64, args [6]uint64) *called {
	c := &called{nr: nr, args: args}
	at := namedIn(nr)
	if at == nil {
		if !slices.Contains(onFiles, nr) {
			return nil
		}
		return c
	}
	for i, in := range at {
		dir := int32(unix.AT_FDCWD)
		if in[0] >= 0 {
			dir = int32(args[in[0]])
		}
		path, err := tr.path(tid, dir, args[in[1]])
		if err != nil {
			tr.fail(err)
			return nil
		}
		c.paths[i] = path
	}
	_, err := os.Lstat(c.paths[0])
	c.there = err == nil
	return c
}

// path reads the name that a process gives, and makes it absolute.
func (tr *tracer) path(tid int, dir int32, at uint64) (string, error) {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", tid))
	if err != nil {
		return "", err
	}
	defer mem.Close()
	b := make([]byte, unix.PathMax)
	n, err := mem.ReadAt(b, int64(at))
	end := slices.Index(b[:n], 0)
	if end < 0 {
		return "", errors.Join(err, errors.New("a path without an end"))
	}
	name := string(b[:end])
	if filepath.IsAbs(name) {
		return filepath.Clean(name), nil
	}
	from := fmt.Sprintf("/proc/%d/cwd", tid)
	if dir != unix.AT_FDCWD {
		from = fmt.Sprintf("/proc/%d/fd/%d", tid, dir)
	}
	base, err := os.Readlink(from)
	return filepath.Join(base, name), err
}

// below returns a path as it is below the directory that is recorded.
func (tr *tracer) below(path string) (name string, ok bool) {
	name, err := filepath.Rel(tr.root, path)
	return name, err == nil && filepath.IsLocal(name)
}

func (tr *tracer) note(c change) { tr.disk.ops = append(tr.disk.ops, c) }

// ended records a call that did not fail.
func (tr *tracer) ended(tid int, c *called, n int64) error {
	if namedIn(c.nr) == nil {
		return tr.changed(tid, c, n)
	}
	name, ok := tr.below(c.paths[0])
	if !ok {
		return nil
	}
	dir, base := tr.disk.root.find(filepath.Dir(name)), filepath.Base(name)
	if dir == nil {
		return fmt.Errorf("nothing is known of %s", filepath.Dir(name))
	}
	switch c.nr {
	case unix.SYS_OPENAT:
		switch {
		case c.args[2]&unix.O_CREAT != 0 && !c.there && dir.live[base] == nil:
			tr.linked(dir, base, &inode{})
		case c.args[2]&unix.O_TRUNC != 0:
			tr.note(change{do: truncate, at: dir.live[base]})
		}
	case unix.SYS_MKDIRAT:
		tr.linked(dir, base, &inode{dir: true, live: map[string]*inode{}, names: map[string]*inode{}})
	case unix.SYS_UNLINKAT:
		delete(dir.live, base)
		tr.note(change{do: unlink, at: dir, name: base})
	case unix.SYS_TRUNCATE:
		tr.note(change{do: truncate, at: dir.live[base], off: int64(c.args[1])})
	default:
		return tr.renamed(c, dir, base)
	}
	return nil
}

func (tr *tracer) linked(dir *inode, name string, n *inode) {
	dir.live[name] = n
	tr.note(change{do: link, at: dir, name: name, child: n})
}

func (tr *tracer) renamed(c *called, dir *inode, base string) error {
	to, ok := tr.below(c.paths[1])
	if !ok {
		return fmt.Errorf("%s leaves the directory", base)
	}
	n, into, name := dir.live[base], tr.disk.root.find(filepath.Dir(to)), filepath.Base(to)
	switch {
	case c.nr == unix.SYS_LINKAT:
		tr.linked(into, name, n)
	case into == dir:
		delete(dir.live, base)
		dir.live[name] = n
		tr.note(change{do: rename, at: dir, name: base, to: name, child: n})
	default:
		return fmt.Errorf("%s is moved to another directory", base)
	}
	return nil
}

// changed records what was done to an open file.
func (tr *tracer) changed(tid int, c *called, n int64) error {
	fd := int32(c.args[0])
	switch c.nr {
	case unix.SYS_COPY_FILE_RANGE, unix.SYS_SPLICE:
		fd = int32(c.args[2])
	}
	if fd == 1 && c.nr == unix.SYS_WRITE {
		return tr.heard(tid, c.args[1], n)
	}
	open := fmt.Sprintf("/proc/%d/fd/%d", tid, fd)
	path, err := os.Readlink(open)
	name, ok := tr.below(path)
	if err != nil || !ok {
		return nil
	}
	at := tr.disk.root.find(name)
	if at == nil {
		return nil // it was removed, and comes back with no name
	}
	switch c.nr {
	case unix.SYS_FSYNC, unix.SYS_FDATASYNC:
		tr.note(change{do: flush, at: at})
		return nil
	case unix.SYS_FTRUNCATE:
		tr.note(change{do: truncate, at: at, off: int64(c.args[1])})
		return nil
	case unix.SYS_FALLOCATE:
		st, err := os.Stat(open)
		if err == nil {
			tr.note(change{do: truncate, at: at, off: st.Size()})
		}
		return err
	case unix.SYS_PWRITE64, unix.SYS_PWRITEV, unix.SYS_PWRITEV2:
		return tr.wrote(open, at, int64(c.args[3]), n)
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", tid, fd))
	if err != nil {
		return err
	}
	pos, _, _ := strings.Cut(strings.TrimPrefix(string(b), "pos:\t"), "\n")
	end, err := strconv.ParseInt(pos, 10, 64)
	return errors.Join(err, tr.wrote(open, at, end-n, n))
}

// wrote records what stands in a file now where it was written.
func (tr *tracer) wrote(open string, at *inode, off, n int64) error {
	f, err := os.Open(open)
	if err != nil {
		return err
	}
	defer f.Close()
	b := make([]byte, n)
	if _, err := f.ReadAt(b, off); err != nil && err != io.EOF {
		return err
	}
	tr.note(change{do: write, at: at, off: off, data: b})
	return nil
}

// heard records a line of the standard output.
func (tr *tracer) heard(tid int, at uint64, n int64) error {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", tid))
	if err != nil {
		return err
	}
	defer mem.Close()
	b := make([]byte, n)
	if _, err := mem.ReadAt(b, int64(at)); err != nil {
		return err
	}
	var s Said
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("the process says %q: %w", b, err)
	}
	tr.note(change{do: saying, said: s})
	return nil
}
