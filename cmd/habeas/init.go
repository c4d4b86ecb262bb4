package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"habeas"
	"habeas/ledger"
)

type initCommand struct {
	Dir    string `arg:"" help:"The data directory. It must not exist, or be empty."`
	Pepper string `required:"" placeholder:"FILE" help:"Where the pepper is written: outside DIR and outside its backups."`
	Handle string `required:"" help:"What the first keeper types to log in."`
	Name   string `required:"" help:"What colleagues call the first keeper."`
	Circle string `default:"Cases" help:"What the first circle is called."`
	secretFlag
}

// Run makes an office with its first keeper, who is a caseworker too.
func (c *initCommand) Run(ctx context.Context, p *program) error {
	if err := safePlace(c.Dir); err != nil {
		return err
	}
	if err := safePlace(c.Pepper); err != nil {
		return err
	}
	cfg := p.config(c.Dir, c.Pepper)
	if err := habeas.CheckSite(cfg); err != nil {
		return err
	}
	pass, err := c.choose(ctx, "Passphrase of "+c.Handle+": ")
	if err != nil {
		return err
	}
	d, err := habeas.Create(ctx, cfg, habeas.Founding{
		Circle: c.Circle,
		Keeper: habeas.NewMember{Handle: c.Handle, Name: c.Name, Passphrase: pass, Roles: []ledger.Role{ledger.Caseworker, ledger.Keeper}},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, `The office is made. Its fingerprint is

  %s

Write it down where members can compare it. What to keep, and where:

  %s
    The data: what was written, sealed, and the wrapped keys. Back it up.
  %s
    The pepper. Without it nobody logs in. Keep a copy on paper, apart from
    the data and its backups: whoever has both can guess at passphrases.
  The passphrase
    In your head. There is no way to recover it.

Start with: habeas serve --pepper %s %s
`, d.Root(), c.Dir, c.Pepper, c.Pepper, c.Dir)
	return d.Close()
}

// safePlace refuses a place that somebody else on this machine could put
// something else into, or that does not exist, before anything is made there.
func safePlace(path string) error {
	parent := filepath.Dir(filepath.Clean(path))
	info, err := os.Stat(parent)
	if errors.Is(err, os.ErrNotExist) {
		return refuse(parent+" does not exist", "make it first, with mode 700")
	}
	if err != nil {
		return err
	}
	if mode := info.Mode(); mode.Perm()&0o022 != 0 && mode&os.ModeSticky == 0 {
		return refuse("others on this machine may write to "+parent, "take a directory that is yours alone, such as one made with mkdir -m 700")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() && info.Mode().Perm()&0o077 != 0 {
		return refuse("others on this machine may read "+path, "run chmod 700 on it")
	}
	return nil
}
