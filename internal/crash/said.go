// Package crash kills a server while it works, and looks whether everything that it
// said was done is there afterwards.
//
// A process of its own works on an invented office, and writes a line when it begins
// something and when it was told that it is done ([Work]). Whoever started it kills it
// (SIGKILL) at a random moment, opens what is left, and looks through it ([Run]). The
// machine stays up: what the system had not yet written to the disk is there, too. What
// is lost when the power fails is tried by the tests of this package, which record what
// such a process does to files, and by those of package store.
package crash

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// A Kind is something that an office does.
type Kind string

// What is tried.
const (
	Start   Kind = "starting and logging in"
	Letter  Kind = "a letter from a stranger"
	File    Kind = "filing a letter"
	Record  Kind = "recording"
	Exhibit Kind = "an exhibit"
	Pieces  Kind = "an exhibit in pieces"
	Release Kind = "releasing a dossier"
	Erase   Kind = "erasing"
	Join    Kind = "adding a member"
	Remove  Kind = "removing a member"
	Renew   Kind = "renewing keys"
	Rebuild Kind = "rebuilding views"
	Backup  Kind = "copying the office"
)

// Kinds returns all kinds, in the order in which they are told of.
func Kinds() []Kind {
	return []Kind{Start, Letter, File, Record, Exhibit, Pieces, Release, Erase, Join, Remove, Renew, Rebuild, Backup}
}

// A Said is one line of the process that works: it begins something, or that is done.
// What a field is for says [Work]; those that a kind does not use are empty.
type Said struct {
	Lane int  `json:"lane"` // several things are done at a time, one in each lane
	What Kind `json:"what"`
	Done bool `json:"done,omitempty"`

	Size int64  `json:"size,omitempty"` // of the log when it was done, or later
	Root string `json:"root,omitempty"` // of the tree over it, in hex

	Case   string `json:"case,omitempty"`
	Ref    string `json:"ref,omitempty"`    // of the statement, exhibit or dossier
	Sum    string `json:"sum,omitempty"`    // SHA-256 of the file, in hex
	Secret string `json:"secret,omitempty"` // that a receipt is made from, in hex
	Handle string `json:"handle,omitempty"` // of the member
	Words  string `json:"words,omitempty"`  // that stand in it

	Err string `json:"err,omitempty"` // it was refused, which nothing here should be
}

// A teller writes lines, each whole.
type teller struct {
	mu sync.Mutex
	to io.Writer
}

func (t *teller) say(s Said) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err = t.to.Write(append(b, '\n'))
	return err
}

// A refusal is what somebody is told who asked for something, with its cause.
func refusal(what Kind, err error) error { return fmt.Errorf("%s: %w", what, err) }
