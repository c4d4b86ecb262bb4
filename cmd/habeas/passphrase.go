package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"habeas"
	"habeas/paper"
	"habeas/vault"
)

// maxPassphraseLine is the most that is read of a passphrase, in bytes.
const maxPassphraseLine = 4 << 10

// secretFlag says where a passphrase comes from, if not from the terminal.
type secretFlag struct {
	PassphraseFile string `placeholder:"FILE" help:"Read the passphrase from the first line of FILE, such as /dev/fd/3, instead of asking for it."`
}

// read returns the passphrase of who was named in prompt.
func (s secretFlag) read(ctx context.Context, prompt string) (vault.Text, error) {
	if s.PassphraseFile != "" {
		return passphraseFrom(s.PassphraseFile)
	}
	return ask(ctx, prompt)
}

// choose returns a new passphrase of somebody, which is asked for twice, after one
// was offered that is hard to guess.
func (s secretFlag) choose(ctx context.Context, p *program, m habeas.NewMember) (vault.Text, error) {
	if s.PassphraseFile == "" {
		fmt.Fprintf(p.err, "A passphrase is five or more words that nobody would put together. One that nobody\nwas offered before:\n\n  %s\n\n", paper.Words(paper.PhraseWords).Reveal())
	}
	pass, err := s.read(ctx, "New passphrase of "+m.Handle+": ")
	if err != nil {
		return pass, err
	}
	m.Passphrase = pass
	strength, err := habeas.JudgeMember(m)
	if err != nil {
		return pass, err
	}
	if s.PassphraseFile != "" {
		return pass, nil
	}
	second, err := ask(ctx, "The same once more: ")
	if err == nil && pass.Reveal() != second.Reveal() {
		err = refuse("the two are not the same", "nothing was made; start again")
	}
	if err == nil {
		fmt.Fprintf(p.err, "The passphrase is %s.\n", strength.Word())
	}
	return pass, err
}

// passphraseFrom reads the first line of a file that only its owner may read.
func passphraseFrom(path string) (vault.Text, error) {
	f, err := os.Open(path)
	if err != nil {
		return vault.Text{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return vault.Text{}, err
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return vault.Text{}, refuse("others on this machine may read the passphrase file", "run chmod 600 on it, or better, hand it over as /dev/fd/3")
	}
	text, err := firstLine(f)
	if err == nil && text.Empty() {
		err = refuse("the passphrase is empty")
	}
	return text, err
}

func firstLine(r io.Reader) (vault.Text, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassphraseLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return vault.Text{}, err
	}
	return vault.NewText(strings.TrimRight(line, "\r\n")), nil
}

// ask asks at the terminal, and what is typed is not shown. Neither input nor
// output of the command needs to be the terminal.
func ask(ctx context.Context, prompt string) (vault.Text, error) {
	text, err := prompted(ctx, prompt, false)
	if err == nil && text.Empty() {
		err = refuse("the passphrase is empty")
	}
	return text, err
}

// askLine asks at the terminal, and what is typed is shown.
func askLine(ctx context.Context, prompt string) (vault.Text, error) {
	return prompted(ctx, prompt, true)
}

// hasTerminal reports whether there is somebody to ask.
func hasTerminal() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	return err == nil && tty.Close() == nil
}

// prompted asks at the terminal, which is as it was afterwards.
func prompted(ctx context.Context, prompt string, shown bool) (vault.Text, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return vault.Text{}, refuse("there is no terminal to ask for the passphrase at",
			"name a file that holds it with --passphrase-file, such as /dev/fd/3")
	}
	defer tty.Close()
	fd := int(tty.Fd())
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return vault.Text{}, err
	}
	if !shown {
		silent := *before
		silent.Lflag &^= unix.ECHO
		silent.Lflag |= unix.ICANON | unix.ISIG
		if err := unix.IoctlSetTermios(fd, setTermios, &silent); err != nil {
			return vault.Text{}, err
		}
		defer unix.IoctlSetTermios(fd, setTermios, before)
		defer fmt.Fprintln(tty)
	}
	fmt.Fprint(tty, prompt)
	type answer struct {
		text vault.Text
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		text, err := firstLine(tty)
		typed <- answer{text, err}
	}()
	select {
	case a := <-typed:
		return a.text, a.err
	case <-ctx.Done():
		return vault.Text{}, ctx.Err()
	}
}

// isTerminal reports whether w is one.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	return err == nil
}
