package gate

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"habeas/internal/corpus"
	"habeas/internal/testkit"
	"habeas/name"
)

// chunk is how many people fill draws at a time.
const chunk = 1000

// fill draws size people of a town, compiles them on two goroutines and adds them
// to an index.
func fill(t testing.TB, ix *Index, tn *corpus.Town, size int) {
	var wg sync.WaitGroup
	c := NewCompiler(ix.key)
	var mu sync.Mutex
	drawn := 0
	draw := func() (first int, people []name.Name) {
		mu.Lock()
		defer mu.Unlock()
		for first = drawn; drawn < min(first+chunk, size); drawn++ {
			people = append(people, tn.Person())
		}
		return first, people
	}
	for range 2 {
		wg.Go(func() {
			for first, people := draw(); len(people) > 0; first, people = draw() {
				for i, n := range people {
					if err := ix.Add(fmt.Sprintf("p%07d", first+i), c.Compile(n), false); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// A million invented persons: how long it takes to compile them into an index, with
// drawing them, how much memory the process then has from the system, and how fast
// news is checked against them. The time of the processor tells more than the time
// of the clock where other work runs beside.
func BenchmarkMillion(b *testing.B) {
	const size = 1_000_000
	for b.Loop() {
		ix := NewIndex(testKey)
		var before, after syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
		start := time.Now()
		fill(b, ix, corpus.NewTown(size, 7), size)
		b.ReportMetric(time.Since(start).Seconds(), "compile-s")
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
		b.ReportMetric(float64(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano())/1e9, "compile-cpu-s")
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys)/1e9, "peak-GB")
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e9, "held-GB")
		b.ReportMetric(float64(ix.Len()), "persons")
		b.ReportMetric(float64(len(ix.groups)-1), "groups")
		b.ReportMetric(float64(ix.forms.len()), "forms")
		checkSpeed(b, ix)
	}
}

// checkSpeed measures Check on a file of news.
func checkSpeed(b *testing.B, ix *Index) {
	var all strings.Builder
	for _, n := range testkit.News(b, "../../shared/data") {
		all.WriteString(n.Text)
	}
	for _, copies := range []int{1, 12} {
		text := strings.Repeat(all.String(), copies)
		start := time.Now()
		_, err := Check(oneFile("text/plain", text), ix, Options{})
		if err == nil {
			b.Error("nobody of a million is named")
		}
		b.ReportMetric(float64(len(text))/1e6/time.Since(start).Seconds(), fmt.Sprintf("MB/s-of-%d", copies))
	}
}
