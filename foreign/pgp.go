package foreign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"math/big"
	"math/bits"
	"strings"
	"time"
)

// What is wrong with a signature or a key (RFC 9580, RFC 4880). Only version 4 is
// read, which is what telephones make.
var (
	errPGP     = errors.New("foreign: not OpenPGP that can be read")
	errPGPKind = errors.New("foreign: OpenPGP of a kind that is not known")
	errPGPOld  = errors.New("foreign: an old digest or a short key")
	errPGPSig  = errors.New("foreign: the signature is wrong")
)

// Kinds of packets.
const (
	packetSignature = 2
	packetKey       = 6
	packetMarker    = 10
	packetTrust     = 12
	packetUser      = 13
	packetSubkey    = 14
	packetAttribute = 17
)

// A packet is one of them, with what it holds.
type packet struct {
	tag  byte
	body []byte
}

// dearmor returns what is between the lines of an armored file of a kind, such as
// "SIGNATURE", or b itself if it is not armored. The checksum says nothing that the
// signature does not, and is not looked at (RFC 9580, section 6.1).
func dearmor(b []byte, kind string) ([]byte, error) {
	if len(b) > 0 && b[0]&0x80 != 0 {
		return b, nil
	}
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	_, text, ok := strings.Cut(text, "-----BEGIN PGP "+kind+"-----\n")
	if !ok {
		return nil, errPGP
	}
	text, _, ok = strings.Cut(text, "-----END PGP "+kind+"-----")
	_, body, headed := strings.Cut(text, "\n\n")
	if !ok || !headed && !strings.HasPrefix(text, "\n") {
		return nil, errPGP
	}
	if !headed {
		body = text[1:]
	}
	if at := strings.LastIndex(body, "\n="); at >= 0 {
		body = body[:at]
	}
	out, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body, "\n", ""))
	if err != nil {
		return nil, errPGP
	}
	return out, nil
}

// packets takes b apart. Lengths that are not said beforehand are refused: no key
// and no signature has them.
func packets(b []byte) (all []packet, err error) {
	for len(b) > 0 {
		var tag byte
		var n, at int
		switch head := b[0]; {
		case head&0xc0 == 0xc0:
			tag = head & 0x3f
			n, at = newLength(b[1:])
			at++
		case head&0xc0 == 0x80 && head&3 != 3:
			tag, at = head>>2&0xf, 1+1<<(head&3)
			if len(b) < at {
				return nil, errPGP
			}
			for _, c := range b[1:at] {
				n = n<<8 | int(c)
			}
		default:
			return nil, errPGP
		}
		if at == 0 || n < 0 || at > len(b) || n > len(b)-at {
			return nil, errPGP
		}
		all = append(all, packet{tag, b[at : at+n]})
		b = b[at+n:]
	}
	return all, nil
}

// newLength returns a length of one, two or five bytes, and how many those are; -1 if
// it is none.
func newLength(b []byte) (n, at int) {
	switch {
	case len(b) >= 1 && b[0] < 192:
		return int(b[0]), 1
	case len(b) >= 2 && b[0] < 224:
		return (int(b[0])-192)<<8 + int(b[1]) + 192, 2
	case len(b) >= 5 && b[0] == 255:
		return int(binary.BigEndian.Uint32(b[1:])), 5
	}
	return 0, -1
}

// A pgpSignature is a signature packet of version 4.
type pgpSignature struct {
	kind, algo, digest byte
	head               []byte // all that is signed of it
	left               []byte // the first two bytes of the digest
	rest               []byte // numbers
	at                 time.Time
	keyLife            time.Duration // 0: does not end
	life               time.Duration
	flags              []byte // nil if they are not said
	issuer             []byte // the end of the fingerprint, or all of it; nil if it is not said
	back               []byte // the signature of a subkey over the key that lets it sign
}

// Kinds of signatures.
const (
	sigBinary     = 0x00
	sigUserLow    = 0x10
	sigUserHigh   = 0x13
	sigSubkey     = 0x18
	sigBack       = 0x19
	sigKey        = 0x1f
	sigRevoke     = 0x20
	sigRevokeSub  = 0x28
	flagSigns     = 0x02
	critical      = 0x80
	subCreated    = 2
	subLife       = 3
	subKeyLife    = 9
	subIssuer     = 16
	subFlags      = 27
	subEmbedded   = 32
	subIssuerFull = 33
)

// harmless are subpackets that change nothing about whether a signature holds.
var harmless = map[byte]bool{11: true, 21: true, 22: true, 23: true, 25: true, 29: true, 30: true, 34: true, 39: true}

func readSignature(b []byte) (*pgpSignature, error) {
	if len(b) < 6 {
		return nil, errPGP
	}
	if b[0] != 4 {
		return nil, errPGPKind
	}
	s := &pgpSignature{kind: b[1], algo: b[2], digest: b[3]}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if len(b) < 6+n+2 {
		return nil, errPGP
	}
	s.head = b[:6+n]
	rest := b[6+n:]
	open := int(binary.BigEndian.Uint16(rest))
	if len(rest) < 2+open+2 {
		return nil, errPGP
	}
	// Of what is not signed only hints are taken: whose the signature is said to be,
	// and the subkey's own signature, which is checked by itself.
	if err := s.subpackets(s.head[6:], true); err != nil {
		return nil, err
	}
	if err := s.subpackets(rest[2:2+open], false); err != nil {
		return nil, err
	}
	if s.at.IsZero() {
		return nil, errPGP
	}
	s.left, s.rest = rest[2+open:2+open+2], rest[2+open+2:]
	return s, nil
}

func (s *pgpSignature) subpackets(b []byte, signed bool) error {
	for len(b) > 0 {
		n, at := newLength(b)
		if at < 0 || n < 1 || n > len(b)-at {
			return errPGP
		}
		kind, body := b[at], b[at+1:at+n]
		b = b[at+n:]
		switch kind &^ critical {
		case subIssuer:
			if len(body) != 8 {
				return errPGP
			}
			if s.issuer == nil {
				s.issuer = body
			}
		case subIssuerFull:
			if len(body) != 21 || body[0] != 4 {
				return errPGPKind
			}
			s.issuer = body[1:]
		case subEmbedded:
			s.back = body
		default:
			if signed {
				if err := s.signedSub(kind, body); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// signedSub reads a subpacket that is signed. A critical one that is not known makes
// the signature one that is not known (RFC 9580, section 5.2.3.7).
func (s *pgpSignature) signedSub(kind byte, body []byte) error {
	seconds := func() time.Duration {
		if len(body) != 4 {
			return -1
		}
		return time.Duration(binary.BigEndian.Uint32(body)) * time.Second
	}
	switch kind &^ critical {
	case subCreated:
		if len(body) != 4 {
			return errPGP
		}
		s.at = time.Unix(int64(binary.BigEndian.Uint32(body)), 0).UTC()
	case subLife:
		s.life = seconds()
	case subKeyLife:
		s.keyLife = seconds()
	case subFlags:
		s.flags = append([]byte{}, body...)
	default:
		if kind&critical != 0 && !harmless[kind&^critical] {
			return errPGPKind
		}
	}
	if s.life < 0 || s.keyLife < 0 {
		return errPGP
	}
	return nil
}

const oldSHA1 = 2

// hash returns the digest that s uses. MD5, SHA-1 and RIPEMD-160 are old: others can
// be made with the same one.
func (s *pgpSignature) hash() (crypto.Hash, error) {
	switch s.digest {
	case 8:
		return crypto.SHA256, nil
	case 9:
		return crypto.SHA384, nil
	case 10:
		return crypto.SHA512, nil
	case 1, oldSHA1, 3:
		return 0, errPGPOld
	}
	return 0, errPGPKind
}

// over checks that s was made with k over what was written to h, and is not old.
func (s *pgpSignature) over(h hash.Hash, k *pgpKey) error {
	kind, err := s.hash()
	if err != nil {
		return err
	}
	return s.made(h, k, kind)
}

// made is over with a digest of any kind.
func (s *pgpSignature) made(h hash.Hash, k *pgpKey, kind crypto.Hash) error {
	h.Write(s.head)
	h.Write(binary.BigEndian.AppendUint32([]byte{4, 0xff}, uint32(len(s.head))))
	sum := h.Sum(nil)
	if !bytes.Equal(sum[:2], s.left) {
		return errPGPSig
	}
	good := false
	switch pub := k.public.(type) {
	case *rsa.PublicKey:
		n, err := numbers(s.rest, 1)
		if err != nil || (s.algo != 1 && s.algo != 3) || len(n[0]) > pub.Size() {
			return errPGPSig
		}
		good = rsa.VerifyPKCS1v15(pub, kind, sum, padded(n[0], pub.Size())) == nil
	case *ecdsa.PublicKey:
		n, err := numbers(s.rest, 2)
		if err != nil || s.algo != 19 {
			return errPGPSig
		}
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(n[0]), new(big.Int).SetBytes(n[1])})
		good = err == nil && ecdsa.VerifyASN1(pub, sum, der)
	case ed25519.PublicKey:
		sig := s.rest
		if s.algo == 22 {
			n, err := numbers(s.rest, 2)
			if err != nil || len(n[0]) > 32 || len(n[1]) > 32 {
				return errPGPSig
			}
			sig = append(padded(n[0], 32), padded(n[1], 32)...)
		}
		good = (s.algo == 22 || s.algo == 27) && len(sig) == ed25519.SignatureSize && ed25519.Verify(pub, sum, sig)
	}
	if !good {
		return errPGPSig
	}
	return nil
}

func padded(b []byte, n int) []byte { return append(make([]byte, n-len(b)), b...) }

// numbers reads n numbers, each after how many bits it has, which must be so, and
// nothing after them.
func numbers(b []byte, n int) (all [][]byte, err error) {
	for range n {
		if len(b) < 2 {
			return nil, errPGP
		}
		size := int(binary.BigEndian.Uint16(b))
		length := (size + 7) / 8
		if b = b[2:]; length == 0 || length > len(b) || bits.Len8(b[0]) != size-8*(length-1) {
			return nil, errPGP
		}
		all = append(all, b[:length])
		b = b[length:]
	}
	if len(b) > 0 {
		return nil, errPGP
	}
	return all, nil
}
