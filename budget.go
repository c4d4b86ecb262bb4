package habeas

import (
	"context"
	"slices"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// What a member may do with names on one day (UTC). One colleague who agrees
// adds as much again; see [Desk.Agree].
const (
	looksADay   = 20 // reveals
	lookUpsADay = 40 // names looked up
	triesADay   = 10 // texts refused because they name somebody
	tellEvery   = 5  // refused texts, after which the office is told
)

// A Budget is what a member did with names today, and how much they may.
type Budget struct {
	Member  ledger.ID
	Name    string
	Looks   Spent
	LookUps Spent
	Tries   Spent
	Agreed  []string // colleagues who agreed to more today
	Mine    bool     // it is who asks
	Open    bool     // something is used up, and who asks may agree to more
}

// Spent is a number out of how many.
type Spent struct{ Used, Most int }

// Left reports whether there is more to spend.
func (s Spent) Left() bool { return s.Used < s.Most }

// Budgets returns what by, and each colleague with whom by shares a circle, did
// with names today. It is counted from entries, so a restart forgets nothing; a
// day is one in UTC.
func (d *Desk) Budgets(ctx context.Context, by Actor) ([]Budget, error) {
	if err := d.may(by, read); err != nil {
		return nil, err
	}
	names, err := d.memberNames(ctx, by)
	if err != nil {
		return nil, err
	}
	entries, err := d.audits(ctx, by)
	if err != nil {
		return nil, err
	}
	var out []Budget
	for _, m := range d.peers(by) {
		b, agreed := d.budget(entries, m)
		b.Name, b.Mine = names[m], m == by.Member
		spent := !b.Looks.Left() || !b.LookUps.Left() || !b.Tries.Left()
		b.Open = spent && !b.Mine && allowed(by.roles, lookNames) && d.answersFor(by.Member, m) && !slices.Contains(agreed, by.Member)
		for _, a := range agreed {
			b.Agreed = append(b.Agreed, names[a])
		}
		out = append(out, b)
	}
	return out, nil
}

// peers returns by and who shares a circle with by that is not the office, by ID.
func (d *Desk) peers(by Actor) []ledger.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []ledger.ID
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseMember }) {
		shares := slices.ContainsFunc(by.circles, func(c circleKeys) bool { return !c.office && d.dir.Granted(c.body.ID(), h.ID) })
		if h.ID == by.Member || shares {
			out = append(out, h.ID)
		}
	}
	return out
}

// budget counts what a member spent today, and returns who agreed to more. An
// agreement counts if it is somebody else's, who holds the vault of a circle that
// the member is in; one of each colleague counts on one day.
func (d *Desk) budget(entries []auditEntry, member ledger.ID) (b Budget, agreed []ledger.ID) {
	today := day(d.now())
	b.Member = member
	for _, e := range entries {
		if !e.Time.Equal(today) {
			continue
		}
		if e.What == AuditAgreed && e.Whom == member && !slices.Contains(agreed, e.Author) && d.might(e.Author, lookNames) && d.answersFor(e.Author, member) {
			agreed = append(agreed, e.Author)
		}
		if e.Author != member {
			continue
		}
		switch e.What {
		case AuditShown:
			b.Looks.Used++
		case AuditLookedUp:
			b.LookUps.Used++
		case AuditTried:
			b.Tries.Used += max(0, e.N)
		}
	}
	times := 1 + len(agreed)
	b.Looks.Most, b.LookUps.Most, b.Tries.Most = looksADay*times, lookUpsADay*times, triesADay*times
	return b, agreed
}

// answersFor reports whether a holds the vault of a circle that b is in, and is
// somebody else.
func (d *Desk) answersFor(a, b ledger.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a == b {
		return false
	}
	of := func(use ledger.Use, member ledger.ID) []ledger.Holder {
		return d.dir.Find(func(h ledger.Holder) bool { return h.Use == use && !h.Office && d.dir.Granted(h.ID, member) })
	}
	vaults := of(ledger.UseCircleVault, a)
	return slices.ContainsFunc(of(ledger.UseCircleBody, b), func(body ledger.Holder) bool {
		return slices.ContainsFunc(vaults, func(v ledger.Holder) bool { return v.Of == body.Of })
	})
}

// budgetOf returns what by has left today.
func (d *Desk) budgetOf(ctx context.Context, by Actor) (Budget, error) {
	entries, err := d.audits(ctx, by)
	b, _ := d.budget(entries, by.Member)
	return b, err
}

// Agree lets a colleague do as much again with names today as a day allows. It
// takes the passphrase, and the office sees it.
func (d *Desk) Agree(ctx context.Context, by Actor, member ledger.ID, pass vault.Text) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	budgets, err := d.Budgets(ctx, by)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(budgets, func(b Budget) bool { return b.Member == member })
	switch {
	case i < 0:
		return fault.New(fault.NotFound, "member.none")
	case budgets[i].Mine:
		return fault.New(fault.Forbidden, "budget.own")
	case !budgets[i].Open:
		return fault.New(fault.Conflict, "budget.agreed")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	return d.audit(ctx, by, audited{What: AuditAgreed, Whom: member})
}

// tried counts the texts of one member today that may name somebody.
type tried struct {
	day   time.Time
	n     int // refused, or being looked at
	named int // refused
	told  int // of these, that the office knows of
	seen  map[question]bool
}

// try takes one of by's tries of today before a text is looked at, and returns
// what gives it back if the text names nobody. Who types names into one field
// after the other learns of each whether it is protected: so there are few a day.
//
// They are counted in memory, for a refusal is a slip more often than not, and
// the office is told of every fifth: after a restart the count goes on from
// there.
func (d *Desk) try(ctx context.Context, by Actor) (giveBack func(), err error) {
	today, most := day(d.now()), 0
	for {
		d.mu.Lock()
		t := d.tries[by.Member]
		known := t.day.Equal(today)
		if known && t.n < max(most, triesADay) {
			t.n++
			d.tries[by.Member] = t
			d.mu.Unlock()
			return func() { d.tryAgain(by, today) }, nil
		}
		d.mu.Unlock()
		if known && most > 0 {
			return nil, fault.New(fault.Withheld, "budget.tries")
		}
		b, err := d.budgetOf(ctx, by)
		if err != nil {
			return nil, err
		}
		most = b.Tries.Most
		d.mu.Lock()
		if t := d.tries[by.Member]; !t.day.Equal(today) {
			d.tries[by.Member] = tried{day: today, n: b.Tries.Used, named: b.Tries.Used, told: b.Tries.Used}
		}
		d.mu.Unlock()
	}
}

func (d *Desk) tryAgain(by Actor, today time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.tries[by.Member]; t.day.Equal(today) {
		t.n--
		d.tries[by.Member] = t
	}
}

// namedSomebody is what a text that names somebody is refused with.
func (d *Desk) namedSomebody(ctx context.Context, by Actor) error {
	d.mu.Lock()
	t := d.tries[by.Member]
	t.named++
	tell := t.named-t.told >= tellEvery
	if tell {
		t.told += tellEvery
	}
	d.tries[by.Member] = t
	d.mu.Unlock()
	d.cfg.Log.InfoContext(ctx, "a text named somebody")
	if tell {
		if err := d.audit(ctx, by, audited{What: AuditTried, N: tellEvery}); err != nil {
			return err
		}
	}
	return fault.New(fault.Withheld, "desk.name_in_field")
}
