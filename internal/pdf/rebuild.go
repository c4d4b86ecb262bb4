package pdf

import (
	"cmp"
	"maps"
	"slices"
)

// rebuild makes tables of what lies in the file.
func (f *File) rebuild() error {
	f.objects, f.unfolded, f.numbers = map[int]any{}, map[int][]any{}, map[int][]int{}
	f.look()
	f.places = maps.Clone(f.found)
	f.Trailer = nil
	var catalog, pages any
	last := func(a, b int) int { return f.found[a].at - f.found[b].at }
	for _, num := range slices.SortedFunc(maps.Keys(f.found), last) {
		switch v := f.peek(num).(type) {
		case *Stream:
			switch v.Dict["Type"] {
			case Name("XRef"):
				f.tails = append(f.tails, v.Dict)
			case Name("ObjStm"):
				f.unfold(num)
				for i, n := range f.numbers[num] {
					if _, ok := f.found[n]; ok {
						continue // a later revision may be outside; one inside is told below
					}
					f.places[n] = place{stream: num, index: i}
					delete(f.objects, n)
				}
			}
		case Dict:
			if v["Type"] == Name("Catalog") {
				catalog = Ref(num)
			}
		}
	}
	if inner, top := f.folded(); inner != nil || top != nil {
		catalog, pages = cmp.Or(inner, catalog), top
	}
	for _, t := range slices.Backward(f.tails) {
		if t["Encrypt"] != nil {
			return ErrEncrypted
		}
		if f.Trailer == nil && f.Dict(t["Root"])["Pages"] != nil {
			f.Trailer = t
		}
	}
	switch {
	case f.Trailer != nil:
	case catalog != nil:
		f.Trailer = Dict{"Root": catalog}
	case pages != nil:
		f.Trailer = Dict{"Root": Dict{"Pages": pages}}
	default:
		return ErrBroken
	}
	return nil
}

// folded returns the last catalog, and the top of a tree of pages, in streams of
// objects.
func (f *File) folded() (catalog, pages any) {
	for _, num := range slices.Sorted(maps.Keys(f.places)) {
		if f.places[num].stream == 0 {
			continue
		}
		if d, ok := f.peek(num).(Dict); ok {
			switch {
			case d["Type"] == Name("Catalog"):
				catalog = Ref(num)
			case d["Type"] == Name("Pages") && d["Parent"] == nil:
				pages = Ref(num)
			}
		}
	}
	return catalog, pages
}
