package view

import (
	"context"
	"database/sql"
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"sync"

	"habeas/claim"
	"habeas/ledger"
)

// How many streams are made anew in one transaction, and how many of a view that is
// built: nothing is lost there with a transaction, and its pages are written less often.
const (
	settleAtOnce = 256
	buildAtOnce  = 4096
)

// Settle makes anew what is kept about each stream that has changed: its row in
// the list, persons, places, form hashes and what can be searched. All reads
// that need it call it themselves; who folds a large log calls it to have the
// work done at once.
func (v *View) Settle(ctx context.Context) error {
	if !v.changed.Load() {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for {
		streams, err := v.changedStreams(ctx)
		if err != nil {
			return err
		}
		if len(streams) == 0 {
			v.changed.Store(false)
			return nil
		}
		if err := v.inTx(ctx, func(tx *sql.Tx) error { return v.settle(ctx, tx, streams) }); err != nil {
			return err
		}
	}
}

// A changing stream has changed since it was settled, or was never settled.
type changing struct {
	id  ledger.ID
	new bool // nothing is kept about it
}

func (v *View) changedStreams(ctx context.Context) (streams []changing, err error) {
	const query = `select stream, changed = 2 from stream where changed > 0 order by stream limit ?1`
	most := settleAtOnce
	if v.path != "" {
		most = buildAtOnce
	}
	for s, err := range each(ctx, v.write, query, []any{most}, func(rows *sql.Rows) (c changing, err error) {
		var b sql.RawBytes
		err = rows.Scan(&b, &c.new)
		copy(c.id[:], b)
		return c, err
	}) {
		if err != nil {
			return nil, err
		}
		streams = append(streams, s)
	}
	return streams, nil
}

// A reading is a stream on its way to be folded.
type reading struct {
	changing
	entries []ledger.Entry
}

// settle folds streams side by side, while one after the other is read and written: in
// the order of their IDs, in which the tables have them, so that pages fill one by one.
func (v *View) settle(ctx context.Context, tx *sql.Tx, streams []changing) error {
	const ahead = 64 // streams that were read and are not written
	todo, done := make(chan reading, ahead), make(chan folded, ahead)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(todo)
	for range min(runtime.GOMAXPROCS(0), len(streams)) {
		workers.Go(func() {
			for r := range todo {
				done <- foldStream(r)
			}
		})
	}
	w := newWriter(tx)
	for read, written := 0, 0; written < len(streams); {
		for ; read < len(streams) && read < written+ahead; read++ {
			entries, err := all(entriesOf(ctx, w, selectCase, streams[read].id[:]))
			if err != nil {
				return err
			}
			todo <- reading{streams[read], entries}
		}
		if err := w.stream(ctx, <-done); err != nil {
			return err
		}
		written++
	}
	return nil
}

// folded is everything kept about one stream.
type folded struct {
	stream    ledger.ID
	state     *claim.State
	heads     []ledger.ID
	forms     map[ledger.ID]*claim.Forms // by entry
	docs      map[docKey]doc
	contested int
	last      ledger.Entry // the newest by number, without its body
	time      int64        // of the newest by time
	new       bool         // nothing is kept about it
}

// foldStream folds a stream.
func foldStream(r reading) folded {
	f := folded{stream: r.id, new: r.new, forms: map[ledger.ID]*claim.Forms{}}
	entries := r.entries
	followed := make(map[ledger.ID]bool, len(entries))
	for i := range entries {
		e := &entries[i]
		for _, id := range e.After {
			followed[id] = true
		}
		f.time = max(f.time, e.Time.UnixMilli())
		f.last = *e
	}
	for i := range entries {
		if id := entries[i].ID; !followed[id] {
			f.heads = append(f.heads, id)
		}
	}
	f.state = claim.Fold(entries)
	f.heads = f.openHeads()
	for _, item := range f.state.History {
		if forms := f.state.FormsIn(item.Entry); forms != nil {
			f.forms[item.Entry] = forms
		}
	}
	f.docs = docsOf(f.state)
	f.contested = contested(f.state)
	return f
}

// openHeads returns the heads without those that only an erased entry followed.
func (f *folded) openHeads() []ledger.ID {
	followed := map[ledger.ID]bool{}
	for _, e := range f.state.Erasures {
		for _, g := range e.Gone {
			for _, id := range g.After {
				followed[id] = true
			}
		}
	}
	return slices.DeleteFunc(f.heads, func(id ledger.ID) bool { return followed[id] })
}

// writer writes what was folded. Its statements live as long as the
// transaction.
type writer struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
}

func newWriter(tx *sql.Tx) *writer { return &writer{tx, map[string]*sql.Stmt{}} }

func (w *writer) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := w.prepared[text]; s != nil {
		return s, nil
	}
	s, err := w.tx.PrepareContext(ctx, text)
	w.prepared[text] = s
	return s, err
}

// QueryContext makes a writer a querier.
func (w *writer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := w.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (w *writer) exec(ctx context.Context, text string, args ...any) error {
	s, err := w.stmt(ctx, text)
	if err == nil {
		_, err = s.ExecContext(ctx, args...)
	}
	return err
}

func (w *writer) stream(ctx context.Context, f folded) error {
	id := f.stream[:]
	if err := w.forget(ctx, f); err != nil {
		return err
	}
	for _, head := range f.heads {
		if err := w.exec(ctx, `insert into head (stream, id) values (?1, ?2)`, id, head[:]); err != nil {
			return err
		}
	}
	for entry, forms := range f.forms {
		if err := w.exec(ctx, `insert into forms (stream, entry, person, circle, detail, hashes) values (?1, ?2, ?3, ?4, ?5, ?6)`,
			id, entry[:], string(forms.Person), forms.Circle[:], forms.Detail[:], notNil(forms.Hashes)); err != nil {
			return err
		}
	}
	if err := w.records(ctx, id, f.state); err != nil {
		return err
	}
	if err := w.places(ctx, id, f.state, f.time); err != nil {
		return err
	}
	if err := w.caseRow(ctx, f); err != nil {
		return err
	}
	if err := w.docs(ctx, f); err != nil {
		return err
	}
	return w.exec(ctx, `update stream set changed = 0 where stream = ?1`, id)
}

// forget deletes what was kept about a stream, but for its texts.
func (w *writer) forget(ctx context.Context, f folded) error {
	if f.new {
		return nil
	}
	for _, text := range []string{
		lessPlaces, `delete from head where stream = ?1`, `delete from caserow where stream = ?1`, `delete from person where stream = ?1`,
		`delete from thing where stream = ?1`, `delete from forms where stream = ?1`, `delete from unread where stream = ?1`, `delete from placed where stream = ?1`,
	} {
		if err := w.exec(ctx, text, f.stream[:]); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) records(ctx context.Context, stream []byte, s *claim.State) error {
	for ref, p := range s.Persons {
		if err := w.record(ctx, `insert into person (stream, ref, cover, body) values (?1, ?2, ?3, ?4)`, stream, ref, p.Cover, p); err != nil {
			return err
		}
	}
	const thing = `insert into thing (stream, ref, label, body) values (?1, ?2, ?3, ?4)`
	for ref, p := range s.Places {
		if err := w.record(ctx, thing, stream, ref, p.Label, p); err != nil {
			return err
		}
	}
	for ref, u := range s.Units {
		if err := w.record(ctx, thing, stream, ref, u.Label, u); err != nil {
			return err
		}
	}
	for at, t := range unread(s) {
		b, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if err := w.exec(ctx, `insert into unread (stream, at, body) values (?1, ?2, ?3)`, stream, at, b); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) record(ctx context.Context, text string, stream []byte, ref claim.Ref, label string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return w.exec(ctx, text, stream, string(ref), label, b)
}

// caseRow writes the row of a stream that is a case.
func (w *writer) caseRow(ctx context.Context, f folded) error {
	s := f.state
	if s.CaseEntry.IsZero() {
		return nil
	}
	review, until := s.Kept()
	return w.exec(ctx, `insert into caserow (stream, title, about, affected, cover, persons, statements, claims, contested, unread, waiting, opened, review, until, time, last) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)`,
		f.stream[:], s.Case.Title, s.Case.About, string(s.Case.Affected), s.Persons[s.Case.Affected].Cover,
		len(s.Persons), len(s.Statements), len(s.Live()), f.contested, len(unread(s)), waiting(s), s.Opened().UnixMilli(), review.String(), until.String(), f.time, f.last.Number)
}

// unread returns the statements of a case that have no working text yet.
func unread(s *claim.State) (out []claim.Statement) {
	for _, t := range s.Statements {
		if t.Newest().Version == 0 {
			out = append(out, t.Statement)
		}
	}
	return out
}

// waiting returns how many dossiers of a case were proposed, and neither refused
// nor released.
func waiting(s *claim.State) int {
	open := map[claim.Ref]bool{}
	for _, a := range s.Acts {
		switch a.What {
		case claim.Proposed:
			open[a.Dossier] = true
		case claim.Released, claim.Refused:
			delete(open, a.Dossier)
		}
	}
	for _, e := range s.Erasures {
		for _, d := range e.Dossiers {
			delete(open, d)
		}
	}
	return len(open)
}

// contested returns how many findings of a case are contested.
func contested(s *claim.State) (n int) {
	for _, f := range s.Findings() {
		if f.Contested {
			n++
		}
	}
	return n
}

// A docKey names one text that can be searched: what kind it is and what it is
// of.
type docKey struct{ kind, at string }

type doc struct {
	ref  claim.Ref // what a hit leads to
	text string
}

// Kinds of text that can be searched.
const (
	DocCase   = "case"   // the title of a case
	DocText   = "text"   // the working text of a statement, newest version
	DocTitle  = "title"  // the title of a statement
	DocPerson = "person" // cover name and note
	DocSource = "source" // label of a source
	DocPlace  = "place"  // label, region and aliases
	DocUnit   = "unit"   // label of a unit
	DocClaim  = "claim"  // words of a claim that counts
)

// docsOf returns what can be searched in a stream. Marks are replaced by the
// cover names that this stream gives.
func docsOf(s *claim.State) map[docKey]doc {
	docs := map[docKey]doc{}
	add := func(kind, at string, ref claim.Ref, text ...string) {
		if joined := strings.TrimSpace(strings.Join(text, "\n")); joined != "" {
			docs[docKey{kind, at}] = doc{ref, joined}
		}
	}
	cover := func(ref claim.Ref) string { return s.Persons[ref].Cover }
	add(DocCase, "", "", s.Case.Title)
	for ref, p := range s.Persons {
		add(DocPerson, string(ref), ref, p.Cover, p.Note)
	}
	for ref, src := range s.Sources {
		add(DocSource, string(ref), ref, src.Label)
	}
	for ref, p := range s.Places {
		add(DocPlace, string(ref), ref, p.Label, p.District, p.Region, strings.Join(p.Aliases, "\n"))
	}
	for ref, u := range s.Units {
		add(DocUnit, string(ref), ref, u.Label)
	}
	for _, t := range s.Statements {
		add(DocTitle, string(t.Ref), t.Ref, t.Title)
		add(DocText, string(t.Ref), t.Ref, claim.Render(t.Newest().Text, cover))
	}
	for _, c := range s.Live() {
		add(DocClaim, c.Entry.String(), c.Statement, c.Value.Text)
	}
	return docs
}

// docs brings the searchable texts of a stream up to date, and leaves alone what
// has not changed: indexing is the dearest part.
func (w *writer) docs(ctx context.Context, f folded) error {
	if f.new {
		return w.newDocs(ctx, f)
	}
	rows, err := w.QueryContext(ctx, `select doc, kind, at, ref, text from doc where stream = ?1`, f.stream[:])
	if err != nil {
		return err
	}
	defer rows.Close()
	var gone []int64
	for rows.Next() {
		var n int64
		var key docKey
		var old doc
		if err := rows.Scan(&n, &key.kind, &key.at, &old.ref, &old.text); err != nil {
			return err
		}
		if f.docs[key] == old {
			delete(f.docs, key)
		} else {
			gone = append(gone, n)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, n := range gone {
		if err := w.exec(ctx, `delete from search where rowid = ?1`, n); err != nil {
			return err
		}
		if err := w.exec(ctx, `delete from doc where doc = ?1`, n); err != nil {
			return err
		}
	}
	return w.newDocs(ctx, f)
}

// newDocs writes texts that are new. The index gathers what it is given in memory
// and writes it when a statement needs to be able to roll back; so its rows come
// together, after those that may do so.
func (w *writer) newDocs(ctx context.Context, f folded) error {
	const (
		insertDoc    = `insert into doc (stream, kind, at, ref, text) values (?1, ?2, ?3, ?4, ?5)`
		insertSearch = `insert into search (rowid, text) values (?1, ?2)`
	)
	s, err := w.stmt(ctx, insertDoc)
	if err != nil {
		return err
	}
	texts := make(map[int64]string, len(f.docs))
	for key, d := range f.docs {
		added, err := s.ExecContext(ctx, f.stream[:], key.kind, key.at, string(d.ref), d.text)
		if err != nil {
			return err
		}
		n, err := added.LastInsertId()
		if err != nil {
			return err
		}
		texts[n] = d.text
	}
	for n, text := range texts {
		if err := w.exec(ctx, insertSearch, n, text); err != nil {
			return err
		}
	}
	return nil
}
