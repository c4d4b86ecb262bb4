package habeas

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"habeas/fault"
)

// A lane is a place where one passphrase at a time is tried, and a short queue
// before it. Argon2id takes 128 MiB a run: two lanes bound what logins take, and
// a flood in one does not hold up the other.
type lane struct{ turn, queue chan struct{} }

// How many wait in a lane, and how long.
const (
	mostWaiting = 32
	longestWait = 20 * time.Second
)

func newLane() lane {
	return lane{make(chan struct{}, 1), make(chan struct{}, mostWaiting)}
}

// enter waits for a turn, which leave gives back.
func (l lane) enter(ctx context.Context) (leave func(), err error) {
	select {
	case l.queue <- struct{}{}:
		defer func() { <-l.queue }()
	default:
		return nil, fault.New(fault.Busy, "login.busy")
	}
	late := time.NewTimer(longestWait)
	defer late.Stop()
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Busy, "login.busy")
	case <-late.C:
		return nil, fault.New(fault.Busy, "login.busy")
	}
}

// A tally counts wrong tries, by what was tried, and says how long the next has
// to wait.
type tally struct {
	mu  sync.Mutex
	all map[[32]byte]tries
}

type tries struct {
	wrong int
	until time.Time // before which nothing is tried
}

// Limits of a tally.
const (
	freeTries   = 5 // before there is a delay
	mostDelay   = 15 * time.Minute
	forgetTries = 24 * time.Hour
	mostTallied = 4096
)

// tallyKey returns what tries at something are counted under.
func tallyKey(what string, parts ...[]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte(what))
	for _, p := range parts {
		h.Write([]byte{0})
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}

// try counts a try before it is made, so that many at once count as many, and
// fails with "login.wait" if it is too early. What turns out right is forgiven.
func (t *tally) try(key [32]byte, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[[32]byte]tries{}
	}
	x := t.all[key]
	if now.Sub(x.until) >= forgetTries {
		x = tries{}
	}
	if wait := x.until.Sub(now); wait > 0 {
		return fault.New(fault.Busy, "login.wait", fault.Count((wait+time.Minute-1)/time.Minute))
	}
	t.makeRoom(key, now)
	x.wrong++
	x.until = now
	if over := x.wrong - freeTries; over >= 0 {
		x.until = now.Add(min(time.Second<<min(over, 20), mostDelay))
	}
	t.all[key] = x
	return nil
}

// untry takes back a try that was not made after all.
func (t *tally) untry(key [32]byte, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.all[key]
	x.wrong, x.until = max(x.wrong-1, 0), now
	t.all[key] = x
}

// forgive forgets the tries under key.
func (t *tally) forgive(key [32]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, key)
}

// makeRoom drops, if the tally is full, what is old, or else what was tried least:
// tries under thousands of names do not wipe out those under one.
func (t *tally) makeRoom(key [32]byte, now time.Time) {
	if _, ok := t.all[key]; ok || len(t.all) < mostTallied {
		return
	}
	var least [32]byte
	fewest := -1
	for k, x := range t.all {
		if now.Sub(x.until) >= forgetTries {
			delete(t.all, k)
			continue
		}
		if fewest < 0 || x.wrong < fewest {
			least, fewest = k, x.wrong
		}
	}
	if len(t.all) >= mostTallied {
		delete(t.all, least)
	}
}

// miss counts a wrong try that had no delay, and returns how many there were.
func (t *tally) miss(key [32]byte, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[[32]byte]tries{}
	}
	t.makeRoom(key, now)
	x := t.all[key]
	x.wrong++
	x.until = now
	t.all[key] = x
	return x.wrong
}
