package ledger

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"slices"
)

// A Directory is what the directory entries add up to: who is who, and who was
// given what. It is rooted in the ID of the first keeper and believes only
// chains of signatures from there:
//
//   - The root's own entry, which the root signed.
//   - Members, nodes, installations in the field, recovery and circles, and who was given a circle's seed, if
//     a keeper signed it in the stream of the directory. Recovery signs as a
//     keeper does.
//   - The two sides of a case, and who was given their seeds, if a member signed
//     it in the stream of the case, which is a hash of both: see [CaseStream].
//   - Later generations of a circle or of a side of a case, if a member signed it
//     there and the generation before proves it, see [Holder.Succeed]; and who was
//     given the seed of such a generation of a circle, if who made it signed it.
//   - A revocation, if a member signed it in the stream of what it takes back.
//   - Desk keys, and who was given one, if a member with the role intake signed it
//     in the stream of the directory: see desk.go.
//   - Suspensions and returns, if a member, and removals, if a keeper signed
//     them in the stream of the directory.
//
// What is believed stays believed, so that what members once signed can always
// be read. What still counts of it, after suspensions and removals, is another
// question: see standing.go.
//
// What a Directory says depends on the set of entries alone: not on their order,
// on entries that are there twice, or on how they were divided among calls of
// [Directory.Add].
type Directory struct {
	root    ID
	seen    map[[sha256.Size]byte]bool // what was added before
	waiting []Opened                   // not believed, or not yet

	holders map[ID]Holder
	makers  map[ID][]making    // the entries that holders are from
	of      map[ID][]ID        // the holders of a circle or case
	given   map[Grant][]Opened // what a grant's entries are
	grants  map[ID][]Grant     // by key
	revoked map[Grant][]Opened // what its revocations are
	after   map[ID][]ID        // of entries believed; nothing for an ID that two of them share
	shared  map[ID]bool        // IDs that two of them share
	tips    map[ID]map[ID]bool // by stream: entries that no other one follows

	suspends, returns, removes map[ID][]Opened // by member
	stops                      map[ID][]Opened // those suspensions and removals that are in force
}

// A making is an entry that a holder is from.
type making struct {
	o     Opened
	roles []Role
}

// NewDirectory folds directory entries. Entries that nobody entitled signed are
// ignored; one that a member signed and that this version does not understand
// is an error, of every later [Directory.Add] too.
func NewDirectory(root ID, entries []Opened) (*Directory, error) {
	d := &Directory{
		root: root, seen: map[[sha256.Size]byte]bool{},
		holders: map[ID]Holder{}, makers: map[ID][]making{}, of: map[ID][]ID{},
		given: map[Grant][]Opened{}, grants: map[ID][]Grant{}, revoked: map[Grant][]Opened{},
		after: map[ID][]ID{}, shared: map[ID]bool{}, tips: map[ID]map[ID]bool{},
		suspends: map[ID][]Opened{}, returns: map[ID][]Opened{}, removes: map[ID][]Opened{},
	}
	return d, d.Add(root, entries)
}

// Add folds further entries, such as those of a case's stream, into d. root is
// zero or the one d was made with.
func (d *Directory) Add(root ID, entries []Opened) error {
	if !root.IsZero() && root != d.root {
		return errors.New("ledger: entries of another directory")
	}
	for _, o := range entries {
		if h := sha256.Sum256(append(signedBytes(o.rec, o.content), o.sig...)); !d.seen[h] {
			d.seen[h] = true
			d.waiting = append(d.waiting, o)
		}
	}
	var failed error
	for before := -1; before != len(d.waiting); {
		before, failed = len(d.waiting), nil
		d.waiting = slices.DeleteFunc(d.waiting, func(o Opened) bool {
			settled, err := d.settle(o)
			failed = cmp.Or(failed, err)
			return settled
		})
	}
	d.judge()
	return failed
}

// settle takes o in if its author is entitled to it, and reports whether there is
// nothing left to wait for. What cannot be understood waits, so that it is an
// error again the next time.
func (d *Directory) settle(o Opened) (settled bool, err error) {
	if aboutErasure(o) {
		return true, nil
	}
	n, err := readNotice(o)
	pub, ok := d.signerOf(o, n)
	if !ok {
		return false, nil
	}
	if _, e := o.Verify(pub); e != nil {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	d.link(o)
	switch n := n.(type) {
	case Holder:
		d.take(n, o)
	case Grant:
		if d.given[n] == nil {
			d.grants[n.Key] = append(d.grants[n.Key], n)
		}
		d.given[n] = append(d.given[n], o)
	case Revoke:
		g := Grant{Key: n.Key, To: n.From}
		d.revoked[g] = append(d.revoked[g], o)
	case Suspend:
		d.suspends[n.Member] = append(d.suspends[n.Member], o)
	case Return:
		d.returns[n.Member] = append(d.returns[n.Member], o)
	case Remove:
		d.removes[n.Member] = append(d.removes[n.Member], o)
	}
	return true, nil
}

// link notes what o follows.
func (d *Directory) link(o Opened) {
	if _, twice := d.after[o.e.ID]; twice {
		d.after[o.e.ID], d.shared[o.e.ID] = nil, true
	} else {
		d.after[o.e.ID] = o.e.After
	}
	tips := d.tips[o.e.Stream]
	if tips == nil {
		tips = map[ID]bool{}
		d.tips[o.e.Stream] = tips
	}
	if _, known := tips[o.e.ID]; !known {
		tips[o.e.ID] = true
	}
	for _, a := range o.e.After {
		tips[a] = false
	}
}

// Tips returns the entries of a stream that no other entry follows, at most
// [MaxAfter] of them: what a new entry in it is written in knowledge of.
func (d *Directory) Tips(stream ID) []ID {
	var ids []ID
	for id, tip := range d.tips[stream] {
		if tip {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b ID) int { return slices.Compare(a[:], b[:]) })
	return ids[:min(len(ids), MaxAfter)]
}

// signerOf returns the key that o must be signed with, if its author may sign
// such a thing there. n is nil if o could not be read.
func (d *Directory) signerOf(o Opened, n Notice) (ed25519.PublicKey, bool) {
	h, isHolder := n.(Holder)
	if isHolder && h.ID == d.root && o.e.Author == d.root && h.Use == UseMember && o.e.Stream == DirectoryStream(d.root) {
		return h.Sign, true
	}
	author, ok := d.holders[o.e.Author]
	if !ok || author.Use != UseMember && author.Use != UseRecovery {
		return nil, false
	}
	inDirectory := o.e.Stream == DirectoryStream(d.root)
	switch n := n.(type) {
	case Holder:
		ok = d.mayMake(author, n, o.e.Stream)
	case Suspend, Return:
		ok = inDirectory
	case Remove:
		ok = inDirectory && author.keeps()
	}
	return author.Sign, ok
}

// keeps reports whether h may sign what takes a keeper.
func (h Holder) keeps() bool { return h.Use == UseRecovery || slices.Contains(h.Roles, Keeper) }

func (d *Directory) mayMake(by, h Holder, stream ID) bool {
	if h.ofCase() && stream != h.Of || !h.ofCase() && stream != DirectoryStream(d.root) {
		return false
	}
	if h.Gen > 1 {
		prev, ok := d.holders[h.Prev]
		return ok && h.succeeds(prev)
	}
	if h.Use == UseDesk {
		return by.takesIn()
	}
	return (h.Of.IsZero() || h.founds()) && (h.ofCase() || by.keeps())
}

func (h Holder) ofCase() bool { return h.Use == UseCaseBody || h.Use == UseCaseVault }

// take adds a holder that an entitled member vouches for. Several entries about
// the same keys give a member the roles of all of them, and otherwise the first
// in a fixed order rules: what was once believed stays, so no order of entries
// believes more than another.
func (d *Directory) take(h Holder, o Opened) {
	d.makers[h.ID] = append(d.makers[h.ID], making{o, h.Roles})
	if old, ok := d.holders[h.ID]; ok {
		roles := slices.Concat(old.Roles, h.Roles)
		if inOrder(old, h) < 0 {
			h = old
		}
		slices.Sort(roles)
		h.Roles = slices.Compact(roles)
	}
	d.holders[h.ID] = h
	if !h.Of.IsZero() && !slices.Contains(d.of[h.Of], h.ID) {
		d.of[h.Of] = append(d.of[h.Of], h.ID)
	}
}

// inOrder compares what two entries say of the same keys. Members come first,
// because what members signed stays signed.
func inOrder(a, b Holder) int {
	uses := []Use{UseMember, UseRecovery, UseNode, UseCircleBody, UseCircleVault, UseCaseBody, UseCaseVault, UseDesk, UseField}
	order := cmp.Or(
		cmp.Compare(slices.Index(uses, a.Use), slices.Index(uses, b.Use)),
		slices.Compare(a.Of[:], b.Of[:]),
		cmp.Compare(a.Gen, b.Gen),
		slices.Compare(a.Prev[:], b.Prev[:]),
		cmp.Compare(a.Week, b.Week), cmp.Compare(a.Last, b.Last),
	)
	if order == 0 && a.Office != b.Office {
		return map[bool]int{false: -1, true: 1}[a.Office]
	}
	return order
}

// Find returns the holders for which keep is true, ordered by ID.
func (d *Directory) Find(keep func(Holder) bool) []Holder {
	var hs []Holder
	for id := range d.holders {
		if h, _ := d.Holder(id); keep(h) {
			hs = append(hs, h)
		}
	}
	slices.SortFunc(hs, func(a, b Holder) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return hs
}

// knew reports whether the entry called from was written in knowledge of to.
func (d *Directory) knew(from, to ID) bool {
	seen := map[ID]bool{}
	todo := []ID{from}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, a := range d.after[id] {
			if a == to {
				return true
			}
			if !seen[a] {
				seen[a] = true
				todo = append(todo, a)
			}
		}
	}
	return false
}

// Author returns the public key of the author of o, if the directory knows them
// and they may write such an entry. Which roles a member's entry calls for is
// for whoever folds it to say.
func (d *Directory) Author(o Opened) (ed25519.PublicKey, bool) {
	h, ok := d.holders[o.e.Author]
	if !ok || h.Use != UseMember && !((h.Use == UseNode || h.Use == UseField) && nodeMay(o.e.Kind)) && !(h.Use == UseRecovery && o.rec.Mode == ModeClear) {
		return nil, false
	}
	return h.Sign, true
}

// nodeMay reports whether a node may sign entries of a kind. Everything else
// from a node is refused, since whoever takes the server has its key.
func nodeMay(kind string) bool {
	switch kind {
	case "received", "source-message", "consent-change", "withdrawal-request", "reminder", "fixity", KindErased:
		return true
	}
	return false
}
