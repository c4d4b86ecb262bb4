package ledger

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func TestEraseNoticeIsReadBack(t *testing.T) {
	o := newOffice(t)
	keys := make([]ID, 150)
	for i := range keys {
		keys[i] = NewID()
	}
	notices := NewErase(Withdrawn, append(keys, keys[:20]...)...)
	if len(notices) != 3 {
		t.Fatalf("got %d notices for 150 keys, want 3", len(notices))
	}
	named := map[ID]bool{}
	for _, n := range notices {
		s, err := Publish(n, ID{7}, nil, time.Now(), o.petro.signer())
		if err != nil {
			t.Fatal(err)
		}
		opened, err := OpenClear(s.Record())
		if err != nil {
			t.Fatal(err)
		}
		e, err := opened.Verify(o.petro.Holder.Sign)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadErase(e)
		if err != nil || got.Why != Withdrawn || !slices.Equal(got.Keys, n.Keys) {
			t.Errorf("got %v, %v, want %v", got, err, n)
		}
		if _, err := ReadErased(e); err == nil {
			t.Error("an announcement was read as done")
		}
		if !e.Time.Equal(e.Time.Truncate(24 * time.Hour)) {
			t.Errorf("got time %v, want a day", e.Time)
		}
		for _, k := range got.Keys {
			named[k] = true
		}
	}
	if len(named) != len(keys) {
		t.Errorf("got %d keys named, want each of %d once", len(named), len(keys))
	}
}

// A notice in clear says keys and a word of ours, in one way only.
func TestEraseNoticeSaysNothingElse(t *testing.T) {
	o := newOffice(t)
	small, large := ID{1}, ID{2}
	for name, n := range map[string]Notice{
		"no keys":             Erase{Why: Spam},
		"a reason in words":   Erase{Keys: []ID{small}, Why: "Ivan Ivanenko asked"},
		"no reason":           Erase{Keys: []ID{small}},
		"a zero key":          Erase{Keys: []ID{{}, small}, Why: Spam},
		"keys out of order":   Erase{Keys: []ID{large, small}, Why: Spam},
		"a key named twice":   Erase{Keys: []ID{small, small}, Why: Spam},
		"too many keys":       Erase{Keys: make([]ID, MaxErase+1), Why: Spam},
		"done, but of what":   Erased{},
		"a notice of nothing": Erase{},
	} {
		if _, err := Publish(n, o.stream, nil, time.Now(), o.vera.signer()); err == nil {
			t.Errorf("%s: published", name)
		}
	}
	for _, body := range []string{
		`{"why":"spam","keys":["01000000000000000000000000000000"]}`,
		`{"keys":["01000000000000000000000000000000"],"why":"spam","note":"Ivan"}`,
		`{"keys": ["01000000000000000000000000000000"],"why":"spam"}`,
		`{"keys":["01000000000000000000000000000000"],"why":"spam"} `,
	} {
		if _, err := ReadErase(Entry{Kind: KindErase, Body: []byte(body)}); err == nil {
			t.Errorf("read %s", body)
		}
	}
}

// An erasure says nothing of who is who: a directory is the same with and
// without, whoever signed it, and no later entry of it is refused.
func TestEraseNoticeLeavesTheDirectoryAlone(t *testing.T) {
	o := newOffice(t)
	before, err := NewDirectory(o.vera.ID, o.entries)
	if err != nil {
		t.Fatal(err)
	}
	o.publishAnyway(o.petro, Erase{Keys: []ID{o.vera.ID}, Why: Spam})
	o.publishAnyway(o.petro, Erased{Of: ID{1}})
	o.write(o.petro, KindErase, `{}`)
	after, err := NewDirectory(o.vera.ID, o.entries)
	if err != nil {
		t.Fatal(err)
	}
	all := func(Holder) bool { return true }
	if got, want := len(after.Find(all)), len(before.Find(all)); got != want {
		t.Errorf("got %d holders, want %d", got, want)
	}
	if _, ok := after.Holder(o.vera.ID); !ok {
		t.Error("a notice took a member away")
	}
}

// A node may say that an erasure is done. It may not announce one.
func TestNodeErasesNothing(t *testing.T) {
	if nodeMay(KindErase) || !nodeMay(KindErased) {
		t.Error("a node may announce an erasure, or not finish one")
	}
}

func FuzzErase(f *testing.F) {
	b, err := json.Marshal(Erase{Keys: []ID{{1}, {2}}, Why: Ordered})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"keys":[],"why":""}`))
	f.Add([]byte(`{"of":"01000000000000000000000000000000"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := ReadErase(Entry{Kind: KindErase, Body: b}); err == nil {
			again, err := json.Marshal(n)
			if err != nil || !bytes.Equal(again, b) || !n.valid() {
				t.Errorf("%s is read as %s", b, again)
			}
		}
		if n, err := ReadErased(Entry{Kind: KindErased, Body: b}); err == nil {
			again, err := json.Marshal(n)
			if err != nil || !bytes.Equal(again, b) || !n.valid() {
				t.Errorf("%s is read as %s", b, again)
			}
		}
	})
}
