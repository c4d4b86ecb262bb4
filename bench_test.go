package habeas

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"habeas/claim"
	"habeas/ledger"
	"habeas/vault"
)

// office makes an empty office whose keeper is logged in.
func office(tb testing.TB) (*Desk, Actor) {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "data")
	cfg := Config{Dir: dir, Cost: vault.Cost{Time: 1, Memory: 1 << 10}}
	keeper := NewMember{Handle: "k", Name: "Keeper", Passphrase: vault.NewText("three small boats"), Roles: []ledger.Role{ledger.Keeper, ledger.Caseworker}}
	d, err := Create(tb.Context(), cfg, Founding{Keeper: keeper, Circle: "one"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { d.Close() })
	return d, enter(tb, d)
}

func enter(tb testing.TB, d *Desk) Actor {
	tb.Helper()
	token, err := d.Login(tb.Context(), "k", vault.NewText("three small boats"))
	if err != nil {
		tb.Fatal(err)
	}
	by, err := d.Actor(tb.Context(), token)
	if err != nil {
		tb.Fatal(err)
	}
	return by
}

func circleOf(by Actor) circleKeys {
	for _, c := range by.circles {
		if !c.office {
			return c
		}
	}
	panic("no circle")
}

// bulk writes n cases of ten persons and one statement with a text of some
// sentences and twelve claims: 28 entries a case, in batches, and does not let
// the view follow.
func bulk(tb testing.TB, d *Desk, by Actor, n int) []CaseID {
	tb.Helper()
	var ids []CaseID
	for i := range n {
		id, err := d.OpenCase(tb.Context(), by, circleOf(by).id, NewCase{Title: fmt.Sprintf("Case %d", i), About: "incident"})
		if err != nil {
			tb.Fatal(err)
		}
		k, err := d.caseKeys(tb.Context(), by, id)
		if err != nil {
			tb.Fatal(err)
		}
		drafts, wrap := bulkDrafts(tb, k, i)
		if err := d.db.PutWraps(tb.Context(), wrap); err != nil {
			tb.Fatal(err)
		}
		if err := d.append(tb.Context(), by.me.Signer(), id, nil, drafts...); err != nil {
			tb.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func bulkDrafts(tb testing.TB, k caseKeys, i int) ([]draft, vault.Wrap) {
	tb.Helper()
	sourceID, wrap, key, err := newSource(k.body, k.id)
	if err != nil {
		tb.Fatal(err)
	}
	own := k.body.Key()
	source := claim.Source{Ref: claim.NewRef(claim.RefSource), Kind: "person", Role: "mother"}
	st := claim.Statement{Ref: claim.NewRef(claim.RefStatement), Source: source.Ref, Received: "2022-12", Medium: "interview", BodyKey: sourceID}
	drafts := []draft{{claim.KindSource, source, own}, {claim.KindStatement, st, key}}
	var people []claim.Ref
	for j := range 10 {
		p := claim.Person{Ref: claim.NewRef(claim.RefPerson), Cover: coverNames[(i*10+j)%len(coverNames)], Protection: claim.Protected}
		people = append(people, p.Ref)
		drafts = append(drafts, draft{claim.KindPerson, p, own})
	}
	text := ""
	for j := range 12 {
		text += fmt.Sprintf("In the month %d of that year %s was held in a basement and told to go back to the front. ", j+1, claim.MarkOf(people[j%10]))
	}
	drafts = append(drafts, draft{claim.KindText, claim.Text{Statement: st.Ref, Version: 1, Text: text}, key})
	for j, s := range claim.Sentences(text) {
		drafts = append(drafts, draft{claim.KindClaim, claim.Claim{
			Statement: st.Ref, Version: 1, Start: s.Start, End: s.End, Subject: people[j%10], Predicate: "liberty",
			Value: claim.Value{Term: "held"}, When: fmt.Sprintf("2022-%02d", j%12+1), Stance: claim.Asserts, Basis: "told",
		}, key})
	}
	return drafts, wrap
}

// BenchmarkAppend measures a batch from plain bodies to a view that has followed
// them: encoded, signed, sealed, hashed, committed, opened, checked and folded.
func BenchmarkAppend(b *testing.B) {
	d, by := office(b)
	id, err := d.OpenCase(b.Context(), by, circleOf(by).id, NewCase{Title: "One", About: "incident"})
	if err != nil {
		b.Fatal(err)
	}
	k, err := d.caseKeys(b.Context(), by, id)
	if err != nil {
		b.Fatal(err)
	}
	const size = 1000
	var drafts []draft
	for i := range size / 20 {
		more, wrap := bulkDrafts(b, k, i)
		if err := d.db.PutWraps(b.Context(), wrap); err != nil {
			b.Fatal(err)
		}
		drafts = append(drafts, more...)
	}
	drafts = drafts[:size]
	b.ResetTimer()
	for b.Loop() {
		if err := d.append(b.Context(), by.me.Signer(), id, nil, drafts...); err != nil {
			b.Fatal(err)
		}
		if _, err := d.view(b.Context(), k.circle); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkCommit measures single durable commits, sealed and signed, against
// writing and syncing as many bytes to a file in the same run.
func BenchmarkCommit(b *testing.B) {
	d, by := office(b)
	c := circleOf(by)
	body := claim.Place{Ref: claim.NewRef(claim.RefPlace), Label: "a basement", Kind: "basement"}
	f, err := os.Create(filepath.Join(d.cfg.Dir, "plain"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var plain time.Duration
	page := make([]byte, 4096)
	b.ResetTimer()
	for b.Loop() {
		if err := d.append(b.Context(), by.me.Signer(), c.id, nil, draft{claim.KindPlace, body, c.body.Key()}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		start := time.Now()
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		plain += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64(b.N)/plain.Seconds(), "fsyncs/s")
	b.ReportMetric(100*plain.Seconds()/b.Elapsed().Seconds(), "%ofbare")
}

// BenchmarkRebuild refolds a circle of 1,000 cases and 10,000 persons, whose
// signatures were checked when they were first followed.
func BenchmarkRebuild(b *testing.B) {
	d, by := office(b)
	bulk(b, d, by, 1000)
	if _, err := d.view(b.Context(), circleOf(by)); err != nil {
		b.Fatal(err)
	}
	size, err := d.db.Size(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		if err := d.rebuild(b.Context(), circleOf(by), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkStart opens a store of 1,000 cases, locked.
func BenchmarkStart(b *testing.B) {
	d, by := office(b)
	bulk(b, d, by, 1000)
	cfg := d.cfg
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d, err := Open(cfg)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRemoval ends a member of a circle of 10,000 cases: every case is given
// new keys. Only what the office waits for is measured: until every case has them.
func BenchmarkRemoval(b *testing.B) {
	c := newCrew(b)
	many(b, c.d, c.k, 10_000)
	b.ResetTimer()
	for i := range b.N {
		b.StopTimer()
		name := fmt.Sprintf("guest%d", i)
		c.add(name)
		by := c.as("k")
		b.StartTimer()
		c.ok(c.d.Remove(b.Context(), by, c.id[name], ourWords))
		c.ok(c.d.RenewKeys(b.Context(), by, nil))
		c.d.tending.Wait()
	}
}

// BenchmarkOpenCircle logs in to a circle of 10,000 cases after a start, with a
// view that has followed them, and lists the cases.
func BenchmarkOpenCircle(b *testing.B) {
	c := newCrew(b)
	many(b, c.d, c.k, 10_000)
	if _, err := c.d.Cases(b.Context(), c.k); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		c.d.Close()
		b.StartTimer()
		d, err := Open(c.cfg)
		if err != nil {
			b.Fatal(err)
		}
		c.d = d
		if rows, err := d.Cases(b.Context(), c.as("k")); err != nil || len(rows) != 10_000 {
			b.Fatal(len(rows), err)
		}
	}
	b.StopTimer()
	c.d.Close()
}

// many founds n cases in batches, with nothing in them but what they are called.
func many(tb testing.TB, d *Desk, by Actor, n int) {
	tb.Helper()
	circle := circleOf(by)
	for done := 0; done < n; {
		var wraps []vault.Wrap
		var notices []placed
		var sealed []ledger.Sealed
		for range min(500, n-done) {
			sides, err := newCase()
			if err != nil {
				tb.Fatal(err)
			}
			id := ledger.CaseStream(sides.body.ID(), sides.vault.ID())
			w, n, err := foundCase(id, sides, circle)
			if err != nil {
				tb.Fatal(err)
			}
			wraps = append(wraps, w...)
			for _, notice := range n {
				notices = append(notices, placed{id, notice})
			}
			e := ledger.Entry{Stream: id, Kind: claim.KindCase, Time: d.now(), Body: []byte(`{"title":"One of many","about":"incident"}`)}
			s, err := ledger.Seal(&e, by.me.Signer(), sides.body.Key())
			if err != nil {
				tb.Fatal(err)
			}
			sealed = append(sealed, s)
			done++
		}
		if err := d.db.PutWraps(tb.Context(), wraps...); err != nil {
			tb.Fatal(err)
		}
		if err := d.publishAll(tb.Context(), by.me.Signer(), notices); err != nil {
			tb.Fatal(err)
		}
		if _, err := d.db.Append(tb.Context(), sealed, d.signer); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkLockAll locks five hundred sessions, as one of them.
func BenchmarkLockAll(b *testing.B) {
	d, _ := office(b)
	for b.Loop() {
		b.StopTimer()
		by := enter(b, d)
		for range 499 {
			if err := d.begin(newToken(), &session{member: by.Member, sealed: []byte("x"), started: d.now(), used: d.now(), done: make(chan struct{})}); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		if err := d.LockAll(by); err != nil {
			b.Fatal(err)
		}
	}
}
