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
//   - Members, nodes and circles, and who was given a circle's seed, if a keeper
//     signed it in the stream of the directory.
//   - The two sides of a case, and who was given their seeds, if a member signed
//     it in the stream of the case, which is a hash of both: see [CaseStream].
//     Generations of a case after the first are not believed yet.
//   - A revocation, if a member signed it in the stream of what it takes back.
//
// What it says depends on the set of entries alone: not on their order, on
// entries that are there twice, or on how they were divided among calls of
// [Directory.Add].
type Directory struct {
	root    ID
	seen    map[[sha256.Size]byte]bool // what was added before
	waiting []Opened                   // not believed, or not yet

	holders map[ID]Holder
	given   map[Grant][]Opened // what a grant's entries are
	revoked map[Grant][]Opened // what its revocations are
	after   map[ID][]ID        // of entries believed; nothing for an ID that two of them share
}

// NewDirectory folds directory entries. Entries that nobody entitled signed are
// ignored; one that a member signed and that this version does not understand
// is an error, of every later [Directory.Add] too.
func NewDirectory(root ID, entries []Opened) (*Directory, error) {
	d := &Directory{
		root: root, seen: map[[sha256.Size]byte]bool{},
		holders: map[ID]Holder{},
		given:   map[Grant][]Opened{}, revoked: map[Grant][]Opened{}, after: map[ID][]ID{},
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
	return failed
}

// settle takes o in if its author is entitled to it, and reports whether there is
// nothing left to wait for. What cannot be understood waits, so that it is an
// error again the next time.
func (d *Directory) settle(o Opened) (settled bool, err error) {
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
	if _, twice := d.after[o.e.ID]; twice {
		d.after[o.e.ID] = nil
	} else {
		d.after[o.e.ID] = o.e.After
	}
	switch n := n.(type) {
	case Holder:
		d.take(n)
	case Grant:
		d.given[n] = append(d.given[n], o)
	case Revoke:
		g := Grant{Key: n.Key, To: n.From}
		d.revoked[g] = append(d.revoked[g], o)
	}
	return true, nil
}

// signerOf returns the key that o must be signed with, if its author may sign
// such a thing there. n is nil if o could not be read.
func (d *Directory) signerOf(o Opened, n Notice) (ed25519.PublicKey, bool) {
	h, isHolder := n.(Holder)
	if isHolder && h.ID == d.root && o.e.Author == d.root && h.Use == UseMember && o.e.Stream == DirectoryStream(d.root) {
		return h.Sign, true
	}
	author, ok := d.holders[o.e.Author]
	if !ok || author.Use != UseMember || isHolder && !d.mayMake(author, h, o.e.Stream) {
		return nil, false
	}
	return author.Sign, true
}

func (d *Directory) mayMake(by, h Holder, stream ID) bool {
	if h.ofCase() {
		return stream == h.Of && h.Gen == 1 && h.founds()
	}
	return stream == DirectoryStream(d.root) && slices.Contains(by.Roles, Keeper)
}

func (h Holder) ofCase() bool { return h.Use == UseCaseBody || h.Use == UseCaseVault }

// take adds a holder that an entitled member vouches for. Several entries about
// the same keys give a member the roles of all of them, and otherwise the first
// in a fixed order rules: what was once believed stays, so no order of entries
// believes more than another.
func (d *Directory) take(h Holder) {
	if old, ok := d.holders[h.ID]; ok {
		roles := slices.Concat(old.Roles, h.Roles)
		if inOrder(old, h) < 0 {
			h = old
		}
		slices.Sort(roles)
		h.Roles = slices.Compact(roles)
	}
	d.holders[h.ID] = h
}

// inOrder compares what two entries say of the same keys. Members come first,
// because what members signed stays signed.
func inOrder(a, b Holder) int {
	uses := []Use{UseMember, UseNode, UseCircleBody, UseCircleVault, UseCaseBody, UseCaseVault}
	order := cmp.Or(
		cmp.Compare(slices.Index(uses, a.Use), slices.Index(uses, b.Use)),
		slices.Compare(a.Of[:], b.Of[:]),
		cmp.Compare(a.Gen, b.Gen),
	)
	if order == 0 && a.Office != b.Office {
		return map[bool]int{false: -1, true: 1}[a.Office]
	}
	return order
}

// Holder returns the holder called id, if the directory vouches for it.
func (d *Directory) Holder(id ID) (Holder, bool) {
	h, ok := d.holders[id]
	return h, ok
}

// Find returns the holders for which keep is true, ordered by ID.
func (d *Directory) Find(keep func(Holder) bool) []Holder {
	var hs []Holder
	for _, h := range d.holders {
		if keep(h) {
			hs = append(hs, h)
		}
	}
	slices.SortFunc(hs, func(a, b Holder) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return hs
}

// Granted reports whether holder to was given key, and still has it: whether a
// grant counts that was written in knowledge of every revocation. So acts that
// cross end in the safer one.
func (d *Directory) Granted(key, to ID) bool {
	g := Grant{key, to}
	return slices.ContainsFunc(d.given[g], func(grant Opened) bool {
		return d.mayGive(grant, key) && !slices.ContainsFunc(d.revoked[g], func(revoke Opened) bool {
			return revoke.e.Stream == grant.e.Stream && !d.knew(grant.e.ID, revoke.e.ID)
		})
	})
}

// mayGive reports whether the author of grant, a member, may give key away in
// the stream that grant stands in.
func (d *Directory) mayGive(grant Opened, key ID) bool {
	h, ok := d.holders[key]
	if h.ofCase() {
		return grant.e.Stream == h.Of
	}
	return ok && grant.e.Stream == DirectoryStream(d.root) && slices.Contains(d.holders[grant.e.Author].Roles, Keeper)
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
	if !ok || h.Use != UseMember && !(h.Use == UseNode && nodeMay(o.e.Kind)) {
		return nil, false
	}
	return h.Sign, true
}

// nodeMay reports whether a node may sign entries of a kind. Everything else
// from a node is refused, since whoever takes the server has its key.
func nodeMay(kind string) bool {
	switch kind {
	case "received", "source-message", "consent-change", "withdrawal-request", "reminder", "fixity":
		return true
	}
	return false
}
