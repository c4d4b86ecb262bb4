package claim

// What can be said of a person and of an event. The words are our own; Code is a cross-reference,
// see [Term].

var predicateTerms = []Term{
	{Key: "occurred", On: "e", Takes: TakesTerm, From: "event"},
	{Key: "involved", On: "e", Takes: TakesRef, From: "role"},
	{Key: "dated", On: "e", Takes: TakesDate},
	{Key: "happened-at", On: "e", Takes: TakesPlace},
	{Key: "follows", On: "e", Takes: TakesEvent},
	{Key: "exists", On: "", Takes: TakesPattern},
	{Key: "life", On: "p", Takes: TakesTerm, From: "life", Facet: true},
	{Key: "liberty", On: "p", Takes: TakesTerm, From: "liberty", Facet: true},
	{Key: "integrity", On: "p", Takes: TakesTerm, From: "integrity", Facet: true},
	{Key: "location", On: "p", Takes: TakesPlace, Facet: true},
	{Key: "acknowledgment", On: "p", Takes: TakesTerm, From: "acknowledgment", Facet: true},
	{Key: "service", On: "p", Takes: TakesTerm, From: "service", Facet: true},
	{Key: "contact", On: "p", Takes: TakesTerm, From: "contact", Facet: true},
	{Key: "relation", On: "p", Takes: TakesRef, From: "relation"},
	{Key: "member-of", On: "p", Takes: TakesRef},
	{Key: "rank", On: "p", Takes: TakesTerm, From: "rank"},
	{Key: "capacity", On: "p", Takes: TakesTerm, From: "capacity"},
	{Key: Age, On: "p", Takes: TakesNumber},
	{Key: Born, On: "p", Takes: TakesDate},
	{Key: "group-size", On: "p", Takes: TakesNumber},
	{Key: "said", On: "", Takes: TakesText},
	{Key: "place-kind", On: "l", Takes: TakesTerm, From: "place"},
	{Key: "held-by", On: "l", Takes: TakesRef},
}

var lifeTerms = []Term{
	{Key: "alive"},
	{Key: "dead", Code: "25/010100000000"},
	{Key: "unknown"},
}

var libertyTerms = []Term{
	{Key: "held", Code: "25/020200000000"},
	{Key: "free"},
	{Key: "restricted", Code: "25/030100000000"},
	{Key: "missing", Code: "25/010300000000"},
	{Key: "at-large"},
	{Key: "unknown"},
}

var integrityTerms = []Term{
	{Key: "ill-treated"},
	{Key: "injured", Code: "25/010200000000"},
	{Key: "ill"},
	{Key: "unharmed"},
}

var acknowledgmentTerms = []Term{
	{Key: "acknowledged", Code: "30/010000000000"},
	{Key: "denied", Code: "30/020000000000"},
	{Key: "unanswered", Code: "27/060000000000"},
}

var serviceTerms = []Term{
	{Key: "serving"},
	{Key: "deployed"},
	{Key: "refused"},
	{Key: "withdrew-refusal"},
	{Key: "disarmed"},
	{Key: "reassigned"},
	{Key: "returned"},
	{Key: "discharged"},
	{Key: "missing"},
	{Key: "absent"},
}

var contactTerms = []Term{
	{Key: "heard-from"},
	{Key: "visited", Code: "30/010101010000"},
	{Key: "cut-off", Code: "30/010102000000"},
	{Key: "refused", Code: "30/010102010000"},
	{Key: "lost"},
}

var relationTerms = []Term{
	{Key: "father", Code: "21/010103000000"},
	{Key: "mother", Code: "21/010103000000"},
	{Key: "parent", Code: "21/010103000000"},
	{Key: "son", Code: "21/010104000000"},
	{Key: "daughter", Code: "21/010104000000"},
	{Key: "spouse", Code: "21/010101000000"},
	{Key: "sibling", Code: "21/010102000000"},
	{Key: "partner", Code: "21/010106000000"},
	{Key: "relative", Code: "21/010105000000"},
	{Key: "friend", Code: "21/010201000000"},
	{Key: "fellow-soldier", Code: "21/010401000000"},
	{Key: "commander", Code: "21/010402000000"},
	{Key: "subordinate", Code: "21/010403000000"},
	{Key: "lawyer", Code: "21/010602010000"},
	{Key: "cellmate"},
	{Key: "same-person"},
}

var rankTerms = []Term{
	{Key: "private"},
	{Key: "nco"},
	{Key: "junior-officer"},
	{Key: "senior-officer"},
	{Key: "general"},
}

var capacityTerms = []Term{
	{Key: "conscript"},
	{Key: "mobilised"},
	{Key: "contract"},
	{Key: "career-officer"},
	{Key: "volunteer"},
	{Key: "prison-recruit"},
	{Key: "civilian"},
	{Key: "commander"},
	{Key: "guard"},
	{Key: "military-police"},
	{Key: "official"},
}
