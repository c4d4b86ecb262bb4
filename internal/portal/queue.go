package portal

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// What waiting is like.
const (
	// patience is how long a request waits for its turn. Browsers and Tor give up
	// on an answer after a minute or more.
	patience = 55 * time.Second

	// filePatience is how long a file waits for a place. Then its letter goes on
	// without it.
	filePatience = 20 * time.Second

	perSecond = 20
	burst     = 100

	maxTexts = 64 << 20 // bytes of text in memory, of all requests together
)

// A queue is where requests wait for their turn. New letters, tries of a receipt
// and those who showed one each have their own lane: a flood in one does not
// reach the others.
type queue struct {
	letters *lane // new letters
	tries   *lane // receipts that were typed; each costs a look-up, right or wrong
	known   *lane // whoever holds a ticket

	// Requests whose body is being read or that wait after it was. Their number
	// is what the lanes let wait, and their text together is bounded by texts.
	newBodies, knownBodies, smallBodies places

	files places // files on their way into seals
	texts budget
}

func newQueue(rate, size int) *queue {
	if rate <= 0 {
		rate = perSecond
	}
	if size <= 0 {
		size = burst
	}
	return &queue{
		letters:     newLane(rate, size),
		tries:       newLane(5000, 5000),
		known:       newLane(10*rate, size),
		newBodies:   make(places, min(rate*int(patience/time.Second)+size, 4096)),
		knownBodies: make(places, 512),
		smallBodies: make(places, 4096),
		files:       make(places, 64*max(2, runtime.GOMAXPROCS(0))),
		texts:       budget{left: maxTexts},
	}
}

// crowded reports whether slow bodies keep others from their turn.
func (q *queue) crowded() bool {
	return q.newBodies.scarce() || q.knownBodies.scarce() || q.smallBodies.scarce() || q.files.scarce()
}

// A lane gives turns at a steady rate, and some at once after a quiet time. It
// never refuses a turn for its own sake: it delays it, up to patience.
type lane struct {
	rate, burst float64

	mu     sync.Mutex
	turns  float64 // that can be had now; below zero they are promised already
	filled time.Time
}

func newLane(rate, size int) *lane {
	return &lane{rate: float64(rate), burst: float64(size), turns: float64(size), filled: time.Now()}
}

// wait returns when it is one's turn. If that would be later than patience, it
// fails at once.
func (l *lane) wait(ctx context.Context) error {
	d, ok := l.promise(time.Now())
	if !ok {
		return errCrowded()
	}
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		l.mu.Lock()
		l.turns++ // somebody else can have it
		l.mu.Unlock()
		return ctx.Err()
	}
}

// promise takes a turn and says when it comes.
func (l *lane) promise(now time.Time) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if gone := now.Sub(l.filled); gone > 0 {
		l.turns = min(l.burst, l.turns+gone.Seconds()*l.rate)
		l.filled = now
	}
	d := time.Duration((1 - l.turns) / l.rate * float64(time.Second))
	if d > patience {
		return 0, false
	}
	l.turns--
	return d, true
}

// Places are for so many at a time.
type places chan struct{}

// take waits for a place, at most so long.
func (p places) take(ctx context.Context, most time.Duration) error {
	select {
	case p <- struct{}{}:
		return nil
	default:
	}
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case p <- struct{}{}:
		return nil
	case <-t.C:
		return errCrowded()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p places) leave() { <-p }

// scarce reports whether nearly all places are taken.
func (p places) scarce() bool { return len(p) > cap(p)*3/4 }

// A budget is an amount that many share.
type budget struct {
	mu   sync.Mutex
	left int
}

func (b *budget) take(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > b.left {
		return false
	}
	b.left -= n
	return true
}

func (b *budget) give(n int) {
	b.mu.Lock()
	b.left += n
	b.mu.Unlock()
}

func errCrowded() error { return &refusal{status: http.StatusServiceUnavailable, key: "crowded"} }
