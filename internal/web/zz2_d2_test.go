package web

import (
	"io"
	"testing"

	"habeas/internal/locale"
)

func TestZZPages(t *testing.T) {
	pages, err := parsePages()
	if err != nil {
		t.Fatal(err)
	}
	fr := Frame{P: locale.New("en"), Member: "x", Form: &Form{}}
	c := caseFrame{Frame: fr}
	for name, p := range map[string]any{
		"case": casePage{caseFrame: c}, "people": peoplePage{caseFrame: c, Add: personForm(fr.P, fr.In("x"), true, true, nil), Start: fr.In("x")}, "person": personPage{caseFrame: c, Reveal: c.revealForm(), Detail: c.detailForm()},
		"history": historyPage{caseFrame: c}, "names": namesPage{c, c.revealForm()}, "dossiers": dossiersPage{caseFrame: c},
		"statement_new": newStatementPage{caseFrame: c, Start: fr.In("add")}, "desk": &deskPage{caseFrame: c, Settled: true, Reveal: c.revealForm()}, "claim_edit": claimPage{caseFrame: c, Start: fr.In("x"), Withdraw: fr.In("y"), Fields: claimFields{P: fr.P}}, "dossier": dossierPage{caseFrame: c, Preview: &previewView{}},
	} {
		if err := pages[name].ExecuteTemplate(io.Discard, "layout", p); err != nil {
			t.Error(name, err)
		}
	}
}
