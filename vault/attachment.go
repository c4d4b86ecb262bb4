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
}

type wireAttachment struct {
	Statement claim.Ref `json:"statement"`
	Name      string    `json:"name"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	Blob      string    `json:"blob"`
	Header    []byte    `json:"header"`
	Seed      []byte    `json:"seed"`
}

// Body returns the bytes of a to be sealed.
func (a Attachment) Body() ([]byte, error) {
	return json.Marshal(wireAttachment{a.Statement, a.Name.Reveal(), a.Size, a.SHA256, a.Blob, a.Header, a.Seed.Bytes()})
}

// ReadAttachment reads the body of an attachment entry.
func ReadAttachment(e ledger.Entry) (Attachment, error) {
	var w wireAttachment
	if err := read(e, KindAttachment, &w); err != nil {
		return Attachment{}, err
	}
	seed, err := SeedFrom(w.Seed)
	if err != nil || !refers(w.Statement, claim.RefStatement) || w.Size < 0 {
		return Attachment{}, damaged(errors.Join(err, errors.New("vault: an attachment of nothing")))
	}
	return Attachment{w.Statement, NewText(w.Name), w.Size, w.SHA256, w.Blob, w.Header, seed}, nil
}
