package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"

	"habeas/internal/load"
)

type benchLoadCommand struct {
	Entries  int    `default:"1000000" placeholder:"N" help:"How many entries in the end (${default}); it is measured at a hundredth, a tenth and all of them."`
	Persons  int    `default:"100000" placeholder:"N" help:"How many invented persons are drawn from (${default}). Each has about ten entries."`
	Requests int    `default:"200" placeholder:"N" help:"How often each page is asked for (${default})."`
	Seed     uint64 `default:"1" help:"The same names, words and shapes for the same number (${default})."`
	Dir      string `placeholder:"DIR" help:"Make the office here; one that an earlier run left here is measured again. A temporary directory otherwise."`
	Keep     bool   `help:"Leave the office where it is."`
	JSON     bool   `name:"json" help:"Write JSON instead of a table."`
	Profile  string `placeholder:"FILE" help:"Write a profile of the processor's time, for go tool pprof."`
}

// Run fills a throw-away office and measures it as it grows.
func (c *benchLoadCommand) Run(ctx context.Context, p *program) (err error) {
	if c.Entries < 500 || c.Persons < 1 || c.Requests < 1 {
		return refuse("that is too little to measure", "take 500 entries or more, and one request or more")
	}
	tmp, err := os.MkdirTemp("", "habeas-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	dir := filepath.Join(tmp, "office")
	if c.Dir != "" {
		dir = c.Dir
		if _, there := os.Stat(dir); errors.Is(there, os.ErrNotExist) && !c.Keep {
			defer func() { err = errors.Join(err, os.RemoveAll(dir), os.Remove(dir+".pepper")) }()
		}
	}
	if c.Profile != "" {
		f, err := os.OpenFile(c.Profile, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	steps, err := load.Run(ctx, load.Options{
		Dir: dir, Entries: c.Entries, Persons: c.Persons, Steps: stepsTo(c.Entries), Seed: c.Seed, Requests: c.Requests,
		Progress: func(what string) { fmt.Fprintln(p.err, what) },
	})
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(p.out)
		enc.SetIndent("", "  ")
		return enc.Encode(steps)
	}
	_, err = io.WriteString(p.out, load.Table(steps))
	return err
}

// stepsTo returns the sizes that are measured on the way to n entries.
func stepsTo(n int) (sizes []int) {
	for _, part := range []int{100, 10} {
		if n/part >= 500 {
			sizes = append(sizes, n/part)
		}
	}
	return append(sizes, n)
}
