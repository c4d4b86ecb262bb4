package habeas_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/clean"
	"habeas/custody"
	proofs "habeas/foreign"
	"habeas/internal/demo"
	"habeas/internal/sandbox"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/picture"
	"habeas/redact"
	"habeas/vault"
)

// TestMain lets this program be started again to open a file of a stranger.
func TestMain(m *testing.M) {
	sandbox.Main(map[string]sandbox.Task{
		clean.TaskName: clean.Task, picture.TaskName: picture.Task, proofs.TaskName: proofs.Task, redact.TaskName: redact.Task,
	})
	os.Exit(run(m))
}

// scratch is a directory for what tests share, which goes when all have run.
var scratch string

func run(m *testing.M) int {
	var err error
	if scratch, err = os.MkdirTemp("", "habeas-test-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(scratch)
	return m.Run()
}

// What stands in and around an exhibit; the names are invented.
const (
	exhibitName  = "Vsevolod Bryukhovetsky u dveri.jpg"
	inTheComment = "filmed by Lyutobor Zhyrnosekov"
	handedTo     = "the court clerk Mstyslava Haydabura"
)

// exhibitWords are all of them, as canaries.
func exhibitWords() []string {
	return append(demo.Canaries(), "Vsevolod Bryukhovetsky", "Lyutobor Zhyrnosekov", "Mstyslava Haydabura")
}

// aPicture is a JPEG with a comment that names somebody.
func aPicture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	comment := append([]byte{0xff, 0xfe, 0, byte(len(inTheComment) + 2)}, inTheComment...)
	return slices.Concat(b.Bytes()[:2], comment, b.Bytes()[2:])
}

// exhibit adds a file to a statement.
func (s *story) exhibit(by habeas.Actor, id habeas.CaseID, st claim.Ref, name string, b []byte) claim.Ref {
	s.Helper()
	u, err := s.UploadExhibit(s.Context(), by, vault.NewText(name))
	s.ok(err)
	_, err = u.Write(b)
	s.ok(err)
	s.ok(u.Close())
	ref, err := s.AddExhibit(s.Context(), by, id, st, u, custody.ByBrowser, custody.Collected{Collector: "Lyutobor Zhyrnosekov", Method: "a telephone"})
	s.ok(err)
	u.Discard() // as a deferred call does
	return ref
}

func (s *story) exhibitOf(by habeas.Actor, id habeas.CaseID, ref claim.Ref) *habeas.ExhibitFile {
	s.Helper()
	x, err := s.Exhibit(s.Context(), by, id, ref)
	s.ok(err)
	return x
}

func acts(x *habeas.ExhibitFile) (all []custody.Act) {
	for _, e := range x.Events {
		all = append(all, e.Act)
	}
	return all
}

func (s *story) all(file habeas.LetterFile, r io.ReadCloser, err error) []byte {
	s.Helper()
	s.ok(err)
	b, err := io.ReadAll(r)
	s.ok(err)
	s.ok(r.Close())
	return b
}

// A photograph is given with a statement. It is checked, looked at by its safe copy,
// taken to a laptop and handed over; each is an event that names the one before.
func TestExhibit(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	photo := aPicture(t)
	ref := s.exhibit(vera, f.ID, mum.Ref, exhibitName, photo)
	x := s.exhibitOf(vera, f.ID, ref)
	short, long := sha256.Sum256(photo), sha512.Sum512(photo)
	if x.SHA256 != hex.EncodeToString(short[:]) || x.SHA512 != hex.EncodeToString(long[:]) || x.Size != int64(len(photo)) || x.Name != exhibitName ||
		x.Media != "image/jpeg" || x.Came != custody.ByBrowser || x.Giver != string(mum.Source) || x.Method != "a telephone" || x.Statement != mum.Ref {
		t.Errorf("the exhibit is not as it came: %+v", x.Exhibit)
	}
	if got := acts(x); !slices.Equal(got, []custody.Act{custody.Received, custody.Hashed}) || !x.Whole || x.Events[0].By != vera.Member {
		t.Errorf("got events %v, whole %v", got, x.Whole)
	}

	_, _, err := s.TakeExhibit(ctx, vera, f.ID, ref, false, vault.NewText("wrong"))
	s.refused(err, "login.wrong")
	_, _, err = s.TakeExhibit(ctx, vera, f.ID, ref, true, pass("vera"))
	s.refused(err, "exhibit.none") // there is no safe copy yet
	for _, handle := range []string{"ana", "ed"} {
		_, err = s.Exhibit(ctx, s.as(handle), f.ID, ref)
		s.refused(err, "may.not")
	}
	if got := acts(s.exhibitOf(vera, f.ID, ref)); len(got) != 2 {
		t.Errorf("a refusal wrote an event: %v", got)
	}
	if b := s.all(s.TakeExhibit(ctx, vera, f.ID, ref, false, pass("vera"))); !bytes.Equal(b, photo) {
		t.Error("what was taken is not the original")
	}
	b := s.all(s.OpenAttachment(ctx, vera, f.ID, mum.Ref, x.N, pass("vera"))) // from the page of the statement
	if !bytes.Equal(b, photo) {
		t.Error("what was taken is not the original")
	}

	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, ref))
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, ref)) // a second click
	s.refused(s.LookAtExhibit(ctx, vera, f.ID, ref), "exhibit.hidden")
	s.ok(s.Reveal(ctx, vera, f.ID, "looking at the photograph", pass("vera")))
	_, _, err = s.SafeCopy(ctx, vera, f.ID, ref)
	s.refused(err, "exhibit.hidden") // nothing says yet that she looked
	s.ok(s.LookAtExhibit(ctx, vera, f.ID, ref))
	safe, r, err := s.SafeCopy(ctx, vera, f.ID, ref)
	shown := s.all(habeas.LetterFile{}, r, err)
	if bytes.Contains(shown, []byte("Lyutobor")) || safe.Media != "image/jpeg" || safe.SHA256 == x.SHA256 {
		t.Errorf("the safe copy is not one: %s, %d bytes", safe.Media, len(shown))
	}
	s.ok(s.Hide(vera, f.ID))
	_, _, err = s.SafeCopy(ctx, vera, f.ID, ref)
	s.refused(err, "exhibit.hidden")
	if _, err := jpeg.Decode(bytes.NewReader(shown)); err != nil {
		t.Error(err)
	}
	if !slices.ContainsFunc(safe.Left, func(l vault.Left) bool { return strings.Contains(l.Value.Reveal(), inTheComment) }) {
		t.Error("it is not said that a comment was left out")
	}

	good, err := s.CheckExhibit(ctx, vera, f.ID, ref)
	s.ok(err)
	s.refused(s.NoteHandling(ctx, vera, f.ID, ref, custody.Erased, handedTo, ""), "exhibit.act")
	s.refused(s.NoteHandling(ctx, vera, f.ID, ref, custody.HandedOver, " ", ""), "exhibit.to")
	s.ok(s.NoteHandling(ctx, vera, f.ID, ref, custody.HandedOver, handedTo, "in a sealed envelope"))
	x = s.exhibitOf(vera, f.ID, ref)
	want := []custody.Act{
		custody.Received, custody.Hashed, custody.Exported, custody.Exported, custody.Derived, custody.Viewed, custody.Fixity, custody.Fixity, custody.HandedOver,
	}
	if got := acts(x); !good || !slices.Equal(got, want) || !x.Whole {
		t.Errorf("got events %v, whole %v, good %v; want %v", got, x.Whole, good, want)
	}
	if d := x.Events[4]; d.Parent != x.SHA256 || d.SHA256 != safe.SHA256 || d.Purpose != "safe copy" || !strings.HasPrefix(d.Tool, "habeas clean") {
		t.Errorf("the event of the safe copy does not say what was made of what: %+v", d.Event)
	}
	if v := s.verified("vera"); v == nil {
		t.Error("the log does not verify")
	}
	s.sweep()
	testkit.Sweep(t, exhibitWords(), []string{s.dir}, s.seen, nil)
	s.reopened(func() {})
	testkit.Sweep(t, exhibitWords(), []string{s.dir}, map[string][]byte{"log": s.logs.Bytes()}, nil)
}

// Events that many write at once are one chain.
func TestCustodyIsOneChain(t *testing.T) {
	s := tell(t)
	vera, omar := s.as("vera"), s.as("omar")
	f := s.caseOf(vera, "basement")
	ref := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, aPicture(t))
	var all sync.WaitGroup
	for _, by := range []habeas.Actor{vera, omar, vera, omar} {
		all.Go(func() {
			for range 3 {
				if err := s.NoteHandling(s.Context(), by, f.ID, ref, custody.Copied, handedTo, ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if x := s.exhibitOf(vera, f.ID, ref); len(x.Events) != 14 || !x.Whole {
		t.Errorf("got %d events, whole %v; want 14 in one chain", len(x.Events), x.Whole)
	}
}

// A member with the keys writes an event that passes over one before it: everybody is
// told that the chain is broken, and later events do not mend it.
func TestForgedCustody(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar := s.as("vera"), s.as("omar")
	f := s.caseOf(vera, "basement")
	ref := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, aPicture(t))
	other := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, aPicture(t))
	s.ok(s.NoteHandling(ctx, vera, f.ID, ref, custody.HandedOver, handedTo, ""))
	x := s.exhibitOf(vera, f.ID, ref)
	s.ok(s.NoteAs(ctx, omar, f.ID, ref, custody.Event{
		Exhibit: string(ref), Before: x.Events[1].Entry, Act: custody.Returned, SHA256: x.SHA256, To: handedTo, Good: true,
	}))
	if x := s.exhibitOf(vera, f.ID, ref); x.Whole || len(x.Events) != 4 {
		t.Errorf("an event that passes over another is not seen: whole %v, %d events", x.Whole, len(x.Events))
	}
	s.ok(s.NoteHandling(ctx, vera, f.ID, ref, custody.Returned, handedTo, ""))
	if s.exhibitOf(vera, f.ID, ref).Whole {
		t.Error("the next event mended the chain")
	}
	if x := s.exhibitOf(vera, f.ID, other); !x.Whole || len(x.Events) != 2 {
		t.Error("the same file given twice is one exhibit: it has the events of the other")
	}
}

// spoil changes a byte of a sealed file, and returns where it is.
func (s *story) spoil(blob string) string {
	s.Helper()
	path := filepath.Join(s.config().Dir, "blobs", blob)
	b, err := os.ReadFile(path)
	s.ok(err)
	b[len(b)/2] ^= 1
	s.ok(os.WriteFile(path, b, 0o600))
	return path
}

// A byte of a sealed file is changed, and another file is lost: the check that needs
// no key says so, and the one of the exhibit.
func TestChangedAndMissingFiles(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	ref := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, aPicture(t))
	s.ok(s.CheckFiles(ctx))
	if c, err := s.FilesChecked(vera); err != nil || c.Files != 1 || c.Bad() || c.At != s.now {
		t.Errorf("got %+v, %v; want one file, as it came", c, err)
	}
	_, err := s.FilesChecked(s.as("ana"))
	s.refused(err, "may.not")

	path := s.spoil(s.blobs()[0])
	s.ok(s.CheckFiles(ctx)) // done today
	if c, _ := s.FilesChecked(vera); c.Bad() {
		t.Error("the files were read twice on a day")
	}
	s.now = s.now.AddDate(0, 0, 1)
	s.ok(s.CheckFiles(ctx))
	vera = s.as("vera")
	if c, _ := s.FilesChecked(vera); c.Changed != 1 || c.Missing != 0 {
		t.Errorf("got %+v, want one changed", c)
	}
	good, err := s.CheckExhibit(ctx, vera, f.ID, ref)
	s.ok(err)
	x := s.exhibitOf(vera, f.ID, ref)
	still, checked := x.Good()
	if last := x.Events[len(x.Events)-1]; good || still || !checked || last.Act != custody.Fixity || last.Good {
		t.Errorf("a changed file passed: %v, %+v", good, last.Event)
	}

	s.ok(os.Remove(path))
	s.now = s.now.AddDate(0, 0, 1)
	s.ok(s.CheckFiles(ctx))
	vera = s.as("vera")
	if c, _ := s.FilesChecked(vera); c.Changed != 0 || c.Missing != 1 {
		t.Errorf("got %+v, want one missing", c)
	}
	if good, err := s.CheckExhibit(ctx, vera, f.ID, ref); err != nil || good {
		t.Errorf("a missing file passed: %v, %v", good, err)
	}
	_, _, err = s.TakeExhibit(ctx, vera, f.ID, ref, false, pass("vera"))
	s.refused(err, "store.no_blob")
}

// A statement is erased: its exhibits go with it, what was made of them, and their
// events.
func TestErasureTakesExhibits(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	ref := s.exhibit(vera, f.ID, mum.Ref, exhibitName, aPicture(t))
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, ref))
	if n := len(s.blobs()); n != 2 {
		t.Fatalf("got %d files, want the original and its safe copy", n)
	}
	other := s.exhibit(vera, f.ID, f.State.Statements[len(f.State.Statements)-1].Ref, "another.jpg", aPicture(t))
	needles := s.sealed(mum.BodyKey, mum.VaultKey)
	_, err := s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.ok(err)
	s.erased(f.ID, mum.Statement, needles)
	if n := len(s.blobs()); n != 1 {
		t.Errorf("got %d files, want the one of the other statement", n)
	}
	vera = s.as("vera")
	all, older, err := s.Exhibits(ctx, vera, f.ID)
	s.ok(err)
	if len(all) != 1 || all[0].Ref() != other || older != 0 {
		t.Errorf("got %d exhibits, want the one of the other statement", len(all))
	}
	_, err = s.Exhibit(ctx, vera, f.ID, ref)
	s.refused(err, "exhibit.none")
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() {
		t.Errorf("something is left: %+v", proof)
	}
	s.ok(s.CheckFiles(ctx))
	if c, _ := s.FilesChecked(vera); c.Files != 1 || c.Bad() {
		t.Errorf("got %+v: what was erased counts as missing", c)
	}
}

// A file is on its way while its statement is erased: it is not kept, and those of
// other statements are.
func TestExhibitOfWhatWasErased(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar := s.as("vera"), s.as("omar")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	s.exhibit(vera, f.ID, f.State.Statements[len(f.State.Statements)-1].Ref, "another.jpg", aPicture(t))
	u, err := s.UploadExhibit(ctx, omar, vault.NewText(exhibitName))
	s.ok(err)
	_, err = u.Write(aPicture(t))
	s.ok(err)
	s.ok(u.Close())
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.ok(err)
	_, err = s.AddExhibit(ctx, omar, f.ID, mum.Ref, u, custody.ByBrowser, custody.Collected{})
	s.refused(err, "statement.none")
	u.Discard()
	if n := len(s.blobs()); n != 1 {
		t.Errorf("got %d files, want the one of the other statement", n)
	}
	if _, err := s.AddExhibit(ctx, omar, f.ID, f.State.Statements[len(f.State.Statements)-1].Ref, u, custody.ByBrowser, custody.Collected{}); err == nil {
		t.Error("a file that was destroyed is recorded")
	}
}

// What cannot be made anew is refused, and stays as it was.
func TestNoSafeCopy(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	for _, b := range [][]byte{[]byte("\x7fELF\x00\x01"), aPicture(t)[:300], {}} {
		ref := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, b)
		s.refused(s.MakeSafeCopy(s.Context(), vera, f.ID, ref), "exhibit.no_safe_copy")
		if x := s.exhibitOf(vera, f.ID, ref); x.Safe != nil || len(x.Events) != 2 || !x.Whole {
			t.Errorf("a refused file has events %v", acts(x))
		}
		if got := s.all(s.TakeExhibit(s.Context(), vera, f.ID, ref, false, pass("vera"))); !bytes.Equal(got, b) {
			t.Error("the original changed")
		}
	}
}
