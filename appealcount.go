package habeas

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"habeas/appeal"
	"habeas/claim"
	"habeas/fault"
)

// What became of a letter that was sent: the first of these that holds. A letter that
// was sent on is one of its own at the other body, and counts there too.
const (
	BecameAnswered = "answered" // in its term, or none was over when the answer came
	BecameLate     = "late"     // answered after a term of theirs was over
	BecameToken    = "token"    // answered with words that answer nothing, and not otherwise
	BecameSentOn   = "sent_on"  // to another body, and not answered
	BecameOverdue  = "overdue"  // not answered, and a term of theirs is over
	BecameWaiting  = "waiting"  // none of these
)

// Becomings returns what can become of a letter, in the order of a table.
func Becomings() []string {
	return []string{BecameAnswered, BecameLate, BecameToken, BecameSentOn, BecameOverdue, BecameWaiting}
}

// By what letters are counted.
const (
	ByAuthority    = "authority"
	ByJurisdiction = "jurisdiction"
	ByKind         = "kind"
	ByYear         = "year" // in which they were sent
)

// AppealGroupings returns all ways to count letters, in the order in which they are
// offered.
func AppealGroupings() []string { return []string{ByAuthority, ByJurisdiction, ByKind, ByYear} }

// An AppealQuery says which letters are counted, and by what. What is empty leaves
// nothing out.
type AppealQuery struct {
	By           string // ByAuthority and so on
	From, To     int    // years in which they were sent, both counted; 0 for any
	Authority    claim.Ref
	Kind         string // vocabulary "appeal"
	Jurisdiction string
}

// A Tally is how many letters there are of one sort, about how many people, and what
// became of them. Nothing in it says which.
type Tally struct {
	Key            string // what sort: a [claim.Ref] of a body, a jurisdiction, a kind, a year
	Letters        int
	People         int // different persons they are about; a letter that says of nobody that it is about them counts one for its case
	Became         map[string]int
	SinceSent      Wait
	SinceRegister  Wait
	peopleByBecame map[string]int
}

// Share returns how many in a hundred of the letters became one of some things,
// rounded; 0 if there are no letters.
func (t Tally) Share(of ...string) int {
	n := 0
	for _, b := range of {
		n += t.Became[b]
	}
	if t.Letters == 0 {
		return 0
	}
	return (200*n + t.Letters) / (2 * t.Letters)
}

// A Wait is how long answers took, in whole days, where both days are known. Half of
// them took Median or less, a quarter Lower or less, three quarters Upper or less.
type Wait struct {
	Answers                       int
	Lower, Median, Upper, Longest int
	people                        int
}

// AppealCounts is the table of letters.
type AppealCounts struct {
	Day    appeal.Date // on which it was counted
	Rows   []Tally     // by their keys; years the newest first
	Total  Tally
	Unsent int // letters that are not sent yet: they are in no other number
	Years  []int
}

// CountAppeals counts the letters of all cases that by may open, and the people they
// are about. It is computed anew each time, and kept nowhere.
func (d *Desk) CountAppeals(ctx context.Context, by Actor, q AppealQuery) (*AppealCounts, error) {
	if err := d.may(by, tabulate); err != nil {
		return nil, err
	}
	if !slices.Contains(AppealGroupings(), q.By) {
		return nil, fault.New(fault.Invalid, "claim.unknown_term", fault.Field("group"))
	}
	all, err := d.lettersIn(ctx, by, by.circles...)
	if err != nil {
		return nil, err
	}
	out := &AppealCounts{Day: appeal.DateOf(d.now().UTC())}
	var chosen []letterCounted
	years := map[int]bool{}
	for _, l := range all {
		if l.sent.IsZero() {
			out.Unsent++
			continue
		}
		years[l.sent.Year()] = true
		if q.has(l) {
			chosen = append(chosen, l)
		}
	}
	out.Years = slices.Sorted(maps.Keys(years))
	out.Total = tallyOf("", chosen)
	for key, group := range groupBy(chosen, q.By) {
		out.Rows = append(out.Rows, tallyOf(key, group))
	}
	slices.SortFunc(out.Rows, func(a, b Tally) int {
		if q.By == ByYear {
			a, b = b, a
		}
		return cmp.Compare(a.Key, b.Key)
	})
	return out, nil
}

func (q AppealQuery) has(l letterCounted) bool {
	year := l.sent.Year()
	return (q.From == 0 || year >= q.From) && (q.To == 0 || year <= q.To) && (q.Authority == "" || q.Authority == l.file.Authority) &&
		(q.Kind == "" || q.Kind == l.file.Kind) && (q.Jurisdiction == "" || q.Jurisdiction == l.jurisdiction)
}

// A letterCounted is a letter while it is counted.
type letterCounted struct {
	file         *AppealFile
	jurisdiction string
	sent         appeal.Date    // or the first day on which it is known to have been; zero if it was not sent
	people       map[string]int // how many each record of a person is
	became       string
}

// lettersIn returns the letters of all cases of some circles, each once.
func (d *Desk) lettersIn(ctx context.Context, by Actor, circles ...circleKeys) (all []letterCounted, err error) {
	set, err := d.rules(ctx, by)
	if err != nil {
		return nil, err
	}
	shared, err := d.officeEntries(ctx, by)
	if err != nil {
		return nil, err
	}
	office := claim.Fold(shared)
	err = d.eachAppealCase(ctx, circles, office, func(id CaseID, state *claim.State) {
		for _, a := range state.Appeals {
			l := letterCounted{file: d.appealFile(set, id, state, a), sent: firstDay(a), people: map[string]int{}, jurisdiction: "?"}
			l.became = l.becomes()
			if body, ok := office.Authority(a.Authority); ok {
				l.jurisdiction = body.Jurisdiction
			}
			for _, p := range a.About {
				l.people[string(p)] = max(state.Persons[p].Count, 1)
			}
			if len(a.About) == 0 {
				l.people[id.String()] = 1
			}
			all = append(all, l)
		}
	})
	return all, err
}

// firstDay returns the first day on which a letter is known to have been sent.
func firstDay(a *claim.Appealed) appeal.Date {
	for _, what := range []string{claim.StepSent, claim.StepReceived, claim.StepRegistered, claim.StepForwarded, claim.StepAnswered} {
		if s, ok := a.Last(what); ok {
			if at, err := span(s.Said); err == nil && !at.IsZero() {
				return at.From
			}
		}
	}
	return appeal.Date{}
}

// becomes says what became of a letter that was sent.
func (l letterCounted) becomes() string {
	has := func(is func(claim.Step) bool) bool {
		return slices.ContainsFunc(l.file.Steps, func(s claim.Noted[claim.Step]) bool { return is(s.Said) })
	}
	theirs := func(is func(*Term) bool) bool {
		return slices.ContainsFunc(l.file.Clocks, func(t *Term) bool { return t.Duty == appeal.Theirs && is(t) })
	}
	answer, answered := l.answer()
	switch {
	case answered && theirs(func(t *Term) bool {
		return !t.Due.IsZero() && !t.Due.Open && answer.From.Compare(t.Due.Latest.Day) > 0
	}):
		return BecameLate
	case answered:
		return BecameAnswered
	case has(func(s claim.Step) bool { return s.What == claim.StepAnswered && s.Answer == claim.AnswerToken }):
		return BecameToken
	case has(func(s claim.Step) bool {
		return s.What == claim.StepForwarded || s.What == claim.StepAnswered && s.Answer == claim.AnswerForwarded
	}):
		return BecameSentOn
	case theirs((*Term).Overdue):
		return BecameOverdue
	}
	return BecameWaiting
}

// answer returns when the first reply came that ends the duty to answer.
func (l letterCounted) answer() (first appeal.Span, ok bool) {
	for _, s := range l.file.Steps {
		if s.Said.What != claim.StepAnswered || !claim.Answers(s.Said.Answer) {
			continue
		}
		at, err := span(s.Said)
		if err == nil && (!ok || at.From.Compare(first.From) < 0) {
			first, ok = at, true
		}
	}
	return first, ok
}

// waited returns how many days an answer took from a step; ok is false if one of the
// two is not known to the day, or they are the wrong way round.
func (l letterCounted) waited(since string) (days int, ok bool) {
	answer, answered := l.answer()
	s, began := l.file.Last(since)
	if !answered || !began {
		return 0, false
	}
	from, err := span(s.Said)
	if err != nil || from.IsZero() || from.From != from.To || answer.From != answer.To {
		return 0, false
	}
	a, errA := time.Parse(time.DateOnly, from.From.String())
	b, errB := time.Parse(time.DateOnly, answer.From.String())
	return int(b.Sub(a) / (24 * time.Hour)), errA == nil && errB == nil && !b.Before(a)
}

// groupBy sorts letters by a key.
func groupBy(all []letterCounted, by string) map[string][]letterCounted {
	groups := map[string][]letterCounted{}
	for _, l := range all {
		key := string(l.file.Authority)
		switch by {
		case ByJurisdiction:
			key = l.jurisdiction
		case ByKind:
			key = l.file.Kind
		case ByYear:
			key = strconv.Itoa(l.sent.Year())
		}
		groups[key] = append(groups[key], l)
	}
	return groups
}

// tallyOf counts letters.
func tallyOf(key string, all []letterCounted) Tally {
	t := Tally{Key: key, Letters: len(all), People: peopleOf(all), Became: map[string]int{}, peopleByBecame: map[string]int{}}
	groups := map[string][]letterCounted{}
	for _, l := range all {
		groups[l.became] = append(groups[l.became], l)
	}
	for became, group := range groups {
		t.Became[became], t.peopleByBecame[became] = len(group), peopleOf(group)
	}
	t.SinceSent, t.SinceRegister = waitOf(all, claim.StepSent), waitOf(all, claim.StepRegistered)
	return t
}

// peopleOf counts the different people that letters are about.
func peopleOf(all []letterCounted) (n int) {
	seen := map[string]bool{}
	for _, l := range all {
		for who, count := range l.people {
			if !seen[who] {
				seen[who] = true
				n += count
			}
		}
	}
	return n
}

func waitOf(all []letterCounted, since string) Wait {
	var days []int
	var answered []letterCounted
	for _, l := range all {
		if n, ok := l.waited(since); ok {
			days, answered = append(days, n), append(answered, l)
		}
	}
	if len(days) == 0 {
		return Wait{}
	}
	slices.Sort(days)
	at := func(part float64) int { return days[int(math.Ceil(part*float64(len(days))))-1] }
	return Wait{len(days), at(0.25), at(0.5), at(0.75), days[len(days)-1], peopleOf(answered)}
}
