// Package stamp asks for and checks time-stamp tokens (RFC 3161, RFC 5816): what
// an authority signs to say that it was shown a digest at a time.
//
// A token is believed only if it is canonical DER to its last byte, has one
// signer, whose certificate was made for nothing but time stamping and leads to a
// root that the caller names, and which was valid at the time that the token
// says. Whether an authority is honest, and whether its clock is right, no check
// can tell: ask several.
package stamp

import (
	"bytes"
	"crypto"
	"crypto/rand"
	_ "crypto/sha256" // digests that are accepted
	_ "crypto/sha512" // likewise
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"reflect"
	"time"
)

// A Refused says why a token, or an answer, is not believed.
type Refused struct {
	Why      string
	Stranger bool // all that is wrong is that no root vouches for whoever signed
}

// Error returns why, in English; it holds nothing of what was stamped.
func (r *Refused) Error() string { return "stamp: " + r.Why }

func refuse(format string, args ...any) error { return &Refused{Why: fmt.Sprintf(format, args...)} }

// A Token is a time stamp that was checked.
type Token struct {
	Time     time.Time     // when the authority says that it saw the digest, UTC
	Accuracy time.Duration // how far Time may be off, as it says; 0 if it does not
	Serial   *big.Int      // of the token
	Policy   asn1.ObjectIdentifier
	Nonce    *big.Int // as it was asked with; nil if it has none
	Signer   *x509.Certificate
	Chain    []*x509.Certificate // from Signer to a root
	Until    time.Time           // when the first certificate of Chain ends: stamp it anew before
}

var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStamping  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	oidExtKeyUsage   = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// hashes are the digests that are accepted. SHA-1 and MD5 are not: collisions
// are made for both.
var hashes = map[string]crypto.Hash{
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

type algorithm struct {
	Algorithm  asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

// hash returns the digest that a names. Its parameters are absent or NULL (RFC
// 5754, section 2).
func (a algorithm) hash() (crypto.Hash, error) {
	h, ok := hashes[a.Algorithm.String()]
	p := a.Parameters
	if !ok || len(p.FullBytes) > 0 && (p.Tag != asn1.TagNull || p.Class != asn1.ClassUniversal || len(p.Bytes) > 0) {
		return 0, refuse("a digest of a kind that is not accepted")
	}
	return h, nil
}

type imprint struct {
	Algorithm algorithm
	Digest    []byte
}

// A request is TimeStampReq (RFC 3161, section 2.4.1).
type request struct {
	Version int
	Imprint imprint
	Nonce   *big.Int
	CertReq bool
}

// Request returns what to send to an authority to have data stamped, and the
// nonce that its token has to have. Only the SHA-256 of data is in it.
func Request(data []byte) (der []byte, nonce *big.Int, err error) {
	nonce, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, nil, err
	}
	h := crypto.SHA256.New()
	h.Write(data)
	null := asn1.RawValue{Tag: asn1.TagNull}
	der, err = asn1.Marshal(request{
		Version: 1, Nonce: nonce, CertReq: true,
		Imprint: imprint{algorithm{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, null}, h.Sum(nil)},
	})
	return der, nonce, err
}

// Answer returns the token in what an authority answered (TimeStampResp). The
// token is not checked.
func Answer(der []byte) ([]byte, error) {
	if err := canonical(der); err != nil {
		return nil, err
	}
	var resp struct {
		Status asn1.RawValue
		Token  asn1.RawValue `asn1:"optional"`
	}
	if err := exactly(der, &resp); err != nil {
		return nil, err
	}
	var status int
	if _, err := asn1.Unmarshal(resp.Status.Bytes, &status); err != nil {
		return nil, refuse("the answer has no status")
	}
	if status != 0 && status != 1 || len(resp.Token.FullBytes) == 0 { // granted, granted with changes
		return nil, refuse("the authority gave no token (status %d)", status)
	}
	return resp.Token.FullBytes, nil
}

// exactly reads der into out, and nothing but it: what out has no place for is
// refused, which encoding/asn1 passes over at the end of a sequence.
func exactly(der []byte, out any) error { return exactlyAs(der, out, "") }

func exactlyAs(der []byte, out any, params string) error {
	rest, err := asn1.UnmarshalWithParams(der, out, params)
	if err != nil || len(rest) > 0 {
		return refuse("not the structure of a token")
	}
	again, err := asn1.MarshalWithParams(reflect.ValueOf(out).Elem().Interface(), params)
	if err != nil || !bytes.Equal(der, again) {
		return refuse("not the structure of a token")
	}
	return nil
}
