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
// ten bytes a place, of which seven to nine in ten are taken. Of a hash it knows
// the first 56 bits: eight choose the shard, and 48 stand there.
type table struct{ shards [256]shard }

type shard struct {
	low   []uint32
	high  []uint16
	refs  []ref // 0: nothing stands here
	taken int
}

func (t *table) add(hash uint64, r ref) {
	s := &t.shards[hash>>56]
	if 8*(s.taken+1) > 7*len(s.refs) {
		old := *s
		size := len(old.refs)*5/4 + 8
		*s = shard{make([]uint32, size), make([]uint16, size), make([]ref, size), 0}
		for i, have := range old.refs {
			if have != 0 {
				s.put(uint64(old.high[i])<<32|uint64(old.low[i]), have)
			}
		}
	}
	s.put(within(hash), r)
}

// within returns the 48 bits of a hash that stand in its shard.
func within(hash uint64) uint64 { return hash << 8 >> 16 }

func (s *shard) put(bits uint64, r ref) {
	i := s.home(bits)
	for s.refs[i] != 0 {
		if i++; i == len(s.refs) {
			i = 0
		}
	}
	s.low[i], s.high[i], s.refs[i] = uint32(bits), uint16(bits>>32), r
	s.taken++
}

// home returns where the search begins: the bits, scaled to the size of s.
func (s *shard) home(of uint64) int {
	hi, _ := bits.Mul64(of<<16, uint64(len(s.refs)))
	return int(hi)
}

// get appends the refs of hash to out.
func (t *table) get(out []ref, hash uint64) []ref {
	s := &t.shards[hash>>56]
	if s.taken == 0 {
		return out
	}
	of := within(hash)
	for i := s.home(of); s.refs[i] != 0; {
		if s.low[i] == uint32(of) && s.high[i] == uint16(of>>32) {
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
