package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// The cast of the matrix, besides the demo's members: kim is a keeper and nothing
// else, ina takes in, aud looks on, and all three are in the office circle only.
// zoe is a caseworker of another circle. rex was a caseworker and was removed; he
// still has his cookie.
var cast = []struct {
	handle string
	roles  []ledger.Role
}{
	{"kim", []ledger.Role{ledger.Keeper}},
	{"ina", []ledger.Role{ledger.Intake}},
	{"aud", []ledger.Role{ledger.Auditor}},
	{"zoe", []ledger.Role{ledger.Caseworker}},
	{"rex", []ledger.Role{ledger.Caseworker}},
}

// castPass is the passphrase of all of them.
const castPass = "velvet anchor drifting pumpkin meadow"

// onlookers says which routes ina and aud may ask, of those that are not for
// everybody. A route that is not here is refused to them.
var onlookers = map[string]string{
	"POST /lock":                    "ina aud",
	"POST /logout":                  "ina aud",
	"GET /kept":                     "ina aud",
	"POST /kept/drop":               "ina aud",
	"GET /{$}":                      "ina aud",
	"GET /people":                   "ina aud",
	"POST /people/{member}/suspend": "ina aud",
	"POST /people/{member}/return":  "ina aud",
	"GET /access":                   "ina aud",
	"GET /audit":                    "aud",

	"GET /intake":                    "ina",
	"POST /intake/desk/end":          "ina",
	"POST /intake/junk":              "ina",
	"GET /intake/{letter}":           "ina",
	"POST /intake/{letter}/file":     "ina",
	"POST /intake/{letter}/write":    "ina",
	"POST /intake/{letter}/close":    "ina",
	"POST /intake/{letter}/heed":     "ina",
	"POST /intake/{letter}/drop":     "ina",
	"GET /intake/{letter}/look/{n}":  "ina",
	"GET /intake/{letter}/file/{n}":  "ina",
	"POST /intake/{letter}/take/{n}": "ina",
}

// mayAskRoute reports whether somebody may ask a route: the demo's members by
// their rows, the others by what they have in common with them.
func mayAskRoute(pattern, who string) bool {
	row := allowed[pattern]
	has := func(handle string) bool { return slices.Contains(strings.Fields(row), handle) }
	switch {
	case row == "all":
		return true
	case who == "" || who == "rex":
		return false
	case who == "zoe":
		return has("omar") && !strings.Contains(pattern, " /intake") // as any caseworker, and finds nothing there
	case who == "kim" && (strings.Contains(pattern, " /intake") || pattern == "GET /appeals/table"):
		return false
	case who == "kim": // what vera may as a keeper, and not as a caseworker
		return has("vera") && (!has("omar") || has("ana") && has("ed"))
	case who == "ina" || who == "aud":
		if _, path, _ := strings.Cut(pattern, " "); path == "/me" || strings.HasPrefix(path, "/me/") {
			return true // one's own
		}
		return slices.Contains(strings.Fields(onlookers[pattern]), who)
	}
	return has(who)
}

// gather adds the cast to an office, and a circle that only vera and zoe are in.
func (o *office) gather() (other ledger.ID) {
	o.t.Helper()
	ctx := o.t.Context()
	vera := o.actor("vera")
	other, err := o.desk.NewCircle(ctx, vera, "Others", passOf("vera"))
	o.ok(err)
	vera = o.actor("vera")
	for _, m := range cast {
		inv := habeas.Invitation{Name: strings.ToUpper(m.handle), Roles: m.roles}
		switch m.handle {
		case "zoe":
			inv.Shares = []habeas.Share{{Circle: other, Vault: true}}
		case "rex":
			inv.Shares = []habeas.Share{{Circle: o.circleNamed(vera, demo.Circle), Vault: true}}
		}
		code, err := o.desk.Invite(ctx, vera, inv, passOf("vera"))
		o.ok(err)
		_, err = o.desk.Join(ctx, code, m.handle, vault.NewText(castPass))
		o.ok(err)
	}
	return other
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) actor(handle string) habeas.Actor {
	o.t.Helper()
	by, err := demo.Actor(o.t.Context(), o.desk, handle)
	o.ok(err)
	return by
}

func (o *office) circleNamed(by habeas.Actor, name string) ledger.ID {
	o.t.Helper()
	circles, err := o.desk.Circles(o.t.Context(), by)
	o.ok(err)
	for _, c := range circles {
		if c.Name == name {
			return c.ID
		}
	}
	o.t.Fatalf("no circle %q", name)
	return ledger.ID{}
}

// as returns anybody of the office, logged in; "" is nobody.
func (o *office) as(who string) *testkit.Visitor {
	o.t.Helper()
	if who == "" {
		return o.visitor()
	}
	if slices.ContainsFunc(demo.Members(), func(m demo.Member) bool { return m.Handle == who }) {
		return o.member(who)
	}
	v := o.visitor()
	v.Get("/login").Want(200).Submit("form[action=/login]", url.Values{"handle": {who}, "pass": {castPass}}).Want(200)
	return v
}

// TestEveryRouteByEveryRole asks every route as everybody. A route without a row
// in allowed fails, and so does a row without a route.
func TestEveryRouteByEveryRole(t *testing.T) {
	o := newOffice(t)
	patterns := o.patterns(t)
	o.gather()
	rex := o.as("rex") // before he is removed
	o.ok(o.desk.Remove(t.Context(), o.actor("vera"), o.memberCalled("REX"), passOf("vera")))
	for _, who := range []string{"", "rex", "vera", "omar", "ana", "ed", "kim", "ina", "aud", "zoe"} {
		v := rex
		if who != "rex" {
			v = o.as(who)
		}
		for _, pattern := range patterns {
			status := o.tryRoute(v, pattern)
			if status == http.StatusUnauthorized && who != "" && who != "rex" {
				v = o.as(who) // the one before ended the session, or had one wrong passphrase too many
				status = o.tryRoute(v, pattern)
			}
			judgeRoute(t, who, pattern, status)
		}
	}
}

func (o *office) memberCalled(name string) ledger.ID {
	o.t.Helper()
	all, err := o.desk.Members(o.t.Context(), o.actor("vera"))
	o.ok(err)
	for _, m := range all {
		if m.Name == name {
			return m.ID
		}
	}
	o.t.Fatalf("no member %q", name)
	return ledger.ID{}
}

// patterns returns every route, checked against the tables.
func (o *office) patterns(t *testing.T) (patterns []string) {
	t.Helper()
	for _, rt := range o.web.routes() {
		patterns = append(patterns, rt.pattern)
		if _, ok := allowed[rt.pattern]; !ok {
			t.Errorf("route %s has no row in allowed", rt.pattern)
		}
		if strings.HasPrefix(rt.pattern, "POST ") && rt.again == nil {
			t.Errorf("route %s has no page to show its form again", rt.pattern)
		}
		if strings.Contains(pathOf(rt.pattern), "{") {
			t.Errorf("route %s: sample does not know its wildcards", rt.pattern)
		}
	}
	for _, table := range []map[string]string{allowed, onlookers} {
		for pattern := range table {
			if !slices.Contains(patterns, pattern) {
				t.Errorf("row %s has no route", pattern)
			}
		}
	}
	return patterns
}

func pathOf(pattern string) string {
	_, path := sample(pattern)
	return path
}

func (o *office) tryRoute(v *testkit.Visitor, pattern string) (status int) {
	o.t.Helper()
	method, path := sample(pattern)
	if method == http.MethodPost {
		return v.Post(path, url.Values{"form": {token(v.Get("/help"))}, "back": {"/help"}}).Status
	}
	return v.Get(path).Status
}

func judgeRoute(t *testing.T, who, pattern string, status int) {
	t.Helper()
	may := mayAskRoute(pattern, who)
	switch {
	case (who == "" || who == "rex") && !may:
		if status != http.StatusUnauthorized {
			t.Errorf("%s as %q: got status %d, want 401", pattern, who, status)
		}
	case !may:
		if status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("%s as %s: got status %d, want 403 or 404", pattern, who, status)
		}
	case pattern == "POST /login" && status == http.StatusServiceUnavailable: // who types so many wrong ones waits
	case status == http.StatusForbidden || status == http.StatusUnauthorized || status >= 500:
		t.Errorf("%s as %q: got status %d", pattern, who, status)
	}
}
