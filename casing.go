package habeas

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/name"
	"habeas/vault"
)

// guesser returns what tells in which case a person's name stands, for dossiers in
// Russian and Ukrainian; of no use to others. Who holds the vault is told by the
// name itself; it is not shown to them by that, for the form stands there.
func (d *Desk) guesser(ctx context.Context, k caseKeys, r *rendered, hits bool) (func(claim.Ref, string) string, error) {
	if r.Lang != "ru" && r.Lang != "uk" {
		return func(claim.Ref, string) string { return "" }, nil
	}
	var details map[claim.Ref][]vault.Detail
	if hits && k.vault != nil {
		var err error
		if details, err = d.details(ctx, k); err != nil {
			return nil, err
		}
	}
	return func(ref claim.Ref, words string) string {
		var parts []name.Part
		for _, det := range details[ref] {
			for _, n := range det.Names {
				parts = append(parts, vault.Parsed(n)...)
			}
		}
		return caseOf(parts, words, r.Lang).String()
	}, nil
}

// caseOf returns the case that most of the words can stand in, the commonest of
// several. Where no part of a known name is one of them, it goes by their endings.
func caseOf(parts []name.Part, words, lang string) name.Case {
	votes := map[name.Inflection]int{}
	var order []name.Inflection // the commonest first, of the word that has fewest
	for _, w := range name.Parse(words) {
		found := casesOf(parts, w.Text, lang)
		if len(found) == 0 {
			found = casesOf(basesOf(w, lang), w.Text, lang)
		}
		for _, in := range found {
			votes[in]++
		}
		if len(found) > 0 && (len(order) == 0 || len(found) < len(order)) {
			order = found
		}
	}
	if len(order) == 0 {
		return name.Nominative
	}
	return slices.MaxFunc(order, func(a, b name.Inflection) int { return cmp.Compare(votes[a], votes[b]) }).Case
}

func casesOf(parts []name.Part, word, lang string) []name.Inflection {
	var all []name.Inflection
	for _, p := range parts {
		for _, in := range name.CasesOf(p, word, lang) {
			// A name is known in the nominative: another form is no other's, of a wife.
			if in == (name.Inflection{}) && name.Canon(p.Text) != name.Canon(word) {
				continue
			}
			if !slices.Contains(all, in) {
				all = append(all, in)
			}
		}
	}
	return all
}

// basesOf returns what a word of a name may be a form of: a given name that is
// one, and family names and patronymics of a man.
func basesOf(w name.Part, lang string) []name.Part {
	lower := strings.ToLower(w.Text)
	var bases []name.Part
	for _, end := range strings.Fields("ого ому ого ой ою ей ею ым им ом ем ём єм ові еві а я у ю е є и ы і й ь") {
		stem, ok := strings.CutSuffix(lower, end)
		if !ok || len(stem) < 4 {
			continue
		}
		for _, e := range []string{"", "а", "я", "й", "ь", "о"} {
			if name.IsGiven(stem + e) {
				bases = append(bases, name.Part{Kind: name.Given, Text: stem + e})
			}
		}
		for _, e := range strings.Fields("ов ев ёв єв ин ын ін їн ук юк ко ич як ак ик") {
			if strings.HasSuffix(stem, e) {
				bases = append(bases, name.Part{Kind: name.Family, Text: stem})
			}
		}
		if strings.HasSuffix(stem, "ск") || strings.HasSuffix(stem, "ськ") || strings.HasSuffix(stem, "цк") || strings.HasSuffix(stem, "цьк") {
			bases = append(bases, name.Part{Kind: name.Family, Text: stem + "ий"})
		}
	}
	if len(bases) == 0 {
		return []name.Part{w}
	}
	return bases
}
