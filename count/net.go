package count

import "slices"

// A net is a table as a network. Every number is an edge along which so much flows,
// and every sum a node into which as much flows as out of it. Other numbers that fit
// with all that is shown are the same numbers with flows in circles added, along edges
// that are held back (Gusfield, "A graph theoretic approach to statistical data
// security", SIAM J. Comput. 17, 1988): whether a number can be computed is whether
// its edge is in such a circle.
//
// For each row that has parts there is a node for each column and one for the totals;
// for each row without there is one node. The number of a part in a column flows from
// its own node (of that column, if it has parts) into that of the row it is part of;
// totals flow the other way. That the numbers of a row with parts add up to its total
// follows from the rest.
type net struct {
	edges []edge
	out   [][]int // the edges at each node, either way
}

// An edge is a number of a table.
type edge struct {
	from, to int
	row, col int
	value    int
	hidden   bool
	fixed    bool // it is never held back
}

func newNet(t Table) *net {
	columns := len(t.Rows[0].Cells)
	parts := make([]bool, len(t.Rows))
	for _, r := range t.Rows[1:] {
		parts[r.Of] = true
	}
	first := make([]int, len(t.Rows)) // the first node of each row
	nodes := 0
	for i := range t.Rows {
		first[i] = nodes
		if nodes++; parts[i] {
			nodes += columns
		}
	}
	n := &net{out: make([][]int, nodes)}
	for i, r := range t.Rows {
		for c := range columns + 1 {
			e := edge{from: first[i], row: i, col: c, fixed: i == 0}
			if parts[i] {
				e.from += c
			}
			switch {
			case i == 0: // its numbers are shown, so where they flow to does not matter
				e.to = e.from
			default:
				e.to = first[r.Of] + c
			}
			if c == columns {
				e.value, e.from, e.to = r.Total(), e.to, e.from
			} else {
				e.value, e.fixed = r.Cells[c], e.fixed || t.Rows[0].Cells[c] == 0
			}
			n.edges = append(n.edges, e)
		}
	}
	for i, e := range n.edges {
		if !e.fixed {
			n.out[e.from] = append(n.out[e.from], i)
			n.out[e.to] = append(n.out[e.to], i)
		}
	}
	return n
}

// mask returns what is held back.
func (n *net) mask(t Table) Mask {
	m := make(Mask, len(t.Rows))
	for i, r := range t.Rows {
		m[i] = make([]bool, len(r.Cells)+1)
	}
	for _, e := range n.edges {
		m[e.row][e.col] = e.hidden && !e.fixed
	}
	return m
}

// spread returns how far the number of an edge can be from what it is, up and down
// together, up to Width. If more is set, other numbers are held back to get there,
// those that lose least.
func (n *net) spread(at int, more bool) (got int) {
	if n.edges[at].fixed {
		return 0
	}
	e := n.edges[at]
	for _, way := range [][2]int{{e.to, e.from}, {e.from, e.to}} { // up, then down
		flow := make([]int, len(n.edges))
		for got < Width {
			if way[0] == e.from && flow[at] == -e.value {
				break
			}
			path := n.path(way[0], way[1], at, flow, more)
			if path == nil {
				break
			}
			for _, s := range path {
				flow[s.edge] += s.by
				n.edges[s.edge].hidden = true
			}
			if way[0] == e.from {
				flow[at]--
			}
			got++
		}
	}
	return got
}

// A hop is one more, or one less, along an edge.
type hop struct{ edge, by int }

// path returns the cheapest way along which one more can flow from a node to another,
// but not through edge at; nil if there is none. Edges that are held back cost nothing.
func (n *net) path(from, to, at int, flow []int, more bool) []hop {
	const none = int(^uint(0) >> 1)
	cost, came := make([]int, len(n.out)), make([]hop, len(n.out))
	for i := range cost {
		cost[i] = none
	}
	cost[from] = 0
	queue, queued := []int{from}, make([]bool, len(n.out))
	for len(queue) > 0 {
		at1 := queue[0]
		queue, queued[at1] = queue[1:], false
		for _, i := range n.out[at1] {
			e := n.edges[i]
			if i == at || !e.hidden && !more {
				continue
			}
			for _, s := range []struct{ here, there, by int }{{e.from, e.to, 1}, {e.to, e.from, -1}} {
				if s.here != at1 || s.by < 0 && e.value+flow[i] == 0 {
					continue
				}
				if c := cost[at1] + e.price(); c < cost[s.there] {
					cost[s.there], came[s.there] = c, hop{i, s.by}
					if !queued[s.there] {
						queue, queued[s.there] = append(queue, s.there), true
					}
				}
			}
		}
	}
	if cost[to] == none {
		return nil
	}
	var hops []hop
	for node := to; node != from; {
		h := came[node]
		hops = append(hops, h)
		if node = n.edges[h.edge].from; h.by < 0 {
			node = n.edges[h.edge].to
		}
	}
	slices.Reverse(hops)
	return hops
}

// price says how much is lost when a number is held back. That there was none says
// more than that there were a few.
func (e edge) price() int {
	switch {
	case e.hidden:
		return 0
	case e.value == 0:
		return 2 * Least
	}
	return 1 + e.value
}
