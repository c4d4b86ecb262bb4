package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"habeas/custody"
	"habeas/fault"
	"habeas/internal/anchor"
	"habeas/ledger"
	"habeas/stamp"
)

// anchorFlags are whom a server asks to sign that they saw its log. Nobody is asked
// unless somebody is named.
type anchorFlags struct {
	Witness   []string `placeholder:"URL=KEY" help:"Ask this witness to cosign the log; may be repeated. It learns how many entries there are, when, and a hash."`
	Authority []string `placeholder:"URL" help:"Ask this authority to stamp the log (RFC 3161); may be repeated. It learns a hash, and when."`
	Roots     string   `placeholder:"FILE" help:"The roots that certificates of these authorities lead to, PEM. Time stamps that others put beside exhibits are checked with them too."`
}

// An asked is somebody who is asked.
type asked struct {
	what string // "witness 1", for the log: no address
	ask  func(ctx context.Context) error
}

// anchorEvery is how often the newest checkpoint is shown to a witness, if it is
// new; after a failure the wait doubles from anchorAgain up to anchorLater.
const (
	anchorEvery = 10 * time.Minute
	anchorAgain = time.Minute
	anchorLater = time.Hour
)

// askers returns who is to be asked about the log in dir.
func (f anchorFlags) askers(dir string, client *http.Client) (all []asked, err error) {
	for i, w := range f.Witness {
		url, key, _ := strings.Cut(w, "=")
		v, err := ledger.Cosignatures(key)
		if err != nil {
			return nil, refuse("--witness is not URL=KEY", "the key is the line that habeas witness init prints")
		}
		if err := anchor.CheckURL(url, false); err != nil {
			return nil, refuse("--witness names an address that is " + err.Error())
		}
		all = append(all, asked{fmt.Sprintf("witness %d", i+1), func(ctx context.Context) error {
			_, err := anchor.AskWitness(ctx, client, dir, url, v)
			return err
		}})
	}
	if len(f.Authority) == 0 {
		return all, nil
	}
	roots, err := readRoots(f.Roots)
	if err != nil {
		return nil, err
	}
	for i, url := range f.Authority {
		if err := anchor.CheckURL(url, true); err != nil {
			return nil, refuse("--authority names an address that is " + err.Error())
		}
		a := anchor.Authority{URL: url, Roots: roots}
		all = append(all, asked{fmt.Sprintf("authority %d", i+1), func(ctx context.Context) error {
			due, err := anchor.Due(ctx, dir, a, time.Now())
			if err == nil && due {
				_, _, err = anchor.Stamp(ctx, client, dir, a)
			}
			return err
		}})
	}
	return all, nil
}

func readRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, refuse("nothing says which authorities to believe", "name a file with the roots of their certificates with --roots")
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(b) {
		return nil, refuse("there is no certificate in "+file, "it begins with -----BEGIN CERTIFICATE-----")
	}
	return roots, nil
}

// keepAsking asks all until ctx ends, each at its own pace.
func keepAsking(ctx context.Context, all []asked, log *slog.Logger) {
	var each sync.WaitGroup
	for _, a := range all {
		each.Go(func() {
			again := time.Duration(0)
			for {
				wait := anchorEvery
				err := a.ask(ctx)
				if errors.Is(err, anchor.ErrNothing) || fault.KindOf(err) == fault.NotFound {
					err = nil // the office is being made
				}
				if err != nil && ctx.Err() == nil {
					again = min(max(2*again, anchorAgain), anchorLater)
					wait = again
					a.log(ctx, log, err)
				} else {
					again = 0
				}
				select {
				case <-ctx.Done():
					return
				case <-time.After(wait):
				}
			}
		})
	}
	each.Wait()
}

// log says that somebody did not sign, without an address. That the log is not the
// one they saw is said loudly.
func (a asked) log(ctx context.Context, log *slog.Logger, err error) {
	if r, ok := errors.AsType[*anchor.RolledBack](err); ok {
		log.LogAttrs(ctx, slog.LevelError, "this log is not the one that others saw",
			slog.String("who", a.what), slog.Int64("seen", r.Seen), slog.Int64("size", r.Size))
		return
	}
	attrs := []slog.Attr{slog.String("who", a.what), slog.Int("kind", int(fault.KindOf(err))), slog.String("type", fmt.Sprintf("%T", err))}
	if s, ok := errors.AsType[anchor.Status](err); ok {
		attrs = append(attrs, slog.Int("status", int(s)))
	}
	log.LogAttrs(ctx, slog.LevelWarn, "the log was not signed by others; it is tried again", attrs...)
}

type stampCommand struct {
	Dir       string   `arg:"" help:"The data directory."`
	Authority []string `required:"" placeholder:"URL" help:"The authority to ask (RFC 3161); may be repeated. It learns a hash, and when."`
	Roots     string   `required:"" placeholder:"FILE" help:"The roots that certificates of these authorities lead to, PEM."`
}

// Run asks each authority for a token over the newest checkpoint, beside a running
// server.
func (c *stampCommand) Run(ctx context.Context, p *program) error {
	roots, err := readRoots(c.Roots)
	if err != nil {
		return err
	}
	var failed error
	for _, url := range c.Authority {
		if err := anchor.CheckURL(url, true); err != nil {
			return refuse("--authority names an address that is " + err.Error())
		}
		t, size, err := anchor.Stamp(ctx, anchor.Client(), c.Dir, anchor.Authority{URL: url, Roots: roots})
		if r, ok := errors.AsType[*stamp.Refused](err); ok {
			failed = found("not kept: " + r.Why)
			p.warn(failed, "the answer of "+url+" is not believed")
			continue
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%d entries: %s by %s; stamp it anew before %s\n", size, t.Time.Format(time.RFC3339), custody.Printable(t.Signer.Subject.CommonName), t.Until.Format(time.DateOnly))
	}
	return failed
}

// verifiersOf returns what verifies checkpoints of the office in dir.
func verifiersOf(keys []string) (note.Verifiers, error) {
	var all []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return note.VerifierList(all...), nil
}
