package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"habeas/internal/sandbox"
	"habeas/redact"
)

type redactCommand struct {
	Box  []string `required:"" sep:"none" placeholder:"L,T,R,B" help:"A part to take out, as seen: left, top, right and bottom in per cent of width and height. Again for each part."`
	Out  string   `required:"" placeholder:"FILE" help:"Where the new picture goes; it must not be there."`
	File string   `arg:"" help:"A JPEG, PNG or GIF. It is not changed."`
}

const redactTask = "redact"

// redactLimits bound the memory and time of one picture.
var redactLimits = sandbox.Limits{Memory: 3 << 30, Time: 2 * time.Minute}

// redacting takes parts out of a picture: in holds the parts as a line of JSON, and
// then the picture.
func redacting(in *os.File, out io.Writer) error {
	b, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	line, picture, _ := bytes.Cut(b, []byte("\n"))
	var boxes []redact.Box
	if err := json.Unmarshal(line, &boxes); err != nil {
		return err
	}
	picture, _, err = redact.Picture(picture, boxes)
	if err != nil {
		return err
	}
	_, err = out.Write(picture)
	return err
}

// Run takes the parts out of a copy of the picture, in a process that can do
// nothing else.
func (c *redactCommand) Run(ctx context.Context, p *program) error {
	var boxes []redact.Box
	for _, text := range c.Box {
		box, err := readBox(text)
		if err != nil {
			return err
		}
		boxes = append(boxes, box)
	}
	if less := sandbox.Confinement(); less != "" {
		p.caution(less, "open pictures of strangers on Linux")
	}
	out, err := redacted(ctx, c.File, boxes)
	switch failed, ok := errors.AsType[*sandbox.Failed](err); {
	case ok:
		return refuse("the picture could not be redacted: "+strings.TrimPrefix(failed.Text, "redact: "), "give a JPEG, PNG or GIF, and a part that lies in it")
	case errors.Is(err, sandbox.ErrLimits):
		return refuse("the picture is too large, or made to look so", "make it smaller with a program you trust")
	case err != nil:
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(out); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s -> %s, %d parts taken out. Look at it before it leaves.\n", c.File, c.Out, len(boxes))
	return err
}

// redacted returns the picture in a file without what is in boxes. What the process
// is given comes by a pipe, so that nothing of it lies on the disk.
func redacted(ctx context.Context, name string, boxes []redact.Box) ([]byte, error) {
	line, err := json.Marshal(boxes)
	if err != nil {
		return nil, err
	}
	picture, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer picture.Close()
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	go func() { // ends when all was read, or nobody reads any more
		defer w.Close()
		_, _ = io.Copy(w, io.MultiReader(bytes.NewReader(append(line, '\n')), picture))
	}()
	var out bytes.Buffer
	err = sandbox.Run(ctx, redactTask, r, &out, redactLimits)
	return out.Bytes(), err
}

// readBox reads four numbers from 0 to 100, with one digit after the point at most.
func readBox(text string) (redact.Box, error) {
	var l, t, r, b float64
	if n, err := fmt.Sscanf(text, "%g,%g,%g,%g", &l, &t, &r, &b); n != 4 || err != nil || min(l, t, r, b) < 0 || max(l, t, r, b) > 100 || l >= r || t >= b {
		return redact.Box{}, refuse(fmt.Sprintf("%q is no part of a picture", text), "give left, top, right and bottom in per cent, such as 10,20,35.5,60")
	}
	down := func(v float64) int { return int(v * 10) }
	up := func(v float64) int { return int(v*10 + 0.999) }
	return redact.Box{Left: down(l), Top: down(t), Right: up(r), Bottom: up(b)}, nil
}
