package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"habeas/gate"
)

type gateCommand struct {
	Names string   `required:"" placeholder:"FILE" help:"The names: JSON lines {\"id\",\"parts\":[{\"kind\",\"text\"}]}."`
	Texts []string `arg:"" name:"text" help:"The texts to look through: plain text, Markdown, HTML, CSV or JSON in UTF-8, PDF or documents of an office; - is the input."`
}

// maxText is the longest text that is looked through, in bytes.
const maxText = 64 << 20

// Run writes each place where somebody of the list can be recognised as a JSON
// line, and fails if one of them blocks or a text cannot be read.
func (c *gateCommand) Run(p *program) error {
	ix, err := c.index()
	if err != nil {
		return err
	}
	blocked, unread := 0, 0
	for _, text := range c.Texts {
		n, err := p.lookThrough(text, ix)
		blocked += n
		if err != nil {
			unread++
			fmt.Fprintf(p.err, "%s: %s\n", text, explained(err).what)
		}
	}
	switch {
	case unread > 0:
		return found(fmt.Sprintf("%d of %d texts could not be read, and may hold any name", unread, len(c.Texts)),
			"give plain text, Markdown, HTML, CSV or JSON in UTF-8")
	case blocked > 0:
		return found(fmt.Sprintf("%d places name somebody of the list", blocked), "take the names out before it leaves; verdicts of review are for you to judge")
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
	ix := gate.NewIndex(key)
	for id, names := range people {
		if err := ix.Add(id, gate.Compile(key, names...), false); err != nil {
			return nil, err
		}
	}
	return ix, nil
}

// lookThrough writes the hits of one text and returns how many of them block.
func (p *program) lookThrough(text string, ix *gate.Index) (blocked int, err error) {
	b, err := p.readText(text)
	if err != nil {
		return 0, err
	}
	file := gate.File{Name: plainName(text), Media: mediaOf(text), Bytes: b}
	_, err = gate.Check(gate.Draft{Files: []gate.File{file}}, ix, gate.Options{})
	refusal, ok := errors.AsType[*gate.Refusal](err)
	if !ok {
		return 0, err
	}
	for i := range refusal.Hits {
		refusal.Hits[i].File = text
		if refusal.Hits[i].Verdict == gate.Block {
			blocked++
		}
	}
	if err := gate.WriteHits(p.out, refusal.Hits); err != nil {
		return blocked, err
	}
	if len(refusal.Unreadable) > 0 {
		return blocked, refuse("cannot be read")
	}
	return blocked, nil
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
