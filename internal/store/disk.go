package store

import (
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// disk is the file system of the engine, but that it tells a disk which takes no more
// from one that fails. The engine's own looks for ENOSPC behind an error that has its
// number inside, does not find it, and says "disk I/O error" for both.
type disk struct{ vfs.VFS }

const diskName = "habeas-disk"

// OpenFilename implements [vfs.VFSFilename].
func (d disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(d.VFS, name, flags)
	if err != nil {
		return nil, flags, err
	}
	return diskFile{f}, flags, nil
}

// diskFile is an open file of a disk.
type diskFile struct{ vfs.File }

// told says in the engine's words that a disk takes no more.
func told(err error) error {
	if is(err, full...) || is(err, syscall.EROFS) {
		return vfs.SystemError(err, sqlite3.FULL)
	}
	return err
}

// WriteAt implements [io.WriterAt].
func (f diskFile) WriteAt(b []byte, at int64) (int, error) {
	n, err := f.File.WriteAt(b, at)
	return n, told(err)
}

// Truncate implements [vfs.File].
func (f diskFile) Truncate(size int64) error { return told(f.File.Truncate(size)) }

// Unwrap implements [vfs.FileUnwrap].
func (f diskFile) Unwrap() vfs.File { return f.File }

// LockState implements [vfs.FileLockState].
func (f diskFile) LockState() vfs.LockLevel { return vfsutil.WrapLockState(f.File) }

// PersistWAL implements [vfs.FilePersistWAL].
func (f diskFile) PersistWAL() bool { return vfsutil.WrapPersistWAL(f.File) }

// SetPersistWAL implements [vfs.FilePersistWAL].
func (f diskFile) SetPersistWAL(keep bool) { vfsutil.WrapSetPersistWAL(f.File, keep) }

// PowersafeOverwrite implements [vfs.FilePowersafeOverwrite].
func (f diskFile) PowersafeOverwrite() bool { return vfsutil.WrapPowersafeOverwrite(f.File) }

// SetPowersafeOverwrite implements [vfs.FilePowersafeOverwrite].
func (f diskFile) SetPowersafeOverwrite(on bool) { vfsutil.WrapSetPowersafeOverwrite(f.File, on) }

// SizeHint implements [vfs.FileSizeHint].
func (f diskFile) SizeHint(size int64) error { return vfsutil.WrapSizeHint(f.File, size) }

// HasMoved implements [vfs.FileHasMoved].
func (f diskFile) HasMoved() (bool, error) { return vfsutil.WrapHasMoved(f.File) }

// BusyHandler implements [vfs.FileBusyHandler].
func (f diskFile) BusyHandler(handler func() bool) { vfsutil.WrapBusyHandler(f.File, handler) }

// SharedMemory implements [vfs.FileSharedMemory].
func (f diskFile) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(f.File) }
