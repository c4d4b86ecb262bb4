// Package measure runs the gate and the rules for names on public data, and says how
// much of what should be found is found, how much else is, and how fast.
//
// Each measure is a protocol: what counts, on which data, and what is to be reached.
// The tests and "habeas bench gate" run the same ones. They use nothing of the gate
// and of package name that others could not use. What is measured on data that was in
// sight while the rules were written says little about other texts: give Data of the
// same kinds that nobody here has seen.
package measure

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
)

// A Row is one figure.
type Row struct {
	Measure string
	On      string  // which data
	N       int     // how many things were tried
	Of      string  // what they are: "mentions", "persons", "words"
	Result  float64 // in Unit
	Unit    Unit
	Goal    Goal
	Misses  []Miss // what was missed or wrong, of those that are written down
	Absent  bool   // the data is not there: no other field than Measure and On holds
}

// A Unit says what a result is.
type Unit string

// Units.
const (
	Share    Unit = "share"    // of N, from 0 to 1
	Thousand Unit = "in 1,000" // of N
	Ratio    Unit = "ratio"    // to N
	Speed    Unit = "MB/s"     // millions of bytes a second
	Seconds  Unit = "s"        // of the clock
	Memory   Unit = "GB"       // thousands of millions of bytes
)

// A Goal is what is to be reached.
type Goal struct {
	Value  float64
	AtMost bool // the result should not be above; otherwise not below
	None   bool // nothing is asked for
}

func atLeast(v float64) Goal { return Goal{Value: v} }
func atMost(v float64) Goal  { return Goal{Value: v, AtMost: true} }

var noGoal = Goal{None: true}

// Reached reports whether the goal is met; true where there is none.
func (r Row) Reached() bool {
	switch {
	case r.Absent:
		return false
	case r.Goal.None:
		return true
	case r.Goal.AtMost:
		return r.Result <= r.Goal.Value
	}
	return r.Result >= r.Goal.Value
}

// Bound returns how large the share that goes wrong may still be, with 95 %
// confidence, where none of N went wrong: three over N. ok is false for any other
// row.
func (r Row) Bound() (bound float64, ok bool) {
	none := r.Result == 1 && !r.Goal.AtMost || r.Result == 0 && r.Goal.AtMost
	if r.Absent || r.Unit != Share || r.N == 0 || !none {
		return 0, false
	}
	return min(1, 3/float64(r.N)), true
}

// Value returns the result for people to read.
func (r Row) Value() string {
	v := r.Unit.write(r.Result)
	if r.Unit == Share && !r.Reached() && v == r.Unit.write(r.Goal.Value) {
		return fmt.Sprintf("%.5g %%", 100*r.Result) // what is rounded away decides
	}
	return v
}

// Target returns what is to be reached for people to read, "–" for nothing.
func (r Row) Target() string {
	switch {
	case r.Goal.None:
		return "–"
	case r.Goal.AtMost:
		return "≤ " + r.Unit.write(r.Goal.Value)
	}
	return "≥ " + r.Unit.write(r.Goal.Value)
}

func (u Unit) write(v float64) string {
	switch u {
	case Share:
		if v > 0 && v < .0005 {
			return fmt.Sprintf("%.3g in 10,000", 10_000*v)
		}
		return fmt.Sprintf("%.2f %%", 100*v)
	case Thousand:
		return fmt.Sprintf("%.1f in 1,000", v)
	case Ratio:
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.3g %s", v, u)
}

// A Miss is one thing that went wrong. It quotes the data.
type Miss struct {
	Where  string // which text, or which list
	Class  string // why, as far as the data or the rules tell
	False  bool   // found or asked about, where nothing was to be
	Text   string // what stands there
	Around string // with what stands before and after it, or what it was compared with
}

// Data says where data of each kind is. What has an empty path is not measured; what
// is not there gives a row that is Absent.
type Data struct {
	News        string            // a folder in the layout of factRuEval-2016
	Tables      string            // romanisation tables, in the layout of iuliia
	Forms       map[string]string // dictionaries by kind of name ("family", "given", "patronymic"), in the layout of OpenCorpora
	Ukrainian   string            // family names, one a line, with a heading
	Pairs       map[string]string // pairs of names in Latin and another script, by the name of the script
	HeldOut     bool              // Pairs are those of the development data: try only what no table was counted from
	Identifiers string            // marked texts in the layout of Presidio's generator
}

// Below returns where the data is in a folder that holds all of it.
func Below(dir string) Data {
	at := func(path string) string { return filepath.Join(dir, filepath.FromSlash(path)) }
	return Data{
		News:   at("names/factrueval-dev"),
		Tables: at("names/translit/iuliia"),
		Forms: map[string]string{
			"family":     at("names/opencorpora/surnames.tsv.gz"),
			"given":      at("names/opencorpora/firstnames.tsv.gz"),
			"patronymic": at("names/opencorpora/midnames.tsv.gz"),
		},
		Ukrainian:   at("names/uk/family-names.csv"),
		Pairs:       map[string]string{"Cyrillic": at("names/translit/wd_russian_16.gz")},
		HeldOut:     true,
		Identifiers: at("pii/synth-dev.json"),
	}
}

// A protocol is a measure, or a few that are taken together.
type protocol struct {
	measure, on string
	paths       []string // of the data it needs
	run         func(ctx context.Context) ([]Row, error)
}

// Run measures everything that is asked for, in the order of the rows. people is how
// many invented persons the vault for speed and memory holds; none of that is measured
// if it is 0. tell is told what is measured before it is.
//
// Data that is damaged is an error; data that is not there is a row that says so.
func Run(ctx context.Context, d Data, people int, tell func(what string)) ([]Row, error) {
	var rows []Row
	all := d.protocols()
	if people > 0 {
		// The first, so that memory is that of the vault and of nothing else.
		all = append([]protocol{d.speed(people)}, all...)
	}
	for _, p := range all {
		if slices.Contains(p.paths, "") {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		tell(p.measure + ", " + p.on)
		got, err := p.run(ctx)
		if errors.Is(err, fs.ErrNotExist) {
			got, err = []Row{{Measure: p.measure, On: p.on, Absent: true}}, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, got...)
	}
	return rows, nil
}

func (d Data) protocols() []protocol {
	out := []protocol{
		{"mention recall", newsName, []string{d.News}, func(context.Context) ([]Row, error) { return Recall(d.News) }},
		{"false alarms", newsName, []string{d.News}, func(context.Context) ([]Row, error) { return Alarms(d.News) }},
		{"cross-script recall", newsName, []string{d.News, d.Tables}, func(ctx context.Context) ([]Row, error) { return CrossScript(ctx, d.News, d.Tables) }},
	}
	for _, kind := range []string{"family", "given", "patronymic"} {
		path := d.Forms[kind]
		out = append(out, protocol{"form coverage", formsName(kind), []string{path}, func(context.Context) ([]Row, error) { return Forms(kind, path) }})
	}
	out = append(out, protocol{"form coverage", ukrainianName, []string{d.Ukrainian}, func(context.Context) ([]Row, error) { return Ukrainian(d.Ukrainian) }})
	for _, script := range slices.Sorted(maps.Keys(d.Pairs)) {
		path := d.Pairs[script]
		out = append(out, protocol{"transliteration", pairsName(script), []string{path}, func(ctx context.Context) ([]Row, error) { return Transliteration(ctx, script, path, d.HeldOut) }})
	}
	return append(out,
		protocol{"unknown names", newsName, []string{d.News}, func(context.Context) ([]Row, error) { return Unknown(d.News) }},
		protocol{"identifiers", piiName, []string{d.Identifiers}, func(context.Context) ([]Row, error) { return Identifiers(d.Identifiers) }})
}
