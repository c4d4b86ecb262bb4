package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"

	"habeas/clean"
	"habeas/internal/sandbox"
)

// ErrPages is that a TIFF has several pages, of which one picture would show the first.
var ErrPages = errors.New("picture: several pages")

// rawLimits are those of tools that write pixels as they are.
var rawLimits = sandbox.Limits{Memory: limits.Memory, Time: limits.Time, Output: 512 << 20}

// Whole reports whether [PNG] reads pictures of a kind, by its name. They need
// ffmpeg.
func Whole(kind string) bool {
	return slices.Contains([]string{"heic", "avif", "webp", "bmp", "tiff"}, kind)
}

// PNG writes the picture in, of a kind that [Whole] names, to out in all its pixels,
// upright, as PNG. The tiles of HEIC and AVIF are decoded by ffmpeg as if they were
// frames of a film, and put together in a process that can do nothing else: by what
// the file says of turning and cropping, and not by its Exif, as all that show HEIC
// do. That a TIFF has several pages is [ErrPages].
func PNG(ctx context.Context, out io.Writer, in *os.File) error {
	info, err := in.Stat()
	if err != nil {
		return err
	}
	kind, _ := clean.KindOf(in, info.Size())
	if !Whole(kind.Name) {
		return ErrNone
	}
	return whole(ctx, out, in, kind.Name, info.Size(), false)
}

// whole is [PNG], also of the first of several pages.
func whole(ctx context.Context, out io.Writer, in *os.File, kind string, size int64, first bool) error {
	var l layout
	var data []byte
	if kind == "heic" || kind == "avif" || kind == "tiff" {
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			return err
		}
		var said bytes.Buffer
		if err := sandbox.RunWith(ctx, TaskName, ask{Layout: kind}, in, &said, limits); err != nil {
			return plain(err)
		}
		line, err := said.ReadBytes('\n')
		if err != nil || json.Unmarshal(line, &l) != nil {
			return ErrBroken
		}
		data = said.Bytes()
	}
	if l.Pages > 1 && !first {
		return ErrPages
	}
	if l.Still != nil {
		return composed(ctx, out, l, data)
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	tool, args := toolFor(kind, size, View{Size: everyPixel})
	if l.Up <= 1 {
		return plain(tool.Run(ctx, args, in, out, rawLimits))
	}
	var lying bytes.Buffer
	if err := tool.Run(ctx, args, in, &lying, rawLimits); err != nil {
		return plain(err)
	}
	return plain(sandbox.RunWith(ctx, TaskName, ask{Compose: &layout{Up: l.Up}}, &lying, out, limits))
}

// everyPixel is a size that no picture has.
const everyPixel = 1 << 20

// A layout is what the task says of a file before it is decoded.
type layout struct {
	Still *clean.StillParts // of HEIC and AVIF
	Bytes []int             // of each of its streams, which follow
	Up    int               // of TIFF
	Pages int               // of TIFF
}

// composed decodes the streams of a still picture, and has them put together.
func composed(ctx context.Context, out io.Writer, l layout, data []byte) error {
	if len(l.Bytes) != len(l.Still.Streams) {
		return ErrBroken
	}
	raw := rawLimits
	var frames []io.Reader
	for i, s := range l.Still.Streams {
		if l.Bytes[i] < 0 || l.Bytes[i] > len(data) {
			return ErrBroken
		}
		var shown bytes.Buffer
		if err := decode(ctx, s, data[:l.Bytes[i]], &shown, raw); err != nil {
			return plain(err)
		}
		data = data[l.Bytes[i]:]
		raw.Output -= int64(shown.Len())
		frames = append(frames, &shown)
	}
	return plain(sandbox.RunWith(ctx, TaskName, ask{Compose: &l}, io.MultiReader(frames...), out, limits))
}

// decode writes the pictures of a stream one after the other, as PPM. One that is
// damaged ends it.
func decode(ctx context.Context, s clean.StillStream, b []byte, out io.Writer, limits sandbox.Limits) error {
	if s.Format != "hevc" && s.Format != "ivf" {
		return ErrBroken
	}
	in, err := sandbox.MemoryFile()
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.Write(b); err != nil {
		return err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	scale := "scale=flags=bicubic+accurate_rnd+full_chroma_int"
	if c := s.Colours; c != nil {
		if c.Full {
			scale += ":in_range=full"
		} else {
			scale += ":in_range=limited"
		}
		if matrix := matrices[c.Matrix]; matrix != "" {
			scale += ":in_color_matrix=" + matrix
		}
	}
	return FFmpeg().Run(ctx, []string{
		"-nostdin", "-hide_banner", "-loglevel", "error", "-xerror", "-err_detect", "explode", "-threads", "2", "-protocol_whitelist", "pipe", "-f", s.Format, "-i", "pipe:0",
		"-map", "0:v:0", "-frames:v", strconv.Itoa(s.Pictures + 1), "-vsync", "passthrough", "-vf", scale + ",format=rgb24", "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
	}, in, out, limits)
}

// matrices are what ffmpeg calls those of H.273, as far as it needs to be told.
var matrices = map[int]string{1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}

// laidOut says how the file b is put together, with the streams that are to be
// decoded behind.
func laidOut(out io.Writer, b []byte, kind string) error {
	var l layout
	if kind == "tiff" {
		if len(b) < 8 {
			return ErrBroken
		}
		l.Up, l.Pages = fieldUp(b), tiffPages(b)
	} else {
		parts, err := clean.Still(b)
		if err != nil {
			return err
		}
		l.Still = parts
		for _, s := range parts.Streams {
			l.Bytes = append(l.Bytes, len(s.Data))
		}
	}
	if err := json.NewEncoder(out).Encode(l); err != nil || l.Still == nil {
		return err
	}
	for _, s := range l.Still.Streams {
		if _, err := out.Write(s.Data); err != nil {
			return err
		}
	}
	return nil
}

// tiffPages counts the directories of a TIFF, up to two.
func tiffPages(b []byte) int {
	var o binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		o = binary.LittleEndian
	}
	at := int64(o.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	if end := at + 2 + 12*int64(o.Uint16(b[at:])); end+4 <= int64(len(b)) && o.Uint32(b[end:]) != 0 {
		return 2
	}
	return 1
}
