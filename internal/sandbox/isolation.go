package sandbox

import (
	"context"
	"io"
	"os"
	"time"
)

// Isolation returns nil if tools such as ffmpeg can be walled in here: it runs the
// program true as one. Where that can't be had, the error is [ErrWalls]: tools are not
// run, and tasks have fewer walls.
func Isolation(ctx context.Context) error {
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer nothing.Close()
	return Tool{Name: "true", Package: "coreutils"}.Run(ctx, []string{"true"}, nothing, io.Discard, Limits{Memory: 1 << 30, Time: 20 * time.Second, Output: 1})
}
