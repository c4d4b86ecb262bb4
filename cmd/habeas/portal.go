package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"

	"habeas"
	"habeas/internal/portal"
)

// intakeFlags say where strangers write, if they can.
type intakeFlags struct {
	Intake     string   `placeholder:"ADDR" help:"Serve the pages on which anybody can write to the office, on this address of this machine; an onion service or a proxy with TLS goes in front."`
	IntakeHost []string `placeholder:"NAME" help:"A name those pages are reached by over TLS."`
	Onion      string   `placeholder:"NAME.onion" help:"The onion service of those pages, told to who comes by another way."`
	Portal     string   `placeholder:"FILE" help:"What those pages say and ask: a JSON file."`
	Mail       string   `placeholder:"FILE" help:"Wake people by mail without content when letters wait: a JSON file."`
	MaxFiles   int64    `placeholder:"GIB" help:"How many GiB of files are kept before only text is taken; 20 if not given."`
}

// A stranger's door is open while serve runs.
type door struct {
	server *portal.Server
	listen net.Listener
	waker  *waker // nil if nobody is woken
}

// check refuses what would expose those who write, before anything is opened.
func (c *intakeFlags) check() error {
	if c.Intake == "" {
		if c.Portal != "" || c.Onion != "" || len(c.IntakeHost) > 0 {
			return refuse("pages for strangers are set up and not served", "add --intake 127.0.0.1:8081")
		}
		return nil
	}
	return ownMachine(c.Intake)
}

// open reads the settings and listens. The result is nil if there are no pages for
// strangers and nobody to be woken.
func (c *intakeFlags) open(dir string, log *slog.Logger) (*door, error) {
	d := &door{}
	var err error
	if c.Mail != "" {
		if d.waker, err = readWaker(c.Mail, dir, log); err != nil {
			return nil, err
		}
	}
	if c.Intake == "" {
		return d, nil
	}
	d.server = &portal.Server{Secure: len(c.IntakeHost) > 0, Hosts: c.IntakeHost, Onion: c.Onion, Log: log}
	if c.Portal != "" {
		if d.server.Settings, err = portal.ReadSettings(c.Portal); err != nil {
			return nil, err
		}
	}
	if d.listen, err = net.Listen("tcp", c.Intake); err != nil {
		return nil, refuse("cannot listen on "+c.Intake, "take another port with --intake")
	}
	return d, nil
}

// arrived is told of each letter.
func (d *door) arrived(urgent bool) {
	if d.waker != nil && urgent {
		d.waker.now()
	}
}

// serve answers strangers and wakes people until ctx ends.
func (d *door) serve(ctx context.Context, desk *habeas.Desk) error {
	if d.waker != nil {
		go d.waker.run(ctx, desk)
	}
	if d.server == nil {
		return nil
	}
	d.server.Desk = desk
	h, err := d.server.Handler()
	if err != nil {
		return err
	}
	patience := stopOthers
	if d.server.Desk.Shared() {
		patience = stopBeside
	}
	return serveUntil(ctx, d.server.HTTP(h), d.listen, patience)
}

// close lets go of the address when nothing was served.
func (d *door) close() error {
	if d.listen == nil {
		return nil
	}
	return d.listen.Close()
}

// said says where strangers write.
func (d *door) said() string {
	if d.server == nil {
		return ""
	}
	return fmt.Sprintf("Anybody can write to the office on http://%s\n", d.listen.Addr())
}
