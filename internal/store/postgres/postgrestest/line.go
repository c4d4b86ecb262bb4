package postgrestest

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// A Line is between a node and its server, and can be cut: then nothing is answered.
type Line struct {
	server string

	mu   sync.Mutex
	cut  bool
	open map[net.Conn]bool
}

// Through returns a line to the server of url, and the URL of its other end.
func Through(tb testing.TB, url string) (l *Line, through string) {
	tb.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { at.Close() })
	host := url[strings.IndexByte(url, '@')+1:]
	host = host[:strings.IndexByte(host, '/')]
	l = &Line{server: host, open: map[net.Conn]bool{}}
	go func() {
		for {
			c, err := at.Accept()
			if err != nil {
				return
			}
			go l.carry(c)
		}
	}()
	return l, strings.Replace(url, host, at.Addr().String(), 1)
}

func (l *Line) carry(c net.Conn) {
	defer c.Close()
	if !l.keep(c, true) {
		return
	}
	defer l.keep(c, false)
	s, err := net.Dial("tcp", l.server)
	if err != nil {
		return
	}
	defer s.Close()
	go func() {
		_, _ = io.Copy(c, s) // it ends when either does
		c.Close()
	}()
	_, _ = io.Copy(s, c)
}

// keep notes a connection, or that it ended. It reports whether anything goes through.
func (l *Line) keep(c net.Conn, open bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !open {
		delete(l.open, c)
	} else if !l.cut {
		l.open[c] = true
	}
	return !l.cut
}

// Cut has nothing go through, until it is mended.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.open {
		c.Close()
	}
}

// Mend has everything go through again.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}
