package main

import (
	"context"
	"errors"
	"fmt"

	"habeas"
)

type blobsCommand struct {
	Move blobsMoveCommand `cmd:"" help:"Move all sealed files into the bucket, or out of it. The server must not run."`
}

type blobsMoveCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	To     string `required:"" enum:"bucket,dir" placeholder:"PLACE" help:"bucket, or dir for the data directory."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
}

// Run moves the files. It opens none of them, and asks for no passphrase. Cut short, it
// is run again: each file is in one place or the other all the time.
func (c *blobsMoveCommand) Run(ctx context.Context, p *program) error {
	cfg := p.config(c.Dir, c.Pepper)
	cfg.OnSite = true
	d, err := habeas.Open(cfg)
	if err != nil {
		return err
	}
	m := p.meter("moving")
	moved, err := d.MoveFiles(ctx, c.To == "bucket", m.show)
	m.end()
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	for _, name := range moved.Missing {
		fmt.Fprintf(p.out, "%s is missing in both places\n", name)
	}
	for _, name := range moved.Changed {
		fmt.Fprintf(p.out, "%s is not what it is called by, and stays where it is\n", name)
	}
	fmt.Fprintf(p.out, "%d files of %d bytes were moved and compared with their names; %d were there before\n", moved.Files, moved.Bytes, moved.Before)
	if len(moved.Missing)+len(moved.Changed) > 0 {
		return found("some sealed files are missing or changed", "bring them back from a backup under these names, and run it again")
	}
	return nil
}
