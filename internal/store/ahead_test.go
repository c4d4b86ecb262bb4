package store_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
)

// TestPageInTheLog spoils a page that the log has whole, as a checkpoint does that the
// power cuts short: it is no damage. When the log is gone, or its end is, it is.
func TestPageInTheLog(t *testing.T) {
	t.Parallel()
	db, dir := newStore(t)
	signer, known := storetest.Node(t)
	if _, err := db.Append(t.Context(), storetest.NewWriter(t).Entries(t, 3), signer); err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	truth, log, keys := read("truth.db"), read("truth.db-wal"), read("keys.db")
	page := int(binary.BigEndian.Uint32(log[32:])) // of the first frame
	truth[page*4096-2000] ^= 1
	spoilt := slices.Clone(log)
	spoilt[len(spoilt)-1] ^= 1
	for name, tc := range map[string]struct {
		log   []byte
		pages int
	}{"with its log": {log, 0}, "without it": {nil, 1}, "with a log whose end is spoilt": {spoilt, 1}} {
		dir := filepath.Join(t.TempDir(), "data")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string][]byte{"truth.db": truth, "truth.db-wal": tc.log, "keys.db": keys} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		pages := 0
		if _, err := open(t, dir, store.Salvage).Locate(t.Context(), known, func(f store.Flaw) {
			if f.What == store.FlawPage {
				pages++
			}
		}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if pages != tc.pages {
			t.Errorf("%s: %d pages are said to be damaged, want %d", name, pages, tc.pages)
		}
	}
}
