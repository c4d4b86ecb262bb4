// Command verify-page makes the page with which somebody who does not use a
// terminal checks a bundle: one HTML file that holds the checks of habeas-verify,
// compiled for browsers. It is opened from a disk, without a server or a network,
// and its own policy forbids it to ask for anything.
//
//	go run ./cmd/verify-page > habeas-verify.html
//
// It is run in the repository, and needs the go command. The SHA-256 of the page is
// printed to standard error: with the same source and the same version of Go it is
// the same everywhere.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed page.html page.css page.js worker.js words
var files embed.FS

// Languages of the page, in the order they are offered.
var languages = [...]string{"en", "ru", "uk", "es", "fr", "ar"}

func main() {
	sum := sha256.New()
	if err := write(io.MultiWriter(os.Stdout, sum)); err != nil {
		fmt.Fprintf(os.Stderr, "verify-page: error: %v\n", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "SHA-256 of the page: %x\n", sum.Sum(nil))
}

// write builds the checks for browsers and writes the page around them.
func write(w io.Writer) error {
	dir, err := os.MkdirTemp("", "verify-page-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "check.wasm")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", program, "habeas/cmd/verify-page/check")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building the checks for browsers: %w", err)
	}
	wasm, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	return page(w, wasm, glue)
}

// page writes the page around a program and what Go has to start one in a browser.
func page(w io.Writer, wasm, glue []byte) error {
	packed, err := packed(wasm)
	if err != nil {
		return err
	}
	words := map[string]json.RawMessage{}
	for _, lang := range languages {
		if words[lang], err = files.ReadFile("words/" + lang + ".json"); err != nil {
			return err
		}
	}
	all, err := json.Marshal(words) // escapes what would end a script
	if err != nil {
		return err
	}
	worker, err := files.ReadFile("worker.js")
	if err != nil {
		return err
	}
	css, err := files.ReadFile("page.css")
	if err != nil {
		return err
	}
	script, err := files.ReadFile("page.js")
	if err != nil {
		return err
	}
	t, err := template.ParseFS(files, "page.html")
	if err != nil {
		return err
	}
	return t.Execute(w, map[string]any{
		"Style": string(css), "Script": string(script), "Words": string(all),
		"Program": packed, "Worker": base64.StdEncoding.EncodeToString(bytes.Join([][]byte{glue, worker}, []byte("\n"))),
	})
}

// packed returns b as gzip in base64.
func packed(b []byte) (string, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(b); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}
