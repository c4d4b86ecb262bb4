package habeas_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"habeas"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/ledger"
	"habeas/receipt"
	"habeas/vault"
)

// list returns the lines of the list of erased keys of a node, in order.
func (s *story) list() []string {
	s.Helper()
	b, err := os.ReadFile(habeas.ErasedBeside(habeas.PepperBeside(s.config().Dir)))
	if !errors.Is(err, os.ErrNotExist) {
		s.ok(err)
	}
	lines := strings.Fields(strings.ReplaceAll(string(b), " ", "-"))
	slices.Sort(lines)
	return lines
}

// aLetter has a stranger write, with a file, and returns what is first in the queue.
func (n *twoNodes) aLetter(seed byte, by habeas.Actor) ledger.ID {
	n.Helper()
	ctx := n.Context()
	file := n.upload("a.txt", []byte("What nobody asked for."))
	n.ok(n.Receive(ctx, receipt.From([32]byte{seed}), habeas.Letter{Lang: "en", Text: vault.NewText("Buy this."), Files: []*habeas.Upload{file}}))
	q, _, err := n.Queue(ctx, by)
	n.ok(err)
	return q[0].ID
}

// copied copies the sealed files of the first node that the second has not, as somebody
// does who wants them on both, and returns their names.
func (n *twoNodes) copied() (names []string) {
	n.Helper()
	from, to := filepath.Join(n.config().Dir, "blobs"), filepath.Join(n.b.config().Dir, "blobs")
	files, err := os.ReadDir(from)
	n.ok(err)
	for _, f := range files {
		if _, err := os.Stat(filepath.Join(to, f.Name())); err == nil {
			continue
		}
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		n.ok(errors.Join(err, os.WriteFile(filepath.Join(to, f.Name()), b, 0o600)))
		names = append(names, f.Name())
	}
	return names
}

func (n *twoNodes) left(names []string) (left int) {
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(n.b.config().Dir, "blobs", name)); err == nil {
			left++
		}
	}
	return left
}

// Letters are closed on one node, and a statement is erased there. The list beside the
// pepper of the other then holds the same, though it was off for one of them, and copies
// of their files that it had are gone.
func TestNodesKnowWhatIsDestroyed(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	vera := n.as("vera")
	first := n.aLetter(1, vera)
	files := n.copied()
	if len(files) == 0 {
		t.Fatal("no file came with the letter")
	}
	n.ok(n.CloseLetter(ctx, vera, first, vault.Text{}))
	n.within("copies of the files of a letter are gone on the other node", func() bool { return n.left(files) == 0 })
	same := func() bool { return len(n.list()) > 0 && slices.Equal(n.list(), n.b.list()) }
	n.within("the key of a letter is on the list of the other node", same)

	n.ok(n.b.Close())
	was := len(n.list())
	second := n.aLetter(2, vera)
	files = n.copied()
	n.ok(n.CloseLetter(ctx, vera, second, vault.Text{}))
	f := n.caseOf(vera, "basement")
	_, err := n.Erase(ctx, vera, f.ID, ledger.Withdrawn, pass("vera"), n.statement(f, "mother").Ref)
	n.ok(err)
	if len(n.list()) < was+2 || n.left(files) == 0 {
		t.Fatal("nothing was destroyed while the other node was off")
	}
	n.b.Desk, err = habeas.Open(n.b.config())
	n.ok(err)
	if !same() || n.left(files) > 0 {
		t.Errorf("started again, the other node has %d lines of %d, and %d files", len(n.b.list()), len(n.list()), n.left(files))
	}
	n.bothVerify()
}

// Somebody who may write into the database has nodes destroy nothing by it: neither what
// nobody signed nor what a stranger did.
func TestAttackForgedTelling(t *testing.T) {
	n := onTwoNodes(t)
	line := strings.Repeat("0a", 16) + " " + strings.Repeat("0b", 16)
	text := "habeas told v1\nkey " + line + "\n"
	_, key, err := ed25519.GenerateKey(nil)
	n.ok(err)
	stranger, err := ledger.NoteSigner(ledger.Origin(n.Root()), key)
	n.ok(err)
	signed, err := note.Sign(&note.Note{Text: text}, stranger)
	n.ok(err)
	for _, forged := range [][]byte{[]byte(text), signed} {
		postgrestest.Run(t, strings.TrimSpace(n.base), fmt.Sprintf(`update turn set n = n + 1 where name = 'told';
			insert into told (n, note) select n, '\x%x' from turn where name = 'told'`, forged))
	}
	vera := n.as("vera")
	letter := n.aLetter(1, vera)
	n.ok(n.CloseLetter(n.Context(), vera, letter, vault.Text{}))
	n.within("what a node told after it is heeded", func() bool { return len(n.list()) > 0 && slices.Equal(n.list(), n.b.list()) })
	n.ok(n.b.Close())
	n.b.Desk, err = habeas.Open(n.b.config())
	n.ok(err)
	if slices.Contains(n.b.list(), strings.ReplaceAll(line, " ", "-")) {
		t.Error("a node has on its list what a stranger wrote into the database")
	}
}

// A list from before nodes told each other, which one of them has, comes to all when that
// is started; and a database of then says what is to be done.
func TestNodesJoinLists(t *testing.T) {
	n := onTwoNodes(t)
	n.ok(n.b.Close())
	line := strings.Repeat("0a", 16) + " " + strings.Repeat("0b", 16)
	n.ok(os.WriteFile(habeas.ErasedBeside(habeas.PepperBeside(n.b.config().Dir)), []byte(line+"\n"), 0o600))
	var err error
	n.b.Desk, err = habeas.Open(n.b.config())
	n.ok(err)
	n.within("what one node had listed is on the list of the other", func() bool {
		return slices.Contains(n.list(), strings.ReplaceAll(line, " ", "-"))
	})
	n.ok(n.b.Close())
	postgrestest.Run(t, strings.TrimSpace(n.base), `drop table told`)
	_, err = habeas.Open(n.b.config())
	n.refused(err, "store.older_schema")
}

// A node was off for five days, in which a thousand entries came, a colleague was stopped
// and a statement was erased. Started again it shows all of it with the first page, and
// what its view held before was not folded anew.
func TestNodeWasOffForDays(t *testing.T) {
	n := onTwoNodes(t)
	ctx := n.Context()
	vera := n.as("vera")
	f := n.caseOf(vera, "basement")
	n.b.caseOf(n.b.as("vera"), "basement")
	mum := n.statement(f, "mother")
	views, err := filepath.Glob(filepath.Join(n.b.config().Dir, "views", "*.db"))
	n.ok(err)
	n.ok(n.b.Close())
	was := map[string]os.FileInfo{}
	for _, path := range views {
		was[path], err = os.Stat(path)
		n.ok(err)
	}

	before := len(f.State.Sources)
	const came = 1000
	for range 10 {
		n.ok(n.AddSources(ctx, vera, f.ID, aNeighbour, came/10))
	}
	ed := n.as("ed")
	n.ok(n.Suspend(ctx, vera, ed.Member, pass("vera")))

	n.b.now = n.b.now.Add(5 * 24 * time.Hour)
	reopen := func() {
		n.b.Desk, err = habeas.Open(n.b.config())
		n.ok(err)
	}
	reopen()
	if got := len(n.b.caseOf(n.b.as("vera"), "basement").State.Sources); got != before+came {
		t.Errorf("after five days: got %d sources, want %d", got, before+came)
	}
	for path, old := range was {
		if now, err := os.Stat(path); err != nil || !os.SameFile(old, now) {
			t.Errorf("a view was folded anew: %v", err)
		}
	}
	if _, err := n.b.Login(ctx, "ed", pass("ed")); err == nil {
		t.Error("who was stopped meanwhile comes in")
	}

	n.ok(n.b.Close())
	_, err = n.Erase(ctx, n.as("vera"), f.ID, ledger.Withdrawn, pass("vera"), mum.Ref)
	n.ok(err)
	reopen()
	g := n.b.caseOf(n.b.as("vera"), "basement")
	if claimsOf(g, mum.Ref) > 0 || len(g.State.Sources) < came {
		t.Errorf("got %d sources, and %d claims of what was erased meanwhile", len(g.State.Sources), claimsOf(g, mum.Ref))
	}
	n.bothVerify()
}
