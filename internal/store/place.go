package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"habeas/fault"
	"habeas/internal/whole"
)

// A Place is where an office is kept. Without Database that is Dir, unless the file
// database in it says otherwise.
type Place struct {
	Dir      string // what this machine keeps of it: its key, views, files, and the databases unless they are elsewhere
	Database string // what a file database says, see [ParseDatabase]; may be empty
}

// databaseFile says, in the data directory, which database the office is in.
const databaseFile = "database"

// A Database is a shared one, and how long it holds what was deleted in it.
type Database struct {
	URL   string        // may hold a password
	Keeps time.Duration // until the last of what [ParseDatabase] reads

	Patience time.Duration // for how long one that does not answer is asked again
}

// trying is how long that is if nothing is said: long enough for a server to start. mostPatience
// is the longest: no browser waits for more.
const (
	trying       = 20 * time.Second
	mostPatience = 600
)

// keepers are what holds deleted rows in a database of many machines, and for how
// many days if nothing is said.
func keepers() map[string]int {
	return map[string]int{"vacuum": 30, "archive": 30, "replicas": 30, "backups": 30}
}

// mostDays is the longest anything may be kept.
const mostDays = 36500

// ParseDatabase reads what a file says: a line with the URL, and below it, if they are
// known, lines of a word and a number of days: after how long vacuum has run over every
// table, and until when the archive of the write-ahead log, replicas that lag or were
// stopped, and backups are gone (vacuum, archive, replicas, backups; each 30 if nothing
// is said). patience is a number of seconds instead: for how long what surely left nothing
// is tried again while the database does not answer, 20 if nothing is said. Lines that begin
// with # are passed over.
func ParseDatabase(text string) (d Database, err error) {
	bad := fault.New(fault.Invalid, "store.bad_database")
	days := keepers()
	d.Patience = trying
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case d.URL == "" && len(words) == 1:
			d.URL = words[0]
		case d.URL != "" && len(words) == 2 && days[words[0]] > 0:
			n, err := strconv.Atoi(words[1])
			if err != nil || n < 1 || n > mostDays {
				return Database{}, bad
			}
			days[words[0]] = n
		case d.URL != "" && len(words) == 2 && words[0] == "patience":
			n, err := strconv.Atoi(words[1])
			if err != nil || n < 1 || n > mostPatience {
				return Database{}, bad
			}
			d.Patience = time.Duration(n) * time.Second
		default:
			return Database{}, bad
		}
	}
	if d.URL == "" {
		return Database{}, bad
	}
	longest := slices.Max([]int{days["vacuum"], days["archive"], days["replicas"], days["backups"]})
	d.Keeps = time.Duration(longest) * 24 * time.Hour
	return d, nil
}

// ReadDatabase reads a file as [ParseDatabase] takes it. One that others on this
// machine may read is refused: there may be a password in it.
func ReadDatabase(path string) (text string, err error) {
	st, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if st.Mode().Perm()&0o077 != 0 {
		return "", fault.New(fault.Forbidden, "store.bad_database")
	}
	b, err := os.ReadFile(path)
	return string(b), err
}

// remember notes in the directory which database the place names, whole or not at all.
func (p Place) remember() error {
	if p.Database == "" {
		return nil
	}
	path := filepath.Join(p.Dir, databaseFile)
	if b, err := os.ReadFile(path); err == nil && string(b) == p.Database {
		return nil
	}
	return whole.Write(path, []byte(p.Database))
}

// database returns which database the place names, and whether it names one.
func (p Place) database() (d Database, ok bool, err error) {
	text := p.Database
	if text == "" {
		text, err = ReadDatabase(filepath.Join(p.Dir, databaseFile))
		if errors.Is(err, os.ErrNotExist) {
			return d, false, nil
		}
	}
	if err != nil {
		return d, false, err
	}
	d, err = ParseDatabase(text)
	return d, err == nil, err
}
