package foreign

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"strings"
	"time"

	"habeas/stamp"
)

// stamped checks a token over a file.
func (r *Report) stamped(fsys fs.FS, name, of string, trust Trust) {
	if trust.Roots == nil {
		r.line(stampBeside, Unchecked, name, whyRoots)
		return
	}
	token, err := readTo(fsys, name, mostProof)
	if err != nil {
		r.line(stampBeside, Failed, name, whyBroken)
		return
	}
	data, err := small(fsys, of)
	if errors.Is(err, errLarge) {
		r.line(stampBeside, Unchecked, of, whyLarge)
		return
	}
	if err != nil {
		r.line(stampBeside, Failed, of, whyBroken)
		return
	}
	t, err := verifyStamp(token, data, trust.Roots, nil)
	r.stampLine(stampBeside, of, name, notClock, t, err)
}

// stampLine says how the check of a token came out. good names what it is over, and
// bad the token; not is what a good one does not show.
func (r *Report) stampLine(check Words, good, bad string, not Words, t *stamp.Token, err error) {
	if refused, ok := errors.AsType[*stamp.Refused](err); ok && refused.Stranger {
		r.line(check, Unchecked, bad, whyStranger)
		return
	}
	if err != nil {
		r.line(check, Failed, bad+": "+strings.TrimPrefix(err.Error(), "stamp: "), "")
		return
	}
	r.line(check, Good, good+", "+t.Time.Format(time.RFC3339)+", "+t.Signer.Subject.CommonName, not)
}

// verifyStamp checks a token, or a whole answer of an authority. more are
// certificates that came beside it.
func verifyStamp(token, data []byte, roots *x509.CertPool, more []*x509.Certificate) (*stamp.Token, error) {
	if inner, err := stamp.Answer(token); err == nil {
		token = inner
	}
	return stamp.Verify(token, data, roots, more...)
}

// certificates reads what is PEM; what is no certificate is passed over.
func certificates(text string) (all []*x509.Certificate) {
	for rest := []byte(text); len(all) < 20; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, c)
		}
	}
	return all
}

// signedDataOID is id-signedData (RFC 5652), in DER.
var signedDataOID = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

// isToken reports whether b begins as a token or an answer of an authority does.
func isToken(b []byte) bool {
	return len(b) > 20 && b[0] == 0x30 && bytes.Contains(b[:min(len(b), 64)], signedDataOID)
}
