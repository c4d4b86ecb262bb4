// Package stamptest has a time-stamping authority for tests.
package stamptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// An Authority is one of our own, run by openssl.
type Authority struct {
	Dir   string
	Roots *x509.CertPool // also in Dir, as root.pem
	Key   crypto.Signer
}

// A Purpose says how the certificate of an authority is to be.
type Purpose struct {
	Uses     []asn1.ObjectIdentifier
	Critical bool
	From, To time.Time
}

// Uses of certificates.
var (
	TimeStamping = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	Email        = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
)

// Good is how one should be, for ten days.
func Good() Purpose {
	return Purpose{[]asn1.ObjectIdentifier{TimeStamping}, true, time.Now().Add(-time.Hour), time.Now().Add(240 * time.Hour)}
}

// New makes an authority with keys of elliptic curves, or of RSA. The test is
// skipped if openssl is not installed.
func New(t testing.TB, ec bool, as Purpose) *Authority {
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
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Invented Root"}, NotBefore: as.From, NotAfter: as.To,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	uses, err := asn1.Marshal(as.Uses)
	if err != nil {
		t.Fatal(err)
	}
	tsa := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "Invented Stamps"}, NotBefore: as.From, NotAfter: as.To,
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: as.Critical, Value: uses}},
	}
	a := &Authority{Dir: t.TempDir(), Roots: x509.NewCertPool(), Key: tsaKey}
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
	a.Roots.AddCert(rootCert)
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

func (a *Authority) write(t testing.TB, name, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.Dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Answer asks openssl to answer a request. more is added to its configuration.
func (a *Authority) Answer(t testing.TB, query []byte, more string) ([]byte, error) {
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
`, a.Dir, more)
	for name, b := range map[string][]byte{"conf": []byte(conf), "query": query} {
		if err := os.WriteFile(filepath.Join(a.Dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("openssl", "ts", "-reply", "-config", "conf", "-queryfile", "query", "-out", "answer")
	cmd.Dir = a.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(filepath.Join(a.Dir, "answer"))
}

// Handler answers requests as an authority does.
func (a *Authority) Handler(t testing.TB) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
			http.Error(w, "not a request", http.StatusBadRequest)
			return
		}
		answer, err := a.Answer(t, query, "")
		if err != nil {
			http.Error(w, "no answer", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(answer)
	})
}
