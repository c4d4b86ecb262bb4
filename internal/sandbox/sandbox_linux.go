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
	unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_KILL,
}

// machines are the architectures for which numbers of calls are known to the
// filter (AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64).
var machines = map[string]uint32{"amd64": 0xc000003e, "arm64": 0xc00000b7}

// confine takes away, for the rest of this process, what a task must not have.
func confine(memory, seconds int64) error {
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

// filter installs a filter of system calls for all threads. A forbidden one fails
// with EPERM, as does every one of another architecture or of x32.
func filter() error {
	machine, ok := machines[runtime.GOARCH]
	if !ok {
		return nil // said by Confinement
	}
	stmt := func(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }
	const (
		load  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		above = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		ret   = unix.BPF_RET | unix.BPF_K
	)
	deny := stmt(ret, unix.SECCOMP_RET_ERRNO|uint32(unix.EPERM))
	program := []unix.SockFilter{
		stmt(load, 4), // seccomp_data.arch
		{Code: equal, Jt: 1, K: machine}, deny,
		stmt(load, 0), // seccomp_data.nr
		{Code: above, Jf: 1, K: 0x40000000}, deny,
	}
	for _, call := range append(oldCalls(), forbidden...) {
		program = append(program, unix.SockFilter{Code: equal, Jf: 1, K: uint32(call)}, deny)
	}
	program = append(program, stmt(ret, unix.SECCOMP_RET_ALLOW))
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
