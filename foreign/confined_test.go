package foreign_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"habeas/foreign"
	"habeas/internal/sandbox"
)

// TestMain lets this program be started again to look at a file of a stranger.
func TestMain(m *testing.M) {
	sandbox.Main(map[string]sandbox.Task{foreign.TaskName: foreign.Task})
	os.Exit(m.Run())
}

func piece(name string, b []byte) foreign.Piece {
	return foreign.Piece{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

// confined checks a file in a process of its own.
func confined(t *testing.T, file []byte, beside ...foreign.Piece) ([]foreign.Report, error) {
	t.Helper()
	room, err := os.Create(filepath.Join(t.TempDir(), "room"))
	if err != nil {
		t.Fatal(err)
	}
	defer room.Close()
	return foreign.Confined(context.Background(), room, piece("", file), beside, nil, nil)
}

// packed is a zip archive of files, each written by what it is given.
func packed(t *testing.T, files map[string]func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, write := range files {
		w, err := z.Create(name)
		if err == nil {
			err = write(w)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func words(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func TestConfined(t *testing.T) {
	photo := "an invented photograph"
	s := hash([]byte(photo))
	all, err := confined(t, packed(t, map[string]func(io.Writer) error{"given/IMG 1.jpg": words(photo), "given/" + s + ".proof.csv": words("")}))
	if err != nil || len(all) != 1 || all[0].Kind != foreign.ProofMode || !all[0].OK() {
		t.Errorf("%+v %v", all, err)
	}
	all, err = confined(t, []byte(photo), piece("A1.ots", unhex(t, madeByPython)))
	if err != nil || len(all) != 1 || all[0].Kind != foreign.Beside || all[0].Bad() || all[0].Lines[0].Where != "exhibit, Bitcoin 800000" {
		t.Errorf("%+v %v", all, err)
	}
	for name, file := range map[string][]byte{"words": []byte("words"), "nothing": nil, "an archive without proofs": packed(t, map[string]func(io.Writer) error{"a.txt": words("")})} {
		if all, err := confined(t, file); !errors.Is(err, foreign.ErrNone) {
			t.Errorf("%s: %+v %v", name, all, err)
		}
	}
}

// TestAttackArchives: archives whose files lead out of them are none, one that unpacks
// to far more than it is is read piece by piece, and one that has more to tell than
// anybody reads is cut short, what failed first.
func TestAttackArchives(t *testing.T) {
	photo := "an invented photograph"
	proof := hash([]byte(photo)) + ".proof.csv"
	for _, name := range []string{"../photo.jpg", "/photo.jpg", `a\photo.jpg`, "a/../../photo.jpg"} {
		if all, err := confined(t, packed(t, map[string]func(io.Writer) error{name: words(photo), proof: words("")})); !errors.Is(err, foreign.ErrNone) {
			t.Errorf("%s: %+v %v", name, all, err)
		}
	}
	const size = 256 << 20 // a thousand times what it is packed into
	zeros := func(w io.Writer) error {
		b := make([]byte, 1<<20)
		for range size / len(b) {
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
		return nil
	}
	h := sha256.New()
	if err := zeros(h); err != nil {
		t.Fatal(err)
	}
	list := fmt.Sprintf(`{"resources":[{"path":"archive/x","hash":"sha256:%s","bytes":%d}]}`, hex.EncodeToString(h.Sum(nil)), size)
	all, err := confined(t, packed(t, map[string]func(io.Writer) error{"datapackage.json": words(list), "archive/x": zeros}))
	if err != nil || len(all) != 1 || all[0].Bad() {
		t.Errorf("%+v %v", all, err)
	}
	many := map[string]func(io.Writer) error{}
	for i := range 300 {
		many[fmt.Sprintf("%s-%03d.jpg", strings.Repeat("long", 60), i)] = words(fmt.Sprint(i))
	}
	many[proof] = words("")
	all, err = confined(t, packed(t, many))
	if err != nil || len(all) != 1 || len(all[0].Lines) != 101 || all[0].Lines[0].Result != foreign.Failed || all[0].Lines[100].Where != "202" {
		t.Errorf("%d lines, %v", len(all[0].Lines), err)
	}
}

// TestAttackTakenOver: a process that a hostile file took over tells what the program
// has no words for. It would stand on a page as if the office said it.
func TestAttackTakenOver(t *testing.T) {
	good := func() []foreign.Report {
		return []foreign.Report{{Kind: foreign.WACZ, Lines: []foreign.Line{{Check: "wacz_whole", Result: foreign.Good, Where: "x", Not: "not_pages"}, {Check: "stamp", Result: foreign.Failed}}}}
	}
	if !foreign.Told(good()) {
		t.Error("what a task says is not believed")
	}
	for what, change := range map[string]func([]foreign.Report) []foreign.Report{
		"kind":    func(r []foreign.Report) []foreign.Report { r[0].Kind = "send your passphrase"; return r },
		"check":   func(r []foreign.Report) []foreign.Report { r[0].Lines[0].Check = "send your passphrase"; return r },
		"why":     func(r []foreign.Report) []foreign.Report { r[0].Lines[0].Not = "send your passphrase"; return r },
		"result":  func(r []foreign.Report) []foreign.Report { r[0].Lines[1].Result = 3; return r },
		"nothing": func(r []foreign.Report) []foreign.Report { r[0].Lines = nil; return r },
		"many":    func(r []foreign.Report) []foreign.Report { return append(r, r[0], r[0]) },
	} {
		if foreign.Told(change(good())) {
			t.Errorf("another %s is believed", what)
		}
	}
}
