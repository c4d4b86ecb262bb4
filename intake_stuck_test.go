package habeas_test

import (
	"bytes"
	"io"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"habeas"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// The newest wish, made under pressure, went to an offline desk and was removed there.
// The older one, which allowed the public, is not recorded any more.
func TestNewestWishGone(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r := receipt.From(secret())
	id, st := s.filed(r, herLetter())
	s.ok(s.ChangeUses(ctx, r, herLetter().Uses))
	far, err := vault.NewHolder(vault.NewSeed())
	s.ok(err)
	vera := s.as("vera")
	s.ok(s.UseOfflineDesk(ctx, vera, far.Public(ledger.UseDesk), 2))
	_, pressed := r.Confirm("en")
	s.ok(s.TakeBack(ctx, r, pressed))
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	for _, item := range q {
		s.refused(s.CloseUnread(ctx, vera, pass("vera"), item.ID), "intake.opened") // it may be a withdrawal
		if item.Offline {
			s.ok(s.DropLetter(ctx, vera, item.ID))
		}
	}
	for _, w := range s.wishes(vera) {
		s.ok(s.Heed(ctx, vera, w.ID))
	}
	if s.public(id, st) || len(s.wishes(vera)) != 0 {
		t.Error("an older wish was recorded, or waits for ever")
	}
}

// Whoever forced her to use the pressure word sends changes of their own at the same
// moment, again and again. Whichever is first, the pressure word holds.
func TestPressureAtOnce(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	for range 8 {
		r := receipt.From(secret())
		id, st := s.filed(r, herLetter())
		_, pressed := r.Confirm("en")
		var all sync.WaitGroup
		all.Go(func() { s.ok(s.TakeBack(ctx, r, pressed)) })
		for range 4 {
			all.Go(func() { _ = s.ChangeUses(ctx, r, herLetter().Uses) })
		}
		all.Wait()
		vera := s.as("vera")
		for len(s.wishes(vera)) > 0 {
			for _, w := range s.wishes(vera) {
				_ = s.Heed(ctx, vera, w.ID)
			}
		}
		if s.public(id, st) {
			t.Fatal("the public may see it")
		}
		if c, err := s.Converse(ctx, r); err != nil || !c.Stopped {
			t.Fatalf("it is not stopped any more: %v", err)
		}
	}
}

// One form sent twice leaves no key behind, so that the desk key of the week goes when
// its queue is empty.
func TestTwiceLeavesNoKey(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	keys := func() int { return len(s.rows("keys.db", `select key from wrap where stream = ?`, s.deskStream())) }
	r := receipt.From(secret())
	for range 3 {
		l := herLetter()
		l.Files = []*habeas.Upload{s.upload("a", photograph(100))}
		s.ok(s.Receive(ctx, r, l))
		l.Files[0].Discard()
	}
	if got := keys(); got != 2 {
		t.Errorf("got %d keys, want those of the letter and of its file", got)
	}
	vera := s.as("vera")
	s.ok(s.CloseLetter(ctx, vera, s.first(vera).ID, vault.Text{}))
	if got := keys(); got != 0 {
		t.Errorf("closed: got %d keys", got)
	}
	if names := s.blobs(); len(names) != 0 {
		t.Errorf("got files %v", names)
	}
}

// What looks like a page, and what is no text, can be filed; a title that is refused
// leaves no case behind, and somebody else can file the letter then.
func TestFilingThatFails(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	for _, text := range []string{"<html><script>alert(1)</script></html>", "a\x00b \xff"} {
		s.ok(s.Receive(ctx, receipt.From(secret()), habeas.Letter{Text: vault.NewText(text)}))
		vera := s.as("vera")
		id := s.first(vera).ID
		before, err := s.Cases(ctx, vera)
		s.ok(err)
		bad := filing(s.circle(vera))
		bad.Title = "about Воробейчиков"
		if _, _, err := s.FileLetter(ctx, vera, id, bad); err == nil {
			t.Fatal("a case was opened under a name")
		}
		if after, err := s.Cases(ctx, vera); err != nil || len(after) != len(before) {
			t.Errorf("a refusal left %d cases, %v, want %d", len(after), err, len(before))
		}
		omar := s.as("omar")
		_, _, err = s.FileLetter(ctx, omar, id, filing(s.circle(omar)))
		s.ok(err)
	}
}

// A letter that is damaged on the disk can be removed, and does not keep others from
// being read; rows that are none do not keep what was withdrawn from being destroyed.
func TestDamagedLetter(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r := receipt.From(secret())
	s.ok(s.Receive(ctx, r, herLetter()))
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	own, _ := r.Confirm("en")
	s.ok(s.TakeBack(ctx, r, own))
	s.reopened(func() {
		s.change("truth.db", `update inbox set box = substr(box, 1, length(box) - 5) where thread not in (select id from thread where due > 0)`)
		s.change("truth.db", `insert into thread (id, look, public, state, due) values (x'01', x'02', x'', x'', 1)`)
		s.change("truth.db", `insert into inbox (id, thread, day, urgent, desk, key, box) values (x'01', x'02', 1, 1, x'', x'', x'00')`)
	})
	vera := s.as("vera")
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	dropped := 0
	for _, item := range q {
		if _, err := s.OpenLetter(ctx, vera, item.ID); err != nil {
			s.refused(err, "intake.damaged")
			s.ok(s.DropLetter(ctx, vera, item.ID))
			dropped++
		}
	}
	if len(q) != 3 || dropped != 1 {
		t.Errorf("got %d letters, %d damaged, want 3 and 1", len(q), dropped)
	}
	s.now = s.now.Add(8 * 24 * time.Hour)
	s.ok(s.Expire(ctx))
	_, err = s.Converse(ctx, r)
	s.refused(err, "intake.no_receipt")
	if q, all, err := s.Queue(ctx, s.as("vera")); err != nil || len(q) != 0 {
		t.Errorf("got %d letters of %d, %v, want what was withdrawn destroyed", len(q), all, err)
	}
}

// A file was sealed to a key that is gone by the time its letter is sent: the letter
// is refused, since nobody could open the file.
func TestUploadOutlivesItsKey(t *testing.T) {
	s := tell(t)
	l := herLetter()
	l.Files = []*habeas.Upload{s.upload("a", photograph(1000))}
	s.now = s.now.Add(9 * week)
	s.as("vera")
	s.now = s.now.Add(-9 * week)
	s.as("vera")
	s.refused(s.Receive(s.Context(), receipt.From(secret()), l), "intake.closed")
	l.Files[0].Discard()
	s.ok(s.Receive(s.Context(), receipt.From(secret()), herLetter()))
}

// Whoever has read a letter knows all that is in it, and cannot write another as if
// its source had: not with other words, and not as another letter.
func TestLetterIsSigned(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	far, err := vault.NewHolder(vault.NewSeed())
	s.ok(err)
	s.ok(s.UseOfflineDesk(ctx, s.as("vera"), far.Public(ledger.UseDesk), 1))
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	identity, err := age.ParseHybridIdentity(far.Age().Reveal())
	s.ok(err)
	for out, err := range s.Outbox(ctx) {
		s.ok(err)
		r, err := age.Decrypt(out.Age, identity)
		s.ok(err)
		b, err := io.ReadAll(r)
		s.ok(err)
		if l, err := habeas.ReadLetter(out.Item, b); err != nil || l.Text.Reveal() != herWords {
			t.Fatalf("the letter itself: %v", err)
		}
		forged := bytes.Replace(b, []byte(`"kind":"letter"`), []byte(`"kind":"uses"`), 1)
		if bytes.Equal(forged, b) {
			t.Fatal("nothing was forged")
		}
		_, err = habeas.ReadLetter(out.Item, forged)
		s.refused(err, "intake.damaged")
		_, err = habeas.ReadLetter(ledger.NewID(), b)
		s.refused(err, "intake.damaged")
	}
}
