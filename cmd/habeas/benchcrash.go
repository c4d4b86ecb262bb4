package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	"habeas/internal/crash"
)

type benchCrashCommand struct {
	Times   int    `default:"2000" placeholder:"N" help:"How often a process is killed (${default})."`
	Life    int    `default:"26" placeholder:"N" help:"How often in one office, before its disk is lost and it is put back from its copies (${default})."`
	Workers int    `default:"1" placeholder:"N" help:"How many processes at a time, each in an office of its own; two on two cores (${default})."`
	Seed    uint64 `default:"1" placeholder:"N" help:"Of what is done, and of when (${default})."`

	Work string `hidden:"" placeholder:"DIR" help:"Be the process that is killed."`
	What string `hidden:"" help:"Do this until then."`
}

// Run kills processes that work on invented offices, and says what was lost. If anything
// was, the exit code is 1.
func (c *benchCrashCommand) Run(ctx context.Context, p *program) error {
	if c.Work != "" {
		return crash.Work(ctx, c.Work, crash.Kind(c.What), c.Seed, p.out)
	}
	if c.Times < 1 || c.Life < 1 || c.Workers < 1 {
		return refuse("fewer than one time", "give --times, --life and --workers a number from 1")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "habeas-crash-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	out, err := crash.Run(ctx, crash.Plan{
		Times: c.Times, Life: c.Life, Workers: c.Workers, Seed: c.Seed, Dir: dir,
		Child: func(dir string, what crash.Kind, seed uint64) *exec.Cmd {
			return exec.Command(self, "bench", "crash", "--work", dir, "--what", string(what), "--seed", strconv.FormatUint(seed, 10))
		},
		Told: func(done int, flaws []string) {
			for _, f := range flaws {
				fmt.Fprintln(p.err, f)
			}
			if done%50 == 0 || done == c.Times {
				fmt.Fprintf(p.err, "killed %d of %d\n", done, c.Times)
			}
		},
	})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(p.out, crashTable(out)); err != nil {
		return err
	}
	if len(out.Flaws) > 0 {
		return found("something was lost, changed or left over, as named above", "run it again with the same --seed, and look at what is named")
	}
	return nil
}

// crashTable writes what came of it.
func crashTable(out *crash.Outcome) string {
	lines := [][]string{{"what was being done", "killed in it", "done and there"}}
	for _, r := range out.Rows {
		lines = append(lines, []string{string(r.What), strconv.Itoa(r.Cut), strconv.Itoa(r.Done)})
	}
	s := ruled(lines)
	s += fmt.Sprintf("Killed %d times, in %d offices; %d were put back from their copies. Entries written after a removal that the removed tried to open: %d.\n",
		out.Kills, out.Offices, out.Back, out.Tried)
	for _, f := range out.Flaws {
		s += "FOUND " + f + "\n"
	}
	return s + fmt.Sprintf("Found: %d.\n", len(out.Flaws))
}
