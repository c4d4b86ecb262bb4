package habeas

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"habeas/claim"
	"habeas/custody"
	"habeas/fault"
	"habeas/picture"
	"habeas/vault"
)

// A looking is that a session is shown a file of an exhibit.
type looking struct {
	until time.Time // as long as names are shown that were shown then
	clear bool      // asked for as it is, though the exhibit is marked
}

// LookAtExhibit lets the safe copy of an exhibit be shown to by, for as long as names
// are: a face is a name. That it was looked at is an event of the exhibit, written
// before [Desk.SafeCopy] gives anything away. Of an exhibit that is marked, see
// [Desk.MarkExhibit], only a blurred picture is shown then.
func (d *Desk) LookAtExhibit(ctx context.Context, by Actor, id CaseID, ref claim.Ref) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	return d.look(ctx, by, id, FileOf{Exhibit: ref}, false)
}

// LookAtFile is [Desk.LookAtExhibit] for any file of an exhibit. clear asks for it as
// it is, though the exhibit is marked: that is an event of its own.
func (d *Desk) LookAtFile(ctx context.Context, by Actor, id CaseID, of FileOf, clear bool) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	return d.look(ctx, by, id, of, clear)
}

func (d *Desk) look(ctx context.Context, by Actor, id CaseID, of FileOf, clear bool) error {
	f, _, safe, err := d.fileOf(ctx, by, id, of)
	if err != nil {
		return err
	}
	if safe == nil {
		return fault.New(fault.NotFound, "exhibit.none")
	}
	if !d.revealed(by, id) {
		return fault.New(fault.Conflict, "exhibit.hidden")
	}
	e := custody.Event{Act: custody.Viewed, SHA256: safe.SHA256, Good: true}
	if f.record.Mark != nil && !clear {
		e.Tool = tool("blur")
	}
	if err := d.note(ctx, by, f, e); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	by.session.looked[of] = looking{by.session.revealed[id], clear}
	return nil
}

// LooksAt reports whether the safe copy of an exhibit is shown to by now.
func (d *Desk) LooksAt(by Actor, id CaseID, ref claim.Ref) bool {
	if d.may(by, lookNames) != nil {
		return false
	}
	shown, _ := d.looksAt(by, id, FileOf{Exhibit: ref})
	return shown
}

// LooksAtFile reports whether a file of an exhibit is shown to by now, and whether it
// was asked for as it is.
func (d *Desk) LooksAtFile(by Actor, id CaseID, of FileOf) (shown, clear bool) {
	if d.may(by, lookNames) != nil {
		return false, false
	}
	return d.looksAt(by, id, of)
}

func (d *Desk) looksAt(by Actor, id CaseID, of FileOf) (shown, clear bool) {
	until := d.revealedUntil(by, id)
	if until.IsZero() {
		return false, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	l := by.session.looked[of]
	shown = l.until.Equal(until)
	return shown, shown && l.clear
}

// SafeCopy returns the safe copy of an exhibit, to be shown on a page, while
// [Desk.LookAtExhibit] lets it. Close it.
func (d *Desk) SafeCopy(ctx context.Context, by Actor, id CaseID, ref claim.Ref) (*SafeCopy, io.ReadSeekCloser, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, nil, err
	}
	return d.safeFile(ctx, by, id, FileOf{Exhibit: ref})
}

// SafeFile is [Desk.SafeCopy] for any file of an exhibit. If the exhibit is marked
// and nobody asked for the file as it is, the fault is "exhibit.veiled".
func (d *Desk) SafeFile(ctx context.Context, by Actor, id CaseID, of FileOf) (*SafeCopy, io.ReadSeekCloser, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, nil, err
	}
	return d.safeFile(ctx, by, id, of)
}

func (d *Desk) safeFile(ctx context.Context, by Actor, id CaseID, of FileOf) (*SafeCopy, io.ReadSeekCloser, error) {
	safe, veiled, err := d.shownFile(ctx, by, id, of)
	if err != nil {
		return nil, nil, err
	}
	if veiled {
		return nil, nil, fault.New(fault.Conflict, "exhibit.veiled")
	}
	_, r, err := d.openKept(*safe)
	return shownAs(safe), r, err
}

// shownFile returns the safe copy of a file that is shown to by now, and whether it is
// shown blurred only.
func (d *Desk) shownFile(ctx context.Context, by Actor, id CaseID, of FileOf) (safe *vault.Attachment, veiled bool, err error) {
	f, _, safe, err := d.fileOf(ctx, by, id, of)
	if err != nil {
		return nil, false, err
	}
	if safe == nil {
		return nil, false, fault.New(fault.NotFound, "exhibit.none")
	}
	shown, clear := d.looksAt(by, id, of)
	if !shown {
		return nil, false, fault.New(fault.Conflict, "exhibit.hidden")
	}
	return safe, f.record.Mark != nil && !clear, nil
}

// smallSize is how large small pictures are, in pixels of the longer side.
const smallSize = 160

// Glimpses reports whether [Desk.Glimpse] can show a file of that media type here:
// what draws pages and reads films may not be installed.
func Glimpses(media string) bool {
	var tool error
	switch kind, _, _ := strings.Cut(media, "/"); {
	case slices.Contains([]string{"image/jpeg", "image/png", "image/gif"}, media):
	case media == "application/pdf":
		_, tool = picture.Poppler().Find()
	case kind == "video" || kind == "image" && media != "image/svg+xml":
		_, tool = picture.FFmpeg().Find()
	default:
		return false
	}
	return tool == nil
}

// A Glimpsed says which picture of a file is wanted.
type Glimpsed struct {
	Page  int           // of a PDF, from 1; 0 is 1
	At    time.Duration // of a film, from its beginning
	Small bool          // for a list
}

// PictureMedia is the media type of what [Desk.Glimpse] and [Desk.PreviewRedaction]
// return.
const PictureMedia = picture.Media

// Glimpse returns a picture of a file that is shown to by now: blurred beyond
// recognition if the exhibit is marked and nobody asked for the file as it is. It is
// made in a process of its own, and not kept. If it can't be made, the fault is
// "exhibit.no_picture".
func (d *Desk) Glimpse(ctx context.Context, by Actor, id CaseID, of FileOf, g Glimpsed) ([]byte, error) {
	if err := d.may(by, lookNames); err != nil {
		return nil, err
	}
	safe, veiled, err := d.shownFile(ctx, by, id, of)
	if err != nil {
		return nil, err
	}
	view := picture.View{Page: g.Page, At: g.At, Blur: veiled}
	if g.Small {
		view.Size = smallSize
	}
	if veiled { // one blurred picture is enough
		view.Page, view.At = 0, 0
	}
	in, err := d.inMemory(*safe)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return d.pictured(ctx, in, view)
}

// pictured returns a picture of a file.
func (d *Desk) pictured(ctx context.Context, in *os.File, view picture.View) ([]byte, error) {
	d.glimpsing.Lock()
	defer d.glimpsing.Unlock()
	out, err := picture.Of(ctx, in, view)
	if err != nil && ctx.Err() == nil {
		err = fault.Wrap(err, fault.NotFound, "exhibit.no_picture")
	}
	return out, err
}

// PagesOf returns how many pages a PDF has that is shown to by now.
func (d *Desk) PagesOf(ctx context.Context, by Actor, id CaseID, of FileOf) (int, error) {
	if err := d.may(by, lookNames); err != nil {
		return 0, err
	}
	safe, _, err := d.shownFile(ctx, by, id, of)
	if err != nil {
		return 0, err
	}
	in, err := d.inMemory(*safe)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	d.glimpsing.Lock()
	defer d.glimpsing.Unlock()
	n, err := picture.Pages(ctx, in)
	if err != nil && ctx.Err() == nil {
		err = fault.Wrap(err, fault.NotFound, "exhibit.no_picture")
	}
	return n, err
}

// ShowSmall lets the safe copies of all exhibits of a case that are pictures be shown
// to by, as [Desk.LookAtExhibit] does: an event of each that is not shown yet.
func (d *Desk) ShowSmall(ctx context.Context, by Actor, id CaseID) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	if !d.revealed(by, id) {
		return fault.New(fault.Conflict, "exhibit.hidden")
	}
	all, _, err := d.Exhibits(ctx, by, id)
	if err != nil {
		return err
	}
	for _, x := range all {
		of := FileOf{Exhibit: x.Ref()}
		if shown, _ := d.looksAt(by, id, of); shown || x.Safe == nil || !Glimpses(x.Safe.Media) {
			continue
		}
		if err := d.look(ctx, by, id, of, false); err != nil {
			return err
		}
	}
	return nil
}

// mostShown is how much text is shown on a page.
const mostShown = 256 << 10

// ShownText returns the text of a file that is shown to by now, if it is text: its
// beginning, if more says so.
func (d *Desk) ShownText(ctx context.Context, by Actor, id CaseID, of FileOf) (text vault.Text, more bool, err error) {
	if err := d.may(by, lookNames); err != nil {
		return text, false, err
	}
	safe, r, err := d.safeFile(ctx, by, id, of)
	if err != nil {
		return text, false, err
	}
	if !strings.HasPrefix(safe.Media, "text/plain") {
		return text, false, errors.Join(fault.New(fault.NotFound, "exhibit.none"), r.Close())
	}
	b, err := io.ReadAll(io.LimitReader(r, mostShown))
	if err = errors.Join(err, r.Close()); err != nil {
		return text, false, unreadable(err)
	}
	return vault.NewText(string(bytes.ToValidUTF8(b, []byte("\ufffd")))), safe.Size > mostShown, nil
}
