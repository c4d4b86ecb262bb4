//go:build unix

package measure

import "syscall"

// Processor returns the seconds of processor time that this process has used, of all
// cores: where other work runs beside, it tells more than the clock. ok is false where
// the system does not say.
func Processor() (seconds float64, ok bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9, true
}
