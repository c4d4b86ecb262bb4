package view

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"habeas/claim"
	"habeas/ledger"
)

// realistic adds a case as cases are: one statement in eight entries, the rest
// claims and persons.
func (l *log) realistic(n int) ledger.ID {
	c := l.tell(n)
	for s := range 4 {
		st := claim.NewRef('t')
		text := fmt.Sprintf("%s рассказал, что в ночь на %d ноября их построили во дворе. Четверых увели в подвал, одного из них больше не видели. "+
			"Утром привезли воду. Командир сказал, что за отказ всех отправят обратно, и велел писать объяснительные.", claim.MarkOf(c.father), n%28+1)
		l.add(c.stream, claim.KindStatement, claim.Statement{Ref: st, Source: c.source, Received: "2022-12-01", Medium: "message"})
		l.add(c.stream, claim.KindText, claim.Text{Statement: st, Version: 1, Text: text})
		for range 14 {
			l.add(c.stream, claim.KindClaim, claim.Claim{
				Statement: st, Version: 1, Start: 60 + s, End: 120, Subject: c.person, Predicate: "liberty",
				Value: claim.Value{Term: "held"}, When: "2022-11", Where: c.place, Stance: claim.Asserts, Basis: "told",
				Chain: []claim.Link{{Source: c.source, How: "in person"}},
			})
		}
	}
	return c.stream
}

// BenchmarkFold applies the entries of 300 cases to a new view, 4096 at a time,
// and settles it: what rebuilding costs without opening the entries.
func BenchmarkFold(b *testing.B) {
	l := newLog(b)
	for n := range 300 {
		l.realistic(n)
	}
	dir := b.TempDir()
	before := spent(b)
	for i := 0; b.Loop(); i++ {
		v, err := Open(filepath.Join(dir, fmt.Sprint(i)), testKey)
		if err != nil {
			b.Fatal(err)
		}
		for at := 0; at < len(l.entries); at += 4096 {
			if err := v.Apply(b.Context(), l.entries[at:min(at+4096, len(l.entries))], l.mark()); err != nil {
				b.Fatal(err)
			}
		}
		if err := v.Settle(b.Context()); err != nil {
			b.Fatal(err)
		}
		v.Close()
	}
	b.ReportMetric(float64(b.N*len(l.entries))/(spent(b)-before), "entries/cpu-s")
	b.ReportMetric(float64(b.N*len(l.entries))/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkApply is BenchmarkFold without settling.
func BenchmarkApply(b *testing.B) {
	l := newLog(b)
	for n := range 60 {
		l.realistic(n)
	}
	v, _ := openView(b)
	for n := int64(0); b.Loop(); n++ {
		b.StopTimer()
		for i := range l.entries {
			l.entries[i].Number = n*int64(len(l.entries)) + int64(i)
		}
		b.StartTimer()
		l.applied(v)
	}
	b.ReportMetric(float64(b.N*len(l.entries))/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkRead reads a case, its heads and the list of cases in a circle with
// 10,000 persons, and searches it.
func BenchmarkRead(b *testing.B) {
	v, _ := openView(b)
	l := newLog(b)
	var streams []ledger.ID
	for n := range 500 {
		stream := l.realistic(n)
		streams = append(streams, stream)
		for p := range 18 {
			l.add(stream, claim.KindPerson, claim.Person{Ref: claim.NewRef('p'), Cover: fmt.Sprintf("Wren%dx%d", n, p)})
		}
	}
	l.applied(v)
	if err := v.Settle(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("case", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			entries, err := v.Case(b.Context(), streams[i*7%len(streams)])
			if err != nil || len(entries) != 94 {
				b.Fatal(len(entries), err)
			}
			claim.Fold(entries)
			if _, err := v.Heads(b.Context(), streams[i%len(streams)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cases", func(b *testing.B) {
		for b.Loop() {
			if rows, err := v.Cases(b.Context()); err != nil || len(rows) != 500 {
				b.Fatal(len(rows), err)
			}
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			if found, err := v.Search(b.Context(), "подвал обратно", 20); err != nil || len(found.Hits) != 20 {
				b.Fatal(len(found.Hits), err)
			}
		}
	})
	b.Run("one more entry", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			at := len(l.entries)
			l.add(streams[i%len(streams)], claim.KindUndo, claim.Undo{Reason: "x"})
			if err := v.Apply(b.Context(), l.entries[at:], l.mark()); err != nil {
				b.Fatal(err)
			}
			if err := v.Settle(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// spent returns the processor time this process has used, in seconds: on a busy
// machine it says more than the clock.
func spent(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
