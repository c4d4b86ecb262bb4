package foreign

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"slices"
	"strings"
)

// A dataPackage is datapackage.json of a WACZ (version 1.1.1).
type dataPackage struct {
	Resources []struct {
		Path  string `json:"path"`
		Hash  string `json:"hash"`
		Bytes int64  `json:"bytes"`
	} `json:"resources"`
}

// A packageDigest is datapackage-digest.json (WACZ Signing and Verification
// 0.1.0).
type packageDigest struct {
	Path   string      `json:"path"`
	Hash   string      `json:"hash"`
	Signed *signedData `json:"signedData"`
}

type signedData struct {
	Hash          string `json:"hash"`
	Created       string `json:"created"`
	Software      string `json:"software"`
	Signature     string `json:"signature"`
	PublicKey     string `json:"publicKey"`
	Domain        string `json:"domain"`
	DomainCert    string `json:"domainCert"`
	TimeSignature string `json:"timeSignature"`
	TimestampCert string `json:"timestampCert"`
}

func wacz(ctx context.Context, fsys fs.FS, trust Trust) (*Report, error) {
	r := &Report{Kind: WACZ}
	var p dataPackage
	b, err := small(fsys, "datapackage.json")
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || len(p.Resources) == 0 {
		r.line(waczWhole, Failed, "datapackage.json", whyBroken)
		return r, nil
	}
	listed := map[string]bool{"datapackage.json": true, "datapackage-digest.json": true}
	for _, f := range p.Resources {
		listed[f.Path] = true
		hash, ok := strings.CutPrefix(f.Hash, "sha256:")
		if !ok || !fs.ValidPath(f.Path) {
			r.line(waczWhole, Failed, f.Path, whyKind)
			continue
		}
		got, n, err := sum(ctx, fsys, f.Path)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil || got != hash || n != f.Bytes {
			r.line(waczWhole, Failed, f.Path, whyChanged)
		}
	}
	names, err := files(fsys)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if !listed[n] {
			r.line(waczWhole, Failed, n, whyUnlisted)
		}
	}
	if len(r.Lines) == 0 {
		r.line(waczWhole, Good, "", notPages)
	}
	r.signed(fsys, b, trust)
	return r, nil
}

// signed checks the signature of the list.
func (r *Report) signed(fsys fs.FS, list []byte, trust Trust) {
	b, err := small(fsys, "datapackage-digest.json")
	if errors.Is(err, fs.ErrNotExist) {
		r.line(waczSigned, Unchecked, "", whyUnsigned)
		return
	}
	var d packageDigest
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	h := sha256.Sum256(list)
	if err != nil || d.Path != "datapackage.json" || d.Hash != "sha256:"+hex.EncodeToString(h[:]) {
		r.line(waczSigned, Failed, "datapackage-digest.json", whyChanged)
		return
	}
	s := d.Signed
	if s == nil {
		r.line(waczSigned, Unchecked, "", whyUnsigned)
		return
	}
	key, who, err := s.key()
	sig, err1 := base64.StdEncoding.DecodeString(s.Signature)
	if err != nil || err1 != nil || s.Hash != d.Hash || !verified(key, []byte(s.Hash), sig) {
		r.line(waczSigned, Failed, "datapackage-digest.json", whyWrong)
		return
	}
	r.line(waczSigned, Good, who+", "+s.Created+", "+s.Software, notOwner)
	if s.TimeSignature != "" {
		r.timeSignature(s, sig, trust)
	}
}

// timeSignature checks the time stamp of the signature. The specification says that
// it is over the signature, and does not say how that is written: authsign has it
// over the text, in base64, and over the bytes it would be as good. A signature with
// ECDSA does not bind its key: to one that is known, r and s over e, fits under any
// other e' the key Q + (e - e')/r G.
func (r *Report) timeSignature(s *signedData, sig []byte, trust Trust) {
	const name = "datapackage-digest.json"
	if trust.Roots == nil {
		r.line(waczStamped, Unchecked, name, whyRoots)
		return
	}
	token, err := base64.StdEncoding.DecodeString(s.TimeSignature)
	if err != nil {
		r.line(waczStamped, Failed, name, whyBroken)
		return
	}
	beside := certificates(s.TimestampCert)
	t, err := verifyStamp(token, []byte(s.Signature), trust.Roots, beside)
	if err != nil {
		if other, err2 := verifyStamp(token, sig, trust.Roots, beside); err2 == nil {
			t, err = other, nil
		}
	}
	r.stampLine(waczStamped, name, name, notFitted, t, err)
}

// key returns the key that signed, and whose it is said to be. A certificate is not
// followed to any root.
func (s *signedData) key() (*ecdsa.PublicKey, string, error) {
	if s.DomainCert != "" {
		block, _ := pem.Decode([]byte(s.DomainCert))
		if block == nil {
			return nil, "", errors.New("foreign: no certificate")
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, "", err
		}
		key, ok := c.PublicKey.(*ecdsa.PublicKey)
		if !ok || !slices.Contains(c.DNSNames, s.Domain) {
			return nil, "", errors.New("foreign: a certificate of another")
		}
		return key, "a certificate for " + s.Domain, nil
	}
	der, err := base64.StdEncoding.DecodeString(s.PublicKey)
	if err != nil {
		return nil, "", err
	}
	any, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, "", err
	}
	key, ok := any.(*ecdsa.PublicKey)
	if !ok {
		return nil, "", errors.New("foreign: a key of another kind")
	}
	return key, "a key of nobody in particular", nil
}

// verified reports whether sig is an ECDSA signature with SHA-256 of data, as
// browsers write it (r and s side by side) or as DER.
func verified(key *ecdsa.PublicKey, data, sig []byte) bool {
	h := sha256.Sum256(data)
	if ecdsa.VerifyASN1(key, h[:], sig) {
		return true
	}
	size := (key.Curve.Params().BitSize + 7) / 8
	if len(sig) != 2*size {
		return false
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:size]), new(big.Int).SetBytes(sig[size:])})
	return err == nil && ecdsa.VerifyASN1(key, h[:], der)
}
