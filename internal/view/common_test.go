package view

import (
	"bytes"
	"path/filepath"
	"testing"

	"habeas/claim"
	"habeas/ledger"
)

// TestCommonWords looks for a word that more texts have than are weighed, alone and with
// rare ones.
func TestCommonWords(t *testing.T) {
	v, _ := openView(t)
	l := newLog(t)
	for n := range manyTexts + 1 {
		title := "Parcel refused"
		switch {
		case n == 3:
			title += " at the weir"
		case n == 4:
			title += " at the weir by the weir"
		case n%2 == 0:
			title += " twice"
		}
		l.add(ledger.NewID(), claim.KindCase, claim.Case{Title: title, About: "incident"})
	}
	l.add(ledger.NewID(), claim.KindCase, claim.Case{Title: "Seen at the weir", About: "incident"})
	l.applied(v)
	for _, test := range []struct {
		query      string
		want       int
		more, many bool
	}{
		{"parcel", 10, true, true},
		{"refused parcels", 10, true, true},
		{`"parcel refused"`, 10, true, true},
		{"parcel twice", 10, true, false},
		{"weir", 3, false, false},
		{"parcel weir", 2, false, false},
		{"parcel harbour", 0, false, false},
	} {
		found, err := v.Search(t.Context(), test.query, 10)
		if err != nil || len(found.Hits) != test.want || found.More != test.more || found.Many != test.many {
			t.Errorf("%s: got %d hits, more %v, many %v, %v", test.query, len(found.Hits), found.More, found.Many, err)
		}
		for _, h := range found.Hits {
			if len(h.Snippet.Matches) == 0 {
				t.Errorf("%s: nothing is marked in %q", test.query, h.Snippet.Text)
			}
		}
	}
	found, err := v.Search(t.Context(), "parcel weir", 1)
	if err != nil || len(found.Hits) != 1 || found.Hits[0].Snippet.Text != "Parcel refused at the weir by the weir" {
		t.Errorf("the best fitting: got %+v, %v", found, err)
	}
}

// TestBuildGivesTheSame folds a log as a whole, in two parts, and compares that with a
// view that followed.
func TestBuildGivesTheSame(t *testing.T) {
	l := newLog(t)
	for n := range 30 {
		l.realistic(n)
	}
	followed, _ := openView(t)
	l.applied(followed)
	want := dump(t, followed)
	path := filepath.Join(t.TempDir(), "built.db")
	for range 2 { // what an earlier build left is thrown away
		built, err := Build(path, testKey)
		if err != nil {
			t.Fatal(err)
		}
		half := len(l.entries) / 2
		for _, part := range [][]ledger.Entry{l.entries[half:], l.entries[:half]} {
			if err := built.Apply(t.Context(), part, l.mark()); err != nil {
				t.Fatal(err)
			}
			if err := built.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := built.Finish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := readAll(t.Context(), path); err != nil || got != want {
		t.Errorf("the view that was built holds something else, or %v", err)
	}
	v, err := Open(path, testKey)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if m, err := v.Mark(t.Context()); err != nil || m != l.mark() {
		t.Errorf("it has come as far as %+v, %v", m, err)
	}
	l.add(l.entries[0].Stream, claim.KindCase, claim.Case{Title: "changed after it was built", About: "incident"})
	l.applied(v)
	l.applied(followed)
	if dump(t, v) != dump(t, followed) {
		t.Error("what follows does not lead to the same")
	}
}

func dump(t *testing.T, v *View) string {
	t.Helper()
	var b bytes.Buffer
	if err := v.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
