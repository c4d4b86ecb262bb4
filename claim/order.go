package claim

import (
	"bytes"
	"cmp"
	"container/heap"
	"maps"
	"slices"

	"habeas/ledger"
)

// A node is an entry with its body read, at its place in the order.
type node struct {
	ledger.Entry
	body any
	err  error
	at   int   // place in the order, from 0
	seen []int // nodes that its author had seen, by place; all smaller than at

	ghost bool      // it was erased, see Erased
	now   ledger.ID // of a ghost: the claim written in its place, if any
}

// order returns the entries of a set in causal order, then by ID. Of two with
// the same ID, which no honest store holds, the smaller body is taken, so that
// the result depends on the set alone. Of entries that claim to have seen each
// other, the order is by ID.
func order(entries []ledger.Entry) []*node {
	byID := make(map[ledger.ID]*node, len(entries))
	for _, e := range entries {
		if n, ok := byID[e.ID]; !ok || compareEntries(e, n.Entry) < 0 {
			byID[e.ID] = &node{Entry: e}
		}
	}
	after := make(map[ledger.ID][]*node) // who has seen the key
	missing := make(map[*node]int, len(byID))
	for _, n := range byID {
		if newBody(n.Kind) != nil {
			n.body, n.err = Decode(n.Kind, n.Body)
		}
	}
	maps.Copy(byID, ghosts(byID))
	for _, n := range byID {
		for _, id := range n.parents() {
			if _, ok := byID[id]; ok && id != n.ID {
				after[id] = append(after[id], n)
				missing[n]++
			}
		}
	}
	nodes := sortNodes(byID, after, missing)
	for i, n := range nodes {
		n.at = i
	}
	for _, n := range nodes {
		for _, id := range n.parents() {
			if p, ok := byID[id]; ok && p.at < n.at {
				n.seen = append(n.seen, p.at)
			}
		}
	}
	return nodes
}

// parents returns the entries that the author of n must have seen.
func (n *node) parents() []ledger.ID {
	ids := slices.Clone(n.After)
	switch b := n.body.(type) {
	case *Claim:
		ids = append(ids, b.Replaces)
	case *Withdraw:
		ids = append(ids, b.Claim)
	case *Undo:
		ids = append(ids, b.Entry)
	}
	slices.SortFunc(ids, compareIDs)
	return slices.DeleteFunc(slices.Compact(ids), ledger.ID.IsZero)
}

func sortNodes(byID map[ledger.ID]*node, after map[ledger.ID][]*node, missing map[*node]int) []*node {
	ready := &byIDHeap{}
	for _, n := range byID {
		if missing[n] == 0 {
			*ready = append(*ready, n)
		}
	}
	heap.Init(ready)
	nodes := make([]*node, 0, len(byID))
	for len(nodes) < len(byID) {
		if ready.Len() == 0 { // a circle: let the smallest go first
			var least *node
			for n, k := range missing {
				if k > 0 && (least == nil || compareIDs(n.ID, least.ID) < 0) {
					least = n
				}
			}
			missing[least] = 0
			heap.Push(ready, least)
		}
		n := heap.Pop(ready).(*node)
		nodes = append(nodes, n)
		for _, next := range after[n.ID] {
			if missing[next] == 0 {
				continue // let go out of a circle
			}
			if missing[next]--; missing[next] == 0 {
				heap.Push(ready, next)
			}
		}
	}
	return nodes
}

type byIDHeap []*node

func (h byIDHeap) Len() int           { return len(h) }
func (h byIDHeap) Less(i, j int) bool { return compareIDs(h[i].ID, h[j].ID) < 0 }
func (h byIDHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byIDHeap) Push(x any)        { *h = append(*h, x.(*node)) }
func (h *byIDHeap) Pop() any {
	old := *h
	n := old[len(old)-1]
	*h = old[:len(old)-1]
	return n
}

func compareIDs(a, b ledger.ID) int { return bytes.Compare(a[:], b[:]) }

func compareEntries(a, b ledger.Entry) int {
	return cmp.Or(
		bytes.Compare(a.Body, b.Body),
		cmp.Compare(a.Kind, b.Kind),
		compareIDs(a.Author, b.Author),
		a.Time.Compare(b.Time),
		compareIDs(a.Stream, b.Stream),
		slices.CompareFunc(a.After, b.After, compareIDs),
	)
}

// knows reports whether the author of a had seen b, be it through others.
func knows(nodes []*node, a, b *node) bool {
	if a == b || a.at < b.at {
		return a == b
	}
	visited := map[int]bool{}
	todo := []int{a.at}
	for len(todo) > 0 {
		n := nodes[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		for _, p := range n.seen {
			if p == b.at {
				return true
			}
			if p > b.at && !visited[p] {
				visited[p] = true
				todo = append(todo, p)
			}
		}
	}
	return false
}
