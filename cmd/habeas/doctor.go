package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"habeas"
	"habeas/internal/sandbox"
	"habeas/picture"
)

type doctorCommand struct {
	Dir     string   `arg:"" help:"The data directory."`
	Pepper  string   `placeholder:"FILE" help:"The pepper; DIR.pepper unless it is somewhere else."`
	Backups []string `placeholder:"DIR" help:"Where copies are kept; may be repeated."`
	Listen  string   `placeholder:"ADDR" help:"Where members are served, to be looked at."`
	Intake  string   `placeholder:"ADDR" help:"Where strangers are served."`
	Status  string   `placeholder:"ADDR" help:"Where programs that watch the server ask: what serve was given with --status."`
	JSON    bool     `name:"json" help:"Write what was found as JSON."`
}

// A finding is what one look found.
type finding struct {
	Check string `json:"check"`
	State state  `json:"state"`
	Says  string `json:"says"`
	Next  string `json:"next,omitempty"` // what to do
}

// A state says how bad a finding is.
type state string

// States of a finding.
const (
	good state = "good"
	warn state = "warn" // could be better
	bad  state = "bad"
)

// A doctor goes through an office and the machine it is on.
type doctor struct {
	*doctorCommand
	cfg   habeas.Config
	now   time.Time
	found []finding
}

func (d *doctor) say(check string, s state, says, next string) {
	d.found = append(d.found, finding{check, s, says, next})
}

// whether says one thing or the other.
func (d *doctor) whether(check string, ok bool, well string, otherwise state, ill, next string) {
	if ok {
		d.say(check, good, well, "")
	} else {
		d.say(check, otherwise, ill, next)
	}
}

// Run looks at everything that can be seen without a passphrase, beside a running
// server. The exit code is 1 if something is bad. It writes one empty file, which it
// removes.
func (c *doctorCommand) Run(ctx context.Context, p *program) error {
	d := &doctor{doctorCommand: c, cfg: p.config(c.Dir, c.Pepper), now: time.Now()}
	if d.cfg.Pepper == "" {
		d.cfg.Pepper = habeas.PepperBeside(c.Dir)
	}
	d.office(ctx)
	if _, err := os.Stat(filepath.Join(c.Dir, "habeas.json")); err == nil {
		d.databases(ctx)
	}
	d.places()
	d.disk()
	d.copies()
	d.clock()
	d.machine()
	d.tools(ctx)
	d.addresses()
	worst := 0
	for _, f := range d.found {
		if f.State == bad {
			worst++
		}
	}
	if err := d.write(p); err != nil {
		return err
	}
	if worst == 1 {
		return found("one thing is bad", "it says above what to do; run this again afterwards")
	}
	if worst > 1 {
		return found(fmt.Sprintf("%d things are bad", worst), "each says above what to do; run this again afterwards")
	}
	return nil
}

func (d *doctor) write(p *program) error {
	if d.JSON {
		enc := json.NewEncoder(p.out)
		enc.SetIndent("", "  ")
		return enc.Encode(d.found)
	}
	for _, f := range d.found {
		line := fmt.Sprintf("%-5s %s\n", f.State, f.Says)
		if f.Next != "" {
			line += "      → " + f.Next + "\n"
		}
		if _, err := fmt.Fprint(p.out, line); err != nil {
			return err
		}
	}
	return nil
}

// office looks at what an office is made of: who owns it, whether it opens, and
// whether it verifies as far as a quick look tells.
func (d *doctor) office(ctx context.Context) {
	if os.Geteuid() == 0 {
		d.say("user", warn, "You are root, so what is said of owners holds for root.", "run this as the user that runs habeas: sudo -u habeas habeas doctor …")
	}
	desk, err := habeas.OpenReadOnly(d.cfg)
	if err != nil {
		r := explained(err)
		d.say("office", bad, "The office can't be opened: "+r.what+".", allOr(r.hints, "habeas verify "+d.Dir+" says more"))
		return
	}
	damage := desk.Damage()
	if err := desk.Close(); err != nil {
		damage = errors.Join(damage, err)
	}
	d.say("office", good, "The office opens: data, key of the server and pepper belong to you, nobody else can read them, and this version knows their format.", "")
	if damage != nil {
		r := explained(damage)
		d.say("log", bad, "The log is not what it was: "+r.what+".", allOr(r.hints, "stop the server and keep the disk as it is"))
	} else {
		d.say("log", good, "The log fits its newest checkpoint, and the largest that was shown to others.", "")
	}
}

// databases reads both, and says when a server last checked what they hold.
func (d *doctor) databases(ctx context.Context) {
	err := habeas.QuickCheck(ctx, d.Dir)
	if d.shared() {
		d.sharedClock(ctx)
		d.whether("databases", err == nil, "The shared database answers. Its own pages are for its server to look after.", bad, "The shared database does not answer.",
			"ask whoever runs it; see docs/scale.md")
	} else {
		d.whether("databases", err == nil, "Both databases can be read from end to end.", bad, "A database can't be read from end to end.",
			"stop the server, keep the disk as it is, run habeas verify, and bring back a copy on another disk")
	}
	b, err := os.ReadFile(filepath.Join(d.Dir, "checked.json"))
	var checked struct{ Day time.Time }
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.say("checks", warn, "No server has checked the log yet.", "it does so a minute after the start, and each day")
	case err != nil || json.Unmarshal(b, &checked) != nil:
		d.say("checks", warn, "How far the log was checked can't be read.", "the server begins anew by itself")
	case d.now.Sub(checked.Day) > 3*24*time.Hour:
		d.say("checks", warn, "The log was last checked on "+checked.Day.Format(time.DateOnly)+".", "look whether the server runs: it checks each day")
	default:
		d.say("checks", good, "The log was last checked on "+checked.Day.Format(time.DateOnly)+".", "")
	}
}

// shared reports whether the office is in a database of several nodes.
func (d *doctor) shared() bool {
	_, err := os.Stat(filepath.Join(d.Dir, "database"))
	return err == nil
}

// sharedClock compares the clock of this machine with that of the database, and so with
// those of other nodes.
func (d *doctor) sharedClock(ctx context.Context) {
	ahead, ok, err := habeas.SharedClock(ctx, d.Dir)
	if err != nil || !ok {
		return // that it does not answer is said elsewhere
	}
	d.whether("nodes", ahead.Abs() < time.Minute, "The clock of this machine and that of the shared database agree.",
		bad, "The clock of this machine and that of the shared database differ by "+ahead.Abs().Round(time.Second).String()+".",
		"set both right: nodes whose clocks differ wake people twice, or not at all")
}

// places looks at the directories beside the databases, and at the one of the pepper.
func (d *doctor) places() {
	for _, name := range []string{"views", "blobs", "anchors"} {
		info, err := os.Stat(filepath.Join(d.Dir, name))
		if errors.Is(err, fs.ErrNotExist) && name != "views" {
			continue // made when it is needed
		}
		d.whether(name, err == nil && info.IsDir() && info.Mode().Perm()&0o077 == 0, "Only you can read the directory "+name+".",
			bad, "The directory "+name+" is not there, or others on this machine can read it.", "mkdir -p, and chmod 700, "+filepath.Join(d.Dir, name))
	}
	beside := filepath.Dir(d.cfg.Pepper)
	d.whether("erasing", writable(beside), "The list of what was erased can be written beside the pepper.",
		bad, "Nothing can be erased: the directory of the pepper can't be written.", "let the user that runs habeas write in "+beside+"; in a unit of systemd, add it to ReadWritePaths")
	d.whether("pepper", !habeas.SameDisk(d.Dir, d.cfg.Pepper), "The pepper is on another disk than the data.",
		warn, "The pepper is on the same disk as the data, so who takes the disk has both.", "keep it on another disk or a stick, and name it with --pepper; the passphrases still protect what is sealed")
}

// copies looks at when the office was last copied, and to where.
func (d *doctor) copies() {
	for _, to := range d.Backups {
		if err := habeas.CheckBackups(d.cfg, to); err != nil {
			r := explained(err)
			d.say("backups", bad, to+" is no place for copies: "+r.what+".", allOr(r.hints, "name a place on another disk"))
			continue
		}
		if _, err := os.Stat(to); errors.Is(err, fs.ErrNotExist) {
			d.say("backups", bad, to+" is not there.", "habeas backup makes it; mount the disk that it is on")
			continue
		}
		d.whether("backups", !habeas.SameDisk(d.Dir, to), to+" is on another disk than the data.",
			warn, to+" is on the same disk as the data.", "one broken or taken disk takes both; keep copies on another, best on another machine")
	}
	last, tried := backupNoted(d.Dir)
	switch {
	case last.IsZero() && d.shared():
		d.say("copies", warn, "No copy of this office was ever made on this machine.", "one node copies for all: look there; habeas backup --help")
	case last.IsZero():
		d.say("copies", bad, "No copy of this office was ever made here.", "habeas backup --help; what is only on one disk is lost with it")
	case d.now.Sub(last) > 3*24*time.Hour:
		d.say("copies", bad, "The last copy was made on "+last.Format(time.DateOnly)+".", "look why habeas-backup.timer does not run: systemctl status habeas-backup")
	default:
		d.say("copies", good, "The last copy was made on "+last.Format(time.DateOnly)+".", "")
	}
	if !last.IsZero() {
		d.whether("rehearsal", d.now.Sub(tried) < 100*24*time.Hour, "That a copy can be put back was tried on "+tried.Format(time.DateOnly)+".",
			warn, "That a copy can be put back was not tried for three months.", "habeas backup verify --help")
	}
}

// backupNoted returns when a copy was last made, and when it was last tried whether
// one can be put back, as habeas backup notes it in the data directory.
func backupNoted(dir string) (last, tried time.Time) {
	var noted struct{ Last, Rehearsed time.Time }
	b, err := os.ReadFile(filepath.Join(dir, "backup.json"))
	if err == nil && json.Unmarshal(b, &noted) == nil {
		return noted.Last, noted.Rehearsed
	}
	return time.Time{}, time.Time{}
}

// tools looks whether files of strangers can be opened behind walls.
func (d *doctor) tools(ctx context.Context) {
	d.whether("walls", sandbox.Isolation(ctx) == nil, "Files of strangers are opened in a process that sees no file, no network and no other process.",
		bad, "Processes can't be walled in here, so no film and no PDF is drawn, and pictures are opened behind fewer walls.",
		"let users make namespaces: sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0; a container or unit must allow it")
	for _, t := range []sandbox.Tool{picture.FFmpeg(), picture.Poppler()} {
		_, err := t.Find()
		d.whether(t.Name, err == nil, t.Name+" is installed.", warn, t.Name+" is not installed: some files can't be shown or made anew.", "apt install "+t.Package)
	}
}

// addresses looks at where the office is served.
func (d *doctor) addresses() {
	for _, one := range []struct{ check, at string }{{"listen", d.Listen}, {"intake", d.Intake}, {"status", d.Status}} {
		if one.at == "" {
			continue
		}
		network, at := "tcp", one.at
		if path, ok := cutUnix(one.at); ok {
			network, at = "unix", path
		} else if err := ownMachine(at); err != nil {
			d.say(one.check, warn, one.at+" is reached from other machines, if it is what is served.", "plain HTTP is for this machine only, unless --behind-proxy is what you want")
			continue
		}
		c, err := net.DialTimeout(network, at, 2*time.Second)
		if err == nil {
			c.Close()
		}
		d.whether(one.check, err == nil, one.at+" answers, and only this machine reaches it.", warn, "Nothing answers at "+one.at+".", "systemctl status habeas; the log says why it ended")
	}
}

func allOr(list []string, otherwise string) string {
	if len(list) > 0 {
		return strings.Join(list, "; ")
	}
	return otherwise
}
