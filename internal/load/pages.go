package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"habeas"
	"habeas/claim"
	"habeas/internal/measure"
	"habeas/vault"
)

// A visitor asks the server for pages as the browser of a member does, without a
// network between.
type visitor struct {
	h      http.Handler
	cookie *http.Cookie
}

func (v *visitor) get(path string) (bytes int, err error) {
	return v.send(httptest.NewRequest("GET", "http://127.0.0.1"+path, nil))
}

func (v *visitor) post(path string, form url.Values) (bytes int, err error) {
	r := httptest.NewRequest("POST", "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r)
}

func (v *visitor) send(r *http.Request) (bytes int, err error) {
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(v.cookie)
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return 0, fmt.Errorf("load: %s answers %d", r.URL.Path, w.Code)
	}
	return w.Body.Len(), nil
}

// timed does something n times and returns how long the 50th and the 95th of a hundred
// took, in milliseconds. What the first costs more is left out: it is one of many.
func timed(what string, n int, goal, most float64, do func(i int) error) (Result, error) {
	if err := do(0); err != nil {
		return Result{}, err
	}
	var took []time.Duration
	before, _ := measure.Processor()
	for i := range n {
		start := time.Now()
		if err := do(i); err != nil {
			return Result{}, err
		}
		took = append(took, time.Since(start))
	}
	after, _ := measure.Processor()
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Result{What: what, Unit: "ms", Value: ms(took[n/2]), P95: ms(took[n*95/100]), CPU: (after - before) * 1000 / float64(n), N: n, Goal: goal, Most: most}, nil
}

// pages asks for pages.
func (r *run) pages(ctx context.Context) error {
	r.Progress("pages")
	v, err := r.visitor()
	if err != nil {
		return err
	}
	by, err := r.d.Actor(ctx, r.token)
	if err != nil {
		return err
	}
	rows, err := r.d.Places(ctx, by)
	if err != nil || len(rows) == 0 {
		return err
	}
	slices.SortFunc(rows, func(a, b habeas.PlaceRow) int { return b.Accounts - a.Accounts })
	pick := rand.New(rand.NewPCG(r.Seed, 11))
	token := r.d.FormToken(by)
	page := func(path string) func(int) error {
		return func(int) error { _, err := v.get(path); return err }
	}
	search := func(words func() string) func(int) error {
		return func(int) error {
			_, err := v.post("/search", url.Values{"q": {words()}, "form": {token}})
			return err
		}
	}
	for _, p := range []struct {
		what       string
		goal, most float64
		do         func(int) error
	}{
		{"page of a case", 20, 1.2, func(int) error {
			_, err := v.get("/case/" + r.cases[pick.IntN(len(r.cases))].String())
			return err
		}},
		{"page of all cases", 0, 1.2, page("/cases")},
		{"page of Today", 0, 1.2, page("/")},
		{"page of all places", 0, 1.2, page("/places")},
		{"page of the place in most accounts", 0, 1.2, page("/place/" + string(rows[0].Place.Ref))},
		{"page of a place in the middle", 0, 1.2, page("/place/" + string(rows[len(rows)/2].Place.Ref))},
		{"search, two words as often as they are used", 30, 1.2, search(func() string { return r.inv.drawn() + " " + r.inv.drawn() })},
		{"search, one rare word", 30, 1.2, search(func() string { return r.inv.word(1000 + pick.IntN(vocabulary-1000)) })},
		{"search, a word of every text", 30, 1.2, search(func() string { return "month" })},
	} {
		n := r.Requests
		if begun := time.Now(); p.do(0) == nil {
			n = min(n, max(5, int(20*time.Second/max(time.Since(begun), time.Millisecond))))
		}
		res, err := timed(p.what, n, p.goal, p.most, p.do)
		if err != nil {
			return err
		}
		r.add(res)
	}
	return nil
}

// records does what members do one by one: each asks the gate, commits, and has the
// view follow.
func (r *run) records(ctx context.Context) error {
	r.Progress("recording one by one")
	by, err := r.d.Actor(ctx, r.token)
	if err != nil {
		return err
	}
	id, err := r.d.OpenCase(ctx, by, r.circle, habeas.NewCase{Title: "one by one", About: "incident"})
	if err != nil {
		return err
	}
	n := min(r.Requests, 100)
	person := func(int) error {
		var parts []vault.Part
		for _, p := range r.inv.town.Person() {
			parts = append(parts, vault.Part{Kind: p.Kind, Text: vault.NewText(p.Text)})
		}
		_, err := r.d.AddPerson(ctx, by, id, habeas.NewPerson{Protection: claim.Protected, Parts: parts})
		return err
	}
	source, err := r.d.AddSource(ctx, by, id, claim.Source{Kind: "person", Role: "mother"})
	if err != nil {
		return err
	}
	told := r.inv.statement(source, []habeas.FilledPerson{r.inv.person()}, 12)
	statement := func(int) error {
		_, err := r.d.AddStatement(ctx, by, id, habeas.NewStatement{Source: source, Medium: "letter", Lang: "en", Raw: vault.NewText(told.Text)})
		return err
	}
	for _, w := range []struct {
		what string
		n    int
		do   func(int) error
	}{{"a person with a name is recorded", max(1, n/4), person}, {"a statement is taken in", n, statement}} {
		res, err := timed(w.what, w.n, 0, 1.2, w.do)
		if err != nil {
			return err
		}
		r.add(res)
	}
	return nil
}

// memory says what this process holds, and what lies on the disk.
func (r *run) memory(context.Context) error {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.add(Result{What: "heap that is in use", Unit: "MB", Value: float64(m.HeapAlloc) / 1e6})
	for _, s := range []struct{ field, what string }{{"VmRSS", "memory of the process"}, {"VmHWM", "its peak"}} {
		if kb, ok := status(s.field); ok {
			r.add(Result{What: s.what, Unit: "MB", Value: float64(kb) * 1024 / 1e6})
		}
	}
	var bytes int64
	err := filepath.WalkDir(r.Dir, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	r.add(Result{What: "disk", Unit: "MB", Value: float64(bytes) / 1e6})
	return err
}

// status returns a figure of this process in KiB, where the system says it.
func status(field string) (kb int64, ok bool) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		if rest, is := strings.CutPrefix(line, field+":"); is {
			n, err := fmt.Sscanf(rest, "%d kB", &kb)
			return kb, err == nil && n == 1
		}
	}
	return 0, false
}

// machineLoad returns how many programs waited for a processor in the last minute.
func machineLoad() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(b), " ")
	return first
}
