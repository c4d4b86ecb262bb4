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

// choose returns a new passphrase, which is asked for twice.
func (s secretFlag) choose(ctx context.Context, prompt string) (vault.Text, error) {
	first, err := s.read(ctx, prompt)
	if err != nil {
		return vault.Text{}, err
	}
	if len(strings.Join(strings.Fields(first.Reveal()), "")) < minPassphrase {
		return vault.Text{}, refuse(fmt.Sprintf("the passphrase is shorter than %d letters", minPassphrase),
			"take five or more words that nobody would put together; a dice and a word list are better than a head")
	}
	if s.PassphraseFile != "" {
		return first, nil
	}
	second, err := ask(ctx, "The same once more: ")
	if err == nil && first.Reveal() != second.Reveal() {
		err = refuse("the two are not the same", "nothing was made; start again")
	}
	return first, err
}

// minPassphrase is the least length of a new passphrase, without spaces. It
// stops a slip, not a weak choice.
const minPassphrase = 16

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
	return firstLine(f)
}

func firstLine(r io.Reader) (vault.Text, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassphraseLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return vault.Text{}, err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return vault.Text{}, refuse("the passphrase is empty")
	}
	return vault.NewText(line), nil
}

// ask asks at the terminal, and what is typed is not shown. Neither input nor
// output of the command needs to be the terminal.
func ask(ctx context.Context, prompt string) (vault.Text, error) {
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
	silent := *before
	silent.Lflag &^= unix.ECHO
	silent.Lflag |= unix.ICANON | unix.ISIG
	if err := unix.IoctlSetTermios(fd, setTermios, &silent); err != nil {
		return vault.Text{}, err
	}
	defer unix.IoctlSetTermios(fd, setTermios, before)
	fmt.Fprint(tty, prompt)
	defer fmt.Fprintln(tty)
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
		return vault.Text{}, ctx.Err() // the terminal is as it was
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
