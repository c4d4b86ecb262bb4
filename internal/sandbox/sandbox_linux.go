package sandbox

import (
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// confineParent starts the task in namespaces of its own: no network, no mounts
// and no processes but its own. Not every system lets one who is not root.
func confineParent(cmd *exec.Cmd, isolate bool) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	if isolate {
		attr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 65534, HostID: syscall.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 65534, HostID: syscall.Getgid(), Size: 1}}
	}
	cmd.SysProcAttr = attr
}

// forbidden are the calls that a task has no need of: files, network, other
// processes, and what reaches around all of these.
var forbidden = []uintptr{
	unix.SYS_OPENAT, unix.SYS_OPENAT2, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_MKDIRAT, unix.SYS_MKNODAT, unix.SYS_LINKAT,
	unix.SYS_SYMLINKAT, unix.SYS_FCHMODAT, unix.SYS_FCHOWNAT, unix.SYS_TRUNCATE, unix.SYS_CHDIR, unix.SYS_CHROOT, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_OPEN_TREE,
	unix.SYS_READLINKAT, unix.SYS_GETDENTS64, unix.SYS_STATX, unix.SYS_STATFS, unix.SYS_INOTIFY_ADD_WATCH, unix.SYS_NAME_TO_HANDLE_AT,
	unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4, unix.SYS_SENDTO, unix.SYS_SENDMSG,
	unix.SYS_SENDMMSG, unix.SYS_RECVFROM, unix.SYS_RECVMSG, unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV,
	unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP, unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_KEYCTL, unix.SYS_ADD_KEY,
	unix.SYS_REQUEST_KEY, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT, unix.SYS_SETUID, unix.SYS_SETGID, unix.SYS_MEMFD_CREATE,
	unix.SYS_FCHMOD, unix.SYS_FCHMODAT2, unix.SYS_FCHOWN, unix.SYS_UTIMENSAT, unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR, unix.SYS_REMOVEXATTR,
	unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, // of the file that is read, too
	unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_KILL,
}

// machines are the architectures for which numbers of calls are known to the
// filter (AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64).
var machines = map[string]uint32{"amd64": 0xc000003e, "arm64": 0xc00000b7}

// confine takes away, for the rest of this process, what a task must not have.
func confine(memory, seconds int64) error {
	runtime.LockOSThread() // a filter is only for a thread that gave up new privileges
	limits := map[int]uint64{
		unix.RLIMIT_CORE: 0, unix.RLIMIT_NOFILE: 64, unix.RLIMIT_CPU: uint64(seconds),
		unix.RLIMIT_AS: uint64(memory)*2 + 1<<30, // Go reserves more than it uses
	}
	for what, most := range limits {
		if err := unix.Setrlimit(what, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return err
	}
	return filter()
}

// filter takes the forbidden calls from all threads.
func filter() error {
	if _, ok := machines[runtime.GOARCH]; !ok {
		return nil // said by Confinement
	}
	program := head()
	for _, call := range append(oldCalls(), forbidden...) {
		program = append(program, unix.SockFilter{Code: jumpEqual, Jf: 1, K: uint32(call)}, deny(unix.EPERM))
	}
	return install(append(program, stmt(ret, unix.SECCOMP_RET_ALLOW)))
}

// What filters are made of.
const (
	load      = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	jumpEqual = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	jumpAbove = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	ret       = unix.BPF_RET | unix.BPF_K
)

func stmt(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }

func deny(with unix.Errno) unix.SockFilter {
	return stmt(ret, unix.SECCOMP_RET_ERRNO|uint32(with))
}

// head begins a filter: a call of another architecture or of x32 fails with EPERM.
// The number of the call is loaded after it.
func head() []unix.SockFilter {
	return []unix.SockFilter{
		stmt(load, 4), // seccomp_data.arch
		{Code: jumpEqual, Jt: 1, K: machines[runtime.GOARCH]}, deny(unix.EPERM),
		stmt(load, 0), // seccomp_data.nr
		{Code: jumpAbove, Jf: 1, K: 0x40000000}, deny(unix.EPERM),
	}
}

// install puts a filter on all threads, and on what they start.
func install(program []unix.SockFilter) error {
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	const setFilter, allThreads = 1, 1 // SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, setFilter, allThreads, uintptr(unsafe.Pointer(&prog))); errno != 0 {
		return errno
	}
	return nil
}

// Confinement says what this system gives a task less than it should have; "" if
// nothing.
func Confinement() string {
	if _, ok := machines[runtime.GOARCH]; !ok {
		return "on this machine system calls can't be filtered: a task is held by limits of memory and time alone"
	}
	return ""
}
