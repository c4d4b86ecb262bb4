package habeas

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"habeas/claim"
	"habeas/dossier"
	"habeas/internal/view"
	"habeas/ledger"
)

// A hostile writes entries that no honest program writes: of every kind, with
// what does not belong there, that claim to have seen each other in circles.
type hostile struct {
	*rand.Rand
	ids  []ledger.ID
	refs []claim.Ref
}

func newHostile(seed uint64) *hostile {
	h := &hostile{Rand: rand.New(rand.NewPCG(seed, 1))}
	for range 24 {
		h.ids = append(h.ids, ledger.NewID())
	}
	for _, kind := range []byte("pelustd") {
		for range 4 {
			h.refs = append(h.refs, claim.NewRef(kind))
		}
	}
	return h
}

func pick[T any](h *hostile, from ...T) T { return from[h.IntN(len(from))] }

func (h *hostile) id() ledger.ID { return pick(h, append(h.ids, ledger.ID{})...) }

// ref returns a reference, mostly of a kind that fits.
func (h *hostile) ref(kinds string) claim.Ref {
	for range 30 {
		r := pick(h, h.refs...)
		if kinds == "" || r.Kind() == kinds[h.IntN(len(kinds))] {
			return r
		}
	}
	return ""
}

func (h *hostile) number() int {
	return pick(h, 0, 1, 2, -1, 5, 40, math.MaxInt, math.MinInt, math.MaxInt32)
}

func (h *hostile) term() string {
	v := pick(h, claim.Vocabularies()...)
	return pick(h, claim.Terms(v)...).Key
}

func (h *hostile) date() string {
	return pick(h, "", "2022", "2022-07-11", "2022-11~", "../2022", "2022/..", "/2022", "2022/", "Y170000002", "Y-170000002", "-0001",
		"20XX", "2022-13-45", "2024-02-30", "9999-12-31/..", "2022-21", "junk", "2022-07/2021-01", "Y99999999999999999999")
}

func (h *hostile) text() string {
	return pick(h, "", "He ⟦p:", "⟦"+string(h.ref("p"))+"⟧ said. No.", "a\x00b", "\u202e\u2066", "⟧⟦", "A. B. C.\n\n\n", "\xff\xfe", "<b>&amp;", "ﷺ", "İ")
}

func (h *hostile) value() claim.Value {
	v := claim.Value{}
	switch h.IntN(7) {
	case 0, 1:
		v.Term = h.term()
	case 2, 3:
		v.Ref, v.Role = h.ref(""), h.term()
	case 4:
		v.Date = h.date()
	case 5:
		v.N = h.number()
	case 6:
		v = claim.Value{Term: h.term(), Ref: h.ref(""), Role: h.term(), Date: h.date(), N: h.number(), Text: h.text()}
	}
	return v
}

// agreed returns what nobody agreed to.
func (h *hostile) agreed() (string, any) {
	yes := h.IntN(2) == 0
	switch h.IntN(7) {
	case 0:
		return claim.KindTurn, claim.Turn{Person: h.ref("p"), What: h.term(), Come: yes}
	case 1:
		return claim.KindStop, claim.Stop{Person: h.ref("p"), From: h.term(), Since: h.date(), Lifted: yes, Statements: []claim.Ref{h.ref("t")}}
	case 2:
		return claim.KindCaution, claim.Caution{Source: h.ref("s"), Rule: h.term(), Used: yes, Reason: h.text()}
	case 3:
		return claim.KindKeeping, claim.Keeping{Review: h.date(), Until: h.date()}
	case 4:
		return claim.KindRetention, claim.Retention{ReviewMonths: h.number(), KeepMonths: h.number()}
	}
	c := claim.Consent{Statement: h.ref("t"), Giver: pick(h, claim.Terms("giver")...).Key, Person: h.ref("p"), Pressure: h.IntN(9) == 0}
	for range h.IntN(4) {
		c.Uses = append(c.Uses, claim.Use{To: pick(h, "public", "authority"), Label: h.text(), Named: pick(h, claim.Terms("naming")...).Key,
			Place: h.term(), From: h.date(), Until: h.date(), Starts: h.term(), Ends: h.term(), Of: h.ref("p")})
	}
	return claim.KindConsent, c
}

func (h *hostile) body() (string, any) {
	switch h.IntN(18) {
	case 14, 15, 16, 17:
		return h.agreed()
	case 0:
		return claim.KindCase, claim.Case{Title: h.text(), About: h.term(), Affected: h.ref("p")}
	case 1:
		return claim.KindPerson, claim.Person{Ref: h.ref("p"), Cover: h.text(), Protection: h.term(), Count: h.number(), Note: h.text()}
	case 2:
		return claim.KindSource, claim.Source{Ref: h.ref("s"), Kind: h.term(), Person: h.ref("p"), Unit: h.ref("u"), Role: h.term(), Label: h.text()}
	case 3:
		return claim.KindPlace, claim.Place{Ref: h.ref("l"), Label: h.text(), Kind: h.term(), Region: h.text(), Country: h.text(), Precision: h.term()}
	case 4:
		return claim.KindUnit, claim.Unit{Ref: h.ref("u"), Label: h.text(), Kind: h.term()}
	case 5:
		return claim.KindStatement, claim.Statement{Ref: h.ref("t"), Source: h.ref("s"), Said: h.date(), Received: h.date(), Medium: h.term()}
	case 6:
		return claim.KindText, claim.Text{Statement: h.ref("t"), Version: h.number(), Text: h.text()}
	case 7:
		return claim.KindWithdraw, claim.Withdraw{Claim: h.id(), Reason: h.text()}
	case 8:
		return claim.KindUndo, claim.Undo{Entry: h.id(), Reason: h.text()}
	case 9:
		return pick(h, claim.KindAct, claim.KindForms, kindRendered, "no such kind"),
			claim.Act{What: h.term(), Person: h.ref("p"), Dossier: h.ref("d"), Digest: h.text()}
	}
	c := claim.Claim{
		Statement: h.ref("t"), Version: h.number(), Start: h.number(), End: h.number(), Subject: h.ref("peeeel"),
		Predicate: pick(h, claim.Terms("predicate")...).Key, Value: h.value(), When: h.date(), Where: h.ref("l"),
		Stance: pick(h, claim.Asserts, claim.Denies, "x"), Basis: pick(h, claim.Terms("basis")...).Key, Replaces: h.id(), Reason: h.text(),
	}
	for range h.IntN(4) {
		c.Chain = append(c.Chain, claim.Link{Source: h.ref("s"), How: h.term()})
	}
	return claim.KindClaim, c
}

func (h *hostile) entries(stream ledger.ID) []ledger.Entry {
	var all []ledger.Entry
	for n, id := range append(h.ids[:len(h.ids):len(h.ids)], make([]ledger.ID, 30)...) {
		if id.IsZero() {
			id = ledger.NewID()
		}
		e := ledger.Entry{ID: id, Stream: stream, Number: int64(n), Time: time.UnixMilli(pick[int64](h, 0, 1, math.MaxInt64, math.MinInt64, 1e12)).UTC()}
		kind, body := h.body()
		e.Kind = kind
		e.Body, _ = json.Marshal(body)
		if h.IntN(30) == 0 {
			e.Body = []byte(pick(h, "", "null", "[]", "{", `{"ref":1}`, `{"start":1e99}`))
		}
		for range h.IntN(3) {
			e.After = append(e.After, h.id())
		}
		all = append(all, e)
	}
	return all
}

// TestAttackEntries: whatever a member with the body keys writes, the others can
// still fold the case, read it, search it and make a dossier of it.
func TestAttackEntries(t *testing.T) {
	rounds := uint64(400)
	if testing.Short() {
		rounds = 40
	}
	v, err := view.Open(t.TempDir()+"/view.db", [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	d, _ := office(t)
	for seed := range rounds {
		h := newHostile(seed)
		stream := ledger.NewID()
		entries := h.entries(stream)
		state := claim.Fold(entries)
		state.Findings()
		for ref := range state.Persons {
			state.Facets(ref)
			state.LastKnownAlive(ref)
		}
		state.Kept()
		for _, lang := range []string{"en", "ru"} {
			told := state.Outward(claim.Reader{Audience: pick(h, "public", "authority")}, time.Now())
			if _, err := dossier.Render(told, dossier.Options{Lang: lang, Today: time.Now()}); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		d.dossierRows(stream, state, nil)
		for i := range entries {
			entries[i].Number += int64(seed) * 100
		}
		if err := v.Apply(t.Context(), entries, view.Mark{Number: int64(seed), Size: int64(seed)}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if _, err := v.Search(t.Context(), "said", 10); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	if rows, err := v.Cases(t.Context()); err != nil || len(rows) == 0 {
		t.Errorf("got %d cases, %v", len(rows), err)
	}
}
