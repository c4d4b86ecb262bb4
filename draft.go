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

// mostDrafts is how many forms are kept for a member: who has the cookie of a
// session that ended could send any number.
const mostDrafts = 32

// Remembers reports whether a token is of a session that is live or ended within
// the last day, or of half a login. It says no more.
func (d *Desk) Remembers(token string) bool {
	_, ok := d.lately(token)
	return ok
}

// lately returns whose token it is, or was within the last day.
func (d *Desk) lately(token string) (to ledger.Holder, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := sha256.Sum256([]byte(token))
	var member ledger.ID
	if s := d.sessions[key]; s != nil {
		member = s.member
	} else if h := d.halves[key]; h != nil {
		member = h.member
	}
	if d.dir.Standing(member) == ledger.Removed {
		return to, false // nobody is left to read it
	}
	return d.dir.Holder(member)
}

// KeepDraft seals a form to the member whose session token was, within the last
// day, or whose half a login it is; and reports whether it did. It does not if
// there is no such member, or if too many are kept for them.
func (d *Desk) KeepDraft(ctx context.Context, token string, dr Draft) (bool, error) {
	to, ok := d.lately(token)
	if !ok {
		return false, nil
	}
	n, err := d.db.CountDrafts(ctx, to.ID)
	if err != nil || n >= mostDrafts {
		return false, err
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
