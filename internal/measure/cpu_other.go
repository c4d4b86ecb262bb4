//go:build !unix

package measure

// processor is not asked on this system.
func processor() (seconds float64, ok bool) { return 0, false }
