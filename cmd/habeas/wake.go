package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"habeas"
	"habeas/fault"
	"habeas/internal/mail"
	"habeas/internal/whole"
)

// mailSettings is the file that --mail names.
type mailSettings struct {
	Server       string   `json:"server"`   // host:port
	Security     string   `json:"security"` // "starttls", "tls" or "none"
	From         string   `json:"from"`
	User         string   `json:"user"`
	PasswordFile string   `json:"password_file"`
	CAFile       string   `json:"ca_file"`
	Everyday     []string `json:"everyday"`
	Everyone     []string `json:"everyone"`
	Lang         string   `json:"lang"`
	Zone         string   `json:"zone"`   // in which days and hours are counted, such as Europe/Vilnius; UTC if empty
	Waking       []int    `json:"waking"` // first and last hour for daily mail, such as [8, 20]; the whole day if empty
	NoDaily      bool     `json:"no_daily"`
	After        int      `json:"after"` // hours
	UrgentAfter  int      `json:"urgent_after"`
}

// wakeFile is where what was sent is remembered, in the data directory: the last
// day, its minute, and codes of letters that were urgent or late. Several nodes keep the
// same in their database.
const wakeFile = "wake.json"

// A waker wakes people.
type waker struct {
	config mail.Config
	send   *mail.Sender
	zone   *time.Location
	file   string
	log    *slog.Logger
	soon   chan struct{}
}

func readWaker(path, dir string, log *slog.Logger) (*waker, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s mailSettings
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return nil, refuse("the mail settings cannot be read: "+err.Error(), "docs/operate.md says what may stand there")
	}
	w := &waker{zone: time.UTC, file: filepath.Join(dir, wakeFile), log: log, soon: make(chan struct{}, 1)}
	w.config = mail.Config{
		Server: s.Server, Security: mail.Security(s.Security), From: s.From, User: s.User, PasswordFile: s.PasswordFile, CAFile: s.CAFile,
		Everyday: s.Everyday, Everyone: s.Everyone, Lang: s.Lang, NoDaily: s.NoDaily, After: s.After, UrgentAfter: s.UrgentAfter,
	}
	switch len(s.Waking) {
	case 0:
	case 2:
		w.config.Waking = mail.Hours{From: s.Waking[0] * 60, To: s.Waking[1] * 60}
	default:
		return nil, refuse("waking is two hours", "such as [8, 20]")
	}
	if w.zone, err = time.LoadLocation(s.Zone); err != nil {
		return nil, refuse(fmt.Sprintf("there is no time zone %q", s.Zone), "such as Europe/Vilnius, or leave it out for UTC")
	}
	w.send, err = mail.NewSender(w.config)
	return w, err
}

// now makes run look at once.
func (w *waker) now() {
	select {
	case w.soon <- struct{}{}:
	default:
	}
}

// wakeEvery is how often a waker looks; retryAfter how long it waits when no server
// took its mail.
const (
	wakeEvery  = time.Minute
	retryAfter = 5 * time.Minute
)

// run wakes people until ctx ends.
func (w *waker) run(ctx context.Context, desk *habeas.Desk) {
	s := w.remembered()
	tick := time.NewTicker(wakeEvery)
	defer tick.Stop()
	var notBefore time.Time
	for {
		if time.Now().After(notBefore) {
			next, err := w.look(ctx, desk, s)
			if err != nil {
				w.log.LogAttrs(ctx, slog.LevelError, "nobody was woken", slog.Int("kind", int(fault.KindOf(err))), slog.String("type", fmt.Sprintf("%T", err)))
				notBefore = time.Now().Add(retryAfter)
			}
			s = next
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-w.soon:
		}
	}
}

// look sends what is due and returns what is to be remembered of it. Of several nodes one
// does so for all.
func (w *waker) look(ctx context.Context, desk *habeas.Desk, s mail.State) (mail.State, error) {
	if !desk.Shared() {
		next, err := w.wake(ctx, desk, s)
		if err == nil && !next.Equal(s) {
			err = w.remember(next)
		}
		return next, err
	}
	_, err := desk.Duty(ctx, "mail", func(was string) (string, error) {
		if said, bad := mail.DecodeState([]byte(was)); bad == nil && !said.Equal(s) { // another node had it meanwhile
			s = said
		}
		next, err := w.wake(ctx, desk, s)
		if err == nil {
			s = next
		}
		return string(s.Encode()), err
	})
	return s, err
}

// wake sends what is due, and returns what is to be remembered then.
func (w *waker) wake(ctx context.Context, desk *habeas.Desk, s mail.State) (mail.State, error) {
	unopened, err := desk.Unopened(ctx)
	if err != nil {
		return s, err
	}
	terms, err := desk.Waking(ctx)
	if err != nil {
		return s, err
	}
	unopened = append(unopened, terms...)
	var waiting []mail.Waiting
	for _, u := range unopened {
		waiting = append(waiting, mail.Waiting{ID: mail.ID(u.ID), Arrived: u.Day, Urgent: u.Urgent})
	}
	next, kind := w.config.Waker().Next(s, time.Now().In(w.zone), waiting)
	if kind != mail.Nothing {
		if err := w.send.Send(ctx, w.config.Recipients(kind), kind.Urgent()); !mail.Reached(err) {
			return s, err
		}
	}
	return next, nil
}

// remembered returns what was remembered; if it cannot be read, nothing was, and a
// mail may come twice.
func (w *waker) remembered() mail.State {
	b, err := os.ReadFile(w.file)
	if errors.Is(err, os.ErrNotExist) {
		return mail.State{}
	}
	s, bad := mail.DecodeState(b)
	if err != nil || bad != nil {
		w.log.Warn("what was remembered of mail cannot be read")
		return mail.State{}
	}
	return s
}

func (w *waker) remember(s mail.State) error {
	return whole.Write(w.file, s.Encode())
}
