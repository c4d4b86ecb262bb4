package gate

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"habeas/fault"
	"habeas/name"
)

// A Key keys the hashes of forms. Those who check one index hold one Key.
type Key [32]byte

const (
	formsVersion = 3 // the first byte of what [Compile] returns
	oldestForms  = 2 // the first version that can still be read
	groupHead    = 4 // bytes before the forms of a group
	formSize     = 9 // bytes of one form
)

// kinds gives the number of each kind of part in a group: only append.
var kinds = [...]name.Kind{
	name.Given, name.Patronymic, name.Family, name.Maiden, name.Alias, name.Callsign, name.Other,
	name.Father, name.Grandfather, name.Kunya, name.Nisba,
}

const (
	commonFlag = 0x80
	smallFlag  = 0x40
)

// Compile returns the keyed form hashes of one person, from all the names they
// are written under. It is the same for the same key and names, whatever their
// order, and says how many forms there are and which words two people have in
// common, so it is sealed as the name itself is not: to those who may check.
//
// The bytes are a version, 3, and a group for each different word of the
// person's names, in rising order of their bytes. A group is
//
//	1  the kind of part: given 0, patronymic 1, family 2, maiden 3, alias 4,
//	   callsign 5, other 6, father 7, grandfather 8, kunya 9, nisba 10; a particle
//	   has no group, unless it is a word that is none
//	1  flags: the highest bit says that the word alone names nobody for sure, as a
//	   common family name does and a given name; the next, that it is of an alias,
//	   call sign, kunya or other part that is written without a capital
//	2  how many forms follow, big-endian
//
// and nine bytes for each form, in rising order of their hashes, which differ:
//
//	8  hash: the first eight bytes of HMAC-SHA256 under k of "habeas form 2\n" and
//	   the canonical spelling of the form; for the classes skeleton and edited, of
//	   "habeas skeleton 2\n" or "habeas edit 2\n" and a key of the word
//	1  the class of form ([name.Class])
//
// The group of a word is the same for everybody who bears it. Version 2 differs in
// that it has no kinds after 6, whose words are of kind 6 there, and has fewer
// forms; it is still read.
func Compile(k Key, names ...name.Name) []byte { return NewCompiler(k).Compile(names...) }

// A Compiler does what [Compile] does for many people under one key, and
// remembers the parts it has seen, since names repeat. It is safe for concurrent
// use.
type Compiler struct {
	key Key

	mu           sync.Mutex
	idle         []*hasher
	seen, before map[name.Part][][]byte // the groups of a part, lately and before that
}

// maxSeen is how many parts a Compiler remembers, twice: of some 2,000 bytes each.
const maxSeen = 1 << 15

// NewCompiler returns a Compiler for hashes under k.
func NewCompiler(k Key) *Compiler {
	return &Compiler{key: k, seen: map[name.Part][][]byte{}}
}

// Compile returns what the function [Compile] does.
func (c *Compiler) Compile(names ...name.Name) []byte {
	var groups [][]byte
	size := 1
	for _, n := range names {
		for _, p := range n {
			groups = append(groups, c.part(p)...)
		}
	}
	slices.SortFunc(groups, bytes.Compare)
	groups = slices.CompactFunc(groups, bytes.Equal)
	for _, g := range groups {
		size += len(g)
	}
	out := append(make([]byte, 0, size), formsVersion)
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

// part returns the group of each word of p.
func (c *Compiler) part(p name.Part) [][]byte {
	if slices.Index(kinds[:], p.Kind) < 0 {
		if p.Kind == name.Particle && small(p.Text) {
			return nil // it would find everybody who has one like it
		}
		p.Kind = name.Other
	}
	groups, mac := c.recall(p)
	if mac == nil {
		return groups
	}
	groups = groupsOf(p, mac)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, mac)
	c.keep(p, groups)
	return groups
}

// small reports whether text is nothing but words that tell nothing of whose name
// they stand in.
func small(text string) bool {
	return !slices.ContainsFunc(strings.Fields(name.Canon(text)), func(w string) bool { return !name.Small(w) })
}

// recall returns the groups of p if they are known, and otherwise a hasher to
// make them with.
func (c *Compiler) recall(p name.Part) ([][]byte, *hasher) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if groups, ok := c.seen[p]; ok {
		return groups, nil
	}
	if groups, ok := c.before[p]; ok {
		c.keep(p, groups)
		return groups, nil
	}
	n := len(c.idle) - 1
	if n < 0 {
		return nil, newHasher(c.key)
	}
	mac := c.idle[n]
	c.idle = c.idle[:n]
	return nil, mac
}

func (c *Compiler) keep(p name.Part, groups [][]byte) {
	if len(c.seen) >= maxSeen {
		c.seen, c.before = map[name.Part][][]byte{}, c.seen
	}
	c.seen[p] = groups
}

func groupsOf(p name.Part, mac *hasher) [][]byte {
	words := pieces(p)
	forms := make([][]form, len(words))
	for _, f := range name.Forms(p) {
		if f.Piece < len(words) {
			forms[f.Piece] = append(forms[f.Piece], form{mac.sum(asForm, f.Text), f.Class})
		}
	}
	for i, w := range words {
		for _, key := range skeletons(w.Text) {
			forms[i] = append(forms[i], form{mac.sum(asSkeleton, key), name.Skeleton})
		}
		for _, key := range stemEdits(w.Text) {
			forms[i] = append(forms[i], form{mac.sum(asEdit, key), name.Edited})
		}
	}
	var out [][]byte
	for i, w := range words {
		if len(forms[i]) > 0 {
			out = append(out, encode(p.Kind, flagsOf(p.Kind, w), forms[i]))
		}
	}
	return out
}

// A form is one of a group.
type form struct {
	hash  uint64
	class name.Class
}

// pieces returns the words of p that [name.Forms] numbers.
func pieces(p name.Part) []name.Word {
	words := slices.DeleteFunc(name.Words(p.Text), func(w name.Word) bool { return w.N != 1 || w.Reading != name.Plain })
	telling := slices.ContainsFunc(words, func(w name.Word) bool { return !name.Small(w.Text) })
	return slices.DeleteFunc(words, func(w name.Word) bool {
		return telling && name.Small(w.Text) || digitsOnly(w.Text)
	})
}

func digitsOnly(w string) bool {
	for _, c := range []byte(w) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// flagsOf returns the flags of one word of a part. Only a family name can be
// rare; of a double one each half is judged for itself.
func flagsOf(k name.Kind, w name.Word) byte {
	var flags byte
	if k != name.Family && k != name.Maiden && k != name.Nisba || name.Common(w.Text) || name.Small(w.Text) || utf8.RuneCountInString(w.Text) < 2 {
		flags |= commonFlag
	}
	if !w.Title && (k == name.Alias || k == name.Callsign || k == name.Kunya || k == name.Other) {
		flags |= smallFlag
	}
	return flags
}

// encode writes a group; of the classes of a form the plainest counts.
func encode(k name.Kind, flags byte, forms []form) []byte {
	slices.SortFunc(forms, func(a, b form) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.class, b.class)) })
	forms = slices.CompactFunc(forms, func(a, b form) bool { return a.hash == b.hash })
	forms = forms[:min(len(forms), 1<<16-1)]
	out := make([]byte, groupHead, groupHead+formSize*len(forms))
	out[0], out[1] = byte(slices.Index(kinds[:], k)), flags
	binary.BigEndian.PutUint16(out[2:], uint16(len(forms)))
	for _, f := range forms {
		out = binary.BigEndian.AppendUint64(out, f.hash)
		out = append(out, byte(f.class))
	}
	return out
}

// A coded is one group, as [Compile] writes it.
type coded []byte

func (g coded) kind() uint8     { return g[0] }
func (g coded) flags() byte     { return g[1] }
func (g coded) len() int        { return int(binary.BigEndian.Uint16(g[2:])) }
func (g coded) at(i int) []byte { return g[groupHead+formSize*i:][:formSize] }

func (g coded) form(i int) (hash uint64, class name.Class) {
	b := g.at(i)
	return binary.BigEndian.Uint64(b), name.Class(b[8])
}

// Outdated reports whether hashes were made by an older [Compile], so that the
// names must be compiled again, and whether they can be read until then.
func Outdated(hashes []byte) (old, readable bool) {
	if len(hashes) == 0 || hashes[0] >= formsVersion {
		return false, true
	}
	return true, hashes[0] >= oldestForms
}

// split cuts what [Compile] wrote into its groups, which are in order and
// different, and says nothing of what is in them.
func split(b []byte) ([]coded, error) {
	if len(b) == 0 || b[0] < oldestForms || b[0] > formsVersion {
		return nil, fault.New(fault.Damaged, "gate.bad_forms")
	}
	var out []coded
	for b = b[1:]; len(b) > 0; {
		if len(b) < groupHead {
			return nil, fault.New(fault.Damaged, "gate.bad_forms")
		}
		size := groupHead + formSize*coded(b).len()
		if len(b) < size || len(out) > 0 && bytes.Compare(out[len(out)-1], b[:size]) >= 0 {
			return nil, fault.New(fault.Damaged, "gate.bad_forms")
		}
		out, b = append(out, coded(b[:size])), b[size:]
	}
	return out, nil
}

// check reports whether g holds what a group may.
func (g coded) check() error {
	ok := int(g.kind()) < len(kinds) && g.flags()&^(commonFlag|smallFlag) == 0 && g.len() > 0
	var last uint64
	for i := range g.len() {
		hash, class := g.form(i)
		ok = ok && class <= name.Edited && (i == 0 || hash > last)
		last = hash
	}
	if !ok {
		return fault.New(fault.Damaged, "gate.bad_forms")
	}
	return nil
}
