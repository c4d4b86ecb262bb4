package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/fault"
	"habeas/ledger"
	"habeas/vault"
)

type importCommand struct {
	Paths     []string `arg:"" name:"path" help:"The files: text, Markdown or HTML, recognised by what is in them; and last the data directory."`
	Handle    string   `required:"" help:"Who imports."`
	Pepper    string   `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Case      string   `placeholder:"ID" xor:"case" required:"" help:"The case they belong to."`
	NewCase   string   `placeholder:"TITLE" xor:"case" required:"" help:"Open a case for them. The title holds no name."`
	Source    string   `placeholder:"REF" xor:"source" required:"" help:"Who speaks: a source of the case."`
	NewSource string   `placeholder:"KIND/ROLE" xor:"source" required:"" help:"Record who speaks, such as person/mother, outlet/ or authority/ministry."`
	Said      string   `placeholder:"DATE" help:"When it was said or written, as 2022, 2022-11, 2022-11-05 or 2022-11~."`
	Medium    string   `default:"other" help:"What it is, such as interview, letter or message."`
	Lang      string   `placeholder:"TAG" help:"The language, such as uk."`
	secretFlag
}

// Run takes each file in as one statement. A file that is refused is named, and
// the others are taken.
func (c *importCommand) Run(ctx context.Context, p *program) error {
	last := len(c.Paths) - 1
	if last < 1 {
		return refuse("files and a data directory are needed", "write it as habeas import FILE… DIR")
	}
	files, dir := c.Paths[:last], c.Paths[last]
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return refuse("the last argument, "+dir+", is not a directory", "write it as habeas import FILE… DIR")
	}
	source, err := c.words()
	if err != nil {
		return err
	}
	return p.loggedIn(ctx, p.config(dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, token string) error {
		im := &importer{p: p, d: d, token: token, like: habeas.NewStatement{Said: c.Said, Medium: c.Medium, Lang: c.Lang, Batch: ledger.NewID()}}
		by, err := d.Actor(ctx, token)
		if err != nil {
			return err
		}
		if im.id, err = c.openCase(ctx, d, by); err != nil {
			return err
		}
		if im.like.Source, err = c.openSource(ctx, d, by, im.id, source); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "case %s, source %s, batch %s\n", im.id, im.like.Source, im.like.Batch)
		return im.all(ctx, files)
	})
}

// words checks what the flags say of every file, so that it is refused once and
// before anything is recorded. It returns the new source.
func (c *importCommand) words() (claim.Source, error) {
	kind, role, ok := strings.Cut(c.NewSource, "/")
	if c.NewSource != "" && !ok {
		return claim.Source{}, refuse("a new source is KIND/ROLE", "such as person/mother, outlet/ or authority/ministry")
	}
	for _, w := range []struct{ flag, vocabulary, word string }{
		{"--medium", "medium", c.Medium}, {"KIND of --new-source", "source", kind}, {"ROLE of --new-source", "source-role", role},
	} {
		if _, known := claim.LookUp(w.vocabulary, w.word); known || w.word == "" {
			continue
		}
		var all []string
		for _, t := range claim.Terms(w.vocabulary) {
			all = append(all, t.Key)
		}
		return claim.Source{}, refuse(w.word+" is no "+w.flag, "take one of "+strings.Join(all, ", "))
	}
	if c.Said != "" {
		if _, err := claim.ParseDate(c.Said); err != nil {
			return claim.Source{}, err
		}
	}
	return claim.Source{Kind: kind, Role: role}, nil
}

// openCase returns the case that was named, or opens one in the member's circle.
func (c *importCommand) openCase(ctx context.Context, d *habeas.Desk, by habeas.Actor) (habeas.CaseID, error) {
	if c.Case != "" {
		id, err := ledger.ParseID(c.Case)
		if err != nil {
			return id, err
		}
		_, err = d.Case(ctx, by, id)
		return id, err
	}
	circles, err := d.Circles(ctx, by)
	if err != nil {
		return habeas.CaseID{}, err
	}
	var own []habeas.Circle
	for _, circle := range circles {
		if !circle.Office && circle.Vault {
			own = append(own, circle)
		}
	}
	if len(own) != 1 {
		return habeas.CaseID{}, refuse(fmt.Sprintf("%d circles could hold a new case", len(own)), "open the case on its page, and name it with --case")
	}
	return d.OpenCase(ctx, by, own[0].ID, habeas.NewCase{Title: c.NewCase, About: "incident"})
}

func (c *importCommand) openSource(ctx context.Context, d *habeas.Desk, by habeas.Actor, id habeas.CaseID, s claim.Source) (claim.Ref, error) {
	if c.Source != "" {
		return claim.ParseRef(c.Source)
	}
	return d.AddSource(ctx, by, id, s)
}

// loggedIn opens an office for writing, logs a member in and does what they want.
// It closes the office, and with it their session.
func (p *program) loggedIn(ctx context.Context, cfg habeas.Config, handle string, secret secretFlag, do func(d *habeas.Desk, token string) error) error {
	cfg.OnSite = true
	d, err := habeas.Open(cfg)
	if err != nil {
		return err
	}
	pass, err := secret.read(ctx, "Passphrase of "+handle+": ")
	if err != nil {
		return errors.Join(err, d.Close())
	}
	token, err := d.Login(ctx, handle, pass)
	if err != nil {
		return errors.Join(err, d.Close())
	}
	return errors.Join(do(d, token), d.Close())
}

// An importer takes files in.
type importer struct {
	p     *program
	d     *habeas.Desk
	token string
	id    habeas.CaseID
	like  habeas.NewStatement // what all of them have in common
}

func (im *importer) all(ctx context.Context, files []string) error {
	m := im.p.meter("importing")
	refused := 0
	for i, path := range files {
		m.show(int64(i), int64(len(files)))
		ref, err := im.one(ctx, path)
		switch fault.KindOf(err) {
		case fault.Busy, fault.Damaged, fault.Locked, fault.Forbidden:
			m.end()
			fmt.Fprintf(im.p.err, "habeas: stopped at %s, after %d of %d\n", path, i-refused, len(files))
			return err // the next would fail in the same way
		}
		if ctx.Err() != nil {
			m.end()
			return ctx.Err()
		}
		if err != nil {
			refused++
			m.end()
			im.refused(path, err)
			continue
		}
		fmt.Fprintf(im.p.out, "%s %s\n", ref, path)
	}
	m.show(int64(len(files)), int64(len(files)))
	m.end()
	if refused > 0 {
		return found(fmt.Sprintf("%d of %d files were refused", refused, len(files)), "the reasons are above; what is listed with a reference was taken in")
	}
	return nil
}

func (im *importer) refused(path string, err error) {
	r := explained(err)
	fmt.Fprintf(im.p.err, "%s: %s\n", path, strings.Join(append([]string{r.what}, r.hints...), "; "))
}

// one takes one file in. The session is used anew for each, so that a long
// import does not end it.
func (im *importer) one(ctx context.Context, path string) (claim.Ref, error) {
	by, err := im.d.Actor(ctx, im.token)
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, habeas.MaxOriginal+1))
	if err != nil {
		return "", err
	}
	s := im.like
	s.Raw, s.File = vault.NewText(string(raw)), vault.NewText(filepath.Base(path))
	return im.d.AddStatement(ctx, by, im.id, s)
}
