package vault

import (
	"bytes"
	"testing"
	"time"

	"habeas/ledger"
)

// TestCheckKeyTakesThePepper: the same secret opens nothing with another pepper,
// and has the same ID.
func TestCheckKeyTakesThePepper(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, 32)
	a, b := aPepper().CheckKey(secret), NewPepper().CheckKey(secret)
	if a.ID != b.ID || a.ID == aPepper().CheckKey(bytes.Repeat([]byte{8}, 32)).ID {
		t.Error("the ID is not that of the secret")
	}
	if a.Alias == b.Alias {
		t.Error("the pepper is not in what stands for a person")
	}
	h := holder(t, 1)
	e := ledger.Entry{Stream: ledger.ID{1}, Kind: "x", Time: time.Unix(0, 0), Body: []byte("hashes")}
	s, err := ledger.Seal(&e, h.Signer(), a.Entries)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(s.Record(), b.Entries); err == nil {
		t.Error("opens with another pepper")
	}
	if _, err := ledger.Open(s.Record(), aPepper().CheckKey(secret).Entries); err != nil {
		t.Error(err)
	}
}
