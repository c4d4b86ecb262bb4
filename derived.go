package habeas

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/clean"
	"habeas/custody"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// A FileOf names one file of an exhibit: the exhibit as it came, or a file that was
// made of it.
type FileOf struct {
	Exhibit claim.Ref
	N       int // 0 is the exhibit; from 1, which of [ExhibitFile.Made] it is
}

// What files are made for, in the words of package custody. Safe copies are made by
// [Desk.MakeSafeCopy], redactions by [Desk.Redact], the others come from members.
const (
	Redaction   = "redaction"
	Translation = "translation"
	Transcript  = "transcript"
	WorkingCopy = "working copy"
)

// Derivations are what files that members add to an exhibit can be: see
// [Desk.AddDerived].
func Derivations() []string { return []string{Translation, Transcript, WorkingCopy} }

// A Derivation is what a member says of a file that was made of an exhibit. Who made
// it and what for may name somebody: both are sealed with it.
type Derivation struct {
	Purpose string // one of Derivations
	Lang    string // of its words, "" if it has none or in several
	Who     string // who made it
	Why     string // what for
}

// A DerivedFile is a file that was made of an exhibit, or of another one made of it.
// Its name, who made it and what for may name somebody.
type DerivedFile struct {
	Derivation
	N       int    // see FileOf
	Name    string // "" if it was made or typed here
	Media   string // by its content; "" if it is not known
	Size    int64
	SHA256  string
	Parent  string // SHA-256 of what it was made of
	By      ledger.ID
	Member  string // By, as colleagues see them
	At      time.Time
	Safe    *SafeCopy // nil if none was made yet
	Here    bool      // made or typed here: nothing of a stranger is in it, and it is its own safe copy
	isTyped bool
}

// Typed reports whether it is text that was typed here.
func (f *DerivedFile) Typed() bool { return f.isTyped }

// A madeFile is a file made of an exhibit, with who kept it.
type madeFile struct {
	vault.Attachment
	by   ledger.ID
	at   time.Time
	safe *vault.Attachment
}

// typed reports whether it is text that was typed here: nobody calls that anything.
// A file that was sent without a name is another thing.
func (m *madeFile) typed() bool {
	return m.Made != Redaction && blank(m.Name) && strings.HasPrefix(m.Media, "text/plain")
}

// derived puts to an exhibit what was made of it.
func (r *fileReader) derived(f *keptFile) {
	safe := map[string]*vault.Attachment{} // by the SHA-256 of what it was made of
	for _, m := range r.made {
		switch {
		case m.Exhibit != f.Exhibit || m.Statement != f.Statement:
		case m.Made == safeCopy:
			safe[cmp.Or(m.From, f.SHA256)] = &m.Attachment
		default:
			f.made = append(f.made, m)
		}
	}
	f.safe = safe[f.SHA256]
	f.record.Safe = shownAs(f.safe)
	for i, m := range f.made {
		here := m.Made == Redaction || m.typed()
		if m.safe = safe[m.SHA256]; here {
			m.safe = &m.Attachment
		}
		f.record.Made = append(f.record.Made, &DerivedFile{
			Derivation: Derivation{m.Made, m.Lang, m.Who.Reveal(), m.Why.Reveal()}, N: i + 1, Name: m.Name.Reveal(), Media: m.Media, Size: m.Size,
			SHA256: m.SHA256, Parent: cmp.Or(m.From, f.SHA256), By: m.by, At: m.at, Safe: shownAs(m.safe), Here: here, isTyped: m.typed(),
		})
	}
}

func shownAs(a *vault.Attachment) *SafeCopy {
	if a == nil {
		return nil
	}
	return &SafeCopy{a.Media, a.Size, a.SHA256, a.Left}
}

// all returns every file that there is of an exhibit, the exhibit last.
func (f *keptFile) all() (all []*vault.Attachment) {
	for _, m := range f.made {
		if all = append(all, &m.Attachment); m.safe != nil && m.safe.Blob != m.Blob {
			all = append(all, m.safe)
		}
	}
	if f.safe != nil {
		all = append(all, f.safe)
	}
	return append(all, &f.Attachment)
}

// fileOf opens what is known of one file of an exhibit. safe is nil if it has no safe
// copy.
func (d *Desk) fileOf(ctx context.Context, by Actor, id CaseID, of FileOf) (f *heldFile, a, safe *vault.Attachment, err error) {
	if _, f, err = d.exhibit(ctx, by, id, of.Exhibit); err != nil {
		return nil, nil, nil, err
	}
	switch {
	case of.N == 0:
		return f, &f.Attachment, f.safe, nil
	case of.N < 0 || of.N > len(f.made):
		return nil, nil, nil, fault.New(fault.NotFound, "exhibit.none")
	}
	m := f.made[of.N-1]
	return f, &m.Attachment, m.safe, nil
}

// AddDerived keeps a file that was made of a file of an exhibit, outside or by typing:
// see [Derivations]. It is sealed with the keys of the statement, like the exhibit,
// and an event of the exhibit names both hashes. u was closed, and has no name if the
// text was typed. It returns which file of the exhibit it is.
func (d *Desk) AddDerived(ctx context.Context, by Actor, id CaseID, of FileOf, u *Upload, what Derivation) (FileOf, error) {
	if err := d.may(by, lookNames); err != nil {
		return FileOf{}, err
	}
	switch {
	case !slices.Contains(Derivations(), what.Purpose):
		return FileOf{}, fault.New(fault.Invalid, "exhibit.purpose", fault.Field("ex_made"))
	case what.Purpose == Translation && what.Lang == "":
		return FileOf{}, fault.New(fault.Invalid, "exhibit.lang", fault.Field("ex_lang"))
	case u == nil || u.holder == nil || u.kept == "" || u.taken:
		return FileOf{}, fault.New(fault.Invalid, "exhibit.none_came", fault.Field("ex_file"))
	}
	f, parent, _, err := d.fileOf(ctx, by, id, of)
	if err != nil {
		return FileOf{}, err
	}
	a := vault.Attachment{
		Name: u.name, Made: what.Purpose, From: parent.SHA256, Lang: what.Lang, Who: vault.NewText(what.Who), Why: vault.NewText(what.Why),
	}
	if kind, ok := clean.KindOf(bytes.NewReader(u.seal.Begins()), int64(len(u.seal.Begins()))); ok { // nothing is opened
		a.Media = kind.Media
	}
	blob, err := d.recordMade(ctx, by, f, u, a, "")
	if err != nil {
		return FileOf{}, err
	}
	return d.madeAs(ctx, by, id, of.Exhibit, blob)
}

// madeAs finds a file that was just made of an exhibit.
func (d *Desk) madeAs(ctx context.Context, by Actor, id CaseID, ref claim.Ref, blob string) (FileOf, error) {
	_, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return FileOf{}, err
	}
	i := slices.IndexFunc(f.made, func(m *madeFile) bool { return m.Blob == blob })
	return FileOf{ref, i + 1}, nil
}

// keepMade seals what was made of an exhibit here, and writes down that it was. It
// returns what it is called in the store.
func (d *Desk) keepMade(ctx context.Context, by Actor, f *heldFile, from io.Reader, a vault.Attachment, with string) (string, error) {
	u, err := d.UploadExhibit(ctx, by, vault.NewText(""))
	if err != nil {
		return "", err
	}
	defer u.Discard()
	if _, err := io.Copy(u.seal, from); err != nil {
		return "", err
	}
	if err := u.Close(); err != nil {
		return "", err
	}
	return d.recordMade(ctx, by, f, u, a, with)
}

// recordMade writes down a file that was made of an exhibit: what opens it, and the
// event that names its hash and that of its parent; both or none. Who made it and what
// for stay with the file: events are handed to others.
func (d *Desk) recordMade(ctx context.Context, by Actor, f *heldFile, u *Upload, a vault.Attachment, with string) (string, error) {
	if err := d.db.Keep(ctx, f.telling.VaultKey, u.kept); err != nil {
		return "", err
	}
	u.taken = true
	a.Statement, a.Exhibit, a.Size, a.SHA256 = f.Statement, f.Exhibit, u.Size(), hexSum(u.seal.Sum())
	a.Blob, a.Header, a.Seed = u.kept, u.seal.Header(), u.holder.Seed()
	body, err := a.Body()
	if err != nil {
		return "", err
	}
	return u.kept, d.gone(ctx, f.telling, d.note(ctx, by, f, custody.Event{
		Act: custody.Derived, SHA256: a.SHA256, Parent: a.From, Purpose: a.Made, Lang: a.Lang, Tool: with, Good: true,
	}, draft{kind: vault.KindAttachment, body: body}))
}

// TakeDerived is [Desk.TakeExhibit] for a file that was made of an exhibit.
func (d *Desk) TakeDerived(ctx context.Context, by Actor, id CaseID, of FileOf, safe bool, pass vault.Text) (LetterFile, io.ReadSeekCloser, error) {
	if err := d.may(by, lookNames); err != nil {
		return LetterFile{}, nil, err
	}
	return d.take(ctx, by, id, of, safe, pass)
}

// MakeSafeCopyOf is [Desk.MakeSafeCopy] for a file that was made of an exhibit.
func (d *Desk) MakeSafeCopyOf(ctx context.Context, by Actor, id CaseID, of FileOf) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	return d.makeSafe(ctx, by, id, of)
}
