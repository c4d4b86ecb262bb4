package dossier

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"habeas/gate"
	"habeas/internal/locale"
)

// Counted is a table of letters to authorities as it leaves. It holds no number that
// is held back.
type Counted struct {
	Day     string        `json:"day"`     // YYYY-MM-DD, on which it was counted
	Columns [][]string    `json:"columns"` // what became of the letters in each: keys under "ui.count.became."
	Parts   []CountedPart `json:"parts"`
}

// A CountedPart is one table: the same letters by one thing.
type CountedPart struct {
	By   string       `json:"by"` // under "ui.count.by."
	Rows []CountedRow `json:"rows"`
}

// A CountedRow is one row of a table; the first is of all letters.
type CountedRow struct {
	Key     string `json:"key"`             // what it is of; "" of all
	Label   string `json:"label,omitempty"` // of a body, as it is called publicly
	Of      int    `json:"of"`              // the place of the row it is part of
	Cells   []int  `json:"cells"`           // letters, by column; see Held
	Letters int    `json:"letters"`
	People  int    `json:"people"`
	Sent    [3]int `json:"sent"`       // days from sending to an answer: a quarter took no longer, half, three quarters; see Held
	Entered [3]int `json:"registered"` // from being registered
}

// Held stands where a number is held back.
const Held = -1

// Files renders a table in a language: a CSV file for each of its parts, and one that
// says what is counted. Its words are those of the catalogue, and the names of bodies.
func (c Counted) Files(lang string) ([]gate.File, error) {
	p := locale.New(lang)
	files := []gate.File{{Name: "read-me.txt", Media: "text/plain; charset=utf-8", Bytes: []byte(c.about(p))}}
	for _, part := range c.Parts {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		head := []string{p.T("ui.count.by." + part.By), p.T("ui.count.letters"), p.T("ui.count.people")}
		for _, column := range c.Columns {
			head = append(head, ColumnWords(p, column))
		}
		for _, since := range []string{"sent", "registered"} {
			for _, what := range []string{"lower", "median", "upper"} {
				head = append(head, p.T("ui.count.days."+since)+": "+p.T("ui.count."+what))
			}
		}
		if err := w.Write(head); err != nil {
			return nil, err
		}
		for _, row := range part.Rows {
			line := []string{RowWords(p, part.By, row), number(p, row.Letters), number(p, row.People)}
			for _, n := range row.Cells {
				line = append(line, number(p, n))
			}
			for _, n := range append(row.Sent[:], row.Entered[:]...) {
				line = append(line, number(p, n))
			}
			if err := w.Write(line); err != nil {
				return nil, err
			}
		}
		w.Flush()
		if err := w.Error(); err != nil {
			return nil, err
		}
		files = append(files, gate.File{Name: "letters-by-" + part.By + ".csv", Media: "text/csv; charset=utf-8", Bytes: b.Bytes()})
	}
	return files, nil
}

// about says what is counted.
func (c Counted) about(p *locale.Printer) string {
	lines := []string{p.T("ui.count.title"), p.T("ui.count.day", c.Day), ""}
	for _, key := range AboutCounted() {
		lines = append(lines, p.T(key))
	}
	return strings.Join(append(lines, ""), "\n")
}

// AboutCounted returns the keys of what has to be known to read such a table.
func AboutCounted() []string {
	return []string{"ui.count.about.letters", "ui.count.about.people", "ui.count.about.became", "ui.count.about.days", "ui.count.about.quarters", "ui.count.about.held"}
}

// ColumnWords says what became of the letters in a column.
func ColumnWords(p *locale.Printer, column []string) string {
	var words []string
	for _, became := range column {
		words = append(words, p.T("ui.count.became."+became))
	}
	return p.List(words...)
}

// RowWords says what a row is of. No spreadsheet takes it for a formula.
func RowWords(p *locale.Printer, by string, row CountedRow) string {
	words := row.Label
	switch {
	case row.Key == "":
		return p.T("ui.count.all")
	case words != "":
	case by == "kind":
		words = p.Term("appeal", row.Key)
	default:
		words = row.Key
	}
	if strings.ContainsAny(words[:1], "=+-@\t\r") {
		words = "'" + words
	}
	return words
}

func number(p *locale.Printer, n int) string {
	if n == Held {
		return p.T("ui.count.held")
	}
	return strconv.Itoa(n)
}
