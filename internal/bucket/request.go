package bucket

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"habeas/fault"
)

// A request is one thing that is asked of the server, until it is answered.
type request struct {
	method, key string // key without the prefix; empty for the bucket itself
	query       url.Values
	header      map[string]string
	body        section
	limit       time.Duration              // of each attempt, if it is more than briefly; or streaming
	read        func(*http.Response) error // of an answer that was good; an error means that it is asked again
}

// Limits of an attempt.
const (
	briefly   = time.Minute       // what has no long body
	streaming = time.Duration(-1) // none but that bytes keep coming; read closes the body later
)

// mostAnswer is how many bytes of an answer are read that is no object: a list of 1,000
// names has less than one in ten of it.
const mostAnswer = 8 << 20

// A section is what is sent: bytes of a file, which can be read again.
type section struct {
	from io.ReaderAt
	at   int64
	size int64
	sum  string // SHA-256, in hexadecimal
	md5  []byte
}

// sectionOf reads bytes of a file once, for their hashes.
func sectionOf(from io.ReaderAt, at, size int64) (section, error) {
	sum, weak := sha256.New(), md5.New()
	n, err := io.Copy(io.MultiWriter(sum, weak), io.NewSectionReader(from, at, size))
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	return section{from, at, size, hex.EncodeToString(sum.Sum(nil)), weak.Sum(nil)}, err
}

func textSection(text string) section {
	s, _ := sectionOf(strings.NewReader(text), 0, int64(len(text))) // a text is always read
	return s
}

// A refusal is an answer that was not the one that was asked for. It holds nothing that
// the server wrote but a status and a code.
type refusal struct {
	status int
	code   string
}

// Error names the status and the code.
func (r *refusal) Error() string { return fmt.Sprintf("bucket: status %d %s", r.status, r.code) }

// passing reports whether the same may be granted if it is asked again: the server is
// overloaded, or what we sent changed on its way.
func (r *refusal) passing() bool {
	return r.status >= 500 && r.status != http.StatusNotImplemented || r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout ||
		slices.Contains([]string{"RequestTimeout", "SlowDown", "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "ConditionalRequestConflict", "OperationAborted"}, r.code)
}

// refused reports whether err is a final answer with one of these statuses.
func refused(err error, statuses ...int) bool {
	r := final(err)
	return r != nil && slices.Contains(statuses, r.status)
}

// final returns the answer that err is, or nil if it is a fault already, such as one for
// the last of many answers.
func final(err error) *refusal {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return nil
	}
	r, _ := errors.AsType[*refusal](err)
	return r
}

// Waits between attempts: the first, doubled each time, up to the longest.
const (
	firstWait = 100 * time.Millisecond
	longWait  = 4 * time.Second
)

// do asks until there is an answer, or patience ends: then the fault is of kind Busy, and
// for as long again everything is asked once only, so that nobody waits behind others for
// a server that is down. An answer that is final and not good is a *refusal, without a
// kind.
func (b *Bucket) do(ctx context.Context, r request) error {
	begun, wait := time.Now(), firstWait
	for attempt := 1; ; attempt++ {
		err := b.once(ctx, r)
		no, refused := errors.AsType[*refusal](err)
		if err == nil || refused && !no.passing() {
			b.failed.Store(0)
			return err
		}
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), err)
		}
		if tired := begun.UnixNano()-b.failed.Load() < int64(b.patience); tired || attempt > 1 && time.Since(begun)+wait > b.patience {
			b.failed.Store(time.Now().UnixNano())
			return fault.Wrap(err, fault.Busy, "bucket.busy")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait/2 + rand.N(wait/2)):
		}
		wait = min(2*wait, longWait)
	}
}

// once asks once.
func (b *Bucket) once(ctx context.Context, r request) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	if r.limit != streaming {
		defer time.AfterFunc(max(r.limit, briefly), cancel).Stop()
	}
	req, err := b.prepare(ctx, r)
	if err != nil {
		cancel()
		return err
	}
	resp, err := b.client.Do(req)
	if err != nil {
		cancel()
		return fmt.Errorf("bucket: ask: %w", err)
	}
	resp.Body = &ending{resp.Body, cancel}
	if resp.StatusCode/100 == 2 && r.limit == streaming {
		return r.read(resp)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return refusalOf(resp)
	}
	if r.read != nil {
		return r.read(resp)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, mostAnswer))
	return err
}

// ending is a body with which its request ends.
type ending struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close ends the request too.
func (e *ending) Close() error {
	defer e.cancel()
	return e.ReadCloser.Close()
}

func (b *Bucket) prepare(ctx context.Context, r request) (*http.Request, error) {
	u := *b.base
	u.Path = "/" + b.cfg.Bucket
	if r.key != "" {
		u.Path += "/" + b.cfg.Prefix + r.key
	}
	u.RawQuery = queryOf(r.query)
	var body io.Reader
	if r.body.from == nil {
		r.body = textSection("")
	} else {
		body = io.NewSectionReader(r.body.from, r.body.at, r.body.size)
	}
	if r.body.size == 0 {
		body = nil
	}
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = r.body.size
	if r.body.size > 0 {
		req.Header.Set("Content-MD5", base64.StdEncoding.EncodeToString(r.body.md5))
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	sign(req, b.cfg, r.body.sum, time.Now())
	req.Header.Set("User-Agent", "") // says nothing of what we are; not signed, since a proxy may change it
	return req, nil
}

// refusalOf reads what a server answers that does not do what was asked.
func refusalOf(resp *http.Response) error {
	var said struct{ Code string }
	b, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("bucket: read a refusal: %w", err) // half of one may mean anything
	}
	_ = xml.Unmarshal(b, &said) // an answer to HEAD has no body
	code := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, said.Code)
	return &refusal{resp.StatusCode, code[:min(len(code), 64)]}
}

// ask is do for an answer that is XML.
func (b *Bucket) ask(ctx context.Context, r request, into any) error {
	r.read = func(resp *http.Response) error {
		text, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
		if err != nil {
			return err
		}
		return xml.Unmarshal(text, into)
	}
	return b.do(ctx, r)
}

// known turns a refusal into what a person can act on: one that is none of those a
// caller expects means that the key may not do this, or that the settings are wrong.
func known(err error) error {
	if no := final(err); no != nil {
		return fault.Wrap(no, fault.Forbidden, "bucket.refused")
	}
	return err
}

// moving dials connections that end when nothing moves on them for idle.
func moving(dial func(context.Context, string, string) (net.Conn, error), idle time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &movingConn{c, idle}, nil
	}
}

// A movingConn puts off its deadlines with each read and write. A write that goes on
// puts off that of the answer, which is read beside it.
type movingConn struct {
	net.Conn
	idle time.Duration
}

// Read implements [net.Conn].
func (c *movingConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write implements [net.Conn].
func (c *movingConn) Write(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
