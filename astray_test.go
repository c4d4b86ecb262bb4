package habeas_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"habeas"
	"habeas/internal/store/postgres/postgrestest"
)

// shortened takes away what was appended since there were size entries, as a replica that
// lagged has it.
func (n *twoNodes) shortened(size int64) {
	n.Helper()
	postgrestest.Run(n, strings.TrimSpace(n.base),
		fmt.Sprintf(`delete from checkpoint where size > %d`, size),
		fmt.Sprintf(`delete from tree where pos >= %d`, tlog.StoredHashIndex(0, size)),
		fmt.Sprintf(`delete from entry where number >= %d`, size))
}

func (n *twoNodes) size() (size int64) {
	n.Helper()
	db, err := sql.Open("pgx", strings.TrimSpace(n.base))
	n.ok(err)
	defer db.Close()
	n.ok(db.QueryRow(`select count(*) from entry`).Scan(&size))
	return size
}

// opensCase opens a case, and returns whether it was recorded.
func (s *story) opensCase(title string) error {
	s.Helper()
	by := s.as("vera")
	_, err := s.OpenCase(s.Context(), by, s.firstCircle(by), habeas.NewCase{Title: title, About: "person"})
	return err
}

// has reports whether vera is shown a case.
func (s *story) has(title string) bool {
	s.Helper()
	rows, err := s.Cases(s.Context(), s.as("vera"))
	s.ok(err)
	for _, r := range rows {
		if r.Title == title {
			return true
		}
	}
	return false
}

// The log goes back behind what nodes have followed. Each writes nothing more, lets
// members in and shows what its views hold, also after a restart. A keeper accepts the
// loss for each node; a node for which nobody did stays as it is, although the log has
// grown beyond what it saw.
func TestNodesGoAstray(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	n.as("vera")
	n.b.as("vera")
	size := n.size()
	n.ok(n.opensCase("A bridge that is lost"))
	if !n.has("A bridge that is lost") || !n.b.has("A bridge that is lost") {
		t.Fatal("the case is not there before")
	}
	lost := n.size()
	n.shortened(size)
	for _, s := range []*story{n.story, n.b} {
		s.within("a node sees that the log went back", func() bool { return s.Damage() != nil })
		s.refused(s.Damage(), "ledger.rolled_back")
		s.refused(s.opensCase("Too late"), "ledger.rolled_back")
		if !s.has("A bridge that is lost") || s.Condition(ctx).Writes || s.Condition(ctx).Verifies {
			t.Error("a node does not show what its views hold, or says that it can be written")
		}
	}

	n.ok(n.b.Close())
	reopen := func(s *story) {
		var err error
		s.Desk, err = habeas.Open(s.config())
		s.ok(err)
	}
	reopen(n.b)
	n.refused(n.b.Damage(), "ledger.rolled_back")
	n.refused(n.b.opensCase("Too late"), "ledger.rolled_back")
	if !n.b.has("A bridge that is lost") {
		t.Error("restarted, a node does not show what its views hold")
	}
	n.ok(n.b.Close())
	seen, there, err := habeas.AcceptLoss(ctx, n.b.config())
	if err != nil || seen != lost || there != size {
		t.Errorf("got %d entries seen, %d there, %v, want %d and %d", seen, there, err, lost, size)
	}
	reopen(n.b)
	n.ok(n.b.Damage())
	for i := range int(lost-size) + 3 {
		n.ok(n.b.opensCase(fmt.Sprintf("Afterwards %d", i)))
	}
	if n.b.has("A bridge that is lost") || !n.b.has("Afterwards 0") {
		t.Error("after the loss was accepted, a view shows what is not in the log, or not what is")
	}

	n.refused(n.opensCase("Too late"), "ledger.rolled_back")
	session := n.as("omar")
	n.ok(n.b.LockAll(n.b.as("vera")))
	n.within("everybody's session on a node whose log went back ends, too", func() bool { return isDone(session.Done()) })
	n.ok(n.Desk.Close())
	reopen(n.story)
	n.refused(n.Damage(), "ledger.rolled_back")
	n.ok(n.Desk.Close())
	_, _, err = habeas.AcceptLoss(ctx, n.config())
	n.ok(err)
	reopen(n.story)
	if n.has("A bridge that is lost") || !n.has("Afterwards 0") {
		t.Error("after the loss was accepted on the other node, too, it shows another log")
	}
	n.bothVerify()
}

// The log is rewritten under nodes that run, and grows. A node that only reads sees it.
func TestNodeSeesAnotherLog(t *testing.T) {
	n := onTwoNodes(t)
	n.as("vera")
	n.ok(n.b.opensCase("A bridge"))
	n.within("it is seen", func() bool { return n.has("A bridge") })
	postgrestest.Run(t, strings.TrimSpace(n.base), `update tree set hash = decode(repeat('00', 32), 'hex')`)
	_ = n.b.opensCase("Another bridge") // it knows the edge of the log, or sees what happened, too
	n.within("another log is seen", func() bool { return n.Damage() != nil })
	n.refused(n.Damage(), "ledger.rolled_back")
}
