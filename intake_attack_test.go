package habeas_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// Files of every size class come back as they were sent, to every member who takes
// in; what is stored of two of nearly one size is of one size.
func TestUploadsBySize(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	const chunk = 64 << 10
	sizes := []int{0, 1, chunk - 1, chunk, chunk + 1, 5*chunk + 3}
	l := herLetter()
	for _, n := range sizes {
		l.Files = append(l.Files, s.upload("file", photograph(n)))
	}
	s.ok(s.Receive(ctx, receipt.From(secret()), l))
	for _, who := range []string{"vera", "omar"} {
		by := s.as(who)
		letter := s.first(by)
		for i, n := range sizes {
			_, r, err := s.OpenLetterFile(ctx, by, letter.ID, i)
			s.ok(err)
			b, err := io.ReadAll(r)
			s.ok(err)
			s.ok(r.Close())
			if !bytes.Equal(b, photograph(n)) {
				t.Errorf("%s, %d bytes: got %d, or others", who, n, len(b))
			}
		}
	}
	s.sweepLocked()
}

// Nobody sends more than a file may have, however it is cut up.
func TestUploadTooLarge(t *testing.T) {
	s := tell(t)
	u, err := s.Upload(s.Context(), vault.NewText("long"))
	s.ok(err)
	defer u.Discard()
	piece := make([]byte, 1<<20)
	for range habeas.MaxUpload >> 20 {
		_, err := u.Write(piece)
		s.ok(err)
	}
	_, err = u.Write(piece[:1])
	s.refused(err, "intake.file_too_large")
	u.Discard()
	if names := s.blobs(); len(names) != 0 {
		t.Errorf("left: %v", names)
	}
}

// A thousand senders are cut off at the last moment. Nothing is left of them, in
// clear or sealed, and no key.
func TestUploadsAborted(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	before := s.rows("keys.db", `select count(*) from wrap`)
	photo := photograph(2000)
	for range 1000 {
		u, err := s.Upload(ctx, vault.NewText(herFile))
		s.ok(err)
		_, err = u.Write(photo[:1980])
		s.ok(err)
		u.Discard()
	}
	if names := s.blobs(); len(names) != 0 {
		t.Errorf("%d files are left", len(names))
	}
	u, err := s.Upload(ctx, vault.NewText(herFile)) // the power fails
	s.ok(err)
	_, err = u.Write(photo)
	s.ok(err)
	kept := s.upload(herFile, photo) // whole, but no letter came for it
	s.lock()
	names := s.blobs()
	if len(names) != 1 { // an older truth.db may have been put in place by mistake
		t.Errorf("after a restart: %v, want the whole one", names)
	}
	long := time.Now().Add(-31 * 24 * time.Hour)
	s.ok(os.Chtimes(filepath.Join(s.config().Dir, "blobs", names[0]), long, long))
	s.lock()
	if names := s.blobs(); len(names) != 0 {
		t.Errorf("a month later: %v", names)
	}
	u.Discard()
	kept.Discard()
	if after := s.rows("keys.db", `select count(*) from wrap`); !bytes.Equal(after[0], before[0]) {
		t.Errorf("got %s keys, want %s", after[0], before[0])
	}
	s.sweepLocked()
}

// The budget for files is spent. Files are refused; text is taken.
func TestTextStillGetsThrough(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	s.ok(s.Desk.Close())
	cfg := s.config()
	cfg.MaxFiles = 1 << 20
	var err error
	s.Desk, err = habeas.Open(cfg)
	s.ok(err)
	l := herLetter()
	l.Files = []*habeas.Upload{s.upload("first", photograph(1<<20))}
	s.ok(s.Receive(ctx, receipt.From(secret()), l))
	if s.TakesFiles() {
		t.Error("more files are taken")
	}
	_, err = s.Upload(ctx, vault.NewText("second"))
	s.refused(err, "intake.no_room")
	l = herLetter()
	l.Refused = 1
	s.ok(s.Receive(ctx, receipt.From(secret()), l))
	vera := s.as("vera")
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	for _, item := range q {
		s.ok(s.CloseLetter(ctx, vera, item.ID, vault.Text{}))
	}
	if !s.TakesFiles() {
		t.Error("the room was not given back")
	}
}

// Many write at once, some twice; each letter is there once, and each receipt opens.
func TestLettersAtOnce(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	const n = 40
	receipts := make([]receipt.Receipt, n)
	for i := range receipts {
		receipts[i] = receipt.From(secret())
	}
	var all sync.WaitGroup
	errs := make([]error, 2*n)
	for i := range 2 * n {
		all.Go(func() { errs[i] = s.Receive(ctx, receipts[i%n], herLetter()) })
	}
	all.Wait()
	s.ok(errors.Join(errs...))
	vera := s.as("vera")
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	if len(q) != n {
		t.Errorf("got %d letters, want %d", len(q), n)
	}
	for _, item := range q {
		if l, err := s.OpenLetter(ctx, vera, item.ID); err != nil || l.Text.Reveal() != herWords {
			t.Fatalf("a letter does not open: %v", err)
		}
	}
	for _, r := range receipts {
		if c, err := s.Converse(ctx, r); err != nil || len(c.Sent) != 1 {
			t.Fatalf("a receipt does not open: %v", err)
		}
	}
	s.verified("vera")
}

// A found slip opens messages, and nothing that was told: with all that the receipt
// gives, and the disk, no letter opens.
func TestFoundSlip(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r := receipt.From(secret())
	s.ok(s.Receive(ctx, r, herLetter()))
	vera := s.as("vera")
	letter := s.first(vera)
	s.ok(s.WriteToSource(ctx, vera, letter.ID, vault.NewText("Is it safe to call?")))
	s.lock()
	c, err := s.Converse(ctx, r)
	s.ok(err)
	if len(c.Messages) != 1 {
		t.Fatal("the message does not open")
	}
	s.now = s.now.Add(30 * 24 * time.Hour)
	s.ok(s.Expire(ctx))
	if c, err = s.Converse(ctx, r); err != nil || len(c.Messages) != 1 {
		t.Errorf("on the thirtieth day the message is gone: %v", err)
	}
	s.now = s.now.Add(24 * time.Hour)
	s.ok(s.Expire(ctx))
	if c, err = s.Converse(ctx, r); err != nil || len(c.Messages) != 0 {
		t.Errorf("a message that was read does not fade: %v", err)
	}
	for _, box := range s.rows("truth.db", `select box from inbox where box is not null`) {
		holder, err := vault.NewHolder(s.seedOf(r))
		s.ok(err)
		for _, head := range s.rows("keys.db", `select box from wrap where key in (select key from wrap)`) {
			if _, err := holder.OpenFile(head, bytes.NewReader(box)); err == nil {
				t.Fatal("what the receipt gives opens the letter")
			}
		}
	}
}

// Desk keys are there for eight weeks ahead; when a week is over and its queue
// empty, its key is destroyed, and with it what was in a copy of the disk.
func TestDeskKeyOfAPastWeek(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	wrapped := func() int { return len(s.rows("keys.db", `select key from wrap where stream = ?`, s.deskKeyStream())) }
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	if got := wrapped(); got != 2*8 {
		t.Fatalf("got %d wraps, want those of eight weeks for two members", got)
	}
	s.now = s.now.Add(5 * 7 * 24 * time.Hour)
	vera := s.as("vera")
	if got := wrapped(); got != 2*13 { // five more weeks; nothing went
		t.Errorf("with a letter waiting: got %d wraps, want 26", got)
	}
	s.ok(s.CloseLetter(ctx, vera, s.first(vera).ID, vault.Text{}))
	s.as("vera")
	if got := wrapped(); got != 2*12 { // that of the first week
		t.Errorf("with an empty queue: got %d wraps, want 24", got)
	}
}

// Somebody who took in is removed. The next who comes makes other keys for the
// weeks to come, which the removed member never had.
func TestDeskKeyAfterARemoval(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	third := habeas.NewMember{Handle: "ines", Name: "Ines", Passphrase: vault.NewText("harbour lantern seven rivers"), Roles: []ledger.Role{ledger.Caseworker}}
	s.ok(s.AddMember(ctx, vera, third, s.circle(vera), true))
	omar := s.as("omar")
	s.ok(s.Remove(ctx, vera, omar.Member, pass("vera")))
	vera = s.as("vera")
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	if l := s.first(vera); l.Text.Reveal() != herWords {
		t.Error("the letter does not open")
	}
	for _, desk := range s.rows("truth.db", `select desk from inbox`) {
		if n := len(s.rows("keys.db", `select box from wrap where key = ?`, desk)); n != 1 {
			t.Errorf("the key of the week is wrapped to %d, want vera alone", n)
		}
	}
}

// A thief writes a key of their own in the place of a receipt's, to read what the
// office writes back.
func TestSwappedReceiptKey(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	s.lock()
	thief, err := vault.NewHolder(vault.NewSeed())
	s.ok(err)
	s.reopened(func() { s.change("truth.db", `update thread set public = ?`, thief.Public(ledger.UseDesk).Encrypt) })
	vera := s.as("vera")
	letter := s.first(vera)
	s.ok(s.WriteToSource(ctx, vera, letter.ID, vault.NewText("Is it safe to call?")))
	for _, box := range s.rows("truth.db", `select box from message`) {
		for _, info := range s.rows("truth.db", `select 'habeas message v1' || char(10) || lower(hex(thread)) || char(10) || lower(hex(id)) from message`) {
			if _, err := thief.OpenNote(string(info), box); err == nil {
				t.Fatal("the thief reads the message")
			}
		}
	}
}

// Whoever has the disk and the log has no receipt.
func TestReceiptIsNowhere(t *testing.T) {
	s := tell(t)
	r := receipt.From(secret())
	s.ok(s.Receive(s.Context(), r, herLetter()))
	s.refused(s.TakeBack(s.Context(), r, vault.NewText("wrong")), "intake.wrong_word")
	raw := r.Bytes()
	for _, form := range []string{string(raw[3:]), r.Words("en").Reveal(), r.Words("ru").Reveal(), r.Digits().Reveal(), strings.ReplaceAll(r.Digits().Reveal(), " ", "")} {
		if bytes.Contains(s.logs.Bytes(), []byte(form)) {
			t.Error("the receipt is in the log")
		}
		s.ok(filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
			if b, _ := os.ReadFile(path); bytes.Contains(b, []byte(form)) {
				t.Errorf("the receipt is in %s", path)
			}
			return err
		}))
	}
}

// change changes a file of a closed office.
func (s *story) change(file, statement string, args ...any) {
	s.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.config().Dir, file)+"?mode=rw")
	s.ok(err)
	_, err = db.Exec(statement, args...)
	s.ok(errors.Join(err, db.Close()))
}

// deskStream is the stream of what arrives, as docs/format-vault.md has it.
func (s *story) deskStream() []byte {
	id := ledger.KeyID(s.Root(), ledger.ID([]byte("desk            ")))
	return id[:]
}

// deskKeyStream is the stream of the seeds of desk keys, as docs/format-vault.md has it.
func (s *story) deskKeyStream() []byte {
	id := ledger.KeyID(s.Root(), ledger.ID([]byte("desk keys       ")))
	return id[:]
}

// seedOf is what a receipt gives, as docs/format-vault.md has it.
func (s *story) seedOf(r receipt.Receipt) vault.Seed {
	s.Helper()
	raw, root := r.Bytes(), s.Root()
	b, err := hkdf.Key(sha256.New, raw[:], root[:], "habeas receipt holder v1", 32)
	s.ok(err)
	seed, err := vault.SeedFrom(b)
	s.ok(err)
	return seed
}

// Omar, who cannot open the case, records that she allows nobody any more. It stays
// held until vera has recorded it, too; and no letter sent before is filed under what
// she had allowed then.
func TestChangeHeededByHalf(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r := receipt.From(secret())
	s.ok(s.Receive(ctx, r, herLetter()))
	vera := s.as("vera")
	own, err := s.NewCircle(ctx, vera, "Hers alone", pass("vera"))
	s.ok(err)
	vera = s.as("vera")
	id, st, err := s.FileLetter(ctx, vera, s.first(vera).ID, filing(own))
	s.ok(err)
	s.ok(s.WriteAgain(ctx, r, [16]byte{1}, habeas.Letter{Text: vault.NewText("and his brother")}))
	s.ok(s.ChangeUses(ctx, r, nil))
	omar := s.as("omar")
	var more, wish ledger.ID
	q, _, err := s.Queue(ctx, omar)
	s.ok(err)
	for _, item := range q {
		l, err := s.OpenLetter(ctx, omar, item.ID)
		s.ok(err)
		if l.Kind == habeas.LetterUses {
			wish = l.ID
		} else {
			more = l.ID
		}
	}
	s.refused(s.Heed(ctx, omar, wish), "intake.elsewhere")
	vera = s.as("vera")
	f, err := s.Case(ctx, vera, id)
	s.ok(err)
	if !f.State.Held(st) {
		t.Fatal("not held any more, and nothing was recorded")
	}
	s.refused(s.Heed(ctx, vera, wish), "intake.file_first")
	s.ok(s.CloseLetter(ctx, vera, more, vault.Text{}))
	s.ok(s.Heed(ctx, vera, wish))
	f, err = s.Case(ctx, vera, id)
	s.ok(err)
	if f.State.Held(st) || f.State.Agreed(st, claim.Reader{Audience: claim.ToPublic}, s.now).Used {
		t.Error("held for ever, or used for the public")
	}
}

// Vera and omar file the same letter at once, and it becomes one statement.
func TestLetterFiledAtOnce(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	vera, omar := s.as("vera"), s.as("omar")
	id := s.first(vera).ID
	var all sync.WaitGroup
	errs := make([]error, 2)
	for i, by := range []habeas.Actor{vera, omar} {
		all.Go(func() { _, _, errs[i] = s.FileLetter(ctx, by, id, filing(s.circle(by))) })
	}
	all.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("got %v and %v, want one of them filed", errs[0], errs[1])
	}
	rows, err := s.Cases(ctx, vera)
	s.ok(err)
	if len(rows) != 3 { // with the two of the demo
		t.Errorf("got %d cases, want 3", len(rows))
	}
}
