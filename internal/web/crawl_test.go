package web

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"habeas"
	"habeas/internal/testkit"
	"habeas/ledger"
)

var anyHref = regexp.MustCompile(`href="(/[^"#]*)`)

// TestReadingChangesNothing follows every link there is as everybody, asks every
// route that is read, and finds the ledger and the keys as they were.
func TestReadingChangesNothing(t *testing.T) {
	o := demoOffice(t)
	there, _ := o.foreign(t)
	o.gather()
	visitors := map[string]*testkit.Visitor{}
	for _, who := range []string{"vera", "ana", "ed", "aud", "zoe"} {
		visitors[who] = o.as(who)
		visitors[who].Get("/") // what is waiting for somebody with the keys is done when they come
	}
	before := o.stored(t)
	for who, v := range visitors {
		todo, seen := []string{"/"}, map[string]bool{}
		for _, rt := range o.web.routes() {
			if strings.HasPrefix(rt.pattern, "GET ") {
				todo = append(todo, there.in(rt.pattern, nil))
			}
		}
		for len(todo) > 0 && len(seen) < 150 {
			path := todo[0]
			todo = todo[1:]
			if seen[path] {
				continue
			}
			seen[path] = true
			for _, m := range anyHref.FindAllStringSubmatch(string(v.Get(path).Body), -1) {
				todo = append(todo, strings.ReplaceAll(m[1], "&amp;", "&"))
			}
		}
		if len(seen) < 20 {
			t.Errorf("%s came to %d pages only", who, len(seen))
		}
		if after := o.stored(t); after != before {
			t.Fatalf("reading as %s left %+v, want %+v", who, after, before)
		}
	}
}

// A stored is what reading must not change.
type stored struct {
	size int64
	keys [sha256.Size]byte
}

func (o *office) stored(t *testing.T) stored {
	t.Helper()
	v, err := habeas.Verify(t.Context(), o.cfg.Dir, nil)
	o.ok(err)
	b, err := os.ReadFile(filepath.Join(o.cfg.Dir, "keys.db"))
	o.ok(err)
	return stored{v.Size, sha256.Sum256(b)}
}

// TestExtraFieldsAreIgnored adds to forms what they do not ask for: a form changes
// what it is for and nothing else.
func TestExtraFieldsAreIgnored(t *testing.T) {
	o := demoOffice(t)
	there, file := o.foreign(t)
	o.gather()
	ana := o.member("ana")
	extra := func(v *testkit.Visitor, more ...string) url.Values {
		form := url.Values{"form": {token(v.Get("/help"))}}
		for name, value := range map[string]string{
			"role": "keeper", "roles": "keeper", "case_id": ledger.NewID().String(), "verified": "1", "holder": o.id(t, "vera"), "score": "100",
			"author": o.id(t, "vera"), "member": o.id(t, "vera"), "circle": o.circleNamed(o.actor("vera"), "Others").String(), "stream": there["{case}"],
			"vault": "1", "office": "true", "body_key": ledger.NewID().String(), "status": "live", "Roles": "keeper", "sealed": "0",
		} {
			form.Set(name, value)
		}
		for i := 0; i+1 < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	base := "/case/" + there["{case}"]
	for path, form := range map[string]url.Values{
		base + "/people":                                        extra(ana, "description", "three men", "count", "3", "protection", "protected"),
		base + "/person/" + there["{person}"]:                   extra(ana, "note", "taller than most", "protection", "protected"),
		base + "/claim/" + there["{entry}"]:                     extra(ana, "reason", "it was read wrongly"),
		base + "/statement/" + there["{statement}"] + "/claims": extra(ana),
		"/me/idle": extra(ana, "minutes", "30"),
		"/search":  extra(ana, "q", "basement"),
	} {
		if got := ana.Post(path, form).Status; got >= 500 {
			t.Errorf("%s: got status %d", path, got)
		}
	}
	for _, refused := range []string{"/invites", "/circles", "/people/" + o.id(t, "vera") + "/remove"} {
		if got := ana.Post(refused, extra(ana)).Status; got != http.StatusForbidden {
			t.Errorf("%s: got status %d, want 403", refused, got)
		}
	}
	by := o.actor("ana")
	if by.Is(ledger.Keeper) || !by.Is(ledger.Analyst) {
		t.Error("a field of a form gave a role")
	}
	circles, err := o.desk.Circles(t.Context(), by)
	o.ok(err)
	if len(circles) != 2 {
		t.Errorf("got %d circles, want the office and one", len(circles))
	}
	now, err := o.desk.Case(t.Context(), by, file.ID)
	o.ok(err)
	was := map[ledger.ID]bool{}
	for _, item := range file.State.History {
		was[item.Entry] = true
	}
	written := 0
	for _, item := range now.State.History {
		if item.Stream != file.ID || was[item.Entry] || item.Author == o.actor("ed").Member { // the dossier
			continue
		}
		written++
		if item.Author != by.Member {
			t.Error("a field of a form said who wrote an entry")
		}
	}
	if written == 0 {
		t.Error("got no entry, want those that the forms were for")
	}
	if zoe := o.as("zoe"); strings.Contains(string(zoe.Get("/cases").Body), "/case/") {
		t.Error("a field of a form put something into another circle")
	}
}
