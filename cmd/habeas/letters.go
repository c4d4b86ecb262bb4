package main

import (
	"fmt"
	"os"
	"strings"

	"habeas/custody"
	"habeas/internal/locale"
	"habeas/letter"
)

// lettersCommand has what can be done with templates for letters.
type lettersCommand struct {
	Check lettersCheck `cmd:"" help:"Say what is wrong with the templates in a folder, by file and line."`
	List  lettersList  `cmd:"" help:"List the templates that there are, and the laws and fields that one can name."`
}

type lettersCheck struct {
	Dir string `arg:"" help:"The folder that habeas serve --templates is given."`
}

// Run reads every template in the folder, as serve does. It fails with exit code 1
// if one can't be used: then serve uses none that was added or changed.
func (c *lettersCheck) Run(p *program) error {
	if err := isFolder(c.Dir); err != nil {
		return err
	}
	set, err := letter.Builtin().With(os.DirFS(c.Dir))
	faults := letter.Faults(err)
	words := locale.New("en")
	for _, f := range faults {
		fmt.Fprintf(p.out, "%s:%d: %s\n", custody.Printable(f.File), f.Line, words.T("letter.syntax."+f.Code, custody.Printable(f.Word)))
	}
	if len(faults) > 0 {
		return found(fmt.Sprintf("files that can't be used as templates: %d", len(faults)), "of each file the first fault is said: correct it and check again")
	}
	for _, t := range set.All() {
		if t.Source() != "" {
			fmt.Fprintf(p.out, "%s.txt: good. %s (%s, %s, %s)\n", t.Key, custody.Printable(t.Title), t.Lang, t.Law.ID, t.To)
		}
	}
	return nil
}

type lettersList struct{}

// Run lists what a template can name.
func (c *lettersList) Run(p *program) error {
	words := locale.New("en")
	fmt.Fprintln(p.out, "Templates:")
	for _, t := range letter.Builtin().All() {
		fmt.Fprintf(p.out, "  %-24s %s\n", t.Key, t.Title)
	}
	fmt.Fprintln(p.out, "\nlang:", letter.Langs())
	fmt.Fprintln(p.out, "to:", letter.AddresseeKinds())
	fmt.Fprintln(p.out, "\nlaw, and the fields that it demands (one of those with a stroke between):")
	for _, l := range letter.Laws() {
		fmt.Fprintf(p.out, "  %-18s %s\n", l.ID, l.Cite)
		for _, e := range l.Elements {
			if e.Must && len(e.Fields) > 0 {
				fmt.Fprintf(p.out, "    %s: %s\n", strings.Join(e.Fields, " | "), words.T("letter.element."+e.ID))
			}
		}
	}
	fmt.Fprintln(p.out, "\nFields:")
	for _, f := range letter.Fields() {
		fmt.Fprintf(p.out, "  %s\n", f)
	}
	return nil
}

// isFolder refuses what is no folder.
func isFolder(dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return refuse("there is no folder of templates at "+dir, "make one, with files such as our-complaint.txt in it")
	}
	return nil
}
