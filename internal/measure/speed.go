package measure

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"time"

	"habeas/gate"
	"habeas/internal/corpus"
	"habeas/name"
)

// chunk is how many people are drawn at a time.
const chunk = 1000

// fresh is how much text is checked at least, in bytes.
const fresh = 4 << 20

// speed measures a vault of invented people: how long it takes to draw and compile
// them and how much memory that takes, and how fast texts are checked against it.
func (d Data) speed(people int) protocol {
	on := fmt.Sprintf("%d invented persons", people)
	return protocol{"speed and memory", on, nil, func(ctx context.Context) ([]Row, error) {
		ix := gate.NewIndex(key())
		start := time.Now()
		used, _ := Processor()
		if err := fill(ctx, ix, people); err != nil {
			return nil, err
		}
		took := time.Since(start).Seconds()
		after, known := Processor()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak := float64(m.Sys) / 1e9
		runtime.GC()
		runtime.ReadMemStats(&m)
		rows := []Row{
			{Measure: "compile time", On: on, N: ix.Len(), Of: "persons", Result: took, Unit: Seconds, Goal: atMost(60)},
			{Measure: "memory: most from the system", On: on, N: ix.Len(), Of: "persons", Result: peak, Unit: Memory, Goal: atMost(2)},
			{Measure: "memory: held", On: on, N: ix.Len(), Of: "persons", Result: float64(m.HeapAlloc) / 1e9, Unit: Memory, Goal: noGoal},
		}
		if known {
			rows = append(rows, Row{Measure: "compile: processor time", On: on + ", all cores together", N: ix.Len(), Of: "persons", Result: after - used, Unit: Seconds, Goal: noGoal})
		}
		if d.News == "" {
			return rows, nil
		}
		more, err := checkSpeed(d.News, ix, on)
		if errors.Is(err, fs.ErrNotExist) {
			more, err = []Row{{Measure: "full check", On: newsName, Absent: true}}, nil
		}
		return append(rows, more...), err
	}}
}

// fill draws people of a town, compiles them on two goroutines and adds them to an
// index.
func fill(ctx context.Context, ix *gate.Index, size int) error {
	town, c := corpus.NewTown(size, 7), gate.NewCompiler(key())
	var mu sync.Mutex
	var failed error
	drawn := 0
	draw := func() (first int, people []name.Name) {
		mu.Lock()
		defer mu.Unlock()
		if failed == nil {
			failed = ctx.Err()
		}
		for first = drawn; failed == nil && drawn < min(first+chunk, size); drawn++ {
			people = append(people, town.Person())
		}
		return first, people
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for first, people := draw(); len(people) > 0; first, people = draw() {
				for i, n := range people {
					if err := ix.Add(fmt.Sprintf("p%07d", first+i), c.Compile(n), false); err != nil {
						mu.Lock()
						failed = err
						mu.Unlock()
					}
				}
			}
		})
	}
	wg.Wait()
	return failed
}

// checkSpeed measures the full gate and the search for unknown names on the texts of
// dir: once through, where most words are new, and over and over to 4 MB.
func checkSpeed(dir string, ix *gate.Index, on string) ([]Row, error) {
	texts, err := corpus.News(dir)
	if err != nil {
		return nil, err
	}
	var all strings.Builder
	for _, t := range texts {
		all.WriteString(t.Text)
	}
	short := all.String()
	long := strings.Repeat(short, fresh/max(1, len(short))+1)
	check := func(text string) func() {
		return func() {
			// An error is what is expected: somebody of so many is named.
			_, _ = gate.Check(gate.Draft{Files: []gate.File{{Name: "news", Media: "text/plain; charset=utf-8", Bytes: []byte(text)}}}, ix, gate.Options{})
		}
	}
	var rows []Row
	add := func(what, on, text string, goal Goal, do func()) {
		took, used := best(do)
		size := float64(len(text)) / 1e6
		rows = append(rows, Row{Measure: what, On: on, N: len(text), Of: "bytes", Result: size / took, Unit: Speed, Goal: goal})
		if used > 0 {
			rows = append(rows, Row{Measure: what + ", by processor time", On: on, N: len(text), Of: "bytes", Result: size / used, Unit: Speed, Goal: noGoal})
		}
	}
	add("full check", on+", 4 MB of news", long, atLeast(10), check(long))
	add("full check", on+", the news once", short, noGoal, check(short))
	add("unknown names and identifiers", "the news once", short, noGoal, func() { gate.Suspects(short, nil) })
	return rows, nil
}

// best returns the seconds of the clock of the fastest of three runs, for other work can
// only slow one, and the least seconds of the processor, 0 if they are not known.
func best(do func()) (took, used float64) {
	for i := range 3 {
		start := time.Now()
		before, _ := Processor()
		do()
		after, _ := Processor()
		t, u := time.Since(start).Seconds(), after-before
		if i == 0 {
			took, used = t, u
		}
		took, used = min(took, t), min(used, u)
	}
	return took, used
}
