package crash

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/internal/demo"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/receipt"
)

// described says what a fault is, with its cause.
func described(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return fmt.Sprint(f.Key(), ": ", err, ": ", f.Unwrap(), f.Args())
	}
	return err.Error()
}

// A memory is what was said to be done in an office, and must hold.
type memory struct {
	dir     string
	size    int64 // of the log, the longest that was told of
	root    string
	said    []Said // done, in order
	recent  int    // of these, those that were said since the last check
	loot    map[string]*loot
	active  []habeas.Member // of those who do not stay
	looked  int64           // so much of the log was tried with what they took
	tried   int
	before  int64        // so long was the log when a copy was begun
	copied  int64        // so much of the log is in a whole copy of the office
	cut     map[Kind]int // what was being done when it was killed last
	filings int          // letters that were being filed when it was killed, ever
	flaws   []string
}

func newMemory(dir string) *memory {
	return &memory{dir: dir, loot: map[string]*loot{}, cut: map[Kind]int{}}
}

// heard takes in what was said.
func (m *memory) heard(s Said) {
	if s.Err != "" {
		m.flaw("%s was refused: %s", s.What, s.Err)
	}
	if s.What == Backup && !s.Done {
		m.before = m.size
	}
	if !s.Done {
		return
	}
	if s.Size > m.size {
		m.size, m.root = s.Size, s.Root
	}
	if s.What == Backup {
		m.copied = m.before
	}
	m.said, m.recent = append(m.said, s), m.recent+1
}

func (m *memory) flaw(format string, args ...any) {
	m.flaws = append(m.flaws, fmt.Sprintf(format, args...))
}

// ok notes that something that must go well did not.
func (m *memory) ok(what string, err error) bool {
	if err != nil {
		m.flaw("%s: %s", what, described(err))
	}
	return err == nil
}

// check looks through what is left after a process was killed: before the office is
// opened, while it is open, and when it is closed again.
func (m *memory) check(ctx context.Context) {
	m.asItLies(ctx, true)
	d, err := habeas.Open(config(m.dir))
	if !m.ok("the office does not open", err) {
		return
	}
	m.opened(ctx, d)
	m.ok("the office does not close", d.Close())
	m.asItLies(ctx, false)
	m.left()
	m.recent = 0
}

// asItLies checks the files, without any secret. If the process was killed while it
// destroyed keys, and nothing was opened since, the files say that and can't be read.
func (m *memory) asItLies(ctx context.Context, killed bool) {
	dir := config(m.dir).Dir
	_, err := habeas.Verify(ctx, dir, nil)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key() == "store.cut_short" && killed {
		return
	}
	m.ok("the log does not verify", err)
	_, signed, err := habeas.Fsck(ctx, config(m.dir), func(f habeas.Flaw) { m.flaw("fsck finds %+v", f) })
	if m.ok("fsck", err) && !signed {
		m.flaw("fsck can't read who signs")
	}
	db, err := store.Open(dir, store.ReadOnly)
	if !m.ok("the store does not open", err) {
		return
	}
	defer db.Close()
	if m.size > 0 {
		sum, err := db.SumOf(ctx, m.size)
		if m.ok("entries are lost", err) && hex.EncodeToString(sum[:]) != m.root {
			m.flaw("the first %d entries are not those that were acknowledged", m.size)
		}
	}
	m.bystanders(ctx, db)
}

// opened checks an open office as its members see it.
func (m *memory) opened(ctx context.Context, d *habeas.Desk) {
	m.ok("the office is damaged", d.Damage())
	proof, err := habeas.Prove(ctx, config(m.dir))
	if m.ok("nothing can be proved of what was erased", err) {
		if !proof.Clean() {
			m.flaw("of what was erased is left: %+v, %d not on the list", proof.Remnants, proof.Unlisted)
		}
		for _, e := range proof.Erasures {
			if !e.Done {
				m.flaw("an erasure was not finished: %+v", e)
			}
		}
	}
	vera, err := demo.Actor(ctx, d, "vera")
	if !m.ok("nobody can log in", err) {
		return
	}
	m.members(ctx, d, vera)
	m.views(ctx, d, vera)
	m.cases(ctx, d, vera)
	m.letters(ctx, d, vera)
	m.ok("logging out", d.Leave(vera))
}

// views checks that the views, as they were left, say what the log says.
func (m *memory) views(ctx context.Context, d *habeas.Desk, vera habeas.Actor) {
	var before, after bytes.Buffer
	m.ok("the views can't be read", d.Dump(ctx, vera, &before))
	m.ok("the views can't be folded", d.Rebuild(ctx, vera, nil))
	m.ok("the new views can't be read", d.Dump(ctx, vera, &after))
	if before.Len() == 0 || !bytes.Equal(before.Bytes(), after.Bytes()) {
		m.flaw("the views were not what the log says")
	}
}

// cases checks what was recorded.
func (m *memory) cases(ctx context.Context, d *habeas.Desk, vera habeas.Actor) {
	rows, err := d.Cases(ctx, vera)
	m.ok("the cases can't be read", err)
	files := map[string]*habeas.CaseFile{}
	for _, r := range rows {
		f, err := d.Case(ctx, vera, r.ID)
		if !m.ok("a case can't be read", err) {
			continue
		}
		files[r.ID.String()] = f
		if len(f.State.Problems) > 0 {
			m.flaw("a case has problems: %v", f.State.Problems)
		}
	}
	erased := map[string]bool{} // statements, also those whose erasure was not acknowledged
	for _, f := range files {
		for _, e := range f.State.Erasures {
			erased[string(e.Statement)] = true
		}
	}
	for i, s := range m.said {
		f := files[s.Case]
		if s.Case == "" {
			continue
		}
		if f == nil {
			m.flaw("%s: its case is gone", s.What)
			continue
		}
		m.recorded(ctx, d, vera, f, s, erased, i >= len(m.said)-m.recent)
	}
}

// recorded checks one thing that was recorded in a case; if it is recent, by opening it.
func (m *memory) recorded(ctx context.Context, d *habeas.Desk, vera habeas.Actor, f *habeas.CaseFile, s Said, erased map[string]bool, recent bool) {
	ref := claim.Ref(s.Ref)
	switch s.What {
	case Record, File:
		t, ok := f.State.Statement(ref)
		switch {
		case erased[s.Ref] && ok:
			m.flaw("an erased statement is there")
		case erased[s.Ref]:
		case !ok:
			m.flaw("%s: its statement is gone", s.What)
		case s.What == Record && t.Newest().Text != s.Words:
			m.flaw("recording: its words are %q", t.Newest().Text)
		case recent:
			_, err := d.Reading(ctx, vera, f.ID, ref)
			m.ok("a statement can't be read", err)
		}
	case Erase:
		if _, ok := f.State.Statement(ref); ok || !erased[s.Ref] {
			m.flaw("a statement that was erased is there")
		}
	case Exhibit, Pieces:
		if recent {
			m.exhibit(ctx, d, vera, f, s)
		}
	case Release:
		if recent {
			ed, err := demo.Actor(ctx, d, "ed")
			if err == nil {
				_, err = d.Released(ctx, ed, f.ID, ref)
			}
			m.ok("a dossier that was released", err)
		}
	}
}

func (m *memory) exhibit(ctx context.Context, d *habeas.Desk, vera habeas.Actor, f *habeas.CaseFile, s Said) {
	x, err := d.Exhibit(ctx, vera, f.ID, claim.Ref(s.Ref))
	if fault.KindOf(err) == fault.NotFound && m.went(s) {
		return
	}
	if !m.ok("an exhibit", err) {
		return
	}
	if x.SHA256 != s.Sum {
		m.flaw("an exhibit has another hash")
	}
	good, err := d.CheckExhibit(ctx, vera, f.ID, claim.Ref(s.Ref))
	if m.ok("an exhibit can't be read", err) && !good {
		m.flaw("an exhibit is not the file that was sent")
	}
}

// went reports whether something began to be erased after s was said: an exhibit goes
// with its statement.
func (m *memory) went(s Said) bool {
	for i := len(m.said) - 1; i >= 0 && m.said[i] != s; i-- {
		if m.said[i].What == Erase {
			return true
		}
	}
	return m.cut[Erase] > 0
}

// letters checks what came in: each letter waits, or was filed.
func (m *memory) letters(ctx context.Context, d *habeas.Desk, vera habeas.Actor) {
	filed := map[string]bool{}
	for _, s := range m.said {
		filed[s.Words] = filed[s.Words] || s.What == File
	}
	waiting := map[string]ledger.ID{}
	q, _, err := d.Queue(ctx, vera)
	m.ok("the inbox can't be read", err)
	for _, l := range q {
		o, err := d.OpenLetter(ctx, vera, l.ID)
		if m.ok("a letter can't be opened", err) {
			waiting[o.Text.Reveal()] = l.ID
		}
	}
	lost := 0
	for i, s := range m.said {
		if s.What != Letter {
			continue
		}
		var secret [32]byte
		hex.Decode(secret[:], []byte(s.Secret))
		c, err := d.Converse(ctx, receipt.From(secret))
		if m.ok("who comes back with a receipt", err) && len(c.Sent) != 1 {
			m.flaw("who comes back with a receipt sees %d letters", len(c.Sent))
		}
		id, waits := waiting[s.Words]
		switch {
		case waits && filed[s.Words]:
			m.flaw("a letter that was filed waits")
		case !waits && !filed[s.Words]:
			lost++
		case waits && i >= len(m.said)-m.recent:
			m.letterFile(ctx, d, vera, id, s)
		}
	}
	if lost > m.filings {
		m.flaw("%d letters neither wait nor were filed", lost-m.filings)
	}
}

func (m *memory) letterFile(ctx context.Context, d *habeas.Desk, vera habeas.Actor, id ledger.ID, s Said) {
	_, r, err := d.OpenLetterFile(ctx, vera, id, 0)
	if !m.ok("the file of a letter", err) {
		return
	}
	defer r.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); m.ok("the file of a letter", err) && sum(b.Bytes()) != s.Sum {
		m.flaw("the file of a letter has another hash")
	}
}

// usual are the files of an office that is closed, and of its copies.
var usual = regexp.MustCompile(`^(data/(habeas\.json|node\.key|truth\.db(-wal|-shm)?|keys\.db(-journal)?|lock|anchors/[0-9]+\.(checkpoint|[0-9a-f]{16}\.cosignature)|backup\.(json|lock|notes)|` +
	`views/[0-9a-f]{32}\.db(-lock|-wal|-shm)?|blobs/[0-9a-f]{64})|data\.(pepper|erased|pepper\.erased|pepper\.seen)|age|(copies|spare)/([^.][^/]*/)*[^./][^/]*)$`)

// left checks that nothing lies around.
func (m *memory) left() {
	copied := false // after whatever was cut short
	for _, s := range m.said[len(m.said)-m.recent:] {
		copied = copied || s.What == Backup && m.cut[Backup] == 0
	}
	err := filepath.WalkDir(m.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(m.dir, path)
		cut := strings.HasPrefix(e.Name(), ".new-") && !copied && !strings.HasPrefix(name, dataDir+"/") // the next copy removes it
		if err == nil && !cut && !usual.MatchString(filepath.ToSlash(name)) {
			m.flaw("this lies around: %s", name)
			err = os.Remove(path) // told of once
		}
		return err
	})
	m.ok("looking what lies around", err)
}
