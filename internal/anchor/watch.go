package anchor

import (
	"encoding/json"
	"net/url"
	"time"

	"golang.org/x/mod/sumdb/note"

	"habeas/internal/store"
	"habeas/ledger"
)

// A Standing is what somebody who is asked to sign the log signed last.
type Standing struct {
	Name    string
	Size    int64 // of the log that was signed; 0 if none was
	At      time.Time
	Until   time.Time // of an authority: when the first certificate of its token ends
	Refused *Refusal  // of a witness: why it refused since
}

// A Refusal says that a witness saw more of the log than there was, or another.
type Refusal struct {
	Seen int64     `json:"seen"`
	Size int64     `json:"size"` // of the log that it was shown
	At   time.Time `json:"at"`
}

func keepRefusal(dir string, witness note.Verifier, back RolledBack, now time.Time) error {
	b, err := json.Marshal(Refusal{back.Seen, back.Size, now.UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	return store.AnchorsIn(dir).KeepRefusal(witnessID(witness), b)
}

// mostLooked is how many of the newest checkpoints are looked through for who signed:
// somebody who signed none of them has not signed for days.
const mostLooked = 2000

// Witnessed returns what a witness signed last of the log of the office in dir, whose
// own keys are known.
func Witnessed(dir string, known note.Verifiers, witness note.Verifier) (Standing, error) {
	s := Standing{Name: witness.Name()}
	anchors := store.AnchorsIn(dir)
	b, err := anchors.Refusal(witnessID(witness))
	if err != nil {
		return s, err
	}
	var r Refusal
	if json.Unmarshal(b, &r) == nil && r.Seen > 0 {
		s.Refused = &r
	}
	looked := 0
	for a, err := range anchors.All() {
		if err != nil {
			return s, err
		}
		if looked++; looked > mostLooked {
			break
		}
		_, by, err := ledger.Policy{Log: known, Witnesses: []note.Verifier{witness}}.Open(a.Signed())
		if err == nil && len(by) > 0 {
			s.Size, s.At = a.Size, by[0].At
			break
		}
	}
	return s, nil
}

// Stamped returns what an authority stamped last of the log of the office in dir.
func Stamped(dir string, known note.Verifiers, a Authority) (Standing, error) {
	s := Standing{Name: a.URL}
	if u, err := url.Parse(a.URL); err == nil {
		s.Name = u.Host
	}
	looked := 0
	for one, err := range store.AnchorsIn(dir).All() {
		if err != nil {
			return s, err
		}
		if looked++; looked > mostLooked {
			break
		}
		if _, err := ledger.OpenCheckpoint(one.Checkpoint, known); err != nil {
			continue
		}
		if t := latest(one, a); t != nil {
			s.Name += ", " + t.Signer.Subject.CommonName
			s.Size, s.At, s.Until = one.Size, t.Time, t.Until
			break
		}
	}
	return s, nil
}
