package store

import (
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// layer is the name of what lies between the engine and the files.
const layer = "habeas-unmapped"

// putLayer makes it known to the driver, if it is not.
func putLayer() {
	if vfs.Find(layer) == nil {
		vfs.Register(layer, unmapped{vfs.Find("os")})
	}
}

// unmapped opens files without mapping them into memory. The driver asks whether a
// file can be mapped before it has read that its pages have checksums, finds out later
// that it must not, and calls a mapper that is nil when another process has written.
type unmapped struct{ vfs.VFS }

// Open implements [vfs.VFS].
func (u unmapped) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpen(u.VFS, name, flags)
	return unmappedFile{f}, flags, err
}

// OpenFilename implements [vfs.VFSFilename].
func (u unmapped) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(u.VFS, name, flags)
	return unmappedFile{f}, flags, err
}

// unmappedFile passes on all that a file can do but to be mapped.
type unmappedFile struct{ vfs.File }

// Unwrap implements [vfs.FileUnwrap].
func (f unmappedFile) Unwrap() vfs.File { return f.File }

// SharedMemory implements [vfs.FileSharedMemory].
func (f unmappedFile) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(f.File) }

// LockState implements [vfs.FileLockState].
func (f unmappedFile) LockState() vfs.LockLevel { return vfsutil.WrapLockState(f.File) }

// PersistWAL implements [vfs.FilePersistWAL].
func (f unmappedFile) PersistWAL() bool { return vfsutil.WrapPersistWAL(f.File) }

// SetPersistWAL implements [vfs.FilePersistWAL].
func (f unmappedFile) SetPersistWAL(keep bool) { vfsutil.WrapSetPersistWAL(f.File, keep) }

// SizeHint implements [vfs.FileSizeHint].
func (f unmappedFile) SizeHint(size int64) error { return vfsutil.WrapSizeHint(f.File, size) }

// HasMoved implements [vfs.FileHasMoved].
func (f unmappedFile) HasMoved() (bool, error) { return vfsutil.WrapHasMoved(f.File) }

// PowersafeOverwrite implements [vfs.FilePowersafeOverwrite].
func (f unmappedFile) PowersafeOverwrite() bool { return vfsutil.WrapPowersafeOverwrite(f.File) }

// SetPowersafeOverwrite implements [vfs.FilePowersafeOverwrite].
func (f unmappedFile) SetPowersafeOverwrite(psow bool) {
	vfsutil.WrapSetPowersafeOverwrite(f.File, psow)
}
