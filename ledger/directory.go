package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Kinds of directory entry. They are in clear, so their bodies hold nothing but
// IDs, public keys and words of this package.
const (
	KindHolder = "holder" // Holder
	KindGrant  = "grant"  // Grant
	KindRevoke = "revoke" // Revoke
)

// A Use says what a holder is for.
type Use string

// Uses of holders.
const (
	UseMember      Use = "member"
	UseNode        Use = "node"
	UseCircleBody  Use = "circle.body"
	UseCircleVault Use = "circle.vault"
	UseCaseBody    Use = "case.body"
	UseCaseVault   Use = "case.vault"
)

// A Role says what a member may do. Which acts a role allows is in may.go of
// the root package, not here.
type Role string

// Roles of members.
const (
	Caseworker Role = "caseworker"
	Analyst    Role = "analyst"
	Editor     Role = "editor"
	Keeper     Role = "keeper"
)

// A Holder is anything keys can be wrapped to: its public keys, signed into the
// log by a member. A wrap may be made only to a holder found in the directory.
type Holder struct {
	ID      ID     `json:"id"` // HolderID of the two keys
	Use     Use    `json:"use"`
	Encrypt []byte `json:"encrypt"`          // HPKE public key, MLKEM768-X25519, 1216 bytes
	Sign    []byte `json:"sign"`             // Ed25519 public key
	Of      ID     `json:"of,omitzero"`      // the circle, or the case's stream
	Gen     int    `json:"gen,omitempty"`    // generation, from 1, of circles and cases
	Roles   []Role `json:"roles,omitempty"`  // of a member
	Office  bool   `json:"office,omitempty"` // whether the circle is the office circle
}

// HolderID returns the ID of the holder with these public keys: 16 bytes of
// their hash, so that an ID cannot be given to other keys.
func HolderID(encrypt, sign []byte) ID {
	h := sha256.New()
	h.Write([]byte("habeas holder v1"))
	h.Write(encrypt)
	h.Write(sign)
	return ID(h.Sum(nil)[:16])
}

// A Grant says that holder To was given the seed of holder Key.
type Grant struct {
	Key ID `json:"key"`
	To  ID `json:"to"`
}

// A Revoke takes a grant back. It wins over every grant that did not know of it.
type Revoke struct {
	Key  ID `json:"key"`
	From ID `json:"from"`
}

// Notice is a directory entry's body: a [Holder], [Grant] or [Revoke]. The set
// is closed, so that nothing else can be written in clear.
type Notice interface{ kind() string }

func (Holder) kind() string { return KindHolder }
func (Grant) kind() string  { return KindGrant }
func (Revoke) kind() string { return KindRevoke }

// Publish signs n as a directory entry in clear, in the given stream: that of
// the directory, or of the case it is about. Its time is cut to the day.
func Publish(n Notice, stream ID, after []ID, now time.Time, by Signer) (Sealed, error) {
	body, err := json.Marshal(n)
	if err != nil {
		return Sealed{}, err
	}
	e := Entry{Stream: stream, Kind: n.kind(), Time: now.UTC().Truncate(24 * time.Hour), After: after, Body: body}
	rec, inner, err := sign(&e, by, ModeClear, ID{})
	if err != nil {
		return Sealed{}, err
	}
	rec.Payload = inner
	return Sealed{rec}, nil
}

// OpenClear reads a directory entry.
func OpenClear(r Record) (Opened, error) {
	if r.Mode != ModeClear {
		return Opened{}, errRecord("mode")
	}
	return parseInner(r, r.Payload)
}

// A Directory is what the directory entries add up to: who is who, and who was
// given what. It is rooted in the ID of the first keeper, believes only chains
// of signatures from there, and does not depend on the order of its entries.
type Directory struct {
	holders map[ID]Holder
	grants  map[Grant]bool
}

// nodeKinds are the entries that a node may sign. Everything else from a node
// is refused, since whoever takes the server has its key.
var nodeKinds = []string{"received", "source-message", "consent-change", "withdrawal-request", "reminder", "fixity"}

// notice is a directory entry that was opened, and what it says.
type notice struct {
	Opened
	body Notice
}

// NewDirectory folds directory entries. An entry that does not parse is an
// error; one that nobody entitled signed is ignored.
func NewDirectory(root ID, entries []Opened) (*Directory, error) {
	d := &Directory{holders: map[ID]Holder{}, grants: map[Grant]bool{}}
	return d, d.Add(root, entries)
}

// Add folds further entries, such as those of a case's stream, into d. root may
// be zero if the first keeper is already known.
func (d *Directory) Add(root ID, entries []Opened) error {
	var waiting []notice
	after := map[ID][]ID{}
	for _, o := range entries {
		body, err := readNotice(o)
		if err != nil {
			return err
		}
		waiting = append(waiting, notice{o, body})
		after[o.e.ID] = o.e.After
		if h, ok := body.(Holder); ok && h.ID == root && o.e.Author == root && h.Use == UseMember {
			d.believe(h, o, h.Sign)
		}
	}
	d.addHolders(waiting)
	d.addGrants(waiting, after)
	return nil
}

// believe takes h if pub signed the entry it is in.
func (d *Directory) believe(h Holder, o Opened, pub ed25519.PublicKey) bool {
	if h.ID != HolderID(h.Encrypt, h.Sign) {
		return false
	}
	if _, err := o.Verify(pub); err != nil {
		return false
	}
	d.holders[h.ID] = h
	return true
}

// addHolders believes holders whose author is believed and entitled, until no
// more are found.
func (d *Directory) addHolders(waiting []notice) {
	for found := true; found; {
		found = false
		for _, n := range waiting {
			h, ok := n.body.(Holder)
			if _, known := d.holders[h.ID]; !ok || known {
				continue
			}
			author, ok := d.holders[n.e.Author]
			if !ok || author.Use != UseMember || !h.mayBeMadeBy(author) {
				continue
			}
			if d.believe(h, n.Opened, author.Sign) {
				found = true
			}
		}
	}
}

// mayBeMadeBy reports whether the member by may put h into the directory:
// keepers make members, nodes and circles, every member makes cases.
func (h Holder) mayBeMadeBy(by Holder) bool {
	if h.Use == UseCaseBody || h.Use == UseCaseVault {
		return true
	}
	return slices.Contains(by.Roles, Keeper)
}

// addGrants takes the grants that members signed, less those revoked by an
// entry they did not know of: crossing acts end in the safer one.
func (d *Directory) addGrants(waiting []notice, after map[ID][]ID) {
	revoked := map[Grant][]ID{}
	var given []notice
	for _, n := range waiting {
		author, ok := d.holders[n.e.Author]
		if !ok || author.Use != UseMember {
			continue
		}
		if _, err := n.Verify(author.Sign); err != nil {
			continue
		}
		switch b := n.body.(type) {
		case Grant:
			given = append(given, n)
		case Revoke:
			g := Grant{Key: b.Key, To: b.From}
			revoked[g] = append(revoked[g], n.e.ID)
		}
	}
	for _, n := range given {
		g := n.body.(Grant)
		knew := true
		for _, id := range revoked[g] {
			knew = knew && reaches(after, n.e.ID, id)
		}
		if knew {
			d.grants[g] = true
		}
	}
}

// reaches reports whether from was written in knowledge of to.
func reaches(after map[ID][]ID, from, to ID) bool {
	seen := map[ID]bool{}
	todo := []ID{from}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, a := range after[id] {
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

// Granted reports whether holder to was given key, and still has it.
func (d *Directory) Granted(key, to ID) bool { return d.grants[Grant{key, to}] }

// Author returns the public key of the author of o, if the directory knows them
// and they may write such an entry.
func (d *Directory) Author(o Opened) (ed25519.PublicKey, bool) {
	h, ok := d.holders[o.e.Author]
	if !ok || h.Use != UseMember && !(h.Use == UseNode && slices.Contains(nodeKinds, o.e.Kind)) {
		return nil, false
	}
	return h.Sign, true
}

func readNotice(o Opened) (Notice, error) {
	switch o.e.Kind {
	case KindHolder:
		return readBody[Holder](o)
	case KindGrant:
		return readBody[Grant](o)
	case KindRevoke:
		return readBody[Revoke](o)
	}
	return nil, errRecord("directory kind")
}

func readBody[T Notice](o Opened) (Notice, error) {
	var v T
	if err := json.Unmarshal(o.e.Body, &v); err != nil {
		return nil, errors.Join(errRecord("directory body"), err)
	}
	return v, nil
}
