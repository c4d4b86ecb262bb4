package habeas

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"slices"

	"habeas/claim"
	"habeas/clean"
	"habeas/custody"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/vault"
)

// note writes down what happened to an exhibit, after everything before it: see
// [custody.Event]. Of a file from before there were exhibits nothing is written.
func (d *Desk) note(ctx context.Context, by Actor, f *heldFile, e custody.Event, more ...draft) error {
	if f.record == nil {
		return nil
	}
	leave, err := d.alone(ctx, &d.custodial, "custody") // two that follow the same event would make two chains
	if err != nil {
		return err
	}
	defer leave()
	files, err := d.keptFiles(ctx, f.keys, f.telling)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(files, func(o *keptFile) bool { return o.record != nil && o.Exhibit == f.Exhibit })
	if i < 0 {
		return fault.New(fault.NotFound, "exhibit.none")
	}
	key, err := d.sourceKey(ctx, f.keys.vault, f.telling.VaultKey)
	if err != nil {
		return err
	}
	for j := range more {
		more[j].key = key
	}
	e.Exhibit, e.Before = string(f.Exhibit), files[i].last()
	if err := e.Check(); err != nil {
		return err
	}
	_, err = d.write(ctx, by, f.keys.circle, f.keys.id, append(more, draft{custody.KindEvent, e, key})...)
	return err
}

// taken writes down that a file is being taken to somebody's own device, before it
// is, in its chain of custody and in the record of the office.
func (d *Desk) taken(ctx context.Context, by Actor, f *heldFile, sum string) error {
	if err := d.note(ctx, by, f, custody.Event{Act: custody.Exported, SHA256: sum, Good: true}); err != nil {
		return err
	}
	return d.tellOffice(ctx, by, audited{What: AuditOriginal, Code: caseCode(f.keys.circle, f.keys.id)})
}

// openKept returns the bytes of a file, to be read at any place. Close it.
func (d *Desk) openKept(a vault.Attachment) (LetterFile, io.ReadSeekCloser, error) {
	holder, err := vault.NewHolder(a.Seed)
	if err != nil {
		return LetterFile{}, nil, err
	}
	blob, err := d.db.OpenBlob(a.Blob)
	if err != nil {
		return LetterFile{}, nil, err
	}
	f, err := openedAt(holder, a, blob)
	if err != nil {
		return LetterFile{}, nil, errors.Join(unreadable(err), blob.Close())
	}
	return LetterFile{a.Name, a.Size, a.Blob, a.Exhibit}, f, nil
}

// unreadable is the fault of a sealed file that can't be read to its end: it is damaged,
// unless it is in a bucket that does not answer.
func unreadable(err error) error {
	if unreachable(err) {
		return err
	}
	return fault.Wrap(err, fault.Damaged, "store.no_blob")
}

// unreachable reports whether err says that a bucket can't be read now, which is nothing
// about what is in it.
func unreachable(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.Busy || kind == fault.Forbidden
}

// A keptBytes is a sealed file that is being read.
type keptBytes struct {
	*io.SectionReader
	io.Closer
}

// copyBlock is how much of a file is read at once by what reads all of it.
const copyBlock = 256 << 10

// WriteTo implements [io.WriterTo]. Where a chunk is opened for each read, larger reads
// are fewer.
func (f *keptBytes) WriteTo(w io.Writer) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{f.SectionReader}, make([]byte, copyBlock))
}

func openedAt(h *vault.Holder, a vault.Attachment, blob *store.OpenedBlob) (*keptBytes, error) {
	r, n, err := h.OpenFileAt(a.Header, blob, blob.Size())
	if err != nil {
		return nil, err
	}
	if n < a.Size {
		return nil, io.ErrUnexpectedEOF
	}
	return &keptBytes{io.NewSectionReader(r, 0, a.Size), blob}, nil
}

// TakeExhibit returns the bytes of an exhibit, or of its safe copy, to be taken to
// one's own device: it takes the passphrase again, is an event of the exhibit, and
// the office is told. Close it.
func (d *Desk) TakeExhibit(ctx context.Context, by Actor, id CaseID, ref claim.Ref, safe bool, pass vault.Text) (LetterFile, io.ReadSeekCloser, error) {
	if err := d.may(by, lookNames); err != nil {
		return LetterFile{}, nil, err
	}
	return d.take(ctx, by, id, FileOf{Exhibit: ref}, safe, pass)
}

func (d *Desk) take(ctx context.Context, by Actor, id CaseID, of FileOf, safe bool, pass vault.Text) (LetterFile, io.ReadSeekCloser, error) {
	if err := d.stepUp(ctx, by, pass); err != nil {
		return LetterFile{}, nil, err
	}
	f, a, copied, err := d.fileOf(ctx, by, id, of)
	if err != nil {
		return LetterFile{}, nil, err
	}
	if safe {
		a = copied
	}
	if a == nil {
		return LetterFile{}, nil, fault.New(fault.NotFound, "exhibit.none")
	}
	file, r, err := d.openKept(*a)
	if err != nil {
		return LetterFile{}, nil, err
	}
	if err := d.taken(ctx, by, f, a.SHA256); err != nil {
		return LetterFile{}, nil, errors.Join(err, r.Close())
	}
	return file, r, nil
}

// NoteHandling writes down what was done with an exhibit outside: that it was copied
// (custody.Copied), handed over to somebody (custody.HandedOver) or came back
// (custody.Returned). to says who has it then, and may name them.
func (d *Desk) NoteHandling(ctx context.Context, by Actor, id CaseID, ref claim.Ref, act custody.Act, to, words string) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	if !slices.Contains(Handlings(), act) {
		return fault.New(fault.Invalid, "exhibit.act", fault.Field("act"))
	}
	if blank(vault.NewText(to)) {
		return fault.New(fault.Invalid, "exhibit.to", fault.Field("to"))
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return err
	}
	return d.note(ctx, by, f, custody.Event{Act: act, SHA256: f.SHA256, To: to, Note: words, Good: true})
}

// Handlings are what can be noted by hand: see [Desk.NoteHandling].
func Handlings() []custody.Act {
	return []custody.Act{custody.HandedOver, custody.Returned, custody.Copied}
}

// CheckExhibit reads an exhibit and all that was made of it to their end and compares
// both hashes of the one, and the hash of the others, with what was written down when
// they came. What it finds is an event of each; good is false if something changed or
// is missing.
func (d *Desk) CheckExhibit(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (good bool, err error) {
	if err := d.may(by, lookNames); err != nil {
		return false, err
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return false, err
	}
	good = true
	for _, a := range f.all() {
		same, err := d.checkSealed(ctx, by, f, *a)
		if err != nil {
			return false, err
		}
		good = good && same
	}
	return good, nil
}

// checkSealed reads an exhibit, or a file made of it, to its end, and writes down
// whether it is as it came.
func (d *Desk) checkSealed(ctx context.Context, by Actor, f *heldFile, a vault.Attachment) (same bool, err error) {
	short, long := sha256.New(), sha512.New()
	_, r, err := d.openKept(a)
	if err == nil {
		_, err = io.Copy(io.MultiWriter(short, long), r)
		err = errors.Join(err, r.Close())
	}
	if unreachable(err) {
		return false, err
	}
	same = err == nil && hex.EncodeToString(short.Sum(nil)) == a.SHA256
	if a.Made == "" {
		same = same && hex.EncodeToString(long.Sum(nil)) == f.record.SHA512
	}
	if err := ctx.Err(); err != nil {
		return false, err // it was the reader who left
	}
	return same, d.note(ctx, by, f, custody.Event{Act: custody.Fixity, SHA256: a.SHA256, Tool: tool("SHA-256, SHA-512"), Good: same})
}

// tool names this program as what did something.
func tool(what string) string {
	s := "habeas " + what
	if info, ok := debug.ReadBuildInfo(); ok {
		s += " " + info.Main.Version
	}
	return s
}

// MaxSafeCopy is how many bytes a file may have of which a safe copy is made: the file
// and what is made of it are both in memory meanwhile, and in no process's limits.
const MaxSafeCopy = 512 << 20

// MakeSafeCopy makes a file anew from what an exhibit shows, in a process of its own,
// and keeps it beside it: an event of the exhibit names the hashes of both. Nothing
// of the exhibit is parsed before somebody asks for this. If it can't be made, the
// fault is "exhibit.no_safe_copy", or "exhibit.too_large" beyond [MaxSafeCopy] or what
// memory there is; nothing was changed then.
func (d *Desk) MakeSafeCopy(ctx context.Context, by Actor, id CaseID, ref claim.Ref) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	return d.makeSafe(ctx, by, id, FileOf{Exhibit: ref})
}

func (d *Desk) makeSafe(ctx context.Context, by Actor, id CaseID, of FileOf) error {
	d.copying.Lock()
	defer d.copying.Unlock()
	f, a, safe, err := d.fileOf(ctx, by, id, of)
	if err != nil || safe != nil {
		return err
	}
	if !d.TakesFiles() {
		return fault.New(fault.Busy, "intake.no_room")
	}
	in, err := d.inMemory(*a)
	if err != nil {
		return err
	}
	defer in.Close()
	out, report, err := cleaned(ctx, in)
	if err != nil {
		return err
	}
	made := vault.Attachment{Made: safeCopy, From: a.SHA256, Media: report.Kind.Media, Left: left(report)}
	_, err = d.keepMade(ctx, by, f, out, made, tool("clean"))
	return errors.Join(err, out.Close())
}

// inMemory returns a copy of a file in memory, to be read from its beginning. If there is
// not enough of it for that and for what is made of it, the fault is
// "exhibit.too_large".
func (d *Desk) inMemory(a vault.Attachment) (*os.File, error) {
	if a.Size > MaxSafeCopy || !memoryFor(2*a.Size) {
		return nil, fault.New(fault.Invalid, "exhibit.too_large", fault.Count(MaxSafeCopy>>20))
	}
	in, err := memoryFile()
	if err != nil {
		return nil, err
	}
	_, r, err := d.openKept(a)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	n, err := io.Copy(in, r)
	if err = errors.Join(err, r.Close()); err != nil || n != a.Size {
		return nil, errors.Join(unreadable(err), in.Close())
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// cleaned returns what package clean makes of a file, in memory.
func cleaned(ctx context.Context, in *os.File) (out *os.File, report *clean.Report, err error) {
	if out, err = memoryFile(); err != nil {
		return nil, nil, err
	}
	if report, err = clean.Confined(ctx, out, in); err == nil {
		_, err = out.Seek(0, io.SeekStart)
		return out, report, err
	}
	err = errors.Join(err, out.Close())
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	return nil, nil, fault.Wrap(err, fault.Invalid, "exhibit.no_safe_copy")
}

// mostLeft is how much of what stays behind is listed.
const mostLeft = 500

// left lists what stays behind, or its beginning.
func left(report *clean.Report) (all []vault.Left) {
	for _, r := range report.Removed[:min(len(report.Removed), mostLeft)] {
		all = append(all, vault.Left{What: r.What, Where: r.Where, Value: vault.NewText(r.Value)})
	}
	return all
}
