package habeas

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"habeas/appeal"
	"habeas/claim"
	"habeas/count"
	"habeas/dossier"
)

// someLetters makes letters at random: to some bodies often, to others hardly ever,
// each about one of so many people.
func someLetters(r *rand.Rand, n, people int) []letterCounted {
	var all []letterCounted
	for range n {
		body := min(r.IntN(9), r.IntN(9))
		sent, _ := appeal.ParseSpan(fmt.Sprintf("%d-03-04", 2020+r.IntN(4)))
		all = append(all, letterCounted{
			file:         &AppealFile{Appealed: &claim.Appealed{Appeal: claim.Appeal{Authority: claim.Ref("u:body" + strconv.Itoa(body)), Kind: []string{"request", "complaint", "other"}[min(r.IntN(3), r.IntN(3))]}}},
			jurisdiction: []string{"RU", "RU", "UA", "TR"}[body%4], sent: sent.From, people: map[string]int{"p:" + strconv.Itoa(r.IntN(people)): 1},
			became: Becomings()[min(r.IntN(6), r.IntN(6))],
		})
	}
	return all
}

// TestNothingOfFewLeaves makes tables at random, and another of each a while later: no
// number of fewer than five letters or people is in one, comes out of it, or is the
// difference of the two.
func TestNothingOfFewLeaves(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	made, again, held := 0, 0, 0
	for range 60 {
		all := someLetters(r, 20+r.IntN(200), 10+r.IntN(100))
		first, err := outwardTable(all, nil, true, "2026-01-01", nil)
		if err != nil {
			continue
		}
		made++
		held += leavesNothing(t, all, first)
		later := append(slices.Clone(all), someLetters(r, r.IntN(60), 100)...)
		for i := range later { // some were answered meanwhile
			if later[i].became == BecameWaiting && r.IntN(3) == 0 {
				later[i].became = BecameAnswered
			}
		}
		second, err := outwardTable(later, nil, true, "2026-07-01", []dossier.Counted{first})
		if err != nil {
			continue
		}
		again++
		leavesNothing(t, later, second)
		a, b := toldIn(first), toldIn(second)
		for what, n := range b {
			if was, ok := a[what]; ok && small(max(n-was, was-n)) {
				t.Fatalf("%s was %d and is %d", what, was, n)
			}
		}
	}
	if made < 25 || again < 8 || held < 500 {
		t.Errorf("made only %d tables and %d second ones, with %d numbers held back", made, again, held)
	}
}

// leavesNothing fails the test if something of few is told in a table. It returns how
// many numbers had to be held back.
func leavesNothing(t *testing.T, all []letterCounted, c dossier.Counted) (held int) {
	t.Helper()
	for i, p := range tableParts(all, nil, true) {
		part := c.Parts[i]
		tab, mask := count.Table{}, count.Mask{}
		for j, row := range part.Rows {
			r := count.Row{Of: row.Of}
			hidden := make([]bool, len(c.Columns)+1)
			for k, column := range c.Columns {
				n, _ := p.rows[j].letters(column)
				r.Cells = append(r.Cells, n)
				hidden[k] = row.Cells[k] == dossier.Held
			}
			hidden[len(c.Columns)] = row.Letters == dossier.Held
			if hidden[len(c.Columns)] && (row.People != dossier.Held || row.Sent[1] != dossier.Held) {
				t.Fatalf("of a row that is held back something is told: %+v", row)
			}
			tab.Rows, mask = append(tab.Rows, r), append(mask, hidden)
		}
		for j, row := range p.rows {
			for k := range len(c.Columns) + 1 {
				became := Becomings()
				if k < len(c.Columns) {
					became = c.Columns[k]
				}
				if !row.few(became) {
					continue
				}
				held++
				if !mask[j][k] || count.Spread(tab, mask, j, k) < count.Width {
					t.Fatalf("by %s, %q, %v: it is of few, and comes out of %+v", p.by, row.Key, became, part)
				}
			}
		}
	}
	return held
}

// toldIn returns the numbers that somebody reads in a table, or adds up from it.
func toldIn(c dossier.Counted) map[string]int {
	told := map[string]int{}
	for _, part := range c.Parts {
		for _, row := range part.Rows {
			for _, groups := range tableColumns {
				for _, became := range groups {
					if n, ok := sumOf(c.Columns, row.Cells, became); ok {
						told[fmt.Sprint(part.By, row.Key, became)] = n
					}
				}
			}
			if row.Letters != dossier.Held {
				told[fmt.Sprint(part.By, row.Key, " letters")], told[fmt.Sprint(part.By, row.Key, " people")] = row.Letters, row.People
			}
		}
	}
	return told
}

// TestTwoLettersOfOnePerson: people are counted, and not what was written about them.
func TestTwoLettersOfOnePerson(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	all := someLetters(r, 60, 60)
	for i := range all {
		all[i].became = BecameWaiting
		all[i].file.Kind = "request"
	}
	for i := range 20 { // of one kind there are many letters, all about four people
		all[i].file.Kind, all[i].people = "complaint", map[string]int{"p:" + strconv.Itoa(1000+i%4): 1}
	}
	c, err := outwardTable(all, nil, false, "2026-01-01", nil)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(c.Parts[1].Rows, func(row dossier.CountedRow) bool { return row.Key == "complaint" })
	if row := c.Parts[1].Rows[i]; row.Letters != dossier.Held || row.People != dossier.Held {
		t.Errorf("twenty letters about four people are told: %+v", row)
	}
	if by := tallyOf("", all[:20]); by.Letters != 20 || by.People != 4 {
		t.Errorf("got %d letters about %d people, want 20 about 4", by.Letters, by.People)
	}
	// A record may stand for several people.
	if n := peopleOf([]letterCounted{{people: map[string]int{"p:a": 7, "p:b": 1}}, {people: map[string]int{"p:a": 7}}}); n != 8 {
		t.Errorf("got %d people, want 8", n)
	}
	if len(slices.Collect(maps.Keys(groupBy(all, ByKind)))) != 2 {
		t.Error("the letters are not of two kinds")
	}
}
