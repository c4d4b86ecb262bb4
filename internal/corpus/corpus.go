// Package corpus reads the public data that the gate is measured on, in the layouts
// its makers gave it, and invents towns of people where a measurement needs more
// than there are.
//
// No such data is part of this repository. A set that is not there is
// [fs.ErrNotExist], so that whoever measures can say so and go on; one that is
// damaged is an error with the file and the line.
package corpus

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"
)

// maxLine is the longest line of a file, in bytes.
const maxLine = 1 << 20

// eachLine gives the lines of a file to do, numbered from 1; the file may be packed
// by gzip. It stops at the first error, and says on which line.
func eachLine(path string, do func(n int, line string) error) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		defer z.Close()
		lines = bufio.NewScanner(z)
	}
	lines.Buffer(nil, maxLine)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimPrefix(lines.Text(), "\uFEFF")
		if !utf8.ValidString(line) {
			return fmt.Errorf("%s: line %d is not UTF-8", path, n)
		}
		if err := do(n, line); err != nil {
			return fmt.Errorf("%s: line %d: %w", path, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: after line %d: %w", path, n, err)
	}
	return nil
}

// bytesOf returns, for each character of text and for its end, the byte where it
// begins.
func bytesOf(text string) []int {
	at := make([]int, 0, len(text)+1)
	for i := range text {
		at = append(at, i)
	}
	return append(at, len(text))
}

// Lines returns the lines of a file that hold something, the first aside if it says
// what the others are: a list of names with a heading.
func Lines(path string, heading bool) ([]string, error) {
	var out []string
	err := eachLine(path, func(n int, line string) error {
		if line = strings.TrimSpace(line); line != "" && (n > 1 || !heading) {
			out = append(out, line)
		}
		return nil
	})
	return out, err
}
