package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"habeas"
	"habeas/ledger"
	"habeas/vault"
)

type memberCommand struct {
	Add  memberAddCommand  `cmd:"" help:"Invite somebody: show a code that lets them in. The server must be stopped."`
	List memberListCommand `cmd:"" help:"Say who is invited. The server must be stopped."`
}

type memberAddCommand struct {
	Dir    string   `arg:"" help:"The data directory."`
	Pepper string   `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Handle string   `required:"" help:"Who invites: a keeper."`
	Name   string   `required:"" help:"What colleagues will call the new member."`
	Role   []string `required:"" placeholder:"ROLE" help:"What they will do: caseworker, analyst, editor, intake, keeper or auditor."`
	Circle []string `placeholder:"NAME" help:"A circle they get, without names."`
	Vault  []string `placeholder:"NAME" help:"A circle they get, with names."`
	secretFlag
}

// Run shows an invitation code, this once.
func (c *memberAddCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	return p.asKeeper(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, by habeas.Actor, pass vault.Text) error {
		inv := habeas.Invitation{Name: c.Name}
		for _, r := range c.Role {
			inv.Roles = append(inv.Roles, ledger.Role(r))
		}
		var err error
		if inv.Shares, err = c.shares(ctx, d, by); err != nil {
			return err
		}
		code, err := d.Invite(ctx, by, inv, pass)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "The code, this once:\n\n  %s\n\nIt lets one person in, within %d days, at the page /join. Say it or hand it over on\npaper: whoever has it is that person.\n", code.Reveal(), habeas.InviteFor)
		return err
	})
}

// shares finds circles by their names.
func (c *memberAddCommand) shares(ctx context.Context, d *habeas.Desk, by habeas.Actor) (shares []habeas.Share, err error) {
	circles, err := d.Circles(ctx, by)
	if err != nil {
		return nil, err
	}
	find := func(name string, withVault bool) error {
		for _, circle := range circles {
			if !circle.Office && circle.Name == name {
				shares = append(shares, habeas.Share{Circle: circle.ID, Vault: withVault})
				return nil
			}
		}
		return refuse("no circle of yours is called that", "see habeas member list")
	}
	for _, name := range c.Circle {
		err = errors.Join(err, find(name, false))
	}
	for _, name := range c.Vault {
		err = errors.Join(err, find(name, true))
	}
	return shares, err
}

type memberListCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Handle string `required:"" help:"Who asks: a keeper."`
	secretFlag
}

// Run lists circles and open invitations.
func (c *memberListCommand) Run(ctx context.Context, p *program) error {
	return p.asKeeper(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, by habeas.Actor, _ vault.Text) error {
		circles, err := d.Circles(ctx, by)
		if err != nil {
			return err
		}
		members, err := d.Members(ctx, by)
		if err != nil {
			return err
		}
		invites, err := d.Invites(ctx, by)
		if err != nil {
			return err
		}
		open := map[ledger.ID]habeas.InviteRow{}
		for _, inv := range invites {
			open[inv.Member] = inv
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
		for _, m := range members {
			state := [...]string{"unknown", "active", "suspended", "removed"}[m.Standing]
			if inv, ok := open[m.ID]; ok {
				state = [...]string{"invited until " + inv.Until.Format("2006-01-02"), "invitation over", "invitation unfinished"}[inv.State]
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", m.Name, roleList(m.Roles), state)
		}
		for _, circle := range circles {
			if !circle.Office {
				fmt.Fprintf(w, "circle %s\t\t\n", circle.Name)
			}
		}
		return w.Flush()
	})
}

func roleList(roles []ledger.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}

// asKeeper opens an office for writing and lets a member do something, who typed
// their passphrase once.
func (p *program) asKeeper(ctx context.Context, cfg habeas.Config, handle string, secret secretFlag, do func(*habeas.Desk, habeas.Actor, vault.Text) error) error {
	cfg.OnSite = true
	return p.atDesk(cfg, func(d *habeas.Desk) error {
		pass, err := secret.read(ctx, "Passphrase of "+handle+": ")
		if err != nil {
			return err
		}
		by, err := logIn(ctx, d, handle, pass)
		if err != nil {
			return err
		}
		return do(d, by, pass)
	})
}
