package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"habeas/clean"
	"habeas/gate"
	"habeas/internal/sandbox"
)

type cleanCommand struct {
	Out    string   `required:"" placeholder:"DIR" help:"Where the cleaned files go; they are numbered, since a name may say whose a file is."`
	Names  string   `placeholder:"FILE" help:"Then look through each for these names, as habeas gate does: JSON lines."`
	Report string   `placeholder:"FILE" help:"Write all that was left out, with its words, for people to read. Keep it apart."`
	Files  []string `arg:"" name:"file" help:"The files to clean. They are not changed."`
}

// tasks are what this program does when it is started again to open a file of a
// stranger.
func tasks() map[string]sandbox.Task {
	return map[string]sandbox.Task{clean.TaskName: clean.Task, redactTask: redacting}
}

// A cleanedFile is what came of one file.
type cleanedFile struct {
	from, to string
	report   *clean.Report
	refused  *clean.Refused
}

// Run makes each file anew from what it shows. It fails with exit code 1 if one
// was refused, or names somebody.
func (c *cleanCommand) Run(ctx context.Context, p *program) error {
	if less := sandbox.Confinement(); less != "" {
		p.caution(less, "clean files of strangers on Linux")
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	var all []cleanedFile
	refused := 0
	m := p.meter("Cleaning")
	for i, name := range c.Files {
		f := cleanedFile{from: name}
		var err error
		if f.to, f.report, err = cleanFile(ctx, name, c.Out, i+1); err != nil {
			r, ok := errors.AsType[*clean.Refused](err)
			if !ok {
				return err
			}
			f.refused = r
			refused++
		}
		all = append(all, f)
		fmt.Fprintln(p.out, f.line())
		if len(c.Files) > 1 {
			m.show(int64(i+1), int64(len(c.Files)))
		}
	}
	m.end()
	if c.Report != "" {
		if err := writeCleanReport(c.Report, all); err != nil {
			return err
		}
	}
	named, err := c.named(p, all)
	switch {
	case err != nil:
		return err
	case named > 0:
		return found(fmt.Sprintf("%d of the cleaned files name somebody of the list, or could not be read", named), "see habeas gate for the places")
	case refused > 0:
		return found(fmt.Sprintf("%d of %d files could not be cleaned and were not written", refused, len(all)), "convert them to a format that is known, such as PNG, MP4 or PDF, and look at what comes of it")
	}
	return nil
}

// cleanFile cleans a file into dir, and returns what it is called there.
func cleanFile(ctx context.Context, name, dir string, number int) (string, *clean.Report, error) {
	in, err := os.Open(name)
	if err != nil {
		return "", nil, err
	}
	defer in.Close()
	tmp, err := os.CreateTemp(dir, ".habeas-*")
	if err != nil {
		return "", nil, err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	report, err := clean.Confined(ctx, tmp, in)
	if err != nil {
		return "", nil, err
	}
	to := filepath.Join(dir, fmt.Sprintf("%04d%s", number, report.Kind.Ext))
	if err := os.Link(tmp.Name(), to); err != nil { // never over another
		return "", nil, err
	}
	return to, report, nil
}

// line says in one line what came of a file.
func (f cleanedFile) line() string {
	if f.refused != nil {
		return fmt.Sprintf("%s: refused: %s", f.from, strings.TrimPrefix(f.refused.Error(), "clean: "))
	}
	counts := map[string]int{}
	var whats []string
	for _, r := range f.report.Removed {
		if counts[r.What]++; counts[r.What] == 1 {
			whats = append(whats, r.What)
		}
	}
	left := "nothing was left out"
	if len(whats) > 0 {
		if len(whats) > 6 {
			whats = append(whats[:6], fmt.Sprintf("%d more kinds", len(whats)-6))
		}
		left = "left out: " + strings.Join(whats, ", ")
	}
	return fmt.Sprintf("%s -> %s (%s), %s", f.from, f.to, f.report.Kind.Name, left)
}

// writeCleanReport writes all that was left out, with its words. The file must not
// be there.
func writeCleanReport(file string, all []cleanedFile) error {
	var b strings.Builder
	b.WriteString("What was left out of each file. This page has the words that stood there: keep it apart from the files.\n")
	for _, f := range all {
		fmt.Fprintf(&b, "\n%s\n", f.line())
		if f.refused != nil {
			continue
		}
		for _, r := range f.report.Removed {
			fmt.Fprintf(&b, "  %s", r.What)
			if r.Where != "" {
				fmt.Fprintf(&b, " in %s", r.Where)
			}
			if r.Bytes > 0 {
				fmt.Fprintf(&b, ", %d bytes", r.Bytes)
			}
			if r.Value != "" {
				fmt.Fprintf(&b, ": %s", r.Value)
			}
			b.WriteByte('\n')
		}
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := out.WriteString(b.String()); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// named returns how many of the cleaned files name somebody, or can't be read for
// names. Pictures, films and sound are not read.
func (c *cleanCommand) named(p *program, all []cleanedFile) (n int, err error) {
	if c.Names == "" {
		return 0, nil
	}
	ix, err := (&gateCommand{Names: c.Names}).index()
	if err != nil {
		return 0, err
	}
	for _, f := range all {
		if f.report == nil || strings.HasPrefix(f.report.Kind.Media, "video/") || strings.HasPrefix(f.report.Kind.Media, "audio/") {
			continue
		}
		l := p.lookThrough(f.to, ix, gate.Options{Pictures: true})
		if len(l.hits)+len(l.unread) > 0 {
			n++
			fmt.Fprintf(p.err, "%s: %d places name somebody, %d can't be read\n", f.to, len(l.hits), len(l.unread))
		}
	}
	return n, nil
}
