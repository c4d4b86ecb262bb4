package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"habeas"
	"habeas/claim"
	"habeas/custody"
	"habeas/ledger"
	"habeas/vault"
)

// exhibitCommand is about files that were given with statements.
type exhibitCommand struct {
	Add exhibitAddCommand `cmd:"" help:"Add files, or all files of a folder, to a statement, as they are. Run again after a stop, it goes on with what is missing. The server must be stopped."`
}

type exhibitAddCommand struct {
	Dir       string   `arg:"" help:"The data directory."`
	Files     []string `arg:"" name:"file" help:"The files, or folders such as one copied from a telephone. They are read, and not changed."`
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
	Hidden    bool     `help:"Take hidden files of a folder, too. What the operating system made is left out all the same."`
	DryRun    bool     `help:"Only say what would be added and what is left out."`
	secretFlag
}

// An adding is a run of the command.
type adding struct {
	*exhibitAddCommand
	p     *program
	d     *habeas.Desk
	token string
	id    habeas.CaseID
	st    claim.Ref

	known map[string]claim.Ref // exhibits of the statement, by SHA-256
	sizes map[int64]bool       // that they have
	meter *meter
	done  int64
	total int64
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
	files, err := walk(c.Files, c.Hidden)
	if err != nil {
		return err
	}
	defer closeRoots(files)
	return p.loggedIn(ctx, p.config(c.Dir, c.Pepper), c.Handle, c.secretFlag, func(d *habeas.Desk, token string) error {
		a := &adding{exhibitAddCommand: c, p: p, d: d, token: token, id: id, st: st, meter: p.meter("adding")}
		if err := a.lookUp(ctx); err != nil {
			return err
		}
		return a.all(ctx, files)
	})
}

// lookUp finds what the statement has already.
func (a *adding) lookUp(ctx context.Context) error {
	by, err := a.d.Actor(ctx, a.token)
	if err != nil {
		return err
	}
	all, _, err := a.d.Exhibits(ctx, by, a.id)
	if err != nil {
		return err
	}
	a.known, a.sizes = map[string]claim.Ref{}, map[int64]bool{}
	for _, x := range all {
		if x.Statement == a.st {
			a.known[x.SHA256], a.sizes[x.Size] = x.Ref(), true
		}
	}
	return nil
}

// showsFrom is how many bytes it takes for the progress to be shown.
const showsFrom = 16 << 20

func (a *adding) all(ctx context.Context, files []walkedFile) error {
	for _, f := range files {
		if f.left == "" {
			a.total += f.size
		}
	}
	defer a.meter.end()
	bad := 0
	for _, f := range files {
		switch {
		case f.left != "":
			fmt.Fprintf(a.p.err, "left out: %s: %s\n", f.shown(), f.left)
			if f.bad {
				bad++
			}
		default:
			if err := a.add(ctx, f); err != nil {
				return err
			}
		}
	}
	if bad > 0 {
		return found(fmt.Sprintf("%d files or folders could not be read", bad), "see which above, and run the command again: what was added is not added twice")
	}
	return nil
}

// add adds one file, unless the statement has it. The session is used anew for each,
// as in an import.
func (a *adding) add(ctx context.Context, f walkedFile) error {
	if a.sizes[f.size] {
		sum, err := a.hash(f)
		if err != nil {
			return err
		}
		if ref, ok := a.known[sum]; ok {
			a.progress(f.size)
			_, err := fmt.Fprintf(a.p.err, "left out: %s: the statement has it, as %s\n", f.shown(), ref)
			return err
		}
	}
	if a.DryRun {
		_, err := fmt.Fprintf(a.p.out, "%12d  %s\n", f.size, f.shown())
		return err
	}
	by, err := a.d.Actor(ctx, a.token)
	if err != nil {
		return err
	}
	from, err := f.open()
	if err != nil {
		return err
	}
	defer from.Close()
	u, err := a.d.UploadExhibit(ctx, by, vault.NewText(f.name))
	if err != nil {
		return err
	}
	defer u.Discard()
	if _, err := io.Copy(u, &counted{from, a}); err != nil {
		return err
	}
	if err := u.Close(); err != nil {
		return err
	}
	came := custody.ByCommand
	if a.Phone {
		came = custody.ByPhone
	}
	notes := custody.Collected{Collector: a.Collector, When: a.When, Where: a.Where, Method: a.Method, Capture: a.Capture, Remarks: a.Remarks}
	ref, err := a.d.AddExhibit(ctx, by, a.id, a.st, u, came, notes)
	if err != nil {
		return err
	}
	a.known[u.SHA256()], a.sizes[u.Size()] = ref, true
	_, err = fmt.Fprintf(a.p.out, "%s  %s  %s\n", u.SHA256(), ref, f.shown())
	return err
}

// hash returns the SHA-256 of a file.
func (a *adding) hash(f walkedFile) (string, error) {
	from, err := f.open()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, from)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, from.Close())
}

func (a *adding) progress(n int64) {
	if a.done += n; a.total >= showsFrom {
		a.meter.show(min(a.done, a.total), a.total)
	}
}

// counted is a file that is being read, and tells how far.
type counted struct {
	io.Reader
	a *adding
}

// Read implements [io.Reader].
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.a.progress(int64(n))
	return n, err
}
