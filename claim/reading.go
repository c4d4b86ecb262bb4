package claim

// A Say is one claim for or against a value.
type Say struct {
	Claim *Recorded
	When  Date // when the value holds by it; see [State.Facets]
	Event Ref  // the event that implies it, if the claim is about an event
	// General reports whether the claim is about many things of which this is
	// one, such as the denial that such places exist.
	General bool
}

// Support is the claims on one side.
type Support []Say

// Origins returns the known origins, each once, in the order they were first
// recorded. They are independent of each other.
func (s Support) Origins() []Origin {
	var origins []Origin
	seen := map[Ref]bool{}
	for _, say := range s {
		if o := say.Claim.Origin; o.Known() && !seen[o.Who] {
			seen[o.Who] = true
			origins = append(origins, o)
		}
	}
	return origins
}

// Unknown returns how many accounts have no known origin: passages of
// statements, each with its chain. They may all be one mouth, or one that is
// known.
func (s Support) Unknown() int {
	seen := map[account]bool{}
	for _, say := range s {
		if c := say.Claim; !c.Origin.Known() {
			seen[account{c.Statement, c.Version, c.Start, c.End, c.Basis, len(c.Chain)}] = true
		}
	}
	return len(seen)
}

// An account is a passage as the source of somebody's words.
type account struct {
	statement           Ref
	version, start, end int
	basis               string
	links               int
}

// A reading is a value that a claim gives to a predicate of a subject, said
// directly or implied by an event.
type reading struct {
	subject   Ref
	predicate string
	value     Value
	denies    bool
	say       Say
}

// readings returns what the live claims say, in order, and what the events they
// tell of imply for the people in them.
func (s *State) readings() []reading {
	var all []reading
	for _, r := range s.Claims {
		if r.Status != Live {
			continue
		}
		say := Say{Claim: r, When: r.When}
		if t, _ := LookUp("predicate", r.Predicate); t.Facet && say.When.IsZero() {
			say.When = r.Said
		}
		all = append(all, reading{r.Subject, r.Predicate, r.Value, r.Stance == Denies, say})
	}
	for _, e := range s.Events {
		all = append(all, e.implied()...)
	}
	return all
}

// implied returns what e says about the persons in it. Whoever says that someone
// was in it says so; what sort of event it was, when and where is taken from the
// same origin, or from the others if that one does not say.
func (e Event) implied() []reading {
	var all []reading
	for _, r := range e.Claims {
		role, _ := LookUp("role", r.Value.Role)
		if r.Predicate != Involved || r.Value.Ref.Kind() != RefPerson {
			continue
		}
		types, say := e.told(r)
		for _, key := range types {
			t, _ := LookUp("event", key)
			for _, x := range t.Effects {
				if x.Role != role.Key && (x.Role != "" || !role.Affected) {
					continue
				}
				if r.Stance == Denies && x.Facet == Life {
					continue // who denies the detention does not deny the life
				}
				at := say
				if x.Facet == Life {
					at = at.begun() // that it went on does not say that the life did
				}
				all = append(all, reading{r.Value.Ref, x.Facet, Value{Term: x.Value}, r.Stance == Denies, at})
				if x.Facet == Life && x.Value == "alive" && r.Stance == Asserts {
					all = append(all, e.located(r, say)...)
				}
			}
			all = append(all, e.denied(r, t, role, say)...)
		}
	}
	return all
}

// denied returns the denials that e happened as denials of what it implies for
// the person whom the claim r involves.
func (e Event) denied(r *Recorded, t, role Term, say Say) []reading {
	var all []reading
	for _, d := range e.Claims {
		if r.Stance != Asserts || d.Predicate != Occurred || d.Stance != Denies || d.Value.Term != t.Key {
			continue
		}
		for _, x := range t.Effects {
			if x.Role != role.Key && (x.Role != "" || !role.Affected) || x.Facet == Life && x.Value == "alive" {
				continue
			}
			all = append(all, reading{r.Value.Ref, x.Facet, Value{Term: x.Value}, true, Say{Claim: d, When: say.When, Event: e.Ref}})
		}
	}
	return all
}

// told returns the types of e and its date as the origin of r has them.
func (e Event) told(r *Recorded) ([]string, Say) {
	say := Say{Claim: r, When: r.When, Event: e.Ref}
	var types []string
	for _, c := range e.Claims {
		if c.Origin.Who != r.Origin.Who || !c.Origin.Known() && c.Statement != r.Statement || c.Stance != Asserts {
			continue
		}
		if c.Predicate == Occurred {
			types = append(types, c.Value.Term)
		}
		if say.When.IsZero() {
			say.When = c.When
		}
		if say.When.IsZero() && c.Predicate == Dated {
			say.When, _ = ParseDate(c.Value.Date)
		}
	}
	if len(types) == 0 {
		types = e.Types
	}
	if say.When.IsZero() {
		say.When = e.When
	}
	return types, say
}

// located returns where e says that the person in r was. That a detention went on
// does not say that it went on there.
func (e Event) located(r *Recorded, say Say) []reading {
	where := r.Where
	if where == "" && len(e.Where) > 0 {
		where = e.Where[0]
	}
	if where == "" {
		return nil
	}
	return []reading{{r.Value.Ref, Location, Value{Ref: where}, false, say.begun()}}
}

// begun returns s as of when the thing began, if its end is open.
func (s Say) begun() Say {
	if s.When.End().IsZero() {
		s.When = s.When.Begin()
	}
	return s
}

// covers reports whether the claim x, which says that something exists or does
// not, is about what r says.
func (s *State) covers(x *Recorded, r reading) bool {
	c := r.say.Claim
	if r.predicate == Exists || !c.IsFact() || !x.When.IsZero() && x.When.Overlaps(r.say.When) == No {
		return false
	}
	if x.Subject != "" {
		return c.Subject == x.Subject || c.Where == x.Subject || c.Value.Ref == x.Subject
	}
	if t, _ := LookUp("predicate", r.predicate); r.predicate != Occurred && r.predicate != Involved && !t.Facet {
		return false
	}
	if r.predicate == Life {
		return false
	}
	cover := coverOf(x.Value.Term)
	for _, f := range cover.Facets {
		if f.Facet == r.predicate && f.Value == r.value.Term {
			return true
		}
	}
	for _, key := range s.sorts(r) {
		if key == x.Value.Term {
			return true
		}
		for _, g := range cover.Groups {
			if key == g {
				return true
			}
		}
	}
	return false
}

func coverOf(term string) Cover {
	if t, ok := LookUp("pattern", term); ok && t.Covers != nil {
		return *t.Covers
	}
	return Cover{}
}

// sorts returns the event types and place kinds that r is about, and the groups
// they are in.
func (s *State) sorts(r reading) []string {
	var keys []string
	add := func(vocabulary, key string) {
		if t, ok := LookUp(vocabulary, key); ok {
			keys = append(keys, t.Key, t.Group)
		}
	}
	c := r.say.Claim
	places := []Ref{c.Where, r.value.Ref}
	if e, ok := s.Event(c.Subject); ok {
		for _, t := range e.Types {
			add("event", t)
		}
		places = append(places, e.Where...)
	}
	if r.predicate == Location {
		add("place", r.value.Term)
	}
	for _, p := range places {
		if p.Kind() == RefPlace {
			add("place", s.Places[p].Kind)
		}
	}
	return keys
}
