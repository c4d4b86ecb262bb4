package claim

import (
	"cmp"
	"container/heap"
	"slices"
)

// An Event is what the claims about one happening say together.
type Event struct {
	Ref      Ref
	Types    []string      // the types asserted, the best supported first
	When     Date          // the most exact date asserted; zero if none
	Dates    []Date        // all different ones asserted
	Where    []Ref         // places asserted
	Involved []Involvement // asserted, in the order they were recorded
	After    []Ref         // events it is said to have come after
	Claims   []*Recorded   // all live claims about it, denials too, in order
}

// An Involvement is a person or unit in an event.
type Involvement struct {
	Who    Ref
	Role   string
	Claims []*Recorded // that assert it
}

// Type returns the best supported type, or "".
func (e Event) Type() string {
	if len(e.Types) == 0 {
		return ""
	}
	return e.Types[0]
}

// events groups the live claims whose subject is an event.
func (f *folding) events() {
	at := f.eventAt
	for _, r := range f.Claims {
		if r.Status != Live || r.Subject.Kind() != RefEvent {
			continue
		}
		i, ok := at[r.Subject]
		if !ok {
			i = len(f.Events)
			at[r.Subject] = i
			f.Events = append(f.Events, Event{Ref: r.Subject})
		}
		f.Events[i].Claims = append(f.Events[i].Claims, r)
	}
	for i := range f.Events {
		f.Events[i].gather()
	}
	f.Events = inTime(f.Events)
	for i, e := range f.Events {
		f.eventAt[e.Ref] = i
	}
}

func (e *Event) gather() {
	types := map[string]map[Ref]bool{}
	for _, r := range e.Claims {
		if r.Stance != Asserts {
			continue
		}
		e.addDate(r.When)
		e.addPlace(r.Where)
		switch r.Predicate {
		case Occurred:
			if types[r.Value.Term] == nil {
				types[r.Value.Term] = map[Ref]bool{}
				e.Types = append(e.Types, r.Value.Term)
			}
			types[r.Value.Term][r.Origin.Who] = true
		case Involved:
			e.involve(r)
		case Dated:
			d, _ := ParseDate(r.Value.Date)
			e.addDate(d)
		case HappenedAt:
			e.addPlace(r.Value.Ref)
		case Follows:
			if !slices.Contains(e.After, r.Value.Ref) {
				e.After = append(e.After, r.Value.Ref)
			}
		}
	}
	slices.SortStableFunc(e.Types, func(a, b string) int { return len(types[b]) - len(types[a]) })
	slices.SortFunc(e.Dates, Date.Compare)
	for _, d := range e.Dates {
		if e.When.IsZero() || width(d) < width(e.When) {
			e.When = d
		}
	}
}

func width(d Date) uint64 { return uint64(d.Latest()) - uint64(d.Earliest()) }

func (e *Event) addDate(d Date) {
	if !d.IsZero() && !slices.ContainsFunc(e.Dates, func(o Date) bool { return o.String() == d.String() }) {
		e.Dates = append(e.Dates, d)
	}
}

func (e *Event) addPlace(p Ref) {
	if p != "" && !slices.Contains(e.Where, p) {
		e.Where = append(e.Where, p)
	}
}

func (e *Event) involve(r *Recorded) {
	for i := range e.Involved {
		if v := &e.Involved[i]; v.Who == r.Value.Ref && v.Role == r.Value.Role {
			v.Claims = append(v.Claims, r)
			return
		}
	}
	e.Involved = append(e.Involved, Involvement{r.Value.Ref, r.Value.Role, []*Recorded{r}})
}

// inTime sorts events by date, and behind those they are said to follow. One
// without a date stands as early as what it follows allows; one of which nothing
// is known comes last.
func inTime(events []Event) []Event {
	slices.SortFunc(events, func(a, b Event) int { return cmp.Compare(a.Ref, b.Ref) })
	day := map[Ref]Day{}
	for _, e := range events {
		day[e.Ref] = LatestDay
		if !e.When.IsZero() {
			day[e.Ref] = e.When.sortDay()
		}
	}
	before(events, day)

	next := map[Ref][]int{}           // who waits for the key
	waits := make([]int, len(events)) // for how many
	for i, e := range events {
		for _, r := range e.After {
			if _, ok := day[r]; ok && r != e.Ref {
				next[r] = append(next[r], i)
				waits[i]++
			}
		}
	}
	ready := &inTimeHeap{events: events, day: day}
	var sorted []Event
	for i := range events {
		if waits[i] == 0 {
			heap.Push(ready, i)
		}
	}
	for len(sorted) < len(events) {
		if ready.Len() == 0 { // a circle: take any
			i := slices.IndexFunc(waits, func(n int) bool { return n > 0 })
			waits[i] = 0
			heap.Push(ready, i)
		}
		i := heap.Pop(ready).(int)
		e := events[i]
		sorted = append(sorted, e)
		for _, j := range next[e.Ref] {
			if waits[j] == 0 {
				continue
			}
			if events[j].When.IsZero() {
				day[events[j].Ref] = day[e.Ref]
			}
			if waits[j]--; waits[j] == 0 {
				heap.Push(ready, j)
			}
		}
	}
	return sorted
}

// An inTimeHeap holds the places of events that wait for no other.
type inTimeHeap struct {
	events []Event
	day    map[Ref]Day
	at     []int
}

func (h *inTimeHeap) Len() int      { return len(h.at) }
func (h *inTimeHeap) Swap(i, j int) { h.at[i], h.at[j] = h.at[j], h.at[i] }
func (h *inTimeHeap) Push(x any)    { h.at = append(h.at, x.(int)) }
func (h *inTimeHeap) Less(i, j int) bool {
	a, b := &h.events[h.at[i]], &h.events[h.at[j]]
	return cmp.Or(cmp.Compare(h.day[a.Ref], h.day[b.Ref]), a.When.Compare(b.When), cmp.Compare(a.Ref, b.Ref)) < 0
}
func (h *inTimeHeap) Pop() any {
	last := h.at[len(h.at)-1]
	h.at = h.at[:len(h.at)-1]
	return last
}

// before puts what came before something dated no later than that.
func before(events []Event, day map[Ref]Day) {
	for changed := true; changed; {
		changed = false
		for i := range events {
			for _, r := range events[i].After {
				if d, ok := day[r]; ok && d > day[events[i].Ref] {
					day[r] = day[events[i].Ref]
					changed = true
				}
			}
		}
	}
}
