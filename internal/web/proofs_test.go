package web

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"testing"

	"habeas/foreign"
	"habeas/internal/locale"
)

// exhibitInside is the name of a photograph in a bundle of ProofMode; it is invented.
const exhibitInside = "Ratibor Okhrymchuk.jpg"

// aBundle is what a telephone writes about a photograph.
func aBundle(t *testing.T) []byte {
	t.Helper()
	photo := aPhotograph(t)
	sum := sha256.Sum256(photo)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range map[string][]byte{exhibitInside: photo, hex.EncodeToString(sum[:]) + ".proof.csv": []byte("File Hash SHA256\n" + hex.EncodeToString(sum[:]) + "\n"), hex.EncodeToString(sum[:]) + ".asc": nil} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestProofsPage: a caseworker has a bundle checked, and reads what it shows and what
// not, in their language. Names of files in it are shown while names are.
func TestProofsPage(t *testing.T) {
	o := demoOffice(t)
	_, file, told := o.aStatement(t, "vera", "lieutenant")
	v := o.member("vera")
	o.exhibit(file.ID, told[0].Ref, exhibitCalled+".ots", []byte("a proof of another"))
	at := exhibitPath(file.ID, o.exhibit(file.ID, told[0].Ref, "bundle.zip", aBundle(t)))
	page := v.Get(at).Want(200)
	page.Has("Proofs of others", "(.ots)").HasNot("ProofMode</span>", "Dzhurynsky")
	page = page.Submit("form[action="+at+"/proofs]", nil).Want(200)
	page.Has("validation", "something is wrong", "a proof is of the file beside it", "as it should be", "It does not show that what the proof says", "It can’t be read", "WRONG", "The chain is whole")
	page.HasNot("Okhrymchuk")
	page.Submit("form[action="+at+"/proofs]", url.Values{"beside": {"bbbbbbbbbbbbbbbb/../x"}}).Want(422)
	page = page.Submit("form[action="+casePath(file.ID)+"/names]", url.Values{"reason": {"looking at it"}, "pass": {passOf("vera").Reveal()}}).Want(200)
	v.Get(at).Want(200).Has("Okhrymchuk")
	words := exhibitPath(file.ID, o.exhibit(file.ID, told[0].Ref, "words.txt", []byte("words")))
	v.Get(words).Submit("form[action="+words+"/proofs]", nil).Want(422).Has("No proof of a kind that is known")
}

// What checks of proofs say is there in every language.
func TestProofsInEveryLanguage(t *testing.T) {
	for _, lang := range locale.Langs() {
		p := locale.New(lang)
		for _, w := range foreign.All() {
			if key := "proof." + string(w); !p.Has(key) {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
	}
}
