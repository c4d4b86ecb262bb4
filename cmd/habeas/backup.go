package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"habeas"
	"habeas/internal/backup"
)

type backupCommand struct {
	Make   backupMakeCommand   `cmd:"" default:"withargs" help:"Copy an office, beside a running server."`
	Verify backupVerifyCommand `cmd:"" help:"Try whether a copy can be put back. Leaves nothing behind."`
}

// days is a time in days, such as 30d.
type days int

// UnmarshalText reads a number of days, with or without a d.
func (d *days) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(strings.TrimSuffix(string(text), "d"))
	if err != nil || n < 1 || n > 36500 {
		return refuse("a time is given as days, such as 30d")
	}
	*d = days(n)
	return nil
}

func (d days) duration() time.Duration { return time.Duration(d) * 24 * time.Hour }

type backupMakeCommand struct {
	Dir      string   `arg:"" help:"The data directory."`
	Data     string   `required:"" placeholder:"DIR" help:"Where copies of what was recorded go: on another disk, best on another machine."`
	Keys     string   `required:"" placeholder:"DIR" help:"Where copies of keys go, apart from these."`
	To       []string `required:"" placeholder:"KEY" help:"Public keys that the copies are encrypted to (age1… or age1pq1…), or a file of them. May be given again."`
	Pepper   string   `placeholder:"FILE" help:"The pepper, which is not copied; DIR.pepper unless it is somewhere else."`
	KeepKeys days     `default:"30d" placeholder:"DAYS" help:"How long copies of keys are kept, with a run each day. At most what people are told when something is erased: ${default}."`
	KeepData days     `default:"180d" placeholder:"DAYS" help:"How long a set of data is kept after its newest run: ${default}."`
	Anew     days     `default:"90d" placeholder:"DAYS" help:"After how long everything is copied anew, into another set: ${default}."`
}

// Run copies an office. It can be cut short at any time.
func (c *backupMakeCommand) Run(ctx context.Context, p *program) error {
	p.harden()
	to, err := recipients(c.To)
	if err != nil {
		return err
	}
	cfg := p.config(c.Dir, c.Pepper)
	for _, dir := range []string{c.Data, c.Keys} {
		if habeas.SameDisk(c.Dir, dir) {
			p.caution("a place for copies is on the same disk as the data: "+dir, "one broken or taken disk takes both; name a place on another")
		}
	}
	if habeas.SameDisk(c.Data, c.Keys) {
		p.caution("both copies are on one disk", "who takes it has both, until the copies of keys expire; keep them on two")
	}
	done, err := habeas.Backup(ctx, cfg, habeas.BackupPlan{
		Data: c.Data, Keys: c.Keys, To: to, KeepKeys: c.KeepKeys.duration(), KeepData: c.KeepData.duration(), Anew: c.Anew.duration(),
	})
	if err != nil {
		return err
	}
	if done.Fresh != "" {
		fmt.Fprintf(p.out, "everything was copied anew: %s\n", done.Fresh)
	}
	fmt.Fprintf(p.out, "entries  %d, of which %d are new\nfiles    %d copied\nkeys     %d rows\nexpired  %d copies of keys, %d sets of data\n",
		done.Entries, done.New, done.Files, done.Rows, done.Keys, done.Sets)
	if done.Lacking > 0 {
		return found(fmt.Sprintf("sealed files that are missing or changed in the office, and not in the copy: %d", done.Lacking),
			"the rest was copied; files that were erased in these minutes are counted too, so run it again", "the page of the log says which check found them; an older copy may have them")
	}
	return nil
}

// recipients returns public keys; what does not look like one is a file of them.
func recipients(given []string) (keys []string, err error) {
	for _, one := range given {
		if strings.HasPrefix(one, "age1") || strings.HasPrefix(one, "ssh-") {
			keys = append(keys, one)
			continue
		}
		b, err := os.ReadFile(one)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				keys = append(keys, line)
			}
		}
	}
	return keys, nil
}

// copyFlags say which copies are meant, and what is known besides.
type copyFlags struct {
	Data       string `required:"" placeholder:"DIR" help:"Where the copies of what was recorded are."`
	Keys       string `required:"" placeholder:"DIR" help:"Where the copies of keys are."`
	Until      string `placeholder:"DAY" help:"Take the newest copy that was made on this day (YYYY-MM-DD) or before."`
	Known      string `placeholder:"FILE" help:"A checkpoint that a witness or somebody else kept: an older copy is refused."`
	Pepper     string `placeholder:"FILE" help:"Where the pepper is or will be; the list of erased keys is beside it."`
	AcceptLoss bool   `help:"Go on though something newer is known to be lost."`
}

func (c *copyFlags) plan(identity string) (plan habeas.RestorePlan, err error) {
	plan = habeas.RestorePlan{Data: c.Data, Keys: c.Keys, Pepper: c.Pepper, Lose: c.AcceptLoss}
	if c.Until != "" {
		day, err := time.Parse(time.DateOnly, c.Until)
		if err != nil {
			return plan, refuse("--until is not a day", "write it as 2026-11-27")
		}
		plan.Until = day.Add(24*time.Hour - time.Second)
	}
	if c.Known != "" {
		if plan.Known, err = os.ReadFile(c.Known); err != nil {
			return plan, err
		}
	}
	b, err := os.ReadFile(identity)
	if err != nil {
		return plan, err
	}
	defer clear(b)
	plan.With, err = backup.Identities(b)
	return plan, err
}

type backupVerifyCommand struct {
	copyFlags
	Identity string `placeholder:"FILE" help:"The private key that opens the copies."`
	Office   string `placeholder:"DIR" help:"The data directory, to note there that a copy was tried."`
	Due      days   `placeholder:"DAYS" help:"Do nothing if a copy was tried within so many days, as is noted in --office. Without --identity, only look."`
	Scratch  string `placeholder:"DIR" help:"Where a copy is put to be looked at, on an encrypted disk; in memory if the system keeps temporary files there."`
}

// Run puts a copy back to a place that is thrown away, and says what there would be.
func (c *backupVerifyCommand) Run(ctx context.Context, p *program) error {
	if c.Due > 0 {
		if c.Office == "" {
			return refuse("--due needs --office, where it is noted when a copy was last tried")
		}
		s, err := habeas.ReadBackupStatus(c.Office)
		if err != nil {
			return err
		}
		if !s.Rehearsed.IsZero() && time.Since(s.Rehearsed) < c.Due.duration() {
			_, err := fmt.Fprintf(p.out, "A copy of %s was tried on %s.\n", s.Of.Format(time.DateOnly), s.Rehearsed.Format(time.DateOnly))
			return err
		}
		if c.Identity == "" {
			return found("no copy was tried for "+strconv.Itoa(int(c.Due))+" days", "bring the private key, and run habeas backup verify with --identity")
		}
	}
	if c.Identity == "" {
		return refuse("the private key is missing that opens the copies", "name its file with --identity")
	}
	p.harden()
	plan, err := c.plan(c.Identity)
	if err != nil {
		return err
	}
	plan.Try, plan.NoList = true, c.Pepper == ""
	dir, err := os.MkdirTemp(c.Scratch, "habeas-verify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := habeas.Restore(ctx, filepath.Join(dir, "office"), plan)
	if err != nil {
		return err
	}
	c.say(p, r)
	if c.Office != "" {
		if err := habeas.NoteRehearsal(c.Office, time.Now().UTC(), r.At); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(p.out, "This copy can be put back. It does not hold the pepper, the settings of the server, nor views, which are folded anew.")
	return err
}

// say writes what a restore brings, and what not.
func (c *copyFlags) say(p *program, r *habeas.Restored) {
	fmt.Fprintf(p.out, "copies       data of %s, keys of %s\n", r.At.Format(time.RFC3339), r.KeysAt.Format(time.RFC3339))
	fmt.Fprintf(p.out, "office       %s\nentries      %d\ntree         %s\ncheckpoints  %d signed by this office\n", r.Root, r.Size, r.Tree, r.Checkpoints)
	fmt.Fprintf(p.out, "files        %d of %d bytes\nkeys         %d wraps, %d logins\n", r.Files, r.Bytes, r.Wraps, r.Logins)
	fmt.Fprintf(p.out, "erased       %d times by the log; %d keys that the copy held were left out\n", r.Erasures, r.Left)
	for _, w := range []struct {
		n    int64
		what string
	}{
		{int64(r.Lacking), "sealed files were missing when the copy was made"},
		{r.Later, "entries are newer than the copy of keys: what rests on them may never be opened again"},
		{r.Lost, "entries are known to be missing"},
	} {
		if w.n > 0 {
			fmt.Fprintf(p.out, "MISSING      %d %s\n", w.n, w.what)
		}
	}
	if r.Unconfirmed {
		fmt.Fprintf(p.out, "NOT KNOWN    what was erased after the copy was made: there is no list beside a pepper\n")
	}
}
