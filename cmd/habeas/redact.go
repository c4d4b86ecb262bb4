package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"habeas/clean"
	"habeas/internal/sandbox"
	"habeas/redact"
)

type redactCommand struct {
	Box    []string `sep:"none" placeholder:"[PAGE:]L,T,R,B[@FROM-TO]" help:"A part to take out, as seen: left, top, right and bottom in per cent of width and height; of a PDF behind its page, of a film with its time. Again for each part."`
	Word   []string `sep:"none" placeholder:"WORD" help:"Of a PDF: a word to take out wherever it can be read, with the word around it. Again for each, and for each of its forms."`
	Mute   []string `sep:"none" placeholder:"FROM-TO" help:"Of a film or of sound: a time without sound, such as 1:05-1:20.5 or 90- for all the rest. Again for each."`
	Out    string   `required:"" placeholder:"FILE" help:"Where the new file goes; it must not be there."`
	Report string   `placeholder:"FILE" help:"Write what was done, and all else that was left out, with its words. Keep it apart."`
	File   string   `arg:"" help:"A picture (JPEG, PNG, GIF, HEIC, AVIF, WebP, BMP, TIFF), a PDF, a film or sound. It is not changed."`
}

// Run takes the parts out of a copy of the file, in processes that can do nothing
// else. It fails with exit code 1 if words may be left.
func (c *redactCommand) Run(ctx context.Context, p *program) error {
	plan, err := c.plan()
	if err != nil {
		return err
	}
	if less := sandbox.Confinement(); less != "" {
		p.caution(less, "open files of strangers on Linux")
	}
	in, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	made, err := sandbox.MemoryFile()
	if err != nil {
		return err
	}
	defer made.Close()
	r, err := redact.Confined(ctx, made, in, plan)
	if err != nil {
		return redactRefused(err)
	}
	if err := c.write(made); err != nil {
		return err
	}
	if c.Report != "" {
		if err := c.writeReport(in, made, r); err != nil {
			return err
		}
	}
	for _, line := range append([]string{fmt.Sprintf("%s -> %s (%s), %d parts taken out. Look at it before it leaves.", c.File, c.Out, r.Kind.Name, r.Parts)}, redactNotes(r)...) {
		fmt.Fprintln(p.out, line)
	}
	if ext := filepath.Ext(c.Out); !strings.EqualFold(ext, r.Kind.Ext) {
		p.caution(fmt.Sprintf("%s is a file of %s now", c.Out, r.Kind.Name), "call it "+strings.TrimSuffix(c.Out, ext)+r.Kind.Ext)
	}
	return left(r, c.Word)
}

// plan reads what is asked for.
func (c *redactCommand) plan() (plan redact.Plan, err error) {
	for _, text := range c.Box {
		cut, err := readCut(text)
		if err != nil {
			return plan, err
		}
		plan.Cuts = append(plan.Cuts, cut)
	}
	for _, text := range c.Mute {
		span, err := readSpan(text)
		if err != nil {
			return plan, err
		}
		plan.Mute = append(plan.Mute, span)
	}
	plan.Words = c.Word
	if len(plan.Cuts)+len(plan.Mute)+len(plan.Words) == 0 {
		return plan, refuse("nothing is to be taken out", "give --box, --word or --mute; see habeas redact --help")
	}
	return plan, nil
}

// redactRefused says why a file was not redacted, and what to do.
func redactRefused(err error) error {
	if missing, ok := errors.AsType[*sandbox.Missing](err); ok {
		return refuse("this file "+missing.Error(), "install it, and try again")
	}
	if refused, ok := errors.AsType[*clean.Refused](err); ok {
		return refuse("the file could not be redacted: "+strings.TrimPrefix(refused.Error(), "clean: "), "convert it to a format that is known, such as PNG, MP4 or PDF")
	}
	hints := map[error]string{
		redact.ErrUnknown: "convert it with a program you trust to PNG", redact.ErrNothing: "give a part that lies in it: of a PDF with the page before it, such as 1:10,20,30,40",
		redact.ErrFormat: "make a PDF of it and redact that (of a TIFF with several pages too), or take the words out of a working copy and clean it with habeas clean",
		redact.ErrSound:  "use --word for PDF, --mute for films and sound, and --box for pictures, PDF and films",
		redact.ErrBroken: "convert it with a program you trust to PNG, MP4 or PDF", redact.ErrLarge: "make it smaller or shorter with a program you trust",
		sandbox.ErrWalls: "redact films, sound, and pictures other than JPEG, PNG and GIF on a Linux that lets users make namespaces (sysctl kernel.unprivileged_userns_clone, or apparmor_restrict_unprivileged_userns)",
	}
	for known, hint := range hints {
		if errors.Is(err, known) {
			return refuse(strings.TrimPrefix(strings.TrimPrefix(known.Error(), "redact: "), "sandbox: "), hint)
		}
	}
	return err
}

// redactNotes says in lines what was done besides.
func redactNotes(r *redact.Report) (lines []string) {
	for _, w := range slices.Sorted(maps.Keys(r.Words)) {
		lines = append(lines, fmt.Sprintf("%q was taken out %d times", w, r.Words[w]))
	}
	if len(r.Pages) > 0 {
		lines = append(lines, fmt.Sprintf("pages that are pictures now, since parts of what they are drawn with can't be taken out: %s", numbers(r.Pages)))
	}
	if len(r.Unread) > 0 {
		lines = append(lines, fmt.Sprintf("pages with pictures, patterns or masks, or with letters that don't say what they are, where words were not looked for: %s", numbers(r.Unread)))
	}
	if r.Unproved {
		lines = append(lines, "it was not drawn to see that nothing is left in the boxes: that needs pdftoppm (apt install poppler-utils)")
	}
	return lines
}

// left is an error if words may be left.
func left(r *redact.Report, words []string) error {
	var none []string
	for _, w := range words {
		if r.Words[w] == 0 {
			none = append(none, strconv.Quote(w))
		}
	}
	switch {
	case len(none) > 0:
		return found("not found: "+strings.Join(none, ", "), "look for other forms and spellings, and take out what you see with --box")
	case len(r.Unread) > 0:
		return found("words may be left on pages "+numbers(r.Unread), "look at these pages, and take out what you see with --box")
	}
	return nil
}

func numbers(pages []int) string {
	var out []string
	for _, n := range pages {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}

// write copies what was made to a new file.
func (c *redactCommand) write(made *os.File) error {
	if _, err := made.Seek(0, io.SeekStart); err != nil {
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, made); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// writeReport writes the report of package clean, with what was taken out before it.
func (c *redactCommand) writeReport(in, made *os.File, r *redact.Report) error {
	f := cleanedFile{from: c.File, to: c.Out, report: r.Clean}
	for _, line := range redactNotes(r) {
		f.notes = append(f.notes, line)
	}
	f.notes = append(f.notes, fmt.Sprintf("%d parts taken out", r.Parts))
	for _, asked := range slices.Concat(c.Box, c.Mute) {
		f.notes = append(f.notes, "asked for: "+asked)
	}
	var err error
	if f.before, err = digestOf(in); err != nil {
		return err
	}
	if f.after, err = digestOf(made); err != nil {
		return err
	}
	return writeCleanReport(c.Report, []cleanedFile{f})
}

// readCut reads a page, four numbers from 0 to 100, and a time; the first and the
// last may be left out.
func readCut(text string) (cut redact.Cut, err error) {
	bad := refuse(fmt.Sprintf("%q is no part of a picture, a page or a film", text), "give left, top, right and bottom in per cent, such as 10,20,35.5,60; of a PDF 3:10,20,35.5,60; of a film 10,20,35.5,60@1:05-1:20")
	box, span, timed := strings.Cut(text, "@")
	if timed {
		if cut.Span, err = readSpan(span); err != nil {
			return cut, err
		}
	}
	if page, rest, paged := strings.Cut(box, ":"); paged {
		if cut.Page, err = strconv.Atoi(page); err != nil || cut.Page < 1 {
			return cut, bad
		}
		box = rest
	}
	parts := strings.Split(box, ",")
	if len(parts) != 4 {
		return cut, bad
	}
	var n [4]float64
	for i, part := range parts {
		if n[i], err = strconv.ParseFloat(part, 64); err != nil || !(n[i] >= 0 && n[i] <= 100) {
			return cut, bad
		}
	}
	if n[0] >= n[2] || n[1] >= n[3] {
		return cut, bad
	}
	down := func(v float64) int { return int(v * 10) }
	up := func(v float64) int { return int(v*10 + 0.999) }
	cut.Box = redact.Box{Left: down(n[0]), Top: down(n[1]), Right: up(n[2]), Bottom: up(n[3])}
	return cut, nil
}

// readSpan reads two times with a hyphen between them; the second may be left out.
func readSpan(text string) (s redact.Span, err error) {
	from, to, ok := strings.Cut(text, "-")
	if ok {
		s.From, ok = readTime(from)
	}
	if ok && to != "" {
		s.To, ok = readTime(to)
		ok = ok && s.To > s.From
	}
	if !ok {
		return s, refuse(fmt.Sprintf("%q is no time of a film or of sound", text), "give from and to in seconds or as minutes and seconds, such as 65-80.5 or 1:05-1:20.5; 65- is all from there")
	}
	return s, nil
}

// readTime reads seconds, with minutes and hours before them if there are any.
func readTime(text string) (time.Duration, bool) {
	parts := strings.Split(text, ":")
	if len(parts) > 3 {
		return 0, false
	}
	total := 0.0
	for i, part := range parts {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || !(n >= 0 && n < 1e6) || i > 0 && n >= 60 || i+1 < len(parts) && n != float64(int(n)) {
			return 0, false
		}
		total = total*60 + n
	}
	return time.Duration(total * float64(time.Second)), true
}
