package claim

import "habeas/ledger"

// Kinds of entry whose bodies this package defines. A kind that is unknown to
// this version is kept and shown in the history, and otherwise ignored.
//
// All of these, and [KindErased], are sealed on the body side of a case (or of the office circle)
// and hold no name: see package vault for what is on the vault side.
const (
	KindCase      = "case"      // Case
	KindPerson    = "person"    // Person; a later one for the same Ref replaces it
	KindSource    = "source"    // Source; likewise
	KindPlace     = "place"     // Place; likewise
	KindUnit      = "unit"      // Unit; likewise
	KindStatement = "statement" // Statement
	KindText      = "text"      // Text
	KindClaim     = "claim"     // Claim, also a correction of an earlier one
	KindWithdraw  = "withdraw"  // Withdraw
	KindUndo      = "undo"      // Undo
	KindForms     = "forms"     // Forms
	KindAct       = "act"       // Act
)

// Case opens a file. Its stream is the case.
type Case struct {
	Title    string `json:"title"`              // name-free
	About    string `json:"about"`              // "person", "incident" or "pattern"
	Affected Ref    `json:"affected,omitempty"` // the person, if it is about one
}

// Person is anybody in a case, or a group of people counted together. Who they
// are is in the vault.
type Person struct {
	Ref        Ref    `json:"ref"`
	Cover      string `json:"cover"`           // the cover name; for a group a plain description
	Protection string `json:"protection"`      // see Protections
	Count      int    `json:"count,omitempty"` // people in the group; 0 or 1 is one person
	Note       string `json:"note,omitempty"`  // name-free
}

// Protections, from the vocabulary: whether the gate may let a name out.
const (
	Protected = "protected" // the default, and what an empty string means
	Official  = "official"  // an official in office
	Actor     = "actor"     // an alleged actor
	Public    = "public"    // a public figure
)

// Source is who speaks.
type Source struct {
	Ref    Ref    `json:"ref"`
	Kind   string `json:"kind"`             // "person", "organisation", "outlet", "authority", "document"
	Person Ref    `json:"person,omitempty"` // the person, where the source is one
	Unit   Ref    `json:"unit,omitempty"`   // the authority or organisation, where it has a record
	Role   string `json:"role,omitempty"`   // as it is named to others: a term of the vocabulary, such as "father"
	Label  string `json:"label,omitempty"`  // name-free words, where no term fits
	Grade  string `json:"grade,omitempty"`  // Admiralty letter A to F; empty is F
}

// Place is a place of detention or of an event. In the office circle its label
// is coarse; private aliases and exact positions stay in a circle.
type Place struct {
	Ref       Ref      `json:"ref"`
	Label     string   `json:"label"`              // name-free and coarse, such as "a basement"
	Kind      string   `json:"kind"`               // vocabulary "place"
	District  string   `json:"district,omitempty"` // in Region: given only where that is
	Region    string   `json:"region,omitempty"`
	Country   string   `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Aliases   []string `json:"aliases,omitempty"`
	Precision string   `json:"precision,omitempty"` // "unknown", "country", "region", "district", "town", "exact"
}

// Unit is a force, unit, body or authority.
type Unit struct {
	Ref   Ref    `json:"ref"`
	Label string `json:"label"`
	Kind  string `json:"kind"` // vocabulary "unit"
}

// Statement is what a source said or wrote. The original is in the vault.
type Statement struct {
	Ref      Ref    `json:"ref"`
	Source   Ref    `json:"source"`
	Said     string `json:"said,omitempty"` // EDTF: when it was said or written
	Received string `json:"received"`       // EDTF: when we received it
	Medium   string `json:"medium"`         // vocabulary "medium": interview, letter, message, …
	Lang     string `json:"lang,omitempty"` // BCP 47
	Title    string `json:"title,omitempty"`

	// The source keys the statement brought: on the body side, and on the vault
	// side, where its original is.
	BodyKey  ledger.ID `json:"body_key"`
	VaultKey ledger.ID `json:"vault_key"`

	Batch  ledger.ID `json:"batch,omitzero"`  // what it was brought in with, to be undone together
	Thread ledger.ID `json:"thread,omitzero"` // of the receipt it came under, by which its source can stop its use
}

// Text is one version of a statement's working text. It holds no name: people
// stand in it as references, see [Mark].
type Text struct {
	Statement Ref    `json:"statement"`
	Version   int    `json:"version"` // from 1
	Text      string `json:"text"`
}

// Claim is one assertion read out of a passage of a statement.
type Claim struct {
	Statement Ref `json:"statement"`
	Version   int `json:"version"` // of the working text
	Start     int `json:"start"`   // the passage: bytes of Text.Text, half open
	End       int `json:"end"`

	Subject   Ref    `json:"subject"`   // empty only for [Exists]
	Predicate string `json:"predicate"` // vocabulary "predicate"
	Value     Value  `json:"value"`
	When      string `json:"when,omitempty"`  // EDTF level 1, as the source has it
	Where     Ref    `json:"where,omitempty"` // a place
	Stance    string `json:"stance"`          // Asserts or Denies

	Basis string `json:"basis"`           // vocabulary "basis": how the last in the chain knows; "told" if only that it was told to the source
	Chain []Link `json:"chain,omitempty"` // from the statement's source back to the origin; empty if the source is the origin
	Info  string `json:"info,omitempty"`  // Admiralty 1 to 6; empty is 6

	Replaces ledger.ID `json:"replaces,omitzero"` // the claim this one corrects
	Reason   string    `json:"reason,omitempty"`  // why it was corrected; name-free
}

// Stances.
const (
	Asserts = "asserts"
	Denies  = "denies"
)

// A Link is one step back from who speaks towards who saw: the source that told
// the one before it. A Link with no Source is someone unknown.
type Link struct {
	Source Ref    `json:"source,omitempty"`
	How    string `json:"how,omitempty"` // vocabulary "how": in person, by message, …
}

// Value is what is claimed. One of its fields is set, as the predicate says (see
// [Takes]); Role goes with Ref for an involvement and for a relation.
type Value struct {
	Term string `json:"term,omitempty"` // of the predicate's vocabulary
	Ref  Ref    `json:"ref,omitempty"`  // a person, place, unit or event
	Role string `json:"role,omitempty"` // vocabulary "role" for "involved", "relation" for "relation"
	Date string `json:"date,omitempty"` // EDTF
	N    int    `json:"n,omitempty"`
	Text string `json:"text,omitempty"` // name-free words, for the predicate "said"
}

// Withdraw takes back a claim that should not have been recorded. The claim
// stays in the history.
type Withdraw struct {
	Claim  ledger.ID `json:"claim"`
	Reason string    `json:"reason"` // name-free
}

// Undo cancels the effect of one earlier correction, withdrawal or undo.
type Undo struct {
	Entry  ledger.ID `json:"entry"`
	Reason string    `json:"reason,omitempty"` // name-free
}

// Forms carries the gate's keyed form hashes of a person's names, so that those
// who hold no name can still be stopped from letting one out. A later one adds
// to it and takes nothing back: whoever may write on the body side could
// otherwise unprotect a name without knowing it.
type Forms struct {
	Person    Ref       `json:"person"`
	Detail    ledger.ID `json:"detail"`              // the identity detail (vault side) it was made from
	Statement Ref       `json:"statement,omitempty"` // that gave it, if one did
	Circle    ledger.ID `json:"circle"`              // whose gate reads it
	Hashes    []byte    `json:"hashes"`              // as package gate wrote them
}

// Acts that this program gives a meaning to, of the vocabulary "act".
const (
	NamesShown = "names-shown"
	Proposed   = "dossier-proposed"
	Approved   = "dossier-approved"
	Released   = "dossier-released"
	Refused    = "dossier-refused"
	Corrected  = "dossier-corrected" // who has it was told that something in it changed
)

// Act is something we did that others should see: a look at a name, a dossier
// proposed, approved, released. What it means is in its terms only.
type Act struct {
	What      string `json:"what"` // vocabulary "act"
	Person    Ref    `json:"person,omitempty"`
	Statement Ref    `json:"statement,omitempty"`
	Dossier   Ref    `json:"dossier,omitempty"`
	Audience  string `json:"audience,omitempty"` // vocabulary "audience"
	Partner   string `json:"partner,omitempty"`  // which one, if the audience is one; name-free
	To        string `json:"to,omitempty"`       // to whom a dossier was released; name-free
	Lang      string `json:"lang,omitempty"`
	Names     bool   `json:"names,omitempty"`  // people stand in the dossier by name
	Digest    string `json:"digest,omitempty"` // SHA-256 of the bytes it is about, hexadecimal
	Reason    string `json:"reason,omitempty"` // name-free
	Files     int    `json:"files,omitempty"`  // it is a bundle of so many files, not a dossier
	Appeal    Ref    `json:"appeal,omitempty"` // with Proposed: it is a letter for this appeal, not a dossier

	Entries []ledger.ID `json:"entries,omitempty"` // the claims in a dossier that was released
	Waived  []Waiver    `json:"waived,omitempty"`  // of an approval and a release: the warnings that did not stop it
}

// WaivedHit says that a place of a dossier may name a person of the circle, and
// was taken not to.
const WaivedHit = "hit"

// A Waiver is a warning about a dossier that a second member accepted. It holds
// none of the words that it is about.
type Waiver struct {
	Key      string    `json:"key"`            // of what it is about, in that dossier
	As       string    `json:"as"`             // WaivedHit; or of words that look like a name: "public", "nobody" or "asked"
	Hits     []string  `json:"hits,omitempty"` // the IDs the gate gave the places
	Person   Ref       `json:"person,omitempty"`
	Reason   string    `json:"reason,omitempty"` // name-free
	By       ledger.ID `json:"by"`               // who proposed to waive it
	Accepted ledger.ID `json:"accepted"`         // who accepted that
}
