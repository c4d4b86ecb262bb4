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
	vault, text := crossTally{}, crossTally{}
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
			vault.text(t, gate.Scan([]byte(t.Text), ix), vault.why(corpus.Table{}))
		}
	}
	for _, t := range texts {
		ix, err := vaultOf(t.People)
		if err != nil {
			return nil, err
		}
		for _, w := range ways {
			latin := romanised(w, t)
			text.text(latin, gate.Scan([]byte(latin.Text), ix), text.why(w))
		}
	}
	vault.finish(len(ways))
	text.finish(len(ways))
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

// A crossTally is a tally that knows by how many tables a mention was missed.
type crossTally struct {
	tally
	missed []string // for each miss, which mention it is
}

// why returns what says of a missed mention, in the script that w writes, whether the
// name stands there as in the vault, and in full.
func (c *crossTally) why(w corpus.Table) func(corpus.Person, int, string) string {
	return func(p corpus.Person, i int, mention string) string {
		c.missed = append(c.missed, fmt.Sprint(p.ID, " ", i))
		known := map[string]bool{}
		for _, p := range p.Name {
			text, _ := w.Write(p.Text)
			for part := range strings.FieldsSeq(name.Canon(text)) {
				known[part] = true
			}
		}
		words := strings.Fields(name.Canon(mention))
		class := "as in the vault"
		if slices.ContainsFunc(words, func(part string) bool { return !known[part] }) {
			class = "inflected, or otherwise than in the vault"
		}
		if len(known) == 0 {
			class = "the data gives no name to look for"
		}
		if len(words) == 1 {
			class += ", one word"
		}
		return class
	}
}

// finish adds to the class of each miss by how many of all tables it is one.
func (c *crossTally) finish(tables int) {
	by := map[string]int{}
	for _, m := range c.missed {
		by[m]++
	}
	for i, m := range c.missed {
		switch n := by[m]; {
		case n == tables:
			c.misses[i].Class += ", by every table"
		case n*2 >= tables:
			c.misses[i].Class += ", by most tables"
		default:
			c.misses[i].Class += ", by a few tables"
		}
	}
}
