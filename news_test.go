package habeas_test

import (
	"strings"
	"testing"

	"habeas"
	"habeas/claim"
	"habeas/internal/corpus"
	"habeas/internal/testkit"
	"habeas/name"
	"habeas/vault"
)

// TestRealText takes real Russian news as statements of one case, links the
// people named in them as a reader would, settles them, and searches them. Then
// it asks what an analyst can read there of the names.
func TestRealText(t *testing.T) {
	texts := testkit.News(t, "../shared/data")
	const read = 12 // as many are read to the end; all are taken in
	s := tell(t)
	by := s.as("vera")
	circles, err := s.Circles(s.Context(), by)
	s.ok(err)
	id, err := s.OpenCase(s.Context(), by, circleNamed(circles, "Refusers"), habeas.NewCase{Title: "News", About: "incident"})
	s.ok(err)
	source, err := s.AddSource(s.Context(), by, id, claim.Source{Kind: "outlet", Role: "outlet"})
	s.ok(err)
	taken, settled, mentions, readable := 0, 0, 0, 0
	for _, n := range texts {
		st, err := s.AddStatement(s.Context(), by, id, habeas.NewStatement{Source: source, Medium: "article", Lang: "ru", Raw: vault.NewText(n.Text)})
		s.ok(err)
		if taken++; taken > read {
			continue
		}
		linkPeople(s, by, id, st, n)
		dismissAll(s, by, id, st)
		if err := s.Settle(s.Context(), by, id, st); err == nil {
			settled++
		}
		f, err := s.Case(s.Context(), s.as("ana"), id)
		s.ok(err)
		text := s.statementByRef(f, st).Newest().Text
		for _, p := range n.People {
			for _, m := range p.Mentions {
				mentions++
				if strings.Contains(text, n.Text[m[0][0]:m[len(m)-1][1]]) {
					readable++
				}
			}
		}
	}
	if settled != read {
		t.Errorf("%d of %d texts were settled", settled, read)
	}
	t.Logf("%d texts taken in, %d read: %d mentions of people, %d still to be read by an analyst", taken, settled, mentions, readable)
	if readable*100 > mentions {
		t.Errorf("%d of %d mentions are still readable after linking, want one in a hundred at most", readable, mentions)
	}
	found, err := s.Search(s.Context(), s.as("ana"), "президент")
	s.ok(err)
	if len(found.Hits) == 0 {
		t.Error("a search in the news finds nothing for президент")
	}
}

func circleNamed(circles []habeas.Circle, name string) (id habeas.CaseID) {
	for _, c := range circles {
		if c.Name == name {
			id = c.ID
		}
	}
	return id
}

// linkPeople records the people of a text, and links every mention of theirs
// that the desk points out.
func linkPeople(s *story, by habeas.Actor, id habeas.CaseID, st claim.Ref, n corpus.Text) {
	s.Helper()
	for _, p := range n.People {
		ref, err := s.AddPerson(s.Context(), by, id, habeas.NewPerson{Protection: claim.Protected, Parts: parts(p.Name)})
		s.ok(err)
		r, err := s.Reading(s.Context(), by, id, st)
		s.ok(err)
		for _, piece := range r.Pieces {
			for _, run := range piece.Runs {
				if run.Suspect && overlaps(p, run) {
					s.ok(s.Link(s.Context(), by, id, st, vault.Span{Start: run.Start, End: run.End}, ref, false))
				}
			}
		}
	}
}

func parts(n name.Name) (out []vault.Part) {
	for _, p := range n {
		out = append(out, vault.Part{Kind: p.Kind, Text: vault.NewText(p.Text)})
	}
	return out
}

// overlaps reports whether a run of the text holds a mention of p.
func overlaps(p corpus.Person, run habeas.Run) bool {
	for _, m := range p.Mentions {
		for _, span := range m {
			if span[0] < run.End && run.Start < span[1] {
				return true
			}
		}
	}
	return false
}
