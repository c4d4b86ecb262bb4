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

// settleAtOnce is how many streams are made anew in one transaction.
const settleAtOnce = 256

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

func (v *View) changedStreams(ctx context.Context) (streams []ledger.ID, err error) {
	query := `select stream from stream where changed = 1 order by stream limit ?1`
	for s, err := range each(ctx, v.write, query, []any{settleAtOnce}, func(rows *sql.Rows) (id ledger.ID, err error) {
		var b sql.RawBytes
		err = rows.Scan(&b)
		copy(id[:], b)
		return id, err
	}) {
		if err != nil {
			return nil, err
		}
		streams = append(streams, s)
	}
	return streams, nil
}

// settle folds streams side by side and writes one after the other.
func (v *View) settle(ctx context.Context, tx *sql.Tx, streams []ledger.ID) error {
	stop, cancel := context.WithCancel(ctx)
	todo, done := make(chan ledger.ID), make(chan folded)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	workers.Go(func() {
		defer close(todo)
		for _, s := range streams {
			select {
			case todo <- s:
			case <-stop.Done():
				return
			}
		}
	})
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for s := range todo {
				select {
				case done <- v.foldStream(ctx, s):
				case <-stop.Done():
					return
				}
			}
		})
	}
	w := newWriter(tx)
	for range streams {
		select {
		case f := <-done:
			if f.err != nil {
				return f.err
			}
			if err := w.stream(ctx, f); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
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
	err       error
}

// foldStream reads a stream as the last transaction left it. Nobody writes
// meanwhile: v.mu is held.
func (v *View) foldStream(ctx context.Context, stream ledger.ID) folded {
	f := folded{stream: stream, forms: map[ledger.ID]*claim.Forms{}}
	entries, err := v.Case(ctx, stream)
	if err != nil {
		f.err = err
		return f
	}
	followed := make(map[ledger.ID]bool, len(entries))
	byID := make(map[ledger.ID]*ledger.Entry, len(entries))
	for i := range entries {
		e := &entries[i]
		byID[e.ID] = e
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
		if item.Kind != claim.KindForms {
			continue
		}
		body, _ := claim.Decode(item.Kind, byID[item.Entry].Body)
		if forms, ok := body.(*claim.Forms); ok {
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

func (w *writer) exec(ctx context.Context, text string, args ...any) error {
	s, err := w.stmt(ctx, text)
	if err == nil {
		_, err = s.ExecContext(ctx, args...)
	}
	return err
}

func (w *writer) stream(ctx context.Context, f folded) error {
	id := f.stream[:]
	if err := w.exec(ctx, lessPlaces, id); err != nil {
		return err
	}
	for _, text := range []string{
		`delete from head where stream = ?1`, `delete from caserow where stream = ?1`, `delete from person where stream = ?1`,
		`delete from thing where stream = ?1`, `delete from forms where stream = ?1`, `delete from placed where stream = ?1`,
	} {
		if err := w.exec(ctx, text, id); err != nil {
			return err
		}
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
	if err := w.places(ctx, id, f.state); err != nil {
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
		len(s.Persons), len(s.Statements), len(s.Live()), f.contested, unread(s), waiting(s), s.Opened().UnixMilli(), review.String(), until.String(), f.time, f.last.Number)
}

// unread returns how many statements of a case have no working text yet.
func unread(s *claim.State) (n int) {
	for _, t := range s.Statements {
		if t.Newest().Version == 0 {
			n++
		}
	}
	return n
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
	s, err := w.stmt(ctx, `select doc, kind, at, ref, text from doc where stream = ?1`)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(ctx, f.stream[:])
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
