package habeas

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
)

// Limits of what is looked at while somebody types.
const (
	MostTyped    = 16 << 10        // bytes of one text; what is longer is looked at when it is sent
	hintsAtOnce  = 30              // asked in a row
	hintEvery    = 2 * time.Second // and one more after so long
	hintsADay    = triesADay / 2   // of a day's tries: the rest is for what is sent
	mostReplaced = 200             // decisions in one form
)

// A Hint is a stretch of a text that names somebody, or looks as if it might.
type Hint struct {
	Start, End int         // bytes of the text; both 0 if only that it names somebody is said
	Known      bool        // it names somebody the circle protects, and is refused whatever is said of it
	Persons    []claim.Ref // who of the case that may be, while its names are shown
	Why        string      // as [Run.Why]
}

// Typed is what somebody is typing, and where it is to go.
type Typed struct {
	Case      CaseID    // zero if there is none yet
	Circle    ledger.ID // of a case that is to be opened
	Statement bool      // the texts are of a statement, which may name people
	Texts     []string
}

// Hints are what stands in texts that are being typed, one list for each.
type Hints struct {
	Of    [][]Hint
	Spent bool // whom the circle protects is not said any more today; what is sent is still checked
}

// Hints says beforehand what would be held against texts when they are sent.
// Without a case and a circle it is asked about words for the whole office, in
// which capitals are expected. Nothing of a text is kept, and nothing recorded.
//
// It answers nobody more than sending the text would. That a text names somebody
// costs one of the tries of a day, as there, and of these at most half; the same
// words cost nothing again on that day. Where in the text is told only to who
// holds the vault, one try for each name, and who it is only while names are shown.
func (d *Desk) Hints(ctx context.Context, by Actor, t Typed) (Hints, error) {
	if err := d.may(by, read); err != nil {
		return Hints{}, err
	}
	if !allowed(by.roles, record) && !allowed(by.roles, compose) {
		return Hints{}, fault.New(fault.Forbidden, "may.not")
	}
	if err := d.pace(by); err != nil {
		return Hints{}, err
	}
	in, err := d.typedIn(ctx, by, t)
	if err != nil {
		return Hints{}, err
	}
	out := Hints{}
	for _, text := range t.Texts {
		text = text[:cut(text, MostTyped)]
		known, err := d.knownHints(ctx, by, in, text, &out.Spent)
		if err != nil {
			return Hints{}, err
		}
		var looks []gate.Span
		switch {
		case t.Statement:
			looks = gate.Suspects(text, by.cover)
		case !in.coarse:
			if looks, err = d.looksLikeNames(ctx, by, in.circles[0], text); err != nil {
				return Hints{}, err
			}
		}
		out.Of = append(out.Of, merge(known, looks))
	}
	return out, nil
}

// cut returns the greatest length up to most at which text can be cut.
func cut(text string, most int) int {
	if len(text) <= most {
		return len(text)
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return most
}

// typing is where a text is to go, opened.
type typing struct {
	circles []circleKeys
	coarse  bool // it is for the whole office: only who is protected is asked about
	where   bool // the member holds the vault, so where a name stands may be said
	shown   bool // names are shown
	state   *claim.State
	told    bool // a statement: says nothing that the reading desk would not say
}

func (d *Desk) typedIn(ctx context.Context, by Actor, t Typed) (typing, error) {
	switch {
	case !t.Case.IsZero():
		k, err := d.caseKeys(ctx, by, t.Case)
		if err != nil {
			return typing{}, err
		}
		state, err := d.state(ctx, by, k)
		in := typing{circles: []circleKeys{k.circle}, where: k.vault != nil, state: state, told: t.Statement}
		in.shown = in.where && d.revealed(by, k.id)
		return in, err
	case !t.Circle.IsZero():
		c, ok := by.circle(t.Circle)
		if !ok || c.office {
			return typing{}, fault.New(fault.NotFound, "circle.none")
		}
		return typing{circles: []circleKeys{c}, where: c.vault != nil}, nil
	}
	return typing{circles: by.circles, coarse: true}, nil
}

// knownHints returns who of those protected a text names, as far as by is told.
func (d *Desk) knownHints(ctx context.Context, by Actor, in typing, text string, spent *bool) (out []Hint, err error) {
	if in.told && !in.shown || strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for _, c := range in.circles {
		ix, err := d.gateIndex(ctx, c)
		if err != nil {
			return nil, err
		}
		found := namesIn(text, ix)
		if in.told { // names are shown: who they are is no secret, but only of this case
			found = slices.DeleteFunc(found, func(h Hint) bool { return len(in.here(h)) == 0 })
		}
		if len(found) == 0 {
			continue
		}
		if found, err = d.paid(ctx, by, c, in, text, found, spent); err != nil {
			return nil, err
		}
		for _, h := range found {
			h.Persons = in.here(h)
			out = append(out, h)
		}
	}
	return out, nil
}

// here returns who of the case a hint may mean, while names are shown.
func (in typing) here(h Hint) (who []claim.Ref) {
	if !in.shown {
		return nil
	}
	for _, ref := range h.Persons {
		if _, ok := in.state.Persons[ref]; ok && !slices.Contains(who, ref) {
			who = append(who, ref)
		}
	}
	return who
}

// namesIn returns the stretches of a text that name somebody of an index.
func namesIn(text string, ix *gate.Index) (out []Hint) {
	for _, h := range gate.Scan([]byte(text), ix) {
		if h.Verdict <= gate.Allowed || !fits(text, h.Start, h.End) {
			continue
		}
		last := len(out) - 1
		if last < 0 || h.Start >= out[last].End {
			out = append(out, Hint{Start: h.Start, End: h.End, Known: true, Why: "known"})
			last++
		}
		out[last].End = max(out[last].End, h.End)
		if h.Person != "" {
			out[last].Persons = append(out[last].Persons, claim.Ref(h.Person))
		}
	}
	return out
}

// paid returns those of found that by is told of, and takes tries for what by was
// not told of before.
func (d *Desk) paid(ctx context.Context, by Actor, c circleKeys, in typing, text string, found []Hint, spent *bool) ([]Hint, error) {
	if in.told {
		return found, nil
	}
	key, err := d.gateKey(ctx, c)
	if err != nil {
		return nil, err
	}
	if !in.where {
		if d.seen(by, questionOf(key, text, found)) {
			return []Hint{{Known: true, Why: "known"}}, nil
		}
		ok, err := d.pay(ctx, by, questionOf(key, text, found))
		*spent = *spent || !ok
		if !ok || err != nil {
			return nil, err
		}
		return []Hint{{Known: true, Why: "known"}}, nil
	}
	var told []Hint
	for _, h := range found {
		q := questionOf(key, text, []Hint{h})
		if !d.seen(by, q) {
			ok, err := d.pay(ctx, by, q)
			if err != nil {
				return nil, err
			}
			if !ok {
				*spent = true
				continue
			}
		}
		told = append(told, h)
	}
	return told, nil
}

// A question is what tells one set of words that name somebody from another. It
// is kept in memory for a day, and says nothing to who lacks the key.
type question [sha256.Size]byte

func questionOf(key [32]byte, text string, found []Hint) (q question) {
	var words []string
	for _, h := range found {
		words = append(words, gate.SuspectKey(text[h.Start:h.End]))
	}
	slices.Sort(words)
	m := hmac.New(sha256.New, key[:])
	m.Write([]byte("habeas question 1\n" + strings.Join(slices.Compact(words), "\n")))
	copy(q[:], m.Sum(nil))
	return q
}

// seen reports whether by was told the answer to a question today.
func (d *Desk) seen(by Actor, q question) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tries[by.Member]
	return t.day.Equal(day(d.now())) && t.seen[q]
}

// pay takes one of by's tries for the answer to a question, unless half of the
// day's are used already.
func (d *Desk) pay(ctx context.Context, by Actor, q question) (bool, error) {
	giveBack, err := d.try(ctx, by)
	if fault.KindOf(err) == fault.Withheld {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.mu.Lock()
	t := d.tries[by.Member]
	over := t.n > hintsADay
	if !over {
		if t.seen == nil {
			t.seen = map[question]bool{}
		}
		t.seen[q] = true
		d.tries[by.Member] = t
	}
	d.mu.Unlock()
	if over {
		giveBack()
		return false, nil
	}
	if err := d.namedSomebody(ctx, by); fault.KindOf(err) != fault.Withheld {
		return false, err // the office could not be told
	}
	return true, nil
}

// told reports whether by was told already that every name in a text that hits
// were found in is protected: to refuse it tells nothing more.
func (d *Desk) told(ctx context.Context, by Actor, c circleKeys, text string, ix *gate.Index) (bool, error) {
	key, err := d.gateKey(ctx, c)
	if err != nil {
		return false, err
	}
	found := namesIn(text, ix)
	if len(found) == 0 {
		return false, nil
	}
	if d.seen(by, questionOf(key, text, found)) {
		return true, nil
	}
	return !slices.ContainsFunc(found, func(h Hint) bool { return !d.seen(by, questionOf(key, text, []Hint{h})) }), nil
}

// merge returns what names somebody and, beside it, what looks as if it did, in
// the order of the text.
func merge(known []Hint, looks []gate.Span) []Hint {
	out := slices.Clone(known)
	for _, s := range looks {
		over := func(h Hint) bool { return s.Start < h.End && h.Start < s.End }
		if i := slices.IndexFunc(out, over); i >= 0 {
			out[i].Start, out[i].End = min(out[i].Start, s.Start), max(out[i].End, s.End)
			continue
		}
		out = append(out, Hint{Start: s.Start, End: s.End, Why: s.Why})
	}
	slices.SortStableFunc(out, func(a, b Hint) int { return a.Start - b.Start })
	return out
}

// pace lets a session ask so many times in a row, and then slowly.
func (d *Desk) pace(by Actor) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	s := by.session
	if earliest := now.Add(-hintsAtOnce * hintEvery); s.hinted.Before(earliest) {
		s.hinted = earliest
	}
	if next := s.hinted.Add(hintEvery); !next.After(now) {
		s.hinted = next
		return nil
	}
	return fault.New(fault.Busy, "hints.slower")
}
