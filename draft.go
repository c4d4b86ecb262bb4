package habeas

import (
	"context"
	"crypto/sha256"
	"encoding/json"

	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

// A Draft is a form that arrived after its session had ended, kept for its
// member.
type Draft struct {
	ID     ledger.ID           `json:"-"`
	Path   string              `json:"path"`
	Fields map[string][]string `json:"fields"`
}

// KeepDraft seals a form to the member whose session token was, within the last
// day, if there was such a session; and reports whether it did.
func (d *Desk) KeepDraft(ctx context.Context, token string, dr Draft) (bool, error) {
	d.mu.Lock()
	s := d.sessions[sha256.Sum256([]byte(token))]
	var to ledger.Holder
	if s != nil {
		to, _ = d.dir.Holder(s.member)
	}
	d.mu.Unlock()
	if to.ID.IsZero() {
		return false, nil
	}
	text, err := json.Marshal(dr)
	if err != nil {
		return false, err
	}
	box, err := vault.SealDraft(to, text)
	if err != nil {
		return false, err
	}
	return true, d.db.PutDraft(ctx, ledger.NewID(), to.ID, box)
}

// Drafts returns the forms kept for by.
func (d *Desk) Drafts(ctx context.Context, by Actor) ([]Draft, error) {
	if err := d.may(by, own); err != nil {
		return nil, err
	}
	rows, err := d.db.Drafts(ctx, by.Member)
	if err != nil {
		return nil, err
	}
	var out []Draft
	for _, r := range rows {
		text, err := by.me.OpenDraft(r.Box)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "draft.damaged")
		}
		dr := Draft{ID: r.ID}
		if err := json.Unmarshal(text, &dr); err != nil {
			return nil, err
		}
		out = append(out, dr)
	}
	return out, nil
}

// DropDraft throws a kept form away.
func (d *Desk) DropDraft(ctx context.Context, by Actor, id ledger.ID) error {
	if err := d.may(by, own); err != nil {
		return err
	}
	_, err := d.db.TakeDraft(ctx, by.Member, id)
	return err
}
