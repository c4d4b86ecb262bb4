package mail

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Gap is the least time between two mails that are sent at once. Urgent things
// that come while it lasts are told together at its end: people have just been
// woken, and a flood of false alarms neither fills their boxes nor gets the
// office's mail refused.
const Gap = 10 * time.Minute

// An ID tells waiting things apart and means nothing. A [State] that holds it is
// stored, and shows which things were urgent to whoever knows where the ID comes
// from: make it with a key that is not stored beside it.
type ID [16]byte

// Waiting is a thing that nobody has opened.
type Waiting struct {
	ID ID
	// Arrived is when it came, or came back. Midnight UTC stands for the day,
	// which is all that is stored: it is then taken for the day's end, so that
	// not everyone is woken before those of every day had their time, or, if
	// the thing is urgent, for its beginning.
	Arrived time.Time
	Urgent  bool
}

// A Kind is a cause of mail. It decides who gets it and nothing else.
type Kind uint8

// Kinds of mail: each includes those before it. Do not reorder.
const (
	Nothing  Kind = iota // no mail
	Daily                // something is unopened: to those of every day
	Urgent               // something urgent came: to the same, at once
	Everyone             // something was unopened for too long
)

// Urgent reports whether mail of kind k is worth trying again: see [Sender.Send].
func (k Kind) Urgent() bool { return k >= Urgent }

// A Waker decides when mail is due. It is made by [Config.Waker], does not
// change, waits for nothing and has no clock.
type Waker struct {
	waking             Hours
	daily              bool
	after, urgentAfter time.Duration
	draw               func(n int) int // one of 0…n-1
}

// Next says what mail is due now, of which there is at most one, and what is to
// be remembered once it was sent. Call it about every minute, with everything
// that is unopened; day and waking hours are those of now's location.
//
//   - What is urgent is told at once, each thing once.
//   - What is not is told once a day, at a minute drawn at random for the day,
//     if at that minute anything is unopened. What comes later waits for the
//     next day's minute, because a mail then would say when it came. If nobody
//     asked at that minute (the machine was off), the day's mail is due when
//     somebody asks: one mail, however many days were missed.
//   - What stays unopened for too long goes to everyone, each thing once: what is
//     urgent when its time is over, what is not with that day's mail.
//
// Keep next, and store it if it is not equal to s, only after the mail was sent
// (see [Reached]); if it could not be sent keep s and ask again in some minutes.
// A mail is so rather sent twice than not at all. If what is unopened could not
// be read, do not ask: things that are missing from unopened count as opened, are
// forgotten, and are new if they come back.
func (w Waker) Next(s State, now time.Time, unopened []Waiting) (next State, send Kind) {
	now = now.Round(0) // the monotonic clock stands still while a machine sleeps
	next = s.still(unopened)
	if today := dayOf(now); next.day != today {
		next.day, next.minute, next.done = today, w.waking.From+w.draw(w.waking.To-w.waking.From), false
	}
	urgent := w.urgent(&next, now, unopened)
	return next, max(urgent, w.daysMail(&next, now, unopened))
}

// urgent decides on what is urgent.
func (w Waker) urgent(s *State, now time.Time, unopened []Waiting) (send Kind) {
	if now.Sub(s.woken).Abs() < Gap {
		return Nothing
	}
	for _, u := range unopened {
		if !u.Urgent {
			continue
		}
		everyone, told := s.told[u.ID]
		switch {
		case !everyone && u.late(now, w.urgentAfter):
			s.tell(u.ID, true)
			send = Everyone
		case !told:
			s.tell(u.ID, false)
			send = max(send, Urgent)
		}
	}
	if send != Nothing {
		s.woken = now
	}
	return send
}

// daysMail decides, once a day, on everything else.
func (w Waker) daysMail(s *State, now time.Time, unopened []Waiting) (send Kind) {
	if s.done || now.Hour()*60+now.Minute() < s.minute {
		return Nothing
	}
	s.done = true
	if w.daily && len(unopened) > 0 {
		send = Daily
	}
	for _, u := range unopened {
		if !u.Urgent && !s.told[u.ID] && u.late(now, w.after) {
			s.tell(u.ID, true)
			send = Everyone
		}
	}
	return send
}

// late reports whether u has waited for after. What comes from the future, since
// the clock was put back, is late: it might else wait for ever.
func (u Waiting) late(now time.Time, after time.Duration) bool {
	if u.Arrived.Sub(now) > time.Hour {
		return true
	}
	from := u.Arrived
	if day := 24 * time.Hour; !u.Urgent && from.Equal(from.Truncate(day)) {
		from = from.Add(day)
	}
	return now.Sub(from) >= after
}

// random returns one of 0…n-1, each as likely.
func random(n int) int {
	if n < 2 {
		return 0
	}
	const all = 1 << 32
	for {
		var b [4]byte
		_, _ = rand.Read(b[:]) // never fails
		// The last, incomplete run of n numbers would favour the small ones.
		if x := int64(binary.BigEndian.Uint32(b[:])); x < all-all%int64(n) {
			return int(x % int64(n))
		}
	}
}
