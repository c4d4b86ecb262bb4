package view

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"habeas/claim"
	"habeas/ledger"
)

// Limits of a query; what is beyond them is passed over.
const (
	maxQuery  = 4 << 10 // bytes
	maxTerms  = 32      // words and phrases
	maxPhrase = 16      // words in a phrase
)

// A Hit is a text in which all words of a query were found.
type Hit struct {
	Stream    ledger.ID
	Kind      string    // what was found in: DocText, DocTitle, …
	Ref       claim.Ref // what the text is of: a statement, person, place …; empty for a case
	Statement claim.Ref // the same, if it is a statement
	Entry     ledger.ID // the claim, for DocClaim
	Snippet   Snippet
}

// A Snippet is a part of the text, and where the words are in it.
type Snippet struct {
	Text    string
	Before  bool // the text goes on before
	After   bool // the text goes on after
	Matches []Match
}

// A Match is a range of bytes of a snippet's text, half open.
type Match struct{ Start, End int }

// Found is what a search found.
type Found struct {
	Hits []Hit
	More bool // there are others
	Many bool // there are others, and too many to tell which fit best
}

// manyTexts is how many texts a word has to be in to be common: to weigh it, the engine
// counts each of them, every time.
const manyTexts = 2000

// Search returns texts in which all words of query are found, in any form of
// each, the most fitting first. Words in quotation marks have to stand side by
// side. Nothing else in a query has a meaning. At most limit hits are returned;
// a query without words has none.
//
// Common words have to be there, but do not weigh. Of a query that has no others the
// texts are in no order that means anything.
func (v *View) Search(ctx context.Context, query string, limit int) (Found, error) {
	t := newTokenizer()
	terms := parseQuery(t, query)
	if len(terms) == 0 {
		return Found{}, ctx.Err()
	}
	wanted := map[string]bool{}
	for _, phrase := range terms {
		for _, w := range phrase {
			for _, s := range t.stems(w, anyLang) {
				wanted[s] = true
			}
		}
	}
	rare, err := v.rare(ctx, terms)
	if err != nil {
		return Found{}, err
	}
	args := []any{matchQuery(terms), limit + 1, matchQuery(rare)}
	if len(rare) == 0 {
		args = args[:2]
	}
	hits, err := settled(ctx, v, find(len(rare), len(terms)), args, func(rows *sql.Rows) (h Hit, err error) {
		return hitOf(rows, t, wanted)
	})
	more := len(hits) > limit
	return Found{hits[:min(limit, len(hits))], more, more && len(rare) == 0}, err
}

// find returns the question for texts in which all terms are, of which so many are rare.
// The best are found by the index alone. Only their texts are read: a word that many
// texts have would have all of them decrypted to be put in order.
func find(rare, all int) string {
	best := `select rowid, rank as fit from search where search match ?3 order by rank limit ?2`
	switch {
	case rare == 0:
		best = `select rowid, 0 as fit from search where search match ?1 limit ?2`
	case rare < all: // the sign has the texts of the rare ones sifted, not each asked for
		best = `select rowid, rank as fit from search where search match ?3
			and +rowid in (select rowid from search where search match ?1) order by rank limit ?2`
	}
	return `select doc.stream, doc.kind, doc.at, doc.ref, doc.text from (` + best + `) best join doc on doc.doc = best.rowid
		order by best.fit, doc.stream, doc.kind, doc.at`
}

// rare returns those of terms that are in few texts.
func (v *View) rare(ctx context.Context, terms [][]string) (rare [][]string, err error) {
	for _, term := range terms {
		const count = `select count(*) from (select 1 from search where search match ?1 limit ?2)`
		n, err := settled(ctx, v, count, []any{matchQuery([][]string{term}), manyTexts + 1}, func(rows *sql.Rows) (n int, err error) {
			return n, rows.Scan(&n)
		})
		if err != nil {
			return nil, err
		}
		if n[0] <= manyTexts {
			rare = append(rare, term)
		}
	}
	return rare, nil
}

func hitOf(rows *sql.Rows, t *tokenizer, wanted map[string]bool) (h Hit, err error) {
	var stream sql.RawBytes
	var at, text string
	if err := rows.Scan(&stream, &h.Kind, &at, &h.Ref, &text); err != nil {
		return h, err
	}
	copy(h.Stream[:], stream)
	if h.Ref.Kind() == claim.RefStatement {
		h.Statement = h.Ref
	}
	if h.Kind == DocClaim {
		h.Entry, _ = ledger.ParseID(at)
	}
	h.Snippet = snip(t, text, wanted)
	return h, nil
}

// parseQuery returns the words and phrases of a query. Common words that stand
// alone are left out, unless there are no others.
func parseQuery(t *tokenizer, query string) (terms [][]string) {
	if len(query) > maxQuery {
		query = query[:maxQuery]
	}
	query = strings.ToValidUTF8(query, " ")
	var all [][]string
	for query != "" {
		at := strings.IndexFunc(query, isQuote)
		if at < 0 {
			at = len(query)
		}
		for w := range words(query[:at]) {
			all = append(all, []string{w.text})
		}
		query = query[at:]
		if query == "" {
			break
		}
		query = skipRune(query)
		end := strings.IndexFunc(query, isQuote)
		if end < 0 {
			continue // a lone mark means nothing
		}
		var phrase []string
		for w := range words(query[:end]) {
			phrase = append(phrase, w.text)
		}
		if len(phrase) > 0 {
			all = append(all, phrase[:min(len(phrase), maxPhrase)])
		}
		query = skipRune(query[end:])
	}
	for _, p := range all {
		if len(p) > 1 || t.common[p[0]] == 0 {
			terms = append(terms, p)
		}
	}
	if len(terms) == 0 {
		terms = all
	}
	return terms[:min(len(terms), maxTerms)]
}

func isQuote(r rune) bool { return strings.ContainsRune("\"«»“”„‟", r) }

func skipRune(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[size:]
}

// matchQuery writes terms for the engine. Each is a string in its grammar, and
// holds letters, marks and digits only, so nothing in it is an operator.
func matchQuery(terms [][]string) string {
	quoted := make([]string, len(terms))
	for i, phrase := range terms {
		quoted[i] = `"` + strings.Join(phrase, " ") + `"`
	}
	return strings.Join(quoted, " AND ")
}

// Sizes of a snippet.
const (
	snippetBytes = 300 // about
	snippetLead  = 60  // before the first match, about
)

// snip returns the part of a text where most of the wanted stems are.
func snip(t *tokenizer, text string, wanted map[string]bool) Snippet {
	var found []Match
	// The callback returns no error, so neither does this.
	_ = t.eachStemmed(text, func(w word, stems []string) error {
		if slices.ContainsFunc(stems, func(s string) bool { return wanted[s] }) {
			found = append(found, Match{w.start, w.end})
		}
		return nil
	})
	best, most := 0, 0
	for i, j := 0, 0; i < len(found); i++ {
		for j < len(found) && found[j].End-found[i].Start <= snippetBytes-snippetLead {
			j++
		}
		if j-i > most {
			best, most = i, j-i
		}
	}
	from, to := 0, min(len(text), snippetBytes)
	if len(found) > 0 && (found[best].Start > snippetLead) {
		from = max(0, found[best].Start-snippetLead)
		to = min(len(text), from+snippetBytes)
	}
	from, to = wordStart(text, from), wordEnd(text, to)
	s := Snippet{Text: text[from:to], Before: from > 0, After: to < len(text)}
	for _, m := range found {
		if m.Start >= from && m.End <= to {
			s.Matches = append(s.Matches, Match{m.Start - from, m.End - from})
		}
	}
	return s
}

// wordStart returns the start of the first word at or after at, or at itself if
// there is none near.
func wordStart(text string, at int) int {
	if at == 0 {
		return 0
	}
	for i, r := range text[runeAt(text, at):] {
		if unicode.IsSpace(r) {
			return runeAt(text, at) + i + utf8.RuneLen(r)
		}
		if i > snippetLead/2 {
			break
		}
	}
	return runeAt(text, at)
}

// wordEnd returns the end of the word around at, or at itself if that is far.
func wordEnd(text string, at int) int {
	at = runeAt(text, at)
	for i, r := range text[at:] {
		if unicode.IsSpace(r) {
			return at + i
		}
		if i > snippetLead {
			return at
		}
	}
	return len(text)
}

// runeAt returns the start of the character that the byte at at belongs to.
func runeAt(text string, at int) int {
	for at < len(text) && at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
