package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// How long requests in flight have when the server is told to stop. The members' may
// be a paste over a slow line; who sends more than that sends it again.
const (
	stopMembers = 10 * time.Second
	stopOthers  = 5 * time.Second

	// Strangers' when there are other nodes: nobody waits for this one to come back, so
	// that a file on its way may arrive. It is less than what the unit in deploy/ allows.
	stopBeside = 35 * time.Second
)

// serveUntil answers on l until ctx ends, and then lets requests in flight finish for
// as long as patience.
func serveUntil(ctx context.Context, srv *http.Server, l net.Listener, patience time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return shut(ctx, srv, failed, patience)
	}
}

// shut ends a server whose Serve reports to failed. What is still in flight after
// patience is cut: nobody was told that it was taken, and nothing is kept of it.
func shut(ctx context.Context, srv *http.Server, failed chan error, patience time.Duration) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := srv.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
