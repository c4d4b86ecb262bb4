package bench

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"habeas"
	"habeas/factor"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/internal/web"
	"habeas/vault"
)

// A porch is a demo office at whose door somebody times the answers.
type porch struct {
	*habeas.Desk
	b    *testing.B
	swap bool // whose turn it is to be first
	mu   sync.Mutex
	now  time.Time
}

func newPorch(b *testing.B, cost vault.Cost) *porch {
	p := &porch{b: b, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	cfg := habeas.Config{Dir: filepath.Join(b.TempDir(), "data"), Cost: cost, Now: func() time.Time {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.now
	}}
	var err error
	if p.Desk, err = demo.Create(b.Context(), cfg, func(string) {}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	return p
}

func (p *porch) pass(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// both times two answers, which must be the same no, in turns of order.
func (p *porch) both(one, other func() (time.Duration, error)) (x, y time.Duration) {
	var err, err2 error
	if p.swap = !p.swap; p.swap {
		y, err2 = other()
	}
	x, err = one()
	if !p.swap {
		y, err2 = other()
	}
	if err == nil || err2 == nil || err.Error() != err2.Error() {
		p.b.Fatalf("got %v and %v", err, err2)
	}
	return x, y
}

// knock times one passphrase.
func (p *porch) knock(handle, pass string) (habeas.Welcome, time.Duration, error) {
	start := time.Now()
	w, err := p.Enter(p.b.Context(), habeas.Knock{Handle: handle, Pass: vault.NewText(pass)})
	return w, time.Since(start), err
}

// BenchmarkDoor compares how long the door takes to say no: to a wrong passphrase
// of a member and of nobody, and to a wrong second factor and a right one that was
// used. It reports the distance of Kolmogorov and Smirnov between the two, and the
// distance that two samples of one distribution exceed once in a hundred times.
func BenchmarkDoor(b *testing.B) {
	for name, pair := range map[string]func(p *porch) (one, other time.Duration){
		"Names":  namesPair,
		"Second": secondPair(),
	} {
		b.Run(name, func(b *testing.B) {
			p := newPorch(b, vault.Cost{Time: 1, Memory: 1 << 10})
			var one, other []time.Duration
			for b.Loop() {
				x, y := pair(p)
				one, other = append(one, x), append(other, y)
			}
			n := float64(len(one))
			b.ReportMetric(distance(one, other), "distance")
			b.ReportMetric(1.628*math.Sqrt(2/n), "limit")
			b.ReportMetric(float64(median(one).Microseconds()), "µs-one")
			b.ReportMetric(float64(median(other).Microseconds()), "µs-other")
		})
	}
}

func namesPair(p *porch) (one, other time.Duration) {
	p.pass(25 * time.Hour) // no delays
	return p.both(func() (time.Duration, error) {
		_, took, err := p.knock("omar", "wrong")
		return took, err
	}, func() (time.Duration, error) {
		_, took, err := p.knock("omer", "wrong")
		return took, err
	})
}

func secondPair() func(p *porch) (one, other time.Duration) {
	var secret []byte
	return func(p *porch) (one, other time.Duration) {
		if secret == nil {
			secret = enrol(p)
		}
		p.pass(25 * time.Hour)
		half := func() string {
			w, _, err := p.knock("omar", passphrase("omar"))
			if err != nil || w.Ticket == "" {
				p.b.Fatalf("got %v", err)
			}
			return w.Ticket
		}
		answer := func(code string) (time.Duration, error) {
			ticket, start := half(), time.Now()
			w, err := p.Answer(p.b.Context(), ticket, habeas.Answer{Code: vault.NewText(code)})
			took := time.Since(start)
			if err == nil {
				err = p.Logout(w.Token)
			}
			return took, err
		}
		p.mu.Lock()
		code := factor.Code(secret, factor.Step(p.now))
		p.mu.Unlock()
		if _, err := answer(code); err != nil {
			p.b.Fatal(err)
		}
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		return p.both(func() (time.Duration, error) { return answer(wrong) }, func() (time.Duration, error) { return answer(code) })
	}
}

// enrol gives omar an app that makes codes, and returns its secret.
func enrol(p *porch) []byte {
	by, err := demo.Actor(p.b.Context(), p.Desk, "omar")
	if err != nil {
		p.b.Fatal(err)
	}
	if err := p.BeginCode(p.b.Context(), by, vault.NewText(passphrase("omar"))); err != nil {
		p.b.Fatal(err)
	}
	secret, err := p.PendingCode(by)
	if err != nil {
		p.b.Fatal(err)
	}
	code := factor.Code(secret, factor.Step(p.now))
	if err := p.ConfirmCode(p.b.Context(), by, vault.NewText(code)); err != nil {
		p.b.Fatal(err)
	}
	if err := p.Leave(by); err != nil {
		p.b.Fatal(err)
	}
	return secret
}

func median(all []time.Duration) time.Duration { return slices.Sorted(slices.Values(all))[len(all)/2] }

// distance is the largest difference between the shares of a and of b that are at
// most so long.
func distance(a, b []time.Duration) float64 {
	type sample struct {
		d     time.Duration
		share float64
	}
	var all []sample
	for _, d := range a {
		all = append(all, sample{d, 1 / float64(len(a))})
	}
	for _, d := range b {
		all = append(all, sample{d, -1 / float64(len(b))})
	}
	slices.SortFunc(all, func(x, y sample) int { return cmp.Compare(x.d, y.d) })
	sum, most := 0.0, 0.0
	for i, s := range all {
		if sum += s.share; i+1 == len(all) || all[i+1].d != s.d {
			most = max(most, math.Abs(sum))
		}
	}
	return most
}

// BenchmarkLoginsAtOnce sends 64 wrong logins at once, at the cost of real ones,
// and asks for a page meanwhile. It reports how many were refused for want of
// room, the most memory the process held, and the 95th percentile of the page.
func BenchmarkLoginsAtOnce(b *testing.B) {
	p := newPorch(b, vault.DefaultCost)
	h, err := (&web.Server{Desk: p.Desk}).Handler()
	if err != nil {
		b.Fatal(err)
	}
	site := testkit.NewVisitor(b, h)
	site.Get("/help").Want(http.StatusOK)
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil {
		b.Fatal(err)
	}
	var refused int
	var took []time.Duration
	for b.Loop() {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for i := range 64 {
			wg.Go(func() {
				v := testkit.VisitorTo(b, site.Base())
				page := v.Get("/login").Submit("main form", url.Values{"handle": {"name" + strconv.Itoa(i)}, "pass": {"wrong"}})
				mu.Lock()
				defer mu.Unlock()
				if page.Status == http.StatusServiceUnavailable {
					refused++
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		for busy := true; busy; {
			start := time.Now()
			site.Get("/help").Want(http.StatusOK)
			took = append(took, time.Since(start))
			select {
			case <-done:
				busy = false
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(refused)/float64(b.N), "refused/op")
	b.ReportMetric(float64(took[len(took)*95/100].Milliseconds()), "ms-page-p95")
	b.ReportMetric(peak(b), "MiB-peak")
}

// peak returns the most memory this process held, in MiB.
func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	if m == nil {
		b.Fatal("no VmHWM")
	}
	kib, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}
