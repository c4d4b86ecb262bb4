package gate

import (
	"math/bits"

	"habeas/name"
)

// A ref is a group of an [Index] and how a form of it is written: the number of
// the group, from 1, and in the low four bits the [name.Class].
type ref uint32

const classBits = 4

func newRef(group uint32, c name.Class) ref { return ref(group<<classBits | uint32(c)) }

func (r ref) group() uint32     { return uint32(r) >> classBits }
func (r ref) class() name.Class { return name.Class(r & (1<<classBits - 1)) }

// maxGroups is how many different words an index can hold.
const maxGroups = 1<<(32-classBits) - 1

// A table finds the refs of a hash. It is a hash table with open addressing that
// may hold a hash several times, in shards, so that it grows a little at a time:
// twelve bytes a place, of which half to three quarters are taken.
type table struct{ shards [256]shard }

type shard struct {
	hashes []uint64
	refs   []ref // 0: nothing stands here
	taken  int
}

func (t *table) add(hash uint64, r ref) {
	s := &t.shards[hash>>56]
	if 4*(s.taken+1) > 3*len(s.refs) {
		old := *s
		size := len(old.refs)*3/2 + 8
		*s = shard{make([]uint64, size), make([]ref, size), 0}
		for i, have := range old.refs {
			if have != 0 {
				s.put(old.hashes[i], have)
			}
		}
	}
	s.put(hash, r)
}

func (s *shard) put(hash uint64, r ref) {
	i := s.home(hash)
	for s.refs[i] != 0 {
		if i++; i == len(s.refs) {
			i = 0
		}
	}
	s.hashes[i], s.refs[i] = hash, r
	s.taken++
}

// home returns where the search for a hash begins: the bits that did not choose
// the shard, scaled to its size.
func (s *shard) home(hash uint64) int {
	hi, _ := bits.Mul64(hash<<8, uint64(len(s.refs)))
	return int(hi)
}

// get appends the refs of hash to out.
func (t *table) get(out []ref, hash uint64) []ref {
	s := &t.shards[hash>>56]
	if s.taken == 0 {
		return out
	}
	for i := s.home(hash); s.refs[i] != 0; {
		if s.hashes[i] == hash {
			out = append(out, s.refs[i])
		}
		if i++; i == len(s.refs) {
			i = 0
		}
	}
	return out
}

// len returns how many refs t holds.
func (t *table) len() (n int) {
	for i := range t.shards {
		n += t.shards[i].taken
	}
	return n
}
