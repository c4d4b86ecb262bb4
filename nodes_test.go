package habeas_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/internal/demo"
	"habeas/internal/store/postgres"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/internal/testkit"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// Two nodes of one office, in a shared database: the story is a, and b has a directory
// of its own.
type twoNodes struct {
	*story
	b *story
}

func onTwoNodes(t *testing.T) *twoNodes {
	t.Helper()
	postgrestest.Skip(t)
	begun, err := theNodes()
	if err != nil {
		t.Fatal(err)
	}
	base := postgrestest.Copy(t, begun[0].base) + "\n"
	var n []*story
	for _, was := range begun {
		s := &story{T: t, dir: t.TempDir(), base: base, now: was.now, seen: map[string][]byte{}}
		testkit.CopyTree(t, s.dir, was.dir)
		s.opens()
		n = append(n, s)
	}
	return &twoNodes{n[0], n[1]}
}

// opens opens a node, and has it follow the others until the test ends.
func (s *story) opens() {
	s.Helper()
	d, err := habeas.Open(s.config())
	s.ok(err)
	s.Desk = d
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { d.Follow(ctx) })
	s.Cleanup(func() { stop(); done.Wait(); d.Close() })
}

// theNodes are two nodes of the demo, closed. They are made once, and each test begins
// with a copy.
var theNodes = sync.OnceValues(func() (n [2]*story, err error) {
	base, err := postgrestest.Begin()
	if err != nil {
		return n, err
	}
	for i, name := range []string{"a", "b"} {
		n[i] = &story{dir: filepath.Join(scratch, "node "+name), base: base, now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
		if err := os.Mkdir(n[i].dir, 0o700); err != nil {
			return n, err
		}
	}
	ctx := context.Background()
	d, err := demo.Create(ctx, n[0].config(), func(string) {})
	if err != nil {
		return n, err
	}
	vera, err := demo.Actor(ctx, d, "vera")
	if err == nil {
		err = d.AddNode(ctx, vera, pass("vera"), n[1].config())
	}
	return n, errors.Join(err, d.Close())
})

// within waits until something is so.
func (s *story) within(what string, so func() bool) {
	s.Helper()
	for range 200 {
		if so() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.Errorf("%s: not after four seconds", what)
}

// What Vera writes on one node Omar reads on the other at once, and the other way round;
// a case that is opened on one is there on the other.
func TestNodesWriteAndRead(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	vera, omar := n.as("vera"), n.b.as("omar")
	f := n.caseOf(vera, "basement")
	g := n.b.caseOf(omar, "basement")
	before := len(g.State.Sources)
	_, err := n.AddSource(ctx, vera, f.ID, aNeighbour)
	n.ok(err)
	if got := len(n.b.caseOf(omar, "basement").State.Sources); got != before+1 {
		t.Errorf("on the other node: got %d sources, want %d", got, before+1)
	}
	id, err := n.b.OpenCase(ctx, omar, n.b.firstCircle(omar), habeas.NewCase{Title: "A bridge at night", About: "person"})
	n.ok(err)
	if h := n.caseOf(n.as("vera"), "bridge at night"); h.ID != id {
		t.Error("a case that the other node opened is another")
	}
	n.bothVerify()
}

func (n *twoNodes) bothVerify() {
	n.Helper()
	for _, s := range []*story{n.story, n.b} {
		if v, err := habeas.Verify(n.Context(), s.config().Dir, nil); err != nil {
			n.Errorf("verify: %+v, %v", v, err)
		}
	}
}

// Many write on both nodes at once: nothing is lost, nothing is there twice.
func TestNodesWriteAtOnce(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	vera, omar := n.as("vera"), n.b.as("omar")
	f := n.caseOf(vera, "basement")
	before := len(f.State.Sources)
	var all sync.WaitGroup
	errs := make(chan error, 40)
	for range 10 {
		all.Go(func() { _, err := n.AddSource(ctx, vera, f.ID, aNeighbour); errs <- err })
		all.Go(func() { _, err := n.b.AddSource(ctx, omar, f.ID, aNeighbour); errs <- err })
		all.Go(func() {
			_, err := n.OpenCase(ctx, vera, n.firstCircle(vera), habeas.NewCase{Title: "One of ten", About: "person"})
			errs <- err
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		n.ok(err)
	}
	for _, s := range []*story{n.story, n.b} {
		by := s.as("vera")
		if got := len(s.caseOf(by, "basement").State.Sources); got != before+20 {
			t.Errorf("got %d sources, want %d", got, before+20)
		}
		rows, err := s.Cases(ctx, by)
		n.ok(err)
		ten := slices.DeleteFunc(rows, func(r habeas.CaseRow) bool { return r.Title != "One of ten" })
		if len(ten) != 10 {
			t.Errorf("got %d new cases, want 10", len(ten))
		}
	}
	n.bothVerify()
}

// Ed is stopped on one node, and is out on the other; then Vera locks everybody out.
func TestNodesStopAndLock(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	ed, omar := n.b.as("ed"), n.b.as("omar")
	f := n.b.caseOf(ed, "basement")
	n.ok(n.Suspend(ctx, n.as("vera"), ed.Member, pass("vera")))
	n.within("ed's session on the other node ends", func() bool {
		select {
		case <-ed.Done():
			return true
		default:
			return false
		}
	})
	_, err := n.b.Case(ctx, ed, f.ID)
	n.refused(err, "session.ended")
	if _, err := n.b.Login(ctx, "ed", pass("ed")); err == nil {
		t.Error("who was stopped on one node comes in on the other")
	}
	n.ok(n.LockAll(n.as("vera")))
	n.within("everybody's session on the other node ends", func() bool { return isDone(omar.Done()) })
}

func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// A statement is erased on one node. The other, which has it open, shows it no more, has
// its keys on the list beside its pepper, and seals nothing under them.
func TestNodesErase(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	vera, other := n.as("vera"), n.b.as("vera")
	f := n.caseOf(vera, "basement")
	mum := n.statement(f, "mother")
	g := n.b.caseOf(other, "basement")
	if claimsOf(g, mum.Ref) == 0 {
		t.Fatal("the other node has no claims of it")
	}
	_, err := n.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	n.ok(err)
	g, err = n.b.Case(ctx, other, f.ID)
	n.ok(err)
	if claimsOf(g, mum.Ref) > 0 {
		t.Error("what was erased is shown on the other node")
	}
	_, err = n.b.Record(ctx, other, f.ID, claim.Claim{Statement: mum.Ref, Subject: affected(g), Predicate: "taken"})
	if err == nil {
		t.Error("something new was sealed under a key that was erased elsewhere")
	}
	for _, s := range []*story{n.story, n.b} {
		list, err := os.ReadFile(habeas.ErasedBeside(habeas.PepperBeside(s.config().Dir)))
		n.ok(err)
		if len(list) == 0 {
			t.Error("no list of erased keys beside a pepper")
		}
	}
	n.bothVerify()
	testkit.Sweep(t, demo.Canaries(), []string{n.dir, n.b.dir}, nil, nil)
}

// A node dies after it has announced an erasure. Another finishes it, without a restart
// and without anybody being logged in there.
func TestNodeFinishesErasure(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	vera := n.as("vera")
	f := n.caseOf(vera, "basement")
	mum := n.statement(f, "mother")
	if more, err := n.EraseUpTo(ctx, vera, f.ID, 0, mum.Ref); err != nil || !more {
		t.Fatalf("got %v, %v: nothing is left to be done", more, err)
	}
	pruned := func() int64 {
		v, err := habeas.Verify(ctx, n.b.config().Dir, nil)
		n.ok(err)
		return v.Pruned
	}
	n.within("the other node hears of it", func() bool {
		n.ok(n.b.Sweep())
		return n.b.Unfinished()
	})
	if pruned() != 0 {
		t.Error("it was finished while the node that announced it had time to do it")
	}
	n.ok(n.Desk.Close())
	n.b.now = n.b.now.Add(2 * time.Minute)
	n.ok(n.b.Sweep())
	if n.b.Unfinished() || pruned() == 0 {
		t.Error("an erasure of a node that died was not finished by another")
	}
	if g := n.b.caseOf(n.b.as("vera"), "basement"); claimsOf(g, mum.Ref) > 0 || len(g.State.Problems) > 0 {
		t.Errorf("what was erased is shown: %v", g.State.Problems)
	}
}

// A case is shared with a circle whose member works on the other node, and has a view
// there: all of it is there, also what was written before. Then it is taken back.
func TestNodesShare(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	circle, _, zoePass := n.another()
	zoe := n.b.enter("zoe", zoePass)
	rows, err := n.b.Cases(ctx, zoe)
	n.ok(err)
	if len(rows) != 1 {
		t.Fatalf("zoe sees %d cases before", len(rows))
	}
	vera := n.as("vera")
	f := n.caseOf(vera, "basement")
	n.ok(n.Share(ctx, vera, f.ID, circle, false, pass("vera")))
	g := n.b.caseOf(n.b.enter("zoe", zoePass), "basement")
	if len(g.State.Statements) != len(f.State.Statements) {
		t.Errorf("on the other node: got %d statements, want %d", len(g.State.Statements), len(f.State.Statements))
	}
	n.ok(n.Unshare(ctx, n.as("vera"), f.ID, circle, pass("vera")))
	if rows, err := n.b.Cases(ctx, n.b.enter("zoe", zoePass)); err != nil || len(rows) != 1 {
		t.Errorf("after it was taken back: got %d cases, %v", len(rows), err)
	}
}

// A node that was killed does not know what its views hold: it folds them anew. One that
// was closed goes on where it was. Both miss nothing of what happened meanwhile.
func TestNodeComesBack(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	vera := n.as("vera")
	f := n.caseOf(vera, "basement")
	for _, killed := range []bool{false, true} {
		before := len(n.b.caseOf(n.b.as("vera"), "basement").State.Sources)
		n.ok(n.b.Close())
		if killed {
			n.ok(os.Remove(filepath.Join(n.b.config().Dir, "views", "caught")))
		}
		_, err := n.AddSource(ctx, vera, f.ID, aNeighbour)
		n.ok(err)
		n.b.Desk, err = habeas.Open(n.b.config())
		n.ok(err)
		if got := len(n.b.caseOf(n.b.as("vera"), "basement").State.Sources); got != before+1 {
			t.Errorf("killed %v: got %d sources, want %d", killed, got, before+1)
		}
	}
	n.bothVerify()
}

// Whoever comes to a node with a session of another is told so.
func TestSessionElsewhere(t *testing.T) {
	n := onTwoNodes(t)
	token, err := n.Login(n.Context(), "vera", pass("vera"))
	n.ok(err)
	_, err = n.b.Actor(n.Context(), token)
	n.refused(err, "session.elsewhere")
	_, err = n.Actor(n.Context(), token)
	n.ok(err)
	n.refused(tell(t).AddNode(n.Context(), habeas.Actor{}, vault.NewText(""), habeas.Config{}), "session.ended")
}

// One node does a thing for all, until it has not come for a while or has failed; then
// another goes on where it was.
func TestNodesDuty(t *testing.T) {
	n := onTwoNodes(t)
	does := func(s *story, err error) (was string, mine bool) {
		mine, got := s.Duty(n.Context(), "mail", func(before string) (string, error) {
			was = before
			return before + "x", err
		})
		if !errors.Is(got, err) {
			t.Errorf("got %v, want %v", got, err)
		}
		return was, mine
	}
	failed := errors.New("no server takes it")
	for i, step := range []struct {
		s    *story
		err  error
		mine bool
		was  string
		wait time.Duration
	}{
		{n.story, nil, true, "", 0},
		{n.b, nil, false, "", time.Minute},
		{n.story, nil, true, "x", time.Minute},
		{n.b, nil, false, "", 4 * time.Minute},
		{n.b, nil, true, "xx", 0},
		{n.story, nil, false, "", 0},
		{n.b, failed, true, "xxx", 0},
		{n.story, nil, true, "xxx", 0},
	} {
		if was, mine := does(step.s, step.err); mine != step.mine || was != step.was {
			t.Errorf("step %d: got %v, %q, want %v, %q", i, mine, was, step.mine, step.was)
		}
		n.story.now, n.b.now = n.story.now.Add(step.wait), n.b.now.Add(step.wait)
	}
}

// An upgrade adds tables and columns first. The version that does not know them goes on,
// and what makes the tables can be run again at any time.
func TestNodesBesideNewer(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	url := strings.TrimSpace(n.base)
	for _, table := range []string{"meta", "entry", "tree", "checkpoint", "thread", "inbox", "heeded", "blob", "message", "wrap", "login", "draft", "factor", "device", "wake", "gone", "told", "turn"} {
		postgrestest.Run(t, url, `alter table `+table+` add column later bigint not null default 7`)
	}
	postgrestest.Run(t, url, `create table later (id bytea primary key)`, postgres.Schema, postgres.Schema)
	vera := n.as("vera")
	f := n.caseOf(vera, "basement")
	n.ok(n.Receive(ctx, receipt.From([32]byte{1}), habeas.Letter{Lang: "en", Text: vault.NewText("A letter.")}))
	mum := n.statement(f, "mother")
	_, err := n.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	n.ok(err)
	_, err = n.b.AddSource(ctx, n.b.as("omar"), f.ID, aNeighbour)
	n.ok(err)
	n.ok(n.Desk.Close())
	n.opens()
	n.bothVerify()
}
