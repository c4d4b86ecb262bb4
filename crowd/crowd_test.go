package crowd

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// People and places here are invented.

func day(d string) Fact {
	return Fact{Date, []string{d, d[:7], d[:4] + "-21", d[:4]}}
}

func fact(k Kind, steps ...string) Fact { return Fact{k, steps} }

// company is ten people: eight privates and two captains, held in three places.
func company() []Record {
	var all []Record
	for i := range 10 {
		rank := "private"
		if i >= 8 {
			rank = "captain"
		}
		place := fact(Place, "the mill", "the north", "XA")
		if i%3 == 0 {
			place = fact(Place, "the quarry", "the north", "XA")
		}
		all = append(all, Record{Facts: []Fact{fact(Rank, rank), place, day("2022-11-0" + string(rune('1'+i%9)))}})
	}
	return all
}

func says(r Risk) string {
	var s []string
	for _, f := range r.Facts {
		s = append(s, f.Says())
	}
	return strings.Join(s, " + ")
}

func TestWeigh(t *testing.T) {
	all := company()
	for _, test := range []struct {
		name  string
		facts []Fact
		least int
		want  string
		offer string
	}{
		{"nothing is said", nil, 5, "", ""},
		{"many are privates", []Fact{fact(Rank, "private")}, 5, "", ""},
		{"two are captains", []Fact{fact(Rank, "captain")}, 5, "captain (2)", "rank 1 (10)"},
		{"neither alone is few", []Fact{fact(Rank, "private"), fact(Place, "the mill", "the north", "XA")}, 6, "private + the mill (5)", "rank 1 (6) place 1 (8)"},
		{"a day is few, and its month is not", []Fact{day("2022-11-02")}, 5, "2022-11-02 (1)", "date 1 (10)"},
		{"what nobody is known to be", []Fact{fact(Rank, "colonel")}, 5, "colonel (0)", "rank 1 (10)"},
		{"another mill than theirs", []Fact{fact(Place, "the mill", "the south", "XA")}, 5, "the mill (0)", "place 2 (10)"},
		{"somebody of whom less is known does not fit", []Fact{fact(Unit, "the 9th", "infantry")}, 1, "the 9th (0)", "unit 1 (0) unit 2 (10)"},
	} {
		risks := Weigh(test.facts, all, nil, test.least)
		got, offers := "", []string{}
		for _, r := range risks {
			got += says(r) + " (" + strconv.Itoa(r.Count) + ")"
			for _, o := range r.Offers {
				offers = append(offers, string(o.Fact.Kind)+" "+strconv.Itoa(o.Step)+" ("+strconv.Itoa(o.Count)+")")
			}
		}
		if got != test.want || strings.Join(offers, " ") != test.offer {
			t.Errorf("%s: got %q with %q, want %q with %q", test.name, got, offers, test.want, test.offer)
		}
	}
}

// TestTable: an office knows that a brigade has four thousand privates.
func TestTable(t *testing.T) {
	table, err := ReadTable(strings.NewReader("\uFEFFunit,rank,count\nthe 9th > infantry, private,4000\nthe 9th > infantry,captain,4\n"))
	if err != nil {
		t.Fatal(err)
	}
	unit, private, captain := fact(Unit, "the 9th", "infantry"), fact(Rank, "private"), fact(Rank, "captain")
	known := []Record{{Facts: []Fact{unit, private, day("2022-11-02")}}}
	if risks := Weigh([]Fact{unit, private}, known, table, 5); len(risks) > 0 {
		t.Errorf("one of four thousand: %v", risks)
	}
	if risks := Weigh([]Fact{unit, captain}, known, table, 5); len(risks) != 1 || risks[0].Count != 4 {
		t.Errorf("one of four captains: %v", risks)
	}
	risks := Weigh([]Fact{unit, day("2022-11-02")}, known, table, 5)
	if len(risks) != 1 || says(risks[0]) != "2022-11-02" {
		t.Errorf("a day, of which the table tells nothing: %v", risks)
	}
}

// TestColumns: what belongs together is one fact, however the table has it.
func TestColumns(t *testing.T) {
	for _, test := range []struct{ table, want string }{
		{"country,place,count,region,district\nXA,the mill,7,the north,the valley\n", "place: the mill > the valley > the north > XA"},
		{"district,count\nthe valley > the north,7\n", "place: the valley > the north"},
		{"branch,count,unit\ninfantry,7,the 9th\n", "unit: the 9th > infantry"},
		{"age,count\n32,7\n", "age: 32 > 30-39"},
		{"age,count\n30-39,7\n", "age: 30-39"},
		{"age,count\n32 > 30-39,7\n", "age: 32 > 30-39"},
		{"AGE,Count,rank\n 7 ,7,\n", "age: 7 > 0-9"},
	} {
		table, err := ReadTable(strings.NewReader(test.table))
		if err != nil {
			t.Errorf("%q: %v", test.table, err)
			continue
		}
		got := ""
		for _, f := range table.Rows[0].Facts {
			got += string(f.Kind) + ": " + strings.Join(f.Steps, " > ")
		}
		if got != test.want || table.Rows[0].Count != 7 {
			t.Errorf("%q: got %q of %d, want %q", test.table, got, table.Rows[0].Count, test.want)
		}
	}
}

// lessExact draws a fact with its steps, each of which tells what the next ones
// are.
func lessExact() *rapid.Generator[Fact] {
	return rapid.Custom(func(t *rapid.T) Fact {
		k := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		exact := rapid.StringMatching("[ab][cd][ef]").Draw(t, "exact")
		steps := []string{exact, exact[:2], exact[:1], "all"}
		if k == Place && exact[0] == 'b' {
			steps[3] = Unsaid
		}
		return Fact{k, steps[rapid.IntRange(0, 3).Draw(t, "known to"):]}
	})
}

// TestLessIsMore: saying less never leaves fewer people in the crowd, whatever is
// said less exactly, with a table and without, and of however many facts.
func TestLessIsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(lessExact(), 1, 40).Draw(t, "facts")
		var known []Record
		for range rapid.IntRange(1, 20).Draw(t, "people") {
			of := slices.Clone(facts[:rapid.IntRange(0, len(facts)).Draw(t, "fits")])
			known = append(known, Record{Facts: append(of, rapid.SliceOfN(lessExact(), 0, 6).Draw(t, "of")...)})
		}
		var table *Table
		if rapid.Bool().Draw(t, "table") {
			table = &Table{Kinds: rapid.SliceOfNDistinct(rapid.SampledFrom(Kinds()), 1, 7, rapid.ID).Draw(t, "kinds"), Rows: known[:1]}
			table.Rows[0].Count = rapid.IntRange(1, 50).Draw(t, "count")
		}
		less := slices.Clone(facts)
		for i := range less {
			less[i].Steps = less[i].Steps[rapid.IntRange(0, len(less[i].Steps)).Draw(t, "less"):]
		}
		w := weighing{known: known, table: table}
		now, then := w.countOf(distinct(facts)), w.countOf(distinct(less))
		if then < now {
			t.Fatalf("%v fit %d; %v fit %d", facts, now, less, then)
		}
		least := rapid.IntRange(1, 8).Draw(t, "least")
		if len(Weigh(facts, known, table, least)) == 0 && len(Weigh(less, known, table, least)) > 0 {
			t.Fatal("nothing was too much, and said less exactly it is")
		}
		for _, r := range Weigh(facts, known, table, least) {
			for _, o := range r.Offers {
				if o.Count < r.Count {
					t.Fatalf("%s fits %d, and less of it %d", says(r), r.Count, o.Count)
				}
				if o.Step < len(o.Fact.Steps) && o.Fact.Steps[o.Step] == Unsaid {
					t.Fatal("it offers to say nothing as if it were something")
				}
			}
		}
	})
}

func TestTableRefused(t *testing.T) {
	for _, bad := range []string{
		"", "\n", "unit,rank\nx,y\n", "count\n3\n", "unit,count,count\nx,1,1\n", "unit,unit,count\nx,x,1\n", "shoe,count\nx,1\n",
		"unit,count\nx,0\n", "unit,count\nx,many\n", "unit,count\nx,-3\n", "unit,count\nx > ,3\n", "unit,count\nx,3,4\n", "unit,count\nx,99999999999\n",
		"age,count\nold,3\n", "age,count\n130,3\n", "age,count\n32 > 40-49,3\n", "age,count\n31-38,3\n", "place,count\n?,3\n", "place,count\n\xff,3\n",
		"place;count\nx;3\n", "place,count\nx,3\n\"y,4\n", "count,district\n3\n", "place,,count\nx,,3\n",
	} {
		if got, err := ReadTable(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add("unit,rank,count\nthe 9th > infantry,private,4000\n")
	f.Fuzz(func(t *testing.T, s string) {
		table, err := ReadTable(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, r := range table.Rows {
			if r.Count < 1 {
				t.Fatalf("a row of %d people", r.Count)
			}
		}
	})
}

// TestSmallest: whatever is said, a combination is few, and without any one of
// its facts it is not.
func TestSmallest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.Custom(func(t *rapid.T) Fact {
			k := rapid.SampledFrom([]Kind{Rank, Unit, Place}).Draw(t, "kind")
			exact := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "exact")
			return Fact{k, []string{exact, "coarse-" + exact[:1], "all"}}
		})
		facts := rapid.SliceOfN(some, 0, 6).Draw(t, "facts")
		var known []Record
		for range rapid.IntRange(0, 30).Draw(t, "people") {
			known = append(known, Record{Facts: rapid.SliceOfN(some, 0, 4).Draw(t, "of")})
		}
		const least = 4
		for _, r := range Weigh(facts, known, nil, least) {
			if r.Count != fitting(known, r.Facts) || r.Count >= least {
				t.Fatalf("%s fits %d, not %d", says(r), fitting(known, r.Facts), r.Count)
			}
			for i := range r.Facts {
				if rest := slices.Delete(slices.Clone(r.Facts), i, i+1); len(rest) > 0 && len(r.Facts) <= mostTogether && fitting(known, rest) < least {
					t.Fatalf("%s: the fact %d is not needed", says(r), i)
				}
			}
		}
		if whole := distinct(facts); len(whole) > 0 && fitting(known, whole) < least && len(Weigh(facts, known, nil, least)) == 0 {
			t.Fatal("the whole fits few, and nothing is said")
		}
	})
}

func TestShared(t *testing.T) {
	out := []Fact{day("2022-11-02"), fact(Place, "the mill", "the north", "XA"), fact(Unit, "the 9th", "infantry"), fact(Rank, "private")}
	for _, test := range []struct {
		name string
		now  Fact
		want bool
	}{
		{"the same day", day("2022-11-02"), true},
		{"its month", Fact{Date, []string{"2022-11", "2022-21", "2022"}}, true},
		{"another day of the month", day("2022-11-09"), true},
		{"the year alone", fact(Date, "2022"), false},
		{"its season", Fact{Date, []string{"2022-21", "2022"}}, false},
		{"the region", fact(Place, "the north", "XA"), true},
		{"the country", fact(Place, "XA"), false},
		{"a place elsewhere in the country", fact(Place, "the pier", "the south", "XA"), false},
		{"the unit", fact(Unit, "the 9th", "infantry"), true},
		{"another unit of the sort", fact(Unit, "the 8th", "infantry"), false},
		{"a rank", fact(Rank, "private"), false},
	} {
		if got := len(Shared([]Fact{test.now}, out)) > 0; got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestSameOrder(t *testing.T) {
	out := []string{"refusal", "detention", "beating", "transfer"}
	for _, test := range []struct {
		now  string
		want bool
	}{
		{"refusal detention beating", true}, {"refusal detention", false}, {"detention refusal beating", false},
		{"refusal appeal detention transfer", true}, {"beating beating beating", false}, {"", false},
	} {
		if got := SameOrder(strings.Fields(test.now), out); got != test.want {
			t.Errorf("%q: got %v, want %v", test.now, got, test.want)
		}
	}
}
