package habeas

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"habeas/fault"
	"habeas/internal/store"
	"habeas/internal/whole"
	"habeas/ledger"
	"habeas/vault"
)

// AddNode makes a data directory for another node of an office that is in a shared
// database: with a key of its own, which a keeper signs into the directory, the pepper,
// and where the database is. Whoever has it can run a server of the office, and opens
// nothing with it. If the office is in files, the fault is "node.not_shared".
func (d *Desk) AddNode(ctx context.Context, by Actor, pass vault.Text, to Config) error {
	if err := d.may(by, manage); err != nil {
		return err
	}
	if !d.db.Shared() {
		return fault.New(fault.Conflict, "node.not_shared")
	}
	if err := d.stepUp(ctx, by, pass); err != nil {
		return err
	}
	to = to.filled()
	if err := CheckSite(to); err != nil {
		return err
	}
	node, err := vault.NewHolder(vault.NewSeed())
	if err != nil {
		return err
	}
	if err := d.writeNode(to, node); err != nil {
		return err
	}
	return d.publish(ctx, by.me.Signer(), ledger.DirectoryStream(d.root), node.Public(ledger.UseNode))
}

// writeNode writes what a node has of its own, and what all have.
func (d *Desk) writeNode(to Config, node *vault.Holder) error {
	if err := whole.MakeDir(to.Dir); err != nil {
		return err
	}
	id, err := json.Marshal(identity{Format: format, Root: d.root, Node: node.ID()})
	if err != nil {
		return err
	}
	pepper, err := readSecret(d.cfg.Pepper)
	if err != nil {
		return err
	}
	database, err := store.ReadDatabase(filepath.Join(d.cfg.Dir, "database"))
	if err != nil {
		return err
	}
	gone, err := os.ReadFile(ErasedBeside(d.cfg.Pepper))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(
		writeSecret(to.Pepper, pepper),
		writeSecret(filepath.Join(to.Dir, nodeFile), node.Seed().Bytes()),
		whole.Write(ErasedBeside(to.Pepper), gone),
		whole.Write(filepath.Join(to.Dir, "database"), []byte(database)),
		os.Mkdir(filepath.Join(to.Dir, viewsDir), 0o700),
		whole.Write(filepath.Join(to.Dir, identityFile), append(id, '\n')),
	)
}

// tag returns what tokens of this node begin with, so that another one can tell a session
// that is elsewhere from one that is over. An office that is in files has no other node.
func (d *Desk) tag() string {
	if !d.db.Shared() {
		return ""
	}
	id := d.node.ID()
	sum := sha256.Sum256(append([]byte("habeas node tag v1\n"), id[:]...))
	return hex.EncodeToString(sum[:4]) + "."
}

// elsewhere reports whether a token was made by another node.
func (d *Desk) elsewhere(token string) bool {
	return d.db.Shared() && strings.Contains(token, ".") && !strings.HasPrefix(token, d.tag())
}
