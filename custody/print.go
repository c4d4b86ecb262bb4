package custody

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
	"unicode"

	"habeas/ledger"
)

// String returns how a check came out, as a report has it.
func (r Result) String() string { return [...]string{"FAILED", "not done", "ok"}[r] }

// means says what a verdict comes to.
func (v Verdict) means() string {
	return [...]string{
		"Something is not as it should be. Do not rely on this bundle; ask for another.",
		"Nothing was changed since it was packed. It is not known here whose it is, or who else saw the log: see what was not done.",
		"Nothing was changed, it is of the office that was named, and others saw its log. What no check shows is below each line.",
	}[v]
}

// Text writes the report for a person at a terminal: the verdict, and for each
// check how it came out, what it shows and what it does not. Names of files come
// from whoever packed the bundle; letters that move a cursor or turn the direction
// of text are written as escapes.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", r.Verdict(), r.Verdict().means())
	for _, l := range r.Lines {
		fmt.Fprintf(&b, "%-8s  %s", l.Result, l.Check)
		if l.Where != "" {
			fmt.Fprintf(&b, ": %s", Printable(l.Where))
		}
		b.WriteByte('\n')
		if l.Proves != "" {
			fmt.Fprintf(&b, "          shows: %s\n", l.Proves)
		}
		if l.Not != "" {
			fmt.Fprintf(&b, "          does not show: %s\n", l.Not)
		}
	}
	for _, it := range r.Items {
		fmt.Fprintf(&b, "\n%s  %s\n", Printable(it.Path), Printable(it.SHA256))
		for _, e := range r.events(it) {
			fmt.Fprintf(&b, "          %s  %s%s%s\n", e.At, Printable(e.Act), before(": ", Printable(e.Words)), before(", ", map[bool]string{true: "failed"}[e.Outcome == "failure"]))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func before(sep, s string) string {
	if s == "" {
		return ""
	}
	return sep + s
}

// Printable returns s with what a terminal may obey, or a reader be deceived by,
// written as escapes.
func Printable(s string) string {
	var b strings.Builder
	for _, c := range s {
		if unicode.IsPrint(c) && c != unicode.ReplacementChar {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, "\\u%04x", c)
		}
	}
	return b.String()
}

type jsonLine struct {
	Check  string `json:"check"`
	Result string `json:"result"`
	Where  string `json:"where,omitempty"`
	Shows  string `json:"shows,omitempty"`
	Not    string `json:"does_not_show,omitempty"`
}

type jsonItem struct {
	Path   string        `json:"path"`
	SHA256 string        `json:"sha256"`
	Ref    string        `json:"ref"`
	Events []reportEvent `json:"events"`
}

type jsonReport struct {
	Verdict   string      `json:"verdict"`
	Means     string      `json:"means"`
	Root      ledger.ID   `json:"root"`
	Size      int64       `json:"log_size"`
	Checks    []jsonLine  `json:"checks"`
	Items     []jsonItem  `json:"items"`
	Witnesses []jsonOther `json:"witnesses"`
	Stamps    []jsonOther `json:"stamps"`
}

type jsonOther struct {
	Name  string     `json:"name"`
	At    time.Time  `json:"at"`
	Until *time.Time `json:"until,omitempty"`
}

// JSON writes the report for a program, as one object. Results are "ok", "not
// done" and "FAILED". It has no letter that a terminal may obey.
func (r *Report) JSON(w io.Writer) error {
	out := jsonReport{
		Verdict: r.Verdict().String(), Means: r.Verdict().means(), Root: r.Root, Size: r.At.Size,
		Checks: []jsonLine{}, Items: []jsonItem{}, Witnesses: []jsonOther{}, Stamps: []jsonOther{},
	}
	for _, l := range r.Lines {
		out.Checks = append(out.Checks, jsonLine{l.Check, l.Result.String(), l.Where, l.Proves, l.Not})
	}
	for _, it := range r.Items {
		out.Items = append(out.Items, jsonItem{it.Path, it.SHA256, it.Ref, r.events(it)})
	}
	for _, c := range r.By {
		out.Witnesses = append(out.Witnesses, jsonOther{Name: c.Witness, At: c.At})
	}
	for _, t := range r.Stamps {
		out.Stamps = append(out.Stamps, jsonOther{t.Signer.Subject.CommonName, t.Time, &t.Until})
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	var safe strings.Builder
	for _, c := range string(b) { // outside of strings all is printable or a line end
		switch {
		case c == '\n' || unicode.IsPrint(c):
			safe.WriteRune(c)
		case c > 0xffff:
			fmt.Fprintf(&safe, "\\u%04x\\u%04x", 0xd800+(c-0x10000)>>10, 0xdc00+(c-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&safe, "\\u%04x", c)
		}
	}
	_, err = io.WriteString(w, safe.String()+"\n")
	return err
}

// events returns what happened to an item, as its entries say.
func (r *Report) events(it Item) []reportEvent {
	out := []reportEvent{}
	for _, id := range it.Entries {
		if t, ok := r.told[id]; ok {
			out = append(out, reported(t))
		}
	}
	return out
}

// Check verifies the bundle whose root fsys is, writes the report to out, and
// returns whether the bundle is broken. The error says why it could not be tried,
// or the report not be written. progress may be nil.
func Check(ctx context.Context, fsys fs.FS, trust Trust, asJSON bool, out io.Writer, progress func(bytes int64)) (broken bool, err error) {
	r, err := Verify(ctx, fsys, trust, progress)
	if err != nil {
		return false, err
	}
	write := r.Text
	if asJSON {
		write = r.JSON
	}
	return r.Verdict() == Broken, write(out)
}
