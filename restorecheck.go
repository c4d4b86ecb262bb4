package habeas

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"habeas/internal/backup"
	"habeas/internal/store"
	"habeas/ledger"
)

// judge verifies the log, and looks who signed the copies and what was erased.
func (r *restoring) judge(ctx context.Context) error {
	v, err := Verify(ctx, r.dir, nil)
	if v != nil {
		r.done.Verification = *v
	}
	if err != nil {
		return err
	}
	if v.Size != r.last().Size || hex.EncodeToString(v.Tree[:]) != r.last().Root {
		return wrong("the log in the copy is not the one that was copied", "take another copy")
	}
	d, err := locked(r.dir)
	if err != nil {
		return err
	}
	defer d.db.Close()
	r.nodes, r.origin = d.loggers(), d.origin()
	for _, run := range append(slices.Clone(r.runs), r.keyRun) {
		if !slices.ContainsFunc(r.nodes, func(h ledger.Holder) bool { return run.By(h.Sign) }) {
			return wrong("the list of what belongs to the copy of "+run.At.Format(time.RFC3339)+" was not signed by the server of this office", "somebody made it who is not this server; take another copy")
		}
	}
	if err := r.known(ctx, d); err != nil {
		return err
	}
	if err := r.seen(ctx, d); err != nil {
		return err
	}
	return r.erased(ctx, d)
}

// seen looks at what this machine has seen of the log, as the server will when it opens
// the office. What this office did not sign counts as little as there.
func (r *restoring) seen(ctx context.Context, d *Desk) error {
	if r.plan.Pepper == "" {
		return nil
	}
	signed, err := os.ReadFile(Config{Pepper: r.plan.Pepper}.seenPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	verifiers, err := d.Verifiers()
	if err != nil {
		return err
	}
	cp, err := ledger.OpenCheckpoint(signed, verifiers)
	if err != nil {
		return nil
	}
	if cp.Size <= r.done.Size {
		sum, err := d.db.SumOf(ctx, cp.Size)
		if err != nil || sum == cp.Root {
			return err
		}
	}
	r.done.Seen = cp.Size
	return nil
}

// known compares the log with a checkpoint that somebody else kept.
func (r *restoring) known(ctx context.Context, d *Desk) error {
	if r.plan.Known == nil {
		return nil
	}
	verifiers, err := d.Verifiers()
	if err != nil {
		return err
	}
	cp, err := ledger.OpenCheckpoint(r.plan.Known, verifiers)
	if err != nil {
		return wrong("the checkpoint given with --known is not of this office", "it is what habeas checkpoint show prints, or what a witness kept")
	}
	if cp.Size > r.done.Size {
		lost := cp.Size - r.done.Size
		r.done.Lost = max(r.done.Lost, lost)
		if r.plan.Lose {
			return nil
		}
		return wrong(fmt.Sprintf("the log in the copy is older than the checkpoint given with --known: %d entries are missing", lost),
			"find a newer copy; --accept-loss goes on without them, and witnesses who saw them will refuse to sign")
	}
	sum, err := d.db.SumOf(ctx, cp.Size)
	if err == nil && sum != cp.Root {
		err = wrong("the log in the copy is not the one that the checkpoint given with --known is of", "somebody wrote it anew, or it is a copy of another server; do not use it before you know")
	}
	return err
}

// erased gathers which keys must not come back.
func (r *restoring) erased(ctx context.Context, d *Desk) error {
	all, done, err := d.allErasings(ctx)
	if err != nil {
		return err
	}
	lines, unconfirmed, err := r.list(len(all))
	if err != nil {
		return err
	}
	r.done.Erasures, r.done.Unconfirmed = len(all), unconfirmed
	r.gone = map[erasedLine]bool{}
	for _, l := range lines {
		r.gone[l] = true
	}
	for _, e := range all {
		for _, k := range d.sourcesOf(e) {
			l := erasedLine{k, e.stream}
			if !unconfirmed && done[e.entry] && !r.gone[l] {
				return wrong("the list of erased keys beside the pepper is older than the copy", "find the newest one; with --no-list what was erased since may come back")
			}
			r.gone[l] = true
		}
	}
	r.letters = d.letterKeys(lines)
	waiting, err := d.listedLetters(ctx, r.letters)
	if err != nil {
		return err
	}
	for _, it := range waiting {
		names, err := d.db.BlobsOf(ctx, it.ID)
		if err != nil {
			return err
		}
		for _, name := range names {
			r.gone[erasedLine{store.BlobKey(name), d.deskStream()}] = true
		}
	}
	r.views = map[ledger.ID]bool{}
	for _, h := range d.dir.Find(func(h ledger.Holder) bool { return h.Use == ledger.UseCircleBody }) {
		for _, node := range append([]ledger.Holder{{}}, r.nodes...) {
			r.views[viewKeyOf(h.ID, node.ID)] = true
		}
	}
	return nil
}

// list reads the list of erased keys. Of an office that has erased something it must
// be there, and where a pepper is named, that or the list.
func (r *restoring) list(erasures int) (lines []erasedLine, unconfirmed bool, err error) {
	if r.plan.NoList {
		return nil, true, nil
	}
	if r.plan.Pepper == "" {
		return nil, false, &backup.Refused{What: "it is not known what was erased after the copy was made", Then: "name the pepper with --pepper: the list of erased keys is beside it; with --no-list what was erased since may come back"}
	}
	path := ErasedBeside(r.plan.Pepper)
	_, noList := os.Stat(path)
	_, noPepper := os.Stat(r.plan.Pepper)
	if noList != nil && (erasures > 0 || noPepper != nil) {
		return nil, false, &backup.Refused{What: "there is no list of erased keys at " + path, Then: "put it back first, beside where the pepper will be; with --no-list what was erased since may come back"}
	}
	lines, err = readErased(path)
	return lines, false, err
}
