package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"golang.org/x/crypto/argon2"

	"habeas/ledger"
)

var update = flag.Bool("update", false, "write testdata/vectors anew; only before anybody has written entries")

const vectorFile = "testdata/vectors/vault.json"

// hexed is bytes that JSON holds in hexadecimal.
type hexed []byte

func (h hexed) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexed) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

// vectors pin docs/format-vault.md. Fixed is made from seeds; Sealed holds what is
// random, and can only be opened.
type vectors struct {
	Comment string `json:"comment"`
	Fixed   struct {
		Seed        hexed     `json:"seed"`
		Encryption  hexed     `json:"encryption_key"` // the 32 bytes of the HPKE private key
		AgeIdentity string    `json:"age_identity"`
		PublicHash  hexed     `json:"encryption_public_sha256"`
		Signing     hexed     `json:"signing_seed"`
		Verify      hexed     `json:"signing_public"`
		Holder      ledger.ID `json:"holder"`
		Derived     hexed     `json:"derived_test"` // Derive("test")

		Source    ledger.ID `json:"source"`
		Secret    hexed     `json:"source_secret"`
		SourceKey ledger.ID `json:"source_key_id"`
		Entry     ledger.ID `json:"entry"`
		EntryKey  hexed     `json:"entry_key"`        // under the holder's own key
		Sourced   hexed     `json:"source_entry_key"` // under the source's
		Bound     hexed     `json:"bound"`            // Bind(source, secret)

		Pepper hexed  `json:"pepper"`
		Name   string `json:"login_name"`
		Handle hexed  `json:"handle"`
	} `json:"fixed"`
	Sealed struct {
		Key        ledger.ID `json:"wrap_key"`
		Stream     ledger.ID `json:"wrap_stream"`
		Box        hexed     `json:"wrap_box"`
		Secret     hexed     `json:"wrap_secret"`
		Draft      hexed     `json:"draft_box"`
		DraftText  string    `json:"draft_text"`
		Passphrase string    `json:"passphrase"`
		Login      hexed     `json:"login_record"` // of Seed, at a small cost
	} `json:"sealed"`
}

func makeFixed(t testing.TB, v *vectors) *Holder {
	v.Comment = "pins docs/format-vault.md; if a test fails, mend the code, not this file"
	f := &v.Fixed
	h := holder(t, 0x42)
	public := h.Public(ledger.UseMember)
	hash := sha256.Sum256(public.Encrypt)
	f.Seed, f.Encryption, f.PublicHash = h.seed.Bytes(), h.seed.derive("habeas holder encryption v1"), hash[:]
	f.AgeIdentity = string(bytes.ToUpper([]byte(bech32("age-secret-key-pq-", f.Encryption))))
	f.Signing, f.Verify, f.Holder = h.Signer().Key.Seed(), public.Sign, h.ID()
	derived := h.seed.Derive("test")
	f.Derived = derived[:]
	f.Source, f.Secret, f.Entry = ledger.ID{1}, bytes.Repeat([]byte{7}, 32), ledger.ID{2}
	key := h.SourceKey(f.Source, f.Secret)
	own, sourced, bound := h.Key().Entry(f.Entry), key.Entry(f.Entry), h.Bind(f.Source, f.Secret)
	f.SourceKey, f.EntryKey, f.Sourced, f.Bound = key.ID, own[:], sourced[:], bound[:]
	pepper := aPepper()
	f.Pepper, f.Name = pepper.Bytes(), " Олéна ＩＶ"
	f.Handle = pepper.Handle(f.Name)
	return h
}

func makeSealed(t testing.TB, v *vectors, h *Holder) {
	s := &v.Sealed
	s.Key, s.Stream, s.Secret = ledger.ID{3}, ledger.ID{4}, bytes.Repeat([]byte{8}, 32)
	s.Box = wrapTo(t, h, s.Key, s.Stream, s.Secret).Box
	s.DraftText, s.Passphrase = "what was typed", "Ёлка seven ﬁelds"
	var err error
	if s.Draft, err = SealDraft(h.Public(ledger.UseMember), []byte(s.DraftText)); err != nil {
		t.Fatal(err)
	}
	if s.Login, err = aPepper().NewLogin(v.Fixed.Name, NewText(s.Passphrase), cheap(), h.seed); err != nil {
		t.Fatal(err)
	}
}

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVectors(t *testing.T) {
	var made vectors
	h := makeFixed(t, &made)
	if *update {
		makeSealed(t, &made, h)
		b, err := json.MarshalIndent(made, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	v := readVectors(t)
	got, err := json.MarshalIndent(made.Fixed, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.MarshalIndent(v.Fixed, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s := v.Sealed
	secret, err := h.Unwrap(Wrap{Key: s.Key, Stream: s.Stream, Holder: h.ID(), Box: []byte(s.Box)})
	if err != nil || !bytes.Equal(secret, s.Secret) {
		t.Errorf("wrap: got %x and %v", secret, err)
	}
	draft, err := h.OpenDraft(s.Draft)
	if err != nil || string(draft) != s.DraftText {
		t.Errorf("draft: got %q and %v", draft, err)
	}
	seed, err := aPepper().OpenLogin(v.Fixed.Name, NewText(s.Passphrase), cheap(), s.Login)
	if err != nil || !bytes.Equal(seed.Bytes(), v.Fixed.Seed) {
		t.Errorf("login: %v", err)
	}
}

// This reads the vectors by docs/format-vault.md alone: it uses nothing of this
// package but the names of their fields.
func TestVectorsByTheDocument(t *testing.T) {
	v := readVectors(t)
	f, s := v.Fixed, v.Sealed
	expect := func(what string, got, want []byte) {
		t.Helper()
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got %x, want %x", what, got, want)
		}
	}
	must := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	from := func(ikm []byte, info string) []byte {
		t.Helper()
		return must(hkdf.Key(sha256.New, ikm, nil, info, 32))
	}
	entryKey := func(ikm []byte) []byte {
		t.Helper()
		prk := must(hkdf.Extract(sha256.New, ikm, []byte("habeas sealing key v1")))
		return must(hkdf.Expand(sha256.New, prk, "habeas entry key v1"+string(f.Entry[:]), 32))
	}
	private, err := hpke.MLKEM768X25519().NewPrivateKey(from(f.Seed, "habeas holder encryption v1"))
	if err != nil {
		t.Fatal(err)
	}
	public := private.PublicKey().Bytes()
	hash := sha256.Sum256(public)
	sign := ed25519.NewKeyFromSeed(from(f.Seed, "habeas holder signing v1"))
	verify := sign.Public().(ed25519.PublicKey)
	id := sha256.Sum256(append(append([]byte("habeas holder v1"), public...), verify...))
	expect("encryption key", from(f.Seed, "habeas holder encryption v1"), f.Encryption)
	expect("public key", hash[:], f.PublicHash)
	expect("signing seed", sign.Seed(), f.Signing)
	expect("signing key", verify, f.Verify)
	expect("holder", id[:16], f.Holder[:])
	expect("derived", from(f.Seed, "habeas derived v1 test"), f.Derived)

	own := from(f.Seed, "habeas entries v1")
	keyID := sha256.Sum256(append(append([]byte("habeas sealing key id v1"), f.Source[:]...), f.Holder[:]...))
	expect("source key ID", keyID[:16], f.SourceKey[:])
	expect("entry key", entryKey(own), f.EntryKey)
	expect("source's entry key", entryKey(append(bytes.Clone(f.Secret), own...)), f.Sourced)
	bound := append(bytes.Clone(f.Secret), from(f.Seed, "habeas bound v1")...)
	expect("bound key", from(bound, "habeas bound key v1"+string(f.Source[:])), f.Bound)

	info := fmt.Sprintf("habeas wrap v1\n%x\n%x\n%x\n", s.Key[:], s.Stream[:], f.Holder[:])
	expect("wrap", must(hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info), s.Box)), s.Secret)
	expect("draft", must(hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("habeas draft v1"), s.Draft)), []byte(s.DraftText))

	m := hmac.New(sha256.New, f.Pepper)
	m.Write([]byte("habeas handle v1\nолéна iv")) // trimmed, NFKC, lower case
	handle := m.Sum(nil)
	expect("handle", handle, f.Handle)
	head := s.Login[:25]
	expect("login head", head[:9], []byte{1, 0, 0, 0, 1, 0, 0, 0, 64})
	slow := argon2.IDKey([]byte("Ёлка seven fields"), head[9:25], 1, 64, 1, 32) // NFKC
	block, err := aes.NewCipher(from(append(slow, f.Pepper...), "habeas login v1"))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	expect("login", must(aead.Open(nil, s.Login[25:37], s.Login[37:], append(handle, head...))), f.Seed)
}
