package clean

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"habeas/internal/sandbox"
)

// TaskName is the name of [Task] in the table of a program that calls
// [sandbox.Main].
const TaskName = "clean"

// outcome is what a task says after the file it wrote.
type outcome struct {
	Report  *Report  `json:"report,omitempty"`
	Refused *Refused `json:"refused,omitempty"`
}

// Task cleans the file in, and writes what comes of it: the file, what was left
// out as JSON, and how long that is in eight bytes, big-endian.
func Task(in *os.File, out io.Writer) error {
	info, err := in.Stat()
	if err != nil {
		return err
	}
	var o outcome
	if o.Report, err = Clean(out, in, info.Size()); err != nil {
		r, ok := errors.AsType[*Refused](err)
		if !ok {
			return err
		}
		o.Refused = r
	}
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = out.Write(binary.BigEndian.AppendUint64(b, uint64(len(b))))
	return err
}

// limits of cleaning one file, however large: films are read in pieces.
var limits = sandbox.Limits{Memory: 2 << 30, Time: 10 * time.Minute}

// Confined is [Clean] in a process of its own, from in to out, which is empty. A
// file that makes the process fail is refused.
func Confined(ctx context.Context, out, in *os.File) (*Report, error) {
	err := sandbox.Run(ctx, TaskName, in, out, limits)
	switch failed, ok := errors.AsType[*sandbox.Failed](err); {
	case ok:
		return nil, failed
	case errors.Is(err, sandbox.ErrLimits):
		return nil, refuse(Large, "")
	case err != nil:
		return nil, err
	}
	end, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	var size [8]byte
	if _, err := out.ReadAt(size[:], end-8); err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint64(size[:]))
	if n < 0 || n > min(end-8, mostReport) {
		return nil, refuse(Broken, "")
	}
	b := make([]byte, n)
	if _, err := out.ReadAt(b, end-8-n); err != nil {
		return nil, err
	}
	var o outcome
	if err := json.Unmarshal(b, &o); err != nil {
		return nil, err
	}
	if o.Refused != nil {
		return nil, o.Refused
	}
	if o.Report == nil {
		return nil, refuse(Broken, "")
	}
	return o.Report, out.Truncate(end - 8 - n)
}

// mostReport is how long what was left out may be told.
const mostReport = 64 << 20
