package habeas

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/name"
	"habeas/vault"
)

// twoCircles is an office with a keeper who holds both circles and a caseworker
// who holds the second only, with a person in a case of each.
type twoCircles struct {
	*testing.T
	d         *Desk
	both, one Actor
	a, b      PersonAt
	first     ledger.ID
	second    ledger.ID
}

func newTwoCircles(t *testing.T) *twoCircles {
	t.Helper()
	s := &twoCircles{T: t}
	s.d, s.both = office(t)
	s.first = circleOf(s.both).id
	second, err := s.d.createCircle(t.Context(), s.both.me, "two", false)
	s.ok(err)
	s.second = second.id
	s.both = enter(t, s.d)
	words := vault.NewText("two small boats")
	s.ok(s.d.AddMember(t.Context(), s.both, NewMember{Handle: "z", Name: "Z", Passphrase: words, Roles: []ledger.Role{ledger.Caseworker}}, second.id, true))
	token, err := s.d.Login(t.Context(), "z", words)
	s.ok(err)
	s.one, err = s.d.Actor(t.Context(), token)
	s.ok(err)
	s.a = s.person(s.both, s.first, "Яромир", "Белоконь")
	s.b = s.person(s.both, second.id, "Яромир", "Белоконь")
	return s
}

func (s *twoCircles) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *twoCircles) refused(err error, key string) {
	s.Helper()
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key() != key {
		s.Errorf("got error %v, want %s", err, key)
	}
}

func (s *twoCircles) person(by Actor, circle ledger.ID, given, family string) PersonAt {
	s.Helper()
	id, err := s.d.OpenCase(s.Context(), by, circle, NewCase{Title: "a case", About: "person"})
	s.ok(err)
	p, err := s.d.AddPerson(s.Context(), by, id, NewPerson{Parts: []vault.Part{
		{Kind: name.Given, Text: vault.NewText(given)}, {Kind: name.Family, Text: vault.NewText(family)}}})
	s.ok(err)
	return PersonAt{id, p}
}

func (s *twoCircles) coverOf(at PersonAt) string {
	s.Helper()
	f, err := s.d.Case(s.Context(), s.both, at.Case)
	s.ok(err)
	return f.State.Cover(at.Person)
}

func (s *twoCircles) liaise() (ledger.ID, error) {
	return s.d.Liaise(s.Context(), s.both, s.a, s.second, s.coverOf(s.b), "the same unit and day")
}

func TestLiaisonIsForWhoHoldsBoth(t *testing.T) {
	s := newTwoCircles(t)
	ctx := t.Context()
	link, err := s.liaise()
	s.ok(err)
	_, err = s.liaise()
	s.refused(err, "liaison.already")
	for here, there := range map[PersonAt]PersonAt{s.a: s.b, s.b: s.a} {
		got, err := s.d.Liaisons(ctx, s.both, here.Case)
		s.ok(err)
		if len(got) != 1 || got[0].Here != here || got[0].There != there || got[0].Cover != s.coverOf(there) || got[0].Link != link {
			t.Errorf("got %+v, want the other by its cover name", got)
		}
	}
	// Who holds one circle is told nothing, and has nothing that leads there.
	if got, err := s.d.Liaisons(ctx, s.one, s.b.Case); err != nil || len(got) != 0 {
		t.Errorf("got %v and %v for who holds one circle, want nothing", got, err)
	}
	_, err = s.d.Liaisons(ctx, s.one, s.a.Case)
	s.refused(err, "case.none")
	_, err = s.d.Liaise(ctx, s.one, s.b, s.first, s.coverOf(s.a), "the same unit and day")
	s.refused(err, "circle.none")
	s.refused(s.d.EndLiaison(ctx, s.one, s.b.Case, link), "liaison.none")
	for _, by := range []Actor{s.both, s.one} {
		var dump bytes.Buffer
		s.ok(s.d.Dump(ctx, by, &dump))
		if bytes.Contains(dump.Bytes(), []byte(link.String())) {
			t.Error("a view holds a liaison")
		}
	}
	lines, err := s.d.Audit(ctx, s.both)
	s.ok(err)
	for _, l := range lines {
		if l.Code != "" {
			t.Errorf("got %+v told to the office, want nothing of it", l)
		}
	}
	s.ok(s.d.EndLiaison(ctx, s.both, s.b.Case, link))
	if got, err := s.d.Liaisons(ctx, s.both, s.a.Case); err != nil || len(got) != 0 {
		t.Errorf("got %v and %v after it was taken back, want nothing", got, err)
	}
	s.refused(s.d.EndLiaison(ctx, s.both, s.b.Case, link), "liaison.none")
	_, err = s.liaise() // anew, under another link
	s.ok(err)
}

func TestLiaisonIsRefused(t *testing.T) {
	s := newTwoCircles(t)
	ctx, cover := t.Context(), s.coverOf(s.b)
	for key, err := range map[string]func() (ledger.ID, error){
		"liaison.same_circle":   func() (ledger.ID, error) { return s.d.Liaise(ctx, s.both, s.b, s.second, cover, "the same day") },
		"liaison.reason":        func() (ledger.ID, error) { return s.d.Liaise(ctx, s.both, s.a, s.second, cover, " so ") },
		"liaison.no_such_cover": func() (ledger.ID, error) { return s.d.Liaise(ctx, s.both, s.a, s.second, "Nobody", "the same day") },
		"person.none": func() (ledger.ID, error) {
			return s.d.Liaise(ctx, s.both, PersonAt{s.a.Case, s.b.Person}, s.second, cover, "the same day")
		},
		"case.none": func() (ledger.ID, error) {
			return s.d.Liaise(ctx, s.both, PersonAt{ledger.NewID(), s.a.Person}, s.second, cover, "the same day")
		},
		"circle.none": func() (ledger.ID, error) {
			return s.d.Liaise(ctx, s.both, s.a, ledger.NewID(), cover, "the same day")
		},
		"desk.name_in_field": func() (ledger.ID, error) {
			return s.d.Liaise(ctx, s.both, s.b, s.first, s.coverOf(s.a), "it is Белоконь, they say")
		},
	} {
		_, got := err()
		s.refused(got, key)
	}
}

// TestPeopleAreCountedOnce: a place that two circles know of counts a person who
// is in both once, for who holds both.
func TestPeopleAreCountedOnce(t *testing.T) {
	same := map[PersonAt]PersonAt{}
	a, b, c := PersonAt{ledger.ID{1}, "p:a"}, PersonAt{ledger.ID{2}, "p:b"}, PersonAt{ledger.ID{3}, "p:c"}
	same[a], same[b] = b, c
	for _, p := range []PersonAt{a, b, c} {
		if got := standsFor(same, p); got != c {
			t.Errorf("%v stands for %v, want %v", p, got, c)
		}
	}
	s := newTwoCircles(t)
	ctx := t.Context()
	if _, err := s.liaise(); err != nil {
		t.Fatal(err)
	}
	one, err := s.d.samePeople(ctx, s.both)
	s.ok(err)
	if standsFor(one, s.a) != standsFor(one, s.b) {
		t.Error("to who holds both circles, they are two")
	}
	one, err = s.d.samePeople(ctx, s.one)
	s.ok(err)
	if len(one) != 0 {
		t.Error("who holds one circle is told who is one person")
	}
}

func TestLookUpInOtherCircles(t *testing.T) {
	s := newTwoCircles(t)
	asked := vault.NewText("Яромир Белоконь")
	found, err := s.d.LookUp(t.Context(), s.both, asked)
	s.ok(err)
	if len(found) != 2 {
		t.Errorf("got %d for who holds both circles, want 2", len(found))
	}
	found, err = s.d.LookUp(t.Context(), s.one, asked)
	s.ok(err)
	if len(found) != 1 || found[0].Case != s.b.Case {
		t.Errorf("got %+v for who holds one circle, want their own only", found)
	}
	// Without the vault of any circle there is nothing to look in.
	s.ok(s.d.AddMember(t.Context(), s.both, NewMember{Handle: "y", Name: "Y", Passphrase: vault.NewText("two small boats"), Roles: []ledger.Role{ledger.Caseworker}}, s.second, false))
	token, err := s.d.Login(t.Context(), "y", vault.NewText("two small boats"))
	s.ok(err)
	y, err := s.d.Actor(t.Context(), token)
	s.ok(err)
	_, err = s.d.LookUp(t.Context(), y, asked)
	s.refused(err, "may.needs_vault")
}

// awake is what a request does to the limits of a session.
func (s *twoCircles) awake() {
	s.Helper()
	s.ok(s.d.Sweep())
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.both.session.used = s.d.now()
}

// TestNamesAreForgotten: what was looked through stays in memory sealed, and for
// ten minutes.
func TestNamesAreForgotten(t *testing.T) {
	s := newTwoCircles(t)
	now := time.Now()
	s.d.cfg.Now = func() time.Time { return now }
	look := func() {
		t.Helper()
		s.awake()
		_, err := s.d.LookUp(t.Context(), s.both, vault.NewText("Яромир Белоконь"))
		s.ok(err)
		if s.both.session.names == nil {
			t.Fatal("nothing is kept")
		}
	}
	look()
	if bytes.Contains(s.both.session.names, []byte("Белоконь")) {
		t.Error("names stand in the session as they are")
	}
	other := s.both
	other.me = s.one.me
	if _, err := s.d.keptNames(other); err == nil {
		t.Error("what one member's session keeps opens with the keys of another")
	}
	now = now.Add(9 * time.Minute)
	look()
	now = now.Add(9 * time.Minute)
	s.awake()
	if s.both.session.names == nil {
		t.Error("forgotten before ten unused minutes")
	}
	now = now.Add(time.Minute)
	s.ok(s.d.Sweep())
	if s.both.session.names != nil {
		t.Error("kept for more than ten unused minutes")
	}
	look()
	s.d.forgetNames()
	if s.both.session.names != nil {
		t.Error("kept after something was erased")
	}
	look()
	s.ok(s.d.Leave(s.both))
	if s.both.session.names != nil {
		t.Error("kept after the session ended")
	}
	if _, err := s.d.LookUp(t.Context(), s.both, vault.NewText("Яромир Белоконь")); fault.KindOf(err) != fault.Locked {
		t.Errorf("got %v after the session ended, want locked", err)
	}
}

// TestCodesJoinWithNothing: the office's audits tell cases apart, and whoever is
// not in the circle cannot tell which case is meant.
func TestCodesJoinWithNothing(t *testing.T) {
	s := newTwoCircles(t)
	ctx := t.Context()
	s.ok(s.d.Reveal(ctx, s.both, s.a.Case, "calling the mother", vault.NewText("three small boats")))
	lines, err := s.d.Audit(ctx, s.both)
	s.ok(err)
	if lines[0].What != AuditShown || lines[0].Case != s.a.Case {
		t.Fatalf("got %+v to who holds the circle, want the case", lines[0])
	}
	s.one.roles = append(s.one.roles, ledger.Auditor)
	lines, err = s.d.Audit(ctx, s.one)
	s.ok(err)
	if l := lines[0]; l.What != AuditShown || !l.Case.IsZero() || len(l.Code) != 16 || l.Name != "Keeper" {
		t.Errorf("got %+v to who does not, want a code", l)
	}
	entries, err := s.d.audits(ctx, s.one)
	s.ok(err)
	for _, c := range s.one.circles { // nothing they hold makes the code out of the case
		if entries[0].Code == caseCode(c, s.a.Case) {
			t.Error("the code can be made by who does not hold the circle")
		}
	}
	sealed, err := os.ReadFile(filepath.Join(s.d.cfg.Dir, "truth.db"))
	s.ok(err)
	if bytes.Contains(sealed, []byte(entries[0].Code)) {
		t.Error("a code stands in clear")
	}
	if got := entries[0].Time; !got.Equal(day(got)) {
		t.Errorf("got time %v, want the day only", got)
	}
	s.one.roles = []ledger.Role{ledger.Caseworker}
	_, err = s.d.Audit(ctx, s.one)
	s.refused(err, "may.not")
}

// TestNewKeysLeaveWhatWasKnown: when a circle goes on with new keys, what was
// recorded under the old ones is still there, and who was taken from the circle
// finds nothing that is recorded after.
func TestNewKeysLeaveWhatWasKnown(t *testing.T) {
	s := newTwoCircles(t)
	ctx, pass := t.Context(), vault.NewText("three small boats")
	s.ok(s.d.AddMember(ctx, s.both, NewMember{Handle: "y", Name: "Y", Passphrase: vault.NewText("two small boats"), Roles: []ledger.Role{ledger.Caseworker}}, s.second, true))
	s.ok(s.d.AddToCircle(ctx, s.both, s.one.Member, s.first, true, pass)) // z is in both for a while
	old, err := s.d.Actor(ctx, s.login("z"))
	s.ok(err)
	link, err := s.liaise()
	s.ok(err)
	if got, err := s.d.Liaisons(ctx, old, s.a.Case); err != nil || len(got) != 1 {
		t.Fatalf("got %v and %v for who is in both, want the liaison", got, err)
	}
	s.ok(s.d.Reveal(ctx, s.both, s.b.Case, "calling the mother", pass))
	s.ok(s.d.TakeFromCircle(ctx, s.both, s.one.Member, s.second, pass))
	s.both = enter(t, s.d)
	if got, err := s.d.Liaisons(ctx, s.both, s.a.Case); err != nil || len(got) != 1 || got[0].Link != link {
		t.Errorf("got %v and %v under new keys, want what was recorded under the old", got, err)
	}
	s.ok(s.d.EndLiaison(ctx, s.both, s.a.Case, link))
	second, err := s.liaise()
	s.ok(err)
	a, _ := old.circle(s.first)
	b, _ := old.circle(s.second)
	found, err := s.d.liaisons(ctx, a, b) // with every key they ever held
	s.ok(err)
	if len(found) != 1 || found[0].Link != link {
		t.Errorf("got %v with the keys of before, want nothing of %v", found, second)
	}
	lines, err := s.d.Audit(ctx, s.both)
	s.ok(err)
	var shown, taken, again int
	for _, l := range lines {
		switch {
		case l.What == AuditShown && l.Case == s.b.Case:
			shown++
		case l.What == AuditRevoked && l.Whom == "Z":
			taken++
		case l.What == AuditGranted && l.Whom == "Y":
			again++
		}
	}
	if shown != 1 || taken != 1 || again != 1 {
		t.Errorf("got %d looks, %d taken, %d given to who stayed, want one each", shown, taken, again)
	}
}

func (s *twoCircles) login(handle string) string {
	s.Helper()
	token, err := s.d.Login(s.Context(), handle, vault.NewText("two small boats"))
	s.ok(err)
	return token
}

// TestOnlyKeepersNameMembers: a caseworker who writes that she is called Keeper,
// and that the keeper is somebody else, is not believed on any page.
func TestOnlyKeepersNameMembers(t *testing.T) {
	s := newTwoCircles(t)
	ctx := t.Context()
	office, err := s.one.office()
	s.ok(err)
	s.ok(s.d.nameMember(ctx, s.one.me, office, s.one.Member, "Keeper"))
	s.ok(s.d.nameMember(ctx, s.one.me, office, s.both.Member, "Z"))
	_, err = s.d.LookUp(ctx, s.one, vault.NewText("Яромир Белоконь"))
	s.ok(err)
	lines, err := s.d.Audit(ctx, s.both)
	s.ok(err)
	if lines[0].What != AuditLookedUp || lines[0].Name != "Z" {
		t.Errorf("got %+v, want it put down to who did it", lines[0])
	}
	members, err := s.d.Members(ctx, s.both)
	s.ok(err)
	for _, m := range members {
		if m.Me != (m.Name == "Keeper") {
			t.Errorf("got %q for %v", m.Name, m.ID)
		}
	}
}

// TestForgedAuditsAreHarmless: a member writes audits by hand, to empty or fill a
// budget, or to break the page.
func TestForgedAuditsAreHarmless(t *testing.T) {
	s := newTwoCircles(t)
	ctx := t.Context()
	office, err := s.one.office()
	s.ok(err)
	for _, body := range []any{
		audited{What: AuditTried, N: -1000}, audited{What: AuditAgreed, Whom: s.one.Member}, audited{What: "<b>", Code: "../../etc", N: 1 << 40},
		audited{What: AuditShown, Code: "zz"}, []byte("{"), []byte("null"), []byte(`{"what":7}`), []byte(`{"n":"x"}`),
	} {
		s.ok(s.d.append(ctx, s.one.me.Signer(), office.id, nil, draft{kindAudit, body, office.body.Key()}))
	}
	budgets, err := s.d.Budgets(ctx, s.both)
	s.ok(err)
	for _, b := range budgets {
		if b.Looks.Used > 1 || b.Tries.Used != 0 || b.Looks.Most != looksADay || len(b.Agreed) > 0 {
			t.Errorf("got %+v, want nobody's budget changed but by looks", b)
		}
	}
	lines, err := s.d.Audit(ctx, s.both)
	s.ok(err)
	for _, l := range lines {
		if l.Code != "" {
			t.Errorf("got code %q, want none that is no code", l.Code)
		}
	}
}
