package habeas

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"habeas/claim"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// copyOf returns the mark of the second circle, its key as somebody opens it, and how
// many entries stand under it.
func (s *checkOffice) copyOf(by Actor) (m checked, opens bool, entries int) {
	s.Helper()
	marks, err := s.d.marks(s.Context(), by)
	s.ok(err)
	m = marks[s.second]
	_, _, err = s.d.sharedKey(s.Context(), m.Key, by.me)
	for row, err := range s.d.db.ByStream(s.Context(), sharedStream(s.second), -1) {
		s.ok(err)
		if row.Record.Key == m.Key {
			entries++
		}
	}
	return m, err == nil, entries
}

func (s *checkOffice) memberCalled(name string) ledger.ID {
	s.Helper()
	all, err := s.d.Members(s.Context(), enter(s.T, s.d))
	s.ok(err)
	for _, m := range all {
		if m.Name == name {
			return m.ID
		}
	}
	s.Fatalf("no member %q", name)
	return ledger.ID{}
}

// TestSharedKeyIsGivenToWhoReleases: an editor who comes later waits for somebody who
// has the key, and nothing of theirs leaves until then.
func TestSharedKeyIsGivenToWhoReleases(t *testing.T) {
	s := newCheckOffice(t)
	ctx := t.Context()
	// A keeper who is not in the second circle lets somebody in.
	other := NewMember{Handle: "m", Name: "M", Passphrase: boats, Roles: []ledger.Role{ledger.Keeper}}
	s.ok(s.d.AddMember(ctx, enter(t, s.d), other, s.first, false))
	late := NewMember{Handle: "g", Name: "G", Passphrase: boats, Roles: []ledger.Role{ledger.Editor}}
	s.ok(s.d.AddMember(ctx, s.enter("m"), late, s.first, false))
	g := s.enter("g")
	s.refused(s.tries(g, "nobody at all"), "shared.waiting")
	s.refused(s.tries(g, "Яромир Белоконь"), "shared.waiting") // and is told nothing
	if all, err := s.d.Withheld(ctx, enter(t, s.d)); err != nil || len(all) != 0 {
		t.Errorf("it is counted: %+v, %v", all, err)
	}
	s.reopen()
	g = s.enter("g") // ed came and gave it
	s.passes(g, "nobody at all")
	s.refused(s.tries(g, "Яромир Белоконь"), "shared.withheld")

	// Suspended, they lose it; called back, they get it again.
	id := s.memberCalled("G")
	s.ok(s.d.Suspend(ctx, s.one, id, boats))
	if wraps, err := s.d.db.WrapsFor(ctx, id); err != nil || len(wraps) != 0 {
		t.Errorf("%d wraps are left, %v", len(wraps), err)
	}
	s.ok(s.d.Return(ctx, s.enter("z"), id, boats))
	s.ok(s.d.Return(ctx, s.enter("e"), id, boats))
	enter(t, s.d)
	s.d.tending.Wait()
	s.passes(s.enter("g"), "nobody at all")
}

// TestSharedKeyIsRenewed: who was removed, from the office or from the circle, has no
// key of what comes.
func TestSharedKeyIsRenewed(t *testing.T) {
	s := newCheckOffice(t)
	ctx, pass := t.Context(), vault.NewText("three small boats")
	token, err := s.d.Login(ctx, "z", boats)
	s.ok(err)
	s.editor("f")
	gone := s.enter("f")
	was, opens, _ := s.copyOf(gone)
	if !opens {
		t.Fatal("f may release and has no key: this test would see nothing")
	}
	_, stolen, err := s.d.sharedKey(ctx, was.Key, gone.me)
	s.ok(err)
	old := s.d.pepper.CheckKey(stolen)
	reads := func(what string) {
		t.Helper()
		m, _, n := s.copyOf(s.ed)
		if m.Key == was.Key || n == 0 {
			t.Errorf("%s: the key is the same, or there is nothing under it", what)
		}
		for row, err := range s.d.db.ByStream(ctx, sharedStream(s.second), -1) {
			s.ok(err)
			if row.Record.Key != m.Key {
				continue
			}
			if _, err := ledger.Open(row.Record, old.Entries); err == nil {
				t.Errorf("%s: the old key opens what was written since", what)
			}
		}
		if wraps, err := s.d.db.WrapsOf(ctx, was.Key); err != nil || len(wraps) > 0 {
			t.Errorf("%s: %d wraps of the old key are left, %v", what, len(wraps), err)
		}
		s.refused(s.tries(s.ed, "Яромир Белоконь"), "shared.withheld")
		was = m
		s.looked(s.ed.Member)
	}
	keeper := NewMember{Handle: "m", Name: "M", Passphrase: boats, Roles: []ledger.Role{ledger.Keeper}} // who is not in the second circle
	s.ok(s.d.AddMember(ctx, enter(t, s.d), keeper, s.first, true))
	s.ok(s.d.Remove(ctx, s.enter("m"), gone.Member, boats))
	s.d.tending.Wait()
	s.ed = s.enter("e") // the keys of the first circle are new
	if m, _, _ := s.copyOf(s.ed); m.Key != was.Key {
		t.Fatal("the copy was made anew by somebody who is not of the circle")
	}
	s.refused(s.tries(s.ed, "Яромир Белоконь"), "shared.withheld") // meanwhile, too
	s.looked(s.ed.Member)
	s.one, err = s.d.Actor(ctx, token) // who does not log in anew
	s.ok(err)
	s.add(s.one, s.b.Case, "Добромил", "Заревич")
	reads("an editor was removed")
	s.refused(s.tries(s.ed, "Добромил Заревич"), "shared.withheld")
	s.looked(s.ed.Member)

	// Somebody is taken from the second circle.
	s.ok(s.d.AddMember(ctx, enter(t, s.d), NewMember{Handle: "w", Name: "W", Passphrase: boats, Roles: []ledger.Role{ledger.Caseworker}}, s.second, true))
	w := s.enter("w")
	_, stolen, err = s.d.sharedKey(ctx, was.Key, circleOf(w).body.all()...)
	s.ok(err)
	old = s.d.pepper.CheckKey(stolen)
	s.ok(s.d.TakeFromCircle(ctx, enter(t, s.d), w.Member, s.second, pass))
	s.d.tending.Wait()
	s.one = s.enter("z")
	s.add(s.one, s.b.Case, "Остромысл", "Кривонос")
	reads("somebody was taken from the circle")
	s.refused(s.tries(s.ed, "Остромысл Кривонос"), "shared.withheld")
}

// TestAttackSharedCheck: with the disk, or as a member of another circle, somebody
// tries to make the check see nothing. Nothing leaves then.
func TestAttackSharedCheck(t *testing.T) {
	for what, attack := range map[string]func(*checkOffice, checked){
		"shared.waiting: the wrap is gone": func(s *checkOffice, m checked) {
			s.ok(s.d.db.DeleteWrapsTo(s.Context(), s.ed.Member, m.Key))
		},
		"shared.waiting: another in its place": func(s *checkOffice, m checked) {
			w, err := s.ed.me.Wrap(m.Key, ledger.ID{}, vault.NewSeed().Bytes())
			s.ok(err)
			s.ok(s.d.db.PutWraps(s.Context(), w))
		},
		"shared.damaged: an entry is gone": func(s *checkOffice, m checked) { s.deletes(m, "asc limit 1 offset 1") },
		"shared.damaged: all are gone": func(s *checkOffice, m checked) {
			for range 3 {
				s.deletes(m, "desc limit 1")
			}
		},
		"shared.withheld: an editor ends the mark": func(s *checkOffice, m checked) {
			s.ok(s.d.sayMarked(s.Context(), s.ed, nil, checked{Circle: s.second}, ""))
		},
		"shared.withheld: who looks on, too": func(s *checkOffice, m checked) {
			s.ok(s.d.AddMember(s.Context(), enter(s.T, s.d), NewMember{Handle: "c", Name: "C", Passphrase: boats, Roles: []ledger.Role{ledger.Caseworker}}, s.first, true))
			s.ok(s.d.sayMarked(s.Context(), s.enter("c"), nil, checked{Circle: s.second, Key: ledger.NewID()}, ""))
		},
	} {
		t.Run(what, func(t *testing.T) {
			s := newCheckOffice(t)
			s.add(s.one, s.b.Case, "Добромил", "Заревич")
			s.add(s.one, s.b.Case, "Остромысл", "Кривонос")
			m, _, n := s.copyOf(s.ed)
			if n < 3 {
				t.Fatalf("the copy has %d entries, too few for this test", n)
			}
			s.ok(s.d.audit(t.Context(), s.ed, audited{What: AuditLookedUp})) // so that the log does not end with the copy
			attack(s, m)
			want, _, _ := cutColon(what)
			s.refused(s.tries(s.ed, "Яромир Белоконь"), want)
		})
	}
}

func cutColon(s string) (before, after string, found bool) {
	for i := range s {
		if s[i] == ':' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// deletes takes an entry of the copy out of the store, as whoever has the disk can.
func (s *checkOffice) deletes(m checked, order string) {
	s.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.d.cfg.Dir, "truth.db"))
	s.ok(err)
	defer db.Close()
	_, err = db.Exec(`drop trigger if exists entry_delete`)
	s.ok(err)
	_, err = db.Exec(`delete from entry where number = (select number from entry where key = ? order by number `+order+`)`, m.Key[:])
	s.ok(err)
}

// TestAttackSharedKeyName: a member of the circle names the key of a case, or of a
// circle's hashes, as that of its copy, so that the next who makes it anew destroys
// that.
func TestAttackSharedKeyName(t *testing.T) {
	s := newCheckOffice(t)
	ctx := t.Context()
	k, err := s.d.caseKeys(ctx, s.one, s.b.Case)
	s.ok(err)
	for _, key := range []ledger.ID{k.body.ID(), keyOf(s.second, "gate"), keyOf(k.circle.body.ID(), "view")} {
		s.ok(s.d.sayMarked(ctx, s.one, nil, checked{Circle: s.second, Key: key}, ""))
		s.one = s.enter("z")
		if wraps, err := s.d.db.WrapsOf(ctx, key); err != nil || len(wraps) == 0 {
			t.Errorf("a key that is not of the copy was destroyed: %v", err)
		}
	}
	s.ok(s.d.UnmarkShared(ctx, s.one, s.second, boats))
	s.add(s.enter("z"), s.b.Case, "Остромысл", "Кривонос")
}

// TestSharedCopyCutShort: a copy that was made anew, without the old key being
// destroyed; or an older copy of the keys was put back.
func TestSharedCopyCutShort(t *testing.T) {
	s := newCheckOffice(t)
	ctx := t.Context()
	was, _, _ := s.copyOf(s.ed)
	wraps, err := s.d.db.WrapsOf(ctx, was.Key)
	s.ok(err)
	c, _ := s.one.circle(s.second)
	s.ok(s.d.makeShared(ctx, s.one, c, ""))
	s.ok(s.d.db.PutWraps(ctx, wraps...))
	s.refused(s.tries(s.ed, "Яромир Белоконь"), "shared.withheld")
	s.enter("z")
	if left, err := s.d.db.WrapsOf(ctx, was.Key); err != nil || len(left) > 0 {
		t.Errorf("%d wraps of the old key are left, %v", len(left), err)
	}
	s.refused(s.tries(s.ed, "Яромир Белоконь"), "shared.withheld")
}

// TestSharedCheckAfterErasure: what only an erased statement gave is told to nobody
// else any more, and the circle itself goes on protecting it.
func TestSharedCheckAfterErasure(t *testing.T) {
	s := newCheckOffice(t)
	ctx := t.Context()
	src, err := s.d.AddSource(ctx, s.one, s.b.Case, claim.Source{Kind: "organisation", Role: "activist"})
	s.ok(err)
	st, err := s.d.AddStatement(ctx, s.one, s.b.Case, NewStatement{Source: src, Medium: "call", Raw: vault.NewText("He was there.")})
	s.ok(err)
	parts := [][]vault.Part{{{Kind: "given", Text: vault.NewText("Добромил")}, {Kind: "family", Text: vault.NewText("Заревич")}}}
	s.ok(s.d.AddDetail(ctx, s.one, s.b.Case, vault.Detail{Person: s.b.Person, Statement: st, Names: parts}))
	s.refused(s.tries(s.ed, "Добромил Заревич"), "shared.withheld")
	was, _, _ := s.copyOf(s.ed)
	_, err = s.d.Erase(ctx, s.one, s.b.Case, ledger.Withdrawn, boats, st)
	s.ok(err)
	s.passes(s.ed, "Добромил Заревич")
	if wraps, err := s.d.db.WrapsOf(ctx, was.Key); err != nil || len(wraps) > 0 {
		t.Errorf("%d wraps of the key it stood under are left, %v", len(wraps), err)
	}
	s.refused(s.tries(s.ed, "Яромир Белоконь"), "shared.withheld")
	s.one = s.enter("z")
	k, err := s.d.caseKeys(ctx, s.one, s.b.Case)
	s.ok(err)
	file := gate.Draft{Files: []gate.File{{Name: "a.txt", Media: "text/plain", Bytes: []byte("Добромил Заревич")}}}
	if _, err := s.d.clear(ctx, k, file, gate.Options{}); err == nil {
		t.Error("its own circle lets it out")
	}
}

// TestMarkedByWhoMay: a circle is marked by who may see its names, and by nobody else.
func TestMarkedByWhoMay(t *testing.T) {
	s := newCheckOffice(t)
	ctx, pass := t.Context(), vault.NewText("three small boats")
	s.refused(s.d.MarkShared(ctx, s.ed, s.first, boats), "may.not")
	s.refused(s.d.MarkShared(ctx, s.one, s.first, boats), "circle.none")
	s.refused(s.d.MarkShared(ctx, s.one, s.second, boats), "shared.marked")
	s.refused(s.d.UnmarkShared(ctx, s.one, s.second, vault.NewText("wrong")), "login.wrong")
	s.ok(s.d.AddMember(ctx, enter(t, s.d), NewMember{Handle: "y", Name: "Y", Passphrase: boats, Roles: []ledger.Role{ledger.Caseworker}}, s.second, false))
	s.refused(s.d.UnmarkShared(ctx, s.enter("y"), s.second, boats), "may.needs_vault")
	keeper := enter(t, s.d)
	office, err := keeper.office()
	s.ok(err)
	s.refused(s.d.MarkShared(ctx, keeper, office.id, pass), "circle.none")
	access, err := s.d.Access(ctx, keeper)
	s.ok(err)
	for _, a := range access {
		if a.Checked != (a.ID == s.second) || a.MayMark != !a.Office {
			t.Errorf("the keeper sees %+v", a)
		}
	}
	access, err = s.d.Access(ctx, s.ed)
	s.ok(err)
	for _, a := range access {
		if a.Checked || a.MayMark {
			t.Errorf("an editor of another circle sees %+v", a)
		}
	}
}

// TestSharedCopyWhileNamesAreAdded: a copy is made anew again and again while names are
// added; none is missing in it afterwards.
func TestSharedCopyWhileNamesAreAdded(t *testing.T) {
	s := newCheckOffice(t)
	ctx := t.Context()
	c, _ := s.one.circle(s.second)
	done := make(chan error)
	go func() {
		var err error
		for range 12 {
			s.d.marking.Lock()
			err = errors.Join(err, s.d.makeShared(ctx, s.one, c, ""))
			s.d.marking.Unlock()
		}
		done <- err
	}()
	for range 12 {
		s.add(s.one, s.b.Case, "Добромил", "Заревич")
	}
	s.ok(<-done)
	marks, err := s.d.marks(ctx, s.one)
	s.ok(err)
	if stale, err := s.d.sharedStale(ctx, c, marks[s.second]); err != nil || stale {
		t.Errorf("the copy lacks something: %v, %v", stale, err)
	}
}
