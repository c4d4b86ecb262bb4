package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"habeas/fault"
)

// cheap is a cost for tests; what it does is counted, not timed.
func cheap() Cost { return Cost{Time: 1, Memory: 64} }

func aPepper() Pepper { return Pepper{seedOf([32]byte(bytes.Repeat([]byte{0x77}, 32)))} }

func newLogin(t testing.TB, handle, pass string) (record []byte, seed Seed) {
	t.Helper()
	seed = NewSeed()
	record, err := aPepper().NewLogin(handle, NewText(pass), cheap(), seed)
	if err != nil {
		t.Fatal(err)
	}
	return record, seed
}

func key(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Key()
	}
	return ""
}

func TestLogin(t *testing.T) {
	record, seed := newLogin(t, "vera", "seven plain words")
	got, err := aPepper().OpenLogin("vera", NewText("seven plain words"), cheap(), record)
	if err != nil || !bytes.Equal(got.Bytes(), seed.Bytes()) {
		t.Fatalf("got %v and %v", got, err)
	}
	for name, c := range map[string]struct {
		pepper       Pepper
		handle, pass string
		record       []byte
	}{
		"wrong passphrase":     {aPepper(), "vera", "eight plain words", record},
		"no passphrase":        {aPepper(), "vera", "", record},
		"one more blank":       {aPepper(), "vera", "seven plain words ", record},
		"other capitals":       {aPepper(), "vera", "Seven plain words", record},
		"record of another":    {aPepper(), "petro", "seven plain words", record},
		"unknown name":         {aPepper(), "nobody", "seven plain words", nil},
		"another pepper":       {Pepper{seedOf([32]byte{1})}, "vera", "seven plain words", record},
		"a record cut short":   {aPepper(), "vera", "seven plain words", record[:loginLen-1]},
		"a record with more":   {aPepper(), "vera", "seven plain words", append(bytes.Clone(record), 0)},
		"of another version":   {aPepper(), "vera", "seven plain words", append([]byte{2}, record[1:]...)},
		"zeros":                {aPepper(), "vera", "seven plain words", make([]byte, loginLen)},
		"the forged record":    {aPepper(), "nobody", "", forged()},
		"an empty, not absent": {aPepper(), "vera", "seven plain words", []byte{}},
	} {
		if _, err := c.pepper.OpenLogin(c.handle, NewText(c.pass), cheap(), c.record); key(err) != "login.wrong" {
			t.Errorf("%s: got %v, want login.wrong", name, err)
		}
	}
	for i := range record {
		bad := bytes.Clone(record)
		bad[i] ^= 1
		if _, err := aPepper().OpenLogin("vera", NewText("seven plain words"), cheap(), bad); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
	}
}

// forged is the record that stands in for one that is not there.
func forged() []byte {
	b := make([]byte, loginLen)
	b[0] = 1
	binary.BigEndian.PutUint32(b[1:], cheap().Time)
	binary.BigEndian.PutUint32(b[5:], cheap().Memory)
	return b
}

// Passphrases are the same however a keyboard composes them, and names in
// whatever case.
func TestTypedDifferently(t *testing.T) {
	const pass, handle = "Ёлка й ﬁord Ångström", "Олéна Їжак"
	record, _ := newLogin(t, handle, pass)
	for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD} {
		for _, h := range []string{handle, strings.ToUpper(handle), " " + strings.ToLower(handle) + "\n"} {
			if _, err := aPepper().OpenLogin(form.String(h), NewText(form.String(pass)), cheap(), record); err != nil {
				t.Errorf("form %d of %q: %v", form, h, err)
			}
		}
	}
	if bytes.Equal(aPepper().Handle("vera"), aPepper().Handle("vira")) || bytes.Equal(aPepper().Handle("vera"), Pepper{seedOf([32]byte{1})}.Handle("vera")) {
		t.Error("two handles are stored as one")
	}
}

func TestPassphraseTooLong(t *testing.T) {
	long := strings.Repeat("é", maxPassphrase/2) // at the limit when composed
	record, _ := newLogin(t, "vera", long)
	if _, err := aPepper().OpenLogin("vera", NewText(norm.NFD.String(long)), cheap(), record); err != nil {
		t.Errorf("at the limit, decomposed: %v", err)
	}
	for name, pass := range map[string]string{
		"a byte more": long + "x",
		"1 MB":        strings.Repeat("x", 1<<20),
		"growing":     strings.Repeat("ﷺ", 300), // one character that becomes eighteen
	} {
		for _, record := range [][]byte{record, nil} {
			if _, err := aPepper().OpenLogin("vera", NewText(pass), cheap(), record); key(err) != "login.too_long" {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if _, err := aPepper().NewLogin("vera", NewText(pass), cheap(), NewSeed()); key(err) != "login.too_long" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestCostBounds(t *testing.T) {
	for name, c := range map[string]Cost{
		"nothing": {}, "no passes": {0, 64}, "too many passes": {maxTime + 1, 64},
		"no memory": {1, 0}, "too little": {1, minMemory - 1}, "too much": {1, maxMemory + 1}, "all there is": {1<<32 - 1, 1<<32 - 1},
	} {
		if _, err := aPepper().NewLogin("vera", NewText("words"), c, NewSeed()); err == nil {
			t.Errorf("%s: made a record", name)
		}
		record, _ := newLogin(t, "vera", "words")
		binary.BigEndian.PutUint32(record[1:], c.Time)
		binary.BigEndian.PutUint32(record[5:], c.Memory)
		if _, err := aPepper().OpenLogin("vera", NewText("words"), cheap(), record); err == nil {
			t.Errorf("%s: opened a record", name)
		}
	}
	// A record that was made cheaper opens to nobody: the cost is sealed in.
	record, _ := newLogin(t, "vera", "words")
	binary.BigEndian.PutUint32(record[5:], minMemory)
	if _, err := aPepper().OpenLogin("vera", NewText("words"), cheap(), record); key(err) != "login.wrong" {
		t.Errorf("got %v", err)
	}
}

// Whether a name is known cannot be told from the work. Argon2's memory is what
// the work is, and it is counted.
func TestUnknownNameIsTheSameWork(t *testing.T) {
	cost := Cost{Time: 1, Memory: 4 << 10}
	record, err := aPepper().NewLogin("vera", NewText("words"), cost, NewSeed())
	if err != nil {
		t.Fatal(err)
	}
	work := func(handle, pass string, record []byte) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := aPepper().OpenLogin(handle, NewText(pass), cost, record); err == nil && pass != "words" {
			t.Error("opened")
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	right := work("vera", "words", record)
	for name, got := range map[string]uint64{
		"wrong passphrase": work("vera", "wrong", record),
		"unknown name":     work("nobody", "words?", nil),
		"damaged record":   work("vera", "words?", record[:50]),
	} {
		if got < 4<<20 || got > right+right/20 || right > got+got/20 {
			t.Errorf("%s: allocated %d bytes, the right one %d", name, got, right)
		}
	}
}

func BenchmarkLogin(b *testing.B) {
	record, err := aPepper().NewLogin("vera", NewText("words"), DefaultCost, NewSeed())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := aPepper().OpenLogin("vera", NewText("words"), DefaultCost, record); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrap(b *testing.B) {
	h, secret := holder(b, 1), bytes.Repeat([]byte{7}, 32)
	for b.Loop() {
		if _, err := h.Wrap(h.ID(), h.ID(), secret); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnwrap(b *testing.B) {
	h := holder(b, 1)
	w := wrapTo(b, h, h.ID(), h.ID(), bytes.Repeat([]byte{7}, 32))
	for b.Loop() {
		if _, err := h.Unwrap(w); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewHolder(b *testing.B) {
	seed := NewSeed()
	for b.Loop() {
		if _, err := NewHolder(seed); err != nil {
			b.Fatal(err)
		}
	}
}
