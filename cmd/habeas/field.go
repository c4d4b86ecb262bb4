package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"habeas"
	"habeas/ledger"
	"habeas/vault"
)

type fieldCommand struct {
	Make fieldMakeCommand `cmd:"" help:"Make a data directory for the field, with what some members need of some circles. The server must be stopped."`
	List fieldListCommand `cmd:"" help:"Print the other installations that bundles are exchanged with."`
	End  fieldEndCommand  `cmd:"" help:"Take no more bundles from an installation that was given up, lost or seized. The server must be stopped."`
}

type fieldMakeCommand struct {
	Dir       string   `arg:"" help:"The data directory of the office."`
	NewDir    string   `arg:"" help:"The data directory to make, which is then brought to the other machine."`
	Pepper    string   `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	NewPepper string   `placeholder:"FILE" help:"Where its pepper is put; NEWDIR.pepper unless said otherwise."`
	Handle    string   `required:"" help:"Who makes it: a keeper."`
	Member    []string `required:"" placeholder:"HANDLE" help:"Who is to log in there, and types their passphrase now; HANDLE:FILE reads it from the first line of FILE. May be given again."`
	Circle    []string `placeholder:"NAME" help:"A circle of theirs that goes with it; all of theirs if none is named. May be given again."`
	secretFlag
}

// Run makes the directory and the pepper beside it.
func (c *fieldMakeCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	if err := safePlaces(c.NewDir, c.NewPepper); err != nil {
		return err
	}
	return p.asKeeper(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, by habeas.Actor, pass vault.Text) error {
		plan, err := c.plan(ctx, d, by, pass)
		if err != nil {
			return err
		}
		id, err := d.AddField(ctx, by, pass, p.config(c.NewDir, c.NewPepper), plan)
		if err != nil {
			return err
		}
		pepper := ""
		if c.Pepper != "" {
			pepper = " --pepper " + c.Pepper
		}
		_, err = fmt.Fprintf(p.out, "%s is an installation of this office for the field, called\n  %s\nBring it and its pepper to the other machine, apart from each other, and keep no copy here.\nThere: habeas serve %s\nIf it is lost or seized: habeas field end %s %s%s, and suspend whoever it was taken from.\n", c.NewDir, id, c.NewDir, c.Dir, id, pepper)
		return err
	})
}

func (c *fieldMakeCommand) plan(ctx context.Context, d *habeas.Desk, by habeas.Actor, keeper vault.Text) (plan habeas.FieldPlan, err error) {
	for _, m := range c.Member {
		handle, file, _ := strings.Cut(m, ":")
		pass := keeper
		switch {
		case file != "":
			pass, err = passphraseFrom(file)
		case handle != c.Handle:
			pass, err = ask(ctx, "Passphrase of "+handle+": ")
		}
		if err != nil {
			return plan, err
		}
		plan.Members = append(plan.Members, habeas.FieldMember{Handle: handle, Pass: pass})
	}
	circles, err := d.Circles(ctx, by)
	if err != nil {
		return plan, err
	}
	for _, name := range c.Circle {
		before := len(plan.Circles)
		for _, circle := range circles {
			if !circle.Office && circle.Name == name {
				plan.Circles = append(plan.Circles, circle.ID)
			}
		}
		if len(plan.Circles) == before {
			return plan, refuse("no circle of yours is called that", "see habeas member list")
		}
	}
	return plan, nil
}

type fieldListCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
}

// Run prints them, beside a running server.
func (c *fieldListCommand) Run(_ context.Context, p *program) error {
	d, err := habeas.OpenReadOnly(p.config(c.Dir, c.Pepper))
	if err != nil {
		return err
	}
	defer d.Close()
	nodes, err := d.Installations()
	for _, n := range nodes {
		fmt.Fprintln(p.out, n)
	}
	return err
}

type fieldEndCommand struct {
	Dir    string `arg:"" help:"The data directory of the office."`
	Node   string `arg:"" help:"What the installation is called."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Handle string `required:"" help:"Who ends it: a keeper."`
	secretFlag
}

// Run forgets an installation.
func (c *fieldEndCommand) Run(ctx context.Context, p *program) error {
	node, err := installation(c.Node)
	if err != nil {
		return err
	}
	return p.asKeeper(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, by habeas.Actor, pass vault.Text) error {
		if err := d.EndField(ctx, by, node, pass); err != nil {
			return err
		}
		_, err := fmt.Fprintln(p.out, "No bundle of it is taken in any more. Its members can still log in, here and there: suspend or remove whoever must not.")
		return err
	})
}

// installation reads what an installation is called; "" is the only other one.
func installation(text string) (id ledger.ID, err error) {
	if text == "" {
		return id, nil
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(id) {
		return id, refuse("an installation is called by 32 hexadecimal digits", "habeas field list prints them")
	}
	return ledger.ID(b), nil
}
