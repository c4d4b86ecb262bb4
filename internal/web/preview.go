package web

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"habeas"
	"habeas/claim"
	"habeas/gate"
)

// A fileView is a file of a dossier, as text.
type fileView struct {
	Anchor, Name, Lang string
	Source             bool // the source of a page, not the text itself
	Runs               []fileRun
}

// A fileRun is a stretch of a file. That of a hit that must go has no words of the
// file.
type fileRun struct {
	Text   string
	Sort   string // "withheld", "review", "suspect" or "changed"; "" for plain text
	Anchor string
}

// line says on which line of its file a byte is.
func (t teller) line(files []gate.File, name string, at int) string {
	n := 0
	for _, f := range files {
		if f.Name == name {
			n = 1 + bytes.Count(f.Bytes[:min(at, len(f.Bytes))], []byte("\n"))
		}
	}
	return t.p.T("ui.out.hit.line", name, n)
}

// fileView shows a file with every hit that must go covered up, and marks what is
// to be decided.
func (t teller) fileView(f gate.File, p *habeas.Preview, lang string, n int) fileView {
	v := fileView{Anchor: "file-" + strconv.Itoa(n), Name: f.Name, Lang: lang, Source: !strings.HasPrefix(f.Media, "text/plain")}
	type cover struct {
		start, end int
		run        fileRun
	}
	var covers []cover
	add := func(start, end int, run fileRun) {
		if 0 <= start && start < end && end <= len(f.Bytes) {
			covers = append(covers, cover{start, end, run})
		}
	}
	for i, h := range p.Hits {
		if h.File != f.Name || h.InName || h.Part != "" {
			continue
		}
		run := fileRun{Sort: "withheld", Anchor: "hit-" + strconv.Itoa(i+1), Text: t.p.T("ui.out.covered", t.covered().who(claim.Ref(h.Person)).Text)}
		if h.Verdict == gate.Review {
			run.Sort, run.Text = "review", ""
		}
		add(h.Start, h.End, run)
	}
	for i, w := range p.Warnings {
		for j, s := range w.Places {
			if f.Name == wordsFile(p) {
				add(s.From, s.Till, fileRun{Sort: "suspect", Anchor: warnAnchor(i, j)})
			}
		}
	}
	for i, c := range p.Changed {
		if f.Name == wordsFile(p) {
			add(c.From, c.Till, fileRun{Sort: "changed", Anchor: changeAnchor(i)})
		}
	}
	// Where two overlap, what is covered up is, whole.
	slices.SortStableFunc(covers, func(a, b cover) int { return cmp.Compare(a.start, b.start) })
	at := 0
	for i, c := range covers {
		if c.run.Sort != "withheld" {
			for _, o := range covers[i+1:] {
				if o.run.Sort == "withheld" {
					c.end = min(c.end, o.start)
				}
			}
		}
		if c.start > at {
			v.Runs = append(v.Runs, fileRun{Text: strings.ToValidUTF8(string(f.Bytes[at:c.start]), "")})
		}
		from := max(at, c.start)
		if c.run.Text == "" && from < c.end {
			c.run.Text = strings.ToValidUTF8(string(f.Bytes[from:c.end]), "")
		}
		if c.run.Text != "" {
			v.Runs = append(v.Runs, c.run)
		}
		at = max(at, c.end)
	}
	v.Runs = append(v.Runs, fileRun{Text: strings.ToValidUTF8(string(f.Bytes[at:]), "")})
	return v
}
