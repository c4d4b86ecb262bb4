package main

import (
	"context"
	"fmt"

	"habeas"
	"habeas/vault"
)

type nodeCommand struct {
	Add nodeAddCommand `cmd:"" help:"Make a data directory for another server of an office that is in a shared database. This server must be stopped."`
}

type nodeAddCommand struct {
	Dir       string `arg:"" help:"The data directory."`
	NewDir    string `arg:"" help:"The data directory to make, which is then brought to the other machine."`
	Pepper    string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	NewPepper string `placeholder:"FILE" help:"Where its pepper is put; NEWDIR.pepper unless said otherwise."`
	Handle    string `required:"" help:"Who adds it: a keeper."`
	secretFlag
}

// Run makes the directory and the pepper beside it.
func (c *nodeAddCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	if err := safePlaces(c.NewDir, c.NewPepper); err != nil {
		return err
	}
	return p.asKeeper(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, by habeas.Actor, pass vault.Text) error {
		if err := d.AddNode(ctx, by, pass, p.config(c.NewDir, c.NewPepper)); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.out, "%s is a server of this office. Bring it and its pepper to the other machine, apart from each other, and keep no copy here.\nThere: habeas serve DIR --pepper FILE\n", c.NewDir)
		return err
	})
}
