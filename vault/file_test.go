package vault

import (
	"bytes"
	"crypto/sha256"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"habeas/ledger"
)

// What was sealed comes back, whatever its size, and zeros after it; stock age
// opens it with the holder's identity; without its header nobody does.
func TestFile(t *testing.T) {
	h := holder(t, 3)
	const chunk = 64 << 10
	for _, size := range []int{0, 1, 255, 257, chunk - 1, chunk, chunk + 1, 3*chunk + 7} {
		plain := bytes.Repeat([]byte("Aglaya"), size/6+1)[:size]
		var stored bytes.Buffer
		w, err := SealFile(&stored, h.Public(ledger.UseDesk))
		if err != nil {
			t.Fatal(err)
		}
		w.Write(plain[:size/2])
		w.Write(plain[size/2:])
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if w.Size() != int64(size) || w.Sum() != sha256.Sum256(plain) {
			t.Errorf("%d bytes: got size %d or another hash", size, w.Size())
		}
		if bytes.Contains(stored.Bytes(), []byte("Aglaya")) {
			t.Errorf("%d bytes: what is stored is in clear", size)
		}
		r, err := h.OpenFile(w.Header(), bytes.NewReader(stored.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || len(got) != ledger.Pad(size) || !bytes.Equal(got[:size], plain) || strings.Trim(string(got[size:]), "\x00") != "" {
			t.Errorf("%d bytes: got %d bytes back, and %v", size, len(got), err)
		}
		identity, err := age.ParseHybridIdentity(h.Age().Reveal())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := age.Decrypt(io.MultiReader(bytes.NewReader(w.Header()), &stored), identity); err != nil {
			t.Errorf("%d bytes: stock age: %v", size, err)
		}
	}
}

// Two files of nearly one size take the same room, and another holder opens none.
func TestFileOfOthers(t *testing.T) {
	h, other := holder(t, 3), holder(t, 4)
	var a, b bytes.Buffer
	var header []byte
	for size, to := range map[int]*bytes.Buffer{100_000: &a, 100_300: &b} {
		w, err := SealFile(to, h.Public(ledger.UseDesk))
		if err != nil {
			t.Fatal(err)
		}
		w.Write(make([]byte, size))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		header = w.Header()
	}
	if a.Len() != b.Len() {
		t.Errorf("100,000 and 100,300 bytes take %d and %d", a.Len(), b.Len())
	}
	if _, err := other.OpenFile(header, &b); err == nil {
		t.Error("another holder opens it")
	}
	if _, err := h.OpenFile(nil, &a); err == nil {
		t.Error("it opens without a header")
	}
}
