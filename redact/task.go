package redact

import (
	"io"
	"os"

	"habeas/internal/sandbox"
)

// ask is what the task is asked.
type ask struct {
	Plan Plan
}

// Task takes parts out of the picture behind what it is asked.
func Task(in *os.File, out io.Writer) error {
	var a ask
	file, err := sandbox.Asked(in, &a)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	var boxes []Box
	for _, c := range a.Plan.Cuts {
		boxes = append(boxes, c.Box)
	}
	made, _, err := Picture(b, boxes)
	if err != nil {
		return err
	}
	_, err = out.Write(made)
	return err
}
