package habeas

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// A NewMember is somebody who will log in.
type NewMember struct {
	Handle     string // what they type to log in
	Name       string // as colleagues see it; sealed to the office circle
	Passphrase vault.Text
	Roles      []ledger.Role
}

// A Founding is what a new office starts with: its first keeper, who is in the
// office circle.
type Founding struct {
	Office string // what the organisation is called; sealed to the office circle; may be empty
	Keeper NewMember
	Circle string // name of the first circle; the keeper holds both sides of it
}

// kindMember and kindCircle are entries of the office circle and of a circle:
// what they are called.
const (
	kindMember = "member"
	kindCircle = "circle"
)

// memberName says what a member is called.
type memberName struct {
	Member ledger.ID `json:"member"`
	Name   string    `json:"name"`
}

// circleName says what a circle is called.
type circleName struct {
	Name string `json:"name"`
}

// Create makes a new office in cfg.Dir, which must not exist or be empty, with its log
// and keys in cfg.Database if that is not empty, and a pepper at cfg.Pepper. It returns the open desk and the first keeper as an
// actor.
func Create(ctx context.Context, cfg Config, f Founding) (*Desk, error) {
	cfg = cfg.filled()
	if err := CheckSite(cfg); err != nil {
		return nil, err
	}
	keeper, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return nil, err
	}
	node, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return nil, err
	}
	if err := cfg.tryBucket(ctx, keeper.ID()); err != nil {
		return nil, err // now, or half an office would be left whose first key nobody has
	}
	if err := store.CreateAt(cfg.place()); err != nil {
		return nil, err
	}
	if err := writeFoundation(cfg, keeper, node); err != nil {
		return nil, err
	}
	d, err := Open(cfg)
	if err != nil {
		return nil, err
	}
	if err := d.found(ctx, f, keeper, node); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func writeFoundation(cfg Config, keeper, node *vault.Holder) error {
	id, err := json.Marshal(identity{Format: format, Root: keeper.ID(), Node: node.ID()})
	if err != nil {
		return err
	}
	return errors.Join(
		writeSecret(cfg.Pepper, vault.NewPepper().Bytes()),
		writeSecret(filepath.Join(cfg.Dir, nodeFile), node.Seed().Bytes()),
		os.Mkdir(filepath.Join(cfg.Dir, viewsDir), 0o700),
		writeNew(filepath.Join(cfg.Dir, identityFile), append(id, '\n')),
	)
}

// found writes the first entries: keeper, node, office circle, first circle.
func (d *Desk) found(ctx context.Context, f Founding, keeper, node *vault.Holder) error {
	me := keeper.Public(ledger.UseMember)
	me.Roles = f.Keeper.Roles
	if err := d.publish(ctx, keeper.Signer(), ledger.DirectoryStream(d.root), me, node.Public(ledger.UseNode)); err != nil {
		return err
	}
	if err := d.putLogin(ctx, f.Keeper, keeper); err != nil {
		return err
	}
	office, err := d.createCircle(ctx, keeper, "office", true)
	if err != nil {
		return err
	}
	if _, err := d.createCircle(ctx, keeper, f.Circle, false); err != nil {
		return err
	}
	if f.Office != "" {
		if err := d.append(ctx, keeper.Signer(), office.id, nil, draft{kindOffice, officeName{f.Office}, office.body.Key()}); err != nil {
			return err
		}
	}
	return d.nameMember(ctx, keeper, office, keeper.ID(), f.Keeper.Name)
}

func (d *Desk) putLogin(ctx context.Context, m NewMember, holder *vault.Holder) error {
	record, err := d.pepper.NewLogin(m.Handle, m.Passphrase, d.cfg.Cost, holder.Seed())
	if err != nil {
		return err
	}
	return d.db.PutLogin(ctx, holder.ID(), d.pepper.Handle(m.Handle), record)
}

// A placed notice is one with the stream it goes to.
type placed struct {
	stream ledger.ID
	ledger.Notice
}

// publish signs notices, appends them to one stream and reads them into the
// directory.
func (d *Desk) publish(ctx context.Context, by ledger.Signer, stream ledger.ID, notices ...ledger.Notice) error {
	var all []placed
	for _, n := range notices {
		all = append(all, placed{stream, n})
	}
	return d.publishAll(ctx, by, all)
}

// publishAll is publish for several streams, all or nothing. Each notice follows
// the one before it in its stream, and the first what the directory knows there.
func (d *Desk) publishAll(ctx context.Context, by ledger.Signer, notices []placed) error {
	after := map[ledger.ID][]ledger.ID{}
	d.mu.Lock()
	for _, n := range notices {
		after[n.stream] = d.dir.Tips(n.stream)
	}
	d.mu.Unlock()
	var sealed []ledger.Sealed
	var opened []ledger.Opened
	for _, n := range notices {
		s, err := ledger.Publish(n.Notice, n.stream, after[n.stream], d.now(), by)
		if err != nil {
			return err
		}
		o, err := ledger.OpenClear(s.Record())
		if err != nil {
			return err
		}
		after[n.stream] = []ledger.ID{s.Record().ID}
		sealed, opened = append(sealed, s), append(opened, o)
	}
	d.owning(sealed)
	if _, err := d.db.Append(ctx, sealed, d.signer); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handed++
	return d.dir.Add(d.root, opened)
}

// createCircle makes a circle with its two sides, held by its maker.
func (d *Desk) createCircle(ctx context.Context, by *vault.Holder, name string, office bool) (circleKeys, error) {
	c := circleKeys{office: office}
	var err error
	if c.body, err = newSide(); err != nil {
		return c, err
	}
	if c.vault, err = newSide(); err != nil {
		return c, err
	}
	c.id = ledger.CircleID(c.body.ID(), c.vault.ID())
	var notices []ledger.Notice
	var wraps []vault.Wrap
	for _, side := range []struct {
		use           ledger.Use
		holder, other *side
	}{{ledger.UseCircleBody, c.body, c.vault}, {ledger.UseCircleVault, c.vault, c.body}} {
		h := side.holder.Public(side.use)
		h.Of, h.Gen, h.Other, h.Office = c.id, 1, side.other.ID(), office
		w, err := by.Wrap(side.holder.ID(), c.id, side.holder.Seed().Bytes())
		if err != nil {
			return c, err
		}
		notices = append(notices, h, ledger.Grant{Key: side.holder.ID(), To: by.ID()})
		wraps = append(wraps, w)
	}
	w, err := c.body.Wrap(keyOf(c.id, "gate"), ledger.ID{}, vault.NewSeed().Bytes())
	if err != nil {
		return c, err
	}
	if err := d.db.PutWraps(ctx, append(wraps, w)...); err != nil {
		return c, err
	}
	if err := d.publish(ctx, by.Signer(), ledger.DirectoryStream(d.root), notices...); err != nil {
		return c, err
	}
	return c, d.append(ctx, by.Signer(), c.id, nil, draft{kindCircle, circleName{name}, c.body.Key()})
}

// AddMember makes a member with both sides of a circle, or the name-free side
// only, and the office circle.
func (d *Desk) AddMember(ctx context.Context, by Actor, m NewMember, circle ledger.ID, withVault bool) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	if _, err := d.db.Login(ctx, d.pepper.Handle(m.Handle)); fault.KindOf(err) != fault.NotFound {
		if err == nil { // to write over it would destroy somebody's seed
			err = fault.New(fault.Conflict, "member.handle_taken")
		}
		return err
	}
	holder, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return err
	}
	h := holder.Public(ledger.UseMember)
	h.Roles = m.Roles
	stream := ledger.DirectoryStream(d.root)
	if err := d.publish(ctx, by.me.Signer(), stream, h); err != nil {
		return err
	}
	office, err := by.office()
	if err != nil {
		return err
	}
	c, ok := by.circle(circle)
	if !ok || withVault && c.vault == nil {
		return fault.New(fault.NotFound, "circle.none")
	}
	give := []*side{office.body, c.body}
	if withVault {
		give = append(give, c.vault)
	}
	for _, g := range give {
		if err := d.grant(ctx, by, g, holder.ID()); err != nil {
			return err
		}
	}
	if err := d.putLogin(ctx, m, holder); err != nil {
		return err
	}
	if err := d.nameMember(ctx, by.me, office, holder.ID(), m.Name); err != nil {
		return err
	}
	d.sharedDone(ctx, by)
	return d.tendDesk(ctx, by)
}

// grant gives one side of a circle to a member, by a wrap and a signed entry. It
// fails if the keys of the circle were renewed since by came.
func (d *Desk) grant(ctx context.Context, by Actor, side *side, to ledger.ID) error {
	leave, err := d.alone(ctx, &d.handMu, "hands")
	if err != nil {
		return err
	}
	defer leave()
	d.mu.Lock()
	h, _ := d.dir.Holder(side.ID())
	gens := d.dir.Generations(h.Of, h.Use)
	d.mu.Unlock()
	if len(gens) == 0 || gens[0].ID != side.ID() {
		return fault.New(fault.Conflict, "circle.renewed")
	}
	d.mu.Lock()
	w, err := vault.NewWrap(d.dir, to, side.ID(), h.Of, side.Seed().Bytes())
	d.mu.Unlock()
	if err != nil {
		return err
	}
	if err := d.db.PutWraps(ctx, w); err != nil {
		return err
	}
	return d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), ledger.Grant{Key: side.ID(), To: to})
}

func (d *Desk) nameMember(ctx context.Context, by *vault.Holder, office circleKeys, member ledger.ID, name string) error {
	return d.append(ctx, by.Signer(), office.id, nil, draft{kindMember, memberName{member, name}, office.body.Key()})
}

// readDirectory folds the directory stream.
func (d *Desk) readDirectory() error {
	var opened []ledger.Opened
	for n, err := range d.db.Notices(context.Background(), ledger.DirectoryStream(d.root)) {
		if err != nil {
			return err
		}
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return err
		}
		opened = append(opened, o)
	}
	var err error
	d.dir, err = ledger.NewDirectory(d.root, opened)
	return err
}

// A draft is an entry to be sealed: its kind, its body and the key to seal it
// under. A body that is bytes is taken as it is; anything else is encoded as
// JSON.
type draft struct {
	kind string
	body any
	key  ledger.Key
}

// elsewhere is the body of a draft that belongs to another stream than those it is
// written with, in the same commit.
type elsewhere struct {
	stream ledger.ID
	after  []ledger.ID
	body   any
}

// append signs, seals and appends entries to a stream. after is what their
// author had seen.
func (d *Desk) append(ctx context.Context, by ledger.Signer, stream ledger.ID, after []ledger.ID, drafts ...draft) error {
	_, err := d.appendAll(ctx, by, stream, after, drafts)
	return err
}

func (d *Desk) appendAll(ctx context.Context, by ledger.Signer, stream ledger.ID, after []ledger.ID, drafts []draft) ([]ledger.ID, error) {
	sealed, ids, err := sealAll(by, stream, after, d.now(), drafts)
	if err != nil {
		return nil, err
	}
	if _, err := d.commit(ctx, sealed); err != nil {
		return nil, err
	}
	return ids, nil
}

// commit appends entries, unless one of them is sealed under a key that was
// destroyed since its author opened it.
func (d *Desk) commit(ctx context.Context, sealed []ledger.Sealed) (int64, error) {
	return d.appendKnowing(ctx, sealed, func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, s := range sealed {
			if d.spent[s.Record().Key] {
				return fault.New(fault.Conflict, "erase.gone")
			}
		}
		return nil
	})
}

// following is the body of a draft that names drafts before it, by the IDs of their
// entries.
type following func(before []ledger.ID) any

// sealAll signs and seals entries of a stream.
func sealAll(by ledger.Signer, stream ledger.ID, after []ledger.ID, at time.Time, drafts []draft) (sealed []ledger.Sealed, ids []ledger.ID, err error) {
	for _, dr := range drafts {
		in, follows, what := stream, after, dr.body
		if f, ok := what.(following); ok {
			what = f(ids)
		}
		if other, ok := what.(elsewhere); ok {
			in, follows, what = other.stream, other.after, other.body
		}
		body, ok := what.([]byte)
		if !ok {
			if body, err = json.Marshal(what); err != nil {
				return nil, nil, err
			}
		}
		e := ledger.Entry{Stream: in, Kind: dr.kind, Time: at, After: follows, Body: body}
		s, err := ledger.Seal(&e, by, dr.key)
		if err != nil {
			return nil, nil, err
		}
		sealed, ids = append(sealed, s), append(ids, e.ID)
	}
	return sealed, ids, nil
}

// memberNames returns what members are called, from the office circle. Only
// keepers are believed: whoever could name a colleague could put what they did
// down to somebody else.
func (d *Desk) memberNames(ctx context.Context, by Actor) (map[ledger.ID]string, error) {
	office, err := by.office()
	if err != nil {
		return nil, err
	}
	cv, err := d.view(ctx, office)
	if err != nil {
		return nil, err
	}
	entries, err := cv.view.OfKind(ctx, office.id, kindMember)
	if err != nil {
		return nil, err
	}
	names := map[ledger.ID]string{}
	for _, e := range entries {
		var m memberName
		if json.Unmarshal(e.Body, &m) == nil && d.might(e.Author, manage) {
			names[m.Member] = m.Name
		}
	}
	return names, nil
}
