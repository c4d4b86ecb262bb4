package load

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/internal/corpus"
)

// An inventor makes cases up. The same seed gives the same names, words and shapes;
// references and keys are new each time. Nothing in it is real.
type inventor struct {
	r       *rand.Rand
	town    *corpus.Town
	words   *rand.Zipf
	near    *rand.Zipf // places, the commonest first
	covers  int
	places  []claim.Ref
	syllabs []string
}

const (
	places     = 400    // that the office shares
	vocabulary = 60_000 // words that texts draw from, beside the frame of each sentence
)

func newInventor(seed uint64, persons int) *inventor {
	v := &inventor{r: rand.New(rand.NewPCG(seed, 7)), town: corpus.NewTown(persons, seed)}
	v.words = rand.NewZipf(v.r, 1.2, 20, vocabulary-1)
	v.near = rand.NewZipf(v.r, 1.1, 8, places-1)
	v.syllabs = strings.Fields("ba de fi go hu ka le mi no pu ra se ti vo zu bra dre fli gro klu kra ple stri tro")
	return v
}

// word returns the n-th word of the vocabulary.
func (v *inventor) word(n int) string {
	k := len(v.syllabs)
	return v.syllabs[n%k] + v.syllabs[n/k%k] + v.syllabs[n/k/k%k] + string("nrtlsm"[n/k/k/k%6])
}

// place returns an invented place of the office.
func (v *inventor) place(n int) claim.Place {
	kinds := []string{"basement", "pit", "garage", "factory", "school", "container"}
	return claim.Place{Label: fmt.Sprintf("%s %d near %s", kinds[n%len(kinds)], n, v.word(v.r.IntN(vocabulary))), Kind: kinds[n%len(kinds)], District: v.word(n % 40), Region: v.word(n % 12)}
}

// peopleOf is how many persons the cases of a run of twelve have: most are about one
// who is alone in it, few are about a whole company.
var peopleOf = [12]int{1, 1, 1, 1, 1, 2, 2, 2, 3, 5, 9, 20}

// filling returns the n-th case: some ten entries a person.
func (v *inventor) filling(n int) habeas.Filling {
	f := habeas.Filling{Case: claim.Case{Title: fmt.Sprintf("Held near %s, %d", v.word(v.r.IntN(vocabulary)), n), About: "incident"}}
	for range peopleOf[v.r.IntN(len(peopleOf))] {
		f.Persons = append(f.Persons, v.person())
	}
	if len(f.Persons) == 1 {
		f.Case.About, f.Case.Affected = "person", f.Persons[0].Ref
	}
	statements := 1 + len(f.Persons)/4 + v.r.IntN(2)
	for i := range statements {
		roles := []string{"mother", "father", "brother", "wife"}
		s := claim.Source{Ref: claim.NewRef(claim.RefSource), Kind: "person", Role: roles[i%len(roles)]}
		f.Sources = append(f.Sources, s)
		st := v.statement(s.Ref, f.Persons, 1+v.r.IntN(2)+3*len(f.Persons)/statements/2)
		f.Statements = append(f.Statements, st)
	}
	if v.r.IntN(400) == 0 {
		v.unread(&f)
	}
	return f
}

// unread leaves the last statement of a case to be read.
func (v *inventor) unread(f *habeas.Filling) {
	last := &f.Statements[len(f.Statements)-1]
	last.Unread, last.Claims = true, nil
}

func (v *inventor) person() habeas.FilledPerson {
	v.covers++
	p := claim.Person{Ref: claim.NewRef(claim.RefPerson), Cover: fmt.Sprintf("%s %s", v.word(v.covers*7%vocabulary), v.word(v.covers)), Protection: claim.Protected}
	return habeas.FilledPerson{Person: p, Name: v.town.Person()}
}

// statement returns a statement of so many sentences about people, with a claim out
// of each: that something happened at a place and to whom, or how somebody is.
func (v *inventor) statement(source claim.Ref, people []habeas.FilledPerson, sentences int) habeas.FilledStatement {
	st := habeas.FilledStatement{Statement: claim.Statement{
		Ref: claim.NewRef(claim.RefStatement), Source: source, Medium: "interview", Lang: "en",
		Received: fmt.Sprintf("2023-%02d-%02d", 1+v.r.IntN(12), 1+v.r.IntN(28)),
	}}
	var b strings.Builder
	spans := make([]claim.Claim, sentences)
	for i := range spans {
		c := &spans[i]
		who := people[(i+v.r.IntN(2))%len(people)].Ref
		*c = claim.Claim{Statement: st.Ref, Version: 1, Start: b.Len(), Subject: who, When: fmt.Sprintf("2022-%02d", 1+v.r.IntN(12)), Stance: claim.Asserts, Basis: "witnessed"}
		v.say(c, i)
		fmt.Fprintf(&b, "In the month %s %s was seen by the %s and told about a %s, a %s and the %s of %s.", c.When[5:], claim.MarkOf(who), v.drawn(), v.drawn(), v.drawn(), v.drawn(), v.drawn())
		c.End = b.Len()
		b.WriteString(" ")
	}
	st.Text = strings.TrimSpace(b.String())
	for i, c := range spans {
		st.Claims = append(st.Claims, c)
		if c.Predicate == claim.Occurred && i+1 < len(spans) {
			in := c
			in.Predicate, in.Value = claim.Involved, claim.Value{Ref: people[i%len(people)].Ref, Role: "victim"}
			st.Claims = append(st.Claims, in)
		}
	}
	return st
}

// say gives a claim what it says. One in a hundred denies.
func (v *inventor) say(c *claim.Claim, i int) {
	switch {
	case i%2 == 0:
		kinds := []string{"detention", "beating", "transfer", "interrogation", "armed-guard", "seen-alive"}
		c.Subject, c.Predicate, c.Value = claim.NewRef(claim.RefEvent), claim.Occurred, claim.Value{Term: kinds[v.r.IntN(len(kinds))]}
		if len(v.places) > 0 && v.r.IntN(2) == 0 {
			c.Where = v.places[int(v.near.Uint64())%len(v.places)]
		}
	default:
		c.Predicate, c.Value = claim.Liberty, claim.Value{Term: "held"}
		if v.r.IntN(100) == 0 {
			c.Stance = claim.Denies
		}
	}
}

func (v *inventor) drawn() string { return v.word(int(v.words.Uint64())) }
