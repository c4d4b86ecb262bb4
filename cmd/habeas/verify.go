package main

import (
	"context"
	"fmt"
	"time"

	"habeas"
	"habeas/custody"
	"habeas/fault"
	"habeas/internal/anchor"
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
	case bundle && (c.Handle != "" || c.PassphraseFile != ""):
		return refuse("this is a bundle, and nobody logs in to one", "leave out --handle and --passphrase-file")
	case bundle:
		return c.check(ctx, p, c.Dir)
	case c.Identity != "" || c.JSON:
		return refuse("--identity and --json are for bundles, and this is none")
	}
	trust, err := c.trust()
	if err != nil {
		return err
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
		return c.others(ctx, p, v, trust)
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

// others says what others signed of the log that verified.
func (c *verifyCommand) others(ctx context.Context, p *program, v *habeas.Verification, trust custody.Trust) error {
	if !trust.Root.IsZero() && trust.Root != v.Root {
		return found("this is another office than the one that is named with --root")
	}
	_, keys, err := habeas.LogKeys(c.Dir)
	if err != nil {
		return err
	}
	known, err := verifiersOf(keys)
	if err != nil {
		return err
	}
	f, err := anchor.Check(ctx, c.Dir, known, trust.Witnesses, trust.Roots)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "shown        %d checkpoints to others, the largest of %d entries; this log goes on from each\n", f.Checkpoints, f.Largest)
	fmt.Fprintf(p.out, "cosigned     %d times, and %d of these witnesses are named here\n", f.Cosigned, len(f.By))
	for _, s := range f.By {
		fmt.Fprintf(p.out, "             %s signed %d entries on %s\n", s.Witness, s.Size, s.At.Format(time.DateOnly))
	}
	fmt.Fprintf(p.out, "stamped      %d times, %d of them by authorities whose roots are given here\n", f.Stamped, len(f.Tokens))
	if n := len(f.Tokens); n > 0 {
		first := f.Tokens[n-1]
		fmt.Fprintf(p.out, "             the oldest on %s by %s\n", first.Time.Format(time.RFC3339), custody.Printable(first.Signer.Subject.CommonName))
	}
	if len(f.By) < trust.Least {
		return found(fmt.Sprintf("%d of the witnesses that are named signed this log, and %d are asked for", len(f.By), trust.Least))
	}
	_, err = fmt.Fprintln(p.out, "Everything verifies. Compare office, entries and tree with what you wrote down before.")
	return err
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
