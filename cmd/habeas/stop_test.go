package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// half sends a request, and keeps back the end of its body once the server has begun
// to read that.
func half(t *testing.T, at, request, body string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	fmt.Fprintf(c, "%s\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", request, at, len(body))
	const goOn = "HTTP/1.1 100 Continue\r\n\r\n"
	b := make([]byte, len(goOn))
	if _, err := io.ReadFull(c, b); err != nil || string(b) != goOn {
		t.Fatalf("%s: got %q, %v", request, b, err)
	}
	if _, err := io.WriteString(c, body[:len(body)/2]); err != nil {
		t.Fatal(err)
	}
	return c
}

// signalled tells a server to stop, and returns when it takes no connection any more.
func (s *server) signalled(at string) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	for {
		c, err := net.Dial("tcp", at)
		if err != nil {
			return
		}
		c.Close()
	}
}

// TestStopsGently: told to stop, a server lets what is in flight come to its end, and
// cuts off who sends nothing any more; nobody who was cut off was told that anything
// was taken. It ends with exit code 0 either way, and takes the lock of the office
// with it.
func TestStopsGently(t *testing.T) {
	pl, _ := witnessed(t)
	at := freePort(t)
	s := pl.start("serve", "office", "--listen", "127.0.0.1:0", "--intake", at)
	w := pl.start("witness", "serve", "partner", "--listen", "127.0.0.1:0")
	members, witness := strings.TrimPrefix(s.address, "http://"), strings.TrimPrefix(w.address, "http://")

	const body = "handle=nobody&pass=nothing&form=none"
	ends := map[string]net.Conn{
		"members": half(t, members, "POST /login HTTP/1.1", body),
		"witness": half(t, witness, "POST /add-checkpoint HTTP/1.1", body),
	}
	stalled := half(t, at, "POST /en/write HTTP/1.1", body)
	s.signalled(at)
	w.signalled(witness)
	for name, c := range ends {
		if _, err := io.WriteString(c, body[len(body)/2:]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%s: a request in flight got no answer: %v", name, err)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode < 400 || resp.StatusCode >= 500 { // what was sent makes no sense, and is told so
			t.Errorf("%s: got %d", name, resp.StatusCode)
		}
	}
	if b, err := io.ReadAll(stalled); strings.Contains(string(b), " 200 ") {
		t.Errorf("who was cut off was told %q, %v", b, err)
	}
	for name, one := range map[string]*server{"office": s, "witness": w} {
		<-one.ended
		if code := one.cmd.ProcessState.ExitCode(); code != 0 || strings.Contains(one.errs.String(), "error") {
			t.Errorf("%s: got exit code %d, want 0: %s", name, code, one.errs.String())
		}
	}
	pl.start("serve", "office", "--listen", "127.0.0.1:0").stop()
}
