package foreign_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"habeas/foreign"
	"habeas/stamp/stamptest"
)

// noted is what ProofMode notes of a photograph, as CSV and as JSON.
func noted(photo []byte) (csv, object []byte) {
	return []byte("DeviceID,File Hash SHA256,Notes\nx," + strings.ToUpper(hash(photo)) + ",\n"), []byte(`{"DeviceID":"x","File Hash SHA256":"` + hash(photo) + `"}`)
}

// TestAttackOtherNotes: what a telephone noted and signed of one photograph is put
// beside another, under the name of that: nobody signs names.
func TestAttackOtherNotes(t *testing.T) {
	true1, forged := []byte("an invented photograph"), []byte("another")
	csv, object := noted(true1)
	k := newKeyring(t, rings["ed25519"])
	key := k.gpg("--export")
	for ext, notes := range map[string][]byte{".proof.csv": csv, ".proof.json": object} {
		bundle := func(photo []byte) fstest.MapFS {
			s := hash(photo)
			return fstest.MapFS{"IMG_1.jpg": {Data: photo}, s + ext: {Data: notes}, s + ext + ".asc": {Data: k.sign(notes)}, "pubkey.asc": {Data: key}}
		}
		if r := check(t, bundle(true1)); !r.OK() {
			t.Errorf("%s: %+v", ext, r)
		}
		if r := check(t, bundle(forged)); !slices.Contains(r.Lines, foreign.Line{Check: "proof_of", Result: foreign.Failed, Where: hash(forged) + ext, Not: "why_missing"}) {
			t.Errorf("%s of another photograph: %+v", ext, r)
		}
	}
	s := hash(forged)
	r := check(t, fstest.MapFS{"IMG_1.jpg": {Data: forged}, s + ".proof.csv": {Data: []byte("Latitude\n1\n")}})
	if !slices.Contains(r.Lines, foreign.Line{Check: "proof_of", Result: foreign.Unchecked, Where: s + ".proof.csv", Not: "why_kind"}) {
		t.Errorf("notes of no file: %+v", r)
	}
}

// A proof is heeded however the end of its name is written.
func TestLoudNames(t *testing.T) {
	photo := []byte("an invented photograph")
	csv, _ := noted(photo)
	s := hash(photo)
	for end, what := range map[string]foreign.Words{".ASC": "pgp", ".OTS": "ots", ".GST": "other_proof"} {
		r := check(t, fstest.MapFS{"IMG_1.jpg": {Data: photo}, s + ".PROOF.CSV": {Data: csv}, s + end: {Data: []byte("x")}})
		if !slices.ContainsFunc(r.Lines, func(l foreign.Line) bool { return l.Check == what && l.Result != foreign.Good }) {
			t.Errorf("nothing is said of %s: %+v", end, r)
		}
		if end == ".GST" {
			continue
		}
		if r = check(t, fstest.MapFS{"a.jpg": {Data: photo}, "a.jpg" + end: {Data: []byte("x")}}); !r.Bad() {
			t.Errorf("%s beside a file: %+v", end, r)
		}
	}
}

// What a key says of itself with an old digest lets nothing, and still limits it; so
// does what it said only for a time.
func TestOldWordsOfAKey(t *testing.T) {
	photo := []byte("an invented photograph")
	k := newKeyring(t, rings["ed25519"])
	sig := k.sign(photo)
	fingerprint := strings.Split(strings.Split(string(k.gpg("--with-colons", "--list-keys")), "fpr:::::::::")[1], ":")[0]
	fresh := k.gpg("--export")
	cmd := exec.Command("gpg", "--homedir", k.home, "--no-tty", "--status-fd", "2", "--command-fd", "0", "--cert-digest-algo", "SHA1", "--allow-weak-digest-algos",
		"--output", filepath.Join(k.home, "rev"), "--gen-revoke", fingerprint)
	cmd.Stdin = strings.NewReader("y\n0\n\ny\n")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	k.gpg("--allow-weak-digest-algos", "--import", filepath.Join(k.home, "rev"))
	revoked := k.gpg("--export")
	if bytes.Equal(fresh, revoked) {
		t.Fatal("nothing was revoked")
	}
	if l := pgpLine(t, check(t, bundle(photo, sig, revoked))); l.Not != "why_revoked" {
		t.Errorf("revoked with SHA-1: %+v", l)
	}
	a := bundle(photo, sig, fresh)
	a["later.asc"] = &fstest.MapFile{Data: []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + base64.StdEncoding.EncodeToString(revoked) + "\n-----END PGP PUBLIC KEY BLOCK-----\n")}
	if l := pgpLine(t, check(t, a)); l.Not != "why_revoked" {
		t.Errorf("revoked in another file: %+v", l)
	}

	late := newKeyring(t, rings["rsa"]+"\nCreation-Date: 20200101T000000\nExpire-Date: 31")
	late.gpg("--faked-system-time", "20200102T000000!", "--cert-digest-algo", "SHA1", "--allow-weak-digest-algos", "--quick-set-expire", strings.Split(strings.Split(string(late.gpg("--with-colons", "--list-keys")), "fpr:::::::::")[1], ":")[0], "2020-01-10")
	sig = late.sign(photo, "--faked-system-time", "20200105T000000!")
	if l := pgpLine(t, check(t, bundle(photo, sig, late.gpg("--export")))); l.Result != foreign.Good {
		t.Errorf("signed while the key was valid: %+v", l)
	}
}

// TestAttackFittedSignature: the signature and the time stamp of an old archive are
// put under a new one, with a key that was reckoned so that the signature fits. That
// it was stamped is so, and the report says that it does not show when the archive was.
func TestAttackFittedSignature(t *testing.T) {
	curve := elliptic.P256()
	order := curve.Params().N
	old, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e := func(text string) *big.Int { h := sha256.Sum256([]byte(text)); return new(big.Int).SetBytes(h[:]) }
	stolen := "sha256:" + strings.Repeat("0", 64)
	h := sha256.Sum256([]byte(stolen))
	sig, err := ecdsa.SignASN1(rand.Reader, old, h[:])
	if err != nil {
		t.Fatal(err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(sig, &rs); err != nil {
		t.Fatal(err)
	}
	a := archived(t, false)
	var d map[string]any
	if err := json.Unmarshal(a["datapackage-digest.json"].Data, &d); err != nil {
		t.Fatal(err)
	}
	sum := d["hash"].(string)
	// d' = d + (e - e') / r. Whoever does not know d reckons its point from the signature.
	secret, err := old.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	fit := new(big.Int).Sub(e(stolen), e(sum))
	fit.Mul(fit, new(big.Int).ModInverse(rs.R, order)).Add(fit, new(big.Int).SetBytes(secret)).Mod(fit, order)
	key, err := ecdsa.ParseRawPrivateKey(curve, fit.FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	text := base64.StdEncoding.EncodeToString(sig)
	stamps := stamptest.New(t, true, stamptest.Good())
	d["signedData"] = map[string]any{
		"hash": sum, "created": time.Now().Format(time.RFC3339), "software": "invented", "signature": text,
		"publicKey": base64.StdEncoding.EncodeToString(public), "timeSignature": base64.StdEncoding.EncodeToString(token(t, stamps, []byte(text))),
	}
	if a["datapackage-digest.json"].Data, err = json.Marshal(d); err != nil {
		t.Fatal(err)
	}
	r, err := foreign.Check(t.Context(), a, foreign.Trust{Roots: stamps.Roots})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.Lines {
		if l.Check == "wacz_stamped" && (l.Result != foreign.Good || l.Not != "not_fitted") {
			t.Errorf("%+v", l)
		}
	}
	if !slices.ContainsFunc(r.Lines, func(l foreign.Line) bool { return l.Check == "wacz_stamped" }) {
		t.Errorf("nothing is said of the stamp: %+v", r)
	}
}
