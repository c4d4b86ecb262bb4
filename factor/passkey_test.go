package factor

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
)

// A device is an authenticator as software: it signs whatever it is asked, for
// whichever site, with whichever count.
type device struct {
	key   *ecdsa.PrivateKey
	id    []byte
	count uint32
}

func newDevice(t testing.TB) *device {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &device{key: key, id: NewSecret()}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// challengeOf returns what a browser is asked to sign.
func challengeOf(t testing.TB, options string) string {
	t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string `json:"challenge"`
		} `json:"publicKey"`
	}
	if err := json.Unmarshal([]byte(options), &o); err != nil || o.PublicKey.Challenge == "" {
		t.Fatalf("no challenge in %s", options)
	}
	return o.PublicKey.Challenge
}

func clientData(kind, challenge, origin string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
	return b
}

// data returns authenticator data for a site.
func (d *device) data(host string, flags byte) []byte {
	h := sha256.Sum256([]byte(host))
	return binary.BigEndian.AppendUint32(append(h[:], flags), d.count)
}

// made answers a request for a new key.
func (d *device) made(t testing.TB, options string, at Site) []byte {
	t.Helper()
	pub, err := d.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	auth := d.data(at.Host, 0x41)
	auth = append(auth, make([]byte, 16)...)
	auth = binary.BigEndian.AppendUint16(auth, uint16(len(d.id)))
	auth = append(auth, d.id...)
	// COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
	auth = append(auth, 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20)
	auth = append(auth, pub[1:33]...)
	auth = append(auth, 0x22, 0x58, 0x20)
	auth = append(auth, pub[33:]...)
	object := append([]byte{0xa3, 0x63}, "fmt"...)
	object = append(append(object, 0x64), "none"...)
	object = append(append(object, 0x67), "attStmt"...)
	object = append(object, 0xa0, 0x68)
	object = append(object, "authData"...)
	object = append(object, 0x58, byte(len(auth)))
	object = append(object, auth...)
	return d.answer(map[string]string{
		"clientDataJSON":    b64(clientData("webauthn.create", challengeOf(t, options), at.Origin)),
		"attestationObject": b64(object),
	})
}

// signs answers a request to log in.
func (d *device) signs(t testing.TB, challenge string, at Site) []byte {
	t.Helper()
	d.count++
	client := clientData("webauthn.get", challenge, at.Origin)
	auth := d.data(at.Host, 0x01)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(bytes.Clone(auth), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(map[string]string{"clientDataJSON": b64(client), "authenticatorData": b64(auth), "signature": b64(sig)})
}

func (d *device) answer(response map[string]string) []byte {
	b, _ := json.Marshal(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	return b
}

func office() (at Site, user []byte) {
	return Site{"office.example", "https://office.example"}, []byte("0123456789abcdef")
}

// enrolled returns a device whose key is known.
func enrolled(t testing.TB) (*device, Passkey) {
	t.Helper()
	at, user := office()
	d := newDevice(t)
	options, kept, err := NewPasskey(at, user, nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := MadePasskey(at, user, kept, d.made(t, options, at))
	if err != nil {
		t.Fatal(err)
	}
	return d, key
}

func TestPasskey(t *testing.T) {
	at, user := office()
	d, key := enrolled(t)
	for range 3 {
		options, kept, err := AskPasskey(at, user, []Passkey{key})
		if err != nil {
			t.Fatal(err)
		}
		used, err := UsedPasskey(at, user, []Passkey{key}, kept, d.signs(t, challengeOf(t, options), at))
		if err != nil {
			t.Fatal(err)
		}
		if used.Count != key.Count+1 {
			t.Errorf("got count %d, want %d", used.Count, key.Count+1)
		}
		key = used
	}
}

// TestPasskeyAttacks are answers that a false page, a copied key or somebody with
// an old answer could give.
func TestPasskeyAttacks(t *testing.T) {
	at, user := office()
	evil := Site{"office.evil.example", "https://office.evil.example"}
	ask := func(t *testing.T, key Passkey) (string, []byte) {
		options, kept, err := AskPasskey(at, user, []Passkey{key})
		if err != nil {
			t.Fatal(err)
		}
		return challengeOf(t, options), kept
	}
	for name, attack := range map[string]func(t *testing.T, d *device, key Passkey) error{
		"wrong origin": func(t *testing.T, d *device, key Passkey) error {
			challenge, kept := ask(t, key)
			_, err := UsedPasskey(at, user, []Passkey{key}, kept, d.signs(t, challenge, Site{at.Host, evil.Origin}))
			return err
		},
		"wrong name of the server": func(t *testing.T, d *device, key Passkey) error {
			challenge, kept := ask(t, key)
			_, err := UsedPasskey(at, user, []Passkey{key}, kept, d.signs(t, challenge, Site{evil.Host, at.Origin}))
			return err
		},
		"a relay that reached us by its own name": func(t *testing.T, d *device, key Passkey) error {
			challenge, kept := ask(t, key)
			_, err := UsedPasskey(evil, user, []Passkey{key}, kept, d.signs(t, challenge, evil))
			return err
		},
		"replayed challenge": func(t *testing.T, d *device, key Passkey) error {
			challenge, _ := ask(t, key)
			_, later := ask(t, key)
			_, err := UsedPasskey(at, user, []Passkey{key}, later, d.signs(t, challenge, at))
			return err
		},
		"copied key": func(t *testing.T, d *device, key Passkey) error {
			d.count, key.Count = 4, 5
			challenge, kept := ask(t, key)
			_, err := UsedPasskey(at, user, []Passkey{key}, kept, d.signs(t, challenge, at))
			return err
		},
		"another's key": func(t *testing.T, _ *device, key Passkey) error {
			challenge, kept := ask(t, key)
			other := newDevice(t)
			other.id = key.ID
			_, err := UsedPasskey(at, user, []Passkey{key}, kept, other.signs(t, challenge, at))
			return err
		},
		"answer to a request for a new key": func(t *testing.T, d *device, key Passkey) error {
			_, kept := ask(t, key)
			options, _, err := NewPasskey(at, user, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = UsedPasskey(at, user, []Passkey{key}, kept, d.made(t, options, at))
			return err
		},
		"new key for another name": func(t *testing.T, d *device, _ Passkey) error {
			options, kept, err := NewPasskey(at, user, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = MadePasskey(at, user, kept, d.made(t, options, evil))
			return err
		},
		"new key of somebody else's request": func(t *testing.T, d *device, _ Passkey) error {
			options, kept, err := NewPasskey(at, []byte("fedcba9876543210"), nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = MadePasskey(at, user, kept, d.made(t, options, at))
			return err
		},
		"nothing": func(t *testing.T, _ *device, key Passkey) error {
			_, kept := ask(t, key)
			_, err := UsedPasskey(at, user, []Passkey{key}, kept, []byte(`{}`))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, key := enrolled(t)
			if err := attack(t, d, key); err == nil {
				t.Error("it was taken")
			}
		})
	}
}

// TestPasskeyOfAnotherName is not even asked for.
func TestPasskeyOfAnotherName(t *testing.T) {
	_, user := office()
	_, key := enrolled(t)
	for _, at := range []Site{{"other.example", "https://other.example"}, {"127.0.0.1", "http://127.0.0.1"}, {}} {
		if options, _, err := AskPasskey(at, user, []Passkey{key}); err != nil || options != "" {
			t.Errorf("%v: got %q %v, want nothing to be asked", at, options, err)
		}
	}
}

func FuzzPasskeyAnswer(f *testing.F) {
	at, user := office()
	d, key := enrolled(f)
	options, kept, err := AskPasskey(at, user, []Passkey{key})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(d.signs(f, "AAAA", at))
	made, keptNew, err := NewPasskey(at, user, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(newDevice(f).made(f, made, Site{"x.example", "https://x.example"}))
	f.Add([]byte(`{"id":"","rawId":"","type":"public-key","response":null}`))
	good := d.signs(f, challengeOf(f, options), at)
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, err := UsedPasskey(at, user, []Passkey{key}, kept, answer); err == nil && !bytes.Equal(answer, good) {
			t.Error("a made-up answer was taken")
		}
		_, _ = MadePasskey(at, user, keptNew, answer)
	})
}
