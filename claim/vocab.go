package claim

import "habeas/fault"

// A Term is one word of a vocabulary. What people read for it is in the
// catalogues, under "term.<vocabulary>.<key>".
type Term struct {
	Key string

	// Code is the HURIDOCS micro-thesaurus term with the same meaning, as
	// "list/code"; empty where none has. Codes were chosen by meaning: the
	// labels published with them are in places swapped, see list 41.
	Code string

	Group    string   // event types: a term of "group"; places: "improvised" or empty
	Effects  []Effect // event types: what it says about the people in it
	Affected bool     // roles: the person whom the event is about
	Covers   *Cover   // patterns: the claims that a claim about it is for or against

	On    string // predicates: kinds of Ref a subject can be; empty is any, or none
	Takes Takes  // predicates: which field of a Value is set
	From  string // predicates: the vocabulary of Value.Term, or of Value.Role for TakesRef
	Facet bool   // predicates: one of the facets of a person's status
}

// An Effect is what an event of some type says about a person in it: being the
// victim of a detention says that the person is held.
type Effect struct {
	Role  string // in which role; empty is any that is Affected
	Facet string // a predicate
	Value string // a term of the vocabulary of that facet
}

// A Cover says which claims a pattern is about: events whose type, and places
// whose kind, is of one of Groups, and the values of Facets.
type Cover struct {
	Groups []string
	Facets []Effect
}

// Takes says what a predicate's value is.
type Takes uint8

// What a value can be.
const (
	TakesTerm  Takes = iota
	TakesRef         // a person, a unit; for "relation" and "involved" with a Role
	TakesPlace       // a place, or a Term of "place" where no place is known
	TakesEvent
	TakesPattern // a Term of "pattern", "event" or "place"; nothing if there is a subject
	TakesDate
	TakesNumber
	TakesText
)

// Predicates that the fold itself reads.
const (
	Occurred   = "occurred"    // an event: its type
	Involved   = "involved"    // an event: a person or unit, in a role
	Dated      = "dated"       // an event: when, where that is a claim of its own
	HappenedAt = "happened-at" // an event: where, likewise
	Follows    = "follows"     // an event: another that it came after, for those with no date

	// Exists says of a place, a unit or an event, or without subject of
	// everything a pattern covers, that there is such a thing. Its denial is
	// how "there are no such places" is recorded: it stands against every
	// claim it covers, see [State.Findings].
	Exists = "exists"

	Age  = "age"  // a person: in whole years, at the time of the claim's When
	Born = "born" // a person: the year; the day is for the vault alone

	Life           = "life"
	Liberty        = "liberty"
	Integrity      = "integrity"
	Location       = "location"
	Acknowledgment = "acknowledgment" // by whoever holds the person
	Service        = "service"        // and what else is said of the person's legal status
	Contact        = "contact"
)

// Facets returns the predicates that make up a person's status, in the order
// they are shown.
func Facets() []string {
	return []string{Life, Liberty, Integrity, Location, Acknowledgment, Service, Contact}
}

var vocabularies = map[string][]Term{
	"about": aboutTerms, "acknowledgment": acknowledgmentTerms, "act": actTerms,
	"answer": answerTerms, "appeal": appealTerms, "appeal-origin": appealOriginTerms,
	"appeal-stage": appealStageTerms, "appeal-step": appealStepTerms, "channel": channelTerms, "impact": impactTerms,
	"audience": audienceTerms, "basis": basisTerms, "capacity": capacityTerms,
	"consent-medium": consentMediumTerms, "contact-rule": contactRuleTerms, "exactness": exactnessTerms,
	"giver": giverTerms, "naming": namingTerms, "stop": stopTerms, "turn": turnTerms,
	"contact": contactTerms, "event": eventTerms, "follow": followTerms, "grade": gradeTerms,
	"group": groupTerms, "how": howTerms, "info": infoTerms,
	"integrity": integrityTerms, "liberty": libertyTerms, "life": lifeTerms,
	"medium": mediumTerms, "pattern": patternTerms, "place": placeTerms,
	"precision": precisionTerms, "predicate": predicateTerms,
	"protection": protectionTerms, "rank": rankTerms, "relation": relationTerms,
	"role": roleTerms, "service": serviceTerms, "source": sourceTerms,
	"source-role": sourceRoleTerms, "stance": stanceTerms, "unit": unitTerms,
}

// Vocabularies returns the names of all vocabularies, in no order.
func Vocabularies() []string {
	names := make([]string, 0, len(vocabularies))
	for name := range vocabularies {
		names = append(names, name)
	}
	return names
}

// Terms returns the terms of a vocabulary in the order they are offered; nil if
// there is no such vocabulary. The caller must not change them.
func Terms(vocabulary string) []Term { return vocabularies[vocabulary] }

// LookUp returns a term of a vocabulary.
func LookUp(vocabulary, key string) (Term, bool) {
	for _, t := range vocabularies[vocabulary] {
		if t.Key == key {
			return t, true
		}
	}
	return Term{}, false
}

func known(vocabulary, key string) bool {
	_, ok := LookUp(vocabulary, key)
	return ok
}

// patternVocabulary returns the vocabulary a TakesPattern term is from, or "".
func patternVocabulary(key string) string {
	for _, name := range []string{"pattern", "event", "place"} {
		if known(name, key) {
			return name
		}
	}
	return ""
}

func errTerm() error { return fault.New(fault.Invalid, "claim.unknown_term") }
