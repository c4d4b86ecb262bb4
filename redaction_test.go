package habeas_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/clean"
	"habeas/fault"
	"habeas/internal/sandbox"
	"habeas/internal/testkit"
	"habeas/redact"
)

// onPaper is what a document says. The names are invented.
const (
	onPaper  = "Seen by Yevdokiia Stavrohina there"
	onPage2  = "Signed Yevdokiia Stavrohina"
	paperHas = "Stavrohina"
)

// aDocument is a PDF of two pages that name somebody.
func aDocument() []byte {
	var b bytes.Buffer
	at := []int{0}
	add := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at)-1, body)
	}
	b.WriteString("%PDF-1.4\n")
	add("<</Type/Catalog/Pages 2 0 R>>")
	add("<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>")
	for i := range 2 {
		add(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents %d 0 R/Resources<</Font<</F 7 0 R>>>>>>", 5+i))
	}
	for _, words := range []string{onPaper, onPage2} {
		s := "BT /F 24 Tf 60 200 Td (" + words + ") Tj ET"
		add(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(s), s))
	}
	add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at))
	for _, n := range at[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(at), xref)
	return b.Bytes()
}

// tried skips where a program that a format needs is not there.
func (s *story) tried(of habeas.FileOf, err error) habeas.FileOf {
	s.Helper()
	s.lacks(err, "exhibit.needs_tool")
	s.ok(err)
	return of
}

// lacks skips if a fault says that a program is not there.
func (s *story) lacks(err error, key string) {
	s.Helper()
	missing := errors.As(err, new(*sandbox.Missing)) || errors.Is(err, sandbox.ErrWalls)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key() == key && missing {
		s.Skip(err)
	}
}

// A name is taken out of a document by its words and by a box: it is gone from the
// file, and what was found is told.
func TestRedactedDocument(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	ref := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, "paper.pdf", aDocument())
	s.looking(vera, f.ID, ref)
	of := s.tried(s.Redact(ctx, vera, f.ID, ref, redact.Plan{Words: []string{paperHas, "Nobodys"}}, whyTaken))
	m := s.exhibitOf(vera, f.ID, ref).Made[of.N-1]
	found := map[string]string{}
	for _, l := range m.Safe.Left {
		if l.What == habeas.WordTaken {
			found[l.Value.Reveal()] = l.Where
		}
	}
	if m.Media != "application/pdf" || found[paperHas] != "2" || found["Nobodys"] != "0" {
		t.Errorf("got %s, words %v", m.Media, found)
	}
	testkit.Sweep(t, []string{paperHas}, nil, map[string][]byte{"by words": s.all(s.TakeDerived(ctx, vera, f.ID, of, false, pass("vera")))}, nil)

	cut := redact.Cut{Page: 2, Box: redact.Box{Left: 0, Top: 300, Right: 1000, Bottom: 700}}
	of = s.tried(s.Redact(ctx, vera, f.ID, ref, redact.Plan{Cuts: []redact.Cut{cut}}, whyTaken))
	got := s.all(s.TakeDerived(ctx, vera, f.ID, of, false, pass("vera")))
	text, _, err := clean.Bytes(got)
	if err != nil || bytes.Contains(text, []byte("Signed")) {
		t.Errorf("what stood under the box is still there: %v", err)
	}
	s.ok(s.LookAtFile(ctx, vera, f.ID, of, false))
	if n, err := s.PagesOf(ctx, vera, f.ID, of); err != nil || n != 2 {
		t.Errorf("got %d pages, %v", n, err)
	}
	if page, err := s.Glimpse(ctx, vera, f.ID, of, habeas.Glimpsed{Page: 1}); err != nil || !bytes.HasPrefix(page, []byte{0xff, 0xd8}) {
		t.Errorf("the first page is not shown: %v", err)
	}
}

// aFilm is a film of two seconds with a red square on grey and a tone.
func aFilm(t *testing.T) []byte {
	t.Helper()
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip(err)
	}
	name := filepath.Join(t.TempDir(), "film.mp4")
	out, err := exec.Command(ffmpeg, "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=gray:s=320x160:r=10:d=2", "-f", "lavfi", "-i", "sine=frequency=440:duration=2",
		"-vf", "drawbox=x=144:y=64:w=32:h=32:color=red:t=fill", "-pix_fmt", "yuv420p", "-metadata", "title="+inTheComment, "-c:v", "libx264", "-c:a", "aac", name).CombinedOutput()
	if err != nil {
		t.Skipf("ffmpeg makes no film: %v %s", err, out)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A face is taken out of a film, and a voice: at no moment can it be seen.
func TestRedactedFilm(t *testing.T) {
	film := aFilm(t)
	s := tell(t)
	ctx := s.Context()
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	ref := s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, "film.mp4", film)
	s.looking(vera, f.ID, ref)
	frame := func(of habeas.FileOf, at time.Duration) []byte {
		b, err := s.Glimpse(ctx, vera, f.ID, of, habeas.Glimpsed{At: at})
		s.lacks(err, "exhibit.no_picture")
		s.ok(err)
		return b
	}
	if reds(t, frame(habeas.FileOf{Exhibit: ref}, time.Second)) == 0 {
		t.Fatal("the film shows nothing to take out")
	}
	plan := redact.Plan{Cuts: middle.Cuts, Mute: []redact.Span{{From: 0, To: time.Second}}}
	of := s.tried(s.Redact(ctx, vera, f.ID, ref, plan, whyTaken))
	s.ok(s.LookAtFile(ctx, vera, f.ID, of, false))
	for _, at := range []time.Duration{0, time.Second, 1800 * time.Millisecond} {
		if n := reds(t, frame(of, at)); n != 0 {
			t.Errorf("at %v %d pixels of it are left", at, n)
		}
	}
	got := s.all(s.TakeDerived(ctx, vera, f.ID, of, false, pass("vera")))
	x := s.exhibitOf(vera, f.ID, ref)
	if bytes.Contains(got, []byte("Lyutobor")) || !strings.HasPrefix(x.Made[0].Media, "video/") || x.Made[0].Parent != x.SHA256 || !x.Whole {
		t.Errorf("got %+v", x.Made[0])
	}
	if taken := s.all(s.TakeExhibit(ctx, vera, f.ID, ref, false, pass("vera"))); !slices.Equal(taken, film) {
		t.Error("the original changed")
	}
}
