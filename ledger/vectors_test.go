package ledger

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

var update = flag.Bool("update", false, "write testdata/vectors anew; only before anybody has written entries")

const vectorFile = "testdata/vectors/ledger.json"

// hexed is bytes that JSON holds in hexadecimal.
type hexed []byte

func (h hexed) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexed) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

type entryVector struct {
	Name string `json:"name"`
	// What it is made of.
	Secrets []hexed `json:"secrets,omitempty"` // of the sealing key, in order; none for an entry in clear
	Nonce   hexed   `json:"nonce,omitempty"`
	Seed    hexed   `json:"seed"` // of the author's Ed25519 key
	Author  ID      `json:"author"`
	ID      ID      `json:"id"`
	Stream  ID      `json:"stream"`
	Key     ID      `json:"key"`
	Time    int64   `json:"time"` // milliseconds since 1970
	After   []ID    `json:"after"`
	Kind    string  `json:"kind"`
	Body    string  `json:"body"`
	// What must come of it.
	EntryKey hexed `json:"entry_key,omitempty"`
	Record   hexed `json:"record"`
	Leaf     hexed `json:"leaf"`
}

type vectors struct {
	Comment string        `json:"comment"`
	Entries []entryVector `json:"entries"`
	KeyIDs  []struct {
		Source     ID `json:"source"`
		Generation ID `json:"generation"`
		ID         ID `json:"id"`
	} `json:"key_ids"`
	HolderID struct {
		Encrypt hexed `json:"encrypt_sha256_repeated"` // 32 bytes, repeated to 1216
		Sign    hexed `json:"sign"`
		ID      ID    `json:"id"`
	} `json:"holder_id"`
	Pad        [][2]int `json:"pad"`
	Checkpoint struct {
		Root ID     `json:"root"` // the first keeper
		Seed hexed  `json:"seed"` // of the node's Ed25519 key
		Note string `json:"note"` // of the log whose leaves are the entries above, in order
	} `json:"checkpoint"`
}

// makeVectors makes everything from fixed seeds.
func makeVectors(t testing.TB) (v vectors) {
	v.Comment = "pins docs/format-ledger.md; if a test fails, mend the code, not this file"
	for i, e := range []Entry{
		{Kind: "claim", Time: time.UnixMilli(1670000000123), Body: []byte(`{"subject":"p:abcdefghijkmnpqr"}`)},
		{Kind: "act", Time: time.UnixMilli(-1), After: []ID{{0xa1}, {0xa2}}, Body: bytes.Repeat([]byte("слово "), 100)},
		{Kind: "x", Time: time.UnixMilli(0)},
	} {
		n := byte(i + 1)
		ev := entryVector{Name: e.Kind + " sealed", Seed: bytes.Repeat([]byte{n}, 32), Nonce: bytes.Repeat([]byte{0x10 + n}, 12)}
		ev.Secrets = []hexed{bytes.Repeat([]byte{0x20 + n}, 32), bytes.Repeat([]byte{0x30 + n}, 32)}[i%2:]
		var secrets [][]byte
		for _, s := range ev.Secrets {
			secrets = append(secrets, s)
		}
		k := NewKey(ID{0x40 + n}, secrets...)
		e.ID, e.Stream = ID{0x50 + n}, ID{0x60 + n}
		s, err := seal(&e, Signer{ID{0x70 + n}, ed25519.NewKeyFromSeed(ev.Seed)}, k, [12]byte(ev.Nonce))
		if err != nil {
			t.Fatal(err)
		}
		secret := k.Entry(e.ID)
		ev.EntryKey = secret[:]
		v.Entries = append(v.Entries, ev.of(t, e, s.Record()))
	}
	vera, petro := somebodyCalled("vera", UseMember, Keeper), somebodyCalled("petro", UseMember, Caseworker, Analyst)
	office := somebodyCalled("office", UseCircleBody).circle(somebodyCalled("office's vault", UseCircleVault))
	office.Office = true
	next := somebodyCalled("next", UseCircleBody)
	next.Holder = next.Succeed(office.Holder, office.signer())
	for i, n := range []Notice{
		vera.Holder, petro.Holder, office.Holder, Grant{ID{1}, ID{2}}, Revoke{ID{1}, ID{2}},
		next.Holder, Suspend{petro.ID}, Return{petro.ID}, Remove{petro.ID},
	} {
		e := Entry{ID: ID{0x80 + byte(i)}, Stream: DirectoryStream(vera.ID), After: []ID{{0xa1}}[:i%2], Time: time.UnixMilli(1670000000123)}
		s, err := publish(n, e, vera.signer())
		if err != nil {
			t.Fatal(err)
		}
		o, err := OpenClear(s.Record())
		if err != nil {
			t.Fatal(err)
		}
		v.Entries = append(v.Entries, entryVector{Name: n.kind() + " in clear", Seed: hexed(vera.key.Seed())}.of(t, o.Followed(), s.Record()))
	}
	v.KeyIDs = append(v.KeyIDs, struct {
		Source     ID `json:"source"`
		Generation ID `json:"generation"`
		ID         ID `json:"id"`
	}{ID{1}, ID{2}, KeyID(ID{1}, ID{2})})
	v.HolderID.Encrypt, v.HolderID.Sign, v.HolderID.ID = vera.Encrypt[:32], vera.Sign, vera.ID
	for _, n := range []int{0, 256, 257, 300, 1000, 4097, 65537, 1<<20 + 1} {
		v.Pad = append(v.Pad, [2]int{n, Pad(n)})
	}
	v.Checkpoint.Root, v.Checkpoint.Seed = vera.ID, bytes.Repeat([]byte{0x99}, 32)
	v.Checkpoint.Note = string(v.note(t))
	return v
}

func (ev entryVector) of(t testing.TB, e Entry, r Record) entryVector {
	b, err := r.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	leaf := r.LeafHash()
	ev.ID, ev.Stream, ev.Key, ev.Author = e.ID, e.Stream, e.Key, e.Author
	ev.Time, ev.After, ev.Kind, ev.Body = e.Time.UnixMilli(), e.After, e.Kind, string(e.Body)
	ev.Record, ev.Leaf = b, leaf[:]
	return ev
}

// note signs the checkpoint of the log of v's entries.
func (v vectors) note(t testing.TB) []byte {
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, hashes[i])
		}
		return out, nil
	})
	for i, e := range v.Entries {
		more, err := tlog.StoredHashesForRecordHash(int64(i), tlog.Hash(e.Leaf), read)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(int64(len(v.Entries)), read)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NoteSigner(Origin(v.Checkpoint.Root), ed25519.NewKeyFromSeed(v.Checkpoint.Seed))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := SignCheckpoint(int64(len(v.Entries)), root, signer)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestVectors(t *testing.T) {
	got, err := json.MarshalIndent(makeVectors(t), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(vectorFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("line %d: got\n%s\nwant\n%s", i+1, gotLines[i], wantLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("got %d lines, want %d", len(gotLines), len(wantLines))
	}
}

// What follows reads the vectors by docs/format-ledger.md alone: it uses nothing
// of this package but the names of its JSON fields.

func TestVectorsByTheDocument(t *testing.T) {
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Entries) < 8 {
		t.Fatalf("only %d entries", len(v.Entries))
	}
	var leaves [][]byte
	for _, e := range v.Entries {
		if err := readByTheDocument(e); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		leaves = append(leaves, e.Leaf)
	}
	for _, k := range v.KeyIDs {
		if got := sum("habeas sealing key id v1", k.Source[:], k.Generation[:])[:16]; !bytes.Equal(got, k.ID[:]) {
			t.Errorf("key ID: got %x, want %v", got, k.ID)
		}
	}
	h := v.HolderID
	if got := sum("habeas holder v1", bytes.Repeat(h.Encrypt, 38), h.Sign)[:16]; !bytes.Equal(got, h.ID[:]) {
		t.Errorf("holder ID: got %x, want %v", got, h.ID)
	}
	text := fmt.Sprintf("habeas.invalid/log/%x\n%d\n%s\n", v.Checkpoint.Root[:], len(leaves), base64.StdEncoding.EncodeToString(merkle(leaves)))
	if !strings.HasPrefix(v.Checkpoint.Note, text+"\n— ") {
		t.Errorf("checkpoint: got\n%s\nwant\n%s", v.Checkpoint.Note, text)
	}
	line := strings.Fields(strings.TrimPrefix(v.Checkpoint.Note, text+"\n"))
	sig, err := base64.StdEncoding.DecodeString(line[2])
	pub := ed25519.NewKeyFromSeed(v.Checkpoint.Seed).Public().(ed25519.PublicKey)
	if err != nil || len(sig) != 4+64 || !ed25519.Verify(pub, []byte(text), sig[4:]) {
		t.Errorf("the checkpoint is not signed: %v", err)
	}
}

func sum(label string, parts ...[]byte) []byte {
	h := sha256.New()
	h.Write([]byte(label))
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// mac and expand are HMAC-SHA256 and HKDF-Expand (RFC 5869), written out.
func mac(key, msg []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(msg)
	return m.Sum(nil)
}

func expand(prk []byte, info string, n int) (out []byte) {
	var t []byte
	for i := byte(1); len(out) < n; i++ {
		t = mac(prk, append(append(t, info...), i))
		out = append(out, t...)
	}
	return out[:n]
}

// merkle is MTH of RFC 6962, over leaf hashes.
func merkle(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	return sum("\x01", merkle(leaves[:k]), merkle(leaves[k:]))
}

func readByTheDocument(v entryVector) error {
	r := []byte(v.Record)
	header, size, payload := r[:50], binary.BigEndian.Uint32(r[50:54]), r[54:]
	sealed := len(v.Secrets) > 0
	wantHeader := append([]byte{1, map[bool]byte{true: 1, false: 2}[sealed]}, v.ID[:]...)
	wantHeader = append(append(wantHeader, v.Stream[:]...), v.Key[:]...)
	if !bytes.Equal(header, wantHeader) || int(size) != len(payload) {
		return fmt.Errorf("header %x, size %d", header, size)
	}
	digest := sha256.Sum256(payload)
	if got := sum("\x00", header, digest[:]); !bytes.Equal(got, v.Leaf) {
		return fmt.Errorf("leaf %x", got)
	}
	inner := payload
	if sealed {
		var secrets []byte
		for _, s := range v.Secrets {
			secrets = append(secrets, s...)
		}
		entryKey := expand(mac([]byte("habeas sealing key v1"), secrets), "habeas entry key v1"+string(v.ID[:]), 32)
		keys := expand(entryKey, "habeas entry seal v1", 64)
		if !bytes.Equal(entryKey, v.EntryKey) || !bytes.Equal(keys[32:], payload[:32]) || !bytes.Equal(v.Nonce, payload[32:44]) {
			return fmt.Errorf("entry key %x, commitment %x", entryKey, keys[32:])
		}
		block, err := aes.NewCipher(keys[:32])
		if err != nil {
			return err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return err
		}
		if inner, err = aead.Open(nil, payload[32:44], payload[44:], header); err != nil {
			return err
		}
	}
	content := binary.BigEndian.AppendUint64(bytes.Clone(v.Author[:]), uint64(v.Time))
	content = append(content, byte(len(v.After)))
	for _, id := range v.After {
		content = append(content, id[:]...)
	}
	content = append(append(content, byte(len(v.Kind))), v.Kind...)
	content = binary.BigEndian.AppendUint32(content, uint32(len(v.Body)))
	content = append(content, v.Body...)
	sig, rest := inner[:64], inner[64:]
	if !bytes.HasPrefix(rest, content) || len(bytes.Trim(rest[len(content):], "\x00")) != 0 || !sealed && len(rest) != len(content) {
		return fmt.Errorf("content %q", rest)
	}
	pub := ed25519.NewKeyFromSeed(v.Seed).Public().(ed25519.PublicKey)
	if !ed25519.Verify(pub, append(append([]byte("habeas entry v1\n"), header...), content...), sig) {
		return fmt.Errorf("signature %x", sig)
	}
	return nil
}
