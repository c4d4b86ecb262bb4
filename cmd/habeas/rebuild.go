package main

import (
	"context"

	"habeas"
)

type rebuildCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Handle string `required:"" help:"Whose circles."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	secretFlag
}

// Run folds the views of a member's circles anew. It loses nothing: whatever is
// in a view comes from the ledger.
func (c *rebuildCommand) Run(ctx context.Context, p *program) error {
	return p.loggedIn(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, token string) error {
		by, err := d.Actor(ctx, token)
		if err != nil {
			return err
		}
		m := p.meter("rebuilding")
		defer m.end()
		return d.Rebuild(ctx, by, m.show)
	})
}
