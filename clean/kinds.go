package clean

import (
	"bytes"
	"io"
)

// A format is a kind and how it is cleaned: in one piece, or, if it may be larger
// than memory, as a stream.
type format struct {
	Kind
	is     func(head []byte) bool
	whole  func(j *job, b []byte) ([]byte, error)
	stream func(j *job, w io.Writer, r io.ReaderAt, size int64) error
}

// headSize is how much of a file is looked at to tell what it is.
const headSize = 4096

func begins(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// formats are asked in this order.
func formats() []format {
	return []format{
		{Kind{"jpeg", ".jpg", "image/jpeg"}, begins("\xff\xd8\xff"), cleanJPEG, nil},
		{Kind{"png", ".png", "image/png"}, begins(pngMagic), cleanPNG, nil},
		{Kind{"gif", ".gif", "image/gif"}, func(b []byte) bool { return begins("GIF87a")(b) || begins("GIF89a")(b) }, cleanGIF, nil},
		{Kind{"webp", ".webp", "image/webp"}, func(b []byte) bool { return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" }, cleanWebP, nil},
		{Kind{"bmp", ".bmp", "image/bmp"}, isBMP, cleanBMP, nil},
		{Kind{"tiff", ".tif", "image/tiff"}, func(b []byte) bool { return begins("II*\x00")(b) || begins("MM\x00*")(b) }, cleanTIFF, nil},
		{Kind{"heic", ".heic", "image/heic"}, func(b []byte) bool { return isStill(b) && string(b[8:12]) != "avif" }, cleanStill, nil},
		{Kind{"avif", ".avif", "image/avif"}, isStill, cleanStill, nil},
		{Kind{"mov", ".mov", "video/quicktime"}, isMovie("mov"), nil, cleanMovie},
		{Kind{"m4a", ".m4a", "audio/mp4"}, isMovie("m4a"), nil, cleanMovie},
		{Kind{"mp4", ".mp4", "video/mp4"}, isMovie("mp4"), nil, cleanMovie},
		{Kind{"webm", ".webm", "video/webm"}, isMKV("webm"), nil, cleanMKV},
		{Kind{"mkv", ".mkv", "video/x-matroska"}, isMKV("matroska"), nil, cleanMKV},
		{Kind{"mp3", ".mp3", "audio/mpeg"}, isMP3, cleanMP3, nil},
		{Kind{"aac", ".aac", "audio/aac"}, isADTS, cleanADTS, nil},
		{Kind{"amr", ".amr", "audio/amr"}, isAMR, cleanAMR, nil},
		{Kind{"flac", ".flac", "audio/flac"}, begins("fLaC"), cleanFLAC, nil},
		{Kind{"ogg", ".ogg", "audio/ogg"}, begins("OggS"), cleanOgg, nil},
		{Kind{"wav", ".wav", "audio/wav"}, func(b []byte) bool { return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WAVE" }, cleanWAV, nil},
		{Kind{"pdf", ".pdf", "application/pdf"}, begins("%PDF-"), cleanPDF, nil},
		{Kind{"zip", ".zip", "application/zip"}, begins("PK\x03\x04"), cleanPacked, nil}, // or a document
		{Kind{"svg", ".svg", "image/svg+xml"}, isMarkup("<svg"), cleanSVG, nil},
		{Kind{"html", ".html", "text/html; charset=utf-8"}, isMarkup("<!doctype html", "<html", "<body", "<head"), cleanHTML, nil},
		{Kind{"pdf", ".pdf", "application/pdf"}, isLatePDF, cleanPDF, nil},
		{Kind{"text", ".txt", "text/plain; charset=utf-8"}, isText, cleanText, nil}, // or a table
	}
}

func find(r io.ReaderAt, size int64) (format, bool) {
	head := make([]byte, min(size, headSize))
	if n, err := r.ReadAt(head, 0); n < len(head) && err != nil {
		return format{}, false
	}
	for _, f := range formats() {
		if f.is(head) {
			return f, true
		}
	}
	return format{}, false
}
