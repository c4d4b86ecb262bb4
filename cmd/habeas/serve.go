package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"habeas"
	"habeas/fault"
	"habeas/internal/web"
)

type serveCommand struct {
	Dir    string   `arg:"" help:"The data directory."`
	Pepper string   `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Listen string   `default:"127.0.0.1:8080" help:"Address and port, on this machine only."`
	Host   []string `placeholder:"NAME" help:"A name members reach it by over TLS, through a proxy on this machine."`
}

// Run serves until it is told to stop. It starts locked, and locks everybody
// out when it stops.
func (c *serveCommand) Run(ctx context.Context, p *program) error {
	if err := ownMachine(c.Listen); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(p.err, nil))
	cfg := p.config(c.Dir, c.Pepper)
	cfg.Log = log
	d, err := habeas.Open(cfg)
	if err != nil {
		return err
	}
	p.warn(d.Damage(), "the office can be read, and nothing can be written")
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return errors.Join(refuse("cannot listen on "+c.Listen, "take another port with --listen"), d.Close())
	}
	fmt.Fprintf(p.out, "Office %s, locked until somebody logs in.\nListening on http://%s\n", d.Root(), l.Addr())
	s := &web.Server{Desk: d, Log: log, Hosts: c.Host, Secure: len(c.Host) > 0}
	return errors.Join(serve(ctx, s, l, log), d.Close())
}

// ownMachine refuses an address that other machines reach: what is typed would
// cross the network in clear.
func ownMachine(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return refuse("the address to listen on is not host:port", "write it as 127.0.0.1:8080")
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return refuse("plain HTTP is served to this machine only, and "+listen+" is more",
		"listen on 127.0.0.1:8080, and put an onion service or a proxy with TLS in front",
		"name what members reach a proxy by with --host")
}

// sweepEvery is how often idle sessions are looked for.
const sweepEvery = time.Minute

// serve answers on l until ctx ends, and lets requests in flight finish.
func serve(ctx context.Context, s *web.Server, l net.Listener, log *slog.Logger) error {
	h, err := s.Handler()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	srv := s.HTTP(h)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-failed:
			return err
		case <-tick.C:
			if err := s.Desk.Sweep(); err != nil {
				log.LogAttrs(ctx, slog.LevelError, "sweep", slog.Int("kind", int(fault.KindOf(err))))
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			err := srv.Shutdown(last)
			if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
				err = errors.Join(err, served)
			}
			return err
		}
	}
}
