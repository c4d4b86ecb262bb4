package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"habeas/internal/demo"
	"habeas/internal/portal"
	"habeas/internal/web"
)

type demoCommand struct {
	Dir      string `placeholder:"DIR" help:"Make it here and keep it, rather than in a temporary directory that is removed."`
	Listen   string `placeholder:"ADDR" help:"Address and port, on this machine only; 127.0.0.1:8080, or a free port if that is taken."`
	Canaries bool   `help:"Only print every protected name of the demo, one a line, to search the files for."`
}

// Run makes the demo office and serves it until it is told to stop.
func (c *demoCommand) Run(ctx context.Context, p *program) (err error) {
	if c.Canaries {
		_, err := fmt.Fprintln(p.out, strings.Join(demo.Canaries(), "\n"))
		return err
	}
	if c.Listen != "" {
		if err := ownMachine(c.Listen); err != nil {
			return err
		}
	}
	dir := c.Dir
	if dir == "" {
		tmp, err := os.MkdirTemp("", "habeas-demo-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
		dir = filepath.Join(tmp, "office")
	} else if err := safePlace(dir); err != nil {
		return err
	}
	l, err := c.listen()
	if err != nil {
		return err
	}
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, l.Close())
	}
	d, err := demo.Create(ctx, p.config(dir, ""), func(what string) { fmt.Fprintf(p.err, "making %s\n", what) })
	if err != nil {
		return errors.Join(err, l.Close(), in.Close())
	}
	if err := c.introduce(p, dir, l.Addr(), in.Addr()); err != nil {
		return errors.Join(err, l.Close(), in.Close(), d.Close())
	}
	log := slog.New(slog.DiscardHandler)
	strangers := &door{server: &portal.Server{Log: log}, listen: in}
	return errors.Join(serveBoth(ctx, &web.Server{Desk: d, Log: log}, l, log, strangers), d.Close())
}

// listen takes the address that was asked for, or the usual one, or a free one.
func (c *demoCommand) listen() (net.Listener, error) {
	address := c.Listen
	if address == "" {
		if l, err := net.Listen("tcp", "127.0.0.1:8080"); err == nil {
			return l, nil
		}
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, refuse("cannot listen on "+address, "take another port with --listen")
	}
	return l, nil
}

// introduce says where the demo is and who can log in.
func (c *demoCommand) introduce(p *program, dir string, addr, in net.Addr) error {
	fmt.Fprintf(p.out, "\nA demo office with two invented cases. Open\n\n  http://%s\n\nWhoever has something to tell it, and never logs in, writes on\n\n  http://%s\n\n", addr, in)
	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "  log in as\tpassphrase\tas")
	for _, m := range demo.Members() {
		as := make([]string, len(m.Roles))
		for i, r := range m.Roles {
			as[i] = string(r)
		}
		names := "holds no names"
		if m.Vault {
			names = "may look at names"
		}
		fmt.Fprintf(w, "  %s\t%s\t%s, %s\n", m.Handle, m.Passphrase, strings.Join(as, ", "), names)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fate := "removed at the end"
	if c.Dir != "" {
		fate = "kept; go on later with habeas serve " + c.Dir
	}
	_, err := fmt.Fprintf(p.out, "\nIts files are in %s, and are %s.\nStop it with Ctrl-C.\n", dir, fate)
	return err
}
