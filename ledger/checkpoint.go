package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"habeas/fault"
)

// A Checkpoint says how large the log is and what its root is.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// Origin returns the name of the log whose first keeper is root. It tells
// nothing about the organisation.
func Origin(root ID) string { return "habeas.invalid/log/" + root.String() }

// NoteSigner returns a signer of checkpoints of the log called origin.
func NoteSigner(origin string, key ed25519.PrivateKey) (note.Signer, error) {
	vkey, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	hash := strings.Split(vkey, "+")[1]
	seed := append([]byte{1}, key.Seed()...) // 1 is Ed25519, in package note
	return note.NewSigner("PRIVATE+KEY+" + origin + "+" + hash + "+" + base64.StdEncoding.EncodeToString(seed))
}

// NoteVerifiers returns verifiers of checkpoints by the given public keys.
func NoteVerifiers(origin string, keys ...ed25519.PublicKey) (note.Verifiers, error) {
	var vs []note.Verifier
	for _, k := range keys {
		vkey, err := note.NewEd25519VerifierKey(origin, k)
		if err != nil {
			return nil, err
		}
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, err
		}
		vs = append(vs, v)
	}
	return note.VerifierList(vs...), nil
}

// SignCheckpoint returns the checkpoint of a log of the given size and root as
// a signed note (C2SP tlog-checkpoint). The origin is the signer's name.
func SignCheckpoint(size int64, root tlog.Hash, signer note.Signer) ([]byte, error) {
	c := Checkpoint{Origin: signer.Name(), Size: size, Root: root}
	return note.Sign(&note.Note{Text: c.text()}, signer)
}

// text returns the three lines of c.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// OpenCheckpoint reads a signed note and returns its checkpoint if one of the
// known verifiers of the log it is of signed it. The signature of a witness,
// which has a name of its own, is not enough.
func OpenCheckpoint(msg []byte, known note.Verifiers) (Checkpoint, error) {
	n, err := note.Open(msg, known)
	if err != nil {
		return Checkpoint{}, fault.Wrap(err, fault.Damaged, "ledger.bad_checkpoint")
	}
	lines := strings.SplitN(n.Text, "\n", 4)
	ofLog := func(s note.Signature) bool { return s.Name == lines[0] }
	if len(lines) < 4 || !slices.ContainsFunc(n.Sigs, ofLog) {
		return Checkpoint{}, fault.New(fault.Damaged, "ledger.bad_checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, err1 := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || err1 != nil || size < 0 || len(root) != sha256.Size {
		return Checkpoint{}, fault.New(fault.Damaged, "ledger.bad_checkpoint")
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root)}
	if !strings.HasPrefix(n.Text, c.text()) {
		return Checkpoint{}, fault.New(fault.Damaged, "ledger.bad_checkpoint")
	}
	return c, nil
}
