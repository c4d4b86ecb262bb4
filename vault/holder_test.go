package vault

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"habeas/ledger"
)

// holder returns the holder whose seed is 32 times n.
func holder(t testing.TB, n byte) *Holder {
	t.Helper()
	seed, err := SeedFrom(bytes.Repeat([]byte{n}, 32))
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHolder(seed)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func wrapTo(t testing.TB, h *Holder, key, stream ledger.ID, secret []byte) Wrap {
	t.Helper()
	w, err := h.Wrap(key, stream, secret)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWrap(t *testing.T) {
	ann, ben := holder(t, 1), holder(t, 2)
	secret := bytes.Repeat([]byte{7}, 32)
	w := wrapTo(t, ann, ledger.ID{1}, ledger.ID{2}, secret)
	if got, err := ann.Unwrap(w); err != nil || !bytes.Equal(got, secret) {
		t.Fatalf("got %x and %v, want %x", got, err, secret)
	}
	with := func(change func(*Wrap)) Wrap {
		c := w
		c.Box = bytes.Clone(w.Box)
		change(&c)
		return c
	}
	for name, w := range map[string]Wrap{
		"another key":      with(func(w *Wrap) { w.Key[0] ^= 1 }),
		"another stream":   with(func(w *Wrap) { w.Stream[0] ^= 1 }),
		"another holder":   with(func(w *Wrap) { w.Holder = ben.ID() }),
		"key and stream":   with(func(w *Wrap) { w.Key, w.Stream = w.Stream, w.Key }),
		"an empty box":     with(func(w *Wrap) { w.Box = nil }),
		"a short box":      with(func(w *Wrap) { w.Box = w.Box[:len(w.Box)-1] }),
		"a long box":       with(func(w *Wrap) { w.Box = append(w.Box, 0) }),
		"a public key":     with(func(w *Wrap) { w.Box = w.Box[:1120] }),
		"box of other row": wrapOf(w, wrapTo(t, ann, ledger.ID{9}, ledger.ID{2}, secret)),
	} {
		if _, err := ann.Unwrap(w); err == nil {
			t.Errorf("%s: opened", name)
		}
		if _, err := ben.Unwrap(w); err == nil {
			t.Errorf("%s: opened by somebody else", name)
		}
	}
	for i := range w.Box {
		bad := with(func(w *Wrap) { w.Box[i] ^= 1 << (i % 8) })
		if _, err := ann.Unwrap(bad); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
	}
	for _, n := range []int{0, 31, 33} {
		if _, err := ann.Wrap(ledger.ID{1}, ledger.ID{2}, make([]byte, n)); err == nil {
			t.Errorf("wrapped %d bytes", n)
		}
	}
}

// wrapOf returns the row of a with the box of b.
func wrapOf(a, b Wrap) Wrap {
	a.Box = b.Box
	return a
}

// A wrap that holds another seed than it says is refused: so nobody can put a
// holder of their own in the place of a circle's.
func TestUnwrapHolder(t *testing.T) {
	ann, circle, mine := holder(t, 1), holder(t, 2), holder(t, 3)
	w := wrapTo(t, ann, circle.ID(), ledger.ID{2}, circle.Seed().Bytes())
	if got, err := ann.UnwrapHolder(w); err != nil || got.ID() != circle.ID() {
		t.Errorf("got %v and %v", got, err)
	}
	w = wrapTo(t, ann, circle.ID(), ledger.ID{2}, mine.Seed().Bytes())
	if _, err := ann.UnwrapHolder(w); err == nil {
		t.Error("took another holder's seed")
	}
}

// An analyst is in a circle for its name-free side. With her seed and the whole
// table of keys she opens no vault.
func TestAnalystOpensNoVault(t *testing.T) {
	analyst, worker := holder(t, 1), holder(t, 2)
	circleBody, circleVault := holder(t, 3), holder(t, 4)
	caseBody, caseVault := holder(t, 5), holder(t, 6)
	circle, stream := ledger.ID{0xc1}, ledger.ID{0xf1}
	bodySource, vaultSource := ledger.ID{0x51}, ledger.ID{0x52}
	give := func(to *Holder, key *Holder, stream ledger.ID) Wrap {
		return wrapTo(t, to, key.ID(), stream, key.Seed().Bytes())
	}
	table := []Wrap{
		give(worker, circleBody, circle), give(worker, circleVault, circle), give(analyst, circleBody, circle),
		give(circleBody, caseBody, stream), give(circleVault, caseVault, stream),
		wrapTo(t, caseBody, bodySource, stream, bytes.Repeat([]byte{7}, 32)),
		wrapTo(t, caseVault, vaultSource, stream, bytes.Repeat([]byte{8}, 32)),
	}
	opens := func(who *Holder) map[ledger.ID]bool {
		opened, held := map[ledger.ID]bool{}, []*Holder{who}
		for len(held) > 0 {
			h := held[0]
			held = held[1:]
			for _, w := range table {
				for _, said := range []ledger.ID{w.Holder, h.ID()} { // rows may be changed
					w.Holder = said
					if _, err := h.Unwrap(w); err != nil || opened[w.Key] {
						continue
					}
					opened[w.Key] = true
					if next, err := h.UnwrapHolder(w); err == nil {
						held = append(held, next)
					}
				}
			}
		}
		return opened
	}
	if got := opens(worker); len(got) != 6 {
		t.Errorf("a caseworker opens %d keys, want 6", len(got))
	}
	got := opens(analyst)
	for name, key := range map[string]ledger.ID{"circle": circleVault.ID(), "case": caseVault.ID(), "source": vaultSource} {
		if got[key] {
			t.Errorf("an analyst opens the vault of a %s", name)
		}
	}
	if !got[bodySource] || len(got) != 3 {
		t.Errorf("an analyst opens %d keys, want the three of the name-free side", len(got))
	}
}

// A wrap may be made only to a holder of the directory, and never to a node.
func TestNewWrapAsksTheDirectory(t *testing.T) {
	keeper, node, stranger := holder(t, 1), holder(t, 2), holder(t, 3)
	me := keeper.Public(ledger.UseMember)
	me.Roles = []ledger.Role{ledger.Keeper}
	var entries []ledger.Opened
	for _, n := range []ledger.Notice{me, node.Public(ledger.UseNode)} {
		s, err := ledger.Publish(n, ledger.DirectoryStream(keeper.ID()), nil, time.Unix(0, 0), keeper.Signer())
		if err != nil {
			t.Fatal(err)
		}
		o, err := ledger.OpenClear(s.Record())
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, o)
	}
	d, err := ledger.NewDirectory(keeper.ID(), entries)
	if err != nil {
		t.Fatal(err)
	}
	secret := bytes.Repeat([]byte{7}, 32)
	w, err := NewWrap(d, keeper.ID(), ledger.ID{1}, ledger.ID{2}, secret)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := keeper.Unwrap(w); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("got %x and %v", got, err)
	}
	for name, to := range map[string]ledger.ID{"a stranger": stranger.ID(), "the node": node.ID(), "nobody": {}} {
		if _, err := NewWrap(d, to, ledger.ID{1}, ledger.ID{2}, secret); err == nil {
			t.Errorf("wrapped to %s", name)
		}
	}
}

// A seed that was wiped makes no holder, and a holder outlives the wiping.
func TestWipe(t *testing.T) {
	seed := NewSeed()
	h, err := NewHolder(seed)
	if err != nil {
		t.Fatal(err)
	}
	before := h.Key().Entry(ledger.ID{1})
	seed.Wipe()
	if h.Key().Entry(ledger.ID{1}) != before {
		t.Error("the holder seals under other keys than before")
	}
	if _, err := NewHolder(seed); err == nil {
		t.Error("made a holder of zeros")
	}
	if _, err := SeedFrom(make([]byte, 32)); err == nil {
		t.Error("took zeros for a seed")
	}
	for _, n := range []int{0, 31, 33} {
		if _, err := SeedFrom(bytes.Repeat([]byte{1}, n)); err == nil {
			t.Errorf("took %d bytes for a seed", n)
		}
	}
}

// Everything a seed is used for has keys of its own.
func TestKeysAreApart(t *testing.T) {
	h, other := holder(t, 1), holder(t, 2)
	secret := bytes.Repeat([]byte{7}, 32)
	seen := map[string]string{}
	for name, k := range map[string][32]byte{
		"seed":                 [32]byte(h.Seed().Bytes()),
		"signing":              [32]byte(h.Signer().Key.Seed()),
		"derived":              h.Seed().Derive("x"),
		"derived for another":  h.Seed().Derive("y"),
		"entries of the case":  h.Key().Entry(ledger.ID{1}),
		"of a source":          h.SourceKey(ledger.ID{2}, secret).Entry(ledger.ID{1}),
		"of another secret":    h.SourceKey(ledger.ID{2}, bytes.Repeat([]byte{8}, 32)).Entry(ledger.ID{1}),
		"in a next generation": other.SourceKey(ledger.ID{2}, secret).Entry(ledger.ID{1}),
		"bound":                h.Bind(ledger.ID{2}, secret),
		"bound by another":     other.Bind(ledger.ID{2}, secret),
		"bound for another":    h.Bind(ledger.ID{3}, secret),
		"bound to another":     h.Bind(ledger.ID{2}, bytes.Repeat([]byte{8}, 32)),
		"the secret":           [32]byte(secret),
	} {
		if was, ok := seen[string(k[:])]; ok {
			t.Errorf("%s and %s are the same key", name, was)
		}
		seen[string(k[:])] = name
	}
	if h.SourceKey(ledger.ID{2}, secret).ID != ledger.KeyID(ledger.ID{2}, h.ID()) || h.Key().ID != h.ID() {
		t.Error("a sealing key has another ID than its records name")
	}
	if h.Bind(ledger.ID{2}, secret) != h.Bind(ledger.ID{2}, secret) {
		t.Error("a bound key changes")
	}
}

func TestDraft(t *testing.T) {
	ann, ben := holder(t, 1), holder(t, 2)
	box, err := SealDraft(ann.Public(ledger.UseMember), []byte("what was typed"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ann.OpenDraft(box); err != nil || string(got) != "what was typed" {
		t.Errorf("got %q and %v", got, err)
	}
	if _, err := ben.OpenDraft(box); err == nil {
		t.Error("opened by somebody else")
	}
	box[len(box)-1] ^= 1
	if _, err := ann.OpenDraft(box); err == nil {
		t.Error("opened, and was changed")
	}
	if _, err := SealDraft(ledger.Holder{}, nil); err == nil {
		t.Error("sealed to no key")
	}
	w := Wrap{Key: ledger.ID{1}, Holder: ann.ID(), Box: box}
	if _, err := ann.Unwrap(w); err == nil {
		t.Error("a draft was taken for a wrap")
	}
}

// A file that stock age sealed to a holder's public key is opened by stock age
// with the holder's derived key.
func TestAgeOpensFiles(t *testing.T) {
	h := holder(t, 1)
	recipient, err := age.ParseHybridRecipient(bech32("age1pq", h.Public(ledger.UseMember).Encrypt))
	if err != nil {
		t.Fatal(err)
	}
	identity, err := age.ParseHybridIdentity(strings.ToUpper(bech32("age-secret-key-pq-", h.seed.derive("habeas holder encryption v1"))))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := identity.Recipient().String(), recipient.String(); got != want {
		t.Errorf("got recipient %s, want %s", got, want)
	}
	var file bytes.Buffer
	w, err := age.Encrypt(&file, recipient)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, "an exhibit")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(&file, identity)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "an exhibit" {
		t.Errorf("got %q and %v", got, err)
	}
}
