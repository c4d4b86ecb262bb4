package habeas

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"habeas/factor"
	"habeas/fault"
	"habeas/vault"
)

// hang is how long nothing here takes unless it hangs, on however busy a machine.
// How long things take is for benchmarks to say.
const hang = 20 * time.Second

// A doorstep is a small office whose clock a test sets.
type doorstep struct {
	*Desk
	t   *testing.T
	mu  sync.Mutex
	now time.Time
	cfg Config
}

func atTheDoor(t *testing.T) *doorstep {
	t.Helper()
	s := &doorstep{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), cfg: smallOffice(t)}
	s.cfg.Now = func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now
	}
	s.open()
	return s
}

func (s *doorstep) open() {
	s.t.Helper()
	d, err := Open(s.cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Desk = d
	s.t.Cleanup(func() { d.Close() })
}

func (s *doorstep) pass(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(by)
}

// knocks tries a passphrase and returns the key of the fault, or "".
func (s *doorstep) knock(handle, pass, device string) (Welcome, string) {
	s.t.Helper()
	w, err := s.Enter(s.t.Context(), Knock{Handle: handle, Pass: vault.NewText(pass), Device: device})
	if err == nil {
		return w, ""
	}
	return w, faultKey(err)
}

// TestFloodOfWrongLogins: 10,000 wrong passphrases for one name. Few of them are
// tried at all; another member logs in as ever; so does this one from a browser
// they used before; and from a new one after a quarter of an hour at most.
func TestFloodOfWrongLogins(t *testing.T) {
	s := atTheDoor(t)
	home, key := s.knock("keeper", testPassphrase, "")
	if key != "" || home.Device == "" {
		t.Fatalf("got %q, want to be let in with something to keep", key)
	}
	tried := 0
	for range 10_000 {
		_, key := s.knock("keeper", "wrong", "")
		switch key {
		case "login.wrong":
			tried++
		case "login.wait":
		default:
			t.Fatalf("got %q", key)
		}
		s.pass(time.Second)
	}
	if tried > 40 {
		t.Errorf("of 10,000 wrong passphrases in under three hours %d were tried", tried)
	}
	if _, key := s.knock("keeper", testPassphrase, home.Device); key != "" {
		t.Errorf("from a browser that is known: got %q, want to be let in", key)
	}
	if _, key := s.knock("analyst", testPassphrase, ""); key != "" {
		t.Errorf("another member: got %q, want to be let in", key)
	}
	for range 3 { // being let in forgave it; again
		for range 40 {
			s.knock("keeper", "wrong", "")
			s.pass(16 * time.Minute)
		}
	}
	s.pass(-2 * time.Minute)
	if _, key := s.knock("keeper", testPassphrase, "another browser"); key != "login.wait" {
		t.Errorf("got %q", key)
	}
	s.pass(15 * time.Minute)
	if _, key := s.knock("keeper", testPassphrase, "another browser"); key != "" {
		t.Errorf("after a quarter of an hour: got %q, want to be let in", key)
	}
}

// TestUnknownNamesWaitToo: that somebody has to wait says nothing of whether there
// is such a member.
func TestUnknownNamesWaitToo(t *testing.T) {
	s := atTheDoor(t)
	for i := range 30 {
		_, known := s.knock("keeper", "wrong", "")
		_, unknown := s.knock("nobody of that name", "wrong", "")
		if known != unknown {
			t.Fatalf("try %d: got %q for a member, %q for nobody", i, known, unknown)
		}
		s.pass(time.Duration(i) * time.Second)
	}
}

// TestKnownBrowserThatGuesses is a laptop that was taken: its token opens nothing,
// and after ten wrong passphrases it is a stranger's.
func TestKnownBrowserThatGuesses(t *testing.T) {
	s := atTheDoor(t)
	w, _ := s.knock("keeper", testPassphrase, "")
	if _, key := s.knock("analyst", "wrong", w.Device); key != "login.wrong" {
		t.Fatalf("got %q", key)
	}
	waited := false
	for range 20 {
		_, key := s.knock("keeper", "wrong", w.Device)
		waited = waited || key == "login.wait"
	}
	if !waited {
		t.Error("a known browser guesses without ever having to wait")
	}
	if _, err := s.Actor(t.Context(), w.Device); faultKey(err) != "session.none" {
		t.Errorf("the token of a browser as a session: got %v", err)
	}
}

// TestLanes: one passphrase is tried at a time in each lane, a short queue waits,
// and the rest is refused at once; a flood outside leaves the inside free.
func TestLanes(t *testing.T) {
	l := newLane()
	leave, err := l.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range mostWaiting {
		wg.Go(func() {
			if _, err := l.enter(ctx); fault.KindOf(err) != fault.Busy {
				t.Errorf("waiting in vain: got %v, want busy", err)
			}
		})
	}
	for len(l.queue) < mostWaiting {
		time.Sleep(time.Millisecond)
	}
	if _, err := l.enter(t.Context()); fault.KindOf(err) != fault.Busy {
		t.Errorf("with the queue full: got %v, want busy", err)
	}
	stop()
	wg.Wait()
	leave()
	if leave, err = l.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	leave()

	s := atTheDoor(t)
	w, _ := s.knock("keeper", testPassphrase, "")
	if leave, err = s.outside.enter(t.Context()); err != nil { // a flood
		t.Fatal(err)
	}
	defer leave()
	if _, key := s.knock("keeper", testPassphrase, w.Device); key != "" {
		t.Errorf("during a flood, from a known browser: got %q, want to be let in", key)
	}
}

// TestTally is bounded, and tries under many names do not wipe out those under one.
func TestTally(t *testing.T) {
	var all tally
	now := time.Now()
	one := tallyKey("one")
	for range 10 {
		if all.try(one, now) == nil {
			now = now.Add(time.Millisecond)
		}
		now = now.Add(20 * time.Second)
	}
	for i := range 3 * mostTallied {
		if err := all.try(tallyKey("many", []byte{byte(i), byte(i >> 8)}), now); err != nil {
			t.Fatal(err)
		}
	}
	if len(all.all) > mostTallied {
		t.Errorf("the tally holds %d, more than %d", len(all.all), mostTallied)
	}
	if all.all[one].wrong < 8 {
		t.Error("the tries under one name were forgotten")
	}
}

// TestCodeUsedByManyAtOnce: of many who type the same code at the same moment, one
// is let in.
func TestCodeUsedByManyAtOnce(t *testing.T) {
	s := atTheDoor(t)
	w, _ := s.knock("keeper", testPassphrase, "")
	by, err := s.Actor(t.Context(), w.Token)
	if err != nil {
		t.Fatal(err)
	}
	secret := factor.NewSecret()
	if err := s.addFactor(t.Context(), by, factor.Box{Kind: factor.KindCode, Secret: secret}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Login(t.Context(), "keeper", vault.NewText(testPassphrase)); faultKey(err) != "login.factor" {
		t.Errorf("by passphrase alone: got %v", err)
	}
	code := vault.NewText(factor.Code(secret, factor.Step(s.now)))
	var tickets []string
	for range mostHalves {
		half, _ := s.knock("keeper", testPassphrase, "")
		if half.Ticket == "" || half.Token != "" {
			t.Fatal("a second factor was not asked for")
		}
		tickets = append(tickets, half.Ticket)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for _, ticket := range tickets {
		for range 2 {
			wg.Go(func() {
				if _, err := s.Answer(t.Context(), ticket, Answer{Code: code}); err == nil {
					mu.Lock()
					in++
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if in != 1 {
		t.Errorf("one code let %d in, want 1", in)
	}
	// Of a member who was suspended or removed nothing is left at the door.
	if err := s.stop(t.Context(), by.Member); err != nil {
		t.Fatal(err)
	}
	if boxes, err := s.boxes(t.Context(), by.me); err != nil || len(boxes) != 0 {
		t.Errorf("got %d factors and %v, want none", len(boxes), err)
	}
	if n, err := s.db.Devices(t.Context(), by.Member); err != nil || n != 0 {
		t.Errorf("got %d known browsers and %v, want none", n, err)
	}
}

// TestEndOfAMember: every session of theirs ends at once, half a login too, and
// nobody else's.
func TestEndOfAMember(t *testing.T) {
	s := atTheDoor(t)
	var theirs []Actor
	for range 20 {
		theirs = append(theirs, loggedIn(t, s.Desk, "analyst"))
	}
	other := loggedIn(t, s.Desk, "keeper")
	ticket, err := s.beginHalf(theirs[0].me, half{handle: "analyst"})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	if err := s.endMember(theirs[0].Member); err != nil {
		t.Fatal(err)
	}
	for _, by := range theirs {
		select {
		case <-by.Done():
		case <-time.After(hang):
			t.Fatal("a session was not told that it ended")
		}
		if _, err := s.Sessions(by); faultKey(err) != "session.ended" {
			t.Errorf("got %v, want session.ended", err)
		}
	}
	if took := time.Since(at); took > hang {
		t.Errorf("it took %v", took)
	}
	if _, err := s.Asked(t.Context(), ticket, Site{}); faultKey(err) != "login.over" {
		t.Errorf("half a login outlived its member: %v", err)
	}
	if _, err := s.Sessions(other); err != nil {
		t.Errorf("somebody else's session ended too: %v", err)
	}
}

// TestFactorsOnDisk: no byte of a secret or a code stands in clear, a row of
// another member is damage and not a factor, and what is taken away is destroyed.
func TestFactorsOnDisk(t *testing.T) {
	s := atTheDoor(t)
	by, other := loggedIn(t, s.Desk, "keeper"), loggedIn(t, s.Desk, "analyst")
	secret := factor.NewSecret()
	if err := s.addFactor(t.Context(), by, factor.Box{Kind: factor.KindCode, Secret: secret}); err != nil {
		t.Fatal(err)
	}
	codes, err := s.RecoveryCodes(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.db.Factors(t.Context(), by.Member)
	if err != nil || len(rows) != 2 {
		t.Fatalf("got %d rows and %v", len(rows), err)
	}
	onDisk := func(what []byte) bool {
		for _, name := range []string{"keys.db", "keys.db-journal"} {
			b, err := os.ReadFile(filepath.Join(s.cfg.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, what) {
				return true
			}
		}
		return false
	}
	if onDisk(secret) || onDisk([]byte(codes[0])) || onDisk([]byte(factor.Typed(codes[0]))) {
		t.Error("a secret stands on the disk in clear")
	}
	if !onDisk(rows[0].Box[:32]) {
		t.Fatal("this test looks in the wrong place")
	}
	if err := s.db.PutFactor(t.Context(), other.Member, rows[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.boxes(t.Context(), other.me); fault.KindOf(err) != fault.Damaged {
		t.Errorf("a row of somebody else: got %v, want damage", err)
	}
	if err := s.dropFactors(t.Context(), by.Member); err != nil {
		t.Fatal(err)
	}
	if err := s.dropFactors(t.Context(), other.Member); err != nil {
		t.Fatal(err)
	}
	if onDisk(rows[0].Box[:32]) || onDisk(rows[1].Box[:32]) {
		t.Error("what was taken away is still on the disk")
	}
}

// TestCostsThatDiffer: a record made at another cost is made anew at the next
// login; and a name that nobody has costs what some member's does.
func TestCostsThatDiffer(t *testing.T) {
	s := atTheDoor(t)
	old := s.cfg.Cost
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s.cfg.Cost = vault.Cost{Time: old.Time + 1, Memory: old.Memory}
	s.open()
	costOf := func(handle string) (vault.Cost, bool) {
		record, known, err := s.db.LoginNear(t.Context(), s.pepper.Handle(handle))
		if err != nil {
			t.Fatal(err)
		}
		cost, _ := vault.CostOf(record)
		return cost, known
	}
	if cost, known := costOf("keeper"); !known || cost != old {
		t.Fatalf("got %v", cost)
	}
	if cost, known := costOf("nobody of that name"); known || cost != old {
		t.Errorf("a name that nobody has costs %v, want %v as all others", cost, old)
	}
	if _, key := s.knock("keeper", testPassphrase, ""); key != "" {
		t.Fatal(key)
	}
	if cost, _ := costOf("keeper"); cost != s.cfg.Cost {
		t.Errorf("after a login: got %v, want %v", cost, s.cfg.Cost)
	}
	if _, key := s.knock("keeper", testPassphrase, ""); key != "" {
		t.Errorf("with the new record: got %q", key)
	}
}

// TestLockEverythingAtOnce: with hundreds of sessions, and requests in many of
// them, all are over at once, and none goes on.
func TestLockEverythingAtOnce(t *testing.T) {
	s := atTheDoor(t)
	by := loggedIn(t, s.Desk, "keeper")
	aead, err := sessionCipher("x")
	if err != nil {
		t.Fatal(err)
	}
	var all []*session
	for range 500 {
		x := newSession(by.Member, "keeper", s.now)
		x.sealed = aead.Seal(nil, nil, make([]byte, 32), nil)
		if err := s.begin(newToken(), x); err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	var wg sync.WaitGroup
	for _, x := range all[:100] {
		inFlight := by
		inFlight.session, inFlight.done = x, x.done // here, for a lock writes to the session
		wg.Go(func() {
			for s.may(inFlight, read) == nil {
				if _, err := s.Cases(t.Context(), inFlight); err != nil {
					return
				}
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	at := time.Now()
	if err := s.LockAll(by); err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		<-x.done
	}
	if took := time.Since(at); took > hang {
		t.Errorf("locking took %v", took)
	}
	wg.Wait()
	if took := time.Since(at); took > hang {
		t.Errorf("requests went on for %v", took)
	}
}
