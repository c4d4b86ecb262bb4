package habeas

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// kindSharedForms is an entry of a circle's copy for the shared check.
const kindSharedForms = "shared-forms"

// sharedForms is the body of a kindSharedForms entry. A copy begins with entries of
// which each follows the one before and the last has Gate: before that it is not
// whole.
type sharedForms struct {
	Gate   []byte         `json:"gate,omitempty"` // key of the hashes
	People []sharedPerson `json:"people,omitempty"`
}

// A sharedPerson is what one entry of a circle says of somebody: hashes of their
// names, or whether they may be named.
type sharedPerson struct {
	Person string    `json:"person"` // stands for them in one case, see aliasOf
	Detail ledger.ID `json:"detail,omitzero"`
	Hashes []byte    `json:"hashes,omitempty"`
	Public string    `json:"public,omitempty"` // "yes" or "no"; what was said last counts
}

// sharedAtOnce is how many bytes of hashes one entry of a new copy holds.
const sharedAtOnce = 256 << 10

// sharedStream is the stream of a circle's copy. No case leads to it.
func sharedStream(circle ledger.ID) ledger.ID { return keyOf(circle, "shared check") }

// aliasOf returns what stands for a person of a case in a copy: who has its key and
// the case can tell who that is, and nobody else.
func aliasOf(key vault.CheckKey, id CaseID, person claim.Ref) string {
	m := hmac.New(sha256.New, key.Alias[:])
	m.Write(id[:])
	m.Write([]byte(person))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// A placedPerson is a person as one case has them.
type placedPerson struct {
	stream CaseID
	person claim.Ref
}

// A sharedContent is what the copy of a circle has to hold.
type sharedContent struct {
	gate   gate.Key
	forms  []placedForms
	public map[placedPerson]bool // nobody else may be named
}

type placedForms struct {
	placedPerson
	claim.Forms
}

// sharedContent returns what the copy of a circle has to hold now: what its own gate
// reads, without what only statements gave that were erased. The circle itself goes
// on protecting those names; what it told others of them goes with the statement.
func (d *Desk) sharedContent(ctx context.Context, c circleKeys) (content sharedContent, err error) {
	cv, err := d.view(ctx, c)
	if err != nil {
		return content, err
	}
	content.gate = cv.gateKey
	erased := map[claim.Ref]bool{}
	gone, err := cv.view.AllOfKind(ctx, claim.KindErased)
	if err != nil {
		return content, err
	}
	for _, e := range gone {
		if body, err := claim.Decode(e.Kind, e.Body); err == nil && d.might(e.Author, erase) {
			t := body.(*claim.Erased)
			erased[t.Statement] = erased[t.Statement] || t.Why != ledger.Resealed
		}
	}
	told, err := cv.view.AllOfKind(ctx, claim.KindForms)
	if err != nil {
		return content, err
	}
	for _, e := range told {
		body, err := claim.Decode(e.Kind, e.Body)
		if err != nil {
			continue // the circle's own index leaves it out, too
		}
		if f := body.(*claim.Forms); f.Circle == c.id && !erased[f.Statement] {
			content.forms = append(content.forms, placedForms{placedPerson{e.Stream, f.Person}, *f})
		}
	}
	return content, d.publicThere(ctx, cv, &content)
}

// publicThere finds who may be named: by every case of the circle that they are in.
func (d *Desk) publicThere(ctx context.Context, cv *circleView, content *sharedContent) error {
	persons, err := cv.view.Everyone(ctx)
	if err != nil {
		return err
	}
	hidden := map[claim.Ref]bool{}
	for _, p := range persons {
		hidden[p.Ref] = hidden[p.Ref] || !isPublic(p.Person)
	}
	content.public = map[placedPerson]bool{}
	for _, p := range persons {
		if !hidden[p.Ref] {
			content.public[placedPerson{p.Stream, p.Ref}] = true
		}
	}
	return nil
}

// sealShared seals a whole copy, each entry after the one before.
func sealShared(by Actor, c circleKeys, key vault.CheckKey, content sharedContent, at time.Time) (sealed []ledger.Sealed, err error) {
	var after []ledger.ID
	put := func(body sharedForms) error {
		s, ids, err := sealAll(by.me.Signer(), sharedStream(c.id), after, at, []draft{{kindSharedForms, body, key.Entries}})
		sealed, after = append(sealed, s...), ids
		return err
	}
	var people []sharedPerson
	size := 0
	for _, f := range content.forms {
		people = append(people, sharedPerson{Person: aliasOf(key, f.stream, f.person), Detail: f.Detail, Hashes: f.Hashes})
		if size += len(f.Hashes); size >= sharedAtOnce {
			if err := put(sharedForms{People: people}); err != nil {
				return nil, err
			}
			people, size = nil, 0
		}
	}
	for p := range content.public {
		people = append(people, sharedPerson{Person: aliasOf(key, p.stream, p.person), Public: "yes"})
	}
	return sealed, put(sharedForms{Gate: content.gate[:], People: people})
}

// A sharedIndex is a circle's copy as it stands.
type sharedIndex struct {
	gate    gate.Key
	hashes  map[string][][]byte // by person
	public  map[string]bool
	details map[ledger.ID]bool // as told of a [circleIndex]
}

// readShared opens a circle's copy. It fails if there is none, or if one of its
// entries is missing that another follows.
func (d *Desk) readShared(ctx context.Context, m checked, key vault.CheckKey) (*sharedIndex, error) {
	ix := &sharedIndex{hashes: map[string][][]byte{}, public: map[string]bool{}, details: map[ledger.ID]bool{}}
	damaged := fault.New(fault.Damaged, "shared.damaged")
	there, whole := map[ledger.ID]bool{}, false
	var follow []ledger.ID
	for n, err := range d.db.ByStream(ctx, sharedStream(m.Circle), -1) {
		if err != nil {
			return nil, err
		}
		if n.Record.Key != m.Key {
			continue
		}
		e, body, err := d.openShared(n, m, key)
		if err != nil {
			return nil, err
		}
		there[e.ID], follow = true, append(follow, e.After...)
		sees := d.everGiven(m.Circle, ledger.UseCircleVault, e.Author)
		if body.Gate != nil {
			if whole || !sees || len(body.Gate) != len(ix.gate) {
				return nil, damaged
			}
			ix.gate, whole = gate.Key(body.Gate), true
		}
		ix.take(body.People, sees)
	}
	if !whole || slices.ContainsFunc(follow, func(id ledger.ID) bool { return !there[id] }) {
		return nil, damaged
	}
	return ix, nil
}

// openShared opens one entry of a copy. Only who was given the circle may have
// written it.
func (d *Desk) openShared(n store.Numbered, m checked, key vault.CheckKey) (e ledger.Entry, body sharedForms, err error) {
	if n.Pruned || n.Record.Mode != ledger.ModeSealed {
		return e, body, fault.New(fault.Damaged, "shared.damaged")
	}
	o, err := ledger.Open(n.Record, key.Entries)
	if err != nil {
		return e, body, err
	}
	if e, err = d.verify(o); err != nil {
		return e, body, err
	}
	if e.Kind != kindSharedForms || !d.everGiven(m.Circle, ledger.UseCircleBody, e.Author) || json.Unmarshal(e.Body, &body) != nil {
		return e, body, fault.New(fault.Damaged, "shared.damaged")
	}
	return e, body, nil
}

// take takes in what an entry says. That somebody may be named counts only from who
// may see the names of the circle.
func (ix *sharedIndex) take(people []sharedPerson, sees bool) {
	for _, p := range people {
		if p.Public != "" {
			ix.public[p.Person] = p.Public == "yes" && sees
			continue
		}
		old, readable := gate.Outdated(p.Hashes)
		ix.details[p.Detail] = ix.details[p.Detail] || !old
		if readable {
			ix.hashes[p.Person] = append(ix.hashes[p.Person], p.Hashes)
		}
	}
}

// index returns what the gate reads. It fails while a name is missing in it, or is
// there only as an older version wrote it.
func (ix *sharedIndex) index() (*gate.Index, error) {
	for _, told := range ix.details {
		if !told {
			return nil, fault.New(fault.Withheld, "shared.waiting")
		}
	}
	out := gate.NewIndex(ix.gate)
	for _, person := range slices.Sorted(maps.Keys(ix.hashes)) {
		for _, h := range ix.hashes[person] {
			if err := out.Add(person, h, ix.public[person]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// sharedStale reports whether a circle's copy has to be made anew: its key is spent,
// or it does not hold what it has to.
func (d *Desk) sharedStale(ctx context.Context, c circleKeys, m checked) (bool, error) {
	spent, err := d.sharedSpent(ctx, c, m)
	if err != nil || spent {
		return spent, err
	}
	key, secret, err := d.sharedKey(ctx, m.Key, c.body.all()...)
	clear(secret)
	if err != nil {
		return fault.KindOf(err) == fault.Damaged, err
	}
	content, err := d.sharedContent(ctx, c)
	if err != nil {
		return false, err
	}
	ix, err := d.readShared(ctx, m, key)
	if fault.KindOf(err) == fault.Damaged {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return !ix.holds(content, key), nil
}

// holds reports whether a copy holds what it has to, and nothing else.
func (ix *sharedIndex) holds(content sharedContent, key vault.CheckKey) bool {
	if ix.gate != content.gate {
		return false
	}
	details, public := map[ledger.ID]bool{}, map[string]bool{}
	for _, f := range content.forms {
		old, _ := gate.Outdated(f.Hashes)
		details[f.Detail] = details[f.Detail] || !old
	}
	for p := range content.public {
		public[aliasOf(key, p.stream, p.person)] = true
	}
	named := maps.Clone(ix.public)
	maps.DeleteFunc(named, func(_ string, is bool) bool { return !is })
	return maps.Equal(details, ix.details) && maps.Equal(public, named)
}

// A tip is the newest entry of a copy that was seen.
type tip struct {
	number int64
	id     ledger.ID
}

// addShared returns the drafts that add to the copies of those of the circles that
// are marked what is said of a person in a case: they are written with it, in one
// commit, so that the next release knows. A copy whose key is spent is left to
// tendShared.
func (d *Desk) addShared(ctx context.Context, by Actor, c circleKeys, id CaseID, person claim.Ref, said sharedPerson) ([]draft, error) {
	marks, err := d.marks(ctx, by)
	if err != nil {
		return nil, err
	}
	m, marked := marks[c.id]
	if !marked || d.afield() {
		return nil, nil // of the field, the copy is made anew in the office
	}
	spent, err := d.sharedSpent(ctx, c, m)
	if err != nil || spent {
		return nil, err
	}
	key, secret, err := d.sharedKey(ctx, m.Key, c.body.Holder)
	clear(secret)
	if err != nil {
		return nil, err
	}
	last, err := d.sharedTip(ctx, m)
	if err != nil {
		return nil, err
	}
	said.Person = aliasOf(key, id, person)
	body := elsewhere{sharedStream(c.id), []ledger.ID{last}, sharedForms{People: []sharedPerson{said}}}
	return []draft{{kindSharedForms, body, key.Entries}}, nil
}

// sharedTip returns the newest entry of a circle's copy.
func (d *Desk) sharedTip(ctx context.Context, m checked) (ledger.ID, error) {
	d.mu.Lock()
	last, known := d.indexed[m.Key]
	d.mu.Unlock()
	if !known {
		last.number = -1
	}
	for n, err := range d.db.ByStream(ctx, sharedStream(m.Circle), last.number) {
		if err != nil {
			return last.id, err
		}
		if n.Record.Key == m.Key {
			last.id = n.Record.ID
		}
		last.number = n.Number
	}
	if last.id.IsZero() {
		return last.id, fault.New(fault.Damaged, "shared.damaged")
	}
	d.mu.Lock()
	d.indexed[m.Key] = last
	d.mu.Unlock()
	return last.id, nil
}

// personDrafts returns the entry that says who a person is on the name-free side, and
// those that tell the copies of by's circles whether they may be named now. Like
// readyShared it returns what is to be called when they are written.
func (d *Desk) personDrafts(ctx context.Context, by Actor, k caseKeys, p *claim.Person, known bool) (drafts []draft, leave func(), err error) {
	leave, err = d.readyShared(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	drafts = []draft{{claim.KindPerson, p, k.body.Key()}}
	if !known && !isPublic(*p) {
		return drafts, leave, nil // as everybody is of whom nothing else is said
	}
	more, err := d.tellPublic(ctx, by, k, p)
	if err != nil {
		leave()
		return nil, nil, err
	}
	return append(drafts, more...), leave, nil
}

// tellPublic returns the drafts that tell the copies of by's circles whether a person
// may be named now.
func (d *Desk) tellPublic(ctx context.Context, by Actor, k caseKeys, p *claim.Person) (drafts []draft, err error) {
	with, err := d.circlesWith(ctx, k.id)
	if err != nil {
		return nil, err
	}
	for _, c := range by.circles {
		if !slices.Contains(with, c.id) {
			continue
		}
		more, err := d.sayPublic(ctx, by, c, k.id, p)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

// sayPublic returns the drafts that tell the copy of a circle whether a person may be
// named, if a case says of them what p says: not if any other case of it says no.
func (d *Desk) sayPublic(ctx context.Context, by Actor, c circleKeys, id CaseID, p *claim.Person) (drafts []draft, err error) {
	cv, err := d.view(ctx, c)
	if err != nil {
		return nil, err
	}
	persons, err := cv.view.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	cases, public := []CaseID{id}, isPublic(*p)
	for _, other := range persons {
		if other.Ref == p.Ref && other.Stream != id {
			cases, public = append(cases, other.Stream), public && isPublic(other.Person)
		}
	}
	for _, in := range cases {
		more, err := d.addShared(ctx, by, c, in, p.Ref, sharedPerson{Public: either(public, "yes", "no")})
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}
