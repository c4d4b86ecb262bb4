package foreign_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/foreign"
)

// A keyring is one of gpg, in a directory of its own.
type keyring struct {
	t    *testing.T
	home string
}

// newKeyring makes one with a key that signs, as telephones and people have them.
// The test is skipped if gpg is not installed.
func newKeyring(t *testing.T, about string) keyring {
	t.Helper()
	if _, err := exec.LookPath("gpg"); err != nil {
		t.Skip("gpg is not installed")
	}
	home, err := os.MkdirTemp("", "gpg") // short: gpg puts a socket there
	if err != nil {
		t.Fatal(err)
	}
	k := keyring{t, home}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "gpg-agent").Run()
		_ = os.RemoveAll(home)
	})
	k.write("about", []byte("%no-protection\n"+about+"\nName-Real: Invented Telephone\n%commit\n"))
	k.gpg("--gen-key", filepath.Join(home, "about"))
	return k
}

func (k keyring) write(name string, b []byte) {
	k.t.Helper()
	if err := os.WriteFile(filepath.Join(k.home, name), b, 0o600); err != nil {
		k.t.Fatal(err)
	}
}

func (k keyring) gpg(args ...string) []byte {
	k.t.Helper()
	cmd := exec.Command("gpg", append([]string{"--homedir", k.home, "--batch", "--yes", "--quiet"}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		k.t.Fatalf("gpg %v: %v\n%s", args, err, said.Bytes())
	}
	return out
}

func (k keyring) sign(data []byte, more ...string) []byte {
	k.t.Helper()
	k.write("data", data)
	return k.gpg(append(more, "--output", "-", "--detach-sign", filepath.Join(k.home, "data"))...)
}

// bundle is what ProofMode writes about a photograph.
func bundle(photo, sig, key []byte) fstest.MapFS {
	s := hash(photo)
	return fstest.MapFS{"IMG_1.jpg": {Data: photo}, s + ".proof.csv": {Data: []byte("File Hash SHA256\n" + s)}, s + ".asc": {Data: sig}, "pubkey.asc": {Data: key}}
}

// pgpLine returns what is said of the signature.
func pgpLine(t *testing.T, r *foreign.Report) foreign.Line {
	t.Helper()
	for _, l := range r.Lines {
		if l.Check == "pgp" {
			return l
		}
	}
	t.Fatalf("nothing is said of a signature: %+v", r)
	return foreign.Line{}
}

var rings = map[string]string{
	"rsa":     "Key-Type: RSA\nKey-Length: 2048",
	"ed25519": "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign",
	"nistp":   "Key-Type: ECDSA\nKey-Curve: nistp256\nKey-Usage: sign",
	"subkey":  "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: cert\nSubkey-Type: RSA\nSubkey-Length: 2048\nSubkey-Usage: sign",
}

// What gpg signs is well; a byte more or less of what was signed, of the signature,
// or of the key is not.
func TestSignaturesOfGPG(t *testing.T) {
	photo := []byte("an invented photograph")
	for name, about := range rings {
		t.Run(name, func(t *testing.T) {
			k := newKeyring(t, about)
			key := k.gpg("--armor", "--export")
			for _, armor := range [][]string{nil, {"--armor"}} {
				r := check(t, bundle(photo, k.sign(photo, armor...), key))
				l := pgpLine(t, r)
				if !r.OK() || l.Result != foreign.Good || !strings.HasPrefix(l.Where, "IMG_1.jpg, ") || l.Not != "not_key" {
					t.Errorf("%v: %+v", armor, r)
				}
			}
			sig, raw := k.sign(photo), k.gpg("--export")
			if l := pgpLine(t, check(t, bundle(photo, sig, raw))); l.Result != foreign.Good {
				t.Errorf("with a key that is not armored: %+v", l)
			}
			for i := range sig {
				forged := bytes.Clone(sig)
				forged[i] ^= 1
				if l := pgpLine(t, check(t, bundle(photo, forged, raw))); l.Result == foreign.Good && !unsigned(sig, i) {
					t.Errorf("byte %d of the signature was changed, and all is well: %+v", i, l)
				}
			}
			a := bundle(photo, sig, raw)
			a["IMG_1.jpg"].Data = []byte("another photograph")
			if l := pgpLine(t, check(t, a)); l.Result != foreign.Failed {
				t.Errorf("another photograph: %+v", l)
			}
			a = bundle(photo, sig, nil)
			if l := pgpLine(t, check(t, a)); l.Result != foreign.Unchecked || l.Not != "why_no_key" {
				t.Errorf("no key: %+v", l)
			}
		})
	}
}

// unsigned reports whether byte i of a signature is one that nobody signs: the hint
// whose it is, where that is said twice.
func unsigned(sig []byte, i int) bool {
	signed := 2 // of a packet with a length of one byte or two
	if sig[0]&0xc0 == 0x80 {
		signed = 1 + 1<<(sig[0]&3)
	}
	n := int(sig[signed+4])<<8 | int(sig[signed+5])
	open := int(sig[signed+6+n])<<8 | int(sig[signed+7+n])
	return i >= signed+6+n && i < signed+8+n+open || i < signed
}

func TestSignaturesNotBelieved(t *testing.T) {
	photo := []byte("an invented photograph")
	k, other := newKeyring(t, rings["rsa"]), newKeyring(t, rings["ed25519"])
	key := k.gpg("--armor", "--export")
	for why, a := range map[foreign.Words]fstest.MapFS{
		"why_old":       bundle(photo, k.sign(photo, "--digest-algo", "SHA1", "--allow-weak-digest-algos"), key),
		"why_other_key": bundle(photo, other.sign(photo), key),
		"why_kind":      bundle(photo, append(k.sign(photo), k.sign(photo)...), key),
	} {
		if l := pgpLine(t, check(t, a)); l.Result != foreign.Unchecked || l.Not != why {
			t.Errorf("want %s, got %+v", why, l)
		}
	}
	text := k.gpg("--output", "-", "--textmode", "--armor", "--detach-sign", filepath.Join(k.home, "data"))
	if l := pgpLine(t, check(t, bundle(photo, text, key))); l.Result != foreign.Unchecked {
		t.Errorf("a signature of a text: %+v", l)
	}
	short := newKeyring(t, "Key-Type: RSA\nKey-Length: 1024")
	if l := pgpLine(t, check(t, bundle(photo, short.sign(photo), short.gpg("--export")))); l.Not != "why_old" {
		t.Errorf("a key of 1024 bits: %+v", l)
	}
	late := newKeyring(t, rings["rsa"]+"\nCreation-Date: 20200101T000000\nExpire-Date: 31")
	sig := late.sign(photo, "--faked-system-time", "20200115T000000!")
	if l := pgpLine(t, check(t, bundle(photo, sig, late.gpg("--export")))); l.Result != foreign.Good {
		t.Errorf("signed while the key was valid: %+v", l)
	}
	fresh := newKeyring(t, rings["rsa"])
	early := fresh.sign(photo, "--faked-system-time", "20200115T000000!", "--ignore-time-conflict", "--ignore-valid-from")
	if l := pgpLine(t, check(t, bundle(photo, early, fresh.gpg("--export")))); l.Not != "why_expired" {
		t.Errorf("signed before the key was made: %+v", l)
	}
	revoked := newKeyring(t, rings["rsa"])
	sig = revoked.sign(photo)
	certs, err := filepath.Glob(filepath.Join(revoked.home, "openpgp-revocs.d", "*.rev"))
	if err != nil || len(certs) != 1 {
		t.Fatal(certs, err)
	}
	b, err := os.ReadFile(certs[0])
	if err != nil {
		t.Fatal(err)
	}
	revoked.write("rev", bytes.ReplaceAll(b, []byte(":-----BEGIN"), []byte("-----BEGIN")))
	revoked.gpg("--import", filepath.Join(revoked.home, "rev"))
	if l := pgpLine(t, check(t, bundle(photo, sig, revoked.gpg("--export")))); l.Not != "why_revoked" {
		t.Errorf("a revoked key: %+v", l)
	}
}

// TestAttackStolenSubkey: somebody puts another's subkey under a key of their own, so
// that what the other signed looks like theirs.
func TestAttackStolenSubkey(t *testing.T) {
	photo := []byte("an invented photograph")
	victim, thief := newKeyring(t, rings["subkey"]), newKeyring(t, rings["subkey"])
	sig := victim.sign(photo)
	mine, theirs := thief.gpg("--export"), victim.gpg("--export")
	at := func(b []byte) int { // where the subkey begins
		for i := 0; i < len(b); {
			head := 1 + 1<<(b[i]&3)
			n := 0
			for _, c := range b[i+1 : i+head] {
				n = n<<8 | int(c)
			}
			if b[i]>>2&0xf == 14 {
				return i
			}
			i += head + n
		}
		t.Fatal("there is no subkey")
		return 0
	}
	forged := append(bytes.Clone(mine[:at(mine)]), theirs[at(theirs):]...)
	if l := pgpLine(t, check(t, bundle(photo, sig, forged))); l.Result != foreign.Unchecked || l.Not != "why_unbound" {
		t.Errorf("%+v", l)
	}
}

func FuzzOpenPGP(f *testing.F) {
	f.Add([]byte("-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"), []byte("\x99\x01\x0d\x04"))
	f.Add([]byte("\x88\x5d\x04\x00\x16\x0a\x00\x06\x05\x02"), []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n"))
	f.Fuzz(func(t *testing.T, sig, key []byte) {
		r, err := foreign.Check(context.Background(), fstest.MapFS{"a": {Data: []byte("x")}, "a.asc": {Data: sig}, "pubkey.asc": {Data: key}}, foreign.Trust{})
		if err == nil && r.OK() {
			t.Errorf("%x with %x is well", sig, key)
		}
	})
}
