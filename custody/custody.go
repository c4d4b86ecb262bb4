// Package custody says of an exhibit what came of it, in entries that an outsider
// can check, and makes and checks the bundle in which it is handed over.
//
// A bundle is a BagIt bag. Beside the files it holds, for exactly what is handed
// over, the sealed entries with a key for each, the proof that each is in the log
// of the office, a signed checkpoint of that log with what witnesses and
// time-stamping authorities signed, and the public keys of those who wrote. So it
// is checked with no server, no account and no network: see [Verify].
package custody

import (
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"habeas/ledger"
)

// Kinds of entries about exhibits. Both are sealed on the vault side of a case.
const (
	KindExhibit = "exhibit" // Exhibit
	KindEvent   = "custody" // Event
)

// An Exhibit is a file as it was received. Nothing of it ever changes.
type Exhibit struct {
	Ref      string    `json:"ref"`
	Name     string    `json:"name"` // as whoever gave it called it
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"` // of the file, taken while it was read, in hex
	SHA512   string    `json:"sha512"`
	Media    string    `json:"media,omitempty"` // by its content; "" if it is not known
	Came     Way       `json:"came"`
	Received time.Time `json:"received"`
	Giver    string    `json:"giver,omitempty"` // the source, by reference
	Collected
}

// Collected is what the collector notes, in the fields of the Berkeley Protocol on
// Digital Open Source Investigations (2022), chapter VI. All are free text.
type Collected struct {
	Collector string `json:"collector,omitempty"` // who collected it
	When      string `json:"when,omitempty"`
	Where     string `json:"where,omitempty"`   // address or place it was collected from
	Method    string `json:"method,omitempty"`  // how, and with what
	Capture   string `json:"capture,omitempty"` // when, where and by whom it is said to have been made
	Remarks   string `json:"remarks,omitempty"`
}

// A Way is how a file reached the office.
type Way string

// How a file reaches the office.
const (
	ByBrowser Way = "browser"
	ByCommand Way = "command"
	ByPhone   Way = "phone"
	ByIntake  Way = "intake"
	ByImport  Way = "import"
)

// An Act is what happened to a file, in the words of PREMIS 3 where it has one.
type Act string

// What happens to a file.
const (
	Received   Act = "ingestion"
	Hashed     Act = "message digest calculation"
	Viewed     Act = "access"
	Copied     Act = "replication"
	Derived    Act = "modification" // a new file was made of it
	Exported   Act = "export"
	HandedOver Act = "transfer"
	Returned   Act = "accession"
	Fixity     Act = "fixity check"
	Validated  Act = "validation" // proofs of others were checked
	Released   Act = "dissemination"
	Erased     Act = "deletion"
)

// acts are the acts that are known.
func acts() []Act {
	return []Act{Received, Hashed, Viewed, Copied, Derived, Exported, HandedOver, Returned, Fixity, Validated, Released, Erased}
}

// An Event is one thing that happened to an exhibit, or to a file made of it.
type Event struct {
	Exhibit string    `json:"exhibit"`
	Before  ledger.ID `json:"before"` // the event before it, or the entry of the exhibit: so none is missing between
	Act     Act       `json:"act"`
	SHA256  string    `json:"sha256"`            // of the file that it is about
	Parent  string    `json:"parent,omitempty"`  // SHA-256 of what a derived file was made of
	Purpose string    `json:"purpose,omitempty"` // of a derived file: "safe copy", "redaction", "translation", "transcript", "working copy"
	Lang    string    `json:"lang,omitempty"`    // of a derived file, the language of its words
	Tool    string    `json:"tool,omitempty"`    // with what, and its version
	To      string    `json:"to,omitempty"`      // who has it now
	Good    bool      `json:"good"`              // whether it came out as it should; of a fixity check, that nothing had changed
	Note    string    `json:"note,omitempty"`
	Proofs  []Proof   `json:"proofs,omitempty"` // what was checked, of a validation
	Beside  []string  `json:"beside,omitempty"` // of a validation: the exhibits that hold proofs of this one
}

// A Proof is one check of what others put into a file, or beside it, to prove where it
// comes from. Check and Not are words in English; the keys are for other languages.
type Proof struct {
	Kind     string `json:"kind"` // such as "WACZ"
	Check    string `json:"check"`
	CheckKey string `json:"check_key"`
	Result   string `json:"result"` // as [Result.String] has it
	Where    string `json:"where,omitempty"`
	Not      string `json:"not,omitempty"` // what it does not show; or why it failed, or was not done
	NotKey   string `json:"not_key,omitempty"`
}

// String returns the check as a report has it.
func (p Proof) String() string {
	s := p.Kind + ": " + p.Result + ": " + p.Check + before(", ", p.Where)
	if p.Result == Passed.String() {
		return s + before("; does not show ", p.Not)
	}
	return s + before("; ", p.Not)
}

var (
	hex64  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	hex128 = regexp.MustCompile(`^[0-9a-f]{128}$`)
)

// Check fails if x is not an exhibit.
func (x Exhibit) Check() error {
	if x.Ref == "" || x.Size < 0 || !hex64.MatchString(x.SHA256) || !hex128.MatchString(x.SHA512) || x.Came == "" || x.Received.IsZero() {
		return fmt.Errorf("custody: not an exhibit")
	}
	return nil
}

// Check fails if e is not an event.
func (e Event) Check() error {
	known := false
	for _, a := range acts() {
		known = known || a == e.Act
	}
	if !known || e.Exhibit == "" || e.Before.IsZero() || !hex64.MatchString(e.SHA256) || (e.Act == Derived) != hex64.MatchString(e.Parent) {
		return fmt.Errorf("custody: not an event")
	}
	return nil
}

// ReadExhibit reads the body of an entry.
func ReadExhibit(e ledger.Entry) (Exhibit, error) {
	var x Exhibit
	if e.Kind != KindExhibit {
		return x, fmt.Errorf("custody: an entry of another kind")
	}
	if err := json.Unmarshal(e.Body, &x); err != nil {
		return x, err
	}
	return x, x.Check()
}

// ReadEvent reads the body of an entry.
func ReadEvent(e ledger.Entry) (Event, error) {
	var v Event
	if e.Kind != KindEvent {
		return v, fmt.Errorf("custody: an entry of another kind")
	}
	if err := json.Unmarshal(e.Body, &v); err != nil {
		return v, err
	}
	return v, v.Check()
}
