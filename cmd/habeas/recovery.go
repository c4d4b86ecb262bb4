package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"habeas"
	"habeas/fault"
	"habeas/ledger"
	"habeas/paper"
	"habeas/vault"
)

type recoveryCommand struct {
	Restore restoreCommand `cmd:"" help:"Make a new keeper from two recovery sheets. The server must be stopped."`
	Drill   drillCommand   `cmd:"" help:"Try whether two sheets work. Opens no circle and changes nothing. The server must be stopped."`
	Pepper  pepperCommand  `cmd:"" help:"Write the pepper file anew from the pepper's sheet."`
}

// sheetsFlag says where sheets are typed, if not at the terminal.
type sheetsFlag struct {
	SheetsFile string `placeholder:"FILE" help:"Read the sheets from FILE, with a blank line between, instead of asking for them."`
}

type restoreCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Handle string `help:"What the new keeper types to log in. Asked for if it is not said."`
	Name   string `help:"What colleagues call the new keeper. Asked for if it is not said."`
	sheetsFlag
	secretFlag
}

// Run reads two sheets, makes a keeper of whoever typed them, and shows new
// sheets. The old ones are dead then.
func (c *restoreCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	return p.atDesk(p.config(c.Dir, c.Pepper), func(d *habeas.Desk) error {
		a, b, err := c.two(ctx, p)
		if err != nil {
			return err
		}
		for _, q := range []struct {
			what, flag string
			to         *string
		}{{"What you will type to log in: ", "--handle", &c.Handle}, {"What colleagues call you: ", "--name", &c.Name}} {
			if *q.to != "" {
				continue
			}
			if !hasTerminal() {
				return refuse(q.flag+" is missing, and there is no terminal to ask at", "see habeas recovery restore --help")
			}
			answer, err := askLine(ctx, q.what)
			if err != nil {
				return err
			}
			*q.to = strings.TrimSpace(answer.Reveal())
		}
		m := habeas.NewMember{Handle: c.Handle, Name: c.Name, Roles: []ledger.Role{ledger.Caseworker, ledger.Keeper}}
		if m.Passphrase, err = c.choose(ctx, p, m); err != nil {
			return err
		}
		set, err := d.Recover(ctx, a, b, m)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s is a keeper now, and holds what the sheets opened. The sheets you typed open\nnothing any more; burn them. These take their place:\n", c.Handle)
		if err := p.printSheets(set, d.Root()); err != nil {
			return err
		}
		by, err := logIn(ctx, d, m.Handle, m.Passphrase)
		if err != nil {
			return err
		}
		bar := p.meter("renewing keys")
		defer bar.end()
		if err := d.RenewKeys(ctx, by, func(done, total int) { bar.show(int64(done), int64(total)) }); err != nil {
			return err
		}
		if by, err = logIn(ctx, d, m.Handle, m.Passphrase); err != nil {
			return err // with the new keys
		}
		return p.checkBack(ctx, d, by, len(set.Sheets))
	})
}

type drillCommand struct {
	Dir    string `arg:"" help:"The data directory."`
	Pepper string `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	sheetsFlag
}

// Run tries two sheets on bytes that were made to be opened by a drill.
func (c *drillCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	return p.atDesk(p.config(c.Dir, c.Pepper), func(d *habeas.Desk) error {
		a, b, err := c.two(ctx, p)
		if err != nil {
			return err
		}
		if err := d.Drill(ctx, a, b); err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.out, "The two sheets work. No circle was opened; keepers will see that a drill was held today.\nPut the sheets back where they were, and clear this screen.")
		return err
	})
}

type pepperCommand struct {
	Dir    string `arg:"" help:"The data directory, to compare the sheet with."`
	Pepper string `placeholder:"FILE" help:"Where the pepper is written; DIR.pepper unless somewhere else. It must not exist."`
	sheetsFlag
}

// Run writes the pepper of a sheet to a file.
func (c *pepperCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	sheets, err := c.read(ctx, p, "The pepper's sheet")
	if err != nil {
		return err
	}
	path := c.Pepper
	if path == "" {
		path = habeas.PepperBeside(c.Dir)
	}
	if err := safePlace(path); err != nil {
		return err
	}
	if err := habeas.WritePepper(c.Dir, path, sheets[0]); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "The pepper is in %s, readable for this user alone. Its check code is %s.\n", path, sheets[0].Check())
	return err
}

// atDesk opens an office that no server has open, does something and closes it.
func (p *program) atDesk(cfg habeas.Config, do func(d *habeas.Desk) error) error {
	d, err := habeas.Open(cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(d), d.Close())
}

func (s sheetsFlag) two(ctx context.Context, p *program) (a, b paper.Sheet, err error) {
	sheets, err := s.read(ctx, p, "Sheet 1", "Sheet 2")
	if err != nil {
		return a, b, err
	}
	return sheets[0], sheets[1], nil
}

// read reads sheets, from a file or from a person, who is told at once where a
// mistake is and types that sheet's line again.
func (s sheetsFlag) read(ctx context.Context, p *program, names ...string) ([]paper.Sheet, error) {
	if s.SheetsFile != "" {
		return sheetsFrom(s.SheetsFile, len(names))
	}
	if !hasTerminal() {
		return nil, refuse("there is no terminal to type the sheets at", "name a file that holds them with --sheets-file")
	}
	var sheets []paper.Sheet
	for _, name := range names {
		sheet, err := typeSheet(ctx, p, name)
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, sheet)
	}
	return sheets, nil
}

// maxTries is how often one sheet may be typed.
const maxTries = 5

func typeSheet(ctx context.Context, p *program, name string) (sheet paper.Sheet, err error) {
	fmt.Fprintf(p.err, "%s: type its four lines as they stand, four groups a line.\n", name)
	for range maxTries {
		var lines []string
		for n := 1; n <= 4; n++ {
			line, err := askLine(ctx, fmt.Sprintf("%s, line %d of 4: ", name, n))
			if err != nil {
				return sheet, err
			}
			lines = append(lines, line.Reveal())
		}
		if sheet, err = paper.Read(vault.NewText(strings.Join(lines, "\n"))); err == nil {
			return sheet, nil
		}
		p.warn(err, "type this sheet again")
	}
	return sheet, err
}

// sheetsFrom reads sheets from a file that only its owner may read.
func sheetsFrom(path string, n int) (sheets []paper.Sheet, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return nil, refuse("others on this machine may read the file with the sheets", "run chmod 600 on it, and delete it afterwards")
	}
	var parts []string
	lines := bufio.NewScanner(io.LimitReader(f, 16<<10))
	part := ""
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) != "" {
			part += lines.Text() + "\n"
			continue
		}
		if part != "" {
			parts = append(parts, part)
		}
		part = ""
	}
	if part != "" {
		parts = append(parts, part)
	}
	if lines.Err() != nil || len(parts) != n {
		return nil, refuse(fmt.Sprintf("the file holds %d sheets, and %d are needed", len(parts), n), "keep sheets apart by a blank line, and leave out everything but their groups")
	}
	for _, text := range parts {
		sheet, err := paper.Read(vault.NewText(text))
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, sheet)
	}
	return sheets, nil
}

// sheetNames say what is on a sheet, and where it is kept.
func sheetNames(k paper.Kind) (name, keep string) {
	const half = "Keep it apart from the other half, from the pepper and from the machine."
	switch k {
	case paper.First:
		return "RECOVERY, SHEET 1 OF 2", half
	case paper.Second:
		return "RECOVERY, SHEET 2 OF 2", half
	case paper.SuccessionFirst:
		return "SUCCESSION, SHEET 1 OF 2", half
	case paper.SuccessionSecond:
		return "SUCCESSION, SHEET 2 OF 2", half
	}
	return "THE PEPPER", "Keep it apart from the data and its backups."
}

// printSheets writes sheets, this once.
func (p *program) printSheets(set habeas.PaperSet, root ledger.ID) error {
	var b strings.Builder
	for _, s := range set.Sheets {
		name, keep := sheetNames(s.Kind)
		fmt.Fprintf(&b, "\n  ------------------------------------------------------------\n  %s   office %s   %s\n\n", name, root.String()[:8], set.Made.Format("2006-01-02"))
		for i, line := range strings.Split(s.Text().Reveal(), "\n") {
			fmt.Fprintf(&b, "  %2d   %s\n", i*4+1, strings.ReplaceAll(line, " ", "   "))
		}
		fmt.Fprintf(&b, "\n  check code  %s\n  %s\n", s.Check(), keep)
	}
	b.WriteString("\n  ------------------------------------------------------------\n  Digits and capital letters; there is no I, L, O or U. Each group's last sign checks it.\n  Print this or write it off, then clear the screen: it is not shown again.\n")
	_, err := io.WriteString(p.out, b.String())
	return err
}

// checkBack asks for check codes from paper. Nothing is recoverable before.
func (p *program) checkBack(ctx context.Context, d *habeas.Desk, by habeas.Actor, n int) error {
	if hasTerminal() {
		fmt.Fprintf(p.err, "\nType the %d check codes back, from the paper. An empty line is for later, on the page Recovery.\n", n)
		for done := 0; done < n; {
			code, err := askLine(ctx, fmt.Sprintf("Check code (%d of %d): ", done+1, n))
			if err != nil {
				return err
			}
			if strings.TrimSpace(code.Reveal()) == "" {
				break
			}
			_, err = d.CheckSheets(ctx, by, []string{code.Reveal()})
			if fault.KindOf(err) == fault.Invalid {
				p.warn(err, "look at the paper again")
				continue
			}
			if err != nil {
				return err
			}
			done++
		}
	}
	r, err := d.Recovery(ctx, by)
	if err != nil {
		return err
	}
	if r.Now.Ready() {
		_, err = fmt.Fprintln(p.out, "The office is recoverable.")
	} else {
		_, err = fmt.Fprintln(p.out, "The office is not recoverable yet: type the check codes back on the page Recovery.")
	}
	return err
}
