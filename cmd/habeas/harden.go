package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"habeas"
)

// harden does what a program can do by itself against what it holds getting to a
// disk, and says what it could not do.
func (p *program) harden() {
	if os.Geteuid() == 0 {
		p.caution("habeas runs as root, so any fault in it is a fault of the whole machine", "make a user for it alone, and give it the data and the pepper")
	}
	signal.Ignore(syscall.SIGXFSZ) // or a limit on the size of files ends the server, instead of refusing what is too much
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		p.caution("core dumps could not be switched off", "set LimitCORE=0 where habeas is started: a dump holds keys")
	}
	if swaps() {
		p.caution("this machine swaps, so keys in memory may be written to its disk", "run swapoff -a, or encrypt the swap with a new key at each start, or set MemorySwapMax=0 for the service")
	}
}

// caution says something loudly that does not end the command.
func (p *program) caution(what, then string) {
	fmt.Fprintf(p.err, "habeas: warning: %s\nhabeas: hint: %s\n", what, then)
}

// swaps reports whether the system may write this process's memory to a disk, as
// far as it tells. A limit of the service's own counts.
func swaps() bool {
	list, err := os.ReadFile("/proc/swaps")
	if err != nil || strings.Count(string(list), "\n") < 2 {
		return false
	}
	group, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return true
	}
	for line := range strings.Lines(string(group)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			most, err := os.ReadFile("/sys/fs/cgroup" + path + "/memory.swap.max")
			return err != nil || strings.TrimSpace(string(most)) != "0"
		}
	}
	return true
}

// checkBackups refuses a place for backups that is lost with the data, and warns
// of one on the same disk.
func (p *program) checkBackups(cfg habeas.Config, backups string) error {
	if backups == "" {
		return nil
	}
	if err := habeas.CheckBackups(cfg, backups); err != nil {
		return err
	}
	if habeas.SameDisk(cfg.Dir, backups) {
		p.caution("the place for backups is on the same disk as the data", "one broken or taken disk takes both; name a place on another")
	}
	return nil
}
