package vault

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/name"
)

// Kinds of entry on the vault side. Their bodies are sealed under a source's
// vault key, or the case's, and are never folded into a view.
const (
	KindDetail   = "detail"   // Detail
	KindOriginal = "original" // Original
	KindReading  = "reading"  // Reading
)

// A Detail is what one source gave about who a person is. A person's identity
// is the union of the details, so that a source who withdraws takes back what
// it gave and nothing else.
type Detail struct {
	Person    claim.Ref
	Statement claim.Ref // where it was given; empty if a member added it
	Names     [][]Part  // each a whole name, in any script
	Birth     Text      // EDTF
	Documents []Labelled
	Contacts  []Labelled
	Remarks   Text
}

// A Part is a typed part of a name.
type Part struct {
	Kind name.Kind
	Text Text
}

// Labelled is a value with what it is ("passport", "phone") and a note ("safe
// after 20:00").
type Labelled struct{ Kind, Value, Note Text }

// An Original is a statement as it was received.
type Original struct {
	Statement claim.Ref
	Media     string // as recognised, such as "text/html"
	File      Text   // the name it came under, if any
	Raw       Text   // the bytes, unchanged
	Plain     Text   // its text, which a Reading's positions are in
}

// A Reading maps an original to its working text: what was linked and what was
// looked at and let stand. A later one replaces an earlier one.
type Reading struct {
	Statement claim.Ref
	Links     []Link
	Dismissed []Span
	Version   int // of the working text that was settled from it; 0 if not yet
}

// A Link says that these bytes of the plain text name this person.
type Link struct {
	Start  int       `json:"start"`
	End    int       `json:"end"`
	Person claim.Ref `json:"person"`
}

// A Span is a range of bytes of the plain text.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// What follows is the form of bodies inside their seal. Text does not encode
// itself, so each is written out here and nowhere else.

type wirePart struct {
	Kind name.Kind `json:"kind"`
	Text string    `json:"text"`
}

type wireLabelled struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
	Note  string `json:"note,omitempty"`
}

type wireDetail struct {
	Person    claim.Ref      `json:"person"`
	Statement claim.Ref      `json:"statement,omitempty"`
	Names     [][]wirePart   `json:"names,omitempty"`
	Birth     string         `json:"birth,omitempty"`
	Documents []wireLabelled `json:"documents,omitempty"`
	Contacts  []wireLabelled `json:"contacts,omitempty"`
	Remarks   string         `json:"remarks,omitempty"`
}

type wireOriginal struct {
	Statement claim.Ref `json:"statement"`
	Media     string    `json:"media"`
	File      string    `json:"file,omitempty"`
	Raw       []byte    `json:"raw"`
	Plain     string    `json:"plain"`
}

type wireReading struct {
	Statement claim.Ref `json:"statement"`
	Links     []Link    `json:"links,omitempty"`
	Dismissed []Span    `json:"dismissed,omitempty"`
	Version   int       `json:"version,omitempty"`
}

// Body returns the bytes of d to be sealed.
func (d Detail) Body() ([]byte, error) {
	w := wireDetail{Person: d.Person, Statement: d.Statement, Birth: d.Birth.Reveal(), Remarks: d.Remarks.Reveal(),
		Documents: unmaskLabelled(d.Documents), Contacts: unmaskLabelled(d.Contacts)}
	for _, n := range d.Names {
		parts := []wirePart{}
		for _, p := range n {
			if !p.Kind.Valid() {
				return nil, errors.New("vault: a part of a name of no kind")
			}
			parts = append(parts, wirePart{p.Kind, p.Text.Reveal()})
		}
		w.Names = append(w.Names, parts)
	}
	return json.Marshal(w)
}

// ReadDetail reads the body of a detail entry.
func ReadDetail(e ledger.Entry) (Detail, error) {
	var w wireDetail
	if err := read(e, KindDetail, &w); err != nil {
		return Detail{}, err
	}
	if !refers(w.Person, claim.RefPerson) || w.Statement != "" && !refers(w.Statement, claim.RefStatement) {
		return Detail{}, damaged(errors.New("vault: a detail of nobody"))
	}
	d := Detail{Person: w.Person, Statement: w.Statement, Birth: NewText(w.Birth), Remarks: NewText(w.Remarks),
		Documents: maskLabelled(w.Documents), Contacts: maskLabelled(w.Contacts)}
	for _, n := range w.Names {
		parts := []Part{}
		for _, p := range n {
			if !p.Kind.Valid() {
				return Detail{}, damaged(errors.New("vault: a part of a name of no kind"))
			}
			parts = append(parts, Part{p.Kind, NewText(p.Text)})
		}
		d.Names = append(d.Names, parts)
	}
	return d, nil
}

// Body returns the bytes of o to be sealed.
//
// Plain must be UTF-8: what is not would be replaced, and positions in it would
// point elsewhere. The same happens, harmlessly, to File and to what a Detail
// holds.
func (o Original) Body() ([]byte, error) {
	if !utf8.ValidString(o.Plain.Reveal()) {
		return nil, errors.New("vault: the plain text of an original is not UTF-8")
	}
	return json.Marshal(wireOriginal{o.Statement, o.Media, o.File.Reveal(), []byte(o.Raw.Reveal()), o.Plain.Reveal()})
}

// ReadOriginal reads the body of an original entry.
func ReadOriginal(e ledger.Entry) (Original, error) {
	var w wireOriginal
	if err := read(e, KindOriginal, &w); err != nil {
		return Original{}, err
	}
	if !refers(w.Statement, claim.RefStatement) {
		return Original{}, damaged(errors.New("vault: an original of no statement"))
	}
	return Original{w.Statement, w.Media, NewText(w.File), NewText(string(w.Raw)), NewText(w.Plain)}, nil
}

// Body returns the bytes of r to be sealed.
func (r Reading) Body() ([]byte, error) { return json.Marshal(wireReading(r)) }

// ReadReading reads the body of a reading entry. Its ranges start at 0 or later
// and are not empty. Whether they end within the plain text, and where its
// characters do, is for who has that text to check: the entry's author is a
// member, and a member may be an enemy.
func ReadReading(e ledger.Entry) (Reading, error) {
	var w wireReading
	if err := read(e, KindReading, &w); err != nil {
		return Reading{}, err
	}
	ok := refers(w.Statement, claim.RefStatement) && w.Version >= 0
	for _, l := range w.Links {
		ok = ok && refers(l.Person, claim.RefPerson) && 0 <= l.Start && l.Start < l.End
	}
	for _, s := range w.Dismissed {
		ok = ok && 0 <= s.Start && s.Start < s.End
	}
	if !ok {
		return Reading{}, damaged(errors.New("vault: a reading that points nowhere"))
	}
	return Reading(w), nil
}

// Parsed returns a name as package name has it, for compiling its forms.
func Parsed(parts []Part) name.Name {
	var n name.Name
	for _, p := range parts {
		n = append(n, name.Part{Kind: p.Kind, Text: p.Text.Reveal()})
	}
	return n
}

func read(e ledger.Entry, kind string, into any) error {
	if e.Kind != kind {
		return errors.New("vault: an entry of another kind")
	}
	if err := json.Unmarshal(e.Body, into); err != nil {
		return damaged(errors.New("vault: malformed " + kind)) // not err, which quotes the body
	}
	return nil
}

// refers reports whether r is a reference to a thing of kind k.
func refers(r claim.Ref, k byte) bool {
	_, err := claim.ParseRef(string(r))
	return err == nil && r.Kind() == k
}

func damaged(cause error) error { return fault.Wrap(cause, fault.Damaged, "ledger.damaged") }

func maskLabelled(ws []wireLabelled) (ls []Labelled) {
	for _, w := range ws {
		ls = append(ls, Labelled{NewText(w.Kind), NewText(w.Value), NewText(w.Note)})
	}
	return ls
}

func unmaskLabelled(ls []Labelled) (ws []wireLabelled) {
	for _, l := range ls {
		ws = append(ws, wireLabelled{l.Kind.Reveal(), l.Value.Reveal(), l.Note.Reveal()})
	}
	return ws
}
