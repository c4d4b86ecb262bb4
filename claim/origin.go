package claim

import (
	"strconv"
	"strings"
)

// An Origin is whose mouth or eye a claim rests on in the end. Claims with the
// same known origin are one report, however many people pass them on.
type Origin struct {
	// Who is the person, or for an authority, organisation or outlet its unit;
	// the source itself if it has neither. Empty is unknown: then claims are
	// never counted as independent, neither of each other nor of a known origin,
	// for all may be one mouth.
	Who    Ref
	Source Ref // the source at the end of the chain, if known
}

// Known reports whether o is known.
func (o Origin) Known() bool { return o.Who != "" }

// originOf returns the origin of a claim made in a statement of source. The end
// of the chain decides. Hearsay has none, whoever passes it on; nor has what the
// source was told where the chain does not say by whom.
func originOf(c *Claim, source Ref, sources map[Ref]Source) Origin {
	end := source
	if n := len(c.Chain); n > 0 {
		end = c.Chain[n-1].Source
	} else if c.Basis == "told" {
		return Origin{}
	}
	s, ok := sources[end]
	if !ok || c.Basis == "hearsay" {
		return Origin{}
	}
	return Origin{mouthOf(s, end), end}
}

// mouthOf returns who it is that speaks through the source ref.
func mouthOf(s Source, ref Ref) Ref {
	switch {
	case s.Kind != "person" && s.Unit != "":
		return s.Unit
	case s.Person != "":
		return s.Person
	}
	return ref
}

// IsFact reports whether c is told as a fact: an opinion is shown but never
// counted.
func (c Claim) IsFact() bool { return c.Basis != "opinion" }

// key returns what tells values apart.
func (v Value) key() string {
	return strings.Join([]string{v.Term, string(v.Ref), v.Role, v.Date, strconv.Itoa(v.N), v.Text}, "\x00")
}
