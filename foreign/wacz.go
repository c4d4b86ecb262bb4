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
}

func wacz(ctx context.Context, fsys fs.FS) (*Report, error) {
	r := &Report{Kind: WACZ}
	const whole = "the archive is as it was made"
	var p dataPackage
	b, err := small(fsys, "datapackage.json")
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || len(p.Resources) == 0 {
		r.line(whole, Failed, "datapackage.json", "")
		return r, nil
	}
	listed := map[string]bool{"datapackage.json": true, "datapackage-digest.json": true}
	for _, f := range p.Resources {
		listed[f.Path] = true
		hash, ok := strings.CutPrefix(f.Hash, "sha256:")
		if !ok || !fs.ValidPath(f.Path) {
			r.line(whole, Failed, f.Path+": no digest that is known", "")
			continue
		}
		got, n, err := sum(ctx, fsys, f.Path)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil || got != hash || n != f.Bytes {
			r.line(whole, Failed, f.Path, "")
		}
	}
	names, err := files(fsys)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if !listed[n] {
			r.line(whole, Failed, n+": not in the list", "")
		}
	}
	if len(r.Lines) == 0 {
		r.line(whole, Good, "", "that the pages looked so to everybody")
	}
	r.signed(fsys, b)
	return r, nil
}

// signed checks the signature of the list.
func (r *Report) signed(fsys fs.FS, list []byte) {
	const check = "whoever recorded it signed the list"
	b, err := small(fsys, "datapackage-digest.json")
	if errors.Is(err, fs.ErrNotExist) {
		r.line(check, Unchecked, "there is no signature", "")
		return
	}
	var d packageDigest
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	h := sha256.Sum256(list)
	if err != nil || d.Path != "datapackage.json" || d.Hash != "sha256:"+hex.EncodeToString(h[:]) {
		r.line(check, Failed, "datapackage-digest.json", "")
		return
	}
	s := d.Signed
	if s == nil {
		r.line(check, Unchecked, "there is no signature", "")
		return
	}
	key, who, err := s.key()
	sig, err1 := base64.StdEncoding.DecodeString(s.Signature)
	if err != nil || err1 != nil || s.Hash != d.Hash || !verified(key, []byte(s.Hash), sig) {
		r.line(check, Failed, "datapackage-digest.json", "")
		return
	}
	r.line(check, Good, who+", who says "+s.Created+" and "+s.Software, "that the key belongs to whom it says, or that the time is right")
	if s.TimeSignature != "" {
		r.line("an authority stamped the signature", Unchecked, "datapackage-digest.json", "check it with a program of Webrecorder")
	}
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
