package web

import (
	"net/url"
	"strings"
	"testing"

	"habeas/internal/testkit"
)

// with is a form's values with the passphrase of a member of the demo.
func with(handle string, pairs ...string) url.Values {
	v := url.Values{"pass": {passOf(handle).Reveal()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// TestKeeperRunsCircles: vera makes a circle, gives it to omar, shares a case with
// it, and takes both back, without script.
func TestKeeperRunsCircles(t *testing.T) {
	o := demoOffice(t)
	_, file, _ := o.aStatement(t, "vera", "lieutenant")
	vera, base := o.member("vera"), casePath(file.ID)
	vera.Get(base+"/sharing").Want(200).Has("You are in no other circle", "you have it through this one")
	page := vera.Get("/circles").Want(200)
	page.Submit("form[action=/circles]", with("vera", "circle_name", " ")).Want(422)
	page = vera.Get("/circles").Submit("form[action=/circles]", with("vera", "circle_name", "Lawyers")).Want(200)
	page.In("h2").Has("Lawyers")
	add := o.formOf(t, page, "/circle/", "/add", "Lawyers")
	page.Submit(add, with("vera", "member", o.id(t, "ed"))).Want(200)
	o.member("ed").Get("/access").Want(200).Has("Lawyers", "text without names")
	o.member("ana").Get("/access").Want(200).HasNot("Lawyers")

	vera = o.member("vera")
	circle := strings.TrimSuffix(strings.TrimPrefix(strings.Trim(strings.TrimPrefix(add, "form[action="), "]"), "/circle/"), "/add")
	shared := vera.Get(base+"/sharing").Submit("form[action="+base+"/sharing]", with("vera", "circle", circle)).Want(200)
	shared.Has("Lawyers", "Take it back from Lawyers", "does not take back what they have read")
	vera.Get("/access").Want(200).Has("Cases that other circles have as well")
	vera.Get("/audit?what=case-shared").Want(200).In("tbody").Has("shared a case with a circle")
	shared.Submit("form[action="+base+"/sharing/"+circle+"/end]", with("vera")).Want(200).HasNot("Lawyers'")
	vera.Get("/access").Want(200).HasNot("Cases that other circles have as well")
}

// formOf returns the selector of the form below a heading whose action begins and
// ends so.
func (o *office) formOf(t *testing.T, page *testkit.Page, begin, end, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(page.Body), heading+"</h2>")
	if !ok {
		t.Fatalf("no heading %q", heading)
	}
	for _, part := range strings.Split(rest, `action="`)[1:] {
		action, _, _ := strings.Cut(part, `"`)
		if strings.HasPrefix(action, begin) && strings.HasSuffix(action, end) {
			return "form[action=" + action + "]"
		}
	}
	t.Fatal("no such form")
	return ""
}

// TestMemberIsSuspendedAndComesBack: ana suspends ed, whose pages end at once. Two
// others call him back.
func TestMemberIsSuspendedAndComesBack(t *testing.T) {
	o := demoOffice(t)
	ed, id := o.member("ed"), o.id(t, "ed")
	ana := o.member("ana")
	page := ana.Get("/people").Want(200)
	page.Has("Suspend Ed, editor", "Suspend yourself").HasNot("Remove Ed")
	page.Submit("form[action=/people/"+id+"/suspend]", with("ana")).Want(200).Has("suspended", "Call Ed, editor back")
	ed.Get("/cases").Want(401)
	ana.Get("/people").Submit("form[action=/people/"+id+"/return]", with("ana")).Want(200).Has("called back by Ana")
	o.member("omar").Get("/people").Submit("form[action=/people/"+id+"/return]", with("omar")).Want(200)
	o.member("ed").Get("/cases").Want(200)
	o.member("vera").Get("/audit?what=suspended").Want(200).In("tbody").Has("Ed, editor", "Ana, analyst")
}

// TestMemberIsRemoved: vera removes ed for good. The page says what that cannot
// undo before it is done.
func TestMemberIsRemoved(t *testing.T) {
	o := demoOffice(t)
	ed, id := o.member("ed"), o.id(t, "ed")
	page := o.member("vera").Get("/people").Want(200)
	page.Has("This cannot be undone", "does not take back what they have read", "20 January 2023")
	page.Submit("form[action=/people/"+id+"/remove]", with("ana")).Want(422) // another's passphrase
	ed.Get("/cases").Want(200)
	o.member("vera").Get("/people").Submit("form[action=/people/"+id+"/remove]", with("vera")).Want(200).Has("removed")
	ed.Get("/cases").Want(401)
	o.login(o.visitor().Get("/login").Want(200), "ed").Want(422)
	o.member("ana").Get("/cases").Want(200)
}
