//go:build linux && !amd64

package sandbox

// oldCalls are calls that newer architectures do not have.
func oldCalls() []uintptr { return nil }

func openForReading() []uintptr { return nil }

func oldCallsOfTools() []uintptr { return nil }
