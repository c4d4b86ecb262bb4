package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// logKey returns the signer of a log and who verifies it.
func logKey(t testing.TB, origin string, n byte) (note.Signer, note.Verifiers) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, 32))
	signer, err := NoteSigner(origin, key)
	if err != nil {
		t.Fatal(err)
	}
	known, err := NoteVerifiers(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return signer, known
}

func TestCheckpoint(t *testing.T) {
	origin := Origin(ID{5})
	signer, known := logKey(t, origin, 1)
	root := tlog.Hash(sha256.Sum256([]byte("root")))
	for _, size := range []int64{0, 1, 1 << 40} {
		signed, err := SignCheckpoint(size, root, signer)
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenCheckpoint(signed, known)
		if want := (Checkpoint{origin, size, root}); err != nil || got != want {
			t.Errorf("got %v and %v, want %v", got, err, want)
		}
		for bit := range len(signed) * 8 {
			bad := bytes.Clone(signed)
			bad[bit/8] ^= 1 << (bit % 8)
			again, err := OpenCheckpoint(bad, known)
			// The base64 of a signature has bits that mean nothing.
			if err == nil && (again != got || !bytes.HasPrefix(bad, []byte(got.text()))) {
				t.Errorf("believed %v with bit %d flipped", again, bit)
			}
		}
	}
}

// Somebody who took another server, or another log's key, cannot speak for this
// log; a node that joined later can.
func TestCheckpointOfAnother(t *testing.T) {
	origin := Origin(ID{5})
	signer, known := logKey(t, origin, 1)
	thief, _ := logKey(t, origin, 2)
	other, _ := logKey(t, Origin(ID{6}), 1)
	for name, s := range map[string]note.Signer{"another key": thief, "another log": other} {
		signed, err := SignCheckpoint(3, tlog.Hash{}, s)
		if err != nil {
			t.Fatal(err)
		}
		_, err = OpenCheckpoint(signed, known)
		damaged(t, err, "%s", name)
	}
	first := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)).Public().(ed25519.PublicKey)
	second := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32)).Public().(ed25519.PublicKey)
	both, err := NoteVerifiers(origin, first, second)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []note.Signer{signer, thief} {
		signed, err := SignCheckpoint(3, tlog.Hash{}, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCheckpoint(signed, both); err != nil {
			t.Errorf("either node: %v", err)
		}
	}
}

// A partner's log may cosign ours, before or after our own signature, and add
// nothing by itself.
func TestCosigned(t *testing.T) {
	origin := Origin(ID{5})
	ours, _ := logKey(t, origin, 1)
	partner, _ := logKey(t, "partner.example/witness", 2)
	ourKey := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)).Public().(ed25519.PublicKey)
	theirKey := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32)).Public().(ed25519.PublicKey)
	verifier := func(name string, k ed25519.PublicKey) note.Verifier {
		vkey, err := note.NewEd25519VerifierKey(name, k)
		if err != nil {
			t.Fatal(err)
		}
		v, err := note.NewVerifier(vkey)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	known := note.VerifierList(verifier(origin, ourKey), verifier("partner.example/witness", theirKey))
	text := origin + "\n7\n" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n"
	for name, signers := range map[string][]note.Signer{"ours first": {ours, partner}, "theirs first": {partner, ours}} {
		signed, err := note.Sign(&note.Note{Text: text}, signers...)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := OpenCheckpoint(signed, known); err != nil || got.Size != 7 {
			t.Errorf("%s: got %v and %v", name, got, err)
		}
	}
	signed, err := note.Sign(&note.Note{Text: text}, partner)
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenCheckpoint(signed, known)
	damaged(t, err, "theirs alone")
}

func TestCheckpointText(t *testing.T) {
	origin := Origin(ID{5})
	signer, known := logKey(t, origin, 1)
	root := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 32))
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"as it should be":       {origin + "\n7\n" + root + "\n", true},
		"with an extension":     {origin + "\n7\n" + root + "\nextension\n", true},
		"of another origin":     {"other.example\n7\n" + root + "\n", false},
		"no root":               {origin + "\n7\n", false},
		"no size":               {origin + "\n", false},
		"a negative size":       {origin + "\n-7\n" + root + "\n", false},
		"a signed size":         {origin + "\n+7\n" + root + "\n", false},
		"a padded size":         {origin + "\n07\n" + root + "\n", false},
		"a huge size":           {origin + "\n9223372036854775808\n" + root + "\n", false},
		"a short root":          {origin + "\n7\n" + root[:40] + "\n", false},
		"a long root":           {origin + "\n7\n" + base64.StdEncoding.EncodeToString(make([]byte, 33)) + "\n", false},
		"root of stray bits":    {origin + "\n7\n" + strings.Replace(root, "8=", "9=", 1) + "\n", false},
		"root of the URL kind":  {origin + "\n7\n" + strings.ReplaceAll(root, "/", "_") + "\n", false},
		"hexadecimal size":      {origin + "\n0x7\n" + root + "\n", false},
		"blank before the size": {origin + "\n 7\n" + root + "\n", false},
	} {
		signed, err := note.Sign(&note.Note{Text: c.text}, signer)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := OpenCheckpoint(signed, known); (err == nil) != c.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
