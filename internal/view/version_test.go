package view

import (
	"path/filepath"
	"testing"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

// A view with the tables of another version is emptied when it is opened, so that it
// follows the log anew; not while somebody else has it open.
func TestOtherTablesAreEmptied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "view.db")
	v, err := Open(path, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	e := ledger.Entry{ID: ledger.ID{1}, Stream: ledger.ID{2}, Kind: claim.KindCase, Body: []byte(`{"title":"x"}`)}
	if err := v.Apply(t.Context(), []ledger.Entry{e}, Mark{Number: 0, Size: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.write.Exec(`pragma user_version = 1`); err != nil {
		t.Fatal(err)
	}
	if beside, err := Open(path, [32]byte{1}); fault.KindOf(err) != fault.Damaged {
		t.Errorf("beside an open one: got %v, want a damaged view", err)
		beside.Close()
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if v, err := Open(path, [32]byte{2}); fault.KindOf(err) != fault.Damaged {
		t.Errorf("with another key: got %v, want a damaged view", err)
		v.Close()
	}
	v, err = Open(path, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	m, err := v.Mark(t.Context())
	if err != nil || m.Size != 0 {
		t.Errorf("got %+v %v, want the mark of a new view", m, err)
	}
	if rows, err := v.Cases(t.Context()); err != nil || len(rows) != 0 {
		t.Errorf("got %v %v, want no cases", rows, err)
	}
}
