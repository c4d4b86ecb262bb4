package habeas

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/whole"
	"habeas/ledger"
	"habeas/vault"
)

// A FieldMember is who is to log in to an installation in the field.
type FieldMember struct {
	Handle string
	Pass   vault.Text
}

// A FieldPlan says who and what goes into the field.
type FieldPlan struct {
	Members []FieldMember
	Circles []ledger.ID // of those that one of the members is in; nil for all of them
}

// AddField makes a data directory for an installation in the field: with a key and a
// pepper of its own, and of what the office has only what has to do with some circles of
// some members. Whoever has it opens what these members open of these circles, with
// their passphrases, and nothing else. They are given here, so that logins can be made
// under the new pepper: that of the office stays where it is. It returns what the
// installation is called.
//
// That it exists is signed into the directory before anything is written.
func (d *Desk) AddField(ctx context.Context, by Actor, pass vault.Text, to Config, plan FieldPlan) (id ledger.ID, err error) {
	if err := d.may(by, manage); err != nil {
		return id, err
	}
	if d.afield() {
		return id, refusedMove("this installation is in the field itself", "make another one in the office")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return id, err
	}
	to = to.filled()
	if err := CheckSite(to); err != nil {
		return id, err
	}
	f := &fieldMaking{d: d, to: to, pepper: vault.NewPepper()}
	defer f.wipe()
	if err := f.members(ctx, plan.Members); err != nil {
		return id, err
	}
	if f.node, err = vault.NewHolder(vault.NewSeed()); err != nil {
		return id, err
	}
	f.peer = peer{Node: f.node.ID(), Members: f.ids()}
	if err := f.circles(plan.Circles); err != nil {
		return id, err
	}
	if err := d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), f.node.Public(ledger.UseField)); err != nil {
		return id, err
	}
	if err := f.make(ctx); err != nil {
		return id, errors.Join(err, os.RemoveAll(to.Dir), removeNew(to.Pepper))
	}
	return f.node.ID(), notePeer(d.cfg.Dir, f.peer)
}

func removeNew(pepper string) error {
	for _, path := range []string{pepper, ErasedBeside(pepper)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// fieldMaking is an installation in the field on its way.
type fieldMaking struct {
	d      *Desk
	to     Config
	pepper vault.Pepper
	node   *vault.Holder
	peer   peer
	who    []fieldMember
}

type fieldMember struct {
	FieldMember
	*vault.Holder
}

func (f *fieldMaking) wipe() {
	for _, m := range f.who {
		m.Seed().Wipe()
	}
}

func (f *fieldMaking) ids() (ids []ledger.ID) {
	for _, m := range f.who {
		ids = append(ids, m.ID())
	}
	return ids
}

// members opens what each member's passphrase opens.
func (f *fieldMaking) members(ctx context.Context, members []FieldMember) error {
	for _, m := range members {
		seed, err := f.d.openLogin(ctx, f.d.inside, m.Handle, m.Pass)
		if err != nil {
			return err
		}
		h, err := vault.NewHolder(seed)
		if err != nil {
			return err
		}
		if f.d.standingOf(h.ID()) != ledger.Active || slices.Contains(f.ids(), h.ID()) {
			return fault.New(fault.Invalid, "login.wrong")
		}
		f.who = append(f.who, fieldMember{m, h})
	}
	if len(f.who) == 0 {
		return refusedMove("nobody is named who is to log in there", "name members with --member")
	}
	return nil
}

// circles chooses those that go with it.
func (f *fieldMaking) circles(wanted []ledger.ID) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	for _, h := range f.d.dir.Find(isSide(ledger.UseCircleBody)) {
		theirs := slices.ContainsFunc(f.peer.Members, func(m ledger.ID) bool { return f.d.dir.Granted(h.ID, m) })
		if h.Office || !theirs || wanted != nil && !slices.Contains(wanted, h.Of) || slices.Contains(f.peer.Circles, h.Of) {
			continue
		}
		f.peer.Circles = append(f.peer.Circles, h.Of)
	}
	for _, c := range wanted {
		if !slices.Contains(f.peer.Circles, c) {
			return refusedMove("none of these members is in one of these circles", "name circles that they are in")
		}
	}
	return nil
}

// make writes all of it.
func (f *fieldMaking) make(ctx context.Context) error {
	out, err := f.d.pack(ctx, f.peer, knowing{})
	if err != nil {
		return err
	}
	id, err := json.Marshal(identity{Format: format, Root: f.d.root, Node: f.node.ID()})
	if err != nil {
		return err
	}
	if err := store.Create(f.to.Dir); err != nil {
		return err
	}
	err = errors.Join(
		writeSecret(f.to.Pepper, f.pepper.Bytes()),
		writeSecret(filepath.Join(f.to.Dir, nodeFile), f.node.Seed().Bytes()),
		os.Mkdir(filepath.Join(f.to.Dir, viewsDir), 0o700),
		writeNew(filepath.Join(f.to.Dir, identityFile), append(id, '\n')),
	)
	if err != nil {
		return err
	}
	signer, err := ledger.NoteSigner(ledger.FieldOrigin(f.d.root, f.node.ID()), f.node.Signer().Key)
	if err != nil {
		return err
	}
	db, err := store.Open(f.to.Dir, store.ReadWrite)
	if err != nil {
		return err
	}
	err = errors.Join(f.fill(ctx, db, signer, out), db.Close())
	if err != nil {
		return err
	}
	// Each knows what the other has, so that the first bundles hold what is new.
	marks := slices.Concat(out.entries, out.others)
	office := peer{Node: f.d.node.ID(), All: true}
	return errors.Join(
		notePeer(f.to.Dir, office), noteTold(f.to.Dir, office.Node, out.size, marks),
		whole.MakeDir(filepath.Join(f.d.cfg.Dir, movingDir)), noteTold(f.d.cfg.Dir, f.node.ID(), int64(len(out.records)), marks),
	)
}

// movedAtOnce is how many entries are written to a new store in one commit.
const movedAtOnce = 2000

func (f *fieldMaking) fill(ctx context.Context, db *store.DB, signer note.Signer, out *parcel) error {
	if err := f.list(ctx, db, out); err != nil {
		return err
	}
	if err := db.PutWraps(ctx, out.wraps...); err != nil {
		return err
	}
	for _, file := range out.files {
		if err := f.file(ctx, db, file); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(out.records, movedAtOnce) {
		var sealed []ledger.Sealed
		for _, r := range some {
			s, err := ledger.Moved(r)
			if err != nil {
				return err
			}
			sealed = append(sealed, s)
		}
		if _, err := db.Append(ctx, sealed, signer); err != nil {
			return err
		}
	}
	for _, m := range f.who {
		record, err := f.pepper.NewLogin(m.Handle, m.Pass, f.to.Cost, m.Seed())
		if err == nil {
			err = db.PutLogin(ctx, m.ID(), f.pepper.Handle(m.Handle), record)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list writes which keys were erased, of the streams that go with it: they are on the
// list beside its pepper, and no wrap of one is ever taken in.
func (f *fieldMaking) list(ctx context.Context, db *store.DB, out *parcel) error {
	lines, err := readErased(ErasedBeside(f.d.cfg.Pepper))
	if err != nil {
		return err
	}
	streams := map[ledger.ID]bool{}
	for _, r := range out.records {
		streams[r.Stream] = true
	}
	there := &Desk{cfg: f.to}
	for _, l := range lines {
		if !streams[l.stream] {
			continue
		}
		if err := there.listErased(l.stream, l.key); err != nil {
			return err
		}
		if _, err := db.DestroyKeys(ctx, l.stream, []ledger.ID{l.key}); err != nil {
			return err
		}
	}
	return nil
}

// file copies a sealed file. One that is damaged here does not keep the rest.
func (f *fieldMaking) file(ctx context.Context, db *store.DB, file movedFile) error {
	if err := f.d.copyBlob(file.name, io.Discard); fault.KindOf(err) == fault.Damaged {
		return nil
	}
	b, err := db.NewBlob()
	if err != nil {
		return err
	}
	if err := f.d.copyBlob(file.name, b); err != nil {
		return errors.Join(err, b.Discard())
	}
	if _, err := b.Keep(); err != nil {
		return err
	}
	return db.Keep(ctx, file.owner, file.name)
}
