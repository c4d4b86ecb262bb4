package stamp_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"habeas/stamp/stamptest"
)

// A forgery is what is wrong with a token that an authority signs; the zero
// forgery is an honest one.
type forgery struct {
	kind, signedKind   asn1.ObjectIdentifier
	digest, certDigest []byte
	signature          []byte
	time               string
	version            int
	stranger           *stamptest.Authority // whose certificate lies beside
	noCert, noDigests  bool
	twice, repeat      bool
	unsigned, sha1     bool
}

var (
	tstInfo    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidSHA256  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA1    = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	ecdsaOfSHA = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

type oidOnly struct{ A asn1.ObjectIdentifier }

func der(t *testing.T, v any, params ...string) []byte {
	t.Helper()
	p := ""
	if len(params) > 0 {
		p = params[0]
	}
	b, err := asn1.MarshalWithParams(v, p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func raw(b []byte) asn1.RawValue { return asn1.RawValue{FullBytes: b} }

// set returns a SET OF, or one with another tag, of values in order.
func set(t *testing.T, class, tag int, values ...[]byte) asn1.RawValue {
	t.Helper()
	slices.SortFunc(values, bytes.Compare)
	return raw(der(t, asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: bytes.Join(values, nil)}))
}

// info returns the TSTInfo.
func (f forgery) info(t *testing.T, data []byte) []byte {
	type imprint struct {
		A oidOnly
		D []byte
	}
	over := sha256.Sum256(data)
	im := imprint{oidOnly{oidSHA256}, over[:]}
	if f.sha1 {
		short := sha1.Sum(data)
		im = imprint{oidOnly{oidSHA1}, short[:]}
	}
	at := asn1.RawValue{Tag: asn1.TagGeneralizedTime, Bytes: []byte(time.Now().UTC().Format("20060102150405Z"))}
	switch f.time {
	case "":
	case "-":
		at = asn1.RawValue{Tag: asn1.TagUTCTime, Bytes: []byte("260101000000Z")}
	default:
		at.Bytes = []byte(f.time)
	}
	return der(t, struct {
		V      int
		Policy asn1.ObjectIdentifier
		Im     imprint
		Serial *big.Int
		At     asn1.RawValue
	}{max(f.version, 1), asn1.ObjectIdentifier{1, 2, 3}, im, big.NewInt(7), at})
}

func certOf(t *testing.T, a *stamptest.Authority) *x509.Certificate {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(a.Dir, "tsa.pem"))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := pem.Decode(b)
	c, err := x509.ParseCertificate(p.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// attributes returns the signed attributes, as a SET.
func (f forgery) attributes(t *testing.T, info []byte, cert *x509.Certificate) []byte {
	attribute := func(oid asn1.ObjectIdentifier, value []byte) []byte {
		return der(t, struct {
			Type   asn1.ObjectIdentifier
			Values asn1.RawValue
		}{oid, set(t, 0, asn1.TagSet, value)})
	}
	digest, certDigest := sha256.Sum256(info), sha256.Sum256(cert.Raw)
	d, c, kind := digest[:], certDigest[:], tstInfo
	if f.digest != nil {
		d = f.digest
	}
	if f.certDigest != nil {
		c = f.certDigest
	}
	if f.signedKind != nil {
		kind = f.signedKind
	}
	all := [][]byte{
		attribute(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}, der(t, kind)),
		attribute(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}, der(t, d)),
	}
	if f.repeat {
		all = append(all, all[0])
	}
	if !f.noCert {
		type id struct{ Digest []byte }
		all = append(all, attribute(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}, der(t, struct{ Certs []id }{[]id{{c}}})))
	}
	return set(t, 0, asn1.TagSet, all...).FullBytes
}

// signs makes a token of data, with what is wrong with it.
func signs(t *testing.T, a *stamptest.Authority, data []byte, f forgery) []byte {
	t.Helper()
	info, cert := f.info(t, data), certOf(t, a)
	attributes := f.attributes(t, info, cert)
	over := sha256.Sum256(attributes)
	signature, err := a.Key.Sign(rand.Reader, over[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if f.signature != nil {
		signature = f.signature
	}
	implicit := bytes.Clone(attributes)
	implicit[0] = 0xa0
	parts := [][]byte{
		der(t, 1),
		der(t, struct {
			Issuer asn1.RawValue
			Serial *big.Int
		}{raw(cert.RawIssuer), cert.SerialNumber}),
		der(t, oidOnly{oidSHA256}), implicit, der(t, oidOnly{ecdsaOfSHA}), der(t, signature),
	}
	if f.unsigned {
		parts = append(parts, der(t, asn1.RawValue{Class: 2, Tag: 1, IsCompound: true}))
	}
	signer := der(t, asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: bytes.Join(parts, nil)})
	signers, certs := [][]byte{signer}, [][]byte{cert.Raw}
	if f.twice {
		signers = append(signers, signer)
	}
	if f.stranger != nil {
		certs = append(certs, certOf(t, f.stranger).Raw)
	}
	announced := [][]byte{der(t, oidOnly{oidSHA256})}
	if f.noDigests {
		announced = nil
	}
	kind := tstInfo
	if f.kind != nil {
		kind = f.kind
	}
	body := bytes.Join([][]byte{
		der(t, 3), set(t, 0, asn1.TagSet, announced...).FullBytes,
		der(t, struct {
			Type asn1.ObjectIdentifier
			Info []byte `asn1:"explicit,tag:0"`
		}{kind, info}),
		set(t, 2, 0, certs...).FullBytes, set(t, 0, asn1.TagSet, signers...).FullBytes,
	}, nil)
	return der(t, struct {
		Type asn1.ObjectIdentifier
		Body asn1.RawValue
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, asn1.RawValue{Class: 2, IsCompound: true, Bytes: der(t, asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: body})}})
}
