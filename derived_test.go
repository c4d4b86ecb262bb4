package habeas_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/redact"
	"habeas/vault"
)

// Words in and around files that were made of an exhibit; the names are invented.
const (
	translatedBy = "Kvitoslava Pidhaietska"
	translated   = "This is Yevstakhii Derbeniov speaking."
	heardCalled  = "Parfenii Zolotukha heard.txt"
	whyTaken     = "the face of Ustyna Zhmerynska"
	markedWords  = "the body of Domnikiia Karpiuk"
)

func derivedWords() []string {
	return append(exhibitWords(), "Kvitoslava Pidhaietska", "Yevstakhii Derbeniov", "Parfenii Zolotukha", "Ustyna Zhmerynska", "Domnikiia Karpiuk")
}

// redOnGrey is a picture with a red square in its middle.
func redOnGrey(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 320, 160))
	draw.Draw(m, m.Rect, image.NewUniform(color.Gray{200}), image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(144, 64, 176, 96), image.NewUniform(color.RGBA{220, 0, 0, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	comment := append([]byte{0xff, 0xfe, 0, byte(len(inTheComment) + 2)}, inTheComment...)
	return slices.Concat(b.Bytes()[:2], comment, b.Bytes()[2:])
}

// reds counts the pixels of a JPEG that are red.
func reds(t testing.TB, b []byte) (n int) {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, _, _ := m.At(x, y).RGBA(); r > g+0x3000 {
				n++
			}
		}
	}
	return n
}

// sealedUp seals a file for an exhibit.
func (s *story) sealedUp(by habeas.Actor, name string, b []byte) *habeas.Upload {
	s.Helper()
	u, err := s.UploadExhibit(s.Context(), by, vault.NewText(name))
	s.ok(err)
	_, err = u.Write(b)
	s.ok(err)
	s.ok(u.Close())
	return u
}

// derive adds a file made of one of an exhibit.
func (s *story) derive(by habeas.Actor, id habeas.CaseID, of habeas.FileOf, name, text, purpose string) habeas.FileOf {
	s.Helper()
	made, err := s.AddDerived(s.Context(), by, id, of, s.sealedUp(by, name, []byte(text)), habeas.Derivation{Purpose: purpose, Lang: "uk", Who: translatedBy, Why: whyTaken})
	s.ok(err)
	return made
}

// looking reveals the names of a case and looks at the safe copy of an exhibit.
func (s *story) looking(by habeas.Actor, id habeas.CaseID, ref claim.Ref) {
	s.Helper()
	s.ok(s.MakeSafeCopy(s.Context(), by, id, ref))
	s.ok(s.Reveal(s.Context(), by, id, "looking at the photograph", pass("vera")))
	s.ok(s.LookAtExhibit(s.Context(), by, id, ref))
}

// middle takes out what redOnGrey shows.
var middle = redact.Plan{Cuts: []redact.Cut{{Box: redact.Box{Left: 440, Top: 380, Right: 560, Bottom: 620}}}}

// A recording is transcribed, the transcript translated, and a face taken out of a
// photograph. Each names its parent by hash, can be taken and checked, and goes with
// the statement.
func TestDerivedFiles(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	photo := redOnGrey(t)
	ref := s.exhibit(vera, f.ID, mum.Ref, exhibitName, photo)
	original := habeas.FileOf{Exhibit: ref}

	u := s.sealedUp(vera, "x", []byte("x"))
	_, err := s.AddDerived(ctx, vera, f.ID, original, u, habeas.Derivation{Purpose: habeas.Redaction})
	s.refused(err, "exhibit.purpose") // those are made here
	_, err = s.AddDerived(ctx, vera, f.ID, original, u, habeas.Derivation{Purpose: habeas.Translation})
	s.refused(err, "exhibit.lang")
	_, err = s.AddDerived(ctx, vera, f.ID, habeas.FileOf{Exhibit: ref, N: 1}, u, habeas.Derivation{Purpose: habeas.Transcript})
	s.refused(err, "exhibit.none")
	_, err = s.AddDerived(ctx, s.as("ana"), f.ID, original, u, habeas.Derivation{Purpose: habeas.Transcript})
	s.refused(err, "may.not")
	u.Discard()
	if n := len(s.blobs()); n != 1 {
		t.Fatalf("%d files are kept after refusals, want the original", n)
	}

	heard := s.derive(vera, f.ID, original, heardCalled, "это говорит он", habeas.Transcript)
	words := s.derive(vera, f.ID, heard, "", translated, habeas.Translation)
	s.looking(vera, f.ID, ref)
	face, err := s.Redact(ctx, vera, f.ID, ref, middle, whyTaken)
	s.ok(err)
	x := s.exhibitOf(vera, f.ID, ref)
	if len(x.Made) != 3 || heard.N != 1 || words.N != 2 || face.N != 3 || !x.Whole {
		t.Fatalf("got %d files, %v, %v, %v, whole %v", len(x.Made), heard, words, face, x.Whole)
	}
	for i, want := range []struct{ purpose, parent, lang string }{
		{habeas.Transcript, x.SHA256, "uk"}, {habeas.Translation, x.Made[0].SHA256, "uk"}, {habeas.Redaction, x.SHA256, ""},
	} {
		m := x.Made[i]
		j := slices.IndexFunc(x.Events, func(e habeas.CustodyEvent) bool { return e.Act == custody.Derived && e.SHA256 == m.SHA256 })
		if m.Purpose != want.purpose || m.Parent != want.parent || m.Lang != want.lang || m.Why != whyTaken || m.By != vera.Member || m.Member == "" {
			t.Errorf("file %d: got %+v", i, m)
		}
		if j >= 0 && x.Events[j].Note+x.Events[j].To != "" {
			t.Errorf("file %d: its event says more than hashes, which others are given", i)
		}
		if j < 0 || x.Events[j].Parent != m.Parent || x.Events[j].Purpose != m.Purpose || x.Events[j].Lang != m.Lang {
			t.Errorf("file %d: no event says what it was made of", i)
		}
	}
	if x.SHA256 != x.Made[2].Parent || x.Made[2].Safe == nil || x.Made[0].Safe != nil || x.Made[1].Safe == nil || !x.Made[1].Typed() {
		t.Error("a redaction and what was typed are safe copies of themselves, and nothing else is")
	}
	if reds(t, photo) == 0 {
		t.Fatal("the picture shows nothing to take out")
	}
	got := s.all(s.TakeDerived(ctx, vera, f.ID, face, false, pass("vera")))
	if reds(t, got) != 0 || bytes.Contains(got, []byte("Lyutobor")) {
		t.Error("what was to be taken out is still there")
	}
	if b := s.all(s.TakeDerived(ctx, vera, f.ID, heard, false, pass("vera"))); string(b) != "это говорит он" {
		t.Errorf("got %q", b)
	}
	if b := s.all(s.TakeExhibit(ctx, vera, f.ID, ref, false, pass("vera"))); !bytes.Equal(b, photo) {
		t.Error("the original changed")
	}
	_, _, err = s.TakeDerived(ctx, vera, f.ID, heard, false, vault.NewText("wrong"))
	s.refused(err, "login.wrong")

	s.ok(s.MakeSafeCopyOf(ctx, vera, f.ID, heard))
	_, _, err = s.ShownText(ctx, vera, f.ID, words)
	s.refused(err, "exhibit.hidden")
	s.ok(s.LookAtFile(ctx, vera, f.ID, words, false))
	if text, _, err := s.ShownText(ctx, vera, f.ID, words); err != nil || text.Reveal() != translated {
		t.Errorf("got %v", err)
	}
	good, err := s.CheckExhibit(ctx, vera, f.ID, ref)
	s.ok(err)
	x = s.exhibitOf(vera, f.ID, ref)
	checked := 0
	for _, e := range x.Events {
		if e.Act == custody.Fixity {
			checked++
		}
	}
	if !good || checked != 6 || !x.Whole { // original, its safe copy, three made of it, and the safe copy of one
		t.Errorf("%d files were checked, good %v, whole %v", checked, good, x.Whole)
	}

	s.sweep()
	testkit.Sweep(t, derivedWords(), []string{s.dir}, s.seen, nil)
	needles := s.sealed(mum.BodyKey, mum.VaultKey)
	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.ok(err)
	s.erased(f.ID, mum.Statement, needles)
	if n := len(s.blobs()); n != 0 {
		t.Errorf("%d files are left after the erasure", n)
	}
	proof, err := habeas.Prove(ctx, s.config())
	s.ok(err)
	if !proof.Clean() {
		t.Errorf("something is left: %+v", proof)
	}
	s.reopened(func() {})
	testkit.Sweep(t, derivedWords(), []string{s.dir}, map[string][]byte{"log": s.logs.Bytes()}, nil)
}

// A file made of an exhibit is changed on the disk: the check of the exhibit says so.
func TestChangedDerivedFile(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	ref := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, aPicture(t))
	before := s.blobs()
	s.derive(vera, f.ID, habeas.FileOf{Exhibit: ref}, "", translated, habeas.Transcript)
	for _, name := range s.blobs() {
		if !slices.Contains(before, name) {
			s.spoil(name)
		}
	}
	good, err := s.CheckExhibit(s.Context(), vera, f.ID, ref)
	s.ok(err)
	x := s.exhibitOf(vera, f.ID, ref)
	if still, _ := x.Good(); good || !still {
		t.Errorf("got good %v, and %v of the original", good, still)
	}
}

// Redaction needs to see what it takes out, takes something, and never leaves a
// trace when it is refused.
func TestRedactionIsRefused(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	ref := s.exhibit(vera, f.ID, mum.Ref, exhibitName, redOnGrey(t))
	_, err := s.Redact(ctx, vera, f.ID, ref, middle, whyTaken)
	s.refused(err, "exhibit.none") // there is no safe copy
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, ref))
	_, err = s.Redact(ctx, vera, f.ID, ref, middle, whyTaken)
	s.refused(err, "exhibit.hidden")
	_, err = s.PreviewRedaction(ctx, vera, f.ID, ref, middle, habeas.Glimpsed{})
	s.refused(err, "exhibit.hidden")
	s.looking(vera, f.ID, ref)
	_, err = s.Redact(ctx, vera, f.ID, ref, redact.Plan{}, whyTaken)
	s.refused(err, "exhibit.cut_nothing")
	_, err = s.Redact(ctx, vera, f.ID, ref, redact.Plan{Mute: []redact.Span{{}}}, whyTaken)
	s.refused(err, "exhibit.not_redacted")
	_, err = s.Redact(ctx, s.as("ana"), f.ID, ref, middle, whyTaken)
	s.refused(err, "may.not")
	b, err := s.PreviewRedaction(ctx, vera, f.ID, ref, middle, habeas.Glimpsed{})
	s.ok(err)
	if reds(t, b) != 0 {
		t.Error("the preview shows what would be taken out")
	}
	s.ok(s.MarkExhibit(ctx, vera, f.ID, ref, true, markedWords))
	_, err = s.Redact(ctx, vera, f.ID, ref, middle, whyTaken)
	s.refused(err, "exhibit.veiled")
	if x := s.exhibitOf(vera, f.ID, ref); len(x.Made) != 0 || len(s.blobs()) != 2 || !x.Whole {
		t.Errorf("refusals left %d files, %d on the disk", len(x.Made), len(s.blobs()))
	}
}

// An exhibit is marked as hard to see: only a blur of it is given away, until a
// member asks for it as it is. Both are written down.
func TestMarkedExhibit(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera, omar := s.as("vera"), s.as("omar")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	ref := s.exhibit(vera, f.ID, mum.Ref, exhibitName, redOnGrey(t))
	of := habeas.FileOf{Exhibit: ref}
	s.refused(s.MarkExhibit(ctx, s.as("ana"), f.ID, ref, true, ""), "may.not")
	s.ok(s.MarkExhibit(ctx, omar, f.ID, ref, true, markedWords))
	x := s.exhibitOf(vera, f.ID, ref)
	if x.Mark == nil || x.Mark.Words != markedWords || x.Mark.By != omar.Member || !x.Whole || len(x.Events) != 2 {
		t.Errorf("got mark %+v", x.Mark)
	}
	_, err := s.Glimpse(ctx, vera, f.ID, of, habeas.Glimpsed{})
	s.refused(err, "exhibit.none") // nothing is opened before somebody asks
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, ref))
	_, err = s.Glimpse(ctx, vera, f.ID, of, habeas.Glimpsed{})
	s.refused(err, "exhibit.hidden")
	s.ok(s.Reveal(ctx, vera, f.ID, "looking at the photograph", pass("vera")))
	s.ok(s.LookAtExhibit(ctx, vera, f.ID, ref))
	_, _, err = s.SafeCopy(ctx, vera, f.ID, ref)
	s.refused(err, "exhibit.veiled")
	_, _, err = s.SafeFile(ctx, vera, f.ID, of)
	s.refused(err, "exhibit.veiled")
	blur, err := s.Glimpse(ctx, vera, f.ID, of, habeas.Glimpsed{Small: true})
	s.ok(err)
	if edges(t, blur) {
		t.Error("the outline of what it shows can be made out in the blur")
	}
	s.ok(s.LookAtFile(ctx, vera, f.ID, of, true))
	safe, r, err := s.SafeFile(ctx, vera, f.ID, of)
	b := s.all(habeas.LetterFile{}, r, err)
	small, err := s.Glimpse(ctx, vera, f.ID, of, habeas.Glimpsed{Small: true})
	s.ok(err)
	if safe.Media != "image/jpeg" || !edges(t, b) || !edges(t, small) {
		t.Error("what was asked for is blurred")
	}
	x = s.exhibitOf(vera, f.ID, ref)
	if got := acts(x)[3:]; !slices.Equal(got, []custody.Act{custody.Viewed, custody.Viewed}) || !strings.HasPrefix(x.Events[3].Tool, "habeas blur") || x.Events[4].Tool != "" {
		t.Errorf("got events %v", x.Events[3:])
	}
	s.ok(s.MarkExhibit(ctx, vera, f.ID, ref, false, ""))
	if s.exhibitOf(vera, f.ID, ref).Mark != nil {
		t.Error("the mark stays")
	}
	s.now = s.now.Add(time.Minute)
	s.ok(s.Reveal(ctx, vera, f.ID, "looking again", pass("vera")))
	_, _, err = s.SafeFile(ctx, vera, f.ID, of)
	s.refused(err, "exhibit.hidden") // names are shown anew: what was looked at before is not
	if v := s.verified("vera"); v == nil {
		t.Error("the log does not verify")
	}
	s.sweep()
	testkit.Sweep(t, derivedWords(), []string{s.dir}, s.seen, nil)
	s.reopened(func() {})
	testkit.Sweep(t, derivedWords(), []string{s.dir}, map[string][]byte{"log": s.logs.Bytes()}, nil)
}

// edges reports whether a picture has sharp edges.
func edges(t testing.TB, b []byte) bool {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for y := range m.Bounds().Dy() {
		for x := 1; x < m.Bounds().Dx(); x++ {
			_, was, _, _ := m.At(x-1, y).RGBA()
			if _, is, _, _ := m.At(x, y).RGBA(); max(was, is)-min(was, is) > 0x5000 {
				return true
			}
		}
	}
	return false
}

// Small pictures of a list: those that are not shown yet are written down as looked at.
func TestSmallPictures(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	photo := s.exhibit(vera, f.ID, mum.Ref, exhibitName, redOnGrey(t))
	text := s.exhibit(vera, f.ID, mum.Ref, "words.txt", []byte("words"))
	other := s.exhibit(vera, f.ID, mum.Ref, "another.jpg", aPicture(t)) // without a safe copy
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, photo))
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, text))
	s.refused(s.ShowSmall(ctx, vera, f.ID), "exhibit.hidden")
	s.ok(s.Reveal(ctx, vera, f.ID, "looking at the photograph", pass("vera")))
	s.ok(s.ShowSmall(ctx, vera, f.ID))
	s.ok(s.ShowSmall(ctx, vera, f.ID))
	for ref, want := range map[claim.Ref]int{photo: 4, text: 3, other: 2} {
		if x := s.exhibitOf(vera, f.ID, ref); len(x.Events) != want || !x.Whole {
			t.Errorf("%s: got events %v", x.Name, acts(x))
		}
	}
	b, err := s.Glimpse(ctx, vera, f.ID, habeas.FileOf{Exhibit: photo}, habeas.Glimpsed{Small: true})
	s.ok(err)
	if config, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || config.Width != 160 || config.Height != 80 {
		t.Errorf("got a picture of %d by %d, %v", config.Width, config.Height, err)
	}
	s.ok(s.Hide(vera, f.ID))
	_, err = s.Glimpse(ctx, vera, f.ID, habeas.FileOf{Exhibit: photo}, habeas.Glimpsed{Small: true})
	s.refused(err, "exhibit.hidden")
}
