// Package picture shows files as pictures: photographs made small, pages of PDF,
// frames of films, and any of these so blurred that nothing can be made out. What
// is shown is JPEG, upright, without metadata.
//
// Files may be hostile. [Of] opens them in processes that can do nothing else:
// JPEG, PNG and GIF in Go, PDF by pdftoppm, films and other pictures by ffmpeg, where
// these are installed. Programs that call it call [sandbox.Main] with [Task] first.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"habeas/clean"
	"habeas/internal/pdf"
	"habeas/internal/sandbox"
)

// Media is the type of every picture that this package makes.
const Media = "image/jpeg"

// A View says what of a file is shown, and how.
type View struct {
	Page int           // of a PDF, from 1; 0 is 1
	At   time.Duration // of a film, from its beginning
	Size int           // pixels that the longer side has at most; 0 is 1600
	Blur bool          // so that nothing can be made out
}

// Why there is no picture. That a tool is not installed is a [*sandbox.Missing].
var (
	ErrNone   = errors.New("picture: a format that is not shown")
	ErrBroken = errors.New("picture: the file can't be read, or has no such page or moment")
	ErrLarge  = errors.New("picture: too large, or made to look so")
)

// FFmpeg is the tool that reads films, and pictures of rarer formats.
func FFmpeg() sandbox.Tool {
	return sandbox.Tool{Name: "ffmpeg", Package: "ffmpeg"}
}

// Poppler is the tool that draws pages of PDF.
func Poppler() sandbox.Tool {
	return sandbox.Tool{Name: "pdftoppm", Package: "poppler-utils"}
}

// limits of one picture.
var limits = sandbox.Limits{Memory: 2 << 30, Time: time.Minute, Output: 256 << 20}

const (
	usualSize = 1600
	mostSize  = 4096
)

// Of returns a picture of the file in, by what its bytes say that it is. Films are
// read from their beginning on, so that MP4 shall be as package clean writes it,
// with its tables first.
func Of(ctx context.Context, in *os.File, v View) ([]byte, error) {
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	kind, _ := clean.KindOf(in, info.Size())
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if v.Size <= 0 {
		v.Size = usualSize
	}
	v.Size = min(v.Size, mostSize)
	var file io.Reader = in
	tool, args := toolFor(kind.Name, info.Size(), v)
	switch {
	case kind.Name == "heic" || kind.Name == "avif" || kind.Name == "tiff":
		var all bytes.Buffer
		if err := whole(ctx, &all, in, kind.Name, info.Size(), true); err != nil {
			return nil, err
		}
		file = &all
	case tool.Name != "":
		var shown bytes.Buffer
		if err := tool.Run(ctx, args, in, &shown, limits); err != nil {
			return nil, plain(err)
		}
		file = &shown
	case kind.Name != "jpeg" && kind.Name != "png" && kind.Name != "gif":
		return nil, ErrNone
	}
	var out bytes.Buffer
	err = sandbox.RunWith(ctx, TaskName, ask{View: v}, file, &out, limits)
	return out.Bytes(), plain(err)
}

// Pages returns how many pages the PDF in has.
func Pages(ctx context.Context, in *os.File) (int, error) {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	var out bytes.Buffer
	if err := sandbox.RunWith(ctx, TaskName, ask{Count: true}, in, &out, limits); err != nil {
		return 0, plain(err)
	}
	return strconv.Atoi(out.String())
}

// plain returns the errors of this package for what a task or a tool said, which may
// be words of the file.
func plain(err error) error {
	switch {
	case errors.As(err, new(*sandbox.Failed)):
		return ErrBroken
	case errors.Is(err, sandbox.ErrLimits):
		return ErrLarge
	}
	return err
}

// demuxers are the formats that ffmpeg reads, and what it calls them: it is not left
// to guess, since it knows formats that lead to other files.
var demuxers = map[string]string{
	"mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska",
	"webp": "webp_pipe", "bmp": "bmp_pipe", "tiff": "tiff_pipe",
}

// toolFor returns the tool that a format needs before it is a picture in PNG; one
// without a name if it needs none.
func toolFor(kind string, size int64, v View) (sandbox.Tool, []string) {
	if kind == "pdf" {
		page := strconv.Itoa(max(v.Page, 1))
		return Poppler(), []string{"-f", page, "-l", page, "-cropbox", "-scale-to", strconv.Itoa(v.Size), "-png", "-"}
	}
	demuxer := demuxers[kind]
	if demuxer == "" {
		return sandbox.Tool{}, nil
	}
	var whole []string
	if kind == "tiff" { // of which a reader of pipes does not find the end
		whole = []string{"-frame_size", strconv.FormatInt(size, 10)}
	}
	scale := fmt.Sprintf("scale=w='min(iw,%d)':h='min(ih,%[1]d)':force_original_aspect_ratio=decrease", v.Size)
	args := append([]string{"-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "2", "-protocol_whitelist", "pipe", "-f", demuxer}, whole...)
	return FFmpeg(), append(args, "-i", "pipe:0", "-ss", strconv.FormatFloat(max(v.At, 0).Seconds(), 'f', 3, 64), "-map", "0:v:0", "-frames:v", "1", "-vf", scale,
		"-c:v", "png", "-threads", "1", "-f", "image2pipe", "pipe:1")
}

// TaskName is the name of [Task] in the table of a program that calls
// [sandbox.Main].
const TaskName = "picture"

// ask is what the task is asked.
type ask struct {
	View
	Count   bool    // only how many pages a PDF has
	Layout  string  // only how a file of this kind is put together
	Compose *layout // only a picture in PNG of what was decoded
}

// Task makes a picture of the photograph behind what it is asked, as JPEG, or counts
// the pages of a PDF.
func Task(in *os.File, out io.Writer) error {
	var a ask
	file, err := sandbox.Asked(in, &a)
	if err != nil {
		return err
	}
	if a.Compose != nil {
		return compose(file, *a.Compose, out)
	}
	b, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	if a.Layout != "" {
		return laidOut(out, b, a.Layout)
	}
	if a.Count {
		n, err := count(b)
		if err != nil {
			return err
		}
		_, err = io.WriteString(out, strconv.Itoa(n))
		return err
	}
	return Show(out, b, a.View)
}

// mostPages is where counting ends.
const mostPages = 50_000

// count counts the pages of a PDF, by its tree and not by what it says of it.
func count(b []byte) (int, error) {
	f, err := pdf.Open(b)
	if err != nil {
		return 0, err
	}
	n := 0
	seen := map[pdf.Ref]bool{}
	var walk func(v any, deep int)
	walk = func(v any, deep int) {
		ref, isRef := v.(pdf.Ref)
		node := f.Dict(v)
		if node == nil || isRef && seen[ref] || deep > 64 || n >= mostPages {
			return
		}
		seen[ref] = isRef
		kids := f.List(node["Kids"])
		if kids == nil {
			n++
		}
		for _, k := range kids {
			walk(k, deep+1)
		}
	}
	walk(f.Dict(f.Trailer["Root"])["Pages"], 0)
	if n == 0 {
		return 0, ErrBroken
	}
	return n, nil
}

// IsFilm reports whether a media type is that of a film that [Of] shows.
func IsFilm(media string) bool { return strings.HasPrefix(media, "video/") }
