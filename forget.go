package habeas

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"habeas/fault"
	"habeas/internal/view"
	"habeas/internal/whole"
	"habeas/ledger"
)

// finishErasing does all that erasures announced, and says in the log that it is
// done. It needs no key that opens anything, can be cut short anywhere, and done
// again.
func (d *Desk) finishErasing(ctx context.Context, by ledger.Signer, es []*erasing) error {
	if len(es) == 0 {
		return nil
	}
	leave, err := d.alone(ctx, &d.finishing, "erasures")
	if err != nil {
		return err
	}
	defer leave()
	d.mu.Lock()
	d.unfinished = true
	d.mu.Unlock()
	for _, step := range d.eraseSteps(by, es) {
		if err := step(ctx); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unfinished = false
	return nil
}

// eraseSteps returns what is to be done, in order: after each of them the power
// may fail.
func (d *Desk) eraseSteps(by ledger.Signer, es []*erasing) (steps []func(context.Context) error) {
	for _, e := range es {
		steps = append(steps, func(ctx context.Context) error {
			keys := d.sourcesOf(e)
			err := d.listErased(e.stream, keys...)
			if err == nil {
				err = d.listFiled(ctx, d.marksOf(keys))
			}
			if err != nil {
				return err
			}
			_, err = d.db.DestroyKeys(ctx, e.stream, keys)
			return err
		})
	}
	var streams []ledger.ID
	for _, e := range es {
		if !slices.Contains(streams, e.stream) {
			streams = append(streams, e.stream)
			steps = append(steps, func(ctx context.Context) error { return d.dropViews(ctx, e.stream) })
		}
	}
	for _, e := range es {
		steps = append(steps, func(ctx context.Context) error {
			keys := d.sourcesOf(e)
			return errors.Join(d.db.ForgetBlobs(ctx, keys...), d.db.Unfile(ctx, d.marksOf(keys)...))
		}, func(ctx context.Context) error { // last of what changes the store: it empties its log
			under := make([]ledger.ID, 0, len(e.under))
			for key := range e.under {
				under = append(under, key)
			}
			_, err := d.db.Prune(ctx, e.stream, e.number, under)
			return err
		}, func(ctx context.Context) error {
			return d.publish(ctx, by, e.stream, ledger.Erased{Of: e.entry})
		})
	}
	return steps
}

// marksOf returns by what the letters are known that became statements with these keys.
func (d *Desk) marksOf(keys []ledger.ID) (marks [][]byte) {
	for _, k := range keys {
		marks = append(marks, d.keyed("mark", k[:]))
	}
	return marks
}

// sourcesOf returns the keys that an erasure names, without those of holders: a
// notice that names the key of a case or circle, which is no source, destroys
// nothing of it.
func (d *Desk) sourcesOf(e *erasing) []ledger.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.notice.Keys), func(id ledger.ID) bool {
		_, holder := d.dir.Holder(id)
		return holder
	})
}

// dropViews destroys the views that entries of a case may be in: the key of each
// first, then its files. Whoever is in session for the circle folds a new one.
func (d *Desk) dropViews(ctx context.Context, stream ledger.ID) error {
	circles, err := d.circlesOfCase(ctx, stream)
	if err != nil {
		return err
	}
	for _, circle := range circles {
		if err := d.dropView(ctx, circle); err != nil {
			return err
		}
	}
	return nil
}

// circlesOfCase returns the circles in whose views entries of a case may be, and forgets
// what is shown of its names.
func (d *Desk) circlesOfCase(ctx context.Context, stream ledger.ID) (circles []ledger.ID, err error) {
	if err := d.readCase(ctx, stream); err != nil {
		return nil, err
	}
	d.mu.Lock()
	sides := d.dir.Generations(stream, ledger.UseCaseBody)
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseCircleBody }) {
		if !slices.Contains(circles, h.Of) && slices.ContainsFunc(sides, func(side ledger.Holder) bool { return d.dir.EverGiven(side.ID, h.ID) }) {
			circles = append(circles, h.Of)
		}
	}
	for _, s := range d.sessions {
		delete(s.revealed, stream)
	}
	d.mu.Unlock()
	d.forgetNames()
	return circles, nil
}

// dropView destroys the view of a circle in every generation: the keys first, also
// those of other nodes, then the file. Who of the circle asks next makes a new key, and folds anew.
func (d *Desk) dropView(ctx context.Context, circle ledger.ID) error {
	return d.dropViewFor(ctx, circle, func() error { return nil })
}

// dropViewFor is dropView for a change to what belongs in the view, before which
// nobody can fold it anew: whatever cuts it short, no view is left from before.
func (d *Desk) dropViewFor(ctx context.Context, circle ledger.ID, change func() error) error {
	d.viewMu.Lock()
	defer d.viewMu.Unlock()
	d.mu.Lock()
	gens := d.dir.Generations(circle, ledger.UseCircleBody)
	nodes := []ledger.ID{{}}
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseNode }) {
		nodes = append(nodes, h.ID)
	}
	var open []*circleView
	if cv := d.circles[circle]; cv != nil {
		open = append(open, cv)
		delete(d.circles, circle)
	}
	d.mu.Unlock()
	d.remember(ctx, circle, open)
	err := closeViews(open)
	for _, g := range gens {
		path := d.viewPath(g.ID)
		for _, node := range nodes {
			err = errors.Join(err, d.db.DeleteWraps(ctx, viewKeyOf(g.ID, node)))
		}
		err = errors.Join(err, view.Remove(path), view.Remove(path+".new"))
	}
	if err != nil {
		return err
	}
	return change()
}

// remember notes how far the view of a circle had come: signatures up to there
// need not be checked again when it is folded anew.
func (d *Desk) remember(ctx context.Context, circle ledger.ID, open []*circleView) {
	for _, cv := range open {
		cv.mu.Lock()
		m, err := cv.view.Mark(ctx)
		cv.mu.Unlock()
		if err == nil && m.Size > 0 {
			d.mu.Lock()
			d.trusted[circle] = trust{m.Size, m.Root}
			d.mu.Unlock()
		}
	}
}

// ErasedBeside returns where the list of erased keys is kept: beside the pepper,
// because whoever puts an older copy of the data directory back must not put this
// back with it.
func ErasedBeside(pepper string) string { return strings.TrimSuffix(pepper, ".pepper") + ".erased" }

// listErased adds keys of a case to the list, unless they are on it, and sees
// that it can be written. The list holds IDs and nothing else. Other nodes are told, so
// that theirs hold the same.
func (d *Desk) listErased(stream ledger.ID, keys ...ledger.ID) error {
	lines := make([]erasedLine, 0, len(keys))
	for _, k := range keys {
		lines = append(lines, erasedLine{k, stream})
	}
	news, err := d.unlisted(lines)
	if err == nil {
		err = d.tellErased(context.Background(), news)
	}
	if err != nil {
		return err
	}
	return d.addToList(news)
}

// unlisted returns those lines that are not on the list.
func (d *Desk) unlisted(lines []erasedLine) (news []erasedLine, err error) {
	known, err := readErased(ErasedBeside(d.cfg.Pepper))
	there := map[erasedLine]bool{}
	for _, line := range known {
		there[line] = true
	}
	for _, line := range lines {
		if !there[line] {
			there[line] = true
			news = append(news, line)
		}
	}
	return news, err
}

// addToList writes lines to the list, or nothing: then it is seen that it can be written.
func (d *Desk) addToList(lines []erasedLine) error {
	path := ErasedBeside(d.cfg.Pepper)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Forbidden, "erase.no_list")
	}
	var add bytes.Buffer
	for _, line := range lines {
		add.WriteString("\n" + line.key.String() + " " + line.stream.String() + "\n")
	}
	if add.Len() > 0 {
		_, err = f.Write(add.Bytes())
		err = errors.Join(err, f.Sync(), whole.SyncDir(filepath.Dir(path)))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fault.Wrap(err, fault.Forbidden, "erase.no_list")
	}
	return nil
}

// An erasedLine is a source key that was erased, and its case.
type erasedLine struct{ key, stream ledger.ID }

// readErased reads the list. A line that was cut short, when power was lost, is
// passed over: what it was for is done again from the log.
func readErased(path string) ([]erasedLine, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Forbidden, "erase.no_list")
	}
	return parseErased(b), nil
}

func parseErased(b []byte) (lines []erasedLine) {
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		var raw [32]byte
		key, stream, ok := strings.Cut(s.Text(), " ")
		if !ok || len(key) != 32 || len(stream) != 32 {
			continue
		}
		if _, err := hex.Decode(raw[:], []byte(key+stream)); err != nil {
			continue
		}
		lines = append(lines, erasedLine{ledger.ID(raw[:16]), ledger.ID(raw[16:])})
	}
	return lines
}

// reconcile finishes what was announced and not done, and destroys again what an
// older copy of the data brought back. It is called when the desk is opened, and
// needs no key that opens anything.
func (d *Desk) reconcile(ctx context.Context) error {
	all, done, err := d.allErasings(ctx)
	if err != nil {
		return err
	}
	var todo []*erasing
	listed := map[erasedLine]bool{}
	for _, e := range all {
		keys := d.sourcesOf(e)
		for _, k := range keys {
			listed[erasedLine{k, e.stream}] = true
		}
		back, err := d.db.Wrapped(ctx, e.stream, keys)
		if err != nil {
			return err
		}
		if back > 0 || !done[e.entry] {
			todo = append(todo, e)
		}
	}
	lines, err := readErased(ErasedBeside(d.cfg.Pepper))
	if err != nil {
		return err
	}
	letters, err := d.forgetLetters(ctx, d.letterKeys(lines))
	if err != nil {
		return err
	}
	unsaid, err := d.destroyListed(ctx, lines, listed)
	if err != nil {
		return err
	}
	if unsaid += letters; len(todo)+unsaid > 0 {
		d.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "erased again", slog.Int("announced", len(todo)), slog.Int("unannounced", unsaid))
	}
	return d.finishErasing(ctx, d.node.Signer(), todo)
}

// destroyAgain is [Desk.destroyListed] for a log to which nothing can be written.
func (d *Desk) destroyAgain(ctx context.Context) error {
	lines, err := readErased(ErasedBeside(d.cfg.Pepper))
	if err == nil {
		_, err = d.destroyListed(ctx, lines, nil)
	}
	return err
}

// destroyListed destroys what is on the list beside the pepper and was brought back by
// an older copy of the data, also if that is damaged: then letters lose their keys, too.
// It passes over what is in known, and returns how many keys came back.
func (d *Desk) destroyListed(ctx context.Context, lines []erasedLine, known map[erasedLine]bool) (back int, err error) {
	for _, l := range lines {
		if known[l] || l.stream == d.deskStream() && d.db.Damage() == nil {
			continue
		}
		n, err := d.db.DestroyKeys(ctx, l.stream, []ledger.ID{l.key})
		if err != nil {
			return back, err
		}
		if n > 0 {
			back++
			if err := d.dropViews(ctx, l.stream); err != nil {
				return back, err
			}
		}
	}
	return back, nil
}

// allErasings returns every Erase that a member signed, in order, and which of
// them are said to be done.
func (d *Desk) allErasings(ctx context.Context) (all []*erasing, done map[ledger.ID]bool, err error) {
	done = map[ledger.ID]bool{}
	for n, err := range d.db.Clear(ctx, -1) {
		if err != nil {
			return nil, nil, err
		}
		o, err := ledger.OpenClear(n.Record)
		if err != nil {
			return nil, nil, err
		}
		switch o.Kind() {
		case ledger.KindErase:
			if e, err := d.erasing(ctx, n); err == nil {
				all = append(all, e)
			}
		case ledger.KindErased:
			if e, err := d.verify(o); err == nil {
				if said, err := ledger.ReadErased(e); err == nil {
					done[said.Of] = true
				}
			}
		}
	}
	return all, done, nil
}

// tryToFinish finishes erasures that were announced and not done, and takes out letters that
// were on their way, at most once a minute. What keeps it from it, such as somebody who reads an old state for long,
// goes to the log and is met again.
func (d *Desk) tryToFinish() {
	d.mu.Lock()
	due := d.unfinished && !d.now().Before(d.retry)
	if due {
		d.retry = d.now().Add(time.Minute)
	}
	d.mu.Unlock()
	if !due || !d.finishing.TryLock() {
		return
	}
	d.finishing.Unlock()
	ctx := context.Background()
	if err := errors.Join(d.reconcile(ctx), d.finishLeaving(ctx)); err != nil {
		d.cfg.Log.LogAttrs(ctx, slog.LevelError, "an erasure is not finished", slog.Int("kind", int(fault.KindOf(err))))
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unfinished = false
}
