package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/ledger"
	"habeas/vault"
)

// exhibitCommand is about files that were given with statements.
type exhibitCommand struct {
	Add      exhibitAddCommand `cmd:"" help:"Add files to a statement, as they are. The server must be stopped."`
	Handover handoverCommand   `cmd:"" help:"Hand over exhibits as a bundle that others can check, see docs/custody.md."`
}

type exhibitAddCommand struct {
	Dir       string   `arg:"" help:"The data directory."`
	Files     []string `arg:"" name:"file" help:"The files. They are read once, and not changed."`
	Handle    string   `required:"" help:"Who adds them."`
	Pepper    string   `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Case      string   `required:"" placeholder:"ID" help:"The case."`
	Statement string   `required:"" placeholder:"REF" help:"The statement they were given with, such as t:…"`
	Phone     bool     `help:"They come from a telephone."`
	Collector string   `help:"Who collected them, as the Berkeley Protocol asks; kept sealed with the files."`
	When      string   `help:"When that was."`
	Where     string   `help:"The address or place they were collected from."`
	Method    string   `help:"How, and with what."`
	Capture   string   `help:"When, where and by whom they are said to have been made."`
	Remarks   string   `help:"Anything else."`
	secretFlag
}

// Run adds each file. What was added before one that fails stays.
func (c *exhibitAddCommand) Run(ctx context.Context, p *program) error {
	id, err := ledger.ParseID(c.Case)
	if err != nil {
		return err
	}
	st, err := claim.ParseRef(c.Statement)
	if err != nil {
		return err
	}
	return p.loggedIn(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, token string) error {
		for _, path := range c.Files {
			if err := c.add(ctx, p, d, token, id, st, path); err != nil {
				return err
			}
		}
		return nil
	})
}

// add adds one file. The session is used anew for each, as in an import.
func (c *exhibitAddCommand) add(ctx context.Context, p *program, d *habeas.Desk, token string, id habeas.CaseID, st claim.Ref, path string) error {
	by, err := d.Actor(ctx, token)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return refuse(path+" is not a file", "name the files one by one")
	}
	u, err := d.UploadExhibit(ctx, by, vault.NewText(filepath.Base(path)))
	if err != nil {
		return err
	}
	defer u.Discard()
	if _, err := io.Copy(u, f); err != nil {
		return err
	}
	if err := u.Close(); err != nil {
		return err
	}
	came := custody.ByCommand
	if c.Phone {
		came = custody.ByPhone
	}
	notes := custody.Collected{Collector: c.Collector, When: c.When, Where: c.Where, Method: c.Method, Capture: c.Capture, Remarks: c.Remarks}
	ref, err := d.AddExhibit(ctx, by, id, st, u, came, notes)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s  %s  %s\n", u.SHA256(), ref, path)
	return err
}
