package habeas

import (
	"golang.org/x/mod/sumdb/note"

	"habeas/internal/store"
	"habeas/ledger"
)

// LogKeys returns the name of the log of the office in dir, and the keys with
// which its server signs, for witnesses: each as [note.NewVerifier] reads it. It
// opens nothing, beside a running server.
func LogKeys(dir string) (origin string, keys []string, err error) {
	d, err := locked(dir)
	if err != nil {
		return "", nil, err
	}
	defer d.db.Close()
	origin = d.origin()
	for _, h := range d.loggers() {
		key, err := note.NewEd25519VerifierKey(origin, h.Sign)
		if err != nil {
			return "", nil, err
		}
		keys = append(keys, key)
	}
	return origin, keys, nil
}

// locked opens the office in dir as far as its directory, with no secret.
func locked(dir string) (*Desk, error) {
	id, err := readIdentity(dir)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(dir, store.ReadOnly)
	if err != nil {
		return nil, err
	}
	d := &Desk{db: db, root: id.Root, self: id.Node, cases: map[ledger.ID]bool{}, openers: map[ledger.ID]ledger.ID{}}
	if err := d.readDirectory(); err != nil {
		db.Close()
		return nil, err
	}
	return d, nil
}
