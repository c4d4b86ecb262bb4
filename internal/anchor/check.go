package anchor

import (
	"context"
	"crypto/x509"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/custody"
	"habeas/fault"
	"habeas/internal/store"
	"habeas/ledger"
	"habeas/stamp"
)

// Found is what others signed of a log, as it was kept.
type Found struct {
	Checkpoints int // that were shown to others, all on the way of this log
	Cosigned    int // lines of witnesses, kept
	Stamped     int // tokens, kept
	Largest     int64

	By        []Signed // of the witnesses whose keys were given, the largest that each signed
	Tokens    []*stamp.Token
	Strangers int // tokens that none of the roots that were given vouches for
}

// Signed is the largest checkpoint that a witness signed.
type Signed struct {
	Size int64
	ledger.Cosignature
}

// Check compares each checkpoint of the office in dir that was shown to others with
// its log, which must go on from all of them; otherwise the fault is of kind
// Damaged. Of witnesses it checks what they signed; of tokens, if roots is not nil,
// that they lead there. known signs for the office.
func Check(ctx context.Context, dir string, known note.Verifiers, witnesses []note.Verifier, roots *x509.CertPool) (*Found, error) {
	db, err := store.Open(dir, store.ReadOnly)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	f := &Found{}
	signed := map[string]bool{}
	for a, err := range store.AnchorsIn(dir).All() {
		if err != nil {
			return f, err
		}
		cp, by, err := ledger.Policy{Log: known, Witnesses: witnesses}.Open(a.Signed())
		if err != nil {
			return f, err
		}
		size, err := db.Size(ctx) // after the anchor was read: a server may be at work
		if err != nil {
			return f, err
		}
		rewritten := fault.New(fault.Damaged, "ledger.rewritten", fault.Count(a.Size))
		if cp.Size != a.Size || a.Size > size {
			return f, rewritten
		}
		if root, err := tlog.TreeHash(a.Size, db.Hashes(ctx)); err != nil || root != cp.Root {
			return f, rewritten
		}
		f.Checkpoints++
		f.Largest = max(f.Largest, a.Size)
		f.Cosigned += len(a.Cosignatures)
		f.Stamped += len(a.Tokens)
		for _, c := range by {
			if !signed[c.Witness] { // the largest comes first
				signed[c.Witness] = true
				f.By = append(f.By, Signed{a.Size, c})
			}
		}
		f.tokens(a, roots)
	}
	return f, nil
}

func (f *Found) tokens(a store.Anchor, roots *x509.CertPool) {
	if roots == nil {
		return
	}
	for _, o := range a.Tokens {
		t, err := stamp.Verify(o.Data, custody.Stamped(a.Checkpoint), roots)
		if err != nil {
			f.Strangers++
			continue
		}
		f.Tokens = append(f.Tokens, t)
	}
}
