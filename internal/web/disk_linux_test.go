package web

import (
	"net/url"
	"path/filepath"
	"testing"

	"habeas/internal/testkit"
)

// TestDiskFailsIsSaid: the disk of the server fails while members work. Nobody is told
// that something was recorded, what was typed comes back, keepers read what happened
// on their first page, and nobody suspects an intruder.
func TestDiskFailsIsSaid(t *testing.T) {
	o := demoOffice(t)
	v, omar := o.member("vera"), o.member("omar")
	v.Get("/").Want(200).HasNot("The disk of the server failed")
	testkit.ReplaceOpen(t, filepath.Join(o.cfg.Dir, "truth.db-wal"), testkit.FailsSyncing)
	const typed = "A cellar that nobody has seen"
	for range 2 {
		page := omar.Get("/cases/new").Want(200).Submit("main form", url.Values{"title": {typed}})
		if page.Status == 422 { // what the words are was asked first
			page = page.Submit("main form", url.Values{"say.title.0": {"none"}})
		}
		page.Want(503).Has("The disk of the server failed", "Nothing was recorded")
		if got := page.In("input[name=title]").Attr("value"); got != typed {
			t.Errorf("what was typed came back as %q", got)
		}
	}
	v.Get("/").Want(200).Has("The disk of the server failed").HasNot("not the one that was seen before")
	v.Get("/audit").Want(200).Has("The disk of the server failed")
	v.Get("/log").Want(200).HasNot("treat the server as taken over")
	omar.Get("/cases").Want(200).HasNot(typed)
	if err := o.desk.Taking(); err == nil {
		t.Error("letters are taken")
	}

	o.again(nil)
	o.member("vera").Get("/").Want(200).HasNot("The disk of the server failed")
	omar = o.member("omar")
	omar.Get("/cases").Want(200).HasNot(typed)
	if page := omar.Get("/cases/new").Want(200).Submit("main form", url.Values{"title": {typed}}); page.Status == 422 {
		page.Submit("main form", url.Values{"say.title.0": {"none"}}).Want(200).Has(typed)
	}
}
