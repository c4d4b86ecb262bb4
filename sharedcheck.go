package habeas

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// A circle can be marked for the shared check: then what members of other circles
// release is looked through for its names, too. What it is looked through for is a
// second copy of the hashes that its own gate reads, in a stream of its own, under a
// key that is wrapped to the circle and to each member who may release. Only
// [Desk.Release] opens it for those who are not of the circle.
//
// Nothing says that a copy is out of date. Whoever is of the circle, may see names
// there and may mark it compares when they log in, and makes it anew: under a new
// key, since an old one may be known to somebody who was removed.

// kindSharedCheck is an entry of the office circle: whether a circle is marked, and
// which key its copy is under.
const kindSharedCheck = "shared-check"

// A checked is the body of a kindSharedCheck entry.
type checked struct {
	Circle ledger.ID   `json:"circle"`
	Key    ledger.ID   `json:"key,omitzero"`   // zero if the circle is not marked
	Gone   []ledger.ID `json:"gone,omitempty"` // who might once release and had been removed before
}

// MarkShared marks a circle that by is in and whose names by may see, so that what
// members of other circles release is looked through for its names. It takes the
// passphrase again, and the office sees that by did it.
func (d *Desk) MarkShared(ctx context.Context, by Actor, circle ledger.ID, pass vault.Text) error {
	if err := d.may(by, markShared); err != nil {
		return err
	}
	c, err := d.markable(ctx, by, circle, pass)
	if err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.marking, "marks")
	if err != nil {
		return err
	}
	defer leave()
	marks, err := d.marks(ctx, by)
	if err != nil {
		return err
	}
	if _, marked := marks[circle]; marked {
		return fault.New(fault.Conflict, "shared.marked")
	}
	return d.makeShared(ctx, by, c, AuditCheckedOn)
}

// UnmarkShared ends what MarkShared began: the key is destroyed, and with it what
// stood under it for everybody. What a backup of the keys opens it cannot take back.
func (d *Desk) UnmarkShared(ctx context.Context, by Actor, circle ledger.ID, pass vault.Text) error {
	if err := d.may(by, markShared); err != nil {
		return err
	}
	c, err := d.markable(ctx, by, circle, pass)
	if err != nil {
		return err
	}
	leave, err := d.alone(ctx, &d.marking, "marks")
	if err != nil {
		return err
	}
	defer leave()
	marks, err := d.marks(ctx, by)
	if err != nil {
		return err
	}
	if _, marked := marks[circle]; !marked {
		return fault.New(fault.Conflict, "shared.not_marked")
	}
	if err := d.sayMarked(ctx, by, nil, checked{Circle: circle}, AuditCheckEnd); err != nil {
		return err
	}
	return d.dropShared(ctx, by, c)
}

// markable returns a circle that by may mark, once their passphrase was right.
func (d *Desk) markable(ctx context.Context, by Actor, circle ledger.ID, pass vault.Text) (circleKeys, error) {
	c, ok := by.circle(circle)
	if !ok || c.office {
		return c, fault.New(fault.NotFound, "circle.none")
	}
	if c.vault == nil {
		return c, fault.New(fault.Forbidden, "may.needs_vault")
	}
	return c, d.stepUp(ctx, by, pass)
}

// marks returns the circles that are marked, each by its newest mark. One counts if
// who may mark circles wrote it and was given the names of this one.
func (d *Desk) marks(ctx context.Context, by Actor) (map[ledger.ID]checked, error) {
	marks, _, err := d.allMarks(ctx, by)
	return marks, err
}

// allMarks returns marks, and all that was ever said of it.
func (d *Desk) allMarks(ctx context.Context, by Actor) (marks map[ledger.ID]checked, said []checked, err error) {
	office, err := by.office()
	if err != nil {
		return nil, nil, err
	}
	cv, err := d.view(ctx, office)
	if err != nil {
		return nil, nil, err
	}
	entries, err := cv.view.OfKind(ctx, office.id, kindSharedCheck)
	if err != nil {
		return nil, nil, err
	}
	marks = map[ledger.ID]checked{}
	for _, e := range entries {
		var m checked
		if json.Unmarshal(e.Body, &m) != nil || !d.might(e.Author, markShared) || !d.everGiven(m.Circle, ledger.UseCircleVault, e.Author) {
			continue
		}
		said = append(said, m)
		marks[m.Circle] = m
		if m.Key.IsZero() {
			delete(marks, m.Circle)
		}
	}
	return marks, said, nil
}

// everGiven reports whether a member was ever given some generation of a side of a
// circle.
func (d *Desk) everGiven(circle ledger.ID, use ledger.Use, member ledger.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.dir.Generations(circle, use), func(g ledger.Holder) bool { return d.dir.EverGiven(g.ID, member) })
}

// makeShared makes the copy of a circle's hashes under a new key, and destroys those
// before. d.marking is held.
func (d *Desk) makeShared(ctx context.Context, by Actor, c circleKeys, told string) error {
	leave, err := d.alone(ctx, &d.telling, "telling") // or what somebody adds meanwhile stands under the old key
	if err != nil {
		return err
	}
	defer leave()
	content, err := d.sharedContent(ctx, c)
	if err != nil {
		return err
	}
	secret := vault.NewSeed().Bytes()
	defer clear(secret)
	key := d.pepper.CheckKey(secret)
	sealed, err := sealShared(by, c, key, content, d.now())
	if err != nil {
		return err
	}
	w, err := c.body.Wrap(key.ID, ledger.ID{}, secret)
	if err != nil {
		return err
	}
	if err := d.db.PutWraps(ctx, w); err != nil {
		return err
	}
	if err := d.giveShared(ctx, key.ID, secret); err != nil {
		return err
	}
	if err := d.sayMarked(ctx, by, sealed, checked{c.id, key.ID, d.removedReleasers()}, told); err != nil {
		return err
	}
	return d.dropShared(ctx, by, c)
}

// dropShared destroys the keys of a circle's copies but for the one that is in use,
// if any. Which they are is said by members, who may be enemies and name another key:
// so one is destroyed only if it turns out to be of a copy.
func (d *Desk) dropShared(ctx context.Context, by Actor, c circleKeys) error {
	marks, said, err := d.allMarks(ctx, by)
	if err != nil {
		return err
	}
	for _, m := range said {
		if m.Circle != c.id || m.Key.IsZero() || m.Key == marks[c.id].Key {
			continue
		}
		_, secret, err := d.sharedKey(ctx, m.Key, c.body.all()...)
		clear(secret)
		if fault.KindOf(err) == fault.Damaged {
			continue // it is gone, or is none
		}
		if err == nil {
			err = d.db.DeleteWraps(ctx, m.Key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sayMarked appends entries with the mark that is about them, and tells the office
// what was done, if told says so, all or none.
func (d *Desk) sayMarked(ctx context.Context, by Actor, sealed []ledger.Sealed, m checked, told string) error {
	office, err := by.office()
	if err != nil {
		return err
	}
	mark, _, err := sealAll(by.me.Signer(), office.id, nil, d.now(), []draft{{kindSharedCheck, m, office.body.Key()}})
	if err != nil {
		return err
	}
	sealed = append(sealed, mark...)
	if told != "" {
		say, err := d.sealAudit(by, audited{What: told})
		if err != nil {
			return err
		}
		sealed = append(sealed, say...)
	}
	_, err = d.commit(ctx, sealed)
	return err
}

// giveShared wraps the key of a copy to those who may release and do not have it.
func (d *Desk) giveShared(ctx context.Context, key ledger.ID, secret []byte) error {
	there, err := d.db.WrapsOf(ctx, key)
	if err != nil {
		return err
	}
	_, over, err := d.notHere(ctx)
	if err != nil {
		return err
	}
	var wraps []vault.Wrap
	d.mu.Lock()
	for _, h := range d.releasers(ledger.Active) {
		if over[h.ID] || slices.ContainsFunc(there, func(w vault.Wrap) bool { return w.Holder == h.ID }) {
			continue
		}
		w, wrapErr := vault.NewWrap(d.dir, h.ID, key, ledger.ID{}, secret)
		if err = wrapErr; err != nil {
			break
		}
		wraps = append(wraps, w)
	}
	d.mu.Unlock()
	if err != nil || len(wraps) == 0 {
		return err
	}
	return d.db.PutWraps(ctx, wraps...)
}

// releasers returns the members of some standing who may release. d.mu is held.
func (d *Desk) releasers(s ledger.Standing) []ledger.Holder {
	return d.dir.Find(func(h ledger.Holder) bool {
		return h.Use == ledger.UseMember && d.dir.Standing(h.ID) == s && allowed(h.Roles, release)
	})
}

func (d *Desk) removedReleasers() (ids []ledger.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range d.releasers(ledger.Removed) {
		ids = append(ids, h.ID)
	}
	return ids
}

// sharedKey opens the key of a copy through holders that it may be wrapped to. That
// of another copy, put in its place, is refused.
func (d *Desk) sharedKey(ctx context.Context, id ledger.ID, holders ...*vault.Holder) (key vault.CheckKey, secret []byte, err error) {
	wraps, err := d.db.WrapsOf(ctx, id)
	if err != nil {
		return key, nil, err
	}
	for _, h := range holders {
		for _, w := range wraps {
			if w.Holder != h.ID() {
				continue
			}
			if secret, err = h.Unwrap(w); err != nil {
				return key, nil, fault.Wrap(err, fault.Damaged, "keys.damaged")
			}
			if key = d.pepper.CheckKey(secret); key.ID != id {
				return key, nil, fault.New(fault.Damaged, "keys.damaged")
			}
			return key, secret, nil
		}
	}
	return key, nil, errNoSecret
}

// sharedSpent reports whether the key of a circle's copy is known to somebody who
// must not have what comes: a member of the circle, whose keys were renewed since,
// or one who might release.
func (d *Desk) sharedSpent(ctx context.Context, c circleKeys, m checked) (bool, error) {
	wraps, err := d.db.WrapsOf(ctx, m.Key)
	if err != nil {
		return false, err
	}
	own := slices.ContainsFunc(wraps, func(w vault.Wrap) bool { return w.Holder == c.body.ID() })
	left := slices.ContainsFunc(d.removedReleasers(), func(id ledger.ID) bool { return !slices.Contains(m.Gone, id) })
	return !own || left, nil
}

// tendShared makes the copies of by's circles anew that are out of date, and gives
// their keys, and those that by has for releasing, to who may release and lacks
// them.
func (d *Desk) tendShared(ctx context.Context, by Actor) error {
	if d.afield() {
		return nil // what others' releases are looked through for is made in the office
	}
	leave, err := d.alone(ctx, &d.marking, "marks")
	if err != nil {
		return err
	}
	defer leave()
	marks, err := d.marks(ctx, by)
	if err != nil {
		return err
	}
	for _, m := range marks {
		if err := d.tendMark(ctx, by, m); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) tendMark(ctx context.Context, by Actor, m checked) error {
	if c, ok := by.circle(m.Circle); ok && c.vault != nil && allowed(by.roles, markShared) {
		stale, err := d.sharedStale(ctx, c, m)
		if err != nil {
			return err
		}
		if stale {
			return d.makeShared(ctx, by, c, "")
		}
		if err := d.dropShared(ctx, by, c); err != nil { // one that was made anew may have been cut short
			return err
		}
	}
	holders := []*vault.Holder{by.me}
	if c, ok := by.circle(m.Circle); ok {
		holders = append(holders, c.body.all()...)
	}
	_, secret, err := d.sharedKey(ctx, m.Key, holders...)
	if err != nil {
		if fault.KindOf(err) == fault.Damaged {
			return nil // it waits for who can make it anew; nothing is released until then
		}
		return err
	}
	defer clear(secret)
	return d.giveShared(ctx, m.Key, secret)
}

// sharedDone is tendShared after something that is done already: a failure is
// noted, and the next who comes tries again.
func (d *Desk) sharedDone(ctx context.Context, by Actor) {
	if err := d.tendShared(ctx, by); err != nil && fault.KindOf(err) != fault.Locked {
		d.cfg.Log.LogAttrs(ctx, slog.LevelError, "names wait to be told for others' releases", slog.Int("kind", int(fault.KindOf(err))))
	}
}

// readyShared makes the copies of by's circles anew whose keys are spent, before
// more is put under them. From then on no node makes one anew: whoever calls it calls
// leave when what they add is written.
func (d *Desk) readyShared(ctx context.Context, by Actor) (leave func(), err error) {
	marks, err := d.marks(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		c, ok := by.circle(m.Circle)
		if !ok || d.afield() {
			continue
		}
		spent, err := d.sharedSpent(ctx, c, m)
		if err == nil && spent {
			err = d.tendShared(ctx, by)
		}
		if err != nil {
			return nil, err
		}
	}
	return d.beside(ctx, &d.telling, "telling")
}
