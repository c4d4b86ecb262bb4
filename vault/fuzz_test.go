package vault

import (
	"bytes"
	"testing"

	"habeas/ledger"
)

// A box that somebody made up does not open, and opening it does no harm.
func FuzzWrap(f *testing.F) {
	h, v := holder(f, 0x42), readVectors(f).Sealed // not made here, or each worker would have its own
	good := Wrap{Key: v.Key, Stream: v.Stream, Holder: h.ID(), Box: v.Box}
	f.Add(good.Box)
	f.Add([]byte(v.Draft))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, box []byte) {
		w := good
		w.Box = box
		if _, err := h.Unwrap(w); err == nil && !bytes.Equal(box, good.Box) {
			t.Error("opened a box that was made up")
		}
		w.Key = ledger.ID{9}
		if _, err := h.Unwrap(w); err == nil {
			t.Error("opened a box as another row's")
		}
		if _, err := h.OpenDraft(box); err == nil && !bytes.Equal(box, v.Draft) {
			t.Error("opened a draft that was made up")
		}
	})
}

func FuzzLogin(f *testing.F) {
	v := readVectors(f)
	good := []byte(v.Sealed.Login)
	f.Add(good)
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, record []byte) {
		// What asks for much work is left out: the fuzzer would do nothing else.
		if len(record) == loginLen && (record[1]|record[2]|record[3] != 0 || record[4] > 2 || record[5]|record[6]|record[7] != 0) {
			return
		}
		if _, err := aPepper().OpenLogin(v.Fixed.Name, NewText(v.Sealed.Passphrase), cheap(), record); err == nil && !bytes.Equal(record, good) {
			t.Error("opened a record that was made up")
		}
	})
}

// What is read is written and read as the same again.
func fixpoint[T interface{ Body() ([]byte, error) }](f *testing.F, kind string, read func(ledger.Entry) (T, error)) {
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := read(entry(kind, b))
		if err != nil {
			return
		}
		body, err := first.Body()
		if err != nil {
			t.Fatal(err)
		}
		second, err := read(entry(kind, body))
		if err != nil {
			t.Fatalf("%v, of what was written", err)
		}
		again, err := second.Body()
		if err != nil || !bytes.Equal(body, again) {
			t.Errorf("got %s and %v, want %s", again, err, body)
		}
	})
}

func FuzzDetail(f *testing.F) {
	f.Add([]byte(`{"person":"p:abcdefghijkmnpqr","names":[[{"kind":"given","text":"x"}]],"contacts":[{"kind":"phone","value":"1"}]}`))
	fixpoint(f, KindDetail, ReadDetail)
}

func FuzzOriginal(f *testing.F) {
	f.Add([]byte(`{"statement":"t:abcdefghijkmnpqr","media":"text/plain","raw":"eA==","plain":"x"}`))
	fixpoint(f, KindOriginal, ReadOriginal)
}

func FuzzReading(f *testing.F) {
	f.Add([]byte(`{"statement":"t:abcdefghijkmnpqr","links":[{"start":1,"end":2,"person":"p:abcdefghijkmnpqr"}],"dismissed":[{"start":3,"end":4}],"version":1}`))
	fixpoint(f, KindReading, ReadReading)
}
