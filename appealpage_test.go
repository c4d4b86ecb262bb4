package habeas_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"habeas"
	"habeas/internal/testkit"
	"habeas/internal/web"
	"habeas/ledger"
	"habeas/vault"
)

// BenchmarkAppealPages asks for the pages of an office with 10,000 letters in 1,000
// cases. It reports the median and the 95th percentile in milliseconds, and the size.
func BenchmarkAppealPages(b *testing.B) {
	const words = "three small boats"
	keeper := habeas.NewMember{Handle: "k", Name: "Keeper", Passphrase: vault.NewText(words), Roles: []ledger.Role{ledger.Keeper, ledger.Caseworker}}
	d, err := habeas.Create(b.Context(), habeas.Config{Dir: filepath.Join(b.TempDir(), "data"), Cost: vault.Cost{Time: 1, Memory: 1 << 10}}, habeas.Founding{Keeper: keeper, Circle: "one"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	token, err := d.Login(b.Context(), "k", vault.NewText(words))
	if err != nil {
		b.Fatal(err)
	}
	by, err := d.Actor(b.Context(), token)
	if err != nil {
		b.Fatal(err)
	}
	habeas.BulkAppeals(b, d, by, 1000)
	h, err := (&web.Server{Desk: d}).Handler()
	if err != nil {
		b.Fatal(err)
	}
	v := testkit.NewVisitor(b, h)
	v.Get("/login").Submit("main form", url.Values{"handle": {"k"}, "pass": {words}})
	for _, path := range []string{"/", "/appeals", "/appeals?all=1", "/appeals/table"} {
		b.Run(path, func(b *testing.B) {
			var took []time.Duration
			before := habeas.ProcessorTime(b)
			for b.Loop() {
				start := time.Now()
				p := v.Get(path).Want(http.StatusOK)
				took = append(took, time.Since(start))
				b.ReportMetric(float64(len(p.Body))/1e6, "MB")
			}
			b.ReportMetric(float64((habeas.ProcessorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
		})
	}
}
