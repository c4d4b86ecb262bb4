package crash

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A platter is what a disk holds below one directory, as a system keeps it that promises
// no more than it must: what is written to a file is there for sure once the file was
// synced, and a name once its directory was. Of what was not synced any part may be
// there: a sector of a file without the one before it, a name without what the file
// holds, what it holds without the name, a later change of a directory without an
// earlier one. A rename is there or not, never a half of it.
type platter struct {
	root *inode
	ops  []change
	next int // the first of ops that was not taken
}

// An inode is a file or a directory.
type inode struct {
	dir  bool
	live map[string]*inode // the names in a directory, as the system shows them while it is recorded

	names   map[string]*inode // of a directory: those that are there for sure
	bytes   []byte            // of a file: likewise
	pending []change          // since
}

// A change is one thing that was done to an inode.
type change struct {
	do    deed
	at    *inode
	off   int64  // of writing; for cut, the size
	data  []byte // of writing
	name  string // of link, unlink, rename
	to    string // of rename
	child *inode // of link, rename
	said  Said   // of saying
}

type deed byte

const (
	write deed = iota
	truncate
	link
	unlink
	rename
	flush
	saying // nothing of the disk: it was said that something begins, or is done
)

// read reads what is below a directory, as what is there for sure.
func read(path string) (*inode, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() {
		b, err := os.ReadFile(path)
		return &inode{bytes: b}, err
	}
	n := &inode{dir: true, live: map[string]*inode{}, names: map[string]*inode{}}
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		if n.live[e.Name()], err = read(filepath.Join(path, e.Name())); err != nil {
			return nil, err
		}
	}
	maps.Copy(n.names, n.live)
	return n, err
}

// find returns what has a name below the directory now; nil if nothing has.
func (n *inode) find(name string) *inode {
	for _, part := range strings.Split(name, "/") {
		if n == nil || part == "." {
			continue
		}
		n = n.live[part]
	}
	return n
}

// take goes on to what was done first but n things.
func (p *platter) take(n int) {
	for ; p.next < n; p.next++ {
		switch c := p.ops[p.next]; c.do {
		case saying:
		case flush:
			for _, before := range c.at.pending {
				c.at.apply(before)
			}
			c.at.pending = nil
		default:
			c.at.pending = append(c.at.pending, c)
		}
	}
}

func (n *inode) apply(c change) {
	if n.dir {
		named(n.names, c)
	} else {
		n.bytes = written(n.bytes, c)
	}
}

func named(names map[string]*inode, c change) {
	switch c.do {
	case link:
		names[c.name] = c.child
	case unlink:
		delete(names, c.name)
	case rename:
		delete(names, c.name)
		names[c.to] = c.child
	}
}

// written returns the bytes of a file after a change.
func written(b []byte, c change) []byte {
	end := c.off + int64(len(c.data))
	if grow := end - int64(len(b)); grow > 0 {
		b = append(b, make([]byte, grow)...)
	}
	if c.do == truncate {
		return b[:c.off]
	}
	copy(b[c.off:], c.data)
	return b
}

const sector = 512

// A chance says how much of what was not synced is there: nothing for 0, all for 1.
type chance struct{ names, data float64 }

// chances draws whether names, data, both or none of what was not synced are there.
func chances(rng *rand.Rand) chance {
	some := []float64{0, 0.5, 1}
	return chance{some[rng.IntN(3)], some[rng.IntN(3)]}
}

// cut writes what is left when the power goes now into a new directory.
func (n *inode) cut(t *testing.T, rng *rand.Rand, c chance, path string) {
	t.Helper()
	if !n.dir {
		if err := os.WriteFile(path, n.torn(rng, c.data), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	names := maps.Clone(n.names)
	for _, p := range n.pending {
		if rng.Float64() < c.names {
			named(names, p)
		}
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		names[name].cut(t, rng, c, filepath.Join(path, name))
	}
}

// torn returns what a file holds after the power went.
func (n *inode) torn(rng *rand.Rand, some float64) []byte {
	b := slices.Clone(n.bytes)
	for _, p := range n.pending {
		if p.do == truncate {
			if rng.Float64() < some {
				b = written(b, p)
			}
			continue
		}
		for at := int64(0); at < int64(len(p.data)); {
			end := min((p.off+at)/sector*sector+sector-p.off, int64(len(p.data)))
			if rng.Float64() < some {
				b = written(b, change{do: write, off: p.off + at, data: p.data[at:end]})
			}
			at = end
		}
	}
	return b
}
