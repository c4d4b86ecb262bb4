//go:build !linux

package habeas

import (
	"os"

	"habeas/fault"
)

// memoryFile fails: here a file that another process reads is on the disk, and what is
// sealed is never on the disk in clear.
func memoryFile() (*os.File, error) {
	return nil, fault.New(fault.Invalid, "exhibit.no_safe_copy")
}

// memoryFor reports whether files in memory may take n bytes: see memoryFile.
func memoryFor(int64) bool { return true }
