package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"habeas"
)

type putBackCommand struct {
	Dir string `arg:"" help:"The new data directory. It must not exist, or be empty."`
	copyFlags
	Identity string `required:"" placeholder:"FILE" help:"The private key that opens the copies."`
	NoList   bool   `help:"The list of erased keys beside the pepper is lost. What was erased after the copy was made may come back."`
}

// Run puts an office back from copies, after all of it was verified.
func (c *putBackCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	plan, err := c.plan(c.Identity)
	if err != nil {
		return err
	}
	if plan.NoList = c.NoList; plan.NoList && c.Pepper != "" {
		return refuse("--no-list says that there is no list beside the pepper, and --pepper where it is", "give one of the two")
	}
	r, err := habeas.Restore(ctx, c.Dir, plan)
	if err != nil {
		return err
	}
	c.say(p, r)
	_, err = fmt.Fprintf(p.out, `The office is in %s. Before it is served:
1. See that the old server is off for good and its disk is not started again. Both have
   the same key: two that run write two logs, and witnesses will refuse one of them.
2. Put the pepper where it was, outside of this directory (habeas recovery pepper writes
   it from its sheet), and the list of erased keys beside it.
3. Compare office, entries and tree with what you or a witness noted last.
4. What was done after %s is not there. Suspend and remove again who was suspended
   or removed since, and record again what sources took back.
`, c.Dir, r.At.Format("2006-01-02 15:04 MST"))
	return errors.Join(err, c.older(p))
}

// older says what to do if this machine has seen more of the log than is in the copy,
// as it nearly always has.
func (c *putBackCommand) older(p *program) error {
	if c.Pepper == "" {
		return nil
	}
	d, err := habeas.OpenReadOnly(p.config(c.Dir, c.Pepper))
	if err != nil {
		return nil // the pepper is not there yet; whoever serves the office is told
	}
	defer d.Close()
	if d.Damage() == nil {
		return nil
	}
	_, err = fmt.Fprintf(p.out, `5. This machine has seen more of the log than the copy holds, and writes nothing until you
   say that the rest is lost:
   habeas fsck %s --pepper %s --accept-loss
`, c.Dir, c.Pepper)
	return err
}

type migrateCommand struct {
	From string `required:"" placeholder:"ENGINE:PLACE" help:"Where the office is: sqlite:DIR."`
	To   string `required:"" placeholder:"ENGINE:PLACE" help:"Where it goes: sqlite:DIR, which must not exist or be empty."`
}

// Run copies an office into another store, and compares both. The server must be
// stopped.
func (c *migrateCommand) Run(ctx context.Context, p *program) error {
	from, err := sqliteDir(c.From)
	if err != nil {
		return err
	}
	to, err := sqliteDir(c.To)
	if err != nil {
		return err
	}
	v, m, err := habeas.Migrate(ctx, from, to)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "office       %s\nentries      %d\ntree         %s\ncheckpoints  %d\nkeys         %d wraps\nfiles        %d\n", v.Root, v.Size, v.Tree, v.Checkpoints, m.Rows["wrap"], m.Files)
	if m.Lacking > 0 {
		fmt.Fprintf(p.out, "MISSING      %d sealed files, which are missing in the old one, too\n", m.Lacking)
	}
	_, err = fmt.Fprintln(p.out, "Both hold the same. Serve the new one only, and destroy the old one: both have the same key, and two that run write two logs.")
	return err
}

// sqliteDir returns the directory of a store that is named by its engine.
func sqliteDir(place string) (string, error) {
	dir, ok := strings.CutPrefix(place, "sqlite:")
	if !ok || dir == "" {
		return "", refuse("an office is named by engine and place, such as sqlite:/srv/office/data")
	}
	return dir, nil
}
