package foreign_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"habeas/foreign"
)

func check(t *testing.T, fsys fstest.MapFS) *foreign.Report {
	t.Helper()
	r, err := foreign.Check(context.Background(), fsys, foreign.Trust{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// archived is a web archive, signed as a browser does it, with DER if asked.
func archived(t *testing.T, der bool) fstest.MapFS {
	t.Helper()
	page := []byte("an invented page")
	list, err := json.Marshal(map[string]any{"profile": "data-package", "resources": []any{
		map[string]any{"name": "data.warc.gz", "path": "archive/data.warc.gz", "hash": "sha256:" + hash(page), "bytes": len(page)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	said := "sha256:" + hash(list)
	over := sha256.Sum256([]byte(said))
	r, s, err := ecdsa.Sign(rand.Reader, key, over[:])
	if err != nil {
		t.Fatal(err)
	}
	sig := append(r.FillBytes(make([]byte, 48)), s.FillBytes(make([]byte, 48))...)
	if der {
		if sig, err = ecdsa.SignASN1(rand.Reader, key, over[:]); err != nil {
			t.Fatal(err)
		}
	}
	digest, err := json.Marshal(map[string]any{"path": "datapackage.json", "hash": said, "signedData": map[string]any{
		"hash": said, "created": "2026-01-01T00:00:00Z", "software": "invented", "signature": base64.StdEncoding.EncodeToString(sig), "publicKey": base64.StdEncoding.EncodeToString(public),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"datapackage.json": {Data: list}, "datapackage-digest.json": {Data: digest}, "archive/data.warc.gz": {Data: page}}
}

func TestWebArchive(t *testing.T) {
	for _, der := range []bool{false, true} {
		a := archived(t, der)
		r := check(t, a)
		if r.Kind != foreign.WACZ || !r.OK() || len(r.Lines) != 2 || r.Lines[1].Result != foreign.Good {
			t.Errorf("%+v", r)
		}
	}
	unsigned := archived(t, false)
	delete(unsigned, "datapackage-digest.json")
	if r := check(t, unsigned); !r.OK() || r.Lines[1].Result != foreign.Unchecked {
		t.Errorf("unsigned: %+v", r)
	}
	for what, change := range map[string]func(fstest.MapFS){
		"a page": func(a fstest.MapFS) { a["archive/data.warc.gz"].Data[3] ^= 1 },
		"a page less": func(a fstest.MapFS) {
			a["archive/other"] = a["archive/data.warc.gz"]
			delete(a, "archive/data.warc.gz")
		},
		"a page more": func(a fstest.MapFS) { a["archive/more"] = &fstest.MapFile{Data: []byte("x")} },
		"the list":    func(a fstest.MapFS) { a["datapackage.json"].Data = append(a["datapackage.json"].Data, ' ') },
		"the signature": func(a fstest.MapFS) {
			b := a["datapackage-digest.json"].Data
			i := bytes.Index(b, []byte(`"signature":"`)) + 20
			b[i] ^= 1
		},
		"both": func(a fstest.MapFS) {
			b := archived(t, false)
			a["datapackage-digest.json"] = b["datapackage-digest.json"]
			a["datapackage.json"].Data = append(a["datapackage.json"].Data, '\n')
		},
	} {
		a := archived(t, false)
		change(a)
		if r := check(t, a); r.OK() {
			t.Errorf("%s was changed, and all is well: %+v", what, r)
		}
	}
}

func TestProofMode(t *testing.T) {
	photo := []byte("an invented photograph")
	s := hash(photo)
	a := fstest.MapFS{"IMG_1.jpg": {Data: photo}, s + ".proof.csv": {}, s + ".gst": {}}
	r := check(t, a)
	if r.Kind != foreign.ProofMode || !r.OK() || !strings.Contains(fmt.Sprint(r.Lines), "not checked here") {
		t.Errorf("%+v", r)
	}
	a[s+".asc"] = &fstest.MapFile{}
	if r := check(t, a); r.OK() {
		t.Errorf("an empty signature is well: %+v", r)
	}
	delete(a, s+".asc")
	a["IMG_1.jpg"] = &fstest.MapFile{Data: []byte("another")}
	if r := check(t, a); r.OK() {
		t.Errorf("the photograph was changed: %+v", r)
	}
}

func TestOthers(t *testing.T) {
	if _, err := foreign.Check(context.Background(), fstest.MapFS{"a.txt": {}}, foreign.Trust{}); !errors.Is(err, foreign.ErrNone) {
		t.Error(err)
	}
	r := check(t, fstest.MapFS{"a.txt": {}, "a.txt.tsr": {Data: []byte{0x30, 0}}, "b.tsr": {}})
	if r.Kind != foreign.Beside || r.OK() {
		t.Errorf("%+v", r)
	}
	r, err := foreign.Check(context.Background(), fstest.MapFS{"a.txt": {}, "a.txt.tsr": {Data: []byte{0x30, 0}}}, foreign.Trust{Roots: x509.NewCertPool()})
	if err != nil || r.OK() || r.Lines[0].Result != foreign.Failed {
		t.Errorf("%+v %v", r, err)
	}
	r = check(t, fstest.MapFS{"bagit.txt": {Data: []byte("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")}})
	if r.Kind != foreign.Bag || r.OK() {
		t.Errorf("%+v", r)
	}
}

func FuzzWACZ(f *testing.F) {
	f.Add([]byte(`{"resources":[{"path":"archive/x","hash":"sha256:","bytes":1}]}`), []byte(`{"path":"datapackage.json","signedData":{"domainCert":"x"}}`))
	f.Fuzz(func(t *testing.T, list, digest []byte) {
		r, err := foreign.Check(context.Background(), fstest.MapFS{"datapackage.json": {Data: list}, "datapackage-digest.json": {Data: digest}, "archive/x": {}}, foreign.Trust{})
		if err == nil && r.OK() && !bytes.Contains(list, []byte("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")) {
			t.Errorf("%q is well", list)
		}
	})
}

// Every word that a check may say has an English text: a key alone tells nobody
// anything.
func TestWords(t *testing.T) {
	all := foreign.All()
	if len(all) < 30 {
		t.Fatalf("only %d words", len(all))
	}
	for _, w := range all {
		if w.String() == string(w) || w == "" {
			t.Errorf("%q says nothing", string(w))
		}
	}
}
