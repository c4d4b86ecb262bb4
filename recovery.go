package habeas

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"habeas/fault"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

// Recover makes a new keeper of whoever holds both sheets of a set: they get what
// the set opens. It makes a new set, which is returned, and the two sheets open
// nothing from then on. What is refused is noted for the keepers.
//
// Nobody may be in session, which is so while no server runs.
func (d *Desk) Recover(ctx context.Context, a, b paper.Sheet, m NewMember) (PaperSet, error) {
	holder, err := d.holderOf(ctx, a, b)
	if err != nil {
		return PaperSet{}, err
	}
	if _, err := d.judge(ctx, m); err != nil {
		return PaperSet{}, err
	}
	circles, err := d.circlesOf(ctx, holder)
	if err != nil {
		return PaperSet{}, err
	}
	me, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return PaperSet{}, err
	}
	h := me.Public(ledger.UseMember)
	h.Roles = m.Roles
	if err := d.publish(ctx, holder.Signer(), ledger.DirectoryStream(d.root), h); err != nil {
		return PaperSet{}, err
	}
	from := Actor{Member: holder.ID(), me: holder, circles: circles}
	for _, c := range circles {
		for _, side := range []*side{c.body, c.vault} {
			if side == nil {
				continue
			}
			if err := d.grant(ctx, from, side, me.ID()); err != nil {
				return PaperSet{}, err
			}
		}
	}
	if err := d.putLogin(ctx, m, me); err != nil {
		return PaperSet{}, err
	}
	by := Actor{Member: me.ID(), name: m.Name, me: me, circles: circles}
	if err := d.settleIn(ctx, by, m); err != nil {
		return PaperSet{}, err
	}
	return d.newPapers(ctx, by, a.Kind >= paper.SuccessionFirst)
}

// settleIn records who the new keeper is, and how they came.
func (d *Desk) settleIn(ctx context.Context, by Actor, m NewMember) error {
	office, err := by.office()
	if err != nil {
		return err
	}
	return d.append(ctx, by.me.Signer(), office.id, nil,
		draft{kindMember, memberName{by.Member, m.Name}, office.body.Key()},
		draft{kindNote, Note{NoteRecovered, dayOf(d.now())}, office.body.Key()})
}

// newPapers makes a new set in the place of the one that was used.
func (d *Desk) newPapers(ctx context.Context, by Actor, succession bool) (PaperSet, error) {
	want := NewPapers{Succession: succession}
	for _, c := range by.circles {
		if !c.office {
			want.Circles = append(want.Circles, c.id)
		}
	}
	set, err := d.makeSheets(ctx, by, want)
	return set, errors.Join(err, d.closeAll())
}

// closeAll closes the views that were opened with nobody in session.
func (d *Desk) closeAll() error {
	return d.endSessions(func(*session, time.Time) bool { return false })
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// holderOf returns the holder that two sheets make, if it still counts.
func (d *Desk) holderOf(ctx context.Context, a, b paper.Sheet) (*vault.Holder, error) {
	seed, err := paper.Join(a, b)
	if err != nil {
		return nil, d.refusedPaper(ctx, err)
	}
	defer seed.Wipe()
	holder, err := vault.NewHolder(seed)
	if err != nil {
		return nil, err
	}
	id := holder.ID()
	d.mu.Lock()
	h, ok := d.dir.Holder(id)
	standing := d.dir.Standing(id)
	d.mu.Unlock()
	switch {
	case !bytes.Equal(id[:4], a.Tag[:]) || !ok || h.Use != ledger.UseRecovery:
		return nil, d.refusedPaper(ctx, fault.New(fault.Invalid, "recovery.not_ours"))
	case standing != ledger.Active:
		return nil, d.refusedPaper(ctx, fault.New(fault.Invalid, "recovery.used"))
	}
	return holder, nil
}

// refusedPaper notes that sheets were refused, and returns why.
func (d *Desk) refusedPaper(ctx context.Context, why error) error {
	return errors.Join(why, d.leaveNote(ctx, NoteRefused))
}

// Drill tries two sheets and opens nothing but bytes that were made to be opened
// by a drill. It changes nothing, and notes the day.
func (d *Desk) Drill(ctx context.Context, a, b paper.Sheet) error {
	holder, err := d.holderOf(ctx, a, b)
	if err != nil {
		return err
	}
	wraps, err := d.db.WrapsOf(ctx, keyOf(holder.ID(), "drill"))
	if err != nil {
		return err
	}
	for _, w := range wraps {
		if w.Holder != holder.ID() {
			continue
		}
		nothing, err := holder.Unwrap(w)
		if err != nil {
			return d.refusedPaper(ctx, fault.Wrap(err, fault.Damaged, "recovery.drill_failed"))
		}
		clear(nothing)
		return d.leaveNote(ctx, NoteDrill)
	}
	return d.refusedPaper(ctx, fault.New(fault.Damaged, "recovery.drill_failed"))
}

// leaveNote seals a note to the office circle's public key. It is among the
// drafts until a keeper comes whose session can sign it: whoever has the disk can
// take it away before, as they can take everything away.
func (d *Desk) leaveNote(ctx context.Context, what string) error {
	d.mu.Lock()
	office := d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseCircleBody && h.Office })
	var to ledger.Holder
	for _, h := range office {
		if h.Gen > to.Gen {
			to = h
		}
	}
	d.mu.Unlock()
	if to.ID.IsZero() {
		return fault.New(fault.Damaged, "keys.damaged")
	}
	text, err := json.Marshal(Note{what, dayOf(d.now())})
	if err != nil {
		return err
	}
	box, err := vault.SealDraft(to, text)
	if err != nil {
		return err
	}
	return d.db.PutDraft(ctx, ledger.NewID(), to.ID, box)
}

// waitingNotes returns the notes that no keeper has signed yet.
func (d *Desk) waitingNotes(ctx context.Context, by Actor) ([]Note, error) {
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	var notes []Note
	for _, h := range office.body.all() {
		rows, err := d.db.Drafts(ctx, h.ID())
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if n, ok := readNote(h, r.Box); ok {
				notes = append(notes, n)
			}
		}
	}
	return notes, nil
}

// readNote opens a note. Anybody with the disk can leave one, so one that says
// anything but the two things that notes say is passed over.
func readNote(office *vault.Holder, box []byte) (n Note, ok bool) {
	text, err := office.OpenDraft(box)
	ok = err == nil && json.Unmarshal(text, &n) == nil && (n.What == NoteDrill || n.What == NoteRefused)
	return n, ok
}

// takeNotes makes entries of the notes that wait.
func (d *Desk) takeNotes(ctx context.Context, by Actor) error {
	office, err := by.office()
	if err != nil {
		return err
	}
	for _, h := range office.body.all() {
		rows, err := d.db.Drafts(ctx, h.ID())
		if err != nil {
			return err
		}
		for _, r := range rows {
			if n, ok := readNote(h, r.Box); ok {
				if err := d.append(ctx, by.me.Signer(), office.id, nil, draft{kindNote, n, office.body.Key()}); err != nil {
					return err
				}
			}
			if _, err := d.db.TakeDraft(ctx, h.ID(), r.ID); err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
		}
	}
	return nil
}

// WritePepper writes the pepper of a sheet to a file that must not exist. The
// office in dir, if there is one, says whether the sheet is its own.
func WritePepper(dir, path string, sheet paper.Sheet) error {
	if sheet.Kind != paper.Pepper {
		return fault.New(fault.Invalid, "recovery.not_pepper")
	}
	id, err := readIdentity(dir)
	if err != nil {
		return err
	}
	if !bytes.Equal(id.Root[:4], sheet.Tag[:]) {
		return fault.New(fault.Invalid, "recovery.not_ours")
	}
	if err := outside(dir, path); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fault.New(fault.Conflict, "create.pepper_exists")
	}
	secret := sheet.Secret.Bytes()
	defer clear(secret)
	return writeSecret(path, secret)
}
