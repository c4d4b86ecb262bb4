package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"habeas"
	"habeas/internal/anchor"
	"habeas/ledger"
)

// watch returns what says who signed the log in dir; nil if nobody is asked to. The
// flags were checked by askers.
func (f anchorFlags) watch(dir string) func(context.Context) (habeas.LogWatch, error) {
	if len(f.Witness)+len(f.Authority) == 0 {
		return nil
	}
	var mu sync.Mutex
	var last habeas.LogWatch
	var until time.Time
	return func(ctx context.Context) (habeas.LogWatch, error) {
		mu.Lock()
		defer mu.Unlock()
		if time.Now().Before(until) {
			return last, nil
		}
		now, err := f.look(ctx, dir)
		if err == nil {
			last, until = now, time.Now().Add(lookEvery)
		}
		return now, err
	}
}

// lookEvery is how long what was found is shown again, since pages that keepers open
// often ask for it.
const lookEvery = 5 * time.Second

func (f anchorFlags) look(ctx context.Context, dir string) (w habeas.LogWatch, err error) {
	now, err := anchor.Newest(ctx, dir)
	if err != nil && !errors.Is(err, anchor.ErrNothing) {
		return w, err
	}
	w.Size = now.Size
	_, keys, err := habeas.LogKeys(dir)
	if err != nil {
		return w, err
	}
	known, err := verifiersOf(keys)
	if err != nil {
		return w, err
	}
	for _, one := range f.Witness {
		_, key, _ := strings.Cut(one, "=")
		v, err := ledger.Cosignatures(key)
		if err != nil {
			return w, err
		}
		s, err := anchor.Witnessed(dir, known, v)
		if err != nil {
			return w, err
		}
		w.Witnesses = append(w.Witnesses, signerOf(s))
	}
	for _, url := range f.Authority {
		roots, err := readRoots(f.Roots)
		if err != nil {
			return w, err
		}
		s, err := anchor.Stamped(dir, known, anchor.Authority{URL: url, Roots: roots})
		if err != nil {
			return w, err
		}
		w.Authorities = append(w.Authorities, signerOf(s))
	}
	return w, nil
}

func signerOf(s anchor.Standing) habeas.LogSigner {
	out := habeas.LogSigner{Name: s.Name, Size: s.Size, At: s.At, Until: s.Until}
	if s.Refused != nil {
		out.Seen, out.Asked = s.Refused.Seen, s.Refused.At
	}
	return out
}

// believed returns the roots that proofs of others are checked with; nil if none are
// named.
func (f anchorFlags) believed() ([]byte, error) {
	if f.Roots == "" {
		return nil, nil
	}
	if _, err := readRoots(f.Roots); err != nil {
		return nil, err
	}
	return os.ReadFile(f.Roots)
}
