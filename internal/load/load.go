// Package load fills an office with invented cases and measures how it fares as it
// grows: how fast entries are written and views folded, and how long each page takes
// that somebody waits for, through the real server.
//
// Most entries are written in large batches by [habeas.Desk.Fill]: signed, sealed and
// committed as any, but without asking the gate, since one at a time a million take
// hours. What members do one by one is measured by itself, through the desk. [Contend]
// reckons what nodes that share a database can write, by a simulation.
package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"habeas"
	"habeas/internal/measure"
	"habeas/internal/web"
	"habeas/ledger"
	"habeas/vault"
)

// Options says what is measured.
type Options struct {
	Dir      string // of the office; if there is one that Run made, it is measured as it is
	Entries  int    // in the end
	Persons  int    // in the end, about; they follow from the entries, ten each
	Steps    []int  // entries at which it is measured, ascending; the last is Entries
	Seed     uint64
	Requests int          // of each page
	Progress func(string) // is told what is being done
}

// A Result is what was measured of one thing at one size.
type Result struct {
	What    string  `json:"what"`
	Unit    string  `json:"unit"` // "ms", "entries/s", "s", "MB"
	Value   float64 `json:"value"`
	P95     float64 `json:"p95,omitempty"`
	CPU     float64 `json:"cpu,omitempty"` // processor time, in the unit of time of Value; of each if several
	N       int     `json:"n,omitempty"`
	Goal    float64 `json:"goal,omitempty"` // the 95th percentile, or the value, is to be at most that; entries/s at least
	Doubled float64 `json:"per_doubling,omitempty"`
	Most    float64 `json:"per_doubling_goal,omitempty"`
}

// A Step is what was measured at one size.
type Step struct {
	Entries int64    `json:"entries"`
	Persons int      `json:"persons"`
	Cases   int      `json:"cases"`
	Load    string   `json:"load,omitempty"` // of the machine, when it began and when it ended
	Results []Result `json:"results"`
}

// handle and passphrase are of the one member of such an office.
const (
	handle     = "load"
	passphrase = "seven wooden ladders"
)

// A run measures one office.
type run struct {
	Options
	cfg    habeas.Config
	d      *habeas.Desk
	token  string
	circle ledger.ID
	inv    *inventor
	cases  []habeas.CaseID
	made   int   // cases
	size   int64 // of the log
	step   *Step
}

// Run fills an office step by step and measures it at each.
func Run(ctx context.Context, o Options) (steps []Step, err error) {
	r := &run{Options: o, inv: newInventor(o.Seed, o.Persons)}
	r.cfg = habeas.Config{Dir: o.Dir, Cost: vault.Cost{Time: 1, Memory: 1 << 10}, Invented: true, OnSite: true}
	_, there := os.Stat(filepath.Join(o.Dir, "habeas.json"))
	if there == nil {
		r.d, err = habeas.Open(r.cfg)
	} else {
		r.d, err = habeas.Create(ctx, r.cfg, habeas.Founding{Circle: "Measured", Keeper: habeas.NewMember{
			Handle: handle, Name: "Measurer", Passphrase: vault.NewText(passphrase),
			Roles: []ledger.Role{ledger.Keeper, ledger.Caseworker, ledger.Analyst},
		}})
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.d.Close()) }()
	if there == nil {
		return r.again(ctx)
	}
	by, err := r.enter(ctx)
	if err != nil {
		return nil, err
	}
	for n := range places {
		ref, err := r.d.AddPlace(ctx, by, r.inv.place(n))
		if err != nil {
			return nil, err
		}
		r.inv.places = append(r.inv.places, ref)
	}
	for _, size := range o.Steps {
		var s Step
		err := part(ctx, "fill", func(ctx context.Context) (err error) {
			s, err = r.fill(ctx, size)
			return err
		})
		if err == nil {
			s, err = r.measure(ctx, s)
		}
		if err != nil {
			return steps, err
		}
		steps = append(steps, s)
		perDoubling(steps)
	}
	return steps, nil
}

// again measures an office that an earlier run made. Its views may be of another version
// of this program: then they are folded first, with every signature checked.
func (r *run) again(ctx context.Context) ([]Step, error) {
	var s Step
	if _, entering := r.enter(ctx); entering != nil {
		by, err := r.d.Actor(ctx, r.token)
		if err != nil {
			return nil, entering
		}
		r.Progress("folding views of another version")
		c := start()
		if err := r.d.Rebuild(ctx, by, func(_, total int64) { r.size = total }); err != nil {
			return nil, err
		}
		s.Results = append(s.Results, c.rate("rebuild, with every signature checked", int(r.size), 0, 2.1))
	}
	s, err := r.measure(ctx, s)
	return []Step{s}, err
}

// enter logs the member in.
func (r *run) enter(ctx context.Context) (by habeas.Actor, err error) {
	if r.token, err = r.d.Login(ctx, handle, vault.NewText(passphrase)); err != nil {
		return by, err
	}
	if by, err = r.d.Actor(ctx, r.token); err != nil {
		return by, err
	}
	circles, err := r.d.Circles(ctx, by)
	for _, c := range circles {
		if !c.Office {
			r.circle = c.ID
		}
	}
	return by, err
}

// batch is how many cases are written at once: some fifteen thousand entries.
const batch = 400

// fill writes cases until the log is so long.
func (r *run) fill(ctx context.Context, size int) (s Step, err error) {
	r.Progress(fmt.Sprintf("filling up to %d entries", size))
	by, err := r.enter(ctx)
	if err != nil {
		return s, err
	}
	c, was := start(), r.size
	for r.size < int64(size) {
		if by, err = r.d.Actor(ctx, r.token); err != nil { // the session stays in use
			return s, err
		}
		var fillings []habeas.Filling
		for n := r.size; len(fillings) < batch && n < int64(size); {
			f := r.inv.filling(r.made)
			r.made++
			fillings = append(fillings, f)
			n += int64(weight(f))
		}
		if r.size, err = r.d.Fill(ctx, by, r.circle, fillings); err != nil {
			return s, err
		}
	}
	written := int(r.size - was)
	s.Results = append(s.Results, c.rate("append, sealed in large batches", written, 5000, 2.1))
	c = start()
	if _, err := r.d.Cases(ctx, by); err != nil { // the view follows, with every signature checked
		return s, err
	}
	s.Results = append(s.Results, c.rate("view follows what is new", written, 0, 2.1))
	return s, nil
}

// weight is how many entries a case makes.
func weight(f habeas.Filling) int {
	n := 5 + 3*len(f.Persons) + len(f.Sources)
	for _, s := range f.Statements {
		n += 3 + len(s.Claims)
	}
	return n
}

// measure measures everything at the size that the office has.
func (r *run) measure(ctx context.Context, s Step) (Step, error) {
	s.Load = machineLoad()
	r.step = &s
	for _, p := range []struct {
		name string
		do   func(context.Context) error
	}{{"start", r.reopen}, {"rebuild", r.rebuild}, {"shape", r.shape}, {"pages", r.pages}, {"records", r.records}, {"memory", r.memory}} {
		runtime.GC()
		if err := part(ctx, p.name, p.do); err != nil {
			return s, err
		}
	}
	s.Load += " → " + machineLoad()
	return s, nil
}

// part does something under a name by which a profile of the processor tells it apart.
func part(ctx context.Context, name string, do func(context.Context) error) (err error) {
	pprof.Do(ctx, pprof.Labels("part", name), func(ctx context.Context) { err = do(ctx) })
	return err
}

func (r *run) add(res Result) { r.step.Results = append(r.step.Results, res) }

// reopen starts the office anew and asks for the first page.
func (r *run) reopen(ctx context.Context) (err error) {
	if err := r.d.Close(); err != nil {
		return err
	}
	debug.FreeOSMemory()
	c := start()
	if r.d, err = habeas.Open(r.cfg); err != nil {
		return err
	}
	r.add(c.took("start, locked", 1))
	c = start()
	if _, err = r.enter(ctx); err != nil {
		return err
	}
	v, err := r.visitor()
	if err != nil {
		return err
	}
	if _, err = v.get("/"); err != nil {
		return err
	}
	r.add(c.took("login and first page", 0))
	return nil
}

func (r *run) visitor() (*visitor, error) {
	h, err := (&web.Server{Desk: r.d}).Handler()
	return &visitor{h: h, cookie: &http.Cookie{Name: "habeas", Value: r.token}}, err
}

// rebuild folds the views anew, and then compares.
func (r *run) rebuild(ctx context.Context) error {
	r.Progress("rebuilding")
	by, err := r.d.Actor(ctx, r.token)
	if err != nil {
		return err
	}
	c := start()
	if err := r.d.Rebuild(ctx, by, func(_, total int64) { r.size = total }); err != nil {
		return err
	}
	n := r.size
	res := c.took("rebuild of all views", 0)
	if n >= 1_000_000 {
		res.Goal = 60
	}
	res.Most = 2.1
	r.add(res)
	r.add(c.rate("rebuild", int(n), 0, 2.1))
	_, err = r.d.Cases(ctx, by)
	return err
}

// shape counts what is there.
func (r *run) shape(ctx context.Context) error {
	by, err := r.d.Actor(ctx, r.token)
	if err != nil {
		return err
	}
	rows, err := r.d.Cases(ctx, by)
	if err != nil {
		return err
	}
	r.step.Entries = r.size
	r.cases, r.step.Persons = nil, 0
	for _, row := range rows {
		r.cases = append(r.cases, row.ID)
		r.step.Persons += row.Persons
	}
	r.step.Cases = len(rows)
	return nil
}

// perDoubling says by how much each thing that takes time grew, for each doubling of
// the entries since the step before. Of a rate it is what all entries would cost.
func perDoubling(steps []Step) {
	if len(steps) < 2 {
		return
	}
	was, now := steps[len(steps)-2], &steps[len(steps)-1]
	doublings := math.Log2(float64(now.Entries) / float64(was.Entries))
	for i := range now.Results {
		b := &now.Results[i]
		for _, a := range was.Results {
			if a.What != b.What || a.Unit != b.Unit || doublings <= 0 {
				continue
			}
			x, y := a.cost(was.Entries), b.cost(now.Entries)
			if x > 0 && y > 0 {
				b.Doubled = math.Pow(y/x, 1/doublings)
			}
		}
	}
}

// cost is what is compared between sizes: the processor's time where it is known, which
// other work on the machine changes least.
func (r Result) cost(entries int64) float64 {
	switch {
	case r.Unit == "entries/s" && r.N > 0:
		return r.CPU / float64(r.N) * float64(entries)
	case r.CPU > 0:
		return r.CPU
	}
	return r.Value
}

// A clock tells time by the clock and of the processor.
type clock struct {
	wall time.Time
	cpu  float64
}

func start() clock {
	cpu, _ := measure.Processor()
	return clock{time.Now(), cpu}
}

func (c clock) since() (wall, cpu float64) {
	now, _ := measure.Processor()
	return time.Since(c.wall).Seconds(), now - c.cpu
}

func (c clock) took(what string, goal float64) Result {
	wall, cpu := c.since()
	return Result{What: what, Unit: "s", Value: wall, CPU: cpu, Goal: goal}
}

func (c clock) rate(what string, n int, goal, most float64) Result {
	wall, cpu := c.since()
	return Result{What: what, Unit: "entries/s", Value: float64(n) / wall, CPU: cpu, N: n, Goal: goal, Most: most}
}
