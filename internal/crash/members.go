package crash

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"strings"

	"habeas"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/vault"
)

// A loot is every key that somebody could have copied while they were a member.
type loot struct {
	member ledger.ID
	keys   map[ledger.ID]ledger.Key
	from   int64 // since they were removed and all keys were renewed, the log was so long; 0 before
}

// members checks who is in, and sees that what a removal left to do is done.
func (m *memory) members(ctx context.Context, d *habeas.Desk, vera habeas.Actor) {
	all, err := d.Members(ctx, vera)
	m.ok("the members can't be read", err)
	now := map[string]ledger.Standing{}
	m.active = nil
	for _, one := range all {
		if strings.HasPrefix(one.Name, passing) {
			now[one.Name] = one.Standing
			if one.Standing == ledger.Active {
				m.active = append(m.active, one)
			}
		}
	}
	m.ok("keys can't be renewed", d.RenewKeys(ctx, vera, nil))
	if done, due, err := d.Renewed(vera); m.ok("how much is renewed", err) && done != due {
		m.flaw("of %d cases only %d were renewed", due, done)
	}
	removed := map[string]bool{}
	for _, s := range m.said {
		if s.What == Remove {
			removed[s.Handle] = true
			if now[s.Handle] != ledger.Removed {
				m.flaw("a member who was removed has standing %d", now[s.Handle])
			}
		}
	}
	for i, s := range m.said {
		if s.What != Join && s.What != Remove || i < len(m.said)-m.recent {
			continue
		}
		_, err := d.Login(ctx, s.Handle, words("omar"))
		switch in := now[s.Handle] == ledger.Active; {
		case !in && err == nil:
			m.flaw("a member who was removed can log in")
		case in && err != nil:
			m.flaw("a member who was added can't log in: %s", described(err))
		case s.What == Join && !in && !removed[s.Handle] && m.cut[Remove] == 0:
			m.flaw("a member who was added is not there")
		}
	}
	for handle, l := range m.loot {
		if now[handle] == ledger.Removed && l.from == 0 {
			l.from = -1
		}
	}
}

// bystanders takes what members hold who will be removed, and looks whether those who
// were removed could open anything that was written since.
func (m *memory) bystanders(ctx context.Context, db *store.DB) {
	size, err := db.Size(ctx)
	m.ok("the length of the log", err)
	least := size
	for _, l := range m.loot {
		if l.from == -1 {
			l.from = size
			if wraps, err := db.WrapsFor(ctx, l.member); m.ok("the table of keys", err) && len(wraps) > 0 {
				m.flaw("a member who was removed holds %d keys", len(wraps))
			}
		}
		if l.from > 0 {
			least = min(least, max(l.from, m.looked))
		}
	}
	for n, err := range db.Since(ctx, least-1) {
		if !m.ok("the log can't be read", err) {
			return
		}
		for _, l := range m.loot {
			if l.from == 0 || n.Number < l.from || n.Pruned || n.Record.Mode != ledger.ModeSealed {
				continue
			}
			m.tried++
			if key, ok := l.keys[n.Record.Key]; ok {
				if _, err := ledger.Open(n.Record, key); err == nil {
					m.flaw("a member who was removed opens entry %d, written since", n.Number)
				}
			}
		}
	}
	m.looked = size
	for _, one := range m.active {
		if m.loot[one.Name] == nil {
			l, err := m.take(ctx, db, one)
			if m.ok("what a member holds", err) {
				m.loot[one.Name] = l
			}
		}
	}
	m.active = nil
}

// take copies every key that a member holds.
func (m *memory) take(ctx context.Context, db *store.DB, one habeas.Member) (*loot, error) {
	b, err := os.ReadFile(habeas.PepperBeside(config(m.dir).Dir))
	if err != nil {
		return nil, err
	}
	b, err = hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil {
		return nil, err
	}
	pepper, err := vault.PepperFrom(b)
	if err != nil {
		return nil, err
	}
	record, err := db.Login(ctx, pepper.Handle(one.Name))
	if err != nil {
		return nil, err
	}
	seed, err := pepper.OpenLogin(one.Name, words("omar"), config(m.dir).Cost, record)
	if err != nil {
		return nil, err
	}
	me, err := vault.NewHolder(seed)
	if err != nil {
		return nil, err
	}
	l := &loot{member: one.ID, keys: map[ledger.ID]ledger.Key{}}
	holders, secrets := []*vault.Holder{me}, map[ledger.ID][]byte{}
	known := map[ledger.ID]bool{me.ID(): true}
	for i := 0; i < len(holders); i++ {
		l.keys[holders[i].Key().ID] = holders[i].Key()
		wraps, err := db.WrapsFor(ctx, holders[i].ID())
		if err != nil {
			return nil, err
		}
		for _, w := range wraps {
			if inner, err := holders[i].UnwrapHolder(w); err == nil {
				if !known[inner.ID()] { // there are many ways to an old one
					known[inner.ID()] = true
					holders = append(holders, inner)
				}
			} else if secret, err := holders[i].Unwrap(w); err == nil {
				secrets[w.Key] = secret
			}
		}
	}
	for _, h := range holders {
		for source, secret := range secrets {
			k := h.SourceKey(source, secret)
			l.keys[k.ID] = k
		}
	}
	if len(holders) < 3 {
		return nil, errors.New("they hold nothing")
	}
	return l, nil
}
