package sandbox

import "golang.org/x/sys/unix"

// oldCalls are calls that newer architectures do not have.
func oldCalls() []uintptr {
	return []uintptr{
		unix.SYS_OPEN, unix.SYS_CREAT, unix.SYS_UNLINK, unix.SYS_RENAME, unix.SYS_MKDIR, unix.SYS_RMDIR, unix.SYS_LINK, unix.SYS_SYMLINK, unix.SYS_READLINK,
		unix.SYS_CHMOD, unix.SYS_CHOWN, unix.SYS_LCHOWN, unix.SYS_STAT, unix.SYS_LSTAT, unix.SYS_ACCESS, unix.SYS_GETDENTS, unix.SYS_FORK, unix.SYS_VFORK, unix.SYS_UTIME, unix.SYS_UTIMES,
	}
}

// openForReading are older calls that open files, with flags as their second
// argument.
func openForReading() []uintptr { return []uintptr{unix.SYS_OPEN} }

// oldCallsOfTools are the older calls that tools must not have: those that change
// files or start processes.
func oldCallsOfTools() []uintptr {
	return []uintptr{
		unix.SYS_CREAT, unix.SYS_UNLINK, unix.SYS_RENAME, unix.SYS_MKDIR, unix.SYS_RMDIR, unix.SYS_LINK, unix.SYS_SYMLINK,
		unix.SYS_CHMOD, unix.SYS_CHOWN, unix.SYS_LCHOWN, unix.SYS_FORK, unix.SYS_VFORK, unix.SYS_UTIME, unix.SYS_UTIMES,
	}
}
