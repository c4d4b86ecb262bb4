package redact

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"

	"habeas/clean"
	"habeas/internal/sandbox"
	"habeas/picture"
)

// pageSize is how many pixels the longer side of a page has that becomes a picture:
// about 190 to the inch of A4; and one that is drawn to see what is left.
const (
	pageSize  = "2200"
	proofSize = "1100"
)

// document takes parts and words out of a PDF. Pages of which parts can't be taken
// out become pictures.
func document(ctx context.Context, out, in *os.File, p Plan) (*Report, error) {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	areas := map[int][]clean.Area{}
	for _, c := range p.Cuts {
		const all = 1000.0
		if c.Page < 1 || c.Box.Left >= c.Box.Right || c.Box.Top >= c.Box.Bottom {
			return nil, ErrNothing
		}
		areas[c.Page] = append(areas[c.Page], clean.Area{float64(c.Box.Left) / all, float64(c.Box.Top) / all, float64(c.Box.Right) / all, float64(c.Box.Bottom) / all})
	}
	a := ask{Cuts: &clean.Cuts{Areas: areas, Words: p.Words, Pictures: map[int][]byte{}}}
	words, unread := map[string]int{}, map[int]bool{} // of all turns: a page that is a picture has none
	for _, w := range p.Words {
		words[w] = 0
	}
	const most = 3 // what is found on a page once it is made anew makes it a picture
	for range most {
		made, done, err := cut(ctx, a, b)
		if err != nil {
			return nil, err
		}
		for w, n := range done.Words {
			words[w] = max(words[w], n)
		}
		for _, page := range done.Unread {
			unread[page] = true
		}
		unproved := false
		if len(done.Doubt) == 0 {
			if done.Doubt, unproved, err = inked(ctx, a, b, done); err != nil {
				return nil, err
			}
		}
		if len(done.Doubt) == 0 {
			done.Words, done.Unread = words, slices.Sorted(maps.Keys(unread))
			r, err := whole(ctx, out, made, done, a.Cuts)
			if err == nil {
				r.Unproved = unproved
			}
			return r, err
		}
		for _, page := range done.Doubt {
			if a.Cuts.Pictures[page], err = pictureOf(ctx, in, page, done.Areas[page]); err != nil {
				return nil, err
			}
		}
	}
	return nil, ErrBroken
}

// whole cleans what was made once more into out, and says what was done.
func whole(ctx context.Context, out *os.File, made []byte, done *outcome, cuts *clean.Cuts) (*Report, error) {
	f, err := sandbox.MemoryFile()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.Write(made); err != nil {
		return nil, err
	}
	last, err := clean.Confined(ctx, out, f)
	if err != nil {
		return nil, err
	}
	r := &Report{Kind: last.Kind, Words: done.Words, Pages: slices.Sorted(maps.Keys(cuts.Pictures)), Unread: done.Unread, Clean: done.Clean}
	for _, n := range done.Words {
		r.Parts += n
	}
	for _, list := range cuts.Areas {
		r.Parts += len(list)
	}
	return r, nil
}

// inked returns the pages on which something is still drawn in an area that was taken
// out: letters may be larger than their font says. It draws them without bars. Where
// that tool is not there, nothing is proved.
func inked(ctx context.Context, a ask, b []byte, done *outcome) (pages []int, unproved bool, err error) {
	bare := *a.Cuts
	bare.Bare = true
	var drawn *os.File
	for _, page := range slices.Sorted(maps.Keys(a.Cuts.Areas)) {
		if a.Cuts.Pictures[page] != nil {
			continue
		}
		if drawn == nil {
			made, _, err := cut(ctx, ask{Cuts: &bare}, b)
			if err != nil {
				return nil, false, err
			}
			if drawn, err = sandbox.MemoryFile(); err != nil {
				return nil, false, err
			}
			defer drawn.Close()
			if _, err := drawn.Write(made); err != nil {
				return nil, false, err
			}
		}
		seen, err := drawPage(ctx, drawn, page, proofSize)
		switch {
		case errors.As(err, new(*sandbox.Missing)), errors.Is(err, sandbox.ErrWalls):
			return nil, true, nil
		case err != nil:
			return nil, false, err
		}
		var said bytes.Buffer
		if err := sandbox.RunWith(ctx, TaskName, ask{Blank: a.Cuts.Areas[page]}, seen, &said, limits); err != nil {
			return nil, false, plain(err)
		}
		if said.String() != blank {
			pages = append(pages, page)
		}
	}
	return pages, false, nil
}

// drawPage draws a page of a PDF, as PNG.
func drawPage(ctx context.Context, in *os.File, page int, size string) (*bytes.Buffer, error) {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	n := strconv.Itoa(page)
	var out bytes.Buffer
	err := picture.Poppler().Run(ctx, []string{"-f", n, "-l", n, "-cropbox", "-scale-to", size, "-png", "-"}, in, &out, limits)
	if errors.As(err, new(*sandbox.Failed)) {
		return nil, ErrBroken
	}
	return &out, err
}

// pictureOf returns a page as a JPEG, without what lies in areas.
func pictureOf(ctx context.Context, in *os.File, page int, areas []clean.Area) ([]byte, error) {
	seen, err := sandbox.MemoryFile()
	if err != nil {
		return nil, err
	}
	defer seen.Close()
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if _, err := clean.Confined(ctx, seen, in); err != nil { // what nobody sees is not drawn
		return nil, err
	}
	drawn, err := drawPage(ctx, seen, page, pageSize)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := sandbox.RunWith(ctx, TaskName, ask{Areas: append([]clean.Area{}, areas...)}, drawn, &out, limits); err != nil {
		return nil, plain(err)
	}
	return out.Bytes(), nil
}

// outcome is what the task says of a PDF that it made.
type outcome struct {
	*clean.CutReport
	Clean   *clean.Report
	Refused *clean.Refused
}

// cut makes the PDF without what a says.
func cut(ctx context.Context, a ask, b []byte) ([]byte, *outcome, error) {
	var out bytes.Buffer
	if err := sandbox.RunWith(ctx, TaskName, a, bytes.NewReader(b), &out, limits); err != nil {
		return nil, nil, plain(err)
	}
	made := out.Bytes()
	if len(made) < 8 {
		return nil, nil, ErrBroken
	}
	n := binary.BigEndian.Uint64(made)
	if made = made[8:]; n > uint64(len(made)) {
		return nil, nil, ErrBroken
	}
	var o outcome
	switch err := json.Unmarshal(made[:n], &o); {
	case err != nil:
		return nil, nil, err
	case o.Refused != nil:
		return nil, nil, o.Refused
	case o.CutReport == nil || o.Clean == nil:
		return nil, nil, ErrBroken
	}
	return made[n:], &o, nil
}

// cutPDF is what the task does with a PDF. It looks for the words again in what it
// made.
func cutPDF(b []byte, cuts clean.Cuts, out io.Writer) error {
	made, report, done, err := clean.CutPDF(b, cuts)
	o := outcome{CutReport: done, Clean: report}
	if refused, ok := errors.AsType[*clean.Refused](err); ok {
		o = outcome{Refused: refused}
	} else if err != nil {
		return err
	}
	if o.Refused == nil && len(done.Doubt) == 0 && len(cuts.Words) > 0 {
		_, _, left, err := clean.CutPDF(made, clean.Cuts{Words: cuts.Words})
		if err != nil {
			return err
		}
		for page, areas := range left.Areas {
			done.Doubt = append(done.Doubt, page)
			done.Areas[page] = append(done.Areas[page], areas...)
		}
	}
	said, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = out.Write(slices.Concat(binary.BigEndian.AppendUint64(nil, uint64(len(said))), said, made))
	return err
}
