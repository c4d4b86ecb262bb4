package habeas

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// A Reading is a statement on the reading desk.
type Reading struct {
	Statement claim.Statement
	Settled   bool
	Version   int     // of the working text, once settled
	Pieces    []Piece // sentence by sentence, in order
	Suspects  int     // how many words still look like names
	Links     int     // how many names were linked
}

// A Piece is a sentence. Its positions are bytes of the original's text until it
// is settled, and bytes of the working text afterwards.
type Piece struct {
	N          int // from 1
	Start, End int
	Para       bool // it starts a paragraph
	Runs       []Run
}

// A Run is a stretch of a sentence: plain words, words that look like a name, or
// a person.
type Run struct {
	Start, End int
	Text       string
	Person     claim.Ref // Text is the cover name, or the words themselves while names are shown
	Suspect    bool
	Why        string      // what made it suspect: a term of the catalogue
	Meant      []claim.Ref // who of the case a suspect may be, see meant
}

// working is a statement that is being read, with what the vault holds of it.
type working struct {
	keys     caseKeys
	state    *claim.State
	telling  claim.Telling
	original vault.Original
	reading  vault.Reading
	key      ledger.Key // of the vault side
	index    *gate.Index
	cover    func(claim.Ref) string
	public   func(words string) bool // somebody said they are the name of a public figure
	shown    bool                    // names are shown
	hits     []Hint                  // who of those protected stands in the text; see suspects
}

// Reading returns a statement for the reading desk. One that is not settled is
// there only for those who hold the vault.
func (d *Desk) Reading(ctx context.Context, by Actor, id CaseID, st claim.Ref) (*Reading, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	k, state, t, err := d.statement(ctx, by, id, st)
	if err != nil {
		return nil, err
	}
	if text := t.Newest(); text.Version > 0 {
		words := map[claim.Ref][]string{}
		if k.vault != nil && d.revealed(by, id) {
			if words, err = d.wordsOf(ctx, k, t); err != nil {
				return nil, err
			}
		}
		return settledReading(t, text, state, words), nil
	}
	if k.vault == nil {
		return nil, fault.New(fault.NotFound, "desk.not_read_yet")
	}
	w, err := d.working(ctx, k, state, t)
	if err != nil {
		return nil, err
	}
	w.shown = d.revealed(by, id)
	return w.page(), nil
}

func (d *Desk) statement(ctx context.Context, by Actor, id CaseID, st claim.Ref) (caseKeys, *claim.State, claim.Telling, error) {
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return k, nil, claim.Telling{}, err
	}
	state, err := d.state(ctx, by, k)
	if err != nil {
		return k, nil, claim.Telling{}, err
	}
	t, ok := state.Statement(st)
	if !ok {
		return k, nil, claim.Telling{}, fault.New(fault.NotFound, "statement.none")
	}
	return k, state, t, nil
}

// working opens the vault side of a statement.
func (d *Desk) working(ctx context.Context, k caseKeys, state *claim.State, t claim.Telling) (*working, error) {
	w := &working{keys: k, state: state, telling: t, cover: state.Cover}
	keys, err := d.sourceKeys(ctx, k.vault, t.VaultKey)
	if err != nil {
		return nil, err
	}
	w.key = keys[0]
	if w.index, err = d.gateIndex(ctx, k.circle); err != nil {
		return nil, err
	}
	if w.public, err = d.publicIn(ctx, k); err != nil {
		return nil, err
	}
	found := false
	err = d.eachSealed(ctx, k.id, keys, func(e ledger.Entry) (err error) {
		switch e.Kind {
		case vault.KindOriginal:
			found = true
			w.original, err = vault.ReadOriginal(e)
		case vault.KindReading:
			w.reading, err = vault.ReadReading(e)
		}
		return err
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "statement.no_original")
	}
	// A reading may have been written by somebody who means harm.
	plain := w.original.Plain.Reveal()
	w.reading.Links = slices.DeleteFunc(w.reading.Links, func(l vault.Link) bool { return !fits(plain, l.Start, l.End) })
	w.reading.Dismissed = slices.DeleteFunc(w.reading.Dismissed, func(s vault.Span) bool { return !fits(plain, s.Start, s.End) })
	return w, err
}

// eachSealed opens, in order, the entries of a stream that are sealed under one
// of the keys given.
func (d *Desk) eachSealed(ctx context.Context, stream ledger.ID, keys []ledger.Key, do func(ledger.Entry) error) error {
	for n, err := range d.db.ByStream(ctx, stream, -1) {
		if err != nil {
			return err
		}
		i := slices.IndexFunc(keys, func(k ledger.Key) bool { return k.ID == n.Record.Key })
		if n.Pruned || i < 0 || n.Record.Mode != ledger.ModeSealed {
			continue
		}
		o, err := ledger.Open(n.Record, keys[i])
		if err != nil {
			return err
		}
		e, err := d.verify(o)
		if err != nil {
			return err
		}
		e.Number = n.Number
		if err := do(e); err != nil {
			return err
		}
	}
	return nil
}

// page lays the text out sentence by sentence.
func (w *working) page() *Reading {
	plain := w.original.Plain.Reveal()
	marks := w.marks()
	r := &Reading{Statement: w.telling.Statement, Links: len(w.reading.Links)}
	for _, m := range marks {
		if m.person == "" {
			r.Suspects++
		}
	}
	prev, shown := 0, 0
	for i, s := range claim.Sentences(plain) {
		p := Piece{N: i + 1, Start: s.Start, End: s.End, Para: i == 0 || strings.Contains(plain[prev:s.Start], "\n\n")}
		prev = s.End
		at := max(s.Start, shown)
		for _, m := range marks {
			if m.start < at || m.start >= s.End {
				continue
			}
			p.Runs = appendRun(p.Runs, Run{Start: at, End: m.start, Text: plain[at:m.start]})
			run := Run{Start: m.start, End: m.end, Text: plain[m.start:m.end], Person: m.person, Suspect: m.person == "", Why: m.why}
			if m.person != "" {
				run.Text = w.cover(m.person)
			} else {
				run.Meant = w.meant(vault.Span{Start: m.start, End: m.end})
			}
			p.Runs = append(p.Runs, run)
			at = m.end
		}
		shown = at // a link may reach into the next sentence
		p.Runs = appendRun(p.Runs, Run{Start: at, End: s.End, Text: plain[min(at, s.End):s.End]})
		r.Pieces = append(r.Pieces, p)
	}
	return r
}

func appendRun(runs []Run, r Run) []Run {
	if r.Start >= r.End {
		return runs
	}
	return append(runs, r)
}

// settledReading lays a working text out. words are the real words behind each
// person's marks, in order, if names are shown.
func settledReading(t claim.Telling, text claim.Text, state *claim.State, words map[claim.Ref][]string) *Reading {
	r := &Reading{Statement: t.Statement, Settled: true, Version: text.Version}
	marks := claim.Marks(text.Text)
	r.Links = len(marks)
	next := 0
	prev := 0
	for i, s := range claim.Sentences(text.Text) {
		p := Piece{N: i + 1, Start: s.Start, End: s.End, Para: i == 0 || strings.Contains(text.Text[prev:s.Start], "\n\n")}
		prev = s.End
		at := s.Start
		for ; next < len(marks) && marks[next].End <= s.End; next++ {
			m := marks[next]
			p.Runs = appendRun(p.Runs, Run{Start: at, End: m.Start, Text: text.Text[at:max(at, m.Start)]})
			shown := state.Cover(m.Person)
			if own := words[m.Person]; len(own) > 0 {
				shown, words[m.Person] = own[0], own[1:]
			}
			p.Runs = append(p.Runs, Run{Start: m.Start, End: m.End, Text: shown, Person: m.Person})
			at = m.End
		}
		p.Runs = appendRun(p.Runs, Run{Start: at, End: s.End, Text: text.Text[at:s.End]})
		r.Pieces = append(r.Pieces, p)
	}
	return r
}

// wordsOf returns the real words that stand in the original for each person, in
// the order of the text.
func (d *Desk) wordsOf(ctx context.Context, k caseKeys, t claim.Telling) (map[claim.Ref][]string, error) {
	w, err := d.working(ctx, k, &claim.State{}, t)
	if err != nil {
		return nil, err
	}
	words := map[claim.Ref][]string{}
	plain := w.original.Plain.Reveal()
	for _, l := range sortedLinks(w.reading.Links) {
		words[l.Person] = append(words[l.Person], plain[l.Start:l.End])
	}
	return words, nil
}

func sortedLinks(links []vault.Link) []vault.Link {
	links = slices.Clone(links)
	slices.SortFunc(links, func(a, b vault.Link) int { return a.Start - b.Start })
	return links
}

// unsettled opens a statement that is still being read, for who holds its vault.
func (d *Desk) unsettled(ctx context.Context, by Actor, id CaseID, st claim.Ref) (*working, error) {
	k, state, t, err := d.statement(ctx, by, id, st)
	if err != nil {
		return nil, err
	}
	if k.vault == nil {
		return nil, fault.New(fault.NotFound, "desk.not_read_yet")
	}
	if t.Newest().Version > 0 {
		return nil, fault.New(fault.Conflict, "desk.settled")
	}
	return d.working(ctx, k, state, t)
}

// edit changes the reading of a statement that is not settled yet.
func (d *Desk) edit(ctx context.Context, by Actor, id CaseID, st claim.Ref, change func(*working) error) error {
	w, err := d.unsettled(ctx, by, id, st)
	if err != nil {
		return err
	}
	if err := change(w); err != nil {
		return err
	}
	return d.saveReading(ctx, by, w)
}

func (d *Desk) saveReading(ctx context.Context, by Actor, w *working, more ...draft) error {
	w.reading.Statement = w.telling.Ref
	body, err := w.reading.Body()
	if err != nil {
		return err
	}
	drafts := append([]draft{{vault.KindReading, body, w.key}}, more...)
	_, err = d.write(ctx, by, w.keys.circle, w.keys.id, drafts...)
	return err
}

// Link says that the words at sp name a person; with everywhere, so do the same
// words wherever else they stand in the text.
func (d *Desk) Link(ctx context.Context, by Actor, id CaseID, st claim.Ref, sp vault.Span, person claim.Ref, everywhere bool) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	return d.edit(ctx, by, id, st, func(w *working) error {
		if _, ok := w.state.Persons[person]; !ok {
			return fault.New(fault.Invalid, "person.none", fault.Field("person"))
		}
		return w.link(sp, person, everywhere)
	})
}

// link adds links for sp, and for its words everywhere.
func (w *working) link(sp vault.Span, person claim.Ref, everywhere bool) error {
	spans, err := w.same(sp, everywhere)
	if err != nil {
		return err
	}
	for _, s := range spans {
		over := func(l vault.Link) bool { return s.Start < l.End && l.Start < s.End }
		if s == sp {
			w.reading.Links = slices.DeleteFunc(w.reading.Links, over)
		} else if slices.ContainsFunc(w.reading.Links, over) {
			continue // part of what was linked already
		}
		w.reading.Links = append(w.reading.Links, vault.Link{Start: s.Start, End: s.End, Person: person})
	}
	return nil
}

// same returns sp, and with everywhere all other places where the same words
// stand as words of their own.
func (w *working) same(sp vault.Span, everywhere bool) ([]vault.Span, error) {
	plain := w.original.Plain.Reveal()
	if !fits(plain, sp.Start, sp.End) {
		return nil, fault.New(fault.Invalid, "desk.bad_span")
	}
	if !everywhere {
		return []vault.Span{sp}, nil
	}
	words := plain[sp.Start:sp.End]
	var spans []vault.Span
	for at := 0; ; {
		i := strings.Index(plain[at:], words)
		if i < 0 {
			return spans, nil
		}
		s := vault.Span{Start: at + i, End: at + i + len(words)}
		if s.Start == sp.Start || wordEdge(plain, s.Start) && wordEdge(plain, s.End) {
			spans = append(spans, s)
		}
		at = s.End
	}
}

// LinkNew is Link for a person who is not in the case yet.
func (d *Desk) LinkNew(ctx context.Context, by Actor, id CaseID, st claim.Ref, sp vault.Span, p NewPerson, everywhere bool) (claim.Ref, error) {
	if err := d.may(by, record); err != nil {
		return "", err
	}
	person, err := d.addPerson(ctx, by, id, p, st)
	if err != nil {
		return "", err
	}
	return person, d.Link(ctx, by, id, st, sp, person, everywhere)
}

// Unlink takes the link at sp back.
func (d *Desk) Unlink(ctx context.Context, by Actor, id CaseID, st claim.Ref, sp vault.Span) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	return d.edit(ctx, by, id, st, func(w *working) error {
		w.reading.Links = slices.DeleteFunc(w.reading.Links, func(l vault.Link) bool { return l.Start == sp.Start && l.End == sp.End })
		return nil
	})
}

// Dismiss says that the words at sp, and with everywhere the same words and their
// other forms elsewhere, name nobody who needs protection.
func (d *Desk) Dismiss(ctx context.Context, by Actor, id CaseID, st claim.Ref, sp vault.Span, everywhere bool) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	return d.edit(ctx, by, id, st, func(w *working) error { return w.dismiss(sp, everywhere) })
}

// fits reports whether start and end are a stretch of whole characters of text.
func fits(text string, start, end int) bool {
	return 0 <= start && start < end && end <= len(text) && boundary(text, start) && boundary(text, end)
}

// boundary reports whether at is between two characters of text.
func boundary(text string, at int) bool { return at == len(text) || utf8.RuneStart(text[at]) }

// wordEdge reports whether a word begins or ends at a place in text.
func wordEdge(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	return !(unicode.IsLetter(before) && unicode.IsLetter(after))
}
