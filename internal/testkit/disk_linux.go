package testkit

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// What can be put in the place of an open file, for [ReplaceOpen].
const (
	FailsWriting = "/proc/self/mem" // nothing is at address 0, so the kernel answers EIO
	FailsSyncing = "/dev/null"      // takes everything, and has no fsync
)

// ReplaceOpen makes every descriptor that this process has of a file lead to another,
// so that the kernel itself answers as a failing disk does. The file stays as it is.
func ReplaceOpen(t testing.TB, path, instead string) {
	t.Helper()
	other, err := os.OpenFile(instead, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, fd := range fds {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err != nil || to != path {
			continue
		}
		var n int
		if _, err := fmt.Sscan(fd.Name(), &n); err != nil {
			t.Fatal(err)
		}
		if err := unix.Dup3(int(other.Fd()), n, unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		found++
	}
	if found == 0 {
		t.Fatalf("%s is not open", filepath.Base(path))
	}
}
