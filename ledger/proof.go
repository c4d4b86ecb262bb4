package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrProof says that a proof can't be read, or does not prove what it is asked.
var ErrProof = errors.New("ledger: not a proof of this")

const proofHeader = "c2sp.org/tlog-proof@v1"

// mostHashes is how many hashes a proof may have: one for each level of a tree of
// as many leaves as can be counted.
const mostHashes = 63

// A Proof says that a leaf is in the log at a number, under a checkpoint. As text
// it is a C2SP tlog-proof, without the extra line.
type Proof struct {
	Number     int64
	Path       tlog.RecordProof // from the leaf's sibling to the root's child
	Checkpoint []byte           // a signed note, with any cosignatures
}

// Prove returns the proof that leaf number of the log that hashes reads is under
// checkpoint, whose size is size.
func Prove(number, size int64, checkpoint []byte, hashes tlog.HashReader) (*Proof, error) {
	path, err := tlog.ProveRecord(size, number, hashes)
	if err != nil {
		return nil, err
	}
	return &Proof{number, path, checkpoint}, nil
}

// Text returns p as it is written to a file.
func (p *Proof) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nindex %d\n", proofHeader, p.Number)
	writeHashes(&b, p.Path)
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseProof reads a proof. What it says has not been checked.
func ParseProof(text []byte) (*Proof, error) {
	head, checkpoint, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 2 || lines[0] != proofHeader {
		return nil, ErrProof
	}
	number, err := count(lines[1], "index ")
	if err != nil {
		return nil, err
	}
	path, err := readHashes(lines[2:])
	if err != nil {
		return nil, err
	}
	return &Proof{number, path, checkpoint}, nil
}

// Check reports whether p proves that leaf is in the log whose checkpoint c is,
// which the caller has read from p.Checkpoint or holds otherwise.
func (p *Proof) Check(leaf tlog.Hash, c Checkpoint) error {
	if p.Number >= c.Size || tlog.CheckRecord(p.Path, c.Size, c.Root, p.Number, leaf) != nil {
		return ErrProof
	}
	return nil
}

// count reads a number that is written in one way only.
func count(line, before string) (int64, error) {
	s, ok := strings.CutPrefix(line, before)
	n, err := strconv.ParseInt(s, 10, 64)
	if !ok || err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, ErrProof
	}
	return n, nil
}

func writeHashes(b *bytes.Buffer, hashes []tlog.Hash) {
	for _, h := range hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
}

func readHashes(lines []string) ([]tlog.Hash, error) {
	if len(lines) > mostHashes {
		return nil, ErrProof
	}
	hashes := make([]tlog.Hash, len(lines))
	for i, l := range lines {
		b, err := base64.StdEncoding.Strict().DecodeString(l)
		if err != nil || len(b) != tlog.HashSize || base64.StdEncoding.EncodeToString(b) != l {
			return nil, ErrProof
		}
		hashes[i] = tlog.Hash(b)
	}
	return hashes, nil
}
