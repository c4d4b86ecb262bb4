package habeas

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
	"habeas/internal/view"
)

// goesOn fails if the log is not the one that v has followed so far, but older or
// another. A view is sealed to its circle; the log's own hashes are for anybody
// who has the disk to write.
func (d *Desk) goesOn(ctx context.Context, v *view.View) error {
	mark, err := v.Mark(ctx)
	if err != nil || mark.Size == 0 {
		return err
	}
	size, err := d.db.Size(ctx)
	if err != nil {
		return err
	}
	if size >= mark.Size {
		root, err := tlog.TreeHash(mark.Size, d.db.Hashes(ctx))
		if err != nil {
			return err
		}
		if root == mark.Root {
			return nil
		}
	}
	return fault.New(fault.Damaged, "ledger.rewritten", fault.Count(mark.Size))
}

// growing is a Merkle tree that only grows: the roots of its complete subtrees,
// largest first.
type growing struct {
	size  int64
	right []tlog.Hash
}

func (g *growing) add(leaf tlog.Hash) {
	g.right = append(g.right, leaf)
	g.size++
	for n := g.size; n%2 == 0; n /= 2 {
		last := len(g.right) - 1
		g.right[last-1] = tlog.NodeHash(g.right[last-1], g.right[last])
		g.right = g.right[:last]
	}
}

func (g *growing) root() tlog.Hash {
	if len(g.right) == 0 {
		return tlog.Hash{}
	}
	h := g.right[len(g.right)-1]
	for i := len(g.right) - 2; i >= 0; i-- {
		h = tlog.NodeHash(g.right[i], h)
	}
	return h
}
