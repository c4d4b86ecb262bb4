package redact

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"habeas/clean"
	"habeas/internal/sandbox"
	"habeas/picture"
)

// A Span is a time of a film or of sound, from its beginning. It is made longer by
// a tenth of a second on both sides, since what was coded together is heard and
// seen together. To 0 is the end.
type Span struct{ From, To time.Duration }

// A Cut is a part that goes: of a picture, of a page of a PDF (from 1), or of the
// frames of a film in a span.
type Cut struct {
	Box  Box
	Page int
	Span Span
}

// A Plan says what goes. It is always carried out on the original.
type Plan struct {
	Cuts  []Cut
	Words []string // of a PDF: wherever they can be read, with the word around them
	Mute  []Span   // of a film or of sound
}

// A Report says what was done. It may be shown to whoever may see the result.
type Report struct {
	Kind     clean.Kind     // of the result
	Parts    int            // boxes and spans that were taken out
	Words    map[string]int // how often each word was found and taken out; 0 if nowhere
	Pages    []int          // of a PDF, that are pictures now: their words can no longer be read
	Unread   []int          // of a PDF, whose pictures or letters can't be searched for words
	Unproved bool           // of a PDF with boxes: it was not drawn to see that nothing is left in them, since pdftoppm is not there
	Clean    *clean.Report  // what else was left out; for people, with the words
}

// Why a file is not redacted, besides what package clean refuses.
var (
	ErrFormat = errors.New("redact: of files of this format no parts can be taken out")
	ErrSound  = errors.New("redact: sound has no boxes and pictures have no sound")
	ErrBroken = errors.New("redact: the file can't be read")
)

// Confined writes the file in to out, which is empty, without what is in the plan
// and without metadata. Nothing is opened in this process: see the tasks of this
// package and of package clean, which [sandbox.Main] has to know. Films, sound,
// and pictures other than JPEG, PNG and GIF need ffmpeg, and some pages of PDF need pdftoppm: the error is a
// [*sandbox.Missing] where one is not installed, and a [*clean.Refused] if the file
// can't be made anew.
func Confined(ctx context.Context, out, in *os.File, p Plan) (*Report, error) {
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	kind, _ := clean.KindOf(in, info.Size())
	if len(p.Cuts)+len(p.Words)+len(p.Mute) == 0 {
		return nil, ErrNothing
	}
	for _, c := range p.Cuts {
		if kind.Name != "pdf" && c.Page != 0 || c.Span != (Span{}) && !strings.HasPrefix(kind.Media, "video/") {
			return nil, ErrNothing
		}
	}
	film, sound := strings.HasPrefix(kind.Media, "video/"), strings.HasPrefix(kind.Media, "audio/")
	switch {
	case len(p.Words) > 0 && kind.Name != "pdf", len(p.Cuts) > 0 && sound, len(p.Mute) > 0 && !film && !sound:
		return nil, ErrSound
	case film || sound:
		return movie(ctx, out, in, p)
	case kind.Name == "pdf":
		return document(ctx, out, in, p)
	case kind.Name == "jpeg" || kind.Name == "png" || kind.Name == "gif":
		return still(ctx, out, in, p, 0)
	case picture.Whole(kind.Name):
		return other(ctx, out, in, kind.Name, p)
	}
	return nil, ErrFormat
}

// TaskName is the name of [Task] in the table of a program that calls
// [sandbox.Main].
const TaskName = "redact"

// limits of one picture, or one PDF.
var limits = sandbox.Limits{Memory: 3 << 30, Time: 5 * time.Minute, Output: 1 << 30}

// still takes parts out of a picture, and margin pixels around them.
func still(ctx context.Context, out, in *os.File, p Plan, margin int) (*Report, error) {
	made, err := sandbox.MemoryFile()
	if err != nil {
		return nil, err
	}
	defer made.Close()
	if err := asked(ctx, ask{Plan: p, Margin: margin}, in, made); err != nil {
		return nil, err
	}
	r, err := clean.Confined(ctx, out, made)
	if err != nil {
		return nil, err
	}
	return &Report{Kind: r.Kind, Parts: len(p.Cuts), Clean: r}, nil
}

// asked runs the task, and returns the errors of this package for what it says.
func asked(ctx context.Context, a ask, in io.ReadSeeker, out *os.File) error {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := sandbox.RunWith(ctx, TaskName, a, in, out, limits); err != nil {
		return plain(err)
	}
	_, err := out.Seek(0, io.SeekStart)
	return err
}

// plain returns the errors of this package for what a task said, which may be words
// of the file.
func plain(err error) error {
	if failed, ok := errors.AsType[*sandbox.Failed](err); ok {
		for _, known := range []error{ErrUnknown, ErrLarge, ErrNothing, ErrFormat} {
			if failed.Text == known.Error() {
				return known
			}
		}
		return ErrBroken
	}
	if errors.Is(err, sandbox.ErrLimits) {
		return ErrLarge
	}
	return err
}
