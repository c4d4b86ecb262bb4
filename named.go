package habeas

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/ledger"
	"habeas/vault"
)

// kindNamed is the entry on the vault side that holds the bytes of a dossier in
// which people stand by name. It has a source key of its own, as kindRendered has.
const kindNamed = "rendered-named"

// named is the body of a kindNamed entry.
type named struct {
	Dossier claim.Ref   `json:"dossier"`
	Salt    []byte      `json:"salt"` // of the digest that everybody sees
	Files   []gate.File `json:"files"`

	Typed *typedLetter `json:"typed,omitempty"` // of a letter
}

// mayName fails unless by may see the names that a dossier has in it, and has
// them shown.
func (d *Desk) mayName(by Actor, k caseKeys) error {
	if k.vault == nil || !allowed(by.roles, compose) && !allowed(by.roles, release) {
		return fault.New(fault.Forbidden, "may.needs_vault")
	}
	if !d.revealed(by, k.id) {
		return fault.New(fault.Forbidden, "reveal.first")
	}
	return nil
}

// namesFor returns the real names that stand in a dossier: none unless it was
// asked for, and only of those who may be named.
func (d *Desk) namesFor(ctx context.Context, k caseKeys, r *rendered, told claim.Outward) (map[claim.Ref]string, error) {
	if !r.Names {
		return nil, nil
	}
	if k.vault == nil {
		return nil, fault.New(fault.Forbidden, "may.needs_vault")
	}
	details, err := d.details(ctx, k)
	if err != nil {
		return nil, err
	}
	names := map[claim.Ref]string{}
	for _, ref := range told.Named() {
		for _, det := range details[ref] {
			for _, parts := range det.Names {
				names[ref] = vault.Parsed(parts).String()
			}
		}
	}
	return names, nil
}

// passing returns who may pass the gate by name, as it takes them.
func passing(names map[claim.Ref]string) map[string]bool {
	if len(names) == 0 {
		return nil
	}
	who := map[string]bool{}
	for ref := range names {
		who[string(ref)] = true
	}
	return who
}

// mark returns what tells the bytes of a dossier from others. Of bytes with names
// in them it tells nothing to who could guess the names: it is salted.
func (r rendered) mark(digest [sha256.Size]byte) string {
	if r.Names {
		digest = sha256.Sum256(append(append([]byte("habeas named 1\n"), r.salt...), digest[:]...))
	}
	return hex.EncodeToString(digest[:])
}

// sealNamed moves the bytes of a dossier with names to the vault side. What is
// left of it on the body side holds no name.
func (d *Desk) sealNamed(ctx context.Context, k caseKeys, r *rendered) ([]draft, error) {
	if !r.Names {
		return nil, nil
	}
	id, wrap, key, err := newSource(k.vault, k.id)
	if err != nil {
		return nil, err
	}
	if err := d.db.PutWraps(ctx, wrap); err != nil {
		return nil, err
	}
	n := named{Dossier: r.Dossier, Salt: r.salt, Files: r.Files}
	if r.Letter != nil {
		n.Typed = &r.Letter.typed
	}
	r.VaultKey, r.Files = id, nil
	return []draft{{kindNamed, n, key}}, nil
}

func newSalt() []byte {
	salt := make([]byte, 32)
	rand.Read(salt)
	return salt
}

// openNamed reads the bytes of a dossier with names.
func (d *Desk) openNamed(ctx context.Context, k caseKeys, r *rendered) error {
	if !r.Names {
		return nil
	}
	found, only, err := d.namedUnder(ctx, k, *r)
	if err != nil {
		return err
	}
	if !only {
		return fault.New(fault.Damaged, "dossier.damaged")
	}
	r.salt, r.Files = found.Salt, found.Files
	if (found.Typed != nil) != (r.Letter != nil) {
		return fault.New(fault.Damaged, "dossier.damaged")
	}
	if r.Letter != nil {
		r.Letter.typed = *found.Typed
	}
	return nil
}

// namedUnder returns what is sealed under the vault key of a dossier, and whether
// that is its bytes and nothing else.
func (d *Desk) namedUnder(ctx context.Context, k caseKeys, r rendered) (found named, only bool, err error) {
	if k.vault == nil || r.VaultKey.IsZero() {
		return named{}, false, nil
	}
	keys, err := d.sourceKeys(ctx, k.vault, r.VaultKey)
	if fault.KindOf(err) == fault.NotFound {
		return named{}, false, nil
	}
	if err != nil {
		return named{}, false, err
	}
	n := 0
	only = true
	err = d.eachSealed(ctx, k.id, keys, func(e ledger.Entry) error {
		n++
		if e.Kind != kindNamed || json.Unmarshal(e.Body, &found) != nil || found.Dossier != r.Dossier {
			only = false
		}
		return nil
	})
	return found, only && n == 1, err
}

// renderedOf returns the dossiers kept in a case, in order.
func (d *Desk) renderedOf(ctx context.Context, k caseKeys) ([]rendered, error) {
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return nil, err
	}
	entries, err := cv.view.Case(ctx, k.id)
	if err != nil {
		return nil, err
	}
	var out []rendered
	for _, e := range entries {
		if e.Kind != kindRendered {
			continue
		}
		var r rendered
		if err := json.Unmarshal(e.Body, &r); err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "dossier.damaged")
		}
		out = append(out, r)
	}
	return out, nil
}
