package crash

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"habeas"
	"habeas/fault"
	"habeas/internal/demo"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// Where things lie below the directory of a run.
const (
	dataDir = "data"   // of the office
	copies  = "copies" // of its data
	spare   = "spare"  // of its keys
	opens   = "age"    // to whom they are encrypted
)

// config is that of the office of a run.
func config(dir string) habeas.Config {
	return habeas.Config{Dir: filepath.Join(dir, dataDir), Cost: vault.Cost{Time: 1, Memory: 1 << 10}}
}

// Work opens the office below dir and does things in it until it is killed or until
// something fails: mostly what, and what that needs; in a second lane letters and files
// come in meanwhile. To out it writes a [Said] for each thing before it begins and after
// it is done.
func Work(ctx context.Context, dir string, what Kind, seed uint64, out io.Writer) error {
	t := &teller{to: out}
	w := &worker{ctx: ctx, dir: dir, tell: t, rng: rand.New(rand.NewPCG(seed, 0))}
	err := w.do(Start, func() (Said, error) { return Said{}, w.begin() })
	if err != nil {
		return err
	}
	defer w.end()
	other := &worker{ctx: ctx, dir: dir, tell: t, rng: rand.New(rand.NewPCG(seed, 1)), lane: 1, hands: w.hands}
	failed := make(chan error, 2)
	go func() { failed <- w.work(what) }()
	if seed%2 == 0 {
		go func() { failed <- other.work(Letter, Exhibit, Pieces) }()
	}
	return <-failed
}

// Once does one thing in the office below dir, and what it needs before. It is how a
// full disk is tried.
func Once(ctx context.Context, dir string, what Kind, seed uint64, out io.Writer) error {
	w := &worker{ctx: ctx, dir: dir, tell: &teller{to: out}, rng: rand.New(rand.NewPCG(seed, 0))}
	err := w.do(Start, func() (Said, error) { return Said{}, w.begin() })
	if err != nil || what == Start {
		return errors.Join(err, w.end())
	}
	return errors.Join(w.one(what), w.end())
}

// hands are what all lanes work with.
type hands struct {
	desk           *habeas.Desk
	look           *store.DB // to say how long the log is
	vera, omar, ed habeas.Actor
	circle         ledger.ID
	mine, theirs   habeas.CaseID // what is worked on, and what dossiers are of
}

// A worker does one thing after another.
type worker struct {
	ctx  context.Context
	dir  string
	tell *teller
	rng  *rand.Rand
	lane int
	hands
}

// work does things of these kinds for ever.
func (w *worker) work(kinds ...Kind) error {
	for {
		if err := w.one(kinds[w.rng.IntN(len(kinds))]); err != nil {
			return err
		}
	}
}

// one does a thing, and before it what it needs.
func (w *worker) one(what Kind) error {
	first := map[Kind]Kind{File: Letter, Rebuild: Record, Backup: Exhibit}[what]
	if first != "" {
		if err := w.one(first); err != nil {
			return err
		}
	}
	switch what {
	case Erase:
		return w.erasure()
	case Join, Remove, Renew:
		return w.leaving()
	}
	thing := map[Kind]func() (Said, error){
		Start: w.record, Letter: w.letter, File: w.file, Record: w.record, Exhibit: w.exhibit, Pieces: w.pieces, Release: w.release,
		Rebuild: func() (Said, error) { return Said{}, w.desk.Rebuild(w.ctx, w.vera, nil) }, Backup: w.backup,
	}[what]
	if thing == nil {
		return fmt.Errorf("nobody knows how to do %q", what)
	}
	if what == Start {
		what = Record
	}
	return w.do(what, thing)
}

// do says that a thing begins, does it, and says what came of it.
func (w *worker) do(what Kind, thing func() (Said, error)) error {
	if err := w.tell.say(Said{Lane: w.lane, What: what}); err != nil {
		return err
	}
	s, err := thing()
	for try := 0; try < 5 && renewed(err); try++ {
		if err = w.login(); err == nil {
			s, err = thing()
		}
	}
	s.Lane, s.What, s.Done = w.lane, what, err == nil
	if err == nil {
		s.Size, s.Root, err = w.log()
	}
	if err != nil {
		s.Err = described(err)
		return errors.Join(refusal(what, err), w.tell.say(s))
	}
	return w.tell.say(s)
}

// renewed reports whether a thing was refused because keys were being renewed meanwhile,
// or a view was folded anew. Who is told so asks again.
func renewed(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && (f.Key() == "circle.renewed" || f.Key() == "case.waiting" || f.Key() == "view.closed")
}

// log returns how long the log is, and the root of the tree over it.
func (w *worker) log() (size int64, root string, err error) {
	size, err = w.look.Size(w.ctx)
	if err != nil {
		return 0, "", err
	}
	sum, err := w.look.SumOf(w.ctx, size)
	return size, hex.EncodeToString(sum[:]), err
}

// begin opens the office and logs everybody in.
func (w *worker) begin() (err error) {
	if w.desk, err = habeas.Open(config(w.dir)); err != nil {
		return err
	}
	if w.look, err = store.Open(config(w.dir).Dir, store.ReadOnly); err != nil {
		return err
	}
	if err := w.login(); err != nil {
		return err
	}
	circles, err := w.desk.Circles(w.ctx, w.vera)
	if err != nil {
		return err
	}
	for _, c := range circles {
		if !c.Office {
			w.circle = c.ID
		}
	}
	rows, err := w.desk.Cases(w.ctx, w.vera)
	for _, r := range rows {
		switch {
		case strings.Contains(r.Title, "basement"):
			w.theirs = r.ID
		case strings.Contains(r.Title, "in writing"):
			w.mine = r.ID
		}
	}
	return err
}

// login logs everybody in: what somebody holds is what they held when they came.
func (w *worker) login() (err error) {
	for handle, by := range map[string]*habeas.Actor{"vera": &w.vera, "omar": &w.omar, "ed": &w.ed} {
		if *by, err = demo.Actor(w.ctx, w.desk, handle); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) end() (err error) {
	if w.look != nil {
		err = w.look.Close()
	}
	if w.desk != nil {
		err = errors.Join(err, w.desk.Close())
	}
	return err
}

// Seed makes an office below dir, for [Work].
func Seed(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	d, err := demo.Create(ctx, config(dir), func(string) {})
	if err != nil {
		return err
	}
	return d.Close()
}
