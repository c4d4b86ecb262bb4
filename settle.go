package habeas

import (
	"context"
	"strings"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/name"
	"habeas/vault"
)

// Settle makes the working text: the original's text with a reference in place
// of every linked name. It refuses while words still look like names, and when
// the text names somebody the circle protects, even if a reader let that stand.
func (d *Desk) Settle(ctx context.Context, by Actor, id CaseID, st claim.Ref) error {
	if err := d.may(by, record); err != nil {
		return err
	}
	w, err := d.unsettled(ctx, by, id, st)
	if err != nil {
		return err
	}
	if n := len(w.suspects()); n > 0 {
		return fault.New(fault.Withheld, "desk.suspects_left", fault.Count(n))
	}
	text := claim.Text{Statement: st, Version: 1, Text: w.text()}
	if hits := blocked(gate.Scan([]byte(text.Text), w.index)); hits > 0 {
		return fault.New(fault.Withheld, "desk.name_in_text", fault.Count(hits))
	}
	bodyKey, err := d.sourceKey(ctx, w.keys.body, w.telling.BodyKey)
	if err != nil {
		return err
	}
	w.reading.Version = text.Version
	return d.saveReading(ctx, by, w, draft{claim.KindText, text, bodyKey})
}

// text returns the working text.
func (w *working) text() string {
	plain := w.original.Plain.Reveal()
	var b strings.Builder
	at := 0
	for _, l := range sortedLinks(w.reading.Links) {
		if l.Start < at {
			continue
		}
		b.WriteString(plain[at:l.Start])
		b.WriteString(claim.MarkOf(l.Person))
		at = l.End
	}
	b.WriteString(plain[at:])
	return b.String()
}

// blocked counts the hits that name somebody protected beyond doubt.
func blocked(hits []gate.Hit) (n int) {
	for _, h := range hits {
		if h.Verdict == gate.Block {
			n++
		}
	}
	return n
}

// NameParts returns the words at sp as typed parts of a name, as a first guess
// for the form.
func NameParts(words vault.Text) []vault.Part {
	var parts []vault.Part
	for _, p := range name.Parse(words.Reveal()) {
		parts = append(parts, vault.Part{Kind: p.Kind, Text: vault.NewText(p.Text)})
	}
	return parts
}
