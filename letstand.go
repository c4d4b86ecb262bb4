package habeas

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// kindLet is the entry that keeps what members said of words that look like a
// name, on the body side of a case. It holds no word: see [letStand].
const kindLet = "let-stand"

// letStand is the body of a kindLet entry. A mark is made of the words under the
// gate key of the circle, so that words which turn out to be somebody's name
// after all stand nowhere, and who does not hold the circle can't try names.
type letStand struct {
	Circle ledger.ID `json:"circle"`
	Marks  [][]byte  `json:"marks"`
}

// A mark tells words that may stand, in all their forms.
type letMark [16]byte

// Where a decision holds: that words are nobody's name, in the free text of a
// case; that they are a public figure's, in its statements too.
const (
	inFields  = "fields"
	inAllCase = "case"
)

func markOf(key [32]byte, where, words string) (m letMark) {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("habeas let 1\n" + where + "\n" + gate.SuspectKey(words)))
	copy(m[:], h.Sum(nil))
	return m
}

// Said is what somebody said of words that look like a name.
type Said struct {
	Words  string
	Public bool // they are the name of a public figure; otherwise of nobody
}

// Saying returns a as one who has said this of words in the form they are sending.
// A name that the circle protects is refused all the same.
func (a Actor) Saying(said ...Said) Actor {
	a.said = map[string]bool{}
	for _, s := range said[:min(len(said), mostReplaced)] {
		a.said[gate.SuspectKey(s.Words)] = true
	}
	return a
}

// LetStand keeps what by says of words in the free text of a case, so that nobody
// is asked about them there again, in any of their forms. It returns by as one who
// has said so, and who knows what was said before and the case's cover names.
func (d *Desk) LetStand(ctx context.Context, by Actor, id CaseID, said ...Said) (Actor, error) {
	if err := d.may(by, read); err != nil {
		return by, err
	}
	if len(said) > 0 && !allowed(by.roles, record) && !allowed(by.roles, compose) {
		return by, fault.New(fault.Forbidden, "may.not")
	}
	k, err := d.caseKeys(ctx, by, id)
	if err != nil {
		return by, err
	}
	key, err := d.gateKey(ctx, k.circle)
	if err != nil {
		return by, err
	}
	if by.lets, by.covers, err = d.letIn(ctx, k); err != nil {
		return by, err
	}
	by = by.Saying(said...)
	let := letStand{Circle: k.circle.id}
	for _, s := range said[:min(len(said), mostReplaced)] {
		where := inFields
		if s.Public {
			where = inAllCase
		}
		if m := markOf(key, where, s.Words); !by.lets[m] && gate.SuspectKey(s.Words) != "" {
			by.lets[m] = true
			let.Marks = append(let.Marks, m[:])
		}
	}
	if len(let.Marks) == 0 {
		return by, nil
	}
	_, err = d.write(ctx, by, k.circle, id, draft{kindLet, let, k.body.Key()})
	return by, err
}

// letIn returns what may stand in the free text of a case, and its cover names.
func (d *Desk) letIn(ctx context.Context, k caseKeys) (map[letMark]bool, map[string]bool, error) {
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return nil, nil, err
	}
	entries, err := cv.view.OfKind(ctx, k.id, kindLet)
	if err != nil {
		return nil, nil, err
	}
	lets, covers := map[letMark]bool{}, map[string]bool{}
	for _, e := range entries {
		var let letStand
		if json.Unmarshal(e.Body, &let) != nil || let.Circle != k.circle.id || !d.might(e.Author, record) && !d.might(e.Author, compose) {
			continue
		}
		for _, b := range let.Marks {
			var m letMark
			if len(b) == len(m) {
				copy(m[:], b)
				lets[m] = true
			}
		}
	}
	persons, err := cv.view.Persons(ctx, k.id)
	for _, p := range persons {
		if p.Count < 2 {
			covers[p.Cover] = true
		}
	}
	return lets, covers, err
}

// publicIn returns what reports whether somebody said of words that they are a
// public figure's name in a case.
func (d *Desk) publicIn(ctx context.Context, k caseKeys) (func(string) bool, error) {
	lets, _, err := d.letIn(ctx, k)
	if err != nil {
		return nil, err
	}
	key, err := d.gateKey(ctx, k.circle)
	return func(words string) bool { return lets[markOf(key, inAllCase, words)] }, err
}

// cover reports whether a word is a cover name of the case that a writes into.
func (a Actor) cover(word string) bool { return a.covers[word] }

// stands reports whether somebody said of words that they may stand.
func (a Actor) stands(key [32]byte, words string) bool {
	return a.said[gate.SuspectKey(words)] || a.lets[markOf(key, inFields, words)] || a.lets[markOf(key, inAllCase, words)]
}

// looksLikeNames returns the words of a field that look like the name of anybody,
// less the cover names of its case and what somebody said may stand.
func (d *Desk) looksLikeNames(ctx context.Context, by Actor, c circleKeys, field string) ([]gate.Span, error) {
	spans := gate.Suspects(field, by.cover)
	if len(spans) > 0 && opens(field, spans[0]) {
		spans = spans[1:]
	}
	if len(spans) == 0 || by.sure {
		return nil, nil
	}
	if len(by.said) == 0 && len(by.lets) == 0 {
		return spans, nil
	}
	key, err := d.gateKey(ctx, c)
	return slices.DeleteFunc(spans, func(s gate.Span) bool { return by.stands(key, field[s.Start:s.End]) }), err
}

// MarkedWords is what somebody said of words of a statement before it was read.
type MarkedWords struct {
	Words  string
	Person claim.Ref // who they name; empty if nobody who needs protection
	Public bool      // because it is a public figure
}

// Mark says of words wherever they stand in a statement whom they name, or that
// they name nobody. Words that do not stand in it are passed by.
func (d *Desk) Mark(ctx context.Context, by Actor, id CaseID, st claim.Ref, marked ...MarkedWords) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	if len(marked) == 0 {
		return nil
	}
	var public []Said
	err := d.edit(ctx, by, id, st, func(w *working) error {
		for _, m := range marked[:min(len(marked), mostReplaced)] {
			sp, ok := w.first(m.Words)
			if !ok {
				continue
			}
			if m.Person == "" {
				if err := w.dismiss(sp, true); err != nil {
					return err
				}
				if m.Public {
					public = append(public, Said{m.Words, true})
				}
				continue
			}
			if _, ok := w.state.Persons[m.Person]; !ok {
				return fault.New(fault.Invalid, "person.none", fault.Field("person"))
			}
			if err := w.link(sp, m.Person, true); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(public) == 0 {
		return err
	}
	_, err = d.LetStand(ctx, by, id, public...)
	return err
}

// first returns where words first stand in a statement, as words of their own.
func (w *working) first(words string) (vault.Span, bool) {
	plain := w.original.Plain.Reveal()
	for at := 0; words != ""; {
		i := strings.Index(plain[at:], words)
		if i < 0 {
			break
		}
		s := vault.Span{Start: at + i, End: at + i + len(words)}
		if fits(plain, s.Start, s.End) && wordEdge(plain, s.Start) && wordEdge(plain, s.End) {
			return s, true
		}
		at = s.End
	}
	return vault.Span{}, false
}

// dismiss says that the words at sp name nobody who needs protection; with
// everywhere, so do the same words elsewhere, and their other forms where they
// only look like a name.
func (w *working) dismiss(sp vault.Span, everywhere bool) error {
	spans, err := w.same(sp, everywhere)
	if err != nil {
		return err
	}
	if everywhere {
		plain := w.original.Plain.Reveal()
		key := gate.SuspectKey(plain[sp.Start:sp.End])
		for _, s := range w.suspects() {
			if s.Why != "known" && key != "" && gate.SuspectKey(plain[s.Start:s.End]) == key {
				spans = append(spans, vault.Span{Start: s.Start, End: s.End})
			}
		}
	}
	for _, s := range spans {
		if !slices.Contains(w.reading.Dismissed, s) {
			w.reading.Dismissed = append(w.reading.Dismissed, s)
		}
	}
	return nil
}

// DismissPublic is [Desk.Dismiss] for the name of a public figure: nobody is asked
// about it again in any statement of the case.
func (d *Desk) DismissPublic(ctx context.Context, by Actor, id CaseID, st claim.Ref, sp vault.Span) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	var said Said
	err := d.edit(ctx, by, id, st, func(w *working) error {
		if err := w.dismiss(sp, true); err != nil {
			return err
		}
		said = Said{w.original.Plain.Reveal()[sp.Start:sp.End], true}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = d.LetStand(ctx, by, id, said)
	return err
}

// meant returns who of the case the words at sp may mean: who is linked to the
// same words already, and while names are shown whoever bears them.
func (w *working) meant(sp vault.Span) (who []claim.Ref) {
	plain := w.original.Plain.Reveal()
	add := func(ref claim.Ref) {
		if _, ok := w.state.Persons[ref]; ok && !slices.Contains(who, ref) {
			who = append(who, ref)
		}
	}
	key := gate.SuspectKey(plain[sp.Start:sp.End])
	for _, l := range w.reading.Links {
		if gate.SuspectKey(plain[l.Start:l.End]) == key {
			add(l.Person)
		}
	}
	for _, h := range w.hits {
		if w.shown && h.Start < sp.End && sp.Start < h.End {
			for _, ref := range h.Persons {
				add(ref)
			}
		}
	}
	return who
}
