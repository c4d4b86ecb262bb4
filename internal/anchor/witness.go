// Package anchor ties the log of an office to what others hold: witnesses, who
// sign that it only grew since they saw it last, and time-stamping authorities.
// It has both sides, the office that asks and the witness that answers.
//
// What a witness learns of an office is the name of its log, how many entries it
// has and when, and a hash over all of them; an authority sees a hash alone.
// Neither learns what an entry says, nor who wrote it.
package anchor

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/mod/sumdb/note"

	"habeas/internal/whole"
	"habeas/ledger"
)

// Names of files of a witness.
const (
	keyFile   = "witness.key"  // secret, nothing else
	stateFile = "witness.json" // public
	lockFile  = "lock"
)

// A Witness is one that follows logs: a directory with its key and what it saw.
type Witness struct {
	dir    string
	signer *ledger.Cosigner
}

// A Followed is a log that a witness follows.
type Followed struct {
	Keys       []string    `json:"keys"` // of the office, as [note.NewVerifier] reads them
	Seen       ledger.Seen `json:"seen"`
	Checkpoint string      `json:"checkpoint,omitempty"` // of Seen, as the office signed it: with another of the same log, it is proof of a split
}

type witnessState struct {
	Name string               `json:"name"`
	Logs map[string]*Followed `json:"logs"`
}

// Refused says why a witness does not sign, and what it saw last of that log.
type Refused struct {
	Err  error // an Err of package ledger
	Seen ledger.Seen
	Size int64 // of the checkpoint that was shown; 0 if it can't be read
}

// Error returns why, for whoever runs the witness.
func (r *Refused) Error() string {
	why := strings.TrimPrefix(r.Err.Error(), "ledger: ")
	switch {
	case errors.Is(r.Err, ledger.ErrOutOfStep) && r.Size > 0 && r.Size < r.Seen.Size:
		return fmt.Sprintf("%s: it is shown %d entries, and saw %d. If nobody sent an old request, the log was rolled back: ask the office, by another way", why, r.Size, r.Seen.Size)
	case errors.Is(r.Err, ledger.ErrOutOfStep):
		return fmt.Sprintf("%s: it saw %d entries; the office makes a request with --old %[2]d", why, r.Seen.Size)
	case errors.Is(r.Err, ledger.ErrInconsistent):
		return fmt.Sprintf("%s. It saw %d entries, and is shown %d that do not go on from these. Keep both, and tell others who follow this log", why, r.Seen.Size, r.Size)
	}
	return why
}

// Unwrap returns the Err of package ledger.
func (r *Refused) Unwrap() error { return r.Err }

// NewWitness makes a witness in dir, which must be empty or not there yet. A name
// has no spaces and no plus signs, such as "partner.example/witness".
func NewWitness(dir, name string) (*Witness, error) {
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return nil, fmt.Errorf("%s is not empty", dir)
	}
	if err := whole.MakeDir(dir); err != nil {
		return nil, err
	}
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed)
	if _, err := ledger.NewCosigner(name, ed25519.NewKeyFromSeed(seed), time.Now); err != nil {
		return nil, err
	}
	b, err := encoded(&witnessState{Name: name, Logs: map[string]*Followed{}})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(whole.Write(filepath.Join(dir, keyFile), []byte(hex.EncodeToString(seed)+"\n")), whole.Write(filepath.Join(dir, stateFile), b)); err != nil {
		return nil, err
	}
	return OpenWitness(dir)
}

// OpenWitness opens the witness in dir. Any number of processes may have it open.
func OpenWitness(dir string) (*Witness, error) {
	about, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	if about.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others on this machine can read %s: chmod 600", filepath.Join(dir, keyFile))
	}
	b, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is no key of a witness", filepath.Join(dir, keyFile))
	}
	w := &Witness{dir: dir}
	s, err := w.state()
	if err != nil {
		return nil, err
	}
	w.signer, err = ledger.NewCosigner(s.Name, ed25519.NewKeyFromSeed(seed), time.Now)
	return w, err
}

// Key returns the public key, as an office and whoever checks a bundle name it.
func (w *Witness) Key() string { return w.signer.VerifierKey() }

// Logs returns the logs that w follows, by their names.
func (w *Witness) Logs() (map[string]*Followed, error) {
	s, err := w.state()
	if err != nil {
		return nil, err
	}
	return s.Logs, nil
}

// Follow makes w follow a log, or take another of its keys. log is ORIGIN=KEY or
// KEY, with the key as [note.NewVerifier] reads it, whose name is the log's.
func (w *Witness) Follow(log string) (origin string, err error) {
	origin, key, both := strings.Cut(log, "=")
	v, err := note.NewVerifier(key)
	if !both || err != nil {
		key = log
		if v, err = note.NewVerifier(key); err != nil {
			return "", errors.New("that is not ORIGIN=KEY, as habeas checkpoint key prints it")
		}
		origin = v.Name()
	}
	if strings.ContainsFunc(origin, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", errors.New("the name of a log has no such letters")
	}
	if v.Name() != origin {
		return "", errors.New("the key is of another log than the one that is named")
	}
	return origin, w.change(func(s *witnessState) error {
		if s.Logs[origin] == nil {
			s.Logs[origin] = &Followed{}
		}
		if f := s.Logs[origin]; !slices.Contains(f.Keys, key) {
			f.Keys = append(f.Keys, key)
		}
		return nil
	})
}

// Cosign answers a request, a C2SP tlog-witness body, with the line that signs its
// checkpoint. What was seen is on disk before Cosign returns; requests wait for
// each other, also those of other processes. If the witness does not sign, the
// error is a [*Refused].
func (w *Witness) Cosign(request []byte) (line []byte, err error) {
	r, err := ledger.ParseRequest(request)
	if err != nil {
		return nil, &Refused{Err: err}
	}
	origin := ledger.LogOf(r.Checkpoint)
	err = w.change(func(s *witnessState) error {
		f := s.Logs[origin]
		if f == nil {
			return &Refused{Err: ledger.ErrUnknownLog}
		}
		known, err := f.verifiers()
		if err != nil {
			return err
		}
		var seen ledger.Seen
		if line, seen, err = w.signer.Cosign(r, known, f.Seen); err != nil {
			refused := &Refused{Err: err, Seen: f.Seen}
			if cp, err := ledger.OpenCheckpoint(r.Checkpoint, known); err == nil {
				refused.Size = cp.Size
			}
			return refused
		}
		f.Seen, f.Checkpoint = seen, string(r.Checkpoint)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return line, nil
}

func (f *Followed) verifiers() (note.Verifiers, error) {
	var all []note.Verifier
	for _, k := range f.Keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return note.VerifierList(all...), nil
}

func (w *Witness) state() (*witnessState, error) {
	b, err := os.ReadFile(filepath.Join(w.dir, stateFile))
	if err != nil {
		return nil, err
	}
	s := &witnessState{}
	if err := json.Unmarshal(b, s); err != nil || s.Name == "" || s.Logs == nil {
		return nil, fmt.Errorf("%s can't be read; without it the witness could sign a log twice, so it signs nothing", filepath.Join(w.dir, stateFile))
	}
	return s, nil
}

// change reads the state, changes it, and writes it if do does not fail. Nobody
// else does meanwhile.
func (w *Witness) change(do func(*witnessState) error) error {
	lock, err := os.OpenFile(filepath.Join(w.dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	s, err := w.state()
	if err != nil {
		return err
	}
	if err := do(s); err != nil {
		return err
	}
	b, err := encoded(s)
	if err != nil {
		return err
	}
	return whole.Write(filepath.Join(w.dir, stateFile), b)
}

func encoded(s *witnessState) ([]byte, error) {
	b, err := json.MarshalIndent(s, "", "  ")
	return append(b, '\n'), err
}
