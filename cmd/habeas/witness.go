package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"habeas/internal/anchor"
)

type witnessCommand struct {
	Init   witnessInitCommand   `cmd:"" help:"Make a witness: a directory with a key of its own."`
	Follow witnessFollowCommand `cmd:"" help:"Follow the log of an office, or take another of its keys."`
	Show   witnessShowCommand   `cmd:"" help:"Show the witness's key, and what it saw of each log."`
	Cosign witnessCosignCommand `cmd:"" help:"Answer a request that came as a file."`
	Serve  witnessServeCommand  `cmd:"" help:"Answer requests over HTTP (C2SP tlog-witness)."`
}

type witnessInitCommand struct {
	Dir  string `arg:"" help:"An empty directory, on a machine that the office does not run."`
	Name string `required:"" help:"A name without spaces or plus signs, such as partner.example/witness. It stands in what is signed."`
}

// Run makes a key and prints the public half, which the office and those it hands
// bundles to are told.
func (c *witnessInitCommand) Run(p *program) error {
	w, err := anchor.NewWitness(c.Dir, c.Name)
	if err != nil {
		return refuse(err.Error(), "take an empty directory, and a name without spaces or plus signs")
	}
	fmt.Fprintf(p.err, "Tell the office, and everybody who is to check its bundles, this key. Keep %s/witness.key to yourself.\n", c.Dir)
	_, err = fmt.Fprintln(p.out, w.Key())
	return err
}

type witnessFollowCommand struct {
	Dir  string   `arg:"" help:"The directory of the witness."`
	Log  []string `placeholder:"ORIGIN=KEY" help:"As habeas checkpoint key prints it at the office; may be repeated."`
	From string   `placeholder:"FILE" help:"A file with such lines."`
}

// Run adds what is named to what the witness follows.
func (c *witnessFollowCommand) Run(p *program) error {
	w, err := anchor.OpenWitness(c.Dir)
	if err != nil {
		return err
	}
	logs := c.Log
	if c.From != "" {
		b, err := os.ReadFile(c.From)
		if err != nil {
			return err
		}
		logs = append(logs, strings.Fields(string(b))...)
	}
	if len(logs) == 0 {
		return refuse("no log is named", "name one with --log or a file with --from")
	}
	for _, l := range logs {
		origin, err := w.Follow(l)
		if err != nil {
			return refuse(err.Error())
		}
		fmt.Fprintf(p.out, "follows %s\n", origin)
	}
	return nil
}

type witnessShowCommand struct {
	Dir string `arg:"" help:"The directory of the witness."`
}

// Run prints the key and what was seen.
func (c *witnessShowCommand) Run(p *program) error {
	w, err := anchor.OpenWitness(c.Dir)
	if err != nil {
		return err
	}
	logs, err := w.Logs()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "key  %s\n", w.Key())
	for _, origin := range slices.Sorted(maps.Keys(logs)) {
		f := logs[origin]
		fmt.Fprintf(p.out, "log  %s, %d entries seen, %d keys\n", origin, f.Seen.Size, len(f.Keys))
	}
	return nil
}

type witnessCosignCommand struct {
	Dir     string `arg:"" help:"The directory of the witness."`
	Request string `arg:"" help:"The request, as habeas checkpoint request writes it; - for standard input."`
}

// Run prints the line that signs the checkpoint of a request. What was seen is on
// disk before.
func (c *witnessCosignCommand) Run(p *program) error {
	w, err := anchor.OpenWitness(c.Dir)
	if err != nil {
		return err
	}
	in := p.in
	if c.Request != "-" {
		f, err := os.Open(c.Request)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	request, err := io.ReadAll(io.LimitReader(in, 1<<20))
	if err != nil {
		return err
	}
	line, err := w.Cosign(request)
	if r, ok := errors.AsType[*anchor.Refused](err); ok {
		return found("not signed: " + r.Error())
	}
	if err != nil {
		return err
	}
	_, err = p.out.Write(line)
	return err
}

type witnessServeCommand struct {
	Dir    string `arg:"" help:"The directory of the witness."`
	Listen string `default:"127.0.0.1:8090" help:"Address and port, on this machine only: put an onion service or a proxy with TLS in front."`
}

// Run answers POST /add-checkpoint until it is told to stop.
func (c *witnessServeCommand) Run(ctx context.Context, p *program) error {
	if err := ownMachine(c.Listen); err != nil {
		return err
	}
	w, err := anchor.OpenWitness(c.Dir)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return refuse("cannot listen on "+c.Listen, "take another port with --listen")
	}
	fmt.Fprintf(p.out, "Witness %s\nListening on http://%s\n", w.Key(), l.Addr())
	srv := &http.Server{
		Handler: w, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // it would name addresses
	}
	return serveUntil(ctx, srv, l, stopOthers)
}
