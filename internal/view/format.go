package view

import (
	"cmp"
	"strconv"
)

// another is a version of the tables that the linker may set, in the place of ours: so
// that a program that says another can be tried beside this one.
var another string

// format is the version of the tables that this program makes and takes.
func format() string { return cmp.Or(another, strconv.Itoa(tablesVersion)) }
