package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"habeas/fault"
)

// lockDir takes the directory for one writing process. The lock goes when the
// process ends, however it ends; the file stays.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fault.New(fault.Busy, "store.in_use")
		}
		return nil, err
	}
	return f, nil
}
