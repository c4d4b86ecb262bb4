package habeas

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"

	"habeas/fault"
	"habeas/letter"
)

// A templateBook holds the templates that letters are written from: those of the
// program and, if the office has a folder of its own, those in it. While something is
// wrong with a file there, the last that held are used.
type templateBook struct {
	mu     sync.Mutex
	set    *letter.Set
	faults []*letter.SyntaxError
	mark   string // of the files, as they were last read
}

// Templates returns the templates that letters can be written from. faulty says that
// the folder of the office holds one that can't be used, so that none that came with
// it is. Files that changed are read anew.
func (d *Desk) Templates(by Actor) (set *letter.Set, faulty bool, err error) {
	if err := d.may(by, read); err != nil {
		return nil, false, err
	}
	set, faults := d.templates()
	return set, len(faults) > 0, nil
}

// TemplateFaults returns what is wrong with the templates of the office, to keepers
// and auditors: the first in each file.
func (d *Desk) TemplateFaults(by Actor) ([]*letter.SyntaxError, error) {
	if err := d.may(by, audit); err != nil {
		return nil, err
	}
	_, faults := d.templates()
	return faults, nil
}

// templates reads the folder of the office, if its files are others than before. What
// is wrong is logged once, by file and line, and never by the words that stand there.
func (d *Desk) templates() (*letter.Set, []*letter.SyntaxError) {
	b := &d.letters
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.set == nil {
		b.set = letter.Builtin()
	}
	if d.cfg.Templates == "" {
		return b.set, nil
	}
	dir := os.DirFS(d.cfg.Templates)
	mark := folderMark(dir)
	if mark == b.mark {
		return b.set, b.faults
	}
	b.mark = mark
	set, err := letter.Builtin().With(dir)
	if b.faults = letter.Faults(err); len(b.faults) == 0 {
		b.set = set
		d.cfg.Log.Info("templates of the office were read", slog.Int("templates", len(set.All())-len(letter.Builtin().All())))
		return b.set, nil
	}
	for _, f := range b.faults {
		file := f.File
		if !letter.IsKey(strings.TrimSuffix(file, ".txt")) {
			file = "" // it may be called after somebody
		}
		d.cfg.Log.Error("A TEMPLATE OF THE OFFICE CANNOT BE USED: none that was changed is, and those before stay",
			slog.String("file", file), slog.Int("line", f.Line), slog.String("fault", f.Code))
	}
	return b.set, b.faults
}

// folderMark tells the files of a folder from others, as far as their names, sizes and
// times do.
func folderMark(dir fs.FS) string {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return "unreadable"
	}
	var b strings.Builder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		fmt.Fprintf(&b, "%q %d %d %s\n", e.Name(), info.Size(), info.ModTime().UnixNano(), info.Mode())
	}
	return "read " + b.String()
}

// fill fills the template or the form of a procedure that a letter is to be. One of
// the office is kept with the letter: what was approved stays what it was, whatever
// becomes of the file.
func fill(l *drafted, lang string, f letter.Facts) (*letter.Letter, error) {
	if text := l.typed.Template; text != "" {
		t, err := letter.Parse(l.Form+".txt", []byte(text))
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "dossier.damaged")
		}
		if t.Lang == lang {
			return t.Fill(f)
		}
	} else if t, ok := letter.Builtin().Get(l.Form); ok && t.Lang == lang {
		return t.Fill(f)
	} else if p, ok := letter.ProcedureByID(l.Form); ok {
		return p.Fill(f, lang)
	}
	return nil, fault.New(fault.Invalid, "letter.bad_language", fault.Field("letter_form"))
}

// takeTemplate has a letter keep the template of the office that it is made from.
// What that is called stands on the body side.
func (d *Desk) takeTemplate(ctx context.Context, by Actor, k caseKeys, l *drafted) error {
	if l == nil {
		return nil
	}
	set, _ := d.templates()
	t, ok := set.Get(l.Form)
	if !ok || t.Source() == "" {
		return nil
	}
	l.typed.Template = t.Source()
	return d.nameFree(ctx, by, k.circle, l.Form)
}

// templateWords returns the words of a template of the office, line by line: somebody
// may have written a name into it.
func templateWords(l *drafted) []string {
	if l.typed.Template == "" {
		return nil
	}
	t, err := letter.Parse(l.Form+".txt", []byte(l.typed.Template))
	if err != nil {
		return nil // it is refused where it is filled
	}
	return t.Words()
}
