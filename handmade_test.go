package habeas_test

import (
	"bytes"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/internal/demo"
	"habeas/internal/testkit"
)

// A face is taken out of a photograph, and what somebody said is translated; these go
// to a court, and the photograph stays. A translation that names somebody stays too,
// and so does one made elsewhere, of which there is no safe copy.
func TestHandOverWhatWasMade(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	f := s.caseOf(s.as("vera"), "basement")
	vera := s.shown("vera", f)
	noor, secret := s.editor(f)
	mum := s.statement(f, "mother")
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedCover, Place: "exact"})
	ref := s.exhibit(vera, f.ID, mum.Ref, "DSC_0001.jpg", redOnGrey(t))
	original := habeas.FileOf{Exhibit: ref}
	s.derive(vera, f.ID, original, "", "they are held in a cellar", habeas.Translation)
	s.derive(vera, f.ID, original, "", "this is Tikhon Vorobeychikov", habeas.Translation)
	s.derive(vera, f.ID, original, "made.odt", "they are held", habeas.Translation)
	s.looking(vera, f.ID, ref)
	_, err := s.Redact(ctx, vera, f.ID, ref, middle, whyTaken)
	s.ok(err)
	item := func(which string) habeas.HandedItem { return habeas.HandedItem{Exhibit: ref, Which: which} }
	all := []habeas.HandedItem{item("original"), item("translation-1"), item("translation-2"), item("translation-3"), item("redaction-4"), item("redaction-1"), item("redaction-5")}
	h, err := s.PreviewHandover(ctx, vera, f.ID, habeas.HandoverOptions{Audience: "court", To: theCourt, Items: all})
	s.ok(err)
	var why []string
	for _, file := range h.Files {
		why = append(why, file.Which+" "+file.Why)
	}
	want := "original names, translation-1 , translation-2 named, translation-3 no_safe, redaction-4 , redaction-1 gone, redaction-5 gone"
	if got := strings.Join(why, ", "); got != want {
		t.Errorf("got %s; want %s", got, want)
	}

	made := s.handOver(f, noor, secret, habeas.HandoverOptions{Audience: "court", To: theCourt, Items: []habeas.HandedItem{item("translation-1"), item("redaction-4")}})
	b, fsys := s.bundle(noor, f.ID, made, secret)
	report, err := custody.Verify(ctx, fsys, custody.Trust{Root: s.Root()}, nil)
	s.ok(err)
	if report.Verdict() == custody.Broken {
		t.Errorf("it does not verify: %+v", report.Lines)
	}
	if got := s.read(fsys, "data/E0001.txt"); got != "they are held in a cellar" {
		t.Errorf("got %q", got)
	}
	if n := reds(t, []byte(s.read(fsys, "data/E0002.jpg"))); n != 0 {
		t.Errorf("%d pixels of what was taken out are there", n)
	}
	opened := map[string][]byte{"zip": b}
	for _, name := range []string{"custody/report.html", "custody/premis.xml", "custody/case.jsonld"} {
		opened[name] = []byte(s.read(fsys, name))
	}
	words := append(demo.Canaries(), "Kvitoslava Pidhaietska", "Yevstakhii Derbeniov", "Parfenii Zolotukha", "Ustyna Zhmerynska", "Domnikiia Karpiuk", whyTaken)
	testkit.Sweep(t, words, nil, opened, nil)
	if bytes.Contains(b, []byte(inTheComment)) {
		t.Error("what was made has the comment of the photograph")
	}
}
