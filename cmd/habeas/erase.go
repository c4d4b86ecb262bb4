package main

import (
	"context"
	"fmt"

	"habeas"
	"habeas/ledger"
)

type eraseCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Prove  bool   `help:"Look through every byte of every file for what was erased. Needs no passphrase, and works beside a running server."`
	Pepper string `placeholder:"FILE" help:"The pepper; the list of what was erased is beside it. DIR.pepper unless it is somewhere else."`
	Case   string `placeholder:"ID" help:"The case an import belongs to."`
	Batch  string `placeholder:"ID" help:"Undo this import: erase every statement it brought in."`
	Handle string `help:"Who undoes it."`
	secretFlag
}

// Run proves erasures, or undoes an import. A single statement is erased on its
// page, where what goes and what stays can be seen.
func (c *eraseCommand) Run(ctx context.Context, p *program) error {
	switch {
	case c.Prove && c.Batch != "" || !c.Prove && c.Batch == "":
		return refuse("either a proof or an import to be undone is asked for", "give --prove, or --case, --batch and --handle",
			"a statement is erased on its page")
	case c.Prove:
		return c.prove(ctx, p)
	case c.Case == "" || c.Handle == "":
		return refuse("an import is undone in a case, by somebody", "give --case and --handle; habeas import printed the case")
	}
	return c.undo(ctx, p)
}

func (c *eraseCommand) prove(ctx context.Context, p *program) error {
	proof, err := habeas.Prove(ctx, p.config(c.Dir, c.Pepper))
	if err != nil {
		return err
	}
	for _, e := range proof.Erasures {
		state := "done"
		switch {
		case e.Wrapped+e.Unpruned > 0:
			state = fmt.Sprintf("NOT DONE: %d keys and %d entries are there", e.Wrapped, e.Unpruned)
		case !e.Done:
			state = "done, and not said to be: start the office once"
		}
		fmt.Fprintf(p.out, "entry %d  %s  %s  %d keys, %d entries emptied  %s; fully erased by %s\n",
			e.Number, e.Day.Format("2006-01-02"), e.Why, e.Keys, e.Entries, state, e.Backups.Format("2006-01-02"))
	}
	for _, r := range proof.Remnants {
		fmt.Fprintf(p.out, "%s, byte %d: a copy of an erased %s\n", r.File, r.At, r.What)
	}
	fmt.Fprintf(p.out, "looked through %d files of %d bytes\n", proof.Files, proof.Bytes)
	if proof.Shared {
		fmt.Fprintln(p.out, "The office is in a shared database. That holds none of the keys and words any more, and its own files, its log, replicas and backups do until the days above.")
	}
	switch b := proof.Bucket; {
	case b == nil:
	case b.Silent:
		fmt.Fprintln(p.out, "the bucket does not answer: what it holds is not known")
	default:
		fmt.Fprintf(p.out, "the bucket says it holds %d files; nothing owns %d of them, which are of letters that were cut short, or should be gone\n", b.Files, b.Strays)
	}
	if proof.Unlisted > 0 {
		fmt.Fprintf(p.out, "%d erased keys are not on the list beside the pepper\n", proof.Unlisted)
	}
	if proof.Unsaid > 0 {
		fmt.Fprintf(p.out, "%d erased keys are on the list only: an older copy was put back. What they sealed stands there and cannot be opened.\n", proof.Unsaid)
	}
	if !proof.Clean() {
		return found("something that was erased is still there, or not listed", "start the office once, which finishes erasures, and look again",
			"copies of files do not belong in the data directory")
	}
	_, err = fmt.Fprintln(p.out, "Nothing of what was erased is left in these files. Backups, and what a disk or the keeper of a bucket keeps of deleted files, are not looked at.")
	return err
}

func (c *eraseCommand) undo(ctx context.Context, p *program) error {
	id, err := ledger.ParseID(c.Case)
	if err != nil {
		return err
	}
	batch, err := ledger.ParseID(c.Batch)
	if err != nil {
		return err
	}
	cfg := p.config(c.Dir, c.Pepper)
	cfg.OnSite = true
	pass, err := c.read(ctx, "Passphrase of "+c.Handle+": ")
	if err != nil {
		return err
	}
	d, err := habeas.Open(cfg)
	if err != nil {
		return err
	}
	defer d.Close()
	token, err := d.Login(ctx, c.Handle, pass)
	if err != nil {
		return err
	}
	by, err := d.Actor(ctx, token)
	if err != nil {
		return err
	}
	done, err := d.UndoBatch(ctx, by, id, batch, pass)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%d statements and %d claims are erased. Fully erased by %s, when the last backup of the keys has to be destroyed.\n",
		len(done.Statements), done.Claims, done.Backups.Format("2006-01-02"))
	return err
}
