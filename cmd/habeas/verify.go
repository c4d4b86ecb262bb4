package main

import (
	"context"
	"fmt"

	"habeas"
	"habeas/fault"
)

type verifyCommand struct {
	Dir    string `arg:"" help:"The data directory of an office, or a bundle that one handed over: a directory or a .zip."`
	Handle string `help:"Also open and check what this member can open."`
	Pepper string `placeholder:"FILE" help:"The pepper, for --handle; DIR.pepper unless it is somewhere else."`
	secretFlag
	bundleFlags
}

// Run checks the ledger of an office, beside a running server if there is one, or
// a bundle, for which it needs no office. A bundle that is VERIFIED or INTEGRITY
// ONLY ends with exit code 0, one that is BROKEN with 1.
func (c *verifyCommand) Run(ctx context.Context, p *program) error {
	bundle := isBundle(c.Dir)
	switch {
	case bundle && (c.Handle != "" || c.Pepper != "" || c.PassphraseFile != ""):
		return refuse("this is a bundle, and nobody logs in to one", "leave out --handle, --pepper and --passphrase-file")
	case bundle:
		return c.check(ctx, p, c.Dir)
	case c.given():
		return refuse("--root, --witness, --least, --roots, --identity and --json are for bundles, and this is none")
	}
	if c.Handle == "" && c.PassphraseFile != "" {
		return refuse("a passphrase, and nobody to whom it belongs", "name the member with --handle")
	}
	m := p.meter("verifying")
	v, err := c.verify(ctx, p, m)
	m.end()
	if v == nil {
		return err
	}
	fmt.Fprintf(p.out, "office       %s\nentries      %d\ntree         %s\ncheckpoints  %d signed by this office\n", v.Root, v.Size, v.Tree, v.Checkpoints)
	fmt.Fprintf(p.out, "authors      %d directory entries, %d sealed entries\nnot opened   %d\n", v.Clear, v.Opened, v.Closed)
	if v.Pruned > 0 {
		fmt.Fprintf(p.out, "emptied      %d, each with an entry that says why\n", v.Pruned)
	}
	if err == nil {
		_, err := fmt.Fprintln(p.out, "Everything verifies. Compare office, entries and tree with what you wrote down before.")
		return err
	}
	r := explained(err)
	if fault.KindOf(err) == fault.Damaged && v.First.Number >= 0 {
		which := "its row is gone"
		if !v.First.ID.IsZero() {
			which = v.First.ID.String()
		}
		r.what = fmt.Sprintf("entry %d (%s) does not verify: %s", v.First.Number, which, r.what)
	}
	return r
}

func (c *verifyCommand) verify(ctx context.Context, p *program, m *meter) (*habeas.Verification, error) {
	if c.Handle == "" {
		return habeas.Verify(ctx, c.Dir, m.show)
	}
	pass, err := c.read(ctx, "Passphrase of "+c.Handle+": ")
	if err != nil {
		return nil, err
	}
	return habeas.VerifyAs(ctx, p.config(c.Dir, c.Pepper), c.Handle, pass, m.show)
}
