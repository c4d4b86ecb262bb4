package web

import (
	"habeas"
	"habeas/claim"
)

// A dossierRow is a dossier and how far it has come.
type dossierRow struct {
	Href, Words, State           string
	Digest                       string
	To                           string // to whom it was released
	Names                        bool
	Letter                       bool // it is one, which always counts as naming people
	Receipts                     []receiptView
	Proposed, Approved, Released string
}

// dossierLine is a dossier in a list, in few words.
func (t teller) dossierLine(row habeas.DossierRow) dossierLine {
	d := t.dossierRow(row)
	return dossierLine{d.Href, d.Words, d.State}
}

// dossierRow is a dossier, a bundle or a letter in a table.
func (t teller) dossierRow(row habeas.DossierRow) dossierRow {
	d := dossierRow{
		Href: t.base + "/dossier/" + bare(row.Dossier), Digest: row.Digest, To: row.To, Names: row.Names && row.Files == 0,
		Words:    t.p.T("ui.out.for", t.reader(claim.Reader{Audience: row.Audience, Label: row.Partner}), t.p.T("ui.language."+row.Lang)),
		Proposed: t.step(row.Proposed), Approved: t.step(row.Approved), Released: t.step(row.Released),
	}
	if row.Files > 0 {
		d.Href, d.Words = t.base+"/bundle/"+bare(row.Dossier), t.p.T("ui.handover.row", t.reader(claim.Reader{Audience: row.Audience, Label: row.Partner}))
	}
	if row.Table {
		d.Href, d.Words = tablePath(row.Case, row.Dossier), t.p.T("ui.count.out.row")
	}
	if l := row.Letter; l != nil {
		d.Receipts = t.receipts(row.Case, l.Receipts)
		d.Letter, d.Words = true, t.p.T("ui.out.letter", t.p.Term("appeal", l.Kind), l.To, t.p.T("ui.language."+row.Lang))
	}
	switch {
	case row.Erased:
		d.State = t.p.T("ui.out.state.erased")
	case row.Refused != nil:
		d.State = t.p.T("ui.out.state.refused")
	case row.Released != nil:
		d.State = t.p.T("ui.out.state.released")
	case row.Approved != nil:
		d.State = t.p.T("ui.out.state.approved")
	default:
		d.State = t.p.T("ui.out.state.proposed")
	}
	return d
}
