package crowd

import "slices"

// vague is how many steps of a fact, from its last, many people share: the season
// and the year of a day, the country of a place, what sort of unit it was. Facts of
// other kinds don't show that two documents are about one person.
var vague = map[Kind]int{Date: 2, Place: 1, Unit: 1}

// Shared returns what a description shares with one that is already out: facts of
// a date, a place or a unit of which both say the same, or one says more exactly
// what the other says, closer than what many share. Whoever has both can lay them
// side by side, so where the one names the person, the other does, too.
func Shared(now, out []Fact) []Fact {
	var shared []Fact
	for _, f := range now {
		if slices.ContainsFunc(out, f.tells) {
			shared = append(shared, f)
		}
	}
	return distinct(shared)
}

func (f Fact) tells(other Fact) bool {
	far, ok := vague[f.Kind]
	if !ok || f.Kind != other.Kind {
		return false
	}
	close := f.Steps[:max(0, len(f.Steps)-far)]
	return slices.ContainsFunc(close, func(step string) bool { return slices.Contains(other.Steps, step) })
}

// SameOrder reports whether at least three events of one description stand in the
// other in the same order. Events are what happened, without when or where.
func SameOrder(now, out []string) bool {
	const enough = 3
	row := make([]int, len(out)+1) // of the longest common order so far
	for _, e := range now {
		before := 0
		for j, o := range out {
			here := row[j+1]
			if e == o {
				row[j+1] = max(here, before+1)
			}
			row[j+1] = max(row[j+1], row[j])
			before = here
		}
	}
	return row[len(out)] >= enough
}
