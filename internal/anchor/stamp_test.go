package anchor_test

import (
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"habeas/internal/anchor"
	"habeas/internal/store"
	"habeas/stamp"
	"habeas/stamp/stamptest"
)

func TestStamp(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	authority := stamptest.New(t, true, stamptest.Purpose{
		Uses: []asn1.ObjectIdentifier{stamptest.TimeStamping}, Critical: true, From: time.Now().Add(-time.Hour), To: time.Now().Add(60 * 24 * time.Hour),
	})
	srv := httptest.NewServer(authority.Handler(t))
	a := anchor.Authority{URL: srv.URL, Roots: authority.Roots}
	due := func(after time.Duration, want bool) {
		t.Helper()
		if got, err := anchor.Due(ctx, o.dir, a, time.Now().Add(after)); got != want || err != nil {
			t.Errorf("due after %v: got %v, %v, want %v", after, got, err, want)
		}
	}
	due(0, false) // an empty log
	o.grow(3)
	due(0, true)
	srv.Close() // offline
	if _, _, err := anchor.Stamp(ctx, anchor.Client(), o.dir, a); err == nil {
		t.Fatal("nobody was there, and it stamped")
	}
	due(0, true) // it waits
	srv = httptest.NewServer(authority.Handler(t))
	defer srv.Close()
	a.URL = srv.URL
	token, size, err := anchor.Stamp(ctx, anchor.Client(), o.dir, a)
	if err != nil || size != 3 || time.Since(token.Time).Abs() > time.Minute {
		t.Fatalf("got %+v, %d, %v", token, size, err)
	}
	due(0, false)
	due(2*time.Hour, false) // nothing is new
	o.grow(2)
	due(0, false)
	due(2*time.Hour, true)
	if _, _, err := anchor.Stamp(ctx, anchor.Client(), o.dir, a); err != nil {
		t.Fatal(err)
	}
	due(25*24*time.Hour, false)
	due(35*24*time.Hour, true) // the certificate ends in 25 days
	if s, err := anchor.Stamped(o.dir, o.known, a); err != nil || s.Size < size || s.Until.IsZero() || !strings.Contains(s.Name, "Invented Stamps") {
		t.Errorf("got %+v, %v", s, err)
	}
	found, err := anchor.Check(ctx, o.dir, o.known, nil, authority.Roots)
	if err != nil || found.Stamped != 2 || len(found.Tokens) != 2 || found.Strangers != 0 || found.Largest != 5 {
		t.Errorf("got %+v, %v", found, err)
	}
	if found, err = anchor.Check(ctx, o.dir, o.known, nil, x509.NewCertPool()); err != nil || found.Strangers != 2 || len(found.Tokens) != 0 {
		t.Errorf("with other roots: got %+v, %v", found, err)
	}
}

// What an authority answers is kept only if it is a token of one whose root is
// given, over this checkpoint, and the answer to this question.
func TestAttackLyingAuthority(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.grow(3)
	good := stamptest.New(t, true, stamptest.Good())
	stranger := stamptest.New(t, true, stamptest.Good())
	var before []byte
	replay := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if before == nil && err == nil {
			before, err = good.Answer(t, query, "")
		}
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(before)
	})
	expired := stamptest.Good()
	expired.From, expired.To = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	replayed := httptest.NewServer(replay)
	defer replayed.Close()
	if _, _, err := anchor.Stamp(ctx, anchor.Client(), o.dir, anchor.Authority{URL: replayed.URL, Roots: good.Roots}); err != nil {
		t.Fatal(err)
	}
	late := stamptest.New(t, true, expired)
	for name, tc := range map[string]struct {
		handler http.Handler
		roots   *x509.CertPool
	}{
		"an answer to another question": {replay, good.Roots},
		"a stranger":                    {stranger.Handler(t), good.Roots},
		"one whose time is over":        {late.Handler(t), late.Roots},
		"no token":                      {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }), good.Roots},
		"a status":                      {http.NotFoundHandler(), good.Roots},
	} {
		srv := httptest.NewServer(tc.handler)
		_, _, err := anchor.Stamp(ctx, anchor.Client(), o.dir, anchor.Authority{URL: srv.URL, Roots: tc.roots})
		_, refused := errors.AsType[*stamp.Refused](err)
		_, status := errors.AsType[anchor.Status](err)
		if !refused && !status {
			t.Errorf("%s: got %v", name, err)
		}
		srv.Close()
	}
	if kept, err := store.AnchorsIn(o.dir).At(3); err != nil || len(kept.Tokens) != 1 {
		t.Errorf("kept were %v, %v", kept, err)
	}
}

func TestCheckURL(t *testing.T) {
	for _, tc := range []struct {
		url         string
		want, clear bool
	}{
		{"https://witness.example.org", true, true},
		{"http://127.0.0.1:8090", true, true},
		{"http://localhost:8090", true, true},
		{"http://abc.onion/x", true, true},
		{"http://witness.example.org", false, true},
		{"https://user:password@witness.example.org", false, false},
		{"ftp://witness.example.org", false, false},
		{"file:///etc/passwd", false, false},
		{"witness.example.org", false, false},
		{"", false, false},
	} {
		if err := anchor.CheckURL(tc.url, false); (err == nil) != tc.want {
			t.Errorf("%s: %v", tc.url, err)
		}
		if err := anchor.CheckURL(tc.url, true); (err == nil) != tc.clear {
			t.Errorf("%s, in clear: %v", tc.url, err)
		}
	}
}
