package vault

import (
	"encoding/json"
	"errors"

	"habeas/claim"
	"habeas/ledger"
)

// KindAttachment is an entry on the vault side: Attachment.
const KindAttachment = "attachment"

// An Attachment is a file that came with a statement. It is sealed as a file of its
// own, and this entry, under the statement's vault key, is all that opens it.
type Attachment struct {
	Statement claim.Ref
	Name      Text   // as its sender calls it
	Size      int64  // bytes
	SHA256    string // of them, in hexadecimal
	Blob      string // what it is called in the store
	Header    []byte // of the age file
	Seed      Seed   // of the holder it is sealed to

	// Exhibit is the exhibit that the file is, or, if Made says so, that it was made
	// of. It is empty for what was filed before there were exhibits.
	Exhibit claim.Ref
	Made    string // of a derived file, what it is: see the purposes of package custody
	Media   string // of a derived file
	Left    []Left // what was left out of it, of a derived file
	From    string // of a derived file, the SHA-256 of what it was made of; "" for the exhibit itself
	Lang    string // of words, their language; "" if it was not said
	Who     Text   // who made it, if that was noted
	Why     Text   // what for
}

// A Left is something of an original that is not in a file made of it.
type Left struct {
	What  string // of which sort
	Where string // part of the file
	Value Text   // what it said, if that is short
}

type wireLeft struct {
	What  string `json:"what"`
	Where string `json:"where,omitempty"`
	Value string `json:"value,omitempty"`
}

type wireAttachment struct {
	Statement claim.Ref `json:"statement"`
	Name      string    `json:"name"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	Blob      string    `json:"blob"`
	Header    []byte    `json:"header"`
	Seed      []byte    `json:"seed"`

	Exhibit claim.Ref  `json:"exhibit,omitempty"`
	Made    string     `json:"made,omitempty"`
	Media   string     `json:"media,omitempty"`
	Left    []wireLeft `json:"left,omitempty"`
	From    string     `json:"from,omitempty"`
	Lang    string     `json:"lang,omitempty"`
	Who     string     `json:"who,omitempty"`
	Why     string     `json:"why,omitempty"`
}

// Body returns the bytes of a to be sealed.
func (a Attachment) Body() ([]byte, error) {
	w := wireAttachment{
		Statement: a.Statement, Name: a.Name.Reveal(), Size: a.Size, SHA256: a.SHA256, Blob: a.Blob, Header: a.Header, Seed: a.Seed.Bytes(),
		Exhibit: a.Exhibit, Made: a.Made, Media: a.Media, From: a.From, Lang: a.Lang, Who: a.Who.Reveal(), Why: a.Why.Reveal(),
	}
	for _, l := range a.Left {
		w.Left = append(w.Left, wireLeft{l.What, l.Where, l.Value.Reveal()})
	}
	return json.Marshal(w)
}

// ReadAttachment reads the body of an attachment entry.
func ReadAttachment(e ledger.Entry) (Attachment, error) {
	var w wireAttachment
	if err := read(e, KindAttachment, &w); err != nil {
		return Attachment{}, err
	}
	seed, err := SeedFrom(w.Seed)
	if err != nil || !refers(w.Statement, claim.RefStatement) || w.Size < 0 || w.Exhibit != "" && !refers(w.Exhibit, claim.RefExhibit) || w.Made != "" && w.Exhibit == "" {
		return Attachment{}, damaged(errors.Join(err, errors.New("vault: an attachment of nothing")))
	}
	a := Attachment{
		Statement: w.Statement, Name: NewText(w.Name), Size: w.Size, SHA256: w.SHA256, Blob: w.Blob, Header: w.Header, Seed: seed,
		Exhibit: w.Exhibit, Made: w.Made, Media: w.Media, From: w.From, Lang: w.Lang, Who: NewText(w.Who), Why: NewText(w.Why),
	}
	for _, l := range w.Left {
		a.Left = append(a.Left, Left{l.What, l.Where, NewText(l.Value)})
	}
	return a, nil
}
