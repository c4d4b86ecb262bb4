package sandbox

import (
	"os"

	"golang.org/x/sys/unix"
)

// MemoryFile returns an empty file that is in memory and in no directory. It is gone
// once it is closed.
func MemoryFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("file", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "file"), nil
}
