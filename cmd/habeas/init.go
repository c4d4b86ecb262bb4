package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"habeas"
	"habeas/ledger"
	"habeas/vault"
)

type initCommand struct {
	Dir      string `arg:"" help:"The data directory. It must not exist, or be empty."`
	Pepper   string `placeholder:"FILE" help:"Where the pepper is written: outside DIR and outside its backups. Asked for if it is not said."`
	Office   string `placeholder:"NAME" help:"What the organisation is called. Only members can read it."`
	Handle   string `help:"What the first keeper types to log in."`
	Name     string `help:"What colleagues call the first keeper."`
	Circle   string `default:"Cases" help:"What the first circle is called."`
	Recovery string `enum:"ask,yes,no" default:"ask" help:"Whether to make recovery sheets: yes, no or ask."`
	databaseFlag
	secretFlag
}

// Run makes an office with its first keeper, who is a caseworker too, and asks at
// the terminal for what no flag says.
func (c *initCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	if err := safePlace(c.Dir); err != nil {
		return err
	}
	if err := c.ask(ctx, p); err != nil {
		return err
	}
	if err := safePlace(c.Pepper); err != nil {
		return err
	}
	cfg := p.config(c.Dir, c.Pepper)
	if err := errors.Join(c.say(&cfg), habeas.CheckSite(cfg)); err != nil {
		return err
	}
	keeper := habeas.NewMember{Handle: c.Handle, Name: c.Name, Roles: []ledger.Role{ledger.Caseworker, ledger.Keeper}}
	var err error
	if keeper.Passphrase, err = c.choose(ctx, p, keeper); err != nil {
		return err
	}
	d, err := habeas.Create(ctx, cfg, habeas.Founding{Office: c.Office, Circle: c.Circle, Keeper: keeper})
	if err != nil {
		return err
	}
	c.introduce(p, d)
	if c.Recovery == "yes" {
		err = p.firstSheets(ctx, d, keeper)
	} else {
		fmt.Fprint(p.out, withoutRecovery)
	}
	fmt.Fprintf(p.out, "\nStart with: habeas serve --pepper %s %s\n", c.Pepper, c.Dir)
	return errors.Join(err, d.Close())
}

// ask asks for what no flag says.
func (c *initCommand) ask(ctx context.Context, p *program) error {
	beside := habeas.PepperBeside(c.Dir)
	for _, q := range []struct {
		what, flag, usual string
		to                *string
	}{
		{"What the organisation is called (only members can read it): ", "", "", &c.Office},
		{"What you type to log in: ", "--handle", "", &c.Handle},
		{"What colleagues call you: ", "--name", "", &c.Name},
		{"File for the pepper, away from the data's backups [" + beside + "]: ", "--pepper", beside, &c.Pepper},
	} {
		if *q.to != "" || q.flag == "" && !hasTerminal() {
			continue
		}
		if !hasTerminal() {
			return refuse(q.flag+" is missing, and there is no terminal to ask at", "see habeas init --help")
		}
		answer, err := askLine(ctx, q.what)
		if err != nil {
			return err
		}
		if *q.to = strings.TrimSpace(answer.Reveal()); *q.to == "" {
			*q.to = q.usual
		}
	}
	if c.Recovery != "ask" {
		return nil
	}
	if !hasTerminal() {
		return refuse("whether to make recovery sheets is not said, and there is no terminal to ask at", "add --recovery yes and print what is shown, or --recovery no and read what that means")
	}
	fmt.Fprint(p.err, aboutRecovery)
	answer, err := askLine(ctx, "Make recovery sheets? yes or no [yes]: ")
	if c.Recovery = "yes"; strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer.Reveal())), "n") {
		c.Recovery = "no"
	}
	return err
}

const aboutRecovery = `
Recovery is two sheets of paper, for two people. Together they make a new keeper if
everybody forgot their passphrase or was taken; one alone opens nothing. A third
sheet holds the pepper. They are shown once, to be printed or written off by hand.
Whoever has both sheets and the machine reads everything, so some refuse it.
`

const withoutRecovery = `
There is no recovery. If everybody who holds a circle forgets their passphrase, its
cases are lost for good, and nobody can help. If the pepper file is lost without a
copy, nobody logs in again. A keeper can make the sheets later, on the page Recovery.
`

// introduce says what was made and what to keep where.
func (c *initCommand) introduce(p *program, d *habeas.Desk) {
	data := `The data: what was written, sealed, and the wrapped keys. Back it up, to
    another disk.`
	if c.Database != "" {
		data = `The key of this server, sealed files, and where the database is, with its
    password. What was written, sealed, and the wrapped keys are in the database.
    habeas backup copies both.`
	}
	fmt.Fprintf(p.out, `The office is made. Its fingerprint is

  %s

Write it down where members can compare it. What to keep, and where:

  %s
    %s
  %s
    The pepper. Without it nobody logs in. Keep a copy on paper, apart from
    the data and its backups: whoever has both can guess at passphrases.
  The passphrase
    In your head. Nobody can look it up; two colleagues can let you in anew.
`, d.Root(), c.Dir, data, c.Pepper)
}

// firstSheets makes the sheets of a new office, shows them, and asks for their
// check codes if there is somebody to ask.
func (p *program) firstSheets(ctx context.Context, d *habeas.Desk, keeper habeas.NewMember) error {
	by, err := logIn(ctx, d, keeper.Handle, keeper.Passphrase)
	if err != nil {
		return err
	}
	circles, err := d.Circles(ctx, by)
	if err != nil {
		return err
	}
	var want habeas.NewPapers
	for _, circle := range circles {
		if !circle.Office {
			want.Circles = append(want.Circles, circle.ID)
		}
	}
	set, err := d.MakeSheets(ctx, by, want, keeper.Passphrase)
	if err != nil {
		return err
	}
	if err := p.printSheets(set, d.Root()); err != nil {
		return err
	}
	return p.checkBack(ctx, d, by, len(set.Sheets))
}

func logIn(ctx context.Context, d *habeas.Desk, handle string, pass vault.Text) (habeas.Actor, error) {
	token, err := d.Login(ctx, handle, pass)
	if err != nil {
		return habeas.Actor{}, err
	}
	return d.Actor(ctx, token)
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

// safePlaces is safePlace for each of what was named.
func safePlaces(paths ...string) error {
	for _, path := range paths {
		if path == "" {
			continue
		}
		if err := safePlace(path); err != nil {
			return err
		}
	}
	return nil
}
