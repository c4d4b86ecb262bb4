package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"habeas"
)

// statusFlags say where programs ask how the server fares.
type statusFlags struct {
	Status string `placeholder:"ADDR" help:"Answer /healthz, /readyz and /metrics there, for programs that watch the server: unix:/run/habeas/status, or an address of this machine. It tells nothing of anybody."`
}

func (f statusFlags) checkStatus() error {
	if _, unix := cutUnix(f.Status); unix || f.Status == "" {
		return nil
	}
	return ownMachine(f.Status)
}

// cutUnix returns the path of a socket, if that is what an address names.
func cutUnix(address string) (path string, ok bool) { return strings.CutPrefix(address, "unix:") }

// A status is what programs that watch the server are told.
type status struct {
	began  time.Time
	office atomic.Pointer[habeas.Desk] // nil before there is one
	faults atomic.Int64                // lines of the log that say something broke
	dir    string                      // of the office
}

// serveStatus answers until ctx ends, beside serve. Without an address it is serve.
func (f statusFlags) serveStatus(ctx context.Context, st *status, serve func(context.Context) error) error {
	if f.Status == "" {
		return serve(ctx)
	}
	l, err := f.listenStatus()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	srv := &http.Server{
		Handler: st, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 8 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	ended := make(chan error, 1)
	go func() {
		err := serveUntil(ctx, srv, l, stopOthers)
		stop()
		ended <- err
	}()
	err = serve(ctx)
	stop()
	return errors.Join(err, <-ended)
}

func (f statusFlags) listenStatus() (net.Listener, error) {
	path, unix := cutUnix(f.Status)
	if !unix {
		l, err := net.Listen("tcp", f.Status)
		if err != nil {
			return nil, refuse("cannot listen on "+f.Status, "take another port with --status")
		}
		return l, nil
	}
	// A socket outlives a server that was killed. One that answers is somebody's.
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
			c.Close()
			return nil, refuse("another process answers at "+path, "take another place with --status")
		}
		_ = os.Remove(path) // what can't be removed can't be listened at
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, refuse("cannot listen at "+path, "make its directory, writable for the user that runs habeas, or take another with --status")
	}
	return l, os.Chmod(path, 0o660)
}

// ServeHTTP implements [http.Handler].
func (st *status) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case !asksHere(r):
		w.WriteHeader(http.StatusMisdirectedRequest)
	case r.URL.Path == "/healthz":
		fmt.Fprintln(w, "up")
	case r.URL.Path == "/readyz" && st.ready(r.Context()):
		fmt.Fprintln(w, "ready")
	case r.URL.Path == "/readyz":
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "not ready")
	case r.URL.Path == "/metrics":
		_, _ = io.WriteString(w, st.metrics(r.Context()))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// asksHere reports whether a request was meant for this machine: a page of somebody
// else whose name was pointed here gets no answers.
func asksHere(r *http.Request) bool {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && a.Network() == "unix" {
		return true
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ready reports whether there is an office, and what members do can be recorded.
func (st *status) ready(ctx context.Context) bool {
	d := st.office.Load()
	return d != nil && d.Condition(ctx).Writes
}

// metrics returns what is told, as Prometheus reads it. This list is all there is; no
// line has a label. Whatever counts requests, letters, members, cases or bytes is left
// out on purpose: who collects these lines keeps them for months, and could tell from
// them when somebody wrote.
func (st *status) metrics(ctx context.Context) string {
	var b strings.Builder
	line := func(name, kind, help string, value float64) {
		fmt.Fprintf(&b, "# HELP %[1]s %[3]s\n# TYPE %[1]s %[2]s\n%[1]s %[4]g\n", name, kind, help, value)
	}
	flag := func(name, help string, on bool) {
		value := 0.0
		if on {
			value = 1
		}
		line(name, "gauge", help, value)
	}
	day := func(name, help string, t time.Time) {
		if !t.IsZero() {
			line(name, "gauge", help, float64(t.Unix()))
		}
	}
	flag("habeas_up", "The server runs.", true)
	day("habeas_start_timestamp_seconds", "When the server was started.", st.began)
	line("habeas_faults_total", "counter", "Lines of the log that say something broke. Requests that were only refused do not count.", float64(st.faults.Load()))
	last, _ := backupNoted(st.dir)
	day("habeas_backup_timestamp_seconds", "When the last copy was made.", last)
	d := st.office.Load()
	if d == nil {
		flag("habeas_ready", "What members do can be recorded.", false)
		return b.String()
	}
	c := d.Condition(ctx)
	flag("habeas_ready", "What members do can be recorded.", c.Writes)
	if c.Shared {
		flag("habeas_database_answers", "The shared database answered when it was last asked, which is all the time.", c.Answers)
	}
	flag("habeas_disk_failed", "The disk failed, so that nothing is written before a restart.", c.DiskFailed)
	flag("habeas_verifies", "The log and the sealed files verified when they were last looked at.", c.Verifies)
	flag("habeas_letters_taken", "Strangers can write.", c.Letters)
	flag("habeas_files_taken", "There is room for files.", c.Files)
	flag("habeas_witness_refused", "A witness saw another log.", c.Refused)
	day("habeas_log_checked_timestamp_seconds", "When the log was last checked.", c.LogChecked)
	day("habeas_files_checked_timestamp_seconds", "When the sealed files were last read.", c.FilesChecked)
	return b.String()
}
