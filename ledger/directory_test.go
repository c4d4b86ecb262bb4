package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// A somebody is a holder with its signing key, made from a word.
type somebody struct {
	Holder
	key ed25519.PrivateKey
}

func somebodyCalled(word string, use Use, roles ...Role) somebody {
	seed := sha256.Sum256([]byte(word))
	s := somebody{key: ed25519.NewKeyFromSeed(seed[:])}
	s.Use, s.Roles = use, roles
	s.Encrypt = bytes.Repeat(seed[:], encryptLen/32)
	s.Sign = s.key.Public().(ed25519.PublicKey)
	s.ID = HolderID(s.Encrypt, s.Sign)
	return s
}

func (s somebody) signer() Signer { return Signer{s.ID, s.key} }

// of returns s as the circle or the side of a case called id.
func (s somebody) of(id ID, gen int) somebody {
	s.Of, s.Gen = id, gen
	return s
}

// body returns s as the body of the case it founds with another holder.
func (s somebody) body(other somebody) somebody {
	s.Of, s.Gen, s.Other = CaseStream(s.ID, other.ID), 1, other.ID
	return s
}

// circle returns s as the side of the circle that it founds with another holder.
func (s somebody) circle(other somebody) somebody {
	s.Of, s.Gen, s.Other = CircleID(s.ID, other.ID), 1, other.ID
	if s.Use == UseCircleVault {
		s.Of = CircleID(other.ID, s.ID)
	}
	return s
}

// An office is what directory stories are told of. Vera is its first keeper.
type office struct {
	t                   testing.TB
	vera, petro, odarka somebody // keeper, second keeper, analyst
	stranger            somebody
	circle, file        somebody
	stream, fileStream  ID
	entries             []Opened
}

func newOffice(t testing.TB) *office {
	o := &office{
		t:    t,
		vera: somebodyCalled("vera", UseMember, Keeper), petro: somebodyCalled("petro", UseMember, Keeper, Caseworker),
		odarka: somebodyCalled("odarka", UseMember, Analyst), stranger: somebodyCalled("stranger", UseMember, Keeper),
		circle: somebodyCalled("circle", UseCircleVault).circle(somebodyCalled("circle's body", UseCircleBody)),
	}
	o.file = somebodyCalled("file", UseCaseBody).body(somebodyCalled("file's vault", UseCaseVault))
	o.fileStream = o.file.Of
	o.stream = DirectoryStream(o.vera.ID)
	o.says(o.vera, o.vera.Holder)
	return o
}

// says publishes n in the stream of the directory, in knowledge of after.
func (o *office) says(by somebody, n Notice, after ...ID) ID { return o.in(o.stream, by, n, after...) }

func (o *office) in(stream ID, by somebody, n Notice, after ...ID) ID {
	o.t.Helper()
	s, err := Publish(n, stream, after, time.Unix(1670000000, 0), by.signer())
	if err != nil {
		o.t.Fatal(err)
	}
	return o.add(s.Record())
}

func (o *office) add(r Record) ID {
	o.t.Helper()
	opened, err := OpenClear(r)
	if err != nil {
		o.t.Fatal(err)
	}
	o.entries = append(o.entries, opened)
	return r.ID
}

func (o *office) directory() *Directory {
	o.t.Helper()
	d, err := NewDirectory(o.vera.ID, o.entries)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

func (o *office) knows(s somebody) bool {
	o.t.Helper()
	_, ok := o.directory().Holder(s.ID)
	return ok
}

func TestKeeperInvites(t *testing.T) {
	o := newOffice(t)
	o.says(o.vera, o.petro.Holder)
	o.says(o.petro, o.odarka.Holder)
	d := o.directory()
	for _, s := range []somebody{o.vera, o.petro, o.odarka} {
		got, ok := d.Holder(s.ID)
		if !ok || !slices.Equal(got.Roles, s.Roles) || !bytes.Equal(got.Sign, s.Sign) {
			t.Errorf("got %v and %v, want %v", got, ok, s.Holder)
		}
	}
	if got := len(d.Find(func(h Holder) bool { return h.Use == UseMember })); got != 3 {
		t.Errorf("found %d members, want 3", got)
	}
}

func TestMemberCannotInvite(t *testing.T) {
	o := newOffice(t)
	o.says(o.vera, o.odarka.Holder)
	o.says(o.odarka, o.petro.Holder)
	o.says(o.odarka, o.circle.Holder)
	node := somebodyCalled("node", UseNode)
	o.says(o.odarka, node.Holder)
	for _, s := range []somebody{o.petro, o.circle, node} {
		if o.knows(s) {
			t.Errorf("an analyst made a %s", s.Use)
		}
	}
}

func TestMemberCannotMakeHerselfKeeper(t *testing.T) {
	o := newOffice(t)
	o.says(o.vera, o.odarka.Holder)
	more := o.odarka
	more.Roles = []Role{Keeper}
	o.says(o.odarka, more.Holder)
	o.says(o.odarka, o.petro.Holder)
	if got, _ := o.directory().Holder(o.odarka.ID); slices.Contains(got.Roles, Keeper) || o.knows(o.petro) {
		t.Errorf("got roles %v", got.Roles)
	}
}

func TestStrangerSigns(t *testing.T) {
	o := newOffice(t)
	o.says(o.stranger, o.stranger.Holder)
	o.says(o.stranger, o.petro.Holder)
	// In Vera's name, but with another key.
	forger := o.stranger
	forger.Holder.ID = o.vera.ID
	o.says(forger, o.odarka.Holder)
	for _, s := range []somebody{o.stranger, o.petro, o.odarka} {
		if o.knows(s) {
			t.Error("a stranger's word was believed")
		}
	}
	// A directory whose root nobody has seen is empty.
	d, err := NewDirectory(ID{1}, o.entries)
	if err != nil || len(d.Find(func(Holder) bool { return true })) != 0 {
		t.Errorf("got %v and somebody", err)
	}
}

// A holder's ID is of its keys, so that nobody puts other keys under it.
func TestHolderMustMatchItsKeys(t *testing.T) {
	for name, change := range map[string]func(*Holder){
		"other encryption key": func(h *Holder) { h.Encrypt = bytes.Repeat([]byte{1}, encryptLen) },
		"other signing key":    func(h *Holder) { h.Sign = bytes.Repeat([]byte{1}, 32) },
		"keys cut elsewhere": func(h *Holder) { // the same bytes, and so the same hash
			all := slices.Concat(h.Encrypt, h.Sign)
			h.Encrypt, h.Sign = all[:encryptLen-1], all[encryptLen-1:]
		},
		"other ID": func(h *Holder) { h.ID[0] ^= 1 },
	} {
		o := newOffice(t)
		h := o.petro.Holder
		change(&h)
		o.publishAnyway(o.vera, h)
		if d, err := NewDirectory(o.vera.ID, o.entries); err == nil {
			_, ok := d.Holder(h.ID)
			t.Errorf("%s: no error; believed: %v", name, ok)
		}
	}
}

// publishAnyway signs what Publish would not.
func (o *office) publishAnyway(by somebody, n Notice) {
	body, err := json.Marshal(n)
	if err != nil {
		o.t.Fatal(err)
	}
	o.write(by, n.kind(), string(body))
}

func (o *office) write(by somebody, kind, body string) {
	e := Entry{Stream: o.stream, Kind: kind, Body: []byte(body)}
	rec, inner, err := sign(&e, by.signer(), ModeClear, ID{})
	if err != nil {
		o.t.Fatal(err)
	}
	rec.Payload = inner
	o.add(rec)
}

// Nothing but keys, IDs and our own words can be written in clear.
func TestPublishRefusesWords(t *testing.T) {
	o := newOffice(t)
	for name, change := range map[string]func(*Holder){
		"a use that is a name":  func(h *Holder) { h.Use = "Ivan Ivanenko" },
		"a role that is a name": func(h *Holder) { h.Roles = []Role{"Ivan Ivanenko"} },
		"no use":                func(h *Holder) { h.Use = "" },
		"a node with roles":     func(h *Holder) { h.Use = UseNode },
		"a member of a circle":  func(h *Holder) { h.Of = ID{1} },
		"an office member":      func(h *Holder) { h.Office = true },
		"a circle of nothing":   func(h *Holder) { h.Use, h.Roles, h.Gen = UseCircleBody, nil, 1 },
		"generation 0":          func(h *Holder) { h.Use, h.Roles, h.Of = UseCircleBody, nil, ID{1} },
		"an office case":        func(h *Holder) { h.Use, h.Roles, h.Of, h.Gen, h.Office = UseCaseBody, nil, ID{1}, 1, true },
		"a short key": func(h *Holder) {
			h.Encrypt = h.Encrypt[1:]
			h.ID = HolderID(h.Encrypt, h.Sign)
		},
		"no keys": func(h *Holder) { h.Encrypt, h.Sign, h.ID = nil, nil, HolderID(nil, nil) },
	} {
		h := o.petro.Holder
		change(&h)
		if _, err := Publish(h, o.stream, nil, time.Now(), o.vera.signer()); err == nil {
			t.Errorf("%s: published", name)
		}
		o2 := newOffice(t)
		o2.publishAnyway(o2.vera, h)
		_, err := NewDirectory(o2.vera.ID, o2.entries)
		damaged(t, err, "%s", name)
	}
	for _, n := range []Notice{Grant{}, Grant{Key: ID{1}}, Revoke{}, Revoke{From: ID{1}}} {
		if _, err := Publish(n, o.stream, nil, time.Now(), o.vera.signer()); err == nil {
			t.Errorf("published %v", n)
		}
	}
	if _, err := Publish(Grant{ID{1}, ID{2}}, ID{}, nil, time.Now(), o.vera.signer()); err == nil {
		t.Error("published in no stream")
	}
}

// Two readers must never understand one entry differently, so there is one way
// to write it. What only a stranger signed hurts nobody.
func TestUnreadable(t *testing.T) {
	g, err := json.Marshal(Grant{ID{1}, ID{2}})
	if err != nil {
		t.Fatal(err)
	}
	good := string(g)
	for name, c := range map[string]struct{ kind, body string }{
		"an unknown kind":      {"desk-key", good},
		"no JSON":              {KindGrant, "{"},
		"blanks":               {KindGrant, good + "\n"},
		"another field":        {KindGrant, strings.Replace(good, "}", `,"note":"Ivan"}`, 1)},
		"a field twice":        {KindGrant, strings.Replace(good, "}", `,"to":"`+ID{3}.String()+`"}`, 1)},
		"a field in capitals":  {KindGrant, strings.Replace(good, `"to"`, `"To"`, 1)},
		"another order":        {KindGrant, `{"to":"` + ID{2}.String() + `","key":"` + ID{1}.String() + `"}`},
		"an ID in capitals":    {KindGrant, strings.Replace(good, "01", "0A", 1)},
		"an escaped character": {KindGrant, strings.Replace(good, "key", `\u006bey`, 1)},
	} {
		o := newOffice(t)
		o.write(o.stranger, c.kind, c.body)
		if _, err := NewDirectory(o.vera.ID, o.entries); err != nil {
			t.Errorf("%s, by a stranger: %v", name, err)
		}
		o.write(o.vera, c.kind, c.body)
		d, err := NewDirectory(o.vera.ID, o.entries)
		damaged(t, err, "%s", name)
		damaged(t, d.Add(ID{}, nil), "%s, asked again", name)
	}
	o := newOffice(t)
	o.write(o.vera, KindGrant, good)
	if _, err := NewDirectory(o.vera.ID, o.entries); err != nil {
		t.Errorf("the right body: %v", err)
	}
}

// granted sets up an office in which Odarka was given the circle.
func granted(t testing.TB) (o *office, grant ID) {
	o = newOffice(t)
	o.says(o.vera, o.petro.Holder)
	o.says(o.vera, o.odarka.Holder)
	o.says(o.vera, o.circle.Holder)
	return o, o.says(o.vera, Grant{o.circle.ID, o.odarka.ID})
}

func (o *office) wantGranted(want bool, story string) {
	o.t.Helper()
	if got := o.directory().Granted(o.circle.ID, o.odarka.ID); got != want {
		o.t.Errorf("%s: granted is %v, want %v", story, got, want)
	}
}

func TestGrantAndRevoke(t *testing.T) {
	o, grant := granted(t)
	o.wantGranted(true, "given")
	revoke := o.says(o.petro, Revoke{o.circle.ID, o.odarka.ID}, grant)
	o.wantGranted(false, "taken back")
	o.says(o.vera, Grant{o.circle.ID, o.odarka.ID}, grant)
	o.wantGranted(false, "given again by somebody who did not know")
	again := o.says(o.vera, Grant{o.circle.ID, o.odarka.ID}, revoke)
	o.wantGranted(true, "given again by somebody who knew")
	o.says(o.petro, Revoke{o.circle.ID, o.odarka.ID}, grant)
	o.wantGranted(false, "crossed by a second revocation")
	between := o.says(o.vera, o.petro.Holder, o.entries[len(o.entries)-1].e.ID, again)
	o.says(o.vera, Grant{o.circle.ID, o.odarka.ID}, between, revoke)
	o.wantGranted(true, "given by somebody who knew both, one through another entry")
}

func TestGrantCrossesRevoke(t *testing.T) {
	o, _ := granted(t)
	o.entries = o.entries[:len(o.entries)-1]
	o.says(o.vera, Grant{o.circle.ID, o.odarka.ID})
	o.says(o.petro, Revoke{o.circle.ID, o.odarka.ID})
	o.wantGranted(false, "grant, then revocation")
	slices.Reverse(o.entries)
	o.wantGranted(false, "revocation, then grant")
}

// A revocation works at once, not only after everything was folded anew.
func TestRevokeWhileRunning(t *testing.T) {
	o, grant := granted(t)
	d := o.directory()
	n := len(o.entries)
	o.says(o.petro, Revoke{o.circle.ID, o.odarka.ID}, grant)
	if err := d.Add(o.vera.ID, o.entries[n:]); err != nil {
		t.Fatal(err)
	}
	if d.Granted(o.circle.ID, o.odarka.ID) {
		t.Error("still granted")
	}
	if err := d.Add(ID{9}, nil); err == nil {
		t.Error("took entries of another directory")
	}
}

func TestWhoMayGrant(t *testing.T) {
	o, _ := granted(t)
	o.entries = o.entries[:len(o.entries)-1]
	o.says(o.odarka, Grant{o.circle.ID, o.odarka.ID})
	o.wantGranted(false, "an analyst gives herself a circle")
	o.says(o.stranger, Grant{o.circle.ID, o.odarka.ID})
	o.wantGranted(false, "a stranger gives")
	o.in(o.fileStream, o.vera, Grant{o.circle.ID, o.odarka.ID})
	o.wantGranted(false, "given in the stream of a case")
	node := somebodyCalled("node", UseNode)
	o.says(o.vera, node.Holder)
	o.says(node, Grant{o.circle.ID, o.odarka.ID})
	o.wantGranted(false, "the node gives")
	o.says(o.vera, Grant{o.circle.ID, o.odarka.ID})
	o.wantGranted(true, "a keeper gives")
	o.says(o.stranger, Revoke{o.circle.ID, o.odarka.ID})
	o.says(node, Revoke{o.circle.ID, o.odarka.ID})
	o.in(o.fileStream, o.petro, Revoke{o.circle.ID, o.odarka.ID})
	o.wantGranted(true, "a stranger, the node, and the stream of a case take it back")
	o.says(o.odarka, Revoke{o.circle.ID, o.odarka.ID})
	o.wantGranted(false, "she gives it up before a border")
	if o.directory().Granted(ID{9}, o.odarka.ID) {
		t.Error("a key that nobody knows is granted")
	}
}

// Who can write to the disk, and has no member's key, puts an entry beside one
// that a grant follows, under the same ID, and claims that it knew of the
// revocation.
func TestForgedKnowledge(t *testing.T) {
	for _, by := range []string{"unsigned", "signed by a member"} {
		o, _ := granted(t)
		o.entries = o.entries[:len(o.entries)-1]
		followed := o.entries[len(o.entries)-1].e.ID
		o.says(o.vera, Grant{o.circle.ID, o.odarka.ID}, followed)
		revoke := o.says(o.petro, Revoke{o.circle.ID, o.odarka.ID})
		body, err := json.Marshal(Revoke{ID{8}, ID{9}})
		if err != nil {
			t.Fatal(err)
		}
		e := Entry{ID: followed, Stream: o.stream, Kind: KindRevoke, After: []ID{revoke}, Body: body}
		rec, inner, err := sign(&e, o.odarka.signer(), ModeClear, ID{})
		if err != nil {
			t.Fatal(err)
		}
		if by == "unsigned" {
			inner[0] ^= 1
		}
		rec.Payload = inner
		o.add(rec)
		o.wantGranted(false, by)
		slices.Reverse(o.entries)
		o.wantGranted(false, by+", the other way round")
	}
}

func TestSidesOfACase(t *testing.T) {
	o := newOffice(t)
	o.says(o.vera, o.petro.Holder)
	o.says(o.vera, o.odarka.Holder)
	o.says(o.vera, o.circle.Holder)
	o.in(o.fileStream, o.petro, o.file.Holder)
	o.in(o.fileStream, o.petro, Grant{o.file.ID, o.circle.ID})
	sides := func() []Holder {
		return o.directory().Find(func(h Holder) bool { return h.Of == o.fileStream })
	}
	if got := sides(); len(got) != 1 || got[0].ID != o.file.ID || !o.knows(o.file) {
		t.Errorf("got %v, want the body of the case", got)
	}
	if !o.directory().Granted(o.file.ID, o.circle.ID) {
		t.Error("the case is not granted to its circle")
	}

	// An analyst who is not in the circle helps whoever has the disk: she vouches
	// for keys of her own, as another side, as the next generation, from elsewhere.
	mine := somebodyCalled("mine", UseCaseBody).of(o.fileStream, 1)
	mine.Other = o.file.Other
	o.in(o.fileStream, o.odarka, mine.Holder)
	o.in(ID{0xf2}, o.odarka, mine.Holder)
	o.says(o.odarka, mine.Holder)
	next := mine
	next.Other = ID{}
	next.Holder = next.Succeed(o.file.Holder, o.odarka.signer())
	o.in(o.fileStream, o.odarka, next.Holder)
	o.in(mine.body(o.file).Of, o.odarka, Grant{o.file.ID, mine.ID})
	if got := sides(); len(got) != 1 || got[0].ID != o.file.ID || o.knows(mine) {
		t.Errorf("got %v, want the body of the case alone", got)
	}
	if !o.directory().Granted(o.file.ID, o.circle.ID) || o.directory().Granted(o.file.ID, mine.ID) {
		t.Error("the grant of the case is not what its member signed")
	}
}

// A member's keys, published again as something else by somebody else, stay the
// member's.
func TestKeysKeepTheirUse(t *testing.T) {
	o := newOffice(t)
	o.says(o.vera, o.petro.Holder)
	o.says(o.vera, o.odarka.Holder)
	again := o.petro
	again.Use, again.Roles = UseCaseBody, nil
	asCase := again.body(o.file)
	o.in(asCase.Of, o.odarka, asCase.Holder)
	again.Use = UseCircleBody
	o.says(o.vera, again.circle(o.circle).Holder)
	for range 2 {
		if got, _ := o.directory().Holder(o.petro.ID); got.Use != UseMember || !slices.Contains(got.Roles, Keeper) {
			t.Errorf("got %v, want a keeper", got)
		}
		slices.Reverse(o.entries)
	}
}

func TestAuthor(t *testing.T) {
	o := newOffice(t)
	node := somebodyCalled("node", UseNode)
	o.says(o.vera, node.Holder)
	o.says(o.vera, o.odarka.Holder)
	o.says(o.vera, o.circle.Holder)
	o.in(o.fileStream, o.odarka, o.file.Holder)
	d := o.directory()
	for _, c := range []struct {
		by   somebody
		kind string
		want bool
	}{
		{o.odarka, "claim", true}, {o.odarka, "received", true},
		{node, "received", true}, {node, "source-message", true}, {node, "consent-change", true},
		{node, "withdrawal-request", true}, {node, "reminder", true}, {node, "fixity", true},
		{node, "claim", false}, {node, "act", false}, {node, "withdraw", false}, {node, "holder", false}, {node, "received ", false},
		{o.circle, "claim", false}, {o.file, "claim", false}, {o.stranger, "claim", false},
	} {
		e := Entry{Stream: ID{2}, Kind: c.kind}
		opened, err := Open(sealed(t, e, c.by.signer(), key(9)), key(9))
		if err != nil {
			t.Fatal(err)
		}
		pub, ok := d.Author(opened)
		if ok != c.want || ok && !bytes.Equal(pub, c.by.Sign) {
			t.Errorf("a %q by a %s: got %v, want %v", c.kind, c.by.Use, ok, c.want)
		}
	}
}
