package main

import (
	"context"
	"fmt"

	"habeas"
)

type fsckCommand struct {
	Dir        string `arg:"" help:"The data directory."`
	Handle     string `help:"Also open every key and entry that this member can open."`
	Pepper     string `placeholder:"FILE" help:"The pepper, for --handle and --accept-loss; DIR.pepper unless it is somewhere else."`
	AcceptLoss bool   `help:"An older backup was put in place on purpose: go on from it, although this machine has seen more."`
	secretFlag
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
	"seen":        "the log: this machine, or others, have seen %d entries of it, which are not what is there",
	"no key":      "entry %d: the key that opens it is gone, or is not what was written",
}

// wrongAt is the same for a file or a table.
var wrongAt = map[string]string{
	"file":    "sealed file %s: it is not what its name says",
	"no file": "sealed file %s: it is gone",
	"rows":    "table %s: some of its rows can't be read",
	"engine":  "%s: the engine finds it damaged",
	"page":    "%s: a page does not have its checksum",
	"key":     "key %s: its row is not what was written, or gives it to somebody to whom nobody gave it",
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
	survey, signed, err := c.look(ctx, p)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "entries  %d, of these whole %d\nfiles    %d\nkeys     %d\nfound    %d\n", survey.Entries, survey.Whole, survey.Files, survey.Keys, survey.Flaws)
	if survey.Left > 0 {
		fmt.Fprintf(p.out, "left     %d rows of keys that the log does not know, or that are yet to be destroyed: of what was cut short, or put there by somebody. Nothing is opened with them\n", survey.Left)
	}
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
	if survey.Keys == 0 {
		fmt.Fprintln(p.out, "The keys were not compared with the log.")
	}
	_, err = fmt.Fprintln(p.out, "Everything is as it was written. Who wrote it is checked by habeas verify.")
	return err
}

// look goes through the office, and with --handle through what this member opens.
func (c *fsckCommand) look(ctx context.Context, p *program) (habeas.Survey, bool, error) {
	tell := func(f habeas.Flaw) { fmt.Fprintln(p.out, inWords(f)) }
	cfg := p.config(c.Dir, c.Pepper)
	if c.Handle == "" {
		if c.PassphraseFile != "" {
			return habeas.Survey{}, false, refuse("a passphrase, and nobody to whom it belongs", "name the member with --handle")
		}
		return habeas.Fsck(ctx, cfg, tell)
	}
	pass, err := c.read(ctx, "Passphrase of "+c.Handle+": ")
	if err != nil {
		return habeas.Survey{}, false, err
	}
	survey, signed, opened, err := habeas.FsckAs(ctx, cfg, c.Handle, pass, tell)
	if err == nil {
		fmt.Fprintf(p.out, "opened   %d entries\n", opened)
	}
	return survey, signed, err
}

func inWords(f habeas.Flaw) string {
	var s string
	if f.What == "key" {
		f.Name = f.ID.String()
	}
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
