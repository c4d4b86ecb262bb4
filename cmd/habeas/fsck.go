package main

import (
	"context"
	"fmt"

	"habeas"
)

type fsckCommand struct {
	Dir        string `arg:"" help:"The data directory."`
	Pepper     string `placeholder:"FILE" help:"The pepper, for --accept-loss; DIR.pepper unless it is somewhere else."`
	AcceptLoss bool   `help:"An older backup was put in place on purpose: go on from it, although this machine has seen more."`
}

// wrong says in words what [habeas.Fsck] found, for a number or a name.
var wrong = map[string]string{
	"payload":     "entry %d: what it holds is not what was written",
	"entry":       "entry %d: its row is not what was written, or is another's",
	"gone":        "entry %d: its row is gone or can't be read",
	"unexplained": "entry %d: it was emptied, and no entry says why",
	"hash":        "the tree over entry %d: a hash is wrong; entries are not touched by this, and hashes can be made anew from them",
	"checkpoint":  "the checkpoint of %d entries: it is not signed by this office, or is another's",
	"rewritten":   "from entry %d on: entries fit each other, and not what was signed: the log was rewritten",
	"end":         "from entry %d on: no checkpoint covers what is there",
}

// wrongAt is the same for a file or a table.
var wrongAt = map[string]string{
	"file":    "sealed file %s: it is not what its name says",
	"no file": "sealed file %s: it is gone",
	"rows":    "table %s: some of its rows can't be read",
	"engine":  "%s: the engine finds it damaged",
	"page":    "%s: a page does not have its checksum",
}

// Run says what is damaged and what is whole. It repairs nothing. If something is
// damaged, the exit code is 1.
func (c *fsckCommand) Run(ctx context.Context, p *program) error {
	if c.AcceptLoss {
		seen, there, err := habeas.AcceptLoss(ctx, p.config(c.Dir, c.Pepper))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "This machine had seen %d entries and goes on from %d. What came after them is lost here; witnesses who saw more will refuse to sign.\n", seen, there)
		return err
	}
	survey, signed, err := habeas.Fsck(ctx, p.config(c.Dir, c.Pepper), func(f habeas.Flaw) { fmt.Fprintln(p.out, inWords(f)) })
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "entries  %d, of these whole %d\nfiles    %d\nfound    %d\n", survey.Entries, survey.Whole, survey.Files, survey.Flaws)
	if survey.Away > 0 {
		fmt.Fprintf(p.out, "not read %d files that are in a bucket, which is not named or does not answer\n", survey.Away)
	}
	if !signed {
		fmt.Fprintln(p.out, "The directory of the office can't be read, so that it was not checked who signed.")
	}
	if survey.Flaws > 0 {
		return found("what is named above is damaged; the rest is whole",
			"nothing was repaired: keep the disk as it is, and bring back a backup on another",
			"the page of a case has the code of its stream in its address")
	}
	_, err = fmt.Fprintln(p.out, "Everything is as it was written. Who wrote it is checked by habeas verify.")
	return err
}

func inWords(f habeas.Flaw) string {
	var s string
	if words, ok := wrong[string(f.What)]; ok {
		s = fmt.Sprintf(words, f.Number)
	} else {
		s = fmt.Sprintf(wrongAt[string(f.What)], f.Name)
	}
	if f.Number > 0 && f.What == "page" {
		s += fmt.Sprintf(" (page %d)", f.Number)
	}
	if !f.Stream.IsZero() {
		s += fmt.Sprintf(" (in stream %s)", f.Stream)
	}
	return s
}
