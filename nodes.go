package habeas

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/view"
	"habeas/ledger"
)

// Several desks may share a database: nodes. Each has its own sessions and views, and
// follows the log. What a node knows of the directory is what it has read of the
// entries in clear; before it appends anything, the store makes sure that no other node
// has written one since.

// alone takes a lock for which nothing may come between what is read and what is
// written: on this node mu, and on all nodes the turn of that name. What others wrote
// before is known then. The caller gives both back with leave.
func (d *Desk) alone(ctx context.Context, mu sync.Locker, name string) (leave func(), err error) {
	mu.Lock()
	return d.during(ctx, mu.Unlock, name, d.db.Alone)
}

// beside is alone for what many may do at the same time, while nobody is alone.
func (d *Desk) beside(ctx context.Context, mu *sync.RWMutex, name string) (leave func(), err error) {
	mu.RLock()
	return d.during(ctx, mu.RUnlock, name, d.db.Beside)
}

// during has a turn of all nodes, by how, until leave is called, which also calls unlock.
func (d *Desk) during(ctx context.Context, unlock func(), name string, how func(context.Context, string, func(context.Context) error) error) (leave func(), err error) {
	if !d.db.Shared() || !d.mayWrite() {
		return unlock, nil
	}
	got, over, ended := make(chan error, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		err := how(ctx, name, func(context.Context) error {
			got <- nil
			<-over
			return nil
		})
		got <- err // nobody listens if the turn was had
	}()
	leave = sync.OnceFunc(func() {
		close(over)
		<-ended
		unlock()
	})
	if err = <-got; err == nil {
		err = d.catchUp(ctx)
	}
	if err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

// appendKnowing appends entries, of which right says whether they are still right by what
// this node knows. If another node has written something in clear since, that is read,
// and right is asked again.
func (d *Desk) appendKnowing(ctx context.Context, sealed []ledger.Sealed, right func() error) (first int64, err error) {
	d.owning(sealed)
	for try := 0; ; try++ {
		first, err := d.appendIf(ctx, sealed, right)
		if !movedOn(err) || try == mostMoves {
			return first, err
		}
		if err := d.catchUp(ctx); err != nil {
			return 0, err
		}
	}
}

func (d *Desk) appendIf(ctx context.Context, sealed []ledger.Sealed, right func() error) (first int64, err error) {
	d.sealing.RLock()
	defer d.sealing.RUnlock()
	known := d.caught.Load()
	if err := right(); err != nil {
		return 0, err
	}
	return d.db.AppendSeen(ctx, sealed, d.signer, store.Seen{Clear: known - 1, Size: -1})
}

// mostMoves is how often it is looked whether entries are still right because other
// nodes wrote meanwhile.
const mostMoves = 50

func movedOn(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Key() == "store.moved_on"
}

// catchUp takes in what other nodes wrote in clear since this one last looked: who is
// there, who may what, and what was erased. No view goes further than that.
func (d *Desk) catchUp(ctx context.Context) error {
	if !d.db.Shared() || d.astray() {
		return nil
	}
	d.catching.Lock()
	defer d.catching.Unlock()
	size, err := d.db.Size(ctx)
	from := d.caught.Load()
	if err != nil || size == from {
		return err
	}
	if size < from {
		d.goAstray(from, size)
		return nil
	}
	var news []store.Numbered
	for n, err := range d.db.Clear(ctx, from-1) {
		if err != nil {
			return err
		}
		if n.Number < size {
			news = append(news, n)
		}
	}
	if err := d.takeNews(ctx, news); err != nil {
		return err
	}
	d.caught.Store(size)
	return nil
}

// reached returns how far views may follow the log: as far as what is in clear is known.
func (d *Desk) reached(ctx context.Context) (int64, error) {
	if d.db.Shared() && !d.astray() {
		return d.caught.Load(), nil
	}
	size, err := d.db.Size(ctx)
	if d.db.Shared() {
		size = min(size, d.caught.Load())
	}
	return size, err
}

// takeNews takes in notices of other nodes. Those that this one wrote it knows.
func (d *Desk) takeNews(ctx context.Context, news []store.Numbered) error {
	return d.heedNews(ctx, slices.DeleteFunc(news, func(n store.Numbered) bool { return d.isOwn(n.Record.ID) }))
}

// heedNews takes in notices, whoever wrote them.
func (d *Desk) heedNews(ctx context.Context, news []store.Numbered) error {
	byStream := map[ledger.ID][]ledger.Opened{}
	var erasures []store.Numbered
	for _, n := range news {
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return err
		}
		byStream[n.Record.Stream] = append(byStream[n.Record.Stream], o)
		if o.Kind() == ledger.KindErase || o.Kind() == ledger.KindErased {
			erasures = append(erasures, n)
		}
	}
	changed, err := d.learn(byStream)
	if err == nil {
		err = d.dropLocal(changed)
	}
	for _, n := range erasures {
		err = errors.Join(err, d.heedErasure(ctx, n))
	}
	if err != nil {
		return err
	}
	return d.endStopped()
}

// isOwn reports whether this node appended an entry, and forgets it.
func (d *Desk) isOwn(id ledger.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	own := d.own[id]
	delete(d.own, id)
	return own
}

// owning notes entries in clear that this node is about to append.
func (d *Desk) owning(sealed []ledger.Sealed) {
	if !d.db.Shared() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range sealed {
		if r := s.Record(); r.Mode == ledger.ModeClear {
			d.own[r.ID] = true
		}
	}
}

// learn adds notices to the directory, and returns the circles whose views now hold what
// they must not, or lack what they must have: of new keys, and of cases given and taken.
// The stream of a case that was not read yet is read when it is asked for; what a case
// that was opened since gives is ahead of every view.
func (d *Desk) learn(byStream map[ledger.ID][]ledger.Opened) (circles []ledger.ID, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for stream, notices := range byStream {
		office := stream == ledger.DirectoryStream(d.root)
		if office || d.cases[stream] {
			root := ledger.ID{}
			if office {
				root = d.root
			}
			if err := d.dir.Add(root, notices); err != nil {
				return nil, err
			}
			d.handed++
		}
		opened := slices.ContainsFunc(notices, func(o ledger.Opened) bool {
			return o.Kind() == ledger.KindHolder && ledger.Concerned(o).IsZero()
		})
		if !office && opened {
			continue
		}
		for _, o := range notices {
			h, ok := d.dir.Holder(ledger.Concerned(o))
			if ok && (h.Use == ledger.UseCircleBody || h.Use == ledger.UseCircleVault) && !slices.Contains(circles, h.Of) {
				circles = append(circles, h.Of)
			}
		}
	}
	return circles, nil
}

// heedErasure does on this node what another announced, and does it again when it is said
// to be done: its keys are used no more, are on the list beside the pepper, and no view
// holds what they opened. If the other dies before it is done, this node finishes it.
func (d *Desk) heedErasure(ctx context.Context, n store.Numbered) error {
	if e, err := d.erasing(ctx, n); err == nil { // or nobody who may erase signed it, or it says that it is done
		if err := d.listErased(e.stream, d.sourcesOf(e)...); err != nil {
			return err
		}
		d.spend(e)
		d.finishLater()
	}
	circles, err := d.circlesOfCase(ctx, n.Record.Stream)
	if err != nil {
		return err
	}
	return d.dropLocal(circles)
}

// finishLater has an erasure that another node announced looked after in a minute, in
// which that should have done it.
func (d *Desk) finishLater() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.unfinished {
		d.unfinished, d.retry = true, d.now().Add(time.Minute)
	}
}

// spend has nothing more sealed under the keys that an erasure destroys.
func (d *Desk) spend(e *erasing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key := range e.under {
		d.spent[key] = true
	}
}

// dropLocal closes views of circles on this node and removes their files, so that they
// are folded anew.
func (d *Desk) dropLocal(circles []ledger.ID) error {
	if len(circles) == 0 {
		return nil
	}
	d.viewMu.Lock()
	defer d.viewMu.Unlock()
	var open []*circleView
	var paths []string
	d.mu.Lock()
	for _, c := range circles {
		if cv := d.circles[c]; cv != nil {
			open = append(open, cv)
			delete(d.circles, c)
		}
		delete(d.trusted, c)
		for _, g := range d.dir.Generations(c, ledger.UseCircleBody) {
			paths = append(paths, d.viewPath(g.ID))
		}
	}
	d.mu.Unlock()
	err := closeViews(open)
	for _, p := range paths {
		err = errors.Join(err, view.Remove(p))
	}
	return err
}

// endStopped ends the sessions of members who were stopped on another node.
func (d *Desk) endStopped() error {
	d.mu.Lock()
	var gone []ledger.ID
	for _, s := range d.sessions {
		if s.sealed != nil && d.dir.Standing(s.member) != ledger.Active && !slices.Contains(gone, s.member) {
			gone = append(gone, s.member)
		}
	}
	d.mu.Unlock()
	var errs []error
	for _, member := range gone {
		errs = append(errs, d.endMember(member))
	}
	return errors.Join(errs...)
}

// lockedOut is the number that says when somebody locked everybody out: milliseconds
// since 1970.
const lockedOut = "locked out"

// lockHere ends every session on this node.
func (d *Desk) lockHere() error {
	d.mu.Lock()
	d.endHalves(func(*half) bool { return true })
	d.mu.Unlock()
	return d.endSessions(func(*session, time.Time) bool { return true })
}

// raiseLockedOut tells other nodes that everybody is locked out, also if their clocks, or
// this one, are wrong.
func (d *Desk) raiseLockedOut(ctx context.Context) error {
	was, err := d.db.Raised(ctx, lockedOut)
	if err == nil {
		_, err = d.db.Raise(ctx, lockedOut, max(was+1, d.now().UnixMilli()))
	}
	return err
}

// Follow takes in what other nodes write, within a quarter of a second, until ctx ends:
// who was stopped, what was erased and removed, and that everybody was locked out, which is
// heeded even if the log went back. An office that is in files has no other nodes, and
// nothing to follow.
func (d *Desk) Follow(ctx context.Context) error {
	if !d.db.Shared() || !d.writer {
		return nil
	}
	begun := time.Now()
	d.followed.Store(&begun)
	locked, err := d.db.Raised(ctx, lockedOut)
	var told bool
	var last trust
	for ctx.Err() == nil {
		var now int64
		if now, err = d.db.Raised(ctx, lockedOut); err == nil && now != locked {
			locked = now
			err = d.lockHere()
		}
		if err == nil && !d.astray() {
			err = errors.Join(d.catchUp(ctx), d.heedTold(ctx), d.stillGoesOn(ctx, &last))
		}
		if err != nil && ctx.Err() == nil && !told {
			d.cfg.Log.LogAttrs(ctx, slog.LevelError, "the log can't be followed", slog.Int("kind", int(fault.KindOf(err))))
		}
		at := time.Now()
		if told = err != nil; told { // once, until it can be followed again
			at = time.Time{}
		}
		d.followed.Store(&at)
		select {
		case <-ctx.Done():
		case <-time.After(followEvery):
		}
	}
	return nil
}

// followEvery is how often a node looks what others wrote.
const followEvery = 250 * time.Millisecond

// FormKey returns a secret that all nodes have and nobody else, for what strangers are
// shown: a form of one node is then taken by another, as the same. An office in files has
// one server, whose secret may end with it: then ok is false.
func (d *Desk) FormKey() (key [32]byte, ok bool) {
	if d == nil || !d.db.Shared() {
		return key, false
	}
	m := hmac.New(sha256.New, d.pepper.Bytes())
	m.Write([]byte("habeas forms of strangers v1\n"))
	m.Write(d.root[:])
	return [32]byte(m.Sum(nil)), true
}
