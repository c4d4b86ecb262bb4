package habeas

import (
	"context"
	"slices"

	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// A keyCheck compares the table of keys with what the log says of it: who was given
// which key, what was erased, and under which keys entries are sealed. It needs no
// secret; with what a member holds it looks into the rows, too.
type keyCheck struct {
	d      *Desk
	dir    *ledger.Directory
	found  func(Flaw)
	survey *Survey
	field  bool // this installation has some of the keys only, and of some cases none any more

	gens   map[ledger.ID][]ledger.ID // holders, by the stream they are of
	erased map[erasedLine]bool
	gone   map[ledger.ID]bool // sealing keys made of what was erased
	rows   []vault.Wrap
	by     map[ledger.ID][]vault.Wrap // those that fit, by who can open them
	files  map[string]bool            // sealed files that were found damaged or missing
}

// fsckKeys looks at the table of keys. What can't be read is named already, and then nothing
// is compared.
func (d *Desk) fsckKeys(ctx context.Context, survey *Survey, found func(Flaw)) (*keyCheck, error) {
	snap, err := d.db.Snapshot(ctx)
	if err != nil {
		return nil, ctx.Err()
	}
	defer snap.Close()
	k := &keyCheck{d: d, survey: survey, gens: map[ledger.ID][]ledger.ID{}, erased: map[erasedLine]bool{}, gone: map[ledger.ID]bool{}}
	k.found = func(f Flaw) {
		survey.Flaws++
		found(f)
	}
	for row, err := range snap.Keys(ctx) {
		if err != nil {
			return nil, ctx.Err()
		}
		if row.Table != "wrap" {
			continue
		}
		w, ok := wrapFrom(row)
		if !ok {
			k.found(Flaw{What: store.FlawRows, Number: -1, Name: "wrap"})
			continue
		}
		k.rows = append(k.rows, w)
	}
	// The log is read after the keys: a key that was given meanwhile is known.
	if k.dir, _, err = d.wholeDirectory(ctx, nil); err != nil {
		return nil, ctx.Err()
	}
	all, done, err := d.allErasings(ctx)
	if err != nil {
		return nil, ctx.Err()
	}
	for _, h := range k.dir.Find(func(h ledger.Holder) bool { return !h.Of.IsZero() }) {
		k.gens[h.Of] = append(k.gens[h.Of], h.ID)
	}
	// An older log that was put back knows nothing of what was erased since.
	if lines, err := readErased(ErasedBeside(d.cfg.filled().Pepper)); err == nil {
		for _, l := range lines {
			k.erase(l, false)
		}
	}
	for _, e := range all {
		for _, key := range d.sourcesOf(e) {
			k.erase(erasedLine{key, e.stream}, done[e.entry])
		}
	}
	self, _ := k.dir.Holder(d.self)
	k.field = self.Use == ledger.UseField
	survey.Keys = len(k.rows)
	k.compare()
	return k, k.lost(ctx)
}

// compare looks at each row. What is left of something opens nothing, like what is wrong.
func (k *keyCheck) compare() {
	k.by = map[ledger.ID][]vault.Wrap{}
	for _, w := range k.rows {
		switch {
		case k.left(w):
			k.survey.Left++
		case !k.fits(w):
			k.found(Flaw{What: store.FlawKey, Number: -1, ID: w.Key, Stream: w.Stream})
		default:
			k.by[w.Holder] = append(k.by[w.Holder], w)
		}
	}
}

// erase notes that a key was erased; unless that is done its row may be there still.
func (k *keyCheck) erase(l erasedLine, done bool) {
	k.erased[l] = done
	for _, id := range k.sealing(l.stream, l.key) {
		k.gone[id] = true
	}
}

// sealing returns the IDs of the keys that entries of a stream may be sealed under which
// are made of one source key.
func (k *keyCheck) sealing(stream, source ledger.ID) []ledger.ID {
	return ledger.Erase{Keys: []ledger.ID{source}}.SealedUnder(k.gens[stream])
}

// left reports whether the log does not know a row, and nothing is opened with it: keys
// are written before what is said of them in the log, and that may have been cut short. Or
// the row is of what is being erased or of somebody who was stopped, and is destroyed when
// the office is next opened.
func (k *keyCheck) left(w vault.Wrap) bool {
	if done, named := k.erased[erasedLine{w.Key, w.Stream}]; named && !done {
		return true
	}
	to, known := k.dir.Holder(w.Holder)
	if !known {
		return w.Stream != k.d.deskStream()
	}
	if (to.Use == ledger.UseMember || to.Use == ledger.UseRecovery) && k.dir.Standing(w.Holder) != ledger.Active {
		return true
	}
	if h, holder := k.dir.Holder(w.Key); holder {
		return h.Of == w.Stream && !k.dir.EverGiven(w.Key, w.Holder) && !k.dir.EverTaken(w.Key, w.Holder)
	}
	return !w.Stream.IsZero() && to.Of != w.Stream && // of a generation that no member was told of
		slices.Contains([]ledger.Use{ledger.UseMember, ledger.UseRecovery, ledger.UseCircleBody, ledger.UseCircleVault}, to.Use)
}

// fits reports whether the log knows of a row: somebody gave this key to this holder, or
// it is a source key of the stream that this holder is of, and was not erased.
func (k *keyCheck) fits(w vault.Wrap) bool {
	to, known := k.dir.Holder(w.Holder)
	if h, ok := k.dir.Holder(w.Key); ok {
		stream := h.Of
		if h.Use == ledger.UseDesk {
			stream = k.d.deskKeyStream()
		}
		return w.Stream == stream && k.dir.Granted(w.Key, w.Holder)
	}
	switch {
	case !known || k.erased[erasedLine{w.Key, w.Stream}]:
		return false
	case w.Stream.IsZero(): // of a view, of a circle's gate, of a drill
		return true
	case w.Stream == k.d.deskStream():
		return to.Use == ledger.UseDesk
	}
	return to.Of == w.Stream
}

// lost names entries that nobody can open: no row has the key they are sealed under, or
// what opens that row.
func (k *keyCheck) lost(ctx context.Context) error {
	if k.field {
		return nil
	}
	there := map[ledger.ID]bool{} // what somebody can open, from a member on
	var next []ledger.ID
	for _, h := range k.dir.Find(isSide(ledger.UseMember, ledger.UseRecovery)) {
		next = append(next, h.ID)
	}
	for ; len(next) > 0; next = next[1:] {
		for _, w := range k.by[next[0]] {
			if _, holder := k.dir.Holder(w.Key); !holder {
				for _, id := range k.sealing(w.Stream, w.Key) {
					there[id] = true
				}
			} else if !there[w.Key] {
				there[w.Key] = true
				next = append(next, w.Key)
			}
		}
	}
	return k.each(ctx, func(n store.Numbered) {
		if !there[n.Record.Key] {
			k.found(Flaw{What: store.FlawNoKey, Number: n.Number, ID: n.Record.ID, Stream: n.Record.Stream})
		}
	})
}

// each calls do for every entry of a case or circle that is sealed and was not erased.
// What can't be read is named already.
func (k *keyCheck) each(ctx context.Context, do func(store.Numbered)) error {
	for n, err := range k.d.db.Since(ctx, -1) {
		if err != nil {
			return ctx.Err()
		}
		if r := n.Record; !n.Pruned && r.Mode == ledger.ModeSealed && len(k.gens[r.Stream]) > 0 && !k.gone[r.Key] {
			do(n)
		}
	}
	return nil
}

// open opens every row and entry that a member can, from what is theirs on, and goes on
// behind what does not open.
func (k *keyCheck) open(ctx context.Context, me *vault.Holder) (opened int, err error) {
	mine := map[ledger.ID]*vault.Holder{me.ID(): me}
	sources := map[erasedLine][]byte{}
	broken := map[ledger.ID]bool{} // sealing keys
	for next := []*vault.Holder{me}; len(next) > 0; next = next[1:] {
		for _, w := range k.by[next[0].ID()] {
			if w.Stream == k.d.deskStream() {
				continue // what opens a letter is the head of its file, and goes with it
			}
			inner, secret, bad := k.unwrap(next[0], w)
			switch {
			case bad:
				k.found(Flaw{What: store.FlawKey, Number: -1, ID: w.Key, Stream: w.Stream})
				broken[w.Key] = true
				for _, id := range k.sealing(w.Stream, w.Key) {
					broken[id] = true
				}
			case inner == nil:
				sources[erasedLine{w.Key, w.Stream}] = secret
			case mine[w.Key] == nil:
				mine[w.Key] = inner
				next = append(next, inner)
			}
		}
	}
	keys, of := k.ring(mine, sources)
	return opened, k.each(ctx, func(n store.Numbered) {
		here := Flaw{What: store.FlawNoKey, Number: n.Number, ID: n.Record.ID, Stream: n.Record.Stream}
		key, ok := keys[n.Record.Key]
		if !ok {
			if broken[n.Record.Key] {
				k.found(here)
			}
			return
		}
		opened++
		o, err := ledger.Open(n.Record, key)
		if err != nil {
			k.found(here)
			return
		}
		if o.Kind() == vault.KindAttachment {
			k.file(ctx, here, o, of[n.Record.Key])
		}
	})
}

// file looks whether the file that an entry speaks of is the statement's, and is whole.
func (k *keyCheck) file(ctx context.Context, here Flaw, o ledger.Opened, source ledger.ID) {
	author, ok := k.dir.Author(o)
	if !ok {
		return
	}
	e, err := o.Verify(author)
	if err != nil {
		return
	}
	a, err := vault.ReadAttachment(e)
	if err != nil || a.Blob == "" {
		return
	}
	here.What, here.Name = store.FlawNoFile, a.Blob
	owned, err := k.d.db.BlobsOf(ctx, source)
	switch {
	case err == nil && !slices.Contains(owned, a.Blob):
		k.found(here)
	case k.files[a.Blob]:
		here.What = store.FlawFile
		k.found(here)
	}
}

// unwrap opens a row: a holder, or a secret.
func (k *keyCheck) unwrap(h *vault.Holder, w vault.Wrap) (inner *vault.Holder, secret []byte, bad bool) {
	var err error
	if _, holder := k.dir.Holder(w.Key); holder {
		inner, err = h.UnwrapHolder(w)
	} else {
		secret, err = h.Unwrap(w)
	}
	return inner, secret, err != nil
}

// ring returns the sealing keys made of holders and secrets, and of which source key each is.
func (k *keyCheck) ring(mine map[ledger.ID]*vault.Holder, sources map[erasedLine][]byte) (keys map[ledger.ID]ledger.Key, source map[ledger.ID]ledger.ID) {
	keys, source = map[ledger.ID]ledger.Key{}, map[ledger.ID]ledger.ID{}
	for id, h := range mine {
		keys[id] = h.Key()
	}
	for of, secret := range sources {
		for _, gen := range k.gens[of.stream] {
			if h := mine[gen]; h != nil {
				id := ledger.KeyID(of.key, gen)
				keys[id], source[id] = h.SourceKey(of.key, secret), of.key
			}
		}
		clear(secret)
	}
	return keys, source
}

// FsckAs is [Fsck], and besides opens what a member can open: each row of the table of
// keys, and each entry; files that are damaged or not their statement's are named again, with
// the entry that speaks of them. opened is how many entries opened or should have.
func FsckAs(ctx context.Context, cfg Config, handle string, pass vault.Text, found func(Flaw)) (survey Survey, signed bool, opened int, err error) {
	files := map[string]bool{}
	seen := func(f Flaw) {
		if f.What == store.FlawFile || f.What == store.FlawNoFile {
			files[f.Name] = true
		}
		found(f)
	}
	survey, signed, err = fsck(ctx, cfg, seen, func(k *keyCheck) error {
		d, err := OpenReadOnly(cfg)
		if err != nil {
			return err
		}
		defer d.Close()
		seed, err := d.openLogin(ctx, d.inside, handle, pass)
		if err != nil {
			return err
		}
		defer seed.Wipe()
		me, err := vault.NewHolder(seed)
		if err != nil {
			return err
		}
		k.files = files
		opened, err = k.open(ctx, me)
		return err
	})
	return survey, signed, opened, err
}
