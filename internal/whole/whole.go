// Package whole writes files whole or not at all, also if the process is killed or the
// power fails meanwhile: under another name first, which is put in the place of the old
// one when all of it is on disk. Files have mode 0600.
//
// What a process leaves that was killed is removed by [Sweep].
package whole

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
)

// prefix begins the names of files that are being written.
const prefix = ".new-"

// unfinished are the names of files that are being written: as [rand.Text] gives them, so
// that nobody else's is taken for one.
var unfinished = regexp.MustCompile(`^\.new-[A-Z2-7]{26}$`)

// Unfinished reports whether a name is that of a file that is being written, or was when
// its process ended.
func Unfinished(name string) bool { return unfinished.MatchString(name) }

// Unsynced is an error of fsync: what was written before may be on disk or not.
type Unsynced struct{ error }

// Unwrap returns what the system said.
func (e Unsynced) Unwrap() error { return e.error }

func synced(err error) error {
	if err == nil {
		return nil
	}
	return Unsynced{err}
}

// A File is one that is being written. It has no name that counts before [File.Keep].
type File struct {
	f    *os.File
	path string // where it is now
}

// Begin begins a file that is to be in dir.
func Begin(dir string) (*File, error) {
	for {
		path := filepath.Join(dir, prefix+rand.Text())
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, err
		}
		// Who sweeps looks at the lock; and may have been faster.
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err == nil {
			if _, err = os.Lstat(path); err == nil {
				return &File{f, path}, nil
			}
		}
		if f.Close(); !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(err, os.Remove(path))
		}
	}
}

// Write implements [io.Writer].
func (f *File) Write(b []byte) (int, error) { return f.f.Write(b) }

// Keep ends the file and gives it a name, in the place of what had it. When it returns
// nil, the file is on disk and so is its name. An error of fsync is [Unsynced].
func (f *File) Keep(name string) error {
	if err := f.f.Sync(); err != nil {
		return synced(err)
	}
	dir := filepath.Dir(f.path)
	to := filepath.Join(dir, name)
	if err := os.Rename(f.path, to); err != nil {
		return err
	}
	f.path = to
	// Not before: what is not locked is swept.
	return errors.Join(f.f.Close(), SyncDir(dir))
}

// Path returns where the file is now: when it has the name that it was given, nobody
// takes it for unfinished any more.
func (f *File) Path() string { return f.path }

// Discard removes the file, unless it was given its name.
func (f *File) Discard() error {
	if !Unfinished(filepath.Base(f.path)) {
		return nil
	}
	err := f.f.Close()
	if errors.Is(err, os.ErrClosed) {
		err = nil
	}
	return errors.Join(err, os.Remove(f.path))
}

// Write writes a file in the place of what is there.
func Write(path string, b []byte) error {
	_, err := Copy(path, bytes.NewReader(b))
	return err
}

// Copy writes what r gives as Write does, and returns how many bytes it were.
func Copy(path string, r io.Reader) (n int64, err error) {
	f, err := Begin(filepath.Dir(path))
	if err != nil {
		return 0, err
	}
	if n, err = io.Copy(f, r); err == nil {
		err = f.Keep(filepath.Base(path))
	}
	return n, errors.Join(err, f.Discard())
}

// MakeDir makes a directory of mode 0700, and those above it that are missing, unless it is
// there. When it returns nil, its name is on disk.
func MakeDir(dir string) error {
	above := filepath.Dir(filepath.Clean(dir))
	if _, err := os.Stat(above); errors.Is(err, fs.ErrNotExist) {
		if err := MakeDir(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	err := SyncDir(above)
	if errors.Is(err, fs.ErrPermission) {
		return nil // the directory of somebody else, who lets us in
	}
	return err
}

// SyncDir puts on disk which names are in a directory, and which are not.
func SyncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return errors.Join(synced(f.Sync()), f.Close())
}

// SyncTree puts all that is in a directory on disk.
func SyncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return SyncDir(path) // which does the same for a file
	})
}

// Sweep removes from a directory what was being written by processes that ended. What is
// still being written stays. A directory that is not there holds nothing.
func Sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if Unfinished(e.Name()) {
			err = errors.Join(err, sweep(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

func sweep(path string) error {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it has its name by now
		}
		return err
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return nil
	}
	// Who wrote it may have given it its name between opening and locking it here.
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
