// Package claim is what Habeas knows about the world: nothing but who said what.
//
// # What is recorded
//
// A [Statement] is what a source said. Its working text ([Text]) holds no name:
// people stand in it as marks ([Mark]). A [Claim] is one assertion read out of a
// passage of it: a subject, a predicate, a value, when and where, whether the
// source asserts or denies it, on what basis, and the chain of people through
// whom it came. Things that happened are events: a claim [Occurred] says what
// sort, claims [Involved] say who was in it and as what. What follows from that
// for a person's status is in the vocabulary ([Term.Effects]): who was the
// victim of a detention was held, and alive.
//
// Bodies are JSON in entries of package ledger. They are never changed: a
// correction is a claim that replaces another, [Withdraw] takes one back, [Undo]
// cancels either. [Check] says whether a body may be recorded.
//
// # What is computed
//
// [Fold] puts a set of entries together to a [State], in whatever order they
// came; see there for decisions that crossed. From a State come
//
//   - findings ([State.Findings]): for one predicate of one subject the values
//     claimed, and for each the claims for and against;
//   - facets ([State.Facets]): a person's life, liberty, bodily integrity,
//     location, acknowledgment by the holder, service, contact, over time;
//   - the events in order ([State.Events]), and when a person was last known to
//     be alive ([State.LastKnownAlive]).
//
// Support is counted in origins, not in claims: the end of the chain decides
// ([Origin]). All that a father relays from his son is one report, the son's,
// also when the son tells it himself. Claims whose origin nobody knows are
// counted apart ([Support.Unknown]) and add to nothing. An answer is
// corroborated by two known origins with nobody against it. It is contested if
// somebody denies it, or if another answer that somebody asserts can't hold
// beside it at that time ([State.Facets] has the rule). Opinions are shown and
// never counted. Nothing here decides who is right.
//
// A denial in general terms, such as that there are no such places, is a claim
// with the predicate [Exists], no subject, a pattern as its value (or the type of
// event, or the kind of place) and the stance [Denies]. It stands against every
// claim of the case that the pattern covers.
//
// Dates are EDTF ([Date]); the words of all vocabularies are in [Terms], for
// people in the catalogues.
package claim
