package habeas_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/vault"
)

// An office, and a laptop of it in the field.
type away struct {
	*story
	field   *story
	fieldID ledger.ID
	officed ledger.ID // what the office is called in the field
	bundles int
	dir     string // of bundles
}

// goAway makes an installation for some members of the demo. Each is a story of its own.
func goAway(t *testing.T, handles ...string) *away {
	t.Helper()
	a := &away{story: tell(t), dir: t.TempDir()}
	a.field = &story{T: t, dir: t.TempDir(), now: a.now, seen: map[string][]byte{}}
	var plan habeas.FieldPlan
	for _, h := range handles {
		plan.Members = append(plan.Members, habeas.FieldMember{Handle: h, Pass: pass(h)})
	}
	var err error
	a.fieldID, err = a.AddField(a.Context(), a.as("vera"), pass("vera"), a.field.config(), plan)
	a.ok(err)
	a.field.Desk, err = habeas.Open(a.field.config())
	a.ok(err)
	t.Cleanup(func() { a.field.Desk.Close() })
	nodes, err := a.field.Installations()
	a.ok(err)
	a.officed = nodes[0]
	return a
}

// made makes a bundle of what one has that the other may not have.
func (a *away) made(from *story, all bool) string {
	a.Helper()
	a.bundles++
	path := filepath.Join(a.dir, fmt.Sprintf("%d.bundle", a.bundles))
	_, err := from.MakeBundle(a.Context(), ledger.ID{}, path, all)
	a.ok(err)
	return path
}

// known returns how many entries the office takes the field to have.
func (a *away) known() int {
	a.Helper()
	a.bundles++
	m, err := a.MakeBundle(a.Context(), ledger.ID{}, filepath.Join(a.dir, fmt.Sprintf("%d.bundle", a.bundles)), false)
	a.ok(err)
	return m.Known
}

func (a *away) applied(to *story, path string) *habeas.BundleApplied {
	a.Helper()
	done, err := to.ApplyBundle(a.Context(), path)
	a.ok(err)
	return done
}

// both brings each what the other has.
func (a *away) both() {
	a.Helper()
	a.applied(a.field, a.made(a.story, false))
	a.applied(a.story, a.made(a.field, false))
	a.applied(a.field, a.made(a.story, false))
}

// same fails unless both see the same.
func (a *away) same(handle string) {
	a.Helper()
	here, there := a.story.dump(a.story.as(handle)), a.field.dump(a.field.as(handle))
	if here == there {
		return
	}
	mine, theirs := strings.Split(here, "\n"), strings.Split(there, "\n")
	for _, l := range mine {
		if !slices.Contains(theirs, l) {
			a.Errorf("only in the office: %.200s", l)
		}
	}
	for _, l := range theirs {
		if !slices.Contains(mine, l) {
			a.Errorf("only in the field: %.200s", l)
		}
	}
	a.Errorf("%s sees something else in the office than in the field", handle)
}

func (a *away) verify() {
	a.Helper()
	for _, s := range []*story{a.story, a.field} {
		s.verified("omar")
	}
}

// tellsIn takes in a statement, whose text has no names, and reads a claim out of it.
func (s *story) tellsIn(by habeas.Actor, f *habeas.CaseFile, words, value string) claim.Ref {
	s.Helper()
	ctx := s.Context()
	source, err := s.AddSource(ctx, by, f.ID, aNeighbour)
	s.ok(err)
	st, err := s.AddStatement(ctx, by, f.ID, habeas.NewStatement{Source: source, Medium: "call", Lang: "en", Title: "what was said", Raw: vault.NewText(words), Plain: true})
	s.ok(err)
	s.ok(s.Settle(ctx, by, f.ID, st))
	_, err = s.Record(ctx, by, f.ID, claim.Claim{Statement: st, Version: 1, Start: 0, End: len(words), Stance: claim.Asserts, Basis: "witnessed",
		Subject: affected(f), Predicate: claim.Liberty, Value: claim.Value{Term: value}})
	s.ok(err)
	return st
}

// Two members are in the field for a week, while the office works on the same case.
func TestMovingAWeek(t *testing.T) {
	a := goAway(t, "vera", "omar")
	ctx := a.Context()
	a.same("vera")
	f := a.caseOf(a.as("vera"), "basement")
	for day := range 3 {
		a.now, a.field.now = a.now.Add(24*time.Hour), a.field.now.Add(24*time.Hour)
		a.field.tellsIn(a.field.as("omar"), f, fmt.Sprintf("They held him in the cellar on day %d.", day), "held")
		a.tellsIn(a.as("vera"), f, fmt.Sprintf("He was let go on day %d.", day), "missing")
	}
	id, err := a.field.OpenCase(ctx, a.field.as("omar"), a.field.firstCircle(a.field.as("omar")), habeas.NewCase{Title: "A road at dawn", About: "person"})
	a.ok(err)
	first := a.made(a.field, false)
	a.field.tellsIn(a.field.as("omar"), f, "A guard counted four of them.", "held")
	second := a.made(a.field, false)

	if done := a.applied(a.story, second); done.Entries == 0 || done.Wraps == 0 {
		t.Errorf("got %+v, want entries and keys", done)
	}
	known := a.known()
	for _, again := range []string{first, second, first} {
		before := a.verified("vera").Size
		if done := a.applied(a.story, again); done.Entries != 0 || done.Wraps != 0 || a.verified("vera").Size != before {
			t.Errorf("applied again: got %+v, want nothing", done)
		}
	}
	if got := a.known(); got != known {
		t.Errorf("after an older bundle the field is taken to have %d entries, want %d", got, known)
	}
	if g := a.caseOf(a.as("vera"), "road at dawn"); g.ID != id {
		t.Error("a case that was opened in the field is another in the office")
	}
	a.both()
	for _, handle := range []string{"vera", "omar"} {
		a.same(handle)
	}
	g := a.caseOf(a.as("vera"), "basement")
	if got := len(g.State.Statements) - len(f.State.Statements); got != 7 {
		t.Errorf("got %d new statements, want 7", got)
	}
	if len(g.State.Problems) > 0 {
		t.Errorf("got problems %v", g.State.Problems)
	}
	if !contested(g) {
		t.Error("that he is held is said here and denied there, and not contested")
	}
	a.verify()
	a.sweepAll()
}

func contested(f *habeas.CaseFile) bool {
	return f.State.Finding(affected(f), claim.Liberty).Contested
}

// sweepAll looks for names in both installations, and in all bundles.
func (a *away) sweepAll() {
	a.Helper()
	a.story.sweep()
	var dump bytes.Buffer
	a.ok(a.field.Dump(a.Context(), a.field.as("omar"), &dump))
	seen := map[string][]byte{"log in the field": a.field.logs.Bytes(), "views in the field": dump.Bytes()}
	testkit.Sweep(a.T, demo.Canaries(), []string{a.field.dir, a.dir}, seen, nil)
}

// Bundles that come in any order, and some of them twice, give the same.
func TestMovingInAnyOrder(t *testing.T) {
	a := goAway(t, "vera", "omar")
	f := a.caseOf(a.as("vera"), "basement")
	var here, there []string
	for n := range 3 {
		a.field.tellsIn(a.field.as("omar"), f, fmt.Sprintf("He was seen at gate %d.", n), "held")
		here = append(here, a.made(a.field, false))
		a.tellsIn(a.as("vera"), f, fmt.Sprintf("Nobody was at gate %d.", n), "missing")
		there = append(there, a.made(a.story, false))
	}
	r := rand.New(rand.NewPCG(7, 40))
	here, there = append(here, here[r.IntN(3)]), append(there, there[r.IntN(3)])
	r.Shuffle(len(here), func(i, j int) { here[i], here[j] = here[j], here[i] })
	r.Shuffle(len(there), func(i, j int) { there[i], there[j] = there[j], there[i] })
	for i := range here {
		a.applied(a.story, here[i])
		a.applied(a.field, there[i])
	}
	a.same("vera")
	a.both()
	a.same("omar")
	a.verify()
}

// What is erased in the office while the field still has it is gone there, too, and
// comes back from nowhere.
func TestMovingErased(t *testing.T) {
	a := goAway(t, "vera", "omar")
	ctx := a.Context()
	vera := a.as("vera")
	f := a.caseOf(vera, "basement")
	mum := a.statement(f, "mother")
	phrase := passage(f, mum.Ref)
	// The field reads on in what she told.
	old := mum.Versions[0]
	_, err := a.field.Record(ctx, a.field.as("omar"), f.ID, claim.Claim{Statement: mum.Ref, Version: old.Version, Start: 0, End: len(old.Text), Stance: claim.Asserts, Basis: "witnessed",
		Subject: affected(f), Predicate: claim.Liberty, Value: claim.Value{Term: "held"}})
	a.ok(err)
	a.field.exhibit(a.field.as("omar"), f.ID, mum.Ref, "hers.txt", []byte("an invented file"))
	late := a.made(a.field, false)
	all := a.made(a.field, true)
	needles := a.field.sealed(mum.BodyKey, mum.VaultKey)
	if len(needles) < 5 || len(a.field.holding(needles)) == 0 {
		t.Fatalf("%d needles, in no file: this test would see nothing", len(needles))
	}
	_, err = a.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	a.ok(err)
	for _, path := range []string{late, all, late} {
		if done := a.applied(a.story, path); path == late && done.Left == 0 {
			t.Errorf("got %+v, want entries that were left out", done)
		}
		if files := a.story.holding(needles); files != nil {
			t.Errorf("pieces of what was erased are in %v again", files)
		}
	}
	if files := a.rows("truth.db", `select name from blob where owner = ?`, mum.VaultKey[:]); len(files) > 0 {
		t.Errorf("%d files of what was erased are here", len(files))
	}
	erased := a.made(a.story, false)
	if done := a.applied(a.field, erased); done.Erasures != 1 {
		t.Errorf("got %+v, want one erasure", done)
	}
	if files := a.field.holding(needles); files != nil {
		t.Errorf("in the field pieces of what was erased are still in %v", files)
	}
	for _, s := range []*story{a.story, a.field} {
		if holds(s.dump(s.as("omar")), phrase) {
			t.Error("a view still holds her words")
		}
	}
	before := a.field.verified("omar").Size
	a.applied(a.field, erased)
	if got := a.field.verified("omar").Size; got != before {
		t.Errorf("applied again, the log has %d entries, want %d", got, before)
	}
	a.both()
	a.same("vera")
	a.verify()
	p, err := habeas.Prove(ctx, a.field.config())
	a.ok(err)
	if !p.Clean() {
		t.Errorf("got %+v, want nothing left", p)
	}
}

// A bundle that is not whole, changed, for somebody else or of another office changes
// nothing.
func TestMovingRefused(t *testing.T) {
	a := goAway(t, "omar")
	b := goAway(t, "omar")
	f := a.caseOf(a.as("vera"), "basement")
	a.field.tellsIn(a.field.as("omar"), f, "They drove north.", "held")
	good := a.made(a.field, false)
	whole, err := os.ReadFile(good)
	a.ok(err)
	before := a.verified("vera").Size
	bad := filepath.Join(a.dir, "bad.bundle")
	refused := func(what string, s *story, bytes []byte) {
		t.Helper()
		a.ok(os.WriteFile(bad, bytes, 0o600))
		if _, err := s.ApplyBundle(t.Context(), bad); err == nil {
			t.Errorf("%s: applied", what)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		changed := bytes.Clone(whole)
		at := r.IntN(len(changed))
		changed[at] ^= 1 << r.IntN(8)
		refused(fmt.Sprintf("byte %d changed", at), a.story, changed)
		refused("cut short", a.story, whole[:r.IntN(len(whole))])
	}
	refused("longer", a.story, append(bytes.Clone(whole), 0))
	refused("empty", a.story, nil)
	refused("for another", a.field, whole)
	refused("of another office", b.story, whole)
	if got := a.verified("vera").Size; got != before {
		t.Errorf("the log has %d entries, want %d", got, before)
	}
	a.ok(a.EndField(t.Context(), a.as("vera"), a.fieldID, pass("vera")))
	refused("of one that was ended", a.story, whole)
}

// A name that was recorded in the field is protected in the office once the bundle was
// applied, and not before.
func TestMovingNames(t *testing.T) {
	a := goAway(t, "omar")
	ctx := a.Context()
	f := a.caseOf(a.as("vera"), "basement")
	const given, family = "Wendeborg", "Quillathorne" // invented
	finds := func() bool {
		a.Helper()
		h, err := a.Hints(ctx, a.as("vera"), habeas.Typed{Case: f.ID, Texts: []string{"We met " + given + " " + family + " at the gate."}})
		a.ok(err)
		return slices.ContainsFunc(h.Of[0], func(h habeas.Hint) bool { return h.Known })
	}
	_, err := a.field.AddPerson(ctx, a.field.as("omar"), f.ID, habeas.NewPerson{Protection: claim.Protected,
		Parts: []vault.Part{{Kind: "given", Text: vault.NewText(given)}, {Kind: "family", Text: vault.NewText(family)}}})
	a.ok(err)
	if finds() {
		t.Fatal("the office knows a name that is in the field only")
	}
	a.applied(a.story, a.made(a.field, false))
	if !finds() {
		t.Error("a name that came from the field is not protected in the office")
	}
	testkit.Sweep(t, []string{given + " " + family}, []string{a.dir, a.story.dir, a.field.dir}, nil, nil)
}
