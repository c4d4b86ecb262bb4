//go:build !linux

package sandbox

import "os/exec"

func confineParent(*exec.Cmd, bool) {}

func confine(int64, int64) error { return nil }

// Confinement says what this system gives a task less than it should have; "" if
// nothing.
func Confinement() string {
	return "on this system a task is a process without environment, held by a limit of time alone: it could open files and use the network"
}
