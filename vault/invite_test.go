package vault

import (
	"bytes"
	"testing"
	"time"

	"habeas/fault"
)

var inviteDay = time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)

// TestInvitation: only the code opens it, with this pepper, until its day ends,
// and nothing of the record can be changed.
func TestInvitation(t *testing.T) {
	p, code, seed := NewPepper(), NewText("bada seki"), NewSeed()
	rec, err := p.NewInvitation(code, inviteDay, seed)
	if err != nil {
		t.Fatal(err)
	}
	until, ok := ReadInvitation(rec)
	if want := time.Date(2026, 11, 20, 23, 59, 59, 0, time.UTC); !ok || !until.Equal(want) {
		t.Errorf("got %v, %v", until, ok)
	}
	got, err := p.OpenInvitation(code, rec, until)
	if err != nil || !bytes.Equal(got.Bytes(), seed.Bytes()) {
		t.Errorf("got %v", err)
	}
	refused := func(name, want string, err error) {
		t.Helper()
		if e, _ := err.(*fault.Error); e == nil || e.Key() != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	_, err = p.OpenInvitation(code, rec, until.Add(time.Second))
	refused("a day late", "invite.late", err)
	_, err = p.OpenInvitation(NewText("bada sekii"), rec, until)
	refused("another code", "invite.wrong", err)
	_, err = p.OpenInvitation(NewText("bada sekii"), rec, until.Add(day))
	refused("another code, late", "invite.wrong", err)
	_, err = NewPepper().OpenInvitation(code, rec, until)
	refused("another pepper", "invite.wrong", err)
	for i := range rec {
		changed := bytes.Clone(rec)
		changed[i] ^= 1
		if _, err := p.OpenInvitation(code, changed, until); err == nil {
			t.Errorf("it opens with byte %d changed", i)
		}
	}
	_, err = p.OpenInvitation(code, nil, until)
	refused("none", "invite.wrong", err)
	if bytes.Equal(p.Invitation(code), p.Handle(code.Reveal())) {
		t.Error("a handle is stored as an invitation is")
	}
	if _, err := p.OpenLogin("x", code, Cost{1, 8}, rec); err == nil {
		t.Error("an invitation opens as a login")
	}
}

// FuzzReadInvitation: no bytes of the key file break the reader.
func FuzzReadInvitation(f *testing.F) {
	f.Add(bytes.Repeat([]byte{2}, inviteLen))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, rec []byte) {
		ReadInvitation(rec)
		if _, err := (NewPepper()).OpenInvitation(NewText("x"), rec, inviteDay); err == nil {
			t.Fatal("it opens")
		}
	})
}
