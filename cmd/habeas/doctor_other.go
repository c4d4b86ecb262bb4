//go:build !linux

package main

import "golang.org/x/sys/unix"

func writable(dir string) bool { return unix.Access(dir, unix.W_OK) == nil }

// What only Linux tells is said to be unknown elsewhere.

func (d *doctor) disk() { d.unknown("disk", "What is left of the disk") }

func (d *doctor) clock() { d.unknown("time", "Whether the clock is right") }

func (d *doctor) machine() { d.unknown("swap", "Whether memory is written to a disk") }

func (d *doctor) unknown(check, what string) {
	d.say(check, warn, what+" is not looked at on this system.", "look yourself: docs/operate.md says what at")
}
