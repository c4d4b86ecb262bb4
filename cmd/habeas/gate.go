package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"habeas/gate"
	"habeas/internal/locale"
)

type gateCommand struct {
	Names    string   `required:"" placeholder:"FILE" help:"The names: JSON lines {\"id\",\"parts\":[{\"kind\",\"text\"}]}."`
	Pictures bool     `help:"Somebody looked at all pictures: nobody can be recognised in them, and no name is to be read."`
	OCR      string   `name:"ocr" placeholder:"LANGS" help:"Read pictures and pages without text by tesseract, in languages such as rus+ukr+eng."`
	Report   string   `placeholder:"FILE" help:"Also write what was found for people to read."`
	Texts    []string `arg:"" name:"text" help:"The texts to look through: plain text, Markdown, HTML, CSV or JSON in UTF-8, PDF or documents of an office; - is the input."`
}

// maxText is the longest text that is looked through, in bytes.
const maxText = 64 << 20

// Run writes each place where somebody of the list can be recognised as a JSON
// line, as it comes to it. It fails with exit code 1 if one of them blocks, and
// otherwise with 2 if a text cannot be read.
func (c *gateCommand) Run(ctx context.Context, p *program) error {
	ix, err := c.index()
	if err != nil {
		return err
	}
	opt := gate.Options{Pictures: c.Pictures}
	if c.OCR != "" {
		if opt.OCR, opt.Pages, err = ocr(ctx, c.OCR); err != nil {
			return err
		}
	}
	var all []looked
	blocked, unread := 0, 0
	m := p.meter("Looking through")
	for i, text := range c.Texts {
		l := p.lookThrough(text, ix, opt)
		if err := gate.WriteHits(p.out, l.hits); err != nil {
			return err
		}
		blocked += l.blocks()
		if len(l.unread) > 0 {
			unread++
		}
		for _, u := range l.unread {
			fmt.Fprintf(p.err, "%s: %s\n", text, u)
		}
		all = append(all, l)
		if len(c.Texts) > 1 {
			m.show(int64(i+1), int64(len(c.Texts)))
		}
	}
	m.end()
	if c.Report != "" {
		if err := writeReport(c.Report, all); err != nil {
			return err
		}
	}
	switch {
	case blocked > 0:
		return found(fmt.Sprintf("%d places name somebody of the list", blocked), "take the names out before it leaves; verdicts of review are for you to judge")
	case unread > 0:
		return refuse(fmt.Sprintf("%d of %d texts could not be read, and may hold any name", unread, len(c.Texts)))
	}
	return nil
}

// index compiles the names under a key that nobody else ever has.
func (c *gateCommand) index() (*gate.Index, error) {
	f, err := os.Open(c.Names)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	people, err := gate.ReadNames(f)
	if err != nil {
		return nil, err
	}
	if len(people) == 0 {
		return nil, refuse("the names file holds nobody", `each line is {"id": "1", "parts": [{"kind": "family", "text": "…"}]}`)
	}
	var key gate.Key
	rand.Read(key[:])
	ix, compiler := gate.NewIndex(key), gate.NewCompiler(key)
	for id, names := range people {
		if err := ix.Add(id, compiler.Compile(names...), false); err != nil {
			return nil, err
		}
	}
	return ix, nil
}

// looked is what was found in one text.
type looked struct {
	text   string
	bytes  []byte
	hits   []gate.Hit
	unread []string // why it, or a part of it, can't be read
}

func (l looked) blocks() (n int) {
	for _, h := range l.hits {
		if h.Verdict == gate.Block {
			n++
		}
	}
	return n
}

// lookThrough looks through one text.
func (p *program) lookThrough(text string, ix *gate.Index, opt gate.Options) looked {
	l := looked{text: text}
	b, err := p.readText(text)
	if err == nil {
		l.bytes = b
		file := gate.File{Name: plainName(text), Media: mediaOf(text), Bytes: b}
		_, err = gate.Check(gate.Draft{Files: []gate.File{file}}, ix, opt)
	}
	refusal, ok := errors.AsType[*gate.Refusal](err)
	if !ok {
		if err != nil {
			l.unread = []string{explained(err).what}
		}
		return l
	}
	l.hits = refusal.Hits
	for i := range l.hits {
		l.hits[i].File = text
	}
	words := locale.New("en")
	for _, u := range refusal.Unread {
		why := words.T("gate.unreadable." + string(u.Reason))
		if u.Part != "" {
			why = u.Part + ": " + why
		}
		l.unread = append(l.unread, why)
	}
	return l
}

func (p *program) readText(name string) ([]byte, error) {
	in := p.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err == nil && len(b) > maxText {
		err = refuse(fmt.Sprintf("is longer than %d MB", maxText>>20))
	}
	return b, err
}

// plainName returns the last part of a path, which the gate reads too.
func plainName(text string) string {
	if text == "-" {
		return "input"
	}
	return strings.ReplaceAll(path.Base(filepath.ToSlash(text)), `\`, "_")
}

// mediaOf returns the media type that the suffix stands for. What has none is
// taken as plain text; the gate refuses what it then cannot read.
func mediaOf(text string) string {
	switch strings.ToLower(filepath.Ext(text)) {
	case ".html", ".htm", ".xhtml":
		return "text/html; charset=utf-8"
	case ".md", ".markdown":
		return "text/markdown; charset=utf-8"
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".json":
		return "application/json"
	case "", ".txt", ".text":
		return "text/plain; charset=utf-8"
	}
	return cmp.Or(gate.MediaOf(text), "application/octet-stream")
}
