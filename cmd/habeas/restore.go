package main

import (
	"context"
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
	if r.Seen > 0 && err == nil {
		_, err = fmt.Fprintf(p.out, `NOTHING CAN BE WRITTEN until you say habeas fsck --accept-loss %s --pepper %s: this machine
had seen %d entries of the log, and the copy does not go on from them. Look for a newer copy first.
`, c.Dir, c.Pepper, r.Seen)
	}
	if r.Bucket != "" && err == nil {
		_, err = fmt.Fprintf(p.out, `5. Files were in the bucket %s. They are in the new directory now, and may lie there
   still: name it with --bucket, or destroy what is in it. Otherwise an erasure passes it by.
`, r.Bucket)
	}
	return err
}

type migrateCommand struct {
	From string `required:"" placeholder:"ENGINE:DIR" help:"Where the office is: sqlite:DIR, or postgres:DIR for the directory of one of its servers."`
	To   string `required:"" placeholder:"ENGINE:DIR" help:"Where it goes: sqlite:DIR or postgres:DIR, which must not exist or be empty."`
	databaseFlag
}

// Run copies an office into another store, and compares both. The server must be
// stopped.
func (c *migrateCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	from, _, err := c.place(p, c.From)
	if err != nil {
		return err
	}
	to, shared, err := c.place(p, c.To)
	if err != nil {
		return err
	}
	if shared != (c.Database != "") {
		return refuse("--database names the empty database that --to postgres:DIR is to be in, and goes with nothing else", "see docs/scale.md")
	}
	if err := c.say(&to); err != nil {
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

// place returns the directory of an office that is named by its engine, and whether that
// is a shared database.
func (c *migrateCommand) place(p *program, named string) (cfg habeas.Config, shared bool, err error) {
	engine, dir, _ := strings.Cut(named, ":")
	shared = engine == "postgres"
	if dir == "" || engine != "sqlite" && !shared {
		return cfg, false, refuse("an office is named by engine and directory, such as sqlite:/srv/office/data or postgres:/srv/office/data")
	}
	return p.config(dir, ""), shared, nil
}
