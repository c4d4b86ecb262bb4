package main

import (
	"context"
	"fmt"

	"habeas"
)

type bundleCommand struct {
	Make  bundleMakeCommand  `cmd:"" help:"Write what another installation of the office does not have to a file that only it can open."`
	Apply bundleApplyCommand `cmd:"" help:"Take in what another installation of the office put into a bundle. The server must be stopped."`
}

type bundleMakeCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	For    string `placeholder:"INSTALLATION" help:"Which installation it is for; the only other one unless it is said."`
	Out    string `required:"" placeholder:"FILE" help:"The file to write, which must not be there."`
	All    bool   `help:"Put everything in, whatever the other said that it has."`
}

// Run makes a bundle, beside a running server.
func (c *bundleMakeCommand) Run(ctx context.Context, p *program) error {
	node, err := installation(c.For)
	if err != nil {
		return err
	}
	d, err := habeas.OpenReadOnly(p.config(c.Dir, c.Pepper))
	if err != nil {
		return err
	}
	defer d.Close()
	m, err := d.MakeBundle(ctx, node, c.Out, c.All)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "for       %s\nentries   %d that it did not say it has, of %d\nkeys      %d, sealed as they are\nfiles     %d, likewise\n", m.For, m.Entries, m.Entries+m.Known, m.Wraps, m.Files)
	if m.Lacking > 0 {
		return found(fmt.Sprintf("%d sealed files are missing or changed here, and are not in the bundle", m.Lacking), "habeas fsck names what is damaged; the rest of the bundle is whole")
	}
	_, err = fmt.Fprintln(p.out, "Until the other installation has applied it, what is in it is not known there.")
	return err
}

type bundleApplyCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	File   string `arg:"" help:"The bundle."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
}

// Run applies a bundle.
func (c *bundleApplyCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	return p.atDesk(p.config(c.Dir, c.Pepper), func(d *habeas.Desk) error {
		a, err := d.ApplyBundle(ctx, c.File)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "made by   %s on %s\nentries   %d new, %d that were here\nkeys      %d new\nfiles     %d new\n", a.From, a.Made.Format("2006-01-02 15:04 MST"), a.Entries, a.There, a.Wraps, a.Files)
		if a.Left > 0 {
			fmt.Fprintf(p.out, "left out  %d entries that rest on what was erased\n", a.Left)
		}
		if a.Erasures > 0 {
			fmt.Fprintf(p.out, "erased    %d times, here as there\n", a.Erasures)
		}
		_, err = fmt.Fprintln(p.out, "Destroy the bundle. What it held of names is protected from now on; whatever left this installation before was not looked through for them.")
		return err
	})
}
