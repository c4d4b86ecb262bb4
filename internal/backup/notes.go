package backup

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// notesFile lies in the directory of the office. It says what is in the place for data
// already, since whoever makes copies can't read them. A line is a note; one that was
// cut short counts for nothing. Without it, everything is copied anew.
const notesFile = "backup.notes"

// note is a line.
type note struct {
	Set  string    `json:"set,omitempty"` // a set was begun
	At   time.Time `json:"at,omitzero"`
	Blob *Blob     `json:"blob,omitempty"` // a file of the office was copied
	Ran  *ran      `json:"ran,omitempty"`  // a run was finished
}

type ran struct {
	Name, Sum string
	Size      int64  // of the log
	Root      string // of the tree
	Files     []File // but blobs
}

// Notes are what was copied to the current set.
type Notes struct {
	dir     string
	file    *os.File
	set     string
	begun   time.Time
	last    *ran
	files   map[string]File // by name, that belong to runs
	blobs   map[string]File // by name of the office
	pending []Blob          // that no finished run has
}

// readNotes reads the notes in the directory of an office.
func readNotes(dir string) (*Notes, error) {
	n := &Notes{dir: dir}
	n.reset("", time.Time{})
	b, err := os.ReadFile(filepath.Join(dir, notesFile))
	if errors.Is(err, os.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return nil, err
	}
	n.parse(b)
	return n, nil
}

func (n *Notes) parse(b []byte) {
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var one note
		if json.Unmarshal(lines.Bytes(), &one) != nil {
			continue
		}
		switch {
		case one.Set != "":
			n.reset(one.Set, one.At)
		case one.Blob != nil:
			n.blobs[one.Blob.Name] = one.Blob.File
			n.pending = append(n.pending, *one.Blob)
		case one.Ran != nil:
			n.ran(*one.Ran)
		}
	}
}

func (n *Notes) reset(set string, at time.Time) {
	n.set, n.begun, n.last, n.pending = set, at, nil, nil
	n.files, n.blobs = map[string]File{}, map[string]File{}
}

func (n *Notes) ran(r ran) {
	n.last = &r
	for _, f := range r.Files {
		n.files[f.Name] = f
	}
	n.pending = nil
}

// begin forgets everything and begins a set.
func (n *Notes) begin(set string, at time.Time) error {
	n.reset(set, at)
	line, err := json.Marshal(note{Set: set, At: at})
	if err != nil {
		return err
	}
	if err := n.close(); err != nil {
		return err
	}
	return put(n.dir, notesFile, append(line, '\n'))
}

// add writes a note. What was noted is on disk when it returns only after a run.
func (n *Notes) add(one note) error {
	line, err := json.Marshal(one)
	if err != nil {
		return err
	}
	if n.file == nil {
		if n.file, err = os.OpenFile(filepath.Join(n.dir, notesFile), os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
			return err
		}
		line = append([]byte{'\n'}, line...) // ends one that was cut short
	}
	if _, err = n.file.Write(append(line, '\n')); err == nil && one.Ran != nil {
		err = n.file.Sync()
	}
	return explain(err)
}

func (n *Notes) close() error {
	if n.file == nil {
		return nil
	}
	err := n.file.Close()
	n.file = nil
	return err
}
