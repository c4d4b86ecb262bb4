package claim

// Whom something is for, and what people agree to.

// Audiences that this package knows by name.
const (
	ToPartner = "partner" // one that is named
	ToFamily  = "family"
	ToPublic  = "public"
)

// Ways of naming somebody, the narrowest first.
var namingTerms = []Term{
	{Key: "none"},
	{Key: NamedCover},
	{Key: "initials"},
	{Key: NamedName},
}

// Ways of naming that this program gives a meaning to; initials are taken for a
// cover name, for with a place and a month they point at one person.
const (
	NamedNone  = "none"
	NamedCover = "cover"
	NamedName  = "name"
)

// How exactly a place may be given, the least first.
var exactnessTerms = []Term{
	{Key: "none"},
	{Key: "country"},
	{Key: "region"},
	{Key: "district"},
	{Key: "town"},
	{Key: "exact"},
}

var giverTerms = []Term{
	{Key: GivenBySource},
	{Key: GivenByPerson},
	{Key: GivenByFamily},
	{Key: GivenByNobody},
}

var consentMediumTerms = []Term{
	{Key: "in-person"},
	{Key: "phone"},
	{Key: "message"},
	{Key: "form"},
	{Key: "paper"},
}

var turnTerms = []Term{
	{Key: "released"},
	{Key: "abroad"},
	{Key: "dead"},
}

var stopTerms = []Term{
	{Key: "family"},
	{Key: "everyone"},
}

var contactRuleTerms = []Term{
	{Key: "only-listen"},
	{Key: "two-members"},
	{Key: "ask-first"},
	{Key: "no-contact"},
}

// rankIn returns the place of a term in its vocabulary; one that is not in it is
// the narrowest.
func rankIn(terms []Term, key string) int {
	for i, t := range terms {
		if t.Key == key {
			return i
		}
	}
	return 0
}
