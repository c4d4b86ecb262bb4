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
	"habeas/vault"
)

// note writes down what happened to an exhibit, after everything before it: see
// [custody.Event]. Of a file from before there were exhibits nothing is written.
func (d *Desk) note(ctx context.Context, by Actor, f *heldFile, e custody.Event, more ...draft) error {
	if f.record == nil {
		return nil
	}
	d.custodial.Lock() // two that follow the same event would make two chains
	defer d.custodial.Unlock()
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
		return LetterFile{}, nil, errors.Join(fault.Wrap(err, fault.Damaged, "store.no_blob"), blob.Close())
	}
	return LetterFile{a.Name, a.Size, a.Blob, a.Exhibit}, f, nil
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

func openedAt(h *vault.Holder, a vault.Attachment, blob *os.File) (*keptBytes, error) {
	st, err := blob.Stat()
	if err != nil {
		return nil, err
	}
	r, n, err := h.OpenFileAt(a.Header, blob, st.Size())
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
	if err := d.stepUp(ctx, by, pass); err != nil {
		return LetterFile{}, nil, err
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return LetterFile{}, nil, err
	}
	a := &f.Attachment
	if safe {
		a = f.safe
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

// LookAtExhibit lets the safe copy of an exhibit be shown to by, for as long as names
// are: a face is a name. That it was looked at is an event of the exhibit, written
// before [Desk.SafeCopy] gives anything away.
func (d *Desk) LookAtExhibit(ctx context.Context, by Actor, id CaseID, ref claim.Ref) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return err
	}
	if f.safe == nil {
		return fault.New(fault.NotFound, "exhibit.none")
	}
	if !d.revealed(by, id) {
		return fault.New(fault.Conflict, "exhibit.hidden")
	}
	if err := d.note(ctx, by, f, custody.Event{Act: custody.Viewed, SHA256: f.safe.SHA256, Good: true}); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	by.session.looked[ref] = by.session.revealed[id]
	return nil
}

// SafeCopy returns the safe copy of an exhibit, to be shown on a page, while
// [Desk.LookAtExhibit] lets it. Close it.
func (d *Desk) SafeCopy(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*SafeCopy, io.ReadSeekCloser, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, nil, err
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return nil, nil, err
	}
	if f.safe == nil {
		return nil, nil, fault.New(fault.NotFound, "exhibit.none")
	}
	if !d.LooksAt(by, id, ref) {
		return nil, nil, fault.New(fault.Conflict, "exhibit.hidden")
	}
	_, r, err := d.openKept(*f.safe)
	return f.record.Safe, r, err
}

// LooksAt reports whether the safe copy of an exhibit is shown to by now.
func (d *Desk) LooksAt(by Actor, id CaseID, ref claim.Ref) bool {
	if d.may(by, lookNames) != nil || !d.revealed(by, id) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now().Before(by.session.looked[ref])
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

// CheckExhibit reads an exhibit and its safe copy to their end and compares both
// hashes of the one, and the hash of the other, with what was written down when they
// came. What it finds is an event; good is false if something changed or is missing.
func (d *Desk) CheckExhibit(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (good bool, err error) {
	if err := d.may(by, lookNames); err != nil {
		return false, err
	}
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return false, err
	}
	good = true
	for _, a := range []*vault.Attachment{f.safe, &f.Attachment} {
		if a == nil {
			continue
		}
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
	d.copying.Lock()
	defer d.copying.Unlock()
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil || f.safe != nil {
		return err
	}
	if !d.TakesFiles() {
		return fault.New(fault.Busy, "intake.no_room")
	}
	if f.Size > MaxSafeCopy || !memoryFor(2*f.Size) {
		return fault.New(fault.Invalid, "exhibit.too_large", fault.Count(MaxSafeCopy>>20))
	}
	out, report, err := d.cleaned(ctx, f.Attachment)
	if err != nil {
		return err
	}
	return errors.Join(d.keepSafe(ctx, by, f, out, report), out.Close())
}

// cleaned returns what package clean makes of a file. Both are in memory only.
func (d *Desk) cleaned(ctx context.Context, a vault.Attachment) (out *os.File, report *clean.Report, err error) {
	in, err := memoryFile()
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	_, r, err := d.openKept(a)
	if err != nil {
		return nil, nil, err
	}
	n, err := io.Copy(in, r)
	if err = errors.Join(err, r.Close()); err != nil || n != a.Size {
		return nil, nil, fault.Wrap(err, fault.Damaged, "store.no_blob")
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, nil, err
	}
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

// keepSafe seals a file that was made of an exhibit, and writes down that it was.
func (d *Desk) keepSafe(ctx context.Context, by Actor, f *heldFile, from io.Reader, report *clean.Report) error {
	u, err := d.UploadExhibit(ctx, by, vault.NewText(""))
	if err != nil {
		return err
	}
	defer u.Discard()
	if _, err := io.Copy(u.seal, from); err != nil {
		return err
	}
	if err := u.Close(); err != nil {
		return err
	}
	if err := d.db.Keep(ctx, f.telling.VaultKey, u.kept); err != nil {
		return err
	}
	u.taken = true
	a := vault.Attachment{
		Statement: f.Statement, Size: u.Size(), SHA256: hexSum(u.seal.Sum()), Blob: u.kept, Header: u.seal.Header(), Seed: u.holder.Seed(),
		Exhibit: f.Exhibit, Made: safeCopy, Media: report.Kind.Media,
	}
	for _, r := range report.Removed[:min(len(report.Removed), mostLeft)] {
		a.Left = append(a.Left, vault.Left{What: r.What, Where: r.Where, Value: vault.NewText(r.Value)})
	}
	body, err := a.Body()
	if err != nil {
		return err
	}
	return d.gone(ctx, f.telling, d.note(ctx, by, f, custody.Event{
		Act: custody.Derived, SHA256: a.SHA256, Parent: f.SHA256, Purpose: safeCopy, Tool: tool("clean"), Good: true,
	}, draft{kind: vault.KindAttachment, body: body}))
}

// mostLeft is how many things that stay behind are listed.
const mostLeft = 500
