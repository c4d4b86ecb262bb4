package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Why a witness does not sign. The words are for whoever runs it.
var (
	ErrRequest      = errors.New("ledger: the request can't be read")
	ErrUnknownLog   = errors.New("ledger: a log that this witness does not follow")
	ErrUnsigned     = errors.New("ledger: no key of that log has signed")
	ErrOutOfStep    = errors.New("ledger: the request does not begin at what this witness saw last")
	ErrInconsistent = errors.New("ledger: the log is not the one that this witness saw before: it was split, rolled back or rewritten")
)

// A Request asks a witness to cosign a checkpoint, as C2SP tlog-witness has it: by
// HTTP or in a file.
type Request struct {
	Old        int64          // size of the checkpoint that the witness saw last; 0 if none
	Path       tlog.TreeProof // that the log only grew since
	Checkpoint []byte
}

// Text returns r as it is sent.
func (r *Request) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", r.Old)
	writeHashes(&b, r.Path)
	b.WriteByte('\n')
	b.Write(r.Checkpoint)
	return b.Bytes()
}

// NewRequest returns the request for a checkpoint of size, from one of size old,
// with the hashes of the log.
func NewRequest(old, size int64, checkpoint []byte, hashes tlog.HashReader) (*Request, error) {
	r := &Request{Old: old, Checkpoint: checkpoint}
	if old == 0 || old == size {
		return r, nil
	}
	var err error
	r.Path, err = tlog.ProveTree(size, old, hashes)
	return r, err
}

// ParseRequest reads a request. What it says has not been checked.
func ParseRequest(text []byte) (*Request, error) {
	head, checkpoint, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok {
		return nil, ErrRequest
	}
	old, err := count(lines[0], "old ")
	if err != nil {
		return nil, ErrRequest
	}
	path, err := readHashes(lines[1:])
	if err != nil {
		return nil, ErrRequest
	}
	return &Request{old, path, checkpoint}, nil
}

// Seen is the newest checkpoint of a log that a witness signed.
type Seen struct {
	Size int64     `json:"size"`
	Root tlog.Hash `json:"root"`
}

// Cosign returns the line that signs the checkpoint of r, and what was seen with
// it, if r shows that the log goes on from seen, which is zero if this is the
// first. The caller keeps what is returned before it hands out the line, and asks
// nothing else of the same log meanwhile: otherwise a log could be signed twice at
// one size.
func (c *Cosigner) Cosign(r *Request, log note.Verifiers, seen Seen) ([]byte, Seen, error) {
	cp, err := OpenCheckpoint(r.Checkpoint, log)
	if err != nil {
		return nil, seen, ErrUnsigned
	}
	switch {
	case r.Old > cp.Size:
		return nil, seen, ErrRequest
	case r.Old != seen.Size:
		return nil, seen, ErrOutOfStep
	case r.Old == cp.Size || r.Old == 0:
		if len(r.Path) > 0 {
			return nil, seen, ErrRequest
		}
		if seen.Size > 0 && cp.Root != seen.Root {
			return nil, seen, ErrInconsistent
		}
	default:
		if tlog.CheckTree(r.Path, cp.Size, cp.Root, seen.Size, seen.Root) != nil {
			return nil, seen, ErrInconsistent
		}
	}
	text, _, _ := bytes.Cut(r.Checkpoint, []byte("\n\n"))
	signed, err := note.Sign(&note.Note{Text: string(text) + "\n"}, c) // with lines after the third, if it has any
	if err != nil {
		return nil, seen, err
	}
	_, line, _ := bytes.Cut(signed, []byte("\n\n"))
	return line, Seen{cp.Size, cp.Root}, nil
}

// LogOf returns the name of the log that a checkpoint says it is of, unchecked.
func LogOf(checkpoint []byte) string {
	line, _, _ := bytes.Cut(checkpoint, []byte("\n"))
	return string(line)
}

// Cosigned returns checkpoint with what a witness answered, if that has a
// cosignature that v verifies; other lines are dropped.
func Cosigned(checkpoint, lines []byte, v note.Verifier) ([]byte, error) {
	text, _, ok := bytes.Cut(checkpoint, []byte("\n\n"))
	if !ok {
		return nil, ErrRequest
	}
	n, err := note.Open(bytes.Join([][]byte{text, []byte("\n\n"), lines}, nil), note.VerifierList(v))
	if err != nil {
		return nil, ErrUnsigned
	}
	out := bytes.Clone(checkpoint)
	for _, s := range n.Sigs {
		line := fmt.Appendf(nil, "— %s %s\n", s.Name, s.Base64)
		if !bytes.Contains(out, line) {
			out = append(out, line...)
		}
	}
	return out, nil
}
