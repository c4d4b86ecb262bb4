package foreign

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"slices"
	"time"
)

// Limits of a proof, as the library of OpenTimestamps has them, but for the number of
// steps, which it does not bound.
const (
	otsMessage = 4096
	otsDepth   = 256
	otsPayload = 8192
	otsSteps   = 10_000
)

// otsMagic begins a detached proof; a version follows, which is 1.
var otsMagic = []byte("\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01")

// Kinds of attestations, by their eight bytes.
const (
	otsPending = "\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e"
	otsBitcoin = "\x05\x88\x96\x0d\x73\xd7\x19\x01"
)

// Operations. Those with old or rare digests are not followed.
const (
	opSHA256  = 0x08
	opAppend  = 0xf0
	opPrepend = 0xf1
	opReverse = 0xf2
	opHexlify = 0xf3
)

var (
	errOTS     = errors.New("foreign: not an OpenTimestamps proof")
	errOTSKind = errors.New("foreign: a proof of a kind that is not known")
)

// An attestation says who attests to a message that a proof leads to.
type attestation struct {
	kind    string
	height  uint64 // of a Bitcoin block
	message []byte
}

// An otsProof is a detached proof of OpenTimestamps.
type otsProof struct {
	digest string // of the file, SHA-256 in hex
	ends   []attestation
}

// readOTS reads a proof and follows it to its ends. The error is errOTS, or
// errOTSKind of what can be one and is not known here.
func readOTS(b []byte) (*otsProof, error) {
	rest, ok := bytes.CutPrefix(b, otsMagic)
	if !ok || len(rest) == 0 {
		return nil, errOTS
	}
	if rest[0] != opSHA256 {
		return nil, errOTSKind
	}
	if len(rest) < 1+sha256.Size {
		return nil, errOTS
	}
	r := otsReader{b: rest[1+sha256.Size:]}
	p := &otsProof{digest: hex.EncodeToString(rest[1 : 1+sha256.Size])}
	r.follow(p, rest[1:1+sha256.Size], 0)
	if r.err == nil && len(r.b) > 0 {
		r.err = errOTS
	}
	return p, r.err
}

// An otsReader reads what is left of a proof.
type otsReader struct {
	b     []byte
	steps int
	err   error
}

func (r *otsReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *otsReader) take(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.b)) {
		r.fail(errOTS)
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *otsReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads seven bits a byte, the lowest first.
func (r *otsReader) number() (n uint64) {
	for shift := 0; shift < 63; shift += 7 {
		c := r.byte()
		n |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			return n
		}
	}
	r.fail(errOTS)
	return 0
}

func (r *otsReader) bytes(most uint64) []byte {
	n := r.number()
	if n > most {
		r.fail(errOTS)
		return nil
	}
	return r.take(n)
}

// follow reads what comes of a message: attestations, and operations with what comes
// of their results. All but the last are announced by 0xff.
func (r *otsReader) follow(p *otsProof, message []byte, depth int) {
	if depth > otsDepth {
		r.fail(errOTS)
	}
	for last := false; !last && r.err == nil; {
		tag := r.byte()
		if last = tag != 0xff; !last {
			tag = r.byte()
		}
		if r.steps++; r.steps > otsSteps {
			r.fail(errOTS)
			return
		}
		if tag == 0 {
			r.attestation(p, message)
			continue
		}
		if next := r.apply(tag, message); r.err == nil {
			r.follow(p, next, depth+1)
		}
	}
}

func (r *otsReader) attestation(p *otsProof, message []byte) {
	a := attestation{kind: string(r.take(8)), message: message}
	payload := otsReader{b: r.bytes(otsPayload)}
	if r.err != nil {
		return
	}
	if a.kind == otsBitcoin {
		a.height = payload.number()
		if payload.err != nil || len(payload.b) > 0 {
			r.fail(errOTS)
		}
	}
	p.ends = append(p.ends, a)
}

// apply returns what an operation makes of a message.
func (r *otsReader) apply(tag byte, message []byte) (next []byte) {
	switch tag {
	case opSHA256:
		h := sha256.Sum256(message)
		return h[:]
	case opAppend:
		next = slices.Concat(message, r.bytes(otsMessage))
	case opPrepend:
		next = slices.Concat(r.bytes(otsMessage), message)
	case opReverse:
		next = slices.Clone(message)
		slices.Reverse(next)
	case opHexlify:
		next = []byte(hex.EncodeToString(message))
	default:
		r.fail(errOTSKind)
	}
	if len(next) == 0 || len(next) > otsMessage {
		r.fail(errOTS)
	}
	return next
}

// Headers are headers of Bitcoin blocks, by the root of their transactions.
type Headers map[[32]byte]time.Time

// ErrHeaders says that something is no headers of Bitcoin blocks.
var ErrHeaders = errors.New("foreign: not headers of Bitcoin blocks, 80 bytes each, with the work of their chain")

// mostHeaders is as many blocks as there may be in this century.
const mostHeaders = 6_000_000

// easiest is the target of the first blocks, which no later one is above.
var easiest = new(big.Int).Lsh(big.NewInt(0xffff), 208)

// ReadHeaders reads headers of Bitcoin blocks, 80 bytes each, as a node gives them
// out. Each must have as much work as it says, which is no more than was put into the
// first block: that they are those of the longest chain only their source can tell.
func ReadHeaders(b []byte) (Headers, error) {
	if len(b) == 0 || len(b)%80 != 0 || len(b)/80 > mostHeaders {
		return nil, ErrHeaders
	}
	out := Headers{}
	for one := range slices.Chunk(b, 80) {
		h := sha256.Sum256(one)
		h = sha256.Sum256(h[:])
		slices.Reverse(h[:]) // numbers are little-endian
		exponent := uint(one[75])
		target := new(big.Int).SetBytes([]byte{one[74] & 0x7f, one[73], one[72]})
		if exponent < 3 || exponent > 32 || one[74]&0x80 != 0 {
			return nil, ErrHeaders
		}
		target.Lsh(target, 8*(exponent-3))
		if target.Cmp(easiest) > 0 || new(big.Int).SetBytes(h[:]).Cmp(target) > 0 {
			return nil, ErrHeaders
		}
		at := uint32(one[68]) | uint32(one[69])<<8 | uint32(one[70])<<16 | uint32(one[71])<<24
		out[[32]byte(one[36:68])] = time.Unix(int64(at), 0).UTC()
	}
	return out, nil
}

// opentimestamps checks a proof. of has the names of files by their SHA-256.
func (r *Report) opentimestamps(fsys fs.FS, name string, of map[string]string, trust Trust) {
	b, err := readTo(fsys, name, mostProof)
	var p *otsProof
	if err == nil {
		p, err = readOTS(b)
	}
	switch {
	case errors.Is(err, errOTSKind):
		r.line(otsBeside, Unchecked, name, whyKind)
		return
	case err != nil:
		r.line(otsBeside, Failed, name, whyBroken)
		return
	case of[p.digest] == "":
		r.line(otsBeside, Failed, name, whyMissing)
		return
	}
	file := of[p.digest]
	blocks := false
	for _, a := range p.ends {
		if a.kind != otsBitcoin {
			continue
		}
		blocks = true
		where := fmt.Sprintf("%s, Bitcoin %d", file, a.height)
		at, ok := trust.Headers[[32]byte(append(slices.Clone(a.message), make([]byte, 32)...)[:32])]
		switch {
		case len(a.message) != 32:
			r.line(otsBeside, Failed, name, whyBroken)
		case ok:
			r.line(otsBeside, Good, file+", Bitcoin, "+at.Format(time.RFC3339), notChain) // the height is only what the proof says
		case trust.Headers != nil:
			r.line(otsBeside, Unchecked, where, whyNoHeader)
		default:
			r.line(otsBeside, Unchecked, where, whyHeader)
		}
	}
	if !blocks && slices.ContainsFunc(p.ends, func(a attestation) bool { return a.kind == otsPending }) {
		r.line(otsBeside, Unchecked, file, whyPending)
	} else if !blocks {
		r.line(otsBeside, Unchecked, file, whyKind)
	}
}
