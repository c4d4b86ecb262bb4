package habeas_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"habeas"
	"habeas/internal/backup"
)

// TestBackupKilled kills a process that copies an office, again and again, and looks
// whether there is always a copy to put back, once there was one.
func TestBackupKilled(t *testing.T) {
	if dir := os.Getenv("HABEAS_TEST_BACKUP"); dir != "" {
		s := &story{T: t, dir: dir, now: time.Now()}
		for {
			s.now = s.now.Add(time.Second)
			_, err := habeas.Backup(s.Context(), s.config(), habeas.BackupPlan{
				Data: os.Getenv("HABEAS_TEST_DATA"), Keys: os.Getenv("HABEAS_TEST_KEYS"), To: []string{os.Getenv("HABEAS_TEST_TO")}})
			s.ok(err)
			os.Stdout.WriteString("done\n")
		}
	}
	s := tell(t)
	vera := s.as("vera")
	f := s.caseOf(vera, "basement")
	for n := range 8 {
		s.exhibit(vera, f.ID, s.statement(f, "mother").Ref, exhibitName, append(aPicture(t), byte(n)))
	}
	c := s.copies()
	plan := c.from(s)
	plan.Try = true
	there := false
	for round := range 10 {
		child := exec.Command(os.Args[0], "-test.run=^TestBackupKilled$")
		child.Env = append(os.Environ(), "HABEAS_TEST_BACKUP="+s.dir, "HABEAS_TEST_DATA="+c.plan.Data, "HABEAS_TEST_KEYS="+c.plan.Keys, "HABEAS_TEST_TO="+c.plan.To[0])
		out, err := child.StdoutPipe()
		s.ok(err)
		s.ok(child.Start())
		lines := bufio.NewScanner(out)
		for range round % 2 { // of these, one run is finished before
			if !lines.Scan() || lines.Text() != "done" {
				t.Fatalf("the child says %q", lines.Text())
			}
			there = true
		}
		time.Sleep(time.Duration(20+31*round) * time.Millisecond)
		child.Process.Kill()
		for lines.Scan() {
			if lines.Text() != "done" {
				t.Fatalf("the child says %q", lines.Text())
			}
			there = true
		}
		child.Wait()
		r, err := habeas.Restore(s.Context(), filepath.Join(t.TempDir(), "x"), plan)
		var refused *backup.Refused
		switch {
		case errors.As(err, &refused) && strings.Contains(refused.What, "the newest copy of data is of"):
			lose := plan
			lose.Lose = true
			_, err = habeas.Restore(s.Context(), filepath.Join(t.TempDir(), "x"), lose)
			s.ok(err)
		case there && err != nil:
			t.Fatalf("round %d: there was a copy, and now: %v", round, err)
		case err == nil && r.Files != 8:
			t.Fatalf("got %d files, want 8", r.Files)
		}
	}
	s.now = time.Now().AddDate(0, 0, 1)
	_, err := habeas.Backup(s.Context(), s.config(), c.plan)
	s.ok(err)
	if r, err := habeas.Restore(s.Context(), filepath.Join(t.TempDir(), "x"), plan); err != nil || r.Files != 8 {
		t.Errorf("got %+v, %v, want a copy that can be put back", r, err)
	}
}
