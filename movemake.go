package habeas

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"

	"filippo.io/age"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/whole"
	"habeas/ledger"
	"habeas/vault"
)

// A BundleMade says what is in a bundle.
type BundleMade struct {
	For     ledger.ID // the installation that it is sealed to
	Entries int       // that the other did not say it has
	Wraps   int
	Files   int
	Lacking int // sealed files that are missing or changed here
	Known   int // entries that the other said it has
}

// A parcel is what one installation has for another.
type parcel struct {
	size    int64           // of the log it is from
	entries []ledger.ID     // all in scope that have their payload, in the order of that log
	others  []ledger.ID     // marks of wraps and files, all in scope
	records []ledger.Record // those of entries that are moved
	wraps   []vault.Wrap
	files   []movedFile
}

// A movedFile is a sealed file and the source key it goes with.
type movedFile struct {
	name  string
	owner ledger.ID
}

// wholeDirectory folds all entries in clear, and more.
func (d *Desk) wholeDirectory(ctx context.Context, more []ledger.Opened) (*ledger.Directory, []ledger.Opened, error) {
	var all []ledger.Opened
	for n, err := range d.db.Clear(ctx, -1) {
		if err != nil {
			return nil, nil, err
		}
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, o)
	}
	all = append(all, more...)
	dir, err := ledger.NewDirectory(d.root, all)
	return dir, all, err
}

// pack gathers what has to do with another installation, without what it has.
func (d *Desk) pack(ctx context.Context, p peer, has knowing) (*parcel, error) {
	dir, _, err := d.wholeDirectory(ctx, nil)
	if err != nil {
		return nil, err
	}
	s := d.scopeOf(dir, p, false)
	snap, err := d.db.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	out := &parcel{size: snap.Size}
	for row, err := range snap.Entries(ctx, 0) {
		if err == nil {
			err = out.entry(row, s, has)
		}
		if err != nil {
			return nil, err
		}
	}
	sources := map[ledger.ID]bool{}
	for row, err := range snap.Keys(ctx) {
		if err != nil {
			return nil, err
		}
		w, ok := wrapFrom(row)
		if !ok || !s.wraps(w) {
			continue
		}
		sources[w.Key] = true
		out.others = append(out.others, wrapMark(w))
		if !has.marks[wrapMark(w)] {
			out.wraps = append(out.wraps, w)
		}
	}
	for row, err := range snap.Waiting(ctx) {
		if err != nil {
			return nil, err
		}
		f, ok := fileFrom(row)
		if !ok || !sources[f.owner] {
			continue
		}
		out.others = append(out.others, store.BlobKey(f.name))
		if !has.marks[store.BlobKey(f.name)] {
			out.files = append(out.files, f)
		}
	}
	return out, nil
}

// entry adds an entry. That an erasure is done each installation says of itself.
func (p *parcel) entry(row store.Row, s *scope, has knowing) error {
	r, full, ok := recordFrom(row)
	if !ok || !full || !s.takes(r) {
		return nil
	}
	if r.Mode == ledger.ModeClear {
		if o, err := ledger.OpenClear(r); err != nil || o.Kind() == ledger.KindErased {
			return err
		}
	}
	p.entries = append(p.entries, r.ID)
	if !has.marks[r.ID] {
		p.records = append(p.records, r)
	}
	return nil
}

func recordFrom(row store.Row) (r ledger.Record, full, ok bool) {
	if row.Table != "entry" || len(row.Values) != 8 {
		return r, false, false
	}
	id, ok1 := row.Values[1].([]byte)
	stream, ok2 := row.Values[2].([]byte)
	key, ok3 := row.Values[3].([]byte)
	mode, ok4 := row.Values[4].(int64)
	if !ok1 || !ok2 || !ok3 || !ok4 || len(id) != 16 || len(stream) != 16 || len(key) != 16 {
		return r, false, false
	}
	payload, full := row.Values[5].([]byte)
	return ledger.Record{Mode: byte(mode), ID: ledger.ID(id), Stream: ledger.ID(stream), Key: ledger.ID(key), Payload: payload}, full, true
}

func wrapFrom(row store.Row) (w vault.Wrap, ok bool) {
	if row.Table != "wrap" || len(row.Values) != 4 {
		return w, false
	}
	var ids [3]ledger.ID
	for i := range ids {
		b, ok := row.Values[i].([]byte)
		if !ok || len(b) != 16 {
			return w, false
		}
		ids[i] = ledger.ID(b)
	}
	box, ok := row.Values[3].([]byte)
	return vault.Wrap{Key: ids[0], Stream: ids[1], Holder: ids[2], Box: box}, ok
}

func fileFrom(row store.Row) (f movedFile, ok bool) {
	if row.Table != "blob" || len(row.Values) != 2 {
		return f, false
	}
	name, ok1 := row.Values[0].(string)
	owner, ok2 := row.Values[1].([]byte)
	if !ok1 || !ok2 || len(owner) != 16 {
		return f, false
	}
	return movedFile{name, ledger.ID(owner)}, true
}

// MakeBundle writes to a file, which must not be there, what another installation of
// the office does not have, as far as it said so in its last bundle that was applied
// here: entries sealed as they are, notices, keys wrapped as they are, sealed files. With
// all, whatever it said. It needs no key that opens any of it. The bundle is sealed to
// the key of that installation and signed by this one. node is zero if there is only one
// other.
func (d *Desk) MakeBundle(ctx context.Context, node ledger.ID, path string, all bool) (*BundleMade, error) {
	p, err := d.peer(node)
	if err != nil {
		return nil, err
	}
	if err := d.Damage(); err != nil {
		return nil, err
	}
	var has knowing
	if !all {
		if has, err = readTold(d.peerPath(p.Node, ".has")); err != nil {
			return nil, err
		}
	}
	if err := d.catchUp(ctx); err != nil {
		return nil, err
	}
	out, err := d.pack(ctx, p, has)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	to, ok := d.dir.Holder(p.Node)
	d.mu.Unlock()
	if !ok {
		return nil, refusedMove("no such installation is in the directory of the office", "make it anew with habeas field make")
	}
	made := &BundleMade{For: p.Node, Entries: len(out.records), Wraps: len(out.wraps), Known: len(out.entries) - len(out.records)}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	err = d.writeBundle(ctx, f, to, out, made)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(path)
		return nil, err
	}
	return made, whole.SyncDir(filepath.Dir(path))
}

func (d *Desk) writeBundle(ctx context.Context, f io.Writer, to ledger.Holder, out *parcel, made *BundleMade) error {
	_, recipients, err := vault.Recipients([]string{vault.AgeRecipient(to)})
	if err != nil {
		return err
	}
	sealed, err := age.Encrypt(f, recipients...)
	if err != nil {
		return err
	}
	w, err := newBundleWriter(sealed)
	if err != nil {
		return err
	}
	w.row("bundle", int64(bundleFormat), idBytes(d.root), idBytes(d.node.ID()), idBytes(to.ID), out.size, d.now().UnixMilli())
	for ids := range slices.Chunk(out.entries, hasAtOnce) {
		w.row("has", joinIDs(ids))
	}
	for ids := range slices.Chunk(out.others, hasAtOnce) {
		w.row("other", joinIDs(ids))
	}
	for _, r := range out.records {
		b, err := r.MarshalBinary()
		if err != nil {
			return err
		}
		w.row("entry", b)
	}
	for _, v := range out.wraps {
		w.row("wrap", idBytes(v.Key), idBytes(v.Stream), idBytes(v.Holder), v.Box)
	}
	for _, file := range out.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		// One that is damaged must not keep the rest, and is looked at before it is begun.
		if err := d.copyBlob(file.name, io.Discard); fault.KindOf(err) == fault.Damaged {
			made.Lacking++
			continue
		} else if err != nil {
			return err
		}
		made.Files++
		w.row("file", file.name, idBytes(file.owner))
		if err := d.copyBlob(file.name, w); err != nil {
			return err
		}
	}
	if err := w.end(d.node.Signer().Key); err != nil {
		return err
	}
	return sealed.Close()
}

func idBytes(id ledger.ID) []byte { return id[:] }
