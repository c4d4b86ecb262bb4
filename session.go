package habeas

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// How long sessions last.
const (
	idleLimit     = 15 * time.Minute
	absoluteLimit = 8 * time.Hour
	rememberEnded = 24 * time.Hour // so that a form sent too late is kept for its member
	revealLimit   = 10 * time.Minute
)

// A session is one member's presence. It holds the member's seed only sealed
// under the token, which the server forgets: between requests nothing here opens
// anything.
type session struct {
	member   ledger.ID
	handle   string // for step-up
	name     string // as colleagues see it
	sealed   []byte // the seed; nil once the session ended
	started  time.Time
	used     time.Time
	ended    time.Time
	circles  []ledger.ID
	revealed map[CaseID]time.Time // until when names are shown
	names    []byte               // those looked through, sealed under the token; see lookup.go
	asked    time.Time            // when that was
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
	token   string
	session *session
	sure    bool // see Sure
}

// Login opens a session and returns its token. An unknown name and a wrong
// passphrase are the same fault, "login.wrong", after the same work.
func (d *Desk) Login(ctx context.Context, handle string, pass vault.Text) (string, error) {
	seed, err := d.openLogin(ctx, handle, pass)
	if err != nil {
		return "", err
	}
	defer seed.Wipe()
	me, err := vault.NewHolder(seed)
	if err != nil {
		return "", err
	}
	circles, err := d.circlesOf(ctx, me)
	if err != nil {
		return "", err
	}
	raw := make([]byte, 32)
	rand.Read(raw)
	token := base64.RawURLEncoding.EncodeToString(raw)
	aead, err := sessionCipher(token)
	if err != nil {
		return "", err
	}
	now := d.now()
	s := &session{member: me.ID(), handle: handle, started: now, used: now, revealed: map[CaseID]time.Time{}}
	s.sealed = aead.Seal(nil, nil, seed.Bytes(), nil)
	for _, c := range circles {
		s.circles = append(s.circles, c.id)
	}
	if err := d.begin(token, s); err != nil {
		return "", err
	}
	names, err := d.memberNames(ctx, Actor{circles: circles})
	if err != nil {
		return "", errors.Join(err, d.Logout(token))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s.name = names[me.ID()]
	return token, nil
}

// begin puts a session on the list. It is there before anything is opened for it:
// a view that nobody is in session for is closed.
func (d *Desk) begin(token string, s *session) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.dir.Holder(s.member); !ok {
		return fault.New(fault.Invalid, "login.wrong")
	}
	d.sessions[sha256.Sum256([]byte(token))] = s
	return nil
}

// openLogin finds the member's seed. Argon2id takes 128 MiB a run, so only a
// few run at a time and the others wait their turn.
func (d *Desk) openLogin(ctx context.Context, handle string, pass vault.Text) (vault.Seed, error) {
	select {
	case d.slow <- struct{}{}:
		defer func() { <-d.slow }()
	case <-ctx.Done():
		return vault.Seed{}, fault.Wrap(ctx.Err(), fault.Busy, "login.busy")
	case <-time.After(20 * time.Second):
		return vault.Seed{}, fault.New(fault.Busy, "login.busy")
	}
	record, err := d.db.Login(ctx, d.pepper.Handle(handle))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return vault.Seed{}, err
	}
	return d.pepper.OpenLogin(handle, pass, d.cfg.Cost, record)
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

// Actor returns who holds the token, with the keys for one request. It counts
// as use of the session.
func (d *Desk) Actor(ctx context.Context, token string) (Actor, error) {
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
	by.Member, by.me, by.token, by.session = me.ID(), me, token, s
	if by.circles, err = d.circlesOf(ctx, me); err != nil {
		return Actor{}, err
	}
	d.mu.Lock()
	h, ok := d.dir.Holder(me.ID())
	d.mu.Unlock()
	if !ok {
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
	if s == nil {
		return nil, Actor{}, nil, fault.New(fault.Locked, "session.none")
	}
	if s.sealed == nil {
		return nil, Actor{}, nil, fault.New(fault.Locked, "session.ended")
	}
	s.used = d.now()
	return s, Actor{handle: s.handle, name: s.name}, bytes.Clone(s.sealed), nil
}

// Sweep ends sessions past their limits, forgets those long ended, and closes the
// views that nobody is left for. A server calls it every minute, so that an idle
// session locks without another request.
func (d *Desk) Sweep() error {
	return d.endSessions(func(s *session, now time.Time) bool {
		return now.Sub(s.used) >= idleLimit || now.Sub(s.started) >= absoluteLimit
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
	return closeViews(views)
}

func (s *session) end(now time.Time) {
	clear(s.sealed)
	*s = session{member: s.member, ended: now}
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
func (d *Desk) Leave(by Actor) error { return d.Logout(by.token) }

// LockAll ends every session of every member.
func (d *Desk) LockAll(by Actor) error {
	if err := d.may(by, lockAll); err != nil {
		return err
	}
	return d.endSessions(func(*session, time.Time) bool { return true })
}

// Sure returns a as one who has looked at words that look like names, in the form
// they are sending, and says that they are none. A name that the circle protects
// is refused all the same.
func (a Actor) Sure() Actor {
	a.sure = true
	return a
}

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

// FormToken returns what a form of this session carries, so that a form made by
// somebody else is refused.
func (d *Desk) FormToken(by Actor) string {
	m := hmac.New(sha256.New, []byte("habeas form v1"))
	m.Write([]byte(by.token))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// CheckForm fails with the fault "form.token" if the token is not this
// session's.
func (d *Desk) CheckForm(by Actor, token string) error {
	if !hmac.Equal([]byte(token), []byte(d.FormToken(by))) {
		return fault.New(fault.Invalid, "form.token")
	}
	return nil
}

// A Draft is a form that arrived after its session had ended, kept for its
// member.
type Draft struct {
	ID     ledger.ID           `json:"-"`
	Path   string              `json:"path"`
	Fields map[string][]string `json:"fields"`
}

// KeepDraft seals a form to the member whose session token was, within the last
// day, if there was such a session; and reports whether it did.
func (d *Desk) KeepDraft(ctx context.Context, token string, dr Draft) (bool, error) {
	d.mu.Lock()
	s := d.sessions[sha256.Sum256([]byte(token))]
	var to ledger.Holder
	if s != nil {
		to, _ = d.dir.Holder(s.member)
	}
	d.mu.Unlock()
	if to.ID.IsZero() {
		return false, nil
	}
	text, err := json.Marshal(dr)
	if err != nil {
		return false, err
	}
	box, err := vault.SealDraft(to, text)
	if err != nil {
		return false, err
	}
	return true, d.db.PutDraft(ctx, ledger.NewID(), to.ID, box)
}

// Drafts returns the forms kept for by.
func (d *Desk) Drafts(ctx context.Context, by Actor) ([]Draft, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	rows, err := d.db.Drafts(ctx, by.Member)
	if err != nil {
		return nil, err
	}
	var out []Draft
	for _, r := range rows {
		text, err := by.me.OpenDraft(r.Box)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "draft.damaged")
		}
		dr := Draft{ID: r.ID}
		if err := json.Unmarshal(text, &dr); err != nil {
			return nil, err
		}
		out = append(out, dr)
	}
	return out, nil
}

// DropDraft throws a kept form away.
func (d *Desk) DropDraft(ctx context.Context, by Actor, id ledger.ID) error {
	if err := d.may(by, read); err != nil {
		return err
	}
	_, err := d.db.TakeDraft(ctx, by.Member, id)
	return err
}
