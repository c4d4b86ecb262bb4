package habeas_test

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/store"
	"habeas/internal/store/postgres/postgrestest"
	"habeas/ledger"
	"habeas/vault"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"
)

// A pen is an office that somebody changes who can write to its tables and files, and
// makes the checksums of pages right again. It has two circles, a case in each, and two
// files in one of these.
type pen struct {
	*aStore
	label map[ledger.ID]string // streams, by what the test calls them
	wraps []vault.Wrap
	of    map[string][]store.Numbered // sealed entries, by the label of their stream
	blobs []string
	last  int64 // number of the last entry
	omar  ledger.ID
}

// A tampering is what is done, and which flaws are found, no other: with the number of
// an entry, or of which case or circle they are.
type tampering struct {
	what string
	do   []string // truth: or keys: and a statement, or move: and two files of blobs
	want []string
	as   bool // it is only seen by who opens the keys
}

// onPaper closes an office and reads what is in it.
func (s *story) onPaper() *pen {
	s.Helper()
	vera := s.as("vera")
	first := s.circle(vera)
	circle, hill := s.secondCircle()
	f := s.caseOf(vera, "basement")
	vera = s.as("vera") // who is in the second circle now
	source, err := s.AddSource(s.Context(), vera, hill, aNeighbour)
	s.ok(err)
	for range 2 {
		st, err := s.AddStatement(s.Context(), vera, hill, habeas.NewStatement{Source: source, Medium: "call", Lang: "en", Title: "what was said", Raw: vault.NewText("Nobody was in the house."), Plain: true})
		s.ok(err)
		s.ok(s.Settle(s.Context(), vera, hill, st))
	}
	for i, st := range []claim.Ref{s.statement(f, "mother").Ref, s.tellsIn(vera, f, "They held him there.", "held")} {
		s.exhibit(vera, f.ID, st, "x.txt", []byte(strings.Repeat("an invented file\n", 100+i)))
	}
	p := &pen{label: map[ledger.ID]string{circle: "second", hill: "hill", f.ID: "basement", first: "first"}, of: map[string][]store.Numbered{}, omar: s.as("omar").Member}
	s.ok(s.Desk.Close())
	p.aStore = &aStore{story: s, dir: s.config().Dir}
	p.entries, _ = p.read()
	db, err := store.OpenAt(store.Place{Dir: p.dir, Database: s.base}, store.Salvage)
	s.ok(err)
	defer db.Close()
	snap, err := db.Snapshot(s.Context())
	s.ok(err)
	defer snap.Close()
	for row, err := range snap.Keys(s.Context()) {
		s.ok(err)
		if v := row.Values; row.Table == "wrap" {
			p.wraps = append(p.wraps, vault.Wrap{Key: ledger.ID(v[0].([]byte)), Stream: ledger.ID(v[1].([]byte)), Holder: ledger.ID(v[2].([]byte)), Box: v[3].([]byte)})
		}
	}
	for n := range int64(len(p.entries)) {
		e := p.entries[n]
		if l := p.label[e.Record.Stream]; e.Record.Mode == ledger.ModeSealed && l != "" {
			p.of[l] = append(p.of[l], e)
		}
		p.last = n
	}
	p.blobs, err = snap.Blobs(s.Context())
	s.ok(err)
	if len(p.blobs) != 2 || len(p.of["hill"]) < 5 {
		s.Fatalf("got %d files, and %d entries: this test would see nothing", len(p.blobs), len(p.of["hill"]))
	}
	return p
}

// x writes bytes as the engine does.
func (p *pen) x(b []byte) string {
	if p.base != "" {
		return `'\x` + hex.EncodeToString(b) + `'::bytea`
	}
	return `x'` + hex.EncodeToString(b) + `'`
}

// source returns a row of a source key of a case that entries are sealed under, and how
// many of its entries are.
func (p *pen) source(label string, skip int) (w vault.Wrap) {
	p.Helper()
	for _, w := range p.wraps {
		if p.label[w.Stream] != label || !slices.ContainsFunc(p.of[label], func(e store.Numbered) bool { return e.Record.Key == ledger.KeyID(w.Key, w.Holder) }) {
			continue
		}
		if skip--; skip < 0 {
			return w
		}
	}
	p.Fatalf("no source key of %s", label)
	return w
}

// given returns the row of the key of a circle that a member has.
func (p *pen) given(label string, to ledger.ID) vault.Wrap {
	p.Helper()
	i := slices.IndexFunc(p.wraps, func(w vault.Wrap) bool { return p.label[w.Stream] == label && (to.IsZero() || w.Holder == to) })
	if i < 0 {
		p.Fatalf("no key of %s", label)
	}
	return p.wraps[i]
}

// row names a row of the table of keys.
func (p *pen) row(w vault.Wrap) string {
	return ` where key = ` + p.x(w.Key[:]) + ` and holder = ` + p.x(w.Holder[:])
}

// ofEntries is what is done to the log.
func (p *pen) ofEntries() []tampering {
	a, b := p.of["basement"][2], p.of["hill"][1]
	n, m := a.Number, b.Number
	num := func(kind string, numbers ...int64) (s []string) {
		for _, n := range numbers {
			s = append(s, fmt.Sprint(kind, " ", n))
		}
		return s
	}
	var all []int64
	for _, e := range p.of["hill"] {
		all = append(all, e.Number)
	}
	swap := func(n, m int64) []string {
		return []string{"truth:update entry set number = -1 where number = " + fmt.Sprint(n),
			fmt.Sprintf("truth:update entry set number = %d where number = %d", n, m), fmt.Sprintf("truth:update entry set number = %d where number = -1", m)}
	}
	set := func(what string, n int64) string {
		return fmt.Sprintf("truth:update entry set %s where number = %d", what, n)
	}
	stream := "stream = " + p.x(b.Record.Stream[:])
	return []tampering{
		{what: "payloads of two cases swapped", want: num("payload", n, m), do: []string{set("payload = "+p.x(b.Record.Payload), n), set("payload = "+p.x(a.Record.Payload), m)}},
		{what: "an entry with what another says", want: num("entry", n), do: []string{set("payload = "+p.x(b.Record.Payload)+", digest = "+p.x(b.Digest[:]), n)}},
		{what: "two rows swapped", want: num("entry", n, m), do: swap(n, m)},
		{what: "three rows in another order", want: num("entry", n, n+1, m), do: append(swap(n, m), swap(n, n+1)...)},
		{what: "a row gone", want: num("gone", n), do: []string{fmt.Sprint("truth:delete from entry where number = ", n)}},
		{what: "what a case holds is gone", want: num("gone", all...), do: []string{"truth:delete from entry where mode = 1 and " + stream}},
		{what: "a row copied to the end, into another circle", want: []string{fmt.Sprint("end ", p.last+1), fmt.Sprint("hash ", p.last+1)},
			do: []string{fmt.Sprintf("truth:insert into entry (number, id, stream, key, mode, payload, digest) select %d, %s, %s, key, mode, payload, digest from entry where number = %d",
				p.last+1, p.x(make([]byte, 16)), p.x(b.Record.Stream[:]), n)}},
		{what: "an entry in another case", want: num("entry", n), do: []string{set(stream, n)}},
		{what: "an entry under another key", want: num("entry", n), do: []string{set("key = "+p.x(b.Record.Key[:]), n)}},
		{what: "an entry emptied", want: num("unexplained", n), do: []string{set("payload = null, pruned_by = 9999", n)}},
		{what: "a hash of the tree gone", want: num("hash", 3), do: []string{"truth:delete from tree where pos = 6"}},
		{what: "hashes of the tree swapped", want: num("hash", 0, 1), do: []string{"truth:update tree set pos = -1 where pos = 0", "truth:update tree set pos = 0 where pos = 1", "truth:update tree set pos = 1 where pos = -1"}},
		{what: "the newest checkpoint is an older one", want: []string{fmt.Sprint("checkpoint ", p.last+1), "end"},
			do: []string{fmt.Sprint("truth:update checkpoint set note = (select note from checkpoint where size = (select min(size) from checkpoint)) where size = ", p.last+1)}},
		{what: "the end cut off, checkpoints too", want: []string{fmt.Sprint("seen ", p.last+1)}, do: p.cut()},
	}
}

// cut takes off the end of the log, as if it had never been, back to a checkpoint.
func (p *pen) cut() []string {
	newest := "(select max(size) from checkpoint)"
	size := p.tail()
	return []string{
		"truth:delete from checkpoint where size > " + size, "truth:delete from entry where number >= " + newest,
		fmt.Sprintf("truth:delete from tree where pos > (select max(pos) from tree where hash in (select hash from tree) and pos < %s)", p.hashes()),
	}
}

// tail is the size of the log without its last commit.
func (p *pen) tail() string {
	return fmt.Sprint("(select max(size) from checkpoint where size <= ", p.last, ")")
}

// hashes is how many hashes the tree has without the last commit: two an entry, without
// one for each bit of the size.
func (p *pen) hashes() string {
	size := p.tail()
	var bits []string
	for b := range 12 {
		bits = append(bits, fmt.Sprintf("((%s / %d) %% 2)", size, 1<<b))
	}
	return fmt.Sprintf("(2 * %s - (%s))", size, strings.Join(bits, " + "))
}

// ofKeys is what is done to the table of keys.
func (p *pen) ofKeys() []tampering {
	a, b, own := p.source("basement", 0), p.source("hill", 0), p.given("second", ledger.ID{})
	other := p.source("basement", 1)
	set := func(what string, w vault.Wrap) string { return "keys:update wrap set " + what + p.row(w) }
	wrong := func(streams ...string) (s []string) {
		for _, l := range streams {
			s = append(s, "key "+l, "no key "+l)
		}
		return s
	}
	closed := []string{"left 1", "no key hill"}
	if slices.ContainsFunc(p.of["second"], func(e store.Numbered) bool { return e.Record.Key == own.Key }) {
		closed = append(closed, "no key second")
	}
	return []tampering{
		{what: "the key of a circle given to somebody", want: []string{"left 1"}, // as if giving it had been cut short

			do: []string{"keys:insert into wrap (key, stream, holder, box) select key, stream, " + p.x(p.omar[:]) + ", box from wrap" + p.row(own)}},
		{what: "the key of a circle given to somebody else", want: closed, do: []string{set("holder = "+p.x(p.omar[:]), own)}},
		{what: "the key of a circle in another stream", want: append(slices.Clone(closed[1:]), "key hill"), do: []string{set("stream = "+p.x(b.Stream[:]), own)}},
		{what: "a key in another case", want: []string{"key hill", "no key basement"}, do: []string{set("stream = "+p.x(b.Stream[:]), a)}},
		{what: "a key gone", want: []string{"no key basement"}, do: []string{"keys:delete from wrap" + p.row(a)}},
		{what: "all keys of a case gone", want: []string{"no key hill"}, do: []string{"keys:delete from wrap where stream = " + p.x(b.Stream[:])}},
		{what: "keys of two cases swapped", want: []string{"no key basement", "no key hill"}, do: []string{set("key = "+p.x(b.Key[:]), a), "keys:update wrap set key = " + p.x(a.Key[:]) + p.row(b)}},
		{what: "boxes of two cases swapped", want: wrong("basement", "hill"), as: true, do: []string{set("box = "+p.x(b.Box), a), set("box = "+p.x(a.Box), b)}},
		{what: "boxes of two statements swapped", want: wrong("basement"), as: true, do: []string{set("box = "+p.x(other.Box), a), set("box = "+p.x(a.Box), other)}},
		{what: "a box cut short", want: wrong("basement"), as: true, do: []string{set("box = "+p.x(a.Box[:len(a.Box)-1]), a)}},
		{what: "a byte of a box", want: wrong("hill"), as: true, do: []string{set("box = "+p.x(flipped(b.Box, len(b.Box)/3)), b)}},
	}
}

// ofFiles is what is done to sealed files, and to what says whose they are.
func (p *pen) ofFiles() []tampering {
	x, y := p.blobs[0], p.blobs[1]
	return []tampering{
		{what: "a file under another's name", want: []string{"file basement " + y}, do: []string{"copy:" + x + " " + y}},
		{what: "two files swapped", want: []string{"file basement " + x, "file basement " + y}, do: []string{"copy:" + x + " -", "copy:" + y + " " + x, "copy:- " + y}},
		{what: "a file gone", want: []string{"no file basement " + x}, do: []string{"gone:" + x}},
		{what: "a file cut short", want: []string{"file basement " + x}, do: []string{"cut:" + x}},
		{what: "a file that is no statement's", want: []string{"no file basement " + x}, as: true, do: []string{"truth:delete from blob where name = '" + x + "'"}},
		{what: "files of two statements swapped", want: []string{"no file basement " + x, "no file basement " + y}, as: true, do: []string{
			"truth:update blob set name = '-' where name = '" + x + "'", "truth:update blob set name = '" + x + "' where name = '" + y + "'", "truth:update blob set name = '" + y + "' where name = '-'"}},
	}
}

// found returns what is found, in the words of a tampering, each once.
func (p *pen) found(as bool) (all []string) {
	p.Helper()
	tell := func(f habeas.Flaw) {
		s := fmt.Sprint(f.What, " ", f.Number)
		switch l := p.label[f.Stream]; f.What {
		case store.FlawKey, store.FlawNoKey:
			s = fmt.Sprint(f.What, " ", l)
		case store.FlawFile, store.FlawNoFile:
			s = fmt.Sprint(f.What, " ", l, " ", f.Name)
		case store.FlawEnd:
			if f.Number < p.last {
				s = string(f.What)
			}
		}
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	var survey habeas.Survey
	var err error
	if as {
		survey, _, _, err = habeas.FsckAs(p.Context(), p.config(), "vera", pass("vera"), tell)
	} else {
		survey, _, err = habeas.Fsck(p.Context(), p.config(), tell)
	}
	p.ok(err)
	if survey.Left > 0 {
		all = append(all, fmt.Sprint("left ", survey.Left))
	}
	slices.Sort(all)
	return all
}

// tampered does one thing and looks what is found, without a login and, if that sees
// nothing, with one. Everything that is not named must be what it was.
func (p *pen) tampered(t tampering) {
	p.Helper()
	if p.base != "" {
		var all []string
		for _, do := range t.do {
			_, statement, _ := strings.Cut(do, ":")
			all = append(all, statement)
		}
		postgrestest.Run(p.T, strings.TrimSpace(p.base), all...)
	} else {
		for _, do := range t.do {
			p.do(do)
		}
	}
	slices.Sort(t.want)
	got := p.found(false)
	if t.as {
		if len(got) > 0 {
			p.Errorf("%s: got %v without a key, want nothing", t.what, got)
		}
		got = p.found(true)
	}
	if !slices.Equal(got, t.want) {
		p.Errorf("%s: got %v, want %v", t.what, got, t.want)
	}
	db, err := store.OpenAt(store.Place{Dir: p.dir, Database: p.base}, store.Salvage)
	p.ok(err)
	defer db.Close()
	same := map[int64]bool{}
	for e, err := range db.Since(p.Context(), -1) {
		same[e.Number] = err == nil && sameEntry(e, p.entries[e.Number])
	}
	for n, want := range p.entries {
		if same[n] || slices.ContainsFunc(got, func(s string) bool {
			return strings.HasSuffix(s, fmt.Sprint(" ", n)) || strings.HasPrefix(s, "seen")
		}) {
			continue
		}
		if e, err := db.At(p.Context(), n); err != nil || !sameEntry(e, want) {
			p.Errorf("%s: entry %d is not what it was, and is not named: %v", t.what, n, got)
		}
	}
}

// do does one thing.
func (p *pen) do(what string) {
	p.Helper()
	where, how, _ := strings.Cut(what, ":")
	blob := func(name string) string { return filepath.Join(p.dir, "blobs", name) }
	switch where {
	case "copy":
		from, to, _ := strings.Cut(how, " ")
		b, err := os.ReadFile(blob(from))
		p.ok(err)
		p.ok(os.WriteFile(blob(to), b, 0o600))
	case "gone":
		p.ok(os.Remove(blob(how)))
	case "cut":
		p.ok(os.Truncate(blob(how), 20))
	default:
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(p.dir, where+".db"))
		p.ok(err)
		defer db.Close()
		if where == "truth" {
			for _, table := range []string{"entry", "tree", "checkpoint"} {
				for _, act := range []string{"update", "delete"} {
					_, err := db.Exec("drop trigger if exists " + table + "_" + act)
					p.ok(err)
				}
			}
		}
		_, err = db.Exec(how)
		p.ok(err)
	}
}

// save and back keep an office as it was left, and put it back.
func (p *pen) save() (back func()) {
	p.Helper()
	if p.base != "" {
		url, tables := strings.TrimSpace(p.base), []string{"entry", "tree", "checkpoint", "wrap", "blob"}
		var keep, put []string
		for _, t := range tables {
			keep = append(keep, "create table saved_"+t+" as select * from "+t)
			put = append(put, "truncate "+t, "insert into "+t+" select * from saved_"+t)
		}
		postgrestest.Run(p.T, url, keep...)
		return func() { postgrestest.Run(p.T, url, put...) }
	}
	was := map[string][]byte{}
	for _, path := range append([]string{"truth.db", "keys.db"}, filesOf("blobs", p.blobs)...) {
		b, err := os.ReadFile(filepath.Join(p.dir, path))
		p.ok(err)
		was[path] = b
	}
	return func() {
		p.clean()
		for path, b := range was {
			p.ok(os.WriteFile(filepath.Join(p.dir, path), b, 0o600))
		}
	}
}

func filesOf(dir string, names []string) (paths []string) {
	for _, n := range names {
		paths = append(paths, filepath.Join(dir, n))
	}
	return paths
}

// Somebody with a pen, who can write to every table and file. Each thing they do is
// found, where they did it, and nothing else is named.
func TestTamperedRows(t *testing.T) {
	p := tell(t).onPaper()
	p.all(slices.Concat(p.ofEntries(), p.ofKeys(), p.ofFiles()))
}

// The same, by whoever owns the shared database.
func TestTamperedRowsShared(t *testing.T) {
	n := onTwoNodes(t)
	n.b.ok(n.b.Desk.Close())
	p := n.story.onPaper()
	p.all(slices.Concat(p.ofEntries(), p.ofKeys(), p.ofFiles()[4:]))
}

// all does one thing after the other to an office, each to one that is whole.
func (p *pen) all(ts []tampering) {
	p.Helper()
	if got := p.found(true); len(got) > 0 {
		p.Fatalf("an office as it was left: got %v", got)
	}
	back := p.save()
	for _, t := range ts {
		p.tampered(t)
		back()
	}
}
