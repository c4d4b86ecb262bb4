package habeas

import (
	"context"
	"errors"
	"slices"

	"habeas/internal/store"
	"habeas/ledger"
)

// A letter that was destroyed, or became a statement that was erased, waits in every copy
// that was made before. So its key goes on the list beside the pepper, as those of
// statements do, under the stream that the keys of letters have. Its files go with it.

// listLetters adds the keys of letters to the list.
func (d *Desk) listLetters(items ...store.Item) error {
	var keys []ledger.ID
	for _, it := range items {
		if it.Here {
			keys = append(keys, it.Key)
		}
	}
	return d.listErased(d.deskStream(), keys...)
}

// listFiled adds the keys of the letters that became statements with these marks.
func (d *Desk) listFiled(ctx context.Context, marks [][]byte) error {
	keys, err := d.db.Marked(ctx, marks...)
	if err != nil || len(keys) == 0 {
		return err
	}
	return d.listErased(d.deskStream(), keys...)
}

// letterKeys returns those lines of the list that are of letters.
func (d *Desk) letterKeys(lines []erasedLine) (keys []ledger.ID) {
	for _, l := range lines {
		if l.stream == d.deskStream() {
			keys = append(keys, l.key)
		}
	}
	return keys
}

// listed returns the letters that wait, and are on the list.
func (d *Desk) listedLetters(ctx context.Context, keys []ledger.ID) (items []store.Item, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	gone := map[ledger.ID]bool{}
	for _, k := range keys {
		gone[k] = true
	}
	if items, err = d.db.Waiting(ctx); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(items, func(it store.Item) bool { return !gone[it.Key] }), nil
}

// forgetLetters destroys again what an older copy brought back of letters, and reports
// how much that was.
func (d *Desk) forgetLetters(ctx context.Context, keys []ledger.ID) (n int, err error) {
	items, err := d.listedLetters(ctx, keys)
	if err != nil {
		return 0, err
	}
	for _, it := range items {
		if err := d.db.TakeOut(ctx, d.deskStream(), it); err != nil {
			return 0, err
		}
	}
	back, err := d.db.Wrapped(ctx, d.deskStream(), keys)
	if err == nil && back > 0 {
		_, err = d.db.DestroyKeys(ctx, d.deskStream(), keys)
	}
	return len(items) + back, err
}

// takeOut takes a letter out of the inbox. If that is cut short, it is finished later.
func (d *Desk) takeOut(ctx context.Context, it store.Item) error {
	err := d.db.TakeOut(ctx, d.deskStream(), it)
	if err != nil {
		d.mu.Lock()
		d.unfinished = true
		d.mu.Unlock()
	}
	return err
}

// finishLeaving takes out letters that were on their way.
func (d *Desk) finishLeaving(ctx context.Context) error {
	items, err := d.db.Leaving(ctx)
	for _, it := range items {
		err = errors.Join(err, d.db.TakeOut(ctx, d.deskStream(), it))
	}
	return err
}
