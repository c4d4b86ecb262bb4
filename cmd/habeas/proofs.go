package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"habeas/bag"
	"habeas/custody"
	"habeas/foreign"
)

type proofsCommand struct {
	Path  string `arg:"" help:"A directory or a zip archive: WACZ, a bundle of ProofMode, a bag, or files with .tsr beside them."`
	Roots string `placeholder:"FILE" help:"Certificates of time-stamping authorities, PEM."`
}

// Run checks what others put beside files to prove where they come from. It fails
// with exit code 1 if a check failed or none came out well.
func (c *proofsCommand) Run(ctx context.Context, p *program) error {
	var roots *x509.CertPool
	if c.Roots != "" {
		b, err := os.ReadFile(c.Roots)
		if err != nil {
			return err
		}
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM(b) {
			return refuse("--roots holds no certificate")
		}
	}
	fsys, done, err := openProofs(c.Path)
	if err != nil {
		return err
	}
	defer done.Close()
	r, err := foreign.Check(ctx, fsys, roots)
	if errors.Is(err, foreign.ErrNone) {
		return refuse("nothing there is a proof of a kind that is known", "WACZ, ProofMode, BagIt and .tsr beside a file are")
	} else if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s\n", r.Kind)
	for _, l := range r.Lines {
		fmt.Fprintf(p.out, "%-10s %s", []string{"WRONG", "not checked", "ok"}[l.Result], l.Check)
		if l.Where != "" {
			fmt.Fprintf(p.out, ": %s", custody.Printable(l.Where))
		}
		if l.Not != "" {
			fmt.Fprintf(p.out, " (%s)", notShown(l))
		}
		fmt.Fprintln(p.out)
	}
	if !r.OK() {
		return found("what lies there is not shown to be as it was", "keep it as it is, and ask whoever gave it for another copy")
	}
	return nil
}

func notShown(l foreign.Line) string {
	if l.Result == foreign.Good {
		return "does not show " + l.Not
	}
	return l.Not
}

// openProofs opens a directory that can't be left, or a zip archive.
func openProofs(path string) (fs.FS, io.Closer, error) {
	about, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if about.IsDir() {
		root, err := os.OpenRoot(path)
		if err != nil {
			return nil, nil, err
		}
		return root.FS(), root, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	fsys, err := bag.OpenZip(f, about.Size())
	if err != nil {
		return nil, nil, errors.Join(refuse("this is neither a directory nor a zip archive that can be read"), f.Close())
	}
	return fsys, f, nil
}
