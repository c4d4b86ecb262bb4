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
	Path    string `arg:"" help:"A directory or a zip archive: WACZ, a bundle of ProofMode, a folder of auto-archiver, a bag, or files with .tsr, .ots or .asc beside them."`
	Roots   string `placeholder:"FILE" help:"Certificates of time-stamping authorities, PEM."`
	Headers string `placeholder:"FILE" help:"Headers of Bitcoin blocks, 80 bytes each, from a node that you trust."`
}

// Run checks what others put beside files to prove where they come from. It fails
// with exit code 1 if a check failed or none came out well.
func (c *proofsCommand) Run(ctx context.Context, p *program) error {
	trust, err := c.trust()
	if err != nil {
		return err
	}
	fsys, done, err := openProofs(c.Path)
	if err != nil {
		return err
	}
	defer done.Close()
	r, err := foreign.Check(ctx, fsys, trust)
	if errors.Is(err, foreign.ErrNone) {
		return refuse("nothing there is a proof of a kind that is known", "WACZ, ProofMode, auto-archiver, BagIt, and .tsr, .ots or .asc beside a file are")
	} else if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s\n", r.Kind)
	for _, l := range r.Lines {
		fmt.Fprintf(p.out, "%-11s %s", []string{"WRONG", "not checked", "ok"}[l.Result], l.Check)
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

// trust reads what whoever asks knows from elsewhere.
func (c *proofsCommand) trust() (trust foreign.Trust, err error) {
	if c.Roots != "" {
		b, err := os.ReadFile(c.Roots)
		if err != nil {
			return trust, err
		}
		if trust.Roots = x509.NewCertPool(); !trust.Roots.AppendCertsFromPEM(b) {
			return trust, refuse("--roots holds no certificate")
		}
	}
	if c.Headers != "" {
		b, err := os.ReadFile(c.Headers)
		if err != nil {
			return trust, err
		}
		if trust.Headers, err = foreign.ReadHeaders(b); err != nil {
			return trust, refuse("--headers holds no headers of Bitcoin blocks", "each is 80 bytes, one after the other, and has the work of its chain")
		}
	}
	return trust, nil
}

func notShown(l foreign.Line) string {
	if l.Result == foreign.Good {
		return "does not show " + l.Not.String()
	}
	return l.Not.String()
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
