package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLane(20, 100)
		began := time.Now()
		for range 100 {
			if err := l.wait(t.Context()); err != nil || time.Since(began) > 0 {
				t.Fatalf("a turn of the first hundred: %v after %v", err, time.Since(began))
			}
		}
		if l.wait(t.Context()); time.Since(began) != 50*time.Millisecond {
			t.Errorf("the next waited %v", time.Since(began))
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		served, refused := 0, 0
		for range 2000 {
			wg.Go(func() {
				err := l.wait(t.Context())
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					served++
				} else if refused++; time.Since(began) > time.Second {
					t.Error("refused after waiting")
				}
			})
		}
		wg.Wait()
		if served != 20*int(patience/time.Second) || refused != 2000-served {
			t.Errorf("%d served and %d refused", served, refused)
		}
		if e := asRefusal(errCrowded()); e.status != http.StatusServiceUnavailable {
			t.Errorf("status %d", e.status)
		}
		time.Sleep(time.Hour)
		if d, ok := l.promise(time.Now()); d > 0 || !ok || l.turns != 99 {
			t.Errorf("after a quiet hour: %v, %v, %v turns", d, ok, l.turns)
		}
	})
}

func TestWhoLeavesTheLaneGivesTheTurnBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLane(1, 1)
		l.wait(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := l.wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if d, _ := l.promise(time.Now()); d > time.Second {
			t.Errorf("the next waits %v", d)
		}
	})
}

// TestTenThousandAnHour lets junk come three times a second: a patient person is
// taken, and one who comes back waits for nobody.
func TestTenThousandAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(0, 0)
		ctx, stop := context.WithCancel(t.Context())
		go func() {
			for ctx.Err() == nil {
				go q.letters.wait(ctx)
				time.Sleep(time.Hour / 10_000)
			}
		}()
		for range 60 {
			time.Sleep(time.Minute)
			began := time.Now()
			if err := q.letters.wait(ctx); err != nil || time.Since(began) > time.Minute {
				t.Errorf("waited %v: %v", time.Since(began), err)
			}
			began = time.Now()
			if err := q.tries.wait(ctx); err != nil || time.Since(began) > 0 {
				t.Errorf("coming back waited %v: %v", time.Since(began), err)
			}
		}
		stop()
		time.Sleep(time.Minute)
	})
}

func TestCrowded(t *testing.T) {
	o := opened(t, func(s *Server) { s.PerSecond, s.Burst = 1, 1 })
	once := o.get("/en/write").hidden(onceField)
	digits, _, _ := o.letter("the one turn there is")
	o.queue.letters.mu.Lock()
	o.queue.letters.turns = -100
	o.queue.letters.mu.Unlock()
	p := o.attach("/en/write", []sentFile{{"x", strings.Repeat("y", 1<<20)}}, onceField, once, textField, "what I know", useField, "press")
	o.says(p, "en", "portal.fault.crowded")
	if p.status != http.StatusServiceUnavailable || p.header.Get("Retry-After") != "60" {
		t.Errorf("status %d, Retry-After %q", p.status, p.header.Get("Retry-After"))
	}
	if !strings.Contains(p.body, "\nwhat I know</textarea>") || !strings.Contains(p.body, `value="press" checked`) || p.hidden(onceField) != once {
		t.Error("the form did not come back filled")
	}
	c := o.back(digits)
	o.says(c, "en", "portal.talk.unopened")
	o.says(o.send("/en/reply", ticketField, c.hidden(ticketField), onceField, c.hidden(onceField), textField, "x"), "en", "portal.done.reply")
}

func TestBudget(t *testing.T) {
	b := budget{left: 10}
	if !b.take(10) || b.take(1) {
		t.Error("more was taken than there is")
	}
	if b.give(10); !b.take(10) {
		t.Error("what was given back is gone")
	}
}
