package habeas

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// memoryFile returns an empty file that is in memory and in no directory. It is gone
// once it is closed.
func memoryFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("file", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "file"), nil
}

// memoryFor reports whether files in memory may take n bytes, and something is left.
// Where the machine does not say what is free, they may.
func memoryFor(n int64) bool {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return true
	}
	for line := range strings.Lines(string(b)) {
		var free int64
		if _, err := fmt.Sscanf(line, "MemAvailable: %d kB", &free); err == nil {
			const kept = 128 << 20
			return n+kept <= free<<10
		}
	}
	return true
}
