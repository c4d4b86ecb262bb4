package claim

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"habeas/ledger"
)

// A book writes entries for tests, each having seen the one before it.
type book struct {
	t       testing.TB
	entries []ledger.Entry
	stream  ledger.ID
	heads   []ledger.ID
	texts   map[Ref]string
}

func newBook(t testing.TB) *book {
	return &book{t: t, stream: ledger.ID{0xca, 0x5e}, texts: map[Ref]string{}}
}

func (b *book) write(kind string, body any) ledger.ID {
	b.t.Helper()
	if err := Check(body); err != nil {
		b.t.Fatalf("%s %+v: %v", kind, body, err)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	sum := sha256.Sum256(fmt.Append(nil, len(b.entries), kind, string(raw)))
	e := ledger.Entry{
		ID: ledger.ID(sum[:16]), Stream: b.stream, Kind: kind, Body: raw, Author: ledger.ID{1},
		Time: time.Date(2022, 12, 20, 10, len(b.entries), 0, 0, time.UTC), After: b.heads,
	}
	b.entries = append(b.entries, e)
	b.heads = []ledger.ID{e.ID}
	return e.ID
}

// crossing runs f as if its author had seen only what was there at that point.
func (b *book) crossing(fs ...func()) {
	before, heads := b.heads, []ledger.ID(nil)
	for _, f := range fs {
		b.heads = before
		f()
		heads = append(heads, b.heads...)
	}
	b.heads = heads
}

// ref returns a reference of a kind that is the same for the same name.
func ref(kind byte, name string) Ref {
	sum := sha256.Sum256([]byte(name))
	return Ref(string(kind) + ":" + refBits.EncodeToString(sum[:10]))
}

func (b *book) person(name string, count int) Ref {
	p := Person{Ref: ref(RefPerson, name), Cover: name, Count: count}
	b.write(KindPerson, &p)
	return p.Ref
}

func (b *book) source(kind, role string, who Ref) Ref {
	s := Source{Ref: ref(RefSource, kind+role+string(who)), Kind: kind, Role: role}
	if who.Kind() == RefPerson {
		s.Person = who
	} else {
		s.Unit = who
	}
	b.write(KindSource, &s)
	return s.Ref
}

func (b *book) place(label, kind string) Ref {
	p := Place{Ref: ref(RefPlace, label), Label: label, Kind: kind, Precision: "region", Region: "the east", Country: "UA"}
	b.write(KindPlace, &p)
	return p.Ref
}

func (b *book) unit(label, kind string) Ref {
	u := Unit{Ref: ref(RefUnit, label), Label: label, Kind: kind}
	b.write(KindUnit, &u)
	return u.Ref
}

func (b *book) statement(source Ref, said, medium, text string) Ref {
	s := Statement{Ref: ref(RefStatement, string(source)+said+medium), Source: source, Said: said, Received: said, Medium: medium}
	b.write(KindStatement, &s)
	b.write(KindText, &Text{Statement: s.Ref, Version: 1, Text: text})
	b.texts[s.Ref] = text
	return s.Ref
}

// from starts a claim read out of the whole of a statement.
func (b *book) from(st Ref, basis string, chain ...Ref) Claim {
	c := Claim{Statement: st, Version: 1, End: len(b.texts[st]), Stance: Asserts, Basis: basis}
	for _, s := range chain {
		c.Chain = append(c.Chain, Link{Source: s, How: "by-message"})
	}
	return c
}

func (b *book) claim(c Claim, subject Ref, predicate string, v Value) ledger.ID {
	b.t.Helper()
	c.Subject, c.Predicate, c.Value = subject, predicate, v
	return b.write(KindClaim, &c)
}

// event records that something happened to who.
func (b *book) event(c Claim, name, typ, when string, who Ref, role string) Ref {
	b.t.Helper()
	e := ref(RefEvent, name)
	c.When = when
	b.claim(c, e, Occurred, Value{Term: typ})
	b.claim(c, e, Involved, Value{Ref: who, Role: role})
	return e
}

func (b *book) fold() *State { return Fold(b.entries) }

func shuffled(entries []ledger.Entry, seed uint64) []ledger.Entry {
	r := rand.New(rand.NewPCG(seed, 1))
	out := append([]ledger.Entry(nil), entries...)
	for range len(entries) / 3 {
		out = append(out, entries[r.IntN(len(entries))])
	}
	for i := range out {
		out[i].Number = int64(i)
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (f Facet) word() string {
	var s string
	for i, a := range f.Now() {
		if i > 0 {
			s += " · "
		}
		s += a.Value.Term
	}
	return s
}

func (f Facet) story() string {
	var s string
	for i, a := range f.Answers {
		if i > 0 {
			s += " "
		}
		s += a.Value.Term
		if len(a.For) == 0 {
			s += "(denied)"
		}
	}
	return s
}

func (f Finding) answer(v Value) Answer {
	for _, a := range f.Answers {
		if a.Value == v {
			return a
		}
	}
	return Answer{}
}
