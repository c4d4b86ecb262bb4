package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ocrTime is how long one picture or PDF is worked on.
const ocrTime = 2 * time.Minute

// ocrDots is how finely pages are drawn, in dots to the inch.
const ocrDots = "300"

// ocr returns what reads pictures and draws the pages of a PDF: the programs
// tesseract and pdftoppm of this machine. They get the bytes by pipe and are
// killed when they take too long.
func ocr(ctx context.Context, langs string) (read func([]byte) (string, error), pages func([]byte) ([][]byte, error), err error) {
	for _, program := range []string{"tesseract", "pdftoppm"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, nil, refuse(program+" is not installed", "install the packages tesseract-ocr, tesseract-ocr-rus (or other languages) and poppler-utils")
		}
	}
	if strings.HasPrefix(langs, "-") {
		return nil, nil, refuse("a language is called such as rus or ukr+eng")
	}
	read = func(picture []byte) (string, error) {
		out, err := piped(ctx, "", picture, "tesseract", "-", "-", "-l", langs)
		return string(out), err
	}
	return read, func(pdf []byte) ([][]byte, error) { return drawn(ctx, pdf) }, nil
}

// drawn draws every page of a PDF in a directory that is gone afterwards.
func drawn(ctx context.Context, pdf []byte) ([][]byte, error) {
	dir, err := os.MkdirTemp("", "habeas-pages-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if _, err := piped(ctx, dir, pdf, "pdftoppm", "-r", ocrDots, "-png", "-", "page"); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names) // pdftoppm pads the numbers
	var pages [][]byte
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		pages = append(pages, b)
	}
	return pages, nil
}

// piped runs a program with in as its input, in a directory, and returns what it
// writes. It sees no environment but the path.
func piped(ctx context.Context, dir string, in []byte, program string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, ocrTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin, cmd.Dir, cmd.Env = bytes.NewReader(in), dir, []string{"PATH=" + os.Getenv("PATH"), "OMP_THREAD_LIMIT=1"}
	return cmd.Output()
}
