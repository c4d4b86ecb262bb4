package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/ledger"
)

// A testLog is a log in memory, of which checkpoints of any size can be had.
type testLog struct {
	t      *testing.T
	origin string
	key    ed25519.PrivateKey
	hashes []tlog.Hash
	leaves []tlog.Hash
}

func newTestLog(t *testing.T, origin string, leaves int) *testLog {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	l := &testLog{t: t, origin: origin, key: key}
	l.grow(leaves, "leaf")
	return l
}

func (l *testLog) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = l.hashes[n]
	}
	return out, nil
}

func (l *testLog) grow(n int, word string) {
	for range n {
		leaf := tlog.RecordHash(fmt.Appendf(nil, "%s %d", word, len(l.leaves)))
		more, err := tlog.StoredHashesForRecordHash(int64(len(l.leaves)), leaf, l)
		if err != nil {
			l.t.Fatal(err)
		}
		l.leaves, l.hashes = append(l.leaves, leaf), append(l.hashes, more...)
	}
}

func (l *testLog) checkpoint(size int64) []byte {
	l.t.Helper()
	root, err := tlog.TreeHash(size, l)
	if err != nil {
		l.t.Fatal(err)
	}
	signer, err := ledger.NoteSigner(l.origin, l.key)
	if err != nil {
		l.t.Fatal(err)
	}
	cp, err := ledger.SignCheckpoint(size, root, signer)
	if err != nil {
		l.t.Fatal(err)
	}
	return cp
}

func (l *testLog) known() note.Verifiers {
	l.t.Helper()
	vs, err := ledger.NoteVerifiers(l.origin, l.key.Public().(ed25519.PublicKey))
	if err != nil {
		l.t.Fatal(err)
	}
	return vs
}

func (l *testLog) request(old, size int64) *ledger.Request {
	l.t.Helper()
	r, err := ledger.NewRequest(old, size, l.checkpoint(size), l)
	if err != nil {
		l.t.Fatal(err)
	}
	again, err := ledger.ParseRequest(r.Text())
	if err != nil {
		l.t.Fatal(err)
	}
	return again
}

func newWitness(t *testing.T, name string) *ledger.Cosigner {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ledger.NewCosigner(name, key, func() time.Time { return time.Unix(1_800_000_000, 0) })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A partner follows the log of an office from size to size, and signs no other.
func TestWitnessFollowsALog(t *testing.T) {
	l := newTestLog(t, "habeas.invalid/log/test", 40)
	w := newWitness(t, "partner.example/w")
	var seen ledger.Seen
	for _, size := range []int64{1, 7, 7, 8, 33, 40} {
		line, now, err := w.Cosign(l.request(seen.Size, size), l.known(), seen)
		if err != nil {
			t.Fatal(size, err)
		}
		seen = now
		v, err := ledger.Cosignatures(w.VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		cp, err := ledger.Cosigned(l.checkpoint(size), line, v)
		if err != nil {
			t.Fatal(err)
		}
		_, by, err := ledger.Policy{Log: l.known(), Witnesses: []note.Verifier{v}, Least: 1}.Open(cp)
		if err != nil || len(by) != 1 || by[0].Witness != "partner.example/w" || by[0].At.Unix() != 1_800_000_000 {
			t.Errorf("%v %v", by, err)
		}
	}
}

func TestWitnessRefuses(t *testing.T) {
	l := newTestLog(t, "habeas.invalid/log/test", 20)
	w := newWitness(t, "partner.example/w")
	_, seen, err := w.Cosign(l.request(0, 20), l.known(), ledger.Seen{})
	if err != nil {
		t.Fatal(err)
	}
	split := newTestLog(t, l.origin, 10) // the same up to ten, and then another
	split.key = l.key
	split.grow(20, "other")
	l.grow(10, "leaf")
	shorter := l.request(0, 15)
	shorter.Old = 20
	for name, c := range map[string]struct {
		r    *ledger.Request
		want error
	}{
		"split":              {split.request(20, 30), ledger.ErrInconsistent},
		"split at its size":  {split.request(20, 20), ledger.ErrInconsistent},
		"rolled back":        {l.request(10, 15), ledger.ErrOutOfStep},
		"rolled back, lying": {shorter, ledger.ErrRequest},
		"from the beginning": {l.request(0, 30), ledger.ErrOutOfStep},
		"no proof":           {&ledger.Request{Old: 20, Checkpoint: l.checkpoint(30)}, ledger.ErrInconsistent},
		"another key":        {newTestLog(t, l.origin, 30).request(20, 30), ledger.ErrUnsigned},
	} {
		line, now, err := w.Cosign(c.r, l.known(), seen)
		if !errors.Is(err, c.want) || line != nil || now != seen {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, _, err := w.Cosign(l.request(20, 30), l.known(), seen); err != nil {
		t.Error("the honest log is refused:", err)
	}
}

// Two of three must have signed; one who signs twice is one, and a stranger none.
func TestPolicy(t *testing.T) {
	l := newTestLog(t, "habeas.invalid/log/test", 5)
	cp := l.checkpoint(5)
	var ws []note.Verifier
	policy := func() ledger.Policy { return ledger.Policy{Log: l.known(), Witnesses: ws, Least: 2} }
	sign := func(name string, known bool) {
		w := newWitness(t, name)
		v, err := ledger.Cosignatures(w.VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		if known {
			ws = append(ws, v)
		}
		line, _, err := w.Cosign(l.request(0, 5), l.known(), ledger.Seen{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if cp, err = ledger.Cosigned(cp, line, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	sign("one.example", true)
	sign("stranger.example", false)
	if _, by, err := policy().Open(cp); !errors.Is(err, ledger.ErrQuorum) || len(by) != 1 {
		t.Errorf("%v %v", by, err)
	}
	sign("two.example", true)
	if _, by, err := policy().Open(cp); err != nil || len(by) != 2 {
		t.Errorf("%v %v", by, err)
	}
	broken := bytes.Replace(cp, []byte("\n5\n"), []byte("\n6\n"), 1)
	if _, _, err := policy().Open(broken); err == nil {
		t.Error("a checkpoint that nobody signed is believed")
	}
}

func TestWitnessKeys(t *testing.T) {
	w := newWitness(t, "a.example")
	key := w.VerifierKey()
	for _, bad := range []string{"", "a.example", key + "A", "b" + key, key[:len(key)-4]} {
		if _, err := ledger.Cosignatures(bad); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb"} {
		if _, err := ledger.NewCosigner(name, make(ed25519.PrivateKey, ed25519.PrivateKeySize), time.Now); err == nil {
			t.Errorf("%q is a name", name)
		}
	}
}

func TestProofs(t *testing.T) {
	l := newTestLog(t, "habeas.invalid/log/test", 100)
	for _, size := range []int64{1, 2, 63, 64, 100} {
		for n := range size {
			p, err := ledger.Prove(n, size, l.checkpoint(size), l)
			if err != nil {
				t.Fatal(err)
			}
			again, err := ledger.ParseProof(p.Text())
			if err != nil || !bytes.Equal(again.Text(), p.Text()) {
				t.Fatal(err)
			}
			c, err := ledger.OpenCheckpoint(again.Checkpoint, l.known())
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Check(l.leaves[n], c); err != nil {
				t.Errorf("%d of %d: %v", n, size, err)
			}
			if err := again.Check(tlog.RecordHash([]byte("another")), c); err == nil {
				t.Errorf("%d of %d proves another leaf", n, size)
			}
		}
	}
	for _, bad := range []string{"", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\nindex 01\n\n", "c2sp.org/tlog-proof@v1\nindex -1\n\n", "c2sp.org/tlog-proof@v2\nindex 1\n\nx", "c2sp.org/tlog-proof@v1\nindex 1\nAA==\n\n"} {
		if _, err := ledger.ParseProof([]byte(bad)); err == nil {
			t.Errorf("%q is a proof", bad)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 1\n\nx\n1\nAA==\n\n— x y\n"))
	f.Add([]byte("old 1\n\nx\n1\nAA==\n\n— x y\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := ledger.ParseProof(b); err == nil && !bytes.Equal(p.Text(), b) {
			t.Errorf("%q is written as %q", b, p.Text())
		}
		if r, err := ledger.ParseRequest(b); err == nil && !bytes.Equal(r.Text(), b) {
			t.Errorf("%q is written as %q", b, r.Text())
		}
	})
}
