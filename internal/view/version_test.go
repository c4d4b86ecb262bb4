package view

import (
	"path/filepath"
	"testing"

	"habeas/fault"
)

// A view with the tables of another version is refused, so that it is folded anew.
func TestOtherTablesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "view.db")
	v, err := Open(path, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.write.Exec(`pragma user_version = 1`); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if v, err := Open(path, [32]byte{1}); fault.KindOf(err) != fault.Damaged {
		t.Errorf("got %v, want a damaged view", err)
		v.Close()
	}
}
