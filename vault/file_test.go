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
		at, n, err := h.OpenFileAt(w.Header(), bytes.NewReader(stored.Bytes()), int64(stored.Len()))
		if err != nil || n != int64(ledger.Pad(size)) {
			t.Fatalf("%d bytes: %d can be read at any place, and %v", size, n, err)
		}
		for _, off := range []int64{0, int64(size) / 3, int64(size) - 1, chunk - 1} {
			part := make([]byte, 3)
			if off < 0 || off+3 > int64(size) {
				continue
			}
			if _, err := at.ReadAt(part, off); err != nil || !bytes.Equal(part, plain[off:off+3]) {
				t.Errorf("%d bytes: got %q at %d, and %v", size, part, off, err)
			}
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

// What was cut off or changed is not opened at any place as if it were whole.
func TestFileAtOfBroken(t *testing.T) {
	h, other := holder(t, 3), holder(t, 4)
	var stored bytes.Buffer
	w, err := SealFile(&stored, h.Public(ledger.UseDesk))
	if err != nil {
		t.Fatal(err)
	}
	w.Write(bytes.Repeat([]byte("Aglaya"), 40_000))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	open := func(h *Holder, header, b []byte) (io.ReaderAt, error) {
		r, _, err := h.OpenFileAt(header, bytes.NewReader(b), int64(len(b)))
		return r, err
	}
	if _, err := open(h, w.Header(), stored.Bytes()[:stored.Len()-1000]); err == nil {
		t.Error("a file opens that was cut off in a chunk")
	}
	if _, err := open(h, w.Header(), stored.Bytes()[:ageNonce+2*(64<<10+16)]); err == nil {
		t.Error("a file opens that was cut off between chunks")
	}
	if _, err := open(other, w.Header(), stored.Bytes()); err == nil {
		t.Error("another holder opens it")
	}
	if _, err := open(h, nil, stored.Bytes()); err == nil {
		t.Error("it opens without a header")
	}
	changed := bytes.Clone(stored.Bytes())
	changed[70_000] ^= 1 // in its second chunk
	r, err := open(h, w.Header(), changed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadAt(make([]byte, 10), 0); err != nil {
		t.Error("the chunk before the changed one:", err)
	}
	if n, err := r.ReadAt(make([]byte, 10), 66_000); err == nil || n != 0 {
		t.Error("a changed chunk opens")
	}
}
