package crash

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"

	"habeas"
)

// A Plan says how often what is killed.
type Plan struct {
	Times   int    // how often a process is killed
	Life    int    // how often in one office, before it is put back from its copies; then there is a new one
	Seed    uint64 // of what is done, and of when it is killed
	Workers int    // how many offices there are at a time, each with a process that is killed; 1 if it is less
	Dir     string // an empty directory

	Child func(dir string, what Kind, seed uint64) *exec.Cmd // a process that calls [Work]; its standard output is read here
	Told  func(done int, flaws []string)                     // is called after each kill, with what it found; may be nil
}

// An Outcome says what came of it.
type Outcome struct {
	Kills   int
	Offices int
	Rows    []Row    // one for each of [Kinds]
	Tried   int      // how often somebody who was removed tried to open an entry that was written since
	Back    int      // offices that were put back from their copies
	Flaws   []string // what was lost, changed or left over
}

// A Row tells of one kind.
type Row struct {
	What Kind
	Cut  int // how often the process was killed while this was being done
	Done int // how often it was said to be done
}

// Run kills processes, and looks after each kill whether what was acknowledged is there.
// It fails only if it can't go on; what it finds is in the outcome. If ctx ends, it stops
// after the kill it is at, which counts for nothing, and says what came of the others.
func Run(ctx context.Context, p Plan) (*Outcome, error) {
	p.Workers = max(1, min(p.Workers, p.Times))
	total := &Outcome{}
	for _, k := range Kinds() {
		total.Rows = append(total.Rows, Row{What: k})
	}
	var mu sync.Mutex
	var errs []error
	var all sync.WaitGroup
	for n := range p.Workers {
		one := p
		one.Times = (p.Times + n) / p.Workers
		one.Seed, one.Dir = p.Seed+uint64(n)<<32, filepath.Join(p.Dir, fmt.Sprint("worker", n))
		one.Told = func(_ int, flaws []string) {
			mu.Lock()
			defer mu.Unlock()
			if total.Kills++; p.Told != nil {
				p.Told(total.Kills, flaws)
			}
		}
		all.Go(func() {
			out, err := runOne(ctx, one)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
			if out != nil {
				total.add(out)
			}
		})
	}
	all.Wait()
	return total, errors.Join(errs...)
}

// add adds what came of one worker; its kills were counted when they were told.
func (o *Outcome) add(one *Outcome) {
	o.Offices, o.Tried, o.Back = o.Offices+one.Offices, o.Tried+one.Tried, o.Back+one.Back
	o.Flaws = append(o.Flaws, one.Flaws...)
	for i, r := range one.Rows {
		o.Rows[i].Cut += r.Cut
		o.Rows[i].Done += r.Done
	}
}

func runOne(ctx context.Context, p Plan) (*Outcome, error) {
	r := &run{Plan: p, rng: rand.New(rand.NewPCG(p.Seed, 2)), takes: map[Kind]time.Duration{}, cut: map[Kind]int{}, done: map[Kind]int{}, out: &Outcome{}}
	seed := filepath.Join(p.Dir, "seed")
	if err := Seed(ctx, seed); err != nil {
		return nil, err
	}
	for r.out.Kills < p.Times && ctx.Err() == nil {
		if err := r.life(ctx, seed); err != nil {
			return nil, err
		}
	}
	for _, k := range Kinds() {
		r.out.Rows = append(r.out.Rows, Row{k, r.cut[k], r.done[k]})
	}
	return r.out, nil
}

type run struct {
	Plan
	rng   *rand.Rand
	takes map[Kind]time.Duration // about how long it takes
	cut   map[Kind]int
	done  map[Kind]int
	out   *Outcome
}

// life is one office from its beginning to when its disk is lost.
func (r *run) life(ctx context.Context, seed string) error {
	dir := filepath.Join(r.Dir, fmt.Sprint("office", r.out.Offices))
	r.out.Offices++
	defer os.RemoveAll(dir)
	if err := copyTree(dir, seed); err != nil {
		return err
	}
	key, err := age.GenerateX25519Identity()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, opens), []byte(key.Recipient().String()), 0o600)
	}
	if err != nil {
		return err
	}
	m := newMemory(dir)
	for n := 0; n < r.Life && r.out.Kills < r.Times; n++ {
		kinds := Kinds()
		what := kinds[r.out.Kills%len(kinds)]
		m.cut = map[Kind]int{}
		if err := r.kill(ctx, m, what); err != nil {
			return err
		}
		m.check(ctx)
		if ctx.Err() != nil {
			return nil // what it found is that it was stopped
		}
		r.out.Kills++
		before := len(r.out.Flaws)
		r.found(m, fmt.Sprintf("kill %d, %s", r.out.Kills, what))
		if r.Told != nil {
			r.Told(r.out.Kills, r.out.Flaws[before:])
		}
	}
	if m.restored(ctx, key) {
		r.out.Back++
	}
	r.found(m, "when it was put back")
	r.out.Tried += m.tried
	return nil
}

// found moves what is wrong to the outcome.
func (r *run) found(m *memory, when string) {
	for _, f := range m.flaws {
		r.out.Flaws = append(r.out.Flaws, when+": "+f)
	}
	m.flaws = nil
}

// late is how long a process may take until it has begun what it is to be killed in.
const late = 2 * time.Minute

// kill has a process work, and kills it while it does what, or soon after.
func (r *run) kill(ctx context.Context, m *memory, what Kind) error {
	child := r.Child(m.dir, what, r.rng.Uint64())
	child.Stderr = nil
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	stop := time.AfterFunc(late, func() { child.Process.Kill() })
	defer stop.Stop()
	after := time.Duration(r.rng.Float64() * 1.3 * float64(max(r.takes[what], 20*time.Millisecond)))
	nth := 1 + r.rng.IntN(2)
	if what == Start {
		nth = 1
	}
	begun := map[int]Said{}
	since := map[int]time.Time{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var s Said
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return fmt.Errorf("the process says %q: %w", lines.Text(), err)
		}
		m.heard(s)
		if s.Done {
			r.done[s.What]++
			r.takes[s.What] = (3*r.takes[s.What] + time.Since(since[s.Lane])) / 4
			delete(begun, s.Lane)
			continue
		}
		begun[s.Lane], since[s.Lane] = s, time.Now()
		if s.What == what {
			if nth--; nth == 0 {
				time.AfterFunc(after, func() { child.Process.Kill() })
			}
		}
	}
	child.Wait()
	if nth > 0 {
		m.flaw("the process ended, or did not get on, before it came to it")
	}
	for _, s := range begun {
		r.cut[s.What]++
		m.cut[s.What]++
		if s.What == File {
			m.filings++
		}
	}
	return lines.Err()
}

// restored loses the disk of the office and puts it back from the last copy. It reports
// whether there was one.
func (m *memory) restored(ctx context.Context, key age.Identity) bool {
	if m.copied == 0 {
		return false
	}
	to := filepath.Join(m.dir, "again")
	plan := habeas.RestorePlan{Data: filepath.Join(m.dir, copies, dataDir), Keys: filepath.Join(m.dir, spare, "keys"),
		With: []age.Identity{key}, Pepper: habeas.PepperBeside(config(m.dir).Dir), Lose: true}
	done, err := habeas.Restore(ctx, to, plan)
	if !m.ok("the office can't be put back from its copies", err) {
		return false
	}
	if done.Size < m.copied {
		m.flaw("the copy holds %d entries; %d were there before it was made", done.Size, m.copied)
	}
	_, err = habeas.Verify(ctx, to, nil)
	m.ok("what was put back does not verify", err)
	return true
}

// copyTree copies a directory.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		in, err := os.Open(path)
		if err != nil {
			return err
		}
		defer in.Close()
		out, err := os.OpenFile(filepath.Join(to, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer out.Close()
		_, err = io.Copy(out, in)
		return err
	})
}
