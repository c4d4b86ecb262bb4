package stamp_test

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"os/exec"
	"strings"
	"testing"
	"time"

	"habeas/stamp"
	"habeas/stamp/stamptest"
)

// token asks for data to be stamped.
func tokenOf(t *testing.T, a *stamptest.Authority, data []byte, more string) ([]byte, *big.Int) {
	t.Helper()
	query, nonce, err := stamp.Request(data)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Answer(t, query, more)
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
		a := stamptest.New(t, ec, stamptest.Good())
		data := []byte("a checkpoint, invented")
		token, nonce := tokenOf(t, a, data, "")
		got, err := stamp.Verify(token, data, a.Roots)
		if err != nil {
			t.Fatal(err)
		}
		if d := time.Since(got.Time); d < -time.Minute || d > time.Minute {
			t.Errorf("stamped at %v", got.Time)
		}
		if got.Nonce.Cmp(nonce) != 0 || got.Accuracy != 1500*time.Millisecond+100*time.Microsecond || got.Policy.String() != "1.2.3.4.1" || len(got.Chain) != 2 {
			t.Errorf("%+v", got)
		}
		refused(t, token, []byte("another checkpoint"), a.Roots, "something else")
		refused(t, token, data, x509.NewCertPool(), "no chain")
		refused(t, append(bytes.Clone(token), 0), data, a.Roots, "after the end")
	}
}

// A certificate that was made for something else, for more, or only in passing
// for time stamps, signs no time stamp.
func TestWrongSigners(t *testing.T) {
	data := []byte("a checkpoint, invented")
	for name, as := range map[string]stamptest.Purpose{
		"e-mail":       {Uses: []asn1.ObjectIdentifier{stamptest.Email}, Critical: true},
		"both":         {Uses: []asn1.ObjectIdentifier{stamptest.TimeStamping, stamptest.Email}, Critical: true},
		"not critical": {Uses: []asn1.ObjectIdentifier{stamptest.TimeStamping}},
	} {
		t.Run(name, func(t *testing.T) {
			as.From, as.To = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
			a := stamptest.New(t, true, as)
			refused(t, signs(t, a, data, forgery{}), data, a.Roots, "not one for time stamps alone")
		})
	}
}

// What a signer could do otherwise, each by itself.
func TestForgeries(t *testing.T) {
	a := stamptest.New(t, true, stamptest.Good())
	data := []byte("a checkpoint, invented")
	if _, err := stamp.Verify(signs(t, a, data, forgery{}), data, a.Roots); err != nil {
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
		"nothing to do with the signer": {stranger: stamptest.New(t, true, stamptest.Good())},
	} {
		t.Run(why, func(t *testing.T) { refused(t, signs(t, a, data, f), data, a.Roots, why) })
	}
}

func TestExpired(t *testing.T) {
	as := stamptest.Good()
	as.From, as.To = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	a := stamptest.New(t, true, as)
	data := []byte("late")
	token, _ := tokenOf(t, a, data, "")
	refused(t, token, data, a.Roots, "no chain")
}

// With any bit of a token flipped it is refused, or it still says the same.
func TestEveryBit(t *testing.T) {
	a := stamptest.New(t, false, stamptest.Good())
	data := []byte("a checkpoint, invented")
	token, _ := tokenOf(t, a, data, "")
	was, err := stamp.Verify(token, data, a.Roots)
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for i := range token {
		for bit := range 8 {
			b := bytes.Clone(token)
			b[i] ^= 1 << bit
			got, err := stamp.Verify(b, data, a.Roots)
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

// An authority that is asked to leaves its certificates out of the token; then those
// that came beside it are looked at, and are believed no more than others.
func TestCertificatesBeside(t *testing.T) {
	a := stamptest.New(t, true, stamptest.Good())
	data := []byte("a signature, invented")
	cmd := exec.Command("openssl", "ts", "-query", "-data", "/dev/stdin", "-sha256")
	cmd.Stdin = bytes.NewReader(data)
	query, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Answer(t, query, "")
	if err != nil {
		t.Fatal(err)
	}
	token, err := stamp.Answer(answer)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, token, data, a.Roots, "no certificates")
	if _, err := stamp.Verify(token, data, a.Roots, certOf(t, a)); err != nil {
		t.Error(err)
	}
	other := stamptest.New(t, true, stamptest.Good())
	for _, roots := range []*x509.CertPool{x509.NewCertPool(), other.Roots} {
		if _, err := stamp.Verify(token, data, roots, certOf(t, a)); err == nil {
			t.Error("a certificate is believed for lying beside")
		}
	}
	if _, err := stamp.Verify(token, data, a.Roots, certOf(t, other)); err == nil {
		t.Error("the certificate of another is taken")
	}
}
