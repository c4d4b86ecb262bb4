package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"habeas/fault"
)

// author returns a signer whose keys follow from n, and their public key.
func author(n byte) (Signer, ed25519.PublicKey) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, 32))
	return Signer{ID: ID{n}, Key: key}, key.Public().(ed25519.PublicKey)
}

// key returns the sealing key called n, whose secrets follow from n.
func key(n byte) Key {
	return NewKey(ID{n}, bytes.Repeat([]byte{n}, 32), bytes.Repeat([]byte{n + 1}, 32))
}

func sealed(t testing.TB, e Entry, by Signer, k Key) Record {
	t.Helper()
	s, err := Seal(&e, by, k)
	if err != nil {
		t.Fatal(err)
	}
	return s.Record()
}

func anEntry() Entry {
	return Entry{
		ID: ID{1}, Stream: ID{2}, Kind: "claim", Time: time.UnixMilli(1670000000123).UTC(),
		After: []ID{{3}, {4}}, Body: []byte(`{"subject":"p:abcdefghijkmnpqr"}`),
	}
}

// damaged fails t unless err says that a record is not what it should be.
func damaged(t testing.TB, err error, format string, args ...any) {
	t.Helper()
	if fault.KindOf(err) != fault.Damaged {
		t.Errorf("%s: got %v, want a fault of kind Damaged", fmt.Sprintf(format, args...), err)
	}
}

func TestRoundTrip(t *testing.T) {
	id := rapid.Custom(func(t *rapid.T) ID { return ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")) })
	rapid.Check(t, func(t *rapid.T) {
		by, pub := author(7)
		e := Entry{
			ID: id.Draw(t, "entry"), Stream: id.Filter(func(i ID) bool { return !i.IsZero() }).Draw(t, "stream"),
			Kind:  rapid.StringMatching(`[a-z][a-z.-]{0,63}`).Draw(t, "kind"),
			Time:  time.UnixMilli(rapid.Int64Range(-1e14, 1e14).Draw(t, "time")).UTC(),
			After: rapid.SliceOfN(id, 0, MaxAfter).Draw(t, "after"),
			Body:  rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "body"),
		}
		s, err := Seal(&e, by, key(9))
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.Record().MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var r Record
		if err := r.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		o, err := Open(r, key(9))
		if err != nil {
			t.Fatal(err)
		}
		got, err := o.Verify(pub)
		if err != nil {
			t.Fatal(err)
		}
		if !same(got, e) {
			t.Errorf("got %+v, want %+v", got, e)
		}
		if size := len(r.Payload) - payloadOverhead; size != Pad(size) {
			t.Errorf("padded to %d bytes, which tells more than it may", size)
		}
	})
}

func same(a, b Entry) bool {
	return a.ID == b.ID && a.Stream == b.Stream && a.Key == b.Key && a.Kind == b.Kind && a.Author == b.Author &&
		a.Time.Equal(b.Time) && slices.Equal(a.After, b.After) && bytes.Equal(a.Body, b.Body)
}

// Whoever flips one bit anywhere, in header, length, commitment, nonce, sealed
// bytes or tag, gets a record that does not open.
func TestEveryBitCounts(t *testing.T) {
	by, _ := author(7)
	b, err := sealed(t, anEntry(), by, key(9)).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(b) * 8 {
		bad := bytes.Clone(b)
		bad[bit/8] ^= 1 << (bit % 8)
		var r Record
		if r.UnmarshalBinary(bad) != nil {
			continue
		}
		k := key(9)
		k.ID = r.Key // whoever opens goes by what the record says
		if _, err := Open(r, k); err == nil {
			t.Fatalf("opened with bit %d of byte %d flipped", bit%8, bit/8)
		}
		if _, err := OpenWith(r, key(9).Entry(ID{1})); err == nil {
			t.Fatalf("opened by its entry key with bit %d of byte %d flipped", bit%8, bit/8)
		}
	}
}

// The same for a directory entry, whose signature alone protects it.
func TestEveryBitOfAClearEntryCounts(t *testing.T) {
	by, pub := author(7)
	s, err := Publish(Grant{ID{1}, ID{2}}, ID{3}, []ID{{4}}, time.Unix(0, 0), by)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Record().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(b) * 8 {
		bad := bytes.Clone(b)
		bad[bit/8] ^= 1 << (bit % 8)
		var r Record
		if r.UnmarshalBinary(bad) != nil {
			continue
		}
		o, err := OpenClear(r)
		if err != nil {
			continue
		}
		// The author is signed too, so no key but the true author's could verify.
		if _, err := o.Verify(pub); err == nil {
			t.Fatalf("verified with bit %d of byte %d flipped", bit%8, bit/8)
		}
	}
}

func TestRefused(t *testing.T) {
	by, _ := author(7)
	good := sealed(t, anEntry(), by, key(9))
	other := anEntry()
	other.ID = ID{99}
	second := sealed(t, other, by, key(9))
	with := func(change func(*Record)) Record {
		r := good
		r.Payload = bytes.Clone(good.Payload)
		change(&r)
		return r
	}
	for name, r := range map[string]Record{
		"payload of another entry":      with(func(r *Record) { r.Payload = second.Payload }),
		"replayed in another stream":    with(func(r *Record) { r.Stream = ID{77} }),
		"under another ID":              with(func(r *Record) { r.ID = ID{99} }),
		"said to be in clear":           with(func(r *Record) { r.Mode = ModeClear }),
		"of no mode":                    with(func(r *Record) { r.Mode = 0 }),
		"cut short":                     with(func(r *Record) { r.Payload = r.Payload[:len(r.Payload)-1] }),
		"with more":                     with(func(r *Record) { r.Payload = append(r.Payload, 0) }),
		"commitment and nonce only":     with(func(r *Record) { r.Payload = r.Payload[:44] }),
		"empty":                         with(func(r *Record) { r.Payload = nil }),
		"commitment of another entry":   with(func(r *Record) { copy(r.Payload, second.Payload[:32]) }),
		"all but commitment of another": with(func(r *Record) { copy(r.Payload[32:], second.Payload[32:]) }),
	} {
		_, err := Open(r, key(9))
		damaged(t, err, "%s", name)
	}
	if _, err := Open(good, key(10)); err == nil {
		t.Error("opened with a key of another ID")
	}
	wrong := key(10)
	wrong.ID = good.Key
	_, err := Open(good, wrong)
	damaged(t, err, "another key that says it has the ID")
	if _, err := Open(good, Key{ID: good.Key}); err == nil {
		t.Error("opened with a key that holds nothing")
	}
	if _, err := OpenClear(good); err == nil {
		t.Error("read a sealed record as one in clear")
	}
}

// A source was given away by its entry key: who has that opens the one entry and
// can check who wrote it, and no other entry of the same key.
func TestEntryKeyOpensOneEntry(t *testing.T) {
	by, pub := author(7)
	first, second := anEntry(), anEntry()
	second.ID = ID{99}
	r1, r2 := sealed(t, first, by, key(9)), sealed(t, second, by, key(9))
	given := key(9).Entry(first.ID)
	o, err := OpenWith(r1, given)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Verify(pub); err != nil {
		t.Error(err)
	}
	_, err = OpenWith(r2, given)
	damaged(t, err, "another entry opened by the key of one")
}

// A key that stands on a source and a generation needs both.
func TestKeyNeedsAllSecrets(t *testing.T) {
	source, gen := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	k := NewKey(ID{9}, source, gen)
	for name, other := range map[string]Key{
		"source alone":     NewKey(ID{9}, source),
		"generation alone": NewKey(ID{9}, gen),
		"other order":      NewKey(ID{9}, gen, source),
		"next generation":  NewKey(ID{9}, source, bytes.Repeat([]byte{3}, 32)),
		"nothing":          NewKey(ID{9}),
	} {
		if k.Entry(ID{1}) == other.Entry(ID{1}) {
			t.Errorf("%s gives the same key", name)
		}
	}
	if k.Entry(ID{1}) == k.Entry(ID{2}) {
		t.Error("two entries have one key")
	}
}

func TestVerify(t *testing.T) {
	by, pub := author(7)
	_, stranger := author(8)
	o, err := Open(sealed(t, anEntry(), by, key(9)), key(9))
	if err != nil {
		t.Fatal(err)
	}
	for name, pub := range map[string]ed25519.PublicKey{"a stranger's": stranger, "no": nil, "a short": pub[:31], "a long": append(slices.Clone(pub), 0)} {
		_, err := o.Verify(pub)
		damaged(t, err, "verified with %s key", name)
	}
	if o.Author() != by.ID || o.Kind() != "claim" {
		t.Errorf("got author %v and kind %q", o.Author(), o.Kind())
	}
}

// Inside the seal, somebody who holds the key may still write what the format
// does not allow: hidden bytes in the padding, or a size that tells the length.
func TestPadding(t *testing.T) {
	by, _ := author(7)
	e := anEntry()
	k := key(9)
	rec, inner, err := sign(&e, by, ModeSealed, k.ID)
	if err != nil {
		t.Fatal(err)
	}
	reseal := func(plain []byte) Record {
		aead, commitment := entryCipher(k.Entry(e.ID))
		r := rec
		r.Payload = append(slices.Clone(commitment), make([]byte, 12)...)
		r.Payload = aead.Seal(r.Payload, make([]byte, 12), plain, r.header())
		return r
	}
	padded := func(n int) []byte { return append(slices.Clone(inner), make([]byte, n-len(inner))...) }
	if _, err := Open(reseal(padded(Pad(len(inner)))), k); err != nil {
		t.Fatalf("the right padding: %v", err)
	}
	last, first := padded(256), padded(256)
	last[255], first[len(inner)] = 1, 0x80
	for name, plain := range map[string][]byte{
		"a byte at the end":         last,
		"a byte after the content":  first,
		"none":                      inner,
		"the next bucket":           padded(272),
		"one too many":              padded(257),
		"one too few":               padded(255),
		"nothing at all":            {},
		"a signature and no author": inner[:70],
		"content that is cut":       inner[:len(inner)-1],
	} {
		_, err := Open(reseal(plain), k)
		damaged(t, err, "%s", name)
	}
	clear := rec
	clear.Mode, clear.Key, clear.Payload = ModeClear, ID{}, padded(256)
	_, err = OpenClear(clear)
	damaged(t, err, "padding in clear")
}

func TestPad(t *testing.T) {
	for _, c := range []struct{ n, want int }{
		{0, 256}, {1, 256}, {256, 256}, {257, 272}, {272, 272}, {273, 288}, {511, 512}, {513, 544},
		{1000, 1024}, {4097, 4352}, {65537, 67584}, {1 << 20, 1 << 20}, {1<<20 + 1, 1<<20 + 1<<15},
	} {
		if got := Pad(c.n); got != c.want {
			t.Errorf("Pad(%d): got %d, want %d", c.n, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(257, MaxPayload).Draw(t, "n")
		p := Pad(n)
		if p < n || Pad(p) != p || Pad(n+1) < p || (p-n)*100 > 12*n {
			t.Errorf("Pad(%d) is %d", n, p)
		}
	})
}

func TestLimits(t *testing.T) {
	by, _ := author(7)
	for name, change := range map[string]func(*Entry){
		"no stream":   func(e *Entry) { e.Stream = ID{} },
		"no kind":     func(e *Entry) { e.Kind = "" },
		"long kind":   func(e *Entry) { e.Kind = strings.Repeat("k", maxKind+1) },
		"many afters": func(e *Entry) { e.After = make([]ID, MaxAfter+1) },
		"body":        func(e *Entry) { e.Body = make([]byte, MaxPayload+1) },
		"padded body": func(e *Entry) { e.Body = make([]byte, MaxPayload-200) },
	} {
		e := anEntry()
		change(&e)
		if _, err := Seal(&e, by, key(9)); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
	e := anEntry()
	if _, err := Seal(&e, by, Key{}); err == nil {
		t.Error("sealed under no key")
	}
	e.Kind, e.After = strings.Repeat("k", maxKind), make([]ID, MaxAfter)
	if _, err := Open(sealed(t, e, by, key(9)), key(9)); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	huge := Record{Mode: ModeSealed, Payload: make([]byte, MaxPayload+1)}
	if _, err := huge.MarshalBinary(); err == nil {
		t.Error("wrote a record that is too large")
	}
	for _, r := range []Record{{}, {Mode: 3}, {Mode: ModeClear, Key: ID{1}}} {
		if _, err := r.MarshalBinary(); err == nil {
			t.Errorf("wrote mode %d with key %v", r.Mode, r.Key)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	by, _ := author(7)
	b, err := sealed(t, anEntry(), by, key(9)).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	change := func(at int, v byte) []byte { c := bytes.Clone(b); c[at] = v; return c }
	for name, b := range map[string][]byte{
		"nothing":         nil,
		"half a header":   b[:30],
		"no length":       b[:headerLen+3],
		"a byte missing":  b[:len(b)-1],
		"a byte too many": append(bytes.Clone(b), 0),
		"version 0":       change(0, 0),
		"version 2":       change(0, 2),
		"mode 0":          change(1, 0),
		"mode 3":          change(1, 3),
		"clear with key":  change(1, ModeClear),
		"huge length":     change(headerLen, 0xff),
	} {
		r := Record{ID: ID{42}}
		damaged(t, r.UnmarshalBinary(b), "%s", name)
		if r.ID != (ID{42}) || r.Payload != nil {
			t.Errorf("%s: changed what it was read into", name)
		}
	}
	var r Record
	if err := r.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	clear(b)
	if r.ID != (ID{1}) || bytes.Count(r.Payload, []byte{0}) == len(r.Payload) {
		t.Error("shares memory with what it was read from")
	}
}

// Every field of a record is in its leaf, and a pruned record's leaf follows from
// its header and digest.
func TestLeafHash(t *testing.T) {
	by, _ := author(7)
	r := sealed(t, anEntry(), by, key(9))
	want := r.LeafHash()
	for name, change := range map[string]func(*Record){
		"mode":    func(r *Record) { r.Mode = 2 },
		"id":      func(r *Record) { r.ID[15] ^= 1 },
		"stream":  func(r *Record) { r.Stream[15] ^= 1 },
		"key":     func(r *Record) { r.Key[15] ^= 1 },
		"payload": func(r *Record) { r.Payload = append(bytes.Clone(r.Payload), 0) },
	} {
		c := r
		if change(&c); c.LeafHash() == want {
			t.Errorf("%s is not in the leaf", name)
		}
	}
}

func TestID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		if got, err := ParseID(id.String()); err != nil || got != id {
			t.Errorf("got %v and %v, want %v", got, err, id)
		}
		b, err := json.Marshal(map[ID]ID{id: id})
		if err != nil {
			t.Fatal(err)
		}
		var got map[ID]ID
		if err := json.Unmarshal(b, &got); err != nil || got[id] != id {
			t.Errorf("got %v and %v from %s", got, err, b)
		}
	})
	for _, s := range []string{"", "0", strings.Repeat("0", 31), strings.Repeat("0", 33), strings.Repeat("A", 32), strings.Repeat("g", 32), " " + strings.Repeat("0", 31)} {
		if _, err := ParseID(s); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("ParseID(%q): got %v", s, err)
		}
	}
	if NewID() == NewID() || NewID().IsZero() || !(ID{}).IsZero() {
		t.Error("IDs are not random")
	}
}

func TestKeyID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "ids")
		a, b := ID(bits), ID(bits[16:])
		if KeyID(a, b) != KeyID(a, b) || a != b && KeyID(a, b) == KeyID(b, a) || KeyID(a, b) == a || KeyID(a, b) == b {
			t.Errorf("KeyID of %v and %v", a, b)
		}
	})
}

func TestHolderID(t *testing.T) {
	enc, sig := bytes.Repeat([]byte{1}, encryptLen), bytes.Repeat([]byte{2}, 32)
	id := HolderID(enc, sig)
	for i := range enc {
		c := bytes.Clone(enc)
		if c[i] ^= 1; HolderID(c, sig) == id {
			t.Fatalf("byte %d of the encryption key is not in the ID", i)
		}
	}
	for i := range sig {
		c := bytes.Clone(sig)
		if c[i] ^= 1; HolderID(enc, c) == id {
			t.Fatalf("byte %d of the signing key is not in the ID", i)
		}
	}
}

// Neither a key nor a signer comes out in a log line or a page.
func TestSecretsDoNotPrint(t *testing.T) {
	by, _ := author(0xab)
	k := NewKey(ID{1}, bytes.Repeat([]byte{0xab}, 32))
	type holds struct {
		Key Key
		own Key
	}
	prk := (*k.prk)[:]
	forms := []string{string(prk), fmt.Sprintf("%x", prk[:4]), fmt.Sprintf("%X", prk[:4]), fmt.Sprint(prk[:4]), "abab", "ABAB", "171 171", "q6ur"}
	wantNone := func(how, got string) {
		for _, form := range forms {
			if strings.Contains(got, strings.Trim(form, "[]")) {
				t.Errorf("%s prints %s", how, got)
			}
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d", "%o"} {
		wantNone(verb+" of a signer", fmt.Sprintf(verb, by))
		wantNone(verb+" of a pointer to a signer", fmt.Sprintf(verb, &by))
		wantNone(verb+" of signers", fmt.Sprintf(verb, []Signer{by}))
		wantNone(verb+" of a key", fmt.Sprintf(verb, k))
		wantNone(verb+" of what holds a key", fmt.Sprintf(verb, holds{k, k}))
	}
	if b, err := json.Marshal(by); err == nil {
		t.Errorf("a signer was encoded: %s", b)
	}
	b, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	wantNone("JSON", string(b))
}
