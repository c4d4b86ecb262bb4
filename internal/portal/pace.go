package portal

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// How slowly a body may come. Tor is slow and stalls: a file of 64 MiB may take
// most of a day at this rate, and still a sender of one byte now and then is cut
// off soon.
const (
	slowest     = 1 << 10  // bytes a second
	slowestFull = 16 << 10 // when bodies keep others waiting
	graceFirst  = 30 * time.Second
	graceMost   = 45 * time.Second // that can be saved up
)

// A pace is a body that has to keep coming. It holds the time that is left: each
// byte adds some, waiting for one takes it away. When none is left, reading fails
// and the connection with it. While nobody reads, no time passes: that is us.
type pace struct {
	body    io.ReadCloser
	conn    *http.ResponseController
	crowded func() bool
	left    time.Duration
	read    int64
	whole   bool  // the end was read
	most    int64 // bytes; see limit
}

func newPace(body io.ReadCloser, conn *http.ResponseController, crowded func() bool) *pace {
	return &pace{body: body, conn: conn, crowded: crowded, left: graceFirst, most: maxSmall}
}

// limit says how long the body may be.
func (p *pace) limit(n int64) { p.most = n }

// Read reads the next bytes in the time that is left.
func (p *pace) Read(b []byte) (int, error) {
	began := time.Now()
	p.set(began.Add(p.left))
	n, err := p.body.Read(b)
	rate := slowest
	if p.crowded() {
		rate = slowestFull
	}
	p.read += int64(n)
	p.left = min(graceMost, p.left-time.Since(began)+time.Duration(n)*time.Second/time.Duration(rate))
	p.set(time.Time{})
	p.whole = err == io.EOF
	if err == nil && p.read > p.most {
		err = errTooLarge()
	}
	return n, err
}

// end bounds what the server reads of a body that its handler left unread.
func (p *pace) end() {
	if !p.whole {
		p.set(time.Now().Add(min(p.left, graceFirst)))
	}
}

// set moves the deadline, where the connection has one.
func (p *pace) set(t time.Time) {
	if err := p.conn.SetReadDeadline(t); err != nil && !errors.Is(err, http.ErrNotSupported) {
		p.left = 0 // the connection is gone: the next read says so
	}
}

// Close closes the body.
func (p *pace) Close() error { return p.body.Close() }

func errTooLarge() error {
	return &refusal{status: http.StatusRequestEntityTooLarge, key: "too_large"}
}
