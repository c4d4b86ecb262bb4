package redact

import (
	"context"
	"errors"
	"os"

	"habeas/internal/sandbox"
	"habeas/picture"
)

// margins are how many pixels more go on each side of a box of a picture that is read
// by ffmpeg, by its kind. What is coded in blocks shows in all of a block: of H.265 and
// AV1, colours of up to 64 by 64 pixels. Where blocks begin can't be told any more once
// tiles are put together and turned.
var margins = map[string]int{"heic": 63, "avif": 63, "webp": 15, "tiff": 15}

// other takes parts out of a picture that is not read in Go: HEIC, AVIF, WebP, BMP and
// TIFF. What comes of it is PNG.
func other(ctx context.Context, out, in *os.File, kind string, p Plan) (*Report, error) {
	pixels, err := sandbox.MemoryFile()
	if err != nil {
		return nil, err
	}
	defer pixels.Close()
	switch err := picture.PNG(ctx, pixels, in); {
	case errors.Is(err, picture.ErrPages):
		return nil, ErrFormat // the other pages would be lost
	case errors.Is(err, picture.ErrLarge):
		return nil, ErrLarge
	case errors.Is(err, picture.ErrBroken), errors.Is(err, picture.ErrNone):
		return nil, ErrBroken
	case err != nil:
		return nil, err
	}
	return still(ctx, out, pixels, p, margins[kind])
}
