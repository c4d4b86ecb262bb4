package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// algCosignature is the kind of key that C2SP tlog-cosignature gives Ed25519.
const algCosignature = 4

// ErrCosignature says that a key of a witness, or what it signed, can't be read.
var ErrCosignature = errors.New("ledger: not the key of a witness")

// witnessName is what a name of a witness may be: no spaces and no plus sign, so
// that it can stand in a key and before a signature.
var witnessName = regexp.MustCompile(`^[!-*,-~]{1,200}$`)

func cosignatureID(name string, key ed25519.PublicKey) uint32 {
	h := sha256.Sum256(append([]byte(name+"\n"), append([]byte{algCosignature}, key...)...))
	return binary.BigEndian.Uint32(h[:4])
}

// A Cosigner signs, for a witness, that a checkpoint is the largest of its log
// that the witness knows, and consistent with all before. It is a [note.Signer].
type Cosigner struct {
	name string
	key  ed25519.PrivateKey
	now  func() time.Time
}

// NewCosigner returns a cosigner of that name, which must have no spaces and no
// plus signs. The key must sign nothing else, and under no other name.
func NewCosigner(name string, key ed25519.PrivateKey, now func() time.Time) (*Cosigner, error) {
	if !witnessName.MatchString(name) || len(key) != ed25519.PrivateKeySize {
		return nil, ErrCosignature
	}
	return &Cosigner{name, key, now}, nil
}

func (c *Cosigner) public() ed25519.PublicKey { return c.key.Public().(ed25519.PublicKey) }

// Name returns the name of the witness.
func (c *Cosigner) Name() string { return c.name }

// KeyHash returns the ID of the key.
func (c *Cosigner) KeyHash() uint32 { return cosignatureID(c.name, c.public()) }

// Sign returns the cosignature of the text of a checkpoint, as of now.
func (c *Cosigner) Sign(text []byte) ([]byte, error) {
	at := c.now().Unix()
	if at < 0 {
		return nil, ErrCosignature
	}
	sig := binary.BigEndian.AppendUint64(nil, uint64(at))
	return append(sig, ed25519.Sign(c.key, cosigned(at, text))...), nil
}

// VerifierKey returns the public key with the name, as [Cosignatures] reads it.
func (c *Cosigner) VerifierKey() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{algCosignature}, c.public()...)))
}

// cosigned returns the message that is signed (C2SP tlog-cosignature).
func cosigned(at int64, text []byte) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
}

// A cosignatures is the key of a witness. It is a [note.Verifier].
type cosignatures struct {
	name string
	key  ed25519.PublicKey
}

// Cosignatures returns the verifier of what a witness signs, from its key as
// [Cosigner.VerifierKey] gives it.
func Cosignatures(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 || !witnessName.MatchString(parts[0]) {
		return nil, ErrCosignature
	}
	b, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(b) != 1+ed25519.PublicKeySize || b[0] != algCosignature {
		return nil, ErrCosignature
	}
	v := &cosignatures{parts[0], ed25519.PublicKey(b[1:])}
	if parts[1] != fmt.Sprintf("%08x", v.KeyHash()) {
		return nil, ErrCosignature
	}
	return v, nil
}

// Name returns the name of the witness.
func (v *cosignatures) Name() string { return v.name }

// KeyHash returns the ID of the key.
func (v *cosignatures) KeyHash() uint32 { return cosignatureID(v.name, v.key) }

// Verify reports whether sig is a cosignature of text.
func (v *cosignatures) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize || sig[0] >= 0x80 {
		return false
	}
	at := int64(binary.BigEndian.Uint64(sig))
	return ed25519.Verify(v.key, cosigned(at, text), sig[8:])
}

// A Cosignature says which witness signed a checkpoint, and when.
type Cosignature struct {
	Witness string
	At      time.Time // by the witness's clock
}

// A Policy says whom to believe about a log: one of its own keys must have signed,
// and at least Least of the witnesses.
type Policy struct {
	Log       note.Verifiers
	Witnesses []note.Verifier
	Least     int
}

// ErrQuorum says that too few witnesses signed a checkpoint.
var ErrQuorum = errors.New("ledger: too few witnesses have signed")

// Open reads a checkpoint that p believes, and who cosigned it, each witness once.
// Signatures by others are passed over. If too few did, it returns both and
// [ErrQuorum].
func (p Policy) Open(checkpoint []byte) (Checkpoint, []Cosignature, error) {
	c, err := OpenCheckpoint(checkpoint, p.Log)
	if err != nil {
		return c, nil, err
	}
	var by []Cosignature
	if n, err := note.Open(checkpoint, note.VerifierList(p.Witnesses...)); err == nil {
		for _, s := range n.Sigs {
			raw, err := base64.StdEncoding.DecodeString(s.Base64)
			if err != nil || len(raw) < 12 || slices.ContainsFunc(by, func(c Cosignature) bool { return c.Witness == s.Name }) {
				continue
			}
			by = append(by, Cosignature{s.Name, time.Unix(int64(binary.BigEndian.Uint64(raw[4:12])), 0).UTC()})
		}
	}
	if len(by) < p.Least {
		return c, by, ErrQuorum
	}
	return c, by, nil
}
