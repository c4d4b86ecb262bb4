package habeas

import (
	"context"

	"habeas/internal/store"
	"habeas/ledger"
)

// What one node destroys, others may have something of: the list beside the pepper is of
// each, so that a restore on any machine destroys again what any of them erased; and the
// directory of each may hold copies of files.

// tellErased tells other nodes of lines that are to be added to the list.
func (d *Desk) tellErased(ctx context.Context, lines []erasedLine) error {
	byStream := map[ledger.ID][]ledger.ID{}
	for _, l := range lines {
		byStream[l.stream] = append(byStream[l.stream], l.key)
	}
	for stream, keys := range byStream {
		if err := d.db.TellKeys(ctx, stream, keys...); err != nil {
			return err
		}
	}
	return nil
}

// joinLists makes the list of this node and what all were told the same: what was added
// while this one was off, or before nodes told each other.
func (d *Desk) joinLists(ctx context.Context) error {
	if !d.db.Shared() || !d.mayWrite() {
		return nil
	}
	own, err := readErased(ErasedBeside(d.cfg.Pepper))
	if err != nil {
		return err
	}
	known, err := d.Verifiers()
	if err != nil {
		return err
	}
	all, up, err := d.db.Told(ctx, 0, known)
	if err != nil {
		return err
	}
	there := map[erasedLine]bool{}
	for _, t := range all {
		there[erasedLine{t.Key, t.Stream}] = true
	}
	var untold []erasedLine
	for _, l := range own {
		if !there[l] {
			there[l] = true
			untold = append(untold, l)
		}
	}
	if err := d.tellErased(ctx, untold); err != nil {
		return err
	}
	return d.takeTold(all, up)
}

// heedTold takes in what other nodes destroyed since this one last looked.
func (d *Desk) heedTold(ctx context.Context) error {
	up, err := d.db.ToldUp(ctx)
	if err != nil || up == d.heard {
		return err
	}
	if up < d.heard { // an older copy of the database: it begins anew
		d.heard = 0
	}
	known, err := d.Verifiers()
	if err != nil {
		return err
	}
	news, up, err := d.db.Told(ctx, d.heard, known)
	if err != nil {
		return err
	}
	return d.takeTold(news, up)
}

// takeTold has this node hold the same as who told, up to a number.
func (d *Desk) takeTold(told []store.Told, up int64) error {
	var lines []erasedLine
	var files []string
	for _, t := range told {
		if t.File != "" {
			files = append(files, t.File)
		} else {
			lines = append(lines, erasedLine{t.Key, t.Stream})
		}
	}
	news, err := d.unlisted(lines)
	if err != nil {
		return err
	}
	if len(news) > 0 {
		if err := d.addToList(news); err != nil {
			return err
		}
	}
	if err := d.db.RemoveCopies(files...); err != nil {
		return err
	}
	d.heard = up
	return nil
}
