package redact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"habeas/clean"
	"habeas/internal/sandbox"
	"habeas/picture"
)

// movieLimits are those of coding a film anew.
var movieLimits = sandbox.Limits{Memory: 3 << 30, Time: time.Hour, Output: 4 << 30}

// margin is how much longer spans are made, on both sides.
const margin = 100 * time.Millisecond

// steady shows pictures again that stand long, so that what is in the time of a box is
// covered then: one that came before would stand there bare. It moves pictures by less
// than half of [margin].
const steady = "fps=fps='min(max(source_fps,24),60)',"

// A carrier is how a kind of film or sound is read by ffmpeg and written.
type carrier struct {
	demuxer string
	muxer   []string
	video   []string // coder; nil: it has no pictures
	audio   []string // coder
}

func carriers() map[string]carrier {
	pieces := []string{"-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4"} // all that can be written to a pipe; package clean joins them
	h264 := []string{"-c:v", "libx264", "-preset", "fast", "-crf", "20", "-bf", "0", "-pix_fmt", "yuv420p"}
	aac := []string{"-c:a", "aac", "-b:a", "160k"}
	film := carrier{demuxer: "mov", muxer: pieces, video: h264, audio: aac}
	other := film
	other.demuxer = "matroska"
	voice := func(demuxer string, muxer, audio []string) carrier {
		return carrier{demuxer: demuxer, muxer: muxer, audio: audio}
	}
	return map[string]carrier{
		"mp4": film, "mov": film, "webm": other, "mkv": other,
		"m4a": voice("mov", pieces, aac), "aac": voice("aac", pieces, aac), "amr": voice("amr", pieces, aac),
		"mp3":  voice("mp3", pieces, aac), // coders of MP3 leave their name in it
		"flac": voice("flac", []string{"-f", "flac"}, []string{"-c:a", "flac"}),
		"wav":  voice("wav", []string{"-f", "wav"}, []string{"-c:a", "pcm_s16le"}),
		"ogg":  voice("ogg", []string{"-f", "ogg"}, []string{"-c:a", "libvorbis", "-q:a", "5"}),
	}
}

// movie takes boxes and sound out of a film. It is cleaned before, so that ffmpeg
// reads only tracks that are known, with their tables first, and after.
func movie(ctx context.Context, out, in *os.File, p Plan) (*Report, error) {
	before, after, done, err := twoFiles()
	if err != nil {
		return nil, err
	}
	defer done()
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	report, err := clean.Confined(ctx, before, in)
	if err != nil {
		return nil, err
	}
	args, err := movieArgs(report.Kind.Name, p)
	if err != nil {
		return nil, err
	}
	if _, err := before.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch err := picture.FFmpeg().Run(ctx, args, before, after, movieLimits); {
	case errors.As(err, new(*sandbox.Failed)):
		return nil, ErrBroken
	case errors.Is(err, sandbox.ErrLimits):
		return nil, ErrLarge
	case err != nil:
		return nil, err
	}
	if _, err := after.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	last, err := clean.Confined(ctx, out, after)
	if err != nil {
		return nil, err
	}
	report.Kind = last.Kind
	return &Report{Kind: last.Kind, Parts: len(p.Cuts) + len(p.Mute), Clean: report}, nil
}

func twoFiles() (a, b *os.File, done func(), err error) {
	if a, err = sandbox.MemoryFile(); err != nil {
		return nil, nil, nil, err
	}
	if b, err = sandbox.MemoryFile(); err != nil {
		a.Close()
		return nil, nil, nil, err
	}
	return a, b, func() { a.Close(); b.Close() }, nil
}

// movieArgs says to ffmpeg what goes. Nothing in it but numbers comes from outside.
// All is coded anew: what is copied has also what an editor cut off and only hid (edit
// lists of MP4), which would be seen again, and times that differ from those asked for.
func movieArgs(kind string, p Plan) ([]string, error) {
	c, ok := carriers()[kind]
	if !ok {
		return nil, ErrFormat
	}
	args := []string{"-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "2", "-protocol_whitelist", "pipe", "-f", c.demuxer, "-i", "pipe:0",
		"-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"}
	if c.video != nil {
		args = append(args, "-map", "0:v:0"+unless(p.Cuts))
		boxes, err := drawn(p.Cuts)
		if err != nil {
			return nil, err
		}
		args = append(append(args, c.video...), "-threads", "2", "-vf", steady+boxes+"pad=w='ceil(iw/2)*2':h='ceil(ih/2)*2'")
	}
	args = append(append(args, "-map", "0:a:0"+unless(p.Mute)), c.audio...)
	if silence, err := silent(p.Mute); err != nil {
		return nil, err
	} else if silence != "" {
		args = append(args, "-af", silence)
	}
	return append(append(args, c.muxer...), "pipe:1"), nil
}

// unless lets a track be missing, unless something is to be taken out of it.
func unless[T any](parts []T) string {
	if len(parts) > 0 {
		return ""
	}
	return "?"
}

// drawn draws the boxes, black: what is only blurred, or made of coarse squares, can
// be brought back from a film, where the same face stands behind many grids. They
// are made larger to whole blocks of pixels, as in photographs.
func drawn(cuts []Cut) (string, error) {
	var out strings.Builder
	for _, c := range cuts {
		b := c.Box
		b = Box{max(b.Left, 0), max(b.Top, 0), min(b.Right, 1000), min(b.Bottom, 1000)}
		if b.Left >= b.Right || b.Top >= b.Bottom {
			return "", ErrNothing
		}
		while, err := during(c.Span)
		if err != nil {
			return "", err
		}
		side := func(from, to int, of string) (string, string) {
			at := fmt.Sprintf("floor(%s*%d/1000/%d)*%[3]d", of, from, block)
			return at, fmt.Sprintf("ceil(%s*%d/1000/%d)*%[3]d-%s", of, to, block, at)
		}
		x, w := side(b.Left, b.Right, "iw")
		y, h := side(b.Top, b.Bottom, "ih")
		fmt.Fprintf(&out, "drawbox=x='%s':y='%s':w='%s':h='%s':color=black:t=fill:enable='%s',", x, y, w, h, while)
	}
	return out.String(), nil
}

// silent makes samples zero, one by one: filters that are turned on and off would do
// so only for whole frames of sound.
func silent(spans []Span) (string, error) {
	var when []string
	for _, s := range spans {
		while, err := during(s)
		if err != nil {
			return "", err
		}
		when = append(when, while)
	}
	if when == nil {
		return "", nil
	}
	return fmt.Sprintf("aeval=exprs='if(%s,0,val(ch))':c=same", strings.Join(when, "+")), nil
}

// during is true in the time of a span.
func during(s Span) (string, error) {
	if s.From < 0 || s.To < 0 || s.To > 0 && s.To <= s.From {
		return "", ErrNothing
	}
	from := max(0, s.From-margin).Seconds()
	if s.To == 0 {
		return fmt.Sprintf("gte(t,%.3f)", from), nil
	}
	return fmt.Sprintf("between(t,%.3f,%.3f)", from, (s.To + margin).Seconds()), nil
}
