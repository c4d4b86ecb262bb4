package stamp

import (
	"bytes"
	"crypto"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// A signedData is SignedData (RFC 5652, section 5.1).
type signedData struct {
	Version int
	Digests []algorithm `asn1:"set"`
	Content struct {
		Type asn1.ObjectIdentifier
		Info []byte `asn1:"explicit,tag:0"`
	}
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	Lists        asn1.RawValue `asn1:"optional,tag:1"`
	Signers      []signer      `asn1:"set"`
}

// A signer is SignerInfo. Attributes that nobody signed are not accepted.
type signer struct {
	Version    int
	Who        asn1.RawValue
	Digest     algorithm
	Attributes asn1.RawValue `asn1:"tag:0"`
	Signature  algorithm
	Signed     []byte
}

// Verify checks that token, a TimeStampToken, is over data, and was signed by an
// authority whose certificate leads to one of roots. more are certificates that came
// beside the token, for an authority that was asked to leave them out of it (RFC
// 3161, section 2.4.1, certReq); none of them is believed for that. The error is a
// [*Refused].
func Verify(token, data []byte, roots *x509.CertPool, more ...*x509.Certificate) (*Token, error) {
	sd, err := open(token)
	if err != nil {
		return nil, err
	}
	t, over, err := readInfo(sd.Content.Info)
	if err != nil {
		return nil, err
	}
	h, err := over.Algorithm.hash()
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(sum(h, data), over.Digest) != 1 {
		return nil, refuse("the token is over something else")
	}
	certs, err := x509.ParseCertificates(sd.Certificates.Bytes)
	if err != nil || len(certs)+len(more) == 0 {
		return nil, refuse("no certificates that can be read")
	}
	if len(certs) == 0 {
		certs = more
	}
	s := sd.Signers[0]
	if t.Signer = s.find(certs); t.Signer == nil {
		return nil, refuse("no certificate of the signer")
	}
	if err := s.check(t.Signer, sd); err != nil {
		return nil, err
	}
	if err := t.trust(certs, roots); err != nil {
		return nil, err
	}
	return t, t.revoked(sd.Lists.Bytes)
}

func sum(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}

// open takes a token apart.
func open(token []byte) (*signedData, error) {
	if err := canonical(token); err != nil {
		return nil, err
	}
	var outer struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if err := exactly(token, &outer); err != nil {
		return nil, err
	}
	if !outer.Type.Equal(oidSignedData) {
		return nil, refuse("not signed data")
	}
	var sd signedData
	if err := exactly(outer.Content.Bytes, &sd); err != nil {
		return nil, err
	}
	switch {
	case !sd.Content.Type.Equal(oidTSTInfo):
		return nil, refuse("what is signed is no time stamp")
	case sd.Version != 3:
		return nil, refuse("a version that is not known")
	case len(sd.Signers) != 1:
		return nil, refuse("signed by %d, not by one", len(sd.Signers))
	}
	return &sd, nil
}

// readInfo reads TSTInfo (RFC 3161, section 2.4.2).
func readInfo(der []byte) (*Token, imprint, error) {
	if err := canonical(der); err != nil {
		return nil, imprint{}, err
	}
	var info struct {
		Version    int
		Policy     asn1.ObjectIdentifier
		Imprint    imprint
		Serial     *big.Int
		Time       asn1.RawValue
		Accuracy   accuracy      `asn1:"optional"`
		Ordering   bool          `asn1:"optional"`
		Nonce      *big.Int      `asn1:"optional"`
		Authority  asn1.RawValue `asn1:"optional,explicit,tag:0"`
		Extensions asn1.RawValue `asn1:"optional,tag:1"`
	}
	if err := exactly(der, &info); err != nil {
		return nil, imprint{}, err
	}
	if info.Version != 1 || len(info.Extensions.FullBytes) > 0 {
		return nil, imprint{}, refuse("a version, or an extension, that is not known")
	}
	at, err := readTime(info.Time)
	if err != nil {
		return nil, imprint{}, err
	}
	a := info.Accuracy
	if a.Seconds < 0 || a.Millis < 0 || a.Millis > 999 || a.Micros < 0 || a.Micros > 999 || a.Seconds > 1<<31 {
		return nil, imprint{}, refuse("an accuracy that can't be")
	}
	return &Token{
		Time: at, Serial: info.Serial, Policy: info.Policy, Nonce: info.Nonce,
		Accuracy: time.Duration(a.Seconds)*time.Second + time.Duration(a.Millis)*time.Millisecond + time.Duration(a.Micros)*time.Microsecond,
	}, info.Imprint, nil
}

type accuracy struct {
	Seconds int64 `asn1:"optional"`
	Millis  int   `asn1:"optional,tag:0"`
	Micros  int   `asn1:"optional,tag:1"`
}

// readTime reads a GeneralizedTime in UTC with seconds, and perhaps a fraction
// that does not end in 0.
func readTime(v asn1.RawValue) (time.Time, error) {
	s := string(v.Bytes)
	if v.Class != asn1.ClassUniversal || v.Tag != asn1.TagGeneralizedTime {
		return time.Time{}, refuse("no time")
	}
	at, err := time.Parse("20060102150405.999999999Z", s)
	if err != nil || at.Format("20060102150405.999999999Z") != s {
		return time.Time{}, refuse("a time that is not written as it must be")
	}
	return at, nil
}

// find returns the certificate that s names by issuer and number, or by key.
func (s *signer) find(certs []*x509.Certificate) *x509.Certificate {
	var by struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	for _, c := range certs {
		switch {
		case s.Version == 3 && s.Who.Class == asn1.ClassContextSpecific && s.Who.Tag == 0 && !s.Who.IsCompound:
			if len(c.SubjectKeyId) > 0 && bytes.Equal(c.SubjectKeyId, s.Who.Bytes) {
				return c
			}
		case s.Version == 1 && exactly(s.Who.FullBytes, &by) == nil:
			if bytes.Equal(c.RawIssuer, by.Issuer.FullBytes) && c.SerialNumber.Cmp(by.Serial) == 0 {
				return c
			}
		}
	}
	return nil
}

// check checks what the signer signed: attributes that name the kind, the digest
// and the certificate.
func (s *signer) check(cert *x509.Certificate, sd *signedData) error {
	h, err := s.Digest.hash()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(sd.Digests, func(a algorithm) bool { return a.Algorithm.Equal(s.Digest.Algorithm) }) {
		return refuse("the digest of the signer is not announced")
	}
	set := bytes.Clone(s.Attributes.FullBytes)
	set[0] = asn1.TagSet | 0x20 // as it is signed, RFC 5652, section 5.4
	if err := canonical(set); err != nil {
		return err
	}
	attributes, err := readAttributes(set)
	if err != nil {
		return err
	}
	var kind asn1.ObjectIdentifier
	var digest []byte
	if exactly(attributes[oidContentType.String()], &kind) != nil || !kind.Equal(oidTSTInfo) {
		return refuse("the signature is not of a time stamp")
	}
	if exactly(attributes[oidMessageDigest.String()], &digest) != nil || subtle.ConstantTimeCompare(digest, sum(h, sd.Content.Info)) != 1 {
		return refuse("the signature is of something else")
	}
	if err := named(attributes, cert); err != nil {
		return err
	}
	algo, err := signatureOf(s.Signature, h, cert)
	if err != nil {
		return err
	}
	if err := cert.CheckSignature(algo, set, s.Signed); err != nil {
		return refuse("the signature is wrong")
	}
	return nil
}

// readAttributes returns the one value of each attribute, by its kind.
func readAttributes(set []byte) (map[string][]byte, error) {
	var list []struct {
		Type   asn1.ObjectIdentifier
		Values []asn1.RawValue `asn1:"set"`
	}
	if err := exactlyAs(set, &list, "set"); err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, a := range list {
		if _, twice := out[a.Type.String()]; twice || len(a.Values) != 1 {
			return nil, refuse("an attribute that does not stand alone")
		}
		out[a.Type.String()] = a.Values[0].FullBytes
	}
	return out, nil
}

// A certID is ESSCertID or ESSCertIDv2 (RFC 5035). The issuer beside it says no
// more than the digest does.
type certID struct {
	Digest []byte
	Issuer asn1.RawValue `asn1:"optional"`
}

type certIDv2 struct {
	Algorithm algorithm `asn1:"optional"`
	Digest    []byte
	Issuer    asn1.RawValue `asn1:"optional"`
}

// named checks that the first certificate that the signer says it used is cert. A
// token that says it with SHA-1 alone is not accepted.
func named(attributes map[string][]byte, cert *x509.Certificate) error {
	var v2 struct {
		Certs    []certIDv2
		Policies asn1.RawValue `asn1:"optional"`
	}
	if der, ok := attributes[oidSigningCertV2.String()]; !ok || exactly(der, &v2) != nil || len(v2.Certs) == 0 {
		return refuse("the signer does not say with which certificate")
	}
	h := crypto.SHA256
	if a := v2.Certs[0].Algorithm; len(a.Algorithm) > 0 {
		var err error
		if h, err = a.hash(); err != nil {
			return err
		}
	}
	if subtle.ConstantTimeCompare(sum(h, cert.Raw), v2.Certs[0].Digest) != 1 {
		return refuse("signed with another certificate")
	}
	return nil
}

// signatureOf returns the signature algorithm that a names, with digest h and the
// key of cert.
func signatureOf(a algorithm, h crypto.Hash, cert *x509.Certificate) (x509.SignatureAlgorithm, error) {
	type key struct {
		oid  string
		hash crypto.Hash
	}
	const any = crypto.Hash(0)
	known := map[key]x509.SignatureAlgorithm{
		{"1.2.840.113549.1.1.11", crypto.SHA256}: x509.SHA256WithRSA,
		{"1.2.840.113549.1.1.12", crypto.SHA384}: x509.SHA384WithRSA,
		{"1.2.840.113549.1.1.13", crypto.SHA512}: x509.SHA512WithRSA,
		{"1.2.840.113549.1.1.1", crypto.SHA256}:  x509.SHA256WithRSA,
		{"1.2.840.113549.1.1.1", crypto.SHA384}:  x509.SHA384WithRSA,
		{"1.2.840.113549.1.1.1", crypto.SHA512}:  x509.SHA512WithRSA,
		{"1.2.840.10045.4.3.2", crypto.SHA256}:   x509.ECDSAWithSHA256,
		{"1.2.840.10045.4.3.3", crypto.SHA384}:   x509.ECDSAWithSHA384,
		{"1.2.840.10045.4.3.4", crypto.SHA512}:   x509.ECDSAWithSHA512,
		{"1.3.101.112", any}:                     x509.PureEd25519,
	}
	oid := a.Algorithm.String()
	algo, ok := known[key{oid, h}]
	if !ok {
		algo, ok = known[key{oid, any}]
	}
	p := a.Parameters
	if !ok || len(p.FullBytes) > 0 && (p.Tag != asn1.TagNull || p.Class != asn1.ClassUniversal) {
		return 0, refuse("a signature of a kind that is not accepted")
	}
	return algo, nil
}

// trust checks that the certificate is one for time stamps alone, and that a
// chain leads from it to a root, all valid when the token was made.
func (t *Token) trust(certs []*x509.Certificate, roots *x509.CertPool) error {
	purpose := slices.ContainsFunc(t.Signer.Extensions, func(e pkix.Extension) bool {
		var uses []asn1.ObjectIdentifier
		return e.Id.Equal(oidExtKeyUsage) && e.Critical && exactly(e.Value, &uses) == nil && len(uses) == 1 && uses[0].Equal(oidTimeStamping)
	})
	if !purpose {
		return refuse("the certificate is not one for time stamps alone")
	}
	if u := t.Signer.KeyUsage; u != 0 && u&^(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0 {
		return refuse("the certificate is for more than signatures")
	}
	between := x509.NewCertPool()
	for _, c := range certs {
		between.AddCert(c)
	}
	chains, err := t.Signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: t.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return &Refused{fmt.Sprintf("no chain to a root that is trusted, valid on %s", t.Time.Format(time.DateOnly)), true}
	}
	t.Chain = chains[0]
	for _, c := range certs {
		if !t.belongs(c) {
			return refuse("a certificate that has nothing to do with the signer")
		}
	}
	for _, c := range t.Chain {
		if t.Until.IsZero() || c.NotAfter.Before(t.Until) {
			t.Until = c.NotAfter
		}
	}
	return nil
}

// belongs reports whether c is in the chain, or was issued to, or itself issued,
// somebody who is: authorities send along how others vouch for their root.
func (t *Token) belongs(c *x509.Certificate) bool {
	if bytes.Equal(c.RawSubject, c.RawIssuer) && c.CheckSignatureFrom(c) != nil && !slices.ContainsFunc(t.Chain, c.Equal) {
		return false
	}
	return slices.ContainsFunc(t.Chain, func(in *x509.Certificate) bool {
		return in.Equal(c) || bytes.Equal(in.RawIssuer, c.RawSubject) && in.CheckSignatureFrom(c) == nil ||
			bytes.Equal(in.RawSubject, c.RawSubject) && bytes.Equal(in.RawSubjectPublicKeyInfo, c.RawSubjectPublicKeyInfo)
	})
}

// revoked refuses a token whose certificate a list that came with it revokes, as
// of when the token was made. A list that nobody of the chain signed is refused.
func (t *Token) revoked(lists []byte) error {
	for len(lists) > 0 {
		var one asn1.RawValue
		rest, err := asn1.Unmarshal(lists, &one)
		if err != nil {
			return refuse("not the structure of a token")
		}
		lists = rest
		list, err := x509.ParseRevocationList(one.FullBytes)
		if err != nil {
			return refuse("a list of revocations that can't be read")
		}
		i := slices.IndexFunc(t.Chain, func(c *x509.Certificate) bool { return list.CheckSignatureFrom(c) == nil })
		if i < 0 {
			return refuse("a list of revocations by somebody else")
		}
		for _, r := range list.RevokedCertificateEntries {
			if i > 0 && r.SerialNumber.Cmp(t.Chain[i-1].SerialNumber) == 0 && !r.RevocationTime.After(t.Time) {
				return refuse("the certificate had been revoked")
			}
		}
	}
	return nil
}
