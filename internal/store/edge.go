package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
)

// An edge is all of a tree that is needed to add a leaf: its size and the roots
// of the complete subtrees it is made of, the largest first.
type edge struct {
	size  int64
	roots []tlog.Hash
}

// clone returns an edge that shares nothing with e.
func (e edge) clone() edge {
	e.roots = append(make([]tlog.Hash, 0, 64), e.roots...)
	return e
}

// add appends a leaf and calls store for each hash that is now fixed for ever,
// in the order tlog numbers them.
func (e *edge) add(leaf tlog.Hash, store func(tlog.Hash) error) error {
	h := leaf
	for n := e.size; ; n >>= 1 {
		if err := store(h); err != nil {
			return err
		}
		if n&1 == 0 {
			break
		}
		last := len(e.roots) - 1
		h = tlog.NodeHash(e.roots[last], h)
		e.roots = e.roots[:last]
	}
	e.roots = append(e.roots, h)
	e.size++
	return nil
}

// root returns the RFC 6962 root.
func (e *edge) root() tlog.Hash {
	if e.size == 0 {
		return sha256.Sum256(nil)
	}
	h := e.roots[len(e.roots)-1]
	for i := len(e.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.roots[i], h)
	}
	return h
}

// edgePositions returns where the roots of a tree of the given size are stored.
func edgePositions(size int64) []int64 {
	var at []int64
	var done int64
	for rest := uint64(size); rest > 0; {
		level := bits.Len64(rest) - 1
		at = append(at, tlog.StoredHashIndex(level, done>>level))
		done += 1 << level
		rest &^= 1 << level
	}
	return at
}

// querier is what a database, a transaction and a connection have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// loadEdge reads the edge of the first size entries from the stored hashes.
func loadEdge(ctx context.Context, from querier, size int64) (edge, error) {
	hashes, err := readHashes(ctx, from, edgePositions(size))
	return edge{size, hashes}, err
}

// leafOf returns the number of the last entry under the hash stored at pos.
func leafOf(pos int64) int64 {
	level, n := tlog.SplitStoredHashIndex(pos)
	return (n+1)<<level - 1
}

const selectHashes = `select pos, hash from tree where pos in `

// mostHashes is how many hashes one statement asks for.
const mostHashes = 256

// readHashes reads what is stored at each of the positions.
func readHashes(ctx context.Context, from querier, at []int64) ([]tlog.Hash, error) {
	found := make(map[int64]tlog.Hash, len(at))
	for some := range slices.Chunk(at, mostHashes) {
		if err := findHashes(ctx, from, some, found); err != nil {
			return nil, explain(err)
		}
	}
	hashes := make([]tlog.Hash, len(at))
	for i, pos := range at {
		h, ok := found[pos]
		if !ok {
			return nil, fault.New(fault.Damaged, "store.hash_missing", fault.Count(leafOf(pos)))
		}
		hashes[i] = h
	}
	return hashes, nil
}

// findHashes asks for hashes at once: where the database is another machine, each
// question costs a way there and back.
func findHashes(ctx context.Context, from querier, at []int64, found map[int64]tlog.Hash) error {
	args := make([]any, len(at))
	for i, pos := range at {
		args[i] = pos
	}
	rows, err := from.QueryContext(ctx, selectHashes+places(1, len(at)), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var pos int64
		var b []byte
		if err := rows.Scan(&pos, &b); err != nil {
			return err
		}
		if len(b) == tlog.HashSize {
			found[pos] = tlog.Hash(b)
		}
	}
	return rows.Err()
}
