package gate

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"habeas/internal/testkit"
	"habeas/name"
)

// A town is invented people: common given names, patronymics of them, family
// names made of syllables. How often each is borne falls as in real towns: with
// the rank (Zipf), and many family names are borne once.
type town struct {
	r                 *rand.Rand
	men, women, stems []string
	given, stem       *rand.Zipf
}

// newTown returns a town of so many people, who are drawn with person; the same
// for the same seed. Everything in it is invented.
func newTown(size int, seed uint64) *town {
	t := &town{r: rand.New(rand.NewPCG(seed, 1))}
	known := strings.Fields("Александр Сергей Владимир Андрей Алексей Дмитрий Николай Михаил Иван Евгений Виктор Юрий Олег Игорь Павел Константин Роман Артём Максим Тимур Руслан Богдан Тарас Глеб Кузьма")
	t.men = append(t.men, known...)
	t.women = strings.Fields("Елена Ольга Наталья Анна Ирина Татьяна Мария Светлана Екатерина Юлия Оксана Людмила Галина Марина Вера Нина Дарья Полина Зоя Алла")
	for range 3000 { // names from elsewhere
		g := t.word(2 + t.r.IntN(2))
		t.men, t.women = append(t.men, g+"н"), append(t.women, g+"на")
	}
	endings := []string{"ов", "ин", "енко", "ский", "ук", "ич", ""}
	for i := range 30 + size/6 {
		t.stems = append(t.stems, t.word(2+t.r.IntN(2))+endings[i%len(endings)])
	}
	t.given = rand.NewZipf(t.r, 1.3, 3, uint64(len(t.men)-1))
	t.stem = rand.NewZipf(t.r, 1.15, 60, uint64(len(t.stems)-1))
	return t
}

func (t *town) word(syllables int) string {
	var b strings.Builder
	for range syllables {
		b.WriteString([]string{"б", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "т", "х", "ч", "ш", "бр", "гр", "др", "кр", "ст", "тр"}[t.r.IntN(23)])
		b.WriteString([]string{"а", "о", "у", "е", "и", "ы", "я", "ал", "ор", "ун", "ер", "ин"}[t.r.IntN(12)])
	}
	b.WriteString([]string{"к", "л", "т", "р", "ш", "б", "д"}[t.r.IntN(7)])
	return titled(b.String())
}

// person draws a person: three parts, one in ten in Latin.
func (t *town) person() name.Name {
	woman := t.r.IntN(2) == 0
	given, father := t.men[t.given.Uint64()], t.men[t.given.Uint64()]
	family := t.stems[t.stem.Uint64()]
	patronymic := father + "ович"
	if woman {
		given, patronymic = t.women[min(int(t.given.Uint64()), len(t.women)-1)], father+"овна"
		family += map[bool]string{true: "а"}[strings.HasSuffix(family, "ов") || strings.HasSuffix(family, "ин")]
	}
	n := full(given, patronymic, family)
	if t.r.IntN(10) == 0 {
		for i := range n {
			n[i].Text = latin(n[i].Text)
		}
	}
	return n
}

// latin writes s in plain Latin letters.
func latin(s string) string {
	letters := []rune("абвгдежзийклмнопрстуфхцчшщыэюя")
	to := []string{"a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "y", "e", "iu", "ia"}
	var b strings.Builder
	for _, r := range s {
		for i, l := range letters {
			if l == r {
				b.WriteString(to[i])
			} else if []rune(strings.ToUpper(string(l)))[0] == r {
				b.WriteString(strings.ToUpper(to[i][:1]) + to[i][1:])
			}
		}
	}
	return b.String()
}

// chunk is how many people fill draws at a time.
const chunk = 1000

// fill draws size people of a town, compiles them on two goroutines and adds them
// to an index.
func fill(t testing.TB, ix *Index, tn *town, size int) {
	var wg sync.WaitGroup
	c := NewCompiler(ix.key)
	var mu sync.Mutex
	drawn := 0
	draw := func() (first int, people []name.Name) {
		mu.Lock()
		defer mu.Unlock()
		for first = drawn; drawn < min(first+chunk, size); drawn++ {
			people = append(people, tn.person())
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
		fill(b, ix, newTown(size, 7), size)
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
