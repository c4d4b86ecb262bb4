package habeas

import (
	"context"
	"encoding/json"
	"time"

	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
)

// kindMark is an entry on the vault side of a case: whether an exhibit shows what
// may hurt to see. The last one about an exhibit holds.
const kindMark = "exhibit-mark"

// mostMark is how long the words of a mark may be, in bytes.
const mostMark = 2000

// markBody is the body of a kindMark entry.
type markBody struct {
	Exhibit claim.Ref `json:"exhibit"`
	Graphic bool      `json:"graphic"`
	Words   string    `json:"words,omitempty"`
}

// An ExhibitMark says that an exhibit shows what may hurt to see: violence, or the
// dead. Its words may name somebody.
type ExhibitMark struct {
	Words  string
	By     ledger.ID
	Member string // By, as colleagues see them
	At     time.Time
}

type knownMark struct {
	markBody
	ExhibitMark
	st claim.Ref
}

func (r *fileReader) readMark(e ledger.Entry, st claim.Ref) {
	var b markBody
	if json.Unmarshal(e.Body, &b) == nil {
		r.marks = append(r.marks, knownMark{b, ExhibitMark{b.Words, e.Author, "", e.Time}, st})
	}
}

// marked puts to an exhibit the mark that holds.
func (r *fileReader) marked(f *keptFile) {
	for _, m := range r.marks {
		if m.Exhibit != f.Exhibit || m.st != f.Statement {
			continue
		}
		if f.record.Mark = nil; m.Graphic {
			f.record.Mark = &m.ExhibitMark
		}
	}
}

// MarkExhibit notes that an exhibit shows what may hurt to see, or takes that back.
// Safe copies of one that is marked are shown blurred until a member asks for more:
// see [Desk.LookAtFile].
func (d *Desk) MarkExhibit(ctx context.Context, by Actor, id CaseID, ref claim.Ref, graphic bool, words string) error {
	if err := d.may(by, lookNames); err != nil {
		return err
	}
	if len(words) > mostMark {
		return fault.New(fault.Invalid, "form.too_large")
	}
	k, f, err := d.exhibit(ctx, by, id, ref)
	if err != nil {
		return err
	}
	key, err := d.sourceKey(ctx, k.vault, f.telling.VaultKey)
	if err != nil {
		return err
	}
	_, err = d.write(ctx, by, k.circle, id, draft{kindMark, markBody{ref, graphic, words}, key})
	return err
}
