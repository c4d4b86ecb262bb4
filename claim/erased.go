package claim

import (
	"slices"
	"time"

	"habeas/fault"
	"habeas/ledger"
)

// KindErased is the entry that stands in a case for what was erased in it.
const KindErased = "erased" // Erased

// Erased says that the entries of a statement were destroyed. It holds no word of
// them, only their IDs and which entries they followed: so the order of what is
// left does not change.
//
// It hides nothing. An entry that is there counts, whatever an Erased says of it.
type Erased struct {
	Statement Ref        `json:"statement"`
	Why       ledger.Why `json:"why"`
	Gone      []Gone     `json:"gone,omitempty"`
	Dossiers  []Ref      `json:"dossiers,omitempty"` // kept dossiers that went with it
	Files     int        `json:"files,omitempty"`    // how many files were given with it: all that is left of them and of what came of them
}

// Gone is an entry that was destroyed.
type Gone struct {
	Entry ledger.ID   `json:"entry"`
	After []ledger.ID `json:"after,omitempty"` // what its author had seen
	Now   ledger.ID   `json:"now,omitzero"`    // the claim that was written anew in its place
}

// An Erasure is an [Erased] as it was recorded.
type Erasure struct {
	Erased
	Entry  ledger.ID
	Author ledger.ID
	Time   time.Time
}

func (e *Erased) check() error {
	if !slices.Contains(ledger.Reasons(), e.Why) {
		return fault.New(fault.Invalid, "claim.unknown_term")
	}
	return nil
}

// Erasure returns the last erasure that left nothing of a statement.
func (s *State) Erasure(statement Ref) (Erasure, bool) {
	if _, ok := s.Statement(statement); ok {
		return Erasure{}, false
	}
	for _, e := range slices.Backward(s.Erasures) {
		if e.Statement == statement {
			return e, true
		}
	}
	return Erasure{}, false
}

// DossierErased reports whether a dossier's kept bytes went with an erasure.
func (s *State) DossierErased(dossier Ref) bool {
	return slices.ContainsFunc(s.Erasures, func(e Erasure) bool { return slices.Contains(e.Dossiers, dossier) })
}

// ghosts returns a node for each entry that some Erased says is gone, and that is
// not among the nodes. They have no body, and hold the places of what they were
// in the order of the others.
func ghosts(byID map[ledger.ID]*node) map[ledger.ID]*node {
	out := map[ledger.ID]*node{}
	for _, n := range byID {
		erased, ok := n.body.(*Erased)
		if !ok {
			continue
		}
		for _, g := range erased.Gone {
			if _, there := byID[g.Entry]; there || g.Entry.IsZero() {
				continue
			}
			ghost := out[g.Entry]
			if ghost == nil {
				ghost = &node{Entry: ledger.Entry{ID: g.Entry}, ghost: true}
				out[g.Entry] = ghost
			}
			ghost.After = append(ghost.After, g.After...)
			if rewritten(byID, n, erased, g) && (ghost.now.IsZero() || compareIDs(g.Now, ghost.now) < 0) {
				ghost.now = g.Now
			}
		}
	}
	return out
}

// rewritten reports whether the claim that g says took a place was written by
// who erased what stood there, and about the same statement: nobody else's claim
// is drawn into what others said of the one that is gone.
func rewritten(byID map[ledger.ID]*node, n *node, erased *Erased, g Gone) bool {
	now, ok := byID[g.Now]
	if !ok || now.Author != n.Author {
		return false
	}
	c, ok := now.body.(*Claim)
	return ok && c.Statement == erased.Statement
}

// maxRewritten bounds how often one claim is followed to a newer one.
const maxRewritten = 64

// present returns t, or what was written in its place.
func (f *folding) present(t *node) *node {
	for range maxRewritten {
		next, ok := f.byID[t.now]
		if !t.ghost || !ok {
			break
		}
		t = next
	}
	return t
}

// lost reports whether an entry was erased: what points at it is no mistake.
func (f *folding) lost(id ledger.ID) bool {
	t, ok := f.byID[id]
	return ok && t.ghost
}
