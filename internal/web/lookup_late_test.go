package web

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestAttackReadWhatWasLookedUp: a member types a name to be looked up after the
// session has ended. Whoever sits at the machine next, or has the disk, looks for it
// among kept forms and in the login page.
func TestAttackReadWhatWasLookedUp(t *testing.T) {
	const typed = "Nazar Vytrykush"
	o := demoOffice(t)
	v := o.as("vera")
	page := v.Get("/lookup").Want(200)
	o.pass(16 * time.Minute)
	late := page.Submit("main form", url.Values{"name": {typed}}).Want(401)
	if strings.Contains(string(late.Body), "Vytrykush") {
		t.Error("the login page carries the name")
	}
	v = o.as("vera")
	if kept := v.Get("/kept").Want(200); strings.Contains(string(kept.Body), "Vytrykush") {
		t.Error("the name was kept")
	}
}
