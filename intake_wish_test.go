package habeas_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

const week = 7 * 24 * time.Hour

// filed receives a letter and files it.
func (s *story) filed(r receipt.Receipt, l habeas.Letter) (habeas.CaseID, claim.Ref) {
	s.Helper()
	s.ok(s.Receive(s.Context(), r, l))
	vera := s.as("vera")
	id, st, err := s.FileLetter(s.Context(), vera, s.first(vera).ID, filing(s.circle(vera)))
	s.ok(err)
	return id, st
}

// public reports whether the public may be shown a statement.
func (s *story) public(id habeas.CaseID, st claim.Ref) bool {
	s.Helper()
	f, err := s.Case(s.Context(), s.as("vera"), id)
	s.ok(err)
	return f.State.Agreed(st, claim.Reader{Audience: claim.ToPublic}, s.now).Used
}

// wishes returns the letters that wait and are no statement.
func (s *story) wishes(by habeas.Actor) (all []*habeas.OpenedLetter) {
	s.Helper()
	q, _, err := s.Queue(s.Context(), by)
	s.ok(err)
	for _, item := range q {
		l, err := s.OpenLetter(s.Context(), by, item.ID)
		s.ok(err)
		if l.Kind == habeas.LetterUses || l.Kind == habeas.LetterStop {
			all = append(all, l)
		}
	}
	return all
}

// She allows the public, and then nobody. In whatever order the two letters are taken
// up, it is the later that counts.
func TestLaterWishCounts(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r := receipt.From(secret())
	l := herLetter()
	l.Uses = nil
	id, st := s.filed(r, l)
	s.ok(s.ChangeUses(ctx, r, herLetter().Uses))
	s.ok(s.ChangeUses(ctx, r, nil))
	vera := s.as("vera")
	for _, w := range s.wishes(vera) {
		if len(w.Uses) > 0 {
			s.refused(s.Heed(ctx, vera, w.ID), "intake.newer")
		}
	}
	for _, w := range s.wishes(vera) {
		if len(w.Uses) == 0 {
			s.ok(s.Heed(ctx, vera, w.ID))
		}
	}
	if n := len(s.wishes(vera)); n != 0 {
		t.Errorf("%d earlier wishes wait", n)
	}
	if f, err := s.Case(ctx, vera, id); err != nil || f.State.Held(st) || s.public(id, st) {
		t.Errorf("still held, or shown to the public: %v", err)
	}
}

// She has said the pressure word. Whoever made her has the receipt, and cannot undo
// it, neither before the office has read it nor after, nor with an older wish.
func TestPressureIsNotUndone(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r := receipt.From(secret())
	id, st := s.filed(r, herLetter())
	s.ok(s.ChangeUses(ctx, r, herLetter().Uses))
	_, pressed := r.Confirm("en")
	s.ok(s.TakeBack(ctx, r, pressed))
	s.refused(s.ChangeUses(ctx, r, herLetter().Uses), "intake.stopped")
	s.ok(s.TakeBack(ctx, r, pressed)) // again does nothing
	vera := s.as("vera")
	for _, w := range s.wishes(vera) {
		if w.Kind == habeas.LetterStop {
			s.ok(s.Heed(ctx, vera, w.ID))
		}
	}
	if n := len(s.wishes(vera)); n != 0 {
		t.Errorf("%d wishes wait that came before", n)
	}
	s.refused(s.ChangeUses(ctx, r, herLetter().Uses), "intake.stopped")
	if s.public(id, st) {
		t.Error("the public may see it again")
	}
}

// A thief who can write to the tables, and has the public key of the desk, writes a
// letter as if the source had: it is not believed.
func TestForgedWish(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r := receipt.From(secret())
	l := herLetter()
	l.Uses = nil
	id, st := s.filed(r, l)
	to, err := s.DeskRecipient()
	s.ok(err)
	recipient, err := age.ParseHybridRecipient(to)
	s.ok(err)
	s.reopened(func() {
		one := func(query string) []byte { return s.rows("truth.db", query)[0] }
		thread, desk := one(`select id from thread`), one(`select desk from inbox`)
		b64 := base64.StdEncoding.EncodeToString
		letter, err := json.Marshal(map[string]any{
			"kind": "uses", "thread": hex.EncodeToString(thread), "look": b64(one(`select look from thread`)), "public": b64(one(`select public from thread`)),
			"sign": b64(make([]byte, 32)), "number": 9, "day": "2026-11-20", "uses": herLetter().Uses, "leaf": hex.EncodeToString(thread), "leaf_key": "",
		})
		s.ok(err)
		signed, err := json.Marshal(map[string]any{"letter": json.RawMessage(letter), "signature": b64(make([]byte, 64))})
		s.ok(err)
		var f bytes.Buffer
		w, err := age.Encrypt(&f, recipient)
		s.ok(err)
		w.Write(signed)
		s.ok(w.Close())
		item, key := bytes.Repeat([]byte{7}, 16), bytes.Repeat([]byte{8}, 16)
		s.change("truth.db", `insert into inbox (id, thread, day, urgent, desk, key, box) values (?, ?, 20777, 0, ?, ?, ?)`, item, thread, desk, key, f.Bytes()[100:])
		s.change("keys.db", `insert into wrap (key, stream, holder, box) values (?, ?, ?, ?)`, key, s.deskStream(), desk, f.Bytes()[:100])
	})
	vera := s.as("vera")
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	if len(q) != 1 {
		t.Fatalf("got %d letters, want the forged one", len(q))
	}
	_, err = s.OpenLetter(ctx, vera, q[0].ID)
	s.refused(err, "intake.damaged")
	s.refused(s.Heed(ctx, vera, q[0].ID), "intake.damaged")
	if s.public(id, st) {
		t.Error("the public may see it")
	}
}

// Rows that a thief wrote lead to a file outside, and to the keys of a case. The
// server destroys neither.
func TestRowsThatLeadElsewhere(t *testing.T) {
	s := tell(t)
	s.ok(s.Receive(s.Context(), receipt.From(secret()), herLetter()))
	victim := filepath.Join(s.dir, "precious")
	s.ok(os.WriteFile(victim, []byte("x"), 0o600))
	var keys int
	s.reopened(func() {
		keys = len(s.rows("keys.db", `select key from wrap`))
		theirs := s.rows("keys.db", `select key from wrap where stream <> ? limit 1`, s.deskStream())[0]
		s.change("truth.db", `insert into blob (name, owner) select '../../precious', id from inbox`)
		s.change("truth.db", `update inbox set key = ?`, theirs)
		s.change("truth.db", `update thread set due = 1`)
	})
	s.ok(s.Expire(s.Context()))
	if _, err := os.Stat(victim); err != nil {
		t.Errorf("the file outside: %v", err)
	}
	if got := len(s.rows("keys.db", `select key from wrap`)); got != keys {
		t.Errorf("got %d keys, want all %d", got, keys)
	}
}

// A clock that runs ahead while somebody logs in, and is put right, costs no letter.
func TestClockAhead(t *testing.T) {
	for _, ahead := range []time.Duration{week, 9 * week} {
		s := tell(t)
		s.now = s.now.Add(ahead)
		s.as("vera")
		s.now = s.now.Add(-ahead)
		s.lock()
		err := s.Receive(s.Context(), receipt.From(secret()), herLetter())
		if fault.KindOf(err) == fault.Busy {
			continue // refused: nothing was lost
		}
		s.ok(err)
		if l := s.first(s.as("vera")); l.Text.Reveal() != herWords {
			t.Error("what was acknowledged does not open")
		}
	}
}

// Two files of one letter, one from before Monday and one from after; somebody comes
// by in between. Both open, and it can be filed.
func TestUploadsAcrossMonday(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	l := herLetter()
	l.Files = []*habeas.Upload{s.upload("a", photograph(1000))}
	s.now = s.now.Add(week)
	s.as("vera")
	l.Files = append(l.Files, s.upload("b", photograph(2000)))
	s.ok(s.Receive(ctx, receipt.From(secret()), l))
	vera := s.as("vera")
	letter := s.first(vera)
	id, st, err := s.FileLetter(ctx, vera, letter.ID, filing(s.circle(vera)))
	s.ok(err)
	if files, err := s.Attachments(ctx, vera, id, st); err != nil || len(files) != 2 || files[1].Size != 2000 {
		t.Errorf("got %d attachments, %v", len(files), err)
	}
}

// Omar was suspended and called back: he opens again what comes, and what came. An
// older copy of the keys is put back, in which nobody has the key of this week: then no
// letter is taken that nobody could open, until somebody comes.
func TestDeskKeysComeBack(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	phrase := vault.NewText("harbour lantern seven rivers")
	m := habeas.NewMember{Handle: "ines", Name: "Ines", Passphrase: phrase, Roles: []ledger.Role{ledger.Caseworker}}
	s.ok(s.AddMember(ctx, vera, m, s.circle(vera), true))
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	omar := s.as("omar")
	s.ok(s.Suspend(ctx, vera, omar.Member, pass("vera")))
	s.ok(s.Return(ctx, s.as("vera"), omar.Member, pass("vera")))
	token, err := s.Login(ctx, "ines", phrase)
	s.ok(err)
	ines, err := s.Actor(ctx, token)
	s.ok(err)
	s.ok(s.Return(ctx, ines, omar.Member, phrase))
	s.as("vera")
	if l := s.first(s.as("omar")); l.Text.Reveal() != herWords {
		t.Error("omar is back, and does not open what came")
	}

	s.reopened(func() { s.change("keys.db", `delete from wrap where stream = ?`, s.deskKeyStream()) })
	s.refused(s.Taking(), "intake.closed")
	s.refused(s.Receive(ctx, receipt.From(secret()), herLetter()), "intake.closed")
	vera = s.as("vera")
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	mine, lost := 0, 0
	for _, item := range q {
		switch {
		case item.Mine:
			mine++
		case item.Lost:
			lost++
			s.ok(s.DropLetter(ctx, vera, item.ID))
		}
	}
	if mine != 1 || lost != 1 {
		t.Errorf("got %d that open and %d that are lost, want one of each", mine, lost)
	}
}

// Omar says that letters go to a machine of his own for a year, and is removed.
func TestOfflineDeskOfARemoved(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	third := habeas.NewMember{Handle: "ines", Name: "Ines", Passphrase: vault.NewText("harbour lantern seven rivers"), Roles: []ledger.Role{ledger.Caseworker}}
	s.ok(s.AddMember(ctx, vera, third, s.circle(vera), true))
	omar := s.as("omar")
	his, err := vault.NewHolder(vault.NewSeed())
	s.ok(err)
	s.ok(s.UseOfflineDesk(ctx, omar, his.Public(ledger.UseDesk), 53))
	if o, err := s.OfflineDesk(ctx, s.as("vera")); err != nil || o == nil || o.ID != his.ID() || len(o.By) != 1 {
		t.Errorf("vera is not told: %+v, %v", o, err)
	}
	s.ok(s.Remove(ctx, s.as("vera"), omar.Member, pass("vera")))
	vera = s.as("vera")
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	if l := s.first(vera); l.Text.Reveal() != herWords {
		t.Error("the letter went to his machine")
	}

	hers, err := vault.NewHolder(vault.NewSeed())
	s.ok(err)
	s.ok(s.UseOfflineDesk(ctx, vera, hers.Public(ledger.UseDesk), 4))
	s.ok(s.EndOfflineDesk(ctx, vera))
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	for out, err := range s.Outbox(ctx) {
		s.ok(err)
		t.Errorf("%s waits for an offline desk that was ended", out.Name)
	}
}

// A sender's own seal that is cut off inside does not keep a letter from being filed:
// the file is attached as it came.
func TestDamagedInside(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	sealed := s.agedTo(photograph(200_000))
	cut := sealed[:len(sealed)-50_000]
	l := herLetter()
	l.Files = []*habeas.Upload{s.upload("photo.jpg.age", cut)}
	id, st := s.filed(receipt.From(secret()), l)
	_, f, err := s.OpenAttachment(ctx, s.as("vera"), id, st, 0, pass("vera"))
	s.ok(err)
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || !bytes.Equal(b, cut) {
		t.Errorf("got %d bytes, %v, want the file as it came", len(b), err)
	}
}

// Junk is closed unread, many at once; a letter that somebody has opened is not.
func TestCloseUnread(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	var ids []ledger.ID
	for range 5 {
		s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	}
	vera := s.as("vera")
	q, all, err := s.Queue(ctx, vera)
	s.ok(err)
	if all != 5 {
		t.Fatalf("got %d letters, want 5", all)
	}
	for _, item := range q {
		ids = append(ids, item.ID)
	}
	_, err = s.OpenLetter(ctx, vera, ids[4])
	s.ok(err)
	s.refused(s.CloseUnread(ctx, vera, pass("vera"), ids[4]), "intake.opened")
	s.ok(s.CloseUnread(ctx, vera, pass("vera"), ids[:4]...))
	if all, urgent, err := s.Letters(ctx, vera); err != nil || all != 1 || urgent != 1 {
		t.Errorf("got %d letters, %d urgent, %v, want the one that was opened", all, urgent, err)
	}
	s.sweep()
}

// FuzzReadLetter: what anybody could have put into an outbox is no letter, and says so.
func FuzzReadLetter(f *testing.F) {
	f.Add([]byte(`{"letter":{"thread":"00000000000000000000000000000001"},"signature":""}`))
	f.Add([]byte("{\"letter\":{\"sign\":\"AAAA\",\"files\":[{}]}}\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := habeas.ReadLetter(ledger.ID{1}, b); fault.KindOf(err) != fault.Damaged {
			t.Errorf("got %v and %v, want that it is damaged", l, err)
		}
	})
}
