package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
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
	for _, program := range []string{"tesseract", "pdftoppm", "pdfinfo"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, nil, refuse(program+" is not installed", "install the packages tesseract-ocr, tesseract-ocr-rus (or other languages) and poppler-utils")
		}
	}
	if strings.HasPrefix(langs, "-") {
		return nil, nil, refuse("a language is called such as rus or ukr+eng")
	}
	read = func(picture []byte) (string, error) {
		out, err := piped(ctx, picture, "tesseract", "-", "-", "-l", langs)
		return string(out), err
	}
	return read, func(pdf []byte) ([][]byte, error) { return drawn(ctx, pdf) }, nil
}

// drawn draws every page of a PDF, one after the other, and puts nothing on the
// disk.
func drawn(ctx context.Context, pdf []byte) ([][]byte, error) {
	about, err := piped(ctx, pdf, "pdfinfo", "-")
	if err != nil {
		return nil, err
	}
	var pages [][]byte
	for n := 1; n <= pageCount(string(about)); n++ {
		page := strconv.Itoa(n)
		picture, err := piped(ctx, pdf, "pdftoppm", "-r", ocrDots, "-png", "-singlefile", "-f", page, "-l", page, "-")
		if err != nil {
			return nil, err
		}
		pages = append(pages, picture)
	}
	return pages, nil
}

// pageCount reads the number of pages from what pdfinfo writes; 0 if it is not
// there.
func pageCount(about string) int {
	for line := range strings.Lines(about) {
		if n, ok := strings.CutPrefix(line, "Pages:"); ok {
			count, _ := strconv.Atoi(strings.TrimSpace(n)) // 0 if it is no number
			return count
		}
	}
	return 0
}

// piped runs a program with in as its input and returns what it writes. It sees no
// environment but the path.
func piped(ctx context.Context, in []byte, program string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, ocrTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin, cmd.Env = bytes.NewReader(in), []string{"PATH=" + os.Getenv("PATH"), "OMP_THREAD_LIMIT=1"}
	return cmd.Output()
}
