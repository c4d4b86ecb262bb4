package habeas_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/ledger"
	"habeas/vault"
)

// A court, invented, and what a member says of everything that only people can tell.
const (
	theCourt  = "the registry of the court"
	wholeSeen = "we looked at all of it"
)

// editor adds a member who lets things out and holds the vault, with names shown.
func (s *story) editor(f *habeas.CaseFile) (habeas.Actor, vault.Text) {
	s.Helper()
	noor := habeas.NewMember{Handle: "noor", Name: "Noor", Passphrase: vault.NewText("amber ladder quiet river"), Roles: []ledger.Role{ledger.Editor, ledger.Caseworker}}
	s.ok(s.AddMember(s.Context(), s.as("vera"), noor, f.Circle.ID, true))
	token, err := s.Login(s.Context(), noor.Handle, noor.Passphrase)
	s.ok(err)
	by, err := s.Actor(s.Context(), token)
	s.ok(err)
	s.ok(s.Reveal(s.Context(), by, f.ID, "handing over an exhibit", noor.Passphrase))
	return by, noor.Passphrase
}

// lets says what the source of a statement, and the family of whom it speaks of, let
// an audience have of it.
func (s *story) lets(f *habeas.CaseFile, st claim.Ref, u claim.Use) {
	s.Helper()
	for giver, person := range map[string]claim.Ref{claim.GivenBySource: "", claim.GivenByFamily: affected(f)} {
		s.ok(s.Consent(s.Context(), s.as("vera"), f.ID, claim.Consent{Statement: st, Giver: giver, Person: person, Uses: []claim.Use{u}}))
	}
}

// handed answers all that is asked about a handover.
func (s *story) answered(by habeas.Actor, id habeas.CaseID, opt habeas.HandoverOptions) habeas.HandoverOptions {
	s.Helper()
	h, err := s.PreviewHandover(s.Context(), by, id, opt)
	s.ok(err)
	for _, f := range h.Files {
		if f.Why != "" {
			s.Errorf("%s stays: %s %+v %+v", f.HandedItem, f.Why, f.Hits, f.Unread)
		}
	}
	for _, q := range h.Questions {
		opt.Answers = append(opt.Answers, habeas.HandedAnswer{Key: q.Key, Reason: wholeSeen})
	}
	return opt
}

// handOver proposes, approves and releases.
func (s *story) handOver(f *habeas.CaseFile, releaser habeas.Actor, pass vault.Text, opt habeas.HandoverOptions) claim.Ref {
	s.Helper()
	ctx := s.Context()
	vera, omar := s.shown("vera", f), s.shown("omar", f)
	ref, err := s.ProposeHandover(ctx, vera, f.ID, s.answered(vera, f.ID, opt))
	s.ok(err)
	h, _, err := s.Handover(ctx, omar, f.ID, ref)
	s.ok(err)
	var keys []string
	for _, q := range h.Questions {
		keys = append(keys, q.Key)
	}
	s.ok(s.ApproveHandover(ctx, omar, f.ID, ref, "the court alone reads it", keys...))
	s.ok(s.ReleaseHandover(ctx, releaser, f.ID, ref, pass))
	return ref
}

// shown logs somebody in and has names shown to them.
func (s *story) shown(handle string, f *habeas.CaseFile) habeas.Actor {
	s.Helper()
	by := s.as(handle)
	s.ok(s.Reveal(s.Context(), by, f.ID, "handing over an exhibit", pass(handle)))
	return by
}

// bundle takes what was released, and returns it with the log's other entries.
func (s *story) bundle(by habeas.Actor, id habeas.CaseID, ref claim.Ref, pass vault.Text) ([]byte, fs.FS) {
	s.Helper()
	p, err := s.TakeHandover(s.Context(), by, id, ref, pass)
	s.ok(err)
	var b bytes.Buffer
	_, err = p.WriteTo(&b)
	s.ok(err)
	fsys, err := custody.OpenArchive(bytes.NewReader(b.Bytes()), int64(b.Len()))
	s.ok(err)
	return b.Bytes(), fsys
}

func (s *story) read(fsys fs.FS, name string) string {
	s.Helper()
	f, err := fsys.Open(name)
	s.ok(err)
	defer f.Close()
	b, err := io.ReadAll(f)
	s.ok(err)
	return string(b)
}

// A photograph goes to a court that may have names: as it was received, with its
// history, in a bundle that an outsider verifies.
func TestHandOverOriginal(t *testing.T) {
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	photo := aPicture(t)
	ref := s.exhibit(vera, f.ID, mum.Ref, "DSC_0001.jpg", photo)
	s.ok(s.MakeSafeCopy(s.Context(), vera, f.ID, ref))
	noor, secret := s.editor(f)
	opt := habeas.HandoverOptions{Audience: "court", To: theCourt, Items: []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandOriginal}, {Exhibit: ref, Which: habeas.HandSafe}}}
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedName, Place: "exact"})

	made := s.handOver(f, noor, secret, opt)
	_, fsys := s.bundle(noor, f.ID, made, secret)
	report, err := custody.Verify(s.Context(), fsys, custody.Trust{Root: s.Root()}, nil)
	s.ok(err)
	if report.Verdict() != custody.IntegrityOnly { // nobody else signed yet
		var b bytes.Buffer
		_ = report.Text(&b)
		t.Fatalf("got\n%s", b.String())
	}
	if got := s.read(fsys, "data/E0001.jpg"); got != string(photo) {
		t.Error("the original is not what was received")
	}
	if !strings.Contains(s.read(fsys, "custody/report.html"), theCourt) {
		t.Error("the bundle does not say to whom it was handed over")
	}
	x := s.exhibitOf(vera, f.ID, ref)
	want := []custody.Act{custody.Received, custody.Hashed, custody.Derived, custody.Fixity, custody.Fixity, custody.HandedOver, custody.HandedOver, custody.Released, custody.Released}
	if got := acts(x); !x.Whole || len(got) != len(want) {
		t.Errorf("got events %v, whole %v; want %v", got, x.Whole, want)
	}
}

// Nothing of a statement leaves for an audience that nobody agreed to, no original
// for one that may have no names, and nothing whose entries name somebody.
func TestWhatStays(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	vera := s.shown("vera", s.caseOf(s.as("vera"), "basement"))
	f := s.caseOf(vera, "basement")
	mum := s.statement(f, "mother")
	plain := s.exhibit(vera, f.ID, mum.Ref, "DSC_0001.jpg", aPicture(t))
	named := s.exhibit(vera, f.ID, mum.Ref, "Тихон Воробейчиков.jpg", aPicture(t))
	inside := s.exhibit(vera, f.ID, mum.Ref, "note.txt", []byte("Мы видели Тихона Воробейчикова в подвале."))
	signed := s.exhibit(vera, f.ID, mum.Ref, "DSC_0002.jpg", bytes.Replace(aPicture(t), []byte(inTheComment), fmt.Appendf(nil, "%-*s", len(inTheComment), "by Tikhon Vorobeychikov"), 1))
	both := func(ref claim.Ref) []habeas.HandedItem {
		return []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandOriginal}, {Exhibit: ref, Which: habeas.HandSafe}}
	}
	stays := func(audience string, ref claim.Ref, want ...string) {
		t.Helper()
		opt := habeas.HandoverOptions{Audience: audience, To: theCourt, Items: both(ref)}
		h, err := s.PreviewHandover(ctx, vera, f.ID, opt)
		s.ok(err)
		for i, v := range h.Files {
			if v.Why != want[i] {
				t.Errorf("for %s, %s %s: got %q, want %q", audience, ref, v.Which, v.Why, want[i])
			}
		}
		for _, q := range h.Questions {
			opt.Answers = append(opt.Answers, habeas.HandedAnswer{Key: q.Key, Reason: wholeSeen})
		}
		if _, err := s.ProposeHandover(ctx, vera, f.ID, opt); want[0] != "" {
			s.refused(err, "handover.stays")
		}
	}
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedCover, Place: "exact"})
	stays("court", plain, habeas.StaysNames, habeas.StaysNoSafe)
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, plain))
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, named))
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, inside))
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, signed))
	stays("court", signed, habeas.StaysNames, "")
	stays("press", plain, habeas.StaysConsent, habeas.StaysConsent)
	stays("court", plain, habeas.StaysNames, "")
	stays("court", named, habeas.StaysNames, habeas.StaysTexts)
	stays("court", inside, habeas.StaysNames, habeas.StaysNamed)
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedCover, Place: "region"})
	stays("court", plain, habeas.StaysNames, habeas.StaysPlace)
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedNone, Place: "exact"})
	stays("court", plain, habeas.StaysNames, habeas.StaysFaces)
	// The ministry's letter speaks of him too, and is under cover names: so is he.
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedName, Place: "exact"})
	stays("court", plain, "", "")
	stays("court", inside, habeas.StaysNamed, habeas.StaysNamed)
	stays("court", signed, habeas.StaysNamed, "") // by what stayed behind when its copy was made
	opt := habeas.HandoverOptions{Audience: "court", To: theCourt, Items: both(plain)[:1]}
	_, err := s.PreviewHandover(ctx, vera, f.ID, opt)
	s.ok(err)
	_, err = s.ProposeHandover(ctx, vera, f.ID, opt)
	s.refused(err, "handover.open") // nobody said that they looked at it
	opt.To = "Тихон Воробейчиков"
	_, err = s.PreviewHandover(ctx, vera, f.ID, opt)
	s.refused(err, "desk.name_in_field")
	opt.To, opt.Keys = theCourt, []string{"ssh-ed25519 not-a-key"}
	_, err = s.PreviewHandover(ctx, vera, f.ID, opt)
	s.refused(err, "handover.key")
	for _, handle := range []string{"ana", "ed"} {
		if _, err := s.PreviewHandover(ctx, s.as(handle), f.ID, opt); err == nil {
			t.Errorf("%s, who does not hold the vault, sees what a bundle would be", handle)
		}
	}
	// An event names somebody: from then on the exhibit stays.
	s.ok(s.NoteHandling(ctx, vera, f.ID, plain, custody.Copied, "her brother Тихон Воробейчиков", ""))
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedCover, Place: "exact"})
	stays("court", plain, habeas.StaysNames, habeas.StaysTexts)
	s.sweep()
}

// One member can't hand anything over, and what was decided holds only while nothing
// has changed.
func TestHandOverTakesTwo(t *testing.T) {
	s := tell(t)
	ctx := s.Context()
	f := s.caseOf(s.as("vera"), "basement")
	vera, omar := s.shown("vera", f), s.shown("omar", f)
	noor, secret := s.editor(f)
	mum := s.statement(f, "mother")
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedCover, Place: "exact"})
	ref := s.exhibit(vera, f.ID, mum.Ref, "DSC_0001.jpg", aPicture(t))
	s.ok(s.MakeSafeCopy(ctx, vera, f.ID, ref))
	opt := s.answered(vera, f.ID, habeas.HandoverOptions{Audience: "court", To: theCourt, Items: []habeas.HandedItem{{Exhibit: ref, Which: habeas.HandSafe}}})
	propose := func() (claim.Ref, []string) {
		t.Helper()
		made, err := s.ProposeHandover(ctx, vera, f.ID, opt)
		s.ok(err)
		h, _, err := s.Handover(ctx, omar, f.ID, made)
		s.ok(err)
		var keys []string
		for _, q := range h.Questions {
			keys = append(keys, q.Key)
		}
		return made, keys
	}
	made, keys := propose()
	s.refused(s.ApproveHandover(ctx, vera, f.ID, made, "only the court", keys...), "dossier.own")
	s.refused(s.ApproveHandover(ctx, omar, f.ID, made, "only the court"), "dossier.asks_left")
	s.refused(s.ReleaseHandover(ctx, noor, f.ID, made, secret), "dossier.not_approved")
	s.refused(s.Approve(ctx, omar, f.ID, made, "only the court", keys...), "dossier.none") // it is no dossier
	_, err := s.Release(ctx, noor, f.ID, made, "the court", secret)
	s.refused(err, "dossier.none")
	s.ok(s.ApproveHandover(ctx, omar, f.ID, made, "only the court", keys...))
	s.refused(s.ReleaseHandover(ctx, vera, f.ID, made, pass("vera")), "may.not")
	_, err = s.TakeHandover(ctx, noor, f.ID, made, secret)
	s.refused(err, "dossier.not_released")
	s.refused(s.ReleaseHandover(ctx, noor, f.ID, made, vault.NewText("wrong")), "login.wrong")
	if got := acts(s.exhibitOf(vera, f.ID, ref)); len(got) != 3 {
		t.Errorf("a refusal wrote events: %v", got)
	}

	// Somebody notes something in words: nobody approved that it leaves.
	s.ok(s.NoteHandling(ctx, vera, f.ID, ref, custody.Copied, "the second safe", ""))
	s.refused(s.ReleaseHandover(ctx, noor, f.ID, made, secret), "dossier.stale")
	opt.Answers = nil
	opt = s.answered(vera, f.ID, opt)
	made, keys = propose()
	s.ok(s.ApproveHandover(ctx, omar, f.ID, made, "only the court", keys...))

	// The consent is taken back before it leaves, given again, and taken back after.
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: mum.Ref, Giver: claim.GivenBySource, Withdrawn: true}))
	s.refused(s.ReleaseHandover(ctx, noor, f.ID, made, secret), "dossier.not_agreed")
	s.lets(f, mum.Ref, claim.Use{To: "court", Named: claim.NamedCover, Place: "exact"})
	s.ok(s.ReleaseHandover(ctx, noor, f.ID, made, secret))
	s.refused(s.ReleaseHandover(ctx, noor, f.ID, made, secret), "dossier.released")
	s.bundle(noor, f.ID, made, secret)
	// A member writes an event as if it were of this bundle: what it says nobody approved.
	s.ok(s.NoteHandling(ctx, vera, f.ID, ref, custody.HandedOver, "a third safe", string(made)))
	s.ok(s.NoteHandling(ctx, vera, f.ID, ref, custody.HandedOver, theCourt, string(made)))
	_, fsys := s.bundle(noor, f.ID, made, secret)
	if strings.Contains(s.read(fsys, "custody/report.html"), "a third safe") {
		t.Error("words that nobody approved are in the bundle")
	}
	rows, err := s.Releases(ctx, vera, affected(f))
	s.ok(err)
	if len(rows) != 1 || rows[0].Files != 1 || rows[0].To != theCourt || rows[0].Owes() {
		t.Errorf("the register does not say who has it: %+v", rows)
	}
	s.ok(s.Consent(ctx, vera, f.ID, claim.Consent{Statement: mum.Ref, Giver: claim.GivenBySource, Withdrawn: true}))
	rows, err = s.Releases(ctx, vera, "")
	s.ok(err)
	if len(rows) != 1 || rows[0].Withdrawn != 1 || !rows[0].Owes() {
		t.Errorf("the register does not say that it was withdrawn: %+v", rows)
	}
	_, err = s.TakeHandover(ctx, noor, f.ID, made, secret)
	s.refused(err, "dossier.not_agreed")
	s.sweep()

	_, err = s.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	s.ok(err)
	_, err = s.TakeHandover(ctx, noor, f.ID, made, secret)
	s.refused(err, "dossier.erased")
	after, err := s.Case(ctx, vera, f.ID)
	s.ok(err)
	if e, ok := after.State.Erasure(mum.Ref); !ok || e.Files != 1 {
		t.Errorf("that a file went leaves no trace, or more than one: %+v", e)
	}
	rows, err = s.Releases(ctx, vera, "")
	s.ok(err)
	if len(rows) != 1 || !rows[0].Erased || rows[0].To != theCourt {
		t.Errorf("nothing says who still has what was erased: %+v", rows)
	}
}

// Whatever an event can say in words of somebody's is shown and asked about before it
// is handed over: what is not is of a fixed form, and stands here.
func TestEveryWordOfAnEventIsAskedAbout(t *testing.T) {
	fixed := []string{"Exhibit", "Act", "SHA256", "Parent", "Beside", "Result", "CheckKey", "NotKey"}
	e := custody.Event{Proofs: make([]custody.Proof, 1), Beside: []string{"x:two"}}
	var told []string
	fill := func(v reflect.Value) {
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).Kind() == reflect.String && !slices.Contains(fixed, name) {
				v.Field(i).SetString("Lyutobor " + name)
				told = append(told, "Lyutobor "+name)
			}
		}
	}
	fill(reflect.ValueOf(&e).Elem())
	fill(reflect.ValueOf(&e.Proofs[0]).Elem())
	all := fmt.Sprint(habeas.TextsIn(e))
	if len(told) < 8 {
		t.Fatalf("filled only %q", told)
	}
	for _, w := range told {
		if !strings.Contains(all, w) {
			t.Errorf("%s is not shown", w)
		}
	}
}
