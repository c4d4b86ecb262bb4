package gate

import "slices"

// crowd is how many persons are looked at one by one. A word that more of them
// bear is common, whatever the lists say, and a place where more than so many may
// be meant is one hit that says how many.
const crowd = 16

// union returns the persons that bear one of the groups of refs, rising.
func (ix *Index) union(refs []ref) []uint32 {
	var out []uint32
	for i, r := range refs {
		if i > 0 && refs[i-1].group() == r.group() {
			continue
		}
		bearers := ix.groups[r.group()].bearers
		if out == nil {
			out = bearers
			continue
		}
		out = merged(out, bearers)
	}
	return out
}

// merged returns the union of two rising lists, which it leaves as they are.
func merged(a, b []uint32) []uint32 {
	out := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// common appends to out what two rising lists have in common: it walks the
// shorter and gallops through the longer.
func common(out, a, b []uint32) []uint32 {
	if len(a) > len(b) {
		a, b = b, a
	}
	for _, p := range a {
		step := 1
		for step < len(b) && b[step] < p {
			step *= 2
		}
		at, found := slices.BinarySearch(b[step/2:min(step+1, len(b))], p)
		b = b[step/2+at:]
		if found {
			out = append(out, p)
		}
		if len(b) == 0 {
			return out
		}
	}
	return out
}

// bears reports whether the person bears a group of refs.
func (ix *Index) bears(p uint32, refs []ref) bool {
	for _, g := range ix.persons[p].groups {
		if _, ok := find(refs, g); ok {
			return true
		}
	}
	return false
}

// find returns the place in refs, which rise, of the first of group g.
func find(refs []ref, g uint32) (int, bool) {
	at, _ := slices.BinarySearch(refs, newRef(g, 0))
	return at, at < len(refs) && refs[at].group() == g
}
