package count

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// random makes a table of some groups with parts, of numbers that are mostly small.
func random(r *rand.Rand, groups, parts, columns, most int) Table {
	t := Table{Rows: []Row{{Cells: make([]int, columns)}}}
	for range 1 + r.IntN(groups) {
		g := len(t.Rows)
		t.Rows = append(t.Rows, Row{Of: 0, Cells: make([]int, columns)})
		n := r.IntN(parts + 1)
		for range n {
			t.Rows = append(t.Rows, Row{Of: g, Cells: cells(r, columns, most)})
		}
		if n == 0 {
			t.Rows[g].Cells = cells(r, columns, most)
		}
		for _, row := range t.Rows[g+1:] {
			add(t.Rows[g].Cells, row.Cells)
		}
		add(t.Rows[0].Cells, t.Rows[g].Cells)
	}
	return t
}

func cells(r *rand.Rand, columns, most int) []int {
	out := make([]int, columns)
	for c := range out {
		if r.IntN(4) > 0 {
			out[c] = r.IntN(1 + r.IntN(most+1))
		}
	}
	return out
}

func add(to, from []int) {
	for c, v := range from {
		to[c] += v
	}
}

// few holds back what is from 1 to 4.
func few(t Table) Mask {
	small := func(n int) bool { return 0 < n && n < Least }
	m := make(Mask, len(t.Rows))
	for i, r := range t.Rows {
		for _, c := range r.Cells {
			m[i] = append(m[i], small(c))
		}
		m[i] = append(m[i], small(r.Total()))
	}
	return m
}

// TestNobodySubtracts holds that nothing that had to be held back comes out by
// subtraction: of each column from the sum of its rows, and of each row from its total,
// again and again until nothing more comes out.
func TestNobodySubtracts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	hid, tried := 0, 0
	for range 3000 {
		tab := random(r, 6, 5, 1+r.IntN(6), 30)
		must := few(tab)
		mask, err := Hide(tab, must)
		if errors.Is(err, ErrFew) && slices.Contains(must[0], true) {
			continue
		}
		if err != nil {
			t.Fatalf("%v: %v", tab, err)
		}
		tried++
		known := subtract(tab, mask)
		for i := range must {
			for c, m := range must[i] {
				if !m {
					continue
				}
				hid++
				if !mask[i][c] || known[i][c] || Spread(tab, mask, i, c) < Width {
					t.Fatalf("row %d, column %d comes out of %v held back as %v", i, c, tab, mask)
				}
			}
		}
	}
	if tried < 100 || hid < 1000 {
		t.Errorf("tried only %d tables with %d numbers to be held back", tried, hid)
	}
}

// subtract returns what somebody knows who subtracts.
func subtract(t Table, mask Mask) [][]bool {
	columns := len(t.Rows[0].Cells)
	known := make([][]bool, len(t.Rows))
	var sums [][][2]int // in each all numbers but one give the last
	for i, r := range t.Rows {
		var across [][2]int
		for c := range columns + 1 {
			known[i] = append(known[i], !mask[i][c])
			across = append(across, [2]int{i, c})
			down := [][2]int{{i, c}}
			for j := i + 1; j < len(t.Rows); j++ {
				if t.Rows[j].Of == i {
					down = append(down, [2]int{j, c})
				}
			}
			if len(down) > 1 {
				sums = append(sums, down)
			}
		}
		_ = r
		sums = append(sums, across)
	}
	for again := true; again; {
		again = false
		for _, s := range sums {
			var left [][2]int
			for _, at := range s {
				if !known[at[0]][at[1]] {
					left = append(left, at)
				}
			}
			if len(left) == 1 {
				known[left[0][0]][left[0][1]], again = true, true
			}
		}
	}
	return known
}

// TestEveryTableThatFits goes through all tables that fit with what is shown, and
// holds that each number that had to be held back has Width+1 values among them. It
// knows nothing of networks.
func TestEveryTableThatFits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	hid := 0
	for range 400 {
		tab := random(r, 3, 0, 2, 5)
		must := few(tab)
		mask, err := Hide(tab, must)
		if err != nil {
			continue
		}
		values := map[[2]int]map[int]bool{}
		n := len(tab.Rows) - 1
		for _, a := range splits(tab.Rows[0].Cells[0], n) {
			for _, b := range splits(tab.Rows[0].Cells[1], n) {
				if !fits(tab, mask, a, b) {
					continue
				}
				for i := range n {
					for c, v := range []int{a[i], b[i], a[i] + b[i]} {
						at := [2]int{i + 1, c}
						if values[at] == nil {
							values[at] = map[int]bool{}
						}
						values[at][v] = true
					}
				}
			}
		}
		for i := range must {
			for c, m := range must[i] {
				if m {
					hid++
					if got := len(values[[2]int{i, c}]); got <= Width {
						t.Fatalf("row %d, column %d of %v, held back as %v, is one of %d values", i, c, tab, mask, got)
					}
				}
			}
		}
	}
	if hid < 100 {
		t.Errorf("only %d numbers had to be held back", hid)
	}
}

// splits returns all ways to write sum as n numbers.
func splits(sum, n int) (all [][]int) {
	if n == 1 {
		return [][]int{{sum}}
	}
	for first := range sum + 1 {
		for _, rest := range splits(sum-first, n-1) {
			all = append(all, append([]int{first}, rest...))
		}
	}
	return all
}

func fits(tab Table, mask Mask, a, b []int) bool {
	for i, row := range tab.Rows[1:] {
		m := mask[i+1]
		if !m[0] && a[i] != row.Cells[0] || !m[1] && b[i] != row.Cells[1] || !m[2] && a[i]+b[i] != row.Total() {
			return false
		}
	}
	return true
}

// TestHideLittle says what is held back of tables that a reader can check.
func TestHideLittle(t *testing.T) {
	for _, test := range []struct {
		name string
		t    Table
		want Mask
		err  error
	}{
		{"nothing small", Table{[]Row{{0, []int{20, 30}}, {0, []int{10, 0}}, {0, []int{10, 30}}}}, Mask{{false, false, false}, {false, false, false}, {false, false, false}}, nil},
		{"one small number takes its neighbours with it", Table{[]Row{{0, []int{20, 30}}, {0, []int{3, 20}}, {0, []int{17, 10}}}}, Mask{{false, false, false}, {true, true, false}, {true, true, false}}, nil},
		{"an empty column stays", Table{[]Row{{0, []int{20, 0}}, {0, []int{3, 0}}, {0, []int{17, 0}}}}, Mask{{false, false, false}, {true, false, true}, {true, false, true}}, nil},
		{"the sum of all is small", Table{[]Row{{0, []int{4}}, {0, []int{4}}}}, nil, ErrFew},
		{"no sums", Table{[]Row{{0, []int{9}}, {0, []int{4}}}}, nil, ErrSums},
		{"a row before that of which it is part", Table{[]Row{{0, []int{9}}, {2, []int{9}}, {0, []int{9}}}}, nil, ErrSums},
	} {
		got, err := Hide(test.t, few(test.t))
		if !errors.Is(err, test.err) || !slices.EqualFunc(got, test.want, slices.Equal) {
			t.Errorf("%s: got %v, %v; want %v, %v", test.name, got, err, test.want, test.err)
		}
	}
}
