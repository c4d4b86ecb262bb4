package sandbox

import (
	"errors"
	"os"
	"os/exec"
)

// Isolation returns nil if processes can be started in namespaces of their own here:
// without that tools such as ffmpeg are not run, and tasks have fewer walls. It starts
// this program once, which ends at once.
func Isolation() error {
	if Confinement() != "" {
		return ErrWalls
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	cmd.Args, cmd.Env, cmd.Dir = []string{name, "", "0", "0"}, []string{}, "/" // no such task: see Main
	confineParent(cmd, true)
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		return ErrWalls
	}
	return nil
}
