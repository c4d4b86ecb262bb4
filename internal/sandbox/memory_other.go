//go:build !linux

package sandbox

import "os"

// MemoryFile returns an empty file that is in no directory. It is gone once it is
// closed.
func MemoryFile() (*os.File, error) {
	f, err := os.CreateTemp("", ".habeas-*")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}
