package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A caseworker is given a photograph with what ProofMode wrote beside it, and
// looks whether it is the photograph that was meant.
func TestProofsOfOthers(t *testing.T) {
	pl := newPlace(t)
	for _, dir := range []string{"given", "none"} {
		if err := os.Mkdir(filepath.Join(pl.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	photo := "an invented photograph"
	name := fmt.Sprintf("%x", sha256.Sum256([]byte(photo)))
	pl.write("given/photo.jpg", photo, 0o600)
	pl.write("given/"+name+".proof.csv", "", 0o600)
	pl.write("given/"+name+".gst", "", 0o600)
	out, _ := pl.must(0, "proofs", "given")
	for _, want := range []string{"ProofMode", "photo.jpg", "not checked here", "does not show"} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q: %s", want, out)
		}
	}
	pl.write("given/photo.jpg", "another photograph", 0o600)
	pl.must(1, "proofs", "given")
	pl.write("none/a.txt", "words", 0o600)
	pl.must(2, "proofs", "none")
	pl.must(2, "proofs", "none/a.txt")
	pl.must(2, "proofs", "nowhere")
}
