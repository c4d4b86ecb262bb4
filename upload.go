package habeas

import (
	"context"
	"errors"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// An Upload is a file on its way into a seal. No byte of it is on the disk in
// clear. It is not safe for concurrent use.
type Upload struct {
	d     *Desk
	name  vault.Text
	desk  ledger.Holder
	blob  *store.Blob
	seal  *vault.FileWriter
	ended bool   // all of it is in the seal
	kept  string // what it is called in the store, once it is closed
	taken bool   // a letter or a statement has it
	most  int64  // bytes that are taken; 0 is no limit but the room there is

	from   *session      // of the member who sends it; nil for a stranger
	holder *vault.Holder // that it is sealed to; nil if that is the desk
}

// TakesFiles reports whether there is room for files. For text there is room as
// long as there is any.
func (d *Desk) TakesFiles() bool { return d.db.BlobBytes() < d.maxFiles() && d.roomFor(0) }

// RoomForFiles returns how many bytes of files there is room for: what is left of
// [Config.MaxFiles], or of the disk.
func (d *Desk) RoomForFiles(by Actor) (int64, error) {
	if err := d.may(by, lookNames); err != nil {
		return 0, err
	}
	return d.room(), nil
}

func (d *Desk) room() int64 {
	room := d.maxFiles() - d.db.BlobBytes()
	if free, err := freeDisk(d.cfg.Dir); err == nil {
		room = min(room, free-keptFree)
	}
	return max(room, 0)
}

// defaultFiles is how many bytes of files the inbox and the cases may hold, unless
// [Config.MaxFiles] says otherwise.
const defaultFiles = 20 << 30

// keptFree is how much of the disk files leave free, for text.
const keptFree = 512 << 20

func (d *Desk) maxFiles() int64 {
	if d.cfg.MaxFiles > 0 {
		return d.cfg.MaxFiles
	}
	return defaultFiles
}

// roomFor reports whether the disk has room for n more bytes, and something left.
func (d *Desk) roomFor(n int64) bool {
	free, err := freeDisk(d.cfg.Dir)
	return err != nil || free-n > keptFree
}

// roomForText reports whether the disk has room for letters, and for what members do.
func (d *Desk) roomForText() bool {
	const kept = 64 << 20
	free, err := freeDisk(d.cfg.Dir)
	return err != nil || free > kept
}

// Upload begins a file. name is what the sender calls it.
func (d *Desk) Upload(ctx context.Context, name vault.Text) (*Upload, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	desk, err := d.desk(ctx)
	if err != nil {
		return nil, err
	}
	u, err := d.uploadTo(name, desk)
	if err != nil {
		return nil, err
	}
	u.most = MaxUpload
	return u, nil
}

// uploadTo is Upload for a file that is sealed to a holder.
func (d *Desk) uploadTo(name vault.Text, to ledger.Holder) (*Upload, error) {
	if !d.TakesFiles() {
		return nil, fault.New(fault.Busy, "intake.no_room")
	}
	blob, err := d.db.NewBlob()
	if err != nil {
		return nil, err
	}
	u := &Upload{d: d, name: name, desk: to, blob: blob}
	if u.seal, err = vault.SealFile(blob, to); err != nil {
		return nil, errors.Join(err, blob.Discard())
	}
	return u, nil
}

// looksAtRoom is how often the room on the disk is looked at while a file comes.
const looksAtRoom = 4 << 20

// Write takes the next bytes. Beyond [MaxUpload] of what a stranger sends the fault is
// "intake.file_too_large", when the disk budget is spent "intake.no_room". What a
// member sends has no limit but the room; while it comes, its session is in use.
func (u *Upload) Write(b []byte) (int, error) {
	before := u.seal.Size()
	after := before + int64(len(b))
	if u.most > 0 && after > u.most {
		return 0, fault.New(fault.Invalid, "intake.file_too_large", fault.Count(u.most>>20))
	}
	if before/looksAtRoom != after/looksAtRoom {
		if !u.d.TakesFiles() {
			return 0, fault.New(fault.Busy, "intake.no_room")
		}
		if err := u.d.inUse(u.from); err != nil {
			return 0, err
		}
	}
	return u.seal.Write(b)
}

// inUse keeps the session of who sends a file from ending as an idle one.
func (d *Desk) inUse(s *session) error {
	if s == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.sealed == nil {
		return fault.New(fault.Locked, "session.ended")
	}
	s.used = d.now()
	return nil
}

// Close ends the file, all of which was written. If the bucket does not take it the
// fault is of kind Busy, and Close can be called again.
func (u *Upload) Close() (err error) {
	if u.kept != "" {
		return nil
	}
	if !u.ended {
		if err := u.seal.Close(); err != nil {
			return err
		}
		u.ended = true
	}
	name, err := u.blob.Keep()
	if err != nil {
		return err
	}
	u.kept = name
	return nil
}

// Size returns how many bytes the file has.
func (u *Upload) Size() int64 { return u.seal.Size() }

// SHA256 returns the hash of what was written so far, in hexadecimal.
func (u *Upload) SHA256() string { return hexSum(u.seal.Sum()) }

// Discard destroys what there is of the file. After [Desk.Receive],
// [Desk.WriteAgain] or [Desk.AddExhibit] took it, it does nothing; so it can be deferred.
func (u *Upload) Discard() {
	if u.taken || u.blob == nil {
		return
	}
	u.taken = true
	if err := u.blob.Discard(); err != nil {
		u.d.cfg.Log.Error("a file that was not taken is left until the next start")
	}
}
