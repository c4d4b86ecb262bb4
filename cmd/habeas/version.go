package main

import (
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version, the revision it was built from if the build knows it,
// and the compiler.
func (versionCommand) Run(p *program) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return refuse("this build does not say what it is")
	}
	about := "habeas " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			about += ", revision " + s.Value
		}
	}
	_, err := fmt.Fprintf(p.out, "%s, built with %s\n", about, info.GoVersion)
	return err
}
