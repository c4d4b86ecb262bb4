package foreign_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/foreign"
)

// madeByPython is a proof over "an invented photograph" that the library of
// OpenTimestamps in Python wrote, with an invented calendar and an invented block.
const madeByPython = "004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e8929401089f9a7501bdf7c308e04c834cfa383b423b82c1e357aa0dd16cabb7e80af6558ef0100101010101010101010101010101010108ff0083dfe30d2ef90c8e1d1c68747470733a2f2f63616c656e6461722e6578616d706c652e6f7267f12002020202020202020202020202020202020202020202020202020202020202020808000588960d73d719010380ea30"

// The first block of Bitcoin, and the one transaction in it.
const (
	firstHeader      = "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
	firstTransaction = "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// magic begins a proof of a file by its SHA-256.
func magic(t testing.TB, of string) []byte {
	return unhex(t, "004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e892940108"+of)
}

func beside(file, proof []byte) fstest.MapFS {
	return fstest.MapFS{"photo.jpg": {Data: file}, "photo.jpg.ots": {Data: proof}}
}

// one returns the only line of a report.
func one(t *testing.T, fsys fstest.MapFS, trust foreign.Trust) foreign.Line {
	t.Helper()
	r, err := foreign.Check(context.Background(), fsys, trust)
	if err != nil || len(r.Lines) != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	return r.Lines[0]
}

func TestOpenTimestamps(t *testing.T) {
	photo, proof := []byte("an invented photograph"), unhex(t, madeByPython)
	l := one(t, beside(photo, proof), foreign.Trust{})
	if l.Result != foreign.Unchecked || l.Not != "why_header" || l.Where != "photo.jpg, Bitcoin 800000" {
		t.Errorf("%+v", l)
	}
	if l := one(t, beside([]byte("another photograph"), proof), foreign.Trust{}); l.Result != foreign.Failed || l.Not != "why_missing" {
		t.Errorf("another photograph: %+v", l)
	}
	pending := bytes.Clone(proof[:bytes.Index(proof, []byte("\xff\x00\x83"))])
	pending = append(pending, proof[len(pending)+1:]...)
	pending = pending[:bytes.Index(pending, []byte("\xf1\x20"))]
	if l := one(t, beside(photo, pending), foreign.Trust{}); l.Result != foreign.Unchecked || l.Not != "why_pending" {
		t.Errorf("pending: %+v", l)
	}
	for i := range proof {
		if l := one(t, beside(photo, proof[:i]), foreign.Trust{}); l.Result == foreign.Good || l.Result == foreign.Unchecked {
			t.Errorf("of %d bytes: %+v", i, l)
		}
	}
}

// A proof that leads to the first block is checked against its header, and against no
// other.
func TestBlockHeaders(t *testing.T) {
	header, file := unhex(t, firstHeader), unhex(t, firstTransaction)
	headers, err := foreign.ReadHeaders(header)
	if err != nil {
		t.Fatal(err)
	}
	proof := append(magic(t, hash(file)), unhex(t, "08"+"00"+"0588960d73d71901"+"0100")...)
	l := one(t, beside(file, proof), foreign.Trust{Headers: headers})
	if l.Result != foreign.Good || l.Where != "photo.jpg, Bitcoin, 2009-01-03T18:15:05Z" || l.Not != "not_chain" {
		t.Errorf("%+v", l)
	}
	elsewhere := append(magic(t, hash(file)), unhex(t, "08"+"00"+"0588960d73d71901"+"0107")...) // it says block 7, and nothing holds that
	if l := one(t, beside(file, elsewhere), foreign.Trust{Headers: headers}); l.Result != foreign.Good || strings.Contains(l.Where, "7") {
		t.Errorf("a height that nobody attests: %+v", l)
	}
	if l := one(t, beside(file, proof), foreign.Trust{}); l.Result != foreign.Unchecked || l.Not != "why_header" {
		t.Errorf("without a header: %+v", l)
	}
	once := append(magic(t, hash(file)), unhex(t, "00"+"0588960d73d71901"+"0100")...) // another message
	if l := one(t, beside(file, once), foreign.Trust{Headers: headers}); l.Result != foreign.Unchecked || l.Not != "why_no_header" {
		t.Errorf("of another message: %+v", l)
	}
}

// TestAttackHeaders: a header without the work of its chain is anybody's.
func TestAttackHeaders(t *testing.T) {
	header := unhex(t, firstHeader)
	easy := bytes.Clone(header)
	copy(easy[72:], "\xff\xff\x7f\x20") // as on chains for tests
	for i := range header {
		forged := bytes.Clone(header)
		forged[i] ^= 1
		if _, err := foreign.ReadHeaders(forged); !errors.Is(err, foreign.ErrHeaders) {
			t.Errorf("byte %d was changed, and it is a header", i)
		}
	}
	for _, b := range [][]byte{nil, easy, header[:79], append(header, 0)} {
		if _, err := foreign.ReadHeaders(b); !errors.Is(err, foreign.ErrHeaders) {
			t.Errorf("%x is taken", b)
		}
	}
}

// Proofs that are deep, long, or lead nowhere end soon.
func TestAttackOpenTimestamps(t *testing.T) {
	file := []byte("x")
	begin := string(magic(t, hash(file)))
	for name, rest := range map[string]string{
		"deep":        strings.Repeat("\x08", 10_000),
		"many":        strings.Repeat("\xff\x08\x00\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e\x00", 50_000),
		"doubled":     strings.Repeat("\xf3", 64),
		"long":        "\xf0\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
		"announced":   "\xff\x08",
		"of no bytes": "\xf0\x00",
		"more after":  "\x00\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e\x00" + "x",
	} {
		if l := one(t, beside(file, []byte(begin+rest)), foreign.Trust{}); l.Result != foreign.Failed {
			t.Errorf("%s: %+v", name, l)
		}
	}
	if l := one(t, beside(file, []byte(begin+"\x67\x00")), foreign.Trust{}); l.Result != foreign.Unchecked || l.Not != "why_kind" {
		t.Errorf("with a digest that is not known here: %+v", l)
	}
}

func FuzzOpenTimestamps(f *testing.F) {
	f.Add(unhex(f, madeByPython))
	f.Add(magic(f, hash([]byte("x"))))
	f.Fuzz(func(t *testing.T, proof []byte) {
		r, err := foreign.Check(context.Background(), beside([]byte("x"), proof), foreign.Trust{})
		if err != nil || r.OK() {
			t.Errorf("%x: %+v %v", proof, r, err)
		}
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add(unhex(f, firstHeader))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := foreign.ReadHeaders(b); err == nil && len(h) == 0 {
			t.Error("no header is taken for some")
		}
	})
}
