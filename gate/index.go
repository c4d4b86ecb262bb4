package gate

import (
	"sync"

	"habeas/fault"
	"habeas/name"
)

// An Index holds the form hashes of the persons that a document is checked for.
// It may grow while others scan: a scan sees it as it was at its start.
type Index struct {
	key Key

	mu      sync.RWMutex // held for reading during a scan
	persons []person
	byID    map[string]int32
	heads   map[uint64]int32 // hash to the first of its entries
	entries []entry
}

type person struct {
	id     string
	public bool
}

// An entry is one form of one person; those of one hash are a list.
type entry struct {
	person int32
	next   int32 // -1 at the end
	kind   uint8
	class  name.Class
	common bool
	small  bool
	word   uint8
}

// NewIndex returns an empty index for hashes made under k.
func NewIndex(k Key) *Index {
	return &Index{key: k, byID: map[string]int32{}, heads: map[uint64]int32{}}
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
	records, err := decode(hashes)
	if err != nil {
		return err
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	n, ok := ix.byID[id]
	if !ok {
		n = int32(len(ix.persons))
		ix.byID[id] = n
		ix.persons = append(ix.persons, person{id, public})
	}
	ix.persons[n].public = ix.persons[n].public && public
	for _, r := range records {
		next, ok := ix.heads[r.hash]
		if !ok {
			next = -1
		}
		ix.heads[r.hash] = int32(len(ix.entries))
		ix.entries = append(ix.entries, entry{n, next, r.kind, r.class, r.common, r.small, r.word})
	}
	return nil
}

// Len returns how many persons ix holds.
func (ix *Index) Len() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return len(ix.persons)
}
