package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"habeas/internal/measure"
)

type benchCommand struct {
	Gate benchGateCommand `cmd:"" help:"How much the gate finds, on public data that you have: a table with what is to be reached."`

	Crash benchCrashCommand `cmd:"" help:"Kill a server while it works, again and again, and look whether anything that it said was done is lost."`
	Load  benchLoadCommand  `cmd:"" help:"How an office fares as it grows: a throw-away one, filled with a million invented entries."`

	Contention benchContentionCommand `cmd:"" help:"What many nodes can write into one shared log: a simulation, without any database."`
}

type benchGateCommand struct {
	Data       string            `placeholder:"DIR" help:"The folder with all data, as docs/benchmarks.md lays it out; \"data\" unless data is named by other flags."`
	FactRuEval string            `name:"factrueval" placeholder:"DIR" help:"Texts with people marked, in the layout of factRuEval-2016."`
	Tables     string            `placeholder:"DIR" help:"Romanisation tables in the layout of iuliia, for names in another script than the text; needs texts."`
	Forms      map[string]string `placeholder:"KIND=FILE" help:"A dictionary of names with their forms, in the layout of OpenCorpora; KIND is family, given or patronymic."`
	Ukrainian  string            `placeholder:"FILE" help:"Ukrainian family names, one a line under a heading."`
	Pairs      string            `placeholder:"FILE" help:"Names in Latin and Cyrillic, a pair a line with a tab or a comma between."`
	PII        string            `name:"pii" placeholder:"FILE" help:"Texts with identifiers marked, in the JSON of Presidio's generator."`
	People     int               `default:"1000000" placeholder:"N" help:"Invented persons in the vault that speed and memory are measured with (${default}); 0 leaves both out."`
	Misses     bool              `help:"Also write each miss and each false alarm, with its class. It quotes the data."`
	JSON       bool              `name:"json" help:"Write JSON instead of a table."`
}

// Run measures, and writes one row for each figure. What is not reached is no error.
func (c *benchGateCommand) Run(ctx context.Context, p *program) error {
	data, err := c.data()
	if err != nil {
		return err
	}
	if c.People < 0 {
		return refuse("fewer than no people", "0 leaves speed and memory out")
	}
	rows, err := measure.Run(ctx, data, c.People, func(what string) { fmt.Fprintf(p.err, "measuring %s\n", what) })
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(rows, func(r measure.Row) bool { return !r.Absent }) {
		return refuse("no data is there to measure with", "name its folder with --data; docs/benchmarks.md says where it is from, and what lies where")
	}
	if c.JSON {
		return writeRows(p.out, rows, c.Misses)
	}
	if _, err := io.WriteString(p.out, table(rows)); err != nil {
		return err
	}
	if c.Misses {
		_, err = io.WriteString(p.out, misses(rows))
	}
	return err
}

// data returns what is named. Where a folder and a set are, the set is taken instead
// of that of the folder.
func (c *benchGateCommand) data() (measure.Data, error) {
	for kind := range c.Forms {
		if kind != "family" && kind != "given" && kind != "patronymic" {
			return measure.Data{}, refuse("no kind of name is called "+kind, "write --forms family=FILE, given=FILE or patronymic=FILE")
		}
	}
	sets := c.FactRuEval + c.Tables + c.Ukrainian + c.Pairs + c.PII
	var d measure.Data
	if c.Data != "" || sets == "" && len(c.Forms) == 0 {
		d = measure.Below(cmp.Or(c.Data, "data"))
	}
	d.News, d.Tables = cmp.Or(c.FactRuEval, d.News), cmp.Or(c.Tables, d.Tables)
	d.Ukrainian, d.Identifiers = cmp.Or(c.Ukrainian, d.Ukrainian), cmp.Or(c.PII, d.Identifiers)
	if d.Forms == nil {
		d.Forms = map[string]string{}
	}
	maps.Copy(d.Forms, c.Forms)
	if c.Pairs != "" {
		d.Pairs, d.HeldOut = map[string]string{"Cyrillic": c.Pairs}, false
	}
	return d, nil
}

// table writes rows under one another.
func table(rows []measure.Row) string {
	lines := [][]string{{"measure", "on", "n", "result", "target", "reached?"}}
	bounded := false
	for _, r := range rows {
		if r.Absent {
			lines = append(lines, []string{r.Measure, r.On, "–", "not there", "–", "–"})
			continue
		}
		result, reached := r.Value(), "–"
		if bound, ok := r.Bound(); ok {
			bounded = true
			if r.Result == 0 {
				result += fmt.Sprintf(" (< %.3g %%)", 100*bound)
			} else {
				result += fmt.Sprintf(" (> %.5g %%)", 100*(1-bound))
			}
		}
		if !r.Goal.None {
			reached = map[bool]string{true: "yes", false: "no"}[r.Reached()]
		}
		lines = append(lines, []string{r.Measure, r.On, fmt.Sprintf("%d %s", r.N, r.Of), result, r.Target(), reached})
	}
	s := ruled(lines)
	if bounded {
		s += "In brackets: what that proves, with 95 % confidence and for data of that kind only (three over n).\n"
	}
	return s
}

// ruled writes lines as a table, the first as its head.
func ruled(lines [][]string) string {
	wide := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, cell := range l {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, l := range lines {
		b.WriteString(aligned(l, wide))
		if n == 0 {
			for i, w := range wide {
				l[i] = strings.Repeat("-", w)
			}
			b.WriteString(aligned(l, wide))
		}
	}
	return b.String()
}

func aligned(cells []string, wide []int) string {
	var b strings.Builder
	for i, cell := range cells {
		b.WriteString("| " + cell + strings.Repeat(" ", wide[i]-utf8.RuneCountInString(cell)+1))
	}
	return b.String() + "|\n"
}

// misses writes what went wrong, the classes of each measure first.
func misses(rows []measure.Row) string {
	var b strings.Builder
	for _, r := range rows {
		if len(r.Misses) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s, %s: %d\n", r.Measure, r.On, len(r.Misses))
		count := map[string]int{}
		for _, m := range r.Misses {
			count[m.Class]++
		}
		classes := slices.SortedFunc(maps.Keys(count), func(x, y string) int { return cmp.Or(cmp.Compare(count[y], count[x]), cmp.Compare(x, y)) })
		for _, class := range classes {
			fmt.Fprintf(&b, "  %6d  %s\n", count[class], class)
		}
		for _, m := range r.Misses {
			what := "missed"
			if m.False {
				what = "false"
			}
			fmt.Fprintf(&b, "  %s\t%s\t%s\t%q\t%q\n", what, m.Class, m.Where, m.Text, m.Around)
		}
	}
	return b.String()
}

// A rowJSON is a row as a program reads it. Shares are from 0 to 1.
type rowJSON struct {
	Measure string     `json:"measure"`
	On      string     `json:"on"`
	Absent  bool       `json:"absent,omitempty"`
	N       int        `json:"n"`
	Of      string     `json:"of,omitempty"`
	Result  float64    `json:"result"`
	Unit    string     `json:"unit,omitempty"`
	AtLeast *float64   `json:"at_least,omitempty"`
	AtMost  *float64   `json:"at_most,omitempty"`
	Reached *bool      `json:"reached,omitempty"`
	Bound   *float64   `json:"bound,omitempty"` // three over n, where nothing went wrong
	Misses  []missJSON `json:"misses,omitempty"`
}

type missJSON struct {
	Where  string `json:"where"`
	Class  string `json:"class"`
	False  bool   `json:"false,omitempty"`
	Text   string `json:"text"`
	Around string `json:"around"`
}

// writeRows writes rows as one JSON list.
func writeRows(w io.Writer, rows []measure.Row, misses bool) error {
	out := make([]rowJSON, len(rows))
	for i, r := range rows {
		j := rowJSON{Measure: r.Measure, On: r.On, Absent: r.Absent, N: r.N, Of: r.Of, Result: r.Result, Unit: string(r.Unit)}
		if bound, ok := r.Bound(); ok {
			j.Bound = &bound
		}
		if !r.Absent && !r.Goal.None {
			reached := r.Reached()
			j.Reached = &reached
			if r.Goal.AtMost {
				j.AtMost = &r.Goal.Value
			} else {
				j.AtLeast = &r.Goal.Value
			}
		}
		if misses {
			for _, m := range r.Misses {
				j.Misses = append(j.Misses, missJSON(m))
			}
		}
		out[i] = j
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
