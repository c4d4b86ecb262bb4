package habeas_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// What the mother writes; every word of it is invented, and the names are canaries.
const (
	herWords  = "They took Пелагея's son Тихон Воробейчиков from the yard of the school on a Tuesday."
	herAnswer = "Елисей Кудеяров saw him in the cellar."
	herFile   = "Воробейчиков в подвале.jpg"
)

func secret() (b [32]byte) {
	rand.Read(b[:])
	return b
}

// photograph is bytes that stand for a picture, with a name in them.
func photograph(size int) []byte {
	return bytes.Repeat([]byte("\xff\xd8\xff\xe0 Prokhorovich Kudeyarov "), size/27+1)[:size]
}

func (s *story) upload(name string, b []byte) *habeas.Upload {
	s.Helper()
	u, err := s.Upload(s.Context(), vault.NewText(name))
	s.ok(err)
	_, err = u.Write(b)
	s.ok(err)
	s.ok(u.Close())
	return u
}

func herLetter() habeas.Letter {
	return habeas.Letter{
		Lang: "en", Text: vault.NewText(herWords), Delay: 7, Urgent: true,
		Answers: []habeas.Answered{{Question: "who", Text: vault.NewText("my son")}, {Question: "tried", Text: vault.NewText(" ")}},
		Uses:    []claim.Use{{To: claim.ToPublic, Named: claim.NamedCover, Place: "region"}},
	}
}

// agedTo seals bytes to the desk key of the week, as a source does with stock age.
func (s *story) agedTo(b []byte) []byte {
	s.Helper()
	to, err := s.DeskRecipient()
	s.ok(err)
	recipient, err := age.ParseHybridRecipient(to)
	s.ok(err)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	s.ok(err)
	_, err = w.Write(b)
	s.ok(err)
	s.ok(w.Close())
	return sealed.Bytes()
}

// lock locks everybody out, and restarts the server.
func (s *story) lock() {
	s.Helper()
	s.reopened(func() {})
}

// first returns the only letter that waits.
func (s *story) first(by habeas.Actor) *habeas.OpenedLetter {
	s.Helper()
	q, _, err := s.Queue(s.Context(), by)
	s.ok(err)
	if len(q) != 1 {
		s.Fatalf("got %d letters in the queue, want 1", len(q))
	}
	l, err := s.OpenLetter(s.Context(), by, q[0].ID)
	s.ok(err)
	return l
}

func (s *story) circle(by habeas.Actor) ledger.ID {
	s.Helper()
	all, err := s.Circles(s.Context(), by)
	s.ok(err)
	for _, c := range all {
		if !c.Office {
			return c.ID
		}
	}
	s.Fatal("no circle")
	return ledger.ID{}
}

func filing(circle ledger.ID) habeas.Filing {
	return habeas.Filing{Circle: circle, Title: "Taken from a school", Role: "mother", Question: func(q string) string { return q + "?" }, Without: "(only files)"}
}

// A mother writes while everybody is asleep, with a photograph; comes back; is asked
// something; answers; and the server, which was locked whenever she was there, has
// no word of hers on its disk.
func TestMotherWrites(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	s.lock()
	r := receipt.From(secret())
	photo := photograph(200_000)
	l := herLetter()
	l.Files = []*habeas.Upload{s.upload(herFile, photo)}
	s.ok(s.Receive(ctx, r, l))
	l.Files[0].Discard() // as a deferred call does
	s.sweepLocked()

	c, err := s.Converse(ctx, r)
	s.ok(err)
	if len(c.Sent) != 1 || c.Sent[0].Opened || len(c.Messages) != 0 || c.Held || c.Delay != 7 || len(c.Uses) != 1 {
		t.Errorf("before anybody looked: got %+v", c)
	}

	vera := s.as("vera")
	got := s.first(vera)
	if got.Text.Reveal() != herWords || !got.Urgent || got.Kind != habeas.LetterFirst || len(got.Answers) != 1 || len(got.Files) != 1 || got.Files[0].Name.Reveal() != herFile {
		t.Errorf("the letter is not as it was written: %+v", got)
	}
	f, file, err := s.OpenLetterFile(ctx, vera, got.ID, 0)
	s.ok(err)
	b, err := io.ReadAll(file)
	s.ok(err)
	s.ok(file.Close())
	if !bytes.Equal(b, photo) || f.Size != int64(len(photo)) {
		t.Errorf("the photograph has %d bytes, want %d, or others", len(b), len(photo))
	}
	s.ok(s.WriteToSource(ctx, vera, got.ID, vault.NewText("Who else saw him?")))
	s.lock()

	c, err = s.Converse(ctx, r)
	s.ok(err)
	if len(c.Sent) != 1 || !c.Sent[0].Opened || len(c.Messages) != 1 || c.Messages[0].Text.Reveal() != "Who else saw him?" {
		t.Errorf("after vera asked: got %+v", c)
	}
	once := [16]byte{1}
	for range 2 { // a double click
		s.ok(s.WriteAgain(ctx, r, once, habeas.Letter{Lang: "en", Text: vault.NewText(herAnswer)}))
	}
	s.sweepLocked()

	vera = s.as("vera")
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	if len(q) != 2 || !q[0].Urgent || q[0].Others != 1 {
		t.Fatalf("got queue %+v, want the urgent letter and one answer", q)
	}
	id, st, err := s.FileLetter(ctx, vera, got.ID, filing(s.circle(vera)))
	s.ok(err)
	more, err := s.OpenLetter(ctx, vera, q[1].ID)
	s.ok(err)
	if more.Kind != habeas.LetterMore || len(more.Filed) != 1 || more.Filed[0].Statement != st || more.Filed[0].Title != "Taken from a school" {
		t.Errorf("the answer does not say where the letter is: %+v", more.Filed)
	}
	again := filing(ledger.ID{})
	again.Case = id
	_, second, err := s.FileLetter(ctx, vera, more.ID, again)
	s.ok(err)
	file2, err := s.Case(ctx, vera, id)
	s.ok(err)
	if n := len(file2.State.Statements); n != 2 || len(file2.State.Sources) != 1 || second == st {
		t.Errorf("got %d statements of %d sources, want two of one", n, len(file2.State.Sources))
	}
	if got := file2.State.Agreed(st, claim.Reader{Audience: claim.ToPublic}, s.now); !got.Used {
		t.Errorf("what she agreed to did not come along: %+v", got)
	}
	files, err := s.Attachments(ctx, vera, id, st)
	s.ok(err)
	if len(files) != 1 || files[0].Name.Reveal() != herFile {
		t.Errorf("got attachments %d", len(files))
	}
	_, file, err = s.OpenAttachment(ctx, vera, id, st, 0, pass("vera"))
	s.ok(err)
	b, err = io.ReadAll(file)
	s.ok(err)
	s.ok(file.Close())
	if sha256.Sum256(b) != sha256.Sum256(photo) {
		t.Error("the attachment is not the photograph")
	}
	exhibits, older, err := s.Exhibits(ctx, vera, id)
	s.ok(err)
	if len(exhibits) != 1 || older != 0 || exhibits[0].Came != custody.ByIntake || exhibits[0].Name != herFile || len(exhibits[0].Events) != 3 || !exhibits[0].Whole {
		t.Errorf("the photograph is no exhibit: %d, and %d older files", len(exhibits), older)
	}
	if q, _, err := s.Queue(ctx, vera); err != nil || len(q) != 0 {
		t.Errorf("the queue still has %d", len(q))
	}
	if _, err := s.Attachments(ctx, s.as("ana"), id, st); err == nil {
		t.Error("an analyst sees what files are called")
	}
	if names := s.blobs(); len(names) != 1 {
		t.Errorf("got files %v, want the attachment only", names)
	}
	s.sweep()
}

// sweepLocked sweeps the data directory and the log, with nobody there.
func (s *story) sweepLocked() {
	s.Helper()
	words := append(demo.Canaries(), "schoolyardish")
	testkit.Sweep(s, words, []string{s.dir}, map[string][]byte{"log": s.logs.Bytes()}, nil)
	for _, marker := range []string{"from the yard", "saw him in the cellar", "my son", ".jpg"} {
		filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
			if b, _ := os.ReadFile(path); bytes.Contains(b, []byte(marker)) {
				s.Errorf("%q stands in %s", marker, path)
			}
			return nil
		})
	}
}

func (s *story) blobs() (names []string) {
	files, err := os.ReadDir(filepath.Join(s.config().Dir, "blobs"))
	s.ok(err)
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

// She takes it back before anybody filed it. The keys stay for the days she chose;
// then, with nobody there, everything goes, and her receipt is as one that never was.
func TestTakenBackBeforeFiling(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	s.lock()
	r := receipt.From(secret())
	l := herLetter()
	l.Files = []*habeas.Upload{s.upload(herFile, photograph(70_000))}
	s.ok(s.Receive(ctx, r, l))
	s.refused(s.TakeBack(ctx, r, vault.NewText("nothing")), "intake.wrong_word")
	own, _ := r.Confirm("en")
	s.ok(s.TakeBack(ctx, r, own))
	c, err := s.Converse(ctx, r)
	s.ok(err)
	if !c.Held || !c.Stopped {
		t.Errorf("after she took it back: got %+v", c)
	}
	s.now = s.now.Add(6 * 24 * time.Hour)
	s.ok(s.Expire(ctx))
	if len(s.blobs()) != 1 {
		t.Error("it went before its day")
	}
	s.now = s.now.Add(24 * time.Hour)
	s.ok(s.Expire(ctx))
	if names := s.blobs(); len(names) != 0 {
		t.Errorf("files are left: %v", names)
	}
	_, err = s.Converse(ctx, r)
	s.refused(err, "intake.no_receipt")
	_, never := s.Converse(ctx, receipt.From(secret()))
	s.refused(never, "intake.no_receipt")
	if q, _, err := s.Queue(ctx, s.as("vera")); err != nil || len(q) != 0 {
		t.Errorf("got %d letters, %v, want none", len(q), err)
	}
	s.sweep()
}

// Somebody stands behind her. The pressure word looks the same to them, stops all
// use, destroys nothing, and tells the office.
func TestTakenBackUnderPressure(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	free, pressed := receipt.From(secret()), receipt.From(secret())
	for _, r := range []receipt.Receipt{free, pressed} {
		s.ok(s.Receive(ctx, r, herLetter()))
	}
	own, _ := free.Confirm("ru")
	_, word := pressed.Confirm("ru")
	s.ok(s.TakeBack(ctx, free, own))
	s.ok(s.TakeBack(ctx, pressed, word))
	for day := range 9 {
		a, errA := s.Converse(ctx, free)
		b, errB := s.Converse(ctx, pressed)
		if (errA == nil) != (errB == nil) {
			t.Fatalf("day %d: free %v, pressed %v", day, errA, errB)
		}
		if errA == nil && (a.Held != b.Held || a.Stopped != b.Stopped || len(a.Sent) != len(b.Sent)) {
			t.Errorf("day %d: free %+v, pressed %+v", day, a, b)
		}
		s.now = s.now.Add(24 * time.Hour)
		s.ok(s.Expire(ctx))
	}
	vera := s.as("vera")
	q, _, err := s.Queue(ctx, vera)
	s.ok(err)
	var kinds []string
	for _, item := range q {
		l, err := s.OpenLetter(ctx, vera, item.ID)
		s.ok(err)
		if l.Kind == habeas.LetterStop && !l.Pressed {
			t.Error("what says that it was pressed is gone")
		}
		kinds = append(kinds, l.Kind)
	}
	if strings.Join(kinds, " ") != "letter withdrawal" {
		t.Errorf("got %v, want the letter and its withdrawal", kinds)
	}
	s.sweep()
}

// What she wrote is in a case. She takes it back while everybody sleeps: from that
// moment nothing of it leaves.
func TestTakenBackAfterFiling(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	r := receipt.From(secret())
	s.ok(s.Receive(ctx, r, herLetter()))
	vera := s.as("vera")
	letter := s.first(vera)
	id, st, err := s.FileLetter(ctx, vera, letter.ID, filing(s.circle(vera)))
	s.ok(err)
	to := claim.Reader{Audience: claim.ToPublic}
	if f, err := s.Case(ctx, vera, id); err != nil || !f.State.Agreed(st, to, s.now).Used {
		t.Fatalf("she agreed and it is not used: %v", err)
	}
	s.lock()
	s.ok(s.ChangeUses(ctx, r, nil))
	vera = s.as("vera")
	f, err := s.Case(ctx, vera, id)
	s.ok(err)
	if got := f.State.Agreed(st, to, s.now); got.Used || !f.State.Held(st) {
		t.Errorf("after she changed her mind: got %+v", got)
	}
	s.ok(s.Heed(ctx, vera, s.first(vera).ID))
	if f, err = s.Case(ctx, vera, id); err != nil || f.State.Held(st) || f.State.Agreed(st, to, s.now).Why != claim.LeftNotThem {
		t.Errorf("heeded: got %+v, %v", f.State.Agreed(st, to, s.now), err)
	}
	s.lock()
	own, _ := r.Confirm("uk")
	s.ok(s.TakeBack(ctx, r, own))
	s.now = s.now.Add(8 * 24 * time.Hour)
	s.ok(s.Expire(ctx))
	vera = s.as("vera")
	if f, err = s.Case(ctx, vera, id); err != nil || !f.State.Held(st) {
		t.Errorf("withdrawn, and not held: %v", err)
	}
	todo, err := s.Withdrawals(ctx, vera)
	s.ok(err)
	if len(todo) != 1 || todo[0].Statement != st || todo[0].Due != time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC) {
		t.Errorf("what is to be erased: got %+v", todo)
	}
	_, err = s.Erase(ctx, vera, id, ledger.Withdrawn, pass("vera"), st)
	s.ok(err)
	if todo, err = s.Withdrawals(ctx, s.as("vera")); err != nil || len(todo) != 0 {
		t.Errorf("erased, and still to be erased: %+v, %v", todo, err)
	}
	s.sweep()
}

// A letter cannot be taken by a member without the role, and by nobody while there
// is no desk key.
func TestWhoMayTakeIn(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	s.ok(s.Receive(ctx, receipt.From(secret()), herLetter()))
	id := s.first(s.as("omar")).ID
	for _, who := range []string{"ana", "ed"} {
		by := s.as(who)
		_, _, err := s.Queue(ctx, by)
		s.refused(err, "may.not")
		_, err = s.OpenLetter(ctx, by, id)
		s.refused(err, "may.not")
	}
	s.now = s.now.Add(9 * 7 * 24 * time.Hour) // nobody came for nine weeks
	s.refused(s.Taking(), "intake.closed")
	s.refused(s.Receive(ctx, receipt.From(secret()), herLetter()), "intake.closed")
	omar := s.as("omar")
	s.ok(s.Taking())
	if l := s.first(omar); l.Text.Reveal() != herWords {
		t.Error("what waited is not read any more")
	}
	s.sweep()
}

// A source seals a file with stock age before sending it; an office whose key pair is
// on another machine takes letters out as age files that stock age opens.
func TestOfflineDesk(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	sealed := s.agedTo(photograph(3000))
	r := receipt.From(secret())
	l := herLetter()
	l.Files = []*habeas.Upload{s.upload("Воробейчиков.jpg.age", sealed)}
	s.ok(s.Receive(ctx, r, l))
	vera := s.as("vera")
	letter := s.first(vera)
	f, file, err := s.OpenLetterFile(ctx, vera, letter.ID, 0)
	s.ok(err)
	if b, err := io.ReadAll(file); err != nil || !bytes.HasPrefix(b, photograph(3000)) || f.Name.Reveal() != "Воробейчиков.jpg" {
		t.Errorf("a file sealed by its sender is not opened: %d bytes, %v", len(b), err)
	}
	s.ok(file.Close())
	id, st, err := s.FileLetter(ctx, vera, letter.ID, filing(s.circle(vera)))
	s.ok(err)
	_, file, err = s.OpenAttachment(ctx, vera, id, st, 0, pass("vera"))
	s.ok(err)
	if b, err := io.ReadAll(file); err != nil || !bytes.Equal(b, photograph(3000)) {
		t.Errorf("what was filed is %d bytes, %v", len(b), err)
	}
	s.ok(file.Close())

	offline, err := vault.NewHolder(vault.NewSeed()) // on another machine
	s.ok(err)
	s.ok(s.UseOfflineDesk(ctx, vera, offline.Public(ledger.UseDesk), 4))
	s.lock()
	l = herLetter()
	l.Files = []*habeas.Upload{s.upload(herFile, photograph(100_000))}
	s.ok(s.Receive(ctx, receipt.From(secret()), l))
	identity, err := age.ParseHybridIdentity(offline.Age().Reveal())
	s.ok(err)
	var sizes []int
	var item ledger.ID
	for out, err := range s.Outbox(ctx) {
		s.ok(err)
		item = out.Item
		plain, err := age.Decrypt(out.Age, identity)
		s.ok(err)
		b, err := io.ReadAll(plain)
		s.ok(err)
		if len(sizes) == 0 && !bytes.Contains(b, []byte("school on a Tuesday")) {
			t.Error("stock age does not read the letter")
		}
		sizes = append(sizes, len(b))
	}
	if len(sizes) != 2 || sizes[1] != ledger.Pad(100_000) {
		t.Errorf("got age files of %v bytes, want the letter and the photograph", sizes)
	}
	vera = s.as("vera")
	_, err = s.OpenLetter(ctx, vera, item)
	s.refused(err, "intake.offline")
	s.ok(s.DropLetter(ctx, vera, item))
	if q, _, err := s.Queue(ctx, vera); err != nil || len(q) != 0 {
		t.Errorf("got %d letters, %v", len(q), err)
	}
	s.sweep()
}
