package gate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"habeas/fault"
	"habeas/name"
)

// maxNameLine is the longest line of a names file, in bytes.
const maxNameLine = 1 << 20

// ReadNames reads a names file: JSON lines of the form
//
//	{"id": "any", "parts": [{"kind": "given", "text": "Олена"}, …]}
//
// in UTF-8. One id may stand on several lines, one for each way the person is
// written. Blank lines are skipped. Unknown keys, an empty id, a name without
// parts and a part without text are errors, which say on which line, from 1.
func ReadNames(r io.Reader) (map[string][]name.Name, error) {
	out := map[string][]name.Name{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxNameLine)
	n := 0
	for lines.Scan() {
		n++
		line := lines.Bytes()
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		id, who, err := readName(line)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "gate.bad_names", fault.Count(n))
		}
		out[id] = append(out[id], who)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fault.Wrap(err, fault.Invalid, "gate.names_line_too_long", fault.Count(n+1))
	} else if err != nil {
		return nil, err
	}
	return out, nil
}

func readName(line []byte) (string, name.Name, error) {
	if !utf8.Valid(line) {
		return "", nil, errors.New("not UTF-8")
	}
	var in struct {
		ID    string    `json:"id"`
		Parts name.Name `json:"parts"`
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return "", nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return "", nil, errors.New("more than one value")
	}
	if in.ID == "" || len(in.Parts) == 0 {
		return "", nil, errors.New("no id, or no parts")
	}
	for _, p := range in.Parts {
		if !p.Kind.Valid() || name.Canon(p.Text) == "" {
			return "", nil, errors.New("a part without kind or text")
		}
	}
	return in.ID, in.Parts, nil
}
