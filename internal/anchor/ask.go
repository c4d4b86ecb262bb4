package anchor

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"habeas/custody"
	"habeas/internal/store"
	"habeas/stamp"
)

// mostAnswer is how many bytes of an answer are read: a token with its chain.
const mostAnswer = 1 << 20

// patience is how long an answer may take, over Tor too.
const patience = 2 * time.Minute

// Client returns the client that witnesses and authorities are asked with. It
// follows nobody elsewhere, keeps no cookie, and goes through the proxy that the
// environment names.
func Client() *http.Client {
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// CheckURL fails unless raw can be asked: by https, or by http on this machine or
// to an onion service. An authority's plain http is allowed with clear, since what
// it answers is checked and what it is sent is a hash.
func CheckURL(raw string, clear bool) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return errors.New("not an address such as https://witness.example.org")
	}
	ip := net.ParseIP(u.Hostname())
	near := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() || strings.HasSuffix(u.Hostname(), ".onion")
	if u.Scheme != "https" && (u.Scheme != "http" || !near && !clear) {
		return errors.New("not https, and neither on this machine nor an onion service")
	}
	return nil
}

// Status is the code of an answer that was not the one that was asked for.
type Status int

// Error returns the code in words.
func (s Status) Error() string { return fmt.Sprintf("it answered with status %d", int(s)) }

// post sends body and returns the answer, whatever its status.
func post(ctx context.Context, c *http.Client, to, kind string, body []byte) (int, string, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "") // says nothing of what asks
	resp, err := c.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer+1))
	if err == nil && len(b) > mostAnswer {
		err = errors.New("the answer is too long")
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), b, err
}

// AskWitness shows the newest checkpoint of the office in dir to a witness at
// prefix (C2SP tlog-witness), and keeps what it signs. It asks nothing if the
// witness signed that checkpoint before. It returns the size that is signed. The
// error is a [*RolledBack] if the witness saw more of the log than there is, or
// another; that is kept too, until the witness signs again: see [Witnessed].
func AskWitness(ctx context.Context, c *http.Client, dir, prefix string, witness note.Verifier) (int64, error) {
	size, err := askWitness(ctx, c, dir, prefix, witness)
	if back, ok := errors.AsType[*RolledBack](err); ok {
		return size, errors.Join(err, keepRefusal(dir, witness, *back, time.Now()))
	}
	return size, err
}

func askWitness(ctx context.Context, c *http.Client, dir, prefix string, witness note.Verifier) (int64, error) {
	now, err := Newest(ctx, dir)
	if err != nil {
		return 0, err
	}
	old, err := seenBy(dir, witness)
	if err != nil || old == now.Size {
		return old, err
	}
	for range 2 {
		body, err := Request(ctx, dir, old)
		if err != nil {
			return 0, err
		}
		code, kind, answer, err := post(ctx, c, strings.TrimSuffix(prefix, "/")+"/add-checkpoint", "text/plain; charset=utf-8", body)
		switch {
		case err != nil:
			return 0, err
		case code == http.StatusOK:
			size, err := Accept(dir, answer, witness)
			if err == nil {
				err = store.AnchorsIn(dir).ForgetRefusal(witnessID(witness))
			}
			return size, err
		case code == http.StatusUnprocessableEntity: // no proof leads from what it saw
			return 0, &RolledBack{Seen: old, Size: now.Size}
		case code != http.StatusConflict || kind != "text/x.tlog.size":
			return 0, Status(code)
		}
		seen, err := strconv.ParseInt(strings.TrimSuffix(string(answer), "\n"), 10, 64)
		if err != nil || seen < 0 {
			return 0, Status(code)
		}
		if seen == old { // of so many entries it saw others; if it saw more, the next request says so
			return 0, &RolledBack{Seen: seen, Size: now.Size}
		}
		old = seen
	}
	return 0, Status(http.StatusConflict)
}

// An Authority stamps time (RFC 3161).
type Authority struct {
	URL   string
	Roots *x509.CertPool // that its certificate must lead to
}

// When a checkpoint is stamped: a log that grew, not more often than stampEvery;
// one that did not, when the certificate of the newest token ends within renewAt.
const (
	stampEvery = time.Hour
	renewAt    = 30 * 24 * time.Hour
	renewEvery = 24 * time.Hour
)

// Stamp asks a for a token over the newest checkpoint of the office in dir, checks
// it, and keeps it. The error is a [*stamp.Refused] if the answer is not believed.
func Stamp(ctx context.Context, c *http.Client, dir string, a Authority) (*stamp.Token, int64, error) {
	db, err := undamaged(dir)
	if err != nil {
		return nil, 0, err
	}
	now, err := newest(ctx, db, store.AnchorsIn(dir))
	db.Close()
	if err != nil {
		return nil, 0, err
	}
	over := custody.Stamped(now.Checkpoint)
	query, nonce, err := stamp.Request(over)
	if err != nil {
		return nil, 0, err
	}
	code, _, answer, err := post(ctx, c, a.URL, "application/timestamp-query", query)
	if err != nil {
		return nil, 0, err
	}
	if code != http.StatusOK {
		return nil, 0, Status(code)
	}
	der, err := stamp.Answer(answer)
	if err != nil {
		return nil, 0, err
	}
	t, err := stamp.Verify(der, over, a.Roots)
	if err != nil {
		return nil, 0, err
	}
	if t.Nonce == nil || t.Nonce.Cmp(nonce) != 0 {
		return nil, 0, &stamp.Refused{Why: "the token is not the one that was asked for"}
	}
	anchors := store.AnchorsIn(dir)
	if err := anchors.KeepCheckpoint(now.Size, now.Checkpoint); err != nil {
		return nil, 0, err
	}
	return t, now.Size, anchors.KeepToken(now.Size, a.URL, der)
}

// Due reports whether the office in dir should ask a for a token at now.
func Due(ctx context.Context, dir string, a Authority, now time.Time) (bool, error) {
	newest, err := Newest(ctx, dir)
	if errors.Is(err, ErrNothing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for anchor, err := range store.AnchorsIn(dir).All() {
		if err != nil {
			return false, err
		}
		if t := latest(anchor, a); t != nil {
			age := now.Sub(t.Time)
			return anchor.Size < newest.Size && age >= stampEvery || now.After(t.Until.Add(-renewAt)) && age >= renewEvery, nil
		}
	}
	return true, nil
}

// latest returns the latest token of a over an anchor; nil if there is none that
// verifies.
func latest(anchor store.Anchor, a Authority) (last *stamp.Token) {
	for _, o := range anchor.Tokens {
		if o.By != store.By(a.URL) {
			continue
		}
		t, err := stamp.Verify(o.Data, custody.Stamped(anchor.Checkpoint), a.Roots)
		if err == nil && (last == nil || t.Time.After(last.Time)) {
			last = t
		}
	}
	return last
}
