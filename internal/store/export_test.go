package store

import "os"

// Placeholders is for tests.
var Placeholders = positions

// MakeDir is for tests of a second node.
func MakeDir(dir string) error { return os.MkdirAll(dir, 0o700) }
