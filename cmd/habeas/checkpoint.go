package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"habeas"
	"habeas/internal/anchor"
	"habeas/ledger"
)

type checkpointCommand struct {
	Show    checkpointShowCommand    `cmd:"" default:"withargs" help:"Print the newest checkpoint, with who cosigned it."`
	Key     checkpointKeyCommand     `cmd:"" help:"Print the keys that sign the log, for witnesses."`
	Request checkpointRequestCommand `cmd:"" help:"Print what to show a witness."`
	Accept  checkpointAcceptCommand  `cmd:"" help:"Keep what a witness answered."`
}

type checkpointShowCommand struct {
	Dir string `arg:"" help:"The data directory."`
}

// Run prints the newest checkpoint, which says how many entries the log has and
// their hash, and nothing else.
func (c *checkpointShowCommand) Run(ctx context.Context, p *program) error {
	a, err := anchor.Newest(ctx, c.Dir)
	if err != nil {
		return err
	}
	_, err = p.out.Write(a.Signed())
	return err
}

type checkpointKeyCommand struct {
	Dir string `arg:"" help:"The data directory."`
}

// Run prints a line ORIGIN=KEY for each key.
func (c *checkpointKeyCommand) Run(p *program) error {
	origin, keys, err := habeas.LogKeys(c.Dir)
	if err != nil {
		return err
	}
	for _, k := range keys {
		fmt.Fprintf(p.out, "%s=%s\n", origin, k)
	}
	return nil
}

type checkpointRequestCommand struct {
	Dir string `arg:"" help:"The data directory."`
	Old int64  `default:"0" placeholder:"N" help:"How many entries the witness saw last, as it says; 0 if it never saw this log."`
}

// Run prints a request (C2SP tlog-witness), and keeps the checkpoint in it.
func (c *checkpointRequestCommand) Run(ctx context.Context, p *program) error {
	b, err := anchor.Request(ctx, c.Dir, c.Old)
	if r, ok := errors.AsType[*anchor.RolledBack](err); ok {
		return found(r.Error(), "compare with a printed checkpoint before anything else is written")
	}
	if err != nil {
		return err
	}
	_, err = p.out.Write(b)
	return err
}

type checkpointAcceptCommand struct {
	Dir     string `arg:"" help:"The data directory."`
	File    string `arg:"" help:"What the witness answered."`
	Witness string `required:"" placeholder:"KEY" help:"The key of the witness, as it told you by another way."`
}

// Run keeps the cosignature, if it is by that witness over a checkpoint that was
// asked about.
func (c *checkpointAcceptCommand) Run(p *program) error {
	v, err := ledger.Cosignatures(witnessKey(c.Witness))
	if err != nil {
		return refuse("--witness is not the key of a witness", "it is the line that habeas witness init prints")
	}
	b, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	size, err := anchor.Accept(c.Dir, b, v)
	if errors.Is(err, anchor.ErrOtherAnswer) {
		return found(err.Error())
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "kept: %s signed the log at %d entries\n", v.Name(), size)
	return err
}
