package web

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/locale"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// What strangers write here; every word of it is invented.
const (
	wordsSent  = "They took my brother from the yard of the school.\nOn a Tuesday."
	answerSent = "the tall one, Елисей"
)

// jpeg begins as a photograph does.
func jpeg(size int) []byte {
	b := bytes.Repeat([]byte("not a picture "), size/14+1)[:size]
	copy(b, "\xff\xd8\xff\xe0\x00\x10JFIF")
	return b
}

// A sent is a file that comes with a letter.
type sent struct {
	name  string
	bytes []byte
}

// receive has a letter come in, as the portal does, and returns its receipt.
func (o *office) receive(l habeas.Letter, files ...sent) receipt.Receipt {
	o.t.Helper()
	var secret [32]byte
	rand.Read(secret[:])
	r := receipt.From(secret)
	for _, f := range files {
		u, err := o.desk.Upload(o.t.Context(), vault.NewText(f.name))
		o.ok(err)
		_, err = u.Write(f.bytes)
		o.ok(err)
		o.ok(u.Close())
		l.Files = append(l.Files, u)
	}
	o.ok(o.desk.Receive(o.t.Context(), r, l))
	return r
}

func aLetter() habeas.Letter {
	return habeas.Letter{
		Lang: "en", Text: vault.NewText(wordsSent), Delay: 7, Urgent: true,
		Answers: []habeas.Answered{{Question: "who", Text: vault.NewText(answerSent)}},
		Uses:    []claim.Use{{To: claim.ToPublic, Named: claim.NamedCover, Place: "region"}},
	}
}

// opened opens the first letter of the queue.
func opened(v *testkit.Visitor) *testkit.Page {
	return v.Get("/intake").Want(200).Follow("tbody a").Want(200)
}

// TestLetterByPages is a letter from the queue to the reading desk, with nothing but
// pages.
func TestLetterByPages(t *testing.T) {
	o := newOffice(t)
	o.receive(habeas.Letter{Lang: "ru", Text: vault.NewText("просто вопрос")})
	o.receive(aLetter(), sent{"школа.jpg", jpeg(30_000)})
	v := o.member("vera")
	v.Get("/").Want(200).Has("2 letters wait, 1 of them urgent")
	queue := v.Get("/intake").Want(200)
	queue.In("nav.words").Has("Letters")
	queue.In("tbody tr").At(0).Has("Urgent", "nobody has opened it yet").None(".told")
	queue.In("tbody tr").At(1).HasNot("Urgent")

	letter := queue.In("tbody tr").At(0)
	page := v.Get(letter.In("a").Attr("href")).Want(200)
	page.Has("yard of the school", "Who is detained or missing?", answerSent, "школа.jpg", "30 KB", "people: under a cover name", "after 7 days")
	page.None("main img")
	if got := page.In(".told").At(1).Text(); !strings.Contains(got, "On a Tuesday") {
		t.Errorf("got %q, want what was written", got)
	}
	v.Get("/intake").In("tbody tr").At(0).Has("opened already")

	typed := url.Values{"title": {"taken from a school"}, "source_label": {"somebody of the school"}}
	none := page.Submit("form.filing", url.Values{"title": {"taken from a school"}}).Want(422)
	none.Has("Who said it was not chosen")
	if got := none.In("form.filing [name=title]").Attr("value"); got != "taken from a school" {
		t.Errorf("got %q back, want what was typed", got)
	}
	none.Submit("form.filing", url.Values{"title": {" "}, "source_role": {"brother"}}).Want(422)
	desk := none.Submit("form.filing", typed).Want(200)
	desk.Has("yard of the school", "1 file came with it", "школа.jpg", "somebody of the school")
	if !strings.HasPrefix(desk.Address.Path, "/case/") || !strings.Contains(desk.Address.Path, "/statement/") {
		t.Errorf("filing came to %s, want the statement", desk.Address)
	}
	if got := v.Get("/intake").In("tbody").Count("tr"); got != 1 {
		t.Errorf("%d letters wait, want the other one", got)
	}

	desk.Submit("#attached form", url.Values{"pass": {"wrong"}}).Want(422).Has("yard of the school")
	was := sessionOf(v, o)
	got := desk.Submit("#attached form", url.Values{"pass": {passOf("vera").Reveal()}}).Want(200)
	if !bytes.Equal(got.Body, jpeg(30_000)) || got.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("got %d bytes of %s, want the photograph as bytes", len(got.Body), got.Header.Get("Content-Type"))
	}
	if sessionOf(v, o) == was {
		t.Error("after the passphrase the session has its old token")
	}
	v.Get("/audit").In("tbody").Has("took an attached file", "opened a letter for the first time")
}

// TestFilingDoesNothingTwice: the label is refused after a case was opened for the
// letter. Sent again, the letter goes into that one.
func TestFilingDoesNothingTwice(t *testing.T) {
	o := newOffice(t)
	o.protect(t.Context(), "Воробейчиков")
	o.receive(aLetter())
	v := o.member("vera")
	page := opened(v)
	again := page.Submit("form.filing", url.Values{"title": {"a second case"}, "source_label": {"Воробейчиков"}}).Want(422)
	again.Submit("form.filing", url.Values{"source_label": {""}, "source_role": {"brother"}}).Want(200).Has("yard of the school")
	if got := strings.Count(string(v.Get("/cases").Body), "a second case"); got != 1 {
		t.Errorf("there are %d cases, want one", got)
	}
}

// TestFurtherLetter goes where the first one is, unless somebody says otherwise.
func TestFurtherLetter(t *testing.T) {
	o := newOffice(t)
	r := o.receive(aLetter())
	v := o.member("vera")
	opened(v).Submit("form.filing", url.Values{"title": {"taken from a school"}, "source_role": {"brother"}}).Want(200)
	o.ok(o.desk.WriteAgain(t.Context(), r, [16]byte{1}, habeas.Letter{Lang: "en", Text: vault.NewText("and now he called")}))
	page := opened(v)
	page.In("h1").Has("A further letter")
	page.In("ul.cases").Has("taken from a school")
	page.Submit("form.filing", nil).Want(200).Has("and now he called", "brother")
}

// TestWriteToSource leaves a message that the receipt opens; nothing of the letter is
// in it.
func TestWriteToSource(t *testing.T) {
	o := newOffice(t)
	r := o.receive(aLetter())
	v := o.member("omar")
	page := opened(v)
	page.In("main").Has("Never write names, and never what they told.")
	empty := page.Submit("form.message", url.Values{"text": {"  "}}).Want(422)
	empty.Has("Nothing is written")
	page.Submit("form.message", url.Values{"text": {"Who else was there?"}}).Want(200).Has("waits until somebody comes back")
	c, err := o.desk.Converse(t.Context(), r)
	o.ok(err)
	if len(c.Messages) != 1 || c.Messages[0].Text.Reveal() != "Who else was there?" || !c.Sent[0].Opened {
		t.Errorf("who comes back sees %d messages", len(c.Messages))
	}
}

// TestCloseLetter destroys a letter after a second step, and tells its source why in
// their language.
func TestCloseLetter(t *testing.T) {
	o := newOffice(t)
	l := aLetter()
	l.Lang = "ar"
	r := o.receive(l)
	v := o.member("vera")
	page := opened(v)
	page.Has("Nobody can bring it back")
	if got := page.In(".told").At(0).Attr("dir"); got != "rtl" {
		t.Errorf("an Arabic letter is written %q", got)
	}
	refused := page.Submit("form.closing", url.Values{"reason": {"duplicate"}}).Want(422)
	refused.Has("not confirmed")
	if refused.Count("#close-duplicate[checked]") != 1 {
		t.Error("the reason that was chosen is lost")
	}
	refused.Submit("form.closing", url.Values{"confirm": {"1"}}).Want(200).Has("what it held is destroyed", "No letter waits")
	c, err := o.desk.Converse(t.Context(), r)
	o.ok(err)
	if len(c.Messages) != 1 || !strings.Contains(c.Messages[0].Text.Reveal(), "لم نحتفظ به مرة ثانية") {
		t.Errorf("its source was not told in Arabic")
	}
}

// TestWithdrawnLetter: what was filed is held and says so; the letter says what it
// means and leads to where it is erased. Under the pressure word it says that, leads
// nowhere, and offers no message.
func TestWithdrawnLetter(t *testing.T) {
	for _, pressed := range []bool{false, true} {
		o := newOffice(t)
		r := o.receive(aLetter())
		v := o.member("vera")
		desk := opened(v).Submit("form.filing", url.Values{"title": {"taken from a school"}, "source_role": {"brother"}}).Want(200)
		own, pressure := r.Confirm("en")
		if pressed {
			own = pressure
		}
		o.ok(o.desk.TakeBack(t.Context(), r, own))
		at := desk.Address.Path
		v.Get(at).Want(200).In(".gate").Has("stopped its use, or changed it").None("a.erase")
		if got := v.Get("/").Want(200).Count("#back"); (got == 1) == pressed {
			t.Errorf("pressed %v: today has %d lists of what is to be erased", pressed, got)
		}
		page := opened(v)
		page.None("form.filing").None("form.closing").None("form.message")
		if pressed {
			page.In(".gate").Has("used the pressure word", "Treat this withdrawal as coerced", "Nothing was destroyed")
		} else {
			page.In(".gate").Has("takes back all")
			page.In("main").HasNot("pressure word")
		}
		if got := page.Count("a.erase"); (got == 1) == pressed {
			t.Errorf("pressed %v: %d links lead to where it is erased", pressed, got)
		}
		page.Submit("form.heeding", nil).Want(200).Has("It is recorded", "No letter waits")
		v.Get(at).In("main").Has(map[bool]string{false: "asked for it to be destroyed", true: "treat it as forced"}[pressed])
		base, _, _ := strings.Cut(at, "/statement/")
		v.Get(base).In(".gate").Has("Nothing of it leaves")
		v.Get(base).In("table.rows").Has("use stopped by its source")
		if got := v.Get(at).In(".gate").Count("a.erase"); (got == 1) == pressed {
			t.Errorf("pressed %v: %d links on the desk lead to where it is erased", pressed, got)
		}
	}
}

// TestChangedUses records what its source agrees to now.
func TestChangedUses(t *testing.T) {
	o := newOffice(t)
	r := o.receive(aLetter())
	v := o.member("vera")
	desk := opened(v).Submit("form.filing", url.Values{"title": {"taken from a school"}, "source_role": {"brother"}}).Want(200)
	o.ok(o.desk.ChangeUses(t.Context(), r, nil))
	page := opened(v)
	page.Has("may be shown to others than before", "For ourselves only")
	page.Submit("form.heeding", nil).Want(200)
	v.Get(desk.Address.Path).In("main").Has("for ourselves only").HasNot("stopped its use")
}

// TestInboxIsForWhoTakesIn: an analyst is refused, and nothing on her pages tells
// that there are letters.
func TestInboxIsForWhoTakesIn(t *testing.T) {
	o := newOffice(t)
	o.gather()
	o.receive(aLetter(), sent{"a.jpg", jpeg(900)})
	path := opened(o.member("vera")).Address.Path
	for _, who := range []string{"ana", "ed", "kim", "zoe"} {
		v := o.as(who)
		for _, p := range []string{"/intake", path, path + "/look/0", path + "/file/0"} {
			v.Get(p).Want(403).HasNot("yard of the school", "a.jpg")
		}
		for _, act := range []string{"/file", "/write", "/close", "/heed", "/take/0"} {
			v.Post(path+act, url.Values{"form": {token(v.Get("/help"))}, "confirm": {"1"}, "text": {"x"}}).Want(403)
		}
		for _, p := range []string{"/", "/people", "/access", "/help", "/kept"} {
			v.Get(p).Want(200).HasNot("/intake", "letter waits")
		}
	}
	ina := o.as("ina")
	page := ina.Get("/").Want(200)
	if page.Address.Path != "/intake" {
		t.Errorf("who only takes in begins on %s", page.Address.Path)
	}
	page.In("nav.words").Has("Letters")
}

// TestIntakeMemberFiles: who only takes in and holds the names of a circle files a
// letter there, and comes back to the queue: cases are not theirs to read.
func TestIntakeMemberFiles(t *testing.T) {
	o := newOffice(t)
	vera := o.actor("vera")
	for handle, shares := range map[string][]habeas.Share{"tom": nil, "una": {{Circle: o.circle(t.Context(), vera), Vault: true}}} {
		inv := habeas.Invitation{Name: handle, Roles: []ledger.Role{ledger.Intake}, Shares: shares}
		code, err := o.desk.Invite(t.Context(), vera, inv, passOf("vera"))
		o.ok(err)
		_, err = o.desk.Join(t.Context(), code, handle, vault.NewText(castPass))
		o.ok(err)
	}
	o.actor("vera") // who gives them the keys of the desk
	o.receive(aLetter())
	opened(o.as("tom")).None("form.filing").Has("you hold those of none")
	done := opened(o.as("una")).Submit("form.filing", url.Values{"title": {"taken from a school"}, "source_role": {"brother"}}).Want(200)
	done.Has("The letter is filed", "No letter waits")
	o.member("vera").Get("/cases").Has("taken from a school")
}

// TestNotMineToOpen: a letter of which a member has no key says so, and leads
// nowhere.
func TestNotMineToOpen(t *testing.T) {
	o := newOffice(t)
	p := Frame{P: locale.New("en")}
	row := p.queueRow(habeas.Queued{ID: ledger.NewID(), Offline: true})
	if row.Href != "" || !strings.Contains(strings.Join(row.Notes, " "), "offline desk") {
		t.Errorf("got %+v", row)
	}
	row = p.queueRow(habeas.Queued{ID: ledger.NewID()})
	if row.Href != "" || !strings.Contains(strings.Join(row.Notes, " "), "not yours to open") {
		t.Errorf("got %+v", row)
	}
	row = p.queueRow(habeas.Queued{ID: ledger.NewID(), Lost: true})
	if row.Href != "" || row.Drop == "" || !strings.Contains(strings.Join(row.Notes, " "), "nobody can read it") || strings.Contains(row.DropIt, "machine") {
		t.Errorf("got %+v", row)
	}
	v := o.member("vera")
	v.Get(letterPath(ledger.NewID())).Want(http.StatusNotFound).Has("does not wait any more")
	v.Get("/intake/nothing").Want(http.StatusNotFound)
}

// TestOfflineDeskByPages: who takes in is told that letters go to another machine, and
// who said so, and ends it.
func TestOfflineDeskByPages(t *testing.T) {
	o := newOffice(t)
	v := o.member("vera")
	v.Get("/intake").Want(200).None("#away")
	away, err := vault.NewHolder(vault.NewSeed())
	o.ok(err)
	o.ok(o.desk.UseOfflineDesk(t.Context(), o.actor("omar"), away.Public(ledger.UseDesk), 4))
	o.receive(aLetter())
	page := v.Get("/intake").Want(200)
	page.In("section[aria-labelledby=away]").Has(away.ID().String()[:8], "Omar", "16 January 2023")
	page.In("tbody tr").At(0).Has("sealed to the offline desk", "The other machine has it")
	done := page.Submit("form[action=/intake/desk/end]", nil).Want(200).Has("The offline desk is ended").None("#away")
	done.In("tbody tr").At(0).Has("sealed to the offline desk")
	o.receive(aLetter())
	opened(v).Has("yard of the school")
}

// TestUnloggedLetter: a letter says so if the log does not say that it came.
func TestUnloggedLetter(t *testing.T) {
	o := newOffice(t)
	o.receive(aLetter())
	opened(o.member("vera")).HasNot("The log does not show")
	p := &letterPage{Frame: Frame{P: locale.New("en")}}
	p.read(&habeas.OpenedLetter{Kind: habeas.LetterFirst})
	if !p.Unlogged {
		t.Error("nothing says that the log does not show it")
	}
}

// TestCloseUnreadByPages closes what is ticked with the passphrase, and nothing that
// somebody has opened.
func TestCloseUnreadByPages(t *testing.T) {
	o := newOffice(t)
	o.receive(aLetter())
	v := o.member("vera")
	kept := opened(v).Address.Path
	for range 3 {
		o.receive(aLetter())
	}
	page := v.Get("/intake").Want(200)
	if got := page.Count("[name=letter]"); got != 3 {
		t.Errorf("%d letters can be ticked, want those that nobody has opened", got)
	}
	var unread []string
	for _, q := range o.waiting(o.actor("vera")) {
		if !q.Opened {
			unread = append(unread, q.ID.String())
		}
	}
	junk := func(pass string, letters ...string) *testkit.Page {
		page := v.Get("/intake").Want(200)
		return v.Post("/intake/junk", url.Values{"form": {token(page)}, "which": {"junk"}, "letter": letters, "pass": {pass}})
	}
	pass := passOf("vera").Reveal()
	junk(pass).Want(422).Has("No letter was chosen")
	wrong := junk("wrong", unread[:2]...).Want(422)
	if got := wrong.Count("[name=letter][checked]"); got != 2 {
		t.Errorf("%d letters are still ticked, want 2", got)
	}
	junk(pass, unread[:2]...).Want(200).Has("The letters are closed")
	if got := v.Get("/intake").In("tbody").Count("tr"); got != 2 {
		t.Errorf("%d letters wait, want 2", got)
	}
	junk(pass, strings.TrimPrefix(kept, "/intake/")).Want(409).Has("opened one of these letters")
	v.Get(kept).Want(200)
}

// TestMoreLettersThanOnePage says how many there are besides those it shows.
func TestMoreLettersThanOnePage(t *testing.T) {
	o := newOffice(t)
	for range habeas.MaxQueue + 1 {
		o.receive(habeas.Letter{Lang: "en", Text: vault.NewText("again and again")})
	}
	v := o.member("vera")
	v.Get("/").Want(200).Has("201 letters wait").HasNot("urgent")
	page := v.Get("/intake").Want(200).Has("The first 200 of 201 letters")
	if got := page.In("tbody").Count("tr"); got != habeas.MaxQueue {
		t.Errorf("%d letters are shown, want %d", got, habeas.MaxQueue)
	}
}
