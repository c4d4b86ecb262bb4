package habeas

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"habeas/claim"
	"habeas/custody"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// A large file can come in pieces, so that a lost connection does not lose what came.
// What is there of it is sealed on the disk, and what opens it is in memory only: with
// the session, or after an hour in which nothing came, it is destroyed. What a crash
// leaves is opened by nobody, and removed when the store is next opened; a file all of
// which had come, a month later.

const (
	// MostUploads is how many files of one member can be on their way in pieces.
	MostUploads = 4

	uploadIdle  = time.Hour
	uploadFresh = time.Minute    // for so long none is given up for another
	pieceBlock  = 64 << 10       // bytes that are read before they are sealed
	mostSize    = int64(1) << 50 // no disk has as much
)

// A Coming is a file as a browser announces it, before it sends it in pieces.
type Coming struct {
	Case      CaseID
	Statement claim.Ref
	Name      vault.Text // as whoever gave it calls it
	Size      int64      // bytes
	Changed   string     // when it was last changed, as the browser says it; opaque
	Begins    []byte     // up to 4096 bytes it begins with
}

// An openUpload is a file on its way in pieces.
type openUpload struct {
	Coming
	id   string
	from *session

	used time.Time // guarded by the mutex of the desk

	mu   sync.Mutex // guards what follows; before the mutex of the desk
	u    *Upload    // nil once it was taken or destroyed
	turn int        // of the piece that may write: a later one ends those before it
}

// same reports whether two announcements are of one file, as far as can be told
// without reading all of it.
func (c *Coming) same(o *Coming) bool {
	return c.Case == o.Case && c.Statement == o.Statement && c.Size == o.Size && c.Changed == o.Changed &&
		c.Name.Reveal() == o.Name.Reveal() && bytes.Equal(c.Begins, o.Begins)
}

// OpenUpload begins a file that comes in pieces, for by's session, and returns what it
// is known by and how many bytes of it are there: more than none if the same session
// announced the same file before. If there is no room for it the fault is
// "exhibit.no_room", if [MostUploads] are on their way "upload.many".
func (d *Desk) OpenUpload(ctx context.Context, by Actor, c Coming) (id string, offset int64, err error) {
	if err := d.may(by, lookNames); err != nil {
		return "", 0, err
	}
	if c.Size < 0 || c.Size > mostSize || len(c.Begins) > 4096 {
		return "", 0, fault.New(fault.Invalid, "upload.unfit")
	}
	k, _, _, err := d.statement(ctx, by, c.Case, c.Statement)
	if err != nil {
		return "", 0, err
	}
	if k.vault == nil {
		return "", 0, fault.New(fault.Forbidden, "may.needs_vault")
	}
	if o := d.sentBefore(by, &c); o != nil {
		if n, err := o.stop(); err == nil {
			return o.id, n, nil
		}
	}
	if room := d.room(); int64(ledger.Pad(int(c.Size))) > room {
		return "", 0, fault.New(fault.Busy, "exhibit.no_room", fault.Count(c.Size>>20), fault.Count(room>>20))
	}
	u, err := d.UploadExhibit(ctx, by, c.Name)
	if err != nil {
		return "", 0, err
	}
	o := &openUpload{Coming: c, id: rand.Text(), from: by.session, u: u}
	old, err := d.list(o)
	if err != nil {
		u.Discard()
		return "", 0, err
	}
	if old != nil {
		old.drop()
	}
	return o.id, 0, nil
}

// sentBefore returns the upload that by's session announced before, or nil.
func (d *Desk) sentBefore(by Actor, c *Coming) *openUpload {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range d.uploads {
		if o.from == by.session && o.same(c) {
			o.used = d.now()
			return o
		}
	}
	return nil
}

// list puts an upload on the list. old is one that has to give way to it.
func (d *Desk) list(o *openUpload) (old *openUpload, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if o.from.sealed == nil {
		return nil, fault.New(fault.Locked, "session.ended")
	}
	n := 0
	for _, other := range d.uploads {
		if other.from.member != o.from.member {
			continue
		}
		n++
		if old == nil || other.used.Before(old.used) {
			old = other
		}
	}
	o.used = d.now()
	switch {
	case n < MostUploads:
		old = nil
	case o.used.Sub(old.used) < uploadFresh:
		return nil, fault.New(fault.Busy, "upload.many", fault.Count(MostUploads))
	default:
		delete(d.uploads, old.id)
	}
	if d.uploads == nil {
		d.uploads = map[string]*openUpload{}
	}
	d.uploads[o.id] = o
	return old, nil
}

// upload returns an upload of by's own session. Of any other it says that there is
// none.
func (d *Desk) upload(by Actor, id string) (*openUpload, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o := d.uploads[id]
	if o == nil || o.from != by.session {
		return nil, fault.New(fault.NotFound, "upload.none")
	}
	o.used = d.now()
	return o, nil
}

// stop ends the piece that is on its way, and returns how many bytes there are.
func (o *openUpload) stop() (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.u == nil {
		return 0, fault.New(fault.NotFound, "upload.none")
	}
	o.turn++
	return o.u.Size(), nil
}

// drop destroys what there is.
func (o *openUpload) drop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.u != nil {
		o.u.Discard()
		o.u = nil
	}
}

// UploadOffset returns how many bytes of a file that comes in pieces are there. A
// piece that was on its way ends: a connection that was lost writes nothing more.
func (d *Desk) UploadOffset(by Actor, id string) (int64, error) {
	if err := d.may(by, lookNames); err != nil {
		return 0, err
	}
	o, err := d.upload(by, id)
	if err != nil {
		return 0, err
	}
	return o.stop()
}

// WritePiece takes the next bytes of a file, and returns how many there are then. If
// they are of another place of it than offset, the fault is "upload.offset", nothing
// is read, and the number is where the next piece has to begin. What came of a piece
// that was cut short is kept.
func (d *Desk) WritePiece(ctx context.Context, by Actor, id string, offset int64, from io.Reader) (int64, error) {
	if err := d.may(by, lookNames); err != nil {
		return 0, err
	}
	o, err := d.upload(by, id)
	if err != nil {
		return 0, err
	}
	now, turn, err := o.begin(offset)
	if err != nil {
		return now, err
	}
	block := make([]byte, pieceBlock)
	for {
		n, readErr := io.ReadFull(from, block)
		if n > 0 {
			if now, err = o.write(turn, block[:n]); err != nil {
				return now, err
			}
		}
		switch {
		case errors.Is(readErr, io.EOF), errors.Is(readErr, io.ErrUnexpectedEOF): // the end, or a connection that was lost
			return now, nil
		case readErr != nil:
			return now, readErr
		case ctx.Err() != nil:
			return now, ctx.Err()
		}
	}
}

// begin takes the turn of a piece.
func (o *openUpload) begin(offset int64) (now int64, turn int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.u == nil {
		return 0, 0, fault.New(fault.NotFound, "upload.none")
	}
	now = o.u.Size()
	if offset != now {
		return now, 0, fault.New(fault.Conflict, "upload.offset")
	}
	o.turn++
	return now, o.turn, nil
}

// write seals a block of a piece, if it is still its turn.
func (o *openUpload) write(turn int, block []byte) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.u == nil {
		return 0, fault.New(fault.NotFound, "upload.none")
	}
	before := o.u.Size()
	if turn != o.turn {
		return before, fault.New(fault.Conflict, "upload.offset")
	}
	if before+int64(len(block)) > o.Size {
		return before, fault.New(fault.Invalid, "upload.unfit")
	}
	if begins := o.Begins[min(before, int64(len(o.Begins))):]; !bytes.HasPrefix(begins, block[:min(len(begins), len(block))]) {
		return before, fault.New(fault.Invalid, "upload.unfit")
	}
	_, err := o.u.Write(block)
	if known, ok := errors.AsType[*fault.Error](err); err != nil && (!ok || known.Kind() != fault.Busy) {
		o.u.Discard() // part of the block may be in the seal, and none of it in the hash
		o.u = nil
		return 0, err
	}
	return o.u.Size(), err
}

// DropUpload destroys what there is of a file that comes in pieces.
func (d *Desk) DropUpload(by Actor, id string) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	o, err := d.upload(by, id)
	if err != nil {
		return err
	}
	d.mu.Lock()
	delete(d.uploads, id)
	d.mu.Unlock()
	o.drop()
	return nil
}

// AddUploaded is [Desk.AddExhibit] for a file all of which came in pieces, for the
// statement it was announced for. If it fails, what came is still there.
func (d *Desk) AddUploaded(ctx context.Context, by Actor, id string, c CaseID, st claim.Ref, came custody.Way, notes custody.Collected) (claim.Ref, error) {
	if err := d.may(by, lookNames); err != nil {
		return "", err
	}
	o, err := d.upload(by, id)
	if err != nil {
		return "", err
	}
	if o.Case != c || o.Statement != st {
		return "", fault.New(fault.NotFound, "upload.none")
	}
	u, err := o.take()
	if err != nil {
		return "", err
	}
	err = u.Close()
	if fault.KindOf(err) == fault.Busy && d.giveBack(o, u) {
		return "", err // all of it is here, and the bucket may take it the next time
	}
	if err != nil {
		u.Discard()
		return "", err
	}
	ref, err := d.AddExhibit(ctx, by, c, st, u, came, notes)
	if d.giveBack(o, u) {
		return ref, err
	}
	u.Discard()
	return ref, err
}

// take returns all of the file, which nobody else then has.
func (o *openUpload) take() (*Upload, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.u == nil {
		return nil, fault.New(fault.NotFound, "upload.none")
	}
	if o.u.Size() != o.Size {
		return nil, fault.New(fault.Conflict, "upload.offset")
	}
	u := o.u
	o.turn++
	o.u = nil
	return u, nil
}

// giveBack puts a file that nothing came to own where it was, if its session is still
// there. Of one that something owns it forgets that it was on its way.
func (d *Desk) giveBack(o *openUpload, u *Upload) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if u.taken {
		delete(d.uploads, o.id)
		return true
	}
	if d.uploads[o.id] != o {
		return false
	}
	o.u = u
	return true
}

// dropUploads destroys what is on its way of sessions that have ended, what nothing
// came of for long, and what was announced for statements of a case that are gone.
func (d *Desk) dropUploads(of CaseID, gone ...claim.Ref) {
	var over []*openUpload
	d.mu.Lock()
	now := d.now()
	for id, o := range d.uploads {
		if o.from.sealed == nil || now.Sub(o.used) >= uploadIdle || o.Case == of && slices.Contains(gone, o.Statement) {
			delete(d.uploads, id)
			over = append(over, o)
		}
	}
	d.mu.Unlock()
	for _, o := range over {
		o.drop()
	}
}
