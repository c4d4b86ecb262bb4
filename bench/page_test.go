package bench

import (
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/internal/web"
	"habeas/ledger"
	"habeas/vault"
)

// people is how many persons are in the circle.
const people = 10_000

// BenchmarkCasePage asks for the page of a founding case, as the analyst and in
// HTML, from a circle of ten thousand persons. It reports the median and the
// 95th percentile in milliseconds.
func BenchmarkCasePage(b *testing.B) {
	dir := b.TempDir()
	d, err := demo.Create(b.Context(), habeas.Config{Dir: filepath.Join(dir, "data"), Cost: vault.Cost{Time: 1, Memory: 1 << 10}}, func(string) {})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	by, err := demo.Actor(b.Context(), d, "vera")
	if err != nil {
		b.Fatal(err)
	}
	page := "/case/" + casePath(b, d, by)
	fill(b, d, by)
	h, err := (&web.Server{Desk: d}).Handler()
	if err != nil {
		b.Fatal(err)
	}
	v := testkit.NewVisitor(b, h)
	v.Get("/login").Submit("main form", url.Values{"handle": {"ana"}, "pass": {passphrase("ana")}})
	for _, path := range []string{page, "/cases", "/", "/places"} {
		b.Run(strings.ReplaceAll(path, page, "case"), func(b *testing.B) { ask(b, v, path) })
	}
}

// ask gets a page over and over and reports how long it took.
func ask(b *testing.B, v *testkit.Visitor, path string) {
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		v.Get(path).Want(http.StatusOK)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
}

func casePath(b *testing.B, d *habeas.Desk, by habeas.Actor) string {
	rows, err := d.Cases(b.Context(), by)
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range rows {
		if strings.Contains(r.Title, "basement") {
			return r.ID.String()
		}
	}
	b.Fatal("no case B")
	return ""
}

// fill adds cases of fifty persons each until the circle has as many as asked.
func fill(b *testing.B, d *habeas.Desk, by habeas.Actor) {
	circles, err := d.Circles(b.Context(), by)
	if err != nil {
		b.Fatal(err)
	}
	var circle ledger.ID
	for _, c := range circles {
		if !c.Office {
			circle = c.ID
		}
	}
	for n := 0; n < people; n += 50 {
		id, err := d.OpenCase(b.Context(), by, circle, habeas.NewCase{Title: "Filling", About: "incident"})
		if err != nil {
			b.Fatal(err)
		}
		for range 50 {
			if _, err := d.AddPerson(b.Context(), by, id, habeas.NewPerson{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func passphrase(handle string) string {
	for _, m := range demo.Members() {
		if m.Handle == handle {
			return m.Passphrase
		}
	}
	return ""
}
