package ledger

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// seeds adds the records of the vectors.
func seeds(f *testing.F) {
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		f.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		f.Fatal(err)
	}
	for _, e := range v.Entries {
		f.Add([]byte(e.Record))
	}
	f.Add([]byte(nil))
}

// What is read as a record is written as the same bytes.
func FuzzRecord(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Record
		if r.UnmarshalBinary(b) != nil {
			return
		}
		again, err := r.MarshalBinary()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("got %x and %v from %x", again, err, b)
		}
		if _, err := Open(r, key(9)); err == nil {
			t.Error("opened by a key it was not sealed under")
		}
	})
}

// What is read as a directory entry stands for its payload and no other, and a
// directory of it holds nobody that the root did not sign.
func FuzzOpenClear(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Record
		if r.UnmarshalBinary(b) != nil {
			r = Record{Mode: ModeClear, ID: ID{1}, Stream: ID{2}, Payload: b}
		}
		o, err := OpenClear(r)
		if err != nil {
			return
		}
		if got := append(bytes.Clone(o.sig), o.content...); !bytes.Equal(got, r.Payload) {
			t.Errorf("got %x from %x", got, r.Payload)
		}
		d, err := NewDirectory(ID{1}, []Opened{o})
		if err != nil || len(d.Find(func(Holder) bool { return true })) != 0 {
			t.Errorf("got %v, want an empty directory", err)
		}
		if n, err := readNotice(o); err == nil {
			if body, err := json.Marshal(n); err != nil || !bytes.Equal(body, o.Followed().Body) {
				t.Errorf("body %s is read as that of %s", o.Followed().Body, body)
			}
		}
	})
}

// Content that a holder of the key seals is read back as it was, or refused.
func FuzzInner(f *testing.F) {
	by, _ := author(7)
	e := anEntry()
	_, inner, err := sign(&e, by, ModeSealed, ID{9})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(inner)
	f.Add(append(inner, make([]byte, 256-len(inner))...))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := parseInner(Record{Mode: ModeSealed, ID: ID{1}, Stream: ID{2}, Key: ID{9}}, b)
		if err != nil {
			return
		}
		e := o.Followed()
		_, again, err := sign(&e, by, ModeSealed, ID{9})
		if o.Author() != by.ID {
			copy(again[64:], o.e.Author[:])
		}
		if err != nil || !bytes.HasPrefix(b[64:], again[64:]) || len(b) != Pad(len(again)) || !zero(b[len(again):]) {
			t.Errorf("got %x and %v from %x", again, err, b)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	signer, known := logKey(f, Origin(ID{5}), 1)
	signed, err := SignCheckpoint(7, [32]byte{1}, signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte("a\n1\nb\n\n— a b\n"))
	want := Checkpoint{Origin(ID{5}), 7, [32]byte{1}}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := OpenCheckpoint(b, known); err == nil && got != want {
			t.Errorf("believed %v, which nobody signed", got)
		}
	})
}

func FuzzParseID(f *testing.F) {
	f.Add(ID{1}.String())
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := ParseID(s); err == nil && id.String() != s {
			t.Errorf("%q is read as %v", s, id)
		}
	})
}
