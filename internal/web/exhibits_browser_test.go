package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"habeas/claim"
	"habeas/internal/testkit"
)

// TestExhibitsInABrowser looks at the pages of exhibits, wide and narrow, and at the
// picture behind its veil.
func TestExhibitsInABrowser(t *testing.T) {
	b := testkit.NewBrowser(t, true)
	o := demoOffice(t)
	by, file, told := o.aStatement(t, "vera", "lieutenant")
	base := casePath(file.ID)
	o.exhibit(file.ID, told[0].Ref, "notes.bin", []byte("bytes"))
	b.Resize(1280, 900)
	o.enter(b, "vera")
	b.Open(o.http.URL + base + "/statement/" + bare(told[0].Ref) + "/exhibits")
	o.examine(b, "exhibit-new")
	path := filepath.Join(t.TempDir(), exhibitCalled)
	o.ok(os.WriteFile(path, aPhotograph(t), 0o600))
	b.Fill("#exhibit-ex_method", "a telephone")
	b.Attach("#exhibit-ex_file", path)
	b.Follow("main form.sheet button")
	b.Wait("#exhibit")
	ref, err := claim.ParseRef("x:" + b.Address()[strings.LastIndex(b.Address(), "/")+1:])
	o.ok(err)
	b.Open(o.http.URL + base + "/exhibits")
	o.examine(b, "exhibits")
	at := o.http.URL + exhibitPath(file.ID, ref)
	b.Open(at)
	o.examine(b, "exhibit")
	ctx := t.Context()
	o.ok(o.desk.MakeSafeCopy(ctx, by, file.ID, ref))
	if good, err := o.desk.CheckExhibit(ctx, by, file.ID, ref); err != nil || !good {
		t.Fatalf("the exhibit is not as it came: %v", err)
	}
	b.Open(at)
	b.Open(o.http.URL + base + "/names?back=" + exhibitPath(file.ID, ref))
	b.Fill("#reveal-reason", "looking at the photograph")
	b.Fill("#reveal-pass", passOf("vera").Reveal())
	b.Follow("main form.sheet button")
	b.Open(at)
	b.Follow("form[action$='/look'] button")
	b.Wait(".veiled img")
	o.examine(b, "exhibit-veiled")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
