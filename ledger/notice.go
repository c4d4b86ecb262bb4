package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
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

	KindSuspend = "suspend" // Suspend
	KindReturn  = "return"  // Return
	KindRemove  = "remove"  // Remove
)

// A Use says what a holder is for.
type Use string

// Uses of holders.
const (
	UseMember      Use = "member"
	UseNode        Use = "node"
	UseField       Use = "field" // an installation away from the office, with a log of its own
	UseCircleBody  Use = "circle.body"
	UseCircleVault Use = "circle.vault"
	UseCaseBody    Use = "case.body"
	UseCaseVault   Use = "case.vault"
	UseRecovery    Use = "recovery" // on paper; signs as a keeper does
	UseDesk        Use = "desk"     // what arrives without a login is sealed to, for some weeks
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
	Intake     Role = "intake"
	Auditor    Role = "auditor"
)

// Roles returns all roles there are.
func Roles() []Role { return []Role{Caseworker, Analyst, Editor, Intake, Keeper, Auditor} }

// Concerned returns the holder to whom a notice gives a key, from whom it takes one, or
// that it makes as a later generation of another; zero for any other notice. Who signed
// it is not checked.
func Concerned(o Opened) ID {
	n, err := readNotice(o)
	if err != nil {
		return ID{}
	}
	switch n := n.(type) {
	case Grant:
		return n.To
	case Revoke:
		return n.From
	case Holder:
		if n.Gen > 1 {
			return n.ID
		}
	}
	return ID{}
}

// A Holder is anything keys can be wrapped to: its public keys, signed into the
// log by a member. A wrap may be made only to a holder found in the directory.
type Holder struct {
	ID      ID     `json:"id"` // HolderID of the two keys
	Use     Use    `json:"use"`
	Encrypt []byte `json:"encrypt"`          // HPKE public key, MLKEM768-X25519, 1216 bytes
	Sign    []byte `json:"sign"`             // Ed25519 public key
	Of      ID     `json:"of,omitzero"`      // the circle, or the case's stream
	Other   ID     `json:"other,omitzero"`   // in the first generation: the holder of the other side
	Gen     int    `json:"gen,omitempty"`    // generation, from 1, of circles and cases
	Prev    ID     `json:"prev,omitzero"`    // the holder of the generation before, if Gen is more than 1
	Proof   []byte `json:"proof,omitempty"`  // that who made this had the seed of Prev: its signature, see [Succeed]
	Roles   []Role `json:"roles,omitempty"`  // of a member
	Office  bool   `json:"office,omitempty"` // whether the circle is the office circle
	Week    int    `json:"week,omitempty"`   // of a desk key: the first it is for, see [WeekOf]
	Last    int    `json:"last,omitempty"`   // of a desk key: the last, if that is another
}

// encryptLen is the length of an MLKEM768-X25519 public key.
const encryptLen = 1216

// HolderID returns the ID of the holder with these public keys: 16 bytes of
// their hash, so that an ID cannot be given to other keys. A directory entry's
// keys must have the lengths that [Holder] says, or two pairs of keys would have
// one ID.
func HolderID(encrypt, sign []byte) ID {
	h := sha256.New()
	h.Write([]byte("habeas holder v1"))
	h.Write(encrypt)
	h.Write(sign)
	return ID(h.Sum(nil)[:16])
}

// CaseStream returns the stream of the case whose two sides these holders found:
// 16 bytes of a hash of both. So nobody can vouch for another holder of a side.
func CaseStream(body, vault ID) ID {
	h := sha256.Sum256(append(append([]byte("habeas case stream v1"), body[:]...), vault[:]...))
	return ID(h[:16])
}

// CircleID returns the ID of the circle whose two sides these holders found,
// likewise.
func CircleID(body, vault ID) ID {
	h := sha256.Sum256(append(append([]byte("habeas circle v1"), body[:]...), vault[:]...))
	return ID(h[:16])
}

// founds reports whether h founds the side of a circle or case that it says it
// is.
func (h Holder) founds() bool {
	switch h.Use {
	case UseCircleBody:
		return h.Of == CircleID(h.ID, h.Other)
	case UseCircleVault:
		return h.Of == CircleID(h.Other, h.ID)
	case UseCaseBody:
		return h.Of == CaseStream(h.ID, h.Other)
	case UseCaseVault:
		return h.Of == CaseStream(h.Other, h.ID)
	}
	return false
}

// A Grant says that holder To was given the seed of holder Key. That of a
// circle's seed counts if a keeper signed it, that of a case's if any member did.
type Grant struct {
	Key ID `json:"key"`
	To  ID `json:"to"`
}

// A Revoke takes a grant back. Any member may sign one. It wins over every grant
// that did not know of it.
type Revoke struct {
	Key  ID `json:"key"`
	From ID `json:"from"`
}

// A Suspend stops a member at once: they are given nothing, and what they sign
// counts only as far as the suspension knew of it. Any member may sign one, also
// of themselves.
type Suspend struct {
	Member ID `json:"member"`
}

// A Return says that a suspended member may come back. It takes effect when two
// others have signed one, each in knowledge of every suspension there is.
type Return struct {
	Member ID `json:"member"`
}

// A Remove ends a member for good. A keeper signs it.
type Remove struct {
	Member ID `json:"member"`
}

// Succeed returns h as the next generation of prev, whose signer proves that who
// made h had its seed.
func (h Holder) Succeed(prev Holder, by Signer) Holder {
	h.Use, h.Of, h.Gen, h.Prev, h.Office = prev.Use, prev.Of, prev.Gen+1, prev.ID, prev.Office
	h.Proof = ed25519.Sign(by.Key, h.succession())
	return h
}

// succession returns what the generation before signs.
func (h Holder) succession() []byte {
	b := append([]byte("habeas generation v1\n"), h.ID[:]...)
	b = append(b, h.Of[:]...)
	return binary.BigEndian.AppendUint32(b, uint32(h.Gen))
}

// succeeds reports whether h is the generation after prev, and proves it.
func (h Holder) succeeds(prev Holder) bool {
	return h.Prev == prev.ID && h.Use == prev.Use && h.Of == prev.Of && h.Gen == prev.Gen+1 && h.Office == prev.Office &&
		ed25519.Verify(prev.Sign, h.succession(), h.Proof)
}

// Notice is a directory entry's body. The set is closed, so that nothing else can
// be written in clear.
type Notice interface {
	kind() string
	valid() bool
}

func (Holder) kind() string { return KindHolder }
func (Grant) kind() string  { return KindGrant }
func (Revoke) kind() string { return KindRevoke }

func (Suspend) kind() string { return KindSuspend }
func (Return) kind() string  { return KindReturn }
func (Remove) kind() string  { return KindRemove }

// valid reports whether h says what its use calls for and nothing else. Words
// that are not of this package are refused: they would stand in clear for ever.
func (h Holder) valid() bool {
	if len(h.Encrypt) != encryptLen || len(h.Sign) != ed25519.PublicKeySize || h.ID != HolderID(h.Encrypt, h.Sign) {
		return false
	}
	part := !h.Of.IsZero() && h.Gen >= 1 && h.Gen < 1<<31 // of a circle or a case
	alone := h.Of.IsZero() && h.Gen == 0
	if later := h.Gen > 1; later == h.Prev.IsZero() || later != (len(h.Proof) == ed25519.SignatureSize) || !later && h.Proof != nil {
		return false
	}
	if (h.Gen == 1) == h.Other.IsZero() {
		return false
	}
	if (h.Use == UseDesk) != (h.Week > 0) || h.Last != 0 && (h.Last <= h.Week || h.Last-h.Week >= maxDeskWeeks) || h.Week > maxWeek {
		return false
	}
	switch h.Use {
	case UseMember:
		return alone && !h.Office && !slices.ContainsFunc(h.Roles, func(r Role) bool {
			return !slices.Contains(Roles(), r)
		})
	case UseNode, UseField, UseRecovery, UseDesk:
		return alone && !h.Office && h.Roles == nil
	case UseCircleBody, UseCircleVault:
		return part && h.Roles == nil
	case UseCaseBody, UseCaseVault:
		return part && h.Roles == nil && !h.Office
	}
	return false
}

func (g Grant) valid() bool  { return !g.Key.IsZero() && !g.To.IsZero() }
func (r Revoke) valid() bool { return !r.Key.IsZero() && !r.From.IsZero() }

func (s Suspend) valid() bool { return !s.Member.IsZero() }
func (r Return) valid() bool  { return !r.Member.IsZero() }
func (r Remove) valid() bool  { return !r.Member.IsZero() }

// Publish signs n as a directory entry in clear. The stream is that of the
// directory, see [DirectoryStream], or that of the case n is about. The time is
// cut to the day.
func Publish(n Notice, stream ID, after []ID, now time.Time, by Signer) (Sealed, error) {
	return publish(n, Entry{Stream: stream, After: after, Time: now}, by)
}

func publish(n Notice, e Entry, by Signer) (Sealed, error) {
	if !n.valid() || e.Stream.IsZero() {
		return Sealed{}, errors.New("ledger: publish what no directory may hold")
	}
	body, err := json.Marshal(n)
	if err != nil {
		return Sealed{}, err
	}
	e.Kind, e.Body, e.Time = n.kind(), body, e.Time.UTC().Truncate(24*time.Hour)
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
	return parseInner(r, bytes.Clone(r.Payload))
}

// DirectoryStream returns the stream of the directory that root founded.
func DirectoryStream(root ID) ID { return KeyID(root, ID{}) }

func readNotice(o Opened) (Notice, error) {
	switch o.e.Kind {
	case KindHolder:
		return readBody[Holder](o)
	case KindGrant:
		return readBody[Grant](o)
	case KindRevoke:
		return readBody[Revoke](o)
	case KindSuspend:
		return readBody[Suspend](o)
	case KindReturn:
		return readBody[Return](o)
	case KindRemove:
		return readBody[Remove](o)
	case KindErase:
		return readBody[Erase](o)
	case KindErased:
		return readBody[Erased](o)
	}
	return nil, errRecord("directory kind")
}

// readBody reads a body that is written as [Publish] writes it, byte for byte:
// so no two readers can understand it differently.
func readBody[T Notice](o Opened) (Notice, error) {
	var v T
	if err := json.Unmarshal(o.e.Body, &v); err != nil {
		return nil, errors.Join(errRecord("directory body"), err)
	}
	again, err := json.Marshal(v)
	if err != nil || !bytes.Equal(again, o.e.Body) || !v.valid() {
		return nil, errRecord("directory body")
	}
	return v, nil
}
