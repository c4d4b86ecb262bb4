package main

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"

	"habeas"
	"habeas/internal/demo"
	"habeas/internal/testkit"
	"habeas/receipt"
	"habeas/vault"
)

// TestCommandsNameNobody: words stand in the free text of an office and in the
// name of a file that a stranger sent. No command says them, nor is a file that a command writes called after them. Members are not
// among them: "habeas member list" is asked who they are.
func TestCommandsNameNobody(t *testing.T) {
	pl := newPlace(t)
	pl.start("demo", "--dir", "office", "--listen", "127.0.0.1:0").stop()
	words := []string{"Trembovelsk", "quarvenolda", "Svyatozhabrenko", "Bohuvramenko"}
	pl.plant(words)
	vera := demo.Members()[0]
	pl.write("vera", vera.Passphrase+"\n", 0o600)
	as := []string{"--handle", vera.Handle, "--passphrase-file", "vera"}
	said := map[string][]byte{}
	for _, args := range [][]string{
		{"verify", "office"}, append([]string{"verify", "office"}, as...), {"erase", "--prove", "office"}, append([]string{"rebuild", "office"}, as...),
		{"desk", "new", "far"}, append([]string{"desk", "use", "office", "--pub", "far.pub"}, as...),
	} {
		out, errs := pl.must(0, args...)
		said[filepath.Join(args...)] = []byte(out + errs + "\n")
	}
	pl.plant([]string{"another circle", "another case", words[2], words[3]})
	out, errs := pl.must(0, "desk", "outbox", "office", "out")
	said["outbox"] = []byte(out + errs + "\n")
	left, err := os.ReadDir(filepath.Join(pl.dir, "out"))
	if err != nil || len(left) == 0 {
		t.Fatalf("got %v, %v, want what came in the outbox", left, err)
	}
	testkit.Sweep(t, append(demo.Canaries(), words...), []string{filepath.Join(pl.dir, "out"), filepath.Join(pl.dir, "office")}, said, nil)
}

// plant makes a circle and a case in it, and has a letter with a file come in.
// words are the circle, the title, the name of the file and the text.
func (pl *place) plant(words []string) {
	pl.t.Helper()
	ctx := pl.t.Context()
	ok := func(err error) {
		pl.t.Helper()
		if err != nil {
			pl.t.Fatal(err)
		}
	}
	desk, err := habeas.Open(habeas.Config{Dir: filepath.Join(pl.dir, "office")})
	ok(err)
	by, err := demo.Actor(ctx, desk, demo.Members()[0].Handle)
	ok(err)
	circle, err := desk.NewCircle(ctx, by, words[0], vault.NewText(demo.Members()[0].Passphrase))
	ok(err)
	by, err = demo.Actor(ctx, desk, demo.Members()[0].Handle)
	ok(err)
	_, err = desk.OpenCase(ctx, by.Sure(), circle, habeas.NewCase{Title: words[1], About: "incident"})
	ok(err)
	file, err := desk.Upload(ctx, vault.NewText(words[2]+".jpg"))
	ok(err)
	_, err = file.Write([]byte("a picture"))
	ok(err)
	ok(file.Close())
	var secret [32]byte
	rand.Read(secret[:])
	letter := habeas.Letter{Lang: "en", Text: vault.NewText("please find " + words[3])}
	letter.Files = append(letter.Files, file)
	ok(desk.Receive(ctx, receipt.From(secret), letter))
	ok(desk.Close())
}
