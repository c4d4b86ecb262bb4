package measure

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"habeas/gate"
	"habeas/internal/corpus"
	"habeas/name"
)

// CrossScript measures the recall of names that the vault holds in another script than
// the text: with the names romanised by each table of tables, and with the text
// romanised and the names as they are. Tables do not write names of other languages as
// these do ("Тэтчер" becomes Tetcher), so it is a measure of Slavic spellings.
func CrossScript(ctx context.Context, dir, tables string) ([]Row, error) {
	texts, err := corpus.News(dir)
	if err != nil {
		return nil, err
	}
	ways, err := corpus.Tables(tables)
	if err != nil {
		return nil, err
	}
	var vault, text tally
	for _, w := range ways {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, t := range texts {
			ix, err := vaultOf(written(w, t.People))
			if err != nil {
				return nil, err
			}
			t.ID += " by " + w.Name
			vault.text(t, gate.Scan([]byte(t.Text), ix), inScript(corpus.Table{}))
		}
	}
	for _, t := range texts {
		ix, err := vaultOf(t.People)
		if err != nil {
			return nil, err
		}
		for _, w := range ways {
			latin := romanised(w, t)
			text.text(latin, gate.Scan([]byte(latin.Text), ix), inScript(w))
		}
	}
	on := fmt.Sprintf("vault in Latin by each of %d tables, text in Cyrillic", len(ways))
	back := fmt.Sprintf("vault in Cyrillic, text in Latin by each of %d tables", len(ways))
	return []Row{
		vault.row("cross-script recall", on, atLeast(.97)), vault.leaks("cross-script: people leaked", on, noGoal),
		text.row("cross-script recall", back, atLeast(.97)), text.leaks("cross-script: people leaked", back, noGoal),
	}, nil
}

// written returns people with their names written by a table.
func written(w corpus.Table, people []corpus.Person) []corpus.Person {
	out := slices.Clone(people)
	for i := range out {
		out[i].Name = slices.Clone(out[i].Name)
		for j := range out[i].Name {
			out[i].Name[j].Text, _ = w.Write(out[i].Name[j].Text)
		}
	}
	return out
}

// romanised returns t written by a table; the names of its people stay.
func romanised(w corpus.Table, t corpus.Text) corpus.Text {
	text, at := w.Write(t.Text)
	out := corpus.Text{ID: t.ID + " by " + w.Name, Text: text, People: slices.Clone(t.People)}
	for i, p := range out.People {
		out.People[i].Mentions = nil
		for _, m := range p.Mentions {
			moved := make([][2]int, len(m))
			for j, s := range m {
				moved[j] = [2]int{at[s[0]], at[s[1]]}
			}
			out.People[i].Mentions = append(out.People[i].Mentions, moved)
		}
	}
	return out
}

// inScript returns what says of a missed mention, in the script that w writes, whether
// the name stands there as in the vault or in another form.
func inScript(w corpus.Table) func(name.Name, string) string {
	return func(n name.Name, mention string) string {
		known := map[string]bool{}
		for _, p := range n {
			text, _ := w.Write(p.Text)
			for part := range strings.FieldsSeq(name.Canon(text)) {
				known[part] = true
			}
		}
		if len(known) == 0 {
			return "the data gives no name to look for"
		}
		for part := range strings.FieldsSeq(name.Canon(mention)) {
			if !known[part] {
				return "inflected, or otherwise than in the vault"
			}
		}
		return "as in the vault"
	}
}
