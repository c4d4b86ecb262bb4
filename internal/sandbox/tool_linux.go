package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// walled lets cmd start in namespaces of its own, with the one right to mount in
// them; false if system calls can't be filtered here.
func walled(cmd *exec.Cmd) bool {
	if _, ok := machines[runtime.GOARCH]; !ok {
		return false
	}
	confineParent(cmd, true)
	cmd.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN}
	return true
}

// shownToTools is what a tool sees of the file system, as far as it is there: what
// the programs that are used load and draw with. Nothing that an office keeps may
// lie below these.
var shownToTools = []string{
	"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts",
	"/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig", "/usr/share/poppler",
}

// become makes this process the tool at path.
func become(path string, args []string, memory, seconds int64) error {
	runtime.LockOSThread()
	tool, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := enclose(); err != nil {
		return fmt.Errorf("file system: %w", err)
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return err
	}
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&head, &none[0]); err != nil {
		return err
	}
	limits := map[int]uint64{
		unix.RLIMIT_CORE: 0, unix.RLIMIT_NOFILE: 64, unix.RLIMIT_CPU: uint64(seconds) * uint64(runtime.NumCPU()),
		unix.RLIMIT_AS: uint64(memory), unix.RLIMIT_FSIZE: 0, unix.RLIMIT_NPROC: 64,
	}
	argv, argp, err := pointers(args)
	if err != nil {
		return err
	}
	var nothing [1]*byte // no environment, and no path: the open file is the program
	var empty [1]byte
	for what, most := range limits {
		// Go's own wrapper would raise NOFILE again before exec.
		if err := unix.Prlimit(0, what, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := install(toolFilter(uint32(tool))); err != nil {
		return err
	}
	_, _, errno := unix.RawSyscall6(unix.SYS_EXECVEAT, uintptr(tool), uintptr(unsafe.Pointer(&empty[0])),
		uintptr(unsafe.Pointer(&argp[0])), uintptr(unsafe.Pointer(&nothing[0])), unix.AT_EMPTY_PATH, 0)
	runtime.KeepAlive(argv)
	return errno
}

// pointers returns args as the kernel takes them.
func pointers(args []string) (argv [][]byte, argp []*byte, err error) {
	for _, a := range args {
		b, err := unix.ByteSliceFromString(a)
		if err != nil {
			return nil, nil, err
		}
		argv, argp = append(argv, b), append(argp, &b[0])
	}
	return argv, append(argp, nil), nil
}

// enclose puts this process into a file system that has what tools are shown, and
// nothing else. None of it can be written.
func enclose() error {
	const root = "/tmp" // any directory does: it is covered here, and nowhere else
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", root, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=1m,nr_inodes=256,mode=755"); err != nil {
		return err
	}
	for _, name := range shownToTools {
		if err := bind(name, filepath.Join(root, name)); err != nil {
			return err
		}
	}
	if err := unix.Chdir(root); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return err
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil { // what was the root, with all that is in it
		return err
	}
	if err := unix.Chdir("/"); err != nil {
		return err
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV}
	return unix.MountSetattr(unix.AT_FDCWD, "/", unix.AT_RECURSIVE, &attr)
}

// bind shows a file, a directory or a link at to, if there is one.
func bind(name, to string) error {
	info, err := os.Lstat(name)
	if err != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	switch {
	case info.Mode()&os.ModeSymlink != 0:
		link, err := os.Readlink(name)
		if err != nil {
			return err
		}
		return os.Symlink(link, to)
	case info.IsDir():
		err = os.MkdirAll(to, 0o755)
	default:
		err = os.WriteFile(to, nil, 0o644)
	}
	if err != nil {
		return err
	}
	return unix.Mount(name, to, "", unix.MS_BIND|unix.MS_REC, "")
}

// toolMay are calls of [forbidden] that a tool is allowed: it loads libraries and
// reads fonts. What it may open for writing, toolFilter says: nothing.
var toolMay = []uintptr{unix.SYS_READLINKAT, unix.SYS_GETDENTS64, unix.SYS_STATX, unix.SYS_STATFS, unix.SYS_OPENAT, unix.SYS_EXECVEAT}

// toolFilter allows threads but no processes, files that are only read, and the one
// program that lies open as tool. Once that runs, its number is closed: what could be
// put in its place is a file that can be read, so that whatever is run then is held by
// the same walls.
func toolFilter(tool uint32) []unix.SockFilter {
	const thread = unix.CLONE_VM | unix.CLONE_THREAD
	rule := func(call uintptr, offset uint32, mask, want uint32) []unix.SockFilter {
		return []unix.SockFilter{
			{Code: jumpEqual, Jf: 5, K: uint32(call)},
			stmt(load, offset), stmt(unix.BPF_ALU|unix.BPF_AND|unix.BPF_K, mask),
			{Code: jumpEqual, Jf: 1, K: want}, stmt(ret, unix.SECCOMP_RET_ALLOW),
			deny(unix.EPERM),
		}
	}
	argument := func(n uint32) uint32 { return 16 + 8*n }
	program := head()
	program = append(program, rule(unix.SYS_CLONE, argument(0), thread, thread)...)
	program = append(program, rule(unix.SYS_OPENAT, argument(2), unix.O_ACCMODE|unix.O_CREAT|unix.O_TRUNC, unix.O_RDONLY)...)
	program = append(program, rule(unix.SYS_EXECVEAT, argument(0), 0xffffffff, tool)...)
	for _, call := range openForReading() { // of machines that have the older call
		program = append(program, rule(call, argument(1), unix.O_ACCMODE|unix.O_CREAT|unix.O_TRUNC, unix.O_RDONLY)...)
	}
	// clone3 has its flags where a filter can't see them; a library that is told
	// that there is no such call takes clone.
	program = append(program, unix.SockFilter{Code: jumpEqual, Jf: 1, K: unix.SYS_CLONE3}, deny(unix.ENOSYS))
	for _, call := range append(oldCallsOfTools(), forbidden...) {
		if !slices.Contains(toolMay, call) {
			program = append(program, unix.SockFilter{Code: jumpEqual, Jf: 1, K: uint32(call)}, deny(unix.EPERM))
		}
	}
	return append(program, stmt(ret, unix.SECCOMP_RET_ALLOW))
}
