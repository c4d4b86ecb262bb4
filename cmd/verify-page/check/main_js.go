// Command check is what the page of verify-page runs in a worker of the
// browser: it checks one bundle, as habeas-verify does. It reads the global
// "request" and posts messages: "read" with how many bytes were checked, then
// "report" with the report as JSON, or "error" with what is wrong and, if it is a
// field of the form, "field" with which.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall/js"

	"habeas/custody"
)

func main() {
	report, err := check(js.Global().Get("request"))
	if err != nil {
		field, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "--"), " ")
		post(map[string]any{"error": err.Error(), "field": field, "none": errors.Is(err, custody.ErrNotABundle)})
		return
	}
	post(map[string]any{"report": report})
}

func post(message map[string]any) { js.Global().Call("postMessage", message) }

// check checks the file of a request, with what whoever asks knows.
func check(request js.Value) (string, error) {
	var witnesses []string
	for line := range strings.Lines(request.Get("witnesses").String()) {
		if line = strings.TrimSpace(line); line != "" {
			witnesses = append(witnesses, line)
		}
	}
	root := strings.ToLower(strings.Join(strings.Fields(request.Get("root").String()), ""))
	trust, err := custody.ReadTrust(root, witnesses, request.Get("least").Int(), []byte(request.Get("roots").String()))
	if err != nil {
		return "", err
	}
	f := file{request.Get("file")}
	fsys, err := custody.OpenArchive(f, int64(f.Get("size").Float()))
	if err != nil {
		return "", err
	}
	var report bytes.Buffer
	var told int64
	_, err = custody.Check(context.Background(), fsys, trust, true, &report, func(bytes int64) {
		if bytes-told >= 1<<20 {
			told = bytes
			post(map[string]any{"read": float64(bytes)})
		}
	})
	return report.String(), err
}

// A file is a File of the browser. Only a worker can read one at once.
type file struct{ js.Value }

// ReadAt implements [io.ReaderAt].
func (f file) ReadAt(b []byte, at int64) (n int, err error) {
	defer func() {
		if e, ok := recover().(js.Error); ok { // it was moved or changed since it was chosen
			n, err = 0, fmt.Errorf("the file can't be read: %w", e)
		}
	}()
	part := f.Call("slice", float64(at), float64(at+int64(len(b))))
	read := js.Global().Get("FileReaderSync").New().Call("readAsArrayBuffer", part)
	n = js.CopyBytesToGo(b, js.Global().Get("Uint8Array").New(read))
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
