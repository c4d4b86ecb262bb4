//go:build !unix

package measure

// Processor is not asked on this system.
func Processor() (seconds float64, ok bool) { return 0, false }
