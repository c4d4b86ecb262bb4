package web

import (
	"testing"

	"habeas"
	"habeas/claim"
)

// propose proposes a dossier, of which by says that whatever looks like a name in
// it is none.
func (o *office) propose(t *testing.T, by habeas.Actor, id habeas.CaseID, opt habeas.DossierOptions) (claim.Ref, error) {
	t.Helper()
	p, err := o.desk.Preview(t.Context(), by, id, opt)
	if err != nil {
		return "", err
	}
	for _, w := range p.Warnings {
		opt.Decided = append(opt.Decided, habeas.Decision{Key: w.Key, As: habeas.NotAName})
	}
	return o.desk.Propose(t.Context(), by, id, opt)
}
