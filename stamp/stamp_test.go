package stamp_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"habeas/stamp"
)

// An authority is one of our own, run by openssl.
type authority struct {
	dir   string
	roots *x509.CertPool
	key   crypto.Signer
}

// A make says how the certificate of an authority is to be.
type purpose struct {
	uses     []asn1.ObjectIdentifier
	critical bool
	from, to time.Time
}

var (
	timeStamping = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	email        = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
)

func good() purpose {
	return purpose{[]asn1.ObjectIdentifier{timeStamping}, true, time.Now().Add(-time.Hour), time.Now().Add(240 * time.Hour)}
}

func newAuthority(t *testing.T, ec bool, as purpose) *authority {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	key := func() crypto.Signer {
		if ec {
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	rootKey, tsaKey := key(), key()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Invented Root"}, NotBefore: as.from, NotAfter: as.to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	uses, err := asn1.Marshal(as.uses)
	if err != nil {
		t.Fatal(err)
	}
	tsa := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "Invented Stamps"}, NotBefore: as.from, NotAfter: as.to,
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: as.critical, Value: uses}},
	}
	a := &authority{dir: t.TempDir(), roots: x509.NewCertPool(), key: tsaKey}
	sign := func(c *x509.Certificate, pub crypto.PublicKey) *x509.Certificate {
		der, err := x509.CreateCertificate(rand.Reader, c, root, pub, rootKey)
		if err != nil {
			t.Fatal(err)
		}
		out, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	rootCert := sign(root, rootKey.Public())
	a.roots.AddCert(rootCert)
	tsaCert := sign(tsa, tsaKey.Public())
	private, err := x509.MarshalPKCS8PrivateKey(tsaKey)
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, "root.pem", "CERTIFICATE", rootCert.Raw)
	a.write(t, "tsa.pem", "CERTIFICATE", tsaCert.Raw)
	a.write(t, "key.pem", "PRIVATE KEY", private)
	return a
}

func (a *authority) write(t *testing.T, name, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// answer asks openssl to answer a request.
func (a *authority) answer(t *testing.T, query []byte, more string) ([]byte, error) {
	t.Helper()
	conf := fmt.Sprintf(`[tsa]
default_tsa = me
[me]
serial = %[1]s/serial
crypto_device = builtin
signer_cert = %[1]s/tsa.pem
signer_key = %[1]s/key.pem
certs = %[1]s/root.pem
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
%[2]s
`, a.dir, more)
	for name, b := range map[string][]byte{"conf": []byte(conf), "query": query} {
		if err := os.WriteFile(filepath.Join(a.dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("openssl", "ts", "-reply", "-config", "conf", "-queryfile", "query", "-out", "answer")
	cmd.Dir = a.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(filepath.Join(a.dir, "answer"))
}

// token asks for data to be stamped.
func (a *authority) token(t *testing.T, data []byte, more string) ([]byte, *big.Int) {
	t.Helper()
	query, nonce, err := stamp.Request(data)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.answer(t, query, more)
	if err != nil {
		t.Fatal(err)
	}
	token, err := stamp.Answer(answer)
	if err != nil {
		t.Fatal(err)
	}
	return token, nonce
}

func refused(t *testing.T, token, data []byte, roots *x509.CertPool, why string) {
	t.Helper()
	got, err := stamp.Verify(token, data, roots)
	if r, ok := errors.AsType[*stamp.Refused](err); !ok || got != nil || !strings.Contains(r.Why, why) {
		t.Errorf("want refused for %q, got %v, %v", why, got, err)
	}
}

func TestTokensOfOpenssl(t *testing.T) {
	for _, ec := range []bool{false, true} {
		a := newAuthority(t, ec, good())
		data := []byte("a checkpoint, invented")
		token, nonce := a.token(t, data, "")
		got, err := stamp.Verify(token, data, a.roots)
		if err != nil {
			t.Fatal(err)
		}
		if d := time.Since(got.Time); d < -time.Minute || d > time.Minute {
			t.Errorf("stamped at %v", got.Time)
		}
		if got.Nonce.Cmp(nonce) != 0 || got.Accuracy != 1500*time.Millisecond+100*time.Microsecond || got.Policy.String() != "1.2.3.4.1" || len(got.Chain) != 2 {
			t.Errorf("%+v", got)
		}
		refused(t, token, []byte("another checkpoint"), a.roots, "something else")
		refused(t, token, data, x509.NewCertPool(), "no chain")
		refused(t, append(bytes.Clone(token), 0), data, a.roots, "after the end")
	}
}

// A certificate that was made for something else, for more, or only in passing
// for time stamps, signs no time stamp.
func TestWrongSigners(t *testing.T) {
	data := []byte("a checkpoint, invented")
	for name, as := range map[string]purpose{
		"e-mail":       {uses: []asn1.ObjectIdentifier{email}, critical: true},
		"both":         {uses: []asn1.ObjectIdentifier{timeStamping, email}, critical: true},
		"not critical": {uses: []asn1.ObjectIdentifier{timeStamping}},
	} {
		t.Run(name, func(t *testing.T) {
			as.from, as.to = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
			a := newAuthority(t, true, as)
			refused(t, a.signs(t, data, forgery{}), data, a.roots, "not one for time stamps alone")
		})
	}
}

// What a signer could do otherwise, each by itself.
func TestForgeries(t *testing.T) {
	a := newAuthority(t, true, good())
	data := []byte("a checkpoint, invented")
	if _, err := stamp.Verify(a.signs(t, data, forgery{}), data, a.roots); err != nil {
		t.Fatal("a token with nothing wrong:", err)
	}
	for why, f := range map[string]forgery{
		"no time stamp":                 {kind: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		"not of a time stamp":           {signedKind: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		"of something else":             {digest: []byte("12345678901234567890123456789012")},
		"with another certificate":      {certDigest: []byte("12345678901234567890123456789012")},
		"does not say with which":       {noCert: true},
		"signed by 2":                   {twice: true},
		"not the structure":             {unsigned: true},
		"not written as it must":        {time: "20260101000000.50Z"},
		"no time":                       {time: "-"},
		"a version, or an extension":    {version: 2},
		"digest of a kind":              {sha1: true},
		"stand alone":                   {repeat: true},
		"the signature is wrong":        {signature: []byte{0x30, 6, 2, 1, 1, 2, 1, 1}},
		"digest of the signer":          {noDigests: true},
		"nothing to do with the signer": {stranger: newAuthority(t, true, good())},
	} {
		t.Run(why, func(t *testing.T) { refused(t, a.signs(t, data, f), data, a.roots, why) })
	}
}

func TestExpired(t *testing.T) {
	as := good()
	as.from, as.to = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	a := newAuthority(t, true, as)
	data := []byte("late")
	token, _ := a.token(t, data, "")
	refused(t, token, data, a.roots, "no chain")
}

// With any bit of a token flipped it is refused, or it still says the same.
func TestEveryBit(t *testing.T) {
	a := newAuthority(t, false, good())
	data := []byte("a checkpoint, invented")
	token, _ := a.token(t, data, "")
	was, err := stamp.Verify(token, data, a.roots)
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for i := range token {
		for bit := range 8 {
			b := bytes.Clone(token)
			b[i] ^= 1 << bit
			got, err := stamp.Verify(b, data, a.roots)
			if err != nil {
				continue
			}
			taken++
			if !got.Time.Equal(was.Time) || got.Serial.Cmp(was.Serial) != 0 || !got.Signer.Equal(was.Signer) || got.Accuracy != was.Accuracy {
				t.Errorf("bit %d of byte %d changes what the token says", bit, i)
			}
		}
	}
	t.Logf("%d bytes; %d of %d flipped bits are refused", len(token), 8*len(token)-taken, 8*len(token))
	if taken > 8*len(token)/100 {
		t.Errorf("%d flipped bits are taken", taken)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte("\x30\x03\x02\x01\x00"))
	f.Add([]byte("\x30\x80\x00\x00"))
	roots := x509.NewCertPool()
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := stamp.Verify(b, []byte("x"), roots); err == nil {
			t.Errorf("%v without any root", got)
		}
		_, _ = stamp.Answer(b)
	})
}
