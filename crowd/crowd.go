// Package crowd counts among how many people a description leaves somebody.
//
// A document without a single name can name a person: a rank, a unit, a place and
// a day are together true of few. The package knows no names and no documents. It
// is told what a document says of a person ([Fact]) and what is known of
// everybody it could be ([Record], [Table]), and says which few facts together
// leave too small a crowd ([Weigh]), and which of them, said less exactly, would
// not.
package crowd

import (
	"slices"
	"strconv"
)

// Least is how many people a description must fit unless an office says
// otherwise.
const Least = 5

// A Kind says what a fact is about.
type Kind string

// Kinds of fact.
const (
	Rank   Kind = "rank"
	Unit   Kind = "unit"
	Role   Kind = "role"
	Place  Kind = "place"
	Date   Kind = "date"
	Family Kind = "family"
	Age    Kind = "age"
)

// Kinds returns every kind of fact.
func Kinds() []Kind { return []Kind{Rank, Unit, Role, Place, Date, Family, Age} }

// Unsaid is a step that says nothing: a place of which nobody knows the country.
const Unsaid = "?"

// ageBand is how many years of age are said as one.
const ageBand = 10

// AgeSteps returns the ways to say an age in whole years: itself, and the ten
// years that it lies in, "30-39".
func AgeSteps(years int) []string {
	from := years / ageBand * ageBand
	return []string{strconv.Itoa(years), strconv.Itoa(from) + "-" + strconv.Itoa(from+ageBand-1)}
}

// A Fact is one thing said of a person, with the ways to say it, from the most
// exact: a day, its month, its season, its year. A description says the first of
// them. Two facts that could be said in one way are alike there: the values of all
// kinds of step must differ ("2022-11", "2022-23").
type Fact struct {
	Kind  Kind     `json:"kind"`
	Steps []string `json:"steps"`
}

// Says returns what a description says, or "" of a fact without steps.
func (f Fact) Says() string {
	if len(f.Steps) == 0 {
		return ""
	}
	return f.Steps[0]
}

// fits reports whether what f says is true of a person with the fact known. Of
// somebody of whom less is known than f says, it is not; nor where the two go on
// differently: two mills in two regions are two places. So whom a fact fits, the
// same fact said by a later step fits too, if known has that step.
func (f Fact) fits(known Fact) bool {
	if f.Kind != known.Kind {
		return false
	}
	at := slices.Index(known.Steps, f.Says())
	if at < 0 {
		return false
	}
	rest := known.Steps[at:]
	n := min(len(rest), len(f.Steps))
	return slices.Equal(rest[:n], f.Steps[:n])
}

// A Record is what is known of one person, or of so many of whom the same is
// known.
type Record struct {
	Facts []Fact
	Count int // people; 0 is one
}

func (r Record) people() int { return max(r.Count, 1) }

func (r Record) fits(f Fact) bool { return slices.ContainsFunc(r.Facts, f.fits) }

// A Risk is a combination of facts that too few people share, none of which can
// be left out of it.
type Risk struct {
	Facts  []Fact
	Count  int // people it fits, of those known
	Offers []Offer
}

// An Offer is one fact of a combination said less exactly.
type Offer struct {
	Fact  Fact
	Step  int // into Fact.Steps; their number is: not said at all
	Count int // people the combination fits then
}

// How many facts of a person are weighed one with another, and how many of them
// together. All of them together are weighed in any case.
const (
	mostFacts    = 24
	mostTogether = 4
)

// Weigh returns the smallest combinations of facts that fit fewer than least
// people, each of as many facts; none if there is none. known is everybody the
// person could be taken for, the person included. A table of a population may be
// nil; where it knows of all kinds of fact in a combination, the larger number
// counts.
func Weigh(facts []Fact, known []Record, table *Table, least int) []Risk {
	all := distinct(facts)
	facts = all[:min(len(all), mostFacts)]
	w := &weighing{facts: facts, known: known, table: table}
	w.inKnown = w.group(known)
	if table != nil {
		w.inTable = w.group(table.Rows)
	}
	var risks []Risk
	for n := 1; n <= min(mostTogether, len(facts)) && risks == nil; n++ {
		for of := uint32(1)<<n - 1; of < 1<<len(facts); of = following(of) {
			if count := w.count(of); count < least {
				risks = append(risks, w.risk(w.chosen(of), count, least))
			}
		}
	}
	if len(all) > mostTogether && risks == nil {
		if count := w.countOf(all); count < least {
			risks = append(risks, w.risk(all, count, least))
		}
	}
	return risks
}

// distinct returns the facts that say something, each once.
func distinct(facts []Fact) []Fact {
	var out []Fact
	for _, f := range facts {
		same := func(o Fact) bool { return o.Kind == f.Kind && slices.Equal(o.Steps, f.Steps) }
		if f.Says() != "" && f.Says() != Unsaid && !slices.ContainsFunc(out, same) {
			out = append(out, f)
		}
	}
	return out
}

// following returns the next larger number with as many bits, by Gosper's rule.
func following(of uint32) uint32 {
	low := of & -of
	up := of + low
	return (of^up)>>2/low | up
}

// A weighing knows which facts fit how many people.
type weighing struct {
	facts            []Fact
	known            []Record
	table            *Table
	inKnown, inTable map[uint32]int // people, by the facts that fit them as bits
}

func (w *weighing) group(records []Record) map[uint32]int {
	groups := map[uint32]int{}
	for _, r := range records {
		var fit uint32
		for i, f := range w.facts {
			if r.fits(f) {
				fit |= 1 << i
			}
		}
		groups[fit] += r.people()
	}
	return groups
}

// chosen returns the facts that stand for the bits of of.
func (w *weighing) chosen(of uint32) []Fact {
	var facts []Fact
	for i, f := range w.facts {
		if of&(1<<i) != 0 {
			facts = append(facts, f)
		}
	}
	return facts
}

// count returns how many people all of some facts fit.
func (w *weighing) count(of uint32) int {
	n := among(w.inKnown, of)
	if w.table.covers(w.chosen(of)) {
		n = max(n, among(w.inTable, of))
	}
	return n
}

func among(groups map[uint32]int, of uint32) int {
	n := 0
	for fit, people := range groups {
		if fit&of == of {
			n += people
		}
	}
	return n
}

// countOf is count for facts that may be more than have a bit.
func (w *weighing) countOf(facts []Fact) int {
	n := fitting(w.known, facts)
	if w.table.covers(facts) {
		n = max(n, fitting(w.table.Rows, facts))
	}
	return n
}

func (w *weighing) risk(facts []Fact, count, least int) Risk {
	r := Risk{Facts: facts, Count: count}
	for i, f := range r.Facts {
		r.Offers = append(r.Offers, w.offers(facts, i, f, least)...)
	}
	return r
}

// offers returns the first way to say one of some facts that fits enough people; if
// none does, the next way, which is a step, and to leave it out.
func (w *weighing) offers(facts []Fact, i int, f Fact, least int) []Offer {
	var next []Offer
	for step := 1; step < len(f.Steps); step++ {
		if f.Steps[step] == Unsaid {
			continue
		}
		o := Offer{f, step, w.countWith(facts, i, step)}
		if o.Count >= least {
			return []Offer{o}
		}
		if next == nil {
			next = []Offer{o}
		}
	}
	return append(next, Offer{f, len(f.Steps), w.countWith(facts, i, len(f.Steps))})
}

// countWith returns how many people some facts fit, one of them said by another of
// its steps, or not at all.
func (w *weighing) countWith(facts []Fact, i, step int) int {
	facts = slices.Clone(facts)
	facts[i].Steps = facts[i].Steps[step:]
	if facts[i].Says() == "" {
		facts = slices.Delete(facts, i, i+1)
	}
	return w.countOf(facts)
}

func fitting(records []Record, facts []Fact) int {
	n := 0
	for _, r := range records {
		if !slices.ContainsFunc(facts, func(f Fact) bool { return !r.fits(f) }) {
			n += r.people()
		}
	}
	return n
}
