package habeas

import (
	"testing"

	"habeas/claim"
	"habeas/vault"
)

// TestAttackOlderSharedForms: a marked circle has a name that an older version wrote
// down in another way. Until one of it who may see names has been there, its copy
// misses forms that are found today: nothing leaves other circles, nobody is told
// more, and it is not counted as an answer.
func TestAttackOlderSharedForms(t *testing.T) {
	for version, hashes := range map[byte][]byte{1: {1, 9, 9}, 2: {2}} {
		s := newCheckOffice(t)
		ctx := t.Context()
		k, err := s.d.caseKeys(ctx, s.one, s.b.Case)
		s.ok(err)
		names := [][]vault.Part{{{Kind: "given", Text: vault.NewText("Добромил")}, {Kind: "family", Text: vault.NewText("Заревич")}}}
		drafts, err := s.d.detailDrafts(ctx, s.one, k, vault.Detail{Person: s.b.Person, Names: names})
		s.ok(err)
		older := 0
		for i, draft := range drafts {
			switch body := draft.body.(type) {
			case claim.Forms:
				body.Hashes = hashes
				drafts[i].body = body
				older++
			case elsewhere:
				copied := body.body.(sharedForms)
				copied.People[0].Hashes = hashes
				older++
			}
		}
		if older != 2 {
			t.Fatalf("%d of the name are written down", older)
		}
		_, err = s.d.write(ctx, s.one, k.circle, s.b.Case, drafts...)
		s.ok(err)
		for _, text := range []string{"He saw Добромил Заревич there.", "nobody at all"} {
			if err := s.tries(s.ed, text); faultKey(err) != "shared.waiting" {
				t.Errorf("version %d, %q: got %v, want shared.waiting", version, text, err)
			}
		}
		if all, err := s.d.Withheld(ctx, enter(t, s.d)); err != nil || len(all) != 0 {
			t.Errorf("version %d: it is counted: %+v, %v", version, all, err)
		}
		s.d.tending.Wait()
		s.enter("z")
		s.refused(s.tries(s.ed, "He saw Добромил Заревич there."), "shared.withheld")
		s.passes(s.ed, "nobody at all")
		marks, err := s.d.marks(ctx, s.one)
		s.ok(err)
		c, _ := s.one.circle(s.second)
		if stale, err := s.d.sharedStale(ctx, c, marks[s.second]); err != nil || stale {
			t.Errorf("version %d: the copy is to be made anew for nothing: %v, %v", version, stale, err)
		}
	}
}
