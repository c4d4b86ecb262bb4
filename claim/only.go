package claim

import "slices"

// Only returns what the case would say if it held no other claims than those
// that count and that keep returns true for. Statements, persons and the history
// stay as they are.
func (s *State) Only(keep func(*Recorded) bool) *State {
	f := &folding{State: new(State)}
	*f.State = *s
	f.Claims = slices.DeleteFunc(slices.Clone(s.Claims), func(r *Recorded) bool { return r.Status == Live && !keep(r) })
	f.Events, f.eventAt, f.about = nil, map[Ref]int{}, map[Ref][]*group{}
	f.events()
	f.group()
	return f.State
}

// Without returns what the case says if nothing is believed that one of sources
// said, was told by, or passed on: whoever else speaks through the same mouth is
// left out with them.
func (s *State) Without(sources ...Ref) *State {
	return s.Only(func(r *Recorded) bool { return !s.through(r, s.mouths(sources)) })
}

// mouths returns who speaks through sources.
func (s *State) mouths(sources []Ref) map[Ref]bool {
	out := map[Ref]bool{}
	for _, ref := range sources {
		out[s.mouth(ref)] = true
	}
	return out
}

func (s *State) mouth(source Ref) Ref {
	src, ok := s.Sources[source]
	if !ok {
		return source
	}
	return mouthOf(src, source)
}

// through reports whether a claim came by way of one of mouths.
func (s *State) through(r *Recorded, mouths map[Ref]bool) bool {
	if len(mouths) == 0 {
		return false
	}
	return mouths[s.mouth(r.Source)] || r.Origin.Known() && mouths[r.Origin.Who] ||
		slices.ContainsFunc(r.Chain, func(l Link) bool { return l.Source != "" && mouths[s.mouth(l.Source)] })
}
