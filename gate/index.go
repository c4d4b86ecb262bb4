package gate

import (
	"crypto/sha256"
	"slices"
	"sync"

	"habeas/fault"
	"habeas/name"
)

// An Index holds the form hashes of the persons that a document is checked for.
// It may grow while others scan: a scan sees it as it was at its start.
//
// What two persons have in common is held once: a hash leads to the words it is
// a form of (groups), and a word to those who bear it.
type Index struct {
	key Key

	mu      sync.RWMutex // held for reading during a scan
	persons []person
	byID    map[string]uint32
	forms   table
	groups  []group // number 0 is none
	known   map[[16]byte]uint32
	letters map[uint64]bool // hashes of initials
	// lettered holds the persons of whom nothing but initials is known.
	lettered []uint32
}

type person struct {
	id     string
	public bool
	groups []uint32 // rising
}

type group struct {
	kind     uint8
	flags    byte
	initials []uint64
	bare     bool     // it has no form but initials
	bearers  []uint32 // persons, rising
}

// NewIndex returns an empty index for hashes made under k.
func NewIndex(k Key) *Index {
	return &Index{
		key: k, byID: map[string]uint32{}, groups: make([]group, 1),
		known: map[[16]byte]uint32{}, letters: map[uint64]bool{},
	}
}

// Add puts in what [Compile] made of the names of one person. person is whatever
// the caller calls them, and comes back in hits. A public person (a public
// figure, an official in office) is reported and never stops a document. Hashes
// of one person may come in several calls, one for each source that gave a name;
// the person is public only if every call says so.
//
// It fails, and adds nothing, if hashes are damaged.
func (ix *Index) Add(id string, hashes []byte, public bool) error {
	if id == "" {
		return fault.New(fault.Invalid, "gate.no_person")
	}
	parts, err := split(hashes)
	if err != nil {
		return err
	}
	digests := make([][16]byte, len(parts))
	for i, g := range parts {
		sum := sha256.Sum256(g)
		digests[i] = [16]byte(sum[:16])
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if len(ix.groups)+len(parts) > maxGroups {
		return fault.New(fault.Damaged, "gate.bad_forms")
	}
	for i, g := range parts {
		if _, ok := ix.known[digests[i]]; !ok {
			if err := g.check(); err != nil {
				return err
			}
		}
	}
	n, ok := ix.byID[id]
	if !ok {
		n = uint32(len(ix.persons))
		ix.byID[id] = n
		ix.persons = append(ix.persons, person{id: id, public: public})
	}
	p := &ix.persons[n]
	p.public = p.public && public
	for i, g := range parts {
		at := ix.intern(g, digests[i])
		ix.groups[at].bearers = insert(ix.groups[at].bearers, n)
		p.groups = insert(p.groups, at)
	}
	ix.noteLettered(n)
	return nil
}

// intern returns the number of a group, which it adds if it is new.
func (ix *Index) intern(g coded, digest [16]byte) uint32 {
	if at, ok := ix.known[digest]; ok {
		return at
	}
	at := uint32(len(ix.groups))
	ix.known[digest] = at
	added := group{kind: g.kind(), flags: g.flags(), bare: true}
	for i := range g.len() {
		hash, class := g.form(i)
		if class == name.Initial {
			added.initials = append(added.initials, hash)
			ix.letters[hash] = true
			continue
		}
		added.bare = false
		ix.forms.add(hash, newRef(at, class))
	}
	ix.groups = append(ix.groups, added)
	return at
}

// noteLettered keeps the list of those of whom only initials are known.
func (ix *Index) noteLettered(n uint32) {
	bare := len(ix.persons[n].groups) > 1
	for _, g := range ix.persons[n].groups {
		bare = bare && ix.groups[g].bare
	}
	at, listed := slices.BinarySearch(ix.lettered, n)
	switch {
	case bare && !listed:
		ix.lettered = slices.Insert(ix.lettered, at, n)
	case !bare && listed:
		ix.lettered = slices.Delete(ix.lettered, at, at+1)
	}
}

// insert puts n into a rising list that may hold it already.
func insert(list []uint32, n uint32) []uint32 {
	if len(list) == 0 || list[len(list)-1] < n {
		return append(list, n)
	}
	at, ok := slices.BinarySearch(list, n)
	if ok {
		return list
	}
	return slices.Insert(list, at, n)
}

// Len returns how many persons ix holds.
func (ix *Index) Len() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return len(ix.persons)
}
