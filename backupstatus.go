package habeas

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"habeas/internal/whole"
)

// backupFile says when copies were last made and tried. It lies in the data directory,
// in clear, and is not copied.
const backupFile = "backup.json"

// A BackupStatus says when an office was last copied, and when it was last tried
// whether a copy can be put back.
type BackupStatus struct {
	Last      time.Time `json:"last,omitzero"`
	Entries   int64     `json:"entries,omitempty"` // of the log, then
	Rehearsed time.Time `json:"rehearsed,omitzero"`
	Of        time.Time `json:"of,omitzero"` // the copy that was tried
}

// ReadBackupStatus returns what is noted in the data directory of an office; nothing, if
// no copy was ever made.
func ReadBackupStatus(dir string) (s BackupStatus, err error) {
	b, err := os.ReadFile(filepath.Join(dir, backupFile))
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	return s, err
}

// NoteRehearsal notes in the data directory of an office that a copy was tried.
func NoteRehearsal(dir string, at, of time.Time) error {
	return noteBackup(dir, func(s *BackupStatus) { s.Rehearsed, s.Of = at, of })
}

// noteBackup changes what is noted. What can't be read is begun anew.
func noteBackup(dir string, change func(*BackupStatus)) error {
	s, err := ReadBackupStatus(dir)
	if _, broken := errors.AsType[*json.SyntaxError](err); broken {
		s, err = BackupStatus{}, nil
	}
	if err != nil {
		return err
	}
	change(&s)
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return whole.Write(filepath.Join(dir, backupFile), append(b, '\n'))
}

// sweepLeft removes what was being written by processes that ended. The directory of the
// store does the store itself.
func (d *Desk) sweepLeft() (err error) {
	if !d.writer {
		return nil
	}
	for _, dir := range []string{filepath.Join(d.cfg.Dir, viewsDir), filepath.Join(d.cfg.Dir, movingDir), filepath.Dir(d.cfg.Pepper)} {
		err = errors.Join(err, whole.Sweep(dir))
	}
	if errors.Is(err, os.ErrPermission) {
		err = nil // a directory of somebody else, who lets this office write one file in it
	}
	return err
}

// BackedUp returns when the office was last copied, to keepers.
func (d *Desk) BackedUp(by Actor) (BackupStatus, error) {
	if err := d.may(by, manage); err != nil {
		return BackupStatus{}, err
	}
	return ReadBackupStatus(d.cfg.Dir)
}
