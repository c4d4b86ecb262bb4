package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestBenchGate measures on a set of one invented text, in which one of two mentions
// is of a name that the set does not give.
func TestBenchGate(t *testing.T) {
	pl := newPlace(t)
	for file, text := range map[string]string{
		"a.txt":     "Пришёл Ходырев. Жбанов ушёл.",
		"a.spans":   "1 surname 7 7 # x\n2 surname 16 6 # x\n",
		"a.objects": "10 Person 1 # x\n11 Person 2 # x\n",
		"a.coref":   "5 10 11\nlastname Ходырев\n",
		"pairs":     "khodyrev\tходырев\n",
		"broken":    "khodyrev\n",
	} {
		pl.write(file, text, 0o600)
	}
	out, errs := pl.must(0, "bench", "gate", "--factrueval", ".", "--people", "0", "--misses")
	for _, want := range []string{"| mention recall ", "| 2 mentions ", "| 50.00 % ", "| ≥ 99.50 %", "| no ", "missed\tanother name than in the vault\ta\t\"Жбанов\""} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	if strings.Contains(out, "transliteration") || strings.Contains(out, "compile time") {
		t.Errorf("measured what nobody asked for:\n%s", out)
	}
	if !strings.Contains(errs, "measuring mention recall") {
		t.Errorf("nothing tells how far it is: %s", errs)
	}

	out, _ = pl.must(0, "bench", "gate", "--pairs", "pairs", "--factrueval", "none", "--people", "0", "--json")
	var rows []struct {
		Measure         string
		Absent, Reached bool
		N               int
		Bound           float64
	}
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Measure == "mention recall" && r.Absent {
			seen["absent"] = true
		}
		if r.Measure == "transliteration: accepted" && r.Reached && r.N == 1 && r.Bound == 1 {
			seen["pairs"] = true
		}
	}
	if len(seen) != 2 || strings.Contains(out, "khodyrev") {
		t.Errorf("got %s", out)
	}

	if _, errs := pl.must(2, "bench", "gate", "--people", "0"); !strings.Contains(errs, "hint: name its folder with --data") {
		t.Errorf("without data: got %s", errs)
	}
	if _, errs := pl.must(2, "bench", "gate", "--pairs", "broken", "--people", "0"); !strings.Contains(errs, "broken: line 1") {
		t.Errorf("with a damaged file: got %s", errs)
	}
	pl.must(2, "bench", "gate", "--forms", "nick=pairs")
	pl.must(2, "bench", "gate", "--people", "-1")
}
