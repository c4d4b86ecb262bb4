//go:build !linux

package sandbox_test

import (
	"errors"
	"os"
)

func fork() error { return errors.ErrUnsupported }

func mount() error { return errors.ErrUnsupported }

func touch(*os.File) error { return errors.ErrUnsupported }
