package view

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

// log makes the entries of a circle.
type log struct {
	tb      testing.TB
	entries []ledger.Entry
	heads   map[ledger.ID]ledger.ID
	author  ledger.ID
}

func newLog(tb testing.TB) *log {
	return &log{tb: tb, heads: map[ledger.ID]ledger.ID{}, author: ledger.NewID()}
}

func (l *log) add(stream ledger.ID, kind string, body any) ledger.ID {
	l.tb.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		l.tb.Fatal(err)
	}
	n := int64(len(l.entries))
	e := ledger.Entry{
		ID: ledger.NewID(), Stream: stream, Key: ledger.NewID(), Kind: kind, Author: l.author, Body: b,
		Time: time.UnixMilli(1_670_000_000_000 + 1000*n).UTC(), Number: n,
	}
	if head, ok := l.heads[stream]; ok {
		e.After = []ledger.ID{head}
	}
	l.heads[stream] = e.ID
	l.entries = append(l.entries, e)
	return e.ID
}

// told is a case with one statement.
type told struct {
	stream                                         ledger.ID
	person, father, source, place, unit, statement claim.Ref
}

func (l *log) tell(n int) told {
	c := told{ledger.NewID(), claim.NewRef('p'), claim.NewRef('p'), claim.NewRef('s'), claim.NewRef('l'), claim.NewRef('u'), claim.NewRef('t')}
	l.add(c.stream, claim.KindCase, claim.Case{Title: fmt.Sprintf("Refusal at the crossing %d", n), About: "person", Affected: c.person})
	l.add(c.stream, claim.KindPerson, claim.Person{Ref: c.person, Cover: fmt.Sprintf("Heron%d", n), Protection: claim.Protected})
	l.add(c.stream, claim.KindPerson, claim.Person{Ref: c.father, Cover: fmt.Sprintf("Birch%d", n), Protection: claim.Protected, Note: "keeps bees"})
	l.add(c.stream, claim.KindSource, claim.Source{Ref: c.source, Kind: "person", Person: c.father, Role: "father"})
	l.add(c.stream, claim.KindPlace, claim.Place{Ref: c.place, Label: "a basement under a school", Kind: "basement", Aliases: []string{"Яма"}})
	l.add(c.stream, claim.KindUnit, claim.Unit{Ref: c.unit, Label: "a rear guard company", Kind: "unit"})
	l.add(c.stream, claim.KindStatement, claim.Statement{Ref: c.statement, Source: c.source, Received: "2022-12-01", Medium: "interview", Lang: "ru", Title: "Visit of the father"})
	text := claim.MarkOf(c.person) + " отказался письменно. Его задержали, держали в подвале школы и били. Потом " + claim.MarkOf(c.father) + " искал его пять месяцев."
	l.add(c.stream, claim.KindText, claim.Text{Statement: c.statement, Version: 1, Text: text})
	first := l.add(c.stream, claim.KindClaim, claim.Claim{
		Statement: c.statement, Version: 1, Start: 0, End: len(text), Subject: c.person, Predicate: "said",
		Value: claim.Value{Text: "he would not lead the others"}, Stance: claim.Asserts, Basis: "told",
	})
	l.add(c.stream, claim.KindClaim, claim.Claim{
		Statement: c.statement, Version: 1, Start: 0, End: len(text), Subject: c.person, Predicate: "said",
		Value: claim.Value{Text: "he would not command the others"}, Stance: claim.Asserts, Basis: "told", Replaces: first, Reason: "the word was wrong",
	})
	l.add(c.stream, claim.KindForms, claim.Forms{Person: c.person, Detail: ledger.ID{9}, Hashes: []byte("older")})
	l.add(c.stream, claim.KindForms, claim.Forms{Person: c.person, Detail: ledger.ID{9}, Hashes: []byte("newer")})
	return c
}

func (l *log) mark() Mark {
	n := int64(len(l.entries))
	return Mark{Number: n - 1, Size: n, Root: tlog.Hash{1, 2, byte(n)}}
}

var testKey = [32]byte{1, 2, 3}

func openView(tb testing.TB) (*View, string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "circle.db")
	v, err := Open(path, testKey)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { v.Close() })
	return v, path
}

func (l *log) applied(v *View) {
	l.tb.Helper()
	if err := v.Apply(l.tb.Context(), l.entries, l.mark()); err != nil {
		l.tb.Fatal(err)
	}
}

func TestACaseIsReadBack(t *testing.T) {
	ctx := t.Context()
	v, path := openView(t)
	l := newLog(t)
	if m, err := v.Mark(ctx); m != (Mark{}) || err != nil {
		t.Errorf("Mark of a new view: got %v, %v, want zero", m, err)
	}
	c, other := l.tell(1), l.tell(2)
	l.applied(v)

	got, err := v.Case(ctx, c.stream)
	if err != nil {
		t.Fatal(err)
	}
	var want []ledger.Entry
	for _, e := range l.entries {
		if e.Stream == c.stream {
			want = append(want, e)
		}
	}
	if a, b := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); a != b {
		t.Errorf("Case:\n got %s\nwant %s", a, b)
	}
	cases, err := v.Cases(ctx)
	if err != nil || len(cases) != 2 || cases[0].Stream != other.stream {
		t.Fatalf("Cases: got %v, %v, want two, the last changed first", cases, err)
	}
	row := cases[1]
	if row.Title != "Refusal at the crossing 1" || row.Cover != "Heron1" || row.Affected != c.person || row.Persons != 2 || row.Statements != 1 || row.Claims != 1 {
		t.Errorf("Cases: got %+v, want two persons, one statement, one claim that counts", row)
	}
	if heads, err := v.Heads(ctx, c.stream); err != nil || !slices.Equal(heads, []ledger.ID{l.heads[c.stream]}) {
		t.Errorf("Heads: got %v, %v, want %v", heads, err, l.heads[c.stream])
	}
	if p, err := v.Covered(ctx, "Birch2"); err != nil || len(p) != 1 || p[0].Ref != other.father || p[0].Stream != other.stream {
		t.Errorf("Covered: got %v, %v, want the other father", p, err)
	}
	if p, err := v.Person(ctx, c.father); err != nil || p.Cover != "Birch1" || p.Note != "keeps bees" {
		t.Errorf("Person: got %v, %v, want Birch1", p, err)
	}
	if _, err := v.Person(ctx, claim.NewRef('p')); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Person nobody knows: got %v, want NotFound", err)
	}
	if p, err := v.Places(ctx); err != nil || len(p) != 2 || p[0].Aliases[0] != "Яма" {
		t.Errorf("Places: got %v, %v, want two", p, err)
	}
	if u, err := v.Units(ctx); err != nil || len(u) != 2 || u[0].Kind != "unit" {
		t.Errorf("Units: got %v, %v, want two", u, err)
	}
	n := map[string]int{}
	for f, err := range v.Forms(ctx) {
		if n[string(f.Hashes)]++; err != nil {
			t.Errorf("Forms: got %v, %v", f, err)
		}
	}
	if n["older"] != 2 || n["newer"] != 2 {
		t.Errorf("Forms: got %v, want all that were ever given, in both streams", n)
	}
	v.Close()
	again, err := Open(path, testKey)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if m, err := again.Mark(ctx); m != l.mark() || err != nil {
		t.Errorf("Mark after opening again: got %v, %v, want %v", m, err, l.mark())
	}
	if last, ok, err := again.Stream(ctx, c.stream); last != 11 || !ok || err != nil {
		t.Errorf("Stream: got %d, %v, %v, want 11", last, ok, err)
	}
	if _, ok, err := again.Stream(ctx, ledger.NewID()); ok || err != nil {
		t.Errorf("Stream of another circle: got %v, %v, want none", ok, err)
	}
}

func TestSearch(t *testing.T) {
	ctx := t.Context()
	v, _ := openView(t)
	l := newLog(t)
	c := l.tell(1)
	l.tell(2)
	l.applied(v)
	for _, test := range []struct {
		query string
		want  []string // kinds, sorted
		match []string
	}{
		{"задержание", []string{"text", "text"}, []string{"задержали"}},
		{"Heron1", []string{"person", "text"}, []string{"Heron1"}},
		{"подвалы школа", []string{"text", "text"}, []string{"подвале", "школы"}},
		{`"подвале школы" Birch2`, []string{"text"}, []string{"подвале", "школы", "Birch2"}},
		{"basement", []string{"place", "place"}, []string{"basement"}},
		{"ЯМА", []string{"place", "place"}, []string{"Яма"}},
		{"guards", []string{"unit", "unit"}, []string{"guard"}},
		{"refusals crossing", []string{"case", "case"}, []string{"Refusal", "crossing"}},
		{"visiting", []string{"title", "title"}, []string{"Visit"}},
		{"commanding others", []string{"claim", "claim"}, []string{"command", "others"}},
		{"bee", []string{"person", "person"}, []string{"bees"}},
		{"lead", nil, nil}, // the claim was corrected
		{"nothing here", nil, nil},
		{"", nil, nil},
		{`text:задержание* OR (NOT "x`, nil, nil},
	} {
		found, err := v.Search(ctx, test.query, 10)
		if err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		var kinds []string
		for _, h := range found.Hits {
			kinds = append(kinds, h.Kind)
			var match []string
			for _, m := range h.Snippet.Matches {
				match = append(match, h.Snippet.Text[m.Start:m.End])
			}
			for _, want := range test.match {
				if !slices.Contains(match, want) {
					t.Errorf("%s: got matches %q in %q, want %q", test.query, match, h.Snippet.Text, want)
				}
			}
			if strings.Contains(h.Snippet.Text, "⟦") {
				t.Errorf("%s: a mark is shown in %q", test.query, h.Snippet.Text)
			}
			if h.Stream == c.stream && h.Kind == DocText && h.Statement != c.statement {
				t.Errorf("%s: got statement %q, want %q", test.query, h.Statement, c.statement)
			}
		}
		slices.Sort(kinds)
		if !slices.Equal(kinds, test.want) {
			t.Errorf("%s: got hits in %v, want %v", test.query, kinds, test.want)
		}
	}
	// A new version of a text takes the place of the old one, and a new cover
	// name that of the old.
	l.add(c.stream, claim.KindText, claim.Text{Statement: c.statement, Version: 2, Text: claim.MarkOf(c.person) + " отказался. Остальное убрано."})
	l.add(c.stream, claim.KindPerson, claim.Person{Ref: c.person, Cover: "Kestrel"})
	l.applied(v)
	for query, want := range map[string]int{"задержание": 1, "остальное": 1, "Heron1": 0, "Kestrel отказался": 1} {
		if found, err := v.Search(ctx, query, 10); err != nil || len(found.Hits) != want {
			t.Errorf("%s, after a new version: got %d hits, %v, want %d", query, len(found.Hits), err, want)
		}
	}
	if found, err := v.Search(ctx, "школа", 1); err != nil || len(found.Hits) != 1 || found.More {
		t.Errorf("one hit at most: got %d, %v", len(found.Hits), err)
	}
	if _, err := v.Search(ctx, strings.Repeat(`подвал "школа старая `, 100_000), 10); err != nil {
		t.Errorf("a very long query: %v", err)
	}
}

// However the entries come, the view is the same.
func TestRebuildGivesTheSame(t *testing.T) {
	l := newLog(t)
	var cases []told
	for n := range 12 {
		cases = append(cases, l.tell(n))
	}
	l.add(cases[3].stream, claim.KindText, claim.Text{Statement: cases[3].statement, Version: 2, Text: "Он вернулся."})
	l.add(cases[3].stream, claim.KindPerson, claim.Person{Ref: cases[3].person, Cover: "Kestrel"})
	dump := func(apply func(*View)) string {
		v, _ := openView(t)
		apply(v)
		var b bytes.Buffer
		if err := v.Dump(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	want := dump(l.applied)
	if !strings.Contains(want, "Kestrel") || strings.Count(want, "\n") < 200 {
		t.Fatalf("the dump holds too little:\n%s", want)
	}
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 1))
		got := dump(func(v *View) {
			// Streams come in any order, each from its start, in small pieces, some
			// of them twice, with numbers of another installation.
			entries := slices.Clone(l.entries)
			order := map[ledger.ID]int{}
			for i, at := range random.Perm(len(cases)) {
				order[cases[i].stream] = at
			}
			slices.SortStableFunc(entries, func(a, b ledger.Entry) int { return order[a.Stream] - order[b.Stream] })
			for i := range entries {
				entries[i].Number = int64(7 * i)
			}
			for len(entries) > 0 {
				n := min(1+random.IntN(20), len(entries))
				for range 1 + random.IntN(2) {
					if err := v.Apply(t.Context(), entries[:n], Mark{}); err != nil {
						t.Fatal(err)
					}
				}
				if random.IntN(2) == 0 {
					if err := v.Settle(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				entries = entries[n:]
			}
		})
		if got != want {
			t.Fatalf("folded in small pieces, the view differs:\n%s", difference(got, want))
		}
	}
}

func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return " got " + a[i] + "\nwant " + b[i]
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(a), len(b))
}

// No word of what a view holds is in its files, whether it is open or closed.
func TestFilesHoldNoWord(t *testing.T) {
	v, path := openView(t)
	l := newLog(t)
	for n := range 30 {
		l.tell(n)
	}
	words := []string{"Heron", "Birch", "basement", "задерж", "подвал", "Яма", "refus", "statement", "fts5", "CREATE TABLE", "SQLite format", "keeps bees"}
	sweep := func(when string) {
		t.Helper()
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) < 2 {
			t.Fatalf("files: got %v, %v", files, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range words {
				if bytes.Contains(b, []byte(w)) {
					t.Errorf("%s: %s holds %q", when, filepath.Base(file), w)
				}
			}
			for _, e := range l.entries[:40] {
				if bytes.Contains(b, e.ID[:]) || bytes.Contains(b, e.Body[:min(16, len(e.Body))]) {
					t.Errorf("%s: %s holds an entry", when, filepath.Base(file))
				}
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %s has mode %v, %v, want 0600", when, filepath.Base(file), info.Mode(), err)
			}
		}
	}
	l.applied(v)
	if err := v.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	sweep("open")
	v.Close()
	sweep("closed")
	if err := Remove(path); err != nil {
		t.Fatal(err)
	}
	if files, err := filepath.Glob(path + "*"); err != nil || len(files) != 0 {
		t.Errorf("files after Remove: got %v, %v, want none", files, err)
	}
	if err := Remove(path); err != nil {
		t.Errorf("Remove of nothing: %v", err)
	}
}

func TestWrongKeyAndFlippedByte(t *testing.T) {
	v, path := openView(t)
	l := newLog(t)
	for n := range 30 {
		l.tell(n)
	}
	l.applied(v)
	if err := v.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.Close()
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, [32]byte{1, 2, 4}); fault.KindOf(err) != fault.Damaged {
		t.Errorf("Open with another key: got %v, want Damaged", err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, sound) {
		t.Errorf("opening with another key changed the file, %v", err)
	}
	want, err := readAll(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	refused, tried := 0, 0
	for at := 100; at < len(sound); at += 8192 + 4096/7 {
		flipped := slices.Clone(sound)
		flipped[at] ^= 1
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		tried++
		switch got, err := readAll(t.Context(), path); {
		case fault.KindOf(err) == fault.Damaged && err != nil:
			refused++
		case err != nil || got != want: // a page that is not in use may change
			t.Errorf("byte %d flipped: got %v, want Damaged", at, err)
		}
	}
	if refused < tried*3/4 {
		t.Errorf("flipped bytes refused: got %d of %d", refused, tried)
	}
	if err := os.WriteFile(path, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(t.Context(), path); err != nil || got != want {
		t.Errorf("the file as it was: %v, or another dump", err)
	}
}

// readAll reads every page in use and returns the dump.
func readAll(ctx context.Context, path string) (string, error) {
	v, err := Open(path, testKey)
	if err != nil {
		return "", err
	}
	defer v.Close()
	var problem string
	if err := v.read.QueryRowContext(ctx, `pragma integrity_check(1)`).Scan(&problem); err != nil {
		return "", explain(err)
	}
	if problem != "ok" {
		return "", fault.New(fault.Damaged, "view.unreadable")
	}
	var b bytes.Buffer
	err = v.Dump(ctx, &b)
	return b.String(), err
}

// Power is lost while the log is written: its last block is cut short.
func TestTornLog(t *testing.T) {
	v, path := openView(t)
	l := newLog(t)
	c := l.tell(1)
	l.applied(v)
	torn := filepath.Join(t.TempDir(), "torn.db")
	for _, suffix := range []string{"", "-wal"} { // as they are on disk, never closed
		b, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if suffix == "-wal" {
			b = append(b, bytes.Repeat([]byte{7}, block/2+3)...)
		}
		if err := os.WriteFile(torn+suffix, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again, err := Open(torn, testKey)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got, err := again.Case(t.Context(), c.stream); err != nil || len(got) != 12 {
		t.Errorf("entries after the loss: got %d, %v, want 12", len(got), err)
	}
}
