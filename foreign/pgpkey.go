package foreign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha1" // fingerprints of version 4 are that; nothing is believed for them
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io/fs"
	"math/big"
	"slices"
	"strings"
	"time"
)

// A pgpKey is a public key of version 4, or a subkey.
type pgpKey struct {
	body     []byte
	algo     byte
	public   any // *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey, or nil
	created  time.Time
	print    [20]byte
	life     time.Duration // 0: does not end
	signs    bool
	revoked  bool
	bound    bool    // of a subkey: its primary key lets it sign, and it says so itself
	primary  *pgpKey // of a subkey
	selfTime time.Time
	why      error // why public is nil
}

// curves are those of ECDSA, by their OID in DER without its head.
var curves = map[string]elliptic.Curve{
	"\x2a\x86\x48\xce\x3d\x03\x01\x07": elliptic.P256(),
	"\x2b\x81\x04\x00\x22":             elliptic.P384(),
	"\x2b\x81\x04\x00\x23":             elliptic.P521(),
}

const ed25519OID = "\x2b\x06\x01\x04\x01\xda\x47\x0f\x01"

// shortest and longest are how many bits an RSA key may have.
const shortest, longest = 2048, 8192

func readKey(b []byte) (*pgpKey, error) {
	if len(b) < 6 || len(b) > 0xffff {
		return nil, errPGP
	}
	if b[0] != 4 {
		return nil, errPGPKind
	}
	k := &pgpKey{body: b, algo: b[5], created: time.Unix(int64(binary.BigEndian.Uint32(b[1:])), 0).UTC(), signs: true}
	h := sha1.New()
	k.write(h)
	k.print = [20]byte(h.Sum(nil))
	k.public, k.why = readPublic(k.algo, b[6:])
	return k, nil
}

// readPublic reads the numbers of a key.
func readPublic(algo byte, b []byte) (any, error) {
	switch algo {
	case 1, 3:
		n, err := numbers(b, 2)
		if err != nil {
			return nil, err
		}
		mod, e := new(big.Int).SetBytes(n[0]), new(big.Int).SetBytes(n[1])
		if mod.BitLen() < shortest {
			return nil, errPGPOld
		}
		if mod.BitLen() > longest || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 || e.Bit(0) == 0 || mod.Bit(0) == 0 {
			return nil, errPGPKind
		}
		return &rsa.PublicKey{N: mod, E: int(e.Int64())}, nil
	case 17:
		return nil, errPGPOld // DSA
	case 19, 22:
		if len(b) < 1 || len(b) < 1+int(b[0]) {
			return nil, errPGP
		}
		oid := string(b[1 : 1+b[0]])
		n, err := numbers(b[1+b[0]:], 1)
		if err != nil {
			return nil, err
		}
		if algo == 22 && oid == ed25519OID && len(n[0]) == 33 && n[0][0] == 0x40 {
			return ed25519.PublicKey(n[0][1:]), nil
		}
		if c := curves[oid]; algo == 19 && c != nil {
			return ecdsa.ParseUncompressedPublicKey(c, n[0])
		}
	case 27:
		if len(b) == ed25519.PublicKeySize {
			return ed25519.PublicKey(b), nil
		}
	}
	return nil, errPGPKind
}

// write writes k as signatures are over it.
func (k *pgpKey) write(h hash.Hash) {
	h.Write(binary.BigEndian.AppendUint16([]byte{0x99}, uint16(len(k.body))))
	h.Write(k.body)
}

// pgpKeys are the keys that lie beside signatures.
type pgpKeys struct {
	all  []*pgpKey
	from map[string]bool // the files that they are in
}

// findKeys reads what lies beside as a public key. None is fetched.
func findKeys(fsys fs.FS, names []string) pgpKeys {
	keys := pgpKeys{from: map[string]bool{}}
	for _, n := range names {
		if !slices.Contains([]string{".asc", ".gpg", ".pgp", ".pub", ".key"}, extension(n)) {
			continue
		}
		b, err := readTo(fsys, n, mostProof)
		if err != nil {
			continue
		}
		raw, err := dearmor(b, "PUBLIC KEY BLOCK")
		if err != nil {
			continue
		}
		if found, err := readKeys(raw); err == nil {
			keys.all = append(keys.all, found...)
			keys.from[n] = true
		}
	}
	return keys
}

// readKeys reads public keys with their subkeys, and what each says of itself.
func readKeys(b []byte) (all []*pgpKey, err error) {
	list, err := packets(b)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].tag != packetKey {
		return nil, errPGP
	}
	var primary, sub *pgpKey
	var user []byte
	for _, p := range list {
		switch p.tag {
		case packetKey, packetSubkey:
			k, err := readKey(p.body)
			if err != nil {
				return nil, err
			}
			if sub, user = nil, nil; p.tag == packetKey {
				primary, k.bound = k, true
			} else {
				sub, k.primary, k.signs = k, primary, false
			}
			all = append(all, k)
		case packetUser:
			user = binary.BigEndian.AppendUint32([]byte{0xb4}, uint32(len(p.body)))
			user = append(user, p.body...)
		case packetAttribute:
			user = nil
		case packetSignature:
			if s, err := readSignature(p.body); err == nil {
				primary.says(s, sub, user)
			}
		case packetMarker, packetTrust:
		default:
			return nil, errPGP
		}
	}
	return all, nil
}

// says heeds a signature of k over itself, its user or its subkey. What is not its
// own is passed over. What is made with an old digest, or was said for a time that is
// over, lets nothing, and still limits.
func (k *pgpKey) says(s *pgpSignature, sub *pgpKey, user []byte) {
	hash, err := s.hash()
	weak := s.digest == oldSHA1 || s.life != 0 && time.Now().After(s.at.Add(s.life))
	if s.digest == oldSHA1 {
		hash, err = crypto.SHA1, nil
	}
	if err != nil {
		return
	}
	h := hash.New()
	k.write(h)
	of := k
	switch {
	case s.kind == sigSubkey && sub != nil || s.kind == sigRevokeSub && sub != nil:
		of = sub
		sub.write(h)
	case s.kind >= sigUserLow && s.kind <= sigUserHigh && user != nil && sub == nil:
		h.Write(user)
	case (s.kind == sigKey || s.kind == sigRevoke) && sub == nil:
	default:
		return
	}
	if s.made(h, k, hash) != nil {
		return
	}
	if s.kind == sigRevoke || s.kind == sigRevokeSub {
		of.revoked = true
		return
	}
	if s.at.Before(of.selfTime) {
		return
	}
	if weak {
		if s.keyLife != 0 && (of.life == 0 || s.keyLife < of.life) {
			of.life = s.keyLife
		}
		return
	}
	of.selfTime, of.life = s.at, s.keyLife
	if s.flags != nil {
		of.signs = len(s.flags) > 0 && s.flags[0]&flagSigns != 0
	}
	if s.kind == sigSubkey {
		of.bound = of.signs && k.agreed(s.back, sub)
	}
}

// agreed reports whether a subkey signed that k is its primary key: otherwise anybody
// could add another's subkey to a key of their own.
func (k *pgpKey) agreed(back []byte, sub *pgpKey) bool {
	s, err := readSignature(back)
	if err != nil || s.kind != sigBack {
		return false
	}
	hash, err := s.hash()
	if err != nil {
		return false
	}
	h := hash.New()
	k.write(h)
	sub.write(h)
	return s.over(h, sub) == nil
}

// signature checks a detached signature over a file.
func (r *Report) signature(ctx context.Context, fsys fs.FS, name, of string, keys pgpKeys) error {
	b, err := readTo(fsys, name, mostProof)
	var s *pgpSignature
	if err == nil {
		s, err = readDetached(b)
	}
	if err == nil && len(keys.all) == 0 {
		r.line(pgpBeside, Unchecked, name, whyNoKey)
		return nil
	}
	var key *pgpKey
	if err == nil {
		key, err = s.verify(ctx, fsys, of, keys.all)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case errors.Is(err, errPGPKind):
		r.line(pgpBeside, Unchecked, name, whyKind)
	case errors.Is(err, errPGPOld):
		r.line(pgpBeside, Unchecked, name, whyOld)
	case errors.Is(err, errPGPSig):
		r.line(pgpBeside, Failed, name, whyWrong)
	case err != nil:
		r.line(pgpBeside, Failed, name, whyBroken)
	case key == nil:
		r.line(pgpBeside, Unchecked, name, whyOtherKey)
	case keys.revoked(key):
		r.line(pgpBeside, Unchecked, name, whyRevoked)
	case !key.bound || !key.signs:
		r.line(pgpBeside, Unchecked, name, whyUnbound)
	case !key.lived(s.at) || s.life != 0 && time.Now().After(s.at.Add(s.life)):
		r.line(pgpBeside, Unchecked, name, whyExpired)
	default:
		r.line(pgpBeside, Good, of+", "+strings.ToUpper(hex.EncodeToString(key.print[:]))+", "+s.at.Format(time.RFC3339), notKey)
	}
	return nil
}

// revoked reports whether a key, or the one that lets it sign, was revoked in any of
// the files that it is in.
func (keys pgpKeys) revoked(k *pgpKey) bool {
	return k.primary != nil && keys.revoked(k.primary) ||
		slices.ContainsFunc(keys.all, func(o *pgpKey) bool { return o.print == k.print && o.revoked })
}

// lived reports whether k was valid at a time, which the signature says.
func (k *pgpKey) lived(at time.Time) bool {
	if k.primary != nil && !k.primary.lived(at) {
		return false
	}
	return !at.Before(k.created) && (k.life == 0 || at.Before(k.created.Add(k.life)))
}

// readDetached reads a file that is one signature over the bytes of another.
func readDetached(b []byte) (*pgpSignature, error) {
	raw, err := dearmor(b, "SIGNATURE")
	if err != nil {
		return nil, err
	}
	list, err := packets(raw)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || list[0].tag != packetSignature {
		return nil, errPGPKind
	}
	s, err := readSignature(list[0].body)
	if err == nil && s.kind != sigBinary {
		err = errPGPKind
	}
	return s, err
}

// verify returns the key that made s over a file; nil if it is another than all.
func (s *pgpSignature) verify(ctx context.Context, fsys fs.FS, of string, all []*pgpKey) (*pgpKey, error) {
	hash, err := s.hash()
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		if s.issuer == nil || !bytes.HasSuffix(k.print[:], s.issuer) {
			continue
		}
		if k.public == nil {
			return nil, k.why
		}
		h := hash.New()
		if _, err := readThrough(ctx, fsys, of, h); err != nil {
			return nil, err
		}
		return k, s.over(h, k)
	}
	return nil, nil
}
