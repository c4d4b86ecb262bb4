package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"habeas/clean"
	"habeas/gate"
	"habeas/internal/sandbox"
	"habeas/picture"
	"habeas/redact"
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
	return map[string]sandbox.Task{clean.TaskName: clean.Task, picture.TaskName: picture.Task, redact.TaskName: redact.Task}
}

// A cleanedFile is what came of one file.
type cleanedFile struct {
	from, to string
	report   *clean.Report
	refused  *clean.Refused
	before   digest
	after    digest
	notes    []string // what was done besides, in lines
}

// A digest is how many bytes a file has, and what SHA-256 makes of them.
type digest struct {
	size int64
	sum  [sha256.Size]byte
}

// digestOf reads a file from its beginning.
func digestOf(f *os.File) (d digest, err error) {
	if _, err = f.Seek(0, io.SeekStart); err != nil {
		return d, err
	}
	h := sha256.New()
	if d.size, err = io.Copy(h, f); err != nil {
		return d, err
	}
	h.Sum(d.sum[:0])
	return d, nil
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
	all, refused, err := c.cleanAll(ctx, p)
	if err != nil {
		return err
	}
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

// cleanAll cleans the files, as many at once as there are processors, and says of
// each in turn what came of it.
func (c *cleanCommand) cleanAll(ctx context.Context, p *program) (all []cleanedFile, refused int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	type result struct {
		cleanedFile
		err error
	}
	results := make([]chan result, len(c.Files))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(c.Files), mostAtOnce) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(c.Files); i = int(next.Add(1)) - 1 {
				r := result{cleanedFile: cleanedFile{from: c.Files[i]}}
				r.err = r.clean(ctx, c.Out, i+1, c.Report != "")
				results[i] <- r
			}
		})
	}
	defer workers.Wait()
	defer cancel()
	m := p.meter("Cleaning")
	defer m.end()
	for i := range c.Files {
		r := <-results[i]
		if r.err != nil {
			var ok bool
			if r.refused, ok = errors.AsType[*clean.Refused](r.err); !ok {
				return nil, 0, r.err
			}
			refused++
		}
		all = append(all, r.cleanedFile)
		fmt.Fprintln(p.out, r.line())
		if len(c.Files) > 1 {
			m.show(int64(i+1), int64(len(c.Files)))
		}
	}
	return all, refused, nil
}

// mostAtOnce bounds how much memory cleaning takes: each file may take two
// gigabytes.
const mostAtOnce = 4

// clean cleans the file into dir, and notes what it is called there; and, if asked
// to, how both can be told from others.
func (f *cleanedFile) clean(ctx context.Context, dir string, number int, digests bool) error {
	in, err := os.Open(f.from)
	if err != nil {
		return err
	}
	defer in.Close()
	if digests {
		if f.before, err = digestOf(in); err != nil {
			return err
		}
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	tmp, err := os.CreateTemp(dir, ".habeas-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if f.report, err = clean.Confined(ctx, tmp, in); err != nil {
		return err
	}
	if digests {
		if f.after, err = digestOf(tmp); err != nil {
			return err
		}
	}
	f.to = filepath.Join(dir, fmt.Sprintf("%04d%s", number, f.report.Kind.Ext))
	return os.Link(tmp.Name(), f.to) // never over another
}

// line says in one line what came of a file.
func (f cleanedFile) line() string {
	if f.refused != nil {
		return fmt.Sprintf("%s: refused: %s", f.from, strings.TrimPrefix(f.refused.Error(), "clean: "))
	}
	left := "nothing was left out"
	if all := kindsOf(f.report.Removed, false); all != "" {
		left = "left out: " + all
	}
	if all := kindsOf(f.report.Removed, true); all != "" {
		left += "; NO LONGER SHOWN: " + all
	}
	return fmt.Sprintf("%s -> %s (%s), %s", f.from, f.to, f.report.Kind.Name, left)
}

// kindsOf says in one line what was left out: of what was shown, or of the rest.
func kindsOf(removed []clean.Removed, shown bool) string {
	const most = 6
	var whats []string
	more := 0
	for _, r := range removed {
		switch {
		case r.Shown != shown || slices.Contains(whats, r.What):
		case len(whats) < most:
			whats = append(whats, r.What)
		default:
			more++
		}
	}
	if more > 0 {
		whats = append(whats, fmt.Sprintf("%d more", more))
	}
	return strings.Join(whats, ", ")
}

// writeCleanReport writes all that was left out, with its words. The file must not
// be there.
func writeCleanReport(file string, all []cleanedFile) error {
	var b strings.Builder
	b.WriteString("What was left out of each file. This page has the words that stood there: keep it apart from the files.\n")
	for _, f := range all {
		fmt.Fprintf(&b, "\n%s\n  before: %d bytes, SHA-256 %x\n", f.line(), f.before.size, f.before.sum)
		if f.refused != nil {
			continue
		}
		fmt.Fprintf(&b, "  after:  %d bytes, SHA-256 %x\n", f.after.size, f.after.sum)
		for _, note := range f.notes {
			fmt.Fprintf(&b, "  %s\n", note)
		}
		for _, r := range f.report.Removed {
			fmt.Fprintf(&b, "  %s", r.What)
			if r.Where != "" {
				fmt.Fprintf(&b, " in %s", r.Where)
			}
			if r.Bytes > 0 {
				fmt.Fprintf(&b, ", %d bytes", r.Bytes)
			}
			if r.Shown {
				b.WriteString(", which was shown")
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
