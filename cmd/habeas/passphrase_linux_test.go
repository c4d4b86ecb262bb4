package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// newTerminal returns both ends of a new terminal.
func newTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("there are no terminals to be had here: ", err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return person, program
}

// atTerminal runs habeas at a terminal. After each prompt, which ends in a
// colon, it types the next answer. It returns what the screen showed, the exit
// code, and whether typing is shown again at the end.
func (pl *place) atTerminal(answers []string, args ...string) (screen string, code int, echo bool) {
	pl.t.Helper()
	person, program := newTerminal(pl.t)
	cmd := pl.command(pl.t.Context(), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		pl.t.Fatal(err)
	}
	var shown bytes.Buffer
	read := make(chan error, 1)
	go func() {
		buf := make([]byte, 1024)
		for {
			n, err := person.Read(buf)
			shown.Write(buf[:n])
			if len(answers) > 0 && strings.HasSuffix(shown.String(), ": ") {
				io.WriteString(person, answers[0])
				answers = answers[1:]
			}
			if err != nil {
				read <- err
				return
			}
		}
	}()
	cmd.Wait()
	term, err := unix.IoctlGetTermios(int(program.Fd()), getTermios)
	if err != nil {
		pl.t.Fatal(err)
	}
	program.Close()
	if err := <-read; !errors.Is(err, syscall.EIO) && !errors.Is(err, io.EOF) {
		pl.t.Fatal(err)
	}
	return shown.String(), cmd.ProcessState.ExitCode(), term.Lflag&unix.ECHO != 0
}

// TestPassphraseIsNotShown: it is asked for twice, and never seen; nor does the
// terminal stay silent afterwards, however the command ends.
func TestPassphraseIsNotShown(t *testing.T) {
	const ctrlC = "\x03"
	for _, tc := range []struct {
		name    string
		answers []string
		code    int
		want    string
	}{
		{"chosen", []string{passphrase + "\n", passphrase + "\n"}, 0, "The office is made"},
		{"not the same", []string{passphrase + "\n", passphrase + "!\n"}, 2, "not the same"},
		{"interrupted", []string{passphrase + "\n", ctrlC}, 2, "habeas: error: stopped"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pl := newPlace(t)
			screen, code, echo := pl.atTerminal(tc.answers, "init", "office", "--pepper", "p", "--office", "The bureau", "--handle", "keeper", "--name", "The keeper", "--recovery", "no")
			if code != tc.code || !strings.Contains(screen, tc.want) {
				t.Errorf("got exit code %d and %q, want %d and %q", code, screen, tc.code, tc.want)
			}
			if strings.Contains(screen, "harbour") {
				t.Errorf("the passphrase was shown: %q", screen)
			}
			if !echo {
				t.Error("the terminal stays silent")
			}
		})
	}
	pl := office(t)
	screen, code, _ := pl.atTerminal([]string{passphrase + "\n"}, "verify", "office", "--handle", "keeper")
	if code != 0 || !strings.Contains(screen, "verifying [##############################] 100 %") {
		t.Errorf("got exit code %d and %q, want 0 and a whole bar", code, screen)
	}
}
