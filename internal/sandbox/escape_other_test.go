//go:build !linux

package sandbox_test

import "errors"

func fork() error { return errors.ErrUnsupported }

func mount() error { return errors.ErrUnsupported }
