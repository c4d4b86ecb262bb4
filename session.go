package habeas

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// How long sessions last.
const (
	idleLimit     = 15 * time.Minute // unless its member chose another, up to mostIdle
	mostIdle      = time.Hour
	absoluteLimit = 8 * time.Hour
	rememberEnded = 24 * time.Hour // so that a form sent too late is kept for its member
	revealLimit   = 10 * time.Minute
	mostWrong     = 5 // wrong passphrases in a row that end a session
)

// A session is one member's presence. It holds the member's seed only sealed
// under the token, which the server forgets: between requests nothing here opens
// anything.
type session struct {
	member   ledger.ID
	done     chan struct{} // closed when the session ends
	id       ledger.ID     // by which its member can tell it from others; opens nothing
	handle   string        // for step-up
	name     string        // as colleagues see it
	sealed   []byte        // the seed; nil once the session ended
	started  time.Time
	used     time.Time
	ended    time.Time
	idle     time.Duration
	circles  []ledger.ID
	revealed map[CaseID]time.Time // until when names are shown
	looked   map[FileOf]looking   // which files of exhibits are shown
	names    []byte               // those looked through, sealed to its member; see lookup.go
	asked    time.Time            // when that was
	wrong    int                  // passphrases typed wrong, one after the other
	pending  []byte               // a second factor being set up, sealed to its member
	renew    ledger.ID            // the request in which the passphrase was typed; its answer replaces the token, see Renew
	forms    forms
	hinted   time.Time // see pace
}

// newSession returns a session that begins now, with its seed still to be sealed.
func newSession(member ledger.ID, handle string, now time.Time) *session {
	s := &session{
		member: member, id: ledger.NewID(), handle: handle, done: make(chan struct{}), started: now, used: now, idle: idleLimit,
		revealed: map[CaseID]time.Time{}, looked: map[FileOf]looking{},
	}
	rand.Read(s.forms.key[:])
	return s
}

// An Actor is who asks: a member, for the time of one request. It is made by
// [Desk.Actor] and passed on as an argument, never in a context.
type Actor struct {
	Member  ledger.ID
	handle  string
	name    string
	roles   []ledger.Role
	me      *vault.Holder
	circles []circleKeys
	session *session
	key     [32]byte // the session's, on the list
	done    <-chan struct{}
	sure    bool // see Sure
	said    map[string]bool
	lets    map[letMark]bool // with covers, see LetStand
	covers  map[string]bool
	request ledger.ID // tells one request from another
}

// begin puts a session on the list. It is there before anything is opened for it:
// a view that nobody is in session for is closed.
func (d *Desk) begin(token string, s *session) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dir.Standing(s.member) != ledger.Active {
		return fault.New(fault.Invalid, "login.wrong")
	}
	d.sessions[sha256.Sum256([]byte(token))] = s
	return nil
}

// sessionCipher returns what seals a seed under a token.
func sessionCipher(token string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(token), nil, "habeas session v1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// cipher returns what seals things for a, for as long as they are in session. It
// outlasts a change of the token.
func (a Actor) cipher() (cipher.AEAD, error) {
	secret := a.me.Seed().Derive("things of a session")
	return sessionCipher(string(secret[:]))
}

// Actor returns who holds the token, with the keys for one request. It counts
// as use of the session.
func (d *Desk) Actor(ctx context.Context, token string) (Actor, error) {
	if err := d.catchUp(ctx); err != nil {
		return Actor{}, err
	}
	s, by, sealed, err := d.useSession(token)
	if err != nil {
		return Actor{}, err
	}
	aead, err := sessionCipher(token)
	if err != nil {
		return Actor{}, err
	}
	b, err := aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return Actor{}, fault.Wrap(err, fault.Locked, "session.ended")
	}
	defer clear(b)
	seed, err := vault.SeedFrom(b)
	if err != nil {
		return Actor{}, err
	}
	me, err := vault.NewHolder(seed)
	if err != nil {
		return Actor{}, err
	}
	by.Member, by.me, by.session, by.key = me.ID(), me, s, sha256.Sum256([]byte(token))
	by.request = ledger.NewID()
	if by.circles, err = d.circlesOf(ctx, me); err != nil {
		return Actor{}, err
	}
	d.mu.Lock()
	h, _ := d.dir.Holder(me.ID())
	active := d.dir.Standing(me.ID()) == ledger.Active
	d.mu.Unlock()
	if !active {
		return Actor{}, fault.New(fault.Locked, "session.ended")
	}
	by.roles = h.Roles
	return by, nil
}

// useSession returns the session of a token, what it says of its member, and the
// sealed seed. The session itself is read only while d.mu is held: it may end at
// any moment.
func (d *Desk) useSession(token string) (*session, Actor, []byte, error) {
	if err := d.Sweep(); err != nil {
		return nil, Actor{}, nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.sessions[sha256.Sum256([]byte(token))]
	if s == nil && d.elsewhere(token) {
		return nil, Actor{}, nil, fault.New(fault.Locked, "session.elsewhere")
	}
	if s == nil {
		return nil, Actor{}, nil, fault.New(fault.Locked, "session.none")
	}
	if s.sealed == nil {
		return nil, Actor{}, nil, fault.New(fault.Locked, "session.ended")
	}
	s.used = d.now()
	return s, Actor{handle: s.handle, name: s.name, done: s.done}, bytes.Clone(s.sealed), nil
}

// Sweep ends sessions past their limits, forgets those long ended, and closes the
// views that nobody is left for. A server calls it every minute, so that an idle
// session locks without another request. An erasure that was cut short is finished
// here, too.
func (d *Desk) Sweep() error {
	d.tryToFinish()
	d.keepSeen(context.Background())
	return d.endSessions(func(s *session, now time.Time) bool {
		return now.Sub(s.used) >= s.idle || now.Sub(s.started) >= absoluteLimit
	})
}

// endSessions ends the live sessions that match.
func (d *Desk) endSessions(match func(s *session, now time.Time) bool) error {
	d.mu.Lock()
	now := d.now()
	for k, s := range d.sessions {
		if s.sealed != nil && match(s, now) {
			s.end(now)
		}
		if s.oldNames(now) {
			s.names = nil
		}
		if s.sealed == nil && now.Sub(s.ended) >= rememberEnded {
			delete(d.sessions, k)
		}
	}
	views := d.unused()
	d.mu.Unlock()
	d.dropUploads(CaseID{})
	return closeViews(views)
}

func (s *session) end(now time.Time) {
	clear(s.sealed)
	close(s.done)
	*s = session{member: s.member, done: s.done, ended: now}
}

// Logout ends the session of a token. Its member is remembered for a day, and
// no key of theirs.
func (d *Desk) Logout(token string) error {
	d.mu.Lock()
	this := d.sessions[sha256.Sum256([]byte(token))]
	d.mu.Unlock()
	return d.endSessions(func(s *session, _ time.Time) bool { return s == this })
}

// Leave ends by's own session.
func (d *Desk) Leave(by Actor) error {
	return d.endSessions(func(s *session, _ time.Time) bool { return s == by.session })
}

// endMember ends every session of a member. Requests in flight find it out by
// [Actor.Done], and by the next thing they ask.
func (d *Desk) endMember(member ledger.ID) error {
	d.mu.Lock()
	d.endHalves(func(h *half) bool { return h.member == member })
	d.mu.Unlock()
	return d.endSessions(func(s *session, _ time.Time) bool { return s.member == member })
}

// LockAll ends every session of every member; on other nodes within a second.
func (d *Desk) LockAll(by Actor) error {
	if err := d.may(by, lockAll); err != nil {
		return err
	}
	err := d.lockHere()
	if d.db.Shared() && d.mayWrite() {
		err = errors.Join(err, d.raiseLockedOut(context.Background()))
	}
	return err
}

// Sure returns a as one who has looked at words that look like names, in the form
// they are sending, and says that they are none. A name that the circle protects
// is refused all the same.
func (a Actor) Sure() Actor {
	a.sure = true
	return a
}

// Done is closed when the session ends: what is being done for a then stops.
// Of the zero Actor it is nil.
func (a Actor) Done() <-chan struct{} { return a.done }

// Name returns the member's name as colleagues see it.
func (a Actor) Name() string { return a.name }

// Is reports whether the member has a role.
func (a Actor) Is(role ledger.Role) bool {
	for _, r := range a.roles {
		if r == role {
			return true
		}
	}
	return false
}

// Renew returns the token that takes the place of the one by came with, if a
// passphrase was typed again in by's own request: whoever else has the old one is
// out before they see what the passphrase opened, and cannot fetch the new one with
// a request of theirs. A form sent under the old one is still
// kept for its member.
func (d *Desk) Renew(by Actor) (string, bool) {
	if by.session == nil || by.me == nil {
		return "", false
	}
	token := d.tag() + newToken()
	aead, err := sessionCipher(token)
	if err != nil {
		return "", false
	}
	seed := by.me.Seed().Bytes()
	defer clear(seed)
	sealed := aead.Seal(nil, nil, seed, nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	s := by.session
	if s.renew.IsZero() || s.renew != by.request || s.sealed == nil || d.sessions[by.key] != s {
		return "", false
	}
	clear(s.sealed)
	s.sealed, s.renew = sealed, ledger.ID{}
	d.sessions[by.key] = &session{member: s.member, ended: d.now()}
	d.sessions[sha256.Sum256([]byte(token))] = s
	return token, true
}
