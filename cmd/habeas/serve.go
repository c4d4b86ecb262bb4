package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"habeas"
	"habeas/crowd"
	"habeas/fault"
	"habeas/internal/anchor"
	"habeas/internal/oplog"
	"habeas/internal/web"
	"habeas/paper"
)

type serveCommand struct {
	Dir         string   `arg:"" help:"The data directory. If there is no office in it, a page to make one is served."`
	Pepper      string   `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Listen      string   `default:"127.0.0.1:8080" help:"Address and port, on this machine only."`
	Host        []string `placeholder:"NAME" help:"A name members reach it by over TLS, through a proxy on this machine."`
	Backups     string   `placeholder:"DIR" help:"Where backups are kept, to be refused if they would be lost with the data."`
	BehindProxy bool     `help:"Allow a private address, which only a proxy with TLS reaches. Everything crosses that network in clear."`
	Population  string   `placeholder:"FILE" help:"A CSV table of how many people share a rank, unit, place and so on, to weigh descriptions by."`
	databaseFlag
	Templates string `placeholder:"DIR" help:"Templates for letters of your own; habeas letters check DIR says what is wrong with them."`
	intakeFlags
	anchorFlags
	statusFlags
}

// Run serves until it is told to stop. It starts locked, and locks everybody
// out when it stops.
func (c *serveCommand) Run(ctx context.Context, p *program) error {
	if err := errors.Join(c.reachable(), c.check(), c.checkStatus()); err != nil {
		return err
	}
	p.harden()
	st := &status{began: time.Now(), dir: c.Dir}
	log := oplog.New(p.err, &st.faults)
	cfg := p.config(c.Dir, c.Pepper)
	cfg.Log = log
	if err := errors.Join(c.say(&cfg), p.checkBackups(cfg, c.Backups)); err != nil {
		return err
	}
	if err := errors.Join(c.population(&cfg), c.templates(&cfg)); err != nil {
		return err
	}
	others, err := c.askers(c.Dir, anchor.Client())
	if err != nil {
		return err
	}
	cfg.Watch = c.watch(c.Dir)
	if cfg.Roots, err = c.believed(); err != nil {
		return err
	}
	if isEmpty(c.Dir) {
		return c.serveStatus(ctx, st, func(ctx context.Context) error {
			return asking(ctx, others, log, func(ctx context.Context) error { return c.firstRun(ctx, p, cfg, st) })
		})
	}
	strangers, err := c.open(c.Dir, log)
	if err != nil {
		return err
	}
	cfg.MaxFiles, cfg.Arrived = c.MaxFiles<<30, strangers.arrived
	d, err := habeas.Open(cfg)
	if err != nil {
		return errors.Join(err, strangers.close())
	}
	p.warn(d.Damage(), "the office can be read, and nothing can be written")
	l, err := c.listen()
	if err != nil {
		return errors.Join(err, strangers.close(), d.Close())
	}
	s := &web.Server{Desk: d, Log: log, Hosts: c.Host, Secure: len(c.Host) > 0}
	st.office.Store(d)
	err = c.serveStatus(ctx, st, func(ctx context.Context) error {
		fmt.Fprintf(p.out, "Office %s, locked until somebody logs in.\nListening on http://%s\n%s", d.Root(), l.Addr(), strangers.said())
		return asking(ctx, others, log, func(ctx context.Context) error {
			return following(ctx, d, func(ctx context.Context) error { return serveBoth(ctx, s, l, log, strangers) })
		})
	})
	return errors.Join(err, d.Close())
}

func (c *serveCommand) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, refuse("cannot listen on "+c.Listen, "take another port with --listen")
	}
	return l, nil
}

// reachable refuses an address from which what is typed would cross a network in
// clear, unless somebody says that only a proxy is on that network.
func (c *serveCommand) reachable() error {
	if !c.BehindProxy {
		return ownMachine(c.Listen)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() {
		return refuse("--behind-proxy allows a private address, and "+c.Listen+" is none", "name the one address that the proxy reaches, such as 10.0.0.2:8080")
	}
	if len(c.Host) == 0 {
		return refuse("--behind-proxy needs the name that members reach the proxy by", "add --host cases.example.org")
	}
	return nil
}

// isEmpty reports whether there is nothing in dir, so that an office can be made
// there.
func isEmpty(dir string) bool {
	entries, err := os.ReadDir(dir)
	return errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0
}

// firstRun serves the page that makes an office, to whoever reads the code at the
// terminal, and then the office.
func (c *serveCommand) firstRun(ctx context.Context, p *program, cfg habeas.Config, st *status) error {
	for _, path := range []string{c.Dir, cfg.Pepper} {
		if path == "" {
			path = habeas.PepperBeside(c.Dir)
		}
		if err := safePlace(path); err != nil {
			return err
		}
	}
	if err := habeas.CheckSite(cfg); err != nil {
		return err
	}
	l, err := c.listen()
	if err != nil {
		return err
	}
	if cfg.Pepper == "" {
		cfg.Pepper = habeas.PepperBeside(c.Dir)
	}
	code := paper.Words(paper.CodeWords)
	fmt.Fprintf(p.out, "There is no office in %s yet. Open the page and type this code; it works once:\n\n  %s\n\nListening on http://%s\n", c.Dir, code.Reveal(), l.Addr())
	made := make(chan *habeas.Desk, 1)
	f := &web.FirstRun{
		Server: web.Server{Log: cfg.Log, Hosts: c.Host, Secure: len(c.Host) > 0},
		Config: cfg, Code: code, Made: func(d *habeas.Desk) { st.office.Store(d); made <- d },
	}
	h, err := f.Handler()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	err = serveHandler(ctx, f.Server.HTTP(h), made, l, cfg.Log)
	select {
	case d := <-made:
		return errors.Join(err, d.Close())
	default:
		return err
	}
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
	there := make(chan *habeas.Desk, 1)
	there <- s.Desk
	return serveHandler(ctx, s.HTTP(h), there, l, log)
}

// asking has others sign the log while serve runs.
func asking(ctx context.Context, others []asked, log *slog.Logger, serve func(context.Context) error) error {
	aside, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { keepAsking(aside, others, log) })
	err := serve(ctx)
	stop()
	done.Wait()
	return err
}

// following takes in what other nodes write while serve runs.
func following(ctx context.Context, d *habeas.Desk, serve func(context.Context) error) error {
	aside, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { d.Follow(aside) })
	err := serve(ctx)
	stop()
	done.Wait()
	return err
}

// serveBoth is serve, and answers strangers on the side. If either fails, both end.
func serveBoth(ctx context.Context, s *web.Server, l net.Listener, log *slog.Logger, strangers *door) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		err := strangers.serve(ctx, s.Desk)
		if err != nil {
			stop()
		}
		ended <- err
	}()
	err := serve(ctx, s, l, log)
	stop()
	return errors.Join(err, <-ended)
}

// serveHandler is serve for an office that is there or comes by and by. It is left
// in the channel when serveHandler returns.
func serveHandler(ctx context.Context, srv *http.Server, office chan *habeas.Desk, l net.Listener, log *slog.Logger) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	var reading sync.WaitGroup // of sealed files, which may take long
	defer reading.Wait()
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-failed:
			return err
		case <-tick.C:
			select {
			case d := <-office:
				sweep(ctx, d, log)
				reading.Go(func() { check(ctx, d, log) })
				office <- d
			default:
			}
		case <-ctx.Done():
			return shut(ctx, srv, failed, stopMembers)
		}
	}
}

// sweep ends what its time has come for: idle sessions, and invitations.
func sweep(ctx context.Context, d *habeas.Desk, log *slog.Logger) {
	if err := errors.Join(d.Sweep(), d.Expire(ctx)); err != nil {
		log.LogAttrs(ctx, slog.LevelError, "sweep", slog.Int("kind", int(fault.KindOf(err))))
	}
}

// check checks the log, and reads all sealed files, if that was not done today.
func check(ctx context.Context, d *habeas.Desk, log *slog.Logger) {
	if err := d.CheckLog(ctx); err != nil && ctx.Err() == nil {
		log.LogAttrs(ctx, slog.LevelError, "the log could not be checked", slog.Int("kind", int(fault.KindOf(err))))
	}
	if err := d.CheckFiles(ctx); err != nil && ctx.Err() == nil {
		log.LogAttrs(ctx, slog.LevelError, "sealed files could not be read", slog.Int("kind", int(fault.KindOf(err))))
	}
}

// templates has letters written from a folder of templates, if there is one. What is
// wrong with them stops nothing: it is said in the log, and to keepers.
func (c *serveCommand) templates(cfg *habeas.Config) error {
	if c.Templates == "" {
		return nil
	}
	if err := isFolder(c.Templates); err != nil {
		return err
	}
	cfg.Templates = c.Templates
	return nil
}

// population reads the table that descriptions are weighed by, if there is one.
func (c *serveCommand) population(cfg *habeas.Config) error {
	if c.Population == "" {
		return nil
	}
	f, err := os.Open(c.Population)
	if err != nil {
		return err
	}
	defer f.Close()
	cfg.Population, err = crowd.ReadTable(f)
	return err
}
